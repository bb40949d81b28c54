// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether what somebody typed is the name of the drive.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_name_check:
 * @name: the name as it is shown
 * @typed: what was typed
 *
 * Letter case and the amount of white space don't matter, everything else does. An empty name is
 * never right: a drive without a name cannot be confirmed by typing nothing.
 */
gboolean platter_name_check (const char *name, const char *typed);

G_END_DECLS
