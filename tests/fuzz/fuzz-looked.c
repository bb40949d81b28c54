// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Fuzzes the parser of what platter-look has seen. The input is a serialised a{sv}.

#include "client/looked.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  g_autoptr (GVariant) content
    = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  g_autoptr (PlatterLooked) looked = NULL;
  g_autoptr (GError) error = NULL;

  /* As the connection does. */
  if (!g_variant_is_normal_form (content))
    return 0;
  looked = platter_looked_parse (content, &error);
  g_assert_true ((looked == NULL) == (error != NULL));
  if (looked != NULL && looked->choice != NULL)
    g_assert_true (looked->choice->state != PLATTER_ARCHIVE_GOOD
                   || g_utf8_validate (platter_archive_choice_get_name (looked->choice), -1, NULL));
  return 0;
}
