// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// CDs: where sheets say that the track of data is, and which sectors are read.

#include "formats/disc-look.h"
#include "formats/edc.h"
#include "formats/file-reader.h"
#include "formats/track-reader.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/errors.h"

#define N_SECTORS 200
#define RAW_BYTES 2352

/* Divides bit by bit, as the standard has it. */
static guint32
divide (const guint8 *data, gsize length)
{
  guint32 remainder = 0;

  for (gsize i = 0; i < length * 8; i++)
    {
      guint32 bit = (data[i / 8] >> (i % 8)) & 1;
      guint32 out = (remainder >> 31) ^ bit;

      remainder = (remainder << 1) ^ (out != 0 ? 0x8001801bU : 0);
    }
  return remainder;
}

static guint32
mirror (guint32 number)
{
  guint32 mirrored = 0;

  for (guint i = 0; i < 32; i++)
    mirrored |= ((number >> i) & 1) << (31 - i);
  return mirrored;
}

static void
test_edc (void)
{
  g_autofree PlatterEdc *edc = g_new (PlatterEdc, 1);
  guint8 data[2064];

  platter_edc_init (edc);
  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8)(i * 7 + i / 256);
  for (gsize length = 0; length <= sizeof data; length += 43)
    g_assert_cmphex (platter_edc_compute (edc, data, length), ==, mirror (divide (data, length)));
}

static void
parse (const char *text, PlatterDisc *disc)
{
  platter_cue_parse ((const guint8 *)text, strlen (text), disc);
}

/* What lies before it counts in its own sectors, and what lies behind it from its first index on is not its own. */
static void
test_cue (void)
{
  g_auto (PlatterDisc) disc = { 0 };

  parse ("FILE \"a b.bin\" BINARY\r\nTRACK 01 AUDIO\r\nINDEX 01 00:00:00\r\n"
         "track 02 mode1/2048\r\nINDEX 00 00:00:10\r\nINDEX 01 00:02:10\r\n"
         "TRACK 03 AUDIO\r\nINDEX 00 00:03:00\r\nINDEX 01 00:05:00\r\nREM SESSION 02\r\n"
         "TRACK 04 MODE2/2352\r\nINDEX 01 00:06:00\r\n",
         &disc);
  g_assert_cmpint (disc.state, ==, PLATTER_DISC_GOOD);
  g_assert_cmpstr (disc.file, ==, "a b.bin");
  g_assert_cmpuint (disc.track.offset_bytes, ==, 10 * 2352 + 150 * 2048);
  g_assert_cmpuint (disc.track.n_sectors, ==, 225 - 160);
  g_assert_cmpuint (disc.track.kind, ==, PLATTER_TRACK_PLAIN);
  g_assert_cmpuint (disc.number, ==, 2);
  g_assert_cmpuint (disc.n_tracks, ==, 4);
  g_assert_cmpuint (disc.n_audio, ==, 2);
  g_assert_cmpuint (disc.n_sessions, ==, 2);
}

static void
test_cue_files (void)
{
  g_auto (PlatterDisc) disc = { 0 };

  parse ("FILE one.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\n"
         "FILE two.wav WAVE\nTRACK 02 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:02:00\n",
         &disc);
  g_assert_cmpint (disc.state, ==, PLATTER_DISC_GOOD);
  g_assert_cmpstr (disc.file, ==, "one.bin");
  g_assert_cmpuint (disc.track.n_sectors, ==, 0);
  g_assert_cmpuint (disc.n_files, ==, 2);
}

static void
test_unpack (void)
{
  PlatterDisc good = { .number = 1, .n_tracks = 1, .track = { 0, 5, 2352, PLATTER_TRACK_MODE1 } };
  PlatterDisc bad[] = { good, good, good, good, good };

  bad[0].track.sector_bytes = 2353;
  bad[1].track.kind = PLATTER_TRACK_N_KINDS;
  bad[2].track.offset_bytes = G_MAXUINT64;
  bad[3].file = "../x";
  bad[4].n_audio = 1;
  for (guint i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      gboolean is_good = i == G_N_ELEMENTS (bad);
      g_autoptr (GVariant) packed
        = g_variant_ref_sink (platter_disc_pack (is_good ? &good : &bad[i]));
      g_auto (PlatterDisc) disc = { 0 };

      g_assert_cmpint (platter_disc_unpack (&disc, packed), ==, is_good);
    }
}

