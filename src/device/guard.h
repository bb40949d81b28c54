// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The rules of what may be read as a source and what may be overwritten. The one place for them:
// the client greys drives out by them and the helper refuses by them.

#pragma once

#include <glib.h>

#include "device.h"
#include "errors.h"

G_BEGIN_DECLS

/** PlatterDevicePlan: what is to be done with a target. Zeroes mean: nothing known, don't check. */
typedef struct
{
  guint64 size_bytes;          /* what must fit */
  const PlatterDevice *source; /* (nullable): the drive that is copied to it */
  int image_fd;                /* the image file that is written to it; -1: none */
  gboolean can_unmount;        /* what is mounted will be unmounted first */
} PlatterDevicePlan;

#define PLATTER_DEVICE_PLAN_INIT                                                                   \
  {                                                                                                \
    .image_fd = -1                                                                                 \
  }

/**
 * platter_device_check_target:
 * @view: the view that @target (and the plan's source) were made with
 * @plan: (nullable): %NULL: may it be overwritten at all?
 *
 * Refuses, in this order: SAME_DRIVE, NOT_A_DRIVE, NO_SUCH_DRIVE (no medium), SYSTEM_DRIVE,
 * HOLDS_IMAGE, SWAP, HAS_HOLDERS, BACKS_LOOP, READ_ONLY, MOUNTED (unless @plan->can_unmount),
 * SECTOR_SIZE, TOO_SMALL; after BACKS_LOOP also SYSTEM_DRIVE, SWAP, HAS_HOLDERS and KEPT_MOUNTED because of another device with
 * the same content (platter_device_dup_aliases()), which @plan->can_unmount does not help. Needs no rights. It looks at what the kernel says now: call it again with
 * a new view after whatever took time, and open the drive exclusively, which finds what no list
 * tells.
 */
gboolean platter_device_check_target (PlatterDeviceView *view,
                                      const PlatterDevice *target,
                                      const PlatterDevicePlan *plan,
                                      GError **error);

/**
 * platter_device_check_source:
 *
 * Refuses NOT_A_DRIVE, NO_SUCH_DRIVE (no medium), SWAP, and KEPT_MOUNTED where a file system of the
 * drive, also through LVM, RAID or encryption, is mounted for writing: the copy would mix states of
 * different moments. The same of other devices with its content.
 */
gboolean
platter_device_check_source (PlatterDeviceView *view, const PlatterDevice *source, GError **error);

/**
 * platter_device_holds_file:
 * @fd: any file, open
 *
 * Returns: whether the file lies on the device or on another one with its content, or is the one that a loop device lies in.
 */
gboolean platter_device_holds_file (PlatterDeviceView *view, const PlatterDevice *device, int fd);

/**
 * platter_device_check_place:
 * @fd: the file that an image is saved in, or its folder
 *
 * Refuses HOLDS_IMAGE where the image would grow on the very drive that it is made of.
 */
gboolean platter_device_check_place (PlatterDeviceView *view,
                                     const PlatterDevice *source,
                                     int fd,
                                     GError **error);

/**
 * platter_device_check_distinct:
 *
 * Returns: %FALSE with SAME_DRIVE if one is the other, a part of it, lies on it, both are loop
 * devices of one file, or have the same content otherwise. For two sources that are compared; check_target() includes it.
 */
gboolean platter_device_check_distinct (PlatterDeviceView *view,
                                        const PlatterDevice *first,
                                        const PlatterDevice *second,
                                        GError **error);

G_END_DECLS
