// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What to ask of the helper so that a job that was cut off goes on.

#pragma once

#include "drives.h"
#include "request.h"

G_BEGIN_DECLS

/** Returns: whether the job was cut off and can go on. */
gboolean platter_resume_is_possible (PlatterJob *job);
/** Returns: whether its source is an image, which is to be found again. */
gboolean platter_resume_needs_image (PlatterJob *job);

/**
 * platter_resume_request_new:
 * @job: one that can be resumed
 * @image: (nullable): the image that it wrote; its size has to be the same
 * @only_connected: without the targets that are not there now, which cannot be gone on with after that
 *
 * Finds the source and the targets that are not finished among the drives that are there now, by size and serial number,
 * at best where they were before. The options are the job's.
 *
 * Returns: (transfer full): or %NULL with a sentence that says what is missing; %PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE of a
 * drive.
 */
PlatterRequest *platter_resume_request_new (PlatterJob *job,
                                            PlatterDrives *drives,
                                            PlatterImage *image,
                                            gboolean only_connected,
                                            GError **error);

G_END_DECLS
