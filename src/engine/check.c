// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reading a target back and comparing it, block by block, with the hashes of what was read from the
// source; what differs is held against the source, which is read once more.

#include "transfer-private.h"

#include "mismatch.h"

/* A target that answers so many reads in a row with errors has gone for good. */
#define MAX_UNREADABLE_IN_ROW 16

static void
check_release (PlatterTarget *self, PlatterSlot *slot)
{
  self->n_active--;
  platter_transfer_release (self->transfer, slot);
}

/* Whether the source can tell what a block should have been. */
static gboolean
check_can_ask_source (const PlatterTransfer *transfer)
{
  return !platter_rescue_is_active (transfer) && !transfer->is_once;
}

/* Which of its blocks is wrong only the source could tell, and it is not asked again. */
static void
check_condemn_group (PlatterTarget *self, guint64 first, guint64 end)
{
  for (guint64 block = first; block < end; block++)
    {
      PlatterMismatch mismatch = {
        .offset_bytes = block * PLATTER_BLOCK_BYTES,
        .length_bytes = platter_transfer_get_block_bytes (self->transfer, block),
        .kind = PLATTER_MISMATCH_OTHER,
      };

      if (platter_wanted_is_inner (self->transfer, block)
          && platter_wrong_find (self, block) == NULL
          && (self->transfer->is_once || platter_rescue_has_any (self->transfer, block)))
        platter_wrong_add (self, block, &mismatch, NULL, FALSE);
    }
}

static void
check_end_group (PlatterTarget *self, const PlatterGroup *group)
{
  PlatterTransfer *transfer = self->transfer;
  guint shift = platter_block_table_get_shift (transfer->table);
  guint64 first = group->group << shift;
  guint64 end = first + platter_block_table_get_group_blocks (transfer->table, group->group);

  if (group->is_bad
      || !platter_block_hash_equal (group->sum,
                                    platter_block_table_get (transfer->table, group->group)))
    {
      if (!check_can_ask_source (transfer))
        check_condemn_group (self, first, end);
      else if (self->bad_groups->len < PLATTER_MAX_MISMATCHES)
        g_array_append_val (self->bad_groups, group->group);
      else
        self->n_wrong += end - first;
      return;
    }
  for (guint64 block = first; block < end; block++)
    if (!platter_wanted_is_inner (transfer, block))
      continue;
    else if (platter_rescue_is_active (transfer))
      platter_rescue_set_map (self, block, PLATTER_MAP_VERIFIED);
    else
      platter_target_set_map (self, block * PLATTER_BLOCK_BYTES,
                              platter_transfer_get_block_bytes (transfer, block),
                              PLATTER_MAP_VERIFIED);
}

static PlatterGroup *
check_find_place (PlatterTarget *self, guint64 number)
{
  return &self->groups[number % (self->transfer->n_slots + 2)];
}

/* A group has its place in the ring from the first of its blocks to the last, however late that one is answered:
   without its sum it would not be judged at all. Returns: whether there is one for the next block. */
static gboolean
check_has_place (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;
  const PlatterGroup *group = NULL;
  guint64 number = 0;

  if (self->groups == NULL || self->pass != PLATTER_PASS_ALL || self->n_active == 0)
    return TRUE;
  number = platter_wanted_find (transfer, self->pass_position)
           >> platter_block_table_get_shift (transfer->table);
  group = check_find_place (self, number);
  return group->n_left == 0 || group->group == number;
}

/* Its blocks are looked at one by one, then. */
static void
check_give_group_up (PlatterTarget *self, PlatterGroup *group)
{
  group->is_bad = TRUE;
  group->n_left = 0;
  check_end_group (self, group);
}

/* None is left without a verdict, whatever happened. */
static void
check_end_groups (PlatterTarget *self)
{
  for (guint i = 0; self->groups != NULL && i < self->transfer->n_slots + 2; i++)
    if (self->groups[i].n_left > 0)
      check_give_group_up (self, &self->groups[i]);
}

/* Returns: how many of a group's blocks are compared in it. */
static guint
check_count_inner (PlatterTarget *self, guint64 number)
{
  PlatterBlockTable *table = self->transfer->table;
  guint64 first = number << platter_block_table_get_shift (table);
  guint64 end = first + platter_block_table_get_group_blocks (table, number);
  guint n = 0;

  for (guint64 i = first; i < end; i++)
    n += platter_wanted_is_inner (self->transfer, i) ? 1 : 0;
  return n;
}

