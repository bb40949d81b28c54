// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The target drives of a command line.

#pragma once

#include "../client/drives.h"
#include "../client/request.h"
#include "options.h"

G_BEGIN_DECLS

/**
 * platter_targets_add:
 *
 * Finds the drives that are named after the first operand, checks each by the rules, so that a refusal comes before the
 * question, and adds them to @request, whose source is set.
 */
gboolean platter_targets_add (PlatterRequest *request,
                              PlatterDrives *drives,
                              PlatterOptions *options,
                              GError **error);

/**
 * platter_targets_new_clone:
 *
 * Returns: (transfer full): the request that the first operand, a drive, be copied to the others; or %NULL.
 */
PlatterRequest *platter_targets_new_clone (PlatterOptions *options, GError **error);

G_END_DECLS
