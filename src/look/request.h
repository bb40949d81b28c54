// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is to be looked at: one message, parsed strictly.

#pragma once

#include "dbus/wire.h"
#include "formats/disc.h"
#include "formats/format.h"

G_BEGIN_DECLS

/** PlatterLookRequest: filled by platter_look_request_parse(); cleared by platter_look_request_clear(). */
typedef struct
{
  gboolean
    is_server; /* the descriptor is a socket, and an NBD server is at its other end; else it is a file */
  char *name;           /* for messages */
  PlatterFormat format; /* of a file: how it is packed, told by its first bytes */
  PlatterTrack track;   /* of a file: the only part of it that counts, if it has sectors */
  gboolean is_disc;     /* it is a file that tells of a CD's tracks */
  PlatterDiscKind disc; /* and it is such a one */
  /* Of a server: by which it knows what is wanted; "": it has no other; %NULL: it is QEMU, with the disk in a file. */
  char *export_name;
  int fd;
} PlatterLookRequest;

/**
 * platter_look_request_parse:
 * @self: (out caller-allocates)
 * @message: its descriptor becomes the request's
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_INVALID_ARGUMENTS
 */
gboolean
platter_look_request_parse (PlatterLookRequest *self, PlatterWireMessage *message, GError **error);
void platter_look_request_clear (PlatterLookRequest *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PlatterLookRequest, platter_look_request_clear)

G_END_DECLS
