// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the first bytes of a file are taken for: above all that a disk is no archive.

#include "formats/format.h"

#include <stdio.h>
#include <string.h>

static void
make_tar (guint8 *head)
{
  guint sum = 8 * ' ';

  memset (head, 0, 512);
  strcpy ((char *)head, "disk.img");
  memcpy (head + 257,
          "ustar\0"
          "00",
          8);
  for (guint i = 0; i < 512; i++)
    sum += i >= 148 && i < 156 ? 0 : head[i];
  snprintf ((char *)head + 148, 8, "%06o", sum);
}

static void
make_disk (guint8 *head)
{
  head[446] = 0x80;
  head[450] = 0x83;
  head[510] = 0x55;
  head[511] = 0xaa;
}

static void
test_tar (void)
{
  guint8 head[512];

  make_tar (head);
  g_assert_cmpint (platter_format_find (head, sizeof head), ==, PLATTER_FORMAT_TAR);
  g_assert_cmpint (platter_format_find (head, 511), ==, PLATTER_FORMAT_NONE);
  head[3] ^= 1;
  g_assert_cmpint (platter_format_find (head, sizeof head), ==, PLATTER_FORMAT_NONE);
  make_tar (head);
  memcpy (head + 257, "other", 5);
  g_assert_cmpint (platter_format_find (head, sizeof head), ==, PLATTER_FORMAT_NONE);
  make_tar (head);
  make_disk (head);
  g_assert_cmpint (platter_format_find (head, sizeof head), ==, PLATTER_FORMAT_NONE);
}

static void
test_magic (void)
{
  static const struct
  {
    const char *magic;
    gsize length;
    PlatterFormat format;
  } archives[] = {
    { "PK\x03\x04", 4, PLATTER_FORMAT_ZIP },
    { "7z\xbc\xaf\x27\x1c", 6, PLATTER_FORMAT_7Z },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (archives); i++)
    {
      guint8 head[512] = { 0 };

      memcpy (head, archives[i].magic, archives[i].length);
      g_assert_cmpint (platter_format_find (head, archives[i].length), ==, archives[i].format);
      g_assert_cmpint (platter_format_find (head, archives[i].length - 1), ==, PLATTER_FORMAT_NONE);
      g_assert_cmpint (platter_format_find (head, sizeof head), ==, archives[i].format);
      /* Compressed bytes may end like a boot sector, but not with a table. */
      head[510] = 0x55;
      head[511] = 0xaa;
      g_assert_cmpint (platter_format_find (head, sizeof head), ==, archives[i].format);
      make_disk (head);
      g_assert_cmpint (platter_format_find (head, sizeof head), ==, PLATTER_FORMAT_NONE);
    }
}

/* zstd and lz4 have the same frames to be skipped: what comes behind them tells, if it is among the bytes that are looked at. */
static void
test_skippable (void)
{
  guint8 head[1024] = { 0 };

  memcpy (head, "\x57\x2a\x4d\x18\x04\0\0\0abcd", 12);
  g_assert_cmpint (platter_format_find (head, sizeof head), ==, PLATTER_FORMAT_ZSTD);
  memcpy (head + 12, "\x04\x22\x4d\x18", 4);
  g_assert_cmpint (platter_format_find (head, sizeof head), ==, PLATTER_FORMAT_LZ4);
  g_assert_cmpint (platter_format_find (head, 15), ==, PLATTER_FORMAT_ZSTD);
  memcpy (head + 12, "\x50\x2a\x4d\x18\0\0\0\0\x04\x22\x4d\x18", 12);
  g_assert_cmpint (platter_format_find (head, sizeof head), ==, PLATTER_FORMAT_LZ4);
  memset (head + 4, 0xff, 4);
  g_assert_cmpint (platter_format_find (head, sizeof head), ==, PLATTER_FORMAT_ZSTD);
  g_assert_cmpint (platter_format_find (head, 7), ==, PLATTER_FORMAT_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/tar", test_tar);
  g_test_add_func ("/format/magic", test_magic);
  g_test_add_func ("/format/skippable", test_skippable);
  return g_test_run ();
}
