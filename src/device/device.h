// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Facts about one drive or partition, by device number, as the kernel knows them.

#pragma once

#include <glib.h>
#include <sys/types.h>

#include "loop.h"
#include "view.h"

G_BEGIN_DECLS

/**
 * PlatterDevice: plain data, immutable once made; borrows from its view what is mounted.
 */
typedef struct
{
  dev_t number;
  char *name; /* the kernel's: "sda" */
  char *path; /* the node's: "/dev/sda" */
  dev_t disk; /* the whole disk's number; its own if it is one */
  gboolean is_partition;
  gboolean is_hidden; /* a path of a multipath device, not to be used */
  guint64 size_bytes; /* 0 without a medium */
  guint64 diskseq;    /* 0 where the kernel (before 5.15) has none */
  guint logical_block_bytes;
  gboolean is_read_only;
  gboolean is_removable;
  gboolean is_rotational;
  guint queue_depth;              /* queue/nr_requests */
  guint64 write_zeroes_max_bytes; /* 0: the device has no such command */
  char *vendor;                   /* "" if not known, as the next two */
  char *model;
  char *serial;
  char *wwid;         /* (nullable): a name that no other drive in the world should have */
  char *backing_file; /* (nullable): of a loop device */
  PlatterLoop loop;   /* likewise */
  GArray *numbers;    /* (element-type dev_t): its own and those of its partitions */
  GStrv holders;      /* names of what is set up on it or its partitions: "dm-0", "md0" */
  GPtrArray *mounts;  /* (element-type PlatterMount): of it and its partitions, borrowed */
} PlatterDevice;

/**
 * platter_device_new:
 * @view: must outlive the result
 *
 * Returns: (transfer full): or %NULL with %PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE.
 */
PlatterDevice *platter_device_new (PlatterDeviceView *view, dev_t number, GError **error);
void platter_device_free (PlatterDevice *self);

/**
 * platter_device_dup_wwid:
 *
 * A bridge on USB may tell one of its own for all of its slots, or the one that all bridges of its kind tell; and no drive there has
 * a second cable. So none is known of it.
 *
 * Returns: (transfer full) (nullable): what is the @wwid of the drive with this folder in sysfs.
 */
char *platter_device_dup_wwid (const char *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterDevice, platter_device_free)

G_END_DECLS
