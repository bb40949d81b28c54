// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One target of a job, as the helper tells of it.

#pragma once

#include <gio/gio.h>

#include "map-ranges.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_JOB_TARGET (platter_job_target_get_type ())

/**
 * PlatterJobTarget:
 *
 * Each getter is also a property of that name with a notification; "cells" is a #GBytes. The words are those of
 * docs/interface.md, for people they are translated by messages.h.
 */
G_DECLARE_FINAL_TYPE (PlatterJobTarget, platter_job_target, PLATTER, JOB_TARGET, GObject)

/** Returns: (transfer none): what people call it. */
const char *platter_job_target_get_name (PlatterJobTarget *self);
/** Returns: (transfer none): "/dev/sdb"; empty for an image. */
const char *platter_job_target_get_device (PlatterJobTarget *self);
const char *platter_job_target_get_serial (PlatterJobTarget *self);
/** Returns: (transfer none) (nullable): its UDisks2 object path. */
const char *platter_job_target_get_object_path (PlatterJobTarget *self);
guint64 platter_job_target_get_size_bytes (PlatterJobTarget *self);
/** Returns: (transfer none): "preparing", "copying", "flushing", "verifying", "repairing", "finishing", "ended". */
const char *platter_job_target_get_phase (PlatterJobTarget *self);
/** Returns: (transfer none): "none" while it runs; see docs/interface.md. */
const char *platter_job_target_get_verdict (PlatterJobTarget *self);
guint64 platter_job_target_get_written_bytes (PlatterJobTarget *self);
guint64 platter_job_target_get_durable_bytes (PlatterJobTarget *self);
guint64 platter_job_target_get_verified_bytes (PlatterJobTarget *self);
guint64 platter_job_target_get_mismatched_bytes (PlatterJobTarget *self);
guint64 platter_job_target_get_repaired_bytes (PlatterJobTarget *self);
/** Returns: bytes a second. */
guint64 platter_job_target_get_rate (PlatterJobTarget *self);
/** Returns: for how long it has not answered, in microseconds; 0 if it does. */
gint64 platter_job_target_get_stalled_us (PlatterJobTarget *self);
/** Returns: (transfer none) (nullable): its map, one #PlatterMapState a byte. */
GBytes *platter_job_target_get_cells (PlatterJobTarget *self);
/**
 * platter_job_target_get_map:
 * @is_final: (out) (optional): whether it is that of the end; until then it may lag behind by a second or two
 *
 * Returns: (transfer none) (nullable): its map range by range, as platter_job_refresh_maps() found it.
 */
const PlatterMapRanges *platter_job_target_get_map (PlatterJobTarget *self, gboolean *is_final);

/** Returns: (transfer full): a{sv}: what the helper tells of it before, docs/interface.md "Details". */
GVariant *platter_job_target_dup_details (PlatterJobTarget *self);

/* Known after the job has ended. */

/** Returns: (transfer none): a code of docs/interface.md; empty if it did not fail. */
const char *platter_job_target_get_error_code (PlatterJobTarget *self);
/** Returns: (transfer none): the worker's sentence; empty if it did not fail. */
const char *platter_job_target_get_error_message (PlatterJobTarget *self);
/** Returns: how many blocks came back wrong. */
guint64 platter_job_target_get_mismatch_count (PlatterJobTarget *self);
/** Returns: (transfer full) (nullable): a(tttstuub), see docs/interface.md. */
GVariant *platter_job_target_dup_mismatches (PlatterJobTarget *self);
/** Returns: (transfer full): the whole dictionary of the report; empty before the end. */
GVariant *platter_job_target_dup_report (PlatterJobTarget *self);

G_END_DECLS
