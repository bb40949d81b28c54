// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the pages say about a job, put together from what the client knows.

#pragma once

#include "client/job.h"

G_BEGIN_DECLS

gboolean platter_job_words_is_comparison (PlatterJob *job);
/** Returns: whether all that was asked for was done to an ended target, however hard it was. */
gboolean platter_job_words_is_good (PlatterJobTarget *target);
/** Returns: whether to do it again can make it better: what a rescue has saved is not overwritten. */
gboolean platter_job_words_is_retryable (PlatterJobTarget *target);
/** Returns: whether the job makes an image, of a drive or of another image. */
gboolean platter_job_words_is_image (PlatterJob *job);
/** Returns: whether it makes one of another image. */
gboolean platter_job_words_is_conversion (PlatterJob *job);
/** Returns: (transfer none): what it does, in one word that fits a narrow window: "Cloning". */
const char *platter_job_words_get_title (PlatterJob *job);
const char *platter_job_words_get_icon_name (PlatterJob *job);

/** Returns: (transfer none): its verdict; "failed" if nothing is known any more. */
const char *platter_job_words_get_outcome (PlatterJob *job);

/** Returns: (transfer full): a sentence about what became of @target, or of all for %NULL, which is called @name. */
char *platter_job_words_dup_verdict (PlatterJob *job,
                                     const char *verdict,
                                     PlatterJobTarget *target,
                                     const char *name);
/** Returns: (transfer none) (nullable): what to do about how it ended, or about an error. */
const char *platter_job_words_get_advice (PlatterJob *job, const char *error_code);

/** Returns: (transfer none): its phase in a word, or that it is paused. */
const char *platter_job_words_get_phase (PlatterJob *job);

/** Returns: (transfer full): one line for a list: phase, percent and time left, or when it was. */
char *platter_job_words_dup_subtitle (PlatterJob *job);

/** Returns: (transfer full): "205 GB of 500 GB · 268 MB/s · 18 min left". */
char *platter_job_words_dup_facts (PlatterJob *job);

/** Returns: (transfer full): "then flushing, then verifying"; empty at the end. */
char *platter_job_words_dup_after (PlatterJob *job);

/** Returns: (transfer full): who does not answer, or what slows it down; may be empty. */
char *platter_job_words_dup_limit (PlatterJob *job);

/** Returns: (transfer full): one line about one target: phase, rate, silence or what became of it. */
char *platter_job_words_dup_target (PlatterJob *job, PlatterJobTarget *target);

/** Returns: (transfer none): a word or two for the target's badge. */
const char *platter_job_words_get_badge (PlatterJob *job, PlatterJobTarget *target);

/** Returns: (transfer none): what the targets will be like if it is stopped now, which depends on how far it is. */
const char *platter_job_words_get_consequence (PlatterJob *job);

G_END_DECLS
