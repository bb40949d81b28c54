// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Everything that is known of a drive at one moment, gathered from the kernel.

#pragma once

#include <gio/gio.h>

#include "../device/device.h"
#include "drive-health.h"

G_BEGIN_DECLS

/** PlatterDriveFacts: strings are never %NULL but where it says so. */
typedef struct
{
  char *object_path; /* (nullable) */
  char *device;
  char *name; /* the kernel's */
  guint64 number;
  guint64 diskseq;
  guint64 size_bytes;
  char *vendor;
  char *model;
  char *serial;
  char *bus;
  char *port;
  char *table;        /* of partitions, as UDisks2 names it */
  char *backing_file; /* (nullable) */
  guint logical_block_bytes;
  gboolean is_removable;
  gboolean is_loop;
  gboolean is_system;
  gboolean is_read_only;
  PlatterDriveHealth health;
  GPtrArray *volumes; /* (element-type PlatterVolume): in order of offset */
} PlatterDriveFacts;

/**
 * platter_drive_facts_new:
 * @number: of a whole disk
 *
 * Returns: (transfer full): or %NULL with a #PlatterDeviceError: NO_SUCH_DRIVE or, for a partition, NOT_A_DRIVE.
 */
PlatterDriveFacts *platter_drive_facts_new (PlatterDeviceView *view, dev_t number, GError **error);
void platter_drive_facts_free (PlatterDriveFacts *self);

/** Returns: whether @self tells what is on the drive: UDisks2 was asked, or the kernel has partitions or mounts of it. */
gboolean platter_drive_facts_is_content_known (const PlatterDriveFacts *self);

/** platter_drive_facts_sort_volumes: By offset, the larger one first. */
void platter_drive_facts_sort_volumes (PlatterDriveFacts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterDriveFacts, platter_drive_facts_free)

G_END_DECLS
