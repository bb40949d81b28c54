// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A made-up machine for tests: sysfs, proc and dev below a temporary folder.

#pragma once

#include "device/view.h"

#include <sys/sysmacros.h>

G_BEGIN_DECLS

typedef struct
{
  char *folder;
  char *sysfs;
  char *proc;
  char *dev;
  PlatterDeviceRoots roots;
} Machine;

/** machine_new: Without any device, mount or swap. */
Machine *machine_new (void);
/** machine_free: Also removes its folder. */
void machine_free (Machine *self);

/** machine_write: A file below the machine's folder, with the folders above it. */
void machine_write (Machine *self, const char *path, const char *format, ...) G_GNUC_PRINTF (3, 4);
/** machine_add_disk: A whole disk of @size_mib MiB; size 0 is an empty slot. */
void machine_add_disk (Machine *self, const char *name, dev_t number, guint size_mib);
void machine_add_partition (Machine *self, const char *disk, const char *name, dev_t number);
/** machine_add_holder: @holder, a disk that exists already, is set up on @part, "sda" or "sda/sda1". */
void machine_add_holder (Machine *self, const char *part, const char *holder);
void machine_set_backing_file (Machine *self, const char *loop, const char *file);
/** machine_set_mounts: Lines of mountinfo. */
void machine_set_mounts (Machine *self, const char *lines);
/** machine_set_swaps: Lines of /proc/swaps, without its heading. */
void machine_set_swaps (Machine *self, const char *lines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Machine, machine_free)

G_END_DECLS
