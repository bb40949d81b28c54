// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One job of the engine: a source copied to targets and proven, or compared with them.

#pragma once

#include <glib.h>

#include "endpoint.h"
#include "map.h"
#include "rescue-plan.h"

G_BEGIN_DECLS

#define PLATTER_TRANSFER_MAX_TARGETS 32
#define PLATTER_TRANSFER_MAX_REPAIRS 3
/** The unit of hashing, verification and repair, in bytes. */
#define PLATTER_BLOCK_BYTES (1024 * 1024)
/** What is held back at the start of a target until everything else is proven, in bytes. */
#define PLATTER_EDGE_BYTES (1024 * 1024)
/** What a target begins with until then; behind it come zeros. */
#define PLATTER_MARK_TEXT                                                                          \
  "Platter: copying to this drive was not finished, so there is nothing usable on it.\n"

/**
 * PlatterTransferKind:
 * @PLATTER_TRANSFER_COPY: write the source to every target and, if asked, read back and compare
 * @PLATTER_TRANSFER_COMPARE: write nothing; compare the source with exactly one target
 */
typedef enum
{
  PLATTER_TRANSFER_COPY,
  PLATTER_TRANSFER_COMPARE,
} PlatterTransferKind;

typedef enum
{
  PLATTER_QUEUE_AUTO,
  PLATTER_QUEUE_URING,
  PLATTER_QUEUE_THREADS,
} PlatterQueueKind;

/** Digests of the whole source, computed in the one read, each on its own thread. */
typedef enum
{
  PLATTER_DIGEST_NONE = 0,
  PLATTER_DIGEST_SHA256 = 1 << 0,
  PLATTER_DIGEST_SHA512 = 1 << 1,
  PLATTER_DIGEST_SHA1 = 1 << 2,
  PLATTER_DIGEST_MD5 = 1 << 3,
  PLATTER_DIGEST_BLAKE2B = 1 << 4,
} PlatterDigests;

/** What a digest of the source must be: lower-case hexadecimal. */
typedef struct
{
  PlatterDigests digest;
  const char *hex;
} PlatterExpectedDigest;

/**
 * PlatterOnError: what is done when the source cannot be read.
 * @PLATTER_ON_ERROR_STOP: the transfer fails
 * @PLATTER_ON_ERROR_SKIP: the copy becomes a rescue that leaves out what cannot be read in one go
 * @PLATTER_ON_ERROR_RESCUE: the copy becomes a rescue, down to each single sector
 * @PLATTER_ON_ERROR_ASK: at the first error the copy holds still and asks which of the others it is to be;
 *   platter_transfer_answer() answers. Only of a copy that could become a rescue; any other stops.
 */
typedef enum
{
  PLATTER_ON_ERROR_STOP,
  PLATTER_ON_ERROR_SKIP,
  PLATTER_ON_ERROR_RESCUE,
  PLATTER_ON_ERROR_ASK,
} PlatterOnError;

/** The step a transfer, or one of its targets, is in. Only forward, but for repairing. */
typedef enum
{
  PLATTER_PHASE_PREPARING,
  PLATTER_PHASE_COPYING,
  PLATTER_PHASE_FLUSHING,
  PLATTER_PHASE_VERIFYING,
  PLATTER_PHASE_REPAIRING,
  PLATTER_PHASE_FINISHING,
  PLATTER_PHASE_ENDED,
} PlatterPhase;

/**
 * PlatterVerdict: what can truthfully be said of one target.
 * @PLATTER_VERDICT_NONE: not ended yet
 * @PLATTER_VERDICT_VERIFIED: written, flushed, read back past the cache, equal
 * @PLATTER_VERDICT_REPAIRED: as verified, but only after blocks were written again: not to be trusted
 * @PLATTER_VERDICT_WRITTEN: written and flushed; verification was not asked for
 * @PLATTER_VERDICT_MISMATCHED: written, but what came back differs (or, comparing: they differ)
 * @PLATTER_VERDICT_UNVERIFIED: all of it written and flushed, but its first MiB, which comes after
 *   all else was verified, could not be read back
 * @PLATTER_VERDICT_INCOMPLETE: a part of the source could not be read; the rest was written, flushed and, if it was
 *   asked for, read back and is equal
 * @PLATTER_VERDICT_SOURCE_UNSTABLE: the source read differently the second time
 * @PLATTER_VERDICT_FAILED: an error ended it, see the error
 * @PLATTER_VERDICT_CANCELLED: cancelled before everything was written; as the first MiB is written
 *   after all else was verified, that is so while verifying, too
 */
