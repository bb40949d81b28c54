// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Opening an image that somebody has chosen, dropped or passed on: it may be on a server that has to be asked, or
// connected to first.

#include "config.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "client/shown.h"
#include "problem.h"
#include "window-private.h"

typedef struct
{
  PlatterWindow *window;
  GFile *file;
  GCancellable *cancellable; /* whoever wants something else by now cancels it */
  AdwToast *toast;           /* (nullable): says that a server is asked */
  gboolean is_connected;
  gboolean is_conversion; /* it is to become another image */
} ImageOpening;

static void
window_image_free (ImageOpening *self)
{
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_clear_object (&self->toast);
  g_object_unref (self->window);
  g_object_unref (self->file);
  g_object_unref (self->cancellable);
  g_free (self);
}

static gboolean
window_image_is_wanted (const ImageOpening *self)
{
  return !g_cancellable_is_cancelled (self->cancellable)
         && platter_window_get_platter (self->window) != NULL && self->window->starting == NULL;
}

static char *
window_image_dup_name (const ImageOpening *self)
{
  g_autofree char *base_name = g_file_get_basename (self->file);

  return platter_shown_dup_name (base_name != NULL ? base_name : "");
}

static void
window_image_fail (const ImageOpening *self, const GError *error)
{
  g_autofree char *text = platter_message_dup_refusal (error);

  platter_problem_show (GTK_WINDOW (self->window),
                        self->is_conversion ? _ ("This Image Cannot Be Converted")
                                            : _ ("This Image Cannot Be Written"),
                        text);
}

static void window_image_start (ImageOpening *self);

/* What GVfs says is a server's answer, and no sentence. */
static void
window_image_fail_to_connect (const ImageOpening *self, const GError *cause)
{
  g_autofree char *name = window_image_dup_name (self);
  g_autoptr (GError) error
    = g_error_new (cause->domain, cause->code, _ ("%s cannot be read: %s."), name, cause->message);

  /* Somebody has closed the question for the password, or was told already. */
  if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_FAILED_HANDLED)
      && !g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    window_image_fail (self, error);
}

static void
window_image_connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ImageOpening *self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_connected = TRUE;
  if (!window_image_is_wanted (self))
    window_image_free (self);
  else if (g_file_mount_enclosing_volume_finish (G_FILE (object), result, &error)
           || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ALREADY_MOUNTED))
    window_image_start (self);
  else
    {
      window_image_fail_to_connect (self, error);
      window_image_free (self);
    }
}

static void
window_image_connect (ImageOpening *self)
{
  g_autoptr (GMountOperation) operation = gtk_mount_operation_new (GTK_WINDOW (self->window));
  /* WebDAV is connected by folders. */
  g_autoptr (GFile) folder = g_file_get_parent (self->file);

  g_file_mount_enclosing_volume (folder != NULL ? folder : self->file, G_MOUNT_MOUNT_NONE,
                                 operation, self->cancellable, window_image_connected_cb, self);
}

static void
window_image_take (const ImageOpening *self, PlatterImage *image)
{
  PlatterWindow *window = self->window;

  platter_window_begin (window,
                        self->is_conversion ? PLATTER_REQUEST_IMAGE : PLATTER_REQUEST_WRITE);
  window->is_conversion = self->is_conversion;
  platter_request_set_source (window->request, image);
  /* Whatever a bmap calls content: the new image is to hold what the old one holds. */
  if (self->is_conversion)
    platter_request_set_whole (window->request, TRUE);
  platter_window_go (window, self->is_conversion ? "image" : "targets", FALSE);
}

static void
window_image_opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ImageOpening *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterImage) image = platter_image_open_finish (result, &error);

  if (window_image_is_wanted (self) && !self->is_connected
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_MOUNTED))
    {
      window_image_connect (self);
      return;
    }
  if (window_image_is_wanted (self) && image != NULL)
    window_image_take (self, image);
  else if (window_image_is_wanted (self))
    window_image_fail (self, error);
  window_image_free (self);
}

static void
window_image_start (ImageOpening *self)
{
  platter_image_open_async (self->file, self->cancellable, window_image_opened_cb, self);
}

void
platter_window_stop_opening (PlatterWindow *self)
{
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
}

GCancellable *
platter_window_begin_opening (PlatterWindow *self)
{
  g_return_val_if_fail (PLATTER_IS_WINDOW (self), NULL);

  platter_window_stop_opening (self);
  self->opening = g_cancellable_new ();
  return g_object_ref (self->opening);
}

static void
window_image_say (ImageOpening *self)
{
  g_autofree char *name = window_image_dup_name (self);
  /* Translators: %s is the name of an image */
  g_autofree char *text = g_strdup_printf (_ ("Asking the server for %s…"), name);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  self->toast = adw_toast_new (escaped);
  adw_toast_set_timeout (self->toast, 0);
  adw_toast_overlay_add_toast (self->window->toasts, g_object_ref (self->toast));
}

static void
window_image_open (PlatterWindow *self, GFile *file, gboolean is_conversion)
{
  g_autofree char *path = NULL;
  ImageOpening *opening = NULL;

  if (self->starting != NULL)
    return;
  opening = g_new0 (ImageOpening, 1);
  opening->window = g_object_ref (self);
  opening->file = g_object_ref (file);
  opening->cancellable = platter_window_begin_opening (self);
  opening->is_conversion = is_conversion;
  path = g_file_get_path (file);
  if (path == NULL)
    window_image_say (opening);
  window_image_start (opening);
}

void
platter_window_open_image (PlatterWindow *self, GFile *file)
{
  g_return_if_fail (PLATTER_IS_WINDOW (self));
  window_image_open (self, file, FALSE);
}

void
platter_window_choose_image (PlatterWindow *self, GFile *file)
{
  g_return_if_fail (PLATTER_IS_WINDOW (self));
  window_image_open (self, file, self->is_conversion && platter_window_is_at (self, "source"));
}
