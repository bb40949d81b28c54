// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Asking polkit whether a caller may do something.

#pragma once

#include <gio/gio.h>

#include "callers.h"

G_BEGIN_DECLS

#define PLATTER_ACTION_READ_DRIVE "org.platter.helper.read-drive"
#define PLATTER_ACTION_WRITE_REMOVABLE "org.platter.helper.write-removable"
#define PLATTER_ACTION_WRITE_FIXED "org.platter.helper.write-fixed"
#define PLATTER_ACTION_MANAGE_JOBS "org.platter.helper.manage-jobs"

/**
 * platter_authority_check_async:
 * @bus: (nullable): where the caller and polkit are; %NULL for a peer, whose uid is the helper's own: it has these
 *   rights already
 * @message: (nullable): the question, with $(drive) in it; %NULL for the policy's own
 * @drive: (nullable): what stands for $(drive)
 * @is_interactive: whether somebody may be asked for a password
 * @given_up: cancelled when nobody waits for the answer any more
 *
 * The subject is the caller's unique name, never its process. Whatever goes wrong is a no: an error, silence, being
 * given up. Without polkit only root may.
 */
void platter_authority_check_async (GDBusConnection *bus,
                                    PlatterCaller *caller,
                                    const char *action,
                                    const char *message,
                                    const char *drive,
                                    gboolean is_interactive,
                                    GCancellable *given_up,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/** Returns: %FALSE with %PLATTER_HELPER_ERROR_NOT_AUTHORIZED. */
gboolean platter_authority_check_finish (GAsyncResult *result, GError **error);

G_END_DECLS
