// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platter-helper: the privileged part. On the system bus, or with --embedded=FD for the one who started it.

#include "config.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "closing.h"
#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/program.h"
#include "methods.h"
#include "service.h"
#include "worker.h"

#define MAIN_IDLE_TIMEOUT_S 60
#define MAIN_END_PATIENCE_S 5

typedef struct
{
  PlatterService service;
  GMainLoop *loop;
  gboolean is_ending;
  guint name;
  int status;
} Main;

static void
main_subscribers_changed (gboolean has_subscribers, gpointer data)
{
  Main *self = data;

  if (has_subscribers)
    platter_idle_hold (self->service.idle);
  else
    platter_idle_release (self->service.idle);
}

static void
main_idle_expired (gpointer data)
{
  g_main_loop_quit (((Main *)data)->loop);
}

/* Polled while jobs end or their files are written, and after a peer has left. */
static gboolean
main_quit_without_jobs_cb (gpointer data)
{
  Main *self = data;

  if (platter_jobs_count_running (self->service.jobs) > 0
      || (self->service.journals != NULL && platter_journals_are_writing (self->service.journals)))
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* The same, of a peer's helper: one that it has left behind may come to ask something, too. */
static gboolean
main_quit_deserted_cb (gpointer data)
{
  Main *self = data;

  platter_jobs_cancel_deserted (self->service.jobs, MAIN_END_PATIENCE_S);
  return main_quit_without_jobs_cb (self);
}

static gboolean
main_give_up_cb (gpointer data)
{
  g_main_loop_quit (((Main *)data)->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
main_terminated_cb (gpointer data)
{
  Main *self = data;

  if (!self->is_ending)
    {
      self->is_ending = TRUE;
      platter_jobs_cancel_all (self->service.jobs, MAIN_END_PATIENCE_S - 1);
      g_timeout_add (50, main_quit_without_jobs_cb, self);
      g_timeout_add_seconds (MAIN_END_PATIENCE_S, main_give_up_cb, self);
    }
  return G_SOURCE_CONTINUE;
}

static void
main_closed_cb (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data)
{
  g_timeout_add (100, main_quit_deserted_cb, data);
}

static void
main_name_lost_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  Main *self = data;

  /* Also when the bus itself has gone, and then there is no connection any more: main_closed_cb lets jobs end first. */
  if (connection == NULL || g_dbus_connection_is_closed (connection))
    return;
  g_printerr ("platter-helper: the name %s can't be had: another helper runs, or the bus's policy "
              "does not allow it. Then %s.conf is not where the bus looks: install Platter below "
              "/usr.\n",
              name, name);
  self->status = EXIT_FAILURE;
  g_main_loop_quit (self->loop);
}

/* Replies are those of services that were called; of what starts a job the descriptors are taken by the request. What GDBus
 * refuses by itself, a wrong path or other types, it closes in its own thread. */
static gboolean
main_may_bring_fds (GDBusMessage *message)
{
  const char *member = g_dbus_message_get_member (message);
  const char *types = NULL;

  if (g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_RETURN)
    return TRUE;
  if (g_strcmp0 (member, "Clone") == 0 || g_strcmp0 (member, "Write") == 0)
    types = "a{sv}aa{sv}a{sv}";
  else if (g_strcmp0 (member, "Verify") == 0 || g_strcmp0 (member, "Image") == 0)
    types = "a{sv}a{sv}a{sv}";
  return types != NULL
         && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL
         && g_strcmp0 (g_dbus_message_get_path (message), PLATTER_HELPER_PATH) == 0
         && g_strcmp0 (g_dbus_message_get_interface (message), PLATTER_HELPER_INTERFACE) == 0
         && g_strcmp0 (g_dbus_message_get_signature (message), types) == 0;
}

/* Runs in GDBus' thread. Closing somebody's descriptor may take for ever: of a socket that lingers, of a file in FUSE. */
static GDBusMessage *
main_filter_fds (GDBusConnection *connection,
                 GDBusMessage *message,
                 gboolean incoming,
                 gpointer data)
{
  if (incoming && !main_may_bring_fds (message))
    platter_closing_start_message (message);
  return message;
}

static GDBusConnection *
main_connect_peer (int fd, GError **error)
{
  struct ucred peer;
  socklen_t length = sizeof peer;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autofree char *guid = g_dbus_generate_guid ();

  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 || peer.uid != getuid ())
    {
      g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_NOT_AUTHORIZED,
                           "Whoever is at the other end of the socket is somebody else.");
      return NULL;
    }
  socket = g_socket_new_from_fd (fd, error);
  if (socket == NULL)
    return NULL;
  stream = g_socket_connection_factory_create_connection (socket);
  return g_dbus_connection_new_sync (G_IO_STREAM (stream), guid,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER
                                       | G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING
                                       | G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER,
                                     NULL, NULL, error);
}

