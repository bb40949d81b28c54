// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platter-look itself: what it answers, which questions it ends at, and what it cannot do any more once it looks.

#include "look/session.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dbus/wire.h"
#include "sandbox/syscalls.h"

#define FILE_BYTES (1024 * 1024)
#define MUCH_BYTES ((gsize)2 * 1024 * 1024 * 1024)

typedef struct
{
  int socket;
  int fd; /* an image with two partitions */
  GSubprocess *process;
} Fixture;

static void
put_partition (guint8 *entry, guint8 start, guint8 count)
{
  entry[4] = 0x83;
  entry[8] = start;
  entry[12] = count;
}

static int
make_image (void)
{
  guint8 sector[512] = { 0 };
  int fd = memfd_create ("image", MFD_CLOEXEC);

  put_partition (sector + 446, 64, 128);
  put_partition (sector + 462, 200, 8);
  sector[510] = 0x55;
  sector[511] = 0xaa;
  g_assert_cmpint (write (fd, sector, sizeof sector), ==, sizeof sector);
  g_assert_no_errno (ftruncate (fd, FILE_BYTES));
  return fd;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path
    = g_build_filename (g_getenv ("PLATTER_BUILD_DIR"), "src", "look", "platter-look", NULL);
  /* What it complains of is not for whoever reads the test's results. */
  g_autoptr (GSubprocessLauncher) launcher
    = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  int sockets[2] = { -1, -1 };

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets));
  g_subprocess_launcher_take_fd (launcher, sockets[1], PLATTER_WIRE_WORKER_FD);
  self->process = g_subprocess_launcher_spawn (launcher, &error, path, NULL);
  g_assert_no_error (error);
  self->socket = sockets[0];
  self->fd = make_image ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->process);
  close (self->socket);
  close (self->fd);
}

/* @content: GVariant text of an a{sv} */
static void
ask (Fixture *self, const char *name, const char *content, const int *fds, guint n_fds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed
    = g_variant_parse (G_VARIANT_TYPE_VARDICT, content, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (platter_wire_send (self->socket, name, parsed, fds, n_fds, &error));
}

/* A dictionary has no order. */
static void
assert_equal (GVariant *found, GVariant *expected)
{
  GVariantIter iter;
  const char *key = NULL;
  GVariant *child = NULL;

  g_assert_cmpuint (g_variant_n_children (found), ==, g_variant_n_children (expected));
  g_variant_iter_init (&iter, expected);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &child))
    {
      g_autoptr (GVariant) value = child;
      g_autoptr (GVariant) told = g_variant_lookup_value (found, key, g_variant_get_type (value));

      g_assert_nonnull (told);
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
        assert_equal (told, value);
      else
        g_assert_cmpvariant (told, value);
    }
}

static void
assert_answer (Fixture *self, const char *name, const char *content)
{
  g_auto (PlatterWireMessage) answer = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) expected
    = g_variant_parse (G_VARIANT_TYPE_VARDICT, content, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (platter_wire_receive (self->socket, &answer, &error));
  g_assert_cmpstr (answer.name, ==, name);
  g_assert_cmpuint (answer.n_fds, ==, 0);
  assert_equal (answer.content, expected);
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_assert_true (g_subprocess_get_successful (self->process));
}

/* It ends by itself and does not say a word. */
static void
assert_refused (Fixture *self)
{
  g_auto (PlatterWireMessage) answer = { 0 };

  g_assert_true (platter_wire_receive (self->socket, &answer, NULL));
  g_assert_null (answer.name);
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), !=, 0);
}

static void
test_file (Fixture *self, gconstpointer data)
{
  ask (self, "file", "{'name': <'it'>, 'format': <''>}", &self->fd, 1);
  assert_answer (self, "seen",
                 "{'format': <''>, 'partitions': <[(uint64 32768, uint64 65536, '', ''), "
                 "(102400, 4096, '', '')]>, 'end': <(uint64 106496, uint32 2)>}");
}

/* What was taken for an archive by its first bytes, and is none. */
static void
test_no_tar (Fixture *self, gconstpointer data)
{
  ask (self, "file", "{'name': <'it'>, 'format': <'tar'>}", &self->fd, 1);
  assert_answer (self, "seen",
                 "{'format': <''>, 'partitions': <[(uint64 32768, uint64 65536, '', ''), "
                 "(102400, 4096, '', '')]>, 'end': <(uint64 106496, uint32 2)>}");
}

static void
test_damaged_archive (Fixture *self, gconstpointer data)
{
  ask (self, "file", "{'name': <'it'>, 'format': <'zip'>}", &self->fd, 1);
  assert_answer (
    self, "seen",
    "{'archive': <{'state': <'unreadable'>, 'candidates': <uint32 0>, 'names': <@as []>}>, "
    "'format': <'zip'>}");
}

