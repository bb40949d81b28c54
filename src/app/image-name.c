// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How the files of images are named.

#include "config.h"

#include "image-name.h"

#include <string.h>

static const char *const image_name_endings[]
  = { "iso",  "img", "raw", "dd",   "bin", "wic", "xz",  "lzma", "lz",   "zst",   "gz",
      "bz2",  "lz4", "zip", "7z",   "tar", "tgz", "txz", "tbz2", "tzst", "qcow2", "qed",
      "vmdk", "vdi", "vhd", "vhdx", "hds", "cue", "nrg", "mds",  "mdf",  "dmg",   NULL };

/* Returns: how long the name is without the last of its endings; all of it if there is none. */
static gsize
image_name_get_stem_length (const char *name)
{
  const char *dot = strrchr (name, '.');

  for (gsize i = 0; dot != NULL && dot > name && image_name_endings[i] != NULL; i++)
    if (g_ascii_strcasecmp (dot + 1, image_name_endings[i]) == 0)
      return (gsize)(dot - name);
  return strlen (name);
}

const char *const *
platter_image_name_get_endings (void)
{
  return image_name_endings;
}

char *
platter_image_name_dup (const char *name, const char *ending, guint number)
{
  g_autofree char *stem = g_strdup (name);
  gsize length = strlen (stem) + 1;

  /* One may be packed, and that in an archive. */
  while (strlen (stem) < length)
    {
      length = strlen (stem);
      stem[image_name_get_stem_length (stem)] = '\0';
    }
  /* A server may call it anything. */
  g_strdelimit (stem, "/", '-');
  return number > 1 ? g_strdup_printf ("%s-%u%s", stem, number, ending)
                    : g_strconcat (stem, ending, NULL);
}
