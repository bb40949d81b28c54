// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Reading from nbdkit, at the other end of a socket: forward, back, behind the end, and when it is gone.

#include "formats/nbd-reader.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/errors.h"

#define MIB (1024 * 1024)
#define SIZE_BYTES ((guint64)13 * MIB + 512)

typedef struct
{
  PlatterNbdReader *reader;
  PlatterReader *source;
  GSubprocess *server;
  gint64 opened_us; /* when it was last heard of, before anything was read */
} Served;

/* @command: nbdkit's plugin and filters */
static Served
serve (const char *command, int file)
{
  g_autoptr (GSubprocessLauncher) launcher
    = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *line = g_strdup_printf ("nbdkit --single --foreground %s", command);
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  int sockets[2];
  Served self = { 0 };

  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), ==, 0);
  g_subprocess_launcher_take_stdin_fd (launcher, dup (sockets[1]));
  g_subprocess_launcher_take_stdout_fd (launcher, sockets[1]);
  self.server = g_subprocess_launcher_spawnv (launcher, (const char *const *)words, &error);
  g_assert_no_error (error);
  self.reader = platter_nbd_reader_new (sockets[0], file, "disk.qcow2", NULL);
  self.source = platter_nbd_reader_get_reader (self.reader);
  return self;
}

static Served
serve_open (const char *command)
{
  g_autoptr (GError) error = NULL;
  Served self = serve (command, -1);

  g_assert_true (platter_nbd_reader_open (self.reader, &error));
  g_assert_no_error (error);
  return self;
}

static void
end (Served *self)
{
  platter_nbd_reader_free (self->reader);
  g_subprocess_force_exit (self->server);
  g_assert_true (g_subprocess_wait (self->server, NULL, NULL));
  g_object_unref (self->server);
}

static gssize
read_at (Served *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error)
{
  return self->source->funcs->read (self->source, offset_bytes, data, length, error);
}

/* nbdkit's pattern: each 8 bytes are their own offset. */
static void
assert_pattern (Served *self, guint64 offset_bytes, gsize length, gsize expected)
{
  g_autofree guint8 *data = g_malloc (length);
  g_autoptr (GError) error = NULL;
  gssize got = read_at (self, offset_bytes, data, length, &error);

  g_assert_no_error (error);
  g_assert_cmpint (got, ==, expected);
  for (gsize i = 0; i < expected; i++)
    {
      guint64 place = GUINT64_TO_BE ((offset_bytes + i) / 8 * 8);

      g_assert_cmpint (data[i], ==, ((guint8 *)&place)[(offset_bytes + i) % 8]);
    }
}

static void
test_reads (gconstpointer filters)
{
  g_autofree char *command = g_strdup_printf (
    "%s pattern size=%" G_GUINT64_FORMAT " %s", (const char *)filters, SIZE_BYTES,
    strstr (filters, "policy") != NULL ? "blocksize-maximum=64K blocksize-error-policy=error" : "");
  Served self = serve_open (command);
  PlatterReaderProgress progress;

  g_assert_cmpuint (platter_nbd_reader_get_size_bytes (self.reader), ==, SIZE_BYTES);
  for (guint64 offset = 0; offset < SIZE_BYTES; offset += 700 * 1024)
    assert_pattern (&self, offset, 700 * 1024, MIN (700 * 1024, SIZE_BYTES - offset));
  assert_pattern (&self, SIZE_BYTES, 1, 0);
  assert_pattern (&self, 3 * MIB - 5, 2 * MIB, 2 * MIB);
  assert_pattern (&self, 9 * MIB, MIB, MIB);
  assert_pattern (&self, 17, 3, 3);
  assert_pattern (&self, SIZE_BYTES - 600, 4096, 600);
  self.source->funcs->get_progress (self.source, &progress);
  g_assert_cmpuint (progress.total_bytes, ==, SIZE_BYTES);
  g_assert_cmpint (progress.alive_us, >, 0);
  end (&self);
}

/* What the server says is zeros is not read. */
static void
test_zeros (void)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-nbd-XXXXXX", NULL);
  g_autofree char *log = g_build_filename (folder, "log", NULL);
  g_autofree char *command
    = g_strdup_printf ("--filter=log data data='@0x1300007 1' size=64M logfile=%s", log);
  Served self = serve_open (command);
  g_autofree guint8 *data = g_malloc (MIB);
  g_autofree char *text = NULL;
  g_auto (GStrv) reads = NULL;

  for (guint64 offset = 0; offset < 64 * (guint64)MIB; offset += MIB)
    {
      g_assert_cmpint (read_at (&self, offset, data, MIB, NULL), ==, MIB);
      for (gsize i = 0; i < MIB; i++)
        g_assert_cmpint (data[i], ==, offset + i == 0x1300007 ? 1 : 0);
    }
  end (&self);
  g_assert_true (g_file_get_contents (log, &text, NULL, NULL));
  reads = g_strsplit (text, " Read id=", -1);
  g_assert_cmpuint (g_strv_length (reads), ==, 2);
  unlink (log);
  rmdir (folder);
}

