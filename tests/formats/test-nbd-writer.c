// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A disk that nbdkit writes and another nbdkit reads: what came is there, and what goes wrong is told.

#include "formats/nbd-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/errors.h"

#define MIB (1024 * 1024)
/* Neither a whole chunk nor a whole sector. */
#define CONTENT_BYTES ((gsize)13 * MIB + 700)
#define DISK_BYTES ((guint64)13 * MIB + 1024)
#define STEP_BYTES ((gsize)300 * 1024)

typedef struct
{
  char *folder;
  char *path;
  char *log;
  int file;
  guint8 *content; /* zeros from the third to the tenth MiB */
  GSubprocess *servers[2];
  PlatterNbdWriter *writer;
  PlatterWriter *target;
} Disk;

static int
serve (Disk *self, guint which, const char *command)
{
  g_autoptr (GSubprocessLauncher) launcher
    = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *line = g_strdup_printf ("nbdkit --single --foreground %s", command);
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  int sockets[2];

  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), ==, 0);
  g_subprocess_launcher_take_stdin_fd (launcher, dup (sockets[1]));
  g_subprocess_launcher_take_stdout_fd (launcher, sockets[1]);
  self->servers[which]
    = g_subprocess_launcher_spawnv (launcher, (const char *const *)words, &error);
  g_assert_no_error (error);
  return sockets[0];
}

/* @filters, @parameters: of the one that writes; @reads: (nullable): what reads, if not what was written */
static Disk
begin (const char *filters, const char *parameters, const char *reads, gboolean is_read_back)
{
  Disk self = { 0 };
  g_autofree char *writes = NULL;
  g_autofree char *same = NULL;
  g_autoptr (GError) error = NULL;

  self.folder = g_dir_make_tmp ("platter-nbd-XXXXXX", NULL);
  self.path = g_build_filename (self.folder, "disk", NULL);
  self.log = g_build_filename (self.folder, "log", NULL);
  g_assert_true (g_file_set_contents (self.path, "", 0, NULL));
  g_assert_cmpint (truncate (self.path, DISK_BYTES), ==, 0);
  self.file = g_open (self.path, O_RDONLY | O_CLOEXEC, 0);
  self.content = g_malloc0 (CONTENT_BYTES);
  for (gsize i = 0; i < CONTENT_BYTES; i++)
    self.content[i] = i / MIB >= 2 && i / MIB < 10 ? 0 : (guint8)(i * 7 + i / 251);
  writes = g_strdup_printf ("%s --filter=log file %s logfile=%s %s", filters, self.path, self.log,
                            parameters);
  same = g_strdup_printf ("--readonly file %s", self.path);
  self.writer = platter_nbd_writer_new (serve (&self, 0, writes),
                                        serve (&self, 1, reads != NULL ? reads : same), self.file,
                                        "disk.vdi", is_read_back, &error);
  g_assert_no_error (error);
  self.target = platter_nbd_writer_get_writer (self.writer);
  return self;
}

static void
end (Disk *self)
{
  platter_nbd_writer_free (self->writer);
  for (guint i = 0; i < 2; i++)
    {
      g_subprocess_force_exit (self->servers[i]);
      g_assert_true (g_subprocess_wait (self->servers[i], NULL, NULL));
      g_object_unref (self->servers[i]);
    }
  close (self->file);
  g_remove (self->path);
  g_remove (self->log);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self->log);
  g_free (self->content);
}

/* Returns: a negative errno, or 0 */
static int
put (Disk *self, gsize offset, gsize length)
{
  gboolean is_zero = TRUE;
  gsize done = 0;

  for (gsize i = 0; i < length; i++)
    is_zero = is_zero && self->content[offset + i] == 0;
  while (done < length)
    {
      gssize taken = self->target->funcs->write (
        self->target, is_zero ? NULL : self->content + offset + done, length - done);

      if (taken < 0)
        return (int)taken;
      if (taken == 0)
        g_usleep (500);
      done += (gsize)taken;
    }
  return 0;
}

/* Returns: a negative errno; 1 */
static int
put_all (Disk *self)
{
  int result = 0;

  for (gsize at = 0; at < CONTENT_BYTES && result == 0; at += STEP_BYTES)
    result = put (self, at, MIN (STEP_BYTES, CONTENT_BYTES - at));
  while (result == 0)
    {
      result = self->target->funcs->finish (self->target);
      if (result == 0)
        g_usleep (500);
    }
  return result;
}

static char *
dup_digest (Disk *self)
{
  g_autofree char *data = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (self->path, &data, &length, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)data, length);
}

/* Returns: how many bytes */
static gsize
read_all (Disk *self, GError **error)
{
  PlatterReader *reader = self->target->funcs->get_reader (self->target);
  g_autofree guint8 *data = g_malloc (MIB);
  gsize at = 0;
  gssize got = 1;

  while (got > 0)
    {
      got = reader->funcs->read (reader, at, data, MIB, error);
      if (got > 0)
        g_assert_cmpmem (data, (gsize)got, self->content + at, (gsize)got);
      at += got > 0 ? (gsize)got : 0;
    }
  return at;
}

