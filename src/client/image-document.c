// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What IMAGE.json says of the image that it lies beside.

#include "image-document.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json-read.h"
#include "new-image-facts.h"
#include "shown.h"

/* Twice what 256 volumes with long labels and 256 damaged places take. */
#define MAX_BYTES (512 * 1024)

/* Returns: (nullable): all of it, if it is a file that is not too long. */
static GByteArray *
image_document_load (const char *path)
{
  /* O_NONBLOCK: a FIFO of that name must not hold us up. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  g_autoptr (GByteArray) text = g_byte_array_new ();
  struct stat status;
  gboolean is_file = fd >= 0 && fstat (fd, &status) == 0 && S_ISREG (status.st_mode);
  gssize got = is_file ? 1 : -1;
  gsize length = 0;

  g_byte_array_set_size (text, MAX_BYTES);
  while (got > 0 && length < MAX_BYTES)
    {
      got = pread (fd, text->data + length, MAX_BYTES - length, (off_t)length);
      if (got < 0 && errno == EINTR)
        got = 1;
      else
        length += got > 0 ? (gsize)got : 0;
    }
  if (fd >= 0)
    close (fd);
  if (got != 0)
    return NULL;
  g_byte_array_set_size (text, (guint)length);
  return g_steal_pointer (&text);
}

static gboolean
image_document_is_known (GVariant *document)
{
  const char *format = "";
  guint64 version = 0;

  if (!g_variant_is_of_type (document, G_VARIANT_TYPE_VARDICT))
    return FALSE;
  g_variant_lookup (document, "format", "&s", &format);
  g_variant_lookup (document, "version", "t", &version);
  return g_str_equal (format, PLATTER_NEW_IMAGE_FORMAT) && version == PLATTER_NEW_IMAGE_VERSION;
}

gboolean
platter_image_document_read (PlatterImageDocument *self, const char *path)
{
  g_autofree char *own_path = g_strconcat (path, ".json", NULL);
  g_autoptr (GByteArray) text = image_document_load (own_path);
  g_autoptr (GVariant) document
    = text != NULL ? platter_json_read ((const char *)text->data, text->len) : NULL;
  g_autoptr (GVariant) image = NULL;

  if (document == NULL || !image_document_is_known (document))
    return FALSE;
  image = g_variant_lookup_value (document, "image", G_VARIANT_TYPE_VARDICT);
  if (image == NULL)
    return FALSE;
  *self = (PlatterImageDocument){ .name = platter_shown_dup_base_name (own_path) };
  g_variant_lookup (image, "pieces", "t", &self->n_pieces);
  g_variant_lookup (image, "size-bytes", "t", &self->size_bytes);
  return TRUE;
}

void
platter_image_document_clear (PlatterImageDocument *self)
{
  g_clear_pointer (&self->name, g_free);
}
