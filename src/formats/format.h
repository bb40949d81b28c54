// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How an image file is packed, or in which kind of archive it is, told by its first bytes.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** So many bytes of a file tell what it is. */
#define PLATTER_FORMAT_HEAD_BYTES 512

typedef enum
{
  PLATTER_FORMAT_NONE, /* not packed in a way that is known here */
  PLATTER_FORMAT_XZ,
  PLATTER_FORMAT_LZMA,
  PLATTER_FORMAT_LZIP,
  PLATTER_FORMAT_ZSTD,
  PLATTER_FORMAT_GZIP,
  PLATTER_FORMAT_BZIP2,
  PLATTER_FORMAT_LZ4,
  PLATTER_FORMAT_ZIP,
  PLATTER_FORMAT_7Z,
  PLATTER_FORMAT_TAR,
  PLATTER_FORMAT_DMG, /* Apple's; told by the end of the file, not by its first bytes */
} PlatterFormat;

/**
 * platter_format_find:
 * @head: the first bytes of a file
 * @length: how many; fewer than %PLATTER_FORMAT_HEAD_BYTES only if the file is shorter
 */
PlatterFormat platter_format_find (const guint8 *head, gsize length);

/**
 * platter_format_is_disk:
 *
 * A boot sector with a table of partitions: a disk may begin with anything that somebody finds useful there.
 */
gboolean platter_format_is_disk (const guint8 *head, gsize length);

/** Returns: whether it is an archive, which holds files with names. */
gboolean platter_format_is_archive (PlatterFormat format);

/** Returns: (transfer none): what it is called: "xz", "zstd"; "" for none. */
const char *platter_format_get_name (PlatterFormat format);

/** platter_format_from_name: @format: (out): that is called so. Returns: whether there is one. */
gboolean platter_format_from_name (const char *name, PlatterFormat *format);

G_END_DECLS
