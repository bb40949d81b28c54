// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the worker is told to do: the content of the message "start", parsed strictly.

#include "spec.h"

#include <string.h>

#include "dbus/arguments.h"
#include "dbus/errors.h"
#include "formats/packing.h"
#include "words.h"

static const PlatterArgument spec_keys[] = {
  { "kind", "s", TRUE },         { "source", "a{sv}", TRUE },  { "targets", "aa{sv}", TRUE },
  { "size", "t", TRUE },         { "verify", "b", TRUE },      { "digests", "as", TRUE },
  { "expected", "a{ss}", TRUE }, { "repairs", "u", TRUE },     { "stall-timeout", "u", TRUE },
  { "queue", "s", TRUE },        { "move-gpt", "b", TRUE },    { "resume", "at", FALSE },
  { "on-error", "s", FALSE },    { "rescue", "b", FALSE },     { "retries", "u", FALSE },
  { "error-limit", "t", FALSE }, { "time-limit", "u", FALSE }, { "zero-bad", "b", FALSE },
  { "map", "u", FALSE },         { "resumed", "b", FALSE },    { "domain", "u", FALSE },
  { "map-page", "u", FALSE },    { "shorter", "b", FALSE },    { "format", "s", FALSE },
  { "level", "u", FALSE },
};

static const PlatterArgument spec_endpoint_keys[] = {
  { "fd", "u", TRUE },          { "name", "s", TRUE },
  { "queue-depth", "u", TRUE }, { "write-zeroes-max", "t", TRUE },
  { "rotational", "b", TRUE },  { "packed", "b", FALSE },
  { "nbd", "u", FALSE },        { "export", "s", FALSE },
  { "pipe", "b", FALSE },       { "size", "t", FALSE },
  { "parts", "u", FALSE },      { "track", PLATTER_TRACK_TYPE, FALSE },
  { "more", "u", FALSE },
};

static gboolean
spec_refuse (GError **error, const char *text)
{
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, text);
  return FALSE;
}

static gboolean
spec_parse_endpoint (GVariant *dictionary, PlatterSpecEndpoint *endpoint, GError **error)
{
  guint32 nbd = 0;
  guint32 parts = 0;
  guint32 more = 0;

  if (!platter_arguments_check (dictionary, spec_endpoint_keys, G_N_ELEMENTS (spec_endpoint_keys),
                                error))
    return FALSE;
  g_variant_lookup (dictionary, "fd", "u", &endpoint->fd_index);
  g_variant_lookup (dictionary, "name", "s", &endpoint->name);
  g_variant_lookup (dictionary, "queue-depth", "u", &endpoint->hints.queue_depth);
  g_variant_lookup (dictionary, "write-zeroes-max", "t", &endpoint->hints.write_zeroes_max_bytes);
  g_variant_lookup (dictionary, "rotational", "b", &endpoint->hints.is_rotational);
  g_variant_lookup (dictionary, "packed", "b", &endpoint->is_packed);
  endpoint->nbd_index = -1;
  if (g_variant_lookup (dictionary, "nbd", "u", &nbd))
    endpoint->nbd_index = (int)MIN (nbd, G_MAXINT);
  endpoint->parts_index = -1;
  if (g_variant_lookup (dictionary, "parts", "u", &parts))
    endpoint->parts_index = (int)MIN (parts, G_MAXINT);
  endpoint->more_index = -1;
  if (g_variant_lookup (dictionary, "more", "u", &more))
    endpoint->more_index = (int)MIN (more, G_MAXINT);
  g_variant_lookup (dictionary, "export", "s", &endpoint->export_name);
  g_variant_lookup (dictionary, "pipe", "b", &endpoint->is_pipe);
  g_variant_lookup (dictionary, "size", "t", &endpoint->pipe_bytes);
  endpoint->hints.name = endpoint->name;
  if (!platter_track_lookup (&endpoint->track, dictionary, "track")
      || (endpoint->track.n_sectors > 0
          && (!endpoint->is_packed || endpoint->is_pipe || endpoint->parts_index >= 0)))
    return spec_refuse (error, "There are no such sectors: \"track\".");
  return TRUE;
}

static void
spec_clear_endpoint (gpointer data)
{
  PlatterSpecEndpoint *endpoint = data;

  g_free (endpoint->name);
  g_free (endpoint->export_name);
}

static void
spec_clear_expected (gpointer data)
{
  PlatterExpectedDigest *expected = data;

  g_free ((char *)expected->hex);
}

