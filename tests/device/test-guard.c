// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Each rule of what may be read and overwritten, in a made-up machine: refused when broken, and not when kept.

#include "device/guard.h"
#include "machine.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VDA makedev (254, 0)
#define SDA makedev (8, 0)
#define SDA1 makedev (8, 1)
#define SDB makedev (8, 16)
#define SDC makedev (8, 32)
#define DM0 makedev (253, 0)
#define LOOP0 makedev (7, 0)
#define LOOP1 makedev (7, 1)

#define ROOT_MOUNT "20 1 254:0 / / rw - ext4 /dev/vda rw\n"
#define MIB (1024 * 1024)

/* vda holds the system; sda, with one partition, sdb and loop0 are free; dm-0 and loop1 stand by. */
static Machine *
usual_machine (void)
{
  Machine *machine = machine_new ();

  machine_add_disk (machine, "vda", VDA, 1024);
  machine_add_disk (machine, "sda", SDA, 64);
  machine_add_partition (machine, "sda", "sda1", SDA1);
  machine_add_disk (machine, "sdb", SDB, 128);
  machine_add_disk (machine, "dm-0", DM0, 64);
  machine_add_disk (machine, "loop0", LOOP0, 64);
  machine_add_disk (machine, "loop1", LOOP1, 64);
  machine_set_backing_file (machine, "loop0", "/var/tmp/a.img");
  machine_set_mounts (machine, ROOT_MOUNT);
  return machine;
}

/* Returns the code of the refusal, or -1 if nothing speaks against it. */
static int
check_target (Machine *machine, dev_t number, dev_t source_number, const PlatterDevicePlan *plan)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, &error);
  g_assert_no_error (error);
  g_autoptr (PlatterDevice) target = platter_device_new (view, number, &error);
  g_assert_no_error (error);
  g_autoptr (PlatterDevice) source
    = source_number != 0 ? platter_device_new (view, source_number, &error) : NULL;
  g_assert_no_error (error);
  PlatterDevicePlan whole_plan = PLATTER_DEVICE_PLAN_INIT;

  if (plan != NULL)
    whole_plan = *plan;
  whole_plan.source = source;
  if (platter_device_check_target (view, target, &whole_plan, &error))
    return -1;
  g_assert_error (error, PLATTER_DEVICE_ERROR, error->code);
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_nonnull (strstr (error->message, target->path));
  return error->code;
}

static int
check_source (Machine *machine, dev_t number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, &error);
  g_assert_no_error (error);
  g_autoptr (PlatterDevice) source = platter_device_new (view, number, &error);
  g_assert_no_error (error);

  return platter_device_check_source (view, source, &error) ? -1 : error->code;
}

static void
test_free (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  g_assert_cmpint (check_target (machine, SDA, 0, NULL), ==, -1);
  g_assert_cmpint (check_target (machine, SDB, SDA, NULL), ==, -1);
  g_assert_cmpint (check_source (machine, SDA), ==, -1);
}

/* A loop device whose file lies on the system's drive is a drive like any other. */
static void
test_loop_is_free (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  machine_set_backing_file (machine, "loop1", "/var/tmp/b.img");
  g_assert_cmpint (check_target (machine, LOOP0, 0, NULL), ==, -1);
  g_assert_cmpint (check_target (machine, LOOP0, LOOP1, NULL), ==, -1);
  g_assert_cmpint (check_source (machine, LOOP0), ==, -1);
}

