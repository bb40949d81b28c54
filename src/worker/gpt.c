// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// After a clone to a larger drive: the backup of the GUID partition table belongs at the drive's end.

#include "gpt.h"

#include <errno.h>
#include <fcntl.h>
#include <libfdisk.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/transfer.h"
#include "filesystems/gpt-table.h"

/* What reading past the cache may ask of offsets, lengths and memory. */
#define GPT_ALIGNMENT_BYTES 4096
/* A protective MBR begins with the code that old firmware starts; it must stay. */
#define GPT_BOOT_CODE_BYTES 440

/** A piece of the disk in memory: aligned, @length_bytes of it valid. */
typedef struct
{
  guint8 *data;
  guint64 offset_bytes;
  gsize length_bytes;
} GptArea;

/** All that moving works with. */
typedef struct
{
  int fd;
  int scratch_fd;
  guint64 copied_bytes;
  guint64 size_bytes;
  guint block_bytes;
  gboolean keeps_end;
  PlatterGptTable table;     /* the header as it was copied */
  GptArea head;              /* the first MiB as it was copied */
  PlatterGptTable new_table; /* both as libfdisk made them */
  PlatterGptTable new_backup;
  GptArea new_head;
  GptArea new_tail;
  gboolean has_begun; /* to write where the copy lies */
} GptMove;

static void
gpt_area_clear (GptArea *area)
{
  g_clear_pointer (&area->data, free);
}

static gboolean
gpt_fail_errno (GError **error, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "The partition table’s backup could not be moved: %s: %s.", what, g_strerror (code));
  return FALSE;
}

static gboolean
gpt_fail (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "The partition table’s backup could not be moved: %s.", what);
  return FALSE;
}

/* Reads from @offset_bytes, which is aligned, to the end or to the first MiB. */
static gboolean
gpt_area_read (GptArea *area, int fd, guint64 offset_bytes, guint64 end_bytes, GError **error)
{
  gsize wanted = (gsize)(end_bytes - offset_bytes);
  gsize capacity = (wanted + GPT_ALIGNMENT_BYTES - 1) / GPT_ALIGNMENT_BYTES * GPT_ALIGNMENT_BYTES;
  gsize done = 0;

  gpt_area_clear (area);
  area->data = aligned_alloc (GPT_ALIGNMENT_BYTES, capacity);
  g_assert (area->data != NULL);
  area->offset_bytes = offset_bytes;
  area->length_bytes = wanted;
  while (done < wanted)
    {
      gssize got = pread (fd, area->data + done, capacity - done, (off_t)(offset_bytes + done));
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return gpt_fail_errno (error, "reading");
      if (got == 0)
        return gpt_fail (error, "the drive ended too early");
      done += (gsize)got;
    }
  return TRUE;
}

static gboolean
gpt_read_head (GptArea *area, int fd, guint64 end_bytes, GError **error)
{
  return gpt_area_read (area, fd, 0, MIN (end_bytes, PLATTER_EDGE_BYTES), error);
}

static gboolean
gpt_read_tail (GptArea *area, int fd, guint64 end_bytes, GError **error)
{
  guint64 start = end_bytes - MIN (end_bytes, PLATTER_EDGE_BYTES);

  return gpt_area_read (area, fd, start / GPT_ALIGNMENT_BYTES * GPT_ALIGNMENT_BYTES, end_bytes,
                        error);
}

static gboolean
gpt_write (int fd, const guint8 *data, gsize length, guint64 offset_bytes, GError **error)
{
  gsize done = 0;

  while (done < length)
    {
      gssize put = pwrite (fd, data + done, length - done, (off_t)(offset_bytes + done));
      if (put < 0 && errno == EINTR)
        continue;
      if (put < 0)
        return gpt_fail_errno (error, "writing");
      done += (gsize)put;
    }
  return TRUE;
}

