// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The disk of a virtual machine, made by QEMU's programs and written through one of them.

#include "config.h"

#include "disk-maker.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "dbus/wire.h"
#include "image.h"
#include "more-socket.h"
#include "qemu.h"

typedef struct
{
  const char *format; /* QEMU's name for it is the same */
  const char *options;
  gboolean is_compressed;
} DiskFormat;

/* The filter that packs takes whole clusters only, and no disk that ends within one. */
#define CLUSTER_BYTES ((guint64)64 * 1024)
#define SECTOR_BYTES ((guint64)512)

/* QEMU packs clusters with zlib or zstd, and reads zstd's since version 5.1; they are packed several times as fast. */
static const DiskFormat disk_formats[] = {
  { "qcow2", "compression_type=zstd", TRUE },
  { "vmdk", NULL, FALSE },
  { "vdi", NULL, FALSE },
  { "vhdx", NULL, FALSE },
};

/* What is done when the server that writes has ended. */
typedef struct
{
  const DiskFormat *format;
  guint64 size_bytes;
  const char *cache;
  int fd;
  PlatterQemuSockets sockets;
} DiskReading;

static const DiskFormat *
disk_maker_find (const char *format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (disk_formats); i++)
    if (g_strcmp0 (disk_formats[i].format, format) == 0)
      return &disk_formats[i];
  return NULL;
}

gboolean
platter_disk_maker_makes (const char *format)
{
  return disk_maker_find (format) != NULL;
}

static gboolean
disk_maker_fail_errno (GError **error, const char *name, int code)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               /* Translators: the name of a file, and why */
               _ ("The image cannot be saved as %s: %s."), name, g_strerror (code));
  return FALSE;
}

/* Returns: (transfer full): the program and what it is told; more comes behind it */
static GPtrArray *
disk_maker_new_arguments (const char *first, ...)
{
  GPtrArray *arguments = g_ptr_array_new_with_free_func (g_free);
  va_list list;

  va_start (list, first);
  for (const char *next = first; next != NULL; next = va_arg (list, const char *))
    g_ptr_array_add (arguments, g_strdup (next));
  va_end (list);
  return arguments;
}

/* @arguments: so far; the file and a size are what comes last */
static GSubprocess *
disk_maker_run_on_file (
  int fd, int messages, GPtrArray *arguments, guint64 size_bytes, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher
    = platter_qemu_new_launcher (fd, messages, PLATTER_QEMU_WRITES);

  g_ptr_array_add (arguments, g_strdup_printf ("/proc/self/fd/%d", PLATTER_QEMU_IMAGE_FD));
  g_ptr_array_add (arguments, g_strdup_printf ("%" G_GUINT64_FORMAT, size_bytes));
  g_ptr_array_add (arguments, NULL);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *)arguments->pdata, error);
}

static guint64
disk_maker_round_up (guint64 bytes, guint64 unit_bytes)
{
  return (bytes + unit_bytes - 1) / unit_bytes * unit_bytes;
}

/* Of some formats QEMU does not say that it is this, or ends without a word. */
static gboolean
disk_maker_has_no_room (int fd, const char *message)
{
  struct statvfs place;

  return strstr (message, "No space left on device") != NULL
         || (fstatvfs (fd, &place) == 0 && place.f_bavail == 0);
}

/* @message: QEMU's */
static gboolean
disk_maker_fail_create (
  const DiskFormat *format, int fd, const char *name, const char *message, GError **error)
{
  if (disk_maker_has_no_room (fd, message))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 /* Translators: the image's name */
                 _ ("%s cannot be made: there is no room left where it is to be saved. Make room "
                    "there, or choose another place."),
                 name);
  else
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the image's name, its format, and a message of QEMU in English */
                 _ ("%s cannot be made as a %s disk: %s"), name, format->format,
                 message[0] != '\0' ? message : _ ("QEMU does not say why."));
  return FALSE;
}

static gboolean
disk_maker_run_create (const DiskFormat *format,
                       int fd,
                       guint64 size_bytes,
                       int messages,
                       const char *name,
                       GError **error)
{
  g_autoptr (GPtrArray) arguments
    = disk_maker_new_arguments ("qemu-img", "create", "-q", "-f", format->format,
                                format->options != NULL ? "-o" : NULL, format->options, NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *message = NULL;
  guint64 unit_bytes = format->is_compressed ? CLUSTER_BYTES : SECTOR_BYTES;

  process = disk_maker_run_on_file (fd, messages, arguments,
                                    disk_maker_round_up (size_bytes, unit_bytes), error);
  if (process == NULL || !g_subprocess_wait (process, NULL, error))
    return FALSE;
  if (g_subprocess_get_successful (process))
    return TRUE;
  message = platter_qemu_dup_message (messages);
  return disk_maker_fail_create (format, fd, name, message, error);
}

gboolean
platter_disk_maker_create (
  const char *format, int fd, guint64 size_bytes, const char *name, GError **error)
{
  const DiskFormat *made = disk_maker_find (format);
  int messages = -1;
  gboolean is_good = FALSE;

  g_return_val_if_fail (made != NULL, FALSE);
  if (!platter_qemu_find_program ("qemu-img", name, TRUE, error)
      || !platter_qemu_find_program ("qemu-nbd", name, TRUE, error))
    return FALSE;
  messages = memfd_create ("platter-messages", MFD_CLOEXEC);
  if (messages < 0)
    return disk_maker_fail_errno (error, name, errno);
  is_good = disk_maker_run_create (made, fd, size_bytes, messages, name, error);
  close (messages);
  return is_good;
}

static char *
disk_maker_dup_node (const char *format, gboolean is_read_only)
{
  return g_strdup_printf (
    "{\"driver\":\"%s\",\"read-only\":%s,"
    "\"file\":{\"driver\":\"file\",\"filename\":\"/proc/self/fd/%d\",\"locking\":\"off\"}}",
    format, is_read_only ? "true" : "false", PLATTER_QEMU_IMAGE_FD);
}

/* Returns: how qemu-nbd is to open it: past the cache, unless the file system has no such thing. */
static const char *
disk_maker_get_cache (int fd)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  int direct = open (path, O_RDWR | O_DIRECT | O_CLOEXEC);

  if (direct < 0)
    return "--cache=writeback";
  close (direct);
  return "--cache=none";
}

