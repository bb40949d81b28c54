// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reads what “qemu-img map” says, a line for each stretch of the disk.

#include "config.h"

#include "disk-map.h"

#include <string.h>
#include <sys/stat.h>

#include "json-read.h"
#include "qemu.h"

/* Whatever is not understood is no reason to refuse a disk. */
static gboolean
disk_map_has_line_inside (const char *line, guint64 file_bytes)
{
  const char *start = strchr (line, '{');
  const char *end = strrchr (line, '}');
  g_autoptr (GVariant) entry = NULL;
  gboolean has_data = FALSE;
  guint64 offset_bytes = 0;
  guint64 length_bytes = 0;

  if (start != NULL && end != NULL && start < end)
    entry = platter_json_read (start, (gsize)(end - start) + 1);
  if (entry == NULL || !g_variant_lookup (entry, "data", "b", &has_data) || !has_data
      || !g_variant_lookup (entry, "offset", "t", &offset_bytes)
      || !g_variant_lookup (entry, "length", "t", &length_bytes))
    return TRUE;
  return offset_bytes <= file_bytes && length_bytes <= file_bytes - offset_bytes;
}

gboolean
platter_disk_map_is_inside (int fd, const char *node, int messages)
{
  g_autoptr (GSubprocessLauncher) launcher
    = platter_qemu_new_launcher (fd, messages, PLATTER_QEMU_CHECKS);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  struct stat info = { 0 };
  gboolean is_inside = TRUE;

  g_subprocess_launcher_set_flags (launcher, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  if (fstat (fd, &info) == 0)
    process = g_subprocess_launcher_spawn (launcher, NULL, "qemu-img", "map", "--output=json", node,
                                           NULL);
  if (process == NULL)
    return TRUE;
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  while (is_inside)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

      if (line == NULL)
        break;
      is_inside = disk_map_has_line_inside (line, (guint64)info.st_size);
    }
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  return is_inside;
}
