// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What stands where on a drive, as the segments of a bar.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *label; /* (nullable): %NULL for free space */
  guint64 offset_bytes;
  guint64 size_bytes;
} PlatterSegment;

void platter_segment_free (PlatterSegment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterSegment, platter_segment_free)

/**
 * platter_partition_layout_new:
 * Returns: (transfer full) (element-type PlatterSegment): an empty layout to add volumes to.
 */
GPtrArray *platter_partition_layout_new (void);

/** platter_partition_layout_add: Adds a volume; they may come in any order. */
void platter_partition_layout_add (GPtrArray *layout,
                                   const char *label,
                                   guint64 offset_bytes,
                                   guint64 size_bytes);

/**
 * platter_partition_layout_finish:
 *
 * Sorts, leaves out what lies inside another, cuts what overlaps or lies beyond the drive, and fills gaps of more than a hundredth of the drive with free segments.
 */
void platter_partition_layout_finish (GPtrArray *layout, guint64 size_bytes);

/**
 * platter_partition_layout_dup_names:
 * @layout: (nullable)
 *
 * Returns: (transfer full): the partitions that a place lies in; empty if it lies in none.
 */
char *
platter_partition_layout_dup_names (GPtrArray *layout, guint64 offset_bytes, guint64 length_bytes);

/**
 * platter_partition_layout_get_widths:
 * @widths: (out caller-allocates): one for each segment; their sum is @width
 *
 * In proportion, but none narrower than @min_width as long as there is room.
 */
void platter_partition_layout_get_widths (GPtrArray *layout, int width, int min_width, int *widths);

G_END_DECLS
