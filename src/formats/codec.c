// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Which codec a file takes, and what goes wrong while unpacking, in words.

#include "codec.h"

#include "engine/errors.h"

static gssize
codec_fail (PlatterCodec *self, GError **error, PlatterEngineError code, const char *what)
{
  g_set_error (error, PLATTER_ENGINE_ERROR, code, "%s %s (near byte %" G_GUINT64_FORMAT ")",
               platter_input_get_name (self->input), what,
               platter_input_get_position_bytes (self->input));
  return -1;
}

gssize
platter_codec_fail_damaged (PlatterCodec *self, GError **error)
{
  return codec_fail (self, error, PLATTER_ENGINE_ERROR_DECODE,
                     "is damaged: it cannot be unpacked any further");
}

gssize
platter_codec_fail_short (PlatterCodec *self, GError **error)
{
  return codec_fail (self, error, PLATTER_ENGINE_ERROR_DECODE,
                     "is incomplete: it ends in the middle of what it holds");
}

gssize
platter_codec_fail_garbage (PlatterCodec *self, GError **error)
{
  return codec_fail (self, error, PLATTER_ENGINE_ERROR_DECODE,
                     "has something behind its end that does not belong there");
}

gssize
platter_codec_fail_memory (PlatterCodec *self, GError **error)
{
  return codec_fail (self, error, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                     "was packed so that unpacking it takes more memory than is allowed");
}

gssize
platter_codec_fail_unsupported (PlatterCodec *self, const char *what, GError **error)
{
  g_autofree char *text = g_strdup_printf ("cannot be unpacked: %s", what);

  return codec_fail (self, error, PLATTER_ENGINE_ERROR_UNSUPPORTED, text);
}

gboolean
platter_codec_check_end (PlatterCodec *self, GError **error)
{
  const guint8 *data = NULL;
  gsize length = 0;

  if (!platter_input_peek (self->input, &data, &length, error))
    return FALSE;
  if (length > 0)
    platter_codec_fail_garbage (self, error);
  return length == 0;
}

PlatterCodec *
platter_codec_new (PlatterInput *input, PlatterFormat format, GError **error)
{
  switch (format)
    {
    case PLATTER_FORMAT_XZ:
    case PLATTER_FORMAT_LZMA:
    case PLATTER_FORMAT_LZIP:
      return platter_codec_xz_new (input, format, error);
    case PLATTER_FORMAT_ZSTD:
      return platter_codec_zstd_new (input, error);
    case PLATTER_FORMAT_GZIP:
      return platter_codec_gzip_new (input);
    case PLATTER_FORMAT_BZIP2:
      return platter_codec_bzip2_new (input);
    case PLATTER_FORMAT_LZ4:
      return platter_codec_lz4_new (input, error);
    default:
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "%s is packed in a way that is not known here", platter_input_get_name (input));
      return NULL;
    }
}

void
platter_codec_free (PlatterCodec *self)
{
  if (self != NULL)
    self->funcs->free (self);
}
