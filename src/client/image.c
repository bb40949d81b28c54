// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image file, opened for reading by the user, with the user's rights.

#include "config.h"

#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk-server.h"
#include "formats/content.h"
#include "formats/packed-size.h"
#include "image-archive.h"
#include "image-kind.h"
#include "image-private.h"
#include "image-remote.h"
#include "looker.h"
#include "shown.h"
#include "volume.h"

G_DEFINE_FINAL_TYPE (PlatterImage, platter_image, G_TYPE_OBJECT)
G_DEFINE_QUARK (platter - image - error - quark, platter_image_error)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_PATH,
  PROP_TITLE,
  PROP_KIND,
  PROP_EXPECTED_DIGEST,
  PROP_EXPECTED_ALGORITHM,
  PROP_SUMS_NAME,
  PROP_SIZE_BYTES,
  PROP_PARTITIONS,
  N_PROPS,
};

static GParamSpec *image_props[N_PROPS];

static void
image_finalize (GObject *object)
{
  PlatterImage *self = PLATTER_IMAGE (object);

  if (self->fd >= 0)
    close (self->fd);
  g_object_unref (self->partitions);
  g_free (self->path);
  g_free (self->name);
  g_free (self->kind);
  g_free (self->packing);
  platter_archive_choice_free (self->choice);
  platter_nbd_address_free (self->server);
  platter_image_pieces_free (self->pieces);
  g_clear_object (&self->remote);
  g_free (self->data_path);
  platter_sums_clear (&self->sums);
  platter_bmap_free (self->bmap);
  g_clear_error (&self->bmap_fault);
  G_OBJECT_CLASS (platter_image_parent_class)->finalize (object);
}

static void
image_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterImage *self = PLATTER_IMAGE (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_TITLE:
      g_value_take_string (value, platter_image_dup_title (self));
      break;
    case PROP_KIND:
      g_value_set_string (value, self->kind);
      break;
    case PROP_EXPECTED_DIGEST:
      g_value_set_string (value, self->sums.digest);
      break;
    case PROP_EXPECTED_ALGORITHM:
      g_value_set_string (value, self->sums.algorithm);
      break;
    case PROP_SUMS_NAME:
      g_value_set_string (value, self->sums.name);
      break;
    case PROP_SIZE_BYTES:
      g_value_set_uint64 (value, platter_image_get_size_bytes (self));
      break;
    case PROP_PARTITIONS:
      g_value_set_object (value, self->partitions);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
platter_image_class_init (PlatterImageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = image_finalize;
  object_class->get_property = image_get_property;

  image_props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  image_props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  image_props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  image_props[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, NULL, flags);
  image_props[PROP_EXPECTED_DIGEST]
    = g_param_spec_string ("expected-digest", NULL, NULL, NULL, flags);
  image_props[PROP_EXPECTED_ALGORITHM]
    = g_param_spec_string ("expected-algorithm", NULL, NULL, NULL, flags);
  image_props[PROP_SUMS_NAME] = g_param_spec_string ("sums-name", NULL, NULL, NULL, flags);
  image_props[PROP_SIZE_BYTES]
    = g_param_spec_uint64 ("size-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  image_props[PROP_PARTITIONS]
    = g_param_spec_object ("partitions", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, image_props);
}

static void
platter_image_init (PlatterImage *self)
{
  self->fd = -1;
  self->partitions = g_list_store_new (PLATTER_TYPE_VOLUME);
}

static gboolean
image_check_file (PlatterImage *self, GError **error)
{
  struct stat info;

  if (fstat (self->fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_NOT_A_FILE,
                   S_ISDIR (info.st_mode)
                     ? _ ("%s is a folder, not an image file.")
                     : _ ("%s is not a regular file, so it cannot be used as an image."),
                   self->name);
      return FALSE;
    }
  if (info.st_size == 0)
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EMPTY,
                   _ ("%s is empty: there is nothing to write."), self->name);
      return FALSE;
    }
  self->size_bytes = (guint64)info.st_size;
  /* Nobody reads a regular file without waiting; io_uring would take the flag at its word. */
  fcntl (self->fd, F_SETFL, 0);
  return TRUE;
}

static gboolean
image_open_fd (PlatterImage *self, GError **error)
{
  /* O_NONBLOCK: opening a FIFO must not wait for somebody who writes to it. */
  self->fd = open (self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (self->fd < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("%s cannot be opened: %s."),
                   self->name, g_strerror (code));
      return FALSE;
    }
  return image_check_file (self, error);
}

