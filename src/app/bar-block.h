// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A drive at one moment: its name, a word about it, its partitions.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PLATTER_TYPE_BAR_BLOCK (platter_bar_block_get_type ())
G_DECLARE_FINAL_TYPE (PlatterBarBlock, platter_bar_block, PLATTER, BAR_BLOCK, GtkBox)

/**
 * platter_bar_block_new:
 * @name: in bold
 * @note: behind it, e.g. "now"
 * @place: (nullable): in a line of its own, what tells the drive from another of that name
 * @layout: see platter_partition_bar_set_layout()
 */
GtkWidget *
platter_bar_block_new (const char *name, const char *note, const char *place, GPtrArray *layout);

G_END_DECLS
