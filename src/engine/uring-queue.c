// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The I/O queue on io_uring. The ring is closed, before it is used, against all but reading, writing
// and flushing registered files, so that a process that has lost itself can do no more with it.

#include "errors.h"
#include "io-queue.h"

#include <errno.h>
#include <liburing.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIN_ENTRIES 64
#define MAX_ENTRIES 4096

typedef struct
{
  PlatterIoBackend base;
  struct io_uring ring;
  gboolean has_ring;
  gboolean has_buffers; /* the memory is registered */
  int wake_fd;
  guint wake_file; /* its index among the registered files */
  guint64 wake_value;
  gboolean is_wake_armed;
  /* For what io_uring has no request for; made when it is first needed. */
  PlatterIoBackend *threads;
  int fds[PLATTER_TRANSFER_MAX_TARGETS + 2];
  guint n_fds;
} UringBackend;

/* Marks in user_data; requests are pointers. */
#define WAKE_MARK 1
#define CANCEL_MARK 2

static struct io_uring_sqe *
uring_get_sqe (UringBackend *self)
{
  struct io_uring_sqe *sqe = io_uring_get_sqe (&self->ring);

  while (sqe == NULL)
    {
      io_uring_submit (&self->ring);
      sqe = io_uring_get_sqe (&self->ring);
    }
  return sqe;
}

static void
uring_send (struct io_uring_sqe *sqe, guint64 mark)
{
  sqe->flags |= IOSQE_FIXED_FILE;
  io_uring_sqe_set_data64 (sqe, mark);
}

static void
uring_threads_sink_cb (gpointer sink_data, PlatterIoRequest *request, gssize result)
{
  UringBackend *self = sink_data;

  self->base.sink (self->base.sink_data, request, result);
}

static void
uring_notify_cb (gpointer notify_data)
{
  int wake_fd = GPOINTER_TO_INT (notify_data);

  eventfd_write (wake_fd, 1);
}

static void
uring_submit_to_thread (UringBackend *self, PlatterIoRequest *request)
{
  PlatterIoSetup setup = { .fds = self->fds, .n_fds = self->n_fds };

  if (self->threads == NULL)
    {
      self->threads
        = platter_thread_backend_new (&setup, uring_notify_cb, GINT_TO_POINTER (self->wake_fd));
      self->threads->sink = uring_threads_sink_cb;
      self->threads->sink_data = self;
    }
  self->threads->submit (self->threads, request);
}

static void
uring_prepare (UringBackend *self, struct io_uring_sqe *sqe, PlatterIoRequest *request)
{
  guint8 *data = request->data + request->done_bytes;
  guint32 length = request->length_bytes - request->done_bytes;
  guint64 offset = request->offset_bytes + request->done_bytes;

  if (request->op == PLATTER_IO_FLUSH)
    io_uring_prep_fsync (sqe, request->file, 0);
  else if (request->op == PLATTER_IO_READ && self->has_buffers)
    io_uring_prep_read_fixed (sqe, request->file, data, length, offset, 0);
  else if (request->op == PLATTER_IO_READ)
    io_uring_prep_read (sqe, request->file, data, length, offset);
  else if (self->has_buffers)
    io_uring_prep_write_fixed (sqe, request->file, data, length, offset, 0);
  else
    io_uring_prep_write (sqe, request->file, data, length, offset);
}

static void
uring_backend_submit (PlatterIoBackend *base, PlatterIoRequest *request)
{
  UringBackend *self = (UringBackend *)base;
  struct io_uring_sqe *sqe = NULL;

  if (request->op == PLATTER_IO_ZERO)
    {
      uring_submit_to_thread (self, request);
      return;
    }
  sqe = uring_get_sqe (self);
  uring_prepare (self, sqe, request);
  uring_send (sqe, (guint64)(guintptr)request);
}

static void
uring_arm_wake (UringBackend *self)
{
  struct io_uring_sqe *sqe = uring_get_sqe (self);

  io_uring_prep_read (sqe, self->wake_file, &self->wake_value, sizeof (self->wake_value), 0);
  uring_send (sqe, WAKE_MARK);
  self->is_wake_armed = TRUE;
}

static void
uring_reap (UringBackend *self)
{
  struct io_uring_cqe *cqe = NULL;

  while (io_uring_peek_cqe (&self->ring, &cqe) == 0)
    {
      guint64 mark = io_uring_cqe_get_data64 (cqe);
      int result = cqe->res;

      io_uring_cqe_seen (&self->ring, cqe);
      if (mark == WAKE_MARK)
        self->is_wake_armed = FALSE;
      else if (mark != CANCEL_MARK)
        self->base.sink (self->base.sink_data, (PlatterIoRequest *)(guintptr)mark, result);
    }
  if (self->threads != NULL)
    self->threads->wait (self->threads, 0);
}

static void
uring_backend_wait (PlatterIoBackend *base, gint64 timeout_us)
{
  UringBackend *self = (UringBackend *)base;
  struct __kernel_timespec timeout
    = { timeout_us / G_USEC_PER_SEC, timeout_us % G_USEC_PER_SEC * 1000 };
  struct io_uring_cqe *cqe = NULL;

  if (!self->is_wake_armed)
    uring_arm_wake (self);
  if (timeout_us > 0)
    io_uring_submit_and_wait_timeout (&self->ring, &cqe, 1, &timeout, NULL);
  else if (io_uring_sq_ready (&self->ring) > 0)
    io_uring_submit (&self->ring);
  uring_reap (self);
}

