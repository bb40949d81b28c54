// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// After a rescue: which files lie where nothing could be read.

#include "losses.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "filesystems/look.h"
#include "words.h"

/* The helper waits for twice as long. */
#define LOSSES_PATIENCE_US (45 * G_USEC_PER_SEC)

typedef struct
{
  int fd;
  int socket;
  PlatterMedium *medium;
} Losses;

static gboolean
losses_is_rescued (PlatterMapState state)
{
  switch (state)
    {
    case PLATTER_MAP_COPIED:
    case PLATTER_MAP_DURABLE:
    case PLATTER_MAP_ZERO:
    case PLATTER_MAP_VERIFIED:
    case PLATTER_MAP_REPAIRED:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
losses_read (gpointer data, guint64 offset_bytes, void *buffer, gsize length)
{
  Losses *self = data;
  struct pollfd polled = { .fd = self->socket, .events = POLLIN };
  gsize done = 0;

  if (poll (&polled, 1, 0) > 0)
    self->medium->deadline_us = 0;
  while (done < length)
    {
      gssize got
        = pread (self->fd, (guint8 *)buffer + done, length - done, (off_t)(offset_bytes + done));

      if (got == 0 || (got < 0 && errno != EINTR))
        return FALSE;
      done += got > 0 ? (gsize)got : 0;
    }
  return TRUE;
}

PlatterEndpoint *
platter_losses_find_target (PlatterTransfer *transfer, GPtrArray *targets, guint *index)
{
  PlatterMapRange range;

  if (!platter_transfer_find_missing (transfer, 0, &range))
    return NULL;
  for (guint i = 0; i < targets->len; i++)
    {
      PlatterTargetProgress progress;

      platter_transfer_get_target_progress (transfer, i, &progress);
      *index = i;
      if (progress.verdict == PLATTER_VERDICT_INCOMPLETE)
        return targets->pdata[i];
    }
  return NULL;
}

static void
losses_add_unknown (PlatterMedium *medium, PlatterMap *map)
{
  for (guint i = 0; i < platter_map_get_n_ranges (map); i++)
    {
      const PlatterMapRange *range = platter_map_get_range (map, i);

      if (!losses_is_rescued (range->state))
        platter_medium_add_unknown (medium, range->offset_bytes, range->length_bytes);
    }
}

static gboolean
losses_look (Losses *self, PlatterTransfer *transfer, PlatterDamage *damage)
{
  PlatterMapRange range = { 0, 0, 0 };
  int flags = fcntl (self->fd, F_GETFL);

  while (platter_transfer_find_missing (transfer, range.offset_bytes + range.length_bytes, &range))
    platter_damage_add_place (damage, range.offset_bytes, range.length_bytes);
  /* Small pieces at any place, many of them twice. */
  if (flags < 0 || fcntl (self->fd, F_SETFL, flags & ~O_DIRECT) != 0)
    return FALSE;
  platter_look (self->medium, damage);
  (void)fcntl (self->fd, F_SETFL, flags);
  return TRUE;
}

static GVariant *
losses_new_owners (const PlatterDamage *damage)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ussttt)"));

  for (guint i = 0; i < damage->owners->len; i++)
    {
      const PlatterDamageOwner *owner = &g_array_index (damage->owners, PlatterDamageOwner, i);

      g_variant_builder_add (&builder, "(ussttt)", owner->partition,
                             platter_words_of_damage (owner->kind),
                             owner->name != NULL ? owner->name : "", owner->first_bytes,
                             owner->length_bytes, owner->n_places);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
losses_new_places (const PlatterDamage *damage)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aau"));

  for (guint i = 0; i < damage->indexes->len; i++)
    {
      const GArray *indexes = damage->indexes->pdata[i];

      g_variant_builder_add_value (&builder,
                                   g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, indexes->data,
                                                              indexes->len, sizeof (guint32)));
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
losses_tell (const PlatterDamage *damage)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&dict, "damage", losses_new_owners (damage));
  g_variant_dict_insert_value (&dict, "damage-places", losses_new_places (damage));
  g_variant_dict_insert (&dict, "damage-files", "t", damage->n_files);
  g_variant_dict_insert (&dict, "damage-state", "s",
                         damage->is_late         ? "late"
                         : damage->is_incomplete ? "incomplete"
                                                 : "complete");
  return g_variant_dict_end (&dict);
}

GVariant *
platter_losses_new (PlatterTransfer *transfer, PlatterEndpoint *target, guint index, int socket)
{
  g_autoptr (PlatterMap) map = platter_transfer_dup_target_map (transfer, index);
  g_autoptr (PlatterDamage) damage = platter_damage_new ();
  Losses self = { platter_endpoint_get_fd (target), socket, NULL };
  g_autoptr (PlatterMedium) medium = platter_medium_new (
    platter_map_get_size_bytes (map), platter_endpoint_get_logical_block_bytes (target),
    losses_read, &self, g_get_monotonic_time () + LOSSES_PATIENCE_US);

  self.medium = medium;
  losses_add_unknown (medium, map);
  return losses_look (&self, transfer, damage) ? losses_tell (damage) : NULL;
}
