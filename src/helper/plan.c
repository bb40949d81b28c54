// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a request comes to on this machine at this moment.

#include "plan.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "dbus/errors.h"
#include "dbus/text.h"
#include "device/guard.h"
#include "device/identity.h"
#include "udisks.h"

/* What is only needed while the plan is made. */
typedef struct
{
  const PlatterRequest *request;
  GDBusConnection *bus;
  gboolean can_unmount;
  PlatterDeviceView *view;
  GPtrArray *devices; /* (element-type PlatterDevice) (nullable elements): NULL for an image */
} PlanLook;

static void
plan_side_free (gpointer data)
{
  PlatterPlanSide *side = data;

  g_free (side->name);
  g_free (side->device);
  g_free (side->serial);
  g_free (side->kernel_serial);
  g_free (side);
}

static void
plan_device_free (gpointer data)
{
  g_clear_pointer ((PlatterDevice **)&data, platter_device_free);
}

static gboolean
plan_refuse_image (GError **error, const PlatterRequestSide *image, const char *why)
{
  g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
               "The image “%s” can’t be used: %s.", image->name, why);
  return FALSE;
}

/* Checks the descriptor itself, never a path. Returns: (nullable): what is wrong with a file that is read. */
static const char *
plan_find_fault (int flags, const struct stat *status)
{
  if ((flags & O_PATH) != 0 || (flags & O_ACCMODE) == O_WRONLY)
    return "it is not open for reading";
  return status->st_size <= 0 ? "it is empty" : NULL;
}

/* The same, of a pipe. */
static const char *
plan_find_pipe_fault (int flags, const struct stat *status)
{
  if (!S_ISFIFO (status->st_mode))
    return "it is no pipe";
  return (flags & O_PATH) != 0 || (flags & O_ACCMODE) == O_WRONLY ? "it is not open for reading"
                                                                  : NULL;
}

/* The same, of one that an image is written to. It is new: nothing of anybody’s can get lost by it. One that others
   write is only looked at. @kept_bytes: so much of it may be there already; 0: nothing; %G_MAXUINT64: anything */
static const char *
plan_find_target_fault (int flags,
                        const struct stat *status,
                        gboolean is_passed_on,
                        guint64 kept_bytes)
{
  if (is_passed_on && (flags & O_ACCMODE) == O_RDONLY)
    return plan_find_fault (flags, status);
  if ((flags & O_PATH) != 0 || (flags & O_ACCMODE) != O_RDWR)
    return "it is not open for reading and writing";
  if ((flags & O_APPEND) != 0)
    return "it is open for appending";
  if (status->st_size == 0 || (guint64)status->st_size == kept_bytes || kept_bytes == G_MAXUINT64)
    return NULL;
  return "it is not empty";
}

/* Somebody is at its other end, and it is a stream: whatever else is said there, the worker hears. */
static const char *
plan_find_socket_fault (int fd)
{
  struct sockaddr_storage peer;
  socklen_t peer_bytes = sizeof peer;
  int type = 0;
  int protocol = 0;
  int domain = AF_UNSPEC;
  socklen_t length = sizeof type;

  if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0
      || getsockopt (fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) != 0
      || getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0)
    return "its “nbd” is no socket";
  if (type != SOCK_STREAM
      || (domain != AF_UNIX
          && ((domain != AF_INET && domain != AF_INET6) || protocol != IPPROTO_TCP)))
    return "its “nbd” is neither a local stream socket nor one of TCP";
  return getpeername (fd, (struct sockaddr *)&peer, &peer_bytes) != 0 ? "its “nbd” is not connected"
                                                                      : NULL;
}

/* What waits in it, the worker looks at. */
static const char *
plan_find_more_fault (int fd)
{
  int type = 0;
  int domain = AF_UNSPEC;
  socklen_t length = sizeof type;

  return getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0
             && getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0
             && type == SOCK_SEQPACKET && domain == AF_UNIX
           ? NULL
           : "its “more” is no local socket of packets";
}

/* What a rescue has saved in a file, another one goes on with. Of an image that was cut off nobody knows how much. */
static guint64
plan_get_kept_bytes (const PlatterPlan *self, const PlatterRequest *request)
{
  if (request->resume != 0)
    return G_MAXUINT64;
  return request->rescue && request->map_fd >= 0 ? platter_plan_get_side (self, 0)->size_bytes : 0;
}

