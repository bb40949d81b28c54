// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where to read from: a drive, or an image file.

#include "config.h"

#include "source-page.h"

#include <glib/gi18n.h>

#include "drive-reason.h"
#include "drive-row.h"
#include "image-name.h"

struct _PlatterSourcePage
{
  PlatterPage parent_instance;

  GtkLabel *hint;
  GtkListBox *drives_list;
  GtkListBox *image_list;
  GtkLabel *footer;

  PlatterRequest *request;
};

G_DEFINE_FINAL_TYPE (PlatterSourcePage, platter_source_page, PLATTER_TYPE_PAGE)

static void
source_page_check (PlatterDriveRow *row)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;

  if (!platter_drive_check_source (platter_drive_row_get_drive (row), &error))
    reason = platter_drive_reason_dup (error);
  platter_drive_row_set_reason (row, reason);
}

static GtkWidget *
source_page_new_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = platter_drive_row_new (item, FALSE);

  source_page_check (PLATTER_DRIVE_ROW (row));
  g_signal_connect_object (item, "changed", G_CALLBACK (source_page_check), row, G_CONNECT_SWAPPED);
  return row;
}

/* An image that goes on has its place, where what there is of it was left; of another source the helper does not go on with it. */
static gboolean
source_page_keeps_target (PlatterSourcePage *self)
{
  return platter_request_get_kind (self->request) == PLATTER_REQUEST_IMAGE
         && platter_request_is_resumed (self->request);
}

static void
source_page_chosen_cb (PlatterSourcePage *self, PlatterDriveRow *row)
{
  platter_request_set_source (self->request, platter_drive_row_get_drive (row));
  if (!source_page_keeps_target (self))
    platter_request_remove_targets (self->request);
  gtk_widget_activate_action (
    GTK_WIDGET (self), "win.go", "s",
    platter_request_get_kind (self->request) == PLATTER_REQUEST_IMAGE ? "image" : "targets");
}

static void
source_page_response_cb (GtkNativeDialog *dialog, int response, PlatterSourcePage *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *uri = g_file_get_uri (file);

      gtk_widget_activate_action (GTK_WIDGET (self), "win.open-image", "s", uri);
    }
  g_object_unref (dialog);
}

static void
source_page_choose_cb (PlatterSourcePage *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    _ ("Choose an Image"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
    GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), NULL);
  g_autoptr (GtkFileFilter) images = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (images, _ ("Disk images"));
  for (const char *const *suffix = platter_image_name_get_endings (); *suffix != NULL; suffix++)
    gtk_file_filter_add_suffix (images, *suffix);
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), images);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), all);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (source_page_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
source_page_dispose (GObject *object)
{
  g_clear_object (&PLATTER_SOURCE_PAGE (object)->request);
  G_OBJECT_CLASS (platter_source_page_parent_class)->dispose (object);
}

static void
platter_source_page_class_init (PlatterSourcePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = source_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/source-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterSourcePage, hint);
  gtk_widget_class_bind_template_child (widget_class, PlatterSourcePage, drives_list);
  gtk_widget_class_bind_template_child (widget_class, PlatterSourcePage, image_list);
  gtk_widget_class_bind_template_child (widget_class, PlatterSourcePage, footer);
  gtk_widget_class_bind_template_callback (widget_class, source_page_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, source_page_choose_cb);
}

static void
platter_source_page_init (PlatterSourcePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
platter_source_page_set_drives (PlatterSourcePage *self, PlatterDrives *drives)
{
  g_return_if_fail (PLATTER_IS_SOURCE_PAGE (self));
  gtk_list_box_bind_model (self->drives_list, G_LIST_MODEL (drives), source_page_new_row, NULL,
                           NULL);
}

static const char *
source_page_get_hint (PlatterRequestKind kind, gboolean of_image)
{
  if (kind == PLATTER_REQUEST_IMAGE && of_image)
    return _ ("Which image is to be converted? It is not changed.");
  if (kind == PLATTER_REQUEST_WRITE)
    return _ ("Which image is to be written? It is not changed.");
  if (kind == PLATTER_REQUEST_IMAGE)
    return _ ("Which drive is to be saved in an image? It is not changed.");
  return _ ("Which drive is to be copied? It is not changed.");
}

void
platter_source_page_load (PlatterSourcePage *self, PlatterRequest *request, gboolean of_image)
{
  PlatterRequestKind kind = platter_request_get_kind (request);

  g_return_if_fail (PLATTER_IS_SOURCE_PAGE (self));

  g_set_object (&self->request, request);
  g_object_set (self, "is-image", kind == PLATTER_REQUEST_IMAGE, NULL);
  gtk_label_set_label (self->hint, source_page_get_hint (kind, of_image));
  gtk_widget_set_visible (GTK_WIDGET (self->drives_list), !of_image);
  gtk_widget_set_visible (GTK_WIDGET (self->image_list), of_image);
  gtk_label_set_label (self->footer, of_image ? _ ("Or drop a disk image anywhere on this window.")
                                              : _ ("Plug in another drive and it appears here."));
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->drives_list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (PLATTER_IS_DRIVE_ROW (row))
      source_page_check (PLATTER_DRIVE_ROW (row));
}
