// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The second operand of a command that makes an image.

#pragma once

#include "../client/request.h"
#include "options.h"

G_BEGIN_DECLS

/**
 * platter_output_operand_new:
 *
 * Tells @request the format and the level, which the options or the image's name say; adds no target. Nothing is made yet.
 *
 * Returns: (transfer full): or %NULL with %G_OPTION_ERROR_BAD_VALUE or a #GIOErrorEnum.
 */
PlatterNewImage *
platter_output_operand_new (PlatterRequest *request, PlatterOptions *options, GError **error);

G_END_DECLS
