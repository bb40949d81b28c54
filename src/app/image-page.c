// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What kind of image is made, and where it is saved.

#include "config.h"

#include "image-page.h"

#include <glib/gi18n.h>

#include "advice-row.h"
#include "client/image-format.h"
#include "client/messages.h"
#include "client/shown.h"
#include "image-name.h"
#include "image-sizes.h"

/* What a dialog is to save. */
#define SOURCE "platter-source"
#define KEY_FORMAT "image-format"
#define KEY_FOLDER "image-folder"
#define KEY_PIECES "image-in-pieces"
#define DEFAULT_FORMAT "zst"
#define RESCUE_FORMAT "raw"
/* FAT holds less than 4 GiB in a file. */
#define PIECE_BYTES ((guint64)4095 * 1024 * 1024)

struct _PlatterImagePage
{
  PlatterPage parent_instance;

  GtkListBox *rescue_list;
  AdwActionRow *advice_row;
  GtkImage *advice_icon;
  GtkSwitch *rescue_switch;
  AdwActionRow *go_on_row;
  GtkListBox *formats_list;
  GtkSwitch *verify_switch;
  GtkSwitch *pieces_switch;
  AdwActionRow *pieces_row;
  AdwActionRow *place_row;
  AdwActionRow *digest_row;
  GtkLabel *size_label;

  GSettings *settings; /* (nullable) */
  PlatterRequest *request;
  GObject *source;    /* of the request, when it was shown last */
  char *path;         /* (nullable): of the request's target, without the number of a piece */
  GPtrArray *buttons; /* GtkCheckButton, one a format */
  gboolean is_loading;
};

G_DEFINE_FINAL_TYPE (PlatterImagePage, platter_image_page, PLATTER_TYPE_PAGE)

static PlatterNewImage *
image_page_get_image (PlatterImagePage *self)
{
  GPtrArray *targets = self->request != NULL ? platter_request_get_targets (self->request) : NULL;

  return targets != NULL && targets->len > 0 ? g_ptr_array_index (targets, 0) : NULL;
}

static void
image_page_show_place (PlatterImagePage *self)
{
  PlatterNewImage *image = image_page_get_image (self);
  g_autofree char *path
    = image != NULL ? platter_shown_dup_name (platter_new_image_get_path (image)) : NULL;
  g_autofree char *sizes = platter_image_sizes_dup (self->request);
  g_autofree char *room = image != NULL ? platter_image_sizes_dup_room (image) : NULL;
  g_autofree char *text = g_strjoin (" ", sizes, room, NULL);
  gboolean goes_on = image != NULL && platter_new_image_goes_on (image);

  adw_action_row_set_subtitle (self->place_row, path != NULL ? path : _ ("Not chosen yet"));
  gtk_label_set_label (self->size_label,
                       goes_on ? _ ("The image is there with its map: what it has already is kept, "
                                    "and the rescue goes on.")
                               : text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.next", image != NULL);
}

static const PlatterImageFormat *
image_page_get_format (PlatterImagePage *self)
{
  for (guint i = 0; i < self->buttons->len; i++)
    if (gtk_check_button_get_active (g_ptr_array_index (self->buttons, i)))
      return platter_image_format_get_nth (i);
  return platter_image_format_get_nth (0);
}

/* The disk of a virtual machine is one file, and pieces have to be counted before. */
static void
image_page_show_pieces (PlatterImagePage *self)
{
  gboolean is_disk = platter_image_format_is_disk (image_page_get_format (self));
  gboolean is_rescue = platter_request_is_rescue (self->request);
  gboolean is_possible
    = !is_disk && !is_rescue && platter_request_get_size_bytes (self->request) > 0;
  const char *subtitle = _ ("Of 4095 MiB each, .001, .002 and so on, for sticks with FAT.");

  if (is_disk)
    subtitle = _ ("The disk of a virtual machine is one file.");
  else if (!is_possible)
    subtitle = _ ("The image does not tell its size, so how many there are is not known.");
  adw_action_row_set_subtitle (self->pieces_row, subtitle);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pieces_switch), is_possible);
  gtk_widget_set_visible (GTK_WIDGET (self->pieces_row), !is_rescue);
}

