// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// JSON (RFC 8259) as variants. The bytes may be anybody's.

#include "json-read.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH 16

typedef struct
{
  const char *at;
  const char *end;
  guint depth;
} JsonRead;

/* All return a floating reference, or %NULL where it is not JSON. */
static GVariant *json_read_value (JsonRead *self);

static void
json_read_skip_space (JsonRead *self)
{
  while (self->at < self->end && strchr (" \t\r\n", *self->at) != NULL && *self->at != '\0')
    self->at++;
}

static gboolean
json_read_take (JsonRead *self, const char *word)
{
  gsize length = strlen (word);

  if ((gsize)(self->end - self->at) < length || memcmp (self->at, word, length) != 0)
    return FALSE;
  self->at += length;
  return TRUE;
}

/* The same for a sign that may have space around it. */
static gboolean
json_read_take_sign (JsonRead *self, const char *sign)
{
  gboolean is_there;

  json_read_skip_space (self);
  is_there = json_read_take (self, sign);
  json_read_skip_space (self);
  return is_there;
}

static gboolean
json_read_unit (JsonRead *self, gunichar *unit)
{
  *unit = 0;
  if (self->end - self->at < 4)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*self->at++);

      if (digit < 0)
        return FALSE;
      *unit = *unit << 4 | (gunichar)digit;
    }
  return TRUE;
}

/* After "\u": beyond U+FFFF it takes two. */
static gboolean
json_read_append_character (JsonRead *self, GString *text)
{
  gunichar unit;
  gunichar low;

  if (!json_read_unit (self, &unit))
    return FALSE;
  if (unit >= 0xd800 && unit < 0xdc00)
    {
      if (!json_read_take (self, "\\u") || !json_read_unit (self, &low) || low < 0xdc00
          || low > 0xdfff)
        return FALSE;
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  if (unit == 0 || !g_unichar_validate (unit))
    return FALSE;
  g_string_append_unichar (text, unit);
  return TRUE;
}

static gboolean
json_read_append_escape (JsonRead *self, GString *text)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *letter;

  if (self->at == self->end)
    return FALSE;
  if (*self->at == 'u')
    {
      self->at++;
      return json_read_append_character (self, text);
    }
  letter = *self->at != '\0' ? strchr (letters, *self->at) : NULL;
  if (letter == NULL)
    return FALSE;
  self->at++;
  g_string_append_c (text, meanings[letter - letters]);
  return TRUE;
}

/* Returns: (nullable): after the opening quote. */
static char *
json_read_dup_text (JsonRead *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (self->at < self->end && *self->at != '"')
    {
      char byte = *self->at++;

      if ((guchar)byte < 0x20)
        return NULL;
      if (byte != '\\')
        g_string_append_c (text, byte);
      else if (!json_read_append_escape (self, text))
        return NULL;
    }
  if (!json_read_take (self, "\"") || !g_utf8_validate (text->str, (gssize)text->len, NULL))
    return NULL;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GVariant *
json_read_text (JsonRead *self)
{
  char *text = json_read_dup_text (self);

  return text != NULL ? g_variant_new_take_string (text) : NULL;
}

static gsize
json_read_skip_digits (JsonRead *self)
{
  const char *begin = self->at;

  while (self->at < self->end && g_ascii_isdigit (*self->at))
    self->at++;
  return (gsize)(self->at - begin);
}

/* Returns: whether there is a number; @is_whole: whether it has neither a fraction nor an exponent. */
static gboolean
json_read_skip_number (JsonRead *self, gboolean *is_whole)
{
  const char *begin;

  *is_whole = TRUE;
  json_read_take (self, "-");
  begin = self->at;
  if (json_read_skip_digits (self) == 0 || (*begin == '0' && self->at - begin > 1))
    return FALSE;
  if (json_read_take (self, "."))
    {
      *is_whole = FALSE;
      if (json_read_skip_digits (self) == 0)
        return FALSE;
    }
  if (json_read_take (self, "e") || json_read_take (self, "E"))
    {
      *is_whole = FALSE;
      if (!json_read_take (self, "+"))
        json_read_take (self, "-");
      return json_read_skip_digits (self) > 0;
    }
  return TRUE;
}

static GVariant *
json_read_number (JsonRead *self)
{
  const char *begin = self->at;
  gboolean is_whole;
  guint64 number;
  gint64 below;
  double real;

  if (!json_read_skip_number (self, &is_whole))
    return NULL;

  g_autofree char *text = g_strndup (begin, (gsize)(self->at - begin));
  if (is_whole && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, NULL))
    return g_variant_new_uint64 (number);
  if (is_whole && g_ascii_string_to_signed (text, 10, G_MININT64, 0, &below, NULL))
    return g_variant_new_int64 (below);
  real = g_ascii_strtod (text, NULL);
  return isfinite (real) ? g_variant_new_double (real) : NULL;
}

static gboolean
json_read_add_member (JsonRead *self, GVariantBuilder *object)
{
  g_autofree char *key = json_read_take (self, "\"") ? json_read_dup_text (self) : NULL;
  GVariant *value;

  if (key == NULL || !json_read_take_sign (self, ":"))
    return FALSE;
  value = json_read_value (self);
  if (value == NULL)
    return FALSE;
  g_variant_builder_add (object, "{sv}", key, value);
  return TRUE;
}

static gboolean
json_read_add_element (JsonRead *self, GVariantBuilder *array)
{
  GVariant *value = json_read_value (self);

  if (value == NULL)
    return FALSE;
  g_variant_builder_add (array, "v", value);
  return TRUE;
}

/* After the opening bracket. */
static GVariant *
json_read_container (JsonRead *self,
                     const char *type,
                     const char *closing,
                     gboolean (*add) (JsonRead *self, GVariantBuilder *container))
{
  g_auto (GVariantBuilder) container = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (type));
  gboolean is_over;

  if (self->depth >= MAX_DEPTH)
    return NULL;
  self->depth++;
  is_over = json_read_take_sign (self, closing);
  while (!is_over)
    {
      if (!add (self, &container))
        return NULL;
      is_over = !json_read_take_sign (self, ",");
      if (is_over && !json_read_take (self, closing))
        return NULL;
    }
  self->depth--;
  return g_variant_builder_end (&container);
}

static GVariant *
json_read_value (JsonRead *self)
{
  if (json_read_take (self, "{"))
    return json_read_container (self, "a{sv}", "}", json_read_add_member);
  if (json_read_take (self, "["))
    return json_read_container (self, "av", "]", json_read_add_element);
  if (json_read_take (self, "\""))
    return json_read_text (self);
  if (json_read_take (self, "true"))
    return g_variant_new_boolean (TRUE);
  if (json_read_take (self, "false"))
    return g_variant_new_boolean (FALSE);
  if (json_read_take (self, "null"))
    return g_variant_new ("()");
  return json_read_number (self);
}

GVariant *
platter_json_read (const char *text, gsize length)
{
  JsonRead self = { .at = text, .end = text + length };
  g_autoptr (GVariant) value = NULL;

  json_read_skip_space (&self);
  value = json_read_value (&self);
  if (value == NULL)
    return NULL;
  g_variant_ref_sink (value);
  json_read_skip_space (&self);
  return self.at == self.end ? g_steal_pointer (&value) : NULL;
}