/* The table that was copied: libfdisk sees it only if it passes this. */
static gboolean
gpt_check_copied (GptMove *self, GError **error)
{
  const guint8 *entries = NULL;

  if (!platter_gpt_table_parse (&self->table, self->head.data + self->block_bytes,
                                self->block_bytes, error))
    return FALSE;
  entries = platter_gpt_table_find_entries (&self->table, self->block_bytes, self->head.data,
                                            self->head.length_bytes, 0);
  if (entries == NULL || self->table.entries_lba < 2)
    return gpt_fail (error, "the list of partitions does not lie at the drive’s beginning");
  if (self->table.my_lba != 1
      || self->table.last_usable_lba >= self->copied_bytes / self->block_bytes)
    return gpt_fail (error, "the table was not made for a drive of the source’s size");
  return platter_gpt_table_check_entries (&self->table, entries, error);
}

/* Another medium may have come into the drive since, with a table of its own. */
static gboolean
gpt_check_head (GptMove *self, const guint8 *copied_head, gsize length, GError **error)
{
  if (copied_head == NULL
      || memcmp (self->head.data, copied_head, MIN (length, self->head.length_bytes)) == 0)
    return TRUE;
  return gpt_fail (error, "the drive does not begin any more as the copy does");
}

static gboolean
gpt_fill_scratch (GptMove *self, GError **error)
{
  GptArea tail = { 0 };
  gboolean filled = FALSE;

  if (ftruncate (self->scratch_fd, 0) != 0
      || ftruncate (self->scratch_fd, (off_t)self->size_bytes) != 0)
    return gpt_fail_errno (error, "making room in memory");
  filled = gpt_read_tail (&tail, self->fd, self->copied_bytes, error)
           && gpt_write (self->scratch_fd, tail.data, tail.length_bytes, tail.offset_bytes, error)
           && gpt_write (self->scratch_fd, self->head.data, self->head.length_bytes, 0, error);
  gpt_area_clear (&tail);
  return filled;
}

/*
 * libfdisk notices by itself that the backup is not at the end, and corrects it when it writes. Listing only
 * keeps it from looking for file systems.
 */
static gboolean
gpt_run_libfdisk (GptMove *self, GError **error)
{
  struct fdisk_context *context = fdisk_new_context ();
  int result = context != NULL ? 0 : -ENOMEM;

  if (result == 0)
    result = fdisk_disable_dialogs (context, 1);
  if (result == 0)
    result = fdisk_enable_listonly (context, 1);
  if (result == 0)
    result = fdisk_save_user_sector_size (context, self->block_bytes, self->block_bytes);
  if (result == 0)
    result = fdisk_assign_device_by_fd (context, self->scratch_fd, "the table", 0);
  if (result == 0)
    {
      result = fdisk_is_label (context, GPT) ? fdisk_write_disklabel (context) : -EINVAL;
      fdisk_deassign_device (context, 1);
    }
  fdisk_unref_context (context);
  errno = -result;
  return result == 0 || gpt_fail_errno (error, "libfdisk does not accept the table");
}

/* Nothing but the size in the protective MBR and the header may have changed. */
static gboolean
gpt_check_new_head (GptMove *self, GError **error)
{
  gsize changeable = (gsize)self->block_bytes * 2;

  if (memcmp (self->head.data, self->new_head.data, GPT_BOOT_CODE_BYTES) != 0
      || memcmp (self->head.data + changeable, self->new_head.data + changeable,
                 self->head.length_bytes - changeable)
           != 0)
    return gpt_fail (error, "more than the table’s header would change");
  return TRUE;
}

