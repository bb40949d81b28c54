// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the lost places of a disk belong to, as it is found out.

#pragma once

#include "medium.h"

G_BEGIN_DECLS

/** How many places are told one by one, and of how many files the names. */
#define PLATTER_DAMAGE_MAX_PLACES 256
#define PLATTER_DAMAGE_MAX_NAMES 256
/** Of one place. */
#define PLATTER_DAMAGE_MAX_OWNERS 8
/** Of all of them together. */
#define PLATTER_DAMAGE_MAX_TEXT_BYTES (48 * 1024)
#define PLATTER_DAMAGE_MAX_NAME_BYTES 1024

typedef enum
{
  PLATTER_DAMAGE_FILE,
  PLATTER_DAMAGE_FOLDER,
  PLATTER_DAMAGE_METADATA,
  PLATTER_DAMAGE_FREE,
  PLATTER_DAMAGE_OUTSIDE, /* of any partition */
  PLATTER_DAMAGE_UNKNOWN,
} PlatterDamageKind;

/** PlatterDamageOwner: somebody who has lost something. */
typedef struct
{
  guint partition; /* as the system numbers it; 0: there is none */
  PlatterDamageKind kind;
  char *name; /* (nullable): of a file or folder, its path, made printable; %NULL: not known */
  guint64 first_bytes;  /* where on the disk the first byte that it has lost lies */
  guint64 length_bytes; /* how many it has lost */
  guint64 n_places;     /* of how many places these are */
  guint64 id;           /* its file system's own number for it */
} PlatterDamageOwner;

/** PlatterDamageHits: what one owner has lost; gathered with platter_damage_hit(). */
typedef struct
{
  guint64 first_bytes;
  guint64 length_bytes;
  GArray *places; /* (element-type guint): indexes, without doubles */
} PlatterDamageHits;

typedef struct
{
  GArray *places;     /* (element-type PlatterMediumRange): all that is lost, in ascending order */
  GArray *owners;     /* (element-type PlatterDamageOwner) */
  GPtrArray *indexes; /* (element-type GArray): of each place that is told, into @owners */
  GArray *claimed_bytes; /* (element-type guint64): how much of each place has an owner */
  GArray *spare_bytes;   /* (element-type guint64): and how much of that was of no use to him */
  guint64 n_files; /* files and folders that have lost something, with those that are not told */
  gsize text_bytes;
  guint n_named;
  gboolean is_incomplete; /* metadata is lost or wrong: a file can be hit that is not listed */
  gboolean is_late;       /* there was no time to look at all */
  PlatterDamageHits hits; /* for whoever looks, one owner after the other */
} PlatterDamage;

PlatterDamage *platter_damage_new (void);
void platter_damage_free (PlatterDamage *self);

/** platter_damage_add_place: Call it in ascending order, before anything else. */
void platter_damage_add_place (PlatterDamage *self, guint64 offset_bytes, guint64 length_bytes);

/** Returns: whether anything in a stretch is lost. */
gboolean
platter_damage_touches (const PlatterDamage *self, guint64 offset_bytes, guint64 length_bytes);

/** platter_damage_hit: A stretch belongs to the present owner, as far as it is lost. */
void platter_damage_hit (PlatterDamage *self, guint64 offset_bytes, guint64 length_bytes);

/**
 * platter_damage_end_owner:
 * @name: (nullable): foreign bytes
 * @id: to find it again by: one that comes twice is one owner; 0: it never does
 *
 * Notes the present owner down if it has lost anything, and begins with the next one. Owners of the same partition
 * and a kind other than file and folder become one.
 */
void platter_damage_end_owner (
  PlatterDamage *self, guint partition, PlatterDamageKind kind, const char *name, guint64 id);

/** platter_damage_add: All that is lost of a stretch, in which no file system is looked into, has one owner. */
void platter_damage_add (PlatterDamage *self,
                         guint partition,
                         PlatterDamageKind kind,
                         guint64 offset_bytes,
                         guint64 length_bytes);

/** platter_damage_spare: What is lost there was kept for an owner, who had put nothing there: nothing is lost with it. */
void platter_damage_spare (PlatterDamage *self, guint64 offset_bytes, guint64 length_bytes);

/**
 * platter_damage_settle:
 * @place: index of a lost place
 * @range: the part of it that lies in the file system
 * @free: (nullable): how much of this part the file system says is free, and where that begins
 *
 * What of @range has no owner is free as far as @free goes; the rest belongs to somebody who is not known.
 * Once for each place and file system, after all owners have ended.
 */
void platter_damage_settle (PlatterDamage *self,
                            guint partition,
                            guint place,
                            const PlatterMediumRange *range,
                            const PlatterMediumRange *free);

/** PlatterDamagePlaceFunc: @part: what of a lost place lies in the range that was asked for. */
typedef void (*PlatterDamagePlaceFunc) (guint place, const PlatterMediumRange *part, gpointer data);

/** platter_damage_each_place: Calls @func for each lost place that lies in @range, or a part of it. */
void platter_damage_each_place (PlatterDamage *self,
                                const PlatterMediumRange *range,
                                PlatterDamagePlaceFunc func,
                                gpointer data);

/** platter_damage_set_name: @name: foreign bytes, which become readable ones; "…" if there is no room for them. */
void platter_damage_set_name (PlatterDamage *self,
                              PlatterDamageOwner *owner,
                              const char *name,
                              gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterDamage, platter_damage_free)

G_END_DECLS
