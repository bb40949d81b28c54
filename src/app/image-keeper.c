// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Stays until a job that makes an image has ended, and gives the image its name.

#include "config.h"

#include "image-keeper.h"

typedef struct
{
  PlatterApplication *application; /* held, if the job goes on without a window */
  PlatterJob *job;
  PlatterNewImage *image;
  PlatterDrive *source;
  gboolean is_held;
} ImageKeeper;

static void
image_keeper_finished_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ImageKeeper *self = user_data;

  /* What went wrong stands in the image; who shows the job says it. */
  platter_new_image_finish_finish (self->image, result, NULL);
  if (self->is_held)
    g_application_release (G_APPLICATION (self->application));
  g_object_unref (self->application);
  g_object_unref (self->job);
  g_object_unref (self->image);
  g_object_unref (self->source);
  g_free (self);
}

static void
image_keeper_ended_cb (ImageKeeper *self)
{
  g_signal_handlers_disconnect_by_data (self->job, self);
  g_signal_handlers_disconnect_by_data (self->application, self);
  platter_new_image_finish_async (self->image, self->job, self->source, image_keeper_finished_cb,
                                  self);
}

/* The job ends with this process, and nothing is to be left of it. */
static void
image_keeper_shutdown_cb (ImageKeeper *self)
{
  platter_new_image_discard (self->image);
}

PlatterNewImage *
platter_image_keeper_get_image (PlatterRequest *request)
{
  GPtrArray *targets = request != NULL ? platter_request_get_targets (request) : NULL;

  if (targets == NULL || targets->len == 0
      || !PLATTER_IS_NEW_IMAGE (g_ptr_array_index (targets, 0)))
    return NULL;
  return g_ptr_array_index (targets, 0);
}

gboolean
platter_image_keeper_begin (PlatterRequest *request, GError **error)
{
  PlatterNewImage *image = platter_image_keeper_get_image (request);

  return image == NULL || platter_new_image_begin (image, error);
}

void
platter_image_keeper_keep (PlatterApplication *application,
                           PlatterRequest *request,
                           PlatterJob *job)
{
  PlatterNewImage *image = platter_image_keeper_get_image (request);
  PlatterHelper *helper = platter_application_get_helper (application);
  ImageKeeper *self = NULL;

  if (image != NULL && job == NULL)
    platter_new_image_discard (image);
  if (image == NULL || job == NULL)
    return;
  self = g_new0 (ImageKeeper, 1);
  self->application = g_object_ref (application);
  self->job = g_object_ref (job);
  self->image = g_object_ref (image);
  self->source = g_object_ref (platter_request_get_source (request));
  self->is_held = helper != NULL && !platter_helper_is_embedded (helper);
  if (self->is_held)
    g_application_hold (G_APPLICATION (application));
  g_signal_connect_swapped (application, "shutdown", G_CALLBACK (image_keeper_shutdown_cb), self);
  g_signal_connect_swapped (job, "ended", G_CALLBACK (image_keeper_ended_cb), self);
  if (!platter_job_is_running (job))
    image_keeper_ended_cb (self);
}

gboolean
platter_image_keeper_waits (PlatterNewImage *image, GCallback callback, gpointer object)
{
  if (image == NULL || platter_new_image_is_finished (image))
    return FALSE;
  g_signal_handlers_disconnect_matched (image, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, callback, NULL);
  g_signal_connect_object (image, "finished", callback, object, G_CONNECT_SWAPPED);
  return TRUE;
}
