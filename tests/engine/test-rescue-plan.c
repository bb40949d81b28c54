// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The plan of a rescue against simulated disks: all good bytes, no read more than needed, and bad places last.

#include "engine/rescue-plan.h"

#include <malloc.h>
#include <string.h>

#define SECTOR 512
#define MIB ((guint64)1024 * 1024)
#define CLUSTER PLATTER_RESCUE_CLUSTER_BYTES

/** A disk with bad sectors, and what was done to it. */
typedef struct
{
  guint64 size_bytes;
  guint8 *is_bad;   /* a byte each sector */
  guint8 *n_failed; /* as a single sector */
  guint64 n_reads;
  guint64 n_errors;
  guint64 n_errors_at_share; /* when 99.9 % of the good bytes were there */
  guint64 good_bytes;
  guint64 bad_bytes;
  PlatterRescueOptions options;
  guint64 stop_after; /* reads; 0: never */
} Disk;

static Disk *
disk_new (guint64 size_bytes)
{
  Disk *self = g_new0 (Disk, 1);

  self->size_bytes = size_bytes;
  self->is_bad = g_malloc0 (size_bytes / SECTOR);
  self->n_failed = g_malloc0 (size_bytes / SECTOR);
  self->options.sector_bytes = SECTOR;
  return self;
}

static void
disk_free (Disk *self)
{
  g_free (self->is_bad);
  g_free (self->n_failed);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Disk, disk_free)

static void
disk_damage (Disk *self, guint64 offset_bytes, guint64 length_bytes)
{
  memset (self->is_bad + offset_bytes / SECTOR, 1, length_bytes / SECTOR);
}

static guint64
disk_count_bad (const Disk *self)
{
  guint64 n = 0;

  for (guint64 i = 0; i < self->size_bytes / SECTOR; i++)
    n += self->is_bad[i];
  return n;
}

/* As the kernel does: all of it, or an error for all of it. */
static void
disk_read (Disk *self, PlatterRescuePlan *plan, guint64 offset_bytes, guint32 length_bytes)
{
  guint64 first = offset_bytes / SECTOR;
  guint64 n = length_bytes / SECTOR;
  gboolean is_good = memchr (self->is_bad + first, 1, n) == NULL;

  g_assert_cmpuint (offset_bytes % SECTOR, ==, 0);
  g_assert_cmpuint (length_bytes % SECTOR, ==, 0);
  self->n_reads++;
  if (is_good)
    self->good_bytes += length_bytes;
  else
    self->n_errors++;
  if (!is_good && n == 1)
    self->n_failed[first]++;
  if (self->n_errors_at_share == 0
      && self->good_bytes >= (self->size_bytes - self->bad_bytes) / 1000 * 999)
    self->n_errors_at_share = MAX (self->n_errors, 1);
  platter_rescue_plan_answer (plan, offset_bytes, length_bytes, is_good ? length_bytes : 0, 1000);
}

static void
disk_run (Disk *self, PlatterRescuePlan *plan)
{
  PlatterRescueRead read;

  self->bad_bytes = disk_count_bad (self) * SECTOR;
  while ((self->stop_after == 0 || self->n_reads < self->stop_after)
         && platter_rescue_plan_next (plan, &read))
    {
      g_assert_cmpuint (read.offset_bytes / CLUSTER, ==,
                        (read.offset_bytes + read.length_bytes - 1) / CLUSTER);
      disk_read (self, plan, read.offset_bytes, read.length_bytes);
    }
}

static PlatterRescuePlan *
disk_rescue (Disk *self)
{
  PlatterRescuePlan *plan
    = platter_rescue_plan_new (platter_map_new (self->size_bytes), NULL, NULL, &self->options);

  disk_run (self, plan);
  return plan;
}

static void
assert_all_is_told (const Disk *self, const PlatterRescuePlan *plan)
{
  const PlatterMap *map = platter_rescue_plan_get_map (plan);

  for (guint64 i = 0; i < self->size_bytes / SECTOR; i++)
    if (platter_map_get (map, i * SECTOR)
        != (self->is_bad[i] ? PLATTER_MAP_FAILED : PLATTER_MAP_VERIFIED))
      g_error ("sector %" G_GUINT64_FORMAT " is told wrong", i);
  g_assert_cmpuint (self->good_bytes, ==, self->size_bytes - self->bad_bytes);
}

static void
test_good_disk (void)
{
  g_autoptr (Disk) disk = disk_new (64 * MIB);
  g_autoptr (PlatterRescuePlan) plan = disk_rescue (disk);

  assert_all_is_told (disk, plan);
  g_assert_cmpuint (disk->n_reads, ==, 64 * MIB / CLUSTER);
  g_assert_cmpint (platter_rescue_plan_get_status (plan).status, ==, '+');
}

