// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Hashes of blocks, the table of them, and what differing blocks are called.

#include "engine/block-table.h"
#include "engine/mismatch.h"

#include <string.h>

#define LENGTH 65536

static void
test_hash (void)
{
  /* XXH3-128 of nothing and of "abc", as its own tools give it. */
  PlatterBlockHash empty = { 0x6001c324468d497f, 0x99aa06d3014798d8 };
  g_autofree guint8 *data = g_malloc (LENGTH);

  g_assert_true (platter_block_hash_equal (platter_block_hash_baseline (data, 0), empty));
  for (guint i = 0; i < LENGTH; i++)
    data[i] = (guint8)(i * i >> 3);
  for (gsize length = 1; length <= LENGTH; length = length * 3 + 1)
    g_assert_true (platter_block_hash_equal (platter_block_hash_baseline (data, length),
                                             platter_block_hash_get_func () (data, length)));
}

static void
test_is_zero (void)
{
  g_autofree guint8 *data = g_malloc0 (LENGTH);

  for (gsize length = 0; length <= LENGTH; length = length * 2 + 1)
    {
      g_assert_true (platter_block_is_zero (data, length));
      for (gsize i = 0; i < length; i += 1 + length / 50)
        {
          data[i] = 1;
          g_assert_false (platter_block_is_zero (data, length));
          data[i] = 0;
        }
      if (length == 0)
        continue;
      data[length - 1] = 0x80;
      g_assert_false (platter_block_is_zero (data, length));
      data[length - 1] = 0;
    }
}

static PlatterBlockHash
make_hash (guint64 block)
{
  return platter_block_hash_baseline ((const guint8 *)&block, sizeof (block));
}

static void
test_table (void)
{
  g_autoptr (PlatterBlockTable) table = platter_block_table_new (100, 128);
  guint64 found = 0;

  g_assert_cmpuint (platter_block_table_get_shift (table), ==, 0);
  for (guint64 i = 100; i > 0; i--)
    platter_block_table_add (table, i - 1, make_hash (i - 1));
  g_assert_true (platter_block_hash_equal (platter_block_table_get (table, 42), make_hash (42)));
  g_assert_true (platter_block_table_find (table, make_hash (17), 3, &found));
  g_assert_cmpuint (found, ==, 17);
  g_assert_false (platter_block_table_find (table, make_hash (17), 17, &found));
  g_assert_false (platter_block_table_find (table, make_hash (1000), 3, &found));
}

static void
test_table_of_groups (void)
{
  g_autoptr (PlatterBlockTable) table = platter_block_table_new (1001, 128);
  PlatterBlockHash sum = { 0, 0 };
  PlatterBlockHash swapped = { 0, 0 };

  g_assert_cmpuint (platter_block_table_get_shift (table), ==, 3);
  g_assert_cmpuint (platter_block_table_get_group_blocks (table, 0), ==, 8);
  g_assert_cmpuint (platter_block_table_get_group_blocks (table, 125), ==, 1);
  for (guint64 i = 0; i < 1001; i++)
    platter_block_table_add (table, i, make_hash (i));
  for (guint64 i = 0; i < 8; i++)
    {
      platter_block_table_sum (table, &sum, 15 - i, make_hash (15 - i));
      platter_block_table_sum (table, &swapped, 8 + i, make_hash (8 + (i ^ 1)));
    }
  g_assert_true (platter_block_hash_equal (platter_block_table_get (table, 1), sum));
  g_assert_false (platter_block_hash_equal (platter_block_table_get (table, 1), swapped));
}

typedef struct
{
  guint8 *expected;
  guint8 *actual;
  PlatterMismatch mismatch;
} Difference;

static void
difference_set_up (Difference *self, gconstpointer data)
{
  self->expected = g_malloc (LENGTH);
  for (guint i = 0; i < LENGTH; i++)
    self->expected[i] = (guint8)(1 + i * 7 + (i >> 8) * 3);
  self->actual = g_memdup2 (self->expected, LENGTH);
}

static void
difference_tear_down (Difference *self, gconstpointer data)
{
  g_free (self->expected);
  g_free (self->actual);
}

static gboolean
difference_describe (Difference *self)
{
  return platter_mismatch_describe (&self->mismatch, 1000000, self->expected, self->actual, LENGTH);
}

static void
test_no_difference (Difference *self, gconstpointer data)
{
  g_assert_false (difference_describe (self));
}

static void
test_bits (Difference *self, gconstpointer data)
{
  self->actual[100] ^= 0x11;
  self->actual[60000] ^= 0x80;
  g_assert_true (difference_describe (self));
  g_assert_cmpuint (self->mismatch.offset_bytes, ==, 1000100);
  g_assert_cmpuint (self->mismatch.length_bytes, ==, 59901);
  g_assert_cmpuint (self->mismatch.differing_bytes, ==, 2);
  g_assert_cmpint (self->mismatch.kind, ==, PLATTER_MISMATCH_BITS);
  g_assert_cmpuint (self->mismatch.bits, ==, 3);
}

static void
test_zeros (Difference *self, gconstpointer data)
{
  memset (self->actual + 4096, 0, 8192);
  g_assert_true (difference_describe (self));
  g_assert_cmpint (self->mismatch.kind, ==, PLATTER_MISMATCH_ZEROS);
  g_assert_cmpuint (self->mismatch.offset_bytes / 4096, ==, (1000000 + 4096) / 4096);
}

static void
test_old_data (Difference *self, gconstpointer data)
{
  for (guint i = 512 * 7; i < 512 * 9; i++)
    self->actual[i] = (guint8)(self->expected[i] * 3 + 100);
  g_assert_true (difference_describe (self));
  g_assert_cmpint (self->mismatch.kind, ==, PLATTER_MISMATCH_OLD_DATA);
}

static void
test_other (Difference *self, gconstpointer data)
{
  for (guint i = 0; i < LENGTH; i += 9)
    self->actual[i] ^= 0xff;
  g_assert_true (difference_describe (self));
  g_assert_cmpint (self->mismatch.kind, ==, PLATTER_MISMATCH_OTHER);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/blocks/mismatch/" name, Difference, NULL, difference_set_up, function,             \
              difference_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blocks/hash", test_hash);
  g_test_add_func ("/blocks/is-zero", test_is_zero);
  g_test_add_func ("/blocks/table", test_table);
  g_test_add_func ("/blocks/table-of-groups", test_table_of_groups);
  ADD ("none", test_no_difference);
  ADD ("bits", test_bits);
  ADD ("zeros", test_zeros);
  ADD ("old-data", test_old_data);
  ADD ("other", test_other);
  return g_test_run ();
}