static PlatterGroup *
check_get_group (PlatterTarget *self, guint64 block)
{
  PlatterTransfer *transfer = self->transfer;
  guint64 number = block >> platter_block_table_get_shift (transfer->table);
  PlatterGroup *group = check_find_place (self, number);

  if (group->n_left > 0 && group->group == number)
    return group;
  if (group->n_left > 0)
    check_give_group_up (self, group);
  *group = (PlatterGroup){ .group = number };
  group->n_left = check_count_inner (self, number);
  return group;
}

static void
check_add_to_group (PlatterTarget *self, guint64 block, const PlatterBlockHash *hash)
{
  PlatterGroup *group = check_get_group (self, block);

  if (hash != NULL && platter_rescue_is_pieced (self->transfer, block))
    platter_block_table_sum_plain (&group->sum, *hash);
  else if (hash != NULL)
    platter_block_table_sum (self->transfer->table, &group->sum, block, *hash);
  else
    group->is_bad = TRUE;
  if (--group->n_left == 0)
    check_end_group (self, group);
}

void
platter_check_unreadable (PlatterTarget *self, const PlatterIo *io, guint64 block)
{
  PlatterTransfer *transfer = self->transfer;
  PlatterMismatch mismatch = {
    .offset_bytes = io->offset_bytes,
    .length_bytes = platter_transfer_get_block_bytes (transfer, block),
    .kind = PLATTER_MISMATCH_UNREADABLE,
  };
  PlatterWrong *known = platter_wrong_find (self, block);
  PlatterBlockHash expected = { 0, 0 };
  gboolean is_edge = platter_transfer_get_edge (transfer, block) != NULL;
  gboolean has_hash = transfer->table != NULL && self->groups == NULL && !is_edge;

  if (has_hash)
    expected = platter_block_table_get (transfer->table, block);
  if (platter_engine_error_from_errno (io->error, PLATTER_ENGINE_ERROR_VERIFY)
        != PLATTER_ENGINE_ERROR_VERIFY
      || ++self->n_unreadable_in_row >= MAX_UNREADABLE_IN_ROW)
    {
      platter_target_fail_io (self, io, PLATTER_ENGINE_ERROR_VERIFY, "read back");
      return;
    }
  if (known != NULL)
    platter_wrong_again (self, known, FALSE);
  else
    platter_wrong_add (self, block, &mismatch, has_hash ? &expected : NULL, FALSE);
  if (self->groups != NULL && self->pass == PLATTER_PASS_ALL && !is_edge)
    check_add_to_group (self, block, NULL);
}

static void
check_read_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *slot = io->item;

  if (!platter_target_is_live (self))
    {
      check_release (self, slot);
      return;
    }
  if (io->error != 0 || io->is_short)
    {
      platter_check_unreadable (self, io, slot->block);
      check_release (self, slot);
      return;
    }
  self->n_unreadable_in_row = 0;
  if (self->pass == PLATTER_PASS_GROUPS)
    platter_check_suspect (self, slot);
  else
    platter_transfer_queue_hash (self->transfer, slot);
}

/* What the block should hash to. Returns: %FALSE where only the group's hash is known. */
static gboolean
check_get_expected (PlatterTarget *self, const PlatterSlot *slot, PlatterBlockHash *expected)
{
  PlatterTransfer *transfer = self->transfer;
  PlatterEdge *edge = platter_transfer_get_edge (transfer, slot->block);

  if (edge != NULL)
    *expected = self->has_final_edges                    ? edge->hash
                : platter_rescue_keeps_edge (self, edge) ? edge->kept_hash
                                                         : edge->mark_hash;
  else if (slot->wrong >= 0)
    *expected = g_array_index (self->wrong, PlatterWrong, slot->wrong).expected;
  else if (self->groups == NULL)
    *expected = platter_block_table_get (transfer->table, slot->block);
  else
    return FALSE;
  return TRUE;
}

/* Of the edges there is nothing to be shown before the end. */
static void
check_good_pieces (PlatterTarget *self, const PlatterSlot *slot, PlatterMapState state)
{
  if (state != PLATTER_MAP_UNTOUCHED)
    platter_rescue_set_map (self, slot->block, state);
}

