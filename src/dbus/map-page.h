// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a worker leaves the map of a rescue for the client: a file in memory, made by the helper and never looked into
// by it. The newest text is there whole at any time, also when the worker has died.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** The size of the file. Two texts have room, and what nobody wrote to takes no memory. */
#define PLATTER_MAP_PAGE_BYTES (64 * 1024 * 1024)

/** platter_map_page_new: Returns: the file, sealed to its size; -1 with an error. */
int platter_map_page_new (GError **error);

/**
 * platter_map_page_write:
 * @number: one more than the last time, from 1
 *
 * Replaces the older of the two texts. A text that has no room is left out.
 *
 * Returns: %FALSE if it has no room or could not be written.
 */
gboolean platter_map_page_write (int fd, guint64 number, const char *text);

/**
 * platter_map_page_read:
 *
 * Returns: (transfer full) (nullable): the newest text; %NULL if none was written yet.
 */
char *platter_map_page_read (int fd);

G_END_DECLS
