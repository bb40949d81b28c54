// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The queue of requests between the loop and the kernel, and what implements it.

#pragma once

#include "transfer.h"

G_BEGIN_DECLS

typedef enum
{
  PLATTER_IO_READ,
  PLATTER_IO_WRITE,
  PLATTER_IO_FLUSH,
  PLATTER_IO_ZERO, /* makes the stretch read as zeros by a command of the device */
} PlatterIoOp;

/** One request; the caller's memory until it is popped. */
typedef struct _PlatterIoRequest PlatterIoRequest;
struct _PlatterIoRequest
{
  PlatterIoOp op;
  guint file;
  guint8 *data;
  guint64 offset_bytes;
  guint32 length_bytes;
  guint32 needed_bytes; /* a read is complete with so many; the rest rounds it up */
  gpointer owner;
  /* Written by the queue. */
  guint32 done_bytes;
  int error;     /* an errno or 0; without one, fewer bytes than needed mean the end of the file */
  guint n_tries; /* in a row that the system refused */
  gint64 refused_us; /* when it did so last; 0: not yet */
  PlatterIoRequest *next;
};

/** What a backend sees of the world: descriptors by index, and the memory all data lies in. */
typedef struct
{
  const int *fds;
  guint n_fds;
  gpointer memory;
  gsize memory_bytes;
  guint max_requests; /* that will ever be in flight together */
} PlatterIoSetup;

/**
 * PlatterIoBackend:
 *
 * Carries out what is left of a request (from done_bytes on) in one step and hands the system call's
 * result, or a negative errno, to the sink. All but wake() on the loop's thread.
 */
typedef struct _PlatterIoBackend PlatterIoBackend;
struct _PlatterIoBackend
{
  void (*submit) (PlatterIoBackend *self, PlatterIoRequest *request);
  /* Sends off what was submitted, then waits at most so long for an answer or a wake. */
  void (*wait) (PlatterIoBackend *self, gint64 timeout_us);
  void (*wake) (PlatterIoBackend *self);
  /* Asks for an early end of a request; it is answered in any case, if the device answers. */
  void (*cancel) (PlatterIoBackend *self, PlatterIoRequest *request);
  void (*free) (PlatterIoBackend *self);
  const char *name;
  void (*sink) (gpointer sink_data, PlatterIoRequest *request, gssize result);
  gpointer sink_data;
};

PlatterIoBackend *platter_io_uring_backend_new (const PlatterIoSetup *setup, GError **error);

/** platter_thread_backend_new: @notify: (nullable): called by a thread that has an answer */
PlatterIoBackend *platter_thread_backend_new (const PlatterIoSetup *setup,
                                              void (*notify) (gpointer notify_data),
                                              gpointer notify_data);

/** platter_io_backend_new: io_uring, or threads where it is off or not wanted. */
PlatterIoBackend *
platter_io_backend_new (PlatterQueueKind kind, const PlatterIoSetup *setup, GError **error);

/**
 * PlatterIoQueue:
 *
 * Carries requests to their ends: goes on after short reads and writes, and makes those again, for a while, that the
 * system had no means for. What has failed for that alone says nothing of a device; see platter_engine_error_from_errno().
 */
typedef struct _PlatterIoQueue PlatterIoQueue;

/** platter_io_queue_new: @backend: (transfer full) */
PlatterIoQueue *platter_io_queue_new (PlatterIoBackend *backend);
void platter_io_queue_free (PlatterIoQueue *self);

/** platter_io_queue_get_name: Returns: "io_uring" or "threads". */
const char *platter_io_queue_get_name (const PlatterIoQueue *self);
void platter_io_queue_submit (PlatterIoQueue *self, PlatterIoRequest *request);
void platter_io_queue_cancel (PlatterIoQueue *self, PlatterIoRequest *request);

/** platter_io_queue_wait: With a timeout of 0 only collects what is there. */
void platter_io_queue_wait (PlatterIoQueue *self, gint64 timeout_us);

/** Returns: (nullable): a request that has ended. */
PlatterIoRequest *platter_io_queue_pop (PlatterIoQueue *self);

/** platter_io_queue_wake: From any thread: ends a wait, now or the next. */
void platter_io_queue_wake (PlatterIoQueue *self);

G_END_DECLS
