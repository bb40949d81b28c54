// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The file that an image is written to: sectors as they are, or packed.

#include "output.h"

#include <errno.h>
#include <string.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "engine/errors.h"
#include "formats/packing.h"

/* Of a source whose size shows only later: as large as a file of ext4 can be. */
#define OUTPUT_MAX_BYTES (G_GUINT64_CONSTANT (16) << 40)

/* It is as long as the source from the start: what is not written of it is a hole, and reads as zeros. */
static PlatterEndpoint *
output_new_raw (int fd, const PlatterSpec *spec, const PlatterEndpointHints *hints, GError **error)
{
  guint64 size_bytes = spec->options.size_bytes;
  int code = 0;

  if (ftruncate (fd, (off_t)size_bytes) == 0)
    return platter_endpoint_new_for_fd (fd, TRUE, hints, error);
  code = errno;
  close (fd);
  g_set_error (error, PLATTER_ENGINE_ERROR,
               platter_engine_error_from_errno (code, PLATTER_ENGINE_ERROR_WRITE),
               "The file system cannot hold a file of %" G_GUINT64_FORMAT " bytes: %s", size_bytes,
               g_strerror (code));
  return NULL;
}

PlatterEndpoint *
platter_output_new (int fd,
                    const PlatterSpec *spec,
                    const PlatterEndpointHints *hints,
                    PlatterEncoder **encoder,
                    GError **error)
{
  gboolean is_raw = strcmp (spec->format, "raw") == 0;
  guint64 size_bytes = spec->is_read_through ? OUTPUT_MAX_BYTES : spec->options.size_bytes;
  PlatterEncoder *maker = NULL;

  *encoder = NULL;
  if (is_raw && !spec->is_read_through)
    return output_new_raw (fd, spec, hints, error);
  maker = platter_encoder_new (fd, hints->name, platter_packing_new (spec->format, spec->level),
                               is_raw ? PLATTER_DIGEST_NONE : PLATTER_DIGEST_SHA256, error);
  if (maker == NULL)
    {
      close (fd);
      return NULL;
    }
  if (!is_raw)
    *encoder = maker;
  return platter_endpoint_new_for_writer (fd, platter_encoder_get_writer (maker), size_bytes,
                                          hints);
}
