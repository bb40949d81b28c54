// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One file that a transfer reads or writes: its requests in flight, how many there may be, and how
// long the oldest has been waiting.

#pragma once

#include "endpoint.h"
#include "io-queue.h"

G_BEGIN_DECLS

/** The size of one request. Larger ones cost less to make, smaller ones spread better. */
#define PLATTER_IO_BYTES (1024 * 1024)
#define PLATTER_IO_PIECES (PLATTER_BLOCK_BYTES / PLATTER_IO_BYTES)

typedef struct _PlatterLane PlatterLane;
typedef struct _PlatterIo PlatterIo;
typedef void (*PlatterIoDone) (PlatterIo *io);

/** One block's worth of work, in one or more requests. */
struct _PlatterIo
{
  PlatterLane *lane;
  PlatterIoOp op;
  guint64 offset_bytes;
  guint32 needed_bytes;
  PlatterIoDone done; /* called on the loop's thread; the io is gone after it */
  gpointer owner;
  gpointer item;
  /* The outcome. */
  int error;         /* of the first piece that failed, by offset: an errno or 0 */
  gboolean is_short; /* the file ended before it */
  guint64 error_offset_bytes;
  /* Private. */
  guint n_pieces;
  guint n_pending;
  gint64 start_us;
  PlatterIo *previous;
  PlatterIo *next;
  PlatterIoRequest pieces[PLATTER_IO_PIECES];
};

struct _PlatterLane
{
  PlatterIoQueue *queue;
  PlatterEndpoint *endpoint;
  guint file;
  guint alignment_bytes;
  guint n_in_flight;
  guint depth; /* how many there may be */
  gboolean is_given_up;
  PlatterIo *oldest;
  PlatterIo *newest;
  PlatterIo *spare;
  /* The window over which the depth is judged. */
  guint max_depth;
  gint64 window_start_us;
  gint64 window_wait_us;
  guint64 window_bytes;
  guint window_ios;
  gboolean window_was_full;
  double last_rate;
  double last_wait_us;
};

/** platter_lane_init: @max_depth: more than so many are never in flight */
void platter_lane_init (
  PlatterLane *self, PlatterIoQueue *queue, PlatterEndpoint *endpoint, guint file, guint max_depth);
/** platter_lane_clear: After the queue was freed: what nobody answered goes, too. */
void platter_lane_clear (PlatterLane *self);

/** platter_lane_can_start: Whether the depth allows one more. */
gboolean platter_lane_can_start (const PlatterLane *self);

/**
 * platter_lane_start:
 * @data: of at least @length_bytes rounded up to the lane's alignment
 * @length_bytes: what a read must bring; all of it, rounded up, is written
 */
void platter_lane_start (PlatterLane *self,
                         PlatterIoOp op,
                         guint8 *data,
                         guint64 offset_bytes,
                         guint32 length_bytes,
                         PlatterIoDone done,
                         gpointer owner,
                         gpointer item);

/** platter_lane_complete: Takes a request that was popped from the queue to its io. */
void platter_lane_complete (PlatterIoRequest *request);

/** Returns: when the oldest request in flight was started; 0 if there is none. */
gint64 platter_lane_get_oldest_us (const PlatterLane *self);

/** platter_lane_excuse: For so long nobody was there to hear an answer: none in flight was waited for meanwhile. */
void platter_lane_excuse (PlatterLane *self, gint64 absent_us);

/** platter_lane_give_up: Asks for the end of all in flight; they are still answered, if ever. */
void platter_lane_give_up (PlatterLane *self);

G_END_DECLS
