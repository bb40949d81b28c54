// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which formats images are written in, for those who only name them.

#include "packing.h"

const char *const platter_packing_names[] = { "raw", "zst", "xz", "gz", NULL };

static const char *const packing_disks[] = { "qcow2", "vmdk", "vdi", "vhdx", NULL };

gboolean
platter_packing_is_known (const char *format)
{
  return g_strv_contains (platter_packing_names, format) || platter_packing_is_disk (format);
}

gboolean
platter_packing_is_disk (const char *format)
{
  return g_strv_contains (packing_disks, format);
}
