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

static guint drive_changed_signal;

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

static void
platter_drive_class_init (PlatterDriveClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = drive_finalize;
  drive_changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
platter_drive_init (PlatterDrive *self)
{
  self->volumes = g_list_store_new (PLATTER_TYPE_VOLUME);
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
  g_signal_emit (self, drive_changed_signal, 0);
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
drive_put_volumes (PlatterDrive *self, GPtrArray *volumes)
{
  g_list_store_splice (self->volumes, 0, g_list_model_get_n_items (G_LIST_MODEL (self->volumes)),
                       volumes->pdata, volumes->len);
  for (guint i = 0; i < volumes->len; i++)
    {
      PlatterVolume *volume = g_ptr_array_index (volumes, i);

      g_signal_connect_object (volume, "notify::used-bytes", G_CALLBACK (drive_used_cb), self,
                               G_CONNECT_SWAPPED);
    }
}

/* How full they are changes without a word of UDisks2. */
static void
drive_set_volumes (PlatterDrive *self, GPtrArray *volumes)
{
  if (!drive_has_volumes (self, volumes))
    drive_put_volumes (self, volumes);
  for (guint i = 0; i < volumes->len; i++)
    {
      g_autoptr (PlatterVolume) volume = g_list_model_get_item (G_LIST_MODEL (self->volumes), i);

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
  g_signal_emit (self, drive_changed_signal, 0);
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
