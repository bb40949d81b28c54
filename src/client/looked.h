// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What platter-look has seen.

#pragma once

#include <gio/gio.h>

#include "formats/archive-choice.h"
#include "formats/disc.h"
#include "formats/format.h"

G_BEGIN_DECLS

/** PlatterLooked: of a file, or of what a server has. */
typedef struct
{
  PlatterFormat
    format; /* how it is packed; %PLATTER_FORMAT_NONE if it only looked like an archive */
  PlatterArchiveChoice *choice; /* (nullable): the image in it; %NULL if it is no archive */
  guint64 size_bytes; /* what it says that it holds; %PLATTER_PACKED_SIZE_UNKNOWN if it does not */
  gboolean has_disc;  /* it was asked for */
  PlatterDisc disc;
  guint64 end_bytes;      /* where what is in it ends by its own account; 0 if nothing tells */
  guint end_partition;    /* which one ends there; 0: the file system of an ISO image */
  GListStore *partitions; /* (element-type PlatterVolume) */
} PlatterLooked;

/**
 * platter_looked_parse:
 * @content: a{sv}, the message "seen" of docs/interface.md. It may come from an enemy, who took platter-look over.
 *
 * Returns: (transfer full): or %NULL with an error, which is for developers
 */
PlatterLooked *platter_looked_parse (GVariant *content, GError **error);
void platter_looked_free (PlatterLooked *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterLooked, platter_looked_free)

G_END_DECLS
