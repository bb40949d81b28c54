// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The images of a session: what opens them, unpacks them and packs them.

#include "images.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/errors.h"
#include "formats/codec.h"
#include "formats/decoder.h"
#include "formats/file-reader.h"
#include "formats/nbd-reader.h"
#include "formats/parts-reader.h"
#include "formats/pipe-reader.h"
#include "formats/track-reader.h"
#include "output.h"
#include "sandbox/sandbox.h"
#include "whole-file.h"

/* What copying takes at most, of which two threads have stacks of 8 MiB for each target; and what an archive may. */
#define IMAGES_COPYING_BYTES ((guint64)96 * 1024 * 1024)
#define IMAGES_TARGET_BYTES ((guint64)18 * 1024 * 1024)
#define IMAGES_OUTPUT_BYTES (2 * (guint64)PLATTER_ENCODER_MEMORY_BYTES)
#define IMAGES_ARCHIVE_BYTES ((guint64)PLATTER_CODEC_MAX_MEMORY_BYTES + 16 * 1024 * 1024)

struct _PlatterImages
{
  const PlatterSpec *spec;
  PlatterOutput output;      /* of an image that is made */
  PlatterDecoder *decoder;   /* (nullable): the source's own, as the next */
  PlatterNbdReader *nbd;     /* (nullable) */
  int nbd_fd;                /* what it reads from; -1: nothing */
  PlatterPartsReader *parts; /* (nullable): the source's own, too */
  int parts_fd;              /* what tells of them */
  guint64 reserved_bytes;    /* for copying, where memory is limited */
};

static PlatterImages *
images_make (const PlatterSpec *spec)
{
  PlatterImages *self = g_new0 (PlatterImages, 1);

  self->spec = spec;
  self->nbd_fd = -1;
  self->parts_fd = -1;
  return self;
}

static PlatterEndpoint *
images_open_target (PlatterImages *self,
                    PlatterWireMessage *start,
                    int fd,
                    const PlatterSpecEndpoint *target,
                    GError **error)
{
  int more = target->more_index >= 0
               ? platter_wire_message_steal_fd (start, (guint)target->more_index)
               : -1;

  return platter_output_open (&self->output, fd, more, self->spec, &target->hints, error);
}

/* @fd: of the file that the server reads; without one the endpoint has a second descriptor of the socket. */
static PlatterEndpoint *
images_open_nbd (PlatterImages *self, PlatterWireMessage *start, int fd, GError **error)
{
  const PlatterSpecEndpoint *source = &self->spec->source;
  gboolean has_file = (guint)source->nbd_index != source->fd_index;

  self->nbd_fd = has_file ? platter_wire_message_steal_fd (start, (guint)source->nbd_index)
                          : fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (self->nbd_fd < 0)
    {
      int code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "No descriptor: %s.",
                   g_strerror (code));
      close (fd);
      return NULL;
    }
  self->nbd
    = platter_nbd_reader_new (self->nbd_fd, has_file ? fd : -1, source->name, source->export_name);
  return platter_endpoint_new_for_reader (fd, platter_nbd_reader_get_reader (self->nbd),
                                          &source->hints);
}

static PlatterEndpoint *
images_open_reader (PlatterImages *self, PlatterWireMessage *start, int fd, PlatterReader *reader)
{
  const PlatterSpecEndpoint *source = &self->spec->source;

  if (source->parts_index >= 0)
    {
      self->parts_fd = platter_wire_message_steal_fd (start, (guint)source->parts_index);
      self->parts = platter_parts_reader_new (reader, source->name);
      reader = platter_parts_reader_get_reader (self->parts);
    }
  return platter_endpoint_new_for_reader (fd, reader, &source->hints);
}

/* Whoever opened the file may have had it read past the cache by a job before, and that is a flag of the open file which
   all share. What is read with memory of any kind is refused then; whoever wants the flag sets it again. */
