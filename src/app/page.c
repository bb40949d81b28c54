// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What every page but the first has. Subclasses set `content` and `end-widget` in their .ui.

#include "config.h"

#include "page.h"

#include <glib/gi18n.h>

#define DEFAULT_WIDTH 640
/* In 1024ths, as GTK has it. */
#define NORMAL_DPI (96 * 1024)

typedef struct
{
  AdwWindowTitle *title;
  AdwHeaderBar *header;
  GtkButton *back_button;
  GtkLabel *steps;
  AdwClamp *clamp;
  int width; /* of the content, with text of the usual size */
  guint step;
  gboolean is_image; /* of the way to an image, which has a step less */
} PlatterPagePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (PlatterPage, platter_page, ADW_TYPE_BIN)

enum
{
  PROP_TITLE = 1,
  PROP_STEP,
  PROP_IS_IMAGE,
  PROP_WIDTH,
  PROP_CONTENT,
  PROP_END_WIDGET,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* "Source ✓ — Targets — Options — Review", with the present one in bold. */
static void
page_show_step (PlatterPage *self)
{
  PlatterPagePrivate *priv = platter_page_get_instance_private (self);
  const char *const copying[] = { _ ("Source"), _ ("Targets"), _ ("Options"), _ ("Review"), NULL };
  const char *const imaging[] = { _ ("Source"), _ ("Image"), _ ("Review"), NULL };
  const char *const *names = priv->is_image ? imaging : copying;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *name = g_markup_escape_text (names[i], -1);

      g_string_append (text, i > 0 ? " — " : "");
      if (i + 1 == priv->step)
        g_string_append_printf (text, "<b>%s</b>", name);
      else
        g_string_append_printf (text, "<span alpha=\"65%%\">%s%s</span>", name,
                                i + 1 < priv->step ? " ✓" : "");
    }
  gtk_label_set_markup (priv->steps, text->str);
  gtk_widget_set_visible (GTK_WIDGET (priv->steps), priv->step > 0);
}

/* Larger text needs more room, or else values are cut to dots beside it. */
static void
page_show_width (PlatterPage *self)
{
  PlatterPagePrivate *priv = platter_page_get_instance_private (self);
  int dpi = -1;
  int width = priv->width;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  if (dpi > NORMAL_DPI)
    width = (int)((gint64)width * dpi / NORMAL_DPI);
  adw_clamp_set_maximum_size (priv->clamp, width);
  adw_clamp_set_tightening_threshold (priv->clamp, width);
}

static void
page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterPagePrivate *priv = platter_page_get_instance_private (PLATTER_PAGE (object));

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, adw_window_title_get_title (priv->title));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PlatterPage *self = PLATTER_PAGE (object);
  PlatterPagePrivate *priv = platter_page_get_instance_private (self);

  switch (id)
    {
    case PROP_TITLE:
      platter_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_STEP:
      priv->step = g_value_get_uint (value);
      page_show_step (self);
      break;
    case PROP_IS_IMAGE:
      priv->is_image = g_value_get_boolean (value);
      page_show_step (self);
      break;
    case PROP_WIDTH:
      priv->width = g_value_get_int (value);
      page_show_width (self);
      break;
    case PROP_CONTENT:
      adw_clamp_set_child (priv->clamp, g_value_get_object (value));
      break;
    case PROP_END_WIDGET:
      if (g_value_get_object (value) != NULL)
        adw_header_bar_pack_end (priv->header, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* Where nothing is done by accident and nothing is scrolled away. */
static gboolean
page_grab_focus (GtkWidget *widget)
{
  PlatterPagePrivate *priv = platter_page_get_instance_private (PLATTER_PAGE (widget));

  return gtk_widget_grab_focus (GTK_WIDGET (priv->back_button));
}

static void
platter_page_class_init (PlatterPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags write = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = page_get_property;
  object_class->set_property = page_set_property;
  widget_class->grab_focus = page_grab_focus;

  properties[PROP_TITLE]
    = g_param_spec_string ("title", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_STEP] = g_param_spec_uint ("step", NULL, NULL, 0, 4, 0, write);
  properties[PROP_IS_IMAGE] = g_param_spec_boolean ("is-image", NULL, NULL, FALSE, write);
  properties[PROP_WIDTH]
    = g_param_spec_int ("content-width", NULL, NULL, 0, G_MAXINT, DEFAULT_WIDTH, write);
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, write);
  properties[PROP_END_WIDGET]
    = g_param_spec_object ("end-widget", NULL, NULL, GTK_TYPE_WIDGET, write);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/page.ui");
  gtk_widget_class_bind_template_child_private (widget_class, PlatterPage, title);
  gtk_widget_class_bind_template_child_private (widget_class, PlatterPage, header);
  gtk_widget_class_bind_template_child_private (widget_class, PlatterPage, back_button);
  gtk_widget_class_bind_template_child_private (widget_class, PlatterPage, steps);
  gtk_widget_class_bind_template_child_private (widget_class, PlatterPage, clamp);
}

static void
platter_page_init (PlatterPage *self)
{
  PlatterPagePrivate *priv = platter_page_get_instance_private (self);

  gtk_widget_init_template (GTK_WIDGET (self));
  priv->width = DEFAULT_WIDTH;
  page_show_width (self);
  g_signal_connect_object (gtk_settings_get_default (), "notify::gtk-xft-dpi",
                           G_CALLBACK (page_show_width), self, G_CONNECT_SWAPPED);
}

void
platter_page_set_title (PlatterPage *self, const char *title)
{
  PlatterPagePrivate *priv = platter_page_get_instance_private (self);

  g_return_if_fail (PLATTER_IS_PAGE (self));
  adw_window_title_set_title (priv->title, title != NULL ? title : "");
}
