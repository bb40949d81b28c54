// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An image of which a bmap tells what is content.

#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image-private.h"

/* How much a packed one holds may show only when it is unpacked, and is then checked by the job. */
static gboolean
image_bmap_fits (PlatterImage *self, const PlatterBmap *bmap, GError **error)
{
  guint64 bytes = platter_parts_get_size_bytes (bmap->parts);

  if (self->size_bytes == 0 || self->size_bytes == bytes)
    return TRUE;
  g_set_error (
    error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
    /* Translators: a block map, the size of its image, the name of another one, its size */
    _ ("%s is the bmap of an image of %" PRIu64 " bytes, but %s has %" PRIu64
       ": they do not belong together. Get both again."),
    bmap->name, bytes, self->name, self->size_bytes);
  return FALSE;
}

static gboolean
image_bmap_take (PlatterImage *self, PlatterBmap *bmap, GError **error)
{
  if (!image_bmap_fits (self, bmap, error))
    {
      platter_bmap_free (bmap);
      return FALSE;
    }
  g_clear_pointer (&self->bmap, platter_bmap_free);
  self->bmap = bmap;
  return TRUE;
}

static gboolean
image_bmap_can_have_one (PlatterImage *self)
{
  return !self->is_pipe && !platter_image_is_served (self) && self->pieces == NULL
         && self->track.n_sectors == 0;
}

void
platter_image_find_bmap (PlatterImage *self)
{
  PlatterBmap *bmap = NULL;

  if (!image_bmap_can_have_one (self))
    return;
  bmap = platter_bmap_find_beside (self->path, &self->bmap_fault);
  if (bmap != NULL)
    image_bmap_take (self, bmap, &self->bmap_fault);
}

gboolean
platter_image_set_bmap (PlatterImage *self, const char *path, GError **error)
{
  PlatterBmap *bmap = NULL;

  g_clear_error (&self->bmap_fault);
  g_clear_pointer (&self->bmap, platter_bmap_free);
  if (path == NULL)
    return TRUE;
  if (!image_bmap_can_have_one (self))
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED,
                   _ ("Only an image in one file is written with a bmap; %s is none."), self->name);
      return FALSE;
    }
  bmap = platter_bmap_open (path, error);
  return bmap != NULL && image_bmap_take (self, bmap, error);
}

const GError *
platter_image_get_bmap_fault (PlatterImage *self)
{
  return self->bmap_fault;
}

const char *
platter_image_get_bmap_name (PlatterImage *self)
{
  return self->bmap != NULL ? self->bmap->name : NULL;
}

guint64
platter_image_get_size_bytes (PlatterImage *self)
{
  return self->size_bytes == 0 && self->bmap != NULL
           ? platter_parts_get_size_bytes (self->bmap->parts)
           : self->size_bytes;
}

guint64
platter_image_get_whole_bytes (PlatterImage *self)
{
  return self->size_bytes;
}

guint64
platter_image_get_content_bytes (PlatterImage *self)
{
  return self->bmap != NULL ? platter_parts_get_bytes (self->bmap->parts) : self->size_bytes;
}

char *
platter_image_dup_bmap_words (PlatterImage *self)
{
  g_autofree char *content = NULL;
  g_autofree char *size = NULL;

  if (self->bmap == NULL)
    return NULL;
  content = g_format_size (platter_image_get_content_bytes (self));
  size = g_format_size (platter_image_get_size_bytes (self));
  if (platter_parts_get_digest (self->bmap->parts) == PLATTER_DIGEST_NONE)
    /* Translators: the name of a block map, two sizes */
    return g_strdup_printf (_ ("Only the parts that %s names belong to the image, %s of %s. It has "
                               "no checksums of them. The drive keeps what lies between them."),
                            self->bmap->name, content, size);
  /* Translators: the name of a block map, two sizes, the name of a kind of checksum */
  return g_strdup_printf (_ ("Only the parts that %s names belong to the image, %s of %s; the %s "
                             "of each is checked. The drive keeps what lies between them."),
                          self->bmap->name, content, size,
                          platter_parts_get_digest_name (self->bmap->parts));
}

int
platter_image_open_parts (PlatterImage *self, GError **error)
{
  g_autoptr (GBytes) packed = platter_parts_pack (self->bmap->parts);
  gsize length = 0;
  const char *data = g_bytes_get_data (packed, &length);
  gsize done = 0;
  int fd = memfd_create ("platter-parts", MFD_CLOEXEC);
  int code = errno;

  while (fd >= 0 && done < length)
    {
      gssize put = write (fd, data + done, length - done);

      code = errno;
      if (put < 0 && code != EINTR)
        {
          close (fd);
          fd = -1;
        }
      done += put > 0 ? (gsize)put : 0;
    }
  if (fd < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("%s cannot be opened: %s."),
                 self->bmap->name, g_strerror (code));
  return fd;
}
