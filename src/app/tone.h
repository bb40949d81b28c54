// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How a verdict looks, or the health of a drive: its icon and its style.

#pragma once

#include <gtk/gtk.h>

#include "client/drive-health.h"

G_BEGIN_DECLS

/**
 * platter_tone_get_css_class:
 * @verdict: a verdict of docs/interface.md
 *
 * Returns: "good", "warn", "bad" or "neutral". What is not known is bad.
 */
const char *platter_tone_get_css_class (const char *verdict);

/** platter_tone_get_icon_name: Returns: a symbolic icon's name. */
const char *platter_tone_get_icon_name (const char *verdict);

/** platter_tone_apply: Gives @widget the style class of @verdict and takes the others away. */
void platter_tone_apply (GtkWidget *widget, const char *verdict);

/** platter_tone_of_health: Returns: (nullable): "warn" or "bad"; %NULL of a drive that is well or of which nothing is known. */
const char *platter_tone_of_health (const PlatterDriveHealth *health);

G_END_DECLS
