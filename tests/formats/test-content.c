// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What cannot be a disk, and above all what can.

#include "formats/content.h"

#include <string.h>

#include "engine/errors.h"

static gboolean
check (const guint8 *head, gsize length, const char *expected)
{
  g_autoptr (GError) error = NULL;

  if (platter_content_check_beginning (head, length, "x.gz", "unpack it", &error))
    return TRUE;
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED);
  g_assert_true (g_str_has_prefix (error->message, "x.gz holds "));
  g_assert_nonnull (strstr (error->message, expected));
  return FALSE;
}

static void
test_beginnings (void)
{
  static const struct
  {
    gsize offset;
    const char *magic;
    gsize length;
    const char *words;
  } beginnings[] = {
    { 0, "QFI\xfb", 4, "qcow2" },
    { 0, "KDMV", 4, "VMDK" },
    { 64, "\x7f\x10\xda\xbe", 4, "VDI" },
    { 0, "vhdxfile", 8, "VHDX" },
    { 0, "conectix", 8, "VHD" },
    { 0, "partclone-image", 15, "partclone" },
    { 0, "\0ntfsclone-image", 16, "ntfsclone" },
    { 0, "PaRtImAgE-VoLuMe", 16, "partimage" },
    { 0, "\x3a\xff\x26\xed\x01\0", 6, "Android" },
    { 4, "SignedImage ", 12, "FFU" },
    { 0, "\x1f\x8b\x08", 3, "gzip" },
    { 0, "PK\x03\x04", 4, "zip archive" },
    { 0, "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0", 12, "sectors of a CD" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      g_autofree guint8 *head = g_malloc0 (PLATTER_CONTENT_HEAD_BYTES);
      gsize end = beginnings[i].offset + beginnings[i].length;

      memcpy (head + beginnings[i].offset, beginnings[i].magic, beginnings[i].length);
      g_assert_true (check (head, end - 1, ""));
      g_assert_false (check (head, end, beginnings[i].words));
      g_assert_false (check (head, PLATTER_CONTENT_HEAD_BYTES, beginnings[i].words));
      /* A partition, and the end of a boot sector. */
      head[450] = 0x83;
      head[510] = 0x55;
      head[511] = 0xaa;
      g_assert_true (check (head, PLATTER_CONTENT_HEAD_BYTES, ""));
      head[511] = 0;
      memcpy (head + 32769, "CD001", 5);
      g_assert_true (check (head, PLATTER_CONTENT_HEAD_BYTES, ""));
    }
}

static gboolean
check_end (const guint8 *data, gsize length, gsize step)
{
  g_autoptr (GError) error = NULL;
  PlatterContentEnd end = { .length = 0 };

  for (gsize i = 0; i < length; i += step)
    platter_content_end_add (&end, data + i, MIN (step, length - i));
  if (platter_content_check_end (&end, "x.gz", "unpack it", &error))
    return TRUE;
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED);
  return FALSE;
}

/* In whatever pieces they come. */
static void
test_ends (void)
{
  static const gsize steps[] = { 1, 7, 500, 512, 513, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      guint8 data[3000] = { 0 };

      g_assert_true (check_end (data, sizeof data, steps[i]));
      memcpy (data + sizeof data - 512, "koly", 4);
      g_assert_false (check_end (data, sizeof data, steps[i]));
      g_assert_true (check_end (data, sizeof data - 1, steps[i]));
      memset (data, 0, sizeof data);
      memcpy (data + sizeof data - 12, "NER5", 4);
      g_assert_false (check_end (data, sizeof data, steps[i]));
      g_assert_true (check_end (data + sizeof data - 511, 511, steps[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/beginnings", test_beginnings);
  g_test_add_func ("/content/ends", test_ends);
  return g_test_run ();
}
