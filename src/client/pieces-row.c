// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the pieces of an image are called, one behind the other.

#include "pieces-row.h"

#include <string.h>

#define LETTERS 26

static const char *
pieces_row_get_digits (guint radix)
{
  return radix == LETTERS ? "abcdefghijklmnopqrstuvwxyz" : "0123456789";
}

/* Returns: whether all of it are digits. */
static gboolean
pieces_row_read (const char *ending, guint radix, guint *number)
{
  const char *digits = pieces_row_get_digits (radix);

  *number = 0;
  for (; *ending != '\0'; ending++)
    {
      const char *digit = strchr (digits, *ending);

      if (digit == NULL)
        return FALSE;
      *number = *number * radix + (guint)(digit - digits);
    }
  return TRUE;
}

char *
platter_pieces_row_dup_path (const PlatterPiecesRow *self, guint index)
{
  const char *digits = pieces_row_get_digits (self->radix);
  g_autofree char *ending = g_malloc0 (self->width + 1);
  guint number = self->number + index;

  for (guint i = self->width; i > 0; i--, number /= self->radix)
    ending[i - 1] = digits[number % self->radix];
  return g_strdup_printf ("%s.%s", self->stem, ending);
}

gboolean
platter_pieces_row_is_there (const PlatterPiecesRow *self, guint index)
{
  g_autofree char *path = platter_pieces_row_dup_path (self, index);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/* Letters begin with their first, numbers also with 1. */
static gboolean
pieces_row_find_first (PlatterPiecesRow *self)
{
  guint last = self->radix == LETTERS ? 0 : 1;

  for (self->number = 0; self->number <= last; self->number++)
    if (platter_pieces_row_is_there (self, 0))
      return TRUE;
  return FALSE;
}

gboolean
platter_pieces_row_find (PlatterPiecesRow *self, const char *path, guint *index)
{
  static const struct
  {
    guint radix;
    gsize width;
  } kinds[] = { { 10, 3 }, { LETTERS, 2 } };
  const char *dot = strrchr (path, '.');
  gsize width = dot != NULL ? strlen (dot + 1) : 0;
  guint number = 0;

  *self = (PlatterPiecesRow){ .width = (guint)width };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      self->radix = kinds[i].radix;
      if (width != kinds[i].width || !pieces_row_read (dot + 1, self->radix, &number))
        continue;
      self->stem = g_strndup (path, (gsize)(dot - path));
      *index = number;
      if (!pieces_row_find_first (self) || number < self->number)
        return FALSE;
      *index -= self->number;
      return TRUE;
    }
  return FALSE;
}

void
platter_pieces_row_clear (PlatterPiecesRow *self)
{
  g_clear_pointer (&self->stem, g_free);
}
