// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Ctrl-Z: the job pauses before the program stops, and goes on when the program does.

#pragma once

#include "../client/job.h"

G_BEGIN_DECLS

typedef struct _PlatterSuspend PlatterSuspend;

/**
 * platter_suspend_new:
 *
 * From now on SIGTSTP pauses the job, waits until nothing is read or written any more, and only then stops the
 * process, as every other program stops. Continued, it resumes the job. Where nobody could continue it, as in a terminal of
 * its own, SIGTSTP does nothing. One at a time, on the main thread.
 */
PlatterSuspend *platter_suspend_new (PlatterJob *job);
void platter_suspend_free (PlatterSuspend *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterSuspend, platter_suspend_free)

G_END_DECLS