static gboolean
image_page_is_in_pieces (PlatterImagePage *self)
{
  return gtk_widget_get_sensitive (GTK_WIDGET (self->pieces_switch))
         && gtk_switch_get_active (self->pieces_switch);
}

/* Another format needs another name. What the page shows by itself is not what somebody chose. */
static void
image_page_format_cb (PlatterImagePage *self, GtkCheckButton *button)
{
  const PlatterImageFormat *format = image_page_get_format (self);

  if (self->request == NULL || !gtk_check_button_get_active (button))
    return;
  if (g_strcmp0 (platter_request_get_format (self->request), format->name) == 0)
    return;
  platter_request_remove_targets (self->request);
  platter_request_set_format (self->request, format->name);
  if (self->settings != NULL && !platter_request_is_rescue (self->request))
    g_settings_set_string (self->settings, KEY_FORMAT, format->name);
  image_page_show_pieces (self);
  image_page_show_place (self);
}

/* Returns: (nullable): why it cannot. */
static const char *
image_page_get_reason (PlatterImagePage *self, const PlatterImageFormat *format)
{
  /* The disk of a virtual machine has its size from the start. */
  if (platter_request_get_size_bytes (self->request) == 0 && platter_image_format_is_disk (format))
    return _ ("It needs its size from the start, which this image does not tell. Make a plain one "
              "first.");
  return NULL;
}

/* The row stays readable, as those of drives do: why it cannot be chosen is what somebody wants to know. */
static void
image_page_show_format (AdwActionRow *row, GtkWidget *button, const char *reason)
{
  adw_action_row_set_activatable_widget (row, reason == NULL ? button : NULL);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), reason == NULL);
  gtk_widget_set_sensitive (button, reason == NULL);
  if (reason != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (row), "unsuitable");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "unsuitable");
}

static void
image_page_show_formats (PlatterImagePage *self)
{
  for (guint i = 0; i < self->buttons->len; i++)
    {
      const PlatterImageFormat *format = platter_image_format_get_nth (i);
      GtkWidget *button = g_ptr_array_index (self->buttons, i);
      AdwActionRow *row = ADW_ACTION_ROW (gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW));
      const char *reason = image_page_get_reason (self, format);

      image_page_show_format (row, button, reason);
      adw_action_row_set_subtitle (
        row, reason != NULL ? reason : platter_image_format_get_subtitle (format));
    }
}

/* What was chosen last, unless this request has its target already. */
static char *
image_page_dup_wanted (PlatterImagePage *self)
{
  g_autofree char *wanted = NULL;
  const PlatterImageFormat *format = NULL;

  if (platter_request_is_rescue (self->request))
    return g_strdup (RESCUE_FORMAT);
  if (image_page_get_image (self) != NULL)
    return g_strdup (platter_request_get_format (self->request));
  if (self->settings != NULL)
    wanted = g_settings_get_string (self->settings, KEY_FORMAT);
  format = platter_image_format_find (wanted);
  return g_strdup (format != NULL && image_page_get_reason (self, format) == NULL ? wanted
                                                                                  : DEFAULT_FORMAT);
}

/* It comes back to what it left out, so a rescue can only write a plain image. */
static void
image_page_choose_format (PlatterImagePage *self)
{
  g_autofree char *wanted = image_page_dup_wanted (self);
  gboolean is_rescue = platter_request_is_rescue (self->request);

  gtk_widget_set_visible (GTK_WIDGET (self->go_on_row), is_rescue);
  gtk_widget_set_visible (GTK_WIDGET (self->formats_list), !is_rescue);
  platter_request_set_format (self->request, wanted);
  image_page_show_formats (self);
  for (guint i = 0; i < self->buttons->len; i++)
    if (g_str_equal (platter_image_format_get_nth (i)->name, wanted))
      gtk_check_button_set_active (g_ptr_array_index (self->buttons, i), TRUE);
}

/* Another kind of file, with another name. */
static void
image_page_rescue_cb (PlatterImagePage *self)
{
  if (self->request == NULL || self->is_loading)
    return;
  platter_request_remove_targets (self->request);
  platter_request_set_rescue (self->request, gtk_switch_get_active (self->rescue_switch));
  image_page_choose_format (self);
  image_page_show_pieces (self);
  image_page_show_place (self);
}

