// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One cell of the map, as the legend shows it.

#pragma once

#include <gtk/gtk.h>

#include "engine/map.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_MAP_SWATCH (platter_map_swatch_get_type ())
G_DECLARE_FINAL_TYPE (PlatterMapSwatch, platter_map_swatch, PLATTER, MAP_SWATCH, GtkWidget)

GtkWidget *platter_map_swatch_new (PlatterMapState state);

G_END_DECLS
