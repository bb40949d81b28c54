// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the two halves of the journal, its life and its file, know of each other.

#pragma once

#include "dbus/map-page.h"
#include "journal.h"

G_BEGIN_DECLS

#define JOURNAL_SUFFIX ".job"
#define JOURNAL_LOCK_SUFFIX ".lock"
/* A map in which nothing new was read is kept once in so long. */
#define JOURNAL_PAGE_US (60 * G_USEC_PER_SEC)
/* Of all maps of a job together: whatever the worker has room for. The same of what is wanted. */
#define JOURNAL_MAX_MAP_BYTES PLATTER_MAP_PAGE_TEXT_BYTES

struct _PlatterJournals
{
  char *folder;
  guint n_writing;     /* journals whose file is being written or removed */
  guint32 last_number; /* the largest of a job that was found */
};

struct _PlatterJournal
{
  PlatterJournals *journals; /* borrowed */
  char *path;
  uid_t owner;
  guint32 number; /* by which the job is known; 0: by none yet */
  GVariant *details;
  GArray *durable; /* (element-type guint64) */
  GBytes *map; /* (nullable): of a rescue, until its worker has left a newer one: of each target */
  GBytes *domain;        /* (nullable): of a rescue, what is wanted */
  guint64 carried_bytes; /* of a rescue: what was durable before it went on */
  int page_fd;           /* where it leaves them; -1 */
  guint64 page_number;   /* of the newest map there when it was kept last */
  gint64 page_us;        /* when that was */
  gboolean is_page_kept; /* since more became durable, a newer one was kept */
  int lock_fd;           /* held while the job runs; -1 */
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

/** platter_journal_renumber: Gives a job that has ended a number, on the disk too if nobody else has it. */
void platter_journal_renumber (PlatterJournal *self, guint32 number);

/* journal-file.c */
/** platter_journal_build_head: Returns: (transfer floating): what its file holds, but for the map. */
GVariant *platter_journal_build_head (const PlatterJournal *self);
/** platter_journal_build: Returns: (transfer full): what its file holds. From any thread. @map, @domain: (nullable) */
GBytes *platter_journal_build (GVariant *head, GBytes *map, GBytes *domain);

/* journal-maps.c */
/** platter_journal_read_map: Returns: (transfer full) (nullable): what is on a page, or else @map. From any thread. */
GBytes *platter_journal_read_map (int page_fd, GBytes *map);
/**
 * platter_journal_select_maps:
 * @maps: (nullable): of @n_maps targets
 * @indexes: (element-type guint): below @n_maps
 *
 * Returns: (transfer full) (nullable): those of some targets, in this order; %NULL if there are not as many as there should be.
 */
GBytes *platter_journal_select_maps (GBytes *maps, guint n_maps, const GArray *indexes);

G_END_DECLS
