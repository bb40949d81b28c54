// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is told of a drive in a made-up machine, and what lies below what.

#include "device/device.h"
#include "device/errors.h"
#include "machine.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SDA makedev (8, 0)
#define SDA1 makedev (8, 1)
#define SDB makedev (8, 16)
#define SDB1 makedev (8, 17)
#define DM0 makedev (253, 0)
#define LOOP0 makedev (7, 0)

static gboolean
has_number (const GArray *numbers, dev_t number)
{
  for (guint i = 0; i < numbers->len; i++)
    if (g_array_index (numbers, dev_t, i) == number)
      return TRUE;
  return FALSE;
}

static GArray *
dup_below (PlatterDeviceView *view, dev_t number)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (dev_t));

  g_array_append_val (numbers, number);
  return platter_device_view_dup_below (view, numbers);
}

static void
test_facts (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;

  machine_add_disk (machine, "sda", SDA, 64);
  machine_add_partition (machine, "sda", "sda1", SDA1);
  machine_write (machine, "sys/devices/sda/queue/rotational", "1\n");
  machine_write (machine, "sys/devices/sda/queue/nr_requests", "64\n");
  machine_write (machine, "sys/devices/sda/queue/write_zeroes_max_bytes", "33553920\n");
  machine_write (machine, "sys/devices/sda/removable", "1\n");
  machine_write (machine, "sys/devices/sda/ro", "1\n");
  machine_write (machine, "sys/devices/sda/device/vendor", "ACME    \n");
  machine_write (machine, "sys/devices/sda/device/model", "Rocket Disk     \n");
  machine_write (machine, "sys/devices/sda/device/serial", "  S1234 \n");

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, &error);
  g_assert_no_error (error);
  g_autoptr (PlatterDevice) device = platter_device_new (view, SDA, &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (machine->dev, "sda", NULL);
  g_assert_cmpstr (device->name, ==, "sda");
  g_assert_cmpstr (device->path, ==, path);
  g_assert_false (device->is_partition);
  g_assert_cmpuint (device->disk, ==, SDA);
  g_assert_cmpuint (device->size_bytes, ==, 64 * 1024 * 1024);
  g_assert_cmpuint (device->diskseq, ==, 7);
  g_assert_cmpuint (device->logical_block_bytes, ==, 512);
  g_assert_cmpuint (device->queue_depth, ==, 64);
  g_assert_cmpuint (device->write_zeroes_max_bytes, ==, 33553920);
  g_assert_true (device->is_rotational);
  g_assert_true (device->is_removable);
  g_assert_true (device->is_read_only);
  g_assert_cmpstr (device->vendor, ==, "ACME");
  g_assert_cmpstr (device->model, ==, "Rocket Disk");
  g_assert_cmpstr (device->serial, ==, "S1234");
  g_assert_null (device->backing_file);
  g_assert_cmpuint (device->numbers->len, ==, 2);
  g_assert_true (has_number (device->numbers, SDA1));

  g_autoptr (PlatterDevice) partition = platter_device_new (view, SDA1, &error);
  g_assert_no_error (error);
  g_assert_true (partition->is_partition);
  g_assert_cmpuint (partition->disk, ==, SDA);
  g_assert_cmpuint (partition->diskseq, ==, 7);
  g_assert_cmpstr (partition->model, ==, "Rocket Disk");
}

/* "ATA" is the SCSI layer's word for every SATA drive, and virtio has a number: neither is anybody's name. */
static void
test_no_vendor (void)
{
  const char *const words[] = { "ATA     \n", "0x1af4\n" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (Machine) machine = machine_new ();

      machine_add_disk (machine, "sda", SDA, 64);
      machine_write (machine, "sys/devices/sda/device/vendor", "%s", words[i]);

      g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);
      g_autoptr (PlatterDevice) device = platter_device_new (view, SDA, NULL);
      g_assert_cmpstr (device->vendor, ==, "");
    }
}

static void
test_card (void)
{
  g_autoptr (Machine) machine = machine_new ();

  machine_add_disk (machine, "mmcblk0", SDA, 64);
  machine_write (machine, "sys/devices/mmcblk0/device/name", "SU08G\n");

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);
  g_autoptr (PlatterDevice) device = platter_device_new (view, SDA, NULL);
  g_assert_cmpstr (device->model, ==, "SU08G");
}

static void
test_absent (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);

  g_assert_null (platter_device_new (view, SDA, &error));
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE);
}

static void
test_serial_of_usb (void)
{
  g_autoptr (Machine) machine = machine_new ();

  machine_add_disk (machine, "usb1/host0/sda", SDA, 64);
  machine_write (machine, "sys/devices/usb1/idVendor", "1234\n");
  machine_write (machine, "sys/devices/usb1/serial", "USB-77\n");

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);
  g_autoptr (PlatterDevice) device = platter_device_new (view, SDA, NULL);
  g_assert_nonnull (device);
  g_assert_cmpstr (device->serial, ==, "USB-77");
}

