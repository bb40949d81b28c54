// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How a verdict looks, or the health of a drive.

#include "config.h"

#include "tone.h"

typedef struct
{
  const char *verdict;
  const char *css_class;
  const char *icon_name;
} Tone;

static const Tone TONES[] = {
  { "verified", "good", "emblem-ok-symbolic" },
  { "repaired", "warn", "dialog-warning-symbolic" },
  { "cut-off", "warn", "dialog-warning-symbolic" }, /* no verdict: the job can go on */
  { "incomplete", "warn", "dialog-warning-symbolic" },
  { "unverified", "warn", "dialog-warning-symbolic" },
  { "written", "neutral", "dialog-information-symbolic" },
  { "cancelled", "neutral", "process-stop-symbolic" },
  { "none", "neutral", "dialog-information-symbolic" },
};

static const Tone BAD = { "failed", "bad", "dialog-error-symbolic" };

static const Tone *
tone_lookup (const char *verdict)
{
  for (gsize i = 0; i < G_N_ELEMENTS (TONES); i++)
    if (g_strcmp0 (TONES[i].verdict, verdict) == 0)
      return &TONES[i];
  return &BAD;
}

const char *
platter_tone_get_css_class (const char *verdict)
{
  return tone_lookup (verdict)->css_class;
}

const char *
platter_tone_get_icon_name (const char *verdict)
{
  return tone_lookup (verdict)->icon_name;
}

void
platter_tone_apply (GtkWidget *widget, const char *verdict)
{
  static const char *const CLASSES[] = { "good", "warn", "bad", "neutral" };

  for (gsize i = 0; i < G_N_ELEMENTS (CLASSES); i++)
    gtk_widget_remove_css_class (widget, CLASSES[i]);
  gtk_widget_add_css_class (widget, platter_tone_get_css_class (verdict));
}

const char *
platter_tone_of_health (const PlatterDriveHealth *health)
{
  if (health->kind == PLATTER_HEALTH_FAILING)
    return "bad";
  return health->kind == PLATTER_HEALTH_BAD_SECTORS ? "warn" : NULL;
}
