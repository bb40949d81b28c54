// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the words and colours of the window mean.

#include "config.h"

#include "help.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "client/messages.h"
#include "map-state.h"
#include "map-swatch.h"
#include "tone.h"

typedef struct
{
  const char *code;
  const char *meaning;
} HelpWord;

static const HelpWord help_verdicts[] = {
  { "verified", N_ ("Every byte of the copy was read back from the drive itself, not from memory, "
                    "and is the same as the source. Only this means done.") },
  { "repaired",
    N_ (
      "Some places came back wrong, and right after they were written again. The copy is good, but "
      "do not trust the drive with anything you have only once.") },
  { "written", N_ ("It was written, and nobody has looked whether it was stored well.") },
  { "unverified",
    N_ ("It was written, but could not be read back to the end. Verify it again before you "
        "rely on it.") },
  { "mismatched",
    N_ (
      "The drive does not hold what was written to it: it is broken, or smaller than it claims to "
      "be. Do not use it.") },
  { "incomplete", N_ ("Some of the source could not be read, and is missing in the copy.") },
  { "source-unstable",
    N_ ("The source gave other data when it was read again, or somebody has written to it "
        "meanwhile. Look after it first.") },
  { "failed", N_ ("Something went wrong before the end. What the drive holds is of no use.") },
  { "cancelled", N_ ("You stopped it. The drive looks empty and can be written again.") },
};

static const HelpWord help_steps[] = {
  { "copying", N_ ("The source is read and written to the targets. The first part of a target "
                   "comes last, so that one "
                   "that was interrupted never looks whole.") },
  { "flushing",
    N_ ("The drive is made to store what it still has in its own memory. This can take a while.") },
  { "verifying", N_ ("All of it is read back and compared.") },
  { "repairing", N_ ("Places that came back wrong are written again, up to three times.") },
};

static void
help_add_row (AdwPreferencesGroup *group, GtkWidget *prefix, const char *title, const char *meaning)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), meaning);
  if (prefix != NULL)
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), prefix);
  adw_preferences_group_add (group, row);
}

static AdwPreferencesGroup *
help_add_group (AdwPreferencesPage *page, const char *title, const char *description)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

static void
help_add_verdicts (AdwPreferencesPage *page)
{
  AdwPreferencesGroup *group = help_add_group (page, _ ("What Became of It"), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (help_verdicts); i++)
    {
      const char *code = help_verdicts[i].code;
      GtkWidget *icon = gtk_image_new_from_icon_name (platter_tone_get_icon_name (code));

      help_add_row (group, icon, platter_message_get_verdict (code, FALSE),
                    _ (help_verdicts[i].meaning));
    }
}

static void
help_add_steps (AdwPreferencesPage *page)
{
  AdwPreferencesGroup *group = help_add_group (page, _ ("What It Does Now"), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (help_steps); i++)
    help_add_row (group, NULL, platter_message_get_phase (help_steps[i].code, "clone"),
                  _ (help_steps[i].meaning));
}

static void
help_add_map (AdwPreferencesPage *page)
{
  AdwPreferencesGroup *group = help_add_group (
    page, _ ("The Map"),
    _ ("Each cell is a part of the drive, from its beginning at the upper left to its end, and "
       "shows the worst that is in it. The arrow keys, Home and End lead through it and tell what "
       "a cell is. A click or Enter shows a part of it closer, down to single sectors."));

  for (guint state = 0; state < PLATTER_MAP_N_STATES; state++)
    help_add_row (group, platter_map_swatch_new (state), platter_map_state_get_name (state), NULL);
}

void
platter_help_show (GtkWindow *parent)
{
  GtkWidget *window = adw_preferences_window_new ();
  GtkWidget *page = adw_preferences_page_new ();

  help_add_verdicts (ADW_PREFERENCES_PAGE (page));
  help_add_steps (ADW_PREFERENCES_PAGE (page));
  help_add_map (ADW_PREFERENCES_PAGE (page));
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  gtk_window_set_title (GTK_WINDOW (window), _ ("Help"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_present (GTK_WINDOW (window));
}
