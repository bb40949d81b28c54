// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A drive as it was when somebody chose it: another medium behind the same name is not what was chosen.

#pragma once

#include "drive.h"

G_BEGIN_DECLS

/**
 * PlatterChosen:
 * @drive: where it was; it may be another one by now
 * @identity: a{sv}: what platter_drive_dup_identity() said then
 * @name: its display name then
 */
typedef struct
{
  PlatterDrive *drive;
  GVariant *identity;
  char *name;
} PlatterChosen;

PlatterChosen *platter_chosen_new (PlatterDrive *drive);
PlatterChosen *platter_chosen_copy (const PlatterChosen *self);
/** platter_chosen_free: @self: (nullable) */
void platter_chosen_free (PlatterChosen *self);

/** Returns: whether the drive is there and still what was chosen, as far as the list of drives knows. */
gboolean platter_chosen_is_same (const PlatterChosen *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterChosen, platter_chosen_free)

G_END_DECLS
