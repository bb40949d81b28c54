// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The formats that images are written in.

#include "packing.h"

#include <string.h>

typedef struct
{
  const char *name;
  guint level; /* if none is asked for */
  guint max_level;
  PlatterPacker *(*make) (guint level);
} Packing;

static const Packing packings[] = {
  { "raw", 0, 0, platter_packer_raw_new },
  { "zst", 3, 19, platter_packer_zstd_new },
  { "xz", 2, 9, platter_packer_xz_new },
  { "gz", 2, 3, platter_packer_gz_new },
};

static const Packing *
packing_find (const char *format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (packings); i++)
    if (strcmp (packings[i].name, format) == 0)
      return &packings[i];
  return NULL;
}

gboolean
platter_packing_is_known (const char *format)
{
  return packing_find (format) != NULL;
}

PlatterPacker *
platter_packing_new (const char *format, guint level)
{
  const Packing *packing = packing_find (format);

  g_return_val_if_fail (packing != NULL, NULL);
  return packing->make (level == 0 ? packing->level : MIN (level, packing->max_level));
}
