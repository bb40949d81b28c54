// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A strict reader of dictionaries: what is not known, or has another type, is refused.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PlatterArgument: one key that a dictionary may have.
 * @key: its name
 * @type: its GVariant type string
 * @is_required: whether it must be there
 */
typedef struct
{
  const char *key;
  const char *type;
  gboolean is_required;
} PlatterArgument;

/**
 * platter_arguments_check:
 * @dictionary: of type a{sv}
 * @allowed: (array length=n_allowed): all keys that may be there
 *
 * Refuses keys that are not allowed, appear twice, have another type, or are required and missing.
 * Strings of more than 4096 bytes are refused, too.
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, naming the key.
 */
gboolean platter_arguments_check (GVariant *dictionary,
                                  const PlatterArgument *allowed,
                                  gsize n_allowed,
                                  GError **error);

G_END_DECLS
