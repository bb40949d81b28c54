// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The drives of a job, held open.

#include "hold.h"

#include <errno.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "closing.h"
#include "device/cache.h"
#include "device/device.h"
#include "device/errors.h"
#include "device/file-state.h"
#include "device/identity.h"
#include "device/open.h"
#include "device/watch.h"
#include "udisks.h"

/* So long somebody who has written to a target is watched for whether he goes on. */
#define HOLD_WATCH_TIMES 20
#define HOLD_WATCH_US (100 * 1000)

struct _PlatterHold
{
  PlatterRequest *request;
  GArray *fds;   /* (element-type int): one a side; an image's is borrowed from the request */
  GArray *locks; /* (element-type int): of the targets; -1 for the source */
  GPtrArray *
    watches; /* (element-type PlatterDeviceWatch) (nullable elements): of the drives that are read */
  GArray
    *states; /* (element-type PlatterFileState): of the files that are read, when it was planned */
  GPtrArray *names; /* (element-type filename): the nodes of drives, what an image is called */
  gint asked;       /* atomic: the side that is looked at for whether it was written to */
};

static void
hold_watch_free (gpointer data)
{
  g_clear_pointer ((PlatterDeviceWatch **)&data, platter_device_watch_free);
}

static gboolean
hold_is_target (const PlatterHold *self, guint side)
{
  return side > 0 && platter_request_overwrites (self->request);
}

static gboolean
hold_unmount (const PlatterHold *self, GDBusConnection *bus, GError **error)
{
  for (guint i = 1; self->request->unmount && i < self->request->sides->len; i++)
    if (!platter_udisks_unmount (bus, platter_request_get_side (self->request, i), error))
      return FALSE;
  return TRUE;
}

/* A file system that was mounted read-only holds a drive exclusively, and so do LVM and its like, which the rules allow of
   a source. */
static gboolean
hold_is_shared (dev_t number, gboolean *is_shared, GError **error)
{
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, error);
  g_autoptr (PlatterDevice) device = view != NULL ? platter_device_new (view, number, error) : NULL;

  if (device == NULL)
    return FALSE;
  *is_shared = device->mounts->len > 0 || g_strv_length (device->holders) > 0;
  return TRUE;
}

/* Of who reads it, too, it is not known that he does not write, but for what the kernel counts. */
static gboolean
hold_check_counted (dev_t number, const char *path, GError **error)
{
  g_autofree char *folder = platter_sysfs_dup_folder (&platter_device_roots_real, number);

  if (platter_sysfs_get_attribute (folder, "queue/iostats", 1) != 0)
    return TRUE;
  g_set_error (
    error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IN_USE,
    "%s is in use, and whether somebody writes to it while it is read could not be told: "
    "the kernel was told not to count that (queue/iostats of the drive is 0). Close what "
    "uses the drive, or have it counted.",
    path);
  return FALSE;
}

static gboolean
hold_open (PlatterHold *self, guint side, GError **error)
{
  dev_t number = platter_request_get_side (self->request, side)->number;
  int *fd = &g_array_index (self->fds, int, side);
  int *lock = &g_array_index (self->locks, int, side);
  gboolean is_shared = FALSE;

  if (!hold_is_target (self, side))
    {
      if (!hold_is_shared (number, &is_shared, error)
          || (is_shared
              && !hold_check_counted (number, g_ptr_array_index (self->names, side), error)))
        return FALSE;
      *fd = platter_device_open_source (NULL, number, is_shared, error);
      if (*fd >= 0)
        self->watches->pdata[side] = platter_device_watch_new (number, error);
      return self->watches->pdata[side] != NULL;
    }
  *fd = platter_device_open_target (NULL, number, error);
  if (*fd >= 0)
    *lock = platter_device_lock (NULL, number, error);
  return *fd >= 0 && *lock >= 0;
}

/* polkit may have asked for minutes, and more was written to it meanwhile than was planned to be read. */
static gboolean
hold_take_image (PlatterHold *self, guint index, const PlatterPlanSide *planned, GError **error)
{
  const PlatterRequestSide *side = platter_request_get_side (self->request, index);

  g_array_index (self->fds, int, index) = side->fd;
  g_array_index (self->states, PlatterFileState, index) = planned->state;
  if (!platter_file_state_has_changed (&planned->state, side->fd))
    return TRUE;
  g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED,
               "The file “%s” was changed since it was chosen. Wait until nothing writes to it any "
               "more, such as a download, and start again.",
               planned->name);
  return FALSE;
}

