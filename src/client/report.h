// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is to be said of a job that has ended, for a file that is kept: docs/report.md.

#pragma once

#include "job.h"

G_BEGIN_DECLS

/** More wrong places of a target are counted, but not listed. */
#define PLATTER_REPORT_MAX_MISMATCHES 256
/** So many ranges of the maps of all targets together; a map with more of them is told in equal cells. */
#define PLATTER_REPORT_MAX_RANGES 8192

/**
 * platter_report_new: Of a job that was made from a report, that report.
 * @job: one that has ended
 * @ends: (nullable) (element-type GObject): the #PlatterDrive and #PlatterImage that the job was started with, as far
 * as they are still known: they say what the helper does not
 *
 * Returns: (transfer full): a{sv}: all of a report, in the order and with the keys of docs/report.md
 */
GVariant *platter_report_new (PlatterJob *job, GPtrArray *ends);

G_END_DECLS
