// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job that has ended: the verdict, the facts, and what to do now.

#pragma once

#include "client/drives.h"
#include "client/job.h"
#include "client/new-image.h"
#include "page.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_RESULT_PAGE (platter_result_page_get_type ())
G_DECLARE_FINAL_TYPE (PlatterResultPage, platter_result_page, PLATTER, RESULT_PAGE, PlatterPage)

/** platter_result_page_set_drives: Where it looks whether a target is still the one that was written. */
void platter_result_page_set_drives (PlatterResultPage *self, PlatterDrives *drives);

/** platter_result_page_set_image: @image: (nullable): what the job that is loaded next has made */
void platter_result_page_set_image (PlatterResultPage *self, PlatterNewImage *image);

/**
 * platter_result_page_load:
 * @layout: (nullable) (element-type PlatterSegment): the partitions of what was copied
 * @is_known: whether source and targets are still known, so that they can be compared or tried again
 */
void platter_result_page_load (PlatterResultPage *self,
                               PlatterJob *job,
                               GPtrArray *layout,
                               gboolean is_known);

/** Returns: (transfer none) (nullable): the job that was loaded last */
PlatterJob *platter_result_page_get_job (PlatterResultPage *self);

G_END_DECLS
