// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which drives are taken, and how much each user has going on.

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/** How many jobs and unanswered requests a user may have together. */
#define PLATTER_RESERVATIONS_PER_USER 4
#define PLATTER_RESERVATIONS_FOR_ROOT 32

typedef struct _PlatterReservations PlatterReservations;
typedef struct _PlatterReservation PlatterReservation;

/** On one thread only. The last reservation keeps it alive. */
PlatterReservations *platter_reservations_new (void);
void platter_reservations_unref (PlatterReservations *self);

/**
 * platter_reservations_take:
 * @numbers: (element-type dev_t): the drives; may be empty
 *
 * Takes all drives or none, before anybody is asked anything.
 *
 * Returns: (transfer full): or %NULL with %PLATTER_HELPER_ERROR_DRIVE_BUSY or %PLATTER_HELPER_ERROR_TOO_MANY_JOBS.
 */
PlatterReservation *platter_reservations_take (PlatterReservations *self,
                                               uid_t uid,
                                               const GArray *numbers,
                                               GError **error);
void platter_reservation_free (PlatterReservation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterReservations, platter_reservations_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterReservation, platter_reservation_free)

G_END_DECLS
