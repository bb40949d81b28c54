// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as a file with checksums: what is found is always a digest of its kind's length, in lower-case hex.

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "client/sums.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static gsize
get_length (const char *algorithm)
{
  if (g_str_equal (algorithm, "sha256"))
    return 64;
  if (g_str_equal (algorithm, "sha1"))
    return 40;
  return g_str_equal (algorithm, "md5") ? 32 : 128;
}

static void
check (const char *list_name, const char *text, gsize length)
{
  const char *algorithm = NULL;
  g_autofree char *digest = platter_sums_find (list_name, text, length, "x.iso", &algorithm);

  if (digest == NULL)
    return;
  g_assert_nonnull (algorithm);
  g_assert_cmpuint (strlen (digest), ==, get_length (algorithm));
  g_assert_cmpuint (strspn (digest, "0123456789abcdef"), ==, strlen (digest));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  check ("SHA512SUMS", (const char *)data, size);
  check ("b2sums.txt", (const char *)data, size);
  return 0;
}
