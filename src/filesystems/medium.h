// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A disk of which some places are not known: nothing is ever read from there.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PlatterMediumRead: Fills all of @buffer, or returns %FALSE. */
typedef gboolean (*PlatterMediumRead) (gpointer data,
                                       guint64 offset_bytes,
                                       void *buffer,
                                       gsize length);

typedef struct
{
  guint64 offset_bytes;
  guint64 length_bytes;
} PlatterMediumRange;

typedef struct
{
  guint64 size_bytes;
  guint block_bytes; /* its logical block size */
  PlatterMediumRead read;
  gpointer data;
  gint64 deadline_us; /* of the monotonic clock: after that nothing is read any more */
  GArray *unknown;    /* (element-type PlatterMediumRange): in ascending order, without overlaps */
} PlatterMedium;

PlatterMedium *platter_medium_new (
  guint64 size_bytes, guint block_bytes, PlatterMediumRead read, gpointer data, gint64 deadline_us);
void platter_medium_free (PlatterMedium *self);

/** platter_medium_add_unknown: Call it in ascending order. What lies there is nobody's word for anything. */
void platter_medium_add_unknown (PlatterMedium *self, guint64 offset_bytes, guint64 length_bytes);

/** Returns: whether all of a stretch is known. */
gboolean
platter_medium_is_known (const PlatterMedium *self, guint64 offset_bytes, guint64 length_bytes);

/** platter_medium_read: Returns: %FALSE if any of it is unknown or behind the end, cannot be read, or it is too late. */
gboolean
platter_medium_read (const PlatterMedium *self, guint64 offset_bytes, void *buffer, gsize length);

/** platter_medium_read_around: The same, but what is unknown becomes zeros. */
gboolean platter_medium_read_around (const PlatterMedium *self,
                                     guint64 offset_bytes,
                                     void *buffer,
                                     gsize length);

gboolean platter_medium_is_late (const PlatterMedium *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterMedium, platter_medium_free)

/** platter_ranges_find: Returns: the index of the first range that ends behind @offset_bytes; their number if none does. */
guint platter_ranges_find (const GArray *ranges, guint64 offset_bytes);

/* Little-endian numbers at any address. */
guint16 platter_le16 (const guint8 *place);
guint32 platter_le32 (const guint8 *place);
guint64 platter_le64 (const guint8 *place);

G_END_DECLS
