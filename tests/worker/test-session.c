// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The worker itself, with its sandbox, on the other end of a socket: files that stand for drives are copied and
// compared, and it tells how that goes.

#include "dbus/wire.h"
#include "engine/map.h"
#include "engine/transfer.h"

#include <fcntl.h>
#include <libfdisk.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define MIB (1024 * 1024)
#define TIMEOUT_S 300
#define MAX_FILES 33
/* Both ends, which are written last, and a little between them. */
#define COPIED_BYTES (3 * MIB)
#define MAX_FILLED_BYTES (8 * MIB)
/* Sparse, and more than could be copied before the worker looks at its socket once. */
#define ENDLESS_BYTES (G_GUINT64_CONSTANT (32) * 1024 * MIB)

typedef struct
{
  int socket;
  GSubprocess *process;
  int fds[MAX_FILES]; /* the source, then the targets */
  guint n_fds;
  guint n_progress;
  GVariant *last_progress;
  GVariantDict start;
} Worker;

static int
make_file (gsize size_bytes)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("platter-session-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  unlink (path);
  g_assert_no_errno (ftruncate (fd, (off_t)size_bytes));
  return fd;
}

static void
fill_file (int fd, gsize size_bytes)
{
  g_autofree guint32 *data = g_malloc (size_bytes);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (gsize i = 0; i < size_bytes / sizeof *data; i++)
    data[i] = g_rand_int (random);
  g_assert_cmpint (pwrite (fd, data, size_bytes, 0), ==, (gssize)size_bytes);
}

static guint8 *
dup_file (int fd, gsize size_bytes)
{
  guint8 *data = g_malloc (size_bytes);

  /* The worker has the same open file and may have set O_DIRECT, for which this memory is not aligned. */
  g_assert_no_errno (fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_DIRECT));
  g_assert_cmpint (pread (fd, data, size_bytes, 0), ==, (gssize)size_bytes);
  return data;
}

static void
assert_equal_files (int first, int second, gsize size_bytes)
{
  g_autofree guint8 *first_data = dup_file (first, size_bytes);
  g_autofree guint8 *second_data = dup_file (second, size_bytes);

  g_assert_true (memcmp (first_data, second_data, size_bytes) == 0);
}

static void
worker_spawn (Worker *self)
{
  const struct timeval timeout = { .tv_sec = TIMEOUT_S };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *path
    = g_build_filename (g_getenv ("PLATTER_BUILD_DIR"), "src/worker/platter-worker", NULL);
  g_autofree char *tsan_options
    = g_strconcat (g_getenv ("TSAN_OPTIONS") != NULL ? g_getenv ("TSAN_OPTIONS") : "",
                   ":report_thread_leaks=0", NULL);
  g_autoptr (GError) error = NULL;
  int ends[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
  g_assert_no_errno (setsockopt (ends[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout));
  /* It ends without waiting for the threads of its queue, one of which may hang in the kernel. */
  g_subprocess_launcher_setenv (launcher, "TSAN_OPTIONS", tsan_options, TRUE);
  g_subprocess_launcher_take_fd (launcher, ends[1], PLATTER_WIRE_WORKER_FD);
  self->process = g_subprocess_launcher_spawn (launcher, &error, path, NULL);
  g_assert_no_error (error);
  self->socket = ends[0];
}

static GVariant *
new_endpoint (guint index)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *name = g_strdup_printf ("drive %u", index);

  g_variant_dict_insert (&dict, "fd", "u", index);
  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "queue-depth", "u", 64u);
  g_variant_dict_insert (&dict, "write-zeroes-max", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&dict, "rotational", "b", FALSE);
  return g_variant_dict_end (&dict);
}

/* As a copy leaves it that was not finished. */
static void
mark_file (int fd)
{
  g_autofree char *block = g_malloc0 (MIB);

  memcpy (block, PLATTER_MARK_TEXT, sizeof PLATTER_MARK_TEXT);
  g_assert_cmpint (pwrite (fd, block, MIB, 0), ==, MIB);
}

