// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Records of the master file table, and where their content lies.

#pragma once

#include "damage.h"

G_BEGIN_DECLS

#define PLATTER_NTFS_MAX_RECORD_BYTES 4096
#define PLATTER_NTFS_HOLE G_MAXUINT64

typedef enum
{
  PLATTER_NTFS_FILE_NAME = 0x30,
  PLATTER_NTFS_VOLUME_INFORMATION = 0x70,
  PLATTER_NTFS_DATA = 0x80,
  PLATTER_NTFS_END = -1,
} PlatterNtfsType;

/** PlatterNtfsRun: a stretch of clusters. */
typedef struct
{
  guint64 virtual;  /* where in the content it begins */
  guint64 physical; /* on the disk; %PLATTER_NTFS_HOLE: nowhere */
  guint64 length;
} PlatterNtfsRun;

/** PlatterNtfsRecord: one that was read, with the last bytes of its sectors put back. */
typedef struct
{
  guint8 data[PLATTER_NTFS_MAX_RECORD_BYTES];
  guint length;
  guint16 sequence;
  gboolean is_used;
  gboolean is_folder;
  gboolean is_blank; /* nothing was ever put there */
  gboolean is_part;  /* of another one, for which there was no room there */
  guint64 base;      /* of which one */
} PlatterNtfsRecord;

typedef struct
{
  const PlatterMedium *medium;
  PlatterDamage *damage;
  guint partition;
  guint64 offset_bytes; /* where it lies on the disk */
  guint64 cluster_bytes;
  guint64 n_clusters;
  guint64 size_bytes; /* with the copy of its boot sector, which lies behind the clusters */
  guint record_bytes;
  guint64 n_records;
  PlatterNtfsRecord first; /* that of the table itself, or its copy */
  GArray *table;           /* (element-type PlatterNtfsRun): where the records lie */
  GArray *bitmap;          /* (element-type PlatterNtfsRun): where it says what is in use */
} PlatterNtfs;

/** PlatterNtfsAttribute: borrowed from its record. */
typedef struct
{
  guint32 type;
  const guint8 *data;
  guint length;
  gboolean is_resident;
  gboolean is_plain; /* neither compressed nor a stream beside the content */
} PlatterNtfsAttribute;

/** platter_ntfs_parse: Checks a record, and mends it. Returns: %FALSE if it is none. */
gboolean platter_ntfs_parse (PlatterNtfsRecord *record, guint length);

/** platter_ntfs_read_record: Returns: %FALSE if it is lost, or wrong. */
gboolean
platter_ntfs_read_record (const PlatterNtfs *self, guint64 number, PlatterNtfsRecord *record);

/** platter_ntfs_next_attribute: @offset: 0 for the first one. Returns: %FALSE if there are no more. */
gboolean platter_ntfs_next_attribute (const PlatterNtfsRecord *record,
                                      guint *offset,
                                      PlatterNtfsAttribute *attribute);

/** platter_ntfs_get_runs: Of an attribute that is not resident. @runs: appended to. Returns: %FALSE if they are wrong. */
gboolean platter_ntfs_get_runs (const PlatterNtfs *self,
                                const PlatterNtfsAttribute *attribute,
                                GArray *runs);

/** platter_ntfs_read: Content that lies in runs. Returns: %FALSE if it does not, or is lost. */
gboolean platter_ntfs_read (
  const PlatterNtfs *self, const GArray *runs, guint64 offset_bytes, void *buffer, gsize length);

/** platter_ntfs_dup_path: Returns: (transfer full) (nullable): %NULL if the record has no name. */
char *platter_ntfs_dup_path (const PlatterNtfs *self, const PlatterNtfsRecord *record);

/** Returns: whether it lies in the folder for the file system's own extensions. */
gboolean platter_ntfs_is_extension (const PlatterNtfsRecord *record);

G_END_DECLS
