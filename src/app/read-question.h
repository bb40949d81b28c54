// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A dialog that asks what to do about a source that cannot be read.

#pragma once

#include <gtk/gtk.h>

#include "client/job.h"

G_BEGIN_DECLS

/**
 * platter_read_question_show:
 * @job: one that asks
 * @callback: called with @object, the answer and the dialog: "stop", "skip", "rescue" or, for not now, "later"
 *
 * It goes when a button is pressed or the job asks no more, and by nothing else: not by Escape, nor by being closed.
 *
 * Returns: (transfer none): the dialog, which destroys itself.
 */
GtkWindow *platter_read_question_show (GtkWindow *window,
                                       PlatterJob *job,
                                       GCallback callback,
                                       gpointer object);

G_END_DECLS
