// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Looking that is stopped. What is found in real file systems is tested with real drives, by test_damaged_files.py.

#include "filesystems/look.h"

#include <string.h>

#define SECTOR 512
#define SIZE_BYTES (4 * 1024 * 1024)
#define TABLE_SECTORS 32
#define DATA_SECTOR (1 + TABLE_SECTORS + 32)

/* A disk, and after how many reads it is too late. */
typedef struct
{
  guint8 *bytes;
  guint n_reads;
  guint n_patient;
  PlatterMedium *medium;
} Disk;

static gboolean
read_cb (gpointer data, guint64 offset_bytes, void *buffer, gsize length)
{
  Disk *disk = data;

  memcpy (buffer, disk->bytes + offset_bytes, length);
  if (++disk->n_reads >= disk->n_patient)
    disk->medium->deadline_us = 0;
  return TRUE;
}

/* FAT16 with one table, clusters of one sector and one file of two of them. */
static guint8 *
make_disk (void)
{
  static const guint8 boot[]
    = { 0xeb, 0x3c, 0x90, 'p', 'l', 'a',  't',  't',  'e',  'r',  ' ',           0x00,
        0x02, 1,    1,    0,   1,   0x00, 0x02, 0x00, 0x20, 0xf8, TABLE_SECTORS, 0 };
  guint8 *disk = g_malloc0 (SIZE_BYTES);
  guint8 *entry = disk + (1 + TABLE_SECTORS) * SECTOR;
  guint8 *table = disk + SECTOR;

  memcpy (disk, boot, sizeof boot);
  disk[510] = 0x55;
  disk[511] = 0xaa;
  memcpy (entry, "A       TXT", 11);
  entry[26] = 2;
  entry[29] = 4; /* 1024 bytes */
  table[4] = 3;
  table[6] = table[7] = 0xff;
  return disk;
}

static PlatterDamage *
look (guint n_patient)
{
  g_autofree guint8 *bytes = make_disk ();
  Disk disk = { bytes, 0, n_patient, NULL };
  PlatterDamage *damage = platter_damage_new ();
  g_autoptr (PlatterMedium) medium
    = platter_medium_new (SIZE_BYTES, SECTOR, read_cb, &disk, G_MAXINT64);

  disk.medium = medium;
  platter_medium_add_unknown (medium, (DATA_SECTOR + 1) * SECTOR, 2 * SECTOR);
  platter_damage_add_place (damage, (DATA_SECTOR + 1) * SECTOR, 2 * SECTOR);
  platter_look (medium, damage);
  return damage;
}

static void
assert_owner (PlatterDamage *damage, guint index, PlatterDamageKind kind, const char *name)
{
  const PlatterDamageOwner *owner = &g_array_index (damage->owners, PlatterDamageOwner, index);

  g_assert_cmpuint (index, <, damage->owners->len);
  g_assert_cmpint (owner->kind, ==, kind);
  g_assert_cmpstr (owner->name, ==, name);
  g_assert_cmpuint (owner->length_bytes, ==, SECTOR);
}

static void
test_in_time (void)
{
  g_autoptr (PlatterDamage) damage = look (G_MAXUINT);

  g_assert_false (damage->is_late);
  g_assert_false (damage->is_incomplete);
  assert_owner (damage, 0, PLATTER_DAMAGE_FILE, "/A.TXT");
  assert_owner (damage, 1, PLATTER_DAMAGE_FREE, NULL);
}

/* Whenever it is stopped, what it has said is true, and every lost byte is accounted for. */
static void
test_late (void)
{
  gboolean was_late = TRUE;

  for (guint n_patient = 1; was_late; n_patient++)
    {
      g_autoptr (PlatterDamage) damage = look (n_patient);
      guint64 length_bytes = 0;

      was_late = damage->is_late;
      for (guint i = 0; i < damage->owners->len; i++)
        {
          const PlatterDamageOwner *owner = &g_array_index (damage->owners, PlatterDamageOwner, i);

          length_bytes += owner->length_bytes;
          g_assert_true (owner->kind == PLATTER_DAMAGE_FILE || owner->kind == PLATTER_DAMAGE_FREE
                         || owner->kind == PLATTER_DAMAGE_UNKNOWN);
        }
      g_assert_cmpuint (length_bytes, ==, 2 * SECTOR);
      g_assert_cmpuint (n_patient, <, 100);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/look/in-time", test_in_time);
  g_test_add_func ("/look/late", test_late);
  return g_test_run ();
}
