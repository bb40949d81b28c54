// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The mismatches of a target: kept, counted, judged.

#include "transfer-private.h"

/* More wrong blocks than these are not a weak place but a bad device. */
#define MIN_HOPELESS 4
#define MAX_HOPELESS 1000
#define HOPELESS_SHARE 16

PlatterWrong *
platter_wrong_find (PlatterTarget *self, guint64 block)
{
  for (guint i = 0; i < self->wrong->len; i++)
    {
      PlatterWrong *entry = &g_array_index (self->wrong, PlatterWrong, i);

      if (entry->block == block)
        return entry;
    }
  return NULL;
}

static void
wrong_set_map (PlatterTarget *self, guint64 block, PlatterMismatchClass kind)
{
  platter_target_set_map (
    self, block * PLATTER_BLOCK_BYTES, platter_transfer_get_block_bytes (self->transfer, block),
    /* In the map of a rescue what failed is what the source did not give. */
    kind == PLATTER_MISMATCH_UNREADABLE && self->transfer->rescue == NULL ? PLATTER_MAP_FAILED
                                                                          : PLATTER_MAP_MISMATCHED);
}

void
platter_wrong_again (PlatterTarget *self, PlatterWrong *wrong, gboolean is_read)
{
  PlatterMismatch *mismatch = &wrong->mismatch;

  if (!is_read)
    *mismatch = (PlatterMismatch){
      .offset_bytes = wrong->block * PLATTER_BLOCK_BYTES,
      .length_bytes = platter_transfer_get_block_bytes (self->transfer, wrong->block),
      .kind = PLATTER_MISMATCH_UNREADABLE,
      .repair_attempts = mismatch->repair_attempts,
    };
  else if (mismatch->kind == PLATTER_MISMATCH_UNREADABLE)
    mismatch->kind = PLATTER_MISMATCH_OTHER;
  mismatch->repaired = FALSE;
  wrong_set_map (self, wrong->block, mismatch->kind);
}

void
platter_wrong_add (PlatterTarget *self,
                   guint64 block,
                   const PlatterMismatch *mismatch,
                   const PlatterBlockHash *expected,
                   gboolean is_unstable)
{
  PlatterWrong entry = { .mismatch = *mismatch, .block = block, .is_unstable = is_unstable };

  wrong_set_map (self, block, mismatch->kind);
  self->n_wrong++;
  if (self->wrong->len >= PLATTER_MAX_MISMATCHES)
    return;
  if (expected != NULL)
    {
      entry.has_expected = TRUE;
      entry.expected = *expected;
    }
  g_array_append_val (self->wrong, entry);
}

static guint
wrong_count (PlatterTarget *self, gboolean (*matches) (const PlatterWrong *entry))
{
  guint n = 0;

  for (guint i = 0; i < self->wrong->len; i++)
    n += matches (&g_array_index (self->wrong, PlatterWrong, i)) ? 1 : 0;
  return n;
}

static gboolean
wrong_is_repaired (const PlatterWrong *entry)
{
  return entry->mismatch.repaired;
}

static gboolean
wrong_is_unstable (const PlatterWrong *entry)
{
  return entry->is_unstable;
}

static gboolean
wrong_is_wrapped (const PlatterWrong *entry)
{
  return entry->mismatch.kind == PLATTER_MISMATCH_WRAPPED;
}

static gboolean
wrong_is_unreadable (const PlatterWrong *entry)
{
  return !entry->mismatch.repaired && entry->mismatch.kind == PLATTER_MISMATCH_UNREADABLE;
}

guint64
platter_wrong_count_open (PlatterTarget *self)
{
  return self->n_wrong - wrong_count (self, wrong_is_repaired);
}

gboolean
platter_wrong_can_repair (PlatterTarget *self)
{
  guint64 limit = CLAMP (self->transfer->n_blocks / HOPELESS_SHARE, MIN_HOPELESS, MAX_HOPELESS);
  guint64 n_open = platter_wrong_count_open (self);

  if (self->n_repairs >= self->transfer->options.max_repairs || self->is_checked_again)
    return FALSE;
  /* A device that puts data at another's place would lose a block for each that is repaired. */
  if (self->n_wrong > limit || wrong_count (self, wrong_is_wrapped) > 0
      || wrong_count (self, wrong_is_unstable) > 0)
    return FALSE;
  return self->n_repairs == 0 || n_open < self->n_open_before || n_open <= MIN_HOPELESS;
}

static const PlatterWrong *
wrong_first_open (PlatterTarget *self)
{
  const PlatterWrong *first = NULL;

  for (guint i = 0; i < self->wrong->len; i++)
    {
      const PlatterWrong *entry = &g_array_index (self->wrong, PlatterWrong, i);

      if (!entry->mismatch.repaired
          && (first == NULL || entry->mismatch.offset_bytes < first->mismatch.offset_bytes))
        first = entry;
    }
  return first;
}

void
platter_wrong_end (PlatterTarget *self)
{
  guint64 n_open = platter_wrong_count_open (self);
  const PlatterWrong *first = wrong_first_open (self);
  guint64 offset_bytes = first != NULL ? first->mismatch.offset_bytes : G_MAXUINT64;
  const char *name = platter_endpoint_get_name (self->endpoint);

  if (!platter_target_is_live (self))
    return;
  if (n_open == wrong_count (self, wrong_is_unstable))
    platter_target_fail (self, PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE, offset_bytes,
                         "%s read differently the second time, first at byte %" G_GUINT64_FORMAT
                         "; it is changing or failing, so nothing can be said of %s",
                         platter_endpoint_get_name (self->transfer->source), offset_bytes, name);
  else if (n_open == wrong_count (self, wrong_is_unreadable))
    {
      platter_target_fail (self, PLATTER_ENGINE_ERROR_VERIFY, offset_bytes,
                           "%s could not be read back, first at byte %" G_GUINT64_FORMAT
                           " (%" G_GUINT64_FORMAT " blocks); do not rely on it",
                           name, offset_bytes, n_open);
      if (self->has_final_edges)
        self->verdict = PLATTER_VERDICT_UNVERIFIED;
    }
  else
    {
      platter_target_fail (self, PLATTER_ENGINE_ERROR_MISMATCH, offset_bytes,
                           "%s differs, first at byte %" G_GUINT64_FORMAT " (%" G_GUINT64_FORMAT
                           " %s of 1 MiB)",
                           name, offset_bytes, n_open, n_open == 1 ? "block" : "blocks");
      self->verdict = PLATTER_VERDICT_MISMATCHED;
    }
}

static int
wrong_compare_cb (gconstpointer a, gconstpointer b)
{
  const PlatterMismatch *left = a;
  const PlatterMismatch *right = b;

  if (left->offset_bytes == right->offset_bytes)
    return 0;
  return left->offset_bytes < right->offset_bytes ? -1 : 1;
}

GArray *
platter_wrong_list (PlatterTarget *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (PlatterMismatch));

  for (guint i = 0; i < self->wrong->len; i++)
    g_array_append_val (list, g_array_index (self->wrong, PlatterWrong, i).mismatch);
  g_array_sort (list, wrong_compare_cb);
  return list;
}