static gboolean
spec_parse_endpoints (PlatterSpec *self, GVariant *content, GError **error)
{
  g_autoptr (GVariant) source = g_variant_lookup_value (content, "source", NULL);
  g_autoptr (GVariant) targets = g_variant_lookup_value (content, "targets", NULL);
  gsize n_targets = g_variant_n_children (targets);

  if (n_targets == 0 || n_targets > PLATTER_TRANSFER_MAX_TARGETS)
    return spec_refuse (error, "There may be 1 to 32 targets.");
  if (!spec_parse_endpoint (source, &self->source, error))
    return FALSE;
  if (self->source.more_index >= 0)
    return spec_refuse (error, "There is no more of what is read: \"more\".");
  self->is_read_through
    = self->source.is_packed || self->source.nbd_index >= 0 || self->source.is_pipe;
  g_array_set_size (self->targets, (guint)n_targets);
  for (gsize i = 0; i < n_targets; i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      PlatterSpecEndpoint *endpoint = &g_array_index (self->targets, PlatterSpecEndpoint, i);
      if (!spec_parse_endpoint (target, endpoint, error))
        return FALSE;
      if (endpoint->is_packed || endpoint->nbd_index >= 0 || endpoint->is_pipe
          || endpoint->parts_index >= 0)
        return spec_refuse (
          error, "Only the source can be unpacked: \"packed\", \"nbd\", \"pipe\", \"parts\".");
    }
  return TRUE;
}

static void
spec_add_index (GVariant *content, const char *key, int *place, GArray *indexes)
{
  guint32 index = 0;

  *place = -1;
  if (!g_variant_lookup (content, key, "u", &index))
    return;
  *place = (int)MIN (index, G_MAXINT);
  g_array_append_val (indexes, index);
}

/* No descriptor may be there twice, left over, or missing. */
static gboolean
spec_check_fds (PlatterSpec *self, GVariant *content, guint n_fds, GError **error)
{
  g_autoptr (GArray) indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  guint64 seen = 0;

  G_STATIC_ASSERT (PLATTER_TRANSFER_MAX_TARGETS + 7 < 64);
  g_array_append_val (indexes, self->source.fd_index);
  /* A server without a file has one descriptor only. */
  if (self->source.nbd_index >= 0 && (guint)self->source.nbd_index != self->source.fd_index)
    g_array_append_val (indexes, self->source.nbd_index);
  if (self->source.parts_index >= 0)
    g_array_append_val (indexes, self->source.parts_index);
  for (guint i = 0; i < self->targets->len; i++)
    {
      PlatterSpecEndpoint *target = &g_array_index (self->targets, PlatterSpecEndpoint, i);

      g_array_append_val (indexes, target->fd_index);
      if (target->more_index >= 0)
        g_array_append_val (indexes, target->more_index);
    }
  spec_add_index (content, "map", &self->map_index, indexes);
  spec_add_index (content, "domain", &self->domain_index, indexes);
  spec_add_index (content, "map-page", &self->map_page_index, indexes);
  if (n_fds != indexes->len)
    return spec_refuse (error, "Another number of descriptors came than there are drives.");
  for (guint i = 0; i < n_fds; i++)
    {
      guint index = g_array_index (indexes, guint, i);

      if (index >= n_fds || (seen & (G_GUINT64_CONSTANT (1) << index)) != 0)
        return spec_refuse (error, "A descriptor’s index is out of range, or there twice: \"fd\".");
      seen |= G_GUINT64_CONSTANT (1) << index;
    }
  return TRUE;
}

static gboolean
spec_parse_digests (PlatterSpec *self, GVariant *content, GError **error)
{
  g_autofree const char **words = NULL;

  g_variant_lookup (content, "digests", "^a&s", &words);
  for (guint i = 0; words[i] != NULL; i++)
    {
      PlatterDigests digest = platter_words_to_digest (words[i]);
      if (digest == PLATTER_DIGEST_NONE)
        return spec_refuse (error, "There is no such digest: \"digests\".");
      self->options.digests |= digest;
    }
  return TRUE;
}

static gboolean
spec_is_hex (const char *text)
{
  gsize length = strlen (text);

  return length >= 32 && length <= 128 && strspn (text, "0123456789abcdef") == length;
}

static gboolean
spec_parse_expected (PlatterSpec *self, GVariant *content, GError **error)
{
  g_autoptr (GVariantIter) iter = NULL;
  const char *word = NULL;
  const char *hex = NULL;

  g_variant_lookup (content, "expected", "a{ss}", &iter);
  while (g_variant_iter_next (iter, "{&s&s}", &word, &hex))
    {
      PlatterExpectedDigest expected = { .digest = platter_words_to_digest (word) };
      if (expected.digest == PLATTER_DIGEST_NONE || !spec_is_hex (hex))
        return spec_refuse (error, "It is no digest in lower-case hexadecimal: \"expected\".");
      expected.hex = g_strdup (hex);
      g_array_append_val (self->expected, expected);
    }
  self->options.expected = (const PlatterExpectedDigest *)self->expected->data;
  self->options.n_expected = self->expected->len;
  return TRUE;
}

