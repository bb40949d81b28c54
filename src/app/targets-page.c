// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which drives to write to.

#include "config.h"

#include "targets-page.h"

#include <glib/gi18n.h>

#include "drive-reason.h"
#include "drive-row.h"

struct _PlatterTargetsPage
{
  PlatterPage parent_instance;

  GtkLabel *need;
  GtkListBox *drives_list;

  PlatterRequest *request;
  gboolean is_showing; /* what the request is, and nobody chooses anything */
};

G_DEFINE_FINAL_TYPE (PlatterTargetsPage, platter_targets_page, PLATTER_TYPE_PAGE)

static PlatterDriveRow *
targets_page_get_next_row (PlatterTargetsPage *self, PlatterDriveRow *row)
{
  GtkWidget *next = row == NULL ? gtk_widget_get_first_child (GTK_WIDGET (self->drives_list))
                                : gtk_widget_get_next_sibling (GTK_WIDGET (row));

  while (next != NULL && !PLATTER_IS_DRIVE_ROW (next))
    next = gtk_widget_get_next_sibling (next);
  return next != NULL ? PLATTER_DRIVE_ROW (next) : NULL;
}

static gboolean
targets_page_is_target (PlatterTargetsPage *self, PlatterDriveRow *row)
{
  return g_ptr_array_find (platter_request_get_targets (self->request),
                           platter_drive_row_get_drive (row), NULL);
}

static void
targets_page_show_reason (PlatterTargetsPage *self, PlatterDriveRow *row)
{
  g_autofree char *reason
    = platter_drive_reason_dup_for_target (platter_drive_row_get_drive (row), self->request);

  platter_drive_row_set_reason (row, reason);
}

static void
targets_page_show_next (PlatterTargetsPage *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.next",
                                 platter_request_get_targets (self->request)->len > 0);
}

/* A target that stays is not touched: it is what it was when it was ticked, and not what it is now. */
static void
targets_page_toggled_cb (PlatterTargetsPage *self, PlatterDriveRow *row)
{
  if (self->request == NULL || self->is_showing)
    return;

  if (!platter_drive_row_get_selected (row))
    platter_request_remove_target (self->request, platter_drive_row_get_drive (row));
  else if (!targets_page_is_target (self, row))
    platter_request_add_target (self->request, platter_drive_row_get_drive (row));
  targets_page_show_next (self);
}

static void
targets_page_check (PlatterTargetsPage *self, PlatterDriveRow *row)
{
  gboolean was_selected = platter_drive_row_get_selected (row);

  if (self->request == NULL || self->is_showing)
    return;
  self->is_showing = TRUE;
  targets_page_show_reason (self, row);
  self->is_showing = FALSE;
  if (was_selected && !platter_drive_row_get_selected (row))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.look-again", NULL);
}

static void
targets_page_drive_cb (PlatterDriveRow *row)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (row), PLATTER_TYPE_TARGETS_PAGE);

  if (page != NULL)
    targets_page_check (PLATTER_TARGETS_PAGE (page), row);
}

static GtkWidget *
targets_page_new_row (gpointer item, gpointer user_data)
{
  PlatterTargetsPage *self = PLATTER_TARGETS_PAGE (user_data);
  GtkWidget *row = platter_drive_row_new (item, TRUE);

  /* One that only moves in the list is still selected. */
  if (self->request != NULL)
    platter_drive_row_set_selected (PLATTER_DRIVE_ROW (row),
                                    targets_page_is_target (self, PLATTER_DRIVE_ROW (row)));
  targets_page_check (self, PLATTER_DRIVE_ROW (row));
  g_signal_connect_object (row, "toggled", G_CALLBACK (targets_page_toggled_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "changed", G_CALLBACK (targets_page_drive_cb), row,
                           G_CONNECT_SWAPPED);
  return row;
}

static void
targets_page_next_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.go", "s", "options");
}

static void
targets_page_dispose (GObject *object)
{
  g_clear_object (&PLATTER_TARGETS_PAGE (object)->request);
  G_OBJECT_CLASS (platter_targets_page_parent_class)->dispose (object);
}

static void
platter_targets_page_class_init (PlatterTargetsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = targets_page_dispose;
  gtk_widget_class_install_action (widget_class, "page.next", NULL, targets_page_next_action);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/platter/Platter/targets-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterTargetsPage, need);
  gtk_widget_class_bind_template_child (widget_class, PlatterTargetsPage, drives_list);
}

static void
platter_targets_page_init (PlatterTargetsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.next", FALSE);
}

void
platter_targets_page_set_drives (PlatterTargetsPage *self, PlatterDrives *drives)
{
  g_return_if_fail (PLATTER_IS_TARGETS_PAGE (self));

  gtk_list_box_bind_model (self->drives_list, G_LIST_MODEL (drives), targets_page_new_row, self,
                           NULL);
}

static void
targets_page_show_need (PlatterTargetsPage *self)
{
  gpointer source = platter_request_get_source (self->request);
  g_autofree char *size = g_format_size (platter_request_get_size_bytes (self->request));
  g_autofree char *text = NULL;

  if (platter_request_get_size_bytes (self->request) == 0)
    {
      /* Translators: the name of an image */
      text = g_strdup_printf (_ ("%s does not tell how much it holds. Whether it fits shows while "
                                 "it is written."),
                              platter_image_get_name (source));
      gtk_label_set_label (self->need, text);
      return;
    }
  /* Translators: the first is the name of a drive or an image, the second its size. */
  text = g_strdup_printf (_ ("%s, %s, needs a drive of at least the same size."),
                          PLATTER_IS_DRIVE (source) ? platter_drive_get_display_name (source)
                                                    : platter_image_get_name (source),
                          size);
  gtk_label_set_label (self->need, text);
}

static gboolean
targets_page_is_ticked (PlatterTargetsPage *self, gpointer drive)
{
  for (PlatterDriveRow *row = targets_page_get_next_row (self, NULL); row != NULL;
       row = targets_page_get_next_row (self, row))
    if (platter_drive_row_get_drive (row) == drive)
      return platter_drive_row_get_selected (row);
  return FALSE;
}

/* What is not seen to be selected is not. */
static void
targets_page_keep_ticked (PlatterTargetsPage *self)
{
  GPtrArray *targets = platter_request_get_targets (self->request);

  for (guint i = targets->len; i > 0; i--)
    if (!targets_page_is_ticked (self, g_ptr_array_index (targets, i - 1)))
      platter_request_remove_target (self->request, g_ptr_array_index (targets, i - 1));
}

void
platter_targets_page_load (PlatterTargetsPage *self, PlatterRequest *request)
{
  g_return_if_fail (PLATTER_IS_TARGETS_PAGE (self));

  g_set_object (&self->request, request);
  if (request == NULL)
    return;

  self->is_showing = TRUE;
  for (PlatterDriveRow *row = targets_page_get_next_row (self, NULL); row != NULL;
       row = targets_page_get_next_row (self, row))
    {
      platter_drive_row_set_selected (row, targets_page_is_target (self, row));
      targets_page_show_reason (self, row);
    }
  self->is_showing = FALSE;
  targets_page_keep_ticked (self);
  targets_page_show_need (self);
  targets_page_show_next (self);
}
