// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The page that a worker leaves its map in: the newest whole text, whatever is half written.

#include "dbus/map-page.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
new_page (void)
{
  g_autoptr (GError) error = NULL;
  int fd = platter_map_page_new (&error);

  g_assert_no_error (error);
  return fd;
}

static gboolean
write_text (int fd, guint64 number, const char *text)
{
  return platter_map_page_write (fd, PLATTER_MAP_PAGE_RANGES, number, text, strlen (text));
}

static void
assert_reads (int fd, const char *text)
{
  g_autoptr (GBytes) found = platter_map_page_read (fd, PLATTER_MAP_PAGE_RANGES);

  g_assert_cmpstr (found != NULL ? g_bytes_get_data (found, NULL) : NULL, ==, text);
  g_assert_cmpuint (found != NULL ? g_bytes_get_size (found) : 0, ==,
                    text != NULL ? strlen (text) : 0);
}

/* Whoever holds a descriptor can open what is behind it once more, as far as its mode lets them. */
static void
test_nobody_else_may_open_it (void)
{
  int fd = new_page ();
  struct stat status;

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
  close (fd);
}

static void
test_newest (void)
{
  int fd = new_page ();

  assert_reads (fd, NULL);
  g_assert_true (write_text (fd, 1, "one"));
  assert_reads (fd, "one");
  g_assert_true (write_text (fd, 2, "the second"));
  assert_reads (fd, "the second");
  g_assert_true (write_text (fd, 3, ""));
  assert_reads (fd, "");
  g_assert_cmpint (ftruncate (fd, 1), !=, 0); /* its size is sealed */
  close (fd);
}

/* A worker that died, or writes just now: any byte of the newest may be wrong. */
static void
test_torn (void)
{
  gsize start = PLATTER_MAP_PAGE_RANGES * 2 * (gsize)PLATTER_MAP_PAGE_TEXT_BYTES;

  for (gsize at = 0; at < 96; at += 5)
    {
      int fd = new_page ();
      char byte = 0;

      g_assert_true (write_text (fd, 1, "the one before"));
      g_assert_true (write_text (fd, 2, "the newest of all"));
      g_assert_cmpint (pread (fd, &byte, 1, (off_t)(start + at)), ==, 1);
      byte ^= 0x55;
      g_assert_cmpint (pwrite (fd, &byte, 1, (off_t)(start + at)), ==, 1);
      assert_reads (fd, "the one before");
      byte = 0x7f;
      g_assert_cmpint (pwrite (fd, &byte, 1, (off_t)(start + PLATTER_MAP_PAGE_TEXT_BYTES + 3)), ==,
                       1);
      assert_reads (fd, NULL);
      close (fd);
    }
}

static void
test_too_large (void)
{
  g_autofree char *text = g_strnfill (PLATTER_MAP_PAGE_TEXT_BYTES, '#');
  int fd = new_page ();

  g_assert_true (write_text (fd, 1, "one"));
  g_assert_false (write_text (fd, 2, text));
  assert_reads (fd, "one");
  close (fd);
}

/* Whoever has it open for reading reads nothing any more, and holds no memory with it. */
static void
test_free (void)
{
  int fd = new_page ();
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  int other = open (path, O_RDONLY | O_CLOEXEC);
  struct stat status;

  g_assert_cmpint (other, >=, 0);
  g_assert_true (write_text (fd, 1, "one"));
  g_assert_no_errno (fstat (other, &status));
  g_assert_cmpint (status.st_blocks, >, 0);
  platter_map_page_free (fd);
  g_assert_no_errno (fstat (other, &status));
  g_assert_cmpint (status.st_blocks, ==, 0);
  assert_reads (other, NULL);
  close (other);
}

/* Of a rescue there is both. */
static void
test_parts (void)
{
  int fd = new_page ();
  g_autoptr (GBytes) map = NULL;

  g_assert_true (platter_map_page_write (fd, PLATTER_MAP_PAGE_FILE, 1, "0x0", 3));
  assert_reads (fd, NULL);
  g_assert_cmpuint (platter_map_page_get_number (fd, PLATTER_MAP_PAGE_RANGES), ==, 0);
  g_assert_true (write_text (fd, 7, "ranges"));
  g_assert_cmpuint (platter_map_page_get_number (fd, PLATTER_MAP_PAGE_RANGES), ==, 7);
  g_assert_cmpuint (platter_map_page_get_number (fd, PLATTER_MAP_PAGE_FILE), ==, 1);
  map = platter_map_page_read (fd, PLATTER_MAP_PAGE_FILE);
  g_assert_cmpstr (g_bytes_get_data (map, NULL), ==, "0x0");
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-page/nobody-else-may-open-it", test_nobody_else_may_open_it);
  g_test_add_func ("/map-page/newest", test_newest);
  g_test_add_func ("/map-page/torn", test_torn);
  g_test_add_func ("/map-page/free", test_free);
  g_test_add_func ("/map-page/parts", test_parts);
  g_test_add_func ("/map-page/too-large", test_too_large);
  return g_test_run ();
}
