// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is to be looked at: one message, parsed strictly.

#include "request.h"

#include <sys/stat.h>
#include <unistd.h>

#include "dbus/arguments.h"
#include "dbus/errors.h"

static const PlatterArgument request_file_keys[] = {
  { "name", "s", TRUE },
  { "format", "s", TRUE },
  { "track", PLATTER_TRACK_TYPE, FALSE },
};

static const PlatterArgument request_disc_keys[] = {
  { "name", "s", TRUE },
  { "kind", "s", TRUE },
};

static const PlatterArgument request_server_keys[] = {
  { "name", "s", TRUE },
  { "export", "s", FALSE },
};

static gboolean
request_refuse (GError **error, const char *text)
{
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, text);
  return FALSE;
}

static gboolean
request_parse_file (PlatterLookRequest *self, GVariant *content, GError **error)
{
  const char *word = NULL;

  if (!platter_arguments_check (content, request_file_keys, G_N_ELEMENTS (request_file_keys),
                                error))
    return FALSE;
  g_variant_lookup (content, "format", "&s", &word);
  if (!platter_format_from_name (word, &self->format))
    return request_refuse (error, "There is no such format: \"format\".");
  return platter_track_lookup (&self->track, content, "track")
         || request_refuse (error, "There is no such track: \"track\".");
}

static gboolean
request_parse_disc (PlatterLookRequest *self, GVariant *content, GError **error)
{
  const char *word = NULL;

  self->is_disc = TRUE;
  if (!platter_arguments_check (content, request_disc_keys, G_N_ELEMENTS (request_disc_keys),
                                error))
    return FALSE;
  g_variant_lookup (content, "kind", "&s", &word);
  return platter_disc_kind_from_name (word, &self->disc)
         || request_refuse (error, "There is no such kind: \"kind\".");
}

static gboolean
request_parse_server (PlatterLookRequest *self, GVariant *content, GError **error)
{
  self->is_server = TRUE;
  if (!platter_arguments_check (content, request_server_keys, G_N_ELEMENTS (request_server_keys),
                                error))
    return FALSE;
  g_variant_lookup (content, "export", "s", &self->export_name);
  return TRUE;
}

static gboolean
request_take_fd (PlatterLookRequest *self, PlatterWireMessage *message, GError **error)
{
  struct stat info = { 0 };

  if (message->n_fds != 1)
    return request_refuse (error, "There has to be one descriptor.");
  self->fd = platter_wire_message_steal_fd (message, 0);
  if (fstat (self->fd, &info) != 0
      || !(self->is_server ? S_ISSOCK (info.st_mode) : S_ISREG (info.st_mode)))
    return request_refuse (error, "The descriptor is none of a file, or of a server.");
  return TRUE;
}

gboolean
platter_look_request_parse (PlatterLookRequest *self, PlatterWireMessage *message, GError **error)
{
  gboolean is_good = FALSE;

  *self = (PlatterLookRequest){ .fd = -1 };
  if (g_strcmp0 (message->name, "file") == 0)
    is_good = request_parse_file (self, message->content, error);
  else if (g_strcmp0 (message->name, "disc") == 0)
    is_good = request_parse_disc (self, message->content, error);
  else if (g_strcmp0 (message->name, "server") == 0)
    is_good = request_parse_server (self, message->content, error);
  else
    request_refuse (error, "There is no such thing to look at.");
  if (!is_good)
    return FALSE;
  g_variant_lookup (message->content, "name", "s", &self->name);
  return request_take_fd (self, message, error);
}

void
platter_look_request_clear (PlatterLookRequest *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->export_name, g_free);
}
