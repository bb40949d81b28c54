// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How the worker takes the file of an image: as it comes from somebody who had it read by another job before.

#include "worker/images.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

typedef struct
{
  const char *path;
  gboolean is_packed;
  guint32 n_sectors; /* of a track */
  gboolean has_parts;
  gboolean is_direct; /* afterwards */
} Case;

/* Each lives to the end of the process, as in the worker. */
static GPtrArray *images;

static int
make_file (void)
{
  g_autofree char *path = NULL;
  int made = g_file_open_tmp ("platter-images-XXXXXX", &path, NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (ftruncate (made, 1024 * 1024));
  close (made);
  g_remove (path);
  return fd;
}

/* Its first descriptor is that of the image, the second tells of parts. */
static void
fill_message (PlatterWireMessage *message, int image)
{
  memset (message, 0, sizeof *message);
  message->n_fds = 2;
  message->fds[0] = fcntl (image, F_DUPFD_CLOEXEC, 3);
  message->fds[1] = make_file ();
}

/* A job before has set O_DIRECT, which the next one cannot read with but where it aligns what it reads into. */
static void
test_direct (gconstpointer data)
{
  const Case *one = data;
  g_auto (PlatterWireMessage) message = { 0 };
  g_autoptr (PlatterEndpoint) source = NULL;
  g_autoptr (GError) error = NULL;
  PlatterSpec spec = {
    .source = {
      .name = (char *)"image",
      .is_packed = one->is_packed,
      .track = { .n_sectors = one->n_sectors },
      .nbd_index = -1,
      .parts_index = one->has_parts ? 1 : -1,
    },
  };
  int image = make_file ();

  if (fcntl (image, F_SETFL, O_DIRECT) != 0)
    {
      g_test_skip ("this file system knows no O_DIRECT");
      close (image);
      return;
    }
  fill_message (&message, image);
  g_ptr_array_add (images, platter_images_get_class ()->make (&spec));
  source
    = platter_images_get_class ()->open_source (images->pdata[images->len - 1], &message, &error);
  g_assert_no_error (error);
  g_assert_nonnull (source);
  g_assert_cmpint ((fcntl (image, F_GETFL) & O_DIRECT) != 0, ==, one->is_direct);
  close (image);
}

int
main (int argc, char **argv)
{
  static const Case CASES[] = {
    { "/images/direct/plain", FALSE, 0, FALSE, TRUE },
    { "/images/direct/parts", FALSE, 0, TRUE, FALSE },
    { "/images/direct/packed", TRUE, 0, FALSE, FALSE },
    { "/images/direct/track", TRUE, 16, FALSE, FALSE },
  };

  g_test_init (&argc, &argv, NULL);
  images = g_ptr_array_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++)
    g_test_add_data_func (CASES[i].path, &CASES[i], test_direct);
  return g_test_run ();
}