static void
disk_maker_free_reading (DiskReading *self)
{
  platter_qemu_close_sockets (&self->sockets);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

/* Whoever waits with the client's socket sees that there is no server, if the disk is not one that could be read. */
static void
disk_maker_give_up (DiskReading *reading, const GError *error)
{
  g_message ("The new disk is not read back: %s", error->message);
  disk_maker_free_reading (reading);
}

static void
disk_maker_start_reading (DiskReading *reading)
{
  g_autofree char *disk = disk_maker_dup_node (reading->format->format, TRUE);
  g_autofree char *node = g_strconcat ("json:", disk, NULL);
  const char *const arguments[] = { "--read-only", reading->cache, node, NULL };
  g_autoptr (GSubprocessLauncher) launcher
    = platter_qemu_new_launcher (reading->fd, -1, PLATTER_QEMU_READS);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) server
    = platter_qemu_serve (launcher, &reading->sockets, arguments, &error);

  if (server == NULL)
    disk_maker_give_up (reading, error);
  else
    disk_maker_free_reading (reading);
}

static void
disk_maker_resized_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (g_subprocess_wait_check_finish (G_SUBPROCESS (object), result, &error))
    disk_maker_start_reading (user_data);
  else
    disk_maker_give_up (user_data, error);
}

static void
disk_maker_written_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  DiskReading *reading = user_data;
  guint64 size_bytes = disk_maker_round_up (reading->size_bytes, SECTOR_BYTES);
  g_autoptr (GPtrArray) arguments = disk_maker_new_arguments (
    "qemu-img", "resize", "-q", "--shrink", "-f", reading->format->format, NULL);
  g_autoptr (GSubprocess) resizing = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_wait_check_finish (G_SUBPROCESS (object), result, &error))
    disk_maker_give_up (reading, error);
  else if (!reading->format->is_compressed || size_bytes % CLUSTER_BYTES == 0)
    disk_maker_start_reading (reading);
  else if ((resizing = disk_maker_run_on_file (reading->fd, -1, arguments, size_bytes, &error))
           != NULL)
    g_subprocess_wait_check_async (resizing, NULL, disk_maker_resized_cb, reading);
  else
    disk_maker_give_up (reading, error);
}

static GSubprocess *
disk_maker_start_writing (const DiskFormat *format,
                          int fd,
                          PlatterQemuSockets *sockets,
                          GError **error)
{
  g_autofree char *disk = disk_maker_dup_node (format->format, FALSE);
  g_autofree char *node = format->is_compressed
                            ? g_strdup_printf ("json:{\"driver\":\"compress\",\"file\":%s}", disk)
                            : g_strconcat ("json:", disk, NULL);
  const char *const arguments[] = { disk_maker_get_cache (fd), node, NULL };
  g_autoptr (GSubprocessLauncher) launcher
    = platter_qemu_new_launcher (fd, -1, PLATTER_QEMU_WRITES);

  return platter_qemu_serve (launcher, sockets, arguments, error);
}

static int
disk_maker_pass_on (int write_socket, int read_socket, GError **error)
{
  const int fds[] = { write_socket, read_socket };
  int pair[2] = { -1, -1 };

  return platter_more_socket_open (pair, error) ? platter_more_socket_close (
           pair, platter_wire_send (pair[0], "disk", g_variant_new ("a{sv}", NULL), fds,
                                    G_N_ELEMENTS (fds), error))
                                                : -1;
}

int
platter_disk_maker_serve (
  const char *format, int fd, guint64 size_bytes, const char *name, GError **error)
{
  DiskReading *reading = g_new0 (DiskReading, 1);
  PlatterQemuSockets writing = { -1, -1, -1 };
  g_autoptr (GSubprocess) server = NULL;
  int message = -1;

  reading->format = disk_maker_find (format);
  reading->size_bytes = size_bytes;
  reading->cache = disk_maker_get_cache (fd);
  reading->fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  reading->sockets = writing;
  if (platter_qemu_make_sockets (&writing, name, error)
      && platter_qemu_make_sockets (&reading->sockets, name, error))
    message = disk_maker_pass_on (writing.client, reading->sockets.client, error);
  if (message >= 0)
    server = disk_maker_start_writing (reading->format, fd, &writing, error);
  if (reading->sockets.client >= 0)
    close (g_steal_fd (&reading->sockets.client));
  platter_qemu_close_sockets (&writing);
  if (server != NULL)
    {
      g_subprocess_wait_check_async (server, NULL, disk_maker_written_cb, reading);
      return message;
    }
  disk_maker_free_reading (reading);
  if (message >= 0)
    close (message);
  return -1;
}
