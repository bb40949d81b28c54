// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a file that is read stays as it is.

#pragma once

#include <glib.h>
#include <sys/stat.h>
#include <time.h>

G_BEGIN_DECLS

/** PlatterFileState: zeros for what is no file, and so stands for everything. */
typedef struct
{
  gboolean is_file;
  guint64 size_bytes;
  struct timespec written;
} PlatterFileState;

/** platter_file_state_read: @status: of anything */
PlatterFileState platter_file_state_read (const struct stat *status);

/** platter_file_state_take: May block. @fd: of anything, or -1 */
void platter_file_state_take (PlatterFileState *self, int fd);

/**
 * platter_file_state_has_changed:
 *
 * May block. Another name, owner or mode is no change; another length is, and so is the time at which somebody has written to it.
 *
 * Returns: whether @fd, of which it was taken, was written to since; %FALSE if it was no file
 */
gboolean platter_file_state_has_changed (const PlatterFileState *self, int fd);

G_END_DECLS