static gboolean
image_find_disk (PlatterImage *self, const guint8 *head, gsize length, GError **error)
{
  if (!platter_virtual_disk_find (self->fd, head, length, self->size_bytes, self->name, &self->disk,
                                  error))
    return FALSE;
  if (self->disk != NULL)
    /* Translators: "qcow2", "VMDK" */
    self->kind = g_strdup_printf (_ ("%s disk of a virtual machine"), self->disk->name);
  return TRUE;
}

static gboolean
image_is_dmg (PlatterImage *self)
{
  guint8 end[PLATTER_CONTENT_END_BYTES];
  off_t size_bytes = lseek (self->fd, 0, SEEK_END);

  return size_bytes > (off_t)sizeof end
         && pread (self->fd, end, sizeof end, size_bytes - (off_t)sizeof end) == (gssize)sizeof end
         && platter_content_is_dmg (end);
}

static gboolean
image_find_kind (PlatterImage *self, GError **error)
{
  g_autofree guint8 *head = g_malloc0 (PLATTER_IMAGE_KIND_BYTES);
  gsize length = 0;
  gssize got = 1;
  PlatterDiscKind disc = PLATTER_DISC_RAW;

  while (length < PLATTER_IMAGE_KIND_BYTES && got != 0)
    {
      got = pread (self->fd, head + length, PLATTER_IMAGE_KIND_BYTES - length, (off_t)length);
      if (got < 0 && errno != EINTR)
        {
          int code = errno;

          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                       _ ("%s cannot be read: %s."), self->name, g_strerror (code));
          return FALSE;
        }
      length += got > 0 ? (gsize)got : 0;
    }
  if (image_is_dmg (self))
    {
      self->format = PLATTER_FORMAT_DMG;
      self->kind = g_strdup (_ ("Apple disk image"));
      return TRUE;
    }
  if (platter_image_find_disc (self, head, length, &disc))
    return platter_image_open_disc (self, disc, error);
  if ((!platter_content_is_iso (head, length) && !image_find_disk (self, head, length, error)))
    return FALSE;
  if (self->kind == NULL)
    {
      self->kind
        = g_strdup (platter_image_kind_find (head, length, self->name, &self->format, error));
      if (self->kind != NULL && self->format == PLATTER_FORMAT_NONE
          && !platter_image_kind_check_end (head, length, self->name, error))
        return FALSE;
    }
  return self->kind != NULL;
}

/* Of what is packed only as much as it records of itself. */
static gboolean
image_look_at_file (PlatterImage *self, GError **error)
{
  g_autoptr (PlatterLooked) looked
    = platter_looker_look_at_file (self->fd, self->name, self->format, error);

  if (looked == NULL
      || (looked->choice != NULL
          && !platter_image_archive_check (looked->choice, self->name, error)))
    return FALSE;
  self->format = looked->format;
  self->choice = g_steal_pointer (&looked->choice);
  g_set_object (&self->partitions, looked->partitions);
  self->end_bytes = looked->end_bytes;
  self->end_partition = looked->end_partition;
  if (self->format != PLATTER_FORMAT_NONE)
    self->size_bytes = looked->size_bytes;
  return TRUE;
}

static gboolean
image_look (PlatterImage *self, GError **error)
{
  if (self->track.n_sectors > 0)
    return TRUE;
  self->file_bytes = self->size_bytes;
  return self->disk != NULL ? platter_disk_server_check (
           self->disk, self->fd, self->name, &self->size_bytes, &self->partitions, error)
                            : image_look_at_file (self, error);
}

static void
image_name_packing (PlatterImage *self)
{
  if (self->track.n_sectors > 0)
    return;
  if (self->disk != NULL)
    self->packing = g_ascii_strdown (self->disk->name, -1);
  else
    self->packing = self->choice != NULL ? platter_image_archive_dup_packing (self->format)
                                         : g_strdup (platter_format_get_name (self->format));
  if (self->choice != NULL)
    {
      g_free (self->kind);
      self->kind = platter_image_archive_dup_kind (self->choice, self->format);
    }
}

