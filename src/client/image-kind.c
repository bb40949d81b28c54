// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an image file is, told by its first bytes.

#include "config.h"

#include "image-kind.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "formats/content.h"
#include "image.h"

typedef struct
{
  PlatterContent content;
  const char *what;    /* in the sentence */
  const char *command; /* (nullable): what makes plain sectors of it */
} ImageKindForeign;

static const ImageKindForeign image_kind_foreigners[] = {
  { PLATTER_CONTENT_RAR, N_ ("a rar archive"), "unrar x" },
  { PLATTER_CONTENT_ENCRYPTED_DMG, N_ ("an encrypted Apple disk image"),
    "hdiutil convert -format UDZO" },
  { PLATTER_CONTENT_COWD, N_ ("an old VMDK disk"), "qemu-img convert -O raw" },
  { PLATTER_CONTENT_WIM, N_ ("a WIM archive"), NULL },
  { PLATTER_CONTENT_PARTCLONE, N_ ("a partclone image"), "partclone.restore" },
  { PLATTER_CONTENT_EWF, N_ ("an EWF image"), "ewfexport" },
  { PLATTER_CONTENT_NTFSCLONE, N_ ("an image of ntfsclone"), "ntfsclone --restore-image" },
  { PLATTER_CONTENT_PARTIMAGE, N_ ("an image of partimage"), "partimage restore" },
  { PLATTER_CONTENT_ANDROID, N_ ("a sparse Android image"), "simg2img" },
  { PLATTER_CONTENT_FFU, N_ ("a Windows FFU image"), NULL },
  { PLATTER_CONTENT_OLD_LZ4, N_ ("compressed in the old form of lz4"), "lz4 -d" },
};

static const ImageKindForeign *
image_kind_find_foreigner (const guint8 *head, gsize length)
{
  PlatterContent content = platter_content_find (head, length);

  for (guint i = 0; i < G_N_ELEMENTS (image_kind_foreigners); i++)
    if (image_kind_foreigners[i].content == content)
      return &image_kind_foreigners[i];
  return NULL;
}

static gboolean
image_kind_has (const guint8 *head, gsize length, gsize offset, const char *magic)
{
  return length >= offset + strlen (magic) && memcmp (head + offset, magic, strlen (magic)) == 0;
}

static const char *
image_kind_get_packed (PlatterFormat format)
{
  static const char *const kinds[] = {
    [PLATTER_FORMAT_XZ] = N_ ("Disk image, compressed with xz"),
    [PLATTER_FORMAT_LZMA] = N_ ("Disk image, compressed with lzma"),
    [PLATTER_FORMAT_LZIP] = N_ ("Disk image, compressed with lzip"),
    [PLATTER_FORMAT_ZSTD] = N_ ("Disk image, compressed with zstd"),
    [PLATTER_FORMAT_GZIP] = N_ ("Disk image, compressed with gzip"),
    [PLATTER_FORMAT_BZIP2] = N_ ("Disk image, compressed with bzip2"),
    [PLATTER_FORMAT_LZ4] = N_ ("Disk image, compressed with lz4"),
  };

  return _ (kinds[format]);
}

static gboolean
image_kind_is_disk (const guint8 *head, gsize length)
{
  /* A boot sector, Apple's map of partitions, HFS, HFS+, HFSX and APFS. */
  return image_kind_has (head, length, 510, "\x55\xaa") || image_kind_has (head, length, 0, "ER")
         || image_kind_has (head, length, 1024, "BD") || image_kind_has (head, length, 1024, "H+")
         || image_kind_has (head, length, 1024, "HX") || image_kind_has (head, length, 32, "NXSB")
         || platter_content_is_iso (head, length);
}

gboolean
platter_image_kind_check_end (const guint8 *head, gsize length, const char *name, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  if (!g_str_has_suffix (lower, ".dmg") || image_kind_is_disk (head, length))
    return TRUE;
  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
               _ ("%s is damaged or cut off. Get it again."), name);
  return FALSE;
}

const char *
platter_image_kind_find (
  const guint8 *head, gsize length, const char *name, PlatterFormat *format, GError **error)
{
  const ImageKindForeign *foreign = image_kind_find_foreigner (head, length);

  *format = PLATTER_FORMAT_NONE;
  /* A hybrid ISO may begin with anything that boots; its volume descriptor says that it is plain. */
  if (platter_content_is_iso (head, length))
    return _ ("ISO image");
  *format = platter_format_find (head, length);
  if (*format != PLATTER_FORMAT_NONE && !platter_format_is_archive (*format))
    return image_kind_get_packed (*format);
  if (foreign == NULL)
    return _ ("Disk image");

  if (foreign->command == NULL)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 _ ("%s is %s, not a plain image of a disk: it cannot be written to a drive."),
                 name, _ (foreign->what));
  else
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 _ ("%s is %s. Images in this form come with a later version: unpack it first "
                    "with “%s”."),
                 name, _ (foreign->what), foreign->command);
  return NULL;
}
