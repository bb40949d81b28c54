// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Headers of virtual machines' disks, read no further than it takes to know that nothing else belongs to them.

#include "config.h"

#include "virtual-disk.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "../engine/printable.h"
#include "formats/content.h"
#include "image.h"

#define MAX_NAME_BYTES 1023
/* As many as QEMU takes. */
#define MAX_TABLE_ENTRIES ((guint64)4 * 1024 * 1024)
#define VHD_FOOTER_BYTES 512
#define SECTOR_BYTES 512
#define VMDK_MAX_TEXT_BYTES (20 * 1024)

/* What one look goes by. */
typedef struct
{
  int fd;
  const guint8 *head;
  gsize length;
  guint64 file_bytes;
  const char *name;
} DiskLook;

typedef gboolean (*DiskCheckFunc) (const DiskLook *look, GError **error);

typedef struct
{
  PlatterContent content;
  PlatterVirtualDisk disk;
  gsize header_bytes;
  DiskCheckFunc check; /* (nullable) */
} DiskKind;

static guint16
virtual_disk_get_le16 (const guint8 *data)
{
  return (guint16)(data[0] | data[1] << 8);
}

static guint32
virtual_disk_get_le32 (const guint8 *data)
{
  return virtual_disk_get_le16 (data) | (guint32)virtual_disk_get_le16 (data + 2) << 16;
}

static guint64
virtual_disk_get_le64 (const guint8 *data)
{
  return virtual_disk_get_le32 (data) | (guint64)virtual_disk_get_le32 (data + 4) << 32;
}

static guint32
virtual_disk_get_be32 (const guint8 *data)
{
  return GUINT32_SWAP_LE_BE (virtual_disk_get_le32 (data));
}

static guint64
virtual_disk_get_be64 (const guint8 *data)
{
  return (guint64)virtual_disk_get_be32 (data) << 32 | virtual_disk_get_be32 (data + 4);
}

static gboolean
virtual_disk_read (const DiskLook *look, guint64 offset_bytes, guint8 *data, gsize length)
{
  gsize filled = 0;

  while (offset_bytes <= G_MAXINT64 - length && filled < length)
    {
      gssize got = pread (look->fd, data + filled, length - filled, (off_t)(offset_bytes + filled));

      if (got == 0 || (got < 0 && errno != EINTR))
        return FALSE;
      filled += got > 0 ? (gsize)got : 0;
    }
  return filled == length;
}

static gboolean virtual_disk_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
virtual_disk_refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED, format,
                                 arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
virtual_disk_refuse_damaged (const DiskLook *look, GError **error)
{
  return virtual_disk_refuse (error, _ ("%s is damaged or cut off. Get it again."), look->name);
}

/* @other: (nullable): the name that the header tells, which may be anything */
static gboolean
virtual_disk_refuse_part (const DiskLook *look, const char *other, gsize length, GError **error)
{
  g_autofree char *shown = platter_printable_dup (other, (gssize)length);

  if (shown[0] == '\0')
    return virtual_disk_refuse (
      error,
      _ ("%s is only a part of a disk: the rest of it is in another file. Make "
         "one image of all with “qemu-img convert” and write that."),
      look->name);
  g_set_error (
    error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
    /* Translators: the image's name, and that of the file which it needs */
    _ ("%s is only a part of a disk: the rest of it is in the file %s. Make one image of "
       "all with “qemu-img convert” and write that."),
    look->name, shown);
  return FALSE;
}

static gboolean
virtual_disk_refuse_backed (const DiskLook *look,
                            guint64 offset_bytes,
                            guint32 length,
                            GError **error)
{
  char other[MAX_NAME_BYTES + 1] = { 0 };

  if (length > MAX_NAME_BYTES || !virtual_disk_read (look, offset_bytes, (guint8 *)other, length))
    length = 0;
  return virtual_disk_refuse_part (look, other, strnlen (other, length), error);
}

/* A table of the places of other tables. */
typedef struct
{
  guint64 offset_bytes;
  guint64 n_entries;
  gsize entry_bytes;   /* 4: little endian, 8: big endian */
  guint64 mask;        /* of what of an entry is a place; 0 there: there is no table */
  guint64 unit_bytes;  /* of places */
  guint64 below_bytes; /* the size of the tables below */
} DiskTable;

