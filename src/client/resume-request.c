// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Finding the drives and images of a job that was cut off again.

#include "config.h"

#include "resume-request.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#include "../device/errors.h"
#include "nbd-address.h"

/* What the helper keeps nothing for. */
#define WORTH_BYTES ((guint64)1024 * 1024)

gboolean
platter_resume_is_possible (PlatterJob *job)
{
  return g_variant_n_children (platter_job_get_resumable (job)) > 0;
}

/* @get_bytes: what its first target must have enough of, if it is a job that the helper keeps at all */
static gboolean
resume_is_worth (PlatterJob *job, guint64 (*get_bytes) (PlatterJobTarget *target))
{
  g_autoptr (PlatterJobTarget) target = g_list_model_get_item (platter_job_get_targets (job), 0);
  gboolean is_kept = FALSE;

  g_variant_lookup (platter_job_get_details (job), "kept", "b", &is_kept);
  return is_kept && target != NULL && get_bytes (target) > WORTH_BYTES;
}

gboolean
platter_resume_may_be_possible (PlatterJob *job)
{
  return resume_is_worth (job, platter_job_target_get_durable_bytes);
}

gboolean
platter_resume_may_be_kept (PlatterJob *job)
{
  return resume_is_worth (job, platter_job_target_get_written_bytes);
}

static gboolean
resume_is_kind (PlatterJob *job, const char *kind)
{
  return g_str_equal (platter_job_get_kind (job), kind);
}

static GVariant *
resume_dup_source (PlatterJob *job)
{
  GVariant *source
    = g_variant_lookup_value (platter_job_get_details (job), "source", G_VARIANT_TYPE_VARDICT);

  return source != NULL ? source : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

/* Returns: (transfer full): aa{sv} */
static GVariant *
resume_dup_targets (PlatterJob *job)
{
  GVariant *targets
    = g_variant_lookup_value (platter_job_get_details (job), "targets", G_VARIANT_TYPE ("aa{sv}"));

  return targets != NULL ? targets : g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
}

static gboolean
resume_is_image (GVariant *end)
{
  gboolean is_image = FALSE;

  g_variant_lookup (end, "is-image", "b", &is_image);
  return is_image;
}

/* Returns: (transfer full) (element-type GVariant): the images that it reads. */
static GPtrArray *
resume_dup_images (PlatterJob *job)
{
  GPtrArray *images = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  g_autoptr (GVariant) source = resume_dup_source (job);
  g_autoptr (GVariant) targets = resume_dup_targets (job);
  g_autoptr (GVariant) target = NULL;

  if (resume_is_image (source))
    g_ptr_array_add (images, g_variant_ref (source));
  if (!resume_is_kind (job, "verify") || g_variant_n_children (targets) == 0)
    return images;
  target = g_variant_get_child_value (targets, 0);
  if (resume_is_image (target))
    g_ptr_array_add (images, g_variant_ref (target));
  return images;
}

guint
platter_resume_count_images (PlatterJob *job)
{
  g_autoptr (GPtrArray) images = resume_dup_images (job);

  return images->len;
}

static guint64
resume_get_size (GVariant *end)
{
  guint64 size_bytes = 0;

  g_variant_lookup (end, "size", "t", &size_bytes);
  return size_bytes;
}

static const char *
resume_get_name (GVariant *end)
{
  const char *name = "";

  g_variant_lookup (end, "name", "&s", &name);
  return name;
}

char *
platter_resume_dup_image_name (PlatterJob *job, guint index)
{
  g_autoptr (GPtrArray) images = resume_dup_images (job);

  return g_strdup (resume_get_name (g_ptr_array_index (images, index)));
}

char *
platter_resume_dup_image_path (PlatterJob *job, guint index)
{
  g_autoptr (GPtrArray) images = resume_dup_images (job);
  GVariant *image = g_ptr_array_index (images, index);
  g_autofree char *path = NULL;
  struct stat status;

  if (g_variant_lookup (image, "path", "^ay", &path) && stat (path, &status) == 0
      && S_ISREG (status.st_mode) && (guint64)status.st_size == resume_get_size (image))
    return g_steal_pointer (&path);
  return NULL;
}

char *
platter_resume_dup_image_address (PlatterJob *job, guint index)
{
  g_autofree char *name = platter_resume_dup_image_name (job, index);

  return platter_nbd_address_is (name) ? g_steal_pointer (&name) : NULL;
}

/* The helper knows the sizes of files only. */
static gboolean
resume_is_size (GVariant *known, PlatterImage *image)
{
  guint64 size_bytes = resume_get_size (known);
  gboolean is_server = platter_image_get_export (image) != NULL;

  return platter_image_get_file_bytes (image) == size_bytes || (is_server && size_bytes == 0);
}

gboolean
platter_resume_check_image (PlatterJob *job, guint index, PlatterImage *image, GError **error)
{
  g_autoptr (GPtrArray) images = resume_dup_images (job);
  GVariant *known = g_ptr_array_index (images, index);

  if (resume_is_size (known, image))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               /* Translators: the names of two files */
               _ ("%s has another size than %s, which this job read. Choose the same file."),
               platter_image_get_name (image), resume_get_name (known));
  return FALSE;
}

