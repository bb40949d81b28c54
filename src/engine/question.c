// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A copy that meets the first place of its source that cannot be read, and asks what to do: it holds still until
// somebody answers, and then fails as it would have, or goes on as a rescue.

#include "transfer-private.h"

/* Values of the transfer's question; an answer is added to the last. */
#define QUESTION_NONE 0
#define QUESTION_ASKED 1
#define QUESTION_ANSWERED 2

gboolean
platter_question_is_open (const PlatterTransfer *self)
{
  return self->asked_slot != NULL && self->error == NULL && !g_atomic_int_get (&self->is_cancelled);
}

void
platter_question_ask (PlatterTransfer *self, const PlatterIo *io)
{
  self->n_block_errors++;
  if (self->asked_slot != NULL)
    {
      /* One more; it is read again, whatever the answer is. */
      platter_transfer_release (self, io->item);
      return;
    }
  self->asked_slot = io->item;
  self->asked_offset_bytes = io->error_offset_bytes;
  self->bad_errno = io->error;
  self->bad_error_bytes = io->error_offset_bytes;
  self->bad_start_bytes = io->offset_bytes;
  self->bad_end_bytes = io->offset_bytes + io->needed_bytes;
  self->n_changes++;
  g_atomic_int_set (&self->question, QUESTION_ASKED);
}

void
platter_question_settle (PlatterTransfer *self)
{
  int question = g_atomic_int_get (&self->question);
  PlatterSlot *slot = self->asked_slot;

  if (question < QUESTION_ANSWERED || !platter_question_is_open (self))
    return;
  g_atomic_int_set (&self->question, QUESTION_NONE);
  self->asked_slot = NULL;
  self->is_answered = TRUE;
  self->options.on_error = (PlatterOnError)(question - QUESTION_ANSWERED);
  self->n_changes++;
  if (self->options.on_error == PLATTER_ON_ERROR_STOP)
    {
      platter_copy_locate (self, slot);
      return;
    }
  platter_rescue_begin (self);
  platter_transfer_release (self, slot);
}

void
platter_transfer_answer (PlatterTransfer *self, PlatterOnError answer)
{
  g_return_if_fail (answer != PLATTER_ON_ERROR_ASK);
  /* Only the first answer counts, and one to no question would be taken for that to the next. */
  if (g_atomic_int_compare_and_exchange (&self->question, QUESTION_ASKED,
                                         QUESTION_ANSWERED + (int)answer))
    platter_io_queue_wake (self->queue);
}

gboolean
platter_transfer_get_answer (PlatterTransfer *self, PlatterOnError *answer)
{
  *answer = self->options.on_error;
  return self->is_answered;
}
