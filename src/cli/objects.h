// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Drives, images and jobs as the objects that --json prints. Their keys are told in platterctl(1).

#pragma once

#include "../client/drive.h"
#include "../client/image.h"
#include "../client/job.h"

G_BEGIN_DECLS

/** All return: (transfer floating): a{sv}, with a key "type". */

/** "drive" */
GVariant *platter_objects_new_drive (PlatterDrive *drive);
/** "image" */
GVariant *platter_objects_new_image (PlatterImage *image);
/** "job": what the list of jobs shows */
GVariant *platter_objects_new_job (PlatterJob *job);
/** "progress" */
GVariant *platter_objects_new_progress (PlatterJob *job);
/** "report": docs/interface.md "Report", without the maps, and each mismatch as an object */
GVariant *platter_objects_new_report (PlatterJob *job, int status);

G_END_DECLS