static gboolean
spec_has_more (PlatterSpec *self)
{
  for (guint i = 0; i < self->targets->len; i++)
    if (g_array_index (self->targets, PlatterSpecEndpoint, i).more_index >= 0)
      return TRUE;
  return FALSE;
}

static gboolean
spec_parse_kind (PlatterSpec *self, GVariant *content, GError **error)
{
  const char *const kinds[] = { "clone", "write", "verify", "image", NULL };

  g_variant_lookup (content, "kind", "s", &self->kind);
  g_variant_lookup (content, "move-gpt", "b", &self->move_gpt);
  if (!g_strv_contains (kinds, self->kind))
    return spec_refuse (error, "There is no such kind of job: \"kind\".");

  gboolean is_verify = strcmp (self->kind, "verify") == 0;
  self->options.kind = is_verify ? PLATTER_TRANSFER_COMPARE : PLATTER_TRANSFER_COPY;
  if (is_verify && self->targets->len != 1)
    return spec_refuse (error, "Only two drives can be compared: \"targets\".");
  if (is_verify && (self->move_gpt || self->expected->len > 0))
    return spec_refuse (error, "Comparing changes nothing: \"move-gpt\", \"expected\".");
  if (self->source.parts_index >= 0
      && (self->source.is_pipe || self->source.nbd_index >= 0
          || (!is_verify && strcmp (self->kind, "write") != 0)))
    return spec_refuse (error, "Only a file that is written or compared has parts: \"parts\".");
  self->is_image = strcmp (self->kind, "image") == 0;
  /* Where the source is a packed image, it is what is in it that the new one is to hold. */
  self->options.digests_content = self->is_image;
  if (!self->is_image && spec_has_more (self))
    return spec_refuse (error, "There is only more of an image that is made: \"more\".");
  if (self->is_image && (self->targets->len != 1 || self->move_gpt))
    return spec_refuse (error, "An image is one file, and what is read: \"targets\", "
                               "\"move-gpt\".");
  return TRUE;
}

static gboolean
spec_parse_resume (PlatterSpec *self, GVariant *content, GError **error)
{
  g_autoptr (GVariant) resume = g_variant_lookup_value (content, "resume", G_VARIANT_TYPE ("at"));
  gsize n_targets = 0;
  const guint64 *offsets = NULL;

  if (resume == NULL)
    return TRUE;
  offsets = g_variant_get_fixed_array (resume, &n_targets, sizeof *offsets);
  if (n_targets != self->targets->len)
    return spec_refuse (error, "Each target has one offset to go on from: \"resume\".");
  g_array_append_vals (self->resume_bytes, offsets, (guint)n_targets);
  self->options.resume_bytes = (const guint64 *)(gpointer)self->resume_bytes->data;
  return TRUE;
}

static gboolean
spec_parse_format (PlatterSpec *self, GVariant *content, GError **error)
{
  gboolean has_format = g_variant_lookup (content, "format", "s", &self->format);
  gboolean has_level = g_variant_lookup (content, "level", "u", &self->level);

  if (!has_format)
    self->format = g_strdup ("raw");
  if ((has_format || has_level) && !self->is_image)
    return spec_refuse (error, "Only an image has a format: \"format\", \"level\".");
  if (!platter_packing_is_known (self->format))
    return spec_refuse (error, "There is no such format: \"format\".");
  if (platter_packing_is_disk (self->format)
      && (g_array_index (self->targets, PlatterSpecEndpoint, 0).more_index < 0 || self->level > 0))
    return spec_refuse (error, "Such a disk is written by a server of its own, which packs as it "
                               "likes: \"format\", \"more\", \"level\".");
  if (self->level > PLATTER_PACKING_MAX_LEVEL)
    return spec_refuse (error, "There is no such level: \"level\".");
  return TRUE;
}

