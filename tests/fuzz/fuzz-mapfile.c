// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as a mapfile: no crash, and what is accepted survives being written and read again.

#include "engine/mapfile.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  PlatterMapfileStatus status;
  PlatterMapfileStatus status_again;
  g_autoptr (PlatterMap) map = platter_mapfile_parse ((const char *)data, length, 0, &status, NULL);
  g_autoptr (PlatterMap) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  if (map == NULL)
    return 0;
  text = platter_mapfile_format (map, &status);
  again = platter_mapfile_parse (text, strlen (text), 0, &status_again, NULL);
  g_assert_nonnull (again);
  text_again = platter_mapfile_format (again, &status_again);
  g_assert_cmpstr (text, ==, text_again);
  return 0;
}
