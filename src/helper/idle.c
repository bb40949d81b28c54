// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Exits when there was nothing to do for a while.

#include "idle.h"

struct _PlatterIdle
{
  guint timeout_s;
  void (*expired) (gpointer data);
  gpointer data;
  guint n_holds;
  guint timer;
};

static gboolean
idle_expired_cb (gpointer data)
{
  PlatterIdle *self = data;

  self->timer = 0;
  self->expired (self->data);
  return G_SOURCE_REMOVE;
}

PlatterIdle *
platter_idle_new (guint timeout_s, void (*expired) (gpointer data), gpointer data)
{
  PlatterIdle *self = g_new0 (PlatterIdle, 1);

  self->timeout_s = timeout_s;
  self->expired = expired;
  self->data = data;
  self->timer = g_timeout_add_seconds (timeout_s, idle_expired_cb, self);
  return self;
}

void
platter_idle_free (PlatterIdle *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_free (self);
}

void
platter_idle_hold (PlatterIdle *self)
{
  self->n_holds++;
  g_clear_handle_id (&self->timer, g_source_remove);
}

void
platter_idle_release (PlatterIdle *self)
{
  g_assert (self->n_holds > 0);
  if (--self->n_holds == 0)
    self->timer = g_timeout_add_seconds (self->timeout_s, idle_expired_cb, self);
}
