// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an encoder says of its time: that it packs, or that it waits for its file.

#include "encoding.h"

#include <unistd.h>

/* Whoever comes stays until it is opened. */
typedef struct
{
  GMutex lock;
  GCond cond;
  gint64 came_us; /* 0: nobody has */
  gboolean is_open;
} Gate;

static Gate pack_gate;
static Gate sync_gate;
static PlatterPackerFuncs gated_funcs;
static int (*pack_for_real) (PlatterPacker *self,
                             gpointer context,
                             const guint8 *content,
                             guint8 *packed,
                             PlatterPiece *piece);

static void
gate_pass (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->came_us = g_get_monotonic_time ();
  g_cond_broadcast (&gate->cond);
  while (!gate->is_open)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static gint64
gate_wait (Gate *gate)
{
  gint64 came_us = 0;

  g_mutex_lock (&gate->lock);
  while (gate->came_us == 0)
    g_cond_wait (&gate->cond, &gate->lock);
  came_us = gate->came_us;
  g_mutex_unlock (&gate->lock);
  return came_us;
}

static void
gate_open (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->is_open = TRUE;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->lock);
}

int __real_fsync (int fd);
int __wrap_fsync (int fd);

int
__wrap_fsync (int fd)
{
  gate_pass (&sync_gate);
  return __real_fsync (fd);
}

static int
pack_at_gate (
  PlatterPacker *self, gpointer context, const guint8 *content, guint8 *packed, PlatterPiece *piece)
{
  gate_pass (&pack_gate);
  return pack_for_real (self, context, content, packed, piece);
}

static PlatterPacker *
new_packer (void)
{
  PlatterPacker *packer = platter_packer_raw_new (0);

  pack_for_real = packer->funcs->pack;
  gated_funcs = *packer->funcs;
  gated_funcs.pack = pack_at_gate;
  packer->funcs = &gated_funcs;
  return packer;
}

static PlatterWriterProgress
look (PlatterWriter *writer)
{
  PlatterWriterProgress progress;

  writer->funcs->get_progress (writer, &progress);
  return progress;
}

static void
test_time (void)
{
  int fd = encoding_new_file (NULL, 0);
  g_autoptr (GByteArray) content = encoding_new_content (ENCODING_MIB);
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterEncoder) encoder = platter_encoder_new (
    platter_split_file_new_whole (fd), "it", new_packer (), PLATTER_DIGEST_SHA256, &error);
  PlatterWriter *writer = platter_encoder_get_writer (encoder);
  PlatterWriterProgress first;
  PlatterWriterProgress second;
  gint64 came_us = 0;

  g_assert_no_error (error);
  g_assert_cmpint (look (writer).alive_us, ==, 0);
  g_assert_cmpint (writer->funcs->write (writer, content->data, content->len), ==, content->len);
  g_assert_cmpint (writer->funcs->finish (writer), ==, 0);

  /* It packs, and will for long. */
  came_us = gate_wait (&pack_gate);
  while ((first = look (writer)).work_us == 0)
    g_usleep (1000);
  while ((second = look (writer)).work_us == first.work_us)
    g_usleep (1000);
  g_assert_cmpint (first.alive_us, >=, came_us);
  g_assert_cmpint (second.alive_us, >, first.alive_us);
  g_assert_cmpint (second.work_us, >, first.work_us);
  gate_open (&pack_gate);

  /* The file does not answer. */
  came_us = gate_wait (&sync_gate);
  while (g_get_monotonic_time () <= came_us)
    g_usleep (1000);
  first = look (writer);
  g_assert_cmpint (first.alive_us, <=, came_us);
  g_assert_cmpint (first.work_us, >=, second.work_us);
  g_assert_cmpint (look (writer).work_us, ==, first.work_us);
  gate_open (&sync_gate);
  while (writer->funcs->finish (writer) == 0)
    g_usleep (1000);
  g_assert_cmpint (writer->funcs->finish (writer), ==, 1);
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encoder-progress/time", test_time);
  return g_test_run ();
}