static void
test_server_that_leaves (Fixture *self, gconstpointer data)
{
  g_auto (PlatterWireMessage) answer = { 0 };
  const char *code = NULL;
  const char *message = NULL;
  int sockets[2] = { -1, -1 };

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
  ask (self, "server", "{'name': <'it'>, 'export': <''>}", &sockets[0], 1);
  close (sockets[0]);
  close (sockets[1]);
  g_assert_true (platter_wire_receive (self->socket, &answer, NULL));
  g_assert_cmpstr (answer.name, ==, "failed");
  g_assert_true (g_variant_lookup (answer.content, "code", "&s", &code));
  g_assert_cmpstr (code, ==, "read");
  g_assert_true (g_variant_lookup (answer.content, "message", "&s", &message));
  g_assert_true (g_str_has_prefix (message, "it "));
}

typedef struct
{
  const char *path;
  const char *name;
  const char *content;
} Question;

static const Question questions[] = {
  { "/look/refused/message", "folder", "{'name': <'it'>, 'format': <''>}" },
  { "/look/refused/no-name", "file", "{'format': <''>}" },
  { "/look/refused/no-format", "file", "{'name': <'it'>}" },
  { "/look/refused/unknown-format", "file", "{'name': <'it'>, 'format': <'rar'>}" },
  { "/look/refused/unknown-key", "file", "{'name': <'it'>, 'format': <''>, 'path': <'/'>}" },
  { "/look/refused/type", "file", "{'name': <'it'>, 'format': <7>}" },
  { "/look/refused/file-as-server", "server", "{'name': <'it'>, 'export': <''>}" },
};

static void
test_refused (Fixture *self, gconstpointer data)
{
  const Question *question = data;

  ask (self, question->name, question->content, &self->fd, 1);
  assert_refused (self);
}

static void
test_descriptors (Fixture *self, gconstpointer data)
{
  const int fds[] = { self->fd, self->fd };

  ask (self, "file", "{'name': <'it'>, 'format': <''>}", fds, GPOINTER_TO_UINT (data));
  assert_refused (self);
}

static void
test_no_file (Fixture *self, gconstpointer data)
{
  ask (self, "file", "{'name': <'it'>, 'format': <''>}", &self->socket, 1);
  assert_refused (self);
}

static void
test_junk (Fixture *self, gconstpointer data)
{
  gsize length = GPOINTER_TO_SIZE (data);
  g_autofree char *junk = g_malloc (length);

  memset (junk, 'x', length);
  g_assert_cmpint (send (self->socket, junk, length, 0), ==, (gssize)length);
  assert_refused (self);
}

static void
test_nobody_asks (Fixture *self, gconstpointer data)
{
  shutdown (self->socket, SHUT_WR);
  assert_refused (self);
}

/* A child gives up what platter-look does. Returns: its status */
static int
run_child (int (*function) (void))
{
  PlatterSandbox sandbox;
  int status = 0;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      if (!platter_sandbox_prepare (&sandbox, NULL)
          || !platter_look_session_close (&sandbox, -1, -1, NULL))
        _exit (2);
      _exit (function ());
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return status;
}

static int
child_opens (void)
{
  return open ("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES
             && open ("/tmp/platter-look", O_RDWR | O_CREAT | O_CLOEXEC, 0600) < 0
             && errno == EACCES
           ? 0
           : 1;
}

static int
child_takes_memory (void)
{
  return mmap (NULL, MUCH_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
             == MAP_FAILED
           ? 0
           : 1;
}

static int
child_connects (void)
{
  return socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 ? 0 : 1;
}

static int
child_executes (void)
{
  execl ("/bin/true", "true", NULL);
  return 1;
}

static void
test_no_files (void)
{
  int status = run_child (child_opens);

  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static void
test_memory (void)
{
  int status = 0;

  status = run_child (child_takes_memory);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static void
test_killed (gconstpointer function)
{
  int status = run_child ((int (*) (void))function);

  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGSYS);
}

#define ADD(path, data, test) g_test_add (path, Fixture, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/look/no-files", test_no_files);
  /* Sanitizers take what memory they want. */
  if (!platter_syscalls_has_sanitizer ())
    g_test_add_func ("/look/memory", test_memory);
  g_test_add_data_func ("/look/connects", child_connects, test_killed);
  g_test_add_data_func ("/look/executes", child_executes, test_killed);
  ADD ("/look/file", NULL, test_file);
  ADD ("/look/no-tar", NULL, test_no_tar);
  ADD ("/look/damaged-archive", NULL, test_damaged_archive);
  ADD ("/look/server-that-leaves", NULL, test_server_that_leaves);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    ADD (questions[i].path, &questions[i], test_refused);
  ADD ("/look/refused/no-descriptor", GUINT_TO_POINTER (0), test_descriptors);
  ADD ("/look/refused/two-descriptors", GUINT_TO_POINTER (2), test_descriptors);
  ADD ("/look/refused/no-file", NULL, test_no_file);
  ADD ("/look/refused/junk", GSIZE_TO_POINTER (100), test_junk);
  ADD ("/look/refused/too-large", GSIZE_TO_POINTER (PLATTER_WIRE_MAX_BYTES + 1), test_junk);
  ADD ("/look/refused/nothing", NULL, test_nobody_asks);
  return g_test_run ();
}
