// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A strict reader of dictionaries: what is not known, or has another type, is refused.

#include "arguments.h"

#include <string.h>

#include "errors.h"

#define ARGUMENTS_MAX_STRING_BYTES 4096
#define ARGUMENTS_MAX_ALLOWED 64

static gboolean
arguments_refuse (GError **error, const char *what, const char *key)
{
  g_autofree char *printable = g_utf8_make_valid (key, MIN (strlen (key), 64));

  g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, "%s: \"%s\".",
               what, printable);
  return FALSE;
}

static gssize
arguments_find (const char *key, const PlatterArgument *allowed, gsize n_allowed)
{
  for (gsize i = 0; i < n_allowed; i++)
    if (strcmp (allowed[i].key, key) == 0)
      return (gssize)i;
  return -1;
}

static gboolean
arguments_is_long (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
         && strlen (g_variant_get_string (value, NULL)) > ARGUMENTS_MAX_STRING_BYTES;
}

static gboolean
arguments_check_entry (const char *key,
                       GVariant *value,
                       const PlatterArgument *allowed,
                       gsize n_allowed,
                       guint64 *seen,
                       GError **error)
{
  gssize index = arguments_find (key, allowed, n_allowed);

  if (index < 0)
    return arguments_refuse (error, "There is no such key", key);
  if (*seen & (G_GUINT64_CONSTANT (1) << index))
    return arguments_refuse (error, "A key is there twice", key);
  *seen |= G_GUINT64_CONSTANT (1) << index;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (allowed[index].type)))
    return arguments_refuse (error, "A key has a value of the wrong type", key);
  if (arguments_is_long (value))
    return arguments_refuse (error, "A key has too long a value", key);
  return TRUE;
}

gboolean
platter_arguments_check (GVariant *dictionary,
                         const PlatterArgument *allowed,
                         gsize n_allowed,
                         GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *child;
  guint64 seen = 0;

  g_assert (n_allowed <= ARGUMENTS_MAX_ALLOWED);
  g_assert (g_variant_is_of_type (dictionary, G_VARIANT_TYPE_VARDICT));

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &child))
    {
      g_autoptr (GVariant) value = child;

      if (!arguments_check_entry (key, value, allowed, n_allowed, &seen, error))
        return FALSE;
    }
  for (gsize i = 0; i < n_allowed; i++)
    if (allowed[i].is_required && !(seen & (G_GUINT64_CONSTANT (1) << i)))
      return arguments_refuse (error, "A key is missing", allowed[i].key);
  return TRUE;
}
