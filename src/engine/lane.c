// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Requests of one file, and the depth they are kept at.

#include "lane.h"

#include "endpoint-private.h"
#include "writer.h"

/* Enough for a fast device; where answers take longer it grows. */
#define FIRST_DEPTH 4
#define MIN_DEPTH 2
#define WINDOW_US (100 * 1000)

void
platter_lane_init (
  PlatterLane *self, PlatterIoQueue *queue, PlatterEndpoint *endpoint, guint file, guint max_depth)
{
  guint device_depth = platter_endpoint_get_hints (endpoint)->queue_depth / PLATTER_IO_PIECES;

  *self = (PlatterLane){
    .queue = queue,
    .endpoint = endpoint,
    .file = file,
    .alignment_bytes = platter_endpoint_get_alignment_bytes (endpoint),
    .max_depth = max_depth,
  };
  if (platter_endpoint_get_hints (endpoint)->queue_depth > 0)
    self->max_depth = CLAMP (device_depth, 1, max_depth);
  self->depth = MIN (FIRST_DEPTH, self->max_depth);
}

static void
lane_free_list (PlatterIo *io)
{
  while (io != NULL)
    {
      PlatterIo *next = io->next;

      g_free (io);
      io = next;
    }
}

void
platter_lane_clear (PlatterLane *self)
{
  lane_free_list (self->spare);
  lane_free_list (self->oldest);
}

gboolean
platter_lane_can_start (const PlatterLane *self)
{
  return self->n_in_flight < self->depth && !self->is_given_up;
}

static PlatterIo *
lane_take_io (PlatterLane *self)
{
  PlatterIo *io = self->spare;

  if (io == NULL)
    return g_new0 (PlatterIo, 1);
  self->spare = io->next;
  return io;
}

static void
lane_append (PlatterLane *self, PlatterIo *io)
{
  io->next = NULL;
  io->previous = self->newest;
  if (self->newest != NULL)
    self->newest->next = io;
  else
    self->oldest = io;
  self->newest = io;
  self->n_in_flight++;
  if (self->n_in_flight >= self->depth)
    self->window_was_full = TRUE;
}

static void
lane_remove (PlatterLane *self, PlatterIo *io)
{
  if (io->previous != NULL)
    io->previous->next = io->next;
  else
    self->oldest = io->next;
  if (io->next != NULL)
    io->next->previous = io->previous;
  else
    self->newest = io->previous;
  self->n_in_flight--;
}

static guint32
lane_round_up (const PlatterLane *self, guint32 length_bytes)
{
  return (length_bytes + self->alignment_bytes - 1) / self->alignment_bytes * self->alignment_bytes;
}

static void
lane_add_piece (PlatterIo *io, guint8 *data, guint32 start, guint32 end, guint32 needed_end)
{
  PlatterIoRequest *request = &io->pieces[io->n_pieces++];

  *request = (PlatterIoRequest){
    .op = io->op,
    .file = io->lane->file,
    .data = data + start,
    .offset_bytes = io->offset_bytes + start,
    .length_bytes = end - start,
    .needed_bytes = MIN (end, needed_end) - start,
    .owner = io,
  };
}

static void
lane_cut (PlatterIo *io, guint8 *data, guint32 length_bytes)
{
  guint32 step = io->op == PLATTER_IO_ZERO ? PLATTER_BLOCK_BYTES : PLATTER_IO_BYTES;

  io->n_pieces = 0;
  if (io->op == PLATTER_IO_FLUSH)
    lane_add_piece (io, NULL, 0, 0, 0);
  for (guint32 start = 0; start < length_bytes; start += step)
    lane_add_piece (io, data, start, MIN (start + step, length_bytes), io->needed_bytes);
}

void
platter_lane_start (PlatterLane *self,
                    PlatterIoOp op,
                    guint8 *data,
                    guint64 offset_bytes,
                    guint32 length_bytes,
                    PlatterIoDone done,
                    gpointer owner,
                    gpointer item)
{
  PlatterIo *io = lane_take_io (self);
  guint32 rounded_bytes = lane_round_up (self, length_bytes);

  io->lane = self;
  io->op = op;
  io->offset_bytes = offset_bytes;
  io->needed_bytes = op == PLATTER_IO_READ ? length_bytes : rounded_bytes;
  io->done = done;
  io->owner = owner;
  io->item = item;
  io->error = 0;
  io->is_short = FALSE;
  io->error_offset_bytes = G_MAXUINT64;
  io->start_us = g_get_monotonic_time ();
  lane_append (self, io);
  lane_cut (io, data, rounded_bytes);
  io->n_pending = io->n_pieces;
  for (guint i = 0; i < io->n_pieces; i++)
    platter_io_queue_submit (self->queue, &io->pieces[i]);
}

