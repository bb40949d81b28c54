// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Tables of partitions that lie, or are none. Real ones are looked at with real drives.

#include "filesystems/partitions.h"

#include <string.h>

#define SECTOR 512
#define SIZE_BYTES (1024 * SECTOR)

static gboolean
read_cb (gpointer data, guint64 offset_bytes, void *buffer, gsize length)
{
  memcpy (buffer, (const guint8 *)data + offset_bytes, length);
  return TRUE;
}

static void
put_entry (guint8 *disk, guint sector, guint index, guint8 type, guint32 first, guint32 length)
{
  guint8 *entry = disk + (gsize)sector * SECTOR + 446 + (gsize)index * 16;

  entry[4] = type;
  first = GUINT32_TO_LE (first);
  length = GUINT32_TO_LE (length);
  memcpy (entry + 8, &first, sizeof first);
  memcpy (entry + 12, &length, sizeof length);
  disk[(gsize)sector * SECTOR + 510] = 0x55;
  disk[(gsize)sector * SECTOR + 511] = 0xaa;
}

static PlatterPartitionTable
find (guint8 *disk, guint64 lost_sector, GArray *partitions)
{
  g_autoptr (PlatterMedium) medium
    = platter_medium_new (SIZE_BYTES, SECTOR, read_cb, disk, G_MAXINT64);

  platter_medium_add_unknown (medium, lost_sector * SECTOR, SECTOR);
  g_array_set_size (partitions, 0);
  return platter_partitions_find (medium, partitions);
}

static void
assert_partition (GArray *partitions, guint index, guint number, guint64 first, guint64 length)
{
  const PlatterPartition *partition = &g_array_index (partitions, PlatterPartition, index);

  g_assert_cmpuint (index, <, partitions->len);
  g_assert_cmpuint (partition->number, ==, number);
  g_assert_cmpuint (partition->offset_bytes, ==, first * SECTOR);
  g_assert_cmpuint (partition->length_bytes, ==, length * SECTOR);
}

static void
test_none (void)
{
  g_autofree guint8 *disk = g_malloc0 (SIZE_BYTES);
  g_autoptr (GArray) partitions = g_array_new (FALSE, FALSE, sizeof (PlatterPartition));

  g_assert_cmpint (find (disk, 1000, partitions), ==, PLATTER_PARTITION_TABLE_NONE);
  /* The boot sector of a file system has the signature, and text where the table would be. */
  put_entry (disk, 0, 0, 0x83, 8, 8);
  disk[446] = 'B';
  g_assert_cmpint (find (disk, 1000, partitions), ==, PLATTER_PARTITION_TABLE_NONE);
  g_assert_cmpint (find (disk, 0, partitions), ==, PLATTER_PARTITION_TABLE_LOST);
  g_assert_cmpuint (partitions->len, ==, 0);
}

static void
test_logical (void)
{
  g_autofree guint8 *disk = g_malloc0 (SIZE_BYTES);
  g_autoptr (GArray) partitions = g_array_new (FALSE, FALSE, sizeof (PlatterPartition));

  put_entry (disk, 0, 0, 0x83, 8, 92);
  put_entry (disk, 0, 2, 0x0f, 100, 900);
  put_entry (disk, 100, 0, 0x83, 10, 90);
  put_entry (disk, 100, 1, 0x05, 200, 700);
  put_entry (disk, 300, 0, 0x83, 10, 5000); /* longer than the disk */
  put_entry (disk, 300, 1, 0x05, 400, 100);
  put_entry (disk, 500, 0, 0x83, 10, 90);
  put_entry (disk, 500, 1, 0x05, 500, 100);
  put_entry (disk, 600, 1, 0x05, 600, 100); /* one that was deleted has no number */
  put_entry (disk, 700, 0, 0x83, 10, 90);
  g_assert_cmpint (find (disk, 1000, partitions), ==, PLATTER_PARTITION_TABLE_READ);
  g_assert_cmpuint (partitions->len, ==, 5);
  assert_partition (partitions, 0, 1, 8, 92);
  assert_partition (partitions, 1, 5, 110, 90);
  assert_partition (partitions, 2, 6, 310, SIZE_BYTES / SECTOR - 310);
  assert_partition (partitions, 3, 7, 510, 90);
  assert_partition (partitions, 4, 8, 710, 90);
  /* The chain is broken: what is behind that nobody knows. */
  g_assert_cmpint (find (disk, 300, partitions), ==, PLATTER_PARTITION_TABLE_LOST);
  g_assert_cmpuint (partitions->len, ==, 2);
}

/* A chain that has no end. */
static void
test_circle (void)
{
  g_autofree guint8 *disk = g_malloc0 (SIZE_BYTES);
  g_autoptr (GArray) partitions = g_array_new (FALSE, FALSE, sizeof (PlatterPartition));

  put_entry (disk, 0, 0, 0x05, 100, 900);
  put_entry (disk, 100, 0, 0x83, 10, 90);
  put_entry (disk, 100, 1, 0x05, 0, 900);
  find (disk, 1000, partitions);
  g_assert_cmpuint (partitions->len, <=, PLATTER_PARTITIONS_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/partitions/none", test_none);
  g_test_add_func ("/partitions/logical", test_logical);
  g_test_add_func ("/partitions/circle", test_circle);
  return g_test_run ();
}
