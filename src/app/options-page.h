// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The few choices there are.

#pragma once

#include "client/request.h"
#include "page.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_OPTIONS_PAGE (platter_options_page_get_type ())
G_DECLARE_FINAL_TYPE (PlatterOptionsPage, platter_options_page, PLATTER, OPTIONS_PAGE, PlatterPage)

/** platter_options_page_load: The page for @request, whose options are set from here on. */
void platter_options_page_load (PlatterOptionsPage *self, PlatterRequest *request);

G_END_DECLS
