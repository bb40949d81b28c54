// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which drives are taken, and how much each user has going on.

#include "reservations.h"

#include "dbus/errors.h"

struct _PlatterReservations
{
  GPtrArray *taken; /* (element-type PlatterReservation): borrowed */
};

struct _PlatterReservation
{
  PlatterReservations *all;
  uid_t uid;
  GArray *numbers;
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
  for (guint i = 0; i < self->numbers->len; i++)
    if (g_array_index (self->numbers, dev_t, i) == number)
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
                           const GArray *numbers,
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
  for (guint i = 0; i < numbers->len; i++)
    if (reservations_has (self, g_array_index (numbers, dev_t, i)))
      {
        g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_DRIVE_BUSY,
                             "Another job uses the drive. Wait until it has ended, or cancel it.");
        return NULL;
      }
  reservation = g_new0 (PlatterReservation, 1);
  reservation->all = g_rc_box_acquire (self);
  reservation->uid = uid;
  reservation->numbers = g_array_copy ((GArray *)numbers);
  g_ptr_array_add (self->taken, reservation);
  return reservation;
}

void
platter_reservation_free (PlatterReservation *self)
{
  g_ptr_array_remove_fast (self->all->taken, self);
  platter_reservations_unref (self->all);
  g_array_unref (self->numbers);
  g_free (self);
}
