// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The question before something is overwritten.

#pragma once

#include "../client/request.h"
#include "options.h"
#include "status.h"

G_BEGIN_DECLS

/**
 * platter_confirm:
 *
 * With --yes asks nothing. On a terminal shows what is on each target and asks; elsewhere refuses.
 *
 * Returns: %PLATTER_STATUS_DONE to go on, else how to end; that has been told.
 */
PlatterStatus platter_confirm (PlatterRequest *request, PlatterOptions *options);

/**
 * platter_confirm_room:
 *
 * The same, before an image is made that may not fit where it is to be saved.
 */
PlatterStatus platter_confirm_room (PlatterRequest *request, PlatterOptions *options);

G_END_DECLS
