// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The table of all methods with what each needs, and the way of every call through it.

#pragma once

#include "service.h"

G_BEGIN_DECLS

/**
 * PlatterAccess: who may call a method.
 * @PLATTER_ACCESS_NONE: no entry: nobody, and the helper does not start
 * @PLATTER_ACCESS_ANYONE: it tells and changes nothing of others
 * @PLATTER_ACCESS_DRIVES: polkit is asked for the drives that the request names
 * @PLATTER_ACCESS_OWNER: the job's owner
 * @PLATTER_ACCESS_OWNER_OR_MANAGER: the job's owner, or who polkit lets manage jobs
 */
typedef enum
{
  PLATTER_ACCESS_NONE,
  PLATTER_ACCESS_ANYONE,
  PLATTER_ACCESS_DRIVES,
  PLATTER_ACCESS_OWNER,
  PLATTER_ACCESS_OWNER_OR_MANAGER,
} PlatterAccess;

/** Returns: what the table says; for tests and for the check at the start. */
PlatterAccess platter_methods_get_access (const char *interface, const char *method);

/**
 * platter_methods_export:
 *
 * Puts the object manager, the helper and its jobs on @service's connection.
 *
 * Returns: %FALSE if a method of the XML has no entry in the table, or an object could not be put there.
 */
gboolean platter_methods_export (PlatterService *service, GError **error);

G_END_DECLS
