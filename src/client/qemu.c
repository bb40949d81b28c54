// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// QEMU's programs, run with bounds on one file.

#include "config.h"

#include "qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../engine/printable.h"
#include "image.h"

/* Where QEMU's programs find what they are given. */
#define LISTENER_FD 3
#define FAREWELL_FD 5

#define MAX_MEMORY_BYTES ((rlim_t)512 * 1024 * 1024)
#define MAX_STACK_BYTES ((rlim_t)1024 * 1024)
#define MAX_CHECK_S 120
/* Of what is written: it only complains. */
#define MAX_MESSAGES_BYTES ((rlim_t)256 * 1024)
#define SHOWN_BYTES 512

/* The server is handed a socket as systemd does it, and has to be told its own number; later ones than Debian 12's do not wait
   for a client that is not done with its greetings, but polkit's question may take its time. */
static const char qemu_script[]
  = "case $(qemu-nbd --help) in *--handshake-limit*) set -- --handshake-limit=0 \"$@\" ;; esac; "
    "LISTEN_PID=$$ LISTEN_FDS=1 exec qemu-nbd \"$@\"";

static gboolean
qemu_fail_errno (GError **error, const char *name, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s: %s", name, what,
               g_strerror (code));
  return FALSE;
}

gboolean
platter_qemu_find_program (const char *program, const char *name, gboolean is_made, GError **error)
{
  g_autofree char *path = g_find_program_in_path (program);

  if (path != NULL)
    return TRUE;
  if (is_made)
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the image's name, a program, and a package of Debian */
                 _ ("%s is to be a disk of a virtual machine, and “%s”, which makes such, is not "
                    "installed. Install the package %s."),
                 name, program, "qemu-utils");
  else
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 /* Translators: the image's name, a program, and a package of Debian */
                 _ ("%s is a disk of a virtual machine, and “%s”, which reads it, is not "
                    "installed. Install the package %s."),
                 name, program, "qemu-utils");
  return FALSE;
}

static void
qemu_limit (int resource, rlim_t value)
{
  const struct rlimit limit = { value, value };

  setrlimit (resource, &limit);
}

/* Between fork and exec: system calls only. A session of its own, so that Ctrl-C and Ctrl-Z at a terminal are for who is
   meant by them. */
static void
qemu_setup (gpointer data)
{
  setsid ();
  qemu_limit (RLIMIT_DATA, MAX_MEMORY_BYTES);
  qemu_limit (RLIMIT_STACK, MAX_STACK_BYTES);
  if (GPOINTER_TO_INT (data) != PLATTER_QEMU_WRITES)
    qemu_limit (RLIMIT_FSIZE, MAX_MESSAGES_BYTES);
  qemu_limit (RLIMIT_CORE, 0);
  if (GPOINTER_TO_INT (data) == PLATTER_QEMU_CHECKS)
    qemu_limit (RLIMIT_CPU, MAX_CHECK_S);
}

GSubprocessLauncher *
platter_qemu_new_launcher (int fd, int messages, PlatterQemuWork work)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (
    G_SUBPROCESS_FLAGS_STDOUT_SILENCE
    | (messages < 0 ? G_SUBPROCESS_FLAGS_STDERR_SILENCE : G_SUBPROCESS_FLAGS_NONE));

  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, qemu_setup, GINT_TO_POINTER (work), NULL);
  g_subprocess_launcher_take_fd (launcher, fcntl (fd, F_DUPFD_CLOEXEC, 0), PLATTER_QEMU_IMAGE_FD);
  if (messages >= 0)
    g_subprocess_launcher_take_stderr_fd (launcher, fcntl (messages, F_DUPFD_CLOEXEC, 0));
  return launcher;
}

/* A second client, that waits until the first one is gone, and then says all that it has to say in one go: that it
   wants the export, and good-bye. A server ends with a client that was served, but after one that has left
   without a word it would wait for ever. */
static gboolean
qemu_say_farewell (int socket)
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
qemu_new_socket (void)
{
  return socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* @sockets: (out): made, and maybe not all of them. Their meeting place is gone before anybody else is let in. */
static gboolean
qemu_meet (const char *folder, PlatterQemuSockets *sockets)
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
  is_bound = sockets->listener >= 0 && bind (sockets->listener, place, sizeof address) == 0;
  have_met = is_bound && listen (sockets->listener, 2) == 0 && sockets->client >= 0
             && sockets->farewell >= 0 && connect (sockets->client, place, sizeof address) == 0
             && connect (sockets->farewell, place, sizeof address) == 0
             && qemu_say_farewell (sockets->farewell);
  if (is_bound)
    {
      int code = errno;

      unlink (address.sun_path);
      errno = code;
    }
  return have_met;
}

static void
qemu_close (int *socket)
{
  if (*socket >= 0)
    close (*socket);
  *socket = -1;
}

void
platter_qemu_close_sockets (PlatterQemuSockets *sockets)
{
  qemu_close (&sockets->listener);
  qemu_close (&sockets->client);
  qemu_close (&sockets->farewell);
}

gboolean
platter_qemu_make_sockets (PlatterQemuSockets *sockets, const char *name, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-XXXXXX", error);
  gboolean have_met = FALSE;
  int code = 0;

  if (folder == NULL)
    return FALSE;
  sockets->listener = qemu_new_socket ();
  sockets->client = qemu_new_socket ();
  sockets->farewell = qemu_new_socket ();
  have_met = qemu_meet (folder, sockets);
  code = errno;
  g_rmdir (folder);
  if (have_met)
    return TRUE;
  platter_qemu_close_sockets (sockets);
  errno = code;
  return qemu_fail_errno (error, name, _ ("no socket could be made"));
}

GSubprocess *
platter_qemu_serve (GSubprocessLauncher *launcher,
                    PlatterQemuSockets *sockets,
                    const char *const *arguments,
                    GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  g_ptr_array_add (argv, (gpointer) "sh");
  g_ptr_array_add (argv, (gpointer) "-c");
  g_ptr_array_add (argv, (gpointer)qemu_script);
  g_ptr_array_add (argv, (gpointer) "qemu-nbd");
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer)arguments[i]);
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_take_fd (launcher, g_steal_fd (&sockets->listener), LISTENER_FD);
  g_subprocess_launcher_take_fd (launcher, g_steal_fd (&sockets->farewell), FAREWELL_FD);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *)argv->pdata, error);
}

/* What it complains of first may be that it cannot tidy up after what went wrong: that it was given a descriptor, no file. */
static char *
qemu_skip_tidying (char *text)
{
  char *end = NULL;

  while (strncmp (text, "qemu-img: Error when deleting file", 34) == 0
         && (end = strchr (text, '\n')) != NULL)
    text = end + 1;
  return text;
}

/* Of "qemu-nbd: Could not open 'json:{…}': The image has been truncated" the end; in English, as QEMU is. */
char *
platter_qemu_dup_message (int messages)
{
  g_autofree char *text = g_malloc0 (SHOWN_BYTES + 1);
  gssize length = pread (messages, text, SHOWN_BYTES, 0);
  char *end = NULL;
  char *line = NULL;
  char *start = NULL;

  text[MAX (length, 0)] = '\0';
  line = start = qemu_skip_tidying (text);
  end = strchr (line, '\n');
  if (end != NULL)
    *end = '\0';
  while ((end = strstr (start, "}': ")) != NULL)
    start = end + 4;
  if (start == line && (end = strstr (start, ": ")) != NULL)
    start = end + 2;
  return platter_printable_dup (start, -1);
}