static void
images_read_through_cache (int fd)
{
  struct stat info;
  int flags = fcntl (fd, F_GETFL);

  if (flags >= 0 && (flags & O_DIRECT) != 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    fcntl (fd, F_SETFL, flags & ~O_DIRECT);
}

static PlatterEndpoint *
images_open_source (PlatterImages *self, PlatterWireMessage *start, GError **error)
{
  const PlatterSpecEndpoint *source = &self->spec->source;
  int fd = platter_wire_message_steal_fd (start, source->fd_index);

  images_read_through_cache (fd);
  if (source->nbd_index >= 0)
    return images_open_nbd (self, start, fd, error);
  if (source->is_pipe && source->is_packed)
    {
      self->decoder = platter_decoder_new_for_pipe (fd, source->name, source->pipe_bytes);
      return images_open_reader (self, start, fd, platter_decoder_get_reader (self->decoder));
    }
  if (source->is_pipe)
    return platter_endpoint_new_for_reader (
      fd, platter_pipe_reader_get_reader (platter_pipe_reader_new (fd, source->name)),
      &source->hints);
  if (!source->is_packed && source->parts_index >= 0)
    return images_open_reader (self, start, fd, platter_file_reader_new (fd, source->name));
  if (!source->is_packed)
    return platter_endpoint_new_for_fd (fd, FALSE, &source->hints, error);
  if (source->track.n_sectors > 0)
    return images_open_reader (self, start, fd,
                               platter_track_reader_new (platter_file_reader_new (fd, source->name),
                                                         source->name, &source->track));
  self->decoder = platter_decoder_new (fd, source->name);
  platter_decoder_allow_archives (self->decoder);
  return images_open_reader (self, start, fd, platter_decoder_get_reader (self->decoder));
}

/* What packing takes, and unpacking it again. */
static guint64
images_get_output_bytes (PlatterImages *self)
{
  return self->spec->is_image ? IMAGES_OUTPUT_BYTES : 0;
}

/* What libarchive unpacks may ask for dictionaries of any size, and only the kernel can refuse them. To see that it is
   an archive some bytes are compared; nothing is parsed. */
static gboolean
images_limit_memory (PlatterImages *self, guint n_targets, GError **error)
{
  if (self->decoder == NULL || self->spec->source.is_pipe
      || !platter_decoder_is_archive (self->decoder))
    return TRUE;
  /* What is there already, threads among it, does not have to be kept free. */
  self->reserved_bytes = IMAGES_COPYING_BYTES / 3 + n_targets * (IMAGES_TARGET_BYTES / 9 * 5)
                         + images_get_output_bytes (self);
  return platter_sandbox_limit_memory (IMAGES_COPYING_BYTES + n_targets * IMAGES_TARGET_BYTES
                                         + IMAGES_ARCHIVE_BYTES + images_get_output_bytes (self),
                                       error);
}

/* Where memory is limited, what copying will take must not be given to the archive, which comes first: an archive that
   gets none is refused in a sentence, but nobody can do without a thread. */
static gboolean
images_open_decoder (PlatterImages *self, GError **error)
{
  gsize length = (gsize)self->reserved_bytes;
  void *reserve = MAP_FAILED;
  gboolean is_open = FALSE;

  if (length > 0)
    reserve = mmap (NULL, length, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  is_open = platter_decoder_open (self->decoder, error);
  if (reserve != MAP_FAILED)
    munmap (reserve, length);
  return is_open;
}

/* The first look at what somebody has packed: not before the sandbox is closed. */
static gboolean
images_open_packed (PlatterImages *self, PlatterTransfer *transfer, GError **error)
{
  guint64 size_bytes = 0;

  if (self->nbd != NULL)
    return platter_nbd_reader_open (self->nbd, error)
           && platter_transfer_set_size (transfer, platter_nbd_reader_get_size_bytes (self->nbd),
                                         error);
  if (self->spec->source.is_pipe && !self->spec->source.is_packed
      && self->spec->source.pipe_bytes > 0)
    return platter_transfer_set_size (transfer, self->spec->source.pipe_bytes, error);
  if (self->spec->source.track.n_sectors > 0)
    return platter_transfer_set_size (
      transfer, platter_track_get_size_bytes (&self->spec->source.track), error);
  if (self->decoder == NULL)
    return TRUE;
  if (!images_open_decoder (self, error))
    return FALSE;
  size_bytes = platter_decoder_get_size_bytes (self->decoder);
  return size_bytes == PLATTER_PACKED_SIZE_UNKNOWN
         || platter_transfer_set_size (transfer, size_bytes, error);
}

/* What a client told of the image's parts is foreign, too. */
static gboolean
images_load_parts (PlatterImages *self, PlatterTransfer *transfer, GError **error)
{
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (PlatterParts) parts = NULL;
  guint64 size_bytes = platter_transfer_get_size_bytes (transfer);

  if (self->parts == NULL)
    return TRUE;
  packed = platter_whole_file_read (self->parts_fd, PLATTER_PARTS_MAX_BYTES, "What the bmap says",
                                    error);
  if (packed == NULL)
    return FALSE;
  parts = platter_parts_unpack (packed);
  if (parts == NULL)
    {
      g_set_error_literal (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                           "What was told of the image’s parts makes no sense");
      return FALSE;
    }
  if (size_bytes > 0 && size_bytes != platter_parts_get_size_bytes (parts))
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "%s holds %" G_GUINT64_FORMAT " bytes, but its bmap is of an image of "
                   "%" G_GUINT64_FORMAT ": they do not belong together",
                   self->spec->source.name, size_bytes, platter_parts_get_size_bytes (parts));
      return FALSE;
    }
  if (!platter_transfer_set_size (transfer, platter_parts_get_size_bytes (parts), error))
    return FALSE;
  platter_transfer_set_wanted (transfer, platter_parts_dup_map (parts));
  platter_parts_reader_take_parts (self->parts, g_steal_pointer (&parts));
  return TRUE;
}

static guint
images_get_sockets (PlatterImages *self, int *sockets)
{
  guint n_sockets = platter_output_get_sockets (&self->output, sockets);

  if (self->nbd_fd >= 0)
    sockets[n_sockets++] = self->nbd_fd;
  return n_sockets;
}

static gboolean
images_start (PlatterImages *self, PlatterTransfer *transfer, GError **error)
{
  return images_open_packed (self, transfer, error) && images_load_parts (self, transfer, error);
}

static void
images_describe (PlatterImages *self, PlatterReportPacked *packed)
{
  packed->is_there = platter_output_describe (&self->output, &packed->bytes, &packed->digest);
}

const PlatterImagesClass *
platter_images_get_class (void)
{
  static const PlatterImagesClass class = {
    .make = images_make,
    .open_source = images_open_source,
    .open_target = images_open_target,
    .limit_memory = images_limit_memory,
    .get_sockets = images_get_sockets,
    .start = images_start,
    .describe = images_describe,
  };

  return &class;
}
