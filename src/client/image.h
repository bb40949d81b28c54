// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image file, opened for reading by the user, with the user's rights.

#pragma once

#include <gio/gio.h>

#include "formats/disc.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_IMAGE (platter_image_get_type ())

/**
 * PlatterImage:
 *
 * Immutable, but for its bmap, which is chosen before it is used. Properties: "name", "path", "title", "kind", "expected-digest", "expected-algorithm",
 * "sums-name" (strings), "size-bytes" (uint64), "partitions" (#GListModel).
 * What is packed is not unpacked here: no more of it is read than tells what it is and how much it holds.
 */
G_DECLARE_FINAL_TYPE (PlatterImage, platter_image, PLATTER, IMAGE, GObject)

#define PLATTER_IMAGE_ERROR (platter_image_error_quark ())
GQuark platter_image_error_quark (void);

/**
 * PlatterImageError:
 * @PLATTER_IMAGE_ERROR_UNSUPPORTED: a container that is neither plain sectors nor can be unpacked
 * @PLATTER_IMAGE_ERROR_NOT_A_FILE: a folder, a pipe, a device, not local
 * @PLATTER_IMAGE_ERROR_EMPTY: it has no content
 * @PLATTER_IMAGE_ERROR_EXISTS: a new one would have the name of a file that is there, and that may be replaced
 * @PLATTER_IMAGE_ERROR_IN_THE_WAY: a new one cannot be made there, whoever wants that
 *
 * Opening also fails with #GIOErrorEnum codes. The messages are whole translated sentences.
 */
typedef enum
{
  PLATTER_IMAGE_ERROR_UNSUPPORTED,
  PLATTER_IMAGE_ERROR_NOT_A_FILE,
  PLATTER_IMAGE_ERROR_EMPTY,
  PLATTER_IMAGE_ERROR_EXISTS,
  PLATTER_IMAGE_ERROR_IN_THE_WAY,
} PlatterImageError;

/**
 * platter_image_open_async:
 *
 * Opens the file read-only, looks at what it is, which image it holds if it is an archive, which partitions it holds and whether a file with
 * checksums lies beside it, on a thread. Refuses whatever holds no plain sectors.
 */