typedef enum
{
  PLATTER_VERDICT_NONE,
  PLATTER_VERDICT_VERIFIED,
  PLATTER_VERDICT_REPAIRED,
  PLATTER_VERDICT_WRITTEN,
  PLATTER_VERDICT_MISMATCHED,
  PLATTER_VERDICT_UNVERIFIED,
  PLATTER_VERDICT_INCOMPLETE,
  PLATTER_VERDICT_SOURCE_UNSTABLE,
  PLATTER_VERDICT_FAILED,
  PLATTER_VERDICT_CANCELLED,
} PlatterVerdict;

/** What a block that came back wrong looks like; each points to another cause. */
typedef enum
{
  PLATTER_MISMATCH_ZEROS,      /* only zeros came back: nothing was stored */
  PLATTER_MISMATCH_OLD_DATA,   /* nothing of what was written is there: the write was dropped */
  PLATTER_MISMATCH_WRAPPED,    /* data that belongs to another offset (see found_at_bytes) */
  PLATTER_MISMATCH_BITS,       /* a few flipped bits (see bits) */
  PLATTER_MISMATCH_OTHER,      /* none of these */
  PLATTER_MISMATCH_UNREADABLE, /* reading it back failed */
} PlatterMismatchClass;

typedef struct
{
  guint64 offset_bytes;    /* the first differing byte */
  guint64 length_bytes;    /* to the last differing byte, inclusive */
  guint64 differing_bytes; /* how many bytes in between really differ */
  PlatterMismatchClass kind;
  guint64 found_at_bytes; /* WRAPPED: where in the source the data that came back belongs */
  guint bits;             /* BITS: how many */
  guint repair_attempts;  /* how often it was written again */
  gboolean repaired;      /* the last check was right */
} PlatterMismatch;

/**
 * PlatterLimit: what slows the transfer down now.
 * @PLATTER_LIMIT_SOURCE: reading the source
 * @PLATTER_LIMIT_TARGET: writing a target or, while verifying, reading it back
 * @PLATTER_LIMIT_HASHING: the processor, while copying
 * @PLATTER_LIMIT_VERIFYING: the processor, comparing what was read back
 */
typedef enum
{
  PLATTER_LIMIT_NONE,
  PLATTER_LIMIT_SOURCE,
  PLATTER_LIMIT_TARGET,
  PLATTER_LIMIT_HASHING,
  PLATTER_LIMIT_VERIFYING,
} PlatterLimit;

/** PlatterQuestion: what a transfer waits to be told. */
typedef enum
{
  PLATTER_QUESTION_NONE,
  PLATTER_QUESTION_READ_ERROR, /* what to do about the source, which cannot be read; see PLATTER_ON_ERROR_ASK */
} PlatterQuestion;