static gboolean
main_connect (Main *self, int embedded_fd, GError **error)
{
  g_autoptr (GError) local = NULL;
  PlatterService *service = &self->service;

  service->is_peer = embedded_fd >= 0;
  service->bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &local);
  if (service->bus != NULL)
    g_dbus_connection_set_exit_on_close (service->bus, FALSE);
  if (service->is_peer)
    service->connection = main_connect_peer (embedded_fd, error);
  else if (service->bus != NULL)
    service->connection = g_object_ref (service->bus);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return service->connection != NULL;
}

/* systemd says where; a helper that root started by hand knows the place. */
static void
main_load_journals (PlatterService *service)
{
  const char *folder = g_getenv ("STATE_DIRECTORY");
  g_autoptr (GError) error = NULL;

  /* There is no such place for anybody else. */
  if (service->is_peer && getuid () != 0)
    return;
  service->journals = platter_journals_new (folder != NULL ? folder : PLATTER_STATE_FOLDER, &error);
  if (service->journals == NULL)
    {
      g_message ("Jobs are not kept for resuming: %s", error->message);
      return;
    }
  platter_jobs_load (service->jobs, service->journals);
}

static gboolean
main_export (Main *self, guint idle_timeout_s, GError **error)
{
  PlatterService *service = &self->service;

  service->idle = platter_idle_new (idle_timeout_s, main_idle_expired, self);
  service->callers
    = service->is_peer
        ? platter_callers_new_for_peer (service->connection, getuid ())
        : platter_callers_new_for_bus (service->connection, main_subscribers_changed, self);
  service->reservations = platter_reservations_new ();
  service->inhibitor = platter_inhibitor_new (service->bus);
  service->preparations = g_ptr_array_new ();
  service->jobs = platter_jobs_new (service->callers, service->idle, service->inhibitor);
  service->worker = platter_program_dup_path ("worker");
  main_load_journals (service);
  if (!platter_methods_export (service, error))
    return FALSE;
  g_signal_connect (service->connection, "closed", G_CALLBACK (main_closed_cb), self);
  g_dbus_connection_add_filter (service->connection, main_filter_fds, NULL, NULL);
  if (service->is_peer)
    {
      platter_idle_hold (service->idle);
      g_dbus_connection_start_message_processing (service->connection);
    }
  else
    self->name = g_bus_own_name_on_connection (service->connection, PLATTER_HELPER_BUS_NAME,
                                               G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL,
                                               main_name_lost_cb, self, NULL);
  return TRUE;
}

/* Our stderr is that of the program that somebody uses, which tells what matters in words of its own. What is our own bug
 * is told all the same. */
static GLogWriterOutput
main_log_embedded (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) == 0)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, data);
}

static void
main_tell_failure (const GError *error, gboolean is_embedded)
{
  if (is_embedded)
    g_message ("The helper cannot serve: %s", error->message);
  else
    g_printerr ("platter-helper: %s\n", error->message);
}

int
main (int argc, char **argv)
{
  Main self = { .status = EXIT_SUCCESS };
  int embedded_fd = -1;
  int idle_timeout_s = MAIN_IDLE_TIMEOUT_S;
  const GOptionEntry entries[] = {
    { "embedded", 0, 0, G_OPTION_ARG_INT, &embedded_fd, "Serve the peer of this socket", "FD" },
    { "idle-timeout", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &idle_timeout_s, NULL, "SECONDS" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("platter-helper: %s\n", error->message);
      return 2;
    }
  if (embedded_fd >= 0 && g_getenv ("G_MESSAGES_DEBUG") == NULL)
    g_log_set_writer_func (main_log_embedded, NULL, NULL);
  platter_errors_register ();
  self.loop = g_main_loop_new (NULL, FALSE);
  if (!main_connect (&self, embedded_fd, &error)
      || !main_export (&self, (guint)MAX (idle_timeout_s, 0), &error))
    {
      main_tell_failure (error, embedded_fd >= 0);
      return EXIT_FAILURE;
    }
  g_unix_signal_add (SIGTERM, main_terminated_cb, &self);
  g_unix_signal_add (SIGINT, main_terminated_cb, &self);
  g_main_loop_run (self.loop);
  /* The end of the process frees everything; what is still on its way must not be waited for. */
  g_dbus_connection_flush_sync (self.service.connection, NULL, NULL);
  return self.status;
}