static gboolean
plan_add_image (PlatterPlan *self,
                const PlatterRequest *request,
                const PlatterRequestSide *image,
                gboolean is_target,
                GError **error)
{
  int flags = fcntl (image->fd, F_GETFL);
  gboolean is_file = image->fd != image->nbd_fd;
  struct stat status = { 0 };
  const char *fault = image->nbd_fd >= 0 ? plan_find_socket_fault (image->nbd_fd) : NULL;
  PlatterPlanSide *side;

  if (fault == NULL && image->more_fd >= 0)
    fault = plan_find_more_fault (image->more_fd);
  if (fault != NULL)
    return plan_refuse_image (error, image, fault);
  if (is_file
      && (flags < 0 || fstat (image->fd, &status) < 0
          || (!S_ISREG (status.st_mode) && !image->is_pipe)))
    return plan_refuse_image (error, image, "it is not a regular file");
  if (image->is_pipe)
    fault = plan_find_pipe_fault (flags, &status);
  else if (is_file)
    fault = is_target ? plan_find_target_fault (flags, &status, image->more_fd >= 0,
                                                plan_get_kept_bytes (self, request))
                      : plan_find_fault (flags, &status);
  if (fault != NULL)
    return plan_refuse_image (error, image, fault);

  side = g_new0 (PlatterPlanSide, 1);
  side->is_image = TRUE;
  side->is_packed = image->is_packed || image->nbd_fd >= 0 || image->is_pipe;
  side->name = platter_text_dup_plain (image->name);
  side->device = g_strdup ("");
  side->serial = g_strdup ("");
  side->size_bytes = (guint64)status.st_size;
  if (!is_target)
    side->state = platter_file_state_read (&status);
  g_ptr_array_add (self->sides, side);
  return TRUE;
}

static char *
plan_dup_name (const PlatterDevice *device)
{
  g_autofree char *both = g_strdup_printf ("%s %s", device->vendor, device->model);
  g_autofree char *file
    = device->backing_file != NULL ? g_path_get_basename (device->backing_file) : NULL;
  const char *name = g_strstrip (both);

  if (name[0] == '\0')
    name = file != NULL ? file : device->name;
  /* A maker or whoever attached a file has chosen it, and polkit asks with it. */
  return platter_text_dup_plain (name);
}

static gboolean
plan_check_identity (const PlanLook *look,
                     const PlatterRequestSide *expected,
                     PlatterPlanSide *side,
                     const PlatterDevice *device,
                     GError **error)
{
  const PlatterDeviceIdentity identity = {
    .number = expected->number,
    .diskseq = expected->diskseq,
    .size_bytes = expected->size_bytes,
    .serial = expected->serial,
  };
  g_autofree char *serial = NULL;

  if (expected->object != NULL && look->bus == NULL)
    {
      g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_FAILED,
                   "%s was named by UDisks2, which does not answer. Start it, or name the drive "
                   "by its path.",
                   device->path);
      return FALSE;
    }
  if (expected->object != NULL
      && !platter_udisks_dup_serial (look->bus, expected->object, expected->number, &serial, error))
    return FALSE;
  side->kernel_serial = serial == NULL ? g_strdup (device->serial) : NULL;
  return platter_device_identity_compare (device, serial != NULL ? serial : device->serial,
                                          &identity, error);
}

static gboolean
plan_add_drive (PlatterPlan *self, PlanLook *look, const PlatterRequestSide *drive, GError **error)
{
  PlatterDevice *device = platter_device_new (look->view, drive->number, error);
  g_autofree char *folder = platter_sysfs_dup_folder (&platter_device_roots_real, drive->number);
  PlatterPlanSide *side;

  if (device == NULL)
    return FALSE;
  side = g_new0 (PlatterPlanSide, 1);
  side->name = plan_dup_name (device);
  side->device = g_strdup (device->path);
  side->serial = g_strdup (drive->serial);
  side->size_bytes = device->size_bytes;
  side->is_mounted = device->mounts->len > 0;
  side->written_bytes = platter_sysfs_get_written_bytes (folder);
  side->queue_depth = device->queue_depth;
  side->write_zeroes_max_bytes = device->write_zeroes_max_bytes;
  side->is_rotational = device->is_rotational;
  side->is_removable = device->is_removable;
  g_ptr_array_add (self->sides, side);
  g_ptr_array_add (look->devices, device);
  return plan_check_identity (look, drive, side, device, error);
}

static gboolean
plan_add_side (PlatterPlan *self, PlanLook *look, const PlatterRequestSide *side, GError **error)
{
  if (!side->is_image)
    return plan_add_drive (self, look, side, error);
  g_ptr_array_add (look->devices, NULL);
  return plan_add_image (self, look->request, side,
                         look->request->kind == PLATTER_REQUEST_IMAGE && self->sides->len > 0,
                         error);
}