char *
platter_resume_dup_new_path (PlatterJob *job)
{
  g_autoptr (GVariant) targets = resume_dup_targets (job);
  g_autoptr (GVariant) target
    = g_variant_n_children (targets) > 0 ? g_variant_get_child_value (targets, 0) : NULL;
  char *path = NULL;

  if (target != NULL && resume_is_kind (job, "image"))
    g_variant_lookup (target, "path", "^ay", &path);
  return path;
}

/* Returns: (transfer full): a{sv} */
static GVariant *
resume_dup_options (PlatterJob *job)
{
  GVariant *options
    = g_variant_lookup_value (platter_job_get_details (job), "options", G_VARIANT_TYPE_VARDICT);

  return options != NULL ? options : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

guint64
platter_resume_get_piece_bytes (PlatterJob *job)
{
  g_autoptr (GVariant) options = resume_dup_options (job);
  guint64 piece_bytes = 0;

  g_variant_lookup (options, "split", "t", &piece_bytes);
  return piece_bytes;
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

/* Returns: (transfer full): a drive or an image; %NULL with @error. @n_images: (inout): how many have been taken */
static gpointer
resume_take_end (GVariant *end,
                 PlatterDrives *drives,
                 GPtrArray *images,
                 guint *n_images,
                 GPtrArray *taken,
                 GError **error)
{
  if (!resume_is_image (end))
    return resume_take_drive (end, drives, taken, error);
  g_return_val_if_fail (*n_images < images->len, NULL);
  return g_object_ref (g_ptr_array_index (images, (*n_images)++));
}

/* Returns: (transfer full) (nullable) */
static gpointer
resume_take_new_image (PlatterJob *job, gpointer source, GError **error)
{
  g_autofree char *path = platter_resume_dup_new_path (job);
  g_autoptr (PlatterNewImage) image = path != NULL ? platter_new_image_new (path, error) : NULL;
  g_autoptr (GVariant) options = resume_dup_options (job);
  guint64 piece_bytes = platter_resume_get_piece_bytes (job);
  gboolean replace = FALSE;

  if (path == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _ ("It is not known where the image of job %u is. Give the job up, and make the "
                    "image anew."),
                 platter_job_get_id (job));
  if (image == NULL)
    return NULL;
  g_variant_lookup (options, "replace", "b", &replace);
  platter_new_image_set_replace (image, replace);
  if (piece_bytes > 0 && !platter_new_image_split (image, piece_bytes, error))
    return NULL;
  platter_new_image_set_again (image);
  return platter_new_image_check (image, source, error) ? g_steal_pointer (&image) : NULL;
}

/* Returns: %FALSE if one is missing; the others were added all the same */
static gboolean
resume_add_drives (
  PlatterRequest *request, PlatterJob *job, PlatterDrives *drives, GPtrArray *taken, GError **error)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GVariant) targets = resume_dup_targets (job);
  GVariantIter iter;
  guint32 index = 0;

  g_variant_iter_init (&iter, platter_job_get_resumable (job));
  while (g_variant_iter_next (&iter, "u", &index))
    {
      g_autoptr (GVariant) target = NULL;
      g_autoptr (PlatterDrive) drive = NULL;

      if (index >= g_variant_n_children (targets))
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

/* The other side of a comparison, or the image that is made. */
static gboolean
resume_add_target (PlatterRequest *request,
                   PlatterJob *job,
                   PlatterDrives *drives,
                   GPtrArray *images,
                   guint *n_images,
                   GPtrArray *taken,
                   GError **error)
{
  g_autoptr (GVariant) targets = resume_dup_targets (job);
  g_autoptr (GVariant) target
    = g_variant_n_children (targets) > 0 ? g_variant_get_child_value (targets, 0) : NULL;
  g_autoptr (GObject) end = NULL;

  g_return_val_if_fail (target != NULL, FALSE);
  end = resume_is_kind (job, "image")
          ? resume_take_new_image (job, platter_request_get_source (request), error)
          : resume_take_end (target, drives, images, n_images, taken, error);
  if (end != NULL)
    platter_request_add_target (request, end);
  return end != NULL;
}

/* Returns: (transfer full): with the options of the job, but without its ends */
static PlatterRequest *
resume_request_new_empty (PlatterJob *job)
{
  static const struct
  {
    const char *name;
    PlatterRequestKind kind;
  } kinds[] = {
    { "clone", PLATTER_REQUEST_CLONE },
    { "write", PLATTER_REQUEST_WRITE },
    { "verify", PLATTER_REQUEST_VERIFY },
    { "image", PLATTER_REQUEST_IMAGE },
  };
  g_autoptr (GVariant) options = resume_dup_options (job);
  PlatterRequest *request = NULL;
  const char *format = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (resume_is_kind (job, kinds[i].name))
      request = platter_request_new (kinds[i].kind);
  g_return_val_if_fail (request != NULL, NULL);
  platter_request_copy_options (request, options);
  if (platter_request_get_kind (request) == PLATTER_REQUEST_IMAGE
      && g_variant_lookup (options, "format", "&s", &format))
    platter_request_set_format (request, format);
  platter_request_set_resume (request, platter_job_get_id (job));
  return request;
}

PlatterRequest *
platter_resume_request_new (PlatterJob *job,
                            PlatterDrives *drives,
                            GPtrArray *images,
                            gboolean only_connected,
                            GError **error)
{
  g_autoptr (PlatterRequest) request = NULL;
  g_autoptr (GPtrArray) taken = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) missing = NULL;
  g_autoptr (GVariant) known = resume_dup_source (job);
  g_autoptr (GObject) source = NULL;
  guint n_images = 0;

  if (!platter_resume_is_possible (job))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("Job %u cannot be resumed."),
                   platter_job_get_id (job));
      return NULL;
    }
  request = resume_request_new_empty (job);
  source = resume_take_end (known, drives, images, &n_images, taken, error);
  if (source == NULL)
    return NULL;
  platter_request_set_source (request, source);
  if (PLATTER_IS_IMAGE (source)
      && !resume_set_parts (request, known, PLATTER_IMAGE (source), error))
    return NULL;
  if (resume_is_kind (job, "verify") || resume_is_kind (job, "image"))
    return resume_add_target (request, job, drives, images, &n_images, taken, error)
             ? g_steal_pointer (&request)
             : NULL;
  if (resume_add_drives (request, job, drives, taken, &missing)
      || (only_connected && platter_request_get_targets (request)->len > 0))
    return g_steal_pointer (&request);
  g_propagate_error (error, g_steal_pointer (&missing));
  return NULL;
}
