// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The first page: what to do, and the jobs there are.

#pragma once

#include <adwaita.h>

#include "recent.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_START_PAGE (platter_start_page_get_type ())
G_DECLARE_FINAL_TYPE (PlatterStartPage, platter_start_page, PLATTER, START_PAGE, AdwBin)

/** platter_start_page_set_jobs: @jobs: (nullable): of #PlatterJob */
void platter_start_page_set_jobs (PlatterStartPage *self, GListModel *jobs);

/** platter_start_page_set_recent: Shows the newest of those that have ended. Once. */
void platter_start_page_set_recent (PlatterStartPage *self, PlatterRecent *recent);

/** platter_start_page_set_trouble: @trouble: (nullable): what is missing, in words */
void platter_start_page_set_trouble (PlatterStartPage *self, const char *trouble);

G_END_DECLS
