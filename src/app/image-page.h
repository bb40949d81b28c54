// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What kind of image is made, and where it is saved.

#pragma once

#include "client/request.h"
#include "page.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_IMAGE_PAGE (platter_image_page_get_type ())
G_DECLARE_FINAL_TYPE (PlatterImagePage, platter_image_page, PLATTER, IMAGE_PAGE, PlatterPage)

/** platter_image_page_set_settings: @settings: (nullable): where the last choice is remembered */
void platter_image_page_set_settings (PlatterImagePage *self, GSettings *settings);

/** platter_image_page_load: The page for @request, which gets its format, and its target when that is chosen. */
void platter_image_page_load (PlatterImagePage *self, PlatterRequest *request);

G_END_DECLS
