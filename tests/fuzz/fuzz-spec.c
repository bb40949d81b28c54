// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Fuzzes the parser of what the worker is told to do. The input is a serialised a{sv}.

#include "worker/spec.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) content
    = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  g_autoptr (PlatterSpec) spec = NULL;
  g_autoptr (GError) error = NULL;

  /* As the connection does. */
  if (!g_variant_is_normal_form (content))
    return 0;
  spec = platter_spec_parse (content, 2, &error);
  g_assert_cmpint (spec == NULL, ==, error != NULL);
  return 0;
}