/* A worker, a source whose beginning has content, empty targets, and the usual message. */
static void
worker_init (Worker *self, gsize source_bytes, guint n_targets, gsize target_bytes)
{
  const char *const digests[] = { "sha256", NULL };
  GVariantBuilder targets = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  memset (self, 0, sizeof *self);
  self->n_fds = n_targets + 1;
  self->fds[0] = make_file (source_bytes);
  fill_file (self->fds[0], MIN (source_bytes, MAX_FILLED_BYTES));
  for (guint i = 1; i < self->n_fds; i++)
    {
      self->fds[i] = make_file (target_bytes);
      g_variant_builder_add_value (&targets, new_endpoint (i));
    }
  g_variant_dict_init (&self->start, NULL);
  g_variant_dict_insert (&self->start, "kind", "s", "clone");
  g_variant_dict_insert_value (&self->start, "source", new_endpoint (0));
  g_variant_dict_insert_value (&self->start, "targets", g_variant_builder_end (&targets));
  g_variant_dict_insert (&self->start, "size", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&self->start, "verify", "b", TRUE);
  g_variant_dict_insert (&self->start, "digests", "^as", digests);
  g_variant_dict_insert_value (&self->start, "expected",
                               g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0));
  g_variant_dict_insert (&self->start, "repairs", "u", 3u);
  g_variant_dict_insert (&self->start, "stall-timeout", "u", 0u);
  g_variant_dict_insert (&self->start, "queue", "s", "auto");
  g_variant_dict_insert (&self->start, "move-gpt", "b", FALSE);
  worker_spawn (self);
}

static void
worker_start (Worker *self)
{
  g_autoptr (GError) error = NULL;

  platter_wire_send (self->socket, "start", g_variant_dict_end (&self->start), self->fds,
                     self->n_fds, &error);
  g_assert_no_error (error);
}

static void
worker_send (Worker *self, const char *name)
{
  g_autoptr (GError) error = NULL;

  platter_wire_send (self->socket, name, g_variant_new ("a{sv}", NULL), NULL, 0, &error);
  g_assert_no_error (error);
}

/* Returns the content of the next message that is called @name; only progress may come before. */
static GVariant *
worker_receive (Worker *self, const char *name)
{
  while (TRUE)
    {
      g_auto (PlatterWireMessage) message = { 0 };
      g_autoptr (GError) error = NULL;
      platter_wire_receive (self->socket, &message, &error);
      g_assert_no_error (error);
      g_assert_nonnull (message.name);
      if (strcmp (message.name, name) == 0)
        return g_variant_ref (message.content);
      g_assert_cmpstr (message.name, ==, "progress");
      self->n_progress++;
      g_clear_pointer (&self->last_progress, g_variant_unref);
      self->last_progress = g_variant_ref (message.content);
    }
}

static void
worker_begin (Worker *self)
{
  g_autoptr (GVariant) ready = worker_receive (self, "ready");

  worker_send (self, "begin");
}

static void
worker_clear (Worker *self, int exit_status)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, exit_status);
  g_object_unref (self->process);
  g_clear_pointer (&self->last_progress, g_variant_unref);
  g_variant_dict_clear (&self->start);
  if (self->socket >= 0)
    close (self->socket);
  for (guint i = 0; i < self->n_fds; i++)
    close (self->fds[i]);
}

static GVariant *
get_target (GVariant *content, guint index)
{
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (content, "targets", G_VARIANT_TYPE ("aa{sv}"));

  g_assert_nonnull (targets);
  return g_variant_get_child_value (targets, index);
}

static void
assert_string (GVariant *dictionary, const char *key, const char *expected)
{
  g_autofree char *value = NULL;

  g_assert_true (g_variant_lookup (dictionary, key, "s", &value));
  g_assert_cmpstr (value, ==, expected);
}

static guint64
get_number (GVariant *dictionary, const char *key)
{
  guint64 number = 0;

  g_assert_true (g_variant_lookup (dictionary, key, "t", &number));
  return number;
}

static void
assert_last_progress (Worker *self)
{
  g_autoptr (GVariant) progress
    = g_variant_lookup_value (self->last_progress, "progress", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) target = get_target (self->last_progress, 0);
  g_autoptr (GVariant) map = g_variant_lookup_value (target, "map", G_VARIANT_TYPE_BYTESTRING);
  gsize n_cells = 0;
  const guint8 *cells = g_variant_get_fixed_array (map, &n_cells, 1);
  double fraction = 0;

  assert_string (progress, "phase", "ended");
  g_assert_true (g_variant_lookup (progress, "fraction", "d", &fraction));
  g_assert_cmpfloat (fraction, ==, 1.0);
  g_assert_cmpuint (n_cells, ==, 1024);
  for (gsize i = 0; i < n_cells; i++)
    g_assert_cmpuint (cells[i], ==, PLATTER_MAP_VERIFIED);
}

