// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How libext2fs reads a part of a disk that is open already: it opens nothing, and writes nothing.

#pragma once

#include <ext2fs/ext2fs.h>

#include "medium.h"

G_BEGIN_DECLS

typedef struct
{
  const PlatterMedium *medium;
  guint64 offset_bytes;
  guint64 length_bytes;
  gboolean is_lenient; /* what is unknown reads as zeros; else reading it fails */
  gboolean has_failed; /* something was not read; whoever wants to know clears it */
} PlatterExtIo;

/** platter_ext_io_open: @self: must live as long as @fs. See ext2fs_open2(); the file system is only read. */
errcode_t
platter_ext_io_open (PlatterExtIo *self, int superblock, guint block_bytes, ext2_filsys *fs);

G_END_DECLS
