// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which drives are taken, and how much each user has going on.

#pragma once

#include "request.h"

G_BEGIN_DECLS

/** How many jobs and unanswered requests a user may have together. */
#define PLATTER_RESERVATIONS_PER_USER 4
#define PLATTER_RESERVATIONS_FOR_ROOT 32

typedef struct _PlatterReservations PlatterReservations;
typedef struct _PlatterReservation PlatterReservation;

/** On one thread only, but for platter_reservations_check_apart(). The last reservation keeps it alive. */
PlatterReservations *platter_reservations_new (void);
void platter_reservations_unref (PlatterReservations *self);

/**
 * platter_reservations_take:
 * @drives: (element-type PlatterRequestDrive): may be empty
 *
 * Takes all drives or none, before anybody is asked anything.
 *
 * Returns: (transfer full): or %NULL with %PLATTER_HELPER_ERROR_DRIVE_BUSY or %PLATTER_HELPER_ERROR_TOO_MANY_JOBS.
 */
PlatterReservation *platter_reservations_take (PlatterReservations *self,
                                               uid_t uid,
                                               const GArray *drives,
                                               GError **error);
void platter_reservation_free (PlatterReservation *self);
/** platter_reservation_let_go: Its drives are free again; it still counts as one of its user's. */
void platter_reservation_let_go (PlatterReservation *self);

/** Returns: (transfer full) (element-type PlatterRequestDrive): what all others have taken. Of two, the later one sees the other. */
GArray *platter_reservation_dup_others (const PlatterReservation *self);

/**
 * platter_reservations_check_apart:
 * @drives: (element-type PlatterRequestDrive): those of a request
 * @others: (element-type PlatterRequestDrive): what others had taken when it had taken its own
 *
 * One medium may have several numbers: a file below two loop devices, a drive with two cables. What is only read may be
 * read by two. From any thread; it looks at the machine, so it may block.
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_DRIVE_BUSY, or a #PlatterDeviceError if the machine cannot be looked at.
 */
gboolean
platter_reservations_check_apart (const GArray *drives, const GArray *others, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterReservations, platter_reservations_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterReservation, platter_reservation_free)

G_END_DECLS
