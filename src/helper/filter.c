// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a worker may say.

#include "filter.h"

#include <string.h>

#include "dbus/arguments.h"
#include "dbus/errors.h"
#include "dbus/text.h"
#include "options.h"

#define FILTER_MAX_MAP_CELLS 1024
#define FILTER_MAX_MISMATCHES 256
#define FILTER_MAX_MISSING 256
#define FILTER_MAX_ENTRIES 16
#define FILTER_MAX_OWNERS 512
#define FILTER_MAX_OWNERS_OF_PLACE 8

static const PlatterArgument filter_progress_message_keys[] = {
  { "progress", "a{sv}", TRUE },
  { "targets", "aa{sv}", TRUE },
};

static const PlatterArgument filter_progress_keys[] = {
  { "map-size", "t", FALSE },
  { "phase", "s", TRUE },
  { "total", "t", TRUE },
  { "done", "t", TRUE },
  { "read", "t", TRUE },
  { "zero", "t", TRUE },
  { "rate", "t", TRUE },
  { "fraction", "d", TRUE },
  { "remaining", "x", TRUE },
  { "elapsed", "x", TRUE },
  { "limit", "s", TRUE },
  { "source-stalled", "x", TRUE },
  { "limiting-target", "u", TRUE },
  { "paused", "b", TRUE },
  { "question", "s", TRUE },
  { "question-offset", "t", TRUE },
  { "rescue", "s", TRUE },
  { "read-errors", "t", TRUE },
  { "missing", "t", TRUE },
};

/* The first eleven are those of a target that runs; the others come with the report. */
static const PlatterArgument filter_target_keys[] = {
  { "phase", "s", TRUE },
  { "verdict", "s", TRUE },
  { "written", "t", TRUE },
  { "durable", "t", TRUE },
  { "verified", "t", TRUE },
  { "mismatched", "t", TRUE },
  { "repaired", "t", TRUE },
  { "rate", "t", TRUE },
  { "stalled", "x", TRUE },
  { "map", "ay", FALSE },
  { "durable-until", "t", FALSE },
  { "error-code", "s", FALSE },
  { "error-message", "s", FALSE },
  { "error-offset", "t", FALSE },
  { "error-phase", "s", FALSE },
  { "mismatch-count", "t", FALSE },
  { "mismatches", "a(tttstuub)", FALSE },
  { "cache-bypassed", "b", FALSE },
  { "gpt", "s", FALSE },
  { "gpt-message", "s", FALSE },
  { "packed", "t", FALSE },
  { "packed-sha256", "s", FALSE },
};
#define FILTER_N_RUNNING_TARGET_KEYS 11

static const PlatterArgument filter_report_keys[] = {
  { "targets", "aa{sv}", TRUE },
  { "outcome", "s", TRUE },
  { "error-code", "s", FALSE },
  { "error-message", "s", FALSE },
  { "digests", "a{ss}", FALSE },
  { "read", "t", TRUE },
  { "expected-matches", "b", FALSE },
  { "phases", "a{sx}", FALSE },
  { "zero", "t", TRUE },
  { "size", "t", FALSE },
  { "missing-bytes", "t", FALSE },
  { "missing-count", "t", FALSE },
  { "untried-bytes", "t", FALSE },
  { "missing", "a(tt)", FALSE },
  { "read-errors", "t", FALSE },
  { "carried", "t", FALSE },
  { "answer", "s", FALSE },
  { "left-out", "t", FALSE },
};

static const PlatterArgument filter_damage_keys[] = {
  { "damage", "a(ussttt)", TRUE },
  { "damage-places", "aau", TRUE },
  { "damage-files", "t", TRUE },
  { "damage-state", "s", TRUE },
};

static const struct
{
  const char *key;
  const char *words[16];
} filter_words[] = {
  { "phase",
    { "preparing", "copying", "flushing", "verifying", "repairing", "finishing", "ended" } },
  { "error-phase",
    { "preparing", "copying", "flushing", "verifying", "repairing", "finishing", "ended" } },
  { "verdict",
    { "none", "verified", "repaired", "written", "mismatched", "unverified", "incomplete",
      "source-unstable", "failed", "cancelled" } },
  { "outcome",
    { "verified", "repaired", "written", "mismatched", "unverified", "incomplete",
      "source-unstable", "failed", "cancelled" } },
  { "limit", { "none", "source", "target", "hashing", "verifying" } },
  { "question", { "", "read-error" } },
  { "answer", { "stop", "skip", "rescue" } },
  { "rescue", { "none", "copying", "trimming", "sweeping", "scraping", "retrying", "ended" } },
  { "gpt", { "none", "moved", "failed" } },
  { "damage-state", { "complete", "incomplete", "late" } },
  { "damage-kind", { "file", "folder", "metadata", "free", "outside", "unknown" } },
  { "class", { "zeros", "old-data", "wrapped", "bits", "other", "unreadable" } },
};

