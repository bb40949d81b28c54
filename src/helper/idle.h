// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Exits when there was nothing to do for a while.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PlatterIdle PlatterIdle;

/**
 * platter_idle_new:
 * @expired: called when nobody has held it for @timeout_s
 */
PlatterIdle *platter_idle_new (guint timeout_s, void (*expired) (gpointer data), gpointer data);
void platter_idle_free (PlatterIdle *self);
void platter_idle_hold (PlatterIdle *self);
void platter_idle_release (PlatterIdle *self);

G_END_DECLS
