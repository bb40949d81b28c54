// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The partitions inside an image file.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_image_partitions_read:
 * @fd: the file, open for reading; its position may move
 * @volumes: (element-type PlatterVolume): what is found is added
 *
 * Looks with libblkid, with the rights of the user whose file it is. Finds nothing in what it does not know. Blocks.
 */
void platter_image_partitions_read (int fd, GListStore *volumes);

G_END_DECLS