static void
check_good (PlatterTarget *self, PlatterSlot *slot)
{
  PlatterMapState state = PLATTER_MAP_VERIFIED;
  PlatterWrong *known = NULL;

  self->checked_bytes += slot->length_bytes;
  self->moved_bytes += slot->length_bytes;
  if (self->has_final_edges)
    self->finished_bytes += slot->length_bytes;
  if (slot->wrong >= 0)
    known = &g_array_index (self->wrong, PlatterWrong, slot->wrong);
  else if (self->wrong->len > 0)
    known = platter_wrong_find (self, slot->block);
  if (known != NULL)
    {
      known->mismatch.repaired = TRUE;
      state = PLATTER_MAP_REPAIRED;
    }
  /* What is there of the edges until the end is only the mark. */
  if (platter_transfer_get_edge (self->transfer, slot->block) != NULL && !self->has_final_edges)
    state = PLATTER_MAP_UNTOUCHED;
  if (platter_rescue_is_active (self->transfer))
    check_good_pieces (self, slot, state);
  else
    platter_target_set_map (self, slot->block * PLATTER_BLOCK_BYTES, slot->length_bytes, state);
  check_release (self, slot);
}

/* Whose data came back, if it belongs to another place. */
static void
check_look_for_wrap (PlatterTarget *self, const PlatterSlot *slot, PlatterMismatch *mismatch)
{
  PlatterTransfer *transfer = self->transfer;
  guint64 found = 0;
  gboolean is_found = FALSE;

  if (mismatch->kind == PLATTER_MISMATCH_ZEROS || mismatch->kind == PLATTER_MISMATCH_BITS
      || transfer->table == NULL)
    return;
  for (guint i = 0; i < transfer->n_edges && !is_found; i++)
    {
      found = transfer->edges[i].block;
      is_found
        = found != slot->block && platter_block_hash_equal (transfer->edges[i].hash, slot->hash);
    }
  if (!is_found && !platter_block_table_find (transfer->table, slot->hash, slot->block, &found))
    return;
  mismatch->kind = PLATTER_MISMATCH_WRAPPED;
  mismatch->found_at_bytes = found * PLATTER_BLOCK_BYTES;
}

static void
check_bad_edge (PlatterTarget *self, PlatterSlot *slot, const PlatterBlockHash *expected)
{
  PlatterEdge *edge = platter_transfer_get_edge (self->transfer, slot->block);
  PlatterMismatch mismatch;

  platter_mismatch_describe (&mismatch, slot->block * PLATTER_BLOCK_BYTES,
                             self->has_final_edges ? edge->slot->data : self->transfer->mark->data,
                             slot->data, slot->length_bytes);
  check_look_for_wrap (self, slot, &mismatch);
  platter_wrong_add (self, slot->block, &mismatch, expected, FALSE);
  check_release (self, slot);
}

static void
check_bad (PlatterTarget *self, PlatterSlot *slot, const PlatterBlockHash *expected)
{
  PlatterWrong *known = platter_wrong_find (self, slot->block);
  PlatterMismatch mismatch = { .offset_bytes = slot->block * PLATTER_BLOCK_BYTES,
                               .length_bytes = slot->length_bytes,
                               .kind = PLATTER_MISMATCH_OTHER };

  self->checked_bytes += slot->length_bytes;
  self->moved_bytes += slot->length_bytes;
  if (known != NULL)
    {
      platter_wrong_again (self, known, TRUE);
      check_release (self, slot);
    }
  else if (platter_transfer_get_edge (self->transfer, slot->block) != NULL)
    check_bad_edge (self, slot, expected);
  else if (self->wrong->len >= PLATTER_MAX_MISMATCHES || !check_can_ask_source (self->transfer))
    {
      platter_wrong_add (self, slot->block, &mismatch, expected, FALSE);
      check_release (self, slot);
    }
  else
    platter_check_suspect (self, slot);
}

void
platter_check_hashed (PlatterTarget *self, PlatterSlot *slot, PlatterBlockHash hash)
{
  PlatterBlockHash expected = { 0, 0 };

  slot->hash = hash;
  if (!platter_target_is_live (self))
    check_release (self, slot);
  else if (!check_get_expected (self, slot, &expected))
    {
      self->checked_bytes += slot->length_bytes;
      self->moved_bytes += slot->length_bytes;
      check_add_to_group (self, slot->block, &hash);
      check_release (self, slot);
    }
  else if (platter_block_hash_equal (hash, expected))
    check_good (self, slot);
  else
    check_bad (self, slot, &expected);
}

