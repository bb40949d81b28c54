// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The message that a request becomes, with its descriptors: docs/interface.md.

#include "config.h"

#include "request-private.h"

#include <glib/gi18n-lib.h>

#include "image-format.h"
#include "new-image.h"

#include <unistd.h>

/* Of one of which only parts are content. Returns: %FALSE if it cannot be told. */
static gboolean
request_add_parts (PlatterImage *image, GVariantBuilder *builder, GUnixFDList *fds, GError **error)
{
  int handle = -1;
  int fd = -1;

  if (platter_image_get_bmap_name (image) == NULL)
    return TRUE;
  fd = platter_image_open_parts (image, error);
  if (fd < 0)
    return FALSE;
  handle = g_unix_fd_list_append (fds, fd, error);
  close (fd);
  if (handle >= 0)
    g_variant_builder_add (builder, "{sv}", "parts", g_variant_new_handle (handle));
  return handle >= 0;
}

/* Closes @fd, which came with or without an error. Returns: its handle; -1. */
static int
request_take_fd (GUnixFDList *fds, int fd, GError **error)
{
  int handle = fd >= 0 ? g_unix_fd_list_append (fds, fd, error) : -1;

  if (fd >= 0)
    close (fd);
  return handle;
}

static GVariant *
request_build_new_image (PlatterNewImage *image, GUnixFDList *fds, GError **error)
{
  GVariantBuilder builder;
  gboolean is_passed_on = platter_new_image_is_passed_on (image);
  g_autofree char *path = platter_new_image_dup_whole_path (image);
  int handle = request_take_fd (fds, platter_new_image_open (image, error), error);
  int more = -1;

  if (handle >= 0 && is_passed_on)
    more = request_take_fd (fds, platter_new_image_pass_on (image, error), error);
  if (handle < 0 || (is_passed_on && more < 0))
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "fd", g_variant_new_handle (handle));
  g_variant_builder_add (&builder, "{sv}", "name",
                         g_variant_new_string (platter_new_image_get_name (image)));
  g_variant_builder_add (&builder, "{sv}", "path", g_variant_new_bytestring (path));
  if (is_passed_on)
    g_variant_builder_add (&builder, "{sv}", "more", g_variant_new_handle (more));
  return g_variant_builder_end (&builder);
}

static void
request_add_pipe (PlatterImage *image, GVariantBuilder *builder)
{
  guint64 file_bytes = platter_image_get_file_bytes (image);

  g_variant_builder_add (builder, "{sv}", "pipe", g_variant_new_boolean (TRUE));
  if (file_bytes > 0)
    g_variant_builder_add (builder, "{sv}", "size", g_variant_new_uint64 (file_bytes));
  if (platter_image_get_packing (image)[0] != '\0')
    g_variant_builder_add (builder, "{sv}", "packed", g_variant_new_boolean (TRUE));
}

static gboolean
request_add_content (PlatterImage *image,
                     GVariantBuilder *builder,
                     GUnixFDList *fds,
                     GError **error)
{
  int server = -1;

  if (platter_image_is_pipe (image))
    request_add_pipe (image, builder);
  else if (platter_image_is_served (image))
    {
      server = request_take_fd (fds, platter_image_serve (image, error), error);
      if (server < 0)
        return FALSE;
      g_variant_builder_add (builder, "{sv}", "nbd", g_variant_new_handle (server));
      if (platter_image_get_export (image) != NULL)
        g_variant_builder_add (builder, "{sv}", "export",
                               g_variant_new_string (platter_image_get_export (image)));
    }
  else if (platter_image_is_packed (image))
    g_variant_builder_add (builder, "{sv}", "packed", g_variant_new_boolean (TRUE));
  if (platter_image_get_track (image) != NULL)
    g_variant_builder_add (builder, "{sv}", "track",
                           platter_track_pack (platter_image_get_track (image)));
  return TRUE;
}

