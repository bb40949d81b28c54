// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a client asked for, copied out of its message once and never changed.

#include "request.h"

#include <limits.h>
#include <string.h>

#include "closing.h"
#include "dbus/arguments.h"
#include "dbus/errors.h"
#include "options.h"

static const PlatterArgument request_drive_keys[] = {
  { "number", "t", TRUE }, { "diskseq", "t", TRUE }, { "size", "t", TRUE },
  { "serial", "s", TRUE }, { "object", "o", FALSE },
};

static const PlatterArgument request_image_keys[] = {
  { "fd", "h", FALSE },   { "name", "s", TRUE },    { "packed", "b", FALSE },
  { "nbd", "h", FALSE },  { "export", "s", FALSE }, { "pipe", "b", FALSE },
  { "size", "t", FALSE }, { "parts", "h", FALSE },  { "track", "(tuuu)", FALSE },
  { "more", "h", FALSE }, { "path", "ay", FALSE },
};

static gboolean
request_refuse (GError **error, const char *what)
{
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, what);
  return FALSE;
}

static void
request_side_free (gpointer data)
{
  PlatterRequestSide *side = data;

  g_free (side->serial);
  g_free (side->object);
  g_free (side->name);
  g_free (side->export_name);
  g_free (side->path);
  g_clear_pointer (&side->track, g_variant_unref);
  g_free (side);
}

static void
request_take_fds (PlatterRequest *self, GUnixFDList *fds)
{
  int n_fds = 0;

  if (fds == NULL)
    return;
  g_autofree int *stolen = g_unix_fd_list_steal_fds (fds, &n_fds);
  g_array_append_vals (self->fds, stolen, (guint)n_fds);
}

static gboolean
request_is_fd_taken (PlatterRequest *self, int fd)
{
  for (guint i = 0; i < self->sides->len; i++)
    {
      const PlatterRequestSide *side = platter_request_get_side (self, i);
      if (side->is_image
          && (side->fd == fd || side->nbd_fd == fd || side->parts_fd == fd || side->more_fd == fd))
        return TRUE;
    }
  return FALSE;
}

/* @fd: (out): -1 without such a key */
static gboolean
request_find_fd (PlatterRequest *self, GVariant *image, const char *key, int *fd, GError **error)
{
  gint32 index = -1;

  *fd = -1;
  if (!g_variant_lookup (image, key, "h", &index))
    return TRUE;
  if (index < 0 || (guint)index >= self->fds->len)
    return request_refuse (
      error, "An image’s “fd”, “nbd”, “parts” or “more” is not the index of a descriptor in the "
             "message.");
  *fd = g_array_index (self->fds, int, index);
  return !request_is_fd_taken (self, *fd)
         || request_refuse (error, "Two images share one descriptor.");
}

/* A server has a file below it, whose rules are those of an image, or is somewhere else, and then stands for itself. */
static gboolean
request_check_image (PlatterRequest *self, PlatterRequestSide *side, GError **error)
{
  gboolean is_read_so = side->is_packed || side->nbd_fd >= 0 || side->is_pipe;

  if (side->fd < 0 && side->nbd_fd < 0)
    return request_refuse (error, "An image has neither “fd” nor “nbd”.");
  if (side->path != NULL && strlen (side->path) >= PATH_MAX)
    return request_refuse (error, "An image’s “path” is too long.");
  if (side->fd == side->nbd_fd)
    return request_refuse (error, "An image’s “fd” and “nbd” are one descriptor.");
  if ((is_read_so || side->parts_fd >= 0) && self->sides->len > 0)
    return request_refuse (
      error, "Only the first of two images can be “packed”, “nbd” or “pipe”, or have “parts”.");
  if (side->more_fd >= 0
      && (self->kind != PLATTER_REQUEST_IMAGE || self->sides->len == 0
          || side->more_fd == side->fd))
    return request_refuse (error, "Only an image that is made has “more” than its file.");
  if (side->parts_fd >= 0 && self->kind == PLATTER_REQUEST_IMAGE)
    return request_refuse (error, "Of an image that another is made of all is read: “parts”.");
  if (side->parts_fd >= 0 && (side->nbd_fd >= 0 || side->is_pipe || side->parts_fd == side->fd))
    return request_refuse (error, "Only a file has “parts”, and they are in another file.");
  if (side->nbd_fd >= 0 && (side->is_packed || side->is_pipe))
    return request_refuse (error, "What is “nbd” is neither “packed” nor a “pipe”.");
  if (side->size_bytes > 0 && !side->is_pipe)
    return request_refuse (error, "Only of a pipe the “size” is told.");
  if (side->track != NULL && (!side->is_packed || side->is_pipe || side->parts_fd >= 0))
    return request_refuse (error, "Only a “packed” file without “parts” has a “track”.");
  if (side->export_name != NULL && side->nbd_fd < 0)
    return request_refuse (error, "Only a server has an “export”.");
  if (side->fd < 0)
    side->fd = side->nbd_fd;
  return TRUE;
}