static gboolean
hold_take (PlatterHold *self, guint index, const PlatterPlanSide *planned, GError **error)
{
  const PlatterRequestSide *side = platter_request_get_side (self->request, index);
  const PlatterDeviceIdentity expected = {
    .number = side->number,
    .diskseq = side->diskseq,
    .size_bytes = side->size_bytes,
    .serial = planned->kernel_serial,
  };

  if (side->is_image)
    return hold_take_image (self, index, planned, error);
  return hold_open (self, index, error)
         && platter_device_identity_check (NULL, g_array_index (self->fds, int, index), &expected,
                                           error);
}

/* A virtual machine or its like may hold a drive without asking anybody for it; when it writes, it is seen. What was cached of a file
   system that was just unmounted is stored by now, as the drive could be had alone. So it is whoever goes on writing. */
static gboolean
hold_is_written_to (const PlatterPlanSide *now, dev_t number)
{
  g_autofree char *folder = platter_sysfs_dup_folder (&platter_device_roots_real, number);

  for (guint i = 0; i < HOLD_WATCH_TIMES; i++)
    {
      if (platter_sysfs_get_written_bytes (folder) > now->written_bytes)
        return TRUE;
      g_usleep (HOLD_WATCH_US);
    }
  return FALSE;
}

/* @before: when polkit had answered */
static gboolean
hold_check_unwritten (const PlatterHold *self,
                      guint side,
                      const PlatterPlanSide *planned,
                      const PlatterPlanSide *before,
                      const PlatterPlanSide *now,
                      GError **error)
{
  dev_t number = platter_request_get_side (self->request, side)->number;

  if (!hold_is_target (self, side) || planned->is_mounted || before->is_mounted
      || now->written_bytes <= planned->written_bytes || !hold_is_written_to (now, number))
    return TRUE;
  g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IN_USE,
               "%s can’t be overwritten: another program writes to it, perhaps a virtual machine. "
               "Close what uses it and try again.",
               now->device);
  return FALSE;
}

/* Last, so that what is refused for another reason leaves the partitions alone. */
static gboolean
hold_check_partitions (PlatterHold *self, guint side, GError **error)
{
  dev_t number = platter_request_get_side (self->request, side)->number;
  g_autoptr (PlatterDeviceView) view = NULL;
  g_autoptr (PlatterDevice) device = NULL;

  if (!hold_is_target (self, side))
    return TRUE;
  view = platter_device_view_new (NULL, error);
  device = view != NULL ? platter_device_new (view, number, error) : NULL;
  if (device == NULL
      || !platter_device_check_partitions (NULL, device, platter_hold_get_fd (self, side), error))
    return FALSE;
  /* Of those that cannot be known, what they wrote before is not to come after us. */
  platter_device_write_out (view, device);
  return TRUE;
}

PlatterHold *
platter_hold_new (PlatterRequest *request,
                  const PlatterPlan *plan,
                  GDBusConnection *bus,
                  GError **error)
{
  g_autoptr (PlatterHold) self = g_new0 (PlatterHold, 1);
  g_autoptr (PlatterPlan) before = platter_plan_new (request, bus, request->unmount, error);
  g_autoptr (PlatterPlan) after = NULL;
  const int closed = -1;

  self->request = platter_request_ref (request);
  self->fds = g_array_new (FALSE, FALSE, sizeof (int));
  self->locks = g_array_new (FALSE, FALSE, sizeof (int));
  self->watches = g_ptr_array_new_with_free_func (hold_watch_free);
  g_ptr_array_set_size (self->watches, (int)request->sides->len);
  self->states = g_array_new (FALSE, TRUE, sizeof (PlatterFileState));
  g_array_set_size (self->states, request->sides->len);
  self->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < request->sides->len; i++)
    {
      const PlatterPlanSide *side = platter_plan_get_side (plan, i);

      g_array_append_val (self->fds, closed);
      g_array_append_val (self->locks, closed);
      g_ptr_array_add (self->names, g_strdup (side->is_image ? side->name : side->device));
    }
  if (before == NULL || !hold_unmount (self, bus, error))
    return NULL;
  for (guint i = 0; i < request->sides->len; i++)
    if (!hold_take (self, i, platter_plan_get_side (plan, i), error))
      return NULL;
  after = platter_plan_new (request, bus, FALSE, error);
  if (after == NULL)
    return NULL;
  for (guint i = 1; i < request->sides->len; i++)
    if (!hold_check_unwritten (self, i, platter_plan_get_side (plan, i),
                               platter_plan_get_side (before, i), platter_plan_get_side (after, i),
                               error)
        || !hold_check_partitions (self, i, error))
      return NULL;
  return g_steal_pointer (&self);
}

