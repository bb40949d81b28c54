// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report that was written before, read again: JSON knows no types, docs/report.md does.

#include "config.h"

#include "report-read.h"

#include <glib/gi18n-lib.h>

#include "json-read.h"
#include "report-private.h"

typedef struct ReportField ReportField;

/* One key of docs/report.md. */
struct ReportField
{
  const char *key;
  const char *type;
  const ReportField *fields; /* of an object, or of the objects in an array */
  gboolean is_required;
};

static const ReportField report_read_options[] = {
  { "verify", "b" },  { "unmount", "b" },         { "digests", "as" },     { "expected", "a{ss}" },
  { "repairs", "u" }, { "stall-timeout-s", "u" }, { "shorter", "b" },      { "queue", "s" },
  { "format", "s" },  { "level", "u" },           { "on-error", "s" },     { "rescue", "b" },
  { "retries", "u" }, { "error-limit", "t" },     { "time-limit-s", "u" }, { "zero-bad", "b" },
  { NULL },
};

static const ReportField report_read_missing[] = {
  { "offset-bytes", "t", NULL, TRUE },
  { "length-bytes", "t", NULL, TRUE },
  { "damage", "au" },
  { NULL },
};

static const ReportField report_read_damage[] = {
  { "partition", "u" },
  { "kind", "s", NULL, TRUE },
  { "name", "s" },
  { "offset-bytes", "t", NULL, TRUE },
  { "length-bytes", "t", NULL, TRUE },
  { "place-count", "t" },
  { NULL },
};

static const ReportField report_read_mismatch[] = {
  { "offset-bytes", "t", NULL, TRUE },
  { "length-bytes", "t", NULL, TRUE },
  { "differing-bytes", "t", NULL, TRUE },
  { "class", "s", NULL, TRUE },
  { "found-at-bytes", "t" },
  { "bits", "u" },
  { "repair-attempts", "u" },
  { "repaired", "b", NULL, TRUE },
  { NULL },
};

static const ReportField report_read_range[] = {
  { "offset-bytes", "t", NULL, TRUE },
  { "length-bytes", "t", NULL, TRUE },
  { "state", "s", NULL, TRUE },
  { NULL },
};

static const ReportField report_read_phase[] = {
  { "phase", "s", NULL, TRUE },
  { "duration-us", "x", NULL, TRUE },
  { "bytes", "t" },
  { "rate-bytes-per-s", "t" },
  { NULL },
};

static const ReportField report_read_rate[] = {
  { "time-us", "x", NULL, TRUE }, { "rate-bytes-per-s", "t", NULL, TRUE },
  { "min-bytes-per-s", "t" },     { "max-bytes-per-s", "t" },
  { "phase", "s", NULL, TRUE },   { NULL },
};

/* What a source and a target have. */
#define REPORT_READ_END                                                                            \
  { "name", "s" }, { "device", "s" }, { "serial", "s" }, { "size-bytes", "t", NULL, TRUE },        \
    { "is-image", "b", NULL, TRUE }, { "vendor", "s" }, { "model", "s" }, { "bus", "s" },          \
    { "port", "s" }, { "backing-file", "s" }, { "logical-block-bytes", "u" },                      \
    { "partition-table", "s" },                                                                    \
  {                                                                                                \
    "path", "s"                                                                                    \
  }

static const ReportField report_read_source[] = { REPORT_READ_END, { NULL } };

static const ReportField report_read_target[] = {
  REPORT_READ_END,
  { "verdict", "s", NULL, TRUE },
  { "error-code", "s" },
  { "error-message", "s" },
  { "error-offset-bytes", "t" },
  { "error-phase", "s" },
  { "written-bytes", "t" },
  { "durable-bytes", "t" },
  { "verified-bytes", "t" },
  { "mismatched-bytes", "t" },
  { "repaired-bytes", "t" },
  { "cache-bypassed", "b" },
  { "packed-bytes", "t" },
  { "packed-sha256", "s" },
  { "gpt", "s" },
  { "gpt-message", "s" },
  { "table-reread", "b" },
  { "mismatch-count", "t" },
  { "mismatches-omitted", "t" },
  { "mismatches", "aa{sv}", report_read_mismatch },
  { "map-bytes", "a{sv}" },
  { "map", "aa{sv}", report_read_range },
  { NULL },
};

static const ReportField report_read_report[] = {
  { "format", "s", NULL, TRUE },
  { "version", "u", NULL, TRUE },
  { "program", "s" },
  { "program-version", "s" },
  { "user", "s" },
  { "host", "s" },
  { "kind", "s", NULL, TRUE },
  { "size-bytes", "t", NULL, TRUE },
  { "created", "s" },
  { "started", "s", NULL, TRUE },
  { "ended", "s", NULL, TRUE },
  { "duration-us", "x" },
  { "outcome", "s", NULL, TRUE },
  { "error-code", "s" },
  { "error-message", "s" },
  { "is-lost", "b", NULL, TRUE },
  { "options", "a{sv}", report_read_options },
  { "source", "a{sv}", report_read_source, TRUE },
  { "read-bytes", "t" },
  { "zero-bytes", "t" },
  { "answer", "s" },
  { "left-out-bytes", "t" },
  { "read-errors", "t" },
  { "carried-bytes", "t" },
  { "missing-bytes", "t" },
  { "missing-count", "t" },
  { "untried-bytes", "t" },
  { "missing", "aa{sv}", report_read_missing },
  { "damage-state", "s" },
  { "damage-files", "t" },
  { "damage", "aa{sv}", report_read_damage },
  { "digests", "a{ss}" },
  { "expected-matches", "b" },
  { "phases", "aa{sv}", report_read_phase },
  { "rates", "aa{sv}", report_read_rate },
  { "targets", "aa{sv}", report_read_target, TRUE },
  { NULL },
};

