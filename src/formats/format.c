// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The magic numbers of packed files and archives, from the formats' own specifications.

#include "format.h"

#include <string.h>

typedef struct
{
  PlatterFormat format;
  const char *magic;
  gsize length;
} FormatMagic;

static const FormatMagic format_magics[] = {
  { PLATTER_FORMAT_XZ,
    "\xfd"
    "7zXZ\0",
    6 },
  { PLATTER_FORMAT_LZIP, "LZIP\x01", 5 },
  { PLATTER_FORMAT_ZSTD, "\x28\xb5\x2f\xfd", 4 },
  { PLATTER_FORMAT_GZIP, "\x1f\x8b\x08", 3 },
  { PLATTER_FORMAT_LZ4, "\x04\x22\x4d\x18", 4 },
};

static const char *const format_names[] = {
  [PLATTER_FORMAT_NONE] = "",       [PLATTER_FORMAT_XZ] = "xz",     [PLATTER_FORMAT_LZMA] = "lzma",
  [PLATTER_FORMAT_LZIP] = "lzip",   [PLATTER_FORMAT_ZSTD] = "zstd", [PLATTER_FORMAT_GZIP] = "gzip",
  [PLATTER_FORMAT_BZIP2] = "bzip2", [PLATTER_FORMAT_LZ4] = "lz4",   [PLATTER_FORMAT_ZIP] = "zip",
  [PLATTER_FORMAT_7Z] = "7z",       [PLATTER_FORMAT_TAR] = "tar",   [PLATTER_FORMAT_DMG] = "dmg",
};

/* "BZh", the level, and the first block's magic or that of the end. */
static gboolean
format_is_bzip2 (const guint8 *head, gsize length)
{
  return length >= 10 && memcmp (head, "BZh", 3) == 0 && head[3] >= '1' && head[3] <= '9'
         && (memcmp (head + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0
             || memcmp (head + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

static guint64
format_read_le (const guint8 *data, guint n_bytes)
{
  guint64 value = 0;

  for (guint i = n_bytes; i > 0; i--)
    value = value << 8 | data[i - 1];
  return value;
}

/*
 * A file may begin with frames that are to be skipped; pzstd's do. zstd and lz4 have the same, and what comes behind them
 * tells, if it is near enough.
 */
static PlatterFormat
format_find_behind_skippable (const guint8 *head, gsize length)
{
  guint64 offset = 0;

  length = MIN (length, PLATTER_FORMAT_HEAD_BYTES);
  while (offset + 8 <= length && (head[offset] & 0xf0) == 0x50
         && memcmp (head + offset + 1, "\x2a\x4d\x18", 3) == 0)
    offset += 8 + format_read_le (head + offset + 4, 4);
  if (offset == 0)
    return PLATTER_FORMAT_NONE;
  return offset + 4 <= length && memcmp (head + offset, "\x04\x22\x4d\x18", 4) == 0
           ? PLATTER_FORMAT_LZ4
           : PLATTER_FORMAT_ZSTD;
}

/*
 * It has no magic number. As xz does, only dictionaries of 2^n or 2^n + 2^(n-1) bytes are taken, and sizes below
 * 256 GiB; the range coder's first byte is always 0. Boot sectors and tables of partitions do not look like it.
 */
static gboolean
format_is_lzma (const guint8 *head, gsize length)
{
  guint32 dictionary = 0;
  guint64 size = 0;

  if (length < 14 || head[0] >= 9 * 5 * 5 || head[13] != 0)
    return FALSE;
  dictionary = (guint32)format_read_le (head + 1, 4);
  size = format_read_le (head + 5, 8);
  if (dictionary < 4096 || (size != G_MAXUINT64 && (size == 0 || size >= (guint64)1 << 38)))
    return FALSE;
  while (dictionary % 2 == 0)
    dictionary /= 2;
  return dictionary == 1 || dictionary == 3;
}

gboolean
platter_format_is_disk (const guint8 *head, gsize length)
{
  gboolean has_partition = FALSE;

  if (length < 512 || head[510] != 0x55 || head[511] != 0xaa)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    {
      const guint8 *entry = head + 446 + 16 * i;

      if (entry[0] != 0 && entry[0] != 0x80)
        return FALSE;
      has_partition |= entry[4] != 0;
    }
  return has_partition;
}

/* POSIX's and GNU's headers; the sum is that of all bytes, its own counted as spaces. */
static gboolean
format_is_tar (const guint8 *head, gsize length)
{
  guint sum = 0;
  guint64 told = 0;

  if (length < 512 || memcmp (head + 257, "ustar", 5) != 0)
    return FALSE;
  for (guint i = 0; i < 512; i++)
    sum += i >= 148 && i < 156 ? ' ' : head[i];
  for (guint i = 148; i < 156; i++)
    if (head[i] >= '0' && head[i] <= '7')
      told = told << 3 | (guint64)(head[i] - '0');
    else if (head[i] != ' ' && head[i] != '\0')
      return FALSE;
  return told == sum;
}

static PlatterFormat
format_find_archive (const guint8 *head, gsize length)
{
  if (platter_format_is_disk (head, length))
    return PLATTER_FORMAT_NONE;
  if (length >= 4 && memcmp (head, "PK\x03\x04", 4) == 0)
    return PLATTER_FORMAT_ZIP;
  if (length >= 6 && memcmp (head, "7z\xbc\xaf\x27\x1c", 6) == 0)
    return PLATTER_FORMAT_7Z;
  return format_is_tar (head, length) ? PLATTER_FORMAT_TAR : PLATTER_FORMAT_NONE;
}

PlatterFormat
platter_format_find (const guint8 *head, gsize length)
{
  PlatterFormat format = format_find_behind_skippable (head, length);

  for (guint i = 0; i < G_N_ELEMENTS (format_magics); i++)
    if (length >= format_magics[i].length
        && memcmp (head, format_magics[i].magic, format_magics[i].length) == 0)
      return format_magics[i].format;
  if (format != PLATTER_FORMAT_NONE)
    return format;
  if (format_is_bzip2 (head, length))
    return PLATTER_FORMAT_BZIP2;
  if (format_is_lzma (head, length))
    return PLATTER_FORMAT_LZMA;
  return format_find_archive (head, length);
}

gboolean
platter_format_is_archive (PlatterFormat format)
{
  return format == PLATTER_FORMAT_ZIP || format == PLATTER_FORMAT_7Z
         || format == PLATTER_FORMAT_TAR;
}

const char *
platter_format_get_name (PlatterFormat format)
{
  return (gsize)format < G_N_ELEMENTS (format_names) ? format_names[format] : "";
}

gboolean
platter_format_from_name (const char *name, PlatterFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (format_names); i++)
    if (strcmp (format_names[i], name) == 0)
      {
        *format = (PlatterFormat)i;
        return TRUE;
      }
  return FALSE;
}
