// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the files that put a report together share.

#pragma once

#include "drive.h"
#include "job.h"

G_BEGIN_DECLS

#define PLATTER_REPORT_FORMAT "platter-report"
/* Of docs/report.md. */
#define PLATTER_REPORT_VERSION 1

void platter_report_add (GVariantBuilder *report, const char *key, GVariant *value);

/** platter_report_add_string: @text: (nullable): what is not UTF-8 becomes U+FFFD; an empty one is left out. */
void platter_report_add_string (GVariantBuilder *report, const char *key, const char *text);

/** platter_report_add_number: Under its name of docs/interface.md in @from, 0 if it is not there. */
void platter_report_add_number (GVariantBuilder *report,
                                const char *key,
                                GVariant *from,
                                const char *name);

/** platter_report_copy: The same for any type; what @from has not is left out. */
void platter_report_copy (
  GVariantBuilder *report, const char *key, GVariant *from, const char *name, const char *type);

/**
 * platter_report_add_identity:
 * @side: a{sv}: as the helper tells it
 * @ends: (nullable): of a request, its source first; or drives only
 *
 * What is known of a drive or image, that is read from (@is_source) or not.
 */
void platter_report_add_identity (GVariantBuilder *report,
                                  GVariant *side,
                                  GPtrArray *ends,
                                  gboolean is_source);

/** platter_report_new_target: @size_bytes: how much was copied. Returns: (transfer floating): a{sv} */
GVariant *platter_report_new_target (PlatterJobTarget *target,
                                     guint64 size_bytes,
                                     guint n_targets,
                                     GPtrArray *ends);

/** platter_report_add_damage: What lies where nothing could be read. @told: the helper's report */
void platter_report_add_damage (GVariantBuilder *report, GVariant *told);

/** platter_report_add_owners: Whom one place belongs to. @owners: (nullable): aau: "damage-places" of the helper's report */
void platter_report_add_owners (GVariantBuilder *place, GVariant *owners, gsize index);

/** platter_report_read_damage: Back to what the helper has told. @written: a report that was read */
void platter_report_read_damage (GVariantBuilder *report, GVariant *written);

/** platter_report_dup_damage: Returns: (transfer full): a(ussttt): the same, only the owners; empty if there are none. */
GVariant *platter_report_dup_damage (GVariant *written);

G_END_DECLS
