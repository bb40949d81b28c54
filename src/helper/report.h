// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Putting together what a job's details and its report say.

#pragma once

#include "plan.h"

G_BEGIN_DECLS

/** Returns: (transfer floating): a{sv}: the Details of docs/interface.md. */
GVariant *platter_report_build_details (const PlatterRequest *request,
                                        const PlatterPlan *plan,
                                        gint64 started_s);

/**
 * platter_report_build:
 * @worker: the worker's report, filtered
 * @tables: (nullable) (element-type gboolean)
 *
 * The outcome is the worst verdict of all, whatever the worker says.
 *
 * Returns: (transfer floating): a{sv}: the Report of docs/interface.md.
 */
GVariant *platter_report_build (GVariant *details, GVariant *worker, GArray *tables);

/**
 * platter_report_distrust:
 * @worker: the worker's report, filtered
 * @message: what was done to the source while it was read, or that this is not known
 *
 * Returns: (transfer full): a report in which no target that something good was said of has another verdict than
 *   "source-unstable", with the code "source-changed"
 */
GVariant *platter_report_distrust (GVariant *worker, const char *message);

/** Returns: (transfer floating): a{sv}: the report of a job whose worker left none. */
GVariant *platter_report_build_failure (GVariant *details,
                                        GVariant *progress,
                                        GVariant *targets,
                                        const char *verdict,
                                        const char *code,
                                        const char *message);

/**
 * platter_report_build_targets:
 * @last: aa{sv}: what Targets told before; its maps stay
 *
 * Returns: (transfer floating): aa{sv}: of a report's targets, what the property Targets tells.
 */
GVariant *platter_report_build_targets (GVariant *report, GVariant *last);

/** Returns: whether everything was written (or compared) as it was asked for. */
gboolean platter_report_is_good (const char *outcome);

G_END_DECLS
