// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The worker's process and the socket to it.

#include "worker.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "closing.h"
#include "dbus/errors.h"
#include "dbus/program.h"
#include "dbus/wire.h"

struct _PlatterWorker
{
  GSubprocess *process;
  int socket;
  guint source;
  gboolean is_gone;
  PlatterWorkerHandler handler; /* cleared when it is freed or killed */
  gpointer data;
};

static void
worker_stop_listening (PlatterWorker *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  self->handler.message = NULL;
}

/* Takes one message. A descriptor is none that a worker sends. */
static gboolean
worker_receive (PlatterWorker *self)
{
  g_auto (PlatterWireMessage) message = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean is_enemy;

  if (!platter_wire_receive (self->socket, &message, &error)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return FALSE;
  is_enemy = error != NULL || message.n_fds > 0;
  platter_closing_start (message.fds, message.n_fds);
  message.n_fds = 0;
  if (is_enemy)
    {
      g_message ("The worker sent what is no message and is killed.");
      platter_worker_kill (self);
      return FALSE;
    }
  if (message.name == NULL)
    {
      g_clear_handle_id (&self->source, g_source_remove);
      return FALSE;
    }
  self->handler.message (message.name, message.content, self->data);
  return TRUE;
}

static gboolean
worker_readable_cb (int fd, GIOCondition condition, gpointer data)
{
  PlatterWorker *self = data;

  worker_receive (self);
  return G_SOURCE_CONTINUE;
}

static void
worker_release (gpointer data)
{
  PlatterWorker *self = data;

  g_clear_object (&self->process);
  if (self->socket >= 0)
    close (self->socket);
}

static void
worker_exited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  PlatterWorker *self = data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  self->is_gone = TRUE;
  while (self->handler.message != NULL && self->source != 0 && worker_receive (self))
    continue;
  worker_stop_listening (self);
  if (self->handler.gone != NULL)
    self->handler.gone (self->data);
  g_rc_box_release_full (self, worker_release);
}

PlatterWorker *
platter_worker_spawn (const char *path,
                      const PlatterWorkerHandler *handler,
                      gpointer data,
                      GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GSubprocess) process = NULL;
  PlatterWorker *self;
  int sockets[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
    {
      g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER,
                   "There is no socket for the worker: %s.", g_strerror (errno));
      return NULL;
    }
  process = platter_program_spawn (path, sockets[1], &local);
  if (process == NULL || !g_unix_set_fd_nonblocking (sockets[0], TRUE, &local))
    {
      close (sockets[0]);
      g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER,
                   "The worker could not be started: %s. Install Platter anew.", local->message);
      return NULL;
    }
  self = g_rc_box_new0 (PlatterWorker);
  self->process = g_steal_pointer (&process);
  self->socket = sockets[0];
  self->handler = *handler;
  self->data = data;
  /* Below D-Bus: a worker that talks too much keeps nobody from being answered. */
  self->source = g_unix_fd_add_full (G_PRIORITY_LOW, self->socket, G_IO_IN | G_IO_HUP | G_IO_ERR,
                                     worker_readable_cb, self, NULL);
  g_subprocess_wait_async (self->process, NULL, worker_exited_cb, g_rc_box_acquire (self));
  return self;
}

gboolean
platter_worker_send (PlatterWorker *self,
                     const char *name,
                     GVariant *content,
                     const int *fds,
                     guint n_fds,
                     GError **error)
{
  return platter_wire_send (self->socket, name, content, fds, n_fds, error);
}

void
platter_worker_kill (PlatterWorker *self)
{
  worker_stop_listening (self);
  if (!self->is_gone)
    g_subprocess_force_exit (self->process);
}

void
platter_worker_free (PlatterWorker *self)
{
  platter_worker_kill (self);
  self->handler.gone = NULL;
  g_rc_box_release_full (self, worker_release);
}