static gboolean
spec_parse_options (PlatterSpec *self, GVariant *content, GError **error)
{
  g_autofree char *queue = NULL;

  g_variant_lookup (content, "size", "t", &self->options.size_bytes);
  g_variant_lookup (content, "verify", "b", &self->options.verify);
  g_variant_lookup (content, "shorter", "b", &self->options.shorter);
  g_variant_lookup (content, "repairs", "u", &self->options.max_repairs);
  g_variant_lookup (content, "stall-timeout", "u", &self->options.stall_timeout_s);
  g_variant_lookup (content, "queue", "s", &queue);
  if (self->options.max_repairs > PLATTER_TRANSFER_MAX_REPAIRS)
    return spec_refuse (error, "A block can be written again at most three times: \"repairs\".");
  if (self->is_image && self->options.size_bytes == 0 && !self->is_read_through)
    return spec_refuse (error, "An image has a size: \"size\".");
  if (strcmp (queue, "io_uring") == 0)
    self->options.queue = PLATTER_QUEUE_URING;
  else if (strcmp (queue, "threads") == 0)
    self->options.queue = PLATTER_QUEUE_THREADS;
  else if (strcmp (queue, "auto") != 0)
    return spec_refuse (error, "There is no such queue: \"queue\".");
  return TRUE;
}

static gboolean
spec_parse_on_error (PlatterSpec *self, GVariant *content, GError **error)
{
  const char *word = "stop";

  g_variant_lookup (content, "on-error", "&s", &word);
  if (!platter_words_to_on_error (word, &self->options.on_error))
    return spec_refuse (error, "There is no such thing to do: \"on-error\".");
  return TRUE;
}

static gboolean
spec_parse_rescue (PlatterSpec *self, GVariant *content, GError **error)
{
  gboolean has_map = self->map_index >= 0 || self->domain_index >= 0;
  gboolean may_resume = FALSE; /* as it is a plain copy, be it until it asks */

  g_variant_lookup (content, "rescue", "b", &self->options.is_rescue);
  g_variant_lookup (content, "resumed", "b", &self->options.is_resumed);
  g_variant_lookup (content, "retries", "u", &self->options.retries);
  g_variant_lookup (content, "error-limit", "t", &self->options.error_limit);
  g_variant_lookup (content, "time-limit", "u", &self->options.time_limit_s);
  g_variant_lookup (content, "zero-bad", "b", &self->options.zero_bad);
  if (!spec_parse_on_error (self, content, error))
    return FALSE;
  may_resume = self->options.on_error == PLATTER_ON_ERROR_STOP
               || self->options.on_error == PLATTER_ON_ERROR_ASK;
  if (may_resume && self->options.is_rescue)
    return spec_refuse (error, "A rescue does not stop at errors: \"on-error\".");
  if (self->options.on_error != PLATTER_ON_ERROR_STOP
      && self->options.kind != PLATTER_TRANSFER_COPY)
    return spec_refuse (error, "Comparing stops at errors: \"on-error\".");
  if (!may_resume && self->resume_bytes->len > 0)
    return spec_refuse (error, "A rescue goes on with its map: \"resume\".");
  if (has_map
      && (!self->options.is_rescue || (self->targets->len != 1 && !self->options.is_resumed)))
    return spec_refuse (error, "A map is for a rescue to one drive: \"map\", \"domain\".");
  if (self->options.is_resumed && self->map_index < 0)
    return spec_refuse (error, "A rescue is resumed with its map: \"resumed\".");
  return TRUE;
}

PlatterSpec *
platter_spec_parse (GVariant *content, guint n_fds, GError **error)
{
  g_autoptr (PlatterSpec) self = g_new0 (PlatterSpec, 1);

  self->targets = g_array_new (FALSE, TRUE, sizeof (PlatterSpecEndpoint));
  self->expected = g_array_new (FALSE, TRUE, sizeof (PlatterExpectedDigest));
  self->resume_bytes = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_array_set_clear_func (self->targets, spec_clear_endpoint);
  g_array_set_clear_func (self->expected, spec_clear_expected);
  if (!platter_arguments_check (content, spec_keys, G_N_ELEMENTS (spec_keys), error)
      || !spec_parse_endpoints (self, content, error)
      || !spec_check_fds (self, content, n_fds, error) || !spec_parse_digests (self, content, error)
      || !spec_parse_expected (self, content, error) || !spec_parse_kind (self, content, error)
      || !spec_parse_options (self, content, error) || !spec_parse_resume (self, content, error)
      || !spec_parse_rescue (self, content, error) || !spec_parse_format (self, content, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
platter_spec_needs_images (const PlatterSpec *self)
{
  return self->is_image || self->source.is_packed || self->source.is_pipe
         || self->source.nbd_index >= 0 || self->source.parts_index >= 0;
}

void
platter_spec_free (PlatterSpec *self)
{
  g_free (self->kind);
  g_free (self->format);
  spec_clear_endpoint (&self->source);
  g_array_unref (self->targets);
  g_array_unref (self->expected);
  g_array_unref (self->resume_bytes);
  g_free (self);
}
