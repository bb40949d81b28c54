// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The state of a running transfer, shared by the files that carry it out. All of it belongs to the
// loop's thread, but for what says otherwise.

#pragma once

#include "block-table.h"
#include "buffer-pool.h"
#include "digest-set.h"
#include "endpoint-private.h"
#include "errors.h"
#include "lane.h"
#include "transfer.h"

#include <pthread.h>

G_BEGIN_DECLS

#define PLATTER_MAX_MISMATCHES 4096
/** The first MiB, and a last one that may begin inside a block. */
#define PLATTER_MAX_EDGES 3

/* So much, or so long, and what was written to a target is made durable. */
#define PLATTER_EPOCH_BYTES ((guint64)256 * 1024 * 1024)
#define PLATTER_EPOCH_US (5 * G_USEC_PER_SEC)

/**
 * PlatterStep: what a target is doing. A verified copy goes (SAMPLE, if it is resumed,)
 * MARK, COPY, FLUSH_COPY, CHECK, WAIT, END_MARK, TAIL, FLUSH_TAIL, HEAD, FLUSH_HEAD, CHECK_EDGES; after a check that found
 * differences come REPAIR, FLUSH_REPAIR, CHECK_REPAIR as often as allowed, then CHECK_AGAIN.
 */
typedef enum
{
  PLATTER_STEP_SAMPLE, /* whether it still holds what it was left with */
  PLATTER_STEP_LOAD, /* a rescue that goes on: what there is of the edges is read before anything is written */
  PLATTER_STEP_MARK, /* overwriting the edges with a mark */
  PLATTER_STEP_FLUSH_MARK,
  PLATTER_STEP_COPY,
  PLATTER_STEP_FLUSH_COPY,
  PLATTER_STEP_QUEUE, /* until there is memory for its check */
  PLATTER_STEP_CHECK,
  PLATTER_STEP_EXAMINE, /* groups of blocks that are wrong somewhere */
  PLATTER_STEP_REPAIR,
  PLATTER_STEP_FLUSH_REPAIR,
  PLATTER_STEP_CHECK_REPAIR,
  PLATTER_STEP_CHECK_AGAIN, /* everything: a repair may have damaged something else */
  PLATTER_STEP_WAIT,        /* until the source is known to be as expected */
  PLATTER_STEP_END_MARK,    /* whether a larger target has kept what was written to its end */
  PLATTER_STEP_TAIL, /* the last MiB, and nothing else: with the first one it would look like a whole copy */
  PLATTER_STEP_FLUSH_TAIL,
  PLATTER_STEP_HEAD, /* the first block */
  PLATTER_STEP_FLUSH_HEAD,
  PLATTER_STEP_CHECK_EDGES,
  PLATTER_STEP_COMPARE,
  PLATTER_STEP_ENDED,
} PlatterStep;

/** Which blocks a step goes through. */
typedef enum
{
  PLATTER_PASS_ALL,
  PLATTER_PASS_EDGES,
  PLATTER_PASS_TAIL,   /* the edges but the first block */
  PLATTER_PASS_HEAD,   /* the first block */
  PLATTER_PASS_WRONG,  /* known mismatches that are not repaired */
  PLATTER_PASS_GROUPS, /* the blocks of bad groups, one at a time */
} PlatterPass;

/** A block that came back wrong, and what else is known of it. */
typedef struct
{
  PlatterMismatch mismatch;
  guint64 block;
  gboolean has_expected;
  PlatterBlockHash expected;
  gboolean is_unstable; /* the source read differently: nothing can be said of the target */
} PlatterWrong;

/** What is held back. */
typedef struct
{
  guint64 block;
  PlatterSlot *slot;
  PlatterBlockHash hash;
  PlatterBlockHash mark_hash; /* of what is there in the meantime */
  gboolean is_kept;           /* an earlier rescue's data is there, and must not be lost: no mark */
  guint keeper;               /* on this target */
  PlatterBlockHash kept_hash; /* of what is there in the meantime */
} PlatterEdge;

/** A stretch of a block on its way to a target. */
typedef struct
{
  PlatterSlot *slot;
  guint32 start_bytes;
  guint32 length_bytes;
} PlatterTodo;

