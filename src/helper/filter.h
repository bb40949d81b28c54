// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a worker may say: the worker reads foreign data and is trusted no more than that.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * platter_filter_progress:
 * @content: a{sv}: of the worker's "progress"
 * @n_targets: as many dictionaries must be there
 *
 * Lets pass only the keys, types and words of docs/interface.md, in bounded number.
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_WORKER, and neither @progress nor @targets set.
 */
gboolean platter_filter_progress (
  GVariant *content, guint n_targets, GVariant **progress, GVariant **targets, GError **error);

/**
 * platter_filter_report:
 * @content: a{sv}: of the worker's "report"
 *
 * Returns: (transfer none): @content, or %NULL with %PLATTER_HELPER_ERROR_WORKER.
 */
GVariant *platter_filter_report (GVariant *content, guint n_targets, GError **error);

/**
 * platter_filter_add_damage:
 * @report: a{sv}: what the worker has reported before
 * @content: a{sv}: of its "damage"
 *
 * Returns: (transfer full): the report with it, or %NULL with %PLATTER_HELPER_ERROR_WORKER.
 */
GVariant *platter_filter_add_damage (GVariant *report, GVariant *content, GError **error);

/** platter_filter_refusal: Returns: (transfer full): the sentence of the worker's "refused", made printable. */
char *platter_filter_refusal (GVariant *content);

G_END_DECLS