/* A server that is somewhere else has no file. */
static gboolean
request_add_file (PlatterImage *image, GVariantBuilder *builder, GUnixFDList *fds, GError **error)
{
  gboolean is_pipe = platter_image_is_pipe (image);
  int fd = platter_image_get_fd (image);
  int handle = -1;

  if (is_pipe)
    handle = request_take_fd (fds, platter_image_feed (image, error), error);
  else if (fd >= 0)
    handle = g_unix_fd_list_append (fds, fd, error);
  if (handle >= 0)
    g_variant_builder_add (builder, "{sv}", "fd", g_variant_new_handle (handle));
  /* For finding it again. */
  if (handle >= 0 && !is_pipe && platter_image_get_path (image) != NULL)
    g_variant_builder_add (builder, "{sv}", "path",
                           g_variant_new_bytestring (platter_image_get_path (image)));
  return handle >= 0 || (!is_pipe && fd < 0);
}

static GVariant *
request_build_image (PlatterImage *image, gboolean with_parts, GUnixFDList *fds, GError **error)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "name",
                         g_variant_new_string (platter_image_get_name (image)));
  if (request_add_file (image, &builder, fds, error)
      && request_add_content (image, &builder, fds, error)
      && (!with_parts || request_add_parts (image, &builder, fds, error)))
    return g_variant_builder_end (&builder);
  g_variant_builder_clear (&builder);
  return NULL;
}

/* Of a drive what it was when it was chosen, and not what is there now. */
static GVariant *
request_build_end (
  gpointer end, const PlatterChosen *chosen, gboolean with_parts, GUnixFDList *fds, GError **error)
{
  if (chosen != NULL)
    return g_variant_ref (chosen->identity);
  if (PLATTER_IS_NEW_IMAGE (end))
    return request_build_new_image (end, fds, error);
  return request_build_image (end, with_parts, fds, error);
}

/* An image has the digest of its content beside it. Where a packed one is not to be proven, that of its file will do:
   the other one takes as long as packing does. */
static gboolean
request_needs_digest (PlatterRequest *self)
{
  const PlatterImageFormat *format = platter_image_format_find (self->format);
  gboolean is_packed
    = format != NULL && !format->is_plain && !platter_image_format_is_disk (format);

  return self->kind == PLATTER_REQUEST_IMAGE
         && g_str_equal (platter_request_get_on_error (self), "stop")
         && (self->verify || !is_packed);
}

/* Those of a job that goes on are what they were. */
static void
request_build_digests (PlatterRequest *self)
{
  g_autoptr (GStrvBuilder) digests = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  if (self->digests->len == 0 && g_variant_dict_contains (self->options, "resume"))
    return;
  for (guint i = 0; i < self->digests->len; i++)
    g_strv_builder_add (digests, g_ptr_array_index (self->digests, i));
  if (request_needs_digest (self)
      && !g_ptr_array_find_with_equal_func (self->digests, "sha256", g_str_equal, NULL))
    g_strv_builder_add (digests, "sha256");
  names = g_strv_builder_end (digests);
  if (names[0] != NULL || self->kind == PLATTER_REQUEST_IMAGE)
    g_variant_dict_insert (self->options, "digests", "^as", names);
}

static GVariant *
request_build_options (PlatterRequest *self)
{
  g_autoptr (GVariant) set = NULL;
  g_autoptr (GVariantDict) options = NULL;

  request_build_digests (self);
  /* Ending a dictionary empties it; a request may be tried again. */
  set = g_variant_ref_sink (g_variant_dict_end (self->options));
  options = g_variant_dict_new (set);
  g_variant_dict_unref (self->options);
  self->options = g_steal_pointer (&options);
  return g_steal_pointer (&set);
}

static gboolean
request_add_map (GVariantDict *options, const char *key, int fd, GUnixFDList *fds, GError **error)
{
  int handle = fd >= 0 ? g_unix_fd_list_append (fds, fd, error) : -1;

  if (handle >= 0)
    g_variant_dict_insert_value (options, key, g_variant_new_handle (handle));
  return fd < 0 || handle >= 0;
}

