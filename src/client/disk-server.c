// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Running QEMU's programs on one file, with bounds.

#include "config.h"

#include "disk-server.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/errors.h"
#include "image.h"
#include "looker.h"

/* Where QEMU's programs find what they are given. */
#define LISTENER_FD 3
#define IMAGE_FD 4
#define FAREWELL_FD 5

#define MAX_MEMORY_BYTES ((rlim_t)512 * 1024 * 1024)
#define MAX_STACK_BYTES ((rlim_t)1024 * 1024)
#define MAX_CHECK_S 120
/* Of what is written: it only complains. */
#define MAX_MESSAGES_BYTES ((rlim_t)256 * 1024)
#define SHOWN_BYTES 512

/* The server is handed a socket as systemd does it, and has to be told its own number; later ones than Debian 12's do not wait
   for a client that is not done with its greetings, but polkit's question may take its time. */
static const char disk_server_script[]
  = "case $(qemu-nbd --help) in *--handshake-limit*) set -- --handshake-limit=0 \"$@\" ;; esac; "
    "LISTEN_PID=$$ LISTEN_FDS=1 exec qemu-nbd \"$@\"";

static gboolean
disk_server_fail_errno (GError **error, const char *name, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s: %s", name, what,
               g_strerror (code));
  return FALSE;
}

static gboolean
disk_server_find_program (const char *program, const char *name, GError **error)
{
  g_autofree char *path = g_find_program_in_path (program);

  if (path != NULL)
    return TRUE;
  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
               /* Translators: the image's name, a program, and a package of Debian */
               _ ("%s is a disk of a virtual machine, and “%s”, which reads it, is not installed. "
                  "Install the package %s."),
               name, program, "qemu-utils");
  return FALSE;
}

static void
disk_server_limit (int resource, rlim_t value)
{
  const struct rlimit limit = { value, value };

  setrlimit (resource, &limit);
}

/* Between fork and exec: system calls only. A session of its own, so that Ctrl-C and Ctrl-Z at a terminal are for who is
   meant by them. */
static void
disk_server_setup (gpointer data)
{
  setsid ();
  disk_server_limit (RLIMIT_DATA, MAX_MEMORY_BYTES);
  disk_server_limit (RLIMIT_STACK, MAX_STACK_BYTES);
  disk_server_limit (RLIMIT_FSIZE, MAX_MESSAGES_BYTES);
  disk_server_limit (RLIMIT_CORE, 0);
  if (data != NULL)
    disk_server_limit (RLIMIT_CPU, MAX_CHECK_S);
}

static char *
disk_server_dup_node (const PlatterVirtualDisk *disk)
{
  return g_strdup_printf ("json:{\"driver\":%s,\"read-only\":true,\"backing\":null,"
                          "\"file\":{\"driver\":\"file\",\"filename\":\"/proc/self/fd/%d\"}}",
                          disk->driver, IMAGE_FD);
}

static GSubprocessLauncher *
disk_server_new_launcher (int fd, int messages, gboolean is_check)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (
    G_SUBPROCESS_FLAGS_STDOUT_SILENCE
    | (messages < 0 ? G_SUBPROCESS_FLAGS_STDERR_SILENCE : G_SUBPROCESS_FLAGS_NONE));

  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, disk_server_setup, GINT_TO_POINTER (is_check),
                                         NULL);
  g_subprocess_launcher_take_fd (launcher, fcntl (fd, F_DUPFD_CLOEXEC, 0), IMAGE_FD);
  if (messages >= 0)
    g_subprocess_launcher_take_stderr_fd (launcher, fcntl (messages, F_DUPFD_CLOEXEC, 0));
  return launcher;
}

/* A second client, that waits until the first one is gone, and then says all that it has to say in one go: that it
   wants the export, and good-bye. A server ends with a client that was served, but after one that has left
   without a word it would wait for ever. */
static gboolean
disk_server_say_farewell (int socket)
{
  static const guint8 words[] = {
    0,    0,    0,    3,                        /* a fixed newstyle client without zeroes */
    'I',  'H',  'A',  'V',  'E', 'O', 'P', 'T', /* an option: */
    0,    0,    0,    1,    0,   0,   0,   0,   /* NBD_OPT_EXPORT_NAME, no name */
    0x25, 0x60, 0x95, 0x13, 0,   0,   0,   2,   /* a request: NBD_CMD_DISC */
    0,    0,    0,    0,    0,   0,   0,   0,   0, 0, 0, 0, 0, 0, 0, 0, /* cookie, offset */
    0,    0,    0,    0,                                                /* length */
  };

  return send (socket, words, sizeof words, MSG_NOSIGNAL) == (gssize)sizeof words;
}

