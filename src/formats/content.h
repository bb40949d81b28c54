// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is no disk as it is, though it could be written like one: told by the marks of files that hold disks.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** So many bytes of the beginning tell all that can be told by it. */
#define PLATTER_CONTENT_HEAD_BYTES (64 * 1024)
/** And so many of the end. */
#define PLATTER_CONTENT_END_BYTES 512

typedef enum
{
  PLATTER_CONTENT_NONE, /* none of these */
  PLATTER_CONTENT_QCOW2,
  PLATTER_CONTENT_QED,
  PLATTER_CONTENT_VMDK,
  PLATTER_CONTENT_VMDK_NAMES, /* nothing but the names of other files */
  PLATTER_CONTENT_VDI,
  PLATTER_CONTENT_VHD, /* a dynamic one: a fixed one begins as its disk does */
  PLATTER_CONTENT_VHDX,
  PLATTER_CONTENT_PARALLELS,
  PLATTER_CONTENT_RAR,
  PLATTER_CONTENT_ENCRYPTED_DMG,
  PLATTER_CONTENT_COWD, /* an old VMDK */
  PLATTER_CONTENT_WIM,
  PLATTER_CONTENT_PARTCLONE,
  PLATTER_CONTENT_EWF,
  PLATTER_CONTENT_NTFSCLONE,
  PLATTER_CONTENT_PARTIMAGE,
  PLATTER_CONTENT_ANDROID, /* sparse, as “simg2img” reads it */
  PLATTER_CONTENT_FFU,
  PLATTER_CONTENT_OLD_LZ4, /* “lz4 -l” */
} PlatterContent;

/**
 * platter_content_find:
 * @head: the first bytes of a file
 * @length: how many; fewer than %PLATTER_CONTENT_HEAD_BYTES only if the file is shorter
 *
 * From the formats' own specifications.
 */
PlatterContent platter_content_find (const guint8 *head, gsize length);

/** Returns: whether it is an ISO image, which may begin with anything that boots. */
gboolean platter_content_is_iso (const guint8 *head, gsize length);
/** Returns: whether they are the raw sectors of a CD, with more in each than its data. */
gboolean platter_content_is_raw_cd (const guint8 *head, gsize length);
/** platter_content_is_dmg: @end: the last %PLATTER_CONTENT_END_BYTES. Returns: whether it is an Apple disk image (UDIF). */
gboolean platter_content_is_dmg (const guint8 *end);

/** PlatterContentEnd: the last bytes of what goes by; cleared by whoever has it. */
typedef struct
{
  guint8 data[PLATTER_CONTENT_END_BYTES];
  gsize length;
} PlatterContentEnd;

/** platter_content_end_add: What comes next. */
void platter_content_end_add (PlatterContentEnd *self, const guint8 *data, gsize length);

/**
 * platter_content_check_beginning:
 * @head: the first bytes of what would be written; the more of %PLATTER_CONTENT_HEAD_BYTES the better
 * @name: what they come from, for the message
 * @advice: what to do, for the message, too: "unpack it into a file, and choose that"
 *
 * What is certainly no disk would be written as it is, and be called a verified one. A table of partitions and the descriptor
 * of an ISO image say that it is one, whatever it begins with.
 *
 * Returns: %FALSE with %PLATTER_ENGINE_ERROR_UNSUPPORTED.
 */
gboolean platter_content_check_beginning (
  const guint8 *head, gsize length, const char *name, const char *advice, GError **error);

/** platter_content_check_end: The same of what has its mark at its end: that of an Apple disk image, and of Nero's of a CD. */
gboolean platter_content_check_end (const PlatterContentEnd *end,
                                    const char *name,
                                    const char *advice,
                                    GError **error);

G_END_DECLS
