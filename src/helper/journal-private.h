// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the two halves of the journal, its life and its file, know of each other.

#pragma once

#include "journal.h"

G_BEGIN_DECLS

#define JOURNAL_SUFFIX ".job"
#define JOURNAL_LOCK_SUFFIX ".lock"

struct _PlatterJournals
{
  char *folder;
  guint n_writing; /* journals whose file is being written or removed */
};

struct _PlatterJournal
{
  PlatterJournals *journals; /* borrowed */
  char *path;
  uid_t owner;
  GVariant *details;
  GArray *durable; /* (element-type guint64) */
  int lock_fd;     /* held while the job runs; -1 */
  gboolean is_writing;
  gboolean has_more; /* to be written, since that began */
  gboolean is_discarded;
  gboolean is_failing; /* what it is at is not on the disk, and was to be */
  gboolean is_ended;   /* what is being written is the last of it; then the lock is given back */
};

/* journal.c */
/** platter_journal_new_at: @path: (transfer full) */
PlatterJournal *
platter_journal_new_at (PlatterJournals *journals, char *path, uid_t owner, GVariant *details);
guint platter_journal_count_targets (GVariant *details);
/** platter_journal_lock: Returns: whether no other helper has it; platter_journal_unclaim() gives it back. */
gboolean platter_journal_lock (PlatterJournal *self);

/* journal-file.c */
/** platter_journal_build: Returns: (transfer full): what its file holds. */
GBytes *platter_journal_build (const PlatterJournal *self);

G_END_DECLS
