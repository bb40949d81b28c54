// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// All jobs that have ended, to be searched and deleted.

#pragma once

#include "page.h"
#include "recent.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_HISTORY_PAGE (platter_history_page_get_type ())
G_DECLARE_FINAL_TYPE (PlatterHistoryPage, platter_history_page, PLATTER, HISTORY_PAGE, PlatterPage)

/** platter_history_page_set_recent: Once. */
void platter_history_page_set_recent (PlatterHistoryPage *self, PlatterRecent *recent);

G_END_DECLS
