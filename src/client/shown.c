// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Names of files as people are shown them.

#include "shown.h"

#include "../engine/printable.h"

char *
platter_shown_dup_name (const char *path)
{
  g_autofree char *name = g_filename_display_name (path);

  return platter_printable_dup (name, -1);
}

char *
platter_shown_dup_base_name (const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);

  return platter_printable_dup (name, -1);
}
