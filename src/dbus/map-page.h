// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a worker leaves the maps of a job for the client: a file in memory, made by the helper and never looked into by
// it. The newest of each kind is there whole at any time, also when the worker has died.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  PLATTER_MAP_PAGE_FILE, /* of a rescue: a mapfile of GNU ddrescue for each target, with a zero byte between them */
  PLATTER_MAP_PAGE_RANGES, /* of every job, %PLATTER_MAP_PAGE_RANGES_TYPE in the machine's byte order */
  PLATTER_MAP_PAGE_N_PARTS,
} PlatterMapPagePart;

/** A part has room for two texts of this size; what nobody wrote to takes no memory. */
#define PLATTER_MAP_PAGE_TEXT_BYTES (64 * 1024 * 1024)
#define PLATTER_MAP_PAGE_BYTES (PLATTER_MAP_PAGE_N_PARTS * 2 * PLATTER_MAP_PAGE_TEXT_BYTES)

/** For each target its size, and where a range begins and the #PlatterMapState that it is in, sorted and gap-free. */
#define PLATTER_MAP_PAGE_RANGES_TYPE "a(ta(ty))"

/** platter_map_page_new: Returns: the file, sealed to its size; -1 with an error. */
int platter_map_page_new (GError **error);

/**
 * platter_map_page_free:
 * @fd: (transfer full)
 *
 * What was written to it is gone: whoever else has it open keeps no memory with it.
 */
void platter_map_page_free (int fd);

/**
 * platter_map_page_write:
 * @number: one more than the last time, from 1
 *
 * Replaces the older of the two texts of a part. A text that has no room is left out.
 *
 * Returns: %FALSE if it has no room or could not be written.
 */
gboolean platter_map_page_write (
  int fd, PlatterMapPagePart part, guint64 number, const void *text, gsize length);

/** platter_map_page_get_number: Returns: of the newest text of a part; 0 if none was written yet. */
guint64 platter_map_page_get_number (int fd, PlatterMapPagePart part);

/**
 * platter_map_page_read:
 *
 * Returns: (transfer full) (nullable): the newest text of a part, with a zero behind it that is not counted; %NULL if
 *   none was written yet.
 */
GBytes *platter_map_page_read (int fd, PlatterMapPagePart part);

G_END_DECLS