typedef struct
{
  PlatterTransferKind kind;
  guint64 size_bytes;     /* how much of the source is copied or compared; 0 for all of it */
  gboolean verify;        /* COPY: read back and compare */
  gboolean shorter;       /* COMPARE: a source whose size is not known may end before the target */
  guint max_repairs;      /* COPY: how often a wrong block is written again, 0..3 */
  PlatterDigests digests; /* of the source; if it is packed, of the file */
  gboolean digests_content; /* COPY: of what is in it, also if it is packed */
  /* COPY: of the file, computed too; a difference ends every target with %PLATTER_ENGINE_ERROR_DIGEST before its
     first MiB is written. Copied. */
  const PlatterExpectedDigest *expected;
  guint n_expected;
  /* COPY: (nullable): one a target, copied: up to which offset, in bytes, an earlier transfer of the same source was
     durable there (durable_until_bytes). That is sampled, and where the target holds something else, or does not begin
     with PLATTER_MARK_TEXT, it fails with %PLATTER_ENGINE_ERROR_CHANGED before anything is written to it. It is verified, but not written again.
     COMPARE: up to where an earlier one has found both equal; that is sampled, and not compared again. */
  const guint64 *resume_bytes;
  PlatterQueueKind queue;
  guint stall_timeout_s; /* a request without an answer for so long fails its device; 0: never */
  /* COPY, without digests: */
  PlatterOnError on_error;
  gboolean is_rescue; /* a rescue from the start; with on_error SKIP or RESCUE */
  /* A rescue, with a map by platter_transfer_set_start(), that goes on by itself after it was cut off: a few sectors of
     what the map calls finished are compared first, as in any that goes on with a file, and so is how the target begins; a
     difference is %PLATTER_ENGINE_ERROR_CHANGED, before anything is written. */
  gboolean is_resumed;
  guint retries;       /* how often bad sectors are read once more; G_MAXUINT: without end */
  guint64 error_limit; /* after so many failed reads what is there is enough; 0: never */
  guint time_limit_s;  /* likewise, after so long */
  gboolean
    zero_bad; /* what could not be read becomes zeros in the targets; else they keep what is there */
} PlatterTransferOptions;

/** A consistent picture of a running transfer; all of it monotone but rates and stalls. */
typedef struct
{
  PlatterPhase phase;       /* that of the target furthest behind */
  guint64 total_bytes;      /* of the phase; 0 while it is not known */
  guint64 done_bytes;       /* of the phase; completed requests only */
  guint64 read_bytes;       /* from the source while copying or comparing */
  guint64 zero_bytes;       /* of these, in all-zero blocks */
  guint64 rate_bytes_per_s; /* of the phase, over the last seconds */
  double fraction;          /* of the whole transfer; 1.0 only when it has ended well */
  gint64 remaining_us;      /* estimate for the whole transfer; -1 while unknown */
  gint64 elapsed_us;
  gint64 source_stalled_us; /* how long the source has not answered; 0 if it does */
  PlatterLimit limit;
  guint limiting_target;    /* with PLATTER_LIMIT_TARGET */
  gboolean is_paused;       /* nothing is read or written until it is resumed */
  PlatterQuestion question; /* nothing new is read or written until it is answered */
  guint64
    question_offset_bytes; /* where the source could not be read; somewhere in the MiB from there on */
  gboolean is_rescue;      /* the next three mean something */
  PlatterRescuePhase rescue_phase;
  guint64 n_read_errors;
  guint64 missing_bytes; /* asked for and not read, or not yet */
} PlatterProgress;

typedef struct
{
  PlatterPhase phase;
  PlatterVerdict verdict;
  guint64
    written_bytes; /* writes that returned, also those of an earlier transfer that is resumed */
  guint64 durable_bytes; /* of these, covered by a later flush that succeeded */
  /* Everything before this offset, but the first MiB, is durable: from here a later transfer can go on. Of a comparison:
     all before it is equal. */
  guint64 durable_until_bytes;
  guint64 verified_bytes;   /* read back and equal */
  guint64 mismatched_bytes; /* read back and different, not repaired; whole blocks */
  guint64 repaired_bytes;   /* whole blocks */
  guint64 rate_bytes_per_s;
  gint64 stalled_us;
} PlatterTargetProgress;

typedef struct _PlatterTransfer PlatterTransfer;

/**
 * platter_transfer_new:
 * @source: (transfer none): what is read; kept alive by a reference
 * @targets: (element-type PlatterEndpoint) (transfer none): 1 to 32
 *
 * Checks the plan and makes everything that a closed sandbox could not make later: the I/O queue,
 * its rings, registered files and buffers. Nothing is read or written.
 *
 * Returns: (transfer full): or %NULL with a #PlatterEngineError, for example
 * %PLATTER_ENGINE_ERROR_TOO_SMALL for a target that cannot hold the source.
 */
PlatterTransfer *platter_transfer_new (PlatterEndpoint *source,
                                       GPtrArray *targets,
                                       const PlatterTransferOptions *options,
                                       GError **error);
