// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where to read from: a drive, or an image file.

#pragma once

#include "client/drives.h"
#include "client/request.h"
#include "page.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_SOURCE_PAGE (platter_source_page_get_type ())
G_DECLARE_FINAL_TYPE (PlatterSourcePage, platter_source_page, PLATTER, SOURCE_PAGE, PlatterPage)

void platter_source_page_set_drives (PlatterSourcePage *self, PlatterDrives *drives);

/**
 * platter_source_page_load:
 * @of_image: an image is read and not a drive
 *
 * The page for @request, whose source is set when one is chosen.
 */
void platter_source_page_load (PlatterSourcePage *self, PlatterRequest *request, gboolean of_image);

G_END_DECLS