static void
test_uses (void)
{
  g_autoptr (Machine) machine = machine_new ();

  machine_add_disk (machine, "sda", SDA, 64);
  machine_add_partition (machine, "sda", "sda1", SDA1);
  machine_add_disk (machine, "sdb", SDB, 64);
  machine_add_partition (machine, "sdb", "sdb1", SDB1);
  machine_add_disk (machine, "dm-0", DM0, 64);
  machine_add_holder (machine, "sdb/sdb1", "dm-0");
  machine_set_mounts (
    machine, "20 1 0:5 / / rw - tmpfs tmpfs rw\n"
             "21 20 8:1 / /media/my\\040disk rw,relatime shared:1 master:2 - ext4 /dev/sda1 ro\n"
             "22 20 0:44 / /pool rw - btrfs /dev/sdb1 rw,space_cache\n");
  machine_set_swaps (machine, "/dev/sda1                 partition\t1024\t0\t-2\n"
                              "/pool/swap\\040file        file\t1024\t0\t-3\n");

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);
  g_autoptr (PlatterDevice) sda = platter_device_new (view, SDA, NULL);
  g_autoptr (PlatterDevice) sdb = platter_device_new (view, SDB, NULL);
  g_assert_cmpuint (sda->mounts->len, ==, 1);
  PlatterMount *mount = sda->mounts->pdata[0];
  g_assert_cmpstr (mount->point, ==, "/media/my disk");
  g_assert_true (mount->is_read_only);
  GPtrArray *swaps = platter_device_view_get_swaps (view);
  g_assert_cmpuint (swaps->len, ==, 2);
  const PlatterSwap *swap = swaps->pdata[0];
  g_assert_cmpstr (swap->path, ==, "/dev/sda1");
  g_assert_true (platter_device_numbers_meet (swap->numbers, sda->numbers));

  g_assert_cmpuint (sdb->mounts->len, ==, 1);
  mount = sdb->mounts->pdata[0];
  g_assert_cmpstr (mount->point, ==, "/pool");
  g_assert_false (mount->is_read_only);
  swap = swaps->pdata[1];
  g_assert_cmpstr (swap->path, ==, "/pool/swap file");
  g_assert_true (platter_device_numbers_meet (swap->numbers, sdb->numbers));
  g_assert_cmpuint (g_strv_length (sdb->holders), ==, 1);
  g_assert_cmpstr (sdb->holders[0], ==, "dm-0");
}

/* A btrfs of two devices, mounted by the name of one. */
static void
test_btrfs (void)
{
  g_autoptr (Machine) machine = machine_new ();

  machine_add_disk (machine, "sda", SDA, 64);
  machine_add_disk (machine, "sdb", SDB, 64);
  machine_write (machine, "sys/fs/btrfs/some-uuid/devices/sda/dev", "8:0\n");
  machine_write (machine, "sys/fs/btrfs/some-uuid/devices/sdb/dev", "8:16\n");
  machine_set_mounts (machine, "22 20 0:44 / /pool rw - btrfs /dev/sda rw\n");

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);
  g_autoptr (PlatterDevice) sdb = platter_device_new (view, SDB, NULL);
  g_assert_cmpuint (sdb->mounts->len, ==, 1);
}

/* What a user has mounted by FUSE says whatever he likes; one of root's says what it is mounted of. */
static void
test_fuse (void)
{
  g_autoptr (Machine) machine = machine_new ();

  machine_add_disk (machine, "sda", SDA, 64);
  machine_add_disk (machine, "sdb", SDB, 64);
  machine_set_mounts (machine,
                      "22 20 0:44 / /mine rw - fuse.sshfs /dev/sda rw,user_id=1000,group_id=1000\n"
                      "23 20 0:45 / /roots rw - fuse /dev/sdb rw,user_id=0,group_id=0\n");

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);
  g_autoptr (PlatterDevice) sda = platter_device_new (view, SDA, NULL);
  g_autoptr (PlatterDevice) sdb = platter_device_new (view, SDB, NULL);
  g_assert_cmpuint (sda->mounts->len, ==, 0);
  g_assert_cmpuint (sdb->mounts->len, ==, 1);
}