int
platter_hold_get_fd (PlatterHold *self, guint side)
{
  return g_array_index (self->fds, int, side);
}

guint
platter_hold_find_other_medium (PlatterHold *self, guint side)
{
  for (guint i = side; i < self->fds->len; i++)
    {
      const PlatterRequestSide *asked = platter_request_get_side (self->request, i);
      int fd = g_array_index (self->fds, int, i);

      if (!asked->is_image && fd >= 0
          && platter_device_identity_is_other_medium (fd, asked->diskseq))
        return i;
    }
  return G_MAXUINT;
}

/* Returns: (transfer full) (nullable) */
static char *
hold_find_written_to_file (PlatterHold *self, guint side)
{
  int fd = platter_request_get_side (self->request, side)->fd;

  if (!platter_file_state_has_changed (&g_array_index (self->states, PlatterFileState, side), fd))
    return NULL;
  return g_strdup_printf (
    "The file “%s” was changed while it was read, so what was read may not be all of it, or of no "
    "single moment. Wait until nothing writes to it any more, such as a download, and start again.",
    (const char *)g_ptr_array_index (self->names, side));
}

char *
platter_hold_find_written (PlatterHold *self)
{
  char *found = NULL;

  for (guint i = 0; i < self->fds->len && found == NULL; i++)
    {
      g_atomic_int_set (&self->asked, (gint)i);
      if (platter_request_get_side (self->request, i)->is_image)
        found = hold_find_written_to_file (self, i);
      else if (self->watches->pdata[i] != NULL)
        found = platter_device_watch_find_written (self->watches->pdata[i]);
    }
  return found;
}

char *
platter_hold_dup_unanswered (PlatterHold *self)
{
  guint side = (guint)g_atomic_int_get (&self->asked);

  return g_strdup_printf (
    "Whether “%s” stayed as it was while it was read could not be found out: the file system that "
    "it is on does not answer any more. Check its drive or its network, and start again.",
    (const char *)g_ptr_array_index (self->names, side));
}

/* A kernel without a parser for partition tables says EINVAL, as does one for a drive without partitions. */
static gboolean
hold_reread (int fd, const char *path)
{
  int code;

  if (ioctl (fd, BLKRRPART) == 0)
    return TRUE;
  code = errno;
  g_debug ("The partition table of %s was not read anew: %s", path, g_strerror (code));
  return FALSE;
}

static void
hold_close (PlatterHold *self, guint side)
{
  int *fd = &g_array_index (self->fds, int, side);
  int *lock = &g_array_index (self->locks, int, side);

  if (*fd >= 0 && !platter_request_get_side (self->request, side)->is_image)
    close (*fd);
  /* The lock goes last, so that udev looks once, and at the end. */
  if (*lock >= 0)
    close (*lock);
  g_clear_pointer (&self->watches->pdata[side], hold_watch_free);
  *fd = -1;
  *lock = -1;
}

void
platter_hold_settle (PlatterHold *self, GDBusConnection *bus, GArray *tables)
{
  for (guint i = 0; i < self->fds->len; i++)
    {
      gboolean was_written = tables != NULL && hold_is_target (self, i);
      gboolean is_read
        = was_written
          && hold_reread (g_array_index (self->fds, int, i), g_ptr_array_index (self->names, i));

      if (was_written)
        g_array_append_val (tables, is_read);
      hold_close (self, i);
    }
  for (guint i = 0; tables != NULL && i < self->fds->len; i++)
    if (hold_is_target (self, i))
      platter_udisks_rescan (bus, g_ptr_array_index (self->names, i));
}

void
platter_hold_free (PlatterHold *self)
{
  for (guint i = 0; i < self->fds->len; i++)
    if (platter_request_get_side (self->request, i)->is_image)
      g_array_index (self->fds, int, i) = -1;
  platter_closing_start ((const int *)(gpointer)self->fds->data, self->fds->len);
  platter_closing_start ((const int *)(gpointer)self->locks->data, self->locks->len);
  g_array_unref (self->fds);
  g_array_unref (self->locks);
  g_ptr_array_unref (self->watches);
  g_array_unref (self->states);
  g_ptr_array_unref (self->names);
  /* The job stays for whoever asks how it ended; nobody's file is to be busy as long as that. */
  platter_request_close (self->request);
  platter_request_unref (self->request);
  g_free (self);
}
