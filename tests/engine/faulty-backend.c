// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The faulty backend.

#include "faulty-backend.h"

#include "engine/lane.h"

#include <errno.h>
#include <string.h>

typedef struct
{
  PlatterIoRequest *request;
  gssize result;
  guint64 left; /* answers to wait for */
} Held;

typedef struct
{
  PlatterIoRequest *request; /* while it is under way */
  guint64 offset_bytes;
  guint length_bytes;
  guint8 *data;      /* NULL: zeros, or a flush */
  gboolean is_flush; /* covers what was done before it came */
  gboolean is_done;
  gboolean is_covered; /* by the flush that is under way */
  gboolean is_flushed;
} PowerWrite;

static void
power_write_clear (gpointer data)
{
  g_free (((PowerWrite *)data)->data);
}

PowerLog *
power_log_new (guint n_requests)
{
  PowerLog *self = g_new0 (PowerLog, 1);

  self->n_left = n_requests;
  self->writes = g_array_new (FALSE, TRUE, sizeof (PowerWrite));
  g_array_set_clear_func (self->writes, power_write_clear);
  return self;
}

void
power_log_free (PowerLog *self)
{
  g_array_unref (self->writes);
  g_free (self);
}

gboolean
power_log_is_off (PowerLog *self)
{
  return self->n_left == 0;
}

void
power_log_replay (PowerLog *self, GRand *random, guint8 *data)
{
  for (guint i = 0; i < self->writes->len; i++)
    {
      const PowerWrite *one = &g_array_index (self->writes, PowerWrite, i);

      if (one->is_flush || (!one->is_flushed && g_rand_boolean (random)))
        continue;
      if (one->data != NULL)
        memcpy (data + one->offset_bytes, one->data, one->length_bytes);
      else
        memset (data + one->offset_bytes, 0, one->length_bytes);
    }
}

guint64
power_log_get_flushed (PowerLog *self, guint64 start_bytes)
{
  gboolean has_more = TRUE;

  while (has_more)
    {
      has_more = FALSE;
      for (guint i = 0; i < self->writes->len; i++)
        {
          const PowerWrite *one = &g_array_index (self->writes, PowerWrite, i);

          if (one->is_flush || !one->is_flushed || one->offset_bytes > start_bytes
              || one->offset_bytes + one->length_bytes <= start_bytes)
            continue;
          start_bytes = one->offset_bytes + one->length_bytes;
          has_more = TRUE;
        }
    }
  return start_bytes;
}

/* A request is noted before it is served: it may be half done when the power fails. */
static void
power_log_note (PowerLog *self, PlatterIoRequest *request)
{
  PowerWrite one = { .request = request, .is_flush = request->op == PLATTER_IO_FLUSH };

  if (request->op == PLATTER_IO_READ)
    return;
  for (guint i = 0; one.is_flush && i < self->writes->len; i++)
    g_array_index (self->writes, PowerWrite, i).is_covered
      = g_array_index (self->writes, PowerWrite, i).is_done;
  if (!one.is_flush)
    {
      one.offset_bytes = request->offset_bytes + request->done_bytes;
      one.length_bytes = request->length_bytes - request->done_bytes;
    }
  if (request->op == PLATTER_IO_WRITE)
    one.data = g_memdup2 (request->data + request->done_bytes, one.length_bytes);
  g_array_append_val (self->writes, one);
}

static void
power_log_end (PowerLog *self, const PlatterIoRequest *request, gssize result)
{
  for (guint i = 0; i < self->writes->len; i++)
    {
      PowerWrite *one = &g_array_index (self->writes, PowerWrite, i);

      if (one->request != request)
        continue;
      one->request = NULL;
      one->is_done = result >= 0;
      for (guint k = 0; one->is_flush && one->is_done && k < i; k++)
        if (g_array_index (self->writes, PowerWrite, k).is_covered)
          g_array_index (self->writes, PowerWrite, k).is_flushed = TRUE;
    }
}

typedef struct
{
  PlatterIoBackend base;
  PlatterIoBackend *inner;
  GArray *faults;
  GArray *answers;     /* Held: to be given at the next wait */
  GArray *delayed;     /* Held */
  GArray *late;        /* Held, in this order; left is the time that each is due, in microseconds */
  GHashTable *changed; /* request -> Fault, to be undone or applied when it is answered */
  guint n_inside;
} FaultyBackend;

static PowerLog *
faulty_find_power (FaultyBackend *self, const PlatterIoRequest *request)
{
  for (guint i = 0; i < self->faults->len; i++)
    {
      const Fault *fault = &g_array_index (self->faults, Fault, i);

      if (fault->kind == FAULT_POWER && fault->file == request->file)
        return (PowerLog *)(guintptr)fault->value;
    }
  return NULL;
}

