// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How well a drive is by what it tells of itself (SMART), and what is said of that.

#include "config.h"

#include "drive-health.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

static gboolean
drive_health_is_one_of (const char *word, const char *const *words)
{
  return word != NULL && g_strv_contains (words, word);
}

static gboolean
drive_health_is_failing (const PlatterSmartAta *smart)
{
  /* It did not get to its end, or found something else than a sector that cannot be read. */
  static const char *const broken[]
    = { "fatal", "error_unknown", "error_electrical", "error_servo", "error_handling", NULL };

  return smart->is_failing || drive_health_is_one_of (smart->selftest, broken)
         || (smart->n_bad_sectors > 0 && smart->n_attributes_failing > 0);
}

PlatterDriveHealth
platter_drive_health_from_ata (const PlatterSmartAta *smart)
{
  PlatterDriveHealth self = { PLATTER_HEALTH_UNKNOWN, 0 };

  if (!smart->is_supported || !smart->is_enabled || smart->updated_s == 0)
    return self;
  self.n_bad_sectors = (guint64)MAX (smart->n_bad_sectors, 0);
  if (drive_health_is_failing (smart))
    self.kind = PLATTER_HEALTH_FAILING;
  else if (self.n_bad_sectors > 0 || g_strcmp0 (smart->selftest, "error_read") == 0)
    self.kind = PLATTER_HEALTH_BAD_SECTORS;
  else
    self.kind = PLATTER_HEALTH_GOOD;
  return self;
}

PlatterDriveHealth
platter_drive_health_from_nvme (guint64 updated_s, const char *const *warnings)
{
  static const char *const failing[] = { "spare", "degraded", "readonly", NULL };
  PlatterDriveHealth self = { PLATTER_HEALTH_UNKNOWN, 0 };

  if (updated_s == 0 || warnings == NULL)
    return self;
  self.kind = PLATTER_HEALTH_GOOD;
  for (guint i = 0; warnings[i] != NULL; i++)
    if (drive_health_is_one_of (warnings[i], failing))
      self.kind = PLATTER_HEALTH_FAILING;
  return self;
}

const char *
platter_drive_health_get_code (const PlatterDriveHealth *self)
{
  static const char *const codes[] = {
    [PLATTER_HEALTH_UNKNOWN] = "unknown",
    [PLATTER_HEALTH_GOOD] = "good",
    [PLATTER_HEALTH_BAD_SECTORS] = "bad-sectors",
    [PLATTER_HEALTH_FAILING] = "failing",
  };

  return codes[self->kind];
}

char *
platter_drive_health_dup_words (const PlatterDriveHealth *self)
{
  if (self->kind == PLATTER_HEALTH_FAILING)
    return g_strdup (_ ("Failing, says its self-monitoring"));
  if (self->kind != PLATTER_HEALTH_BAD_SECTORS)
    return NULL;
  if (self->n_bad_sectors == 0)
    return g_strdup (_ ("Bad sectors, says its self-monitoring"));
  return g_strdup_printf (
    /* Translators: of a drive, told by SMART */
    g_dngettext (GETTEXT_PACKAGE, "%" PRIu64 " bad sector, says its self-monitoring",
                 "%" PRIu64 " bad sectors, says its self-monitoring", (gulong)self->n_bad_sectors),
    self->n_bad_sectors);
}

char *
platter_drive_health_dup_source_words (const PlatterDriveHealth *self)
{
  if (self->kind == PLATTER_HEALTH_FAILING)
    return g_strdup (_ ("Failing, says its self-monitoring: rescue it"));
  if (self->kind != PLATTER_HEALTH_BAD_SECTORS)
    return NULL;
  if (self->n_bad_sectors == 0)
    return g_strdup (_ ("Bad sectors, says its self-monitoring: rescue it"));
  return g_strdup_printf (
    /* Translators: of a drive that is to be copied, told by SMART */
    g_dngettext (GETTEXT_PACKAGE, "%" PRIu64 " bad sector, says its self-monitoring: rescue it",
                 "%" PRIu64 " bad sectors, says its self-monitoring: rescue it",
                 (gulong)self->n_bad_sectors),
    self->n_bad_sectors);
}

char *
platter_drive_health_dup_target_words (const PlatterDriveHealth *self)
{
  if (self->kind == PLATTER_HEALTH_FAILING)
    return g_strdup (_ ("Failing, says its self-monitoring: do not trust it"));
  return platter_drive_health_dup_words (self);
}

char *
platter_drive_health_dup_advice (const PlatterDriveHealth *self, const char *name)
{
  if (self->kind == PLATTER_HEALTH_FAILING)
    /* Translators: the name of a drive; SMART told it */
    return g_strdup_printf (_ ("%s is failing, says its self-monitoring: rescue it now, and use it "
                               "for nothing else before."),
                            name);
  if (self->kind == PLATTER_HEALTH_BAD_SECTORS)
    /* Translators: the name of a drive; SMART told it */
    return g_strdup_printf (_ ("%s has bad sectors, says its self-monitoring: rescue it, so that "
                               "one that cannot be read does not end the copy."),
                            name);
  return NULL;
}

char *
platter_drive_health_dup_warning (const PlatterDriveHealth *self, const char *name)
{
  if (self->kind != PLATTER_HEALTH_FAILING)
    return NULL;
  return g_strdup_printf (
    /* Translators: the name of a drive that is to be written to; SMART told it */
    _ ("%s is failing, says its self-monitoring: do not trust it with what matters."), name);
}