void platter_transfer_free (PlatterTransfer *self);

/**
 * platter_transfer_set_size:
 * @size_bytes: what a source with a reader says that it holds
 *
 * Before platter_transfer_run(). The source must then end exactly there.
 *
 * Returns: %FALSE with %PLATTER_ENGINE_ERROR_TOO_SMALL: a target cannot hold it, or is not as large.
 */
gboolean platter_transfer_set_size (PlatterTransfer *self, guint64 size_bytes, GError **error);

/**
 * platter_transfer_run:
 *
 * Copies, flushes, verifies, repairs: blocks until all targets have a verdict. Call it once, on
 * any thread.
 *
 * Returns: %FALSE if the transfer as a whole could not go on (source error, cancelled, every
 * target failed); targets keep their own verdicts and errors in either case, and those are what
 * is told to people.
 */
gboolean platter_transfer_run (PlatterTransfer *self, GError **error);

/**
 * platter_transfer_lose:
 * @side: 0 for the source, then the targets
 *
 * It holds another medium now, whatever it answers: nothing more is written to it, and nothing more of it is believed.
 * From any thread. It changes nothing for a target that has its verdict, nor for a source of which all was read.
 */
void platter_transfer_lose (PlatterTransfer *self, guint side);

/**
 * platter_transfer_keeps_end: Once it was run.
 *
 * Returns: %FALSE if what was written to the end of a larger target before the copy was not there any more after it: that drive is
 *   smaller than it says, and what is written to its end may come to lie in the copy
 */
gboolean platter_transfer_keeps_end (const PlatterTransfer *self, guint target);
/** platter_transfer_is_lost: From any thread. Returns: whether platter_transfer_lose() was called for @side. */
gboolean platter_transfer_is_lost (const PlatterTransfer *self, guint side);

/**
 * platter_transfer_get_head:
 * @length_bytes: (out): not above 1 MiB
 *
 * After run(), of a copy.
 *
 * Returns: (nullable): what a target with a good verdict begins with; %NULL of a comparison, which has none
 */
const guint8 *platter_transfer_get_head (const PlatterTransfer *self, gsize *length_bytes);

/**
 * platter_transfer_fail_target:
 *
 * After run(), for a target with a good verdict: it was written to since, and not as it should be. It has failed then.
 */
void platter_transfer_fail_target (PlatterTransfer *self, guint target, const GError *error);

/**
 * platter_transfer_set_start:
 * @maps: (nullable) (array) (element transfer full): of an earlier rescue, one for each target: VERIFIED is there already
 * @domain: (transfer full) (nullable): only its VERIFIED ranges are wanted
 * @status: where the earlier rescue stopped
 *
 * Before run(), of a rescue. All are of the size that is copied. What is there already on every target is not read again,
 * neither from the source nor, to be proven, from the target. What one of them lacks is read for all; if it does not come
 * any more, those that have it keep it.
 */
void platter_transfer_set_start (PlatterTransfer *self,
                                 PlatterMap **maps,
                                 PlatterMap *domain,
                                 const PlatterMapfileStatus *status);

/**
 * platter_transfer_set_wanted:
 * @wanted: (transfer full): of the size that is copied: only its VERIFIED ranges are part of the source's content
 *
 * Before run(), after the size is known. Of a source whose reader gives zeros for all that is not wanted. It is copied
 * by whole blocks: one in which nothing is wanted is neither read nor written nor verified, but for the first and the
 * last MiB. A comparison leaves out all that is not wanted, to the byte.
 */
void platter_transfer_set_wanted (PlatterTransfer *self, PlatterMap *wanted);
/** Returns: how much is neither written nor compared, because nothing of it is wanted. */
guint64 platter_transfer_get_unwanted_bytes (PlatterTransfer *self);

/** platter_transfer_finish: From any thread: what a rescue has is enough; it is flushed and proven now. */
void platter_transfer_finish (PlatterTransfer *self);

/** platter_transfer_cancel: From any thread; returns at once. Running requests are waited for. */
void platter_transfer_cancel (PlatterTransfer *self);

