// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a drive is called in a row of a list.

#pragma once

#include <gio/gio.h>

#include "drive-facts.h"

G_BEGIN_DECLS

/** Returns: (transfer full): vendor and model; of a loop device its file's base name; else the kernel's name. */
char *platter_drive_words_dup_name (const PlatterDriveFacts *facts);
/** Returns: (transfer full): "SanDisk Ultra · 32 GB". */
char *platter_drive_words_dup_title (const PlatterDriveFacts *facts);
/** Returns: (transfer full): "/dev/sdb · USB 3, port 2 · serial 4C53". */
char *platter_drive_words_dup_place (const PlatterDriveFacts *facts);
/** Returns: (transfer full): "/dev/sdb · USB 3, port 2 · serial 4C53 · “Photos” vfat, 12 GB used". */
char *platter_drive_words_dup_subtitle (const PlatterDriveFacts *facts, GListModel *volumes);
/** Returns: (transfer none): a symbolic icon's name. */
const char *platter_drive_words_get_icon_name (const PlatterDriveFacts *facts);

G_END_DECLS
