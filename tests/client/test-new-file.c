// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file that gets its name only when it is whole: whose it is, and whether it has got it.

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/new-file.h"

#define TEMPORARY ".a.img.part"
#define WAITING ".a.img.next"
#define N_RACERS 8
#define N_ROUNDS 1000

typedef struct
{
  char *folder;
  char *path;
  char *temporary;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("platter-new-file-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "a.img", NULL);
  self->temporary = g_build_filename (self->folder, TEMPORARY, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing was left */
  g_free (self->folder);
  g_free (self->path);
  g_free (self->temporary);
}

static gboolean
is_at (PlatterNewFile *file, const char *path)
{
  struct stat named;
  struct stat status;

  return stat (path, &named) == 0 && fstat (platter_new_file_get_fd (file), &status) == 0
         && named.st_ino == status.st_ino;
}

static void
test_named (Fixture *self, gconstpointer data)
{
  g_autoptr (PlatterNewFile) first = platter_new_file_new (self->path);
  g_autoptr (PlatterNewFile) second = platter_new_file_new (self->path);
  g_autofree char *text = NULL;

  g_assert_true (platter_new_file_begin (first, TEMPORARY, 0600));
  g_assert_true (platter_new_file_write (first, "first"));
  g_assert_false (platter_new_file_is_named (first));
  g_assert_true (platter_new_file_commit (first, FALSE));
  g_assert_true (platter_new_file_is_named (first));

  g_assert_true (platter_new_file_begin (second, TEMPORARY, 0600));
  g_assert_true (platter_new_file_write (second, "second"));
  g_assert_false (platter_new_file_commit (second, FALSE));
  g_assert_cmpint (errno, ==, EEXIST);
  g_assert_false (platter_new_file_is_named (second));
  g_assert_true (is_at (second, self->temporary));
  g_assert_true (platter_new_file_commit (second, TRUE));
  g_assert_true (platter_new_file_is_named (second));

  platter_new_file_discard (second);
  g_assert_true (g_file_get_contents (self->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "second");
  g_assert_cmpint (g_unlink (self->path), ==, 0);
}

/* As long as it is made, it belongs to who makes it; afterwards to nobody. */
static void
test_somebody_elses (Fixture *self, gconstpointer data)
{
  g_autoptr (PlatterNewFile) first = platter_new_file_new (self->path);
  g_autoptr (PlatterNewFile) second = platter_new_file_new (self->path);

  g_assert_true (g_file_set_contents (self->temporary, "left behind", -1, NULL));
  g_assert_true (platter_new_file_begin (first, TEMPORARY, 0600));
  g_assert_false (platter_new_file_begin (second, TEMPORARY, 0600));
  g_assert_cmpint (errno, ==, EWOULDBLOCK);
  platter_new_file_discard (second);
  g_assert_true (is_at (first, self->temporary));
  platter_new_file_discard (first);
  g_assert_true (platter_new_file_begin (second, TEMPORARY, 0600));
}

/* What was left stays whole, and nobody else's, until it is known that the new one comes to something. */
static void
test_beside (Fixture *self, gconstpointer data)
{
  g_autoptr (PlatterNewFile) first = platter_new_file_new (self->path);
  g_autoptr (PlatterNewFile) second = platter_new_file_new (self->path);
  g_autofree char *waiting = g_build_filename (self->folder, WAITING, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (self->temporary, "left behind", -1, NULL));
  g_assert_true (g_file_set_contents (waiting, "of somebody who died", -1, NULL));
  g_assert_true (platter_new_file_begin_beside (first, TEMPORARY, WAITING, 0600));
  g_assert_true (is_at (first, waiting));
  g_assert_false (platter_new_file_begin_beside (second, TEMPORARY, WAITING, 0600));
  g_assert_cmpint (errno, ==, EWOULDBLOCK);
  g_assert_false (platter_new_file_begin_again (second, TEMPORARY));
  g_assert_cmpint (errno, ==, EWOULDBLOCK);
  platter_new_file_discard (first);
  g_assert_true (g_file_get_contents (self->temporary, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "left behind");
  g_assert_false (g_file_test (waiting, G_FILE_TEST_EXISTS));

  g_assert_true (platter_new_file_begin_beside (second, TEMPORARY, WAITING, 0600));
  g_assert_true (platter_new_file_take_over (second));
  g_assert_true (is_at (second, self->temporary));
  g_assert_false (g_file_test (waiting, G_FILE_TEST_EXISTS));
  g_assert_false (platter_new_file_begin_beside (first, TEMPORARY, WAITING, 0600));
  g_assert_cmpint (errno, ==, EWOULDBLOCK);
  platter_new_file_discard (second);
  g_assert_true (platter_new_file_begin_beside (first, TEMPORARY, WAITING, 0600));
  g_assert_true (is_at (first, self->temporary));
  g_assert_true (platter_new_file_take_over (first));
}

typedef struct
{
  PlatterNewFile *file;
  int *n_waiting;
  gboolean has_begun;
} Racer;

static gpointer
race_thread (gpointer data)
{
  Racer *self = data;

  g_atomic_int_add (self->n_waiting, -1);
  while (g_atomic_int_get (self->n_waiting) > 0)
    g_thread_yield ();
  self->has_begun = platter_new_file_begin (self->file, TEMPORARY, 0600);
  return NULL;
}

/* Returns: how many were told that it is theirs: at most one, and then it is. */
static guint
run_race (Fixture *self)
{
  int n_waiting = N_RACERS;
  Racer racers[N_RACERS];
  GThread *threads[N_RACERS];
  guint n_begun = 0;

  g_assert_true (g_file_set_contents (self->temporary, "left behind", -1, NULL));
  for (guint i = 0; i < N_RACERS; i++)
    {
      racers[i] = (Racer){ .file = platter_new_file_new (self->path), .n_waiting = &n_waiting };
      threads[i] = g_thread_new ("racer", race_thread, &racers[i]);
    }
  for (guint i = 0; i < N_RACERS; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < N_RACERS; i++)
    if (racers[i].has_begun)
      {
        n_begun++;
        g_assert_true (is_at (racers[i].file, self->temporary));
      }
  for (guint i = 0; i < N_RACERS; i++)
    platter_new_file_free (racers[i].file);
  g_unlink (self->temporary);
  return n_begun;
}

static void
test_race (Fixture *self, gconstpointer data)
{
  guint n_won = 0;

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      guint n_begun = run_race (self);

      g_assert_cmpuint (n_begun, <=, 1);
      n_won += n_begun;
    }
  g_assert_cmpuint (n_won, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/new-file/named", Fixture, NULL, set_up, test_named, tear_down);
  g_test_add ("/new-file/somebody-elses", Fixture, NULL, set_up, test_somebody_elses, tear_down);
  g_test_add ("/new-file/beside", Fixture, NULL, set_up, test_beside, tear_down);
  g_test_add ("/new-file/race", Fixture, NULL, set_up, test_race, tear_down);
  return g_test_run ();
}
