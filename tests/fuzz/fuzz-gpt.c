// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Fuzzes moving a partition table's backup. The input is a list of changes to a good table, so that it gets past the
// first check: two bytes for the place and one for the value; the checksums are made right again if the first byte
// of the input is odd.

#include "filesystems/gpt-table.h"
#include "worker/gpt.h"

#include <libfdisk.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define COPIED_BYTES (2 * 1024 * 1024)
#define SIZE_BYTES (3 * 1024 * 1024)
#define BLOCK_BYTES 512
#define HEADER_CRC_OFFSET 16
#define ENTRIES_CRC_OFFSET 88
#define HEADER_BYTES 92
#define ENTRIES_BYTES (128 * 128)
#define TABLE_BYTES (2 * BLOCK_BYTES + ENTRIES_BYTES)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static int
make_disk (void)
{
  int fd = memfd_create ("disk", MFD_CLOEXEC);
  struct fdisk_context *context = fdisk_new_context ();

  g_assert_no_errno (ftruncate (fd, COPIED_BYTES));
  fdisk_disable_dialogs (context, 1);
  g_assert_cmpint (fdisk_assign_device_by_fd (context, fd, "disk", 0), ==, 0);
  g_assert_cmpint (fdisk_create_disklabel (context, "gpt"), ==, 0);
  g_assert_cmpint (fdisk_write_disklabel (context), ==, 0);
  fdisk_deassign_device (context, 1);
  fdisk_unref_context (context);
  return fd;
}

static void
put_crc (uint8_t *place, guint32 crc)
{
  crc = GUINT32_TO_LE (crc);
  memcpy (place, &crc, sizeof crc);
}

static void
change_table (uint8_t *table, const uint8_t *data, size_t size)
{
  uint8_t *header = table + BLOCK_BYTES;

  for (size_t i = 1; i + 3 <= size; i += 3)
    table[(data[i] << 8 | data[i + 1]) % TABLE_BYTES] = data[i + 2];
  if (size == 0 || data[0] % 2 == 0)
    return;
  put_crc (header + ENTRIES_CRC_OFFSET, platter_gpt_crc32 (table + 2 * BLOCK_BYTES, ENTRIES_BYTES));
  put_crc (header + HEADER_CRC_OFFSET, 0);
  put_crc (header + HEADER_CRC_OFFSET, platter_gpt_crc32 (header, HEADER_BYTES));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static uint8_t good[TABLE_BYTES];
  static int scratch = -1;
  static int disk = -1;
  uint8_t table[TABLE_BYTES];
  g_autoptr (GError) error = NULL;

  if (disk < 0)
    {
      disk = make_disk ();
      scratch = platter_gpt_scratch_new (NULL);
      g_assert_cmpint (pread (disk, good, sizeof good, 0), ==, sizeof good);
    }
  memcpy (table, good, sizeof table);
  change_table (table, data, size);
  g_assert_no_errno (ftruncate (disk, SIZE_BYTES));
  g_assert_cmpint (pwrite (disk, table, sizeof table, 0), ==, sizeof table);

  PlatterGptResult result = platter_gpt_move_backup (disk, scratch, COPIED_BYTES, SIZE_BYTES,
                                                     BLOCK_BYTES, TRUE, NULL, 0, &error);
  g_assert_cmpint (result == PLATTER_GPT_FAILED, ==, error != NULL);
  return 0;
}
