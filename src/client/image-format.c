// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The formats that images are made in, for people and by the names of files.

#include "config.h"

#include "image-format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "disk-maker.h"

static const PlatterImageFormat image_formats[] = {
  { "raw", ".img", 0, TRUE },    { "zst", ".img.zst", 19, FALSE }, { "xz", ".img.xz", 9, FALSE },
  { "gz", ".img.gz", 3, FALSE }, { "qcow2", ".qcow2", 0, FALSE },  { "vmdk", ".vmdk", 0, TRUE },
  { "vdi", ".vdi", 0, TRUE },    { "vhdx", ".vhdx", 0, TRUE },
};

/* Whoever gives a file such a name wants what it says. */
static const char *const image_format_others[]
  = { ".7z",  ".cue",  ".mds", ".mdf",  ".nrg", ".bmap", ".bz2", ".dmg", ".esd", ".lz",
      ".lz4", ".lzma", ".lzo", ".qcow", ".qed", ".rar",  ".tar", ".vhd", ".wim", ".zip" };

static gboolean
image_format_ends_with (const char *path, const char *ending)
{
  gsize length = strlen (path);
  gsize ending_length = strlen (ending);

  return length >= ending_length && g_ascii_strcasecmp (path + length - ending_length, ending) == 0;
}

const PlatterImageFormat *
platter_image_format_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (image_formats); i++)
    if (g_strcmp0 (image_formats[i].name, name) == 0)
      return &image_formats[i];
  return NULL;
}

const PlatterImageFormat *
platter_image_format_of_path (const char *path)
{
  for (gsize i = 1; i < G_N_ELEMENTS (image_formats); i++)
    if (image_format_ends_with (path, strrchr (image_formats[i].ending, '.')))
      return &image_formats[i];
  for (gsize i = 0; i < G_N_ELEMENTS (image_format_others); i++)
    if (image_format_ends_with (path, image_format_others[i]))
      return NULL;
  return &image_formats[0];
}

gboolean
platter_image_format_is_disk (const PlatterImageFormat *self)
{
  return platter_disk_maker_makes (self->name);
}

guint
platter_image_format_get_n (void)
{
  return G_N_ELEMENTS (image_formats);
}

const PlatterImageFormat *
platter_image_format_get_nth (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (image_formats), NULL);
  return &image_formats[index];
}

/* In the order of the formats. */
static const struct
{
  const char *title;
  const char *subtitle;
} image_format_words[] = {
  { N_ ("Plain, Sector by Sector"),
    N_ ("Every tool can read it. In full size, but empty areas take no room.") },
  { N_ ("Compressed, Zstandard"),
    N_ ("Small and fast, as a rule the best choice. “zstd” unpacks it.") },
  { N_ ("Compressed, XZ"), N_ ("Smallest, and many times slower. “xz” unpacks it.") },
  { N_ ("Compressed, gzip"),
    N_ ("Larger than Zstandard, for tools that know nothing else. “gzip” unpacks it.") },
  { N_ ("Virtual Disk, QCOW2"), N_ ("For QEMU, GNOME Boxes and virt-manager. Compressed.") },
  { N_ ("Virtual Disk, VMDK"), N_ ("For VMware. Empty areas take no room.") },
  { N_ ("Virtual Disk, VDI"), N_ ("For VirtualBox. Empty areas take no room.") },
  { N_ ("Virtual Disk, VHDX"), N_ ("For Hyper-V. Empty areas take no room.") },
};

const char *
platter_image_format_get_title (const PlatterImageFormat *self)
{
  G_STATIC_ASSERT (G_N_ELEMENTS (image_format_words) == G_N_ELEMENTS (image_formats));
  return _ (image_format_words[self - image_formats].title);
}

const char *
platter_image_format_get_subtitle (const PlatterImageFormat *self)
{
  return _ (image_format_words[self - image_formats].subtitle);
}
