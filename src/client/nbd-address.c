// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a Network Block Device server is, and a way there.

#include "config.h"

#include "nbd-address.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "image.h"

#define NBD_PORT 10809

gboolean
platter_nbd_address_is (const char *text)
{
  g_autofree char *scheme = g_uri_parse_scheme (text);

  return scheme != NULL
         && (strcmp (scheme, "nbd") == 0 || strcmp (scheme, "nbds") == 0
             || g_str_has_prefix (scheme, "nbd+") || g_str_has_prefix (scheme, "nbds+"));
}

static gboolean
nbd_address_take_socket (PlatterNbdAddress *self, GUri *uri)
{
  const char *query = g_uri_get_query (uri);
  g_autoptr (GHashTable) params
    = query != NULL ? g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL) : NULL;

  if (params != NULL)
    self->path = g_strdup (g_hash_table_lookup (params, "socket"));
  return self->path != NULL && self->path[0] == '/';
}

static gboolean
nbd_address_take (PlatterNbdAddress *self, GUri *uri)
{
  const char *export_name = g_uri_get_path (uri);
  const char *host = g_uri_get_host (uri);
  int port = g_uri_get_port (uri);

  self->export_name = g_strdup (export_name[0] == '/' ? export_name + 1 : export_name);
  if (strcmp (g_uri_get_scheme (uri), "nbd+unix") == 0)
    return nbd_address_take_socket (self, uri);
  self->host = g_strdup (host);
  self->port = port > 0 ? (guint16)port : NBD_PORT;
  return strcmp (g_uri_get_scheme (uri), "nbd") == 0 && host != NULL && host[0] != '\0';
}

PlatterNbdAddress *
platter_nbd_address_new (const char *text, GError **error)
{
  g_autoptr (PlatterNbdAddress) self = g_new0 (PlatterNbdAddress, 1);
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);

  self->text = g_strdup (text);
  if (g_str_has_prefix (text, "nbds"))
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                   /* Translators: an address */
                   _ ("%s: encrypted connections to NBD servers cannot be made. Use a tunnel, and "
                      "nbd:// through it."),
                   text);
      return NULL;
    }
  if (uri != NULL && nbd_address_take (self, uri))
    return g_steal_pointer (&self);
  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
               /* Translators: an address; the words in capitals may be translated */
               _ ("%s is no address of an NBD server: nbd://HOST:PORT/EXPORT or "
                  "nbd+unix:///EXPORT?socket=/PATH."),
               text);
  return NULL;
}

void
platter_nbd_address_free (PlatterNbdAddress *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->host);
  g_free (self->path);
  g_free (self->export_name);
  g_free (self);
}

int
platter_nbd_address_connect (const PlatterNbdAddress *self, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) place
    = self->path != NULL ? G_SOCKET_CONNECTABLE (g_unix_socket_address_new (self->path))
                         : g_network_address_new (self->host, self->port);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  int fd = -1;

  /* The worker talks to the server itself, and to nobody in between. */
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect (client, place, NULL, &local_error);
  if (connection == NULL)
    {
      g_set_error (error, local_error->domain, local_error->code,
                   /* Translators: the address of a server, and why it cannot be reached */
                   _ ("%s cannot be reached: %s."), self->text, local_error->message);
      return -1;
    }
  fd = fcntl (g_socket_get_fd (g_socket_connection_get_socket (connection)), F_DUPFD_CLOEXEC, 3);
  if (fd >= 0)
    return fd;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", self->text,
               g_strerror (errno));
  return -1;
}
