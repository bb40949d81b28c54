// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is asked of the helper: the kind of a job, its drives and images, its options.

#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "chosen.h"
#include "drive.h"
#include "image.h"
#include "new-image.h"

G_BEGIN_DECLS

/**
 * PlatterRequestKind:
 * @PLATTER_REQUEST_CLONE: a drive to drives
 * @PLATTER_REQUEST_WRITE: an image to drives
 * @PLATTER_REQUEST_VERIFY: a drive or image compared with a drive or image
 * @PLATTER_REQUEST_IMAGE: a drive or an image to a new image
 */
typedef enum
{
  PLATTER_REQUEST_CLONE,
  PLATTER_REQUEST_WRITE,
  PLATTER_REQUEST_VERIFY,
  PLATTER_REQUEST_IMAGE,
} PlatterRequestKind;

#define PLATTER_TYPE_REQUEST (platter_request_get_type ())
G_DECLARE_FINAL_TYPE (PlatterRequest, platter_request, PLATTER, REQUEST, GObject)

PlatterRequest *platter_request_new (PlatterRequestKind kind);
PlatterRequestKind platter_request_get_kind (PlatterRequest *self);

/** platter_request_set_source: @source: (transfer none): a #PlatterDrive or a #PlatterImage, kept by reference. */
void platter_request_set_source (PlatterRequest *self, gpointer source);
/** Returns: (transfer none) (nullable): a #PlatterDrive or a #PlatterImage. */
gpointer platter_request_get_source (PlatterRequest *self);

/** platter_request_add_target: @target: (transfer none): a #PlatterDrive; when verifying also a #PlatterImage, for an image a #PlatterNewImage. */
void platter_request_add_target (PlatterRequest *self, gpointer target);
/** platter_request_remove_targets: Forgets all of them. */
void platter_request_remove_targets (PlatterRequest *self);
/** Returns: (element-type GObject) (transfer none) */
GPtrArray *platter_request_get_targets (PlatterRequest *self);
void platter_request_remove_target (PlatterRequest *self, gpointer target);
/** platter_request_copy_source: That of @other, as it was when it was chosen there, and all of it if it is so there. */
void platter_request_copy_source (PlatterRequest *self, PlatterRequest *other);
/** platter_request_copy_target: One of @other, as it was when it was chosen there. */
void platter_request_copy_target (PlatterRequest *self, PlatterRequest *other, guint index);
/** Returns: (transfer none) (nullable): what the source was when it was set; %NULL if it is no drive. */
const PlatterChosen *platter_request_get_chosen_source (PlatterRequest *self);
/** Returns: (transfer none) (nullable): what that target was when it was added; %NULL if it is no drive. */
const PlatterChosen *platter_request_get_chosen_target (PlatterRequest *self, guint index);
/** Returns: (transfer none) (nullable): the first drive, the source before the targets, that is not what was chosen any more. */
const PlatterChosen *platter_request_find_changed (PlatterRequest *self);
/** Returns: (transfer container) (element-type GObject): the source and the targets, as far as they are known yet. */
GPtrArray *platter_request_dup_ends (PlatterRequest *self);

/** Returns: the size of the source; 0 without one. */
guint64 platter_request_get_size_bytes (PlatterRequest *self);

/* The options; docs/interface.md has what they mean. What is not set is the helper's default. */

