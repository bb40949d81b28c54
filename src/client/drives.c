// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The drives of this machine as a list that keeps itself up to date.

#include "config.h"

#include "drives.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <udisks/udisks.h>

#include "../device/errors.h"
#include "drive-private.h"
#include "drive-udisks.h"

struct _PlatterDrives
{
  GObject parent_instance;
  GListStore *shown;
  GHashTable *all; /* (element-type utf8 PlatterDrive): by UDisks2 object path */
  UDisksClient *client;
  char *error_message;
  gboolean show_all;
  gboolean is_bus_lost;
};

static void drives_list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PlatterDrives,
                               platter_drives,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, drives_list_model_init))

enum
{
  PROP_0,
  PROP_SHOW_ALL,
  PROP_IS_AVAILABLE,
  PROP_ERROR_MESSAGE,
  N_PROPS,
};

static GParamSpec *drives_props[N_PROPS];

enum
{
  SIGNAL_REFRESHED,
  N_SIGNALS,
};

static guint drives_signals[N_SIGNALS];

static int
drives_get_rank (PlatterDrive *drive)
{
  if (platter_drive_is_loop (drive))
    return 2;
  return platter_drive_is_removable (drive) ? 0 : 1;
}

static int
drives_compare (gconstpointer a, gconstpointer b)
{
  PlatterDrive *first = *(PlatterDrive *const *)a;
  PlatterDrive *second = *(PlatterDrive *const *)b;
  const char *first_device = platter_drive_get_device (first);
  const char *second_device = platter_drive_get_device (second);
  int difference = drives_get_rank (first) - drives_get_rank (second);

  /* The shorter name first: sdz before sdaa, loop2 before loop10. */
  if (difference == 0)
    difference = (int)strlen (first_device) - (int)strlen (second_device);
  return difference != 0 ? difference : strcmp (first_device, second_device);
}

static GPtrArray *
drives_dup_to_show (PlatterDrives *self)
{
  GPtrArray *drives = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer drive = NULL;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &drive))
    if (self->show_all || (!platter_drive_is_loop (drive) && !platter_drive_is_system (drive)))
      g_ptr_array_add (drives, drive);
  g_ptr_array_sort (drives, drives_compare);
  return drives;
}

/* Items that stay are not touched, so that what is selected stays selected. */
static void
drives_update_shown (PlatterDrives *self)
{
  GListModel *model = G_LIST_MODEL (self->shown);
  g_autoptr (GPtrArray) drives = drives_dup_to_show (self);

  for (guint i = g_list_model_get_n_items (model); i > 0; i--)
    {
      g_autoptr (PlatterDrive) drive = g_list_model_get_item (model, i - 1);

      if (!g_ptr_array_find (drives, drive, NULL))
        g_list_store_remove (self->shown, i - 1);
    }
  for (guint i = 0; i < drives->len; i++)
    {
      PlatterDrive *drive = g_ptr_array_index (drives, i);
      g_autoptr (PlatterDrive) here = g_list_model_get_item (model, i);
      guint elsewhere = 0;

      if (here == drive)
        continue;
      if (g_list_store_find (self->shown, drive, &elsewhere))
        g_list_store_remove (self->shown, elsewhere);
      g_list_store_insert (self->shown, i, drive);
    }
}

static void
drives_put (PlatterDrives *self, const char *object_path, PlatterDriveFacts *facts)
{
  PlatterDrive *drive = g_hash_table_lookup (self->all, object_path);

  if (drive != NULL)
    platter_drive_take_facts (drive, facts);
  else
    g_hash_table_insert (self->all, g_strdup (object_path), platter_drive_new (facts));
}

static void
drives_add_object (PlatterDrives *self,
                   PlatterDeviceView *view,
                   UDisksObject *object,
                   GHashTable *seen)
{
  const char *path = g_dbus_object_get_object_path (G_DBUS_OBJECT (object));
  UDisksBlock *block = udisks_object_peek_block (object);
  PlatterDriveFacts *facts = NULL;

  if (!platter_drive_udisks_is_drive (self->client, object))
    return;
  /* It may just have gone away; UDisks2 will say so as well. */
  facts = platter_drive_facts_new (view, udisks_block_get_device_number (block), NULL);
  if (facts == NULL)
    return;
  platter_drive_udisks_add (facts, self->client, object);
  g_hash_table_add (seen, g_strdup (path));
  drives_put (self, path, facts);
}

static void
drives_forget_others (PlatterDrives *self, GHashTable *seen)
{
  GHashTableIter iter;
  gpointer path = NULL;
  gpointer drive = NULL;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, &path, &drive))
    if (!g_hash_table_contains (seen, path))
      {
        platter_drive_set_gone (drive);
        g_hash_table_iter_remove (&iter);
      }
}

