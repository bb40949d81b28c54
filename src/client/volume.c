// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One partition or file system, on a drive or inside an image file.

#include "config.h"

#include "volume.h"

#include <glib/gi18n-lib.h>

#include "../engine/printable.h"

struct _PlatterVolume
{
  GObject parent_instance;
  char *device;
  char *label;
  char *fs_type;
  GStrv mount_points;
  gboolean is_asking; /* its file system, which may not answer */
  guint64 offset_bytes;
  guint64 size_bytes;
  guint64 used_bytes;
};

G_DEFINE_FINAL_TYPE (PlatterVolume, platter_volume, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_LABEL,
  PROP_FS_TYPE,
  PROP_TITLE,
  PROP_OFFSET_BYTES,
  PROP_SIZE_BYTES,
  PROP_USED_BYTES,
  PROP_IS_MOUNTED,
  N_PROPS,
};

static GParamSpec *volume_props[N_PROPS];

static void
volume_finalize (GObject *object)
{
  PlatterVolume *self = PLATTER_VOLUME (object);

  g_free (self->device);
  g_free (self->label);
  g_free (self->fs_type);
  g_strfreev (self->mount_points);
  G_OBJECT_CLASS (platter_volume_parent_class)->finalize (object);
}

static void
volume_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterVolume *self = PLATTER_VOLUME (object);

  switch (id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_FS_TYPE:
      g_value_set_string (value, self->fs_type);
      break;
    case PROP_TITLE:
      g_value_take_string (value, platter_volume_dup_title (self));
      break;
    case PROP_OFFSET_BYTES:
      g_value_set_uint64 (value, self->offset_bytes);
      break;
    case PROP_SIZE_BYTES:
      g_value_set_uint64 (value, self->size_bytes);
      break;
    case PROP_USED_BYTES:
      g_value_set_uint64 (value, self->used_bytes);
      break;
    case PROP_IS_MOUNTED:
      g_value_set_boolean (value, platter_volume_is_mounted (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
platter_volume_class_init (PlatterVolumeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = volume_finalize;
  object_class->get_property = volume_get_property;

  volume_props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, "", flags);
  volume_props[PROP_FS_TYPE] = g_param_spec_string ("fs-type", NULL, NULL, "", flags);
  volume_props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  volume_props[PROP_OFFSET_BYTES]
    = g_param_spec_uint64 ("offset-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  volume_props[PROP_SIZE_BYTES]
    = g_param_spec_uint64 ("size-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  volume_props[PROP_USED_BYTES]
    = g_param_spec_uint64 ("used-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  volume_props[PROP_IS_MOUNTED] = g_param_spec_boolean ("is-mounted", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, volume_props);
}

static void
platter_volume_init (PlatterVolume *self)
{
  self->mount_points = g_new0 (char *, 1);
}

static void
volume_query_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterVolume) self = user_data;
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info_finish (G_FILE (source), result, NULL);
  guint64 used_bytes = 0;

  self->is_asking = FALSE;
  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_USED))
    return;
  used_bytes = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_USED);
  if (self->used_bytes == used_bytes)
    return;
  self->used_bytes = used_bytes;
  g_object_notify_by_pspec (G_OBJECT (self), volume_props[PROP_USED_BYTES]);
  g_object_notify_by_pspec (G_OBJECT (self), volume_props[PROP_TITLE]);
}

PlatterVolume *
platter_volume_new (const char *device,
                    guint64 offset_bytes,
                    guint64 size_bytes,
                    const char *label,
                    const char *fs_type,
                    const char *const *mount_points)
{
  PlatterVolume *self = g_object_new (PLATTER_TYPE_VOLUME, NULL);

  self->device = g_strdup (device);
  self->label = platter_printable_dup (label, -1);
  self->fs_type = platter_printable_dup (fs_type, -1);
  self->offset_bytes = offset_bytes;
  self->size_bytes = size_bytes;
  if (mount_points != NULL)
    {
      g_strfreev (self->mount_points);
      self->mount_points = g_strdupv ((char **)mount_points);
    }
  return self;
}

void
platter_volume_load_used (PlatterVolume *self)
{
  g_autoptr (GFile) folder = NULL;

  if (!platter_volume_is_mounted (self) || self->is_asking)
    return;
  self->is_asking = TRUE;
  folder = g_file_new_for_path (self->mount_points[0]);
  g_file_query_filesystem_info_async (folder, G_FILE_ATTRIBUTE_FILESYSTEM_USED, G_PRIORITY_DEFAULT,
                                      NULL, volume_query_cb, g_object_ref (self));
}

const char *
platter_volume_get_device (PlatterVolume *self)
{
  return self->device;
}

const char *
platter_volume_get_label (PlatterVolume *self)
{
  return self->label;
}

const char *
platter_volume_get_fs_type (PlatterVolume *self)
{
  return self->fs_type;
}

guint64
platter_volume_get_offset_bytes (PlatterVolume *self)
{
  return self->offset_bytes;
}

guint64
platter_volume_get_size_bytes (PlatterVolume *self)
{
  return self->size_bytes;
}

guint64
platter_volume_get_used_bytes (PlatterVolume *self)
{
  return self->used_bytes;
}

const char *const *
platter_volume_get_mount_points (PlatterVolume *self)
{
  return (const char *const *)self->mount_points;
}

char *
platter_volume_dup_mount_words (PlatterVolume *self, const char *separator)
{
  g_autofree char *points = g_strjoinv (separator, self->mount_points);

  return platter_printable_dup (points, -1);
}

gboolean
platter_volume_is_mounted (PlatterVolume *self)
{
  return self->mount_points[0] != NULL;
}

static char *
volume_dup_name (PlatterVolume *self)
{
  const char *fs_type = self->fs_type[0] != '\0' ? self->fs_type : _ ("unknown content");

  if (self->label[0] == '\0')
    return g_strdup (fs_type);
  /* Translators: a volume's label and its kind of file system: “Backup” ext4 */
  return g_strdup_printf (_ ("“%s” %s"), self->label, fs_type);
}

char *
platter_volume_dup_title (PlatterVolume *self)
{
  g_autofree char *name = volume_dup_name (self);
  guint64 bytes = self->used_bytes > 0 ? self->used_bytes : self->size_bytes;
  g_autofree char *size = g_format_size (bytes);

  if (self->used_bytes > 0)
    /* Translators: a volume and how much of it is in use: “Backup” ext4, 640 GB used */
    return g_strdup_printf (_ ("%s, %s used"), name, size);
  /* Translators: a volume and its size: “Backup” ext4, 640 GB */
  return g_strdup_printf (_ ("%s, %s"), name, size);
}

gboolean
platter_volume_equal (PlatterVolume *self, PlatterVolume *other)
{
  return g_strcmp0 (self->device, other->device) == 0 && self->offset_bytes == other->offset_bytes
         && self->size_bytes == other->size_bytes && g_str_equal (self->label, other->label)
         && g_str_equal (self->fs_type, other->fs_type)
         && g_strv_equal ((const char *const *)self->mount_points,
                          (const char *const *)other->mount_points);
}
