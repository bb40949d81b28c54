// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a Network Block Device server is, as https://github.com/NetworkBlockDevice/nbd/blob/master/doc/uri.md writes it.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *text;        /* as it was given */
  char *host;        /* (nullable): without one it is local */
  guint16 port;      /* of the host */
  char *path;        /* (nullable): of the socket, where it is local */
  char *export_name; /* "" for the only one, or the usual one */
} PlatterNbdAddress;

/** platter_nbd_address_is: Returns: whether @text has the scheme of one; then it may still be wrong. */
gboolean platter_nbd_address_is (const char *text);

/**
 * platter_nbd_address_new:
 * @text: "nbd://HOST[:PORT]/EXPORT" or "nbd+unix:///EXPORT?socket=PATH"
 *
 * Returns: or %NULL with %PLATTER_IMAGE_ERROR_UNSUPPORTED.
 */
PlatterNbdAddress *platter_nbd_address_new (const char *text, GError **error);
void platter_nbd_address_free (PlatterNbdAddress *self);

/**
 * platter_nbd_address_connect:
 *
 * It blocks.
 *
 * Returns: a connected socket; -1 with a #GIOErrorEnum.
 */
int platter_nbd_address_connect (const PlatterNbdAddress *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterNbdAddress, platter_nbd_address_free)

G_END_DECLS
