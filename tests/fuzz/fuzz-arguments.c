// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Fuzzes the strict reader of dictionaries, and with it what a client's request and a worker's report may be. The
// input's first byte says which; the rest is the serialised message.

#include "helper/filter.h"
#include "helper/request.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static GVariant *
parse (const char *type, const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));
}

static void
fuzz_request (PlatterRequestKind kind, const uint8_t *data, size_t size)
{
  const char *const types[] = { "(a{sv}aa{sv}a{sv})", "(a{sv}aa{sv}a{sv})", "(a{sv}a{sv}a{sv})" };
  g_autoptr (GVariant) parameters = parse (types[kind], data, size);
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_variant_is_normal_form (parameters))
    return;
  request = platter_request_new (kind, parameters, NULL, &error);
  g_assert_true ((request == NULL) == (error != NULL));
}

static void
fuzz_worker (gboolean is_report, const uint8_t *data, size_t size)
{
  g_autoptr (GVariant) content = parse ("a{sv}", data, size);
  g_autoptr (GVariant) progress = NULL;
  g_autoptr (GVariant) targets = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good;

  if (!g_variant_is_normal_form (content))
    return;
  is_good = is_report ? platter_filter_report (content, 1, &error) != NULL
                      : platter_filter_progress (content, 1, &progress, &targets, &error);
  g_assert_true (is_good == (error == NULL));
}

static void
fuzz_damage (const uint8_t *data, size_t size)
{
  g_autoptr (GVariant) content = parse ("a{sv}", data, size);
  g_autoptr (GVariant) report = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (GVariant) whole = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_variant_is_normal_form (content))
    return;
  whole = platter_filter_add_damage (report, content, &error);
  g_assert_true ((whole == NULL) == (error != NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  if (data[0] % 6 < 3)
    fuzz_request ((PlatterRequestKind)(data[0] % 6), data + 1, size - 1);
  else if (data[0] % 6 == 5)
    fuzz_damage (data + 1, size - 1);
  else
    fuzz_worker (data[0] % 6 == 4, data + 1, size - 1);
  return 0;
}
