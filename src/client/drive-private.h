// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How the list of drives makes a drive and keeps it up to date.

#pragma once

#include "drive-facts.h"
#include "drive.h"

G_BEGIN_DECLS

/** platter_drive_new: @facts: (transfer full) */
PlatterDrive *platter_drive_new (PlatterDriveFacts *facts);

/** platter_drive_take_facts: @facts: (transfer full): notifies if anything differs. */
void platter_drive_take_facts (PlatterDrive *self, PlatterDriveFacts *facts);

/** platter_drive_set_gone: For good: if it comes back it is another object. */
void platter_drive_set_gone (PlatterDrive *self);

G_END_DECLS
