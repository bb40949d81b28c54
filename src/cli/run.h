// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Runs a request to its end: starts the job, shows how it goes, and tells how it ended.

#pragma once

#include "../client/helper.h"
#include "../client/request.h"
#include "options.h"
#include "status.h"

G_BEGIN_DECLS

/** platter_run_connect: Returns: (transfer full): the helper, or %NULL. */
PlatterHelper *platter_run_connect (PlatterHelperMode mode, GError **error);

/**
 * platter_run:
 *
 * Asks before anything is overwritten, starts the job, follows it to its end and writes the report that was asked for.
 * SIGINT and SIGTERM cancel the job.
 */
PlatterStatus
platter_run (PlatterRequest *request, PlatterHelperMode mode, PlatterOptions *options);

/** platter_run_on: The same with a helper that is connected already: a job's number is known to one helper only. */
PlatterStatus
platter_run_on (PlatterHelper *helper, PlatterRequest *request, PlatterOptions *options);

/**
 * platter_run_watch:
 * @ends: of platter_drives_dup_ends()
 *
 * Follows a job that somebody else started, and writes the report that was asked for. A signal ends the watching only.
 */
PlatterStatus platter_run_watch (PlatterJob *job, GPtrArray *ends, PlatterOptions *options);

G_END_DECLS
