// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Keeps the machine from sleeping and shutting down while something holds it.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _PlatterInhibitor PlatterInhibitor;

/** platter_inhibitor_new: @bus: (nullable): the system bus, where logind is; without either nothing is inhibited. It stays to the end
 *   of the process. */
PlatterInhibitor *platter_inhibitor_new (GDBusConnection *bus);

/** platter_inhibitor_set_active: Takes or releases logind's lock; more often does no harm. */
void platter_inhibitor_set_active (PlatterInhibitor *self, gboolean is_active);

G_END_DECLS