static void
lane_next_window (PlatterLane *self, gint64 now_us)
{
  self->window_start_us = now_us;
  self->window_wait_us = 0;
  self->window_bytes = 0;
  self->window_ios = 0;
  self->window_was_full = FALSE;
}

/* Deeper while that brings throughput; shallower when answers only take longer. */
static void
lane_adapt (PlatterLane *self, PlatterIo *io)
{
  gint64 now_us = g_get_monotonic_time ();
  double rate = 0;
  double wait_us = 0;

  if (self->window_start_us == 0)
    lane_next_window (self, io->start_us);
  self->window_wait_us += now_us - io->start_us;
  self->window_bytes += io->needed_bytes;
  self->window_ios++;
  if (now_us - self->window_start_us < WINDOW_US || self->window_ios < 2 * self->depth)
    return;
  rate = (double)self->window_bytes / (double)(now_us - self->window_start_us);
  wait_us = (double)self->window_wait_us / self->window_ios;
  if (self->window_was_full && rate > self->last_rate * 1.05)
    self->depth = MIN (self->depth + MAX (1, self->depth / 4), self->max_depth);
  else if (self->window_was_full && wait_us > self->last_wait_us * 1.2)
    self->depth = MAX (self->depth - MAX (1, self->depth / 4), MIN (MIN_DEPTH, self->max_depth));
  self->last_rate = rate;
  self->last_wait_us = wait_us;
  lane_next_window (self, now_us);
}

static void
lane_judge_piece (PlatterIo *io, const PlatterIoRequest *request)
{
  guint64 offset_bytes = request->offset_bytes + request->done_bytes;
  gboolean is_short = request->error == 0 && request->done_bytes < request->needed_bytes;

  if ((request->error == 0 && !is_short) || offset_bytes >= io->error_offset_bytes)
    return;
  io->error = request->error;
  io->is_short = is_short;
  io->error_offset_bytes = offset_bytes;
}

void
platter_lane_complete (PlatterIoRequest *request)
{
  PlatterIo *io = request->owner;
  PlatterLane *self = io->lane;

  lane_judge_piece (io, request);
  if (--io->n_pending > 0)
    return;
  lane_remove (self, io);
  if (io->op == PLATTER_IO_READ || io->op == PLATTER_IO_WRITE)
    lane_adapt (self, io);
  io->done (io);
  io->next = self->spare;
  self->spare = io;
}

/* To pack takes long, and is no sign of a device that hangs. */
static gint64
lane_get_writer_alive_us (const PlatterLane *self)
{
  PlatterWriter *writer = platter_endpoint_get_writer (self->endpoint);
  PlatterWriterProgress progress = { 0 };

  if (writer != NULL && writer->funcs->get_progress != NULL && self->oldest != NULL
      && self->oldest->op != PLATTER_IO_READ)
    writer->funcs->get_progress (writer, &progress);
  return progress.alive_us;
}

/* Nor is it to find a place again. */
static gint64
lane_get_alive_us (const PlatterLane *self)
{
  PlatterReader *reader = platter_endpoint_get_reader (self->endpoint);
  PlatterReaderProgress progress = { 0 };

  if (reader != NULL)
    reader->funcs->get_progress (reader, &progress);
  return MAX (progress.alive_us, lane_get_writer_alive_us (self));
}

/* @sign_us: 0 if there was none. A time may be negative: the clock begins with the machine, and tests go back. */
static gint64
lane_get_later (gint64 since_us, gint64 sign_us)
{
  return sign_us != 0 ? MAX (since_us, sign_us) : since_us;
}

gint64
platter_lane_get_oldest_us (const PlatterLane *self)
{
  gint64 since_us = 0;

  if (self->oldest == NULL)
    return 0;
  since_us = lane_get_later (self->oldest->start_us, lane_get_alive_us (self));
  for (guint i = 0; i < self->oldest->n_pieces; i++)
    since_us = lane_get_later (since_us, self->oldest->pieces[i].refused_us);
  return since_us;
}

void
platter_lane_excuse (PlatterLane *self, gint64 absent_us)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 alive_us = lane_get_alive_us (self);

  for (PlatterIo *io = self->oldest; io != NULL; io = io->next)
    io->start_us = MIN (lane_get_later (io->start_us, alive_us) + absent_us, now_us);
}

void
platter_lane_give_up (PlatterLane *self)
{
  self->is_given_up = TRUE;
  for (PlatterIo *io = self->oldest; io != NULL; io = io->next)
    for (guint i = 0; i < io->n_pieces; i++)
      platter_io_queue_cancel (self->queue, &io->pieces[i]);
}
