// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What UDisks2 adds to the kernel's facts about a drive: names, labels, mount points.

#pragma once

#include <udisks/udisks.h>

#include "drive-facts.h"

G_BEGIN_DECLS

/** Returns: whether a block device of UDisks2 is a whole drive, or a loop device with a file. */
gboolean platter_drive_udisks_is_drive (UDisksClient *client, UDisksObject *object);

/** platter_drive_udisks_add: Completes @facts by what UDisks2 says of the same block device. */
void
platter_drive_udisks_add (PlatterDriveFacts *facts, UDisksClient *client, UDisksObject *object);

G_END_DECLS