static int
disk_server_new_socket (void)
{
  return socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* @sockets: (out): the listener, the client and the farewell. Their meeting place is gone before anybody else is let in. */
static gboolean
disk_server_meet (const char *folder, int *sockets)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  const struct sockaddr *place = (const struct sockaddr *)&address;
  gboolean is_bound = FALSE;
  gboolean have_met = FALSE;

  if (g_snprintf (address.sun_path, sizeof address.sun_path, "%s/nbd", folder)
      >= (int)sizeof address.sun_path)
    {
      errno = ENAMETOOLONG;
      return FALSE;
    }
  is_bound = sockets[0] >= 0 && bind (sockets[0], place, sizeof address) == 0;
  have_met = is_bound && listen (sockets[0], 2) == 0 && sockets[1] >= 0 && sockets[2] >= 0
             && connect (sockets[1], place, sizeof address) == 0
             && connect (sockets[2], place, sizeof address) == 0
             && disk_server_say_farewell (sockets[2]);
  if (is_bound)
    {
      int code = errno;

      unlink (address.sun_path);
      errno = code;
    }
  return have_met;
}

static gboolean
disk_server_make_sockets (int *sockets, const char *name, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-XXXXXX", error);
  gboolean have_met = FALSE;
  int code = 0;

  if (folder == NULL)
    return FALSE;
  for (guint i = 0; i < 3; i++)
    sockets[i] = disk_server_new_socket ();
  have_met = disk_server_meet (folder, sockets);
  code = errno;
  g_rmdir (folder);
  if (have_met)
    return TRUE;
  for (guint i = 0; i < 3; i++)
    if (sockets[i] >= 0)
      close (sockets[i]);
  errno = code;
  return disk_server_fail_errno (error, name, _ ("no socket could be made"));
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
  int sockets[3] = { -1, -1, -1 };

  if (!disk_server_find_program ("qemu-nbd", name, error)
      || !disk_server_make_sockets (sockets, name, error))
    return -1;
  launcher = disk_server_new_launcher (fd, messages, process != NULL);
  g_subprocess_launcher_take_fd (launcher, sockets[0], LISTENER_FD);
  g_subprocess_launcher_take_fd (launcher, sockets[2], FAREWELL_FD);
  server = g_subprocess_launcher_spawn (launcher, error, "sh", "-c", disk_server_script, "qemu-nbd",
                                        "--read-only", node, NULL);
  if (server == NULL)
    {
      close (sockets[1]);
      return -1;
    }
  if (process != NULL)
    *process = g_steal_pointer (&server);
  return sockets[1];
}

int
platter_disk_server_start (
  const PlatterVirtualDisk *disk, int fd, const char *name, int messages, GError **error)
{
  return disk_server_spawn (disk, fd, name, messages, NULL, error);
}

/* Of "qemu-nbd: Could not open 'json:{…}': The image has been truncated" the end; in English, as QEMU is. */
static char *
disk_server_dup_message (int messages)
{
  g_autofree char *text = g_malloc0 (SHOWN_BYTES + 1);
  gssize length = pread (messages, text, SHOWN_BYTES, 0);
  char *end = NULL;
  char *start = text;

  text[MAX (length, 0)] = '\0';
  end = strchr (text, '\n');
  if (end != NULL)
    *end = '\0';
  while ((end = strstr (start, "}': ")) != NULL)
    start = end + 4;
  if (start == text && (end = strstr (start, ": ")) != NULL)
    start = end + 2;
  return g_utf8_make_valid (start, -1);
}

static gboolean
disk_server_refuse (const PlatterVirtualDisk *disk, const char *name, int messages, GError **error)
{
  g_autofree char *message = disk_server_dup_message (messages);

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
  g_autoptr (GSubprocessLauncher) launcher = disk_server_new_launcher (fd, messages, TRUE);
  g_autofree char *node = disk_server_dup_node (disk);
  g_autoptr (GSubprocess) process = NULL;
  int status = -1;

  if (!disk_server_find_program ("qemu-img", name, error))
    return FALSE;
  process = g_subprocess_launcher_spawn (launcher, error, "qemu-img", "check", node, NULL);
  if (process == NULL || !g_subprocess_wait (process, NULL, error))
    return FALSE;
  if (g_subprocess_get_if_exited (process))
    status = g_subprocess_get_exit_status (process);
  return status == CHECK_GOOD || status == CHECK_LEAKS || status == CHECK_UNSUPPORTED
         || disk_server_refuse (disk, name, messages, error);
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
    return disk_server_fail_errno (error, name, _ ("no memory for messages"));
  is_good = disk_server_run_check (disk, fd, name, messages, error)
            && disk_server_look (disk, fd, name, messages, size_bytes, partitions, error);
  close (messages);
  return is_good;
}
