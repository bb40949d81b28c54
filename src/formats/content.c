// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The marks of files that hold disks, and are none.

#include "content.h"

#include <string.h>

#include "disc.h"
#include "engine/errors.h"
#include "format.h"

typedef struct
{
  PlatterContent content;
  gsize offset;
  const char *magic;
  gsize length;
} ContentMagic;

static const ContentMagic content_magics[] = {
  { PLATTER_CONTENT_QCOW2, 0, "QFI\xfb", 4 },
  { PLATTER_CONTENT_QED, 0, "QED\0", 4 },
  { PLATTER_CONTENT_VMDK, 0, "KDMV", 4 },
  { PLATTER_CONTENT_VMDK_NAMES, 0, "# Disk DescriptorFile", 21 },
  { PLATTER_CONTENT_VDI, 64, "\x7f\x10\xda\xbe", 4 },
  { PLATTER_CONTENT_VHD, 0, "conectix", 8 },
  { PLATTER_CONTENT_VHDX, 0, "vhdxfile", 8 },
  { PLATTER_CONTENT_PARALLELS, 0, "WithoutFreeSpace", 16 },
  { PLATTER_CONTENT_PARALLELS, 0, "WithouFreSpacExt", 16 },
  { PLATTER_CONTENT_RAR, 0, "Rar!", 4 },
  { PLATTER_CONTENT_ENCRYPTED_DMG, 0, "encrcdsa", 8 },
  { PLATTER_CONTENT_COWD, 0, "COWD", 4 },
  { PLATTER_CONTENT_WIM, 0, "MSWIM\0\0\0", 8 },
  { PLATTER_CONTENT_PARTCLONE, 0, "partclone-image", 15 },
  { PLATTER_CONTENT_EWF, 0, "EVF\x09\x0d\x0a\xff\x00", 8 },
  { PLATTER_CONTENT_NTFSCLONE, 0, "\0ntfsclone-image", 16 },
  { PLATTER_CONTENT_PARTIMAGE, 0, "PaRtImAgE-VoLuMe", 16 },
  { PLATTER_CONTENT_ANDROID, 0, "\x3a\xff\x26\xed\x01\x00", 6 },
  { PLATTER_CONTENT_FFU, 4, "SignedImage ", 12 },
  { PLATTER_CONTENT_OLD_LZ4, 0, "\x02\x21\x4c\x18", 4 },
};

static const char *const content_words[] = {
  [PLATTER_CONTENT_QCOW2] = "a qcow2 disk of a virtual machine",
  [PLATTER_CONTENT_QED] = "a QED disk of a virtual machine",
  [PLATTER_CONTENT_VMDK] = "a VMDK disk of a virtual machine",
  [PLATTER_CONTENT_VMDK_NAMES] = "the description of a VMDK disk",
  [PLATTER_CONTENT_VDI] = "a VDI disk of a virtual machine",
  [PLATTER_CONTENT_VHD] = "a VHD disk of a virtual machine",
  [PLATTER_CONTENT_VHDX] = "a VHDX disk of a virtual machine",
  [PLATTER_CONTENT_PARALLELS] = "a Parallels disk of a virtual machine",
  [PLATTER_CONTENT_RAR] = "a rar archive",
  [PLATTER_CONTENT_ENCRYPTED_DMG] = "an encrypted Apple disk image",
  [PLATTER_CONTENT_COWD] = "an old VMDK disk of a virtual machine",
  [PLATTER_CONTENT_WIM] = "a WIM archive",
  [PLATTER_CONTENT_PARTCLONE] = "a partclone image",
  [PLATTER_CONTENT_EWF] = "an EWF image",
  [PLATTER_CONTENT_NTFSCLONE] = "an image of ntfsclone",
  [PLATTER_CONTENT_PARTIMAGE] = "an image of partimage",
  [PLATTER_CONTENT_ANDROID] = "a sparse Android image",
  [PLATTER_CONTENT_FFU] = "a Windows FFU image",
  [PLATTER_CONTENT_OLD_LZ4] = "something that is packed in the old form of lz4",
};

static gboolean
content_has (const guint8 *head, gsize length, gsize offset, const char *magic, gsize n_bytes)
{
  return length >= offset + n_bytes && memcmp (head + offset, magic, n_bytes) == 0;
}

PlatterContent
platter_content_find (const guint8 *head, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (content_magics); i++)
    {
      const ContentMagic *magic = &content_magics[i];

      if (content_has (head, length, magic->offset, magic->magic, magic->length))
        return magic->content;
    }
  return PLATTER_CONTENT_NONE;
}

gboolean
platter_content_is_iso (const guint8 *head, gsize length)
{
  return content_has (head, length, 32769, "CD001", 5);
}

gboolean
platter_content_is_raw_cd (const guint8 *head, gsize length)
{
  const char *const sync = "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0";
  /* Of sectors without their sync, and of those with sub-channels. */
  const gsize descriptor = 16 * 2336 + 9;
  const gsize descriptor_with_subchannels = descriptor + (gsize)16 * PLATTER_TRACK_SUBCHANNEL_BYTES;

  return !platter_content_is_iso (head, length)
         && (content_has (head, length, 0, sync, 12)
             || content_has (head, length, descriptor, "CD001", 5)
             || content_has (head, length, descriptor_with_subchannels, "CD001", 5));
}

gboolean
platter_content_is_dmg (const guint8 *end)
{
  return memcmp (end, "koly", 4) == 0;
}

void
platter_content_end_add (PlatterContentEnd *self, const guint8 *data, gsize length)
{
  gsize added = MIN (length, sizeof self->data);
  gsize kept = MIN (self->length, sizeof self->data - added);

  memmove (self->data, self->data + self->length - kept, kept);
  memcpy (self->data + kept, data + length - added, added);
  self->length = kept + added;
}

static gboolean
content_refuse (const char *what, const char *name, const char *advice, GError **error)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
               "%s holds %s, not the plain image of a disk: %s", name, what, advice);
  return FALSE;
}

static gboolean
content_refuse_packed (PlatterFormat format, const char *name, const char *advice, GError **error)
{
  g_autofree char *what = platter_format_is_archive (format)
                            ? g_strdup_printf ("a %s archive", platter_format_get_name (format))
                            : g_strdup_printf ("something that is packed once more, with %s",
                                               platter_format_get_name (format));

  return content_refuse (what, name, advice, error);
}

gboolean
platter_content_check_beginning (
  const guint8 *head, gsize length, const char *name, const char *advice, GError **error)
{
  PlatterContent content = platter_content_find (head, length);
  PlatterFormat format = platter_format_find (head, length);

  if (platter_content_is_iso (head, length) || platter_format_is_disk (head, length))
    return TRUE;
  if (content != PLATTER_CONTENT_NONE)
    return content_refuse (content_words[content], name, advice, error);
  if (format != PLATTER_FORMAT_NONE)
    return content_refuse_packed (format, name, advice, error);
  return !platter_content_is_raw_cd (head, length)
         || content_refuse ("the raw sectors of a CD", name, advice, error);
}

gboolean
platter_content_check_end (const PlatterContentEnd *end,
                           const char *name,
                           const char *advice,
                           GError **error)
{
  const guint8 *nero = end->data + sizeof end->data - 12;

  if (end->length < sizeof end->data)
    return TRUE;
  if (platter_content_is_dmg (end->data))
    return content_refuse ("an Apple disk image", name, advice, error);
  return (memcmp (nero, "NER5", 4) != 0 && memcmp (nero + 4, "NERO", 4) != 0)
         || content_refuse ("Nero's image of a CD", name, advice, error);
}
