// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Moving the backup of a partition table, on files that stand for drives.

#include "filesystems/gpt-table.h"
#include "worker/gpt.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <libfdisk.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB (1024 * 1024)
#define SMALL_BYTES (8 * MIB)
/* An odd number of sectors, as sticks have. */
#define LARGE_BYTES (11 * MIB + 512 * 9)
#define BOOT_CODE "some boot code"

typedef struct
{
  int fd;
  int scratch_fd;
  guint block_bytes;
  guint8 *before; /* the first SMALL_BYTES */
  gboolean loses_end;
} Disk;

static struct fdisk_context *
open_table (int fd, guint block_bytes)
{
  struct fdisk_context *context = fdisk_new_context ();

  fdisk_disable_dialogs (context, 1);
  fdisk_save_user_sector_size (context, block_bytes, block_bytes);
  g_assert_cmpint (fdisk_assign_device_by_fd (context, fd, "disk", 1), ==, 0);
  return context;
}

static void
make_table (int fd, guint block_bytes)
{
  struct fdisk_context *context = fdisk_new_context ();
  struct fdisk_partition *partition = fdisk_new_partition ();

  fdisk_disable_dialogs (context, 1);
  fdisk_save_user_sector_size (context, block_bytes, block_bytes);
  g_assert_cmpint (fdisk_assign_device_by_fd (context, fd, "disk", 0), ==, 0);
  g_assert_cmpint (fdisk_create_disklabel (context, "gpt"), ==, 0);
  fdisk_partition_set_start (partition, 2 * MIB / block_bytes);
  fdisk_partition_set_size (partition, 3 * MIB / block_bytes);
  fdisk_partition_partno_follow_default (partition, 1);
  g_assert_cmpint (fdisk_add_partition (context, partition, NULL), ==, 0);
  g_assert_cmpint (fdisk_write_disklabel (context), ==, 0);
  fdisk_deassign_device (context, 1);
  fdisk_unref_partition (partition);
  fdisk_unref_context (context);
}

static void
read_all (int fd, guint8 *data, gsize length, guint64 offset)
{
  g_assert_cmpint (pread (fd, data, length, (off_t)offset), ==, (gssize)length);
}

static void
write_all (int fd, const void *data, gsize length, guint64 offset)
{
  g_assert_cmpint (pwrite (fd, data, length, (off_t)offset), ==, (gssize)length);
}

