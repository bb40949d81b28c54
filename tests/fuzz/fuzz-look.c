// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Fuzzes looking for damaged files. The input is a disk without its empty sectors: three bytes for the number of a sector, and
// what is in it. All of it is lost, to have a look at everything, and some of it is not known.

#include "filesystems/look.h"

#include <stdint.h>
#include <string.h>

#define SECTOR_BYTES 512
#define RECORD_BYTES (3 + SECTOR_BYTES)
#define DISK_BYTES (16 * 1024 * 1024)
/* FAT32 begins with that; behind the disk all is empty. */
#define SIZE_BYTES (40 * 1024 * 1024)
#define UNKNOWN_BYTES (3 * 1024 * 1024)
#define PATIENCE_US (5 * G_USEC_PER_SEC)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static gboolean
read_disk (gpointer data, guint64 offset_bytes, void *buffer, gsize length)
{
  gsize n_filled = (gsize)MIN (length, DISK_BYTES - MIN (offset_bytes, DISK_BYTES));

  memset (buffer, 0, length);
  memcpy (buffer, (const guint8 *)data + MIN (offset_bytes, DISK_BYTES), n_filled);
  return TRUE;
}

static void
fill_disk (guint8 *disk, const uint8_t *data, size_t size)
{
  for (size_t i = 0; i + RECORD_BYTES <= size; i += RECORD_BYTES)
    {
      gsize sector = (gsize)data[i] << 16 | (gsize)data[i + 1] << 8 | data[i + 2];

      memcpy (disk + sector % (DISK_BYTES / SECTOR_BYTES) * SECTOR_BYTES, data + i + 3,
              SECTOR_BYTES);
    }
}

static void
check_damage (const PlatterDamage *damage)
{
  guint n_named = 0;

  for (guint i = 0; i < damage->owners->len; i++)
    {
      const PlatterDamageOwner *owner = &g_array_index (damage->owners, PlatterDamageOwner, i);

      g_assert_cmpuint (owner->length_bytes, >, 0);
      g_assert_cmpuint (owner->first_bytes, <, SIZE_BYTES);
      g_assert_true (owner->name == NULL || g_utf8_validate (owner->name, -1, NULL));
      g_assert_true (owner->name == NULL || strlen (owner->name) <= PLATTER_DAMAGE_MAX_NAME_BYTES);
      n_named += owner->kind <= PLATTER_DAMAGE_FOLDER;
    }
  g_assert_cmpuint (n_named, <=, PLATTER_DAMAGE_MAX_NAMES);
  g_assert_cmpuint (damage->indexes->len, <=, PLATTER_DAMAGE_MAX_PLACES);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static guint8 disk[DISK_BYTES];
  g_autoptr (PlatterDamage) damage = platter_damage_new ();
  g_autoptr (PlatterMedium) medium = platter_medium_new (SIZE_BYTES, SECTOR_BYTES, read_disk, disk,
                                                         g_get_monotonic_time () + PATIENCE_US);

  memset (disk, 0, sizeof disk);
  fill_disk (disk, data, size);
  platter_medium_add_unknown (medium, UNKNOWN_BYTES, SECTOR_BYTES);
  platter_damage_add_place (damage, 0, SIZE_BYTES / 2);
  platter_damage_add_place (damage, SIZE_BYTES / 2 + SECTOR_BYTES, SIZE_BYTES / 2 - SECTOR_BYTES);
  platter_look (medium, damage);
  check_damage (damage);
  return 0;
}
