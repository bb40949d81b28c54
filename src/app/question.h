// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A dialog that asks before something is lost.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * platter_question_show:
 * @no, @yes: what the two buttons say
 * @callback: called with @object if the answer is yes
 *
 * Returns: (transfer none): the dialog, which closes itself.
 */
GtkWindow *platter_question_show (GtkWindow *window,
                                  const char *heading,
                                  const char *body,
                                  const char *no,
                                  const char *yes,
                                  GCallback callback,
                                  gpointer object);

/** platter_question_set_heading: @dialog: as platter_question_show() gave it */
void platter_question_set_heading (GtkWindow *dialog, const char *heading);
/** platter_question_set_body: @dialog: as platter_question_show() gave it */
void platter_question_set_body (GtkWindow *dialog, const char *body);

G_END_DECLS