static void
uring_backend_wake (PlatterIoBackend *base)
{
  eventfd_write (((UringBackend *)base)->wake_fd, 1);
}

static void
uring_backend_cancel (PlatterIoBackend *base, PlatterIoRequest *request)
{
  UringBackend *self = (UringBackend *)base;
  struct io_uring_sqe *sqe = NULL;

  if (request->op == PLATTER_IO_ZERO)
    {
      if (self->threads != NULL)
        self->threads->cancel (self->threads, request);
      return;
    }
  sqe = uring_get_sqe (self);
  io_uring_prep_cancel (sqe, request, 0);
  uring_send (sqe, CANCEL_MARK);
}

static void
uring_backend_free (PlatterIoBackend *base)
{
  UringBackend *self = (UringBackend *)base;

  /* After this no thread touches the eventfd, not even one that still hangs. */
  if (self->threads != NULL)
    self->threads->free (self->threads);
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  if (self->has_ring)
    io_uring_queue_exit (&self->ring);
  g_free (self);
}

static int
uring_init (UringBackend *self, guint n_entries)
{
  struct io_uring_params params = {
    .flags = IORING_SETUP_R_DISABLED | IORING_SETUP_CLAMP | IORING_SETUP_CQSIZE
             | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
    .cq_entries = 2 * n_entries,
  };
  int result = io_uring_queue_init_params (n_entries, &self->ring, &params);

  if (result == -EINVAL)
    {
      /* Linux before 5.19. */
      params = (struct io_uring_params){
        .flags = IORING_SETUP_R_DISABLED | IORING_SETUP_CLAMP | IORING_SETUP_CQSIZE,
        .cq_entries = 2 * n_entries,
      };
      result = io_uring_queue_init_params (n_entries, &self->ring, &params);
    }
  self->has_ring = result == 0;
  /* Waiting with a timeout must not need a request of its own. */
  if (result == 0 && (params.features & IORING_FEAT_EXT_ARG) == 0)
    return -EOPNOTSUPP;
  return result;
}

/* Debian 12's liburing declares the functions for these two but does not export them. */
static int
uring_register (UringBackend *self, guint opcode, gconstpointer argument, guint n_arguments)
{
  long result = syscall (__NR_io_uring_register, self->ring.ring_fd, opcode, argument, n_arguments);

  return result < 0 ? -errno : 0;
}

static int
uring_restrict (UringBackend *self)
{
  static const guint8 ops[] = {
    IORING_OP_READ,        IORING_OP_WRITE, IORING_OP_READ_FIXED,
    IORING_OP_WRITE_FIXED, IORING_OP_FSYNC, IORING_OP_ASYNC_CANCEL,
  };
  struct io_uring_restriction rules[G_N_ELEMENTS (ops) + 1];
  guint n_rules = 0;

  memset (rules, 0, sizeof (rules));
  for (; n_rules < G_N_ELEMENTS (ops); n_rules++)
    {
      rules[n_rules].opcode = IORING_RESTRICTION_SQE_OP;
      rules[n_rules].sqe_op = ops[n_rules];
    }
  rules[n_rules].opcode = IORING_RESTRICTION_SQE_FLAGS_REQUIRED;
  rules[n_rules++].sqe_flags = IOSQE_FIXED_FILE;
  return uring_register (self, IORING_REGISTER_RESTRICTIONS, rules, n_rules);
}

static int
uring_set_up (UringBackend *self, const PlatterIoSetup *setup)
{
  struct iovec memory = { setup->memory, setup->memory_bytes };
  int result = uring_init (self, CLAMP (setup->max_requests, MIN_ENTRIES, MAX_ENTRIES));

  if (result == 0)
    result = io_uring_register_files (&self->ring, self->fds, self->n_fds + 1);
  if (result != 0)
    return result;
  /* Registering pins memory, of which an unprivileged process may have too little: it is a matter
     of speed only. */
  self->has_buffers = io_uring_register_buffers (&self->ring, &memory, 1) == 0;
  result = uring_restrict (self);
  return result != 0 ? result : uring_register (self, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
}

PlatterIoBackend *
platter_io_uring_backend_new (const PlatterIoSetup *setup, GError **error)
{
  UringBackend *self = g_new0 (UringBackend, 1);
  int result = 0;

  self->base.submit = uring_backend_submit;
  self->base.wait = uring_backend_wait;
  self->base.wake = uring_backend_wake;
  self->base.cancel = uring_backend_cancel;
  self->base.free = uring_backend_free;
  self->base.name = "io_uring";
  g_assert (setup->n_fds < G_N_ELEMENTS (self->fds));
  memcpy (self->fds, setup->fds, setup->n_fds * sizeof (int));
  self->n_fds = setup->n_fds;
  self->wake_file = setup->n_fds;
  self->wake_fd = eventfd (0, EFD_CLOEXEC);
  self->fds[self->wake_file] = self->wake_fd;
  result = self->wake_fd < 0 ? -errno : uring_set_up (self, setup);
  if (result == 0)
    return &self->base;
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
               "io_uring is not available: %s", g_strerror (-result));
  uring_backend_free (&self->base);
  return NULL;
}
