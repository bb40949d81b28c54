// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Any bytes as a report that was kept: what is read can be shown, and is the same when it is written and read again.

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "client/job.h"
#include "client/json.h"
#include "client/report-html.h"
#include "client/report-read.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GVariant) report = platter_report_read ((const char *)data, size, NULL);
  g_autoptr (GVariant) again = NULL;
  g_autoptr (PlatterJob) job = NULL;
  g_autofree char *json = NULL;
  g_autofree char *html = NULL;

  if (report == NULL)
    return 0;
  json = platter_json_dup_document (report);
  again = platter_report_read (json, strlen (json), NULL);
  g_assert_nonnull (again);
  g_assert_true (g_variant_equal (again, report));
  job = platter_job_new_written (report);
  html = platter_report_html_dup (report);
  return 0;
}
