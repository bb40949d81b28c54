// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where what is in an image file ends by its own account, which may be behind the end of the file.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 bytes;   /* 0: nothing tells */
  guint partition; /* which one ends there, from 1 on; 0: the file system of an ISO image */
} PlatterLookEnd;

/** platter_look_end_extend: Takes what ends later; @bytes: anybody's word */
void platter_look_end_extend (PlatterLookEnd *self, guint64 bytes, guint partition);

/**
 * platter_look_end_read:
 * @self: (inout): with the ends of the partitions that libblkid has found
 * @fd: the file, open for reading
 *
 * Goes on with a GPT (UEFI 2.10, 5.3), of which libblkid says nothing where its disk is cut off, and with the size in an ISO
 * image's primary volume descriptor (ECMA-119, 8.4). The table of a hybrid ISO counts in cylinders, of which the file need not
 * have all of the last one.
 */
void platter_look_end_read (PlatterLookEnd *self, int fd);

G_END_DECLS