static gboolean
filter_refuse (GError **error, const char *what)
{
  /* A key that is none may be the worker's own. */
  g_autofree char *plain = platter_text_dup_plain (what);

  g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER,
               "The worker said what it may not: %s.", plain);
  return FALSE;
}

static gboolean
filter_is_word (const char *key, const char *value)
{
  for (gsize i = 0; i < G_N_ELEMENTS (filter_words); i++)
    if (strcmp (filter_words[i].key, key) == 0)
      return g_strv_contains (filter_words[i].words, value);
  return TRUE;
}

static gboolean
filter_is_code (const char *code)
{
  return strlen (code) <= 32 && strspn (code, "abcdefghijklmnopqrstuvwxyz-") == strlen (code);
}

static gboolean
filter_check_mismatches (GVariant *mismatches, GError **error)
{
  GVariantIter iter;
  const char *kind;

  if (g_variant_n_children (mismatches) > FILTER_MAX_MISMATCHES)
    return filter_refuse (error, "too many mismatches");
  g_variant_iter_init (&iter, mismatches);
  while (
    g_variant_iter_next (&iter, "(ttt&stuub)", NULL, NULL, NULL, &kind, NULL, NULL, NULL, NULL))
    if (!filter_is_word ("class", kind))
      return filter_refuse (error, "an unknown class of mismatches");
  return TRUE;
}

static gboolean
filter_is_digest (const char *kind, const char *hex)
{
  gsize length = platter_options_get_hex_length (kind);

  return length > 0 && strlen (hex) == length && strspn (hex, "0123456789abcdef") == length;
}

static gboolean
filter_are_digests (GVariant *digests)
{
  GVariantIter iter;
  const char *kind;
  const char *hex;

  g_variant_iter_init (&iter, digests);
  while (g_variant_iter_next (&iter, "{&s&s}", &kind, &hex))
    if (!filter_is_digest (kind, hex))
      return FALSE;
  return TRUE;
}

static gboolean
filter_are_phases (GVariant *phases)
{
  GVariantIter iter;
  const char *phase;
  gint64 duration_us;

  g_variant_iter_init (&iter, phases);
  while (g_variant_iter_next (&iter, "{&sx}", &phase, &duration_us))
    if (!filter_is_word ("phase", phase) || duration_us < 0)
      return FALSE;
  return TRUE;
}

/* A string comes from somebody who may be a foreigner himself by now, and goes to the terminal of root. */
static gboolean
filter_is_string (const char *key, const char *value)
{
  if (strcmp (key, "error-code") == 0)
    return filter_is_code (value);
  if (strcmp (key, "packed-sha256") == 0)
    return filter_is_digest ("sha256", value);
  return filter_is_word (key, value) && platter_text_is_plain (value);
}

static gboolean
filter_check_value (const char *key, GVariant *value, GError **error)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      && !filter_is_string (key, g_variant_get_string (value, NULL)))
    return filter_refuse (error, key);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64)
      && g_variant_get_int64 (value) < (strcmp (key, "remaining") == 0 ? -1 : 0))
    return filter_refuse (error, key);
  if (strcmp (key, "fraction") == 0
      && !(g_variant_get_double (value) >= 0.0 && g_variant_get_double (value) <= 1.0))
    return filter_refuse (error, key);
  if (strcmp (key, "map") == 0 && g_variant_n_children (value) > FILTER_MAX_MAP_CELLS)
    return filter_refuse (error, key);
  if ((strcmp (key, "digests") == 0 || strcmp (key, "phases") == 0)
      && g_variant_n_children (value) > FILTER_MAX_ENTRIES)
    return filter_refuse (error, key);
  if (strcmp (key, "digests") == 0 && !filter_are_digests (value))
    return filter_refuse (error, key);
  if (strcmp (key, "phases") == 0 && !filter_are_phases (value))
    return filter_refuse (error, key);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE ("a(tt)"))
      && g_variant_n_children (value) > FILTER_MAX_MISSING)
    return filter_refuse (error, key);
  if (strcmp (key, "mismatches") == 0)
    return filter_check_mismatches (value, error);
  return TRUE;
}

