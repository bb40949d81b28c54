# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""
What build-aux/screenshots takes pictures of: every page of the window, from real jobs.
"""