/* QEMU reads zeros behind the end of a file, which to it are tables of a disk that is all zeros. */
static gboolean
virtual_disk_has_tables (const DiskLook *look, const DiskTable *table)
{
  guint8 data[4096];
  guint64 length = table->entry_bytes * MIN (table->n_entries, MAX_TABLE_ENTRIES);
  guint64 offset_bytes = table->offset_bytes;
  guint64 end_bytes = offset_bytes + length;

  if (table->n_entries > MAX_TABLE_ENTRIES || offset_bytes > look->file_bytes
      || length > look->file_bytes - offset_bytes)
    return FALSE;
  for (; offset_bytes < end_bytes; offset_bytes += sizeof data)
    {
      gsize n_bytes = (gsize)MIN (sizeof data, end_bytes - offset_bytes);

      if (!virtual_disk_read (look, offset_bytes, data, n_bytes))
        return FALSE;
      for (gsize i = 0; i < n_bytes; i += table->entry_bytes)
        {
          guint64 entry = table->entry_bytes == 4 ? virtual_disk_get_le32 (data + i)
                                                  : virtual_disk_get_be64 (data + i);
          guint64 place_bytes = (entry & table->mask) * table->unit_bytes;

          if (place_bytes != 0
              && (place_bytes > look->file_bytes
                  || table->below_bytes > look->file_bytes - place_bytes))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
virtual_disk_has_qcow2_tables (const DiskLook *look)
{
  guint32 cluster_bits = virtual_disk_get_be32 (look->head + 20);
  const DiskTable table = {
    .offset_bytes = virtual_disk_get_be64 (look->head + 40),
    .n_entries = virtual_disk_get_be32 (look->head + 36),
    .entry_bytes = 8,
    .mask = G_GUINT64_CONSTANT (0x00fffffffffffe00),
    .unit_bytes = 1,
    .below_bytes = G_GUINT64_CONSTANT (1) << (cluster_bits & 31),
  };

  return cluster_bits >= 9 && cluster_bits <= 21 && virtual_disk_has_tables (look, &table);
}

/* docs/interop/qcow2.txt */
static gboolean
virtual_disk_check_qcow2 (const DiskLook *look, GError **error)
{
  enum
  {
    QCOW2_CORRUPT = 1 << 1,
    QCOW2_EXTERNAL_DATA = 1 << 2,
  };
  guint32 version = virtual_disk_get_be32 (look->head + 4);
  guint64 features = version >= 3 ? virtual_disk_get_be64 (look->head + 72) : 0;

  if (version != 2 && version != 3)
    return virtual_disk_refuse (
      error,
      _ ("%s is a qcow disk of a version that is not known. Make a newer one of "
         "it with “qemu-img convert -O qcow2”."),
      look->name);
  if (virtual_disk_get_be64 (look->head + 8) != 0)
    return virtual_disk_refuse_backed (look, virtual_disk_get_be64 (look->head + 8),
                                       virtual_disk_get_be32 (look->head + 16), error);
  if (features & QCOW2_EXTERNAL_DATA)
    return virtual_disk_refuse_part (look, NULL, 0, error);
  if (features & QCOW2_CORRUPT)
    return virtual_disk_refuse_damaged (look, error);
  if (virtual_disk_get_be32 (look->head + 32) != 0)
    return virtual_disk_refuse (
      error,
      _ ("%s is encrypted. Make one of it that is not, with “qemu-img convert”, "
         "and write that."),
      look->name);
  return virtual_disk_has_qcow2_tables (look) || virtual_disk_refuse_damaged (look, error);
}

/* docs/interop/qed_spec.txt */
static gboolean
virtual_disk_check_qed (const DiskLook *look, GError **error)
{
  const guint64 has_backing_file = 1;

  if ((virtual_disk_get_le64 (look->head + 16) & has_backing_file) == 0)
    return TRUE;
  return virtual_disk_refuse_backed (look, virtual_disk_get_le32 (look->head + 56),
                                     virtual_disk_get_le32 (look->head + 60), error);
}

static gboolean
virtual_disk_is_extent (const char *line)
{
  return g_str_has_prefix (line, "RW ") || g_str_has_prefix (line, "RDONLY ")
         || g_str_has_prefix (line, "NOACCESS ");
}

static gboolean
virtual_disk_refuse_extent (const DiskLook *look, const char *line, GError **error)
{
  const char *start = strchr (line, '"');
  const char *end = start != NULL ? strchr (start + 1, '"') : NULL;

  return virtual_disk_refuse_part (look, start != NULL ? start + 1 : NULL,
                                   end != NULL ? (gsize)(end - start - 1) : 0, error);
}

/* The descriptor: lines of text. Inside of a disk it tells of one extent, which is that disk. */
static gboolean
virtual_disk_check_vmdk_text (const DiskLook *look,
                              const char *text,
                              guint max_extents,
                              GError **error)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);
  gboolean is_child = FALSE;
  guint n_extents = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strchug (lines[i]);

      if (g_ascii_strncasecmp (line, "parentFileNameHint", 18) == 0)
        return virtual_disk_refuse_extent (look, line, error);
      if (g_ascii_strncasecmp (line, "parentCID", 9) == 0 && strstr (line, "ffffffff") == NULL
          && strstr (line, "FFFFFFFF") == NULL)
        is_child = TRUE;
      if (virtual_disk_is_extent (line) && ++n_extents > max_extents)
        return virtual_disk_refuse_extent (look, line, error);
    }
  return !is_child || virtual_disk_refuse_part (look, NULL, 0, error);
}

