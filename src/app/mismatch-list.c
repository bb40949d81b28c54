// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The places where a target came back wrong, as a table.

#include "config.h"

#include "mismatch-list.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "client/messages.h"

/* More than anybody reads; the sum of all stands below. */
#define MAX_ROWS 50

struct _PlatterMismatchList
{
  AdwBin parent_instance;

  GtkGrid *grid;
  int n_rows;
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

static GtkWidget *
mismatch_list_attach (
  PlatterMismatchList *self, const char *text, const char *css_class, int column, int columns)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_set_hexpand (label, column == 2);
  gtk_widget_add_css_class (label, css_class);
  gtk_grid_attach (self->grid, label, column, self->n_rows, columns, 1);
  return label;
}

static void
mismatch_list_add (PlatterMismatchList *self, GVariant *mismatch)
{
  guint64 offset;
  guint64 length;
  const char *kind;
  gboolean is_repaired;

  g_variant_get (mismatch, "(ttt&stuub)", &offset, &length, NULL, &kind, NULL, NULL, NULL,
                 &is_repaired);
  g_autofree char *at = g_format_size_full (offset, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *size = g_format_size (length);
  const char *words = platter_message_get_mismatch (kind);
  /* Translators: %s says what came back wrong. */
  g_autofree char *text = is_repaired
                            ? g_strdup_printf (_ ("%s (right after writing again)"), words)
                            : g_strdup (words);

  mismatch_list_attach (self, at, "numeric", 0, 1);
  mismatch_list_attach (self, size, "numeric", 1, 1);
  mismatch_list_attach (self, text, "body", 2, 1);
  self->n_rows++;
}

static void
mismatch_list_add_target (PlatterMismatchList *self, PlatterJobTarget *target)
{
  g_autoptr (GVariant) mismatches = platter_job_target_dup_mismatches (target);
  guint64 count = platter_job_target_get_mismatch_count (target);
  gsize n_shown = mismatches != NULL ? MIN (g_variant_n_children (mismatches), MAX_ROWS) : 0;
  if (n_shown == 0)
    return;

  GtkWidget *heading
    = mismatch_list_attach (self, platter_job_target_get_name (target), "heading", 0, 3);
  gtk_widget_set_margin_top (heading, self->n_rows > 0 ? 12 : 0);
  self->n_rows++;
  mismatch_list_attach (self, _ ("At"), "dim-label", 0, 1);
  mismatch_list_attach (self, _ ("Length"), "dim-label", 1, 1);
  mismatch_list_attach (self, _ ("What came back"), "dim-label", 2, 1);
  self->n_rows++;
  for (gsize i = 0; i < n_shown; i++)
    {
      g_autoptr (GVariant) mismatch = g_variant_get_child_value (mismatches, i);

      mismatch_list_add (self, mismatch);
    }
  if (count <= n_shown)
    return;

  g_autofree char *more
    = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %" PRIu64 " more place",
                                    "and %" PRIu64 " more places", (gulong)(count - n_shown)),
                       count - n_shown);
  mismatch_list_attach (self, more, "dim-label", 0, 3);
  self->n_rows++;
}

void
platter_mismatch_list_set_job (PlatterMismatchList *self, PlatterJob *job)
{
  g_return_if_fail (PLATTER_IS_MISMATCH_LIST (self));

  GListModel *targets = platter_job_get_targets (job);

  self->n_rows = 0;
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "spread");
  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      mismatch_list_add_target (self, target);
    }
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->grid));
  gtk_widget_set_visible (GTK_WIDGET (self), self->n_rows > 0);
}
