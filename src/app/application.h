// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The application: what all windows share.

#pragma once

#include <adwaita.h>

#include "client/drives.h"
#include "client/helper.h"
#include "recent.h"
#include "recent.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_APPLICATION (platter_application_get_type ())

/**
 * PlatterApplication:
 *
 * Properties with notifications: "helper" (#PlatterHelper, nullable: while there is no connection),
 * "trouble" (string, nullable: what is missing, in words).
 */
G_DECLARE_FINAL_TYPE (PlatterApplication, platter_application, PLATTER, APPLICATION, AdwApplication)

PlatterApplication *platter_application_new (void);

PlatterDrives *platter_application_get_drives (PlatterApplication *self);
PlatterRecent *platter_application_get_recent (PlatterApplication *self);
/** Returns: (transfer none) (nullable) */
PlatterHelper *platter_application_get_helper (PlatterApplication *self);
/** Returns: (transfer full) (nullable) */
char *platter_application_dup_trouble (PlatterApplication *self);
/** Returns: (transfer none) (nullable): %NULL if the schema is not installed. */
GSettings *platter_application_get_settings (PlatterApplication *self);

/** platter_application_remember_size: The window opens as large as the last one was. */
void platter_application_remember_size (PlatterApplication *self, GtkWindow *window);

/** platter_application_connect: Looks for the helper (again) unless there is a connection. */
void platter_application_connect (PlatterApplication *self);

/** Returns: whether jobs run that would end with this process. */
gboolean platter_application_has_own_jobs (PlatterApplication *self);

G_END_DECLS
