// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Mapfiles: what ddrescue writes is read, what it would refuse is refused, and what is written here
// reads the same.

#include "engine/errors.h"
#include "engine/mapfile.h"

#include <string.h>

static PlatterMap *
parse (const char *text, guint64 size_bytes, PlatterMapfileStatus *status)
{
  g_autoptr (GError) error = NULL;
  PlatterMap *map = platter_mapfile_parse (text, strlen (text), size_bytes, status, &error);

  g_assert_no_error (error);
  return map;
}

static void
test_reads_ddrescue (void)
{
  PlatterMapfileStatus status;
  g_autoptr (PlatterMap) map = parse ("# Mapfile. Created by GNU ddrescue version 1.27\n"
                                      "# Command line: ddrescue in out map\n"
                                      "0x0020FE00     -               3\n"
                                      "#      pos        size  status\n"
                                      "0x00000000  0x00100000  +\n"
                                      "0x00100000  0x00001000  -  # a comment\n"
                                      "  1052672 01000 *\n"
                                      "0x00101200  0x200  /\r\n"
                                      "0x00101400  0x200  ?\n",
                                      0, &status);

  g_assert_cmpuint (status.position_bytes, ==, 0x20fe00);
  g_assert_cmpint (status.status, ==, '-');
  g_assert_cmpuint (status.pass, ==, 3);
  g_assert_cmpuint (platter_map_get_size_bytes (map), ==, 0x101600);
  g_assert_cmpint (platter_map_get (map, 0), ==, PLATTER_MAP_VERIFIED);
  g_assert_cmpint (platter_map_get (map, 0x100fff), ==, PLATTER_MAP_FAILED);
  g_assert_cmpint (platter_map_get (map, 0x101000), ==, PLATTER_MAP_SKIPPED);
  g_assert_cmpint (platter_map_get (map, 0x101200), ==, PLATTER_MAP_RETRIED);
  g_assert_cmpint (platter_map_get (map, 0x101400), ==, PLATTER_MAP_UNTOUCHED);
}

static void
test_covers_a_part (void)
{
  g_autoptr (PlatterMap) map = parse ("0 ?\n1024 1024 +\n2048 4096 ?\n", 4096, NULL);

  g_assert_cmpuint (platter_map_get_size_bytes (map), ==, 4096);
  g_assert_cmpint (platter_map_get (map, 1023), ==, PLATTER_MAP_UNTOUCHED);
  g_assert_cmpint (platter_map_get (map, 1024), ==, PLATTER_MAP_VERIFIED);
}

static void
test_empty (void)
{
  g_autoptr (PlatterMap) map = parse ("\n# nothing\n", 512, NULL);

  g_assert_cmpint (platter_map_get (map, 0), ==, PLATTER_MAP_UNTOUCHED);
}

static void
test_refuses (void)
{
  const char *texts[] = {
    "0\n",
    "x ? 1\n",
    "-1 ? 1\n",
    "0 ! 1\n",
    "0 ? 0\n",
    "0 ? 1\n0 10\n",
    "0 ? 1\n0 10 F\n",
    "0 ? 1\n0 -10 +\n",
    "0 ? 1\n0 0x 1 +\n",
    "0 ? 1\n0 08 +\n",
    "0 ? 1\n5 0 +\n",
    "0 ? 1\n0 10 +\n11 10 +\n",
    "0 ? 1\n0 10 +\n9 10 +\n",
    "0 ? 1\n0 0x8000000000000000 +\n",
    "0 ? 1\n1 0x7FFFFFFFFFFFFFFF +\n",
    "0 ? 1\n0 5000 +\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", texts[i]);
      g_assert_null (platter_mapfile_parse (texts[i], strlen (texts[i]), 4096, NULL, &error));
      g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED);
    }
}

static void
test_round_trip (void)
{
  PlatterMapfileStatus status = { 0x12345, '/', 2 };
  PlatterMapfileStatus found;
  g_autoptr (PlatterMap) map = platter_map_new (1024 * 512);
  g_autoptr (PlatterMap) again = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  for (guint i = 0; i < 300; i++)
    platter_map_set (map, (guint64)g_rand_int_range (rand, 0, 1024) * 512, 512,
                     (PlatterMapState)g_rand_int_range (rand, 0, PLATTER_MAP_MISMATCHED + 1));
  text = platter_mapfile_format (map, &status);
  again = parse (text, 1024 * 512, &found);
  text_again = platter_mapfile_format (again, &found);
  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpuint (found.position_bytes, ==, 0x12345);
  g_assert_cmpuint (platter_map_count_bytes (again, PLATTER_MAP_FAILED), ==,
                    platter_map_count_bytes (map, PLATTER_MAP_FAILED));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mapfile/reads-ddrescue", test_reads_ddrescue);
  g_test_add_func ("/mapfile/covers-a-part", test_covers_a_part);
  g_test_add_func ("/mapfile/empty", test_empty);
  g_test_add_func ("/mapfile/refuses", test_refuses);
  g_test_add_func ("/mapfile/round-trip", test_round_trip);
  return g_test_run ();
}
