// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The window goes on watching the drives that were chosen until the job begins: what is confirmed is what was chosen, or
// it has to be chosen again.

#include "config.h"

#include <glib/gi18n.h>

#include "drive-reason.h"
#include "window-private.h"

/* The pages on which a request is made, after its source. */
static gboolean
window_watch_is_open (PlatterWindow *self)
{
  return self->request != NULL
         && (platter_window_is_at (self, "targets") || platter_window_is_at (self, "image")
             || platter_window_is_at (self, "options") || platter_window_is_at (self, "review"));
}

/* Returns: (transfer full) (nullable): that it is not what was chosen any more, by the name of what was. */
static char *
window_watch_dup_loss (const PlatterChosen *chosen)
{
  if (platter_chosen_is_same (chosen))
    return NULL;
  if (platter_drive_is_gone (chosen->drive) || platter_drive_get_size_bytes (chosen->drive) == 0)
    /* Translators: %s is the name of a drive. */
    return g_strdup_printf (_ ("%s went away and is not selected any more"), chosen->name);
  /* Translators: %s is the name of a drive. */
  return g_strdup_printf (_ ("%s was exchanged or changed, and is not selected any more"),
                          chosen->name);
}

/* Returns: (transfer full) (nullable): the same, or that it cannot be written to any more. */
static char *
window_watch_dup_target_loss (PlatterWindow *self, const PlatterChosen *chosen)
{
  char *loss = window_watch_dup_loss (chosen);
  g_autofree char *reason = NULL;

  if (loss != NULL)
    return loss;
  reason = platter_drive_reason_dup_for_target (chosen->drive, self->request);
  if (reason == NULL)
    return NULL;
  /* Translators: the name of a drive, and a sentence that says why it cannot be written to. */
  return g_strdup_printf (_ ("%s is not selected any more: %s"), chosen->name, reason);
}

/* Returns: whether the request has lost something. */
static gboolean
window_watch_drop (PlatterWindow *self)
{
  const PlatterChosen *source = platter_request_get_chosen_source (self->request);
  g_autofree char *source_loss = source != NULL ? window_watch_dup_loss (source) : NULL;
  gboolean is_lost = source_loss != NULL;

  for (guint i = platter_request_get_targets (self->request)->len; i > 0; i--)
    {
      const PlatterChosen *chosen = platter_request_get_chosen_target (self->request, i - 1);
      g_autofree char *loss = chosen != NULL ? window_watch_dup_target_loss (self, chosen) : NULL;

      if (loss == NULL)
        continue;
      is_lost = TRUE;
      g_message ("%s", loss);
      platter_window_toast (self, loss);
      platter_request_remove_target (self->request, chosen->drive);
    }
  if (source_loss != NULL)
    {
      g_message ("%s", source_loss);
      platter_window_toast (self, source_loss);
      platter_request_set_source (self->request, NULL);
    }
  return is_lost;
}

/* To where what is missing is chosen. */
static void
window_watch_go_back (PlatterWindow *self)
{
  gboolean has_source = platter_request_get_source (self->request) != NULL;
  gboolean is_image = platter_request_get_kind (self->request) == PLATTER_REQUEST_IMAGE;

  platter_window_go (self, !has_source ? "source" : is_image ? "image" : "targets", TRUE);
}

void
platter_window_look_again (PlatterWindow *self)
{
  g_return_if_fail (PLATTER_IS_WINDOW (self));

  if (!window_watch_is_open (self))
    return;
  /* The request is left as the helper was told it until the answer is there. It may have begun to use a target. */
  if (self->starting != NULL)
    {
      if (platter_request_find_changed (self->request) != NULL)
        g_cancellable_cancel (self->starting);
      return;
    }
  if (window_watch_drop (self))
    window_watch_go_back (self);
}

void
platter_window_advance (PlatterWindow *self, const char *page)
{
  GPtrArray *targets = platter_request_get_targets (self->request);
  gboolean needs_target = g_str_equal (page, "options") || g_str_equal (page, "review");
  guint n_targets = targets->len;

  /* Some of what is lost may be dropped by this, and the rest is here, wherever we are. */
  platter_drives_refresh (platter_application_get_drives (platter_window_get_platter (self)));
  if (window_watch_drop (self) || targets->len < n_targets
      || platter_request_get_source (self->request) == NULL || (needs_target && targets->len == 0))
    window_watch_go_back (self);
  else
    platter_window_go (self, page, FALSE);
}
