// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The drives of a job, held open: exclusively and locked those that are written.

#pragma once

#include <gio/gio.h>

#include "plan.h"

G_BEGIN_DECLS

typedef struct _PlatterHold PlatterHold;

/**
 * platter_hold_new:
 * @plan: the plan that was authorised
 *
 * Unmounts what is to be unmounted, opens every drive, compares identities on the descriptors, locks the targets, compares
 * the files that are read with what they were when it was planned, asks all rules once more, and whether somebody has a partition
 * of a target open. Blocks: call it in a thread.
 *
 * Returns: (transfer full): or %NULL with #PlatterDeviceError or #PlatterHelperError; nothing is open then.
 */
PlatterHold *platter_hold_new (PlatterRequest *request,
                               const PlatterPlan *plan,
                               GDBusConnection *bus,
                               GError **error);

/** Returns: the descriptor of a side of the request, which stays the hold's; an image's too. */
int platter_hold_get_fd (PlatterHold *self, guint side);

/** Returns: the first side from @side on whose drive holds another medium than it was taken with; G_MAXUINT if none does. Never
 *   blocks. */
guint platter_hold_find_other_medium (PlatterHold *self, guint side);

/**
 * platter_hold_find_written:
 *
 * Before platter_hold_settle(). Blocks for as long as a file's file system does not answer: call it in a thread.
 *
 * Returns: (transfer full) (nullable): a sentence, if somebody has written to a drive or a file that was only read since it was
 *   taken, or planned
 */
char *platter_hold_find_written (PlatterHold *self);

/** Returns: (transfer full): a sentence, while platter_hold_find_written() does not come to an end. From any thread. */
char *platter_hold_dup_unanswered (PlatterHold *self);

/**
 * platter_hold_settle:
 * @tables: (element-type gboolean) (out caller-allocates) (nullable): for each target whether the kernel has read its
 *   partition table anew; %NULL if nothing was written
 *
 * Lets go of the drives: has the kernel read the partition tables, closes, unlocks, and waits until udev and UDisks2
 * have seen what is there now. Blocks: call it in a thread, once.
 */
void platter_hold_settle (PlatterHold *self, GDBusConnection *bus, GArray *tables);

/** platter_hold_free: Closes what is still open, in a thread of its own. */
void platter_hold_free (PlatterHold *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterHold, platter_hold_free)

G_END_DECLS