/* Over two cables, without multipathd. */
static void
test_two_ways (void)
{
  static const struct
  {
    const char *wwid;
    const char *serial;
    int code;
  } cases[] = {
    { "naa.5000c500a1b2c3d4", "S1", PLATTER_DEVICE_ERROR_SAME_DRIVE },
    { "naa.5000c500a1b2c3d4", "S2", -1 },
    { "naa.5000c500a1b2c3d5", "S1", -1 },
    { "t10.ATA     DISK", "S1", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Machine) machine = usual_machine ();
      gboolean is_cheap = g_str_has_prefix (cases[i].wwid, "t10.");

      machine_write (machine, "sys/devices/sda/device/wwid", "%s\n",
                     is_cheap ? cases[i].wwid : "naa.5000c500a1b2c3d4");
      machine_write (machine, "sys/devices/sda/device/serial", "S1\n");
      machine_add_disk (machine, "sdc", makedev (8, 32), 64);
      machine_write (machine, "sys/devices/sdc/device/wwid", "%s\n", cases[i].wwid);
      machine_write (machine, "sys/devices/sdc/device/serial", "%s\n", cases[i].serial);
      g_assert_cmpint (check_target (machine, makedev (8, 32), SDA, NULL), ==, cases[i].code);
    }
}

/* sdc is the other way to sda. */
static Machine *
machine_with_two_ways (void)
{
  Machine *machine = usual_machine ();

  machine_add_disk (machine, "sdc", SDC, 64);
  for (const char *const *name = (const char *const[]){ "sda", "sdc", NULL }; *name != NULL; name++)
    {
      g_autofree char *wwid = g_build_filename ("sys/devices", *name, "device/wwid", NULL);
      g_autofree char *serial = g_build_filename ("sys/devices", *name, "device/serial", NULL);

      machine_write (machine, wwid, "naa.5000c500a1b2c3d4\n");
      machine_write (machine, serial, "S1\n");
    }
  return machine;
}

/* Two slots of a dock: it has one name and one serial number for both. */
static void
test_two_slots (void)
{
  g_autoptr (Machine) machine = machine_with_two_ways ();

  g_assert_cmpint (check_target (machine, SDC, SDA, NULL), ==, PLATTER_DEVICE_ERROR_SAME_DRIVE);
  machine_write (machine, "sys/devices/idVendor", "152d\n");
  machine_write (machine, "sys/devices/serial", "0123456789ABCDEF\n");
  g_assert_cmpint (check_target (machine, SDC, SDA, NULL), ==, -1);
  machine_set_mounts (machine, ROOT_MOUNT "30 20 8:1 / /mnt rw - ext4 /dev/sda1 rw\n");
  g_assert_cmpint (check_target (machine, SDC, 0, NULL), ==, -1);
}

