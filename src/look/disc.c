// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at what tells of a CD's tracks.

#include "disc.h"

#include "formats/disc-look.h"

GVariant *
platter_look_at_disc (const PlatterLookRequest *request)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (PlatterDisc) disc = { 0 };

  platter_disc_look (request->fd, request->disc, &disc);
  /* Where there is no such file in the folder, there is nothing to be told of it. */
  if (disc.state != PLATTER_DISC_GOOD)
    g_clear_pointer (&disc.file, g_free);
  g_variant_dict_insert (&dict, "format", "s", platter_format_get_name (PLATTER_FORMAT_NONE));
  g_variant_dict_insert_value (&dict, "disc", platter_disc_pack (&disc));
  return g_variant_dict_end (&dict);
}
