// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One header of a GUID partition table with its entries, read from memory and distrusted.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PlatterGptTable: UEFI 2.10, 5.3.2. Addresses in logical blocks.
 */
typedef struct
{
  guint64 my_lba;
  guint64 alternate_lba;
  guint64 first_usable_lba;
  guint64 last_usable_lba;
  guint64 entries_lba;
  guint32 n_entries;
  guint32 entry_bytes;
  guint32 entries_crc;
} PlatterGptTable;

/** More than any real table takes: the usual 128 entries are 16 KiB. */
#define PLATTER_GPT_MAX_ENTRIES_BYTES (512 * 1024)

/** platter_gpt_crc32: CRC-32 of IEEE 802.3, as UEFI asks for. */
guint32 platter_gpt_crc32 (const guint8 *data, gsize length);

/** Returns: whether a block begins with the signature of a header. */
gboolean platter_gpt_has_signature (const guint8 *block);

/**
 * platter_gpt_table_parse:
 * @block: (array length=block_bytes): the logical block that the header is in
 *
 * Checks signature, size, checksum and that the entries have a sensible size; not the entries.
 *
 * Returns: %FALSE with %G_IO_ERROR_INVALID_DATA.
 */
gboolean platter_gpt_table_parse (PlatterGptTable *self,
                                  const guint8 *block,
                                  gsize block_bytes,
                                  GError **error);

/** Returns: how long the entries are, in bytes; at most %PLATTER_GPT_MAX_ENTRIES_BYTES. */
gsize platter_gpt_table_get_entries_bytes (const PlatterGptTable *self);

/**
 * platter_gpt_table_find_entries:
 * @area: (array length=area_bytes): a part of the disk
 * @area_offset_bytes: where on the disk it lies
 *
 * Returns: (nullable): the entries in @area, if they lie there whole.
 */
const guint8 *platter_gpt_table_find_entries (const PlatterGptTable *self,
                                              guint64 block_bytes,
                                              const guint8 *area,
                                              gsize area_bytes,
                                              guint64 area_offset_bytes);

/**
 * platter_gpt_table_check_entries:
 *
 * Checks their checksum, and that each lies between the first and the last usable block.
 *
 * Returns: %FALSE with %G_IO_ERROR_INVALID_DATA.
 */
gboolean platter_gpt_table_check_entries (const PlatterGptTable *self,
                                          const guint8 *entries,
                                          GError **error);

/**
 * platter_gpt_table_get_entry:
 * @entries: checked ones
 * @first_lba: (out): its first logical block
 * @last_lba: (out): its last one
 *
 * Returns: %FALSE if this entry is not used.
 */
gboolean platter_gpt_table_get_entry (const PlatterGptTable *self,
                                      const guint8 *entries,
                                      guint index,
                                      guint64 *first_lba,
                                      guint64 *last_lba);

G_END_DECLS
