// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Finding the drives of a job that was cut off again.

#include "config.h"

#include "resume-request.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "../device/errors.h"

gboolean
platter_resume_is_possible (PlatterJob *job)
{
  return g_variant_n_children (platter_job_get_resumable (job)) > 0;
}

static GVariant *
resume_dup_source (PlatterJob *job)
{
  GVariant *source
    = g_variant_lookup_value (platter_job_get_details (job), "source", G_VARIANT_TYPE_VARDICT);

  return source != NULL ? source : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

static gboolean
resume_is_image (GVariant *end)
{
  gboolean is_image = FALSE;

  g_variant_lookup (end, "is-image", "b", &is_image);
  return is_image;
}

gboolean
platter_resume_needs_image (PlatterJob *job)
{
  g_autoptr (GVariant) source = resume_dup_source (job);

  return resume_is_image (source);
}

static guint64
resume_get_size (GVariant *end)
{
  guint64 size_bytes = 0;

  g_variant_lookup (end, "size", "t", &size_bytes);
  return size_bytes;
}

static gboolean
resume_is_taken (GPtrArray *taken, PlatterDrive *drive)
{
  for (guint i = 0; i < taken->len; i++)
    if (platter_drive_get_number (g_ptr_array_index (taken, i)) == platter_drive_get_number (drive))
      return TRUE;
  return FALSE;
}

static gboolean
resume_is_same (GVariant *end, PlatterDrive *drive, GPtrArray *taken)
{
  const char *serial = "";

  g_variant_lookup (end, "serial", "&s", &serial);
  return resume_get_size (end) == platter_drive_get_size_bytes (drive)
         && strcmp (serial, platter_drive_get_serial (drive)) == 0
         && !resume_is_taken (taken, drive);
}

/* First where it was, then anywhere, if there is but one. */
static PlatterDrive *
resume_find_drive (GVariant *end, PlatterDrives *drives, GPtrArray *taken)
{
  const char *device = "";
  g_autoptr (PlatterDrive) there = NULL;
  g_autoptr (PlatterDrive) found = NULL;

  g_variant_lookup (end, "device", "&s", &device);
  there = platter_drives_lookup (drives, device, NULL);
  if (there != NULL && resume_is_same (end, there, taken))
    return g_steal_pointer (&there);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (drives)); i++)
    {
      g_autoptr (PlatterDrive) drive = g_list_model_get_item (G_LIST_MODEL (drives), i);

      if (!resume_is_same (end, drive, taken))
        continue;
      if (found != NULL)
        return NULL;
      found = g_steal_pointer (&drive);
    }
  return g_steal_pointer (&found);
}

static PlatterDrive *
resume_take_drive (GVariant *end, PlatterDrives *drives, GPtrArray *taken, GError **error)
{
  PlatterDrive *drive = resume_find_drive (end, drives, taken);
  const char *name = "";
  const char *serial = "";
  g_autofree char *size = NULL;

  if (drive != NULL)
    {
      g_ptr_array_add (taken, g_object_ref (drive));
      return drive;
    }
  g_variant_lookup (end, "name", "&s", &name);
  g_variant_lookup (end, "serial", "&s", &serial);
  size = g_format_size (resume_get_size (end));
  if (serial[0] == '\0')
    g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE,
                 /* Translators: a drive's name and size */
                 _ ("The drive %s (%s) of this job is not connected. Connect it and try again."),
                 name, size);
  else
    g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE,
                 /* Translators: a drive's name, size and serial number */
                 _ ("The drive %s (%s, serial number %s) of this job is not connected. Connect it "
                    "and try again."),
                 name, size, serial);
  return NULL;
}

/* As it was begun: with what a bmap names, or all of it. */
static gboolean
resume_set_parts (PlatterRequest *request, GVariant *source, PlatterImage *image, GError **error)
{
  gboolean has_parts = FALSE;

  g_variant_lookup (source, "parts", "b", &has_parts);
  platter_request_set_whole (request, !has_parts);
  if (!has_parts || platter_image_get_bmap_name (image) != NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               /* Translators: the name of a file */
               _ ("This job wrote only what the bmap of %s names, and there is none beside that "
                  "file. Put it there and try again."),
               platter_image_get_name (image));
  return FALSE;
}

static gboolean
resume_set_source (PlatterRequest *request,
                   PlatterJob *job,
                   PlatterDrives *drives,
                   PlatterImage *image,
                   GPtrArray *taken,
                   GError **error)
{
  g_autoptr (GVariant) source = resume_dup_source (job);
  g_autoptr (PlatterDrive) drive = NULL;
  const char *name = "";

  if (!resume_is_image (source))
    {
      drive = resume_take_drive (source, drives, taken, error);
      if (drive == NULL)
        return FALSE;
      platter_request_set_source (request, drive);
      return TRUE;
    }
  g_variant_lookup (source, "name", "&s", &name);
  if (image != NULL && platter_image_get_file_bytes (image) == resume_get_size (source))
    {
      platter_request_set_source (request, image);
      return resume_set_parts (request, source, image, error);
    }
  if (image != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 /* Translators: the names of two files */
                 _ ("%s has another size than %s, which this job wrote. Choose the same file."),
                 platter_image_get_name (image), name);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 /* Translators: the name of a file */
                 _ ("This job wrote the image %s. Say where that file is."), name);
  return FALSE;
}

/* Returns: %FALSE if one is missing; the others were added all the same */
static gboolean
resume_add_targets (
  PlatterRequest *request, PlatterJob *job, PlatterDrives *drives, GPtrArray *taken, GError **error)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (platter_job_get_details (job), "targets", G_VARIANT_TYPE ("aa{sv}"));
  GVariantIter iter;
  guint32 index = 0;

  g_variant_iter_init (&iter, platter_job_get_resumable (job));
  while (g_variant_iter_next (&iter, "u", &index))
    {
      g_autoptr (GVariant) target = NULL;
      g_autoptr (PlatterDrive) drive = NULL;

      if (targets == NULL || index >= g_variant_n_children (targets))
        continue;
      target = g_variant_get_child_value (targets, index);
      drive = resume_take_drive (target, drives, taken, missing == NULL ? &missing : NULL);
      if (drive != NULL)
        platter_request_add_target (request, drive);
    }
  if (missing == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&missing));
  return FALSE;
}

PlatterRequest *
platter_resume_request_new (PlatterJob *job,
                            PlatterDrives *drives,
                            PlatterImage *image,
                            gboolean only_connected,
                            GError **error)
{
  gboolean is_write = g_str_equal (platter_job_get_kind (job), "write");
  g_autoptr (PlatterRequest) request
    = platter_request_new (is_write ? PLATTER_REQUEST_WRITE : PLATTER_REQUEST_CLONE);
  g_autoptr (GPtrArray) taken = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) missing = NULL;
  g_autoptr (GVariant) options
    = g_variant_lookup_value (platter_job_get_details (job), "options", G_VARIANT_TYPE_VARDICT);

  if (!platter_resume_is_possible (job))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("Job %u cannot be resumed."),
                   platter_job_get_id (job));
      return NULL;
    }
  if (!resume_set_source (request, job, drives, image, taken, error))
    return NULL;
  if (!resume_add_targets (request, job, drives, taken, &missing)
      && (!only_connected || platter_request_get_targets (request)->len == 0))
    {
      g_propagate_error (error, g_steal_pointer (&missing));
      return NULL;
    }
  if (options != NULL)
    platter_request_copy_options (request, options);
  platter_request_set_resume (request, platter_job_get_id (job));
  return g_steal_pointer (&request);
}
