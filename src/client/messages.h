// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The words for what the helper tells in codes: one place for the window and the command line.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A word that is not known is treated as a failure: nothing is ever called good by accident. All results are
 * translated. */

/** Returns: (transfer none): "Copying", "Verifying", …; of a job of kind "verify", "Comparing". */
const char *platter_message_get_phase (const char *phase, const char *kind);

/** Returns: (transfer none): one or two words: "Verified", "Failed". */
const char *platter_message_get_verdict (const char *verdict, gboolean is_comparison);

/**
 * platter_message_choose_verdict:
 * @left_out_bytes: what was no part of the content
 * @carried_bytes: what an earlier run had done
 * @has_more_room: of a copy: whether a target is larger than what was copied to it
 *
 * Returns: the verdict by which platter_message_dup_verdict() says that it is not of all, or not all of it new, if so.
 */
const char *platter_message_choose_verdict (const char *verdict,
                                            guint64 left_out_bytes,
                                            guint64 carried_bytes,
                                            gboolean has_more_room);

/**
 * platter_message_dup_verdict:
 *
 * Returns: (transfer full): what the verdict means, as a sentence about @target and @source.
 */
char *platter_message_dup_verdict (const char *verdict,
                                   gboolean is_comparison,
                                   const char *target,
                                   const char *source);

/**
 * platter_message_dup_part:
 *
 * Of two that are not equally long, nothing is known of the rest of the longer one.
 *
 * Returns: (transfer full) (nullable): that only a part was compared; %NULL if all of both was.
 */
char *platter_message_dup_part (const char *outcome,
                                guint64 compared_bytes,
                                guint64 source_bytes,
                                guint64 target_bytes);

/** Returns: (transfer none): what became of several targets; @outcome: the worst of them, but for "verified" */
const char *platter_message_get_several (const char *outcome);

/** Returns: (transfer none) (nullable): what to do now; %NULL when there is nothing to do. */
const char *platter_message_get_advice (const char *verdict, const char *error_code);

/** Returns: (transfer none): what an error code of the report means, as a sentence. */
const char *platter_message_get_error (const char *error_code);

/** Returns: (transfer none): what the map's legend says of a state (docs/report.md): "flushed", "different". */
const char *platter_message_get_map_state (const char *state);

/**
 * platter_message_get_mismatch:
 * @is_comparison: nothing was written, and nothing can have come back
 *
 * Returns: (transfer none): a class of mismatches in words: "nothing was stored: only zeros came back".
 */
const char *platter_message_get_mismatch (const char *kind, gboolean is_comparison);

/** Returns: (transfer none): what stands above these words in a table. */
const char *platter_message_get_mismatch_heading (gboolean is_comparison);

/**
 * platter_message_dup_mismatch:
 * @mismatch: one (tttstuub) of a report
 *
 * Returns: (transfer full): one mismatch as a sentence with its place.
 */
char *platter_message_dup_mismatch (GVariant *mismatch, gboolean is_comparison);

/** platter_message_dup_more: Returns: (transfer full): that there are more places than were listed. */
char *platter_message_dup_more (guint64 n_more);

/**
 * platter_message_get_limit:
 * @phase: a target is written in one phase and read in another
 *
 * Returns: (transfer none) (nullable): what slows the job down; %NULL for nothing in particular.
 */
const char *platter_message_get_limit (const char *limit, const char *phase);

/** Returns: (transfer full): a time in words: "18 min", "2 h 5 min", "12 s". */
char *platter_message_dup_duration (gint64 duration_us);

/**
 * platter_message_dup_refusal:
 * @error: of platter_helper_start_finish(), platter_drive_check_target(), …
 *
 * Returns: (transfer full): the sentence without D-Bus' decoration.
 */
char *platter_message_dup_refusal (const GError *error);

/** Returns: (transfer none): what a job does that asks something. */
const char *platter_message_get_waiting (void);
/** Returns: (transfer full): what a job asks at a place of its source that cannot be read. */
char *platter_message_dup_question (const char *source, guint64 offset_bytes, guint64 source_bytes);
/** Returns: (transfer none): what an answer to it means: "stop", "skip" or "rescue". */
const char *platter_message_get_answer (const char *answer);
/** Returns: (transfer none): what else is to be thought of before it is answered. */
const char *platter_message_get_question_advice (void);
/** Returns: (transfer none) (nullable): what to do when a rescue into an image was cut off; %NULL of any other end */
const char *platter_message_get_go_on_advice (const char *verdict);
/** Returns: (transfer none) (nullable): what a rescue is at, see docs/interface.md; %NULL if there is no word for it. */
const char *platter_message_get_rescue (const char *rescue);
/** platter_message_dup_rescue: Returns: (transfer full) (nullable): how a rescue goes; %NULL where nothing was bad yet. */
char *platter_message_dup_rescue (const char *rescue, guint64 missing_bytes, guint64 n_read_errors);
/** platter_message_get_worse: Returns: (transfer none): what to do about a drive that gets worse while it is rescued. */
const char *platter_message_get_worse (void);
/** platter_message_get_unkept_end: Returns: (transfer none): of one that has ended, and could be resumed. */
const char *platter_message_get_unkept_end (void);
/** platter_message_get_unkept: Returns: (transfer none): what to do about a job that cannot be stored. */
const char *platter_message_get_unkept (void);
/** platter_message_dup_place: Returns: (transfer full): where something that could not be read lies. */
char *platter_message_dup_place (guint64 offset_bytes, guint64 length_bytes);
/**
 * platter_message_dup_damage_heading:
 * @state: what is known of the damage, see docs/interface.md; empty: nothing
 *
 * Returns: (transfer full): how many files and folders are damaged.
 */
char *platter_message_dup_damage_heading (guint64 n_files, const char *state);
/** Returns: (transfer none) (nullable): why there can be more of them; %NULL: there are not. */
const char *platter_message_get_damage_doubt (const char *state);
/**
 * platter_message_split_damage:
 * @owner: (ussttt), see docs/interface.md
 * @length_bytes: (out): how much of it is lost
 * @where: (out) (transfer full): "Partition 2"; empty without partitions
 *
 * Returns: (transfer full): what has lost something: the path of a file, or "Free space".
 */
char *platter_message_split_damage (GVariant *owner, guint64 *length_bytes, char **where);
/** platter_message_dup_damage: Returns: (transfer full): the same in one line. */
char *platter_message_dup_damage (GVariant *owner);
/**
 * platter_message_dup_missing:
 * @untried_bytes: of these, what no read was tried for, as the rescue ended before that
 * @n_places: how many there are in all
 *
 * Returns: (transfer full): how much could not be read, and how much was not read yet.
 */
char *platter_message_dup_missing (guint64 missing_bytes, guint64 untried_bytes, guint64 n_places);
/** platter_message_dup_carried: Returns: (transfer full): that so much was there, or was compared, before, and not looked at again. */
char *platter_message_dup_carried (guint64 carried_bytes, gboolean is_comparison);

/** platter_message_dup_left_out: Returns: (transfer full): that so much is not part of the image. */
char *platter_message_dup_left_out (guint64 left_out_bytes, gboolean is_comparison);

G_END_DECLS