/* A rescued image has its map beside it. */
static gboolean
request_add_map_of_image (PlatterRequest *self,
                          GVariantDict *options,
                          GUnixFDList *fds,
                          GError **error)
{
  gpointer target = g_ptr_array_index (self->targets, 0);
  int fd = -1;
  gboolean is_added = FALSE;

  if (!PLATTER_IS_NEW_IMAGE (target) || !platter_new_image_has_map (target))
    return TRUE;
  fd = platter_new_image_open_map (target, error);
  if (fd < 0)
    return FALSE;
  is_added = request_add_map (options, "map", fd, fds, error);
  close (fd);
  return is_added;
}

/* What is to be known again of an image that is made, if the job is cut off. */
static void
request_add_way_of_making (PlatterRequest *self, GVariantDict *options)
{
  gpointer target = g_ptr_array_index (self->targets, 0);

  if (!PLATTER_IS_NEW_IMAGE (target))
    return;
  g_variant_dict_insert (options, "replace", "b", platter_new_image_get_replace (target));
  g_variant_dict_insert (options, "split", "t", platter_new_image_get_piece_bytes (target));
}

/* With the descriptors that only this message has. */
static GVariant *
request_build_all_options (PlatterRequest *self, GUnixFDList *fds, GError **error)
{
  g_autoptr (GVariant) set = request_build_options (self);
  g_autoptr (GVariantDict) options = g_variant_dict_new (set);

  request_add_way_of_making (self, options);
  if (!request_add_map_of_image (self, options, fds, error)
      || !request_add_map (options, "map", self->map_fd, fds, error)
      || !request_add_map (options, "domain", self->domain_fd, fds, error))
    return NULL;
  return g_variant_ref_sink (g_variant_dict_end (options));
}

static GVariant *
request_build_target (PlatterRequest *self, guint index, GUnixFDList *fds, GError **error)
{
  return request_build_end (g_ptr_array_index (self->targets, index),
                            g_ptr_array_index (self->chosen, index), FALSE, fds, error);
}

static GVariant *
request_build_targets (PlatterRequest *self, GUnixFDList *fds, GError **error)
{
  g_autoptr (GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < self->targets->len; i++)
    {
      GVariant *target = request_build_target (self, i, fds, error);

      if (target == NULL)
        return NULL;
      g_variant_take_ref (target);
      g_variant_builder_add_value (builder, target);
      g_variant_unref (target);
    }
  return g_variant_builder_end (builder);
}

static gboolean
request_has_ends (PlatterRequest *self, GError **error)
{
  if (self->source != NULL && self->targets->len > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       self->source == NULL ? _ ("Nothing is selected to read from.")
                                            : _ ("Nothing is selected to write to."));
  return FALSE;
}

GVariant *
platter_request_build (PlatterRequest *self, GUnixFDList *fds, GError **error)
{
  g_autoptr (GVariant) source = NULL;
  g_autoptr (GVariant) second = NULL;
  g_autoptr (GVariant) options = NULL;
  gboolean is_pair = self->kind == PLATTER_REQUEST_VERIFY || self->kind == PLATTER_REQUEST_IMAGE;

  if (!request_has_ends (self, error))
    return NULL;
  options = request_build_all_options (self, fds, error);
  source = options != NULL
             ? request_build_end (self->source, self->chosen_source, !self->is_whole, fds, error)
             : NULL;
  if (source == NULL)
    return NULL;
  g_variant_take_ref (source);

  if (is_pair)
    second = request_build_target (self, 0, fds, error);
  else
    second = request_build_targets (self, fds, error);
  if (second == NULL)
    return NULL;
  g_variant_take_ref (second);
  return g_variant_new (is_pair ? "(@a{sv}@a{sv}@a{sv})" : "(@a{sv}@aa{sv}@a{sv})", source, second,
                        options);
}
