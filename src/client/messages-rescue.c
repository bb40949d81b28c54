// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is told of a rescue, in words.

#include "config.h"

#include "messages.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#define SECTOR_BYTES 512

const char *
platter_message_get_rescue (const char *rescue)
{
  static const struct
  {
    const char *code;
    const char *text;
  } words[] = {
    { "copying", N_ ("reading what reads well") },
    { "trimming", N_ ("looking for the edges of bad places") },
    { "sweeping", N_ ("trying what was skipped") },
    { "scraping", N_ ("trying each sector") },
    { "retrying", N_ ("trying bad sectors once more") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (words[i].code, rescue) == 0)
      return _ (words[i].text);
  return NULL;
}

char *
platter_message_dup_rescue (const char *rescue, guint64 missing_bytes, guint64 n_read_errors)
{
  g_autofree char *missing = g_format_size (missing_bytes);
  const char *doing = platter_message_get_rescue (rescue);

  if (doing == NULL || n_read_errors == 0 || missing_bytes == 0)
    return NULL;
  return g_strdup_printf (
    /* Translators: what a rescue is at, how much it has not read yet, and how many reads have failed */
    g_dngettext (GETTEXT_PACKAGE, "%s · %s missing · %" PRIu64 " read error",
                 "%s · %s missing · %" PRIu64 " read errors", (gulong)n_read_errors),
    doing, missing, n_read_errors);
}

const char *
platter_message_get_worse (void)
{
  return _ (
    "The source is getting worse. Stop now, and consider a data recovery laboratory if what "
    "is on it matters.");
}

const char *
platter_message_get_unkept (void)
{
  return _ (
    "If this job is cut off, it has to begin anew: what it needs to go on cannot be stored in "
    "/var/lib/platter. Make room there.");
}

const char *
platter_message_get_unkept_end (void)
{
  return _ ("The job can go on only until Platter’s helper ends, which may be soon: what it needs "
            "cannot be stored in /var/lib/platter. Make room there.");
}

char *
platter_message_dup_place (guint64 offset_bytes, guint64 length_bytes)
{
  guint64 n_sectors = (length_bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;

  return g_strdup_printf (
    /* Translators: a number of sectors, the first one of them, and its byte */
    g_dngettext (
      GETTEXT_PACKAGE, "%" PRIu64 " sector from sector %" PRIu64 " on (byte %" PRIu64 ")",
      "%" PRIu64 " sectors from sector %" PRIu64 " on (byte %" PRIu64 ")", (gulong)n_sectors),
    n_sectors, offset_bytes / SECTOR_BYTES, offset_bytes);
}

/* What was not tried may be all well. */
static char *
messages_rescue_dup_untried (guint64 tried_bytes, guint64 untried_bytes, guint64 n_places)
{
  g_autofree char *untried = g_format_size_full (untried_bytes, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *tried = g_format_size_full (tried_bytes, G_FORMAT_SIZE_LONG_FORMAT);

  if (tried_bytes == 0)
    return g_strdup_printf (
      /* Translators: an amount of data, and a number of places */
      g_dngettext (GETTEXT_PACKAGE, "%s was not read yet, in %" PRIu64 " place.",
                   "%s was not read yet, in %" PRIu64 " places.", (gulong)n_places),
      untried, n_places);
  return g_strdup_printf (
    /* Translators: two amounts of data, and a number of places */
    g_dngettext (GETTEXT_PACKAGE,
                 "%s could not be read, and %s was not read yet, in %" PRIu64 " place in all.",
                 "%s could not be read, and %s was not read yet, in %" PRIu64 " places in all.",
                 (gulong)n_places),
    tried, untried, n_places);
}

char *
platter_message_dup_missing (guint64 missing_bytes, guint64 untried_bytes, guint64 n_places)
{
  g_autofree char *size = g_format_size_full (missing_bytes, G_FORMAT_SIZE_LONG_FORMAT);

  if (untried_bytes > 0)
    return messages_rescue_dup_untried (missing_bytes - MIN (untried_bytes, missing_bytes),
                                        untried_bytes, n_places);
  return g_strdup_printf (
    /* Translators: an amount of data, and a number of places */
    g_dngettext (GETTEXT_PACKAGE, "%s could not be read, in %" PRIu64 " place.",
                 "%s could not be read, in %" PRIu64 " places.", (gulong)n_places),
    size, n_places);
}

char *
platter_message_dup_carried (guint64 carried_bytes, gboolean is_comparison)
{
  g_autofree char *size = g_format_size (carried_bytes);

  if (is_comparison)
    return g_strdup_printf (
      /* Translators: an amount of data */
      _ (
        "%s were compared before the job was cut off. Of that, only samples were looked at again."),
      size);
  /* Translators: an amount of data */
  return g_strdup_printf (
    _ ("%s was there already, as the map said. It was not read again, so it is not verified."),
    size);
}

const char *
platter_message_get_go_on_advice (const char *verdict)
{
  return g_strcmp0 (verdict, "cancelled") == 0 || g_strcmp0 (verdict, "failed") == 0
           ? _ ("What was saved is kept. Go on with the image and its map.")
           : NULL;
}