/* Both headers point to each other, have the same entries, and no partition reaches into the backup. */
static gboolean
gpt_check_new (GptMove *self, const GptArea *head, const GptArea *tail, GError **error)
{
  PlatterGptTable *new_table = &self->new_table;
  PlatterGptTable *new_backup = &self->new_backup;
  guint64 last_lba = self->size_bytes / self->block_bytes - 1;
  const guint8 *last_block = tail->data + tail->length_bytes - self->block_bytes;
  gsize length = platter_gpt_table_get_entries_bytes (&self->table);

  if (!platter_gpt_table_parse (new_table, head->data + self->block_bytes, self->block_bytes, error)
      || !platter_gpt_table_parse (new_backup, last_block, self->block_bytes, error))
    return FALSE;

  const guint8 *old_entries = platter_gpt_table_find_entries (
    &self->table, self->block_bytes, self->head.data, self->head.length_bytes, 0);
  const guint8 *entries = platter_gpt_table_find_entries (new_table, self->block_bytes, head->data,
                                                          head->length_bytes, 0);
  const guint8 *backup_entries = platter_gpt_table_find_entries (
    new_backup, self->block_bytes, tail->data, tail->length_bytes, tail->offset_bytes);
  if (entries == NULL || backup_entries == NULL
      || platter_gpt_table_get_entries_bytes (new_table) != length
      || platter_gpt_table_get_entries_bytes (new_backup) != length
      || memcmp (entries, old_entries, length) != 0
      || memcmp (backup_entries, old_entries, length) != 0)
    return gpt_fail (error, "the list of partitions would change");
  if (new_table->my_lba != 1 || new_table->alternate_lba != last_lba
      || new_backup->my_lba != last_lba || new_backup->alternate_lba != 1
      || new_table->last_usable_lba >= new_backup->entries_lba
      || new_backup->last_usable_lba != new_table->last_usable_lba
      || new_backup->entries_lba >= last_lba)
    return gpt_fail (error, "the backup would not lie at the drive’s end");
  return platter_gpt_table_check_entries (new_table, entries, error)
         && platter_gpt_table_check_entries (new_backup, backup_entries, error);
}

/* All behind the copy in the last MiB was filled with zeros before the copying. Where they are not there any more the drive drops
   what is written to its end, or keeps it elsewhere: then what is written there now would be lost, or lie in the copy. */
static gboolean
gpt_check_end (GptMove *self, GError **error)
{
  GptArea tail = { 0 };
  gboolean is_read = gpt_read_tail (&tail, self->fd, self->size_bytes, error);
  gboolean is_good = self->keeps_end;
  /* What was read begins before the last MiB, where a drive has an odd number of sectors: there lies what was there before. */
  guint64 start
    = MAX (self->copied_bytes, self->size_bytes - MIN (self->size_bytes, PLATTER_EDGE_BYTES));

  for (gsize i = (gsize)(start - tail.offset_bytes); is_read && is_good && i < tail.length_bytes;
       i++)
    is_good = tail.data[i] == 0;
  gpt_area_clear (&tail);
  if (is_read && !is_good)
    gpt_fail (error, "the drive does not keep what is written to its end, and is perhaps smaller "
                     "than it says");
  return is_read && is_good;
}

static gboolean
gpt_flush (int fd, GError **error)
{
  return fsync (fd) == 0 || gpt_fail_errno (error, "flushing");
}

/* Single blocks are no matter for O_DIRECT on a file, so it is off for the time of writing. */
static gboolean
gpt_write_new (GptMove *self, GError **error)
{
  guint64 backup_offset = self->new_backup.entries_lba * self->block_bytes;
  gsize skipped = (gsize)(backup_offset - self->new_tail.offset_bytes);
  int flags = fcntl (self->fd, F_GETFL);

  if (flags < 0 || fcntl (self->fd, F_SETFL, flags & ~O_DIRECT) != 0)
    return gpt_fail_errno (error, "preparing to write");

  /* On a drive that is hardly larger the new backup lies where the old one did, which is part of the copy. */
  self->has_begun = backup_offset < self->copied_bytes;
  gboolean written = gpt_write (self->fd, self->new_tail.data + skipped,
                                self->new_tail.length_bytes - skipped, backup_offset, error)
                     && gpt_flush (self->fd, error);
  if (written)
    {
      self->has_begun = TRUE;
      written = gpt_write (self->fd, self->new_head.data, (gsize)self->block_bytes * 2, 0, error)
                && gpt_flush (self->fd, error);
    }
  if (fcntl (self->fd, F_SETFL, flags) != 0 && written)
    return gpt_fail_errno (error, "after writing");
  return written;
}

