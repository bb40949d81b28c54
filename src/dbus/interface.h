// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The interfaces of org.platter.Helper1.xml, parsed.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_interface_get:
 * @name: %PLATTER_HELPER_INTERFACE or %PLATTER_JOB_INTERFACE
 *
 * Returns: (transfer none): lives as long as the process. From any thread.
 */
GDBusInterfaceInfo *platter_interface_get (const char *name);

G_END_DECLS