/* The grain tables; of one that is a stream they come last, with a mark behind them that QEMU looks for. */
static gboolean
virtual_disk_has_vmdk_tables (const DiskLook *look, guint64 capacity)
{
  const guint64 at_end = G_MAXUINT64;
  guint64 grain = virtual_disk_get_le64 (look->head + 20);
  guint64 n_entries = virtual_disk_get_le32 (look->head + 44);
  guint64 start = virtual_disk_get_le64 (look->head + 56);
  DiskTable table = { .entry_bytes = 4, .unit_bytes = SECTOR_BYTES, .mask = G_MAXUINT32 };

  if (start == at_end)
    return TRUE;
  if (grain == 0 || grain > G_MAXUINT32 || n_entries == 0 || start > G_MAXINT64 / SECTOR_BYTES)
    return FALSE;
  table.offset_bytes = start * SECTOR_BYTES;
  table.n_entries = (capacity - 1) / (grain * n_entries) + 1;
  table.below_bytes = n_entries * 4;
  return virtual_disk_has_tables (look, &table);
}

static gboolean
virtual_disk_check_vmdk (const DiskLook *look, GError **error)
{
  guint64 capacity = virtual_disk_get_le64 (look->head + 12);
  guint64 start = virtual_disk_get_le64 (look->head + 28);
  guint64 length = virtual_disk_get_le64 (look->head + 36);
  g_autofree char *text = NULL;

  /* What lies elsewhere than QEMU looks, or is longer than it takes, nobody would have checked. */
  if (capacity == 0)
    return virtual_disk_refuse_part (look, NULL, 0, error);
  if (start != 1 || length == 0 || length > VMDK_MAX_TEXT_BYTES / SECTOR_BYTES)
    return virtual_disk_refuse (
      error,
      _ ("%s is a VMDK disk of a kind that is not known. Make another one of it "
         "with “qemu-img convert” and write that."),
      look->name);
  text = g_malloc0 (length * SECTOR_BYTES + 1);
  if (!virtual_disk_read (look, SECTOR_BYTES, (guint8 *)text, length * SECTOR_BYTES))
    return virtual_disk_refuse_damaged (look, error);
  return virtual_disk_check_vmdk_text (look, text, 1, error)
         && (virtual_disk_has_vmdk_tables (look, capacity)
             || virtual_disk_refuse_damaged (look, error));
}

/* Nothing but the names of other files. */
static gboolean
virtual_disk_check_vmdk_names (const DiskLook *look, GError **error)
{
  g_autofree char *text = g_strndup ((const char *)look->head, look->length);

  return virtual_disk_check_vmdk_text (look, text, 0, error)
         && virtual_disk_refuse_damaged (look, error);
}

/* docs/interop/parallels.txt */
static gboolean
virtual_disk_check_parallels (const DiskLook *look, GError **error)
{
  gboolean is_in_sectors = memcmp (look->head, "WithoutFreeSpace", 16) == 0;
  guint64 cluster_bytes = (guint64)SECTOR_BYTES * virtual_disk_get_le32 (look->head + 28);
  const DiskTable table = {
    .offset_bytes = 64,
    .n_entries = virtual_disk_get_le32 (look->head + 32),
    .entry_bytes = 4,
    .mask = G_MAXUINT32,
    .unit_bytes = is_in_sectors ? SECTOR_BYTES : cluster_bytes,
    .below_bytes = cluster_bytes,
  };

  /* So that no place is too large for its type. */
  return (cluster_bytes <= G_MAXINT32 && virtual_disk_has_tables (look, &table))
         || virtual_disk_refuse_damaged (look, error);
}

/* VDIHEADER1 and its plus, behind the text of 64 bytes and magic and version. */
static gboolean
virtual_disk_check_vdi (const DiskLook *look, GError **error)
{
  const guint8 none[16] = { 0 };
  guint32 type = virtual_disk_get_le32 (look->head + 76);
  guint64 data_bytes = virtual_disk_get_le32 (look->head + 344);
  guint64 block_bytes = virtual_disk_get_le32 (look->head + 376);
  guint64 n_blocks = virtual_disk_get_le32 (look->head + 388);

  if ((type != 1 && type != 2) || memcmp (look->head + 440, none, sizeof none) != 0)
    return virtual_disk_refuse_part (look, NULL, 0, error);
  /* QEMU reads zeros behind the end of the file. */
  return look->file_bytes >= data_bytes + block_bytes * n_blocks
         || virtual_disk_refuse_damaged (look, error);
}

