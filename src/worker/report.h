// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The dictionaries that the worker sends: progress and report, as docs/interface.md has them.

#pragma once

#include <glib.h>

#include "gpt.h"
#include "spec.h"

G_BEGIN_DECLS

/** What became of one target's partition table. */
typedef struct
{
  PlatterGptResult result;
  char *message; /* (nullable) */
} PlatterReportGpt;

/** Of an image that was packed: the file, which is not what is in it. */
typedef struct
{
  gboolean is_there;
  guint64 bytes;
  const char *digest; /* (nullable): SHA-256 in hexadecimal digits; borrowed */
} PlatterReportPacked;

/** All of it borrowed. */
typedef struct
{
  const PlatterSpec *spec;
  PlatterTransfer *transfer;
  GPtrArray *targets;           /* (element-type PlatterEndpoint) */
  const PlatterReportGpt *gpts; /* one a target */
  PlatterReportPacked packed;
  const GError *error; /* (nullable): of the job as a whole */
} PlatterReportInput;

/**
 * platter_report_new_progress:
 * @is_ended: whether nothing more will be done; before, no target has ended and the fraction is below 1
 *
 * From any thread.
 *
 * Returns: (transfer floating): a{sv}, the content of the message "progress".
 */
GVariant *platter_report_new_progress (const PlatterReportInput *input, gboolean is_ended);

/**
 * platter_report_new:
 *
 * After the transfer has returned.
 *
 * Returns: (transfer floating): a{sv}, the content of the message "report".
 */
GVariant *platter_report_new (const PlatterReportInput *input);

G_END_DECLS