static void
image_page_verify_cb (PlatterImagePage *self)
{
  if (self->request != NULL)
    platter_request_set_verify (self->request, gtk_switch_get_active (self->verify_switch));
}

static void
image_page_tell (PlatterImagePage *self, const GError *error)
{
  g_autofree char *text = platter_message_dup_refusal (error);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

/* The dialog has asked whether a file of that name is to be replaced; one that a rescue has begun goes on. */
static void
image_page_set_up (PlatterImagePage *self, PlatterNewImage *image, const char *path)
{
  g_autofree char *map = platter_new_image_dup_map_path (path);

  if (platter_request_is_rescue (self->request))
    platter_new_image_set_in_place (image, map);
  else if (!image_page_is_in_pieces (self) && g_file_test (path, G_FILE_TEST_EXISTS))
    platter_new_image_set_replace (image, TRUE);
}

static void
image_page_take (PlatterImagePage *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterNewImage) image = platter_new_image_new (path, &error);
  g_autofree char *folder = g_path_get_dirname (path);
  gboolean is_split = image != NULL && image_page_is_in_pieces (self);

  if (image != NULL)
    image_page_set_up (self, image, path);
  if (image == NULL || (is_split && !platter_new_image_split (image, PIECE_BYTES, &error))
      || !platter_new_image_check (image, platter_request_get_source (self->request), &error))
    {
      image_page_tell (self, error);
      return;
    }
  platter_request_remove_targets (self->request);
  platter_request_add_target (self->request, image);
  g_free (self->path);
  self->path = g_strdup (path);
  if (self->settings != NULL)
    g_settings_set (self->settings, KEY_FOLDER, "ms", folder);
  image_page_show_place (self);
}

/* The same name means other files. */
static void
image_page_pieces_cb (PlatterImagePage *self)
{
  g_autofree char *path = NULL;

  if (self->request == NULL)
    return;
  if (self->settings != NULL)
    g_settings_set_boolean (self->settings, KEY_PIECES,
                            gtk_switch_get_active (self->pieces_switch));
  if (image_page_get_image (self) == NULL)
    return;
  path = g_strdup (self->path);
  platter_request_remove_targets (self->request);
  image_page_take (self, path);
  image_page_show_place (self);
}

/* GTK has asked whether it is to be replaced, and nothing that was rescued is. */
static gboolean
image_page_would_lose (PlatterImagePage *self, GtkNativeDialog *dialog, const char *path)
{
  return platter_request_is_rescue (self->request)
         && gtk_file_chooser_get_action (GTK_FILE_CHOOSER (dialog)) == GTK_FILE_CHOOSER_ACTION_SAVE
         && g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
image_page_response_cb (GtkNativeDialog *dialog, int response, PlatterImagePage *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  gpointer source = self->request != NULL ? platter_request_get_source (self->request) : NULL;

  /* A drive may go away, and be told of, while somebody looks for a place to save it. */
  if (source == NULL || source != g_object_get_data (G_OBJECT (dialog), SOURCE))
    response = GTK_RESPONSE_CANCEL;
  if (response == GTK_RESPONSE_ACCEPT && path != NULL && image_page_would_lose (self, dialog, path))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                _ ("A rescue replaces no file. Go on with it as an earlier rescue, "
                                   "or give the image another name."));
  else if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    image_page_take (self, path);
  else if (response == GTK_RESPONSE_ACCEPT)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                _ ("An image can only be saved in a folder of this computer."));
  g_object_unref (dialog);
}

/* Where the last one was saved; the first of an image beside that. */
static char *
image_page_dup_folder (PlatterImagePage *self)
{
  gpointer source = platter_request_get_source (self->request);
  g_autofree char *path = NULL;

  if (self->settings != NULL)
    g_settings_get (self->settings, KEY_FOLDER, "ms", &path);
  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&path);
  return PLATTER_IS_IMAGE (source) && g_path_is_absolute (platter_image_get_path (source))
           ? g_path_get_dirname (platter_image_get_path (source))
           : NULL;
}

/* "Samsung-SSD-870-2026-11-28.img.zst" */
static char *
image_page_dup_name_of_drive (PlatterImagePage *self, PlatterDrive *drive)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *when = g_date_time_format (now, "%Y-%m-%d");
  g_autofree char *name = g_strdup (platter_drive_get_display_name (drive));

  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.", '-');
  return g_strdup_printf ("%s-%s%s", name, when, image_page_get_format (self)->ending);
}