static gboolean
filter_check (GVariant *dictionary, const PlatterArgument *keys, gsize n_keys, GError **error)
{
  g_autoptr (GError) local = NULL;
  GVariantIter iter;
  const char *key;
  GVariant *child;

  if (!platter_arguments_check (dictionary, keys, n_keys, &local))
    return filter_refuse (error, local->message);
  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &child))
    {
      g_autoptr (GVariant) value = child;
      if (!filter_check_value (key, value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
filter_check_targets (GVariant *targets, guint n_targets, gsize n_keys, GError **error)
{
  if (g_variant_n_children (targets) != n_targets)
    return filter_refuse (error, "another number of targets");
  for (guint i = 0; i < n_targets; i++)
    {
      g_autoptr (GVariant) target = g_variant_get_child_value (targets, i);
      if (!filter_check (target, filter_target_keys, n_keys, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
platter_filter_progress (
  GVariant *content, guint n_targets, GVariant **progress, GVariant **targets, GError **error)
{
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) each = NULL;
  guint32 limiting = 0;

  if (!filter_check (content, filter_progress_message_keys,
                     G_N_ELEMENTS (filter_progress_message_keys), error))
    return FALSE;
  all = g_variant_lookup_value (content, "progress", NULL);
  each = g_variant_lookup_value (content, "targets", NULL);
  if (!filter_check (all, filter_progress_keys, G_N_ELEMENTS (filter_progress_keys), error)
      || !filter_check_targets (each, n_targets, FILTER_N_RUNNING_TARGET_KEYS, error))
    return FALSE;
  g_variant_lookup (all, "limiting-target", "u", &limiting);
  if (limiting >= n_targets)
    return filter_refuse (error, "limiting-target");
  *progress = g_steal_pointer (&all);
  *targets = g_steal_pointer (&each);
  return TRUE;
}

GVariant *
platter_filter_report (GVariant *content, guint n_targets, GError **error)
{
  g_autoptr (GVariant) targets = NULL;

  if (!filter_check (content, filter_report_keys, G_N_ELEMENTS (filter_report_keys), error))
    return NULL;
  targets = g_variant_lookup_value (content, "targets", NULL);
  if (!filter_check_targets (targets, n_targets, G_N_ELEMENTS (filter_target_keys), error))
    return NULL;
  return content;
}

static gboolean
filter_check_owners (GVariant *owners, GError **error)
{
  GVariantIter iter;
  const char *kind;
  const char *name;

  if (g_variant_n_children (owners) > FILTER_MAX_OWNERS)
    return filter_refuse (error, "damage");
  g_variant_iter_init (&iter, owners);
  while (g_variant_iter_next (&iter, "(u&s&sttt)", NULL, &kind, &name, NULL, NULL, NULL))
    if (!filter_is_word ("damage-kind", kind) || !platter_text_is_plain (name))
      return filter_refuse (error, "damage");
  return TRUE;
}

static gboolean
filter_check_places (GVariant *places, gsize n_owners, GError **error)
{
  if (g_variant_n_children (places) > FILTER_MAX_MISSING)
    return filter_refuse (error, "damage-places");
  for (gsize i = 0; i < g_variant_n_children (places); i++)
    {
      g_autoptr (GVariant) place = g_variant_get_child_value (places, i);
      gsize n_indexes = 0;
      const guint32 *indexes = g_variant_get_fixed_array (place, &n_indexes, sizeof *indexes);

      for (gsize n = 0; n < n_indexes; n++)
        if (n_indexes > FILTER_MAX_OWNERS_OF_PLACE || indexes[n] >= n_owners)
          return filter_refuse (error, "damage-places");
    }
  return TRUE;
}

GVariant *
platter_filter_add_damage (GVariant *report, GVariant *content, GError **error)
{
  g_autoptr (GVariant) owners = NULL;
  g_autoptr (GVariant) places = NULL;
  GVariantDict whole;

  if (!filter_check (content, filter_damage_keys, G_N_ELEMENTS (filter_damage_keys), error))
    return NULL;
  owners = g_variant_lookup_value (content, "damage", NULL);
  places = g_variant_lookup_value (content, "damage-places", NULL);
  if (!filter_check_owners (owners, error)
      || !filter_check_places (places, g_variant_n_children (owners), error))
    return NULL;
  g_variant_dict_init (&whole, report);
  for (gsize i = 0; i < G_N_ELEMENTS (filter_damage_keys); i++)
    {
      g_autoptr (GVariant) value
        = g_variant_lookup_value (content, filter_damage_keys[i].key, NULL);

      g_variant_dict_insert_value (&whole, filter_damage_keys[i].key, value);
    }
  return g_variant_ref_sink (g_variant_dict_end (&whole));
}

char *
platter_filter_refusal (GVariant *content)
{
  const char *message = NULL;

  if (!g_variant_lookup (content, "message", "&s", &message) || message[0] == '\0')
    message = "The worker refused the plan.";
  return platter_text_dup_plain (message);
}