static gboolean
request_add_image (PlatterRequest *self, GVariant *image, GError **error)
{
  PlatterRequestSide *side;

  if (!platter_arguments_check (image, request_image_keys, G_N_ELEMENTS (request_image_keys),
                                error))
    return FALSE;
  side = g_new0 (PlatterRequestSide, 1);
  side->is_image = TRUE;
  g_variant_lookup (image, "name", "s", &side->name);
  g_variant_lookup (image, "packed", "b", &side->is_packed);
  g_variant_lookup (image, "export", "s", &side->export_name);
  g_variant_lookup (image, "path", "^ay", &side->path);
  g_variant_lookup (image, "pipe", "b", &side->is_pipe);
  g_variant_lookup (image, "size", "t", &side->size_bytes);
  side->track = g_variant_lookup_value (image, "track", NULL);
  if (!request_find_fd (self, image, "fd", &side->fd, error)
      || !request_find_fd (self, image, "nbd", &side->nbd_fd, error)
      || !request_find_fd (self, image, "parts", &side->parts_fd, error)
      || !request_find_fd (self, image, "more", &side->more_fd, error)
      || !request_check_image (self, side, error))
    {
      request_side_free (side);
      return FALSE;
    }
  g_ptr_array_add (self->sides, side);
  return TRUE;
}

static gboolean
request_add_drive (PlatterRequest *self, GVariant *drive, GError **error)
{
  PlatterRequestSide *side;
  guint64 number = 0;

  if (!platter_arguments_check (drive, request_drive_keys, G_N_ELEMENTS (request_drive_keys),
                                error))
    return FALSE;
  side = g_new0 (PlatterRequestSide, 1);
  side->fd = side->nbd_fd = side->parts_fd = side->more_fd = -1;
  g_variant_lookup (drive, "number", "t", &number);
  side->number = (dev_t)number;
  g_variant_lookup (drive, "diskseq", "t", &side->diskseq);
  g_variant_lookup (drive, "size", "t", &side->size_bytes);
  g_variant_lookup (drive, "serial", "s", &side->serial);
  g_variant_lookup (drive, "object", "o", &side->object);
  g_ptr_array_add (self->sides, side);
  return TRUE;
}

/* The source of a clone is a drive and that of writing an image; comparing and making an image take either. */
static gboolean
request_add_source (PlatterRequest *self, GVariant *source, GError **error)
{
  g_autoptr (GVariant) name = g_variant_lookup_value (source, "name", NULL);
  gboolean is_image
    = self->kind == PLATTER_REQUEST_WRITE || (self->kind != PLATTER_REQUEST_CLONE && name != NULL);

  return is_image ? request_add_image (self, source, error)
                  : request_add_drive (self, source, error);
}

static gboolean
request_add_targets (PlatterRequest *self, GVariant *targets, GError **error)
{
  gsize n_targets;

  if (self->kind == PLATTER_REQUEST_VERIFY)
    return request_add_source (self, targets, error);
  if (self->kind == PLATTER_REQUEST_IMAGE)
    return request_add_image (self, targets, error);
  n_targets = g_variant_n_children (targets);
  if (n_targets < 1 || n_targets > PLATTER_REQUEST_MAX_TARGETS)
    return request_refuse (error,
                           "A job has 1 to 32 targets. Choose fewer, or start several jobs.");
  for (gsize i = 0; i < n_targets; i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      if (!request_add_drive (self, target, error))
        return FALSE;
    }
  return TRUE;
}

/* A mapfile is named by the index of its descriptor, as an image is. Returns: how many there are, -1 on failure. */
static int
request_find_map (PlatterRequest *self, GVariant *options, const char *key, int *fd, GError **error)
{
  gint32 index = -1;

  *fd = -1;
  if (!g_variant_lookup (options, key, "h", &index))
    return 0;
  if (index < 0 || (guint)index >= self->fds->len)
    {
      request_refuse (error, "A map is not the index of a descriptor in the message.");
      return -1;
    }
  *fd = g_array_index (self->fds, int, index);
  if (!request_is_fd_taken (self, *fd) && (fd == &self->map_fd || *fd != self->map_fd))
    return 1;
  request_refuse (error, "A map shares its descriptor with something else.");
  return -1;
}

