// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The files that are damaged because a part of the source could not be read, as a table.

#include "config.h"

#include "damage-table.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "places-table.h"

static void
damage_table_add (PlatterPlacesTable *table, GVariant *owner)
{
  guint64 length_bytes = 0;
  g_autofree char *where = NULL;
  g_autofree char *words = platter_message_split_damage (owner, &length_bytes, &where);

  platter_places_table_add_place (table, words, length_bytes, where);
}

GtkWidget *
platter_damage_table_new (PlatterJob *job)
{
  g_autoptr (GVariant) owners = platter_job_dup_damage (job);
  g_autofree char *state = platter_job_dup_damage_state (job);
  g_autofree char *heading
    = platter_message_dup_damage_heading (platter_job_get_damaged_files (job), state);
  const char *doubt = platter_message_get_damage_doubt (state);
  gsize n_owners = owners != NULL ? g_variant_n_children (owners) : 0;
  PlatterPlacesTable table;

  platter_places_table_begin (&table);
  platter_places_table_add_line (&table, "heading", heading);
  if (doubt != NULL)
    platter_places_table_add_line (&table, "dim-label", doubt);
  if (n_owners > 0)
    platter_places_table_add_heads (&table, _ ("What lies there"), _ ("Lost"), "");
  for (gsize i = 0; i < MIN (n_owners, PLATTER_PLACES_MAX); i++)
    {
      g_autoptr (GVariant) owner = g_variant_get_child_value (owners, i);

      damage_table_add (&table, owner);
    }
  platter_places_table_add_more (&table, n_owners, MIN (n_owners, PLATTER_PLACES_MAX));
  return GTK_WIDGET (table.grid);
}
