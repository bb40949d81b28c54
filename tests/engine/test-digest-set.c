// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Digests on threads of their own, of which one may be far ahead of the others.

#include "engine/digest-set.h"

#define WINDOW 4
#define N_BLOCKS 16
#define LONG_BYTES (4 * 1024 * 1024)
#define SHORT_BYTES 512
#define TOTAL_BYTES (N_BLOCKS / WINDOW * (LONG_BYTES + (WINDOW - 1) * SHORT_BYTES))

static const struct
{
  PlatterDigests digest;
  GChecksumType checksum;
} kinds[] = {
  { PLATTER_DIGEST_SHA256, G_CHECKSUM_SHA256 },
  { PLATTER_DIGEST_SHA512, G_CHECKSUM_SHA512 },
  { PLATTER_DIGEST_SHA1, G_CHECKSUM_SHA1 },
  { PLATTER_DIGEST_MD5, G_CHECKSUM_MD5 },
};

static void
notify_cb (gpointer data)
{
}

static guint8 *
new_content (void)
{
  guint8 *data = g_malloc (TOTAL_BYTES);

  for (gsize i = 0; i < TOTAL_BYTES; i++)
    data[i] = (guint8)(i * i >> 5);
  return data;
}

static void
check_digests (PlatterDigestSet *set, const guint8 *data)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *expected
        = g_compute_checksum_for_data (kinds[i].checksum, data, TOTAL_BYTES);

      g_assert_cmpstr (platter_digest_set_get_hex (set, kinds[i].digest), ==, expected);
    }
}

/* One block takes long and those behind it do not, and as many are under way as there is room for, as when one is
   packed as it is read: the quickest digest is done with all of them while the slowest is still at the first. */
static void
test_one_is_ahead (void)
{
  g_autofree guint8 *data = new_content ();
  PlatterDigestSet *set = platter_digest_set_new (PLATTER_DIGEST_SHA256 | PLATTER_DIGEST_SHA512
                                                    | PLATTER_DIGEST_SHA1 | PLATTER_DIGEST_MD5,
                                                  N_BLOCKS, WINDOW, notify_cb, NULL, NULL);
  guint64 n_pushed = 0;
  guint64 n_popped = 0;
  gsize offset = 0;

  platter_digest_set_start (set);
  while (n_popped < N_BLOCKS)
    {
      gpointer item = platter_digest_set_pop (set);
      gsize length = n_pushed % WINDOW == 0 ? LONG_BYTES : SHORT_BYTES;

      if (item != NULL)
        g_assert_cmpuint (GPOINTER_TO_SIZE (item), ==, ++n_popped);
      if (n_pushed == N_BLOCKS || n_pushed - n_popped == WINDOW)
        continue;
      platter_digest_set_push (set, n_pushed, data + offset, length,
                               GSIZE_TO_POINTER (n_pushed + 1));
      offset += length;
      n_pushed++;
    }
  while (!platter_digest_set_is_complete (set))
    g_usleep (1000);
  check_digests (set, data);
  platter_digest_set_free (set);
}

/* The end of a source that is unpacked shows late, also when all before it has been digested already. */
static void
check_cut (gboolean is_late)
{
  g_autofree guint8 *data = new_content ();
  g_autofree char *expected
    = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, SHORT_BYTES * 2);
  PlatterDigestSet *set
    = platter_digest_set_new (PLATTER_DIGEST_SHA256, G_MAXINT64, WINDOW, notify_cb, NULL, NULL);
  guint n_popped = 0;

  platter_digest_set_start (set);
  for (guint i = 0; i < 2; i++)
    platter_digest_set_push (set, i, data + i * SHORT_BYTES, SHORT_BYTES, GSIZE_TO_POINTER (i + 1));
  while (is_late && n_popped < 2)
    n_popped += platter_digest_set_pop (set) != NULL ? 1 : 0;
  g_assert_false (platter_digest_set_is_complete (set));
  platter_digest_set_cut (set, 2);
  while (!platter_digest_set_is_complete (set))
    g_usleep (1000);
  g_assert_cmpstr (platter_digest_set_get_hex (set, PLATTER_DIGEST_SHA256), ==, expected);
  platter_digest_set_free (set);
}

static void
test_cut (void)
{
  check_cut (FALSE);
  check_cut (TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest-set/one-is-ahead", test_one_is_ahead);
  g_test_add_func ("/digest-set/cut", test_cut);
  return g_test_run ();
}
