// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The words of docs/interface.md for the engine's enums.

#pragma once

#include "engine/errors.h"
#include "engine/transfer.h"
#include "filesystems/damage.h"

G_BEGIN_DECLS

/* Each returns a constant word, and "failed" or "none" for a value that does not exist. */
const char *platter_words_of_phase (PlatterPhase phase);
const char *platter_words_of_rescue_phase (PlatterRescuePhase phase);
const char *platter_words_of_verdict (PlatterVerdict verdict);
const char *platter_words_of_limit (PlatterLimit limit);
const char *platter_words_of_mismatch (PlatterMismatchClass kind);
const char *platter_words_of_damage (PlatterDamageKind kind);
/** Returns: the word of a #PlatterEngineError; "failed" for an error of another domain. */
const char *platter_words_of_error (const GError *error);
/** Returns: empty for no question. */
const char *platter_words_of_question (PlatterQuestion question);
const char *platter_words_of_on_error (PlatterOnError on_error);
/** platter_words_to_on_error: Returns: whether the word is known. */
gboolean platter_words_to_on_error (const char *word, PlatterOnError *on_error);
/** Returns: the digest's flag, %PLATTER_DIGEST_NONE for an unknown word. */
PlatterDigests platter_words_to_digest (const char *word);
/** Returns: the word of one digest. */
const char *platter_words_of_digest (PlatterDigests digest);

G_END_DECLS