static gboolean
fault_matches (Fault *fault, const PlatterIoRequest *request)
{
  guint64 start = request->offset_bytes + request->done_bytes;
  guint64 end = request->offset_bytes + request->length_bytes;

  if (fault->kind == FAULT_POWER || fault->file != request->file || fault->op != request->op)
    return FALSE;
  if (request->op != PLATTER_IO_FLUSH && (end <= fault->start_bytes || start >= fault->end_bytes))
    return FALSE;
  if (fault->skip > 0)
    {
      fault->skip--;
      return FALSE;
    }
  if (fault->count == 0)
    return TRUE;
  if (fault->count == G_MAXUINT)
    return FALSE;
  if (--fault->count == 0)
    fault->count = G_MAXUINT;
  return TRUE;
}

/* Whoever asked for it learns of it now. */
static void
faulty_end_power (FaultyBackend *self, const PlatterIoRequest *request, gssize result)
{
  PowerLog *power = faulty_find_power (self, request);

  if (power != NULL)
    power_log_end (power, request, power_log_is_off (power) ? -ENODEV : result);
}

static Fault *
faulty_find (FaultyBackend *self, const PlatterIoRequest *request)
{
  for (guint i = 0; i < self->faults->len; i++)
    {
      Fault *fault = &g_array_index (self->faults, Fault, i);

      if (!fault_matches (fault, request))
        continue;
      if (fault->kind == FAULT_CANCEL)
        platter_transfer_cancel (*(PlatterTransfer **)(guintptr)fault->value);
      else if (fault->kind == FAULT_PAUSE)
        platter_transfer_set_paused (*(PlatterTransfer **)(guintptr)fault->value, TRUE);
      else if (fault->kind == FAULT_CALL)
        ((FaultCall *)(guintptr)fault->value)->func (((FaultCall *)(guintptr)fault->value)->data);
      else
        return fault;
    }
  return NULL;
}

static void
faulty_answer (FaultyBackend *self, PlatterIoRequest *request, gssize result)
{
  Held held = { request, result, 0 };

  g_array_append_val (self->answers, held);
}

/* Requests are changed only while they are inside. */
static void
faulty_pass_changed (FaultyBackend *self, PlatterIoRequest *request, const Fault *fault)
{
  Fault *copy = g_memdup2 (fault, sizeof (Fault));

  g_hash_table_insert (self->changed, request, copy);
  if (fault->kind == FAULT_WRAP)
    {
      copy->value = request->offset_bytes;
      request->offset_bytes %= fault->value;
    }
  else if (fault->kind == FAULT_SHORT)
    {
      guint32 left_bytes = request->length_bytes - request->done_bytes;

      copy->value = request->length_bytes;
      request->length_bytes = request->done_bytes + MAX (4096, left_bytes / 2 / 4096 * 4096);
      request->length_bytes = MIN (request->length_bytes, (guint32)copy->value);
    }
  self->n_inside++;
  self->inner->submit (self->inner, request);
}

static void
faulty_submit (PlatterIoBackend *base, PlatterIoRequest *request)
{
  FaultyBackend *self = (FaultyBackend *)base;
  Fault *fault = faulty_find (self, request);
  PowerLog *power = faulty_find_power (self, request);
  gssize length = request->length_bytes - request->done_bytes;

  if (power != NULL && power->n_left > 0)
    power->n_left--;
  if (power != NULL && power->n_left == 0)
    {
      faulty_answer (self, request, -ENODEV);
      return;
    }
  if (power != NULL)
    power_log_note (power, request);

  if (fault == NULL)
    {
      self->n_inside++;
      self->inner->submit (self->inner, request);
      return;
    }
  switch (fault->kind)
    {
    case FAULT_ERROR:
      faulty_answer (self, request, -(gssize)fault->value);
      break;
    case FAULT_REFUSE:
      request->n_tries = G_MAXUINT / 2;
      faulty_answer (self, request, -(gssize)fault->value);
      break;
    case FAULT_DROP:
      faulty_answer (self, request, request->op == PLATTER_IO_FLUSH ? 0 : length);
      break;
    case FAULT_END:
      faulty_answer (self, request, 0);
      break;
    case FAULT_HANG:
      ((PlatterIo *)request->owner)->start_us -= (gint64)FAULT_HANG_S * G_USEC_PER_SEC;
      break;
    default:
      faulty_pass_changed (self, request, fault);
      break;
    }
}

static void
faulty_apply (const Fault *fault, PlatterIoRequest *request)
{
  guint64 start = request->offset_bytes;
  guint64 end = start + request->length_bytes;

  if (fault->kind == FAULT_WRAP)
    request->offset_bytes = fault->value;
  else if (fault->kind == FAULT_SHORT)
    request->length_bytes = (guint32)fault->value;
  else if (fault->kind == FAULT_FLIP && fault->value >= start && fault->value < end)
    request->data[fault->value - start] ^= 1;
  else if (fault->kind == FAULT_GARBLE)
    for (guint64 i = MAX (start, fault->start_bytes); i < MIN (end, fault->end_bytes); i++)
      request->data[i - start] = (guint8)(request->data[i - start] * 7 + 13 + i % 5);
  else if (fault->kind == FAULT_FILL)
    memset (request->data, (int)fault->value, request->length_bytes);
}

