// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What goes on as a job that was cut off: that very job with these very drives, from what all of them have. And of what
// ended, what is worth going on with.

#include "dbus/errors.h"
#include "device/errors.h"
#include "helper/journal.h"
#include "dbus/map-page.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define MIB ((guint64)1024 * 1024)
#define SIZE (64 * MIB)

/* Like in a helper they stay to the end of the process. */
static char *folder;
static PlatterJournals *journals;

static GVariant *
parse (const char *text)
{
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

static void
wait_until_stored (void)
{
  while (platter_journals_are_writing (journals))
    g_main_context_iteration (NULL, TRUE);
}

/* What is asked for, and what the drives are. */
typedef struct
{
  PlatterRequest request;
  PlatterRequestSide asked;
  PlatterPlan plan;
  PlatterPlanSide sides[3];
} Seen;

static void
seen_init (Seen *self)
{
  *self = (Seen){
    .request
    = { .kind = PLATTER_REQUEST_CLONE, .on_error = (char *)"stop", .format = (char *)"raw" },
    .asked = { .fd = -1, .nbd_fd = -1, .parts_fd = -1, .more_fd = -1 },
    .plan = { .size_bytes = SIZE },
    .sides = { { .name = (char *)"s", .serial = (char *)"S", .size_bytes = SIZE },
               { .name = (char *)"a", .serial = (char *)"A", .size_bytes = SIZE },
               { .name = (char *)"b", .serial = (char *)"B", .size_bytes = 2 * SIZE } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    self->sides[i].device = (char *)"/dev/sda";
}

static PlatterJournal *
new_journal (void)
{
  g_autoptr (GVariant) details = parse (
    "{'kind': <'clone'>, 'started': <uint64 9000000000>, 'size': <uint64 67108864>, "
    "'options': <{'on-error': <'stop'>}>, "
    "'source': <{'name': <'s'>, 'serial': <'S'>, 'size': <uint64 67108864>, 'device': "
    "<'/dev/s'>}>, "
    "'targets': <["
    "{'name': <'a'>, 'serial': <'A'>, 'size': <uint64 67108864>, 'is-image': <false>}, "
    "{'name': <'b'>, 'serial': <'B'>, 'size': <uint64 134217728>, 'is-image': <false>}]>}");

  return platter_journal_new (journals, 0, details);
}

/* Returns: whether it may go on as the job. */
static gboolean
seen_match (Seen *self, GError **error)
{
  g_autoptr (PlatterJournal) journal = new_journal ();
  gboolean is_same = FALSE;

  self->request.sides = g_ptr_array_new ();
  g_ptr_array_add (self->request.sides, &self->asked);
  self->plan.sides = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    if (self->sides[i].name != NULL)
      g_ptr_array_add (self->plan.sides, &self->sides[i]);
  is_same = platter_journal_match (journal, &self->request, &self->plan, error);
  g_assert_cmpint (self->plan.resume_bytes != NULL, ==, is_same);
  if (is_same)
    g_assert_cmpuint (self->plan.resume_bytes->len, ==, self->plan.sides->len - 1);
  g_clear_pointer (&self->plan.resume_bytes, g_array_unref);
  g_ptr_array_unref (self->plan.sides);
  g_ptr_array_unref (self->request.sides);
  return is_same;
}

static void
change_source_serial (Seen *seen)
{
  seen->sides[0].serial = (char *)"T";
}

static void
change_source_size (Seen *seen)
{
  seen->sides[0].size_bytes += 512;
}

static void
change_source_name (Seen *seen)
{
  seen->sides[0].name = (char *)"t";
}

static void
change_source_to_image (Seen *seen)
{
  seen->sides[0].is_image = TRUE;
}

static void
change_target_serial (Seen *seen)
{
  seen->sides[2].serial = (char *)"";
}

static void
change_target_size (Seen *seen)
{
  seen->sides[2].size_bytes = SIZE;
}

static void
change_target_name (Seen *seen)
{
  seen->sides[2].name = (char *)"a";
}

static void
change_target_to_image (Seen *seen)
{
  seen->sides[2].is_image = TRUE;
}

static void
name_one_twice (Seen *seen)
{
  seen->sides[2] = seen->sides[1];
}

static void
change_length (Seen *seen)
{
  seen->plan.size_bytes -= 512;
}

static void
change_kind (Seen *seen)
{
  seen->request.kind = PLATTER_REQUEST_WRITE;
}

static void
change_format (Seen *seen)
{
  seen->request.format = (char *)"zst";
}

static void
change_parts (Seen *seen)
{
  seen->asked.parts_fd = 0;
}

static void
change_to_rescue (Seen *seen)
{
  seen->request.on_error = (char *)"rescue";
}

/* That is what it is called; with this name it would have to be at that node. */
static void
change_source_name_to_node (Seen *seen)
{
  seen->sides[0].name = (char *)"sdb";
}

static const struct
{
  const char *name;
  void (*change) (Seen *seen);
  gboolean is_argument; /* what is wrong is said of the request, and not of a drive */
} changes[] = {
  { "source-serial", change_source_serial, FALSE },
  { "source-size", change_source_size, FALSE },
  { "source-name", change_source_name, FALSE },
  { "source-other-node", change_source_name_to_node, FALSE },
  { "source-is-image", change_source_to_image, FALSE },
  { "target-serial", change_target_serial, FALSE },
  { "target-size", change_target_size, FALSE },
  { "target-name", change_target_name, FALSE },
  { "target-is-image", change_target_to_image, FALSE },
  { "target-twice", name_one_twice, FALSE },
  { "length", change_length, FALSE },
  { "kind", change_kind, FALSE },
  { "format", change_format, TRUE },
  { "parts", change_parts, TRUE },
  { "rescue", change_to_rescue, TRUE },
};

/* Whatever one thing is another than it was, nothing is written on top of it. */
static void
test_changed (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  Seen seen;

  seen_init (&seen);
  changes[index].change (&seen);
  g_assert_false (seen_match (&seen, &error));
  if (changes[index].is_argument)
    g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS);
  else
    g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED);
}

/* The same drives, in whatever order, and without one that is gone. */
static void
test_same (void)
{
  g_autoptr (GError) error = NULL;
  PlatterPlanSide first;
  Seen seen;

  seen_init (&seen);
  g_assert_true (seen_match (&seen, &error));
  g_assert_no_error (error);
  first = seen.sides[1];
  seen.sides[1] = seen.sides[2];
  seen.sides[2] = first;
  g_assert_true (seen_match (&seen, &error));
  g_assert_no_error (error);
  seen.sides[2].name = NULL;
  g_assert_true (seen_match (&seen, &error));
  g_assert_no_error (error);
  seen.sides[0].name = (char *)"sda"; /* a node's, as it was before */
  g_assert_true (seen_match (&seen, &error));
  g_assert_no_error (error);
}

static const struct
{
  const char *name;
  gboolean is_image;
  long written_ns;
  int more_fd;
  guint64 kept_bytes;
} compared[] = {
  { "drive", FALSE, 0, -1, 9 * MIB },
  { "image", TRUE, 234567890, -1, 9 * MIB },
  { "written-to", TRUE, 234567891, -1, 0 },
  { "in-pieces", TRUE, 234567890, 0, 0 },
};

/* What was equal is only equal still if nobody has written to it: of a file that is known. */
static void
test_compared (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  g_autoptr (GVariant) details = g_variant_ref_sink (g_variant_new_parsed (
    "{'kind': <'verify'>, 'started': <uint64 9000000000>, 'size': <uint64 67108864>, "
    "'source': <{'name': <'s'>, 'serial': <''>, 'size': <uint64 67108864>, 'is-image': <%b>, "
    "'modified': <int64 1234567890>}>, 'targets': <["
    "{'name': <'a'>, 'serial': <'A'>, 'size': <uint64 67108864>, 'is-image': <false>}]>}",
    compared[index].is_image));
  g_autoptr (GVariant) noted = parse ("[{'durable-until': <uint64 9437184>}]");
  g_autoptr (PlatterJournal) journal = platter_journal_new (journals, 0, details);
  g_autoptr (GError) error = NULL;
  Seen seen;

  platter_journal_note (journal, noted);
  seen_init (&seen);
  seen.request.kind = PLATTER_REQUEST_VERIFY;
  seen.sides[0].serial = (char *)"";
  seen.sides[0].is_image = compared[index].is_image;
  seen.sides[0].state = (PlatterFileState){ .is_file = compared[index].is_image,
                                            .written = { 1, compared[index].written_ns } };
  seen.asked.more_fd = compared[index].more_fd;
  seen.request.sides = g_ptr_array_new ();
  g_ptr_array_add (seen.request.sides, &seen.asked);
  g_ptr_array_add (seen.request.sides, &seen.asked);
  seen.plan.sides = g_ptr_array_new ();
  g_ptr_array_add (seen.plan.sides, &seen.sides[0]);
  g_ptr_array_add (seen.plan.sides, &seen.sides[1]);
  g_assert_true (platter_journal_match (journal, &seen.request, &seen.plan, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (seen.plan.resume_bytes->len, ==, 1);
  g_assert_cmpuint (g_array_index (seen.plan.resume_bytes, guint64, 0), ==,
                    compared[index].kept_bytes);
  g_array_unref (seen.plan.resume_bytes);
  g_ptr_array_unref (seen.plan.sides);
  g_ptr_array_unref (seen.request.sides);
  platter_journal_discard (journal);
  wait_until_stored ();
}

static const struct
{
  const char *kind;
  const char *verdict;
  const char *code;
  gboolean was_stopped;
  guint n_kept;
  gboolean is_rescue;
} ends[] = {
  { "clone", "cancelled", "", FALSE, 0 },
  { "clone", "cancelled", "", TRUE, 1 },
  { "image", "cancelled", "", FALSE, 0 },
  { "image", "cancelled", "", TRUE, 1 },
  { "clone", "failed", "gone", FALSE, 1 },
  { "clone", "failed", "write", FALSE, 1 },
  { "write", "failed", "digest", FALSE, 0 },
  { "write", "failed", "digest", TRUE, 0 },
  { "clone", "failed", "too-small", FALSE, 0 },
  { "image", "failed", "no-space", FALSE, 0 },
  { "write", "failed", "unsupported", FALSE, 0 },
  { "image", "failed", "gone", FALSE, 1 },
  { "image", "failed", "write", FALSE, 0 },
  { "image", "failed", "digest", FALSE, 0 },
  { "clone", "source-unstable", "", FALSE, 0 },
  { "clone", "mismatched", "", FALSE, 0 },
  { "clone", "verified", "", FALSE, 0 },
  { "clone", "verified", "", TRUE, 0 },
  { "clone", "source-unstable", "", FALSE, 1, TRUE },
  { "clone", "source-unstable", "source-changed", FALSE, 0, TRUE },
};

static void
set_map (PlatterJournal *journal)
{
  static const char text[] = "a map";
  int page_fd = platter_map_page_new (NULL);

  g_assert_true (platter_map_page_write (page_fd, PLATTER_MAP_PAGE_FILE, 1, text, sizeof text - 1));
  platter_journal_set_page (journal, page_fd);
  close (page_fd);
}

/* What somebody ended, or what would end in the same way again, is no job that was cut off. */
static void
test_ended (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr (GVariant) details = g_variant_ref_sink (
        g_variant_new_parsed ("{'kind': <%s>, 'started': <uint64 9000000000>, "
                              "'options': <{'on-error': <%s>}>, 'targets': <[{'name': <'a'>}]>}",
                              ends[i].kind, ends[i].is_rescue ? "rescue" : "stop"));
      g_autoptr (GVariant) noted
        = parse ("[{'durable-until': <uint64 9000000>, 'durable': <uint64 9000000>}]");
      g_autoptr (GVariant) end = g_variant_ref_sink (g_variant_new_parsed (
        "[{'verdict': <%s>, 'error-code': <%s>}]", ends[i].verdict, ends[i].code));
      g_autoptr (PlatterJournal) journal = platter_journal_new (journals, 0, details);
      g_autoptr (GVariant) kept = NULL;
      g_autoptr (GPtrArray) found = NULL;

      g_test_message ("%s %s %s", ends[i].kind, ends[i].verdict, ends[i].code);
      platter_journal_set_number (journal, 1);
      if (ends[i].is_rescue)
        set_map (journal);
      platter_journal_note (journal, noted);
      kept = g_variant_ref_sink (platter_journal_end (journal, end, ends[i].was_stopped));
      g_assert_cmpuint (g_variant_n_children (kept), ==, ends[i].n_kept);
      wait_until_stored ();
      found = platter_journals_load (journals);
      g_assert_cmpuint (found->len, ==, ends[i].n_kept);
      platter_journal_discard (journal);
      wait_until_stored ();
    }
}

static void
check_places (PlatterJournal *journal, const guint64 *places)
{
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (platter_journal_get_durable_bytes (journal, i), ==, places[i]);
}

/* What one of the targets of a rescue lacks is read for all: so much only is durable as on the one that has the least. What
   becomes durable from then on comes on top of that. */
static void
check_taken_over (gboolean is_rescue, const guint64 *before, const guint64 *after)
{
  const guint64 places[] = { 9 * MIB, 3 * MIB, 5 * MIB };
  g_autoptr (GVariant) details = g_variant_ref_sink (g_variant_new_parsed (
    "{'kind': <'clone'>, 'started': <uint64 9000000000>, 'options': <{'on-error': <%s>}>, "
    "'targets': <[{'name': <'a'>}, {'name': <'b'>}, {'name': <'c'>}]>}",
    is_rescue ? "rescue" : "stop"));
  g_autoptr (GVariant) noted = g_variant_ref_sink (g_variant_new_parsed (
    "[{%s: <%t>}, {%s: <%t>}, {%s: <%t>}]", is_rescue ? "durable" : "durable-until",
    is_rescue ? MIB : 4 * MIB, is_rescue ? "durable" : "durable-until", is_rescue ? MIB : 4 * MIB,
    is_rescue ? "durable" : "durable-until", is_rescue ? MIB : 4 * MIB));
  g_autoptr (PlatterJournal) journal = platter_journal_new (journals, 0, details);
  PlatterPlan plan = { .resume_bytes = g_array_new (FALSE, FALSE, sizeof (guint64)) };

  g_array_append_vals (plan.resume_bytes, places, G_N_ELEMENTS (places));
  if (is_rescue)
    plan.resume_map = g_bytes_new_static ("first\0second\0third", 18);
  platter_journal_take_over (journal, details, &plan);
  check_places (journal, before);
  platter_journal_note (journal, noted);
  check_places (journal, after);
  platter_journal_discard (journal);
  wait_until_stored ();
  g_array_unref (plan.resume_bytes);
  g_clear_pointer (&plan.resume_map, g_bytes_unref);
}

static void
test_taken_over (void)
{
  const guint64 least[] = { 3 * MIB, 3 * MIB, 3 * MIB };
  const guint64 more[] = { 4 * MIB, 4 * MIB, 4 * MIB };
  const guint64 own[] = { 9 * MIB, 3 * MIB, 5 * MIB };
  const guint64 own_more[] = { 9 * MIB, 4 * MIB, 5 * MIB };

  check_taken_over (TRUE, least, more);
  check_taken_over (FALSE, own, own_more);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("platter-journal-XXXXXX", NULL);
  journals = platter_journals_new (folder, NULL);
  g_assert_nonnull (journals);
  g_test_add_func ("/journal-match/same", test_same);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *path = g_strconcat ("/journal-match/changed/", changes[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_changed);
    }
  for (guint i = 0; i < G_N_ELEMENTS (compared); i++)
    {
      g_autofree char *path = g_strconcat ("/journal-match/compared/", compared[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_compared);
    }
  g_test_add_func ("/journal-match/ended", test_ended);
  g_test_add_func ("/journal-match/taken-over", test_taken_over);
  status = g_test_run ();
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  return status;
}
