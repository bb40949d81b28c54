// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What will happen and what will be lost, before anything does.

#pragma once

#include "client/request.h"
#include "page.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_REVIEW_PAGE (platter_review_page_get_type ())
G_DECLARE_FINAL_TYPE (PlatterReviewPage, platter_review_page, PLATTER, REVIEW_PAGE, PlatterPage)

/** platter_review_page_load: Shows @request as it is now; when what is on its drives changes, it is loaded again by itself. */
void platter_review_page_load (PlatterReviewPage *self, PlatterRequest *request);

/** Returns: (transfer full): what it says of the drives, to be compared. */
char *platter_review_page_dup_words (PlatterReviewPage *self);

/** platter_review_page_set_waiting: While permission is asked for, nothing can be pressed, and what changes is not told. Ends by itself
 *  when the page is loaded again. */
void platter_review_page_set_waiting (PlatterReviewPage *self, gboolean is_waiting);
/** platter_review_page_look_again: Loads it again, and says so, if what is on the drives has changed. */
void platter_review_page_look_again (PlatterReviewPage *self);

G_END_DECLS