void
platter_check_suspect (PlatterTarget *self, PlatterSlot *slot)
{
  slot->next = self->suspects;
  self->suspects = slot;
}

void
platter_check_drop_suspects (PlatterTarget *self)
{
  while (self->suspects != NULL)
    {
      PlatterSlot *slot = self->suspects;

      self->suspects = slot->next;
      check_release (self, slot);
    }
}

/* Whether the source's block is what it was when it was copied, as far as that is known. */
static gboolean
check_is_source_stable (PlatterTarget *self, const PlatterSlot *slot, PlatterBlockHash hash)
{
  PlatterTransfer *transfer = self->transfer;

  if (transfer->table == NULL)
    return platter_block_hash_equal (hash, slot->hash);
  return self->groups != NULL
         || platter_block_hash_equal (hash, platter_block_table_get (transfer->table, slot->block));
}

/* What differs there was held against a source that is another one by now, and says nothing of the target. */
static void
check_distrust_group (PlatterTarget *self, guint64 first, guint n_blocks)
{
  for (guint i = 0; i < self->wrong->len; i++)
    {
      PlatterWrong *entry = &g_array_index (self->wrong, PlatterWrong, i);

      if (entry->block >= first && entry->block - first < n_blocks && !entry->mismatch.repaired
          && platter_wanted_is_inner (self->transfer, entry->block))
        entry->is_unstable = TRUE;
    }
}

/* After the last block of a bad group: is it the source that has changed, or was it a passing fault? */
static void
check_examined (PlatterTarget *self,
                const PlatterSlot *slot,
                PlatterBlockHash hash,
                gboolean is_bad)
{
  PlatterBlockTable *table = self->transfer->table;
  PlatterGroup *examined = &self->examined;
  guint64 group = slot->block >> platter_block_table_get_shift (table);
  guint64 first = group << platter_block_table_get_shift (table);
  guint n_blocks = platter_block_table_get_group_blocks (table, group);
  PlatterMismatch mismatch = { .offset_bytes = first * PLATTER_BLOCK_BYTES,
                               .length_bytes = (guint64)n_blocks * PLATTER_BLOCK_BYTES,
                               .kind = PLATTER_MISMATCH_OTHER };

  if (examined->n_left == 0 || examined->group != group)
    *examined = (PlatterGroup){ group, check_count_inner (self, group), FALSE, { 0 } };
  platter_block_table_sum (table, &examined->sum, slot->block, hash);
  examined->is_bad |= is_bad;
  if (--examined->n_left > 0)
    return;
  if (!platter_block_hash_equal (examined->sum, platter_block_table_get (table, group)))
    {
      check_distrust_group (self, first, n_blocks);
      platter_wrong_add (self, slot->block, &mismatch, NULL, TRUE);
    }
  else if (!examined->is_bad)
    platter_wrong_add (self, slot->block, &mismatch, &hash, FALSE);
}

void
platter_check_judge (PlatterTarget *self, PlatterSlot *slot, const PlatterSlot *source)
{
  PlatterTransfer *transfer = self->transfer;
  PlatterBlockHash hash = platter_transfer_hash (transfer, source->data, slot->length_bytes);
  gboolean is_stable = check_is_source_stable (self, slot, hash);
  PlatterMismatch mismatch;
  PlatterWrong *known = NULL;
  gboolean differs = platter_mismatch_describe (&mismatch, slot->block * PLATTER_BLOCK_BYTES,
                                                source->data, slot->data, slot->length_bytes);

  /* Comparing, nothing was written that could have been dropped. */
  if (transfer->table == NULL && mismatch.kind == PLATTER_MISMATCH_OLD_DATA)
    mismatch.kind = PLATTER_MISMATCH_OTHER;
  if (self->groups != NULL)
    check_examined (self, slot, hash, differs);
  else
    check_look_for_wrap (self, slot, &mismatch);
  known = platter_wrong_find (self, slot->block); /* not before: the list may have grown */
  if (self->groups != NULL && !differs)
    platter_target_set_map (self, mismatch.offset_bytes, mismatch.length_bytes,
                            PLATTER_MAP_VERIFIED);
  else if (known == NULL)
    platter_wrong_add (self, slot->block, &mismatch, &hash, !is_stable);
  else
    platter_wrong_again (self, known, TRUE);
}

