// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The window: its pages, and the way from one to the next.

#pragma once

#include "application.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_WINDOW (platter_window_get_type ())
G_DECLARE_FINAL_TYPE (PlatterWindow, platter_window, PLATTER, WINDOW, AdwApplicationWindow)

PlatterWindow *platter_window_new (PlatterApplication *application);

/** platter_window_open_image: Opens @file and goes on to its targets, or says why that is not possible. */
void platter_window_open_image (PlatterWindow *self, GFile *file);

/**
 * platter_window_begin_opening:
 *
 * Returns: (transfer full): is cancelled when something else is wanted than the image that is being opened: another one, or
 * another page
 */
GCancellable *platter_window_begin_opening (PlatterWindow *self);

/** platter_window_review: Shows what a request that was made elsewhere would do; it begins from there, a comparison at once. */
void platter_window_review (PlatterWindow *self, PlatterRequest *request);

G_END_DECLS
