// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// After a rescue: which files lie where nothing could be read.

#pragma once

#include "engine/transfer.h"

G_BEGIN_DECLS

/**
 * platter_losses_find_target:
 * @targets: (element-type PlatterEndpoint)
 *
 * After the transfer has returned.
 *
 * Returns: (transfer none) (nullable): a target that holds all that could be read; %NULL if there is none, or nothing is
 * missing.
 */
PlatterEndpoint *
platter_losses_find_target (PlatterTransfer *transfer, GPtrArray *targets, guint *index);

/**
 * platter_losses_new:
 * @index: which target it is
 * @socket: as soon as anything comes from there, or it is closed, the rest is not looked into
 *
 * Looks into the file systems on the target, the source is left alone. What was not rescued is not read there either:
 * what the target had before must not be taken for what was lost.
 *
 * Returns: (transfer floating) (nullable): a{sv}, the content of the message "damage"; %NULL if it cannot be read there.
 */
GVariant *
platter_losses_new (PlatterTransfer *transfer, PlatterEndpoint *target, guint index, int socket);

G_END_DECLS