static void
test_copy (gconstpointer queue)
{
  Worker worker;
  worker_init (&worker, COPIED_BYTES, 1, COPIED_BYTES + MIB);
  g_variant_dict_insert (&worker.start, "queue", "s", queue);
  worker_start (&worker);
  worker_begin (&worker);
  g_autoptr (GVariant) report = worker_receive (&worker, "report");
  g_autoptr (GVariant) target = get_target (report, 0);
  g_autoptr (GVariant) digests
    = g_variant_lookup_value (report, "digests", G_VARIANT_TYPE ("a{ss}"));
  g_autofree guint8 *data = dup_file (worker.fds[0], COPIED_BYTES);
  g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, COPIED_BYTES);

  g_assert_cmpuint (worker.n_progress, >=, 2);
  assert_last_progress (&worker);
  assert_string (report, "outcome", "verified");
  assert_string (target, "verdict", "verified");
  assert_string (target, "phase", "ended");
  assert_string (target, "gpt", "none");
  assert_string (digests, "sha256", sha256);
  g_assert_cmpuint (get_number (report, "read"), ==, COPIED_BYTES);
  g_assert_cmpuint (get_number (target, "written"), ==, COPIED_BYTES);
  g_assert_cmpuint (get_number (target, "durable"), ==, COPIED_BYTES);
  g_assert_cmpuint (get_number (target, "verified"), ==, COPIED_BYTES);
  g_assert_cmpuint (get_number (target, "mismatch-count"), ==, 0);
  assert_equal_files (worker.fds[0], worker.fds[1], COPIED_BYTES);
  worker_clear (&worker, 0);
}

/* The source is that of the whole copy; the first target holds what was durable, the second something else. */
static void
test_resume (void)
{
  Worker worker;
  worker_init (&worker, COPIED_BYTES, 2, COPIED_BYTES);
  fill_file (worker.fds[1], 2 * MIB);
  mark_file (worker.fds[1]);
  g_variant_dict_insert_value (
    &worker.start, "resume", g_variant_new_parsed ("[%t, %t]", (guint64)2 * MIB, (guint64)2 * MIB));
  worker_start (&worker);
  worker_begin (&worker);
  g_autoptr (GVariant) report = worker_receive (&worker, "report");
  g_autoptr (GVariant) first = get_target (report, 0);
  g_autoptr (GVariant) second = get_target (report, 1);

  assert_string (first, "verdict", "verified");
  g_assert_cmpuint (get_number (first, "durable-until"), >=, 2 * MIB);
  assert_equal_files (worker.fds[0], worker.fds[1], COPIED_BYTES);
  assert_string (second, "verdict", "failed");
  assert_string (second, "error-code", "changed");
  worker_clear (&worker, 0);
}

/* As many as there may be: all messages must fit. */
static void
test_many (void)
{
  Worker worker;
  worker_init (&worker, 2 * MIB, 32, 2 * MIB);
  worker_start (&worker);
  worker_begin (&worker);
  g_autoptr (GVariant) report = worker_receive (&worker, "report");

  assert_string (report, "outcome", "verified");
  for (guint i = 1; i < worker.n_fds; i++)
    assert_equal_files (worker.fds[0], worker.fds[i], 2 * MIB);
  worker_clear (&worker, 0);
}

static void
make_table (int fd)
{
  struct fdisk_context *context = fdisk_new_context ();

  fdisk_disable_dialogs (context, 1);
  g_assert_cmpint (fdisk_assign_device_by_fd (context, fd, "disk", 0), ==, 0);
  g_assert_cmpint (fdisk_create_disklabel (context, "gpt"), ==, 0);
  g_assert_cmpint (fdisk_write_disklabel (context), ==, 0);
  fdisk_deassign_device (context, 1);
  fdisk_unref_context (context);
}

static void
test_gpt (void)
{
  Worker worker;
  worker_init (&worker, 4 * MIB, 2, 6 * MIB);
  make_table (worker.fds[0]);
  g_assert_no_errno (ftruncate (worker.fds[2], 4 * MIB));
  g_variant_dict_insert (&worker.start, "move-gpt", "b", TRUE);
  worker_start (&worker);
  worker_begin (&worker);
  g_autoptr (GVariant) report = worker_receive (&worker, "report");
  g_autoptr (GVariant) larger = get_target (report, 0);
  g_autoptr (GVariant) equal = get_target (report, 1);
  g_autofree guint8 *data = dup_file (worker.fds[1], 6 * MIB);

  assert_string (report, "outcome", "verified");
  assert_string (larger, "gpt", "moved");
  assert_string (equal, "gpt", "none");
  g_assert_cmpmem (data + 6 * MIB - 512, 8, "EFI PART", 8);
  assert_equal_files (worker.fds[0], worker.fds[2], 4 * MIB);
  worker_clear (&worker, 0);
}

