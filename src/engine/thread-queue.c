// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The I/O queue on threads: a few for each file, made when they are needed, so that a file that
// does not answer holds up no other.

#include "io-queue.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS_ALONE 8
#define MAX_THREADS_CROWDED 2
#define CROWD 6

typedef struct _ThreadQueue ThreadQueue;

typedef struct
{
  ThreadQueue *queue;
  int fd;
  PlatterIoRequest *first; /* waiting, in order */
  PlatterIoRequest *last;
  guint n_waiting;
  guint n_threads;
  guint n_idle;
  pthread_cond_t cond;
} ThreadFile;

typedef struct
{
  PlatterIoRequest *request;
  gssize result;
} ThreadAnswer;

/* Outlives the backend as long as a thread hangs in the kernel. */
struct _ThreadQueue
{
  gint ref_count; /* atomic, inlined: ThreadSanitizer can see it */
  /* Not GMutex: ThreadSanitizer can look into the C library's locks only. */
  pthread_mutex_t lock; /* of all below and of the files */
  pthread_cond_t answered;
  GArray *answers;
  gboolean is_woken;
  gboolean is_stopped;
  void (*notify) (gpointer notify_data);
  gpointer notify_data;
  guint max_threads;
  guint n_files;
  ThreadFile files[];
};

typedef struct
{
  PlatterIoBackend base;
  ThreadQueue *queue;
  GArray *answers; /* taken off the queue, to be handed on without the lock */
} ThreadBackend;

static void
thread_queue_unref (ThreadQueue *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_files; i++)
    pthread_cond_destroy (&self->files[i].cond);
  g_array_unref (self->answers);
  pthread_cond_destroy (&self->answered);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static gssize
thread_queue_zero (int fd, const PlatterIoRequest *request)
{
  guint64 range[2] = { request->offset_bytes, request->length_bytes };
  gssize result = ioctl (fd, BLKZEROOUT, range);

  if (result < 0 && errno == ENOTTY)
    result = fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                        (off_t)request->offset_bytes, (off_t)request->length_bytes);
  return result;
}

static gssize
thread_queue_perform (int fd, const PlatterIoRequest *request)
{
  guint8 *data = request->data + request->done_bytes;
  gsize length = request->length_bytes - request->done_bytes;
  off_t offset = (off_t)(request->offset_bytes + request->done_bytes);
  gssize result = -1;

  switch (request->op)
    {
    case PLATTER_IO_READ:
      result = pread (fd, data, length, offset);
      break;
    case PLATTER_IO_WRITE:
      result = pwrite (fd, data, length, offset);
      break;
    case PLATTER_IO_FLUSH:
      result = fsync (fd);
      break;
    case PLATTER_IO_ZERO:
      result = thread_queue_zero (fd, request);
      break;
    default:
      g_assert_not_reached ();
    }
  return result < 0 ? -errno : result;
}

static PlatterIoRequest *
thread_file_take (ThreadFile *self)
{
  PlatterIoRequest *request = self->first;

  self->n_waiting--;
  self->first = request->next;
  if (self->first == NULL)
    self->last = NULL;
  return request;
}

static gpointer
thread_file_thread (gpointer data)
{
  ThreadFile *self = data;
  ThreadQueue *queue = self->queue;

  pthread_mutex_lock (&queue->lock);
  while (!queue->is_stopped)
    {
      ThreadAnswer answer = { NULL, 0 };
      PlatterIoRequest request;

      if (self->first == NULL)
        {
          self->n_idle++;
          pthread_cond_wait (&self->cond, &queue->lock);
          self->n_idle--;
          continue;
        }
      answer.request = thread_file_take (self);
      /* A request that is given up may be gone while the system call still hangs. */
      request = *answer.request;
      pthread_mutex_unlock (&queue->lock);
      answer.result = thread_queue_perform (self->fd, &request);
      pthread_mutex_lock (&queue->lock);
      g_array_append_val (queue->answers, answer);
      pthread_cond_signal (&queue->answered);
      if (queue->notify != NULL && !queue->is_stopped)
        queue->notify (queue->notify_data);
    }
  pthread_mutex_unlock (&queue->lock);
  thread_queue_unref (queue);
  return NULL;
}

/* Where none can be had, those there are do it all. */
static void
thread_file_add_thread (ThreadFile *self)
{
  g_autoptr (GThread) thread = NULL;

  g_atomic_int_inc (&self->queue->ref_count);
  thread = g_thread_try_new ("platter-io", thread_file_thread, self, NULL);
  if (thread != NULL)
    self->n_threads++;
  else
    g_atomic_int_add (&self->queue->ref_count, -1);
}

/* There is not even one: the request is to be made again. */
static void
thread_file_refuse (ThreadFile *self)
{
  ThreadAnswer answer = { thread_file_take (self), -EAGAIN };

  g_array_append_val (self->queue->answers, answer);
  if (self->queue->notify != NULL)
    self->queue->notify (self->queue->notify_data);
}

