// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What will happen and what will be lost, before anything does.

#include "config.h"

#include "review-page.h"

#include <glib/gi18n.h>

#include "bar-block.h"
#include "client/shown.h"
#include "drive-layout.h"
#include "loss-row.h"

struct _PlatterReviewPage
{
  PlatterPage parent_instance;

  GtkBox *bars;
  GtkBox *lost_card;
  GtkBox *losses;
  GtkButton *start_button;
  GtkLabel *note;

  PlatterRequest *request;
  GPtrArray *watched; /* the drives that it is about */
  char *shown;        /* what it says of them */
  gboolean is_waiting;
};

G_DEFINE_FINAL_TYPE (PlatterReviewPage, platter_review_page, PLATTER_TYPE_PAGE)

static void
review_page_clear (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static void
review_page_update_action (PlatterReviewPage *self)
{
  gboolean is_confirmed = !self->is_waiting && platter_request_get_targets (self->request)->len > 0;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->losses)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    is_confirmed = is_confirmed && platter_loss_row_get_confirmed (PLATTER_LOSS_ROW (row));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.start", is_confirmed);
}

/* @drive: (nullable): that the bar stands for, as it is now */
static void
review_page_add_bar (PlatterReviewPage *self,
                     const char *name,
                     const char *note,
                     PlatterDrive *drive,
                     gpointer source,
                     guint64 size_bytes)
{
  g_autoptr (GPtrArray) layout = platter_drive_layout_new (source, size_bytes);
  g_autofree char *place = drive != NULL ? platter_drive_dup_place (drive) : NULL;

  gtk_box_append (self->bars, platter_bar_block_new (name, note, place, layout));
}

static void
review_page_add_source (PlatterReviewPage *self)
{
  gpointer source = platter_request_get_source (self->request);
  g_autofree char *title = PLATTER_IS_IMAGE (source) ? platter_image_dup_title (source)
                                                     : g_strdup (platter_drive_get_title (source));

  review_page_add_bar (self, title, _ ("will be copied, and not changed"),
                       PLATTER_IS_DRIVE (source) ? source : NULL, source,
                       platter_request_get_size_bytes (self->request));
}

/* Returns: (transfer full): all that is said of the drives. */
static char *
review_page_dup_words (PlatterReviewPage *self)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < self->watched->len; i++)
    {
      PlatterDrive *drive = g_ptr_array_index (self->watched, i);
      g_autofree char *loss = platter_drive_layout_dup_loss (drive);
      g_autofree char *mounted = platter_drive_layout_dup_mounted (drive);
      g_autofree char *place = platter_drive_dup_place (drive);

      g_string_append_printf (words, "%s\n%s\n%s\n%s\n", platter_drive_get_title (drive), place,
                              loss, mounted != NULL ? mounted : "");
    }
  return g_string_free (words, FALSE);
}

/* What is on a drive may change while it is read here, and a name that was typed before is no yes to that. While
 * permission is asked for, it is the job that changes it; and of a drive that is another one the window tells. */
static void
review_page_update (PlatterReviewPage *self)
{
  g_autofree char *words = review_page_dup_words (self);

  if (self->is_waiting || !gtk_widget_get_mapped (GTK_WIDGET (self))
      || platter_request_find_changed (self->request) != NULL || g_str_equal (self->shown, words))
    return;
  platter_review_page_load (self, self->request);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                              _ ("What is on the drives has changed. Please look again."));
}

static void
review_page_watch (PlatterReviewPage *self)
{
  g_autoptr (GPtrArray) ends = platter_request_dup_ends (self->request);

  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_func (g_ptr_array_index (self->watched, i), review_page_update,
                                          self);
  g_ptr_array_set_size (self->watched, 0);
  for (guint i = 0; i < ends->len; i++)
    if (PLATTER_IS_DRIVE (g_ptr_array_index (ends, i)))
      {
        g_ptr_array_add (self->watched, g_object_ref (g_ptr_array_index (ends, i)));
        g_signal_connect_object (g_ptr_array_index (ends, i), "changed",
                                 G_CALLBACK (review_page_update), self, G_CONNECT_SWAPPED);
      }
  g_free (self->shown);
  self->shown = review_page_dup_words (self);
}

static void
review_page_add_target (PlatterReviewPage *self, PlatterDrive *target)
{
  guint64 size_bytes = platter_drive_get_size_bytes (target);
  const char *name = platter_drive_get_display_name (target);
  g_autofree char *loss = platter_drive_layout_dup_loss (target);
  g_autofree char *mounted = platter_drive_layout_dup_mounted (target);
  g_autofree char *warning
    = platter_drive_health_dup_warning (platter_drive_get_health (target), name);
  GtkWidget *row = platter_loss_row_new (loss, platter_drive_is_removable (target) ? NULL : name);

  review_page_add_bar (self, platter_drive_get_title (target), _ ("now"), target, target,
                       size_bytes);
  review_page_add_bar (self, name, _ ("afterwards"), NULL,
                       platter_request_get_source (self->request), size_bytes);
  g_signal_connect_object (row, "notify::confirmed", G_CALLBACK (review_page_update_action), self,
                           G_CONNECT_SWAPPED);
  if (warning != NULL)
    gtk_box_append (self->losses, platter_loss_row_new (warning, NULL));
  if (mounted != NULL)
    gtk_box_append (self->losses, platter_loss_row_new (mounted, NULL));
  gtk_box_append (self->losses, row);
}