/* A broken table is told of, and the copy is as good as it was. */
static void
test_gpt_fails (void)
{
  Worker worker;
  worker_init (&worker, 4 * MIB, 1, 6 * MIB);
  make_table (worker.fds[0]);
  g_assert_cmpint (pwrite (worker.fds[0], "broken", 6, 512 + 60), ==, 6);
  g_variant_dict_insert (&worker.start, "move-gpt", "b", TRUE);
  worker_start (&worker);
  worker_begin (&worker);
  g_autoptr (GVariant) report = worker_receive (&worker, "report");
  g_autoptr (GVariant) target = get_target (report, 0);
  g_autofree char *message = NULL;

  assert_string (report, "outcome", "verified");
  assert_string (target, "gpt", "failed");
  g_assert_true (g_variant_lookup (target, "gpt-message", "s", &message));
  assert_equal_files (worker.fds[0], worker.fds[1], 4 * MIB);
  worker_clear (&worker, 0);
}

static void
test_verify (void)
{
  Worker worker;
  worker_init (&worker, 4 * MIB, 1, 4 * MIB);
  fill_file (worker.fds[1], 4 * MIB);
  g_assert_cmpint (pwrite (worker.fds[1], "different", 9, 3 * MIB + 5), ==, 9);
  g_variant_dict_insert (&worker.start, "kind", "s", "verify");
  worker_start (&worker);
  worker_begin (&worker);
  g_autoptr (GVariant) report = worker_receive (&worker, "report");
  g_autoptr (GVariant) target = get_target (report, 0);
  g_autoptr (GVariant) mismatches
    = g_variant_lookup_value (target, "mismatches", G_VARIANT_TYPE ("a(tttstuub)"));
  guint64 offset = 0;

  assert_string (report, "outcome", "mismatched");
  g_assert_cmpuint (get_number (target, "mismatch-count"), ==, 1);
  g_assert_cmpuint (g_variant_n_children (mismatches), ==, 1);
  g_variant_get_child (mismatches, 0, "(tttstuub)", &offset, NULL, NULL, NULL, NULL, NULL, NULL,
                       NULL);
  g_assert_cmpuint (offset, ==, 3 * MIB + 5);
  worker_clear (&worker, 0);
}

/* Without any sector of the source's first MiB nobody takes the target for a finished one. */
static void
assert_no_head (Worker *self)
{
  g_autofree guint8 *source = dup_file (self->fds[0], MIB);
  g_autofree guint8 *target = dup_file (self->fds[1], MIB);

  for (gsize i = 0; i < MIB; i += 512)
    g_assert_true (memcmp (source + i, target + i, 512) != 0);
}

static void
test_expected (void)
{
  Worker worker;
  worker_init (&worker, 4 * MIB, 1, 4 * MIB);
  g_variant_dict_insert_value (
    &worker.start, "expected",
    g_variant_new_parsed ("{'md5': '0123456789abcdef0123456789abcdef'}"));
  worker_start (&worker);
  worker_begin (&worker);
  g_autoptr (GVariant) report = worker_receive (&worker, "report");
  g_autoptr (GVariant) target = get_target (report, 0);
  gboolean matches = TRUE;

  assert_string (report, "outcome", "failed");
  assert_string (target, "error-code", "digest");
  g_assert_true (g_variant_lookup (report, "expected-matches", "b", &matches));
  g_assert_false (matches);
  assert_no_head (&worker);
  worker_clear (&worker, 0);
}

static void
test_too_small (void)
{
  Worker worker;
  worker_init (&worker, 4 * MIB, 1, 4 * MIB);
  g_assert_no_errno (ftruncate (worker.fds[0], 4 * MIB + 512));
  worker_start (&worker);
  g_autoptr (GVariant) refused = worker_receive (&worker, "refused");
  g_autofree guint8 *data = dup_file (worker.fds[1], 4 * MIB);
  g_autofree guint8 *zeros = g_malloc0 (4 * MIB);

  assert_string (refused, "code", "too-small");
  g_assert_true (memcmp (data, zeros, 4 * MIB) == 0);
  worker_clear (&worker, 0);
}

