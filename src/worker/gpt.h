// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// After a clone to a larger drive: the backup of the GUID partition table belongs at the drive's end.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PlatterGptResult:
 * @PLATTER_GPT_NONE: no such table, or its backup is at the end already
 * @PLATTER_GPT_MOVED: moved, flushed, read back past the cache and checked
 * @PLATTER_GPT_FAILED: not done; what was copied is as it was
 * @PLATTER_GPT_BROKEN: what was copied has been written to, and what is there now is not proven
 */
typedef enum
{
  PLATTER_GPT_NONE,
  PLATTER_GPT_MOVED,
  PLATTER_GPT_FAILED,
  PLATTER_GPT_BROKEN,
} PlatterGptResult;

/**
 * platter_gpt_scratch_new:
 *
 * Returns: a memory file for platter_gpt_move_backup(), to be made before the sandbox closes; or -1
 * with a #GIOErrorEnum.
 */
int platter_gpt_scratch_new (GError **error);

/**
 * platter_gpt_move_backup:
 * @fd: the target, a block device or a file, open for reading and writing; its flags are the same afterwards
 * @scratch_fd: from platter_gpt_scratch_new(); may be used for any number of targets, one after the other
 * @copied_bytes: how much of the target was copied: the size of the disk that the table was made for
 * @size_bytes: the target's size
 * @block_bytes: its logical block size
 * @keeps_end: platter_transfer_keeps_end()
 * @copied_head: (nullable): what the copy begins with: nothing is written if @fd begins otherwise; %NULL: not known
 * @copied_head_bytes: its length
 *
 * UEFI 2.10, 5.3. The table is foreign: it is first checked here. Then libfdisk works on a sparse memory
 * file that has the target's size, its first MiB and the last MiB that was copied, never on the drive. What
 * libfdisk made of it is checked: the partitions are unchanged, nothing in the first MiB but the two blocks of
 * the protective MBR and the header differs, all lies where it must. Only then it is written, the backup
 * first. Nothing is written if @keeps_end is %FALSE, or what lies behind the copy in the last MiB is not zeros, as the engine has left it:
 * such a drive does not keep what is written there, and one whose addresses wrap would get the backup into the
 * copy. The old backup stays behind where it was copied to: no partition can lie there, and without a header that
 * points to it nobody looks for it.
 *
 * Returns: the result; @error is set if it is %PLATTER_GPT_FAILED or %PLATTER_GPT_BROKEN, and only then.
 */
PlatterGptResult platter_gpt_move_backup (int fd,
                                          int scratch_fd,
                                          guint64 copied_bytes,
                                          guint64 size_bytes,
                                          guint block_bytes,
                                          gboolean keeps_end,
                                          const guint8 *copied_head,
                                          gsize copied_head_bytes,
                                          GError **error);

G_END_DECLS
