// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A transfer between files in a temporary folder, with faults, for tests.

#pragma once

#include "engine/transfer.h"
#include "engine/writer.h"
#include "faulty-backend.h"

G_BEGIN_DECLS

#define JOB_MIB ((guint64)1024 * 1024)

/* A function that goes over whole disks byte by byte, in memory that is the test's own. ThreadSanitizer would spend most of its
   time there, and there is nothing to find. */
#define JOB_BULK __attribute__ ((no_sanitize ("thread")))

typedef struct
{
  char *folder;
  guint64 source_bytes;
  guint64 target_bytes; /* of each; defaults to the source's */
  guint n_targets;
  guint8 *source_data;
  GPtrArray *lent; /* memory with what was read of the targets */
  GArray *faults;
  PlatterReader *reader; /* (nullable): what the source is read through; the job's */
  PlatterWriter *writer; /* (nullable): what the only target is written through; the job's */
  PlatterTransferOptions options;
  guint64 max_table_entries; /* of a disk with more blocks, groups are hashed */
  guint64 epoch_bytes;       /* 0: the engine's own */
  gboolean is_cached;        /* the targets are written and read through the cache */
  PlatterTransfer *transfer;
  GError *error;
  gboolean is_good; /* what run() returned */
} Job;

/** job_new: A source of so many bytes of data that looks different at each place; old targets. */
Job *job_new (guint64 source_bytes, guint n_targets, PlatterQueueKind queue);
void job_free (Job *self);
void job_add_fault (Job *self, Fault fault);

/** job_store_source: After source_data was changed by hand. */
void job_store_source (Job *self);

/** job_prepare: Makes the transfer; job_run() does it if it was not done. */
gboolean job_prepare (Job *self);
void job_run (Job *self);
/** job_start: The same on a thread of its own, for a transfer that was made. Returns: (transfer full): to be joined */
GThread *job_start (Job *self);
/** job_wait_for_pause: Until it is paused, or is not any more; before its end. */
void job_wait_for_pause (Job *self, gboolean is_paused);
/** job_forget: The transfer goes, and so do its faults; files stay, for another one. */
void job_forget (Job *self);

char *job_get_path (Job *self, int target); /* -1: the source's */
/** job_read_target: Returns: (transfer none): what is in the target's file by now; until the job is freed. */
guint8 *job_read_target (Job *self, guint target, gsize *length);
gboolean job_target_equals (Job *self, guint target);
/** job_target_looks_unfinished: Nothing of the source's first MiB is there. */
gboolean job_target_looks_unfinished (Job *self, guint target);
/** job_assert_map_is_right: What the map of a target calls safe is what the source has. */
void job_assert_map_is_right (Job *self, guint target);
PlatterTargetProgress job_get_target (Job *self, guint target);
const PlatterMismatch *job_get_mismatch (Job *self, guint target, guint index);

/** job_old_byte: What the targets hold before. */
guint8 job_old_byte (guint64 offset);
/** job_fill_old: The same for the first bytes of a target. */
void job_fill_old (guint8 *data, guint64 length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

G_END_DECLS
