// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The formats that images are made in, for people and by the names of files.

#include "config.h"

#include "image-format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const PlatterImageFormat image_formats[] = {
  { "raw", ".img", 0 },
  { "zst", ".img.zst", 19 },
  { "xz", ".img.xz", 9 },
  { "gz", ".img.gz", 3 },
};

/* Whoever gives a file such a name wants what it says. */
static const char *const image_format_others[]
  = { ".7z",  ".cue", ".mds", ".mdf",  ".nrg",  ".bmap", ".bz2",   ".dmg",
      ".esd", ".lz",  ".lz4", ".lzma", ".lzo",  ".qcow", ".qcow2", ".qed",
      ".rar", ".tar", ".vdi", ".vhd",  ".vhdx", ".vmdk", ".wim",   ".zip" };

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

const char *
platter_image_format_get_title (const PlatterImageFormat *self)
{
  if (g_str_equal (self->name, "zst"))
    return _ ("Compressed, Zstandard");
  if (g_str_equal (self->name, "xz"))
    return _ ("Compressed, XZ");
  if (g_str_equal (self->name, "gz"))
    return _ ("Compressed, gzip");
  return _ ("Plain, As the Drive Is");
}

const char *
platter_image_format_get_subtitle (const PlatterImageFormat *self)
{
  if (g_str_equal (self->name, "zst"))
    return _ ("Small and fast, as a rule the best choice. “zstd” unpacks it.");
  if (g_str_equal (self->name, "xz"))
    return _ ("Smallest, and many times slower. “xz” unpacks it.");
  if (g_str_equal (self->name, "gz"))
    return _ ("Larger than Zstandard, for tools that know nothing else. “gzip” unpacks it.");
  return _ ("Every tool can read it. As large as the drive, but empty areas take no room.");
}
