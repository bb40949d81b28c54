// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What IMAGE.json says of the image that it lies beside.

#include "image-document.h"

#include <fcntl.h>

#include "json-read.h"
#include "new-image-facts.h"
#include "shown.h"
#include "small-file.h"

/* Twice what 256 volumes with long labels and 256 damaged places take. */
#define MAX_BYTES (512 * 1024)

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
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GVariant) document = NULL;
  g_autoptr (GVariant) image = NULL;

  platter_small_file_read (AT_FDCWD, own_path, MAX_BYTES, text);
  if (text->len < MAX_BYTES)
    document = platter_json_read ((const char *)text->data, text->len);
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