static void
thread_backend_submit (PlatterIoBackend *base, PlatterIoRequest *request)
{
  ThreadQueue *queue = ((ThreadBackend *)base)->queue;
  ThreadFile *file = &queue->files[request->file];

  pthread_mutex_lock (&queue->lock);
  request->next = NULL;
  if (file->last != NULL)
    file->last->next = request;
  else
    file->first = request;
  file->last = request;
  file->n_waiting++;
  if (file->n_waiting > file->n_idle && file->n_threads < queue->max_threads)
    thread_file_add_thread (file);
  else
    pthread_cond_signal (&file->cond);
  if (file->n_threads == 0)
    thread_file_refuse (file);
  pthread_mutex_unlock (&queue->lock);
}

static void
thread_backend_wait (PlatterIoBackend *base, gint64 timeout_us)
{
  ThreadBackend *self = (ThreadBackend *)base;
  ThreadQueue *queue = self->queue;
  gint64 end_us = g_get_monotonic_time () + timeout_us;
  struct timespec end = { end_us / G_USEC_PER_SEC, end_us % G_USEC_PER_SEC * 1000 };
  GArray *answers = NULL;

  pthread_mutex_lock (&queue->lock);
  while (timeout_us > 0 && queue->answers->len == 0 && !queue->is_woken)
    if (pthread_cond_timedwait (&queue->answered, &queue->lock, &end) != 0)
      break;
  queue->is_woken = FALSE;
  answers = g_steal_pointer (&queue->answers);
  queue->answers = self->answers;
  pthread_mutex_unlock (&queue->lock);

  self->answers = answers;
  for (guint i = 0; i < answers->len; i++)
    {
      ThreadAnswer *answer = &g_array_index (answers, ThreadAnswer, i);

      base->sink (base->sink_data, answer->request, answer->result);
    }
  g_array_set_size (answers, 0);
}

static void
thread_backend_wake (PlatterIoBackend *base)
{
  ThreadQueue *queue = ((ThreadBackend *)base)->queue;

  pthread_mutex_lock (&queue->lock);
  queue->is_woken = TRUE;
  pthread_cond_signal (&queue->answered);
  pthread_mutex_unlock (&queue->lock);
}

/* A thread that hangs in a system call cannot be called back; only what still waits is taken out. */
static void
thread_backend_cancel (PlatterIoBackend *base, PlatterIoRequest *request)
{
  ThreadQueue *queue = ((ThreadBackend *)base)->queue;
  ThreadFile *file = &queue->files[request->file];
  PlatterIoRequest **link = &file->first;
  PlatterIoRequest *previous = NULL;

  pthread_mutex_lock (&queue->lock);
  while (*link != NULL && *link != request)
    {
      previous = *link;
      link = &previous->next;
    }
  if (*link != NULL)
    {
      ThreadAnswer answer = { request, -ECANCELED };

      *link = request->next;
      if (file->last == request)
        file->last = previous;
      file->n_waiting--;
      g_array_append_val (queue->answers, answer);
    }
  pthread_mutex_unlock (&queue->lock);
}

static void
thread_backend_free (PlatterIoBackend *base)
{
  ThreadBackend *self = (ThreadBackend *)base;

  pthread_mutex_lock (&self->queue->lock);
  self->queue->is_stopped = TRUE;
  for (guint i = 0; i < self->queue->n_files; i++)
    pthread_cond_broadcast (&self->queue->files[i].cond);
  pthread_mutex_unlock (&self->queue->lock);
  thread_queue_unref (self->queue);
  g_array_unref (self->answers);
  g_free (self);
}

static ThreadQueue *
thread_queue_new (const PlatterIoSetup *setup)
{
  ThreadQueue *self = g_malloc0 (sizeof (ThreadQueue) + setup->n_fds * sizeof (ThreadFile));
  pthread_condattr_t attributes;

  g_atomic_int_set (&self->ref_count, 1);
  pthread_mutex_init (&self->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&self->answered, &attributes);
  pthread_condattr_destroy (&attributes);
  self->answers = g_array_new (FALSE, FALSE, sizeof (ThreadAnswer));
  self->max_threads = setup->n_fds > CROWD ? MAX_THREADS_CROWDED : MAX_THREADS_ALONE;
  self->n_files = setup->n_fds;
  for (guint i = 0; i < setup->n_fds; i++)
    {
      self->files[i].queue = self;
      self->files[i].fd = setup->fds[i];
      pthread_cond_init (&self->files[i].cond, NULL);
    }
  return self;
}

PlatterIoBackend *
platter_thread_backend_new (const PlatterIoSetup *setup,
                            void (*notify) (gpointer notify_data),
                            gpointer notify_data)
{
  ThreadBackend *self = g_new0 (ThreadBackend, 1);

  self->base.submit = thread_backend_submit;
  self->base.wait = thread_backend_wait;
  self->base.wake = thread_backend_wake;
  self->base.cancel = thread_backend_cancel;
  self->base.free = thread_backend_free;
  self->base.name = "threads";
  self->queue = thread_queue_new (setup);
  self->queue->notify = notify;
  self->queue->notify_data = notify_data;
  self->answers = g_array_new (FALSE, FALSE, sizeof (ThreadAnswer));
  return &self->base;
}
