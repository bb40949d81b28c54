// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image file that is made of a drive or of another image, with the user's rights.

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
 * Signals: "finishing": its job has ended, and it gets its name now, or goes.
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
/** Returns: whether @path is that of the image or of a file beside it, whatever it is called */
gboolean platter_new_image_is_at (PlatterNewImage *self, const char *path);
/** Returns: how much room its file system has for the user; %G_MAXUINT64 if that is not known. */
guint64 platter_new_image_get_free_bytes (PlatterNewImage *self);

/**
 * platter_new_image_split:
 * @piece_bytes: at least %PLATTER_NEW_PIECES_MIN_BYTES
 *
 * Once, before anything else: it is made in pieces of that size, NAME.001, NAME.002 and so on, which get their names
 * together. The first one is then its path.
 *
 * Returns: %FALSE with #GIOErrorEnum if its folder cannot be opened.
 */
gboolean platter_new_image_split (PlatterNewImage *self, guint64 piece_bytes, GError **error);

/** Returns: whether it is made in pieces, be it one only */
gboolean platter_new_image_is_split (PlatterNewImage *self);

/**
 * platter_new_image_set_in_place:
 * @map: the path of its mapfile
 *
 * Once, before it is begun: the file has its name from the start, and all of it is kept, however the job ends, so that a
 * rescue can go on with it. The map is kept up to date while the job runs. An image that exists is gone on with if its map
 * is there, too, and it is as large as what it is made of; no digest is beside it.
 */
void platter_new_image_set_in_place (PlatterNewImage *self, const char *map);
/** Returns: (transfer full): where the map of an image at @path is, unless somebody wants it elsewhere. */
char *platter_new_image_dup_map_path (const char *path);
/** Returns: whether it is gone on with: it is in its place, and there already. */
gboolean platter_new_image_goes_on (PlatterNewImage *self);
/** Returns: (transfer full) (nullable): the same one once more, if it can be gone on with. */
PlatterNewImage *platter_new_image_dup_to_go_on (PlatterNewImage *self);
/** platter_new_image_check_beside: Whether something else may be kept at @path: not in the image or beside it. */
gboolean platter_new_image_check_beside (PlatterNewImage *self, const char *path, GError **error);
/** Returns: whether there is a map that the job begins with, since it was begun. */
gboolean platter_new_image_has_map (PlatterNewImage *self);
/** Returns: (transfer full): a descriptor of it, open for reading; -1 with a #GIOErrorEnum. */
int platter_new_image_open_map (PlatterNewImage *self, GError **error);

/**
 * platter_new_image_set_again:
 *
 * Before it is begun: it goes on with the hidden file that a job which was cut off has left. Unless another job has come to
 * its end with it, that stays.
 */
void platter_new_image_set_again (PlatterNewImage *self);
/** Returns: whether it goes on with what a job which was cut off has left. */
gboolean platter_new_image_is_again (PlatterNewImage *self);
/**
 * platter_new_image_leave:
 * @job: that made it, or is just about to be lost
 *
 * Lets go of it; what was begun stays if the job may be resumed, and goes if not.
 */
void platter_new_image_leave (PlatterNewImage *self, PlatterJob *job);
/** Returns: whether what was begun has stayed, so that the job can be resumed. */
gboolean platter_new_image_is_left (PlatterNewImage *self);
/** platter_new_image_remove_left: Removes what a job that was cut off, and is given up now, has left. */
void platter_new_image_remove_left (PlatterJob *job);
/** Returns: (transfer full): its path from the root on, without the endings of pieces; as long as the current folder is the same. */
char *platter_new_image_dup_whole_path (PlatterNewImage *self);
/** Returns: how large its pieces are; 0 if it is not split */
guint64 platter_new_image_get_piece_bytes (PlatterNewImage *self);

/** platter_new_image_set_replace: What has the name, or that of a file beside it, is replaced; else it is refused. */
void platter_new_image_set_replace (PlatterNewImage *self, gboolean replace);
gboolean platter_new_image_get_replace (PlatterNewImage *self);
/** Returns: (transfer full) (nullable): the first of the names that something has already. */
char *platter_new_image_dup_existing (PlatterNewImage *self);

/**
 * platter_new_image_check:
 * @source: the #PlatterDrive or #PlatterImage that it is made of
 *
 * Whether it can be made: if not, with %PLATTER_DEVICE_ERROR_HOLDS_IMAGE, %PLATTER_IMAGE_ERROR_EXISTS,
 * %PLATTER_IMAGE_ERROR_IN_THE_WAY or a #GIOErrorEnum.
 */
gboolean platter_new_image_check (PlatterNewImage *self, gpointer source, GError **error);

/**
 * platter_new_image_begin:
 * @format: by its name in image-format.h
 * @size_bytes: of what it is to hold; 0 if nobody knows
 *
 * Makes the hidden file. Once, unless it was discarded. What a job that was cut off has left of an image of that name stays until
 * platter_new_image_follow().
 *
 * Returns: %FALSE with %PLATTER_IMAGE_ERROR_UNSUPPORTED or a #GIOErrorEnum, and nothing was made.
 */
gboolean platter_new_image_begin (PlatterNewImage *self,
                                  const char *format,
                                  guint64 size_bytes,
                                  GError **error);
/** Returns: (transfer full): a descriptor of the file, for whoever fills it; -1 with a #GIOErrorEnum. */
int platter_new_image_open (PlatterNewImage *self, GError **error);
/** Returns: whether more than the file is needed to fill it, since it was begun. */
gboolean platter_new_image_is_passed_on (PlatterNewImage *self);
/** Returns: (transfer full): the socket in which that waits, for one job; -1 with @error. */
int platter_new_image_pass_on (PlatterNewImage *self, GError **error);

/**
 * platter_new_image_follow:
 * @job: that makes it, and has not ended
 * @source: the #PlatterDrive or #PlatterImage that it is made of
 *
 * If all of it was written, it gets its name then, and IMAGE.sha256 and IMAGE.json beside it (docs/image.md); if not,
 * nothing stays of it. Only after that the job has ended, and badly if there is no image of that name.
 */
void platter_new_image_follow (PlatterNewImage *self, PlatterJob *job, gpointer source);
/** Returns: whether its job's work is done, and so what becomes of it must be waited for. */
gboolean platter_new_image_is_finishing (PlatterNewImage *self);
/** Returns: in how many files it lies, when its job is done. */
guint platter_new_image_get_n_pieces (PlatterNewImage *self);
/** Returns: whether there is an image of that name now. */
gboolean platter_new_image_is_kept (PlatterNewImage *self);
/** platter_new_image_discard: Nothing stays of what was begun. */
void platter_new_image_discard (PlatterNewImage *self);

G_END_DECLS