void platter_image_open_async (GFile *file,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/** Returns: (transfer full): or %NULL with #PlatterImageError or #GIOErrorEnum. */
PlatterImage *platter_image_open_finish (GAsyncResult *result, GError **error);

/** platter_image_open: The same, on the calling thread; it blocks. */
PlatterImage *platter_image_open (GFile *file, GCancellable *cancellable, GError **error);

/**
 * platter_image_open_pipe:
 * @fd: stays the caller's
 *
 * The same, of what comes through a pipe, once. Blocks until something does.
 */
PlatterImage *platter_image_open_pipe (int fd, GError **error);

/**
 * platter_image_open_server:
 * @address: as platter_nbd_address_new() takes it
 *
 * The same, of what an NBD server has. It blocks. Fails with %PLATTER_ENGINE_ERROR_READ, too, if the server is not
 * understood.
 */
PlatterImage *platter_image_open_server (const char *address, GError **error);
/** platter_image_open_server_async: The same on a thread; platter_image_open_finish() has the result. */
void platter_image_open_server_async (const char *address,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/** Returns: (transfer none): the file's name without folders, valid UTF-8. */
const char *platter_image_get_name (PlatterImage *self);
/** Returns: (transfer none): the file's full path, in the file system's encoding. */
const char *platter_image_get_path (PlatterImage *self);
/** Returns: how much there is to be written; 0 for one that is packed and does not say, and has no bmap that does. */
guint64 platter_image_get_size_bytes (PlatterImage *self);
/** Returns: the same where all of it is taken: what a bmap says of its size counts for nothing. */
guint64 platter_image_get_whole_bytes (PlatterImage *self);
/** Returns: the size of the file, packed as it is. */
guint64 platter_image_get_file_bytes (PlatterImage *self);
/** Returns: (transfer none): how it is packed: "xz", "zip", "tar.xz", "qcow2"; "" if it is not. */
const char *platter_image_get_packing (PlatterImage *self);
/** Returns: (transfer none) (nullable): the name of the image in an archive, for people. */
const char *platter_image_get_entry (PlatterImage *self);
/** Returns: whether its content is another than the file's bytes. */
gboolean platter_image_is_packed (PlatterImage *self);
/** Returns: (transfer none) (nullable): of a CD's image: the track of data, which is all that is read. */
const PlatterTrack *platter_image_get_track (PlatterImage *self);
/** Returns: whether its content comes through a pipe, once. */
gboolean platter_image_is_pipe (PlatterImage *self);
/**
 * platter_image_feed:
 *
 * Of one that comes through a pipe, for one job. If its size is known, the pipe may end before its time, where something
 * cannot be read.
 *
 * Returns: the end of the pipe to be read from; -1 with a #GIOErrorEnum.
 */
int platter_image_feed (PlatterImage *self, GError **error);
/** Returns: whether its content is read through a socket: it is the disk of a virtual machine, or a server's. */
gboolean platter_image_is_served (PlatterImage *self);
/**
 * platter_image_serve:
 *
 * Of one that is served, for one job. Does not wait.
 *
 * Returns: a connected socket with an NBD server at its other end, which ends when all have closed it; -1 with
 *   #PlatterImageError or #GIOErrorEnum
 */
int platter_image_serve (PlatterImage *self, GError **error);
/** Returns: (nullable): by which the server knows it; %NULL if it has no other. */
const char *platter_image_get_export (PlatterImage *self);
/** Returns: whether it is read out of the file at @path, by whatever name. */
gboolean platter_image_is_in (PlatterImage *self, const char *path);
/** Returns: the descriptor, which stays the image's own; -1 for what a server has. */
int platter_image_get_fd (PlatterImage *self);
/** Returns: (transfer none): what it is, in words: "ISO image", "zip archive, pi.img, 1.9 GB"; translated. */
const char *platter_image_get_kind (PlatterImage *self);
/** Returns: (transfer full): "debian.iso · 3.9 GB", "pi.zip · 435 MB, holds pi.img, unpacked 1.9 GB". */
char *platter_image_dup_title (PlatterImage *self);
/** Returns: (transfer none): of #PlatterVolume: the partitions or the file system inside. */
GListModel *platter_image_get_partitions (PlatterImage *self);
/** Returns: (transfer full) (nullable): a warning, if what is on it ends behind its end; translated. */
char *platter_image_dup_shortfall (PlatterImage *self);
/** Returns: (transfer none) (nullable): the digest, lower-case hex, that a file beside it promises. */
const char *platter_image_get_expected_digest (PlatterImage *self);
/** Returns: (transfer none) (nullable): that digest's name: "sha256", "sha512", "sha1", "md5" or "blake2b". */
const char *platter_image_get_expected_algorithm (PlatterImage *self);
/** Returns: (transfer none) (nullable): the name of the file that promises it. */
const char *platter_image_get_sums_name (PlatterImage *self);
/** Returns: (transfer none) (nullable): the name of a file that is called after it and should promise one, but does not. */
const char *platter_image_get_silent_sums_name (PlatterImage *self);
/** Returns: (transfer full) (nullable): a sentence about that file; translated. */
char *platter_image_dup_silence (PlatterImage *self);

/* Which parts of it are its content, if a bmap tells. In image-bmap.c. */

/**
 * platter_image_set_bmap:
 * @path: (nullable): of the bmap; %NULL for none
 *
 * In place of the one that was found beside it.
 *
 * Returns: %FALSE with %PLATTER_IMAGE_ERROR_UNSUPPORTED or #GIOErrorEnum: it cannot be used, or is of another image.
 */
gboolean platter_image_set_bmap (PlatterImage *self, const char *path, GError **error);
/** Returns: (transfer none) (nullable): why there is none, though there is a file for it. */
const GError *platter_image_get_bmap_fault (PlatterImage *self);
/** Returns: (transfer none) (nullable): the name of its file, if there is one. */
const char *platter_image_get_bmap_name (PlatterImage *self);
/** Returns: how much its parts are together; what has none is all content. */
guint64 platter_image_get_content_bytes (PlatterImage *self);
/** Returns: (transfer full) (nullable): "Only the parts that pi.bmap names are written: 1.3 GB of 4 GB. ..."; translated. */
char *platter_image_dup_bmap_words (PlatterImage *self);
/** platter_image_open_parts: Returns: a file that tells the helper of the parts; -1 with a #GIOErrorEnum. */
int platter_image_open_parts (PlatterImage *self, GError **error);

G_END_DECLS
