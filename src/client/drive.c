// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One drive, as people know it.

#include "config.h"

#include "drive.h"

#include "../device/guard.h"
#include "drive-private.h"
#include "drive-words.h"

struct _PlatterDrive
{
  GObject parent_instance;
  PlatterDriveFacts *facts;
  GListStore *volumes;
  char *display_name;
  char *title;
  char *subtitle;
  gboolean is_gone;
};

G_DEFINE_FINAL_TYPE (PlatterDrive, platter_drive, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_OBJECT_PATH,
  PROP_DEVICE,
  PROP_NUMBER,
  PROP_DISKSEQ,
  PROP_SIZE_BYTES,
  PROP_VENDOR,
  PROP_MODEL,
  PROP_SERIAL,
  PROP_BUS,
  PROP_PORT,
  PROP_IS_REMOVABLE,
  PROP_IS_LOOP,
  PROP_IS_SYSTEM,
  PROP_IS_READ_ONLY,
  PROP_LOGICAL_BLOCK_BYTES,
  PROP_ICON_NAME,
  PROP_DISPLAY_NAME,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_VOLUMES,
  N_PROPS,
};

static GParamSpec *drive_props[N_PROPS];

static void
drive_finalize (GObject *object)
{
  PlatterDrive *self = PLATTER_DRIVE (object);

  g_clear_pointer (&self->facts, platter_drive_facts_free);
  g_object_unref (self->volumes);
  g_free (self->display_name);
  g_free (self->title);
  g_free (self->subtitle);
  G_OBJECT_CLASS (platter_drive_parent_class)->finalize (object);
}

static gboolean
drive_get_fact (PlatterDrive *self, guint id, GValue *value)
{
  const PlatterDriveFacts *facts = self->facts;

  switch (id)
    {
    case PROP_NUMBER:
      g_value_set_uint64 (value, facts->number);
      return TRUE;
    case PROP_DISKSEQ:
      g_value_set_uint64 (value, facts->diskseq);
      return TRUE;
    case PROP_SIZE_BYTES:
      g_value_set_uint64 (value, facts->size_bytes);
      return TRUE;
    case PROP_IS_REMOVABLE:
      g_value_set_boolean (value, facts->is_removable);
      return TRUE;
    case PROP_IS_LOOP:
      g_value_set_boolean (value, facts->is_loop);
      return TRUE;
    case PROP_IS_SYSTEM:
      g_value_set_boolean (value, facts->is_system);
      return TRUE;
    case PROP_IS_READ_ONLY:
      g_value_set_boolean (value, facts->is_read_only);
      return TRUE;
    case PROP_LOGICAL_BLOCK_BYTES:
      g_value_set_uint (value, facts->logical_block_bytes);
      return TRUE;
    case PROP_VOLUMES:
      g_value_set_object (value, self->volumes);
      return TRUE;
    default:
      return FALSE;
    }
}

static const char *
drive_get_string (PlatterDrive *self, guint id)
{
  switch (id)
    {
    case PROP_OBJECT_PATH:
      return self->facts->object_path;
    case PROP_DEVICE:
      return self->facts->device;
    case PROP_VENDOR:
      return self->facts->vendor;
    case PROP_MODEL:
      return self->facts->model;
    case PROP_SERIAL:
      return self->facts->serial;
    case PROP_BUS:
      return self->facts->bus;
    case PROP_PORT:
      return self->facts->port;
    case PROP_ICON_NAME:
      return platter_drive_get_icon_name (self);
    case PROP_DISPLAY_NAME:
      return self->display_name;
    case PROP_TITLE:
      return self->title;
    case PROP_SUBTITLE:
      return self->subtitle;
    default:
      g_return_val_if_reached (NULL);
    }
}

static void
drive_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterDrive *self = PLATTER_DRIVE (object);

  if (!drive_get_fact (self, id, value))
    g_value_set_string (value, drive_get_string (self, id));
}

