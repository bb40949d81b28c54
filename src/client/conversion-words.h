// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What became of an image that was to be made of another: there is no drive to speak of, and no image that is not good.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Returns: (transfer full): as platter_message_dup_verdict() */
char *
platter_conversion_words_dup_verdict (const char *verdict, const char *target, const char *source);

/**
 * platter_conversion_words_is_for:
 * @kind: of a job that is no conversion
 *
 * Returns: whether what went wrong is of an image, which needs the advice below, and not of a drive
 */
gboolean platter_conversion_words_is_for (const char *kind, const char *error_code);

/** Returns: (transfer none) (nullable): as platter_message_get_advice() */
const char *platter_conversion_words_get_advice (const char *verdict, const char *error_code);

G_END_DECLS