static void
make_sector (guint8 *sector, guint8 value)
{
  g_autofree PlatterEdc *edc = g_new (PlatterEdc, 1);
  guint32 code = 0;

  platter_edc_init (edc);
  memset (sector, 0, RAW_BYTES);
  memset (sector + 1, 0xff, 10);
  sector[15] = 1;
  memset (sector + 16, value, PLATTER_TRACK_USER_BYTES);
  code = GUINT32_TO_LE (platter_edc_compute (edc, sector, 2064));
  memcpy (sector + 2064, &code, sizeof code);
}

/* @broken: a sector that is damaged; the number of all for none */
static int
make_file (guint broken)
{
  int fd = memfd_create ("cd", MFD_CLOEXEC);
  guint8 sector[RAW_BYTES];

  for (guint i = 0; i < N_SECTORS; i++)
    {
      make_sector (sector, (guint8)i);
      sector[2063] ^= i == broken ? 0x80 : 0;
      g_assert_cmpint (write (fd, sector, sizeof sector), ==, sizeof sector);
    }
  return fd;
}

static gssize
read_all (int fd, guint8 *data, GError **error)
{
  const PlatterTrack track = { RAW_BYTES, N_SECTORS - 1, RAW_BYTES, PLATTER_TRACK_MODE1 };
  PlatterReader *reader
    = platter_track_reader_new (platter_file_reader_new (fd, "cd"), "cd", &track);
  gsize size = (gsize)platter_track_get_size_bytes (&track);
  gsize at = 0;
  gssize got = 1;

  while (got > 0)
    {
      /* No step is of whole sectors. */
      got = reader->funcs->read (reader, at, data + at, MIN (100001, size - at + 1), error);
      at += (gsize)MAX (got, 0);
    }
  reader->funcs->free (reader);
  return got < 0 ? got : (gssize)at;
}

static void
test_read (void)
{
  g_autofree guint8 *data = g_malloc0 ((gsize)N_SECTORS * PLATTER_TRACK_USER_BYTES);
  g_autoptr (GError) error = NULL;
  int fd = make_file (N_SECTORS);

  g_assert_cmpint (read_all (fd, data, &error), ==, (N_SECTORS - 1) * PLATTER_TRACK_USER_BYTES);
  g_assert_no_error (error);
  for (guint i = 0; i < (N_SECTORS - 1) * PLATTER_TRACK_USER_BYTES; i++)
    g_assert_cmpuint (data[i], ==, (guint8)(i / PLATTER_TRACK_USER_BYTES + 1));
  close (fd);
}

static void
test_damaged (void)
{
  g_autofree guint8 *data = g_malloc0 ((gsize)N_SECTORS * PLATTER_TRACK_USER_BYTES);
  g_autoptr (GError) error = NULL;
  int fd = make_file (150);

  g_assert_cmpint (read_all (fd, data, &error), <, 0);
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE);
  g_assert_nonnull (strstr (error->message, "sector 149 "));
  close (fd);
}

static void
test_cut_off (void)
{
  g_autofree guint8 *data = g_malloc0 ((gsize)N_SECTORS * PLATTER_TRACK_USER_BYTES);
  g_autoptr (GError) error = NULL;
  int fd = make_file (N_SECTORS);

  g_assert_cmpint (ftruncate (fd, (off_t)120 * RAW_BYTES - 1), ==, 0);
  g_assert_cmpint (read_all (fd, data, &error), <, 0);
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE);
  g_assert_nonnull (strstr (error->message, "sector 118 "));
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disc/edc", test_edc);
  g_test_add_func ("/disc/cue", test_cue);
  g_test_add_func ("/disc/cue-files", test_cue_files);
  g_test_add_func ("/disc/unpack", test_unpack);
  g_test_add_func ("/disc/read", test_read);
  g_test_add_func ("/disc/damaged", test_damaged);
  g_test_add_func ("/disc/cut-off", test_cut_off);
  return g_test_run ();
}