static gboolean
virtual_disk_is_vhd_footer (const guint8 *footer)
{
  guint32 sum = 0;

  if (memcmp (footer, "conectix", 8) != 0)
    return FALSE;
  for (guint i = 0; i < VHD_FOOTER_BYTES; i++)
    sum += i >= 64 && i < 68 ? 0 : footer[i];
  return ~sum == virtual_disk_get_be32 (footer + 64);
}

static gboolean
virtual_disk_check_vhd (const DiskLook *look, GError **error)
{
  const guint32 dynamic = 3;
  const guint32 differencing = 4;
  guint32 type = virtual_disk_get_be32 (look->head + 60);

  if (type == differencing)
    return virtual_disk_refuse_part (look, NULL, 0, error);
  return (type == dynamic && virtual_disk_is_vhd_footer (look->head))
         || virtual_disk_refuse_damaged (look, error);
}

/* Whatever a guest may have lies before this last sector. Returns: whether it is such a disk. */
static gboolean
virtual_disk_find_fixed_vhd (const DiskLook *look, gboolean *is_whole)
{
  guint8 footer[VHD_FOOTER_BYTES];
  const guint32 fixed = 2;

  if (look->file_bytes <= sizeof footer
      || !virtual_disk_read (look, look->file_bytes - sizeof footer, footer, sizeof footer)
      || !virtual_disk_is_vhd_footer (footer) || virtual_disk_get_be32 (footer + 60) != fixed)
    return FALSE;
  *is_whole = virtual_disk_get_be64 (footer + 48) == look->file_bytes - sizeof footer;
  return TRUE;
}

/* Other programs than Microsoft's take the size for what it is, and its geometry for history. */
#define VHD_DRIVER "\"vpc\",\"force_size_calc\":\"current_size\""

static const PlatterVirtualDisk virtual_disk_fixed_vhd = { VHD_DRIVER, "VHD" };

static const DiskKind virtual_disk_kinds[] = {
  { PLATTER_CONTENT_QCOW2, { "\"qcow2\"", "qcow2" }, 104, virtual_disk_check_qcow2 },
  { PLATTER_CONTENT_QED, { "\"qed\"", "QED" }, 64, virtual_disk_check_qed },
  { PLATTER_CONTENT_VMDK, { "\"vmdk\"", "VMDK" }, 512, virtual_disk_check_vmdk },
  { PLATTER_CONTENT_VMDK_NAMES, { "\"vmdk\"", "VMDK" }, 21, virtual_disk_check_vmdk_names },
  { PLATTER_CONTENT_VDI, { "\"vdi\"", "VDI" }, 512, virtual_disk_check_vdi },
  { PLATTER_CONTENT_VHD, { VHD_DRIVER, "VHD" }, VHD_FOOTER_BYTES, virtual_disk_check_vhd },
  { PLATTER_CONTENT_VHDX, { "\"vhdx\"", "VHDX" }, 64 * 1024, NULL },
  { PLATTER_CONTENT_PARALLELS, { "\"parallels\"", "Parallels" }, 64, virtual_disk_check_parallels },
};

static const DiskKind *
virtual_disk_find_kind (const DiskLook *look)
{
  PlatterContent content = platter_content_find (look->head, look->length);

  for (gsize i = 0; i < G_N_ELEMENTS (virtual_disk_kinds); i++)
    if (virtual_disk_kinds[i].content == content)
      return &virtual_disk_kinds[i];
  return NULL;
}

gboolean
platter_virtual_disk_find (int fd,
                           const guint8 *head,
                           gsize length,
                           guint64 file_bytes,
                           const char *name,
                           const PlatterVirtualDisk **disk,
                           GError **error)
{
  const DiskLook look = { fd, head, length, file_bytes, name };
  const DiskKind *kind = virtual_disk_find_kind (&look);
  gboolean is_whole = TRUE;

  *disk = NULL;
  if (kind != NULL)
    {
      *disk = &kind->disk;
      if (length < kind->header_bytes)
        return virtual_disk_refuse_damaged (&look, error);
      return kind->check == NULL || kind->check (&look, error);
    }
  if (virtual_disk_find_fixed_vhd (&look, &is_whole))
    *disk = &virtual_disk_fixed_vhd;
  return is_whole || virtual_disk_refuse_damaged (&look, error);
}