/* The five disks of ddrescue's figures, and two more. */
static void
damage_single (Disk *disk, GRand *rand)
{
  for (guint i = 0; i < 64; i++)
    disk_damage (disk,
                 (guint64)g_rand_int_range (rand, 0, (gint32)(disk->size_bytes / SECTOR)) * SECTOR,
                 SECTOR);
}

static void
damage_region (Disk *disk, GRand *rand)
{
  disk_damage (disk, 500 * MIB, 64 * MIB);
}

static void
damage_head (Disk *disk, GRand *rand)
{
  for (guint64 at = 0; at < disk->size_bytes; at += 64 * MIB)
    disk_damage (disk, at + 16 * MIB, 16 * MIB);
}

static void
damage_random (Disk *disk, GRand *rand)
{
  for (guint i = 0; i < 2621; i++)
    disk_damage (
      disk, (guint64)g_rand_int_range (rand, 0, (gint32)(disk->size_bytes / 4096)) * 4096, 4096);
}

static void
damage_ends (Disk *disk, GRand *rand)
{
  disk_damage (disk, 0, MIB);
  disk_damage (disk, disk->size_bytes - MIB, MIB);
}

/* Where a head has touched the platter: small bad places in many places near each other. */
static void
damage_scratched (Disk *disk, GRand *rand)
{
  for (guint i = 0; i < 1000; i++)
    disk_damage (
      disk, (guint64)(i / 50 * 50 + 10) * MIB + (guint64)g_rand_int_range (rand, 0, 15000) * 1024,
      (guint64)g_rand_int_range (rand, 1, 64) * SECTOR);
}

/* Two heads of four, which take turns after 3 to 5 MiB. */
static void
damage_heads (Disk *disk, GRand *rand)
{
  guint64 at = 0;

  for (guint band = 0; at + 5 * MIB < disk->size_bytes; band++)
    {
      guint64 length_bytes = (guint64)g_rand_int_range (rand, 48, 80) * CLUSTER;

      if (band % 4 == 1 || band % 4 == 2)
        disk_damage (disk, at, length_bytes);
      at += length_bytes;
    }
}

/* How many reads may fail: of clusters, while each bad sector fails once more; and until 99.9 % were there. Of the first
   five that is at most what GNU ddrescue 1.27 needs (docs/rescue.md), and half of it for the region and the head. */
static const struct
{
  const char *name;
  void (*damage) (Disk *disk, GRand *rand);
  guint64 max_clusters;
  guint64 max_errors_at_share;
} disks[] = {
  { "single", damage_single, 64, 111 },        { "region", damage_region, 1024, 6 },
  { "head", damage_head, 4096, 120 },          { "random", damage_random, 2621, 22544 / 2 },
  { "ends", damage_ends, 2 * 16, 4 },          { "scratched", damage_scratched, 5000, 4000 },
  { "heads", damage_heads, 8192 + 256, 1000 },
};

static void
test_disk (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  g_autoptr (Disk) disk = disk_new (1024 * MIB);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (PlatterRescuePlan) plan = NULL;

  disks[index].damage (disk, rand);
  plan = disk_rescue (disk);
  assert_all_is_told (disk, plan);
  for (guint64 i = 0; i < disk->size_bytes / SECTOR; i++)
    g_assert_cmpuint (disk->n_failed[i], ==, disk->is_bad[i]);
  g_test_message ("%s: %" G_GUINT64_FORMAT " reads, %" G_GUINT64_FORMAT
                  " errors, %" G_GUINT64_FORMAT " until 99.9 %%",
                  disks[index].name, disk->n_reads, disk->n_errors, disk->n_errors_at_share);
  g_assert_cmpuint (disk->n_errors, <=, disk_count_bad (disk) + disks[index].max_clusters);
  g_assert_cmpuint (disk->n_errors_at_share, <=, disks[index].max_errors_at_share);
}

