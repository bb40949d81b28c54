// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The worker's process and the socket to it.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _PlatterWorker PlatterWorker;

typedef struct
{
  /** A well-formed message. The handler may kill the worker, but not free it. */
  void (*message) (const char *name, GVariant *content, gpointer data);
  /** The process has ended and everything that it sent was handed over. Called once; free it here or later. */
  void (*gone) (gpointer data);
} PlatterWorkerHandler;

/**
 * platter_worker_spawn:
 * @path: of the program; started without arguments, in an empty environment
 * @handler: called in the main loop
 *
 * Returns: (transfer full): or %NULL with %PLATTER_HELPER_ERROR_WORKER.
 */
PlatterWorker *platter_worker_spawn (const char *path,
                                     const PlatterWorkerHandler *handler,
                                     gpointer data,
                                     GError **error);

/** platter_worker_send: @content: a floating reference is taken. Never waits. */
gboolean platter_worker_send (PlatterWorker *self,
                              const char *name,
                              GVariant *content,
                              const int *fds,
                              guint n_fds,
                              GError **error);

/** platter_worker_kill: Kills it, and listens to it no more. It is gone() only when the kernel lets it go. */
void platter_worker_kill (PlatterWorker *self);

/** platter_worker_free: Nothing is called any more. A process that is not gone yet is killed. */
void platter_worker_free (PlatterWorker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterWorker, platter_worker_free)

G_END_DECLS