/** Whether a source that fails can still be believed: a sector that is read again after errors. */
typedef struct
{
  guint sector_bytes;
  guint8 *sample; /* what it was */
  guint64 sample_offset_bytes;
  gint64 sampled_us;
  gint64 tested_us; /* when it last was as before */
  gboolean has_sample;
  gboolean has_lost_sample; /* once */
  gboolean has_failed;      /* until then there is no reason for doubt */
  GArray *recent;           /* until then: what came while older reads were under way */
  gboolean has_error;       /* a read has failed since it was last right */
  PlatterMap *doubted;      /* VERIFIED: what came since then */
  guint64 doubted_bytes;
  gboolean is_broken; /* it is another now */
} PlatterRescueTrust;

/** A copy that goes on where its source cannot be read; without it such a copy fails. */
typedef struct
{
  PlatterRescuePlan *plan; /* NULL as long as all could be read */
  PlatterMap *map;         /* what is known until there is a plan */
  PlatterMap *domain;      /* likewise: what is wanted; NULL for all */
  PlatterMapfileStatus status;
  PlatterMap *read;  /* VERIFIED: read in this transfer */
  PlatterMap *whole; /* VERIFIED: of these, what was hashed as whole blocks */
  PlatterRescueTrust *trust;
  guint sector_bytes;
  guint n_reads; /* under way: one at most */
  gboolean is_active;
  gboolean has_ended;
  guint64 missing_bytes;
  guint64 carried_bytes;
} PlatterRescue;

typedef struct
{
  guint64 group;
  guint n_left;
  gboolean is_bad;
  PlatterBlockHash sum;
} PlatterGroup;

/** Bytes over the last seconds. */
#define PLATTER_RATE_SAMPLES 16
typedef struct
{
  gint64 times_us[PLATTER_RATE_SAMPLES];
  guint64 bytes[PLATTER_RATE_SAMPLES];
  guint n;
} PlatterRate;

/** Where the loop's time went. */
typedef struct
{
  gint64 hash_us;
  gint64 source_us;
  gint64 target_us;
  guint target; /* the one last waited for */
} PlatterWaits;

typedef struct
{
  PlatterTransfer *transfer;
  guint index;
  PlatterEndpoint *endpoint;
  PlatterLane lane;
  PlatterMap *map;        /* under the transfer's lock */
  gboolean has_old_start; /* an earlier rescue had come to its end there: no mark */
  gint64 writer_work_us;  /* of its writer, when it was last looked at */
  PlatterStep step;
  PlatterPhase phase;
  PlatterVerdict verdict;
  GError *error;
  guint64 error_offset_bytes;
  PlatterPhase error_phase;

  PlatterTodo *todo; /* ring of what is to be written */
  guint n_places;    /* in it */
  guint64 next_todo; /* of a stream: the block that comes next */
  guint todo_first;
  guint n_todo;
  gboolean can_zero;

  PlatterPass pass;
  guint64 pass_position;
  guint n_groups_done;
  guint n_active;        /* blocks of the pass that are under way */
  PlatterSlot *suspects; /* came back wrong; wait for the source to be read again */
  GArray *wrong;         /* PlatterWrong */
  guint64 n_wrong;
  guint n_unreadable_in_row;
  guint n_repairs;
  guint n_open_before; /* mismatches before the last repair */
  gboolean is_checked_again;
  gboolean has_final_edges;
  gint is_lost;                /* atomic: it holds another medium */
  gboolean is_flushed;         /* the flush of this step has succeeded */
  gboolean is_proof_cached;    /* a part of what was read back may have come from a cache */
  gboolean is_end_wiped;       /* of what was marked behind the end of the source */
  gboolean has_end_mark;       /* in the last block of a larger target, while it is copied to */
  gboolean is_end_read;        /* it was looked for at the end */
  gboolean is_end_kept;        /* and was there */
  gboolean is_end_cleared;     /* and taken away */
  gboolean is_saving;          /* a flush in the middle of a rescue's copy is under way */
  gint64 saved_us;             /* when the last one was */
  guint64 saved_bytes;         /* and how much was written then */
  guint64 zero_position_bytes; /* up to here, what could not be read was zeroed */
  GError *pending_error;       /* what ends it when all that was written is safe */
  PlatterGroup *groups;        /* ring */
  GArray *bad_groups;          /* guint64 */
  PlatterGroup examined;       /* the bad group that is looked at now */

  guint64 n_kept_blocks; /* these and those before them, but the first, are there already */
  guint n_samples;
  guint64 epoch_bytes; /* after so many a flush makes them durable */
  gint64 min_epoch_us;
  gint64 epoch_start_us;
  guint64 epoch_written_bytes; /* what the last such flush covers */
  guint64 epoch_until_bytes;
  gboolean is_epoch_ending;
  guint64 durable_until_bytes;

  guint64 written_bytes;
  guint64 durable_bytes;
  guint64 checked_bytes;  /* of the step, read back and looked at */
  guint64 finished_bytes; /* while finishing */
  guint64 moved_bytes;    /* all that was written or looked at */
  PlatterRate rate;
  PlatterTargetProgress published; /* under the transfer's lock */
  gint64 published_oldest_us;      /* likewise */
  GArray *mismatches;              /* PlatterMismatch; made at the end */
} PlatterTarget;

