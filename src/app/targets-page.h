// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which drives to write to.

#pragma once

#include "client/drives.h"
#include "client/request.h"
#include "page.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_TARGETS_PAGE (platter_targets_page_get_type ())
G_DECLARE_FINAL_TYPE (PlatterTargetsPage, platter_targets_page, PLATTER, TARGETS_PAGE, PlatterPage)

void platter_targets_page_set_drives (PlatterTargetsPage *self, PlatterDrives *drives);

/**
 * platter_targets_page_load:
 * @request: (nullable): has a source; its targets are those that are selected here. %NULL when it
 *   is not to be changed any more
 *
 * Nothing is selected at first but what the request already had. Whether a selected drive is still there and can be
 * used is looked after by the window, which loads the page again when it is not; when a row learns that it can't, the
 * action win.look-again says so.
 */
void platter_targets_page_load (PlatterTargetsPage *self, PlatterRequest *request);

G_END_DECLS