/* Every descriptor is there for something. */
static gboolean
request_count_fds (PlatterRequest *self, GVariant *options, GError **error)
{
  guint n_used = 0;
  int n_maps = request_find_map (self, options, "map", &self->map_fd, error);
  int n_domains
    = n_maps < 0 ? -1 : request_find_map (self, options, "domain", &self->domain_fd, error);

  if (n_domains < 0)
    return FALSE;
  n_used = (guint)(n_maps + n_domains);
  for (guint i = 0; i < self->sides->len; i++)
    {
      const PlatterRequestSide *side = platter_request_get_side (self, i);

      n_used += side->is_image ? 1 : 0;
      n_used += side->nbd_fd >= 0 && side->nbd_fd != side->fd ? 1 : 0;
      n_used += side->parts_fd >= 0 ? 1 : 0;
      n_used += side->more_fd >= 0 ? 1 : 0;
    }
  return n_used == self->fds->len
         || request_refuse (error,
                            "The message has another number of descriptors than images and maps.");
}

static gboolean
request_read (PlatterRequest *self, GVariant *parameters, GError **error)
{
  g_autoptr (GVariant) source = NULL;
  g_autoptr (GVariant) targets = NULL;
  g_autoptr (GVariant) options = NULL;

  if (g_variant_get_size (parameters) > PLATTER_REQUEST_MAX_BYTES)
    return request_refuse (error, "The message is too large.");
  source = g_variant_get_child_value (parameters, 0);
  targets = g_variant_get_child_value (parameters, 1);
  options = g_variant_get_child_value (parameters, 2);
  if (!request_add_source (self, source, error) || !request_add_targets (self, targets, error))
    return FALSE;
  return request_count_fds (self, options, error) && platter_options_read (self, options, error);
}

PlatterRequest *
platter_request_new (PlatterRequestKind kind,
                     GVariant *parameters,
                     GUnixFDList *fds,
                     GError **error)
{
  g_autoptr (PlatterRequest) self = g_atomic_rc_box_new0 (PlatterRequest);

  self->kind = kind;
  self->sides = g_ptr_array_new_with_free_func (request_side_free);
  self->fds = g_array_new (FALSE, FALSE, sizeof (int));
  self->map_fd = -1;
  self->domain_fd = -1;
  request_take_fds (self, fds);
  return request_read (self, parameters, error) ? g_steal_pointer (&self) : NULL;
}

PlatterRequest *
platter_request_ref (PlatterRequest *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
platter_request_close (PlatterRequest *self)
{
  platter_closing_start ((const int *)(gpointer)self->fds->data, self->fds->len);
  g_array_set_size (self->fds, 0);
}

static void
request_clear (gpointer data)
{
  PlatterRequest *self = data;

  platter_request_close (self);
  g_array_unref (self->fds);
  g_ptr_array_unref (self->sides);
  g_strfreev (self->digests);
  g_clear_pointer (&self->expected, g_variant_unref);
  g_free (self->queue);
  g_free (self->on_error);
  g_free (self->format);
}

void
platter_request_unref (PlatterRequest *self)
{
  g_atomic_rc_box_release_full (self, request_clear);
}

gboolean
platter_request_overwrites (const PlatterRequest *self)
{
  return self->kind == PLATTER_REQUEST_CLONE || self->kind == PLATTER_REQUEST_WRITE;
}

gboolean
platter_request_is_plain (const PlatterRequest *self)
{
  return strcmp (self->on_error, "stop") == 0 || strcmp (self->on_error, "ask") == 0;
}

gboolean
platter_request_can_go_on (const PlatterRequest *self)
{
  static const char *const files[] = { "raw", "zst", "xz", "gz", NULL };

  if (platter_request_get_side (self, 0)->is_pipe)
    return FALSE;
  return self->kind != PLATTER_REQUEST_IMAGE
         || (g_strv_contains (files, self->format) && platter_request_is_plain (self));
}

const PlatterRequestSide *
platter_request_get_side (const PlatterRequest *self, guint index)
{
  return g_ptr_array_index (self->sides, index);
}

const char *
platter_request_get_kind_name (const PlatterRequest *self)
{
  static const char *const names[] = { "clone", "write", "verify", "image" };

  return names[self->kind];
}

GArray *
platter_request_dup_drives (const PlatterRequest *self)
{
  GArray *drives = g_array_new (FALSE, FALSE, sizeof (PlatterRequestDrive));

  for (guint i = 0; i < self->sides->len; i++)
    {
      const PlatterRequestSide *side = platter_request_get_side (self, i);
      const PlatterRequestDrive drive = {
        .number = side->number,
        .is_written = i > 0 && platter_request_overwrites (self),
      };

      if (!side->is_image)
        g_array_append_val (drives, drive);
    }
  return drives;
}
