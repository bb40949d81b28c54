// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The places of a damaged source that could not be read, as a table.

#include "config.h"

#include "missing-list.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "client/messages.h"
#include "partition-layout.h"

/* More than anybody reads; the sum of all stands above. */
#define MAX_ROWS 50

struct _PlatterMissingList
{
  AdwBin parent_instance;

  GtkGrid *grid;
  GPtrArray *layout;
  int n_rows;
};

G_DEFINE_FINAL_TYPE (PlatterMissingList, platter_missing_list, ADW_TYPE_BIN)

static void
missing_list_dispose (GObject *object)
{
  g_clear_pointer (&PLATTER_MISSING_LIST (object)->layout, g_ptr_array_unref);
  G_OBJECT_CLASS (platter_missing_list_parent_class)->dispose (object);
}

static void
platter_missing_list_class_init (PlatterMissingListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = missing_list_dispose;
}

static void
platter_missing_list_init (PlatterMissingList *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
missing_list_attach (
  PlatterMissingList *self, const char *text, const char *css_class, int column, int columns)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_set_hexpand (label, column + columns == 3);
  gtk_widget_add_css_class (label, css_class);
  gtk_grid_attach (self->grid, label, column, self->n_rows, columns, 1);
}

/* Returns: (transfer full): the partitions that a place lies in. */
static char *
missing_list_dup_partitions (PlatterMissingList *self, guint64 offset_bytes, guint64 length_bytes)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; self->layout != NULL && i < self->layout->len; i++)
    {
      const PlatterSegment *segment = g_ptr_array_index (self->layout, i);

      if (segment->label == NULL || offset_bytes + length_bytes <= segment->offset_bytes
          || offset_bytes >= segment->offset_bytes + segment->size_bytes)
        continue;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", segment->label);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
missing_list_add (PlatterMissingList *self, guint64 offset_bytes, guint64 length_bytes)
{
  g_autofree char *place = platter_message_dup_place (offset_bytes, length_bytes);
  g_autofree char *size = g_format_size (length_bytes);
  g_autofree char *partitions = missing_list_dup_partitions (self, offset_bytes, length_bytes);

  missing_list_attach (self, place, "numeric", 0, 1);
  missing_list_attach (self, size, "numeric", 1, 1);
  missing_list_attach (self, partitions, "body", 2, 1);
  self->n_rows++;
}

static void
missing_list_fill (PlatterMissingList *self, PlatterJob *job, GVariant *missing)
{
  guint64 count = platter_job_get_missing_count (job);
  gsize n_shown = missing != NULL ? MIN (g_variant_n_children (missing), MAX_ROWS) : 0;
  g_autofree char *all = platter_message_dup_missing (platter_job_get_missing_bytes (job), count);

  missing_list_attach (self, all, "heading", 0, 3);
  self->n_rows++;
  missing_list_attach (self, _ ("Where"), "dim-label", 0, 1);
  missing_list_attach (self, _ ("Length"), "dim-label", 1, 1);
  missing_list_attach (self, _ ("Partition"), "dim-label", 2, 1);
  self->n_rows++;
  for (gsize i = 0; i < n_shown; i++)
    {
      guint64 offset = 0;
      guint64 length = 0;

      g_variant_get_child (missing, i, "(tt)", &offset, &length);
      missing_list_add (self, offset, length);
    }
  if (count <= n_shown)
    return;

  g_autofree char *more
    = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %" PRIu64 " more place",
                                    "and %" PRIu64 " more places", (gulong)(count - n_shown)),
                       count - n_shown);
  missing_list_attach (self, more, "dim-label", 0, 3);
  self->n_rows++;
}

void
platter_missing_list_set_job (PlatterMissingList *self, PlatterJob *job, GPtrArray *layout)
{
  g_return_if_fail (PLATTER_IS_MISSING_LIST (self));

  g_autoptr (GVariant) missing = platter_job_dup_missing (job);
  gboolean is_shown = platter_job_get_missing_count (job) > 0;

  g_clear_pointer (&self->layout, g_ptr_array_unref);
  self->layout = layout != NULL ? g_ptr_array_ref (layout) : NULL;
  self->n_rows = 0;
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "spread");
  if (is_shown)
    missing_list_fill (self, job, missing);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->grid));
  gtk_widget_set_visible (GTK_WIDGET (self), is_shown);
}