/* The source of a mount may be a link, as /dev/mapper/root is. */
static void
test_node_by_link (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autofree char *folder = g_build_filename (machine->dev, "mapper", NULL);
  g_autofree char *link = g_build_filename (folder, "root", NULL);

  machine_add_disk (machine, "dm-0", DM0, 64);
  machine_write (machine, "dev/dm-0", "%s", "");
  g_assert_no_errno (mkdir (folder, 0700));
  g_assert_no_errno (symlink ("../dm-0", link));
  g_assert_cmpuint (platter_sysfs_find_node (&machine->roots, "/dev/mapper/root"), ==, DM0);
  g_assert_cmpuint (platter_sysfs_find_node (&machine->roots, "/dev/dm-0"), ==, DM0);
  g_assert_cmpuint (platter_sysfs_find_node (&machine->roots, "/dev/null"), ==, 0);
  g_assert_cmpuint (platter_sysfs_find_node (&machine->roots, "tmpfs"), ==, 0);
}

/* loop0 -> a file on dm-0 -> sda1 -> sda */
static void
test_below (void)
{
  g_autoptr (Machine) machine = machine_new ();

  machine_add_disk (machine, "sda", SDA, 64);
  machine_add_partition (machine, "sda", "sda1", SDA1);
  machine_add_disk (machine, "sdb", SDB, 64);
  machine_add_disk (machine, "dm-0", DM0, 64);
  machine_add_disk (machine, "loop0", LOOP0, 64);
  machine_add_holder (machine, "sda/sda1", "dm-0");
  machine_set_backing_file (machine, "loop0", "/data/images/x.img");
  machine_set_mounts (machine, "20 1 8:16 / / rw - ext4 /dev/sdb rw\n"
                               "21 20 253:0 / /data rw - ext4 /dev/dm-0 rw\n"
                               /* As a service manager hides a folder. */
                               "22 20 0:5 / /data/images rw - tmpfs tmpfs rw\n"
                               "23 20 8:16 / /database rw - ext4 /dev/sdb rw\n");

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);
  g_autoptr (GArray) below = dup_below (view, LOOP0);
  g_assert_cmpuint (below->len, ==, 4);
  g_assert_true (has_number (below, DM0));
  g_assert_true (has_number (below, SDA1));
  g_assert_true (has_number (below, SDA));
  g_assert_false (has_number (below, SDB));
}

/* Nothing in sysfs may make it go round for ever. */
static void
test_below_circle (void)
{
  g_autoptr (Machine) machine = machine_new ();

  machine_add_disk (machine, "loop0", LOOP0, 64);
  machine_set_backing_file (machine, "loop0", "/mnt/x.img");
  machine_set_mounts (machine, "20 1 7:0 / /mnt rw - ext4 /dev/loop0 rw\n");

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);
  g_autoptr (GArray) below = dup_below (view, LOOP0);
  g_assert_cmpuint (below->len, ==, 1);
}

static void
test_fd (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autofree char *path = g_build_filename (machine->dev, "null", NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  g_autofree char *info = g_strdup_printf ("proc/self/fdinfo/%d", fd);

  g_assert_cmpint (fd, >=, 0);
  machine_add_disk (machine, "sda", SDA, 64);
  machine_write (machine, info, "pos:\t0\nflags:\t02\nmnt_id:\t21\n");
  machine_set_mounts (machine, "21 20 0:44 / /pool rw - btrfs /dev/sda rw\n");

  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, NULL);
  g_autoptr (GArray) numbers = platter_device_view_dup_fd_numbers (view, fd);
  g_assert_true (has_number (numbers, SDA));
  close (fd);
}

static void
test_unreadable (void)
{
  g_autoptr (Machine) machine = machine_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (machine->proc, "self", "mountinfo", NULL);

  machine_set_mounts (machine, "this is no line of mountinfo\n");
  g_assert_null (platter_device_view_new (&machine->roots, &error));
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_no_errno (unlink (path));
  g_assert_null (platter_device_view_new (&machine->roots, &error));
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_FAILED);
}

/* The machine that the test runs on has at least something mounted at its root. */
static void
test_real (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (platter_device_view_get_mounts (view)->len, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/device/facts", test_facts);
  g_test_add_func ("/device/no-vendor", test_no_vendor);
  g_test_add_func ("/device/card", test_card);
  g_test_add_func ("/device/absent", test_absent);
  g_test_add_func ("/device/serial-of-usb", test_serial_of_usb);
  g_test_add_func ("/device/uses", test_uses);
  g_test_add_func ("/device/btrfs", test_btrfs);
  g_test_add_func ("/device/fuse", test_fuse);
  g_test_add_func ("/device/node-by-link", test_node_by_link);
  g_test_add_func ("/device/below", test_below);
  g_test_add_func ("/device/below-circle", test_below_circle);
  g_test_add_func ("/device/fd", test_fd);
  g_test_add_func ("/device/unreadable", test_unreadable);
  g_test_add_func ("/device/real", test_real);
  return g_test_run ();
}