/* All return a full reference, or %NULL where it is something else. */
static GVariant *report_read_object (GVariant *json, const ReportField *fields);

/* JSON's numbers are t, or x below zero. */
static GVariant *
report_read_basic (GVariant *json, const char *type)
{
  guint64 number;

  if (g_variant_is_of_type (json, G_VARIANT_TYPE (type)))
    return g_variant_ref (json);
  if (!g_variant_is_of_type (json, G_VARIANT_TYPE_UINT64))
    return NULL;
  number = g_variant_get_uint64 (json);
  if (type[0] == 'x' && number <= G_MAXINT64)
    return g_variant_ref_sink (g_variant_new_int64 ((gint64)number));
  if (type[0] == 'u' && number <= G_MAXUINT32)
    return g_variant_ref_sink (g_variant_new_uint32 ((guint32)number));
  return NULL;
}

/* An array of texts or numbers, or of objects with @fields. */
static GVariant *
report_read_array (GVariant *json, const char *type, const ReportField *fields)
{
  g_auto (GVariantBuilder) array = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (type));

  if (!g_variant_is_of_type (json, G_VARIANT_TYPE ("av")))
    return NULL;
  for (gsize i = 0; i < g_variant_n_children (json); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (json, i);
      g_autoptr (GVariant) inner = g_variant_get_variant (boxed);
      g_autoptr (GVariant) read
        = fields != NULL ? report_read_object (inner, fields) : report_read_basic (inner, type + 1);

      if (read == NULL)
        return NULL;
      g_variant_builder_add_value (&array, read);
    }
  return g_variant_ref_sink (g_variant_builder_end (&array));
}

/* An object whose keys are names: of texts, a{ss}, or of amounts, a{sv}. */
static GVariant *
report_read_members (GVariant *json, const char *type)
{
  gboolean is_text = g_str_equal (type, "a{ss}");
  g_auto (GVariantBuilder) members = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (type));
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (!g_variant_is_of_type (json, G_VARIANT_TYPE_VARDICT))
    return NULL;
  g_variant_iter_init (&iter, json);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      g_autoptr (GVariant) read = report_read_basic (owned, is_text ? "s" : "t");

      if (read == NULL)
        return NULL;
      g_variant_builder_add (&members, is_text ? "{s@s}" : "{sv}", key, read);
    }
  return g_variant_ref_sink (g_variant_builder_end (&members));
}

static GVariant *
report_read_value (GVariant *json, const ReportField *field)
{
  if (field->type[0] != 'a')
    return report_read_basic (json, field->type);
  if (g_str_equal (field->type, "aa{sv}") || g_str_equal (field->type, "as")
      || g_str_equal (field->type, "au"))
    return report_read_array (json, field->type, field->fields);
  return field->fields != NULL ? report_read_object (json, field->fields)
                               : report_read_members (json, field->type);
}

static GVariant *
report_read_object (GVariant *json, const ReportField *fields)
{
  g_auto (GVariantBuilder) object = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (!g_variant_is_of_type (json, G_VARIANT_TYPE_VARDICT))
    return NULL;
  for (const ReportField *field = fields; field->key != NULL; field++)
    {
      g_autoptr (GVariant) given = g_variant_lookup_value (json, field->key, NULL);
      g_autoptr (GVariant) read = given != NULL ? report_read_value (given, field) : NULL;

      if (read == NULL && (given != NULL || field->is_required))
        return NULL;
      if (read != NULL)
        platter_report_add (&object, field->key, read);
    }
  return g_variant_ref_sink (g_variant_builder_end (&object));
}

static gboolean
report_read_is_known (GVariant *report)
{
  const char *format = "";
  guint32 version = 0;

  g_variant_lookup (report, "format", "&s", &format);
  g_variant_lookup (report, "version", "u", &version);
  return g_str_equal (format, PLATTER_REPORT_FORMAT) && version == PLATTER_REPORT_VERSION;
}

GVariant *
platter_report_read (const char *text, gsize length, GError **error)
{
  g_autoptr (GVariant) json = platter_json_read (text, length);
  g_autoptr (GVariant) report = json != NULL ? report_read_object (json, report_read_report) : NULL;

  if (report != NULL && report_read_is_known (report))
    return g_steal_pointer (&report);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _ ("This is not a report that this version of Platter can read."));
  return NULL;
}