/* It cannot unpack anything: it is made without what that takes. */
static void
test_only_drives (void)
{
  Worker worker;
  GVariantDict source;
  g_autoptr (GVariant) plain = g_variant_ref_sink (new_endpoint (0));

  worker_init (&worker, 4 * MIB, 1, 4 * MIB);
  g_variant_dict_init (&source, plain);
  g_variant_dict_insert (&source, "packed", "b", TRUE);
  g_variant_dict_insert_value (&worker.start, "source", g_variant_dict_end (&source));
  worker_start (&worker);
  g_autoptr (GVariant) refused = worker_receive (&worker, "refused");
  g_autofree guint8 *data = dup_file (worker.fds[1], 4 * MIB);
  g_autofree guint8 *zeros = g_malloc0 (4 * MIB);

  assert_string (refused, "code", "unsupported");
  g_assert_true (memcmp (data, zeros, 4 * MIB) == 0);
  worker_clear (&worker, 0);
}

static void
test_bad_start (void)
{
  Worker worker;
  worker_init (&worker, MIB, 1, MIB);
  g_variant_dict_insert (&worker.start, "surprise", "b", TRUE);
  worker_start (&worker);
  g_autoptr (GVariant) refused = worker_receive (&worker, "refused");

  assert_string (refused, "code", "failed");
  worker_clear (&worker, 0);
}

static void
test_cancel (void)
{
  Worker worker;
  worker_init (&worker, ENDLESS_BYTES, 1, ENDLESS_BYTES);
  worker_start (&worker);
  worker_begin (&worker);
  worker_send (&worker, "cancel");
  g_autoptr (GVariant) report = worker_receive (&worker, "report");

  assert_string (report, "outcome", "cancelled");
  assert_no_head (&worker);
  worker_clear (&worker, 0);
}

/* Ready, it waits: whoever asked for the job may have left. */
static void
test_never_begins (void)
{
  Worker worker;
  worker_init (&worker, COPIED_BYTES, 1, COPIED_BYTES);
  worker_start (&worker);
  g_autoptr (GVariant) ready = worker_receive (&worker, "ready");
  g_autofree guint8 *zeros = g_malloc0 (COPIED_BYTES);
  int target = fcntl (worker.fds[1], F_DUPFD_CLOEXEC, 3);
  g_autofree guint8 *data = NULL;

  close (worker.socket);
  worker.socket = -1;
  worker_clear (&worker, 1);
  data = dup_file (target, COPIED_BYTES);
  g_assert_true (memcmp (data, zeros, COPIED_BYTES) == 0);
  close (target);
}

static void
test_helper_dies (void)
{
  Worker worker;
  worker_init (&worker, ENDLESS_BYTES, 1, ENDLESS_BYTES);
  worker_start (&worker);
  worker_begin (&worker);
  close (worker.socket);
  worker.socket = -1;
  worker_clear (&worker, 1);
}

static void
test_nobody_there (void)
{
  Worker worker;
  worker_init (&worker, MIB, 1, MIB);
  close (worker.socket);
  worker.socket = -1;
  worker_clear (&worker, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/session/copy-auto", "auto", test_copy);
#ifndef __SANITIZE_THREAD__
  /* ThreadSanitizer does not see GLib's locks, takes every buffer that goes between threads for a race, and
     needs minutes to suppress them all. */
  g_test_add_data_func ("/session/copy-threads", "threads", test_copy);
#endif
  g_test_add_func ("/session/many", test_many);
  g_test_add_func ("/session/resume", test_resume);
  g_test_add_func ("/session/gpt", test_gpt);
  g_test_add_func ("/session/gpt-fails", test_gpt_fails);
  g_test_add_func ("/session/verify", test_verify);
  g_test_add_func ("/session/expected", test_expected);
  g_test_add_func ("/session/too-small", test_too_small);
  g_test_add_func ("/session/only-drives", test_only_drives);
  g_test_add_func ("/session/bad-start", test_bad_start);
  g_test_add_func ("/session/cancel", test_cancel);
  g_test_add_func ("/session/never-begins", test_never_begins);
  g_test_add_func ("/session/helper-dies", test_helper_dies);
  g_test_add_func ("/session/nobody-there", test_nobody_there);
  return g_test_run ();
}