/* Whether a file of that name beside the image, or where the new one goes, is what is read. */
static gboolean
image_page_is_read (PlatterImage *image, const char *folder, const char *name)
{
  g_autofree char *own = g_path_get_dirname (platter_image_get_path (image));
  g_autofree char *beside = g_build_filename (own, name, NULL);
  g_autofree char *there = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;

  return platter_image_is_in (image, beside)
         || (there != NULL && platter_image_is_in (image, there));
}

/* "pi.img.zst", made of "pi.wic.xz" */
static char *
image_page_dup_name_of_image (PlatterImagePage *self, PlatterImage *image)
{
  const char *ending = image_page_get_format (self)->ending;
  g_autofree char *folder = image_page_dup_folder (self);
  char *name = platter_image_name_dup (platter_image_get_name (image), ending, 1);

  for (guint i = 2; image_page_is_read (image, folder, name); i++)
    {
      g_free (name);
      name = platter_image_name_dup (platter_image_get_name (image), ending, i);
    }
  return name;
}

static void
image_page_suggest (PlatterImagePage *self, GtkFileChooser *chooser)
{
  gpointer source = platter_request_get_source (self->request);
  g_autofree char *path = image_page_dup_folder (self);
  g_autoptr (GFile) folder = path != NULL ? g_file_new_for_path (path) : NULL;
  g_autofree char *name = PLATTER_IS_IMAGE (source) ? image_page_dup_name_of_image (self, source)
                                                    : image_page_dup_name_of_drive (self, source);

  if (gtk_file_chooser_get_action (chooser) == GTK_FILE_CHOOSER_ACTION_SAVE)
    gtk_file_chooser_set_current_name (chooser, name);
  if (folder != NULL)
    gtk_file_chooser_set_current_folder (chooser, folder, NULL);
}

static void
image_page_ask (PlatterImagePage *self, const char *title, GtkFileChooserAction action)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    title, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), action, _ ("_Choose"), NULL);

  g_object_set_data_full (G_OBJECT (dialog), SOURCE,
                          g_object_ref (platter_request_get_source (self->request)),
                          g_object_unref);
  image_page_suggest (self, GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (image_page_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
image_page_choose_cb (PlatterImagePage *self)
{
  image_page_ask (self, _ ("Save the Image"), GTK_FILE_CHOOSER_ACTION_SAVE);
}

static void
image_page_go_on_cb (PlatterImagePage *self)
{
  image_page_ask (self, _ ("Go On with an Earlier Rescue"), GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void
image_page_add_format (PlatterImagePage *self, const PlatterImageFormat *format)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_check_button_new ();

  if (self->buttons->len > 0)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (button), g_ptr_array_index (self->buttons, 0));
  g_ptr_array_add (self->buttons, button);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 platter_image_format_get_title (format));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), platter_image_format_get_subtitle (format));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  platter_image_format_get_title (format), -1);
  g_signal_connect_object (button, "toggled", G_CALLBACK (image_page_format_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_list_box_append (self->formats_list, row);
}

static void
image_page_next_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.go", "s", "review");
}

static void
image_page_dispose (GObject *object)
{
  PlatterImagePage *self = PLATTER_IMAGE_PAGE (object);

  g_clear_object (&self->request);
  g_clear_object (&self->source);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->buttons, g_ptr_array_unref);
  G_OBJECT_CLASS (platter_image_page_parent_class)->dispose (object);
}

static void
platter_image_page_class_init (PlatterImagePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = image_page_dispose;
  gtk_widget_class_install_action (widget_class, "page.next", NULL, image_page_next_action);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/image-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, rescue_list);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, advice_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, advice_icon);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, rescue_switch);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, go_on_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, formats_list);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, verify_switch);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, pieces_switch);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, pieces_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, place_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, digest_row);
  gtk_widget_class_bind_template_child (widget_class, PlatterImagePage, size_label);
  gtk_widget_class_bind_template_callback (widget_class, image_page_rescue_cb);
  gtk_widget_class_bind_template_callback (widget_class, image_page_go_on_cb);
  gtk_widget_class_bind_template_callback (widget_class, image_page_verify_cb);
  gtk_widget_class_bind_template_callback (widget_class, image_page_pieces_cb);
  gtk_widget_class_bind_template_callback (widget_class, image_page_choose_cb);
}

