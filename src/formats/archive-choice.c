// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which of the files in an archive is the image: the only one that may be.

#include "archive-choice.h"

#include <string.h>

#include "../engine/printable.h"
#include "packed-size.h"

#define MAX_SHOWN_CHARACTERS 80

static const char *const archive_choice_states[] = {
  [PLATTER_ARCHIVE_GOOD] = "good",
  [PLATTER_ARCHIVE_EMPTY] = "empty",
  [PLATTER_ARCHIVE_SEVERAL] = "several",
  [PLATTER_ARCHIVE_ENCRYPTED] = "encrypted",
  [PLATTER_ARCHIVE_UNREADABLE] = "unreadable",
};

const char *
platter_archive_choice_get_state (const PlatterArchiveChoice *self)
{
  return archive_choice_states[self->state];
}

gboolean
platter_archive_choice_set_state (PlatterArchiveChoice *self, const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (archive_choice_states); i++)
    if (strcmp (archive_choice_states[i], word) == 0)
      {
        self->state = (PlatterArchiveState)i;
        return TRUE;
      }
  return FALSE;
}

PlatterArchiveChoice *
platter_archive_choice_new (void)
{
  PlatterArchiveChoice *self = g_new0 (PlatterArchiveChoice, 1);

  self->state = PLATTER_ARCHIVE_EMPTY;
  self->size_bytes = PLATTER_PACKED_SIZE_UNKNOWN;
  self->names = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
platter_archive_choice_free (PlatterArchiveChoice *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->names);
  g_free (self);
}

static gboolean
archive_choice_has_ending (const char *name)
{
  static const char *const endings[] = {
    ".sha256",    ".sha512",    ".sha1",   ".md5", ".sig", ".asc",  ".txt",
    ".sha256sum", ".sha512sum", ".md5sum", ".b2",  ".gpg", ".json", ".bmap",
    ".md",        ".pdf",       ".html",   ".htm", ".url", ".nfo",
  };
  gsize length = strlen (name);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      gsize ending = strlen (endings[i]);

      if (length >= ending && g_ascii_strcasecmp (name + length - ending, endings[i]) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
archive_choice_is_known (const char *name)
{
  static const char *const names[] = {
    "SHA256SUMS", "SHA512SUMS", "SHA1SUMS", "MD5SUMS", "SHA256SUM", "SHA512SUM",
    "CHECKSUM",   "README",     "LICENSE",  "LICENCE", "COPYING",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

gboolean
platter_archive_choice_is_companion (const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;

  /* What macOS keeps of a file besides its content. */
  if (g_str_has_prefix (path, "__MACOSX/") || strstr (path, "/__MACOSX/") != NULL
      || g_str_has_prefix (name, "._") || g_str_equal (name, ".DS_Store"))
    return TRUE;
  return archive_choice_has_ending (name) || archive_choice_is_known (name);
}

char *
platter_archive_choice_dup_shown (const char *path)
{
  g_autofree char *shown = platter_printable_dup (path, (gssize)strnlen (path, 4096));
  g_autofree char *beginning = NULL;

  if (g_utf8_strlen (shown, -1) < MAX_SHOWN_CHARACTERS)
    return g_steal_pointer (&shown);
  beginning = g_utf8_substring (shown, 0, MAX_SHOWN_CHARACTERS);
  return g_strconcat (beginning, "…", NULL);
}

gboolean
platter_archive_choice_add (PlatterArchiveChoice *self,
                            guint index,
                            const char *path,
                            guint64 size_bytes)
{
  if (size_bytes == 0 || (path != NULL && platter_archive_choice_is_companion (path)))
    return FALSE;
  if (self->names->len < PLATTER_ARCHIVE_MAX_NAMES)
    g_ptr_array_add (self->names, platter_archive_choice_dup_shown (path != NULL ? path : "?"));
  self->n_candidates++;
  if (self->n_candidates == 1)
    {
      self->state = PLATTER_ARCHIVE_GOOD;
      self->index = index;
      self->size_bytes = size_bytes;
    }
  else
    self->state = PLATTER_ARCHIVE_SEVERAL;
  return TRUE;
}

const char *
platter_archive_choice_get_name (const PlatterArchiveChoice *self)
{
  return self->names->len > 0 ? g_ptr_array_index (self->names, 0) : "";
}

char *
platter_archive_choice_dup_several (const PlatterArchiveChoice *self)
{
  GString *text = g_string_new ("is an archive with several files that may be the image (");

  for (guint i = 0; i < self->names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            (const char *)g_ptr_array_index (self->names, i));
  if (self->n_candidates > self->names->len)
    g_string_append_printf (text, " and %u more", self->n_candidates - self->names->len);
  g_string_append (text, "): unpack it, and choose the one to write");
  return g_string_free (text, FALSE);
}
