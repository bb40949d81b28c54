// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is asked of the helper: the kind of a job, its drives and images, its options.

#include "config.h"

#include "request-private.h"

#include <unistd.h>

G_DEFINE_FINAL_TYPE (PlatterRequest, platter_request, G_TYPE_OBJECT)

static void
request_finalize (GObject *object)
{
  PlatterRequest *self = PLATTER_REQUEST (object);

  g_clear_object (&self->source);
  g_ptr_array_unref (self->targets);
  platter_chosen_free (self->chosen_source);
  g_ptr_array_unref (self->chosen);
  g_ptr_array_unref (self->digests);
  g_variant_dict_unref (self->options);
  if (self->map_fd >= 0)
    close (self->map_fd);
  if (self->domain_fd >= 0)
    close (self->domain_fd);
  g_free (self->format);
  G_OBJECT_CLASS (platter_request_parent_class)->finalize (object);
}

static void
platter_request_class_init (PlatterRequestClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = request_finalize;
}

static void
platter_request_init (PlatterRequest *self)
{
  self->targets = g_ptr_array_new_with_free_func (g_object_unref);
  self->chosen = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_chosen_free);
  self->digests = g_ptr_array_new_with_free_func (g_free);
  self->options = g_variant_dict_new (NULL);
  self->verify = TRUE;
  self->map_fd = -1;
  self->domain_fd = -1;
  self->format = g_strdup ("raw");
}

PlatterRequest *
platter_request_new (PlatterRequestKind kind)
{
  PlatterRequest *self = g_object_new (PLATTER_TYPE_REQUEST, NULL);

  self->kind = kind;
  return self;
}

PlatterRequestKind
platter_request_get_kind (PlatterRequest *self)
{
  return self->kind;
}

void
platter_request_set_source (PlatterRequest *self, gpointer source)
{
  g_return_if_fail (source == NULL || PLATTER_IS_DRIVE (source) || PLATTER_IS_IMAGE (source));
  if (g_set_object (&self->source, source))
    self->is_whole = FALSE;
  g_clear_pointer (&self->chosen_source, platter_chosen_free);
  if (PLATTER_IS_DRIVE (source))
    self->chosen_source = platter_chosen_new (source);
}

gpointer
platter_request_get_source (PlatterRequest *self)
{
  return self->source;
}

void
platter_request_add_target (PlatterRequest *self, gpointer target)
{
  g_return_if_fail (PLATTER_IS_DRIVE (target) || PLATTER_IS_IMAGE (target)
                    || PLATTER_IS_NEW_IMAGE (target));
  g_ptr_array_add (self->targets, g_object_ref (target));
  g_ptr_array_add (self->chosen, PLATTER_IS_DRIVE (target) ? platter_chosen_new (target) : NULL);
}

void
platter_request_remove_targets (PlatterRequest *self)
{
  g_ptr_array_set_size (self->targets, 0);
  g_ptr_array_set_size (self->chosen, 0);
}

void
platter_request_remove_target (PlatterRequest *self, gpointer target)
{
  guint index = 0;

  if (!g_ptr_array_find (self->targets, target, &index))
    return;
  g_ptr_array_remove_index (self->targets, index);
  g_ptr_array_remove_index (self->chosen, index);
}

void
platter_request_copy_source (PlatterRequest *self, PlatterRequest *other)
{
  platter_request_set_source (self, other->source);
  self->is_whole = other->is_whole;
  g_clear_pointer (&self->chosen_source, platter_chosen_free);
  if (other->chosen_source != NULL)
    self->chosen_source = platter_chosen_copy (other->chosen_source);
}

void
platter_request_copy_target (PlatterRequest *self, PlatterRequest *other, guint index)
{
  const PlatterChosen *chosen = platter_request_get_chosen_target (other, index);

  g_ptr_array_add (self->targets, g_object_ref (g_ptr_array_index (other->targets, index)));
  g_ptr_array_add (self->chosen, chosen != NULL ? platter_chosen_copy (chosen) : NULL);
}

const PlatterChosen *
platter_request_get_chosen_source (PlatterRequest *self)
{
  return self->chosen_source;
}

const PlatterChosen *
platter_request_get_chosen_target (PlatterRequest *self, guint index)
{
  g_return_val_if_fail (index < self->chosen->len, NULL);
  return g_ptr_array_index (self->chosen, index);
}

const PlatterChosen *
platter_request_find_changed (PlatterRequest *self)
{
  if (self->chosen_source != NULL && !platter_chosen_is_same (self->chosen_source))
    return self->chosen_source;
  for (guint i = 0; i < self->chosen->len; i++)
    {
      const PlatterChosen *chosen = g_ptr_array_index (self->chosen, i);

      if (chosen != NULL && !platter_chosen_is_same (chosen))
        return chosen;
    }
  return NULL;
}

GPtrArray *
platter_request_get_targets (PlatterRequest *self)
{
  return self->targets;
}

GPtrArray *
platter_request_dup_ends (PlatterRequest *self)
{
  GPtrArray *ends = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->source != NULL)
    g_ptr_array_add (ends, g_object_ref (self->source));
  for (guint i = 0; i < self->targets->len; i++)
    g_ptr_array_add (ends, g_object_ref (g_ptr_array_index (self->targets, i)));
  return ends;
}

guint64
platter_request_get_size_bytes (PlatterRequest *self)
{
  if (self->source == NULL)
    return 0;
  if (PLATTER_IS_DRIVE (self->source))
    return platter_drive_get_size_bytes (PLATTER_DRIVE (self->source));
  return self->is_whole ? platter_image_get_whole_bytes (PLATTER_IMAGE (self->source))
                        : platter_image_get_size_bytes (PLATTER_IMAGE (self->source));
}

