// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The places of a damaged source that could not be read, as a table.

#include "config.h"

#include "missing-list.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "damage-table.h"
#include "partition-layout.h"
#include "places-table.h"

struct _PlatterMissingList
{
  AdwBin parent_instance;

  PlatterPlacesTable table;
};

G_DEFINE_FINAL_TYPE (PlatterMissingList, platter_missing_list, ADW_TYPE_BIN)

static void
platter_missing_list_class_init (PlatterMissingListClass *klass)
{
}

static void
platter_missing_list_init (PlatterMissingList *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/* Without partitions there is no column of them. */
static gboolean
missing_list_has_partitions (GPtrArray *layout)
{
  for (guint i = 0; layout != NULL && i < layout->len; i++)
    if (((PlatterSegment *)g_ptr_array_index (layout, i))->label != NULL)
      return TRUE;
  return FALSE;
}

static void
missing_list_fill (PlatterMissingList *self, PlatterJob *job, GVariant *missing, GPtrArray *layout)
{
  guint64 count = platter_job_get_missing_count (job);
  gsize n_shown = missing != NULL ? MIN (g_variant_n_children (missing), PLATTER_PLACES_MAX) : 0;
  g_autofree char *all = platter_message_dup_missing (platter_job_get_missing_bytes (job),
                                                      platter_job_get_untried_bytes (job), count);

  platter_places_table_add_line (&self->table, "heading", all);
  platter_places_table_add_heads (&self->table, _ ("Where"), _ ("Length"),
                                  missing_list_has_partitions (layout) ? _ ("Partition") : "");
  for (gsize i = 0; i < n_shown; i++)
    {
      g_autofree char *place = NULL;
      g_autofree char *partitions = NULL;
      guint64 offset = 0;
      guint64 length = 0;

      g_variant_get_child (missing, i, "(tt)", &offset, &length);
      place = platter_message_dup_place (offset, length);
      partitions = platter_partition_layout_dup_names (layout, offset, length);
      platter_places_table_add_place (&self->table, place, length, partitions);
    }
  platter_places_table_add_more (&self->table, count, n_shown);
}

static GtkWidget *
missing_list_new_tables (PlatterMissingList *self, PlatterJob *job)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_box_append (GTK_BOX (box), platter_damage_table_new (job));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->table.grid));
  return box;
}

void
platter_missing_list_set_job (PlatterMissingList *self, PlatterJob *job, GPtrArray *layout)
{
  g_return_if_fail (PLATTER_IS_MISSING_LIST (self));

  g_autoptr (GVariant) missing = platter_job_dup_missing (job);
  gboolean is_shown = platter_job_get_missing_count (job) > 0;

  platter_places_table_begin (&self->table);
  if (is_shown)
    missing_list_fill (self, job, missing, layout);
  adw_bin_set_child (ADW_BIN (self), missing_list_new_tables (self, job));
  gtk_widget_set_visible (GTK_WIDGET (self), is_shown);
}
