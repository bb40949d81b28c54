// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What has changed in the map of a target, so that not all of it is told again a few times a second.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Stretches of cells: which is the first, and the #PlatterMapState of each. */
#define PLATTER_MAP_CHANGES_TYPE "a(uay)"

/**
 * platter_map_changes_build:
 * @before: (nullable): ay: what was told last; %NULL if nothing was
 * @now: ay
 *
 * Returns: (transfer floating): %PLATTER_MAP_CHANGES_TYPE
 */
GVariant *platter_map_changes_build (GVariant *before, GVariant *now);

/**
 * platter_map_changes_build_target:
 * @before: (nullable): a{sv}: a target as it was told last
 * @now: a{sv}
 *
 * Returns: (transfer floating): a{sv}: the target, with what is new in its map as "map-changes" in place of "map"
 */
GVariant *platter_map_changes_build_target (GVariant *before, GVariant *now);

/**
 * platter_map_changes_apply:
 * @cells: (nullable): what was known until now
 *
 * A map never has fewer cells than before. Stretches that leave a gap or go too far are left out.
 *
 * Returns: (transfer full)
 */
GBytes *platter_map_changes_apply (GBytes *cells, GVariant *changes);

G_END_DECLS
