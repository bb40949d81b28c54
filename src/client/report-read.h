// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report that was written before, read again.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * platter_report_read:
 * @text: a report as JSON, or what claims to be one
 *
 * Returns: (transfer full): a{sv}: as of platter_report_new(); keys that docs/report.md does not know are left out. Or
 * %NULL with %G_IO_ERROR_INVALID_DATA and a sentence: no report, of another version, or not as it should be.
 */
GVariant *platter_report_read (const char *text, gsize length, GError **error);

G_END_DECLS