static gboolean
image_check_size (PlatterImage *self, GError **error)
{
  if (self->size_bytes == 0)
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_EMPTY,
                   _ ("%s holds nothing that could be written."), self->name);
      return FALSE;
    }
  if (self->size_bytes == PLATTER_PACKED_SIZE_UNKNOWN)
    self->size_bytes = 0;
  return TRUE;
}

static gboolean
image_has_ending (PlatterImage *self, const char *const *endings)
{
  while (*endings != NULL && !g_str_has_suffix (self->path, *endings))
    endings++;
  return *endings != NULL;
}

/* A VHD may have its mark at its very end only, and is cut off without. */
static gboolean
image_check_disk_name (PlatterImage *self, GError **error)
{
  static const char *const disks[] = { ".qcow2", ".qed", ".vmdk", ".vdi", ".vhdx", ".hds", NULL };
  static const char *const ends[] = { ".vhd", NULL };

  if (platter_image_is_packed (self)
      || (!image_has_ending (self, ends)
          && (!image_has_ending (self, disks)
              || g_list_model_get_n_items (G_LIST_MODEL (self->partitions)) > 0)))
    return TRUE;
  g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
               _ ("%s is no disk of a virtual machine, though its name says so: it may be damaged "
                  "or cut off. Get it again, or give it another name."),
               self->name);
  return FALSE;
}

/* What was packed and is damaged at its very start looks plain; a disk that somebody has unpacked has something on it. */
static gboolean
image_check_name (PlatterImage *self, GError **error)
{
  static const char *const packed[] = { ".xz",  ".lzma", ".lz",  ".zst",  ".gz",   ".bz2",
                                        ".lz4", ".tgz",  ".txz", ".tbz2", ".tzst", NULL };
  static const char *const archives[] = { ".zip", ".7z", ".tar", NULL };

  if (platter_image_is_packed (self)
      || g_list_model_get_n_items (G_LIST_MODEL (self->partitions)) > 0)
    return TRUE;
  if (image_has_ending (self, packed))
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 _ ("%s is not compressed, though its name says so, and no known disk either: "
                    "get it again, or give it another name."),
                 self->name);
  else if (image_has_ending (self, archives))
    g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                 _ ("%s is no archive, though its name says so, and no known disk either: "
                    "get it again, or give it another name."),
                 self->name);
  else
    return TRUE;
  return FALSE;
}

PlatterImage *
platter_image_open (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (PlatterImage) self = g_object_new (PLATTER_TYPE_IMAGE, NULL);
  g_autofree char *base_name = g_file_get_basename (file);

  self->name = platter_shown_dup_name (base_name != NULL ? base_name : "");
  self->path = g_file_get_path (file);
  if (self->path == NULL)
    return platter_image_open_remote (g_steal_pointer (&self), file, cancellable, error);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !platter_image_pieces_find (self->path, &self->pieces, error))
    return NULL;
  if (self->pieces != NULL)
    return platter_image_open_pieces (g_steal_pointer (&self), error);
  if (!image_open_fd (self, error) || !image_find_kind (self, error) || !image_look (self, error))
    return NULL;
  image_name_packing (self);
  if (!image_check_size (self, error) || !image_check_name (self, error)
      || !image_check_disk_name (self, error))
    return NULL;
  platter_image_find_sums (self);
  platter_image_find_bmap (self);
  return g_steal_pointer (&self);
}