/* Wherever it is stopped, its mapfile is enough to go on, and nothing is read twice that came. */
static void
test_goes_on (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint round = 0; round < 20; round++)
    {
      g_autoptr (Disk) disk = disk_new (64 * MIB);
      g_autoptr (PlatterRescuePlan) plan
        = platter_rescue_plan_new (platter_map_new (disk->size_bytes), NULL, NULL, &disk->options);

      for (guint i = 0; i < 40; i++)
        disk_damage (disk, (guint64)g_rand_int_range (rand, 0, 16000) * 4096, 4096 * (1 + i % 9));
      do
        {
          PlatterMapfileStatus status = platter_rescue_plan_get_status (plan);
          g_autofree char *text
            = platter_mapfile_format (platter_rescue_plan_get_map (plan), &status);
          PlatterMapfileStatus told;
          PlatterMap *map
            = platter_mapfile_parse (text, strlen (text), disk->size_bytes, &told, NULL);

          g_clear_pointer (&plan, platter_rescue_plan_free);
          plan = platter_rescue_plan_new (map, NULL, &told, &disk->options);
          disk->stop_after = disk->n_reads + (guint64)g_rand_int_range (rand, 1, 700);
          disk_run (disk, plan);
        }
      while (disk->n_reads >= disk->stop_after);
      assert_all_is_told (disk, plan);
    }
}

/* What was read last before it was cut off was not durable, lies before the position, and is no bad place. */
static void
test_sweep_begins_anew (void)
{
  g_autoptr (Disk) disk = disk_new (8 * MIB);
  PlatterMap *map = platter_map_new (disk->size_bytes);
  const PlatterMapfileStatus status = { .position_bytes = 6 * MIB, .status = '?', .pass = 5 };
  g_autoptr (PlatterRescuePlan) plan = NULL;
  PlatterMapRange range;

  platter_map_set (map, 0, disk->size_bytes, PLATTER_MAP_VERIFIED);
  platter_map_set (map, MIB, MIB, PLATTER_MAP_UNTOUCHED);
  plan = platter_rescue_plan_new (map, NULL, &status, &disk->options);
  disk_run (disk, plan);
  g_assert_cmpuint (disk->good_bytes, ==, MIB);
  g_assert_false (platter_rescue_plan_find_missing (plan, 0, &range));
}

static void
test_domain (void)
{
  g_autoptr (Disk) disk = disk_new (8 * MIB);
  PlatterMap *domain = platter_map_new (disk->size_bytes);
  g_autoptr (PlatterRescuePlan) plan = NULL;
  PlatterMapRange range;

  disk_damage (disk, 2 * MIB, 4096);
  disk_damage (disk, 6 * MIB, 4096);
  platter_map_set (domain, MIB + SECTOR, 2 * MIB, PLATTER_MAP_VERIFIED);
  platter_map_set (domain, 5 * MIB, SECTOR, PLATTER_MAP_VERIFIED);
  plan = platter_rescue_plan_new (platter_map_new (disk->size_bytes), domain, NULL, &disk->options);
  disk_run (disk, plan);
  g_assert_cmpuint (disk->good_bytes, ==, 2 * MIB - 4096 + SECTOR);
  g_assert_cmpint (platter_map_get (platter_rescue_plan_get_map (plan), 6 * MIB), ==,
                   PLATTER_MAP_UNTOUCHED);
  g_assert_true (platter_rescue_plan_find_missing (plan, 0, &range));
  g_assert_cmpuint (range.offset_bytes, ==, 2 * MIB);
  g_assert_cmpuint (range.length_bytes, ==, 4096);
  g_assert_false (platter_rescue_plan_find_missing (plan, 2 * MIB + 4096, &range));
}

static void
test_retries (void)
{
  g_autoptr (Disk) disk = disk_new (4 * MIB);
  g_autoptr (PlatterRescuePlan) plan = NULL;

  disk_damage (disk, 2 * MIB, 3 * SECTOR);
  disk->options.retries = 3;
  plan = disk_rescue (disk);
  for (guint64 i = 2 * MIB / SECTOR; i < 2 * MIB / SECTOR + 3; i++)
    g_assert_cmpuint (disk->n_failed[i], ==, 4);
}

static void
test_limit (void)
{
  g_autoptr (Disk) disk = disk_new (64 * MIB);
  g_autoptr (PlatterRescuePlan) plan = NULL;

  disk_damage (disk, 8 * MIB, 8 * MIB);
  disk->options.error_limit = 5;
  plan = disk_rescue (disk);
  g_assert_cmpuint (disk->n_errors, ==, 5);
  g_assert_cmpuint (platter_rescue_plan_get_n_errors (plan), ==, 5);
  /* Whoever goes on does so where it stopped. */
  g_assert_cmpint (platter_rescue_plan_get_status (plan).status, ==, '?');
}

