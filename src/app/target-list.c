// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// All targets of a job that has several.

#include "config.h"

#include "target-list.h"

#include <glib/gi18n.h>

#include "target-row.h"

struct _PlatterTargetList
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (PlatterTargetList, platter_target_list, ADW_TYPE_BIN)

static void
platter_target_list_class_init (PlatterTargetListClass *klass)
{
}

static void
platter_target_list_init (PlatterTargetList *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
platter_target_list_set_job (PlatterTargetList *self, PlatterJob *job)
{
  g_return_if_fail (PLATTER_IS_TARGET_LIST (self));

  GListModel *targets = job != NULL ? platter_job_get_targets (job) : NULL;
  guint n_targets = targets != NULL ? g_list_model_get_n_items (targets) : 0;
  GtkWidget *list = gtk_list_box_new ();
  /* So that all maps end at the same place. */
  g_autoptr (GtkSizeGroup) badges = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Targets"), -1);
  for (guint i = 0; i < n_targets && n_targets > 1; i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      gtk_list_box_append (GTK_LIST_BOX (list),
                           platter_target_row_new (job, target, i + 1, badges));
    }
  adw_bin_set_child (ADW_BIN (self), list);
  gtk_widget_set_visible (GTK_WIDGET (self), n_targets > 1);
}