/* The source cannot be asked. If it has gone away, which it may once all of it was read, what it gave is known by its hash. One that
   was pulled out may also answer as if it ended there. */
static void
check_judge_alone (PlatterTarget *self, const PlatterSlot *slot, PlatterEngineError code)
{
  PlatterMismatch mismatch = { .offset_bytes = slot->block * PLATTER_BLOCK_BYTES,
                               .length_bytes = slot->length_bytes,
                               .kind = PLATTER_MISMATCH_OTHER };
  PlatterBlockHash expected = { 0, 0 };
  gboolean is_gone
    = code == PLATTER_ENGINE_ERROR_GONE || platter_endpoint_is_gone (self->transfer->source);
  gboolean is_known = is_gone && self->transfer->options.kind == PLATTER_TRANSFER_COPY
                      && check_get_expected (self, slot, &expected);

  platter_wrong_add (self, slot->block, &mismatch, is_known ? &expected : NULL, !is_known);
}

static void
check_source_read_cb (PlatterIo *io)
{
  PlatterTarget *self = io->owner;
  PlatterSlot *source = io->item;
  PlatterSlot *slot = source->partner;
  PlatterEngineError code = platter_engine_error_from_errno (io->error, PLATTER_ENGINE_ERROR_READ);

  if (platter_target_is_live (self))
    {
      if (io->error == 0 && !io->is_short)
        platter_check_judge (self, slot, source);
      else if (code == PLATTER_ENGINE_ERROR_FAILED)
        platter_target_fail (self, PLATTER_ENGINE_ERROR_FAILED, io->offset_bytes,
                             "Could not read %s at byte %" G_GUINT64_FORMAT " once more: %s",
                             platter_endpoint_get_name (self->transfer->source), io->offset_bytes,
                             g_strerror (io->error));
      else
        check_judge_alone (self, slot, code);
    }
  platter_transfer_release (self->transfer, source);
  check_release (self, slot);
}

/* The first of them: a source that has to be unpacked is best read forward. */
static PlatterSlot *
check_take_suspect (PlatterTarget *self)
{
  PlatterSlot **best = &self->suspects;
  PlatterSlot *slot = NULL;

  for (PlatterSlot **link = best; *link != NULL; link = &(*link)->next)
    if ((*link)->block < (*best)->block)
      best = link;
  slot = *best;
  *best = slot->next;
  return slot;
}

void
platter_check_pump_suspects (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;

  while (self->suspects != NULL && platter_buffer_pool_get_n_free (transfer->pool) > 0)
    {
      PlatterSlot *source = platter_buffer_pool_pop (transfer->pool);
      PlatterSlot *slot = check_take_suspect (self);

      source->partner = slot;
      platter_lane_start (&transfer->source_lane, PLATTER_IO_READ, source->data,
                          slot->block * PLATTER_BLOCK_BYTES, slot->length_bytes,
                          check_source_read_cb, self, source);
    }
}

/* Returns: whether all that was asked for has come. */
static gboolean
check_has_ended (PlatterTarget *self)
{
  if (self->n_active > 0)
    return FALSE;
  if (self->pass == PLATTER_PASS_ALL)
    check_end_groups (self);
  return TRUE;
}

gboolean
platter_check_pump (PlatterTarget *self)
{
  PlatterTransfer *transfer = self->transfer;

  platter_check_pump_suspects (self);
  /* One of the quota's slots is for the source, should a block have to be looked at. */
  while (self->n_active < transfer->quota - 1 && platter_lane_can_start (&self->lane)
         && platter_buffer_pool_get_n_free (transfer->pool) > 0 && check_has_place (self))
    {
      PlatterSlot *slot = NULL;
      guint64 block = 0;
      gint wrong = -1;

      if (!platter_pass_next (self, &block, &wrong))
        return check_has_ended (self);
      slot = platter_buffer_pool_pop (transfer->pool);
      slot->block = block;
      slot->length_bytes = platter_transfer_get_block_bytes (transfer, block);
      slot->target = self->index;
      slot->wrong = wrong;
      self->n_active++;
      platter_lane_start (&self->lane, PLATTER_IO_READ, slot->data, block * PLATTER_BLOCK_BYTES,
                          slot->length_bytes, check_read_cb, self, slot);
    }
  return FALSE;
}