static gboolean
review_page_is_image (PlatterReviewPage *self)
{
  return platter_request_get_kind (self->request) == PLATTER_REQUEST_IMAGE;
}

static gboolean
review_page_is_conversion (PlatterReviewPage *self)
{
  return review_page_is_image (self)
         && PLATTER_IS_IMAGE (platter_request_get_source (self->request));
}

/* Returns: (nullable): the image that is made. */
static PlatterNewImage *
review_page_get_image (PlatterReviewPage *self)
{
  GPtrArray *targets = platter_request_get_targets (self->request);
  gpointer target = targets->len > 0 ? g_ptr_array_index (targets, 0) : NULL;

  return PLATTER_IS_NEW_IMAGE (target) ? target : NULL;
}

static gboolean
review_page_goes_on (PlatterReviewPage *self)
{
  PlatterNewImage *image = review_page_get_image (self);

  return image != NULL && platter_new_image_goes_on (image);
}

/* A job that was cut off, and goes on with what it has left. */
static gboolean
review_page_is_again (PlatterReviewPage *self)
{
  PlatterNewImage *image = review_page_get_image (self);

  return image != NULL && platter_new_image_is_again (image);
}

static gboolean
review_page_has_parts (PlatterReviewPage *self)
{
  gpointer source = platter_request_get_source (self->request);

  return PLATTER_IS_IMAGE (source) && platter_image_get_bmap_name (source) != NULL
         && !platter_request_is_whole (self->request);
}

/* What is not known to be true of all bytes is not said of them. */
static const char *
review_page_get_note (PlatterReviewPage *self)
{
  const char *on_error = platter_request_get_on_error (self->request);
  gboolean may_miss = !g_str_equal (on_error, "stop");

  if (!platter_request_get_verify (self->request))
    return _ ("Nothing is read back: nobody will know whether it was stored.");
  if (review_page_goes_on (self))
    return _ ("What comes from now on is read back and compared. What the image has already is "
              "believed.");
  if (review_page_has_parts (self))
    return _ ("All that is written is read back and compared. What the bmap leaves out is not.");
  if (may_miss && !g_str_equal (on_error, "ask") && platter_request_is_resumed (self->request))
    return _ (
      "What comes from now on is read back and compared. Of what the drive has already, only "
      "samples are.");
  if (may_miss || platter_request_is_rescue (self->request))
    return _ ("All that can be read is read back and compared.");
  return _ ("Every byte is read back and compared.");
}

/* Of an image that may be only the beginning of one. */
static void
review_page_warn (PlatterReviewPage *self)
{
  gpointer source = platter_request_get_source (self->request);
  g_autofree char *warning
    = PLATTER_IS_IMAGE (source) ? platter_image_dup_shortfall (source) : NULL;

  if (warning != NULL)
    gtk_box_append (self->losses, platter_loss_row_new (warning, NULL));
}

/* Nothing is lost, but a file that may be replaced. */
static void
review_page_add_image (PlatterReviewPage *self, PlatterNewImage *image)
{
  g_autofree char *path = platter_shown_dup_name (platter_new_image_get_path (image));
  g_autofree char *existing = platter_new_image_dup_existing (image);
  g_autofree char *sentence = NULL;

  if (review_page_goes_on (self))
    /* Translators: the name of a file */
    sentence = g_strdup_printf (_ ("Nothing is lost: the rescue goes on with %s, and what it has "
                                   "already is kept."),
                                path);
  else if (existing != NULL)
    /* Translators: the name of a file */
    sentence = g_strdup_printf (_ ("%s exists and will be replaced."), path);
  else if (review_page_is_again (self))
    /* Translators: the name of a file */
    sentence
      = g_strdup_printf (_ ("Nothing is overwritten. The job goes on with what there is of %s "
                            "already."),
                         path);
  else if (platter_new_image_is_split (image))
    /* Translators: the name of a file */
    sentence = g_strdup_printf (_ ("Nothing is overwritten. The image is saved in pieces: %s and "
                                   "so on."),
                                path);
  else if (review_page_is_conversion (self))
    /* Translators: the name of a file */
    sentence = g_strdup_printf (_ ("Nothing is overwritten. The new image is saved as %s."), path);
  else
    /* Translators: the name of a file */
    sentence = g_strdup_printf (_ ("Nothing is overwritten. The image is saved as %s."), path);
  gtk_box_append (self->losses, platter_loss_row_new (sentence, NULL));
}