void
platter_request_set_verify (PlatterRequest *self, gboolean verify)
{
  self->verify = verify;
  g_variant_dict_insert (self->options, "verify", "b", verify);
}

gboolean
platter_request_get_verify (PlatterRequest *self)
{
  return self->verify;
}

void
platter_request_set_unmount (PlatterRequest *self, gboolean unmount)
{
  self->unmount = unmount;
  g_variant_dict_insert (self->options, "unmount", "b", unmount);
}

gboolean
platter_request_get_unmount (PlatterRequest *self)
{
  return self->unmount;
}

void
platter_request_add_digest (PlatterRequest *self, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (self->digests, name, g_str_equal, NULL))
    g_ptr_array_add (self->digests, g_strdup (name));
}

void
platter_request_set_expected (PlatterRequest *self, const char *algorithm, const char *digest)
{
  GVariantBuilder builder;

  g_variant_dict_remove (self->options, "expected");
  if (digest == NULL)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&builder, "{ss}", algorithm, digest);
  g_variant_dict_insert_value (self->options, "expected", g_variant_builder_end (&builder));
  platter_request_add_digest (self, algorithm);
}

void
platter_request_set_repairs (PlatterRequest *self, guint repairs)
{
  g_variant_dict_insert (self->options, "repairs", "u", repairs);
}

void
platter_request_set_stall_timeout (PlatterRequest *self, guint stall_timeout_s)
{
  g_variant_dict_insert (self->options, "stall-timeout", "u", stall_timeout_s);
}

void
platter_request_set_queue (PlatterRequest *self, const char *queue)
{
  g_variant_dict_insert (self->options, "queue", "s", queue);
}

void
platter_request_set_on_error (PlatterRequest *self, const char *on_error)
{
  g_variant_dict_insert (self->options, "on-error", "s", on_error);
}

const char *
platter_request_get_on_error (PlatterRequest *self)
{
  const char *on_error = "stop";

  g_variant_dict_lookup (self->options, "on-error", "&s", &on_error);
  return on_error;
}

gboolean
platter_request_has_on_error (PlatterRequest *self)
{
  return g_variant_dict_contains (self->options, "on-error");
}

void
platter_request_set_rescue (PlatterRequest *self, gboolean is_rescue)
{
  if (is_rescue && !g_variant_dict_contains (self->options, "on-error"))
    platter_request_set_on_error (self, "rescue");
  else if (!is_rescue)
    g_variant_dict_remove (self->options, "on-error");
  if (is_rescue)
    g_variant_dict_insert (self->options, "rescue", "b", TRUE);
  else
    g_variant_dict_remove (self->options, "rescue");
}

gboolean
platter_request_is_rescue (PlatterRequest *self)
{
  gboolean is_rescue = FALSE;

  g_variant_dict_lookup (self->options, "rescue", "b", &is_rescue);
  return is_rescue;
}

void
platter_request_set_rescue_limits (PlatterRequest *self,
                                   guint retries,
                                   guint64 error_limit,
                                   guint time_limit_s)
{
  g_variant_dict_insert (self->options, "retries", "u", retries);
  g_variant_dict_insert (self->options, "error-limit", "t", error_limit);
  g_variant_dict_insert (self->options, "time-limit", "u", time_limit_s);
}

void
platter_request_set_zero_bad (PlatterRequest *self, gboolean zero_bad)
{
  g_variant_dict_insert (self->options, "zero-bad", "b", zero_bad);
}

void
platter_request_take_map (PlatterRequest *self, int fd)
{
  g_return_if_fail (self->map_fd < 0);
  self->map_fd = fd;
}

void
platter_request_take_domain (PlatterRequest *self, int fd)
{
  g_return_if_fail (self->domain_fd < 0);
  self->domain_fd = fd;
}

void
platter_request_set_format (PlatterRequest *self, const char *format)
{
  g_free (self->format);
  self->format = g_strdup (format);
  g_variant_dict_insert (self->options, "format", "s", format);
}

const char *
platter_request_get_format (PlatterRequest *self)
{
  return self->format;
}

void
platter_request_set_level (PlatterRequest *self, guint level)
{
  g_variant_dict_insert (self->options, "level", "u", level);
}

void
platter_request_set_shorter (PlatterRequest *self, gboolean shorter)
{
  g_variant_dict_insert (self->options, "shorter", "b", shorter);
}

void
platter_request_copy_options (PlatterRequest *self, GVariant *options)
{
  static const char *const keys[]
    = { "digests", "expected",    "repairs",    "stall-timeout", "queue",   "on-error", "rescue",
        "retries", "error-limit", "time-limit", "zero-bad",      "shorter", "level" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (options, keys[i], NULL);

      if (value != NULL)
        g_variant_dict_insert_value (self->options, keys[i], value);
    }
}

void
platter_request_set_resume (PlatterRequest *self, guint id)
{
  g_variant_dict_insert (self->options, "resume", "u", id);
}

gboolean
platter_request_is_resumed (PlatterRequest *self)
{
  guint32 id = 0;

  return g_variant_dict_lookup (self->options, "resume", "u", &id) && id != 0;
}

void
platter_request_set_whole (PlatterRequest *self, gboolean is_whole)
{
  self->is_whole = is_whole;
}

gboolean
platter_request_is_whole (PlatterRequest *self)
{
  return self->is_whole;
}

const char *
platter_request_get_method (PlatterRequest *self)
{
  static const char *const methods[] = {
    [PLATTER_REQUEST_CLONE] = "Clone",
    [PLATTER_REQUEST_WRITE] = "Write",
    [PLATTER_REQUEST_VERIFY] = "Verify",
    [PLATTER_REQUEST_IMAGE] = "Image",
  };

  return methods[self->kind];
}