struct _PlatterTransfer
{
  PlatterTransferOptions options;
  PlatterExpectedDigest *expected;
  guint64 size_bytes;
  guint64 n_blocks;
  guint64 first_tail_edge; /* block */
  gboolean is_stream;      /* the one target is written in order, and nothing of it is held back */
  /* A source whose end is to be met; size_bytes is how much the smallest target can take, or what it says. */
  gboolean is_open;
  gboolean is_size_known;
  gboolean is_once; /* the source cannot be read a second time */
  gboolean is_probing;
  guint64 end_bytes;      /* where a read has met it; G_MAXUINT64 */
  guint64 cut_bytes;      /* how large the plan was until then; 0 if it has not changed */
  guint64 cut_from_bytes; /* where its last edges began */
  PlatterEndpoint *source;
  PlatterLane source_lane;
  PlatterTarget *targets;
  guint n_targets;
  PlatterIoQueue *queue;
  PlatterBufferPool *pool;
  guint n_slots; /* that pass data on; the pool has some more */
  guint quota;   /* slots of each target that is checked */
  guint max_checks;
  PlatterSlot *zero; /* all zeros */
  PlatterSlot *mark; /* a text in the first sector, zeros behind */
  PlatterEdge edges[PLATTER_MAX_EDGES];
  guint n_edges;
  PlatterBlockTable *table;
  PlatterBlockHashFunc hash;
  PlatterBlockHash zero_hash; /* of a whole block */
  PlatterDigestSet *digests;
  PlatterRescue *rescue; /* NULL: an error of the source ends the transfer */
  PlatterMap *wanted;    /* VERIFIED: part of the content; NULL: all is */
  guint64 unwanted_bytes;

  gint is_cancelled;   /* atomic */
  gint is_source_lost; /* atomic: it holds another medium */
  gint is_to_pause;    /* atomic */
  gint is_to_finish;   /* atomic */
  gboolean is_paused;  /* nothing is under way, because of a pause or a question */
  gint64 pause_us;     /* since when */
  gint64 paused_us;    /* and for how long it was before */
  gboolean was_paused; /* when that was last told */
  guint64 next_block;  /* to be read */
  guint64 n_blocks_read;
  guint64 n_block_errors; /* before a rescue began */
  guint64 read_bytes;
  guint64 zero_bytes;
  PlatterMap *zeros; /* where the source has zeros; bounded */
  /* Looking for the first sector that cannot be read, between these. */
  gboolean is_locating;
  guint64 bad_start_bytes;
  guint64 bad_middle_bytes;
  guint64 bad_end_bytes;
  guint64 bad_error_bytes; /* where the read of the block has failed */
  int bad_errno;
  gboolean has_bad_probe; /* more than one read has failed */
  PlatterSlot *unread;    /* other blocks that have failed meanwhile */
  /* A question, see question.c: its own block of the source is kept for the answer. */
  gint question; /* atomic */
  PlatterSlot *asked_slot;
  guint64 asked_offset_bytes;
  gboolean is_answered;
  guint64
    first_unread_bytes; /* where the first block is that was asked for and did not come; G_MAXUINT64 */
  gboolean is_source_checked;
  PlatterSlot *to_hash_first;
  PlatterSlot *to_hash_last;
  GError *error;

