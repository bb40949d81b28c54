# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""
The test lab: real drives, real daemons, the real window, and nothing of it left behind.
"""