static void
drives_set_error (PlatterDrives *self, const char *message)
{
  if (g_strcmp0 (self->error_message, message) == 0)
    return;
  g_free (self->error_message);
  self->error_message = g_strdup (message);
  g_object_notify_by_pspec (G_OBJECT (self), drives_props[PROP_ERROR_MESSAGE]);
  g_object_notify_by_pspec (G_OBJECT (self), drives_props[PROP_IS_AVAILABLE]);
}

static void
drives_refresh (PlatterDrives *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterDeviceView) view = platter_device_view_new (NULL, &error);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GDBusObjectManager *manager = udisks_client_get_object_manager (self->client);
  g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (manager);

  if (self->is_bus_lost)
    drives_set_error (self, _ ("Drives cannot be listed because the system bus went away. Close "
                               "Platter and open it again."));
  else if (udisks_client_get_manager (self->client) == NULL)
    drives_set_error (self, _ ("Drives cannot be listed because UDisks2 does not run. Install and "
                               "start the package udisks2."));
  else
    drives_set_error (self, view == NULL ? error->message : NULL);
  /* What a bus told that is gone is true of none of them any more. */
  for (GList *item = objects; item != NULL && view != NULL && !self->is_bus_lost; item = item->next)
    drives_add_object (self, view, UDISKS_OBJECT (item->data), seen);
  drives_forget_others (self, seen);
  drives_update_shown (self);
  g_signal_emit (self, drives_signals[SIGNAL_REFRESHED], 0);
}

static void
drives_closed_cb (PlatterDrives *self)
{
  self->is_bus_lost = TRUE;
  drives_refresh (self);
}

static void
drives_dispose (GObject *object)
{
  PlatterDrives *self = PLATTER_DRIVES (object);

  g_clear_object (&self->client);
  g_hash_table_remove_all (self->all);
  G_OBJECT_CLASS (platter_drives_parent_class)->dispose (object);
}

static void
drives_finalize (GObject *object)
{
  PlatterDrives *self = PLATTER_DRIVES (object);

  g_object_unref (self->shown);
  g_hash_table_unref (self->all);
  g_free (self->error_message);
  G_OBJECT_CLASS (platter_drives_parent_class)->finalize (object);
}

static void
drives_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterDrives *self = PLATTER_DRIVES (object);

  switch (id)
    {
    case PROP_SHOW_ALL:
      g_value_set_boolean (value, self->show_all);
      break;
    case PROP_IS_AVAILABLE:
      g_value_set_boolean (value, platter_drives_is_available (self));
      break;
    case PROP_ERROR_MESSAGE:
      g_value_set_string (value, self->error_message);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
drives_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SHOW_ALL)
    platter_drives_set_show_all (PLATTER_DRIVES (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
platter_drives_class_init (PlatterDrivesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = drives_dispose;
  object_class->finalize = drives_finalize;
  object_class->get_property = drives_get_property;
  object_class->set_property = drives_set_property;

  drives_props[PROP_SHOW_ALL]
    = g_param_spec_boolean ("show-all", NULL, NULL, FALSE, flags | G_PARAM_WRITABLE);
  drives_props[PROP_IS_AVAILABLE] = g_param_spec_boolean ("is-available", NULL, NULL, FALSE, flags);
  drives_props[PROP_ERROR_MESSAGE] = g_param_spec_string ("error-message", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, drives_props);
  drives_signals[SIGNAL_REFRESHED] = g_signal_new (
    "refreshed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
platter_drives_init (PlatterDrives *self)
{
  self->shown = g_list_store_new (PLATTER_TYPE_DRIVE);
  self->all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_signal_connect_object (self->shown, "items-changed", G_CALLBACK (g_list_model_items_changed),
                           self, G_CONNECT_SWAPPED);
}

static GType
drives_get_item_type (GListModel *model)
{
  return PLATTER_TYPE_DRIVE;
}

static guint
drives_get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (PLATTER_DRIVES (model)->shown));
}

static gpointer
drives_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (PLATTER_DRIVES (model)->shown), position);
}

static void
drives_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = drives_get_item_type;
  interface->get_n_items = drives_get_n_items;
  interface->get_item = drives_get_item;
}

PlatterDrives *
platter_drives_new (void)
{
  return g_object_new (PLATTER_TYPE_DRIVES, NULL);
}

static GDBusConnection *
drives_get_connection (PlatterDrives *self)
{
  return g_dbus_object_manager_client_get_connection (
    G_DBUS_OBJECT_MANAGER_CLIENT (udisks_client_get_object_manager (self->client)));
}

