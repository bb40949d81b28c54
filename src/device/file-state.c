// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a file that is read stays as it is.

#include "file-state.h"

PlatterFileState
platter_file_state_read (const struct stat *status)
{
  if (!S_ISREG (status->st_mode))
    return (PlatterFileState){ 0 };
  return (PlatterFileState){
    .is_file = TRUE,
    .size_bytes = (guint64)status->st_size,
    .written = status->st_mtim,
  };
}

void
platter_file_state_take (PlatterFileState *self, int fd)
{
  struct stat status;

  *self = fd >= 0 && fstat (fd, &status) == 0 ? platter_file_state_read (&status)
                                              : (PlatterFileState){ 0 };
}

gboolean
platter_file_state_has_changed (const PlatterFileState *self, int fd)
{
  PlatterFileState now;

  if (!self->is_file)
    return FALSE;
  platter_file_state_take (&now, fd);
  return !now.is_file || now.size_bytes != self->size_bytes
         || now.written.tv_sec != self->written.tv_sec
         || now.written.tv_nsec != self->written.tv_nsec;
}