static void
drive_install_strings (void)
{
  static const struct
  {
    guint id;
    const char *name;
  } strings[] = {
    { PROP_OBJECT_PATH, "object-path" },
    { PROP_DEVICE, "device" },
    { PROP_VENDOR, "vendor" },
    { PROP_MODEL, "model" },
    { PROP_SERIAL, "serial" },
    { PROP_BUS, "bus" },
    { PROP_PORT, "port" },
    { PROP_ICON_NAME, "icon-name" },
    { PROP_DISPLAY_NAME, "display-name" },
    { PROP_TITLE, "title" },
    { PROP_SUBTITLE, "subtitle" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    drive_props[strings[i].id]
      = g_param_spec_string (strings[i].name, NULL, NULL, NULL,
                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
}

static void
platter_drive_class_init (PlatterDriveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = drive_finalize;
  object_class->get_property = drive_get_property;

  drive_install_strings ();
  drive_props[PROP_NUMBER] = g_param_spec_uint64 ("number", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  drive_props[PROP_DISKSEQ] = g_param_spec_uint64 ("diskseq", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  drive_props[PROP_SIZE_BYTES]
    = g_param_spec_uint64 ("size-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  drive_props[PROP_IS_REMOVABLE] = g_param_spec_boolean ("is-removable", NULL, NULL, FALSE, flags);
  drive_props[PROP_IS_LOOP] = g_param_spec_boolean ("is-loop", NULL, NULL, FALSE, flags);
  drive_props[PROP_IS_SYSTEM] = g_param_spec_boolean ("is-system", NULL, NULL, FALSE, flags);
  drive_props[PROP_IS_READ_ONLY] = g_param_spec_boolean ("is-read-only", NULL, NULL, FALSE, flags);
  drive_props[PROP_LOGICAL_BLOCK_BYTES]
    = g_param_spec_uint ("logical-block-bytes", NULL, NULL, 0, G_MAXUINT, 0, flags);
  drive_props[PROP_VOLUMES] = g_param_spec_object ("volumes", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, drive_props);
}

static void
platter_drive_init (PlatterDrive *self)
{
  self->volumes = g_list_store_new (PLATTER_TYPE_VOLUME);
}

static void
drive_notify_all (PlatterDrive *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint id = PROP_0 + 1; id < N_PROPS; id++)
    g_object_notify_by_pspec (G_OBJECT (self), drive_props[id]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
drive_update_subtitle (PlatterDrive *self)
{
  g_free (self->subtitle);
  self->subtitle = platter_drive_words_dup_subtitle (self->facts, G_LIST_MODEL (self->volumes));
}

static void
drive_used_cb (PlatterDrive *self, GParamSpec *pspec, PlatterVolume *volume)
{
  drive_update_subtitle (self);
  g_object_notify_by_pspec (G_OBJECT (self), drive_props[PROP_SUBTITLE]);
}

static gboolean
drive_has_volumes (PlatterDrive *self, GPtrArray *volumes)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->volumes)) != volumes->len)
    return FALSE;
  for (guint i = 0; i < volumes->len; i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (G_LIST_MODEL (self->volumes), i);

      if (!platter_volume_equal (volume, g_ptr_array_index (volumes, i)))
        return FALSE;
    }
  return TRUE;
}

static void
drive_set_volumes (PlatterDrive *self, GPtrArray *volumes)
{
  if (drive_has_volumes (self, volumes))
    return;
  g_list_store_splice (self->volumes, 0, g_list_model_get_n_items (G_LIST_MODEL (self->volumes)),
                       volumes->pdata, volumes->len);
  for (guint i = 0; i < volumes->len; i++)
    {
      PlatterVolume *volume = g_ptr_array_index (volumes, i);

      g_signal_connect_object (volume, "notify::used-bytes", G_CALLBACK (drive_used_cb), self,
                               G_CONNECT_SWAPPED);
      platter_volume_load_used (volume);
    }
}

void
platter_drive_take_facts (PlatterDrive *self, PlatterDriveFacts *facts)
{
  g_clear_pointer (&self->facts, platter_drive_facts_free);
  self->facts = facts;
  drive_set_volumes (self, facts->volumes);

  g_free (self->display_name);
  self->display_name = platter_drive_words_dup_name (facts);
  g_free (self->title);
  self->title = platter_drive_words_dup_title (facts);
  drive_update_subtitle (self);
  drive_notify_all (self);
}

PlatterDrive *
platter_drive_new (PlatterDriveFacts *facts)
{
  PlatterDrive *self = g_object_new (PLATTER_TYPE_DRIVE, NULL);

  platter_drive_take_facts (self, facts);
  return self;
}

const char *
platter_drive_get_object_path (PlatterDrive *self)
{
  return self->facts->object_path;
}

const char *
platter_drive_get_device (PlatterDrive *self)
{
  return self->facts->device;
}

guint64
platter_drive_get_number (PlatterDrive *self)
{
  return self->facts->number;
}

guint64
platter_drive_get_diskseq (PlatterDrive *self)
{
  return self->facts->diskseq;
}

guint64
platter_drive_get_size_bytes (PlatterDrive *self)
{
  return self->facts->size_bytes;
}

const char *
platter_drive_get_vendor (PlatterDrive *self)
{
  return self->facts->vendor;
}

const char *
platter_drive_get_model (PlatterDrive *self)
{
  return self->facts->model;
}

const char *
platter_drive_get_serial (PlatterDrive *self)
{
  return self->facts->serial;
}

const char *
platter_drive_get_bus (PlatterDrive *self)
{
  return self->facts->bus;
}

const char *
platter_drive_get_port (PlatterDrive *self)
{
  return self->facts->port;
}

gboolean
platter_drive_is_removable (PlatterDrive *self)
{
  return self->facts->is_removable;
}

gboolean
platter_drive_is_loop (PlatterDrive *self)
{
  return self->facts->is_loop;
}

gboolean
platter_drive_is_system (PlatterDrive *self)
{
  return self->facts->is_system;
}

gboolean
platter_drive_is_read_only (PlatterDrive *self)
{
  return self->facts->is_read_only;
}

guint
platter_drive_get_logical_block_bytes (PlatterDrive *self)
{
  return self->facts->logical_block_bytes;
}

const char *
platter_drive_get_display_name (PlatterDrive *self)
{
  return self->display_name;
}

const char *
platter_drive_get_title (PlatterDrive *self)
{
  return self->title;
}

char *
platter_drive_dup_place (PlatterDrive *self)
{
  return platter_drive_words_dup_place (self->facts);
}

const char *
platter_drive_get_subtitle (PlatterDrive *self)
{
  return self->subtitle;
}

const PlatterDriveHealth *
platter_drive_get_health (PlatterDrive *self)
{
  return &self->facts->health;
}

const char *
platter_drive_get_table (PlatterDrive *self)
{
  return self->facts->table;
}

const char *
platter_drive_get_backing_file (PlatterDrive *self)
{
  return self->facts->backing_file;
}

const char *
platter_drive_get_icon_name (PlatterDrive *self)
{
  return platter_drive_words_get_icon_name (self->facts);
}

GListModel *
platter_drive_get_volumes (PlatterDrive *self)
{
  return G_LIST_MODEL (self->volumes);
}

gboolean
platter_drive_is_content_known (PlatterDrive *self)
{
  return platter_drive_facts_is_content_known (self->facts);
}

GVariant *
platter_drive_dup_identity (PlatterDrive *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "number", g_variant_new_uint64 (self->facts->number));
  g_variant_builder_add (&builder, "{sv}", "diskseq", g_variant_new_uint64 (self->facts->diskseq));
  g_variant_builder_add (&builder, "{sv}", "size", g_variant_new_uint64 (self->facts->size_bytes));
  g_variant_builder_add (&builder, "{sv}", "serial", g_variant_new_string (self->facts->serial));
  if (self->facts->object_path != NULL)
    g_variant_builder_add (&builder, "{sv}", "object",
                           g_variant_new_object_path (self->facts->object_path));
  return g_variant_builder_end (&builder);
}

gboolean
platter_drive_is_gone (PlatterDrive *self)
{
  return self->is_gone;
}

void
platter_drive_set_gone (PlatterDrive *self)
{
  self->is_gone = TRUE;
}

static gboolean
drive_is_told (GVariant *identity, const char *key, guint64 value)
{
  guint64 told = 0;

  return g_variant_lookup (identity, key, "t", &told) && told == value;
}

gboolean
platter_drive_has_identity (PlatterDrive *self, GVariant *identity)
{
  const char *serial = NULL;

  return !self->is_gone && drive_is_told (identity, "number", self->facts->number)
         && drive_is_told (identity, "diskseq", self->facts->diskseq)
         && drive_is_told (identity, "size", self->facts->size_bytes)
         && g_variant_lookup (identity, "serial", "&s", &serial)
         && g_str_equal (serial, self->facts->serial);
}