  gint64 collected_us; /* when answers were last looked for */
  gint64 started_us;
  gint64 last_publish_us;
  guint n_changes; /* of the targets' steps */
  guint n_published_changes;
  PlatterWaits waits; /* fading */
  PlatterPhase phase;
  PlatterRate rate;
  gint64 phase_us[PLATTER_PHASE_ENDED + 1];

  pthread_mutex_t lock; /* of all that other threads read */
  PlatterProgress published;
  gint64 published_source_oldest_us;
  PlatterMapfileStatus published_status;
};

/* transfer.c */
PlatterEdge *platter_transfer_get_edge (PlatterTransfer *self, guint64 block);
guint32 platter_transfer_get_block_bytes (const PlatterTransfer *self, guint64 block);
PlatterBlockHash platter_transfer_hash (PlatterTransfer *self, const guint8 *data, gsize length);
/** platter_transfer_count_live: Returns: how many targets have not ended. */
guint platter_transfer_count_live (const PlatterTransfer *self);
/** platter_transfer_pad: Zeros what lies behind the block's bytes. */
void platter_transfer_pad (PlatterSlot *slot);
void platter_transfer_queue_hash (PlatterTransfer *self, PlatterSlot *slot);
void platter_transfer_release (PlatterTransfer *self, PlatterSlot *slot);
/** platter_transfer_fail_source: Ends all targets that still need the source. */
void platter_transfer_fail_source (PlatterTransfer *self,
                                   PlatterEngineError code,
                                   guint64 offset_bytes,
                                   const char *message);
/** platter_transfer_fail_read: The same, as it could not be read. @errsv: 0: it ended there */
void platter_transfer_fail_read (PlatterTransfer *self,
                                 PlatterEngineError code,
                                 guint64 offset_bytes,
                                 int errsv);

/* copy.c */
void platter_copy_pump (PlatterTransfer *self);
void platter_copy_hashed (PlatterTransfer *self, PlatterSlot *slot, PlatterBlockHash hash);
/** Returns: whether all of the source was read and handed to the targets. */
gboolean platter_copy_is_read (const PlatterTransfer *self);

/** platter_copy_locate: Looks in a block for the first sector that cannot be read, and fails with it, if there still is one. */
void platter_copy_locate (PlatterTransfer *self, PlatterSlot *slot);

/* question.c */
/** platter_question_ask: A block could not be read: somebody is asked what to do, if nobody was yet. */
void platter_question_ask (PlatterTransfer *self, const PlatterIo *io);
/** Returns: whether an answer is waited for, so that nothing new may be started. */
gboolean platter_question_is_open (const PlatterTransfer *self);
/** platter_question_settle: Does what was answered, if it was. */
void platter_question_settle (PlatterTransfer *self);

/* rescue.c */
PlatterRescue *platter_rescue_new (PlatterTransfer *transfer);
void platter_rescue_free (PlatterRescue *self);
/** platter_rescue_note_block: A block was read, and hashed, as a whole. */
void platter_rescue_note_block (PlatterTransfer *self, const PlatterSlot *slot);
/** platter_rescue_begin: From now on the source is read by a plan. */
void platter_rescue_begin (PlatterTransfer *self);
void platter_rescue_pump (PlatterTransfer *self);
/** Returns: the sum of what was read of a block, over a block's memory. */
PlatterBlockHash platter_rescue_sum (PlatterTransfer *self, guint64 block, const guint8 *data);

/* rescue-trust.c */
PlatterRescueTrust *platter_rescue_trust_new (guint64 size_bytes, guint sector_bytes);
void platter_rescue_trust_free (PlatterRescueTrust *self);
/** platter_rescue_trust_note: The source of @lane gave this just now. @data: (nullable): %NULL for zeros */
void platter_rescue_trust_note (PlatterRescueTrust *self,
                                const PlatterLane *lane,
                                const guint8 *data,
                                guint64 offset_bytes,
                                guint64 length_bytes);
/** platter_rescue_trust_note_error: This read has failed; what was given since it was asked for may be garbage. */
void platter_rescue_trust_note_error (PlatterRescueTrust *self, const PlatterIo *io);
/**
 * platter_rescue_trust_is_due:
 * @is_last: there is nothing else to be read
 *
 * Returns: whether the source is to be tested before anything else is read, with nothing under way.
 */
