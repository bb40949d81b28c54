// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The places where a target came back wrong, as a table.

#include "config.h"

#include "mismatch-list.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "job-words.h"
#include "partition-layout.h"
#include "places-table.h"

struct _PlatterMismatchList
{
  AdwBin parent_instance;

  PlatterPlacesTable table;
  gboolean is_comparison;
};

G_DEFINE_FINAL_TYPE (PlatterMismatchList, platter_mismatch_list, ADW_TYPE_BIN)

static void
platter_mismatch_list_class_init (PlatterMismatchListClass *klass)
{
}

static void
platter_mismatch_list_init (PlatterMismatchList *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
mismatch_list_add (PlatterMismatchList *self, GVariant *mismatch, GPtrArray *layout)
{
  guint64 offset;
  guint64 length;
  const char *kind;
  gboolean is_repaired;

  g_variant_get (mismatch, "(ttt&stuub)", &offset, &length, NULL, &kind, NULL, NULL, NULL,
                 &is_repaired);
  g_autofree char *at = g_format_size_full (offset, G_FORMAT_SIZE_LONG_FORMAT);
  const char *words = platter_message_get_mismatch (kind, self->is_comparison);
  /* Translators: %s says what came back wrong. */
  g_autofree char *text = is_repaired
                            ? g_strdup_printf (_ ("%s (right after writing again)"), words)
                            : g_strdup (words);

  g_autofree char *partitions = platter_partition_layout_dup_names (layout, offset, length);
  g_autofree char *all = partitions[0] != '\0' ? g_strdup_printf ("%s · %s", text, partitions)
                                               : g_steal_pointer (&text);

  platter_places_table_add_place (&self->table, at, length, all);
}

static void
mismatch_list_add_target (PlatterMismatchList *self, PlatterJobTarget *target, GPtrArray *layout)
{
  g_autoptr (GVariant) mismatches = platter_job_target_dup_mismatches (target);
  guint64 count = platter_job_target_get_mismatch_count (target);
  gsize n_shown
    = mismatches != NULL ? MIN (g_variant_n_children (mismatches), PLATTER_PLACES_MAX) : 0;
  if (n_shown == 0)
    return;

  gboolean is_first = self->table.n_rows == 0;
  GtkWidget *heading
    = platter_places_table_add_line (&self->table, "heading", platter_job_target_get_name (target));
  gtk_widget_set_margin_top (heading, is_first ? 0 : 12);
  platter_places_table_add_heads (&self->table, _ ("At"), _ ("Length"),
                                  platter_message_get_mismatch_heading (self->is_comparison));
  for (gsize i = 0; i < n_shown; i++)
    {
      g_autoptr (GVariant) mismatch = g_variant_get_child_value (mismatches, i);

      mismatch_list_add (self, mismatch, layout);
    }
  platter_places_table_add_more (&self->table, count, n_shown);
}

void
platter_mismatch_list_set_job (PlatterMismatchList *self, PlatterJob *job, GPtrArray *layout)
{
  g_return_if_fail (PLATTER_IS_MISMATCH_LIST (self));

  GListModel *targets = platter_job_get_targets (job);

  self->is_comparison = platter_job_words_is_comparison (job);
  platter_places_table_begin (&self->table);
  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      mismatch_list_add_target (self, target, layout);
    }
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->table.grid));
  gtk_widget_set_visible (GTK_WIDGET (self), self->table.n_rows > 0);
}
