// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The few choices there are; most people press Next.

#include "config.h"

#include "options-page.h"

#include <glib/gi18n.h>

#include "advice-row.h"
#include "drive-layout.h"

struct _PlatterOptionsPage
{
  PlatterPage parent_instance;

  GtkSwitch *verify_switch;
  AdwActionRow *advice_row;
  GtkImage *advice_icon;
  AdwComboRow *errors_row;
  AdwActionRow *mounted_row;
  AdwActionRow *digest_row;
  AdwActionRow *bmap_row;
  GtkSwitch *bmap_switch;

  PlatterRequest *request;
  gboolean
    is_chosen; /* by somebody, or by the job that goes on: what is done at errors is theirs from then on */
  gboolean is_loading;
};

G_DEFINE_FINAL_TYPE (PlatterOptionsPage, platter_options_page, PLATTER_TYPE_PAGE)

static void
options_page_verify_cb (PlatterOptionsPage *self)
{
  if (self->request != NULL)
    platter_request_set_verify (self->request, gtk_switch_get_active (self->verify_switch));
}

/* In the order of the row's model. */
static const struct
{
  const char *on_error;
  const char *sentence;
} options_page_errors[] = {
  { "ask",
    N_ ("The copy waits at the first place that cannot be read, and you say what is to be done.") },
  { "stop", N_ ("The copy fails at the first place that cannot be read.") },
  { "skip", N_ ("What cannot be read at once is left out, and you are told what it is.") },
  { "rescue",
    N_ ("For a drive that is failing: the good parts first, then each sector. It may take "
        "long, and you are told what is missing.") },
};

static gboolean
options_page_is_clone (PlatterOptionsPage *self)
{
  return self->request != NULL && platter_request_get_kind (self->request) == PLATTER_REQUEST_CLONE;
}

static void
options_page_errors_cb (PlatterOptionsPage *self)
{
  guint selected = adw_combo_row_get_selected (self->errors_row);

  if (selected >= G_N_ELEMENTS (options_page_errors))
    return;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->errors_row),
                               _ (options_page_errors[selected].sentence));
  self->is_chosen = self->is_chosen || !self->is_loading;
  if (options_page_is_clone (self))
    platter_request_set_on_error (self->request, options_page_errors[selected].on_error);
}

/* Of a drive that is not well, a rescue is what nobody regrets: it gives what a copy gives, and goes on at errors. */
static const char *
options_page_get_on_error (PlatterOptionsPage *self)
{
  gpointer source = platter_request_get_source (self->request);

  if (self->is_chosen || !options_page_is_clone (self))
    return platter_request_get_on_error (self->request);
  return platter_drive_get_health (source)->kind >= PLATTER_HEALTH_BAD_SECTORS ? "rescue" : "ask";
}

static void
options_page_show_errors (PlatterOptionsPage *self)
{
  const char *on_error = options_page_get_on_error (self);

  self->is_loading = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self->errors_row), options_page_is_clone (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->errors_row),
                            !platter_request_is_resumed (self->request));
  for (guint i = 0; i < G_N_ELEMENTS (options_page_errors); i++)
    if (g_str_equal (options_page_errors[i].on_error, on_error))
      adw_combo_row_set_selected (self->errors_row, i);
  options_page_errors_cb (self);
  self->is_loading = FALSE;
}

