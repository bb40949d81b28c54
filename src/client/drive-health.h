// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How well a drive is by what it tells of itself (SMART), and what is said of that.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PlatterHealth:
 * @PLATTER_HEALTH_UNKNOWN: nothing is told: a stick, a loop device, SMART that is off or was never read
 * @PLATTER_HEALTH_GOOD: nothing bad is told, which is no promise
 * @PLATTER_HEALTH_BAD_SECTORS: it has sectors that it could not read, or has replaced
 * @PLATTER_HEALTH_FAILING: it says so itself
 */
typedef enum
{
  PLATTER_HEALTH_UNKNOWN,
  PLATTER_HEALTH_GOOD,
  PLATTER_HEALTH_BAD_SECTORS,
  PLATTER_HEALTH_FAILING,
} PlatterHealth;

typedef struct
{
  PlatterHealth kind;
  guint64 n_bad_sectors; /* 0 also where it is not known how many */
} PlatterDriveHealth;

/** PlatterSmartAta: what org.freedesktop.UDisks2.Drive.Ata tells; -1 is not known. */
typedef struct
{
  gboolean is_supported;
  gboolean is_enabled;
  guint64 updated_s; /* since 1970; 0: never, and then the rest means nothing */
  gboolean is_failing;
  gint64 n_bad_sectors; /* pending and reallocated */
  int n_attributes_failing;
  const char *selftest; /* (nullable) */
} PlatterSmartAta;

/**
 * platter_drive_health_from_ata:
 *
 * What is failing is what the drive itself calls so, one whose last self-test found it broken, and one with bad sectors
 * and a value that is beyond what its maker allows. Such a value alone is none: of those that foretell a failure the
 * drive's own word is made, the others are its age and its heat. For the same reason nothing is made of values that
 * have been too bad once.
 */
PlatterDriveHealth platter_drive_health_from_ata (const PlatterSmartAta *smart);

/**
 * platter_drive_health_from_nvme:
 * @updated_s: since 1970; 0: never
 * @warnings: (nullable): SmartCriticalWarning of org.freedesktop.UDisks2.NVMe.Controller
 *
 * "spare" (its reserve is used up), "degraded" (it has become unreliable) and "readonly" (it takes no more data) are
 * failing. "temperature", "volatile_mem" and "pmr_readonly" say nothing of what is stored on it.
 */
PlatterDriveHealth platter_drive_health_from_nvme (guint64 updated_s, const char *const *warnings);

/** Returns: (transfer none): "unknown", "good", "bad-sectors", "failing". */
const char *platter_drive_health_get_code (const PlatterDriveHealth *self);

/* All of these are translated, and %NULL of a drive that is well or of which nothing is known. */

/** Returns: (transfer full) (nullable): a short line: "Failing, says its self-monitoring". */
char *platter_drive_health_dup_words (const PlatterDriveHealth *self);
/** Returns: (transfer full) (nullable): the same, and what that means for a source. */
char *platter_drive_health_dup_source_words (const PlatterDriveHealth *self);
/** Returns: (transfer full) (nullable): the same, and what that means for a target. */
char *platter_drive_health_dup_target_words (const PlatterDriveHealth *self);
/** Returns: (transfer full) (nullable): a sentence of advice to whoever copies from the drive @name. */
char *platter_drive_health_dup_advice (const PlatterDriveHealth *self, const char *name);
/** Returns: (transfer full) (nullable): a sentence to whoever copies to the drive @name; %NULL too if it only has bad sectors. */
char *platter_drive_health_dup_warning (const PlatterDriveHealth *self, const char *name);

G_END_DECLS
