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
  return radix == LETTERS ? "abcdefghijklmnopqrstuvwxyz" : "0123456789abcdef";
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

      if (digit == NULL || (guint)(digit - digits) >= radix)
        return FALSE;
      *number = *number * radix + (guint)(digit - digits);
    }
  return TRUE;
}

static char *
pieces_row_dup_numbered (const PlatterPiecesRow *self, guint width, guint number)
{
  const char *digits = pieces_row_get_digits (self->radix);
  g_autofree char *ending = g_malloc0 (width + 1);

  for (guint i = width; i > 0; i--, number /= self->radix)
    ending[i - 1] = digits[number % self->radix];
  return g_strdup_printf ("%s.%s", self->stem, ending);
}

/* Where split(1) runs out of two digits, it goes on with four: after 89 comes 9000. */
static guint
pieces_row_get_longer (const PlatterPiecesRow *self)
{
  return (self->radix - 1) * self->radix * self->radix * self->radix;
}

char *
platter_pieces_row_dup_path (const PlatterPiecesRow *self, guint index)
{
  if (self->longer > 0 && index >= self->longer)
    return pieces_row_dup_numbered (self, self->width + 2,
                                    pieces_row_get_longer (self) + index - self->longer);
  return pieces_row_dup_numbered (self, self->width, self->number + index);
}

/* Whether there are numbers of so few digits. */
static gboolean
pieces_row_can_have (const PlatterPiecesRow *self, guint index)
{
  guint n_numbers = 1;

  for (guint i = 0; i < self->width; i++)
    n_numbers *= self->radix;
  return self->longer > 0 || self->number + index < n_numbers;
}

gboolean
platter_pieces_row_is_there (const PlatterPiecesRow *self, guint index)
{
  g_autofree char *path = platter_pieces_row_dup_path (self, index);

  return pieces_row_can_have (self, index) && g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static gboolean
pieces_row_has (const PlatterPiecesRow *self, guint width, guint number)
{
  g_autofree char *path = pieces_row_dup_numbered (self, width, number);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/* Letters begin with their first, numbers also with 1. */
static gboolean
pieces_row_find_first (PlatterPiecesRow *self, guint width)
{
  guint last = self->radix == LETTERS ? 0 : 1;

  self->width = width;
  self->longer = 0;
  for (self->number = 0; self->number <= last; self->number++)
    if (pieces_row_has (self, width, self->number))
      {
        if (width == 2 && self->number == 0
            && pieces_row_has (self, 4, pieces_row_get_longer (self)))
          self->longer = (self->radix - 1) * self->radix;
        return TRUE;
      }
  return FALSE;
}

/* @number: of the file's own name */
static gboolean
pieces_row_find_index (PlatterPiecesRow *self, guint width, guint number, guint *index)
{
  guint longer = pieces_row_get_longer (self);

  if (pieces_row_find_first (self, width))
    {
      *index = number - self->number;
      return number >= self->number;
    }
  if (width != 4 || number < longer || !pieces_row_find_first (self, 2) || self->longer == 0)
    return FALSE;
  *index = self->longer + number - longer;
  return TRUE;
}

/* What is counted to sixteen looks like tens, or like letters, but for this one. */
static gboolean
pieces_row_is_hex (const PlatterPiecesRow *self, guint width)
{
  return pieces_row_has (self, width, 10) || (width == 4 && pieces_row_has (self, 2, 10));
}

gboolean
platter_pieces_row_find (PlatterPiecesRow *self, const char *path, guint *index)
{
  static const struct
  {
    guint radix;
    gsize max_width;
  } kinds[] = { { 16, 4 }, { 10, 4 }, { LETTERS, 3 } };
  const char *dot = strrchr (path, '.');
  gsize width = dot != NULL ? strlen (dot + 1) : 0;
  guint number = 0;

  *self = (PlatterPiecesRow){ .stem = dot != NULL ? g_strndup (path, (gsize)(dot - path)) : NULL };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      self->radix = kinds[i].radix;
      if (width < 2 || width > kinds[i].max_width
          || !pieces_row_read (dot + 1, self->radix, &number))
        continue;
      if (self->radix == 16 && !pieces_row_is_hex (self, (guint)width))
        continue;
      if (pieces_row_find_index (self, (guint)width, number, index))
        return TRUE;
    }
  self->radix = 10;
  self->width = (guint)width;
  self->number = 1;
  self->longer = 0;
  if (width < 2 || width > 4 || !pieces_row_read (dot + 1, self->radix, &number))
    g_clear_pointer (&self->stem, g_free);
  return FALSE;
}

void
platter_pieces_row_clear (PlatterPiecesRow *self)
{
  g_clear_pointer (&self->stem, g_free);
}