/* The yes to that is given on the page that asks for the last time. */
static void
options_page_show_mounted (PlatterOptionsPage *self)
{
  GPtrArray *targets = platter_request_get_targets (self->request);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < targets->len; i++)
    {
      g_autofree char *mounted = platter_drive_layout_dup_mounted (g_ptr_array_index (targets, i));

      if (mounted != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", mounted);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->mounted_row), text->len > 0);
  adw_action_row_set_subtitle (self->mounted_row, text->str);
}

static const char *
options_page_get_digest_words (PlatterOptionsPage *self, PlatterImage *image)
{
  gboolean has_parts
    = platter_image_get_bmap_name (image) != NULL && !platter_request_is_whole (self->request);

  return has_parts && !platter_image_is_packed (image)
           ? _ ("What the bmap says of its parts is checked while it is written.")
           : _ ("The SHA-256 of the image is computed while it is written.");
}

static void
options_page_show_digest (PlatterOptionsPage *self)
{
  gpointer source = platter_request_get_source (self->request);
  gboolean is_shown = PLATTER_IS_IMAGE (source) && !platter_request_is_resumed (self->request);

  gtk_widget_set_visible (GTK_WIDGET (self->digest_row), is_shown);
  if (!is_shown)
    return;

  const char *digest = platter_image_get_expected_digest (source);
  g_autofree char *text = g_strdup (options_page_get_digest_words (self, source));
  if (digest != NULL)
    {
      g_free (text);
      /* Without one the helper sees to it, but where only parts are read. */
      platter_request_add_digest (self->request, "sha256");
      /* Translators: the first is the name of a file, the second a digest in hexadecimal. */
      text = g_strdup_printf (_ ("%s says %s. If the image turns out to be another, it is not "
                                 "completed."),
                              platter_image_get_sums_name (source), digest);
    }
  platter_request_set_expected (self->request, platter_image_get_expected_algorithm (source),
                                digest);
  g_autofree char *silence = platter_image_dup_silence (source);
  if (silence != NULL)
    {
      g_autofree char *said = g_steal_pointer (&text);

      text = g_strdup_printf ("%s %s", silence, said);
    }
  adw_action_row_set_subtitle (self->digest_row, text);
}

/* One that cannot be used is told, and not a reason against writing all of the image. */
static void
options_page_show_bmap (PlatterOptionsPage *self)
{
  gpointer source = platter_request_get_source (self->request);
  PlatterImage *image = PLATTER_IS_IMAGE (source) ? PLATTER_IMAGE (source) : NULL;
  const GError *fault = image != NULL ? platter_image_get_bmap_fault (image) : NULL;
  g_autofree char *words = image != NULL ? platter_image_dup_bmap_words (image) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->bmap_row), words != NULL || fault != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->bmap_switch),
                            words != NULL && !platter_request_is_resumed (self->request));
  gtk_switch_set_active (self->bmap_switch,
                         words != NULL && !platter_request_is_whole (self->request));
  adw_action_row_set_subtitle (self->bmap_row, words == NULL && fault != NULL ? fault->message
                                               : words != NULL                ? words
                                                                              : "");
}

static void
options_page_bmap_cb (PlatterOptionsPage *self)
{
  if (self->request == NULL || !gtk_widget_get_sensitive (GTK_WIDGET (self->bmap_switch)))
    return;
  platter_request_set_whole (self->request, !gtk_switch_get_active (self->bmap_switch));
  options_page_show_digest (self);
}

static void
options_page_next_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.go", "s", "review");
}

static void
options_page_dispose (GObject *object)
{
  g_clear_object (&PLATTER_OPTIONS_PAGE (object)->request);
  G_OBJECT_CLASS (platter_options_page_parent_class)->dispose (object);
}

static void
platter_options_page_class_init (PlatterOptionsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = options_page_dispose;
  gtk_widget_class_install_action (widget_class, "page.next", NULL, options_page_next_action);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/platter/Platter/options-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterOptionsPage, verify_switch);
  gtk_widget_class_bind_template_child (widget_class, PlatterOptionsPage, advice_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterOptionsPage, advice_icon);
  gtk_widget_class_bind_template_child (widget_class, PlatterOptionsPage, errors_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterOptionsPage, mounted_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterOptionsPage, digest_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterOptionsPage, bmap_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterOptionsPage, bmap_switch);
  gtk_widget_class_bind_template_callback (widget_class, options_page_bmap_cb);
  gtk_widget_class_bind_template_callback (widget_class, options_page_verify_cb);
  gtk_widget_class_bind_template_callback (widget_class, options_page_errors_cb);
}

static void
platter_options_page_init (PlatterOptionsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
platter_options_page_load (PlatterOptionsPage *self, PlatterRequest *request)
{
  g_return_if_fail (PLATTER_IS_OPTIONS_PAGE (self));

  if (request != self->request)
    self->is_chosen = platter_request_has_on_error (request);
  g_set_object (&self->request, request);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.next",
                                 platter_request_get_targets (request)->len > 0);
  /* The helper takes a job that goes on as it was begun, and verifies it. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->verify_switch),
                            !platter_request_is_resumed (request));
  gtk_switch_set_active (self->verify_switch, platter_request_get_verify (request));
  options_page_show_errors (self);
  /* Also when somebody has chosen something else. */
  platter_advice_row_show (self->advice_row, self->advice_icon,
                           options_page_is_clone (self) ? platter_request_get_source (request)
                                                        : NULL);
  options_page_show_mounted (self);
  options_page_show_bmap (self);
  options_page_show_digest (self);
}