/* What the other one is used for, this one must not be overwritten for. */
static void
test_used_the_other_way (void)
{
  g_autoptr (Machine) machine = machine_with_two_ways ();
  const PlatterDevicePlan plan = { .image_fd = -1, .can_unmount = TRUE };

  g_assert_cmpint (check_target (machine, SDC, 0, NULL), ==, -1);
  machine_set_mounts (machine, ROOT_MOUNT "30 20 8:1 / /mnt ro - ext4 /dev/sda1 ro\n");
  g_assert_cmpint (check_target (machine, SDC, 0, &plan), ==, PLATTER_DEVICE_ERROR_KEPT_MOUNTED);
  g_assert_cmpint (check_source (machine, SDC), ==, -1);
  machine_set_mounts (machine, ROOT_MOUNT "30 20 8:1 / /mnt rw - ext4 /dev/sda1 rw\n");
  g_assert_cmpint (check_target (machine, SDC, 0, &plan), ==, PLATTER_DEVICE_ERROR_KEPT_MOUNTED);
  g_assert_cmpint (check_source (machine, SDC), ==, PLATTER_DEVICE_ERROR_KEPT_MOUNTED);
  machine_set_mounts (machine, "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  g_assert_cmpint (check_target (machine, SDC, 0, &plan), ==, PLATTER_DEVICE_ERROR_SYSTEM_DRIVE);
  machine_set_mounts (machine, ROOT_MOUNT);
  machine_set_swaps (machine, "/dev/sda1  partition 1024 0 -2\n");
  g_assert_cmpint (check_target (machine, SDC, 0, &plan), ==, PLATTER_DEVICE_ERROR_SWAP);
  g_assert_cmpint (check_source (machine, SDC), ==, PLATTER_DEVICE_ERROR_SWAP);
  machine_set_swaps (machine, "");
  machine_add_holder (machine, "sda/sda1", "dm-0");
  g_assert_cmpint (check_target (machine, SDC, 0, &plan), ==, PLATTER_DEVICE_ERROR_HAS_HOLDERS);
  g_assert_cmpint (check_source (machine, SDC), ==, -1);
  machine_set_mounts (machine, ROOT_MOUNT "30 20 253:0 / /mnt rw - ext4 /dev/dm-0 rw\n");
  g_assert_cmpint (check_source (machine, SDC), ==, PLATTER_DEVICE_ERROR_KEPT_MOUNTED);
}

/* A loop device over a partition, over the drive that has it, and over another loop device. */
static void
test_used_below_a_loop (void)
{
  static const struct
  {
    const char *file;
    const char *mount;
    int code;
  } cases[] = {
    { "/dev/sda1", "8:1", PLATTER_DEVICE_ERROR_KEPT_MOUNTED },
    { "/dev/sda", "8:1", PLATTER_DEVICE_ERROR_KEPT_MOUNTED },
    { "/dev/sda1", "8:2", -1 },
    { "/dev/sda", "8:2", PLATTER_DEVICE_ERROR_KEPT_MOUNTED },
    { "/dev/dm-0", "253:0", PLATTER_DEVICE_ERROR_KEPT_MOUNTED },
    { "/dev/loop0", "7:0", PLATTER_DEVICE_ERROR_KEPT_MOUNTED },
    { "/dev/sda", "8:16", -1 },
    /* The drive that its file lies on is nothing that is overwritten with it. */
    { "/mnt/b.img", "8:1", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Machine) machine = usual_machine ();
      g_autofree char *mounts
        = g_strdup_printf (ROOT_MOUNT "30 20 %s / /mnt rw - ext4 none rw\n", cases[i].mount);

      machine_add_partition (machine, "sda", "sda2", makedev (8, 2));
      machine_write (machine, "sys/devices/sda/sda1/start", "2048\n");
      machine_write (machine, "sys/devices/sda/sda2/start", "4096\n");
      machine_set_backing_file (machine, "loop1", cases[i].file);
      if (g_str_equal (cases[i].file, "/dev/sda1"))
        machine_write (machine, "sys/devices/loop1/size", "2048\n");
      g_assert_cmpint (check_target (machine, LOOP1, 0, NULL), ==, -1);
      machine_set_mounts (machine, mounts);
      g_assert_cmpint (check_target (machine, LOOP1, 0, NULL), ==, cases[i].code);
      g_assert_cmpint (check_source (machine, LOOP1), ==, cases[i].code);
    }
}

/* Two loop devices over one file, or over parts of it. */
static void
test_used_over_the_same_file (void)
{
  static const struct
  {
    const char *offset;
    int code;
  } cases[] = {
    { "0", PLATTER_DEVICE_ERROR_KEPT_MOUNTED },
    { "67107840", PLATTER_DEVICE_ERROR_KEPT_MOUNTED },
    { "67108864", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Machine) machine = usual_machine ();

      machine_set_backing_file (machine, "loop1", "/var/tmp/a.img");
      machine_write (machine, "sys/devices/loop0/loop/offset", "%s\n", cases[i].offset);
      machine_set_mounts (machine, ROOT_MOUNT "30 20 7:0 / /mnt rw - ext4 /dev/loop0 rw\n");
      g_assert_cmpint (check_target (machine, LOOP1, 0, NULL), ==, cases[i].code);
      g_assert_cmpint (check_source (machine, LOOP1), ==, cases[i].code);
      machine_set_mounts (machine, ROOT_MOUNT);
      g_assert_cmpint (check_target (machine, LOOP1, 0, NULL), ==, -1);
    }
}

/* loop2 lies on loop0, which lies in the same file as loop1. */
static void
test_same_file_through_layers (void)
{
  g_autoptr (Machine) machine = usual_machine ();
  const dev_t loop2 = makedev (7, 2);

  machine_add_disk (machine, "loop2", loop2, 64);
  machine_set_backing_file (machine, "loop1", "/var/tmp/a.img");
  machine_set_backing_file (machine, "loop2", "/dev/loop0");
  g_assert_cmpint (check_target (machine, loop2, LOOP1, NULL), ==, PLATTER_DEVICE_ERROR_SAME_DRIVE);
  machine_set_mounts (machine, ROOT_MOUNT "30 20 7:1 / /mnt rw - ext4 /dev/loop1 rw\n");
  g_assert_cmpint (check_target (machine, loop2, 0, NULL), ==, PLATTER_DEVICE_ERROR_KEPT_MOUNTED);
}

static void
test_not_a_drive (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  g_assert_cmpint (check_target (machine, SDA1, 0, NULL), ==, PLATTER_DEVICE_ERROR_NOT_A_DRIVE);
  g_assert_cmpint (check_target (machine, DM0, 0, NULL), ==, PLATTER_DEVICE_ERROR_NOT_A_DRIVE);
  g_assert_cmpint (check_source (machine, SDA1), ==, PLATTER_DEVICE_ERROR_NOT_A_DRIVE);
  machine_add_disk (machine, "mmcblk0boot0", makedev (179, 8), 4);
  g_assert_cmpint (check_target (machine, makedev (179, 8), 0, NULL), ==,
                   PLATTER_DEVICE_ERROR_NOT_A_DRIVE);
  machine_write (machine, "sys/devices/sdb/hidden", "1\n");
  g_assert_cmpint (check_target (machine, SDB, 0, NULL), ==, PLATTER_DEVICE_ERROR_NOT_A_DRIVE);
}

static void
test_no_medium (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  machine_add_disk (machine, "sdc", makedev (8, 32), 0);
  g_assert_cmpint (check_target (machine, makedev (8, 32), 0, NULL), ==,
                   PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE);
  g_assert_cmpint (check_source (machine, makedev (8, 32)), ==, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE);
}

static void
test_system (void)
{
  const char *const points[] = { "/",        "/boot", "/boot/efi",        "/efi",
                                 "/usr",     "/var",  "/var/lib/platter", "/home",
                                 "/var/home" };
  const PlatterDevicePlan plan = { .image_fd = -1, .can_unmount = TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      g_autoptr (Machine) machine = usual_machine ();
      g_autofree char *line
        = g_strdup_printf ("30 20 8:1 / %s rw - ext4 /dev/sda1 rw\n", points[i]);
      machine_set_mounts (machine, line);
      g_assert_cmpint (check_target (machine, SDA, 0, &plan), ==,
                       PLATTER_DEVICE_ERROR_SYSTEM_DRIVE);
      g_assert_cmpint (check_target (machine, SDB, 0, &plan), ==, -1);
    }
}

/* Where people mount what is theirs: that can be unmounted, and overwritten. */
static void
test_not_system (void)
{
  const char *const points[] = { "/mnt", "/media/ann/stick", "/home/ann/stick", "/var/mnt/stick" };
  const PlatterDevicePlan plan = { .image_fd = -1, .can_unmount = TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      g_autoptr (Machine) machine = usual_machine ();
      g_autofree char *line
        = g_strdup_printf (ROOT_MOUNT "30 20 8:1 / %s rw - ext4 /dev/sda1 rw\n", points[i]);
      machine_set_mounts (machine, line);
      g_assert_cmpint (check_target (machine, SDA, 0, &plan), ==, -1);
    }
}

static void
test_system_through_layers (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  machine_add_holder (machine, "sda/sda1", "dm-0");
  machine_set_mounts (machine, "20 1 253:0 / / rw - ext4 /dev/mapper/root rw\n");
  g_assert_cmpint (check_target (machine, SDA, 0, NULL), ==, PLATTER_DEVICE_ERROR_SYSTEM_DRIVE);

  /* A live system: its root is a loop device over a file on a stick. */
  machine_set_backing_file (machine, "loop1", "/run/medium/root.squashfs");
  machine_set_mounts (machine, "20 1 7:1 / / ro - squashfs /dev/loop1 ro\n"
                               "21 20 8:16 / /run/medium ro - vfat /dev/sdb ro\n");
  g_assert_cmpint (check_target (machine, SDB, 0, NULL), ==, PLATTER_DEVICE_ERROR_SYSTEM_DRIVE);
}

static void
test_mounted (void)
{
  g_autoptr (Machine) machine = usual_machine ();
  const PlatterDevicePlan plan = { .image_fd = -1, .can_unmount = TRUE };

  machine_set_mounts (machine, ROOT_MOUNT "30 20 8:1 / /media/stick rw - vfat /dev/sda1 rw\n");
  g_assert_cmpint (check_target (machine, SDA, 0, NULL), ==, PLATTER_DEVICE_ERROR_MOUNTED);
  g_assert_cmpint (check_target (machine, SDA, 0, &plan), ==, -1);
  g_assert_cmpint (check_source (machine, SDA), ==, PLATTER_DEVICE_ERROR_KEPT_MOUNTED);
  /* The mount is read-only, the file system is not. */
  machine_set_mounts (machine, ROOT_MOUNT "30 20 8:1 / /media/stick ro - vfat /dev/sda1 rw\n");
  g_assert_cmpint (check_source (machine, SDA), ==, PLATTER_DEVICE_ERROR_KEPT_MOUNTED);
  machine_set_mounts (machine, ROOT_MOUNT "30 20 8:1 / /media/stick ro - vfat /dev/sda1 ro\n");
  g_assert_cmpint (check_source (machine, SDA), ==, -1);
  g_assert_cmpint (check_target (machine, SDA, 0, NULL), ==, PLATTER_DEVICE_ERROR_MOUNTED);
}

static void
test_source_mounted_through_layers (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  machine_add_holder (machine, "sda/sda1", "dm-0");
  g_assert_cmpint (check_source (machine, SDA), ==, -1);
  machine_set_mounts (machine, ROOT_MOUNT "30 20 253:0 / /media/secret rw - ext4 /dev/dm-0 rw\n");
  g_assert_cmpint (check_source (machine, SDA), ==, PLATTER_DEVICE_ERROR_KEPT_MOUNTED);
}

static void
test_swap (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  machine_set_swaps (machine, "/dev/sda1  partition 1024 0 -2\n");
  g_assert_cmpint (check_target (machine, SDA, 0, NULL), ==, PLATTER_DEVICE_ERROR_SWAP);
  g_assert_cmpint (check_source (machine, SDA), ==, PLATTER_DEVICE_ERROR_SWAP);
  g_assert_cmpint (check_target (machine, SDB, 0, NULL), ==, -1);
  machine_set_swaps (machine, "/media/stick/swapfile  file 1024 0 -2\n");
  machine_set_mounts (machine, ROOT_MOUNT "30 20 8:16 / /media/stick rw - ext4 /dev/sdb rw\n");
  g_assert_cmpint (check_target (machine, SDB, 0, NULL), ==, PLATTER_DEVICE_ERROR_SWAP);
  g_assert_cmpint (check_target (machine, SDA, 0, NULL), ==, -1);
}

static void
test_holders (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  machine_add_holder (machine, "sda/sda1", "dm-0");
  g_assert_cmpint (check_target (machine, SDA, 0, NULL), ==, PLATTER_DEVICE_ERROR_HAS_HOLDERS);
}

static void
test_backs_loop (void)
{
  g_autoptr (Machine) machine = usual_machine ();
  const PlatterDevicePlan plan = { .image_fd = -1, .can_unmount = TRUE };

  machine_set_backing_file (machine, "loop1", "/dev/sda");
  g_assert_cmpint (check_target (machine, SDA, 0, NULL), ==, PLATTER_DEVICE_ERROR_BACKS_LOOP);
  machine_set_backing_file (machine, "loop1", "/media/stick/x.img");
  machine_set_mounts (machine, ROOT_MOUNT "30 20 8:1 / /media/stick rw - ext4 /dev/sda1 rw\n");
  g_assert_cmpint (check_target (machine, SDA, 0, &plan), ==, PLATTER_DEVICE_ERROR_BACKS_LOOP);
  g_assert_cmpint (check_target (machine, SDB, 0, NULL), ==, -1);
  /* A loop device on a loop device. */
  machine_set_backing_file (machine, "loop1", "/dev/loop0");
  g_assert_cmpint (check_target (machine, LOOP0, 0, NULL), ==, PLATTER_DEVICE_ERROR_BACKS_LOOP);
}

static void
test_read_only (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  machine_write (machine, "sys/devices/sda/ro", "1\n");
  g_assert_cmpint (check_target (machine, SDA, 0, NULL), ==, PLATTER_DEVICE_ERROR_READ_ONLY);
  g_assert_cmpint (check_source (machine, SDA), ==, -1);
}

static void
test_too_small (void)
{
  g_autoptr (Machine) machine = usual_machine ();
  PlatterDevicePlan plan = { .image_fd = -1, .size_bytes = 64 * MIB };

  g_assert_cmpint (check_target (machine, SDA, 0, &plan), ==, -1);
  plan.size_bytes++;
  g_assert_cmpint (check_target (machine, SDA, 0, &plan), ==, PLATTER_DEVICE_ERROR_TOO_SMALL);
}

static void
test_sector_size (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  machine_write (machine, "sys/devices/sdb/queue/logical_block_size", "4096\n");
  g_assert_cmpint (check_target (machine, SDB, SDA, NULL), ==, PLATTER_DEVICE_ERROR_SECTOR_SIZE);
  g_assert_cmpint (check_target (machine, SDB, 0, NULL), ==, -1);
}

static void
test_same_drive (void)
{
  g_autoptr (Machine) machine = usual_machine ();

  g_assert_cmpint (check_target (machine, SDA, SDA, NULL), ==, PLATTER_DEVICE_ERROR_SAME_DRIVE);
  g_assert_cmpint (check_target (machine, SDA, SDA1, NULL), ==, PLATTER_DEVICE_ERROR_SAME_DRIVE);
  g_assert_cmpint (check_target (machine, SDA1, SDA, NULL), ==, PLATTER_DEVICE_ERROR_SAME_DRIVE);
  machine_set_backing_file (machine, "loop1", "/var/tmp/a.img");
  g_assert_cmpint (check_target (machine, LOOP0, LOOP1, NULL), ==, PLATTER_DEVICE_ERROR_SAME_DRIVE);
  machine_set_backing_file (machine, "loop1", "/dev/sda");
  g_assert_cmpint (check_target (machine, LOOP1, SDA, NULL), ==, PLATTER_DEVICE_ERROR_SAME_DRIVE);
  g_assert_cmpint (check_target (machine, SDA, LOOP1, NULL), ==, PLATTER_DEVICE_ERROR_SAME_DRIVE);
}

/* The image is any real file; the made-up machine claims that its file system lies on sda. */
static void
test_holds_image (void)
{
  g_autoptr (Machine) machine = usual_machine ();
  g_autofree char *path = g_build_filename (machine->folder, "image.iso", NULL);
  machine_write (machine, "image.iso", "image");
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  PlatterDevicePlan plan = { .image_fd = fd, .can_unmount = TRUE };
  g_autofree char *info = g_strdup_printf ("proc/self/fdinfo/%d", fd);

  machine_write (machine, info, "mnt_id:\t30\n");
  machine_set_mounts (machine, ROOT_MOUNT "30 20 0:99 / /media/stick rw - btrfs /dev/sda1 rw\n");
  g_assert_cmpint (check_target (machine, SDA, 0, &plan), ==, PLATTER_DEVICE_ERROR_HOLDS_IMAGE);
  g_assert_cmpint (check_target (machine, SDB, 0, &plan), ==, -1);
  /* The file that the target is made of, written to the target. */
  g_assert_cmpint (check_target (machine, LOOP0, 0, &plan), ==, -1);
  machine_set_backing_file (machine, "loop0", path);
  g_assert_cmpint (check_target (machine, LOOP0, 0, &plan), ==, PLATTER_DEVICE_ERROR_HOLDS_IMAGE);
  machine_set_backing_file (machine, "loop1", "/dev/loop0");
  g_assert_cmpint (check_target (machine, LOOP1, 0, &plan), ==, PLATTER_DEVICE_ERROR_HOLDS_IMAGE);
  close (fd);
}

/* The same for an image that is made of the drive. */
static void
test_place (void)
{
  g_autoptr (Machine) machine = usual_machine ();
  g_autoptr (GError) error = NULL;
  int fd = open (machine->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_autofree char *info = g_strdup_printf ("proc/self/fdinfo/%d", fd);

  machine_write (machine, info, "mnt_id:\t30\n");
  machine_set_mounts (machine, ROOT_MOUNT "30 20 0:99 / /media/stick rw - btrfs /dev/sda1 rw\n");
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (&machine->roots, &error);
  g_autoptr (PlatterDevice) first = platter_device_new (view, SDA, &error);
  g_autoptr (PlatterDevice) second = platter_device_new (view, SDB, &error);
  g_assert_no_error (error);
  g_assert_true (platter_device_check_place (view, second, fd, &error));
  g_assert_false (platter_device_check_place (view, first, fd, &error));
  g_assert_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_HOLDS_IMAGE);
  close (fd);
}

static void
test_names (void)
{
  g_assert_cmpstr (platter_device_error_get_name (PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE), ==,
                   "NoSuchDrive");
  g_assert_cmpstr (platter_device_error_get_name (PLATTER_DEVICE_ERROR_SECTOR_SIZE), ==,
                   "SectorSize");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guard/free", test_free);
  g_test_add_func ("/guard/loop-is-free", test_loop_is_free);
  g_test_add_func ("/guard/not-a-drive", test_not_a_drive);
  g_test_add_func ("/guard/two-ways", test_two_ways);
  g_test_add_func ("/guard/two-slots", test_two_slots);
  g_test_add_func ("/guard/used-the-other-way", test_used_the_other_way);
  g_test_add_func ("/guard/used-below-a-loop", test_used_below_a_loop);
  g_test_add_func ("/guard/used-over-the-same-file", test_used_over_the_same_file);
  g_test_add_func ("/guard/same-file-through-layers", test_same_file_through_layers);
  g_test_add_func ("/guard/no-medium", test_no_medium);
  g_test_add_func ("/guard/system", test_system);
  g_test_add_func ("/guard/not-system", test_not_system);
  g_test_add_func ("/guard/system-through-layers", test_system_through_layers);
  g_test_add_func ("/guard/mounted", test_mounted);
  g_test_add_func ("/guard/source-mounted-through-layers", test_source_mounted_through_layers);
  g_test_add_func ("/guard/swap", test_swap);
  g_test_add_func ("/guard/holders", test_holders);
  g_test_add_func ("/guard/backs-loop", test_backs_loop);
  g_test_add_func ("/guard/read-only", test_read_only);
  g_test_add_func ("/guard/too-small", test_too_small);
  g_test_add_func ("/guard/sector-size", test_sector_size);
  g_test_add_func ("/guard/same-drive", test_same_drive);
  g_test_add_func ("/guard/holds-image", test_holds_image);
  g_test_add_func ("/guard/place", test_place);
  g_test_add_func ("/guard/names", test_names);
  return g_test_run ();
}
