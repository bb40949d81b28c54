// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Records of the master file table, and where their content lies.

#include "ntfs-private.h"

#include <string.h>

#define NTFS_SECTOR_BYTES 512
#define NTFS_FIXUPS 4
#define NTFS_N_FIXUPS 6
#define NTFS_SEQUENCE 16
#define NTFS_ATTRIBUTES 20
#define NTFS_FLAGS 22
#define NTFS_USED 24
#define NTFS_BASE 32
#define NTFS_HEADER_BYTES 48
#define NTFS_IS_USED 1
#define NTFS_IS_FOLDER 2
/* Of an attribute. */
#define NTFS_LENGTH 4
#define NTFS_NON_RESIDENT 8
#define NTFS_NAME_LENGTH 9
#define NTFS_ATTRIBUTE_FLAGS 12
#define NTFS_VALUE_LENGTH 16
#define NTFS_VALUE 20
#define NTFS_RESIDENT_BYTES 24
#define NTFS_LOWEST 16
#define NTFS_RUNS 32
#define NTFS_NON_RESIDENT_BYTES 64
#define NTFS_MAX_RUNS 65536
/* Of a name. */
#define NTFS_CHARACTERS 64
#define NTFS_NAMESPACE 65
#define NTFS_NAME 66
#define NTFS_IS_DOS 2
#define NTFS_ROOT 5
#define NTFS_EXTEND 11
#define NTFS_MAX_DEPTH 64
#define NTFS_NUMBER_MASK G_GUINT64_CONSTANT (0xffffffffffff)
/* What stands for the part of a path that is lost. */
#define NTFS_LOST "…"

/* The last two bytes of each sector lie in a list, so that a record of which only a part was written is seen. */
static gboolean
ntfs_record_mend (PlatterNtfsRecord *record)
{
  guint8 *data = record->data;
  guint list = platter_le16 (data + NTFS_FIXUPS);
  guint n_sectors = record->length / NTFS_SECTOR_BYTES;

  if (platter_le16 (data + NTFS_N_FIXUPS) != n_sectors + 1
      || list + 2 * (n_sectors + 1) > NTFS_SECTOR_BYTES - 2)
    return FALSE;
  for (guint i = 0; i < n_sectors; i++)
    {
      guint8 *end = data + (gsize)(i + 1) * NTFS_SECTOR_BYTES - 2;

      if (memcmp (end, data + list, 2) != 0)
        return FALSE;
      memcpy (end, data + list + 2 * (gsize)(i + 1), 2);
    }
  return TRUE;
}

gboolean
platter_ntfs_parse (PlatterNtfsRecord *record, guint length)
{
  guint16 flags = platter_le16 (record->data + NTFS_FLAGS);

  record->length = length;
  record->is_blank = platter_le32 (record->data) == 0;
  if (memcmp (record->data, "FILE", 4) != 0 || !ntfs_record_mend (record))
    return FALSE;
  record->sequence = platter_le16 (record->data + NTFS_SEQUENCE);
  record->is_used = (flags & NTFS_IS_USED) != 0;
  record->is_folder = (flags & NTFS_IS_FOLDER) != 0;
  record->is_part = platter_le64 (record->data + NTFS_BASE) != 0;
  record->base = platter_le64 (record->data + NTFS_BASE) & NTFS_NUMBER_MASK;
  record->length = MIN (length, platter_le32 (record->data + NTFS_USED));
  return TRUE;
}

gboolean
platter_ntfs_read_record (const PlatterNtfs *self, guint64 number, PlatterNtfsRecord *record)
{
  record->is_blank = FALSE;
  return number < self->n_records
         && platter_ntfs_read (self, self->table, number * self->record_bytes, record->data,
                               self->record_bytes)
         && platter_ntfs_parse (record, self->record_bytes);
}

gboolean
platter_ntfs_next_attribute (const PlatterNtfsRecord *record,
                             guint *offset,
                             PlatterNtfsAttribute *attribute)
{
  const guint8 *data = NULL;

  if (*offset == 0)
    *offset = MAX (platter_le16 (record->data + NTFS_ATTRIBUTES), NTFS_HEADER_BYTES);
  if (*offset > record->length || record->length - *offset < NTFS_RESIDENT_BYTES)
    return FALSE;
  data = record->data + *offset;
  attribute->type = platter_le32 (data);
  attribute->length = platter_le32 (data + NTFS_LENGTH);
  if (attribute->type == (guint32)PLATTER_NTFS_END || attribute->length < NTFS_RESIDENT_BYTES
      || attribute->length > record->length - *offset || attribute->length % 8 != 0)
    return FALSE;
  attribute->data = data;
  attribute->is_resident = data[NTFS_NON_RESIDENT] == 0;
  attribute->is_plain
    = data[NTFS_NAME_LENGTH] == 0 && (platter_le16 (data + NTFS_ATTRIBUTE_FLAGS) & 0xff) == 0;
  *offset += attribute->length;
  return attribute->is_resident || attribute->length >= NTFS_NON_RESIDENT_BYTES;
}

/* Little-endian, of any length up to 8 bytes, and with a sign if asked for. */
static gint64
ntfs_record_get_number (const guint8 *data, guint n_bytes, gboolean has_sign)
{
  guint64 value = has_sign && n_bytes > 0 && (data[n_bytes - 1] & 0x80) != 0 ? G_MAXUINT64 : 0;

  for (guint i = n_bytes; i > 0; i--)
    value = value << 8 | data[i - 1];
  return (gint64)value;
}

