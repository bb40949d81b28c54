// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The content of a virtual machine's disk, served by qemu-nbd.

#include "config.h"

#include "disk-server.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "disk-map.h"
#include "engine/errors.h"
#include "image.h"
#include "looker.h"
#include "qemu.h"

static char *
disk_server_dup_node (const PlatterVirtualDisk *disk)
{
  return g_strdup_printf ("json:{\"driver\":%s,\"read-only\":true,\"backing\":null,"
                          "\"file\":{\"driver\":\"file\",\"filename\":\"/proc/self/fd/%d\"}}",
                          disk->driver, PLATTER_QEMU_IMAGE_FD);
}

/* @process: (out) (optional) */
static int
disk_server_spawn (const PlatterVirtualDisk *disk,
                   int fd,
                   const char *name,
                   int messages,
                   GSubprocess **process,
                   GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) server = NULL;
  g_autofree char *node = disk_server_dup_node (disk);
  const char *const arguments[] = { "--read-only", node, NULL };
  PlatterQemuSockets sockets;

  if (!platter_qemu_find_program ("qemu-nbd", name, FALSE, error)
      || !platter_qemu_make_sockets (&sockets, name, error))
    return -1;
  launcher = platter_qemu_new_launcher (fd, messages,
                                        process != NULL ? PLATTER_QEMU_CHECKS : PLATTER_QEMU_READS);
  server = platter_qemu_serve (launcher, &sockets, arguments, error);
  if (server == NULL)
    {
      platter_qemu_close_sockets (&sockets);
      return -1;
    }
  if (process != NULL)
    *process = g_steal_pointer (&server);
  return sockets.client;
}

int
platter_disk_server_start (
  const PlatterVirtualDisk *disk, int fd, const char *name, int messages, GError **error)
{
  return disk_server_spawn (disk, fd, name, messages, NULL, error);
}

static gboolean
disk_server_refuse (const PlatterVirtualDisk *disk, const char *name, int messages, GError **error)
{
  g_autofree char *message = platter_qemu_dup_message (messages);

  if (strstr (message, " lock") != NULL)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 _ ("%s is in use by a virtual machine, and may change while it is read. Shut the "
                    "machine down first."),
                 name);
  else
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the image's name, its format, and a message of QEMU in English */
                 _ ("%s is damaged or cut off, or a %s disk of a kind that is not known: %s"), name,
                 disk->name, message[0] != '\0' ? message : _ ("QEMU cannot read it."));
  return FALSE;
}

static gboolean
disk_server_run_check (
  const PlatterVirtualDisk *disk, int fd, const char *name, int messages, GError **error)
{
  enum
  {
    CHECK_GOOD = 0,
    CHECK_LEAKS = 3,        /* room that nothing uses */
    CHECK_UNSUPPORTED = 63, /* by this format */
  };
  g_autoptr (GSubprocessLauncher) launcher
    = platter_qemu_new_launcher (fd, messages, PLATTER_QEMU_CHECKS);
  g_autofree char *node = disk_server_dup_node (disk);
  g_autoptr (GSubprocess) process = NULL;
  int status = -1;

  if (!platter_qemu_find_program ("qemu-img", name, FALSE, error))
    return FALSE;
  process = g_subprocess_launcher_spawn (launcher, error, "qemu-img", "check", node, NULL);
  if (process == NULL || !g_subprocess_wait (process, NULL, error))
    return FALSE;
  if (g_subprocess_get_if_exited (process))
    status = g_subprocess_get_exit_status (process);
  if (status != CHECK_GOOD && status != CHECK_LEAKS && status != CHECK_UNSUPPORTED)
    return disk_server_refuse (disk, name, messages, error);
  if (platter_disk_map_is_inside (fd, node, messages))
    return TRUE;
  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
               _ ("%s is damaged or cut off. Get it again."), name);
  return FALSE;
}

static gboolean
disk_server_look (const PlatterVirtualDisk *disk,
                  int fd,
                  const char *name,
                  int messages,
                  guint64 *size_bytes,
                  GListStore **partitions,
                  GError **error)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (PlatterLooked) looked = NULL;
  g_autoptr (GError) local_error = NULL;
  int socket = disk_server_spawn (disk, fd, name, messages, &process, error);

  if (socket < 0)
    return FALSE;
  looked = platter_looker_look_at_server (socket, name, NULL, &local_error);
  if (looked != NULL)
    {
      *size_bytes = looked->size_bytes;
      g_set_object (partitions, looked->partitions);
      return TRUE;
    }
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  /* What QEMU says of it is more than that its server is not there. */
  if (local_error->domain == PLATTER_ENGINE_ERROR)
    return disk_server_refuse (disk, name, messages, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
platter_disk_server_check (const PlatterVirtualDisk *disk,
                           int fd,
                           const char *name,
                           guint64 *size_bytes,
                           GListStore **partitions,
                           GError **error)
{
  int messages = memfd_create ("platter-messages", MFD_CLOEXEC);
  gboolean is_good = FALSE;

  if (messages < 0)
    {
      int code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s: %s", name,
                   _ ("no memory for messages"), g_strerror (code));
      return FALSE;
    }
  is_good = disk_server_run_check (disk, fd, name, messages, error)
            && disk_server_look (disk, fd, name, messages, size_bytes, partitions, error);
  close (messages);
  return is_good;
}
