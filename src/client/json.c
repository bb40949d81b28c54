// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Variants as JSON (RFC 8259).

#include "json.h"

#include <math.h>
#include <stdio.h>

void
platter_json_append_string (GString *json, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (json, '"');
  for (const char *at = valid; *at != '\0'; at++)
    {
      guchar byte = (guchar)*at;

      if (byte == '"' || byte == '\\')
        g_string_append_printf (json, "\\%c", byte);
      else if (byte == '\n')
        g_string_append (json, "\\n");
      else if (byte < 0x20 || byte == 0x7f)
        g_string_append_printf (json, "\\u%04x", byte);
      else
        g_string_append_c (json, (char)byte);
    }
  g_string_append_c (json, '"');
}

/* With a depth below 0 all is one line. */
static void json_append (GString *json, GVariant *value, int depth);

static GVariant *
json_unpack (GVariant *value)
{
  GVariant *inner = g_variant_ref (value);

  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *boxed = inner;

      inner = g_variant_get_variant (boxed);
      g_variant_unref (boxed);
    }
  return inner;
}

static gboolean
json_is_object (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}"));
}

static gboolean
json_is_container (GVariant *value)
{
  return g_variant_is_container (value) && !g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING);
}

/* Whether there is nothing in it that has parts itself: that is easiest to read on one line. */
static gboolean
json_is_flat (GVariant *value)
{
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) content
        = json_is_object (value) ? g_variant_get_child_value (child, 1) : g_variant_ref (child);
      g_autoptr (GVariant) inner = json_unpack (content);

      if (json_is_container (inner))
        return FALSE;
    }
  return TRUE;
}

static void
json_append_child (GString *json, GVariant *child, gboolean is_entry, int depth)
{
  g_autoptr (GVariant) key = is_entry ? g_variant_get_child_value (child, 0) : NULL;
  g_autoptr (GVariant) content
    = is_entry ? g_variant_get_child_value (child, 1) : g_variant_ref (child);

  if (is_entry)
    {
      platter_json_append_string (json, g_variant_get_string (key, NULL));
      g_string_append (json, ": ");
    }
  json_append (json, content, depth);
}

static void
json_append_break (GString *json, int depth)
{
  g_string_append_printf (json, "\n%*s", 2 * depth, "");
}

static void
json_append_container (GString *json, GVariant *value, int depth)
{
  gboolean is_object = json_is_object (value);
  gboolean is_line = depth < 0 || json_is_flat (value);
  int below = is_line ? -1 : depth + 1;

  g_string_append_c (json, is_object ? '{' : '[');
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (i > 0)
        g_string_append (json, is_line ? ", " : ",");
      if (!is_line)
        json_append_break (json, below);
      json_append_child (json, child, is_object, below);
    }
  if (!is_line)
    json_append_break (json, depth);
  g_string_append_c (json, is_object ? '}' : ']');
}

static void
json_append_bytes (GString *json, GVariant *value)
{
  gsize length = 0;
  const guint8 *bytes = g_variant_get_fixed_array (value, &length, 1);

  g_string_append_c (json, '"');
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (json, "%02x", bytes[i]);
  g_string_append_c (json, '"');
}

static void
json_append_double (GString *json, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  /* JSON knows neither infinity nor NaN. */
  g_string_append (json, isfinite (number) ? g_ascii_dtostr (text, sizeof text, number) : "null");
}

static void
json_append_integer (GString *json, GVariant *value)
{
  g_autofree char *text = g_variant_print (value, FALSE);

  /* GVariant's text form of a byte is hexadecimal, which JSON has not. */
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTE))
    g_string_append_printf (json, "%u", g_variant_get_byte (value));
  else
    g_string_append (json, text);
}

static void
json_append_basic (GString *json, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      g_string_append (json, g_variant_get_boolean (value) ? "true" : "false");
      break;
    case G_VARIANT_CLASS_DOUBLE:
      json_append_double (json, g_variant_get_double (value));
      break;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      platter_json_append_string (json, g_variant_get_string (value, NULL));
      break;
    default:
      json_append_integer (json, value);
    }
}

static void
json_append (GString *json, GVariant *value, int depth)
{
  g_autoptr (GVariant) inner = json_unpack (value);

  if (json_is_container (inner))
    json_append_container (json, inner, depth);
  else if (g_variant_is_of_type (inner, G_VARIANT_TYPE_BYTESTRING))
    json_append_bytes (json, inner);
  else
    json_append_basic (json, inner);
}

void
platter_json_append (GString *json, GVariant *value)
{
  json_append (json, value, -1);
}

char *
platter_json_dup_document (GVariant *value)
{
  GString *json = g_string_new (NULL);

  json_append (json, value, 0);
  g_string_append_c (json, '\n');
  return g_string_free (json, FALSE);
}

void
platter_json_print (GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (GString) json = g_string_new (NULL);

  platter_json_append (json, owned);
  g_string_append_c (json, '\n');
  /* Not g_print(): JSON is UTF-8 whatever the locale is. */
  fwrite (json->str, 1, json->len, stdout);
  fflush (stdout);
}