/* What the drive returns must be what was written, and a whole table. */
static gboolean
gpt_read_back (GptMove *self, GError **error)
{
  GptArea head = { 0 };
  GptArea tail = { 0 };
  gsize skipped
    = (gsize)(self->new_backup.entries_lba * self->block_bytes - self->new_tail.offset_bytes);
  gboolean good = FALSE;

  /* For a file system without O_DIRECT; a descriptor with it has nothing cached. */
  posix_fadvise (self->fd, 0, 0, POSIX_FADV_DONTNEED);
  good = gpt_read_head (&head, self->fd, self->copied_bytes, error)
         && gpt_read_tail (&tail, self->fd, self->size_bytes, error)
         && gpt_check_new (self, &head, &tail, error);
  if (good
      && (memcmp (head.data, self->new_head.data, head.length_bytes) != 0
          || memcmp (tail.data + skipped, self->new_tail.data + skipped,
                     tail.length_bytes - skipped)
               != 0))
    good = gpt_fail (error, "the drive did not keep what was written");
  gpt_area_clear (&head);
  gpt_area_clear (&tail);
  return good;
}

static gboolean
gpt_move (GptMove *self, GError **error)
{
  return gpt_check_copied (self, error) && gpt_fill_scratch (self, error)
         && gpt_run_libfdisk (self, error)
         && gpt_read_head (&self->new_head, self->scratch_fd, self->copied_bytes, error)
         && gpt_read_tail (&self->new_tail, self->scratch_fd, self->size_bytes, error)
         && gpt_check_new_head (self, error)
         && gpt_check_new (self, &self->new_head, &self->new_tail, error)
         && gpt_check_end (self, error) && gpt_write_new (self, error)
         && gpt_read_back (self, error);
}

int
platter_gpt_scratch_new (GError **error)
{
  int fd = memfd_create ("platter-gpt", MFD_CLOEXEC);

  if (fd < 0)
    gpt_fail_errno (error, "making a file in memory");
  return fd;
}

PlatterGptResult
platter_gpt_move_backup (int fd,
                         int scratch_fd,
                         guint64 copied_bytes,
                         guint64 size_bytes,
                         guint block_bytes,
                         gboolean keeps_end,
                         const guint8 *copied_head,
                         gsize copied_head_bytes,
                         GError **error)
{
  GptMove self = {
    .fd = fd,
    .scratch_fd = scratch_fd,
    .copied_bytes = copied_bytes,
    .size_bytes = size_bytes / block_bytes * block_bytes,
    .block_bytes = block_bytes,
    .keeps_end = keeps_end,
  };
  PlatterGptResult result = PLATTER_GPT_NONE;

  /* Too small for any table. */
  if (self.size_bytes <= copied_bytes || copied_bytes < (guint64)block_bytes * 3)
    return PLATTER_GPT_NONE;
  if (!gpt_read_head (&self.head, fd, copied_bytes, error)
      || !gpt_check_head (&self, copied_head, copied_head_bytes, error))
    result = PLATTER_GPT_FAILED;
  else if (platter_gpt_has_signature (self.head.data + block_bytes))
    result = gpt_move (&self, error) ? PLATTER_GPT_MOVED
             : self.has_begun        ? PLATTER_GPT_BROKEN
                                     : PLATTER_GPT_FAILED;
  /* The memory is not needed any more; if that fails it goes with the process. */
  if (ftruncate (scratch_fd, 0) != 0)
    g_debug ("the scratch file keeps its memory: %s", g_strerror (errno));
  gpt_area_clear (&self.head);
  gpt_area_clear (&self.new_head);
  gpt_area_clear (&self.new_tail);
  return result;
}