static void
test_good (void)
{
  Disk self = begin ("", "", NULL, TRUE);
  g_autofree char *digest = NULL;
  g_autofree char *log = NULL;
  g_auto (GStrv) writes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (put_all (&self), ==, 1);
  g_assert_cmpuint (self.target->funcs->get_stored_bytes (self.target), ==, CONTENT_BYTES);
  g_assert_null (platter_nbd_writer_get_digest (self.writer));
  g_assert_cmpuint (read_all (&self, &error), ==, CONTENT_BYTES);
  g_assert_no_error (error);
  digest = dup_digest (&self);
  g_assert_cmpstr (platter_nbd_writer_get_digest (self.writer), ==, digest);
  g_assert_cmpuint (platter_nbd_writer_get_file_bytes (self.writer), ==, DISK_BYTES);
  /* Of seven chunks of 2 MiB, two got nothing but zeros: nothing is sent of them. */
  g_assert_true (g_file_get_contents (self.log, &log, NULL, NULL));
  writes = g_strsplit (log, " Write id=", -1);
  g_assert_cmpuint (g_strv_length (writes), ==, 1 + 5);
  g_assert_null (strstr (log, " Zero id="));
  g_assert_nonnull (strstr (log, " Flush id="));
  end (&self);
}

/* Then the file is digested nevertheless. */
static void
test_not_read_back (void)
{
  Disk self = begin ("", "", NULL, FALSE);
  g_autofree char *digest = NULL;

  g_assert_cmpint (put_all (&self), ==, 1);
  digest = dup_digest (&self);
  g_assert_cmpstr (platter_nbd_writer_get_digest (self.writer), ==, digest);
  end (&self);
}

static void
test_large_blocks (void)
{
  Disk self
    = begin ("--filter=blocksize-policy --filter=truncate",
             "round-up=4096 blocksize-minimum=4096 blocksize-error-policy=error", NULL, TRUE);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (put_all (&self), ==, 1);
  g_assert_cmpuint (read_all (&self, &error), ==, CONTENT_BYTES);
  g_assert_no_error (error);
  end (&self);
}

typedef struct
{
  const char *name;
  const char *filters;
  const char *parameters;
  const char *reads; /* (nullable) */
  int code;
} Fault;

static const Fault faults[] = {
  { "no-space", "--filter=error", "error-pwrite=ENOSPC error-pwrite-rate=100%", NULL, ENOSPC },
  { "write-error", "--filter=error", "error-pwrite=EIO error-pwrite-rate=100%", NULL, EIO },
  { "read-only", "--readonly", "", NULL, EROFS },
  { "too-small", "--filter=truncate", "truncate=4M", NULL, ENOSPC },
  { "other-size-read", "", "", "--readonly memory 14M", EPIPE },
  { "nobody-reads", "", "", "--dump-plugin memory", EPIPE },
};

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  Disk self = begin (fault->filters, fault->parameters, fault->reads, TRUE);

  g_assert_cmpint (put_all (&self), ==, -fault->code);
  g_assert_null (platter_nbd_writer_get_digest (self.writer));
  end (&self);
}

/* What fills up the last sector is not to hold anything. */
static void
test_something_behind (void)
{
  g_autofree char *command
    = g_strdup_printf ("--readonly data '@%" G_GSIZE_FORMAT " 1' size=%" G_GUINT64_FORMAT,
                       CONTENT_BYTES + 1, DISK_BYTES);
  Disk self = begin ("", "", command, TRUE);
  g_autoptr (GError) error = NULL;

  memset (self.content, 0, CONTENT_BYTES);
  g_assert_cmpint (put_all (&self), ==, 1);
  read_all (&self, &error);
  g_assert_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_MISMATCH);
  end (&self);
}

static void
test_server_gone (void)
{
  Disk self = begin ("--filter=delay", "delay-write=50ms", NULL, TRUE);
  int result = put (&self, 0, STEP_BYTES);

  g_assert_cmpint (result, ==, 0);
  g_subprocess_force_exit (self.servers[0]);
  g_assert_cmpint (put_all (&self), <, 0);
  end (&self);
}

/* In the middle of writing, and while it waits for somebody who never comes. */
static void
test_cancelled (gconstpointer data)
{
  gboolean is_finishing = GPOINTER_TO_INT (data);
  Disk self = begin ("--filter=delay", is_finishing ? "" : "delay-write=100ms",
                     is_finishing ? "--filter=delay memory 13M delay-open=60" : NULL, TRUE);

  if (is_finishing)
    {
      for (gsize at = 0; at < CONTENT_BYTES; at += STEP_BYTES)
        g_assert_cmpint (put (&self, at, MIN (STEP_BYTES, CONTENT_BYTES - at)), ==, 0);
      g_assert_cmpint (self.target->funcs->finish (self.target), ==, 0);
      g_usleep (100 * 1000);
    }
  else
    g_assert_cmpint (put (&self, 0, 2 * STEP_BYTES), ==, 0);
  self.target->funcs->cancel (self.target);
  end (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nbd-writer/good", test_good);
  g_test_add_func ("/nbd-writer/not-read-back", test_not_read_back);
  g_test_add_func ("/nbd-writer/large-blocks", test_large_blocks);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/nbd-writer/", faults[i].name, NULL);

      g_test_add_data_func (path, &faults[i], test_fault);
    }
  g_test_add_func ("/nbd-writer/something-behind", test_something_behind);
  g_test_add_func ("/nbd-writer/server-gone", test_server_gone);
  g_test_add_data_func ("/nbd-writer/cancelled", GINT_TO_POINTER (FALSE), test_cancelled);
  g_test_add_data_func ("/nbd-writer/cancelled-at-the-end", GINT_TO_POINTER (TRUE), test_cancelled);
  return g_test_run ();
}
