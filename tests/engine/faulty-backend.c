// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The faulty backend.

#include "faulty-backend.h"

#include "engine/lane.h"

#include <errno.h>

typedef struct
{
  PlatterIoRequest *request;
  gssize result;
  guint64 left; /* answers to wait for */
} Held;

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

static gboolean
fault_matches (Fault *fault, const PlatterIoRequest *request)
{
  guint64 start = request->offset_bytes + request->done_bytes;
  guint64 end = request->offset_bytes + request->length_bytes;

  if (fault->file != request->file || fault->op != request->op)
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
  gssize length = request->length_bytes - request->done_bytes;

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

  self->n_inside--;
  if (fault != NULL)
    {
      is_delayed = fault->kind == FAULT_DELAY || fault->kind == FAULT_SLOW;
      faulty_apply (fault, request);
      if (fault->kind == FAULT_SLOW)
        faulty_add_late (self, (Held){ request, result, fault->value });
      else if (is_delayed)
        {
          Held held = { request, result, fault->value };

          g_array_append_val (self->delayed, held);
        }
      g_hash_table_remove (self->changed, request);
    }
  if (!is_delayed)
    {
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
