// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the files of the helper's connection share.

#pragma once

#include "helper.h"

G_BEGIN_DECLS

GDBusConnection *platter_helper_get_connection (PlatterHelper *self);
/** Returns: (nullable): the helper's unique name; %NULL on a connection of our own. */
const char *platter_helper_get_bus_name (PlatterHelper *self);
/** Returns: (transfer none): the job at @path, which is loaded if it was not known. */
PlatterJob *platter_helper_add_job (PlatterHelper *self, const char *path);

G_END_DECLS
