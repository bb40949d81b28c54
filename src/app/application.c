// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The application: what all windows share, and what happens when there is none in front.

#include "config.h"

#include "application.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "demo.h"
#include "help.h"
#include "job-watch.h"
#include "window.h"

#define APPLICATION_ID "org.platter.Platter"

struct _PlatterApplication
{
  AdwApplication parent_instance;

  PlatterDrives *drives;
  PlatterHelper *helper;
  PlatterRecent *recent;
  PlatterJobWatch *watch;
  GSettings *settings;
  char *helper_trouble;
  PlatterHelperMode
    mode; /* how one is looked for: once there was one on the system bus, no other will do */
  gboolean is_connecting;
  guint wanted_job; /* the number of one that is shown once the helper is there, or 0 */
};

G_DEFINE_FINAL_TYPE (PlatterApplication, platter_application, ADW_TYPE_APPLICATION)

enum
{
  PROP_HELPER = 1,
  PROP_TROUBLE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
application_notify_trouble (PlatterApplication *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TROUBLE]);
}

static void
application_set_helper (PlatterApplication *self, PlatterHelper *helper)
{
  if (!g_set_object (&self->helper, helper))
    return;
  platter_job_watch_set_helper (self->watch, helper);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HELPER]);
}

static void
application_show_wanted (PlatterApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  guint id = self->wanted_job;

  self->wanted_job = 0;
  if (id != 0 && window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.show-job", "u", id);
}

static void
application_vanished_cb (PlatterApplication *self)
{
  application_set_helper (self, NULL);
}

static void
application_connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterApplication) self = PLATTER_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterHelper) helper = platter_helper_connect_finish (result, &error);

  self->is_connecting = FALSE;
  g_clear_pointer (&self->helper_trouble, g_free);
  if (helper == NULL)
    self->helper_trouble = platter_message_dup_refusal (error);
  else if (!platter_helper_is_embedded (helper))
    self->mode = PLATTER_HELPER_BUS;
  if (helper != NULL)
    g_signal_connect_object (helper, "vanished", G_CALLBACK (application_vanished_cb), self,
                             G_CONNECT_SWAPPED);
  application_set_helper (self, helper);
  application_notify_trouble (self);
  application_show_wanted (self);
}

void
platter_application_connect (PlatterApplication *self)
{
  g_return_if_fail (PLATTER_IS_APPLICATION (self));

  if (self->helper != NULL || self->is_connecting)
    return;
  self->is_connecting = TRUE;
  platter_helper_connect_async (self->mode, NULL, application_connected_cb, g_object_ref (self));
}

static void
application_drives_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterApplication) self = PLATTER_APPLICATION (user_data);

  /* The reason stands in the list's "error-message". */
  platter_drives_load_finish (PLATTER_DRIVES (object), result, NULL);
  application_notify_trouble (self);
}

static void
application_new_window (PlatterApplication *self)
{
  gtk_window_present (GTK_WINDOW (platter_window_new (self)));
}

static void
application_new_window_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  application_new_window (PLATTER_APPLICATION (user_data));
}

static void
application_about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (user_data)),
                         "application-name", _ ("Platter"), "application-icon", APPLICATION_ID,
                         "version", PLATTER_VERSION, "developer-name", _ ("The Platter authors"),
                         "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _ ("Copies disks, and proves that what it wrote is what it read."), NULL);
}

static void
application_help_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  platter_help_show (gtk_application_get_active_window (GTK_APPLICATION (user_data)));
}

/* Each window decides whether it may be closed. */
static void
application_quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkApplication *self = GTK_APPLICATION (user_data);
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (self));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (GTK_WINDOW (l->data));
}

/* A notification brings its job to the front, which may be the first that is asked of the helper. */
static void
application_show_job_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PlatterApplication *self = PLATTER_APPLICATION (user_data);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (platter_window_new (self));
  gtk_window_present (window);
  self->wanted_job = g_variant_get_uint32 (parameter);
  platter_application_connect (self);
  if (self->helper != NULL)
    application_show_wanted (self);
}

static void
application_add_actions (PlatterApplication *self)
{
  static const GActionEntry ACTIONS[] = {
    { .name = "new-window", .activate = application_new_window_cb },
    { .name = "help", .activate = application_help_cb },
    { .name = "about", .activate = application_about_cb },
    { .name = "quit", .activate = application_quit_cb },
    { .name = "show-job", .activate = application_show_job_cb, .parameter_type = "u" },
  };
  static const struct
  {
    const char *action;
    const char *keys[3];
  } KEYS[] = {
    { "app.new-window", { "<Control>n" } },
    { "app.quit", { "<Control>q" } },
    { "app.help", { "F1" } },
    { "win.history", { "<Control>h" } },
    { "win.begin::clone", { "<Control>d" } },
    { "win.begin::write", { "<Control>o" } },
    { "win.begin::image", { "<Control>i" } },
    { "win.begin::convert", { "<Control>e" } },
    { "win.back", { "<Alt>Left", "Back" } },
    { "window.close", { "<Control>w" } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), ACTIONS, G_N_ELEMENTS (ACTIONS), self);
  for (gsize i = 0; i < G_N_ELEMENTS (KEYS); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), KEYS[i].action, KEYS[i].keys);
}

/* Without the schema (never installed, no GSETTINGS_SCHEMA_DIR) nothing is remembered. */
static GSettings *
application_new_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
    = source != NULL ? g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE) : NULL;

  return schema != NULL ? g_settings_new (APPLICATION_ID) : NULL;
}