gboolean platter_rescue_trust_is_due (const PlatterRescueTrust *self, gboolean is_last);
/** platter_rescue_trust_ask: Tests it; the transfer fails if it gives other data than before. */
void platter_rescue_trust_ask (PlatterTransfer *self);
/**
 * platter_rescue_hold_doubted:
 * @map: of a target that was flushed; the transfer's lock is held
 *
 * What came since the source was tested is called copied, and not safe, until the next test: whatever ends the job before
 * that, it is asked for again.
 *
 * Returns: how much that is.
 */
guint64 platter_rescue_hold_doubted (const PlatterTransfer *self, PlatterMap *map);
/** platter_rescue_distrust: Takes back from the map of a target that fails what is not believed. */
void platter_rescue_distrust (PlatterTarget *target);

/* rescue-check.c */
/**
 * platter_rescue_pump_check:
 *
 * Looks whether the target is still as the map says; a difference fails it.
 *
 * Returns: whether all has been asked for.
 */
gboolean platter_rescue_pump_check (PlatterTarget *self);

/* rescue-proof.c */
gboolean platter_rescue_is_active (const PlatterTransfer *self);
/** Returns: whether the table has a sum of the block's pieces, and not its hash. */
gboolean platter_rescue_is_pieced (PlatterTransfer *self, guint64 block);
/** Returns: whether anything of the block was read in this transfer. */
gboolean platter_rescue_has_any (PlatterTransfer *self, guint64 block);
/** Returns: the state of what a target did not take: in the map of a rescue what failed is what the source did not give. */
PlatterMapState platter_rescue_get_unstored (const PlatterTransfer *transfer);
/** platter_rescue_set_map: Gives a state to what was read of a block. Returns: how much that is. */
guint64 platter_rescue_set_map (PlatterTarget *target, guint64 block, PlatterMapState state);
/* rescue-start.c */
void platter_rescue_load_edges (PlatterTarget *target);
/** platter_rescue_keeps_edge: Whether an earlier rescue's data is there on this target, in place of the mark. */
gboolean platter_rescue_keeps_edge (const PlatterTarget *target, const PlatterEdge *edge);
/**
 * platter_rescue_settle_edges:
 *
 * What a target kept that has failed is needed from the source.
 *
 * Returns: %FALSE while one that has failed still has to answer, or holds memory for which there is no other.
 */
gboolean platter_rescue_settle_edges (PlatterTransfer *self);
/** platter_rescue_leaves_gaps: Whether a part of the source is on no target, be it missing or not wanted. */
gboolean platter_rescue_leaves_gaps (const PlatterTransfer *self);
/** platter_rescue_end_target: All is well but for what is missing. */
void platter_rescue_end_target (PlatterTarget *target);

/* wanted.c */
/** platter_wanted_find: Returns: the first block from @block on that is copied or compared; the number of all. */
guint64 platter_wanted_find (const PlatterTransfer *self, guint64 block);
/** platter_wanted_is_inner: Returns: whether the block is copied with the others, and is none that is held back. */
gboolean platter_wanted_is_inner (PlatterTransfer *self, guint64 block);
/** platter_wanted_blank: Zeros what is not wanted of what was read from a target. */
void platter_wanted_blank (const PlatterTransfer *self, PlatterSlot *slot);
/** Returns: how much is copied or compared. */
guint64 platter_wanted_get_bytes (const PlatterTransfer *self);

/* end.c */
/** platter_end_fail: Returns: whether it was the reader that failed, which has then been told. */
gboolean platter_end_fail (PlatterTransfer *self, const PlatterIo *io);
/** platter_end_meet: Takes note of a short read. Returns: whether there is anything in the slot. */
gboolean platter_end_meet (PlatterTransfer *self, const PlatterIo *io, PlatterSlot *slot);
/** platter_end_settle: Makes the plan end where the source does, once all reads of the source are answered. */
void platter_end_settle (PlatterTransfer *self);
/** platter_end_probe: After the last block of the plan: whether there is more. */
void platter_end_probe (PlatterTransfer *self);
gboolean platter_end_is_met (const PlatterTransfer *self);
void platter_end_set_size (PlatterTransfer *self, guint64 size_bytes);
/** platter_end_wipe: Zeros what was marked behind the end. */
void platter_end_wipe (PlatterTarget *self);

