// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A first look at what a Network Block Device server offers.

#include "server.h"

#include "formats/nbd-reader.h"
#include "head.h"
#include "partitions.h"

GVariant *
platter_look_at_server (PlatterLookRequest *request, int scratch, GError **error)
{
  g_autoptr (PlatterNbdReader) reader
    = platter_nbd_reader_new (request->fd, -1, request->name, request->export_name);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  PlatterLookEnd end = { 0 };

  request->fd = -1;
  if (request->export_name == NULL)
    platter_nbd_reader_allow_anything (reader);
  if (!platter_nbd_reader_open (reader, error)
      || !platter_look_head_copy (platter_nbd_reader_get_reader (reader),
                                  platter_nbd_reader_get_size_bytes (reader), request->name,
                                  scratch, error))
    return NULL;
  g_variant_dict_insert (&dict, "size", "t", platter_nbd_reader_get_size_bytes (reader));
  g_variant_dict_insert_value (&dict, "partitions", platter_look_partitions_read (scratch, &end));
  return g_variant_dict_end (&dict);
}
