// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image file that is made of a drive, with the user's rights.

#pragma once

#include <gio/gio.h>

#include "drive.h"
#include "job.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_NEW_IMAGE (platter_new_image_get_type ())

/**
 * PlatterNewImage:
 *
 * Until the job has ended well there is only a hidden file beside it, ".NAME.platter-part".
 *
 * Signals: "finished": after finish_async(), whatever came of it.
 */
G_DECLARE_FINAL_TYPE (PlatterNewImage, platter_new_image, PLATTER, NEW_IMAGE, GObject)

/**
 * platter_new_image_new:
 *
 * Nothing is made yet.
 *
 * Returns: (transfer full): or %NULL with #GIOErrorEnum if its folder cannot be opened.
 */
PlatterNewImage *platter_new_image_new (const char *path, GError **error);

/** Returns: (transfer none): the file's name without folders, valid UTF-8. */
const char *platter_new_image_get_name (PlatterNewImage *self);
/** Returns: (transfer none): the file's path, in the file system's encoding. */
const char *platter_new_image_get_path (PlatterNewImage *self);
/** Returns: how much room its file system has for the user; %G_MAXUINT64 if that is not known. */
guint64 platter_new_image_get_free_bytes (PlatterNewImage *self);

/** platter_new_image_set_replace: What has the name, or that of a file beside it, is replaced; else it is refused. */
void platter_new_image_set_replace (PlatterNewImage *self, gboolean replace);
/** Returns: (transfer full) (nullable): the first of the names that something has already. */
char *platter_new_image_dup_existing (PlatterNewImage *self);

/**
 * platter_new_image_check:
 * @source: the drive that it is made of
 *
 * Whether it can be made: with %PLATTER_DEVICE_ERROR_HOLDS_IMAGE, %PLATTER_IMAGE_ERROR_EXISTS or a #GIOErrorEnum
 * if not.
 */
gboolean platter_new_image_check (PlatterNewImage *self, PlatterDrive *source, GError **error);

/** platter_new_image_begin: Makes the hidden file. Once. */
gboolean platter_new_image_begin (PlatterNewImage *self, GError **error);
/** Returns: its descriptor, which stays the image's own; -1 before it was begun. */
int platter_new_image_get_fd (PlatterNewImage *self);

/**
 * platter_new_image_finish_async:
 * @job: has ended
 * @source: the drive that it is made of
 *
 * If all of it was written, gives it its name, and makes IMAGE.sha256 and IMAGE.json beside it (docs/image.md); if
 * not, nothing stays of it. Once.
 */
void platter_new_image_finish_async (PlatterNewImage *self,
                                     PlatterJob *job,
                                     PlatterDrive *source,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/** Returns: %FALSE if it should have got its name, and could not. */
gboolean
platter_new_image_finish_finish (PlatterNewImage *self, GAsyncResult *result, GError **error);
/** Returns: whether there is an image of that name now. */
gboolean platter_new_image_is_kept (PlatterNewImage *self);
/** Returns: whether it was finished, whatever came of it. */
gboolean platter_new_image_is_finished (PlatterNewImage *self);
/** Returns: (transfer none) (nullable): why it has not got its name although all of it was written. */
const char *platter_new_image_get_trouble (PlatterNewImage *self);
/** platter_new_image_discard: Nothing stays of what was begun. */
void platter_new_image_discard (PlatterNewImage *self);

G_END_DECLS
