// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where in its file a virtual machine's disk has its data, by QEMU.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_disk_map_is_inside:
 * @fd: the file
 * @node: what QEMU knows it by, with %PLATTER_QEMU_IMAGE_FD as its file
 * @messages: as platter_qemu_new_launcher() takes it
 *
 * QEMU reads zeros behind the end of a file that was cut off, and its check only looks where a cluster begins. Of what is
 * compressed it does not tell the place. Blocks.
 *
 * Returns: %FALSE if some of the data would be behind the end of the file; %TRUE, too, if QEMU does not say.
 */
gboolean platter_disk_map_is_inside (int fd, const char *node, int messages);

G_END_DECLS
