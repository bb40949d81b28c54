// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What gets out of the way of a new image, and back.

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "client/replaced.h"

typedef struct
{
  char *folder;
  int fd;
  PlatterReplaced *replaced;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("platter-replaced-XXXXXX", NULL);
  self->fd = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  self->replaced = platter_replaced_new (self->fd);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  platter_replaced_free (self->replaced);
  close (self->fd);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing was left */
  g_free (self->folder);
}

static void
put (Fixture *self, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Takes it away. @text: (nullable): that there is none */
static void
take (Fixture *self, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *found = NULL;

  g_file_get_contents (path, &found, NULL, NULL);
  g_assert_cmpstr (found, ==, text);
  g_assert_cmpint (g_unlink (path), ==, text != NULL ? 0 : -1);
}

static void
test_restored (Fixture *self, gconstpointer data)
{
  put (self, "a", "old a");
  g_assert_cmpint (symlinkat ("nowhere", self->fd, "b"), ==, 0);
  g_assert_true (platter_replaced_hide (self->replaced, "a"));
  g_assert_true (platter_replaced_hide (self->replaced, "b"));
  g_assert_true (platter_replaced_hide (self->replaced, "c"));
  g_assert_cmpint (faccessat (self->fd, "a", F_OK, AT_SYMLINK_NOFOLLOW), !=, 0);
  g_assert_cmpint (faccessat (self->fd, "b", F_OK, AT_SYMLINK_NOFOLLOW), !=, 0);
  platter_replaced_restore (self->replaced);
  take (self, "a", "old a");
  g_assert_cmpint (unlinkat (self->fd, "b", 0), ==, 0);
}

static void
test_removed (Fixture *self, gconstpointer data)
{
  put (self, "a", "old");
  put (self, ".a.platter-old", "left by one who died");
  put (self, ".b.platter-old", "left by one who died");
  g_assert_true (platter_replaced_hide (self->replaced, "a"));
  g_assert_true (platter_replaced_hide (self->replaced, "b"));
  put (self, "a", "new");
  platter_replaced_remove (self->replaced);
  platter_replaced_restore (self->replaced);
  take (self, "a", "new");
}

/* What somebody has made there meanwhile is not lost either. */
static void
test_taken (Fixture *self, gconstpointer data)
{
  put (self, "a", "old");
  g_assert_true (platter_replaced_hide (self->replaced, "a"));
  put (self, "a", "somebody else's");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "a could not get its name back*");
  platter_replaced_restore (self->replaced);
  g_test_assert_expected_messages ();
  take (self, "a", "somebody else's");
  take (self, ".a.platter-old", "old");
}

static void
test_no_files (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->folder, "folder", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (mkfifoat (self->fd, "pipe", 0600), ==, 0);
  g_assert_false (platter_replaced_hide (self->replaced, "folder"));
  g_assert_cmpint (errno, ==, EISDIR);
  g_assert_false (platter_replaced_hide (self->replaced, "pipe"));
  g_assert_cmpint (errno, ==, EEXIST);
  platter_replaced_remove (self->replaced);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpint (unlinkat (self->fd, "pipe", 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/replaced/restored", Fixture, NULL, set_up, test_restored, tear_down);
  g_test_add ("/replaced/removed", Fixture, NULL, set_up, test_removed, tear_down);
  g_test_add ("/replaced/taken", Fixture, NULL, set_up, test_taken, tear_down);
  g_test_add ("/replaced/no-files", Fixture, NULL, set_up, test_no_files, tear_down);
  return g_test_run ();
}
