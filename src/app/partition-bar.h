// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A drive drawn as a bar: one coloured, labelled segment a partition.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PLATTER_TYPE_PARTITION_BAR (platter_partition_bar_get_type ())
G_DECLARE_FINAL_TYPE (PlatterPartitionBar, platter_partition_bar, PLATTER, PARTITION_BAR, GtkWidget)

/**
 * platter_partition_bar_set_layout:
 * @layout: (nullable) (element-type PlatterSegment): finished, see
 *   platter_partition_layout_finish(); a reference is taken
 */
void platter_partition_bar_set_layout (PlatterPartitionBar *self, GPtrArray *layout);

G_END_DECLS
