// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The life of a job that runs: its worker from the first message to its end, then the drives let go.

#pragma once

#include <gio/gio.h>

#include "hold.h"
#include "job.h"
#include "reservations.h"

G_BEGIN_DECLS

typedef struct _PlatterRun PlatterRun;

/**
 * platter_run_start_async:
 * @hold: (transfer full): its drives
 * @reservation: (transfer full): given back when the drives are really free
 * @bus: (nullable): the system bus
 * @worker: path of the worker for drives; that for images has the same with "-images"
 * @given_up: cancelled, nothing begins
 *
 * Starts the worker and calls back when that was told to begin. From then on the run looks after itself: it ends
 * @job when the drives are let go and UDisks2 has seen them. A worker that the kernel does not let go keeps the drives
 * reserved, but not the job from ending.
 *
 * Returns: (transfer none): stays valid until the job has ended.
 */
PlatterRun *platter_run_start_async (PlatterJob *job,
                                     PlatterHold *hold,
                                     PlatterReservation *reservation,
                                     GDBusConnection *bus,
                                     const char *worker,
                                     GCancellable *given_up,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/** Returns: %FALSE with %PLATTER_HELPER_ERROR_WORKER: it refused, died or kept silent; nothing was written. */
gboolean platter_run_start_finish (GAsyncResult *result, GError **error);

/** platter_run_set_paused: Tells the worker; the job's progress says when it is so. */
void platter_run_set_paused (PlatterRun *self, gboolean is_paused);

/** platter_run_finish: Tells the worker that what a rescue has is enough. */
void platter_run_finish (PlatterRun *self);

/** platter_run_answer: Tells the worker what to do, if it asks: @answer: "stop", "skip" or "rescue". */
void platter_run_answer (PlatterRun *self, const char *answer);

/** platter_run_cancel: Asks the worker to end; kills it if it does not within @patience_s, which a later call can only make shorter. */
void platter_run_cancel (PlatterRun *self, guint patience_s);

G_END_DECLS
