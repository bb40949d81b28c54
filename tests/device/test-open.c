// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Opening, locking and recognising real loop devices. Needs root.

#include "device/errors.h"
#include "device/guard.h"
#include "device/identity.h"
#include "device/open.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/loop.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOP_BYTES (8 * 1024 * 1024)

typedef struct
{
  char *file;
  char *node;
  int fd; /* keeps the loop device, which detaches itself when nobody has it open */
  dev_t number;
} Loop;

static int
loop_configure (int control, int file, guint32 flags, char **node)
{
  struct loop_config config = { .fd = (guint32)file, .info.lo_flags = LO_FLAGS_AUTOCLEAR | flags };

  /* Others look for a free one at the same time. */
  while (TRUE)
    {
      int index = ioctl (control, LOOP_CTL_GET_FREE);
      g_assert_cmpint (index, >=, 0);
      g_autofree char *name = g_strdup_printf ("/dev/loop%d", index);
      int fd = open (name, O_RDWR | O_CLOEXEC);
      if (fd >= 0 && ioctl (fd, LOOP_CONFIGURE, &config) == 0)
        {
          *node = g_steal_pointer (&name);
          return fd;
        }
      g_assert_true (errno == EBUSY || errno == ENXIO || errno == ENOENT);
      if (fd >= 0)
        close (fd);
    }
}

static void
loop_init (Loop *self, guint32 flags)
{
  g_autoptr (GError) error = NULL;
  int control = open ("/dev/loop-control", O_RDWR | O_CLOEXEC);
  int file = g_file_open_tmp ("platter-loop-XXXXXX", &self->file, &error);
  struct stat status;

  g_assert_no_error (error);
  g_assert_cmpint (control, >=, 0);
  g_assert_no_errno (ftruncate (file, LOOP_BYTES));
  self->fd = loop_configure (control, file, flags, &self->node);
  g_assert_no_errno (fstat (self->fd, &status));
  self->number = status.st_rdev;
  close (file);
  close (control);
}

static void
loop_clear (Loop *self)
{
  close (self->fd);
  g_unlink (self->file);
  g_free (self->file);
  g_free (self->node);
}

static gboolean
skip_without_root (void)
{
  if (geteuid () == 0 && access ("/dev/loop-control", W_OK) == 0)
    return FALSE;
  g_test_skip ("loop devices need root");
  return TRUE;
}

static void
test_open (void)
{
  Loop loop = { 0 };
  g_autoptr (GError) error = NULL;

  if (skip_without_root ())
    return;
  loop_init (&loop, 0);

  int source = platter_device_open_source (NULL, loop.number, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fcntl (source, F_GETFL) & (O_ACCMODE | O_DIRECT), ==, O_RDONLY | O_DIRECT);
  g_assert_cmpint (fcntl (source, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  /* What is read is not overwritten, nor mounted, meanwhile. */
  g_assert_cmpint (platter_device_open_target (NULL, loop.number, &error), ==, -1);
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IN_USE);
  g_clear_error (&error);
  close (source);

  int target = platter_device_open_target (NULL, loop.number, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fcntl (target, F_GETFL) & (O_ACCMODE | O_DIRECT), ==, O_RDWR | O_DIRECT);
  /* A second one waits, and is refused. */
  g_assert_cmpint (platter_device_open_target (NULL, loop.number, &error), ==, -1);
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IN_USE);
  close (target);
  loop_clear (&loop);
}

/* QEMU does not ask the kernel for a drive alone: it locks bytes of it, and others are to look. */
static void
test_locked_by_qemu (void)
{
  const short types[] = { F_RDLCK, F_WRLCK };
  Loop loop = { 0 };

  if (skip_without_root ())
    return;
  loop_init (&loop, 0);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      struct flock lock = { .l_type = types[i], .l_whence = SEEK_SET, .l_start = 100, .l_len = 1 };
      g_autoptr (GError) error = NULL;
      int other = open (loop.node, O_RDWR | O_CLOEXEC);
      int target = -1;

      g_assert_no_errno (fcntl (other, F_OFD_SETLK, &lock));
      g_assert_cmpint (platter_device_open_target (NULL, loop.number, &error), ==, -1);
      g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IN_USE);
      g_clear_error (&error);
      close (other);
      target = platter_device_open_target (NULL, loop.number, &error);
      g_assert_no_error (error);
      close (target);
    }
  loop_clear (&loop);
}

static void
test_lock (void)
{
  Loop loop = { 0 };
  g_autoptr (GError) error = NULL;

  if (skip_without_root ())
    return;
  loop_init (&loop, 0);

  int lock = platter_device_lock (NULL, loop.number, &error);
  g_assert_no_error (error);
  int other = open (loop.node, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (flock (other, LOCK_SH | LOCK_NB), ==, -1);
  close (other);
  g_assert_cmpint (platter_device_lock (NULL, loop.number, &error), ==, -1);
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IN_USE);
  close (lock);
  loop_clear (&loop);
}

/* Of a drive that others may read, too, nobody may be the one who writes. */
static void
test_shared (void)
{
  Loop loop = { 0 };
  g_autoptr (GError) error = NULL;

  if (skip_without_root ())
    return;
  loop_init (&loop, 0);

  int source = platter_device_open_source (NULL, loop.number, TRUE, &error);
  g_assert_no_error (error);
  int second = platter_device_open_source (NULL, loop.number, TRUE, &error);
  g_assert_no_error (error);
  int other = open (loop.node, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (flock (other, LOCK_EX | LOCK_NB), ==, -1);
  close (source);
  close (second);
  g_assert_no_errno (flock (other, LOCK_EX | LOCK_NB));
  g_assert_cmpint (platter_device_open_source (NULL, loop.number, TRUE, &error), ==, -1);
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IN_USE);
  close (other);
  loop_clear (&loop);
}

