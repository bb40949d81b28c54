// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The order in which a step goes through the blocks of a target.

#include "transfer-private.h"

void
platter_pass_drop_cache (PlatterTarget *self)
{
  gboolean is_read_next
    = self->step != PLATTER_STEP_FLUSH_MARK && self->step != PLATTER_STEP_FLUSH_TAIL;

  platter_endpoint_drop_cache (self->endpoint);
  if (is_read_next && !platter_endpoint_is_cache_bypassed (self->endpoint))
    self->is_proof_cached = TRUE;
}

void
platter_pass_start (PlatterTarget *self, PlatterPass pass)
{
  g_assert (self->n_active == 0);
  /* What was read back until now no longer counts. */
  if (pass == PLATTER_PASS_ALL && platter_endpoint_is_cache_bypassed (self->endpoint))
    self->is_proof_cached = FALSE;
  self->pass = pass;
  self->pass_position = pass == PLATTER_PASS_TAIL ? 1 : 0;
  self->n_groups_done = 0;
  self->checked_bytes = 0;
  self->n_unreadable_in_row = 0;
  self->examined = (PlatterGroup){ 0 };
}

gboolean
platter_pass_is_of_edges (const PlatterTarget *self)
{
  return self->pass == PLATTER_PASS_EDGES || self->pass == PLATTER_PASS_TAIL
         || self->pass == PLATTER_PASS_HEAD;
}

static gboolean
pass_next_edge (PlatterTarget *self, guint64 *block)
{
  guint end = self->pass == PLATTER_PASS_HEAD ? 1 : self->transfer->n_edges;

  if (self->pass_position >= end)
    return FALSE;
  *block = self->transfer->edges[self->pass_position++].block;
  return TRUE;
}

static gboolean
pass_next_wrong (PlatterTarget *self, guint64 *block, gint *wrong)
{
  while (self->pass_position < self->wrong->len)
    {
      guint index = (guint)self->pass_position++;
      PlatterWrong *entry = &g_array_index (self->wrong, PlatterWrong, index);

      if (entry->mismatch.repaired || entry->is_unstable)
        continue;
      *block = entry->block;
      *wrong = (gint)index;
      return TRUE;
    }
  return FALSE;
}

static gboolean
pass_next_in_groups (PlatterTarget *self, guint64 *block)
{
  PlatterBlockTable *table = self->transfer->table;

  while (self->n_active == 0 && self->n_groups_done < self->bad_groups->len)
    {
      guint64 group = g_array_index (self->bad_groups, guint64, self->n_groups_done);

      *block = (group << platter_block_table_get_shift (table)) + self->pass_position;
      if (++self->pass_position == platter_block_table_get_group_blocks (table, group))
        {
          self->n_groups_done++;
          self->pass_position = 0;
        }
      if (platter_wanted_is_inner (self->transfer, *block))
        return TRUE;
    }
  return FALSE;
}

static gboolean
pass_next_of_all (PlatterTarget *self, guint64 *block)
{
  PlatterTransfer *transfer = self->transfer;

  while ((*block = platter_wanted_find (transfer, self->pass_position)) < transfer->n_blocks)
    {
      self->pass_position = *block + 1;
      /* Of what nothing was read in a rescue there is nothing to compare with. */
      if (!platter_rescue_is_active (transfer) || self->groups != NULL
          || platter_transfer_get_edge (transfer, *block) != NULL
          || platter_rescue_has_any (transfer, *block))
        return TRUE;
      self->checked_bytes += platter_transfer_get_block_bytes (transfer, *block);
    }
  return FALSE;
}

gboolean
platter_pass_next (PlatterTarget *self, guint64 *block, gint *wrong)
{
  *wrong = -1;
  switch (self->pass)
    {
    case PLATTER_PASS_ALL:
      return pass_next_of_all (self, block);
    case PLATTER_PASS_EDGES:
    case PLATTER_PASS_TAIL:
    case PLATTER_PASS_HEAD:
      return pass_next_edge (self, block);
    case PLATTER_PASS_WRONG:
      return pass_next_wrong (self, block, wrong);
    case PLATTER_PASS_GROUPS:
      return pass_next_in_groups (self, block);
    default:
      g_assert_not_reached ();
    }
}