static void
faulty_add_late (FaultyBackend *self, Held held)
{
  guint64 begin_us = (guint64)g_get_monotonic_time ();

  if (self->late->len > 0)
    begin_us = MAX (begin_us, g_array_index (self->late, Held, self->late->len - 1).left);
  held.left = begin_us + held.left * 1000;
  g_array_append_val (self->late, held);
}

static void
faulty_sink_cb (gpointer sink_data, PlatterIoRequest *request, gssize result)
{
  FaultyBackend *self = sink_data;
  Fault *fault = g_hash_table_lookup (self->changed, request);
  gboolean is_delayed = FALSE;
  PowerLog *power = faulty_find_power (self, request);

  self->n_inside--;
  if (power != NULL && power_log_is_off (power))
    result = -ENODEV;
  if (fault != NULL)
    {
      is_delayed
        = fault->kind == FAULT_DELAY || fault->kind == FAULT_LATE || fault->kind == FAULT_SLOW;
      faulty_apply (fault, request);
      if (fault->kind == FAULT_SLOW)
        faulty_add_late (self, (Held){ request, result, fault->value });
      else if (is_delayed)
        {
          Held held = { request, fault->kind == FAULT_LATE ? -EIO : result, fault->value };

          g_array_append_val (self->delayed, held);
        }
      g_hash_table_remove (self->changed, request);
    }
  if (!is_delayed)
    {
      faulty_end_power (self, request, result);
      for (guint i = 0; i < self->delayed->len; i++)
        if (g_array_index (self->delayed, Held, i).left > 0)
          g_array_index (self->delayed, Held, i).left--;
      self->base.sink (self->base.sink_data, request, result);
    }
}

static void
faulty_give_answers (FaultyBackend *self)
{
  g_autoptr (GArray) answers = g_steal_pointer (&self->answers);

  self->answers = g_array_new (FALSE, FALSE, sizeof (Held));
  for (guint i = 0; i < answers->len; i++)
    {
      Held *held = &g_array_index (answers, Held, i);

      self->base.sink (self->base.sink_data, held->request, held->result);
    }
}

static void
faulty_give_delayed (FaultyBackend *self)
{
  for (guint i = 0; i < self->delayed->len;)
    {
      Held held = g_array_index (self->delayed, Held, i);

      if (held.left > 0 && self->n_inside > 0)
        {
          i++;
          continue;
        }
      g_array_remove_index (self->delayed, i);
      faulty_end_power (self, held.request, held.result);
      faulty_answer (self, held.request, held.result);
    }
}

static gint64
faulty_get_left_us (const FaultyBackend *self)
{
  return (gint64)g_array_index (self->late, Held, 0).left - g_get_monotonic_time ();
}

static void
faulty_give_late (FaultyBackend *self)
{
  while (self->late->len > 0 && faulty_get_left_us (self) <= 0)
    {
      Held held = g_array_index (self->late, Held, 0);

      g_array_remove_index (self->late, 0);
      faulty_end_power (self, held.request, held.result);
      self->base.sink (self->base.sink_data, held.request, held.result);
    }
}

static void
faulty_wait (PlatterIoBackend *base, gint64 timeout_us)
{
  FaultyBackend *self = (FaultyBackend *)base;

  faulty_give_delayed (self);
  if (self->late->len > 0)
    timeout_us = CLAMP (faulty_get_left_us (self), 0, timeout_us);
  self->inner->wait (self->inner, self->answers->len > 0 ? 0 : timeout_us);
  faulty_give_answers (self);
  faulty_give_late (self);
}

static void
faulty_wake (PlatterIoBackend *base)
{
  FaultyBackend *self = (FaultyBackend *)base;

  self->inner->wake (self->inner);
}

static void
faulty_cancel (PlatterIoBackend *base, PlatterIoRequest *request)
{
}

static void
faulty_free (PlatterIoBackend *base)
{
  FaultyBackend *self = (FaultyBackend *)base;

  self->inner->free (self->inner);
  g_array_unref (self->answers);
  g_array_unref (self->delayed);
  g_array_unref (self->late);
  g_hash_table_unref (self->changed);
  g_free (self);
}

PlatterIoBackend *
faulty_backend_wrap (PlatterIoBackend *inner, gpointer data)
{
  FaultyBackend *self = g_new0 (FaultyBackend, 1);

  self->base.submit = faulty_submit;
  self->base.wait = faulty_wait;
  self->base.wake = faulty_wake;
  self->base.cancel = faulty_cancel;
  self->base.free = faulty_free;
  self->base.name = inner->name;
  self->inner = inner;
  self->faults = data;
  self->answers = g_array_new (FALSE, FALSE, sizeof (Held));
  self->delayed = g_array_new (FALSE, FALSE, sizeof (Held));
  self->late = g_array_new (FALSE, FALSE, sizeof (Held));
  self->changed = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  inner->sink = faulty_sink_cb;
  inner->sink_data = self;
  return &self->base;
}
