// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Has platter-look look at something foreign, so that this process need not.

#include "config.h"

#include "looker.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dbus/arguments.h"
#include "dbus/program.h"
#include "dbus/wire.h"
#include "engine/errors.h"
#include "formats/packed-size.h"
#include "image.h"

/* Unpacking the first GiB of an archive, to see what comes then, takes a while. */
#define LOOKER_PATIENCE_S 300

static const PlatterArgument looker_failure_keys[] = {
  { "code", "s", TRUE },
  { "message", "s", TRUE },
};

static gboolean
looker_fail_start (const GError *reason, const char *name, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               /* Translators: the name of an image, and a message of the system */
               _ ("%s cannot be looked at, as platter-look cannot be started: %s. Install Platter "
                  "anew."),
               name, reason->message);
  return FALSE;
}

static void
looker_fail_early (const char *name, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               _ ("%s could not be looked at: the program that does so, platter-look, has ended "
                  "too early. Try again. If that does not help, it may be damaged: get it again."),
               name);
}

/* What the server or the image is to blame for. */
static void
looker_fail_told (GVariant *content, const char *name, GError **error)
{
  const char *code = NULL;
  const char *message = NULL;

  if (!platter_arguments_check (content, looker_failure_keys, G_N_ELEMENTS (looker_failure_keys),
                                NULL))
    {
      looker_fail_early (name, error);
      return;
    }
  g_variant_lookup (content, "code", "&s", &code);
  g_variant_lookup (content, "message", "&s", &message);
  if (strcmp (code, "read") == 0)
    g_set_error_literal (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ, message);
  else if (strcmp (code, "unsupported") == 0)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED, "%s.", message);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, message);
}

/* Second by second, as time during which this process and platter-look are stopped does not count. */
static gboolean
looker_wait (int socket)
{
  struct pollfd poll_fd = { .fd = socket, .events = POLLIN };
  int result = 0;

  for (guint i = 0; i < LOOKER_PATIENCE_S && result == 0; i++)
    do
      result = poll (&poll_fd, 1, 1000);
    while (result < 0 && errno == EINTR);
  return result != 0;
}

PlatterLooked *
platter_looker_await (int socket, const char *name, GError **error)
{
  g_auto (PlatterWireMessage) answer = { 0 };
  g_autoptr (PlatterLooked) looked = NULL;
  g_autoptr (GError) reason = NULL;

  if (!looker_wait (socket))
    {
      g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
        _ ("%s could not be looked at within five minutes. See whether the place where it "
           "is answers at all, and try again."),
        name);
      return NULL;
    }
  if (platter_wire_receive (socket, &answer, &reason) && g_strcmp0 (answer.name, "failed") == 0)
    {
      looker_fail_told (answer.content, name, error);
      return NULL;
    }
  if (g_strcmp0 (answer.name, "seen") == 0)
    looked = platter_looked_parse (answer.content, &reason);
  if (looked == NULL)
    {
      if (reason != NULL)
        g_message ("platter-look: %s", reason->message);
      looker_fail_early (name, error);
    }
  return g_steal_pointer (&looked);
}

/* @question: a{sv}; a floating reference is taken */
static PlatterLooked *
looker_ask (const char *message, GVariant *question, int fd, const char *name, GError **error)
{
  g_autoptr (GVariant) content = g_variant_ref_sink (question);
  g_autofree char *path = platter_program_dup_path ("look");
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (PlatterLooked) looked = NULL;
  g_autoptr (GError) reason = NULL;
  int sockets[2] = { -1, -1 };

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
    {
      int code = errno;

      g_set_error_literal (&reason, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
      looker_fail_start (reason, name, error);
      return NULL;
    }
  process = platter_program_spawn (path, sockets[1], &reason);
  if (process == NULL)
    looker_fail_start (reason, name, error);
  else
    {
      /* If that fails it has ended, and there is no answer. */
      platter_wire_send (sockets[0], message, content, &fd, 1, NULL);
      looked = platter_looker_await (sockets[0], name, error);
    }
  close (sockets[0]);
  /* With an answer it is at its end. */
  if (process != NULL && looked == NULL)
    g_subprocess_force_exit (process);
  return g_steal_pointer (&looked);
}

PlatterLooked *
platter_looker_look_at_file (int fd, const char *name, PlatterFormat format, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "format", "s", platter_format_get_name (format));
  return looker_ask ("file", g_variant_dict_end (&dict), fd, name, error);
}

PlatterLooked *
platter_looker_look_at_track (int fd, const char *name, const PlatterTrack *track, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "format", "s", platter_format_get_name (PLATTER_FORMAT_NONE));
  g_variant_dict_insert_value (&dict, "track", platter_track_pack (track));
  return looker_ask ("file", g_variant_dict_end (&dict), fd, name, error);
}

PlatterLooked *
platter_looker_look_at_disc (int fd, const char *name, PlatterDiscKind kind, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (PlatterLooked) looked = NULL;

  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "kind", "s", platter_disc_kind_get_name (kind));
  looked = looker_ask ("disc", g_variant_dict_end (&dict), fd, name, error);
  if (looked != NULL && !looked->has_disc)
    {
      looker_fail_early (name, error);
      return NULL;
    }
  return g_steal_pointer (&looked);
}

PlatterLooked *
platter_looker_look_at_server (int socket,
                               const char *name,
                               const char *export_name,
                               GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (PlatterLooked) looked = NULL;

  g_variant_dict_insert (&dict, "name", "s", name);
  if (export_name != NULL)
    g_variant_dict_insert (&dict, "export", "s", export_name);
  looked = looker_ask ("server", g_variant_dict_end (&dict), socket, name, error);
  close (socket);
  if (looked != NULL && looked->size_bytes == PLATTER_PACKED_SIZE_UNKNOWN)
    {
      looker_fail_early (name, error);
      return NULL;
    }
  return g_steal_pointer (&looked);
}
