// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The formats that images are written in.

#include "packing.h"

#include <string.h>

typedef struct
{
  guint level; /* if none is asked for */
  guint max_level;
  PlatterPacker *(*make) (guint level);
} Packing;

/* By their order in platter_packing_names. */
static const Packing packings[] = {
  { 0, 0, platter_packer_raw_new },
  { 3, 19, platter_packer_zstd_new },
  { 2, 9, platter_packer_xz_new },
  { 2, 3, platter_packer_gz_new },
};

static const Packing *
packing_find (const char *format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (packings); i++)
    if (strcmp (platter_packing_names[i], format) == 0)
      return &packings[i];
  return NULL;
}

PlatterPacker *
platter_packing_new (const char *format, guint level)
{
  const Packing *packing = packing_find (format);

  g_return_val_if_fail (packing != NULL, NULL);
  return packing->make (level == 0 ? packing->level : MIN (level, packing->max_level));
}