/* compare.c */
gboolean platter_compare_pump (PlatterTarget *target);
/** platter_compare_pair: Compares the two sides of a block that have both arrived. */
void platter_compare_pair (PlatterTarget *target, PlatterSlot *slot);

/* target.c */
void platter_target_init (PlatterTarget *self,
                          PlatterTransfer *transfer,
                          guint index,
                          PlatterEndpoint *endpoint);
void platter_target_clear (PlatterTarget *self);
void platter_target_start (PlatterTarget *self);
/** platter_target_step: Does what can be done now. */
void platter_target_step (PlatterTarget *self);
gboolean platter_target_is_live (const PlatterTarget *self);
/** platter_target_can_be_held_up: Whether it may be cancelled, or paused, where it is now. */
gboolean platter_target_can_be_held_up (const PlatterTarget *self);
void platter_target_take (PlatterTarget *self,
                          PlatterSlot *slot,
                          guint32 start_bytes,
                          guint32 length_bytes);
/** platter_target_write_todo: Writes of what it has taken as much as can be begun now. */
void platter_target_write_todo (PlatterTarget *self);
/** platter_target_drop_todo: What it has taken is not written any more. */
void platter_target_drop_todo (PlatterTarget *self);
/** platter_target_count_written: What a stream has taken is only stored a while later: it is asked how much. */
void platter_target_count_written (PlatterTarget *self, guint64 length_bytes);
void platter_target_fail (PlatterTarget *self,
                          PlatterEngineError code,
                          guint64 offset_bytes,
                          const char *format,
                          ...) G_GNUC_PRINTF (4, 5);
/** platter_target_fail_io: @verb: what could not be done; @code: unless the errno has its own */
void platter_target_fail_io (PlatterTarget *self,
                             const PlatterIo *io,
                             PlatterEngineError code,
                             const char *verb);
void platter_target_set_map (PlatterTarget *self,
                             guint64 offset_bytes,
                             guint64 length_bytes,
                             PlatterMapState state);

/** platter_target_condemn: A flush has failed: nothing since the last good one is safe. */
void platter_target_condemn (PlatterTarget *self, const PlatterIo *io);

/* rescue-target.c */
/**
 * platter_target_save:
 * @is_last: whatever was written is to be made safe, not only when it is time
 *
 * While a rescue copies: sees to it that what was written is flushed from time to time.
 *
 * Returns: whether nothing may be written now.
 */
gboolean platter_target_save (PlatterTarget *self, gboolean is_last);
/** platter_target_set_unread: Gives a state to what could not be read, but for what is there from earlier. */
void platter_target_set_unread (PlatterTarget *self,
                                guint64 offset_bytes,
                                guint64 length_bytes,
                                PlatterMapState state);
/** platter_target_zero: Writes zeros for what could not be read, if so asked. Returns: whether it is all done. */
gboolean platter_target_zero (PlatterTarget *self);

/* pass.c */
void platter_pass_start (PlatterTarget *self, PlatterPass pass);
/** platter_pass_drop_cache: After a flush: what is read back next has to come from the medium. */
void platter_pass_drop_cache (PlatterTarget *self);
/** platter_pass_is_of_edges: These need no memory: what is to be written is kept. */
gboolean platter_pass_is_of_edges (const PlatterTarget *self);
/** platter_pass_next: @wrong: which known mismatch it is, -1 for none */
gboolean platter_pass_next (PlatterTarget *self, guint64 *block, gint *wrong);

/* write-pass.c and check.c. Returns: whether all of the pass is done. */
gboolean platter_write_pass_pump (PlatterTarget *self);

/* end-mark.c */
/** platter_end_mark_begin: Before anything is copied; of a job that goes on the mark is there. Counts as a block of the pass. */
void platter_end_mark_begin (PlatterTarget *self);
/** platter_end_mark_wipe: Only zeros, behind what was copied: where that ends was not known before. */
void platter_end_mark_wipe (PlatterTarget *self);
/** platter_end_mark_pump: Looks whether it is still there, once all is copied and flushed. Returns: whether that is known. */
gboolean platter_end_mark_pump (PlatterTarget *self);
/**
 * platter_end_mark_clear: Zeros in its place, if it was there. Counts as a block of the pass. Not before the first block was written, as a
 * job that was cut off until then looks for it. Returns: whether that was begun
 */
gboolean platter_end_mark_clear (PlatterTarget *self);

