// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the lost places of a disk belong to, as it is found out.

#include "damage.h"

#include <string.h>

#include "../engine/printable.h"

/* So many places of one owner are kept apart; of more, some may be counted twice. */
#define DAMAGE_MAX_COMPARED 256

static void
damage_clear_owner (gpointer data)
{
  g_free (((PlatterDamageOwner *)data)->name);
}

PlatterDamage *
platter_damage_new (void)
{
  PlatterDamage *self = g_new0 (PlatterDamage, 1);

  self->places = g_array_new (FALSE, FALSE, sizeof (PlatterMediumRange));
  self->owners = g_array_new (FALSE, TRUE, sizeof (PlatterDamageOwner));
  g_array_set_clear_func (self->owners, damage_clear_owner);
  self->indexes = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  self->claimed_bytes = g_array_new (FALSE, TRUE, sizeof (guint64));
  self->spare_bytes = g_array_new (FALSE, TRUE, sizeof (guint64));
  self->hits.places = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
platter_damage_free (PlatterDamage *self)
{
  g_array_unref (self->places);
  g_array_unref (self->owners);
  g_ptr_array_unref (self->indexes);
  g_array_unref (self->claimed_bytes);
  g_array_unref (self->spare_bytes);
  g_array_unref (self->hits.places);
  g_free (self);
}

void
platter_damage_add_place (PlatterDamage *self, guint64 offset_bytes, guint64 length_bytes)
{
  PlatterMediumRange place = { offset_bytes, length_bytes };

  g_array_append_val (self->places, place);
  g_array_set_size (self->claimed_bytes, self->places->len);
  g_array_set_size (self->spare_bytes, self->places->len);
  if (self->places->len <= PLATTER_DAMAGE_MAX_PLACES)
    g_ptr_array_add (self->indexes, g_array_new (FALSE, FALSE, sizeof (guint32)));
}

gboolean
platter_damage_touches (const PlatterDamage *self, guint64 offset_bytes, guint64 length_bytes)
{
  guint next = platter_ranges_find (self->places, offset_bytes);

  return next < self->places->len
         && g_array_index (self->places, PlatterMediumRange, next).offset_bytes
              < offset_bytes + length_bytes;
}

static void
damage_note_place (GArray *places, guint place)
{
  guint first = places->len > DAMAGE_MAX_COMPARED ? places->len - DAMAGE_MAX_COMPARED : 0;

  for (guint i = places->len; i > first; i--)
    if (g_array_index (places, guint, i - 1) == place)
      return;
  g_array_append_val (places, place);
}

static void
damage_hit_place (PlatterDamage *self, guint place, guint64 first_bytes, guint64 length_bytes)
{
  PlatterDamageHits *hits = &self->hits;

  if (hits->length_bytes == 0 || first_bytes < hits->first_bytes)
    hits->first_bytes = first_bytes;
  hits->length_bytes += length_bytes;
  damage_note_place (hits->places, place);
}

typedef void (*DamageFunc) (PlatterDamage *self,
                            guint place,
                            guint64 first_bytes,
                            guint64 length_bytes);

static void
damage_each (PlatterDamage *self, guint64 offset_bytes, guint64 length_bytes, DamageFunc func)
{
  guint64 end_bytes = offset_bytes + length_bytes;

  for (guint i = platter_ranges_find (self->places, offset_bytes); i < self->places->len; i++)
    {
      const PlatterMediumRange *place = &g_array_index (self->places, PlatterMediumRange, i);
      guint64 start = MAX (place->offset_bytes, offset_bytes);
      guint64 end = MIN (place->offset_bytes + place->length_bytes, end_bytes);

      if (place->offset_bytes >= end_bytes)
        break;
      func (self, i, start, end - start);
    }
}

static void
damage_claim_place (PlatterDamage *self, guint place, guint64 first_bytes, guint64 length_bytes)
{
  g_array_index (self->claimed_bytes, guint64, place) += length_bytes;
  damage_hit_place (self, place, first_bytes, length_bytes);
}

void
platter_damage_hit (PlatterDamage *self, guint64 offset_bytes, guint64 length_bytes)
{
  damage_each (self, offset_bytes, length_bytes, damage_claim_place);
}

static void
damage_spare_place (PlatterDamage *self, guint place, guint64 first_bytes, guint64 length_bytes)
{
  g_array_index (self->claimed_bytes, guint64, place) += length_bytes;
  g_array_index (self->spare_bytes, guint64, place) += length_bytes;
}

void
platter_damage_spare (PlatterDamage *self, guint64 offset_bytes, guint64 length_bytes)
{
  damage_each (self, offset_bytes, length_bytes, damage_spare_place);
}

static gboolean
damage_has_name (PlatterDamageKind kind)
{
  return kind == PLATTER_DAMAGE_FILE || kind == PLATTER_DAMAGE_FOLDER;
}

/* Returns: (nullable): with room for no more of them. */
static PlatterDamageOwner *
damage_find_owner (PlatterDamage *self, guint partition, PlatterDamageKind kind, guint64 id)
{
  PlatterDamageOwner owner = { .partition = partition, .kind = kind };

  for (guint i = 0; i < self->owners->len; i++)
    {
      PlatterDamageOwner *old = &g_array_index (self->owners, PlatterDamageOwner, i);

      if (old->partition == partition && old->kind == kind
          && (!damage_has_name (kind) || (id != 0 && old->id == id)))
        return old;
    }
  if (damage_has_name (kind))
    {
      self->n_files++;
      if (self->n_named >= PLATTER_DAMAGE_MAX_NAMES)
        return NULL;
      self->n_named++;
    }
  g_array_append_val (self->owners, owner);
  return &g_array_index (self->owners, PlatterDamageOwner, self->owners->len - 1);
}

/* A place that several file systems have to do with is counted for each of them. */
static void
damage_link_place (PlatterDamage *self, guint place, guint32 owner)
{
  GArray *indexes = NULL;

  if (place >= self->indexes->len)
    return;
  indexes = self->indexes->pdata[place];
  for (guint i = 0; i < indexes->len; i++)
    if (g_array_index (indexes, guint32, i) == owner)
      return;
  if (indexes->len < PLATTER_DAMAGE_MAX_OWNERS)
    g_array_append_val (indexes, owner);
}

void
platter_damage_end_owner (
  PlatterDamage *self, guint partition, PlatterDamageKind kind, const char *name, guint64 id)
{
  PlatterDamageHits *hits = &self->hits;
  PlatterDamageOwner *owner
    = hits->length_bytes > 0 ? damage_find_owner (self, partition, kind, id) : NULL;

  if (owner != NULL)
    {
      guint32 index = (guint32)(owner - &g_array_index (self->owners, PlatterDamageOwner, 0));

      if (owner->length_bytes == 0 || hits->first_bytes < owner->first_bytes)
        owner->first_bytes = hits->first_bytes;
      owner->length_bytes += hits->length_bytes;
      owner->n_places += hits->places->len;
      owner->id = id;
      for (guint i = 0; i < hits->places->len; i++)
        damage_link_place (self, g_array_index (hits->places, guint, i), index);
      if (name != NULL)
        platter_damage_set_name (self, owner, name, strlen (name));
    }
  hits->length_bytes = 0;
  g_array_set_size (hits->places, 0);
}

void
platter_damage_add (PlatterDamage *self,
                    guint partition,
                    PlatterDamageKind kind,
                    guint64 offset_bytes,
                    guint64 length_bytes)
{
  damage_each (self, offset_bytes, length_bytes, damage_hit_place);
  platter_damage_end_owner (self, partition, kind, NULL, 0);
}

void
platter_damage_each_place (PlatterDamage *self,
                           const PlatterMediumRange *range,
                           PlatterDamagePlaceFunc func,
                           gpointer data)
{
  guint64 end_bytes = range->offset_bytes + range->length_bytes;

  for (guint i = platter_ranges_find (self->places, range->offset_bytes); i < self->places->len;
       i++)
    {
      const PlatterMediumRange *place = &g_array_index (self->places, PlatterMediumRange, i);
      PlatterMediumRange part = { MAX (place->offset_bytes, range->offset_bytes), 0 };

      if (place->offset_bytes >= end_bytes)
        break;
      part.length_bytes
        = MIN (place->offset_bytes + place->length_bytes, end_bytes) - part.offset_bytes;
      func (i, &part, data);
    }
}

static void
damage_add_rest (PlatterDamage *self,
                 guint partition,
                 PlatterDamageKind kind,
                 guint place,
                 const PlatterMediumRange *range)
{
  if (range->length_bytes > 0)
    damage_hit_place (self, place, range->offset_bytes, range->length_bytes);
  platter_damage_end_owner (self, partition, kind, NULL, 0);
}

void
platter_damage_settle (PlatterDamage *self,
                       guint partition,
                       guint place,
                       const PlatterMediumRange *range,
                       const PlatterMediumRange *free)
{
  guint64 claimed_bytes = g_array_index (self->claimed_bytes, guint64, place);
  guint64 spare_bytes = g_array_index (self->spare_bytes, guint64, place);
  PlatterMediumRange unknown = *range;
  PlatterMediumRange idle = free != NULL ? *free : *range;

  unknown.length_bytes -= MIN (claimed_bytes, range->length_bytes);
  idle.length_bytes = free != NULL ? MIN (free->length_bytes, unknown.length_bytes) : 0;
  unknown.length_bytes -= idle.length_bytes;
  idle.length_bytes += MIN (spare_bytes, range->length_bytes - idle.length_bytes);
  damage_add_rest (self, partition, PLATTER_DAMAGE_FREE, place, &idle);
  damage_add_rest (self, partition, PLATTER_DAMAGE_UNKNOWN, place, &unknown);
  g_array_index (self->claimed_bytes, guint64, place) = 0;
  g_array_index (self->spare_bytes, guint64, place) = 0;
}

/* Its end says more than its beginning. */
static char *
damage_dup_end (const char *name)
{
  const char *end = name;

  if (strlen (name) <= PLATTER_DAMAGE_MAX_NAME_BYTES)
    return g_strdup (name);
  while (strlen (end) > PLATTER_DAMAGE_MAX_NAME_BYTES - 8)
    end = g_utf8_next_char (end);
  return g_strconcat ("…", end, NULL);
}

void
platter_damage_set_name (PlatterDamage *self,
                         PlatterDamageOwner *owner,
                         const char *name,
                         gsize length)
{
  g_autofree char *printable = platter_printable_dup (name, (gssize)length);
  g_autofree char *end = damage_dup_end (printable);

  if (owner->name != NULL)
    return;
  /* A name that is known but not told is cut to nothing, not unknown. */
  if (strlen (end)
      > PLATTER_DAMAGE_MAX_TEXT_BYTES - MIN (self->text_bytes, PLATTER_DAMAGE_MAX_TEXT_BYTES))
    owner->name = g_strdup ("…");
  else
    owner->name = g_steal_pointer (&end);
  self->text_bytes += strlen (owner->name);
}