gboolean
platter_ntfs_get_runs (const PlatterNtfs *self, const PlatterNtfsAttribute *attribute, GArray *runs)
{
  guint at = platter_le16 (attribute->data + NTFS_RUNS);
  PlatterNtfsRun run = { platter_le64 (attribute->data + NTFS_LOWEST), 0, 0 };
  guint64 physical = 0;

  while (at >= NTFS_NON_RESIDENT_BYTES && at < attribute->length && attribute->data[at] != 0)
    {
      guint n_length = attribute->data[at] & 0xf;
      guint n_offset = attribute->data[at] >> 4;

      if (n_length == 0 || n_length > 8 || n_offset > 8
          || n_length + n_offset >= attribute->length - at || runs->len >= NTFS_MAX_RUNS)
        return FALSE;
      run.length = (guint64)ntfs_record_get_number (attribute->data + at + 1, n_length, TRUE);
      physical
        += (guint64)ntfs_record_get_number (attribute->data + at + 1 + n_length, n_offset, TRUE);
      run.physical = n_offset != 0 ? physical : PLATTER_NTFS_HOLE;
      if (run.length == 0 || run.length > self->n_clusters || run.virtual > self->n_clusters
          || (n_offset != 0
              && (physical >= self->n_clusters || run.length > self->n_clusters - physical)))
        return FALSE;
      g_array_append_val (runs, run);
      run.virtual += run.length;
      at += 1 + n_length + n_offset;
    }
  return TRUE;
}

static const PlatterNtfsRun *
ntfs_record_find_run (const GArray *runs, guint64 cluster)
{
  guint low = 0;
  guint high = runs->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const PlatterNtfsRun *run = &g_array_index (runs, PlatterNtfsRun, middle);

      if (cluster < run->virtual)
        high = middle;
      else if (cluster - run->virtual >= run->length)
        low = middle + 1;
      else
        return run->physical != PLATTER_NTFS_HOLE ? run : NULL;
    }
  return NULL;
}

gboolean
platter_ntfs_read (
  const PlatterNtfs *self, const GArray *runs, guint64 offset_bytes, void *buffer, gsize length)
{
  guint8 *at = buffer;

  while (length > 0)
    {
      guint64 cluster = offset_bytes / self->cluster_bytes;
      const PlatterNtfsRun *run = ntfs_record_find_run (runs, cluster);
      guint64 within = offset_bytes % self->cluster_bytes;
      gsize piece = (gsize)MIN (length, self->cluster_bytes - within);

      if (run == NULL
          || !platter_medium_read (
            self->medium,
            self->offset_bytes + (run->physical + (cluster - run->virtual)) * self->cluster_bytes
              + within,
            at, piece))
        return FALSE;
      at += piece;
      offset_bytes += piece;
      length -= piece;
    }
  return TRUE;
}

/* Returns: (nullable): the value of the name that people see: that for DOS only if there is no other. */
static const guint8 *
ntfs_record_find_name (const PlatterNtfsRecord *record)
{
  PlatterNtfsAttribute attribute;
  const guint8 *found = NULL;
  guint offset = 0;

  while (platter_ntfs_next_attribute (record, &offset, &attribute))
    {
      guint length = platter_le32 (attribute.data + NTFS_VALUE_LENGTH);
      guint start = platter_le16 (attribute.data + NTFS_VALUE);
      const guint8 *value = attribute.data + start;

      if (attribute.type != PLATTER_NTFS_FILE_NAME || !attribute.is_resident
          || start > attribute.length || length > attribute.length - start || length < NTFS_NAME
          || (guint)value[NTFS_CHARACTERS] * 2 > length - NTFS_NAME)
        continue;
      if (found == NULL || found[NTFS_NAMESPACE] == NTFS_IS_DOS)
        found = value;
    }
  return found;
}

static char *
ntfs_record_dup_name (const guint8 *value)
{
  gunichar2 units[G_MAXUINT8];
  guint n_units = value[NTFS_CHARACTERS];
  char *name = NULL;

  for (guint i = 0; i < n_units; i++)
    units[i] = platter_le16 (value + NTFS_NAME + 2 * (gsize)i);
  name = g_utf16_to_utf8 (units, n_units, NULL, NULL, NULL);
  /* Half a character, which NTFS allows. */
  for (guint i = 0; i < n_units && name == NULL; i++)
    units[i] = units[i] >= 0xd800 && units[i] <= 0xdfff ? 0xfffd : units[i];
  return name != NULL ? name : g_utf16_to_utf8 (units, n_units, NULL, NULL, NULL);
}

char *
platter_ntfs_dup_path (const PlatterNtfs *self, const PlatterNtfsRecord *record)
{
  const guint8 *value = ntfs_record_find_name (record);
  GString *path = value != NULL ? g_string_new (NULL) : NULL;
  PlatterNtfsRecord parent;

  for (guint depth = 0; value != NULL; depth++)
    {
      g_autofree char *name = ntfs_record_dup_name (value);
      guint64 reference = platter_le64 (value);

      g_string_prepend (path, name != NULL ? name : NTFS_LOST);
      g_string_prepend_c (path, '/');
      if ((reference & NTFS_NUMBER_MASK) == NTFS_ROOT)
        break;
      /* A folder that has another sequence number is another folder. */
      value = depth < NTFS_MAX_DEPTH
                  && platter_ntfs_read_record (self, reference & NTFS_NUMBER_MASK, &parent)
                  && parent.is_used && parent.sequence == reference >> 48
                ? ntfs_record_find_name (&parent)
                : NULL;
      if (value == NULL)
        g_string_prepend (path, NTFS_LOST);
    }
  return path != NULL ? g_string_free (path, FALSE) : NULL;
}

gboolean
platter_ntfs_is_extension (const PlatterNtfsRecord *record)
{
  const guint8 *value = ntfs_record_find_name (record);

  return value != NULL && (platter_le64 (value) & NTFS_NUMBER_MASK) == NTFS_EXTEND;
}
