// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Keeps the application until a job that makes an image has ended, and the image has its name; or one that reads an image
// which this process passes on to it.

#include "config.h"

#include "image-keeper.h"

typedef struct
{
  PlatterApplication *application;
  PlatterJob *job;
  PlatterNewImage *image; /* (nullable): that is made */
  gboolean is_held;
} ImageKeeper;

static void
image_keeper_hold (ImageKeeper *self)
{
  if (!self->is_held)
    g_application_hold (G_APPLICATION (self->application));
  self->is_held = TRUE;
}

static void
image_keeper_free (ImageKeeper *self)
{
  g_signal_handlers_disconnect_by_data (self->job, self);
  if (self->image != NULL)
    g_signal_handlers_disconnect_by_data (self->image, self);
  g_signal_handlers_disconnect_by_data (self->application, self);
  if (self->is_held)
    g_application_release (G_APPLICATION (self->application));
  g_object_unref (self->application);
  g_object_unref (self->job);
  g_clear_object (&self->image);
  g_free (self);
}

/* The job ends with this process. */
static void
image_keeper_shutdown_cb (ImageKeeper *self)
{
  if (self->image != NULL && !platter_new_image_is_finishing (self->image))
    platter_new_image_leave (self->image, self->job);
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

  return image == NULL
         || platter_new_image_begin (image, platter_request_get_format (request),
                                     platter_request_get_size_bytes (request), error);
}

static gboolean
image_keeper_is_passed_on (PlatterRequest *request)
{
  gpointer source = platter_request_get_source (request);

  return PLATTER_IS_IMAGE (source) && platter_image_is_pipe (source);
}

static gboolean
image_keeper_is_finishing (PlatterNewImage *image)
{
  return image != NULL && platter_new_image_is_finishing (image);
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
  if (job == NULL || !platter_job_is_running (job)
      || (image == NULL && !image_keeper_is_passed_on (request)))
    return;
  self = g_new0 (ImageKeeper, 1);
  self->application = g_object_ref (application);
  self->job = g_object_ref (job);
  self->image = image != NULL ? g_object_ref (image) : NULL;
  /* Of our own helper the jobs end with us, but not what comes after them. */
  if (image_keeper_is_finishing (image) || (helper != NULL && !platter_helper_is_embedded (helper)))
    image_keeper_hold (self);
  if (image != NULL)
    g_signal_connect_swapped (image, "finishing", G_CALLBACK (image_keeper_hold), self);
  g_signal_connect_swapped (application, "shutdown", G_CALLBACK (image_keeper_shutdown_cb), self);
  g_signal_connect_swapped (job, "ended", G_CALLBACK (image_keeper_free), self);
}