static void
application_startup (GApplication *application)
{
  PlatterApplication *self = PLATTER_APPLICATION (application);

  G_APPLICATION_CLASS (platter_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (APPLICATION_ID);
  /* Text that can be copied is not to look as if it was chosen when Tab comes to it. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  application_add_actions (self);
  self->settings = application_new_settings ();
  self->drives = platter_drives_new ();
  self->recent = platter_recent_new ();
  self->watch = platter_job_watch_new (GTK_APPLICATION (self), self->drives, self->recent);
  if (self->settings != NULL)
    platter_drives_set_show_all (self->drives,
                                 g_settings_get_boolean (self->settings, "show-all-drives"));
  g_signal_connect_object (self->drives, "notify::error-message",
                           G_CALLBACK (application_notify_trouble), self, G_CONNECT_SWAPPED);
  platter_drives_load_async (self->drives, NULL, application_drives_cb, g_object_ref (self));
  platter_application_connect (self);
}

/* The last that can be told to the desktop: its icon is not to show progress for ever. What is told here GApplication
 * sends before it leaves the bus. */
static void
application_shutdown (GApplication *application)
{
  platter_job_watch_set_helper (PLATTER_APPLICATION (application)->watch, NULL);
  G_APPLICATION_CLASS (platter_application_parent_class)->shutdown (application);
}

static void
application_activate (GApplication *application)
{
  application_new_window (PLATTER_APPLICATION (application));
}

static void
application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  PlatterWindow *window = platter_window_new (PLATTER_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
  platter_window_open_image (window, files[0]);
}

static int
application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  PlatterApplication *self = PLATTER_APPLICATION (application);
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  int n_arguments;
  g_auto (GStrv) arguments = g_application_command_line_get_arguments (command_line, &n_arguments);

  if (g_variant_dict_contains (options, "show-all-drives"))
    platter_drives_set_show_all (self->drives, TRUE);
  if (n_arguments < 2)
    {
      g_application_activate (application);
      return 0;
    }
  if (g_variant_dict_contains (options, "demo") && n_arguments == 3)
    {
      g_application_activate (application);
      platter_demo_start (self, arguments[1], arguments[2]);
      return 0;
    }

  GFile *file = g_application_command_line_create_file_for_arg (command_line, arguments[1]);
  g_application_open (application, &file, 1, "");
  g_object_unref (file);
  return 0;
}

static void
application_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterApplication *self = PLATTER_APPLICATION (object);

  switch (id)
    {
    case PROP_HELPER:
      g_value_set_object (value, self->helper);
      break;
    case PROP_TROUBLE:
      g_value_take_string (value, platter_application_dup_trouble (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
application_dispose (GObject *object)
{
  PlatterApplication *self = PLATTER_APPLICATION (object);

  g_clear_object (&self->watch);
  g_clear_object (&self->helper);
  g_clear_object (&self->recent);
  g_clear_object (&self->drives);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->helper_trouble, g_free);
  G_OBJECT_CLASS (platter_application_parent_class)->dispose (object);
}

static void
platter_application_class_init (PlatterApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = application_get_property;
  object_class->dispose = application_dispose;
  application_class->startup = application_startup;
  application_class->shutdown = application_shutdown;
  application_class->activate = application_activate;
  application_class->open = application_open;
  application_class->command_line = application_command_line;

  properties[PROP_HELPER] = g_param_spec_object ("helper", NULL, NULL, PLATTER_TYPE_HELPER, read);
  properties[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
platter_application_init (PlatterApplication *self)
{
  static const GOptionEntry OPTIONS[] = {
    { "show-all-drives", 0, 0, G_OPTION_ARG_NONE, NULL,
      N_ ("Also list loop devices and the drives this computer runs from"), NULL },
    { "demo", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), OPTIONS);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[IMAGE]"));
}

PlatterApplication *
platter_application_new (void)
{
  return g_object_new (PLATTER_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/org/platter/Platter", NULL);
}

PlatterDrives *
platter_application_get_drives (PlatterApplication *self)
{
  g_return_val_if_fail (PLATTER_IS_APPLICATION (self), NULL);
  return self->drives;
}

PlatterRecent *
platter_application_get_recent (PlatterApplication *self)
{
  g_return_val_if_fail (PLATTER_IS_APPLICATION (self), NULL);
  return self->recent;
}

PlatterHelper *
platter_application_get_helper (PlatterApplication *self)
{
  g_return_val_if_fail (PLATTER_IS_APPLICATION (self), NULL);
  return self->helper;
}

char *
platter_application_dup_trouble (PlatterApplication *self)
{
  g_return_val_if_fail (PLATTER_IS_APPLICATION (self), NULL);

  const char *drives
    = self->drives != NULL ? platter_drives_get_error_message (self->drives) : NULL;

  if (drives != NULL && self->helper_trouble != NULL)
    return g_strdup_printf ("%s\n\n%s", drives, self->helper_trouble);
  return g_strdup (drives != NULL ? drives : self->helper_trouble);
}

GSettings *
platter_application_get_settings (PlatterApplication *self)
{
  g_return_val_if_fail (PLATTER_IS_APPLICATION (self), NULL);
  return self->settings;
}

void
platter_application_remember_size (PlatterApplication *self, GtkWindow *window)
{
  g_return_if_fail (PLATTER_IS_APPLICATION (self));
  if (self->settings == NULL)
    return;
  /* As the last one was left; those that are open keep their own. */
  g_settings_bind (self->settings, "window-width", window, "default-width",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  g_settings_bind (self->settings, "window-height", window, "default-height",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  g_settings_bind (self->settings, "window-maximized", window, "maximized",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
}

gboolean
platter_application_has_own_jobs (PlatterApplication *self)
{
  g_return_val_if_fail (PLATTER_IS_APPLICATION (self), FALSE);
  return self->helper != NULL && platter_helper_is_embedded (self->helper)
         && platter_job_watch_get_n_running (self->watch) > 0;
}
