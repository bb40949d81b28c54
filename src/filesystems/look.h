// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// To whom what is lost of a disk belongs.

#pragma once

#include "damage.h"

G_BEGIN_DECLS

/**
 * platter_look:
 * @damage: with the lost places; all else is filled in
 *
 * Looks for partitions and file systems on the disk, and into those in which something is lost: the disk is foreign
 * data, so this is for a sandbox. Every lost byte gets an owner, if only one that is not known. Memory grows with the
 * number of lost places, not with that of files.
 */
void platter_look (const PlatterMedium *medium, PlatterDamage *damage);

G_END_DECLS