static void
drives_client_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PlatterDrives *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  self->client = udisks_client_new_finish (result, &error);
  if (self->client == NULL)
    {
      drives_set_error (self, _ ("Drives cannot be listed because there is no system bus with "
                                 "UDisks2. Install and start the packages dbus and udisks2."));
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_signal_connect_object (self->client, "changed", G_CALLBACK (drives_refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (drives_get_connection (self), "closed", G_CALLBACK (drives_closed_cb),
                           self, G_CONNECT_SWAPPED);
  drives_refresh (self);
  if (platter_drives_is_available (self))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s", self->error_message);
}

void
platter_drives_load_async (PlatterDrives *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  udisks_client_new (cancellable, drives_client_cb, task);
}

gboolean
platter_drives_load_finish (PlatterDrives *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
platter_drives_refresh (PlatterDrives *self)
{
  g_return_if_fail (PLATTER_IS_DRIVES (self));
  if (self->client != NULL)
    drives_refresh (self);
}

gboolean
platter_drives_get_show_all (PlatterDrives *self)
{
  return self->show_all;
}

void
platter_drives_set_show_all (PlatterDrives *self, gboolean show_all)
{
  if (self->show_all == !!show_all)
    return;
  self->show_all = !!show_all;
  drives_update_shown (self);
  g_object_notify_by_pspec (G_OBJECT (self), drives_props[PROP_SHOW_ALL]);
}

gboolean
platter_drives_is_available (PlatterDrives *self)
{
  return self->client != NULL && self->error_message == NULL;
}

const char *
platter_drives_get_error_message (PlatterDrives *self)
{
  return self->error_message;
}

PlatterDrive *
platter_drives_find_object (PlatterDrives *self, const char *object_path)
{
  PlatterDrive *drive = g_hash_table_lookup (self->all, object_path);

  return drive != NULL ? g_object_ref (drive) : NULL;
}

static PlatterDrive *
drives_find_number (PlatterDrives *self, guint64 number)
{
  GHashTableIter iter;
  gpointer drive = NULL;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &drive))
    if (platter_drive_get_number (drive) == number)
      return g_object_ref (drive);
  return NULL;
}

/* Among those that are known; what UDisks2 does not know is looked at. */
static PlatterDrive *
drives_find (PlatterDrives *self, const char *name, GError **error)
{
  g_autoptr (PlatterDeviceView) view = NULL;
  PlatterDrive *drive = platter_drives_find_object (self, name);
  PlatterDriveFacts *facts = NULL;
  dev_t number = 0;

  if (drive != NULL)
    return drive;

  number = platter_sysfs_find_node (&platter_device_roots_real, name);
  if (number == 0)
    {
      g_set_error (
        error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_NO_SUCH_DRIVE,
        _ ("There is no drive %s. “platterctl list --all” shows the drives of this machine."),
        name);
      return NULL;
    }
  drive = drives_find_number (self, number);
  if (drive != NULL)
    return drive;
  view = platter_device_view_new (NULL, error);
  facts = view != NULL ? platter_drive_facts_new (view, number, error) : NULL;
  return facts != NULL ? platter_drive_new (facts) : NULL;
}

PlatterDrive *
platter_drives_lookup (PlatterDrives *self, const char *name, GError **error)
{
  /* What UDisks2 told may be older than this question. */
  platter_drives_refresh (self);
  return drives_find (self, name, error);
}

static void
drives_add_end (PlatterDrives *self, GPtrArray *ends, const char *device)
{
  PlatterDrive *drive = device[0] != '\0' ? drives_find (self, device, NULL) : NULL;

  if (drive != NULL)
    g_ptr_array_add (ends, drive);
}

GPtrArray *
platter_drives_dup_ends (PlatterDrives *self, PlatterJob *job)
{
  GPtrArray *ends = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *targets = platter_job_get_targets (job);

  g_return_val_if_fail (PLATTER_IS_DRIVES (self), ends);

  platter_drives_refresh (self);
  drives_add_end (self, ends, platter_job_get_source_device (job));
  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      drives_add_end (self, ends, platter_job_target_get_device (target));
    }
  return ends;
}

/* @end: (nullable): what the details of a job say of it */
static PlatterDrive *
drives_find_same (PlatterDrives *self, GVariant *end, const char *device)
{
  g_autoptr (PlatterDrive) drive
    = end != NULL && device[0] != '\0' ? platter_drives_lookup (self, device, NULL) : NULL;

  if (drive == NULL || !platter_drive_has_identity (drive, end))
    return NULL;
  return g_steal_pointer (&drive);
}

PlatterDrive *
platter_drives_find_source (PlatterDrives *self, PlatterJob *job)
{
  g_autoptr (GVariant) source
    = g_variant_lookup_value (platter_job_get_details (job), "source", G_VARIANT_TYPE_VARDICT);

  g_return_val_if_fail (PLATTER_IS_DRIVES (self), NULL);
  return drives_find_same (self, source, platter_job_get_source_device (job));
}

PlatterDrive *
platter_drives_find_target (PlatterDrives *self, PlatterJob *job, guint index)
{
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (platter_job_get_details (job), "targets", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (PlatterJobTarget) target
    = g_list_model_get_item (platter_job_get_targets (job), index);
  g_autoptr (GVariant) end = NULL;

  g_return_val_if_fail (PLATTER_IS_DRIVES (self), NULL);
  if (targets == NULL || target == NULL || index >= g_variant_n_children (targets))
    return NULL;
  end = g_variant_get_child_value (targets, index);
  return drives_find_same (self, end, platter_job_target_get_device (target));
}