gboolean platter_check_pump (PlatterTarget *self);
void platter_check_hashed (PlatterTarget *self, PlatterSlot *slot, PlatterBlockHash hash);
/** platter_check_suspect: Compares a slot with the source, which is read again. */
void platter_check_suspect (PlatterTarget *self, PlatterSlot *slot);
/** platter_check_judge: Describes the difference between a slot and what the source has there. */
void platter_check_judge (PlatterTarget *self, PlatterSlot *slot, const PlatterSlot *source);
void platter_check_unreadable (PlatterTarget *self, const PlatterIo *io, guint64 block);
void platter_check_pump_suspects (PlatterTarget *self);
void platter_check_drop_suspects (PlatterTarget *self);

/* wrong.c */
PlatterWrong *platter_wrong_find (PlatterTarget *self, guint64 block);
/** platter_wrong_add: Counts it, and keeps it if there is room. @expected: (nullable) */
void platter_wrong_add (PlatterTarget *self,
                        guint64 block,
                        const PlatterMismatch *mismatch,
                        const PlatterBlockHash *expected,
                        gboolean is_unstable);
/** platter_wrong_again: One that is known was looked at once more, and is not right. @is_read: it differs, at least */
void platter_wrong_again (PlatterTarget *self, PlatterWrong *wrong, gboolean is_read);
/** Returns: how many are wrong now, whether or not they could be kept. */
guint64 platter_wrong_count_open (PlatterTarget *self);
gboolean platter_wrong_can_repair (PlatterTarget *self);
void platter_wrong_end (PlatterTarget *self);
GArray *platter_wrong_list (PlatterTarget *self);

/* resume.c */
gboolean platter_resume_keeps (const PlatterTarget *self, guint64 block);
/** platter_resume_is_sample: Of a comparison: whether the block was compared before, and is looked at again. */
gboolean platter_resume_is_sample (const PlatterTarget *self, guint64 block);
/** platter_resume_differ: Fails a target that is no more what it was when the job was cut off. */
void platter_resume_differ (PlatterTarget *self, guint64 offset_bytes);
/** platter_resume_pump_samples: Returns: whether all were taken; a difference fails the target. */
gboolean platter_resume_pump_samples (PlatterTarget *self);
/** platter_resume_is_sampling: Whether any target still needs buffers for its samples. */
gboolean platter_resume_is_sampling (const PlatterTransfer *self);
/** platter_resume_pump_epoch: While copying: flushes, if it is time. */
void platter_resume_pump_epoch (PlatterTarget *self);
/** platter_resume_pump_comparison: While comparing: notes how far both are equal, if it is time. */
void platter_resume_pump_comparison (PlatterTarget *self);
/** platter_resume_settle: Flushes before a pause, once nothing is on its way any more; or notes how far both are equal. */
void platter_resume_settle (PlatterTarget *self);
/** platter_resume_copied: Everything but the edges is written and flushed. */
void platter_resume_copied (PlatterTarget *self);

/* progress.c */
void platter_rate_add (PlatterRate *self, gint64 now_us, guint64 bytes);
guint64 platter_rate_get (const PlatterRate *self);
/** platter_progress_waited: Notes that the loop had nothing to do for so long, and for whom. */
void platter_progress_waited (PlatterTransfer *self, gint64 waited_us);
/** platter_progress_publish: Tells other threads; often enough, if it is not the end. */
void platter_progress_publish (PlatterTransfer *self, gboolean has_ended);

/** For tests: faults between the engine and the kernel, and a small disk that is treated as a large one. */
typedef struct
{
  /* (nullable): Returns: the I/O backend to be used in place of the real one, which it takes over */
  PlatterIoBackend *(*wrap) (PlatterIoBackend *inner, gpointer wrap_data);
  gpointer wrap_data;
  guint64 max_table_entries;
  guint64 epoch_bytes; /* 0: as usual */
} PlatterTransferHooks;

/** platter_resume_init: In resume.c. */
void platter_resume_init (PlatterTarget *self, const PlatterTransferHooks *hooks);

PlatterTransfer *platter_transfer_new_with_hooks (PlatterEndpoint *source,
                                                  GPtrArray *targets,
                                                  const PlatterTransferOptions *options,
                                                  const PlatterTransferHooks *hooks,
                                                  GError **error);

G_END_DECLS