/* What comes, but slowly, is left for later; all of it is read once. */
static void
test_slow (void)
{
  PlatterRescueOptions options = { .sector_bytes = SECTOR };
  g_autoptr (PlatterRescuePlan) plan
    = platter_rescue_plan_new (platter_map_new (8 * MIB), NULL, NULL, &options);
  PlatterRescueRead read;
  guint64 n_slow = 0;

  for (guint i = 0; platter_rescue_plan_next (plan, &read); i++)
    {
      gboolean is_slow = read.offset_bytes >= MIB && read.offset_bytes < 5 * MIB;

      n_slow += is_slow && i < 80 ? 1 : 0;
      platter_rescue_plan_answer (plan, read.offset_bytes, read.length_bytes, read.length_bytes,
                                  is_slow ? 2 * G_USEC_PER_SEC : 1000);
    }
  g_assert_cmpuint (n_slow, <, 64 / 2);
  g_assert_cmpuint (platter_map_get_n_ranges (platter_rescue_plan_get_map (plan)), ==, 1);
}

/* 100,000 bad places on 16 TiB: the memory is that of the places, and each step costs about as much as with few. */
#define MANY_AREAS 100000
#define AREA_BYTES 4096
#define MANY_BYTES ((guint64)16 << 40)

static guint64
rescue_many (guint n_areas, gint64 *took_us)
{
  guint64 distance_bytes = MANY_BYTES / n_areas / AREA_BYTES * AREA_BYTES;
  PlatterRescueOptions options = { .sector_bytes = SECTOR };
  PlatterMap *map = platter_map_new (MANY_BYTES);
  g_autoptr (PlatterRescuePlan) plan = NULL;
  PlatterRescueRead read;
  guint64 n_reads = 0;

  platter_map_set (map, 0, MANY_BYTES, PLATTER_MAP_VERIFIED);
  for (guint64 i = 0; i < n_areas; i++)
    platter_map_set (map, i * distance_bytes, AREA_BYTES, PLATTER_MAP_SKIPPED);
  plan = platter_rescue_plan_new (map, NULL, NULL, &options);
  *took_us = g_get_monotonic_time ();
  for (; platter_rescue_plan_next (plan, &read); n_reads++)
    {
      gboolean is_bad = read.offset_bytes % distance_bytes >= AREA_BYTES / 2;

      platter_rescue_plan_answer (plan, read.offset_bytes, read.length_bytes,
                                  is_bad ? 0 : read.length_bytes, 1000);
    }
  *took_us = g_get_monotonic_time () - *took_us;
  g_assert_cmpuint (platter_map_get_n_ranges (platter_rescue_plan_get_map (plan)), ==,
                    n_areas * 2 + 1);
  g_assert_cmpuint (n_reads, ==, (guint64)n_areas * AREA_BYTES / SECTOR);
  return n_reads;
}

static void
test_many_areas (void)
{
  gsize before = mallinfo2 ().uordblks;
  gint64 few_us = 0;
  gint64 many_us = 0;
  guint64 n_few = rescue_many (MANY_AREAS / 100, &few_us);
  guint64 n_many = rescue_many (MANY_AREAS, &many_us);
  double few = (double)few_us / (double)n_few;
  double many = (double)many_us / (double)n_many;
  g_autoptr (PlatterMap) map = platter_map_new (MANY_BYTES);
  gsize used = 0;

  g_test_message ("a step takes %.2f us with %u areas, %.2f us with %u", few, MANY_AREAS / 100,
                  many, MANY_AREAS);
  /* A hundred times as many areas: a step that looks at each of them would take a hundred times as long. */
  g_assert_cmpfloat (many, <, few * 20 + 5);
  for (guint64 i = 0; i < MANY_AREAS; i++)
    platter_map_set (map, i * (MANY_BYTES / MANY_AREAS / SECTOR * SECTOR), SECTOR,
                     PLATTER_MAP_FAILED);
  used = mallinfo2 ().uordblks - before;
  g_test_message ("the map takes %" G_GSIZE_FORMAT " bytes", used);
  g_assert_cmpuint (used, <, 64 * MIB);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rescue-plan/good-disk", test_good_disk);
  for (guint i = 0; i < G_N_ELEMENTS (disks); i++)
    {
      g_autofree char *path = g_strconcat ("/rescue-plan/disk/", disks[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_disk);
    }
  g_test_add_func ("/rescue-plan/goes-on", test_goes_on);
  g_test_add_func ("/rescue-plan/sweep-begins-anew", test_sweep_begins_anew);
  g_test_add_func ("/rescue-plan/domain", test_domain);
  g_test_add_func ("/rescue-plan/retries", test_retries);
  g_test_add_func ("/rescue-plan/limit", test_limit);
  g_test_add_func ("/rescue-plan/slow", test_slow);
  g_test_add_func ("/rescue-plan/many-areas", test_many_areas);
  return g_test_run ();
}
