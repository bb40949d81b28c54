// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The connection to the helper: on the system bus, or a helper of our own at the other end of a socket.

#pragma once

#include <gio/gio.h>

#include "job.h"
#include "request.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_HELPER (platter_helper_get_type ())

/**
 * PlatterHelper:
 *
 * Properties: "is-embedded", "is-connected" (booleans).
 * Signals: "vanished": the helper went away; running jobs are lost then. Connect anew for a new one.
 */
G_DECLARE_FINAL_TYPE (PlatterHelper, platter_helper, PLATTER, HELPER, GObject)

/**
 * PlatterHelperMode:
 * @PLATTER_HELPER_AUTO: on the system bus if it is installed there; else, as root, embedded
 * @PLATTER_HELPER_BUS: on the system bus only
 * @PLATTER_HELPER_EMBEDDED: a helper of our own, with the rights that we have
 */
typedef enum
{
  PLATTER_HELPER_AUTO,
  PLATTER_HELPER_BUS,
  PLATTER_HELPER_EMBEDDED,
} PlatterHelperMode;

/** platter_helper_connect_async: Finds or starts a helper, subscribes and lists its jobs. */
void platter_helper_connect_async (PlatterHelperMode mode,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/** Returns: (transfer full): or %NULL with #GIOErrorEnum and a sentence that says what to install. */
PlatterHelper *platter_helper_connect_finish (GAsyncResult *result, GError **error);

gboolean platter_helper_is_embedded (PlatterHelper *self);
gboolean platter_helper_is_connected (PlatterHelper *self);
/** Returns: (transfer none): of #PlatterJob, the newest first. */
GListModel *platter_helper_get_jobs (PlatterHelper *self);
/** Returns: (transfer none) (nullable) */
PlatterJob *platter_helper_find_job (PlatterHelper *self, guint id);

/**
 * platter_helper_start_async:
 * @request: not to be changed any more
 *
 * Waits as long as somebody is asked for a password. Cancelling gives that up, but the helper's answer is waited for: a job
 * that has begun all the same is cancelled and returned, and ends like any other.
 */
void platter_helper_start_async (PlatterHelper *self,
                                 PlatterRequest *request,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/** Returns: (transfer full): the running job; or %NULL with the refusal (src/dbus/errors.h), or with %G_IO_ERROR_CANCELLED: nothing
    was written. */
PlatterJob *platter_helper_start_finish (PlatterHelper *self, GAsyncResult *result, GError **error);

G_END_DECLS