/* Without a file it is the content's, though some of it was left out or came twice. */
static void
test_digest_of_content (void)
{
  Served self = serve ("pattern size=5M", -1);
  g_autofree guint8 *data = g_malloc (5 * MIB);
  g_autofree char *expected = NULL;

  g_assert_true (self.source->funcs->set_digests (self.source, PLATTER_DIGEST_SHA256, NULL));
  g_assert_true (platter_nbd_reader_open (self.reader, NULL));
  g_assert_cmpint (read_at (&self, 2 * MIB, data, 1000, NULL), ==, 1000);
  g_assert_cmpint (read_at (&self, 100, data, 1000, NULL), ==, 1000);
  g_assert_null (self.source->funcs->get_digest (self.source, PLATTER_DIGEST_SHA256));
  g_assert_cmpint (read_at (&self, 0, data, 5 * MIB, NULL), ==, 5 * MIB);
  expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, 5 * MIB);
  g_assert_cmpstr (self.source->funcs->get_digest (self.source, PLATTER_DIGEST_SHA256), ==,
                   expected);
  end (&self);
}

static void
test_digest_of_file (void)
{
  g_autofree char *path = NULL;
  int file = g_file_open_tmp ("platter-nbd-XXXXXX", &path, NULL);
  g_autofree guint8 *data = g_malloc0 (3 * MIB);
  g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, 3 * MIB - 7);
  Served self = { 0 };

  unlink (path);
  g_assert_cmpint (write (file, data, 3 * MIB - 7), ==, 3 * MIB - 7);
  self = serve ("pattern size=1M", file);
  g_assert_true (self.source->funcs->set_digests (self.source, PLATTER_DIGEST_SHA256, NULL));
  g_assert_true (platter_nbd_reader_open (self.reader, NULL));
  g_assert_cmpint (read_at (&self, 0, data, MIB, NULL), ==, MIB);
  g_assert_cmpint (read_at (&self, MIB, data, 1, NULL), ==, 0);
  g_assert_cmpstr (self.source->funcs->get_digest (self.source, PLATTER_DIGEST_SHA256), ==,
                   expected);
  end (&self);
  close (file);
}

static void
test_server_dies (void)
{
  Served self = serve_open ("pattern size=1G");
  g_autofree guint8 *data = g_malloc (MIB);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (read_at (&self, 0, data, MIB, NULL), ==, MIB);
  g_subprocess_force_exit (self.server);
  g_subprocess_wait (self.server, NULL, NULL);
  g_assert_cmpint (read_at (&self, 512 * (guint64)MIB, data, MIB, &error), ==, -1);
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
  g_assert_nonnull (strstr (error->message, "disk.qcow2 is no longer there"));
  /* Nor is what was there before. */
  g_assert_cmpint (read_at (&self, 0, data, MIB, NULL), ==, -1);
  end (&self);
}

static void
test_server_refuses (void)
{
  Served self = serve_open ("--filter=error pattern size=8M error=EIO error-rate=100%");
  g_autofree guint8 *data = g_malloc (MIB);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (read_at (&self, MIB, data, MIB, &error), ==, -1);
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
  g_assert_nonnull (strstr (error->message, "byte 1048576"));
  end (&self);
}

static gint64
get_alive_us (Served *self)
{
  PlatterReaderProgress progress = { 0 };

  self->source->funcs->get_progress (self->source, &progress);
  return progress.alive_us;
}

static gpointer
cancel_thread (gpointer data)
{
  Served *self = data;

  while (get_alive_us (self) == self->opened_us)
    g_usleep (1000);
  self->source->funcs->cancel (self->source);
  return NULL;
}

/* In the middle of a read that would take an hour. */
static void
test_cancelled (void)
{
  Served self = serve_open ("--filter=delay pattern size=1G rdelay=3600");
  g_autofree guint8 *data = g_malloc (MIB);
  g_autoptr (GError) error = NULL;
  GThread *thread = NULL;

  self.opened_us = get_alive_us (&self);
  thread = g_thread_new ("cancel", cancel_thread, &self);
  g_assert_cmpint (read_at (&self, 0, data, MIB, &error), ==, -1);
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_CANCELLED);
  g_thread_join (thread);
  end (&self);
}

static void
test_no_server (void)
{
  const char *const greetings[]
    = { "", "HTTP/1.1 400 Bad Request\r\n\r\n", "NBDMAGICIHAVEOPT\0\1" };

  for (gsize i = 0; i < G_N_ELEMENTS (greetings); i++)
    {
      g_autoptr (PlatterNbdReader) reader = NULL;
      g_autoptr (GError) error = NULL;
      int sockets[2];

      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), ==, 0);
      reader = platter_nbd_reader_new (sockets[0], -1, "disk.qcow2", NULL);
      g_assert_cmpint (write (sockets[1], greetings[i], strlen (greetings[i])), >=, 0);
      close (sockets[1]);
      g_assert_false (platter_nbd_reader_open (reader, &error));
      g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
    }
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/nbd-reader/reads", "", test_reads);
  g_test_add_data_func ("/nbd-reader/reads-small", "--filter=blocksize-policy", test_reads);
  g_test_add_func ("/nbd-reader/zeros", test_zeros);
  g_test_add_func ("/nbd-reader/digest-of-content", test_digest_of_content);
  g_test_add_func ("/nbd-reader/digest-of-file", test_digest_of_file);
  g_test_add_func ("/nbd-reader/server-dies", test_server_dies);
  g_test_add_func ("/nbd-reader/server-refuses", test_server_refuses);
  g_test_add_func ("/nbd-reader/cancelled", test_cancelled);
  g_test_add_func ("/nbd-reader/no-server", test_no_server);
  return g_test_run ();
}