/* A disk of SMALL_BYTES with one partition, on a drive of LARGE_BYTES that is full of old data. */
static void
disk_init (Disk *self, guint block_bytes)
{
  g_autofree guint8 *old = g_malloc (LARGE_BYTES - SMALL_BYTES);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  self->block_bytes = block_bytes;
  self->fd = g_file_open_tmp ("platter-gpt-XXXXXX", &path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_assert_no_errno (ftruncate (self->fd, SMALL_BYTES));
  make_table (self->fd, block_bytes);
  write_all (self->fd, BOOT_CODE, strlen (BOOT_CODE), 0);
  memset (old, 0xa5, LARGE_BYTES - SMALL_BYTES);
  write_all (self->fd, old, LARGE_BYTES - SMALL_BYTES, SMALL_BYTES);
  self->before = g_malloc (SMALL_BYTES);
  read_all (self->fd, self->before, SMALL_BYTES, 0);
  self->scratch_fd = platter_gpt_scratch_new (&error);
  g_assert_no_error (error);
}

static void
disk_clear (Disk *self)
{
  close (self->fd);
  close (self->scratch_fd);
  g_free (self->before);
}

/* The end of the drive is as the engine leaves it. */
static PlatterGptResult
disk_move (Disk *self, guint64 size_bytes, GError **error)
{
  static const guint8 zeros[MIB];
  guint64 end = size_bytes / self->block_bytes * self->block_bytes;
  guint64 start = MAX (SMALL_BYTES, end - MIN (end, MIB));

  if (end > start)
    write_all (self->fd, zeros, end - start, start);
  return platter_gpt_move_backup (self->fd, self->scratch_fd, SMALL_BYTES, size_bytes,
                                  self->block_bytes, !self->loses_end, NULL, 0, error);
}

/* Nothing but the first two blocks and the last 17 KiB (or 20, in large blocks) has changed. */
static void
assert_rest_unchanged (Disk *self, gboolean in_first_blocks)
{
  g_autofree guint8 *after = g_malloc (SMALL_BYTES);
  gsize start = in_first_blocks ? (gsize)self->block_bytes * 2 : 0;

  read_all (self->fd, after, SMALL_BYTES, 0);
  g_assert_cmpmem (after + start, SMALL_BYTES - start, self->before + start, SMALL_BYTES - start);
  g_assert_cmpmem (after, strlen (BOOT_CODE), BOOT_CODE, strlen (BOOT_CODE));
}

static void
test_moved (gconstpointer block)
{
  Disk disk = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *header = NULL;
  PlatterGptTable backup;

  disk_init (&disk, GPOINTER_TO_UINT (block));
  g_assert_cmpint (disk_move (&disk, LARGE_BYTES, &error), ==, PLATTER_GPT_MOVED);
  g_assert_no_error (error);
  assert_rest_unchanged (&disk, TRUE);

  guint64 last_lba = LARGE_BYTES / disk.block_bytes - 1;
  header = g_malloc (disk.block_bytes);
  read_all (disk.fd, header, disk.block_bytes, last_lba * disk.block_bytes);
  g_assert_true (platter_gpt_table_parse (&backup, header, disk.block_bytes, &error));
  g_assert_cmpuint (backup.my_lba, ==, last_lba);
  g_assert_cmpuint (backup.alternate_lba, ==, 1);

  struct fdisk_context *context = open_table (disk.fd, disk.block_bytes);
  struct fdisk_partition *partition = NULL;
  g_assert_true (fdisk_is_label (context, GPT));
  g_assert_cmpint (fdisk_verify_disklabel (context), ==, 0);
  g_assert_cmpuint (fdisk_get_last_lba (context), ==, backup.last_usable_lba);
  g_assert_cmpuint (backup.last_usable_lba, >, SMALL_BYTES / disk.block_bytes);
  g_assert_cmpint (fdisk_get_partition (context, 0, &partition), ==, 0);
  g_assert_cmpuint (fdisk_partition_get_start (partition), ==, 2 * MIB / disk.block_bytes);
  g_assert_cmpuint (fdisk_partition_get_size (partition), ==, 3 * MIB / disk.block_bytes);
  fdisk_unref_partition (partition);
  fdisk_deassign_device (context, 1);
  fdisk_unref_context (context);

  /* The protective MBR now says the new size. */
  guint32 size = 0;
  read_all (disk.fd, (guint8 *)&size, sizeof size, 446 + 12);
  g_assert_cmpuint (GUINT32_FROM_LE (size), ==, last_lba);
  disk_clear (&disk);
}

/* One block more: the new backup overlaps the old one. */
static void
test_one_block_larger (void)
{
  Disk disk = { 0 };
  g_autoptr (GError) error = NULL;

  disk_init (&disk, 512);
  g_assert_cmpint (disk_move (&disk, SMALL_BYTES + 512, &error), ==, PLATTER_GPT_MOVED);
  g_assert_no_error (error);
  disk_clear (&disk);
}

static void
test_nothing_to_do (void)
{
  const guint8 zeros[512] = { 0 };
  Disk disk = { 0 };
  g_autoptr (GError) error = NULL;

  disk_init (&disk, 512);
  g_assert_cmpint (disk_move (&disk, SMALL_BYTES, &error), ==, PLATTER_GPT_NONE);
  assert_rest_unchanged (&disk, FALSE);
  write_all (disk.fd, zeros, sizeof zeros, 512);
  g_assert_cmpint (disk_move (&disk, LARGE_BYTES, &error), ==, PLATTER_GPT_NONE);
  g_assert_no_error (error);
  disk_clear (&disk);
}

/* The source's own backup is broken: the good first header is enough. */
static void
test_old_backup_broken (void)
{
  const guint8 zeros[512] = { 0 };
  Disk disk = { 0 };
  g_autoptr (GError) error = NULL;

  disk_init (&disk, 512);
  write_all (disk.fd, zeros, sizeof zeros, SMALL_BYTES - 512);
  g_assert_cmpint (disk_move (&disk, LARGE_BYTES, &error), ==, PLATTER_GPT_MOVED);
  g_assert_no_error (error);
  disk_clear (&disk);
}

static void
put_header_crc (guint8 *header)
{
  guint32 crc = 0;

  memcpy (header + 16, &crc, sizeof crc);
  crc = GUINT32_TO_LE (platter_gpt_crc32 (header, 92));
  memcpy (header + 16, &crc, sizeof crc);
}

/* Each change makes a table that must be left alone. */
static void
test_hostile (void)
{
  const struct
  {
    guint offset;
    guint64 value;
    guint length;
    gboolean fix_crc;
  } changes[] = {
    { 16, 0x12345678, 4, FALSE },           /* a wrong checksum */
    { 12, 60, 4, FALSE },                   /* header too short */
    { 12, G_MAXUINT32, 4, FALSE },          /* and much too long */
    { 24, 7, 8, TRUE },                     /* it says it lies elsewhere */
    { 48, G_MAXUINT64, 8, TRUE },           /* usable beyond the end */
    { 48, 3000, 8, TRUE },                  /* the partition ends behind what is usable */
    { 72, 0, 8, TRUE },                     /* entries in the protective MBR */
    { 72, 1, 8, TRUE },                     /* and in the header */
    { 72, G_MAXUINT64 / 512 + 2, 8, TRUE }, /* overflows */
    { 72, 2040, 8, TRUE },                  /* beyond what is looked at */
    { 80, G_MAXUINT32, 4, TRUE },           /* four billion entries */
    { 80, 0, 4, TRUE },                     /* none */
    { 84, 0, 4, TRUE },                     /* of no size */
    { 84, 1u << 31, 4, TRUE },              /* of two GiB */
    { 88, 1, 4, TRUE },                     /* their checksum is wrong */
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      Disk disk = { 0 };
      g_autoptr (GError) error = NULL;
      guint64 value = GUINT64_TO_LE (changes[i].value);
      disk_init (&disk, 512);
      memcpy (disk.before + 512 + changes[i].offset, &value, changes[i].length);
      if (changes[i].fix_crc)
        put_header_crc (disk.before + 512);
      write_all (disk.fd, disk.before, 1024, 0);
      g_test_message ("change %u", i);
      g_assert_cmpint (disk_move (&disk, LARGE_BYTES, &error), ==, PLATTER_GPT_FAILED);
      g_assert_nonnull (error);
      assert_rest_unchanged (&disk, FALSE);
      disk_clear (&disk);
    }
}

/* Another card came into the reader since it was verified, with a table and data of its own. */
static void
test_exchanged (void)
{
  Disk disk = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *before = g_malloc (LARGE_BYTES);
  g_autofree guint8 *after = g_malloc (LARGE_BYTES);

  disk_init (&disk, 512);
  make_table (disk.fd, 512);
  read_all (disk.fd, before, LARGE_BYTES, 0);
  g_assert_cmpint (platter_gpt_move_backup (disk.fd, disk.scratch_fd, SMALL_BYTES, LARGE_BYTES, 512,
                                            TRUE, disk.before, MIB, &error),
                   ==, PLATTER_GPT_FAILED);
  g_assert_nonnull (error);
  read_all (disk.fd, after, LARGE_BYTES, 0);
  g_assert_cmpmem (after, LARGE_BYTES, before, LARGE_BYTES);
  disk_clear (&disk);
}

/* What lies at its end is not what was written there: wherever that went, the backup would go the same way. */
static void
test_end_not_kept (void)
{
  Disk disk = { 0 };
  g_autoptr (GError) error = NULL;

  disk_init (&disk, 512);
  g_assert_cmpint (platter_gpt_move_backup (disk.fd, disk.scratch_fd, SMALL_BYTES, LARGE_BYTES, 512,
                                            TRUE, NULL, 0, &error),
                   ==, PLATTER_GPT_FAILED);
  g_assert_nonnull (error);
  assert_rest_unchanged (&disk, FALSE);
  disk_clear (&disk);
}

/* It has zeros there, but those of the copy. */
static void
test_end_told_not_kept (void)
{
  Disk disk = { 0 };
  g_autoptr (GError) error = NULL;

  disk_init (&disk, 512);
  disk.loses_end = TRUE;
  g_assert_cmpint (disk_move (&disk, LARGE_BYTES, &error), ==, PLATTER_GPT_FAILED);
  g_assert_nonnull (error);
  assert_rest_unchanged (&disk, FALSE);
  disk_clear (&disk);
}

/* The drive refuses the write: nothing is called moved, and the descriptor is as before. */
static void
test_write_fails (void)
{
  Disk disk = { 0 };
  g_autoptr (GError) error = NULL;

  disk_init (&disk, 512);
  int sealed = memfd_create ("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  g_assert_no_errno (ftruncate (sealed, LARGE_BYTES));
  write_all (sealed, disk.before, SMALL_BYTES, 0);
  g_assert_no_errno (fcntl (sealed, F_ADD_SEALS, F_SEAL_WRITE));
  int flags = fcntl (sealed, F_GETFL);
  g_assert_cmpint (platter_gpt_move_backup (sealed, disk.scratch_fd, SMALL_BYTES, LARGE_BYTES, 512,
                                            TRUE, NULL, 0, &error),
                   ==, PLATTER_GPT_FAILED);
  g_assert_nonnull (error);
  g_assert_cmpint (fcntl (sealed, F_GETFL), ==, flags);
  close (sealed);
  disk_clear (&disk);
}

/* A drive that is hardly larger: where the backup's first sectors come, a part of the copy is, and the write may have
   reached it before it failed. */
static void
test_write_fails_over_the_copy (void)
{
  Disk disk = { 0 };
  g_autoptr (GError) error = NULL;

  disk_init (&disk, 512);
  int sealed = memfd_create ("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  g_assert_no_errno (ftruncate (sealed, SMALL_BYTES + 512));
  write_all (sealed, disk.before, SMALL_BYTES, 0);
  g_assert_no_errno (fcntl (sealed, F_ADD_SEALS, F_SEAL_WRITE));
  g_assert_cmpint (platter_gpt_move_backup (sealed, disk.scratch_fd, SMALL_BYTES, SMALL_BYTES + 512,
                                            512, TRUE, NULL, 0, &error),
                   ==, PLATTER_GPT_BROKEN);
  g_assert_nonnull (error);
  close (sealed);
  disk_clear (&disk);
}

static void
test_crc (void)
{
  /* The check value of the CRC catalogue. */
  g_assert_cmphex (platter_gpt_crc32 ((const guint8 *)"123456789", 9), ==, 0xcbf43926);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/gpt/moved-512", GUINT_TO_POINTER (512), test_moved);
  g_test_add_data_func ("/gpt/moved-4096", GUINT_TO_POINTER (4096), test_moved);
  g_test_add_func ("/gpt/one-block-larger", test_one_block_larger);
  g_test_add_func ("/gpt/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/gpt/old-backup-broken", test_old_backup_broken);
  g_test_add_func ("/gpt/hostile", test_hostile);
  g_test_add_func ("/gpt/exchanged", test_exchanged);
  g_test_add_func ("/gpt/end-not-kept", test_end_not_kept);
  g_test_add_func ("/gpt/end-told-not-kept", test_end_told_not_kept);
  g_test_add_func ("/gpt/write-fails", test_write_fails);
  g_test_add_func ("/gpt/write-fails-over-the-copy", test_write_fails_over_the_copy);
  g_test_add_func ("/gpt/crc", test_crc);
  return g_test_run ();
}
