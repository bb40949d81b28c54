// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which drives are taken, and how much each user has going on.

#include "reservations.h"

#include "dbus/errors.h"
#include "device/guard.h"

struct _PlatterReservations
{
  GPtrArray *taken; /* (element-type PlatterReservation): borrowed */
};

struct _PlatterReservation
{
  PlatterReservations *all;
  uid_t uid;
  GArray *drives; /* (element-type PlatterRequestDrive) */
};

static void
reservations_clear (gpointer data)
{
  g_ptr_array_unref (((PlatterReservations *)data)->taken);
}

PlatterReservations *
platter_reservations_new (void)
{
  PlatterReservations *self = g_rc_box_new0 (PlatterReservations);

  self->taken = g_ptr_array_new ();
  return self;
}

void
platter_reservations_unref (PlatterReservations *self)
{
  g_rc_box_release_full (self, reservations_clear);
}

static gboolean
reservations_one_has (const PlatterReservation *self, dev_t number)
{
  for (guint i = 0; i < self->drives->len; i++)
    if (g_array_index (self->drives, PlatterRequestDrive, i).number == number)
      return TRUE;
  return FALSE;
}

static gboolean
reservations_has (const PlatterReservations *self, dev_t number)
{
  for (guint i = 0; i < self->taken->len; i++)
    if (reservations_one_has (self->taken->pdata[i], number))
      return TRUE;
  return FALSE;
}

static guint
reservations_count (const PlatterReservations *self, uid_t uid)
{
  guint count = 0;

  for (guint i = 0; i < self->taken->len; i++)
    count += ((PlatterReservation *)self->taken->pdata[i])->uid == uid ? 1 : 0;
  return count;
}

PlatterReservation *
platter_reservations_take (PlatterReservations *self,
                           uid_t uid,
                           const GArray *drives,
                           GError **error)
{
  guint limit = uid == 0 ? PLATTER_RESERVATIONS_FOR_ROOT : PLATTER_RESERVATIONS_PER_USER;
  PlatterReservation *reservation;

  if (reservations_count (self, uid) >= limit)
    {
      g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_TOO_MANY_JOBS,
                   "You have %u jobs and unanswered questions already. Wait until one has ended.",
                   limit);
      return NULL;
    }
  for (guint i = 0; i < drives->len; i++)
    if (reservations_has (self, g_array_index (drives, PlatterRequestDrive, i).number))
      {
        g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_DRIVE_BUSY,
                             "Another job uses the drive. Wait until it has ended, or cancel it.");
        return NULL;
      }
  reservation = g_new0 (PlatterReservation, 1);
  reservation->all = g_rc_box_acquire (self);
  reservation->uid = uid;
  reservation->drives = g_array_copy ((GArray *)drives);
  g_ptr_array_add (self->taken, reservation);
  return reservation;
}

void
platter_reservation_free (PlatterReservation *self)
{
  g_ptr_array_remove_fast (self->all->taken, self);
  platter_reservations_unref (self->all);
  g_array_unref (self->drives);
  g_free (self);
}

void
platter_reservation_let_go (PlatterReservation *self)
{
  g_array_set_size (self->drives, 0);
}

GArray *
platter_reservation_dup_others (const PlatterReservation *self)
{
  GArray *others = g_array_new (FALSE, FALSE, sizeof (PlatterRequestDrive));

  for (guint i = 0; i < self->all->taken->len; i++)
    {
      const PlatterReservation *other = self->all->taken->pdata[i];

      if (other != self)
        g_array_append_vals (others, other->drives->data, other->drives->len);
    }
  return others;
}

static void
reservations_device_free (gpointer data)
{
  g_clear_pointer ((PlatterDevice **)&data, platter_device_free);
}

/* Returns: (transfer full) (element-type PlatterDevice) (nullable elements): what is gone is nobody's any more. */
static GPtrArray *
reservations_look (PlatterDeviceView *view, const GArray *drives)
{
  GPtrArray *devices = g_ptr_array_new_with_free_func (reservations_device_free);

  for (guint i = 0; i < drives->len; i++)
    g_ptr_array_add (devices, platter_device_new (
                                view, g_array_index (drives, PlatterRequestDrive, i).number, NULL));
  return devices;
}

static gboolean
reservations_check_pair (PlatterDeviceView *view,
                         const PlatterDevice *device,
                         const PlatterDevice *other,
                         GError **error)
{
  if (device == NULL || other == NULL || platter_device_check_distinct (view, device, other, NULL))
    return TRUE;
  g_set_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_DRIVE_BUSY,
               "Another job uses %s, by its other name %s. Wait until it has ended, or cancel it.",
               device->path, other->path);
  return FALSE;
}

gboolean
platter_reservations_check_apart (const GArray *drives, const GArray *others, GError **error)
{
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, error);
  g_autoptr (GPtrArray) ours = NULL;
  g_autoptr (GPtrArray) theirs = NULL;

  if (view == NULL)
    return FALSE;
  ours = reservations_look (view, drives);
  theirs = reservations_look (view, others);
  for (guint i = 0; i < drives->len; i++)
    for (guint k = 0; k < others->len; k++)
      if ((g_array_index (drives, PlatterRequestDrive, i).is_written
           || g_array_index (others, PlatterRequestDrive, k).is_written)
          && !reservations_check_pair (view, ours->pdata[i], theirs->pdata[k], error))
        return FALSE;
  return TRUE;
}
