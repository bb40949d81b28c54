// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A helper that is killed at any of the system calls that keep a job: what it leaves can be read, is never ahead of what
// was durable, and never behind what it had kept.

#include "dbus/map-page.h"
#include "helper/job.h"
#include "helper/journal-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB ((guint64)1024 * 1024)
#define N_NOTES 4
#define MAX_CALLS 2000

/* Shared with the one that is killed. */
typedef struct
{
  guint64 noted_bytes;  /* what the journal was told */
  guint64 stored_bytes; /* what it said was on the disk */
  gboolean is_ending;
  gboolean is_over;
} Marks;

static GVariant *
parse (const char *text)
{
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

static void
wait_until_stored (PlatterJournals *journals)
{
  while (platter_journals_are_writing (journals))
    g_main_context_iteration (NULL, TRUE);
}

/* A job that gets on, and then ends well. */
static void
live (const char *folder, Marks *marks)
{
  g_autoptr (GVariant) details = parse (
    "{'kind': <'clone'>, 'started': <uint64 9000000000>, 'targets': <[{'name': <'stick'>}]>}");
  g_autoptr (GVariant) end = parse ("[{'verdict': <'verified'>}]");
  g_autoptr (GVariant) left = NULL;
  PlatterJournals *journals = platter_journals_new (folder, NULL);
  PlatterJournal *journal = platter_journal_new (journals, 0, details);

  platter_journal_set_number (journal, 1);
  for (guint i = 1; i <= N_NOTES; i++)
    {
      g_autoptr (GVariant) targets = g_variant_ref_sink (
        g_variant_new_parsed ("[{'durable-until': <%t>}]", (guint64)(i + 1) * MIB));

      marks->noted_bytes = (i + 1) * MIB;
      platter_journal_note (journal, targets);
      wait_until_stored (journals);
      marks->stored_bytes = (i + 1) * MIB;
    }
  marks->is_ending = TRUE;
  left = g_variant_ref_sink (platter_journal_end (journal, end, FALSE));
  wait_until_stored (journals);
  marks->is_over = TRUE;
}

/* Those that do something to files. */
static gboolean
is_of_files (guint64 number)
{
  switch (number)
    {
    case SYS_openat:
    case SYS_write:
    case SYS_pwrite64:
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_rename:
    case SYS_renameat:
    case SYS_unlink:
    case SYS_unlinkat:
    case SYS_flock:
    case SYS_close:
    case SYS_fchmod:
    case SYS_ftruncate:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_entry (pid_t thread)
{
  struct __ptrace_syscall_info info;

  if (ptrace (PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0)
    return FALSE;
  return info.op == PTRACE_SYSCALL_INFO_ENTRY && is_of_files (info.entry.nr);
}

/* Lets it run to its end, or to its @n_calls-th call. Returns: whether it was killed. */
static gboolean
run_up_to (pid_t child, guint n_calls)
{
  gboolean is_killed = FALSE;
  pid_t thread;
  int status;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (ptrace (PTRACE_SETOPTIONS, child, NULL,
                           PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL),
                   ==, 0);
  ptrace (PTRACE_SYSCALL, child, NULL, NULL);
  while ((thread = waitpid (-1, &status, __WALL)) > 0)
    {
      gboolean is_call = WIFSTOPPED (status) && WSTOPSIG (status) == (SIGTRAP | 0x80);
      int signal = 0;

      if (!WIFSTOPPED (status))
        continue;
      if (is_call && !is_killed && is_entry (thread) && --n_calls == 0)
        {
          is_killed = TRUE;
          g_assert_cmpint (kill (child, SIGKILL), ==, 0);
        }
      if (!is_call && WSTOPSIG (status) != SIGTRAP && WSTOPSIG (status) != SIGSTOP)
        signal = WSTOPSIG (status);
      ptrace (PTRACE_SYSCALL, thread, NULL, GINT_TO_POINTER (signal));
    }
  g_assert_cmpint (errno, ==, ECHILD);
  return is_killed;
}

static gboolean
live_and_die (const char *folder, Marks *marks, guint n_calls)
{
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child > 0)
    return run_up_to (child, n_calls);
  ptrace (PTRACE_TRACEME, 0, NULL, NULL);
  raise (SIGSTOP);
  live (folder, marks);
  _exit (0);
}

static void
check_what_is_left (PlatterJournals *journals, const Marks *marks)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = platter_journals_load (journals);

  g_assert_cmpuint (left->len, <=, 1);
  if (marks->is_over)
    g_assert_cmpuint (left->len, ==, 0);
  else if (marks->stored_bytes > 0 && !marks->is_ending)
    g_assert_cmpuint (left->len, ==, 1);
  if (left->len == 0)
    return;

  guint64 durable_bytes = platter_journal_get_durable_bytes (left->pdata[0], 0);
  g_assert_cmpuint (durable_bytes, >=, marks->stored_bytes);
  g_assert_cmpuint (durable_bytes, <=, marks->noted_bytes);
  /* Nobody has it: the dead hold no lock. */
  g_assert_true (platter_journal_claim (left->pdata[0], &error));
  g_assert_no_error (error);
}

static void
empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

/* Returns: (transfer full): the first that is a job's. */
static char *
dup_file (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = g_dir_read_name (dir);

  while (name != NULL && g_str_has_suffix (name, ".lock"))
    name = g_dir_read_name (dir);
  g_assert_nonnull (name);
  return g_build_filename (folder, name, NULL);
}

/* Like in a helper these stay to the end of the process. */
static PlatterJournals *journals;
static PlatterJournals *kept;
static PlatterJournals *several;
static PlatterJournals *alone;
static PlatterJournals *distrusting[2];
static PlatterJournals *aging;
static PlatterJournals *numbered[2];

static void
test_row_64_killed_at_each_call (void)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-journal-XXXXXX", NULL);
  Marks *marks
    = mmap (NULL, sizeof *marks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  gboolean is_killed = TRUE;
  guint n_calls = 0;

  journals = platter_journals_new (folder, NULL);
  g_assert_nonnull (journals);
  g_assert_true (marks != MAP_FAILED);
  while (is_killed)
    {
      *marks = (Marks){ 0 };
      g_assert_cmpuint (++n_calls, <, MAX_CALLS);
      is_killed = live_and_die (folder, marks, n_calls);
      check_what_is_left (journals, marks);
      empty (folder);
    }
  g_assert_true (marks->is_over);
  /* Each note alone opens, writes, flushes and closes a file, renames it, and does the same to the folder. */
  g_assert_cmpuint (n_calls, >, N_NOTES * 8);
  g_test_message ("%u system calls", n_calls - 1);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  munmap (marks, sizeof *marks);
}

/* Of each job there is one record, which takes the place of the last as a whole. One that is torn all the same, by what
 * the disk did, is not believed in part: the job starts anew, and others are not touched. */
static void
test_row_66_torn (void)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-journal-XXXXXX", NULL);
  g_autoptr (GVariant) details = parse (
    "{'kind': <'clone'>, 'started': <uint64 9000000000>, 'targets': <[{'name': <'stick'>}]>}");
  g_autoptr (GVariant) targets = parse ("[{'durable-until': <uint64 9000000>}]");
  g_autoptr (GVariant) end = parse ("[{'verdict': <'failed'>, 'error-code': <'gone'>}]");
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;
  gsize length = 0;

  kept = platter_journals_new (folder, NULL);
  g_assert_nonnull (kept);
  for (guint i = 0; i < 2; i++)
    {
      PlatterJournal *journal = platter_journal_new (kept, 0, details);

      platter_journal_set_number (journal, i + 1);
      platter_journal_note (journal, targets);
      g_variant_unref (g_variant_ref_sink (platter_journal_end (journal, end, FALSE)));
      wait_until_stored (kept);
      platter_journal_unref (journal);
    }
  path = dup_file (folder);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_cmpuint (length, >, 64);
  for (gsize left = 0; left <= length; left++)
    {
      g_autoptr (GPtrArray) found = NULL;

      /* Cut off, and, as a file system may leave it, as long as before and full of zeros. */
      for (guint is_padded = 0; is_padded < 2; is_padded++)
        {
          g_autofree char *torn = g_malloc0 (length);

          g_clear_pointer (&found, g_ptr_array_unref);
          memcpy (torn, text, left);
          g_assert_true (
            g_file_set_contents (path, torn, (gssize)(is_padded == 1 ? length : left), NULL));
          g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "*cannot be read*");
          found = platter_journals_load (kept);
          if (left == length || (is_padded == 1 && memcmp (torn, text, length) == 0))
            {
              g_assert_cmpuint (found->len, ==, 2);
              g_message ("cannot be read"); /* the one that is expected */
            }
          else
            g_assert_cmpuint (found->len, ==, 1);
          g_test_assert_expected_messages ();
          g_assert_cmpuint (platter_journal_get_durable_bytes (found->pdata[0], 0), ==, 9000000);
        }
    }
  empty (folder);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
set_time (const char *path, gint64 time_s)
{
  const struct timespec times[2] = { { .tv_sec = time_s }, { .tv_sec = time_s } };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

static void
check_found (guint n_found)
{
  g_autoptr (GPtrArray) found = platter_journals_load (aging);

  g_assert_cmpuint (found->len, ==, n_found);
  wait_until_stored (aging);
}

/* A clock that begins in the year 2020 is put right, or a job takes a long time: neither is a reason to forget it. */
static void
test_old (void)
{
  const gint64 day_s = (gint64)24 * 60 * 60;
  const gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *folder = g_dir_make_tmp ("platter-journal-XXXXXX", NULL);
  g_autoptr (GVariant) details = parse (
    "{'kind': <'clone'>, 'started': <uint64 1577836800>, 'targets': <[{'name': <'stick'>}]>}");
  g_autoptr (GVariant) targets = parse ("[{'durable-until': <uint64 9000000>}]");
  g_autoptr (GVariant) end = parse ("[{'verdict': <'failed'>, 'error-code': <'gone'>}]");
  PlatterJournal *journal = NULL;
  g_autofree char *path = NULL;

  aging = platter_journals_new (folder, NULL);
  g_assert_nonnull (aging);
  journal = platter_journal_new (aging, 0, details);
  platter_journal_note (journal, targets);
  g_variant_unref (g_variant_ref_sink (platter_journal_end (journal, end, FALSE)));
  wait_until_stored (aging);
  platter_journal_unref (journal);
  path = dup_file (folder);
  check_found (1);
  /* All of it was by the wrong clock: then it counts from when it was first seen. */
  set_time (path, 1577840400);
  check_found (1);
  check_found (1);
  set_time (path, now_s - 89 * day_s);
  check_found (1);
  set_time (path, now_s - 91 * day_s);
  check_found (0);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  empty (folder);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static PlatterJob *
new_job (const char *kind)
{
  static PlatterPlanSide drive
    = { .name = (char *)"stick", .device = (char *)"/dev/sda", .serial = (char *)"" };
  const char *one = "{'number': <uint64 1792>, 'diskseq': <uint64 1>, 'size': <uint64 9000000>, "
                    "'serial': <''>}";
  gboolean is_comparison = strcmp (kind, "verify") == 0;
  g_autofree char *text
    = g_strdup_printf (is_comparison ? "(%s, %s, @a{sv} {})" : "(%s, [%s], @a{sv} {})", one, one);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parameters
    = g_variant_parse (G_VARIANT_TYPE (is_comparison ? "(a{sv}a{sv}a{sv})" : "(a{sv}aa{sv}a{sv})"),
                       text, NULL, NULL, &error);
  g_autoptr (PlatterRequest) request = NULL;
  PlatterPlan *plan = g_new0 (PlatterPlan, 1);

  g_assert_no_error (error);
  request = platter_request_new (is_comparison ? PLATTER_REQUEST_VERIFY : PLATTER_REQUEST_CLONE,
                                 parameters, NULL, &error);
  g_assert_no_error (error);
  plan->size_bytes = 9000000;
  plan->sides = g_ptr_array_new ();
  g_ptr_array_add (plan->sides, &drive);
  g_ptr_array_add (plan->sides, &drive);
  return platter_job_new (7, 0, request, plan);
}

/* Of a comparison that goes on only samples are looked at again, so nothing that a liar called equal is kept. A copy is verified. */
static void
check_distrusted (const char *kind, guint n_kept)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-journal-XXXXXX", NULL);
  g_autoptr (PlatterJob) job = new_job (kind);
  g_autoptr (GVariant) details = platter_job_dup_details (job);
  g_autoptr (GVariant) progress = platter_job_dup_property (job, "Progress");
  GVariant *targets = parse ("[{'durable-until': <uint64 9000000>}]");
  g_autoptr (PlatterJournal) journal = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GVariant) resumable = NULL;

  distrusting[n_kept] = platter_journals_new (folder, NULL);
  g_assert_nonnull (distrusting[n_kept]);
  journal = platter_journal_new (distrusting[n_kept], 0, details);
  platter_job_set_journal (job, journal);
  platter_job_set_progress (job, progress, targets);
  wait_until_stored (distrusting[n_kept]);
  platter_job_distrust (job);
  platter_job_fail (job, "failed", "worker-crashed", "It has lied.");
  wait_until_stored (distrusting[n_kept]);
  resumable = platter_job_dup_property (job, "Resumable");
  g_assert_cmpuint (g_variant_n_children (resumable), ==, n_kept);
  found = platter_journals_load (distrusting[n_kept]);
  g_assert_cmpuint (found->len, ==, n_kept);
  empty (folder);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_variant_unref (targets);
}

static void
test_distrusted (void)
{
  check_distrusted ("verify", 0);
  check_distrusted ("clone", 1);
}

/* One that was cut off, and began @index seconds after others. @number: 0: none is kept */
static void
leave_job (PlatterJournals *all, guint index, guint32 number)
{
  g_autoptr (GVariant) details = g_variant_ref_sink (g_variant_new_parsed (
    "{'kind': <'clone'>, 'started': <%t>, 'targets': <[{'name': <'stick'>}]>}",
    (guint64)9000000000 + index));
  g_autoptr (GVariant) targets = parse ("[{'durable-until': <uint64 9000000>}]");
  g_autoptr (PlatterJournal) journal = platter_journal_new (all, 0, details);

  platter_journal_set_number (journal, number);
  platter_journal_note (journal, targets);
  wait_until_stored (all);
}

static void
check_numbers (PlatterJournals *all, const guint32 *numbers, guint n_numbers)
{
  g_autoptr (GPtrArray) found = platter_journals_load (all);

  wait_until_stored (all);
  g_assert_cmpuint (found->len, ==, n_numbers);
  for (guint i = 0; i < n_numbers; i++)
    {
      GVariant *details = platter_journal_get_details (found->pdata[i]);

      g_assert_cmpuint (platter_journal_get_number (found->pdata[i]), ==, numbers[i]);
      g_assert_false (g_variant_lookup (details, "number", "u", NULL));
    }
  if (n_numbers > 4)
    platter_journal_discard (found->pdata[0]);
  wait_until_stored (all);
}

/* A job is known by the same number to the next helper, whatever became of others. Those that have none, or one that another has, get
   theirs once. */
static void
test_numbers (void)
{
  const guint32 kept_numbers[] = { 5, 0, 5, G_MAXUINT32, 9 };
  const guint32 numbers[] = { 5, 10, 11, 12, 9 };
  g_autofree char *folder = g_dir_make_tmp ("platter-journal-XXXXXX", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (numbered); i++)
    numbered[i] = platter_journals_new (folder, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    leave_job (numbered[0], i, kept_numbers[i]);
  check_numbers (numbered[0], numbers, G_N_ELEMENTS (numbers));
  g_assert_cmpuint (platter_journals_get_last_number (numbered[0]), ==, 12);
  check_numbers (numbered[1], numbers + 1, G_N_ELEMENTS (numbers) - 1);
  empty (folder);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static const PlatterRequest rescue
  = { .kind = PLATTER_REQUEST_CLONE, .on_error = (char *)"rescue", .format = (char *)"raw" };

static PlatterPlanSide sides[] = {
  { .name = (char *)"s", .device = (char *)"/dev/sda", .serial = (char *)"" },
  { .name = (char *)"c", .device = (char *)"/dev/sdb", .serial = (char *)"" },
  { .name = (char *)"a", .device = (char *)"/dev/sdc", .serial = (char *)"" },
};

/* Of a rescue each target has its own map, which stays with it, in whatever order they are named when it goes on. */
static void
test_maps (void)
{
  static const char text[] = "first\0second\0third";
  g_autofree char *folder = g_dir_make_tmp ("platter-journal-XXXXXX", NULL);
  g_autoptr (GVariant) details
    = parse ("{'kind': <'clone'>, 'started': <uint64 9000000000>, 'size': <uint64 64000000>, "
             "'options': <{'on-error': <'rescue'>}>, 'source': <{'name': <'s'>}>, "
             "'targets': <[{'name': <'a'>}, {'name': <'b'>}, {'name': <'c'>}]>}");
  g_autoptr (GVariant) targets = parse (
    "[{'durable': <uint64 9000000>}, {'durable': <uint64 8000000>}, {'durable': <uint64 0>}]");
  g_autoptr (GVariant) end = parse ("[{'verdict': <'failed'>, 'error-code': <'gone'>}, "
                                    "{'verdict': <'incomplete'>}, {'verdict': <'failed'>}]");
  g_autoptr (GVariant) indexes = parse ("[uint32 0, 2]");
  g_autoptr (GBytes) domain = g_bytes_new ("wanted", 6);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GVariant) left = NULL;
  g_autoptr (GError) error = NULL;
  PlatterRequestSide source = { .fd = -1, .nbd_fd = -1, .parts_fd = -1, .more_fd = -1 };
  PlatterRequest request = rescue;
  PlatterPlan plan = { .size_bytes = 64000000, .sides = g_ptr_array_new () };
  PlatterJournal *journal = NULL;
  int page_fd = platter_map_page_new (&error);

  several = platter_journals_new (folder, NULL);
  journal = platter_journal_new (several, 0, details);
  platter_journal_set_number (journal, 1);
  g_assert_no_error (error);
  g_assert_true (platter_map_page_write (page_fd, PLATTER_MAP_PAGE_FILE, 1, text, sizeof text - 1));
  platter_journal_set_page (journal, page_fd);
  platter_journal_set_domain (journal, domain);
  g_assert_true (platter_journal_note (journal, targets));
  left = g_variant_ref_sink (platter_journal_end (journal, end, FALSE));
  g_assert_true (g_variant_equal (left, indexes));
  wait_until_stored (several);
  platter_journal_unref (journal);
  found = platter_journals_load (several);
  g_assert_cmpuint (found->len, ==, 1);
  request.sides = g_ptr_array_new ();
  g_ptr_array_add (request.sides, &source);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    g_ptr_array_add (plan.sides, &sides[i]);
  g_assert_true (platter_journal_match (found->pdata[0], &request, &plan, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (plan.resume_map, NULL), g_bytes_get_size (plan.resume_map),
                   "third\0first", 11);
  g_assert_true (g_bytes_equal (plan.domain, domain));
  g_assert_cmpuint (g_array_index (plan.resume_bytes, guint64, 0), ==, 0);
  g_assert_cmpuint (g_array_index (plan.resume_bytes, guint64, 1), ==, 9000000);
  g_bytes_unref (plan.resume_map);
  g_bytes_unref (plan.domain);
  g_array_unref (plan.resume_bytes);
  g_ptr_array_unref (plan.sides);
  g_ptr_array_unref (request.sides);
  close (page_fd);
  empty (folder);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A drive that is tried for hours and gives nothing: what was tried is kept, but not all the time. */
static void
test_tried_in_vain (void)
{
  g_autofree char *folder = g_dir_make_tmp ("platter-journal-XXXXXX", NULL);
  g_autoptr (GVariant) details
    = parse ("{'kind': <'clone'>, 'started': <uint64 9000000000>, 'size': <uint64 64000000>, "
             "'options': <{'on-error': <'rescue'>}>, 'source': <{'name': <'s'>}>, "
             "'targets': <[{'name': <'a'>}]>}");
  g_autoptr (GVariant) targets = parse ("[{'durable': <uint64 9000000>}]");
  g_autoptr (GPtrArray) found = NULL;
  PlatterJournal *journal = NULL;
  int page_fd = platter_map_page_new (NULL);

  alone = platter_journals_new (folder, NULL);
  journal = platter_journal_new (alone, 0, details);
  platter_journal_set_number (journal, 1);
  g_assert_true (platter_map_page_write (page_fd, PLATTER_MAP_PAGE_FILE, 1, "read", 4));
  platter_journal_set_page (journal, page_fd);
  g_assert_true (platter_journal_note (journal, targets));
  g_assert_true (platter_map_page_write (page_fd, PLATTER_MAP_PAGE_FILE, 2, "flushed", 7));
  g_assert_true (platter_journal_note (journal, targets));
  g_assert_true (platter_map_page_write (page_fd, PLATTER_MAP_PAGE_FILE, 3, "tried", 5));
  g_assert_false (platter_journal_note (journal, targets));
  journal->page_us -= 2 * JOURNAL_PAGE_US;
  g_assert_true (platter_journal_note (journal, targets));
  g_assert_false (platter_journal_note (journal, targets));
  journal->page_us -= 2 * JOURNAL_PAGE_US;
  g_assert_false (platter_journal_note (journal, targets));
  wait_until_stored (alone);
  platter_journal_unref (journal);
  found = platter_journals_load (alone);
  g_assert_cmpuint (found->len, ==, 1);
  journal = found->pdata[0];
  g_assert_cmpmem (g_bytes_get_data (journal->map, NULL), g_bytes_get_size (journal->map), "tried",
                   5);
  close (page_fd);
  empty (folder);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/row-64-killed-at-each-call", test_row_64_killed_at_each_call);
  g_test_add_func ("/journal/row-66-torn", test_row_66_torn);
  g_test_add_func ("/journal/numbers", test_numbers);
  g_test_add_func ("/journal/maps", test_maps);
  g_test_add_func ("/journal/tried-in-vain", test_tried_in_vain);
  g_test_add_func ("/journal/old", test_old);
  g_test_add_func ("/journal/distrusted", test_distrusted);
  return g_test_run ();
}