static void
review_page_set_class (GtkWidget *widget, const char *name, gboolean is_set)
{
  if (is_set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static gboolean
review_page_is_harmless (PlatterReviewPage *self)
{
  PlatterNewImage *image = review_page_get_image (self);
  g_autofree char *existing = image != NULL ? platter_new_image_dup_existing (image) : NULL;

  return image != NULL && (existing == NULL || review_page_goes_on (self));
}

static void
review_page_show_tone (PlatterReviewPage *self)
{
  gboolean is_image = review_page_is_image (self);
  gboolean is_harmless = review_page_is_harmless (self);

  g_object_set (self, "is-image", is_image, "step", is_image ? 3 : 4, NULL);
  review_page_set_class (GTK_WIDGET (self->lost_card), "lost", !is_harmless);
  review_page_set_class (GTK_WIDGET (self->start_button), "destructive-action", !is_harmless);
  review_page_set_class (GTK_WIDGET (self->start_button), "suggested-action", is_harmless);
}

static void
review_page_show_button (PlatterReviewPage *self)
{
  guint n_targets = platter_request_get_targets (self->request)->len;
  g_autofree char *label = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "_Overwrite Drive", "_Overwrite %u Drives", n_targets),
    n_targets);

  if (review_page_is_image (self))
    {
      g_free (label);
      label = g_strdup (review_page_goes_on (self) || review_page_is_again (self) ? _ ("_Go On")
                        : review_page_is_conversion (self) ? _ ("_Convert Image")
                                                           : _ ("_Create Image"));
    }
  /* Two files are nobody's but the user's: no permission is asked for. */
  gtk_button_set_label (self->start_button, self->is_waiting && !review_page_is_conversion (self)
                                              ? _ ("Waiting for Permission…")
                                              : label);
}

static void
review_page_start_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.start", NULL);
}

static void
review_page_dispose (GObject *object)
{
  PlatterReviewPage *self = PLATTER_REVIEW_PAGE (object);

  g_clear_object (&self->request);
  G_OBJECT_CLASS (platter_review_page_parent_class)->dispose (object);
}

static void
review_page_finalize (GObject *object)
{
  PlatterReviewPage *self = PLATTER_REVIEW_PAGE (object);

  g_ptr_array_unref (self->watched);
  g_free (self->shown);
  G_OBJECT_CLASS (platter_review_page_parent_class)->finalize (object);
}

static void
platter_review_page_class_init (PlatterReviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = review_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = review_page_finalize;
  gtk_widget_class_install_action (widget_class, "page.start", NULL, review_page_start_action);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/review-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterReviewPage, bars);
  gtk_widget_class_bind_template_child (widget_class, PlatterReviewPage, lost_card);
  gtk_widget_class_bind_template_child (widget_class, PlatterReviewPage, losses);
  gtk_widget_class_bind_template_child (widget_class, PlatterReviewPage, start_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterReviewPage, note);
}

static void
platter_review_page_init (PlatterReviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
}

void
platter_review_page_load (PlatterReviewPage *self, PlatterRequest *request)
{
  g_return_if_fail (PLATTER_IS_REVIEW_PAGE (self));

  GPtrArray *targets = platter_request_get_targets (request);

  g_set_object (&self->request, request);
  review_page_watch (self);
  review_page_clear (self->bars);
  review_page_clear (self->losses);
  review_page_add_source (self);
  review_page_show_tone (self);
  review_page_warn (self);
  /* Writing needs it unmounted, and what is confirmed here says so; also of what is mounted a moment later. */
  if (!review_page_is_image (self))
    platter_request_set_unmount (request, TRUE);
  for (guint i = 0; i < targets->len; i++)
    if (review_page_is_image (self))
      review_page_add_image (self, g_ptr_array_index (targets, i));
    else
      review_page_add_target (self, g_ptr_array_index (targets, i));
  gtk_label_set_label (self->note, review_page_get_note (self));
  platter_review_page_set_waiting (self, FALSE);
}

void
platter_review_page_set_waiting (PlatterReviewPage *self, gboolean is_waiting)
{
  g_return_if_fail (PLATTER_IS_REVIEW_PAGE (self));

  self->is_waiting = is_waiting;
  if (self->request == NULL)
    return;
  review_page_show_button (self);
  review_page_update_action (self);
}

void
platter_review_page_look_again (PlatterReviewPage *self)
{
  g_return_if_fail (PLATTER_IS_REVIEW_PAGE (self));

  if (self->request != NULL)
    review_page_update (self);
}

char *
platter_review_page_dup_words (PlatterReviewPage *self)
{
  g_return_val_if_fail (PLATTER_IS_REVIEW_PAGE (self), NULL);
  return g_strdup (self->shown);
}
