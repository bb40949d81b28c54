// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an archive holds, entry after entry, without unpacking more than that takes.

#include "archive-look.h"

#include "archive-reader.h"
#include "packed-size.h"

/* Lists of files are not longer, in archives that hold an image. */
#define MAX_LIST_BYTES (64 * 1024 * 1024)
#define MAX_ENTRIES 100000
/* How much is unpacked of a packed archive: until something is found that may be the image, and behind that. */
#define MAX_SEARCH_BYTES ((guint64)1024 * 1024 * 1024)
#define MAX_BEHIND_BYTES ((guint64)32 * 1024 * 1024)

const char *
platter_archive_reader_get_path (struct archive_entry *entry)
{
  const char *path = archive_entry_pathname_utf8 (entry);

  return path != NULL ? path : archive_entry_pathname (entry);
}

guint64
platter_archive_reader_get_size_bytes (struct archive_entry *entry)
{
  if (!archive_entry_size_is_set (entry))
    return PLATTER_PACKED_SIZE_UNKNOWN;
  return archive_entry_size (entry) >= 0 ? (guint64)archive_entry_size (entry) : G_MAXINT64;
}

gboolean
platter_archive_reader_consider (PlatterArchiveChoice *choice,
                                 struct archive_entry *entry,
                                 guint index)
{
  if (archive_entry_filetype (entry) != AE_IFREG || archive_entry_hardlink (entry) != NULL
      || archive_entry_symlink (entry) != NULL
      || !platter_archive_choice_add (choice, index, platter_archive_reader_get_path (entry),
                                      platter_archive_reader_get_size_bytes (entry)))
    return FALSE;
  if (choice->state == PLATTER_ARCHIVE_GOOD && archive_entry_is_encrypted (entry))
    choice->state = PLATTER_ARCHIVE_ENCRYPTED;
  return TRUE;
}

/* Whether it would take too long to unpack an entry, only to see what comes behind. */
static gboolean
archive_look_is_far (struct archive_entry *entry, guint n_candidates, guint64 *left_bytes)
{
  guint64 size_bytes = platter_archive_reader_get_size_bytes (entry);

  if (n_candidates > 0)
    *left_bytes = MIN (*left_bytes, MAX_BEHIND_BYTES);
  if (size_bytes > *left_bytes)
    return TRUE;
  *left_bytes -= size_bytes;
  return FALSE;
}

/* Returns: how many entries there were, the choice being what can be said of them. */
static guint
archive_look_list (PlatterArchiveReader *self, PlatterArchiveChoice *choice, gboolean is_packed)
{
  guint64 left_bytes = MAX_SEARCH_BYTES;
  struct archive_entry *entry = NULL;
  int result = ARCHIVE_OK;
  guint index = 0;
  gboolean is_far = FALSE;

  while (!is_far && index < MAX_ENTRIES
         && (result = platter_archive_reader_next (self, &entry)) == ARCHIVE_OK)
    {
      platter_archive_reader_consider (choice, entry, index++);
      is_far = is_packed && archive_look_is_far (entry, choice->n_candidates, &left_bytes);
    }
  choice->is_complete = result == ARCHIVE_EOF;
  /* Else what is known of it may not be all that there is. */
  if (!choice->is_complete && !is_far && choice->state != PLATTER_ARCHIVE_SEVERAL)
    choice->state = platter_archive_reader_is_encrypted (self) ? PLATTER_ARCHIVE_ENCRYPTED
                                                               : PLATTER_ARCHIVE_UNREADABLE;
  return index;
}

/* An archive that is a file: nothing has to be unpacked to see what it holds. */
static PlatterArchiveChoice *
archive_look_at_file (PlatterInput *input, PlatterFormat format)
{
  g_autoptr (PlatterArchiveReader) archive = platter_archive_reader_new (input, format, NULL);
  g_autoptr (PlatterArchiveChoice) choice = platter_archive_choice_new ();

  platter_archive_reader_set_budget (archive, MAX_LIST_BYTES);
  /* What libarchive does not take for a tar is a disk that looks like one. */
  if (archive_look_list (archive, choice, FALSE) == 0 && format == PLATTER_FORMAT_TAR)
    return NULL;
  return g_steal_pointer (&choice);
}

static gboolean
archive_look_is_tar_inside (PlatterInput *input, PlatterFormat format)
{
  g_autoptr (PlatterCodec) codec = platter_codec_new (input, format, NULL);
  guint8 head[PLATTER_FORMAT_HEAD_BYTES];
  gsize length = 0;
  gssize got = 1;

  while (codec != NULL && length < sizeof head && got > 0)
    {
      got = codec->funcs->read (codec, head + length, sizeof head - length, NULL);
      length += (gsize)MAX (got, 0);
    }
  return platter_format_find (head, length) == PLATTER_FORMAT_TAR;
}

static PlatterArchiveChoice *
archive_look_inside (PlatterInput *input, PlatterFormat format)
{
  g_autoptr (PlatterArchiveChoice) choice = NULL;
  g_autoptr (PlatterArchiveReader) archive = NULL;
  PlatterCodec *codec = NULL;
  gboolean is_tar = archive_look_is_tar_inside (input, format);

  platter_input_seek (input, 0);
  codec = is_tar ? platter_codec_new (input, format, NULL) : NULL;
  if (codec == NULL)
    return NULL;
  choice = platter_archive_choice_new ();
  archive = platter_archive_reader_new (input, PLATTER_FORMAT_TAR, codec);
  platter_archive_reader_set_budget (archive, MAX_SEARCH_BYTES + MAX_BEHIND_BYTES);
  if (archive_look_list (archive, choice, TRUE) == 0)
    g_clear_pointer (&choice, platter_archive_choice_free);
  g_clear_pointer (&archive, platter_archive_reader_free);
  platter_input_seek (input, 0);
  return g_steal_pointer (&choice);
}

PlatterArchiveChoice *
platter_archive_look (PlatterInput *input, PlatterFormat format)
{
  if (format == PLATTER_FORMAT_NONE)
    return NULL;
  return platter_format_is_archive (format) ? archive_look_at_file (input, format)
                                            : archive_look_inside (input, format);
}