static void
test_read_only (void)
{
  Loop loop = { 0 };
  g_autoptr (GError) error = NULL;

  if (skip_without_root ())
    return;
  loop_init (&loop, LO_FLAGS_READ_ONLY);

  g_assert_cmpint (platter_device_open_target (NULL, loop.number, &error), ==, -1);
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_READ_ONLY);
  loop_clear (&loop);
}

/* The node found by its number is a link to, or is, another device. */
static void
test_wrong_node (void)
{
  Loop loop = { 0 };
  g_autoptr (GError) error = NULL;

  if (skip_without_root ())
    return;
  loop_init (&loop, 0);

  g_autofree char *dev = g_dir_make_tmp ("platter-dev-XXXXXX", &error);
  g_autofree char *name = g_path_get_basename (loop.node);
  g_autofree char *node = g_build_filename (dev, name, NULL);
  const PlatterDeviceRoots roots = { .sysfs = "/sys", .proc = "/proc", .dev = dev };
  g_assert_no_errno (symlink (loop.node, node));
  g_assert_cmpint (platter_device_open_target (&roots, loop.number, &error), ==, -1);
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_FAILED);
  g_clear_error (&error);

  g_assert_no_errno (unlink (node));
  g_assert_true (g_file_set_contents (node, "a file", -1, NULL));
  g_assert_cmpint (platter_device_lock (&roots, loop.number, &error), ==, -1);
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED);
  g_assert_no_errno (unlink (node));
  g_assert_no_errno (rmdir (dev));
  loop_clear (&loop);
}

static void
test_identity (void)
{
  Loop loop = { 0 };
  g_autoptr (GError) error = NULL;

  if (skip_without_root ())
    return;
  loop_init (&loop, 0);

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PlatterDevice) device = platter_device_new (view, loop.number, &error);
  g_assert_no_error (error);
  const PlatterDeviceIdentity seen = {
    .number = loop.number,
    .diskseq = device->diskseq,
    .size_bytes = LOOP_BYTES,
    .serial = "",
  };
  int fd = platter_device_open_source (NULL, loop.number, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (device->size_bytes, ==, LOOP_BYTES);
  g_assert_cmpstr (device->backing_file, ==, loop.file);
  g_assert_true (platter_device_identity_check (NULL, fd, &seen, &error));
  g_assert_no_error (error);

  for (guint i = 0; i < 4; i++)
    {
      PlatterDeviceIdentity other = seen;
      other.number += i == 0;
      other.diskseq += i == 1;
      other.size_bytes += i == 2;
      other.serial = i == 3 ? "S1" : "";
      g_assert_false (platter_device_identity_check (NULL, fd, &other, &error));
      g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED);
      g_clear_error (&error);
    }
  close (fd);
  loop_clear (&loop);
}

/* Another image behind the same node: the number and the size stay, the sequence number does not. */
static void
test_identity_of_another_image (void)
{
  Loop loop = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *other_file = NULL;

  if (skip_without_root ())
    return;
  loop_init (&loop, LO_FLAGS_READ_ONLY);
  g_autofree char *sysfs = platter_sysfs_dup_folder (&platter_device_roots_real, loop.number);
  const PlatterDeviceIdentity seen = {
    .number = loop.number,
    .diskseq = platter_sysfs_get_attribute (sysfs, "diskseq", 0),
    .size_bytes = LOOP_BYTES,
  };
  g_assert_cmpuint (seen.diskseq, >, 0);
  g_assert_true (platter_device_identity_check (NULL, loop.fd, &seen, &error));

  int other = g_file_open_tmp ("platter-loop-XXXXXX", &other_file, &error);
  g_assert_no_error (error);
  g_assert_no_errno (ftruncate (other, LOOP_BYTES));
  g_assert_no_errno (ioctl (loop.fd, LOOP_CHANGE_FD, other));
  g_assert_false (platter_device_identity_check (NULL, loop.fd, &seen, &error));
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED);
  close (other);
  loop_clear (&loop);
  g_unlink (other_file);
}

static void
test_guard_on_real_loops (void)
{
  Loop loop = { 0 };
  g_autoptr (GError) error = NULL;

  if (skip_without_root ())
    return;
  loop_init (&loop, 0);

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, &error);
  g_autoptr (PlatterDevice) device = platter_device_new (view, loop.number, &error);
  g_assert_no_error (error);
  g_assert_true (platter_device_check_target (view, device, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (platter_device_check_source (view, device, &error));
  g_assert_no_error (error);
  int image = open (loop.file, O_RDONLY | O_CLOEXEC);
  const PlatterDevicePlan plan = { .image_fd = image };
  g_assert_false (platter_device_check_target (view, device, &plan, &error));
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_HOLDS_IMAGE);
  g_clear_error (&error);
  /* Where the file cannot be found by the name that it had. */
  g_unlink (loop.file);
  g_assert_true (platter_device_holds_file (view, device, image));
  close (image);
  loop_clear (&loop);
}

static void
test_absent (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (platter_device_open_source (NULL, (dev_t)0, FALSE, &error), ==, -1);
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/open/open", test_open);
  g_test_add_func ("/open/locked-by-qemu", test_locked_by_qemu);
  g_test_add_func ("/open/lock", test_lock);
  g_test_add_func ("/open/shared", test_shared);
  g_test_add_func ("/open/read-only", test_read_only);
  g_test_add_func ("/open/wrong-node", test_wrong_node);
  g_test_add_func ("/open/absent", test_absent);
  g_test_add_func ("/identity/check", test_identity);
  g_test_add_func ("/identity/another-image", test_identity_of_another_image);
  g_test_add_func ("/guard/on-real-loops", test_guard_on_real_loops);
  return g_test_run ();
}