static void
platter_image_page_init (PlatterImagePage *self)
{
  self->buttons = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < platter_image_format_get_n (); i++)
    image_page_add_format (self, platter_image_format_get_nth (i));
}

void
platter_image_page_set_settings (PlatterImagePage *self, GSettings *settings)
{
  g_return_if_fail (PLATTER_IS_IMAGE_PAGE (self));
  g_set_object (&self->settings, settings);
  if (settings != NULL)
    gtk_switch_set_active (self->pieces_switch, g_settings_get_boolean (settings, KEY_PIECES));
}

static void
image_page_show_digest (PlatterImagePage *self)
{
  gpointer source = platter_request_get_source (self->request);
  const char *digest
    = PLATTER_IS_IMAGE (source) ? platter_image_get_expected_digest (source) : NULL;
  g_autofree char *silence = PLATTER_IS_IMAGE (source) ? platter_image_dup_silence (source) : NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->digest_row), digest != NULL || silence != NULL);
  if (digest == NULL)
    {
      adw_action_row_set_subtitle (self->digest_row, silence);
      return;
    }
  platter_request_set_expected (self->request, platter_image_get_expected_algorithm (source),
                                digest);
  /* Translators: the first is the name of a file, the second a digest in hexadecimal. */
  text = g_strdup_printf (_ ("%s says %s. If the image turns out to be another, no new one is "
                             "made."),
                          platter_image_get_sums_name (source), digest);
  adw_action_row_set_subtitle (self->digest_row, text);
}

/* Of a drive that is not well, a rescue is what nobody regrets; of another one it is chosen anew. The image that was chosen is one
   for the other way. */
static void
image_page_suggest_rescue (PlatterImagePage *self, PlatterDrive *drive, gboolean is_same_request)
{
  gboolean is_failing
    = drive != NULL && platter_drive_get_health (drive)->kind >= PLATTER_HEALTH_BAD_SECTORS;
  gboolean is_rescue = platter_request_is_rescue (self->request);

  if (is_failing == is_rescue || (is_rescue && !is_same_request)
      || platter_request_is_resumed (self->request))
    return;
  platter_request_remove_targets (self->request);
  platter_request_set_rescue (self->request, is_failing);
}

static void
image_page_show_rescue (PlatterImagePage *self)
{
  gpointer source = platter_request_get_source (self->request);
  PlatterDrive *drive = PLATTER_IS_DRIVE (source) ? source : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->rescue_list), drive != NULL);
  platter_advice_row_show (self->advice_row, self->advice_icon, drive);
  self->is_loading = TRUE;
  gtk_switch_set_active (self->rescue_switch, platter_request_is_rescue (self->request));
  self->is_loading = FALSE;
}

/* What goes on goes on as it was begun, and with what it has left in its place. */
static void
image_page_show_resumed (PlatterImagePage *self)
{
  gboolean is_free = !platter_request_is_resumed (self->request);

  gtk_widget_set_sensitive (GTK_WIDGET (self->rescue_list), is_free);
  gtk_widget_set_sensitive (GTK_WIDGET (self->formats_list), is_free);
  gtk_widget_set_sensitive (GTK_WIDGET (self->verify_switch), is_free);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pieces_row), is_free);
  gtk_widget_set_sensitive (GTK_WIDGET (self->place_row), is_free);
}

void
platter_image_page_load (PlatterImagePage *self, PlatterRequest *request)
{
  gpointer source = platter_request_get_source (request);
  gboolean is_same_request = request == self->request;
  gboolean is_same_source = is_same_request && source == self->source;

  g_return_if_fail (PLATTER_IS_IMAGE_PAGE (self));
  g_set_object (&self->request, request);
  g_set_object (&self->source, source);
  if (!is_same_source)
    image_page_suggest_rescue (self, PLATTER_IS_DRIVE (source) ? source : NULL, is_same_request);
  image_page_show_rescue (self);
  image_page_choose_format (self);
  gtk_switch_set_active (self->verify_switch, platter_request_get_verify (request));
  image_page_show_pieces (self);
  image_page_show_resumed (self);
  image_page_show_digest (self);
  image_page_show_place (self);
}