void platter_request_set_verify (PlatterRequest *self, gboolean verify);
gboolean platter_request_get_verify (PlatterRequest *self);
void platter_request_set_unmount (PlatterRequest *self, gboolean unmount);
gboolean platter_request_get_unmount (PlatterRequest *self);
/** platter_request_add_digest: @name: "sha256", "sha512", "sha1", "md5" or "blake2b". */
void platter_request_add_digest (PlatterRequest *self, const char *name);
/** platter_request_set_expected: Writing, and converting an image: what the image must hash to; %NULL for nothing. */
void platter_request_set_expected (PlatterRequest *self, const char *algorithm, const char *digest);
/** platter_request_set_repairs: 0 to 3. */
void platter_request_set_repairs (PlatterRequest *self, guint repairs);
/** platter_request_set_stall_timeout: In seconds; 0 for never. */
void platter_request_set_stall_timeout (PlatterRequest *self, guint stall_timeout_s);
/** platter_request_set_queue: "auto", "io_uring" or "threads". */
void platter_request_set_queue (PlatterRequest *self, const char *queue);
/** platter_request_set_on_error: Cloning: "stop", "skip", "rescue" or "ask". */
void platter_request_set_on_error (PlatterRequest *self, const char *on_error);
/** Returns: (transfer none): what was set; "stop" before. */
const char *platter_request_get_on_error (PlatterRequest *self);
/** Returns: whether it was set. */
gboolean platter_request_has_on_error (PlatterRequest *self);
/**
 * platter_request_set_rescue:
 * @is_rescue: from the start; then on_error is "rescue" unless it was set, and else what it is unless it was set
 *
 * Of a clone, or of an image that is made in its place.
 */
void platter_request_set_rescue (PlatterRequest *self, gboolean is_rescue);
gboolean platter_request_is_rescue (PlatterRequest *self);
/** platter_request_set_rescue_limits: Whatever is 0 has no limit; @retries: G_MAXUINT for without end. */
void platter_request_set_rescue_limits (PlatterRequest *self,
                                        guint retries,
                                        guint64 error_limit,
                                        guint time_limit_s);
/** platter_request_set_zero_bad: What could not be read becomes zeros on the targets. */
void platter_request_set_zero_bad (PlatterRequest *self, gboolean zero_bad);
/** platter_request_take_map: Of a rescue to one drive. @fd: (transfer full): a mapfile, open for reading */
void platter_request_take_map (PlatterRequest *self, int fd);
/** platter_request_take_domain: Of a rescue to one drive. @fd: (transfer full): a mapfile, open for reading */
void platter_request_take_domain (PlatterRequest *self, int fd);
/** platter_request_set_format: Of an image: "raw", "zst". */
void platter_request_set_format (PlatterRequest *self, const char *format);
/** Returns: (transfer none) */
const char *platter_request_get_format (PlatterRequest *self);
/** platter_request_set_level: How hard an image is packed, 1 to 19; 0 for the format's usual. */
void platter_request_set_level (PlatterRequest *self, guint level);
/** platter_request_set_whole: All of the image is taken, also what is not part of it as its bmap says. */
void platter_request_set_whole (PlatterRequest *self, gboolean is_whole);
gboolean platter_request_is_whole (PlatterRequest *self);
/** platter_request_set_shorter: Verifying: compare up to the end of the shorter one. */
void platter_request_set_shorter (PlatterRequest *self, gboolean shorter);

/** platter_request_copy_options: What another job was told, but for "verify"; @options: as in its details. */
void platter_request_copy_options (PlatterRequest *self, GVariant *options);
/** platter_request_set_resume: The number of the job that goes on; 0 for none. */
void platter_request_set_resume (PlatterRequest *self, guint id);
/** Returns: whether a job goes on; then its options are what they were. */
gboolean platter_request_is_resumed (PlatterRequest *self);

/** Returns: (transfer none): the name of the D-Bus method: "Clone", "Write", "Verify", "Image". */
const char *platter_request_get_method (PlatterRequest *self);

/**
 * platter_request_build:
 * @fds: takes the images' descriptors, duplicated
 *
 * Of a drive it tells what it was when it was chosen: the helper refuses whatever it has become since.
 *
 * Returns: (transfer floating): the method's arguments, or %NULL if a descriptor could not be duplicated or an end is missing.
 */
GVariant *platter_request_build (PlatterRequest *self, GUnixFDList *fds, GError **error);

G_END_DECLS
