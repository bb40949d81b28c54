// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What every page but the first has: a header bar with Back, the steps, and its content in the
// middle.

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PLATTER_TYPE_PAGE (platter_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (PlatterPage, platter_page, PLATTER, PAGE, AdwBin)

struct _PlatterPageClass
{
  AdwBinClass parent_class;
};

/** platter_page_set_title: What the header bar says. */
void platter_page_set_title (PlatterPage *self, const char *title);

G_END_DECLS
