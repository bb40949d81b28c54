// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which of the files in an archive is the image: the only one that may be.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** So many names are remembered of an archive that holds several files. */
#define PLATTER_ARCHIVE_MAX_NAMES 5

typedef enum
{
  PLATTER_ARCHIVE_GOOD,       /* there is one image in it, as far as was looked */
  PLATTER_ARCHIVE_EMPTY,      /* there is none */
  PLATTER_ARCHIVE_SEVERAL,    /* there are several files that may be one */
  PLATTER_ARCHIVE_ENCRYPTED,  /* a password is needed */
  PLATTER_ARCHIVE_UNREADABLE, /* damaged, or of a kind that is not known */
} PlatterArchiveState;

/** PlatterArchiveChoice: made of the entries one after the other. */
typedef struct
{
  PlatterArchiveState state;
  guint index;          /* of the entry, counted from 0 */
  guint64 size_bytes;   /* of the image; %PLATTER_PACKED_SIZE_UNKNOWN if it is not recorded */
  guint n_candidates;   /* files that may be the image */
  GPtrArray *names;     /* (element-type utf8): theirs, for people, the first few of them */
  gboolean is_complete; /* whether all entries were looked at */
} PlatterArchiveChoice;

PlatterArchiveChoice *platter_archive_choice_new (void);
void platter_archive_choice_free (PlatterArchiveChoice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterArchiveChoice, platter_archive_choice_free)

/**
 * platter_archive_choice_add:
 * @index: of the entry
 * @path: (nullable): as it is in the archive, any bytes
 *
 * Adds a file that has content, unless its name says that it only comes along with an image.
 *
 * Returns: whether it may be the image
 */
gboolean platter_archive_choice_add (PlatterArchiveChoice *self,
                                     guint index,
                                     const char *path,
                                     guint64 size_bytes);

/** Returns: (transfer none): the word for its state: "good", "several" */
const char *platter_archive_choice_get_state (const PlatterArchiveChoice *self);
/** platter_archive_choice_set_state: @word: as platter_archive_choice_get_state() returns it. Returns: whether it is one. */
gboolean platter_archive_choice_set_state (PlatterArchiveChoice *self, const char *word);

/** Returns: (transfer none): the name of the image, for people; only of one that is good. */
const char *platter_archive_choice_get_name (const PlatterArchiveChoice *self);

/** Returns: (transfer full): for one with several: a sentence in English that goes on behind the archive's name. */
char *platter_archive_choice_dup_several (const PlatterArchiveChoice *self);

/** Returns: whether a file of that name only comes along with an image: a checksum, a signature, a text. */
gboolean platter_archive_choice_is_companion (const char *path);

/** Returns: (transfer full): a name from a foreign file as one line of valid UTF-8 that shows what it is. */
char *platter_archive_choice_dup_shown (const char *path);

G_END_DECLS