static gboolean
plan_check_targets (const PlatterPlan *self, const PlanLook *look, GError **error)
{
  const PlatterDevice *source = look->devices->pdata[0];
  const PlatterDevicePlan rules = {
    .size_bytes = self->size_bytes,
    .source = source,
    .image_fd = platter_request_get_side (look->request, 0)->fd,
    .can_unmount = look->can_unmount,
  };

  if (source != NULL && !platter_device_check_source (look->view, source, error))
    return FALSE;
  for (guint i = 1; i < look->devices->len; i++)
    {
      for (guint other = 1; other < i; other++)
        if (!platter_device_check_distinct (look->view, look->devices->pdata[other],
                                            look->devices->pdata[i], error))
          return FALSE;
      if (!platter_device_check_target (look->view, look->devices->pdata[i], &rules, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
plan_check_comparison (PlatterPlan *self, const PlanLook *look, GError **error)
{
  const PlatterDevice *first = look->devices->pdata[0];
  const PlatterDevice *second = look->devices->pdata[1];
  guint64 first_bytes = platter_plan_get_side (self, 0)->size_bytes;
  guint64 second_bytes = platter_plan_get_side (self, 1)->size_bytes;

  if ((first != NULL && !platter_device_check_source (look->view, first, error))
      || (second != NULL && !platter_device_check_source (look->view, second, error)))
    return FALSE;
  if (first != NULL && second != NULL
      && !platter_device_check_distinct (look->view, first, second, error))
    return FALSE;
  /* The worker finds out where it ends. */
  if (platter_plan_get_side (self, 0)->is_packed)
    return TRUE;
  self->size_bytes = MIN (first_bytes, second_bytes);
  if (first_bytes == second_bytes || look->request->shorter)
    return TRUE;
  g_set_error (
    error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_TOO_SMALL,
    "“%s” and “%s” have different sizes, so they can’t be equal. They can be compared up to the "
    "end of the shorter one.",
    platter_plan_get_side (self, 0)->name, platter_plan_get_side (self, 1)->name);
  return FALSE;
}

static gboolean
plan_is_one_file (int first, int second)
{
  struct stat one;
  struct stat other;

  return fstat (first, &one) == 0 && fstat (second, &other) == 0 && one.st_dev == other.st_dev
         && one.st_ino == other.st_ino;
}

static gboolean
plan_check_image (PlatterPlan *self, const PlanLook *look, GError **error)
{
  const PlatterRequestSide *made = platter_request_get_side (look->request, 1);
  const PlatterDevice *source = look->devices->pdata[0];
  PlatterPlanSide *image = self->sides->pdata[1];

  image->size_bytes = self->size_bytes;
  /* Two files, and no drive. */
  if (source == NULL)
    return !plan_is_one_file (platter_request_get_side (look->request, 0)->fd, made->fd)
           || plan_refuse_image (error, made, "it is the image that is read");
  return platter_device_check_place (look->view, source, made->fd, error)
         && platter_device_check_source (look->view, source, error);
}

/* Nobody looks into a mapfile but the worker. */
static gboolean
plan_check_map (int fd, GError **error)
{
  int flags = fd >= 0 ? fcntl (fd, F_GETFL) : 0;
  struct stat status;

  if (fd < 0)
    return TRUE;
  if (flags >= 0 && (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_WRONLY
      && fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    return TRUE;
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
                       "A map can’t be used: it is not a regular file that is open for reading.");
  return FALSE;
}

static gboolean
plan_check (PlatterPlan *self, const PlanLook *look, GError **error)
{
  if (!plan_check_map (look->request->map_fd, error)
      || !plan_check_map (look->request->domain_fd, error)
      || !plan_check_map (platter_request_get_side (look->request, 0)->parts_fd, error))
    return FALSE;
  if (look->request->kind == PLATTER_REQUEST_VERIFY)
    return plan_check_comparison (self, look, error);
  if (look->request->kind == PLATTER_REQUEST_IMAGE)
    return plan_check_image (self, look, error);
  return plan_check_targets (self, look, error);
}

PlatterPlan *
platter_plan_new (const PlatterRequest *request,
                  GDBusConnection *bus,
                  gboolean can_unmount,
                  GError **error)
{
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, error);
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func (plan_device_free);
  g_autoptr (PlatterPlan) self = g_new0 (PlatterPlan, 1);
  PlanLook look = {
    .request = request, .bus = bus, .can_unmount = can_unmount, .view = view, .devices = devices
  };

  self->sides = g_ptr_array_new_with_free_func (plan_side_free);
  if (view == NULL)
    return NULL;
  for (guint i = 0; i < request->sides->len; i++)
    if (!plan_add_side (self, &look, platter_request_get_side (request, i), error))
      return NULL;
  if (!platter_plan_get_side (self, 0)->is_packed)
    self->size_bytes = platter_plan_get_side (self, 0)->size_bytes;
  return plan_check (self, &look, error) ? g_steal_pointer (&self) : NULL;
}

void
platter_plan_free (PlatterPlan *self)
{
  g_ptr_array_unref (self->sides);
  g_clear_pointer (&self->resume_bytes, g_array_unref);
  g_clear_pointer (&self->resume_map, g_bytes_unref);
  g_clear_pointer (&self->domain, g_bytes_unref);
  g_free (self);
}

const PlatterPlanSide *
platter_plan_get_side (const PlatterPlan *self, guint index)
{
  return g_ptr_array_index (self->sides, index);
}

gint64
platter_plan_side_get_modified_ns (const PlatterPlanSide *self, const PlatterRequestSide *asked)
{
  if (!self->state.is_file || asked->more_fd >= 0)
    return 0;
  return (gint64)self->state.written.tv_sec * G_GINT64_CONSTANT (1000000000)
         + self->state.written.tv_nsec;
}
