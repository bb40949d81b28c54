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
/** Returns: whether it could probably go on if the helper stopped now, or has stopped: it is kept, and there is enough of it. */
gboolean platter_resume_may_be_possible (PlatterJob *job);
/** Returns: whether the helper of a job that is lost may have kept it, also if it had no time to say so. */
gboolean platter_resume_may_be_kept (PlatterJob *job);

/** Returns: how many images it reads, which are to be found again. */
guint platter_resume_count_images (PlatterJob *job);
/** Returns: (transfer full): the name of one of them. */
char *platter_resume_dup_image_name (PlatterJob *job, guint index);
/** Returns: (transfer full) (nullable): where it was, if there is a file of its size now. */
char *platter_resume_dup_image_path (PlatterJob *job, guint index);
/** Returns: (transfer full) (nullable): the address of the NBD server that has it, for platter_image_open_server(). */
char *platter_resume_dup_image_address (PlatterJob *job, guint index);
/** platter_resume_check_image: Whether @image, which is to be one of them, has its size. With a sentence if not. */
gboolean
platter_resume_check_image (PlatterJob *job, guint index, PlatterImage *image, GError **error);

/** Returns: (transfer full) (nullable): where the image is that it makes, without the endings of pieces. */
char *platter_resume_dup_new_path (PlatterJob *job);
/** Returns: how large the pieces are that it is made in; 0 if it is one file */
guint64 platter_resume_get_piece_bytes (PlatterJob *job);

/**
 * platter_resume_request_new:
 * @job: one that can be resumed
 * @images: (element-type PlatterImage): those that it reads, in their order; each has been checked
 * @only_connected: without the targets that are not there now, which cannot be gone on with after that
 *
 * Finds the drives that it reads, and those that are not finished, among the drives that are there now, by size and serial
 * number, at best where they were before. The options are the job's.
 *
 * Returns: (transfer full): or %NULL with a sentence that says what is missing; %PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE of a
 * drive.
 */
PlatterRequest *platter_resume_request_new (PlatterJob *job,
                                            PlatterDrives *drives,
                                            GPtrArray *images,
                                            gboolean only_connected,
                                            GError **error);

G_END_DECLS
