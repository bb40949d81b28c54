// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Who calls: the uid behind a name on the bus, asked of the bus and never of the client.

#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/** PlatterCaller: one connection of a client. */
typedef struct
{
  char *name; /* its unique name; "" for the peer of a connection without a bus */
  uid_t uid;
  gboolean is_subscribed;
  GCancellable *gone; /* cancelled when it leaves */
} PlatterCaller;

/** PlatterCallers: all callers that are still there. On the main thread only; it stays to the end of the process. */
typedef struct _PlatterCallers PlatterCallers;

/** Called when the first caller has subscribed (%TRUE), or the last that had has left (%FALSE). */
typedef void (*PlatterCallersChanged) (gboolean has_subscribers, gpointer data);

/**
 * platter_callers_new_for_bus:
 * @changed: (nullable)
 */
PlatterCallers *platter_callers_new_for_bus (GDBusConnection *connection,
                                             PlatterCallersChanged changed,
                                             gpointer data);
/** platter_callers_new_for_peer: For a connection without a bus, at whose other end is @uid. */
PlatterCallers *platter_callers_new_for_peer (GDBusConnection *connection, uid_t uid);

/**
 * platter_callers_find_async:
 * @sender: (nullable): as in the message; %NULL without a bus
 *
 * Calls back in the order of the calls of one sender.
 */
void platter_callers_find_async (PlatterCallers *self,
                                 const char *sender,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/** Returns: (transfer full): or %NULL with %PLATTER_HELPER_ERROR_NOT_AUTHORIZED: nobody is trusted who isn't known. */
PlatterCaller *platter_callers_find_finish (GAsyncResult *result, GError **error);

void platter_callers_subscribe (PlatterCallers *self, PlatterCaller *caller);

/**
 * platter_callers_emit:
 * @parameters: a floating reference is taken
 *
 * Sends a signal to the subscribed callers of @owner and to nobody else.
 */
void platter_callers_emit (PlatterCallers *self,
                           uid_t owner,
                           const char *path,
                           const char *interface,
                           const char *signal,
                           GVariant *parameters);

PlatterCaller *platter_caller_ref (PlatterCaller *self);
void platter_caller_unref (PlatterCaller *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterCaller, platter_caller_unref)

G_END_DECLS
