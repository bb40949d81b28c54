// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Prints the blocks of a mapfile as the engine reads it, for a comparison with ddrescuelog: offset, length, state.

#include "engine/mapfile.h"

int
main (int argc, char **argv)
{
  static const char signs[] = { [PLATTER_MAP_UNTOUCHED] = '?',
                                [PLATTER_MAP_SKIPPED] = '*',
                                [PLATTER_MAP_RETRIED] = '/',
                                [PLATTER_MAP_FAILED] = '-',
                                [PLATTER_MAP_VERIFIED] = '+' };
  g_autofree char *text = NULL;
  g_autoptr (PlatterMap) map = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  if (argc != 2 || !g_file_get_contents (argv[1], &text, &length, &error)
      || (map = platter_mapfile_parse (text, length, 0, NULL, &error)) == NULL)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "Which file?");
      return 1;
    }
  for (guint i = 0; i < platter_map_get_n_ranges (map); i++)
    {
      const PlatterMapRange *range = platter_map_get_range (map, i);

      g_print ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %c\n", range->offset_bytes,
               range->length_bytes, signs[range->state]);
    }
  return 0;
}
