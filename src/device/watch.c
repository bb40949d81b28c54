// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether somebody writes to a drive that is only read.

#include "watch.h"

#include <fcntl.h>
#include <unistd.h>

#include "../engine/printable.h"
#include "alias.h"
#include "cache.h"
#include "file-state.h"

typedef struct
{
  dev_t number;
  guint64 written_bytes; /* ever, when the watch began */
} WatchCount;

typedef struct
{
  int fd;
  char *path;
  PlatterFileState state; /* when the watch began */
} WatchFile;

struct _PlatterDeviceWatch
{
  char *path;    /* the node's */
  GArray *count; /* (element-type WatchCount): of the drive and its aliases */
  GArray *files; /* (element-type WatchFile): those below them */
};

static guint64
watch_count_written (dev_t number)
{
  g_autofree char *folder = platter_sysfs_dup_folder (&platter_device_roots_real, number);

  return platter_sysfs_get_written_bytes (folder);
}

static void
watch_clear_file (gpointer data)
{
  WatchFile *file = data;

  close (file->fd);
  g_free (file->path);
}

/* What writes to the file itself, no counter of a device knows. It is looked at, and never opened for reading. */
static void
watch_add_file (PlatterDeviceWatch *self, const PlatterDevice *device)
{
  WatchFile file = { .fd = -1 };

  if (device->backing_file == NULL || device->loop.device != 0)
    return;
  file.fd = open (device->backing_file, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (file.fd < 0)
    return;
  file.path = g_strdup (device->backing_file);
  platter_file_state_take (&file.state, file.fd);
  if (platter_loop_is_file (&device->loop, file.fd))
    g_array_append_val (self->files, file);
  else
    watch_clear_file (&file);
}

static void
watch_add (PlatterDeviceWatch *self, const PlatterDevice *device)
{
  const WatchCount count
    = { .number = device->number, .written_bytes = watch_count_written (device->number) };

  g_array_append_val (self->count, count);
  watch_add_file (self, device);
}

PlatterDeviceWatch *
platter_device_watch_new (dev_t number, GError **error)
{
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, error);
  g_autoptr (PlatterDevice) device = view != NULL ? platter_device_new (view, number, error) : NULL;
  g_autoptr (GPtrArray) aliases = NULL;
  PlatterDeviceWatch *self;

  if (device == NULL)
    return NULL;
  platter_device_write_out (view, device);
  aliases = platter_device_dup_aliases (view, device);
  self = g_new0 (PlatterDeviceWatch, 1);
  self->path = g_strdup (device->path);
  self->count = g_array_new (FALSE, FALSE, sizeof (WatchCount));
  self->files = g_array_new (FALSE, FALSE, sizeof (WatchFile));
  g_array_set_clear_func (self->files, watch_clear_file);
  watch_add (self, device);
  for (guint i = 0; i < aliases->len; i++)
    watch_add (self, aliases->pdata[i]);
  return self;
}

static char *
watch_find_written_to_file (const PlatterDeviceWatch *self)
{
  for (guint i = 0; i < self->files->len; i++)
    {
      const WatchFile *file = &g_array_index (self->files, WatchFile, i);
      g_autofree char *path = platter_printable_dup (file->path, -1);

      if (platter_file_state_has_changed (&file->state, file->fd))
        return g_strdup_printf (
          "Another program has written to the file “%s”, in which %s lies, while it was read, so "
          "what was read may be of no single moment. Close what uses the file, and start again.",
          path, self->path);
    }
  return NULL;
}

char *
platter_device_watch_find_written (const PlatterDeviceWatch *self)
{
  guint64 written_bytes = 0;
  g_autofree char *size = NULL;

  for (guint i = 0; i < self->count->len; i++)
    {
      const WatchCount *count = &g_array_index (self->count, WatchCount, i);
      guint64 now = watch_count_written (count->number);

      /* What is written through one that lies on another counts for both. */
      if (now > count->written_bytes)
        written_bytes = MAX (written_bytes, now - count->written_bytes);
    }
  if (written_bytes == 0)
    return watch_find_written_to_file (self);
  size = g_format_size (written_bytes);
  return g_strdup_printf ("Another program has written to %s while it was read (%s), so what was "
                          "read may be of no single moment. Close what uses the drive, and "
                          "start again.",
                          self->path, size);
}

void
platter_device_watch_free (PlatterDeviceWatch *self)
{
  g_free (self->path);
  g_array_unref (self->count);
  g_array_unref (self->files);
  g_free (self);
}