static void
image_open_thread (GTask *task,
                   gpointer source_object,
                   gpointer task_data,
                   GCancellable *cancellable)
{
  GError *error = NULL;
  PlatterImage *image = platter_image_open (G_FILE (task_data), cancellable, &error);

  if (image != NULL)
    g_task_return_pointer (task, image, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
platter_image_open_async (GFile *file,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, image_open_thread);
}

PlatterImage *
platter_image_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
platter_image_dup_title (PlatterImage *self)
{
  g_autofree char *file = g_format_size (self->file_bytes);
  guint64 size_bytes = platter_image_get_size_bytes (self);
  g_autofree char *size = g_format_size (size_bytes);

  if (self->disk != NULL)
    /* Translators: the name of a virtual machine's disk, the size of the file, and that of the disk */
    return g_strdup_printf (_ ("%s · %s, a disk of %s"), self->name, file, size);
  if (self->track.n_sectors > 0)
    /* Translators: the name of a CD's image, the size of its file, and that of its track of data */
    return g_strdup_printf (_ ("%s · %s, a data track of %s"), self->name, file, size);
  if (self->choice != NULL && size_bytes > 0)
    /* Translators: an archive's name, its size, the name of the image in it, and how large that is */
    return g_strdup_printf (_ ("%s · %s, holds %s, unpacked %s"), self->name, file,
                            platter_image_get_entry (self), size);
  if (self->format != PLATTER_FORMAT_NONE && size_bytes > 0)
    /* Translators: an image file's name, its size, and how much it holds */
    return g_strdup_printf (_ ("%s · %s, unpacked %s"), self->name, file, size);
  if (self->format != PLATTER_FORMAT_NONE)
    /* Translators: an image file's name and its size */
    return g_strdup_printf (_ ("%s · %s, compressed"), self->name, file);
  /* Translators: an image file's name and its size */
  return g_strdup_printf (_ ("%s · %s"), self->name, size);
}

char *
platter_image_dup_shortfall (PlatterImage *self)
{
  if (self->format != PLATTER_FORMAT_NONE || self->end_bytes <= self->size_bytes)
    return NULL;
  if (self->end_partition == 0)
    /* Translators: the name of an ISO image */
    return g_strdup_printf (
      _ ("%s ends before the file system on it does: it may not have come whole."), self->name);
  /* Translators: the name of an image, and the number of a partition */
  return g_strdup_printf (_ ("%s ends before its partition %u does: it may not have come whole."),
                          self->name, self->end_partition);
}

GListModel *
platter_image_get_partitions (PlatterImage *self)
{
  return G_LIST_MODEL (self->partitions);
}

const char *
platter_image_get_name (PlatterImage *self)
{
  return self->name;
}

const char *
platter_image_get_path (PlatterImage *self)
{
  return self->path;
}

guint64
platter_image_get_file_bytes (PlatterImage *self)
{
  return self->file_bytes;
}

const char *
platter_image_get_packing (PlatterImage *self)
{
  return self->packing;
}

const char *
platter_image_get_entry (PlatterImage *self)
{
  return self->choice != NULL ? platter_archive_choice_get_name (self->choice) : NULL;
}

gboolean
platter_image_is_packed (PlatterImage *self)
{
  return self->format != PLATTER_FORMAT_NONE || self->disk != NULL || self->is_pipe
         || self->server != NULL || self->track.n_sectors > 0;
}

const PlatterTrack *
platter_image_get_track (PlatterImage *self)
{
  return self->track.n_sectors > 0 ? &self->track : NULL;
}

gboolean
platter_image_is_pipe (PlatterImage *self)
{
  return self->is_pipe;
}

gboolean
platter_image_is_served (PlatterImage *self)
{
  return self->disk != NULL || self->server != NULL;
}

int
platter_image_serve (PlatterImage *self, GError **error)
{
  g_return_val_if_fail (platter_image_is_served (self), -1);
  if (self->server != NULL)
    return platter_nbd_address_connect (self->server, error);
  return platter_disk_server_start (self->disk, self->fd, self->name, -1, error);
}

const char *
platter_image_get_export (PlatterImage *self)
{
  return self->server != NULL ? self->server->export_name : NULL;
}

int
platter_image_feed (PlatterImage *self, GError **error)
{
  g_return_val_if_fail (platter_image_is_pipe (self), -1);
  if (self->pieces != NULL)
    return platter_image_pieces_feed (self->pieces, error);
  if (self->remote != NULL)
    return platter_image_remote_feed (self->remote, self->file_bytes, error);
  return fcntl (self->fd, F_DUPFD_CLOEXEC, 3);
}

gboolean
platter_image_is_in (PlatterImage *self, const char *path)
{
  struct stat file;
  struct stat own;

  if (stat (path, &file) != 0)
    return FALSE;
  if (self->data_path != NULL && stat (self->path, &own) == 0 && own.st_dev == file.st_dev
      && own.st_ino == file.st_ino)
    return TRUE;
  if (self->pieces != NULL)
    return platter_image_pieces_have (self->pieces, &file);
  return self->fd >= 0 && fstat (self->fd, &own) == 0 && own.st_dev == file.st_dev
         && own.st_ino == file.st_ino;
}

int
platter_image_get_fd (PlatterImage *self)
{
  return self->fd;
}

const char *
platter_image_get_kind (PlatterImage *self)
{
  return self->kind;
}