/**
 * platter_transfer_set_paused:
 *
 * From any thread; returns at once. Requests that run are waited for, and then the progress says that it is
 * paused. A target whose first MiB is being written is not held up any more. The time of a pause counts neither
 * for rates nor for phases; cancelling ends it.
 */
void platter_transfer_set_paused (PlatterTransfer *self, gboolean is_paused);

/**
 * platter_transfer_answer:
 * @answer: anything but %PLATTER_ON_ERROR_ASK
 *
 * From any thread; returns at once. Answers the question that the progress tells of; without one, it does nothing.
 * Waiting for it counts neither for rates nor for phases, nor for the time limit of the rescue.
 */
void platter_transfer_answer (PlatterTransfer *self, PlatterOnError answer);

/**
 * platter_transfer_get_answer:
 * @answer: (out): what has been answered
 *
 * Only after the transfer has ended.
 *
 * Returns: whether it had asked, and somebody answered
 */
gboolean platter_transfer_get_answer (PlatterTransfer *self, PlatterOnError *answer);

/** From any thread, at any time. */
void platter_transfer_get_progress (PlatterTransfer *self, PlatterProgress *progress);
void platter_transfer_get_target_progress (PlatterTransfer *self,
                                           guint target,
                                           PlatterTargetProgress *progress);

/**
 * platter_transfer_dup_target_map:
 *
 * From any thread: a copy of the target's map as it is now, for pictures and mapfiles.
 */
PlatterMap *platter_transfer_dup_target_map (PlatterTransfer *self, guint target);

/** Returns: (transfer full): a ddrescue mapfile of what is safe on the target now; from any thread. */
char *platter_transfer_dup_mapfile (PlatterTransfer *self, guint target);

/* After run() returned, from one thread. */

/**
 * platter_transfer_find_missing:
 *
 * The first range from @offset_bytes on that was wanted and could not be read, or was not read yet.
 *
 * Returns: %FALSE if there is none.
 */
gboolean
platter_transfer_find_missing (PlatterTransfer *self, guint64 offset_bytes, PlatterMapRange *range);
/** Returns: how much of what is missing no read has been tried for. */
guint64 platter_transfer_get_untried_bytes (PlatterTransfer *self);
/** Returns: how much was on the target before, and was neither read nor proven again. */
guint64 platter_transfer_get_carried_bytes (PlatterTransfer *self);

/** Returns: (transfer none) (nullable): why this target failed; domain and code are stable. */
const GError *platter_transfer_get_target_error (PlatterTransfer *self, guint target);
/** Returns: the byte offset the target's error belongs to, or G_MAXUINT64 if it has none. */
guint64 platter_transfer_get_target_error_offset (PlatterTransfer *self, guint target);
/** Returns: the phase in which the target's error happened. */
PlatterPhase platter_transfer_get_target_error_phase (PlatterTransfer *self, guint target);
/** Returns: (element-type PlatterMismatch) (transfer none): at most 4096, in order of offset. */
GArray *platter_transfer_get_target_mismatches (PlatterTransfer *self, guint target);
/** Returns: whether all that was read back of it came from the medium, as far as that can be seen. */
gboolean platter_transfer_is_target_cache_bypassed (PlatterTransfer *self, guint target);
/** Returns: how many blocks were wrong in all, also those that the array has no room for. */
guint64 platter_transfer_get_target_mismatch_count (PlatterTransfer *self, guint target);
/** Returns: (nullable) (transfer none): lower-case hexadecimal, if asked for and complete. */
const char *platter_transfer_get_digest (PlatterTransfer *self, PlatterDigests digest);
/** Returns: (nullable) (transfer none): the same, but always of the file; what is compared with the expected one. */
const char *platter_transfer_get_file_digest (PlatterTransfer *self, PlatterDigests digest);
/** Returns: how much was to be copied or compared, in bytes; 0 if that was not found out. */
guint64 platter_transfer_get_size_bytes (PlatterTransfer *self);
/** Returns: how long a phase took over all targets, in microseconds. */
gint64 platter_transfer_get_phase_us (PlatterTransfer *self, PlatterPhase phase);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterTransfer, platter_transfer_free)

G_END_DECLS
