// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Block devices and regular files as endpoints: what they are, found out once, on the descriptor.

#include "endpoint-private.h"
#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* What O_DIRECT on a regular file may ask for: the block size of the disk below, at most a page. */
#define FILE_ALIGNMENT_BYTES 4096

/* So many places of a file are looked at. */
#define CACHE_SAMPLES 64
#define CACHE_TRIES 3

struct _PlatterEndpoint
{
  gint ref_count; /* atomic */
  int fd;
  char *name;
  PlatterEndpointHints hints;
  guint64 size_bytes;
  guint logical_block_bytes;
  guint physical_block_bytes;
  gboolean is_writable;
  gboolean is_direct;
  gboolean is_block_device;
  gboolean is_uncached;  /* as far as that could be seen, when the cache was dropped last */
  PlatterReader *reader; /* (nullable) */
  PlatterWriter *writer; /* (nullable): the reader is its own */
  GError *reader_error;
};

static gboolean
endpoint_set_error (PlatterEndpoint *self, const char *what, GError **error)
{
  int errsv = errno;

  g_set_error (error, PLATTER_ENGINE_ERROR,
               platter_engine_error_from_errno (errsv, PLATTER_ENGINE_ERROR_UNSUPPORTED),
               "%s: could not %s: %s", self->name, what, g_strerror (errsv));
  return FALSE;
}

static gboolean
endpoint_probe_block_device (PlatterEndpoint *self, GError **error)
{
  int logical = 0;
  unsigned int physical = 0;

  if (ioctl (self->fd, BLKGETSIZE64, &self->size_bytes) != 0)
    return endpoint_set_error (self, "get the size", error);
  if (ioctl (self->fd, BLKSSZGET, &logical) != 0 || logical <= 0)
    return endpoint_set_error (self, "get the block size", error);
  if (ioctl (self->fd, BLKPBSZGET, &physical) != 0)
    physical = logical;
  self->is_block_device = TRUE;
  self->logical_block_bytes = logical;
  self->physical_block_bytes = physical;
  return TRUE;
}

static gboolean
endpoint_probe (PlatterEndpoint *self, GError **error)
{
  struct stat st;

  if (fstat (self->fd, &st) != 0)
    return endpoint_set_error (self, "look at the descriptor", error);
  if (S_ISBLK (st.st_mode))
    return endpoint_probe_block_device (self, error);
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "%s is neither a block device nor a regular file", self->name);
      return FALSE;
    }
  self->size_bytes = st.st_size;
  self->logical_block_bytes = 512;
  self->physical_block_bytes = 512;
  return TRUE;
}

static gboolean
endpoint_check_access (PlatterEndpoint *self, int flags, GError **error)
{
  int mode = flags & O_ACCMODE;

  /* A target is read back through the same descriptor. */
  if ((flags & O_PATH) != 0 || mode == O_WRONLY || (self->is_writable && mode != O_RDWR))
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "%s is not open for %s", self->name,
                   self->is_writable ? "reading and writing" : "reading");
      return FALSE;
    }
  return TRUE;
}

/* Some file systems take the flag and refuse the requests. */
static gboolean
endpoint_can_read_direct (PlatterEndpoint *self)
{
  void *page
    = mmap (NULL, FILE_ALIGNMENT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  gboolean can = TRUE;

  if (page == MAP_FAILED)
    return FALSE;
  if (pread (self->fd, page, FILE_ALIGNMENT_BYTES, 0) < 0)
    can = errno != EINVAL;
  munmap (page, FILE_ALIGNMENT_BYTES);
  return can;
}

static gboolean
endpoint_open_direct (PlatterEndpoint *self, GError **error)
{
  int flags = fcntl (self->fd, F_GETFL);

  if (flags < 0)
    return endpoint_set_error (self, "get the descriptor's flags", error);
  if (!endpoint_check_access (self, flags, error))
    return FALSE;
  if (self->hints.is_cached && !self->is_block_device)
    return (flags & O_DIRECT) == 0 || fcntl (self->fd, F_SETFL, flags & ~O_DIRECT) == 0
           || endpoint_set_error (self, "set the descriptor's flags", error);
  self->is_direct = (flags & O_DIRECT) != 0 || fcntl (self->fd, F_SETFL, flags | O_DIRECT) == 0;
  if (!self->is_direct || self->is_block_device || endpoint_can_read_direct (self))
    return TRUE;
  self->is_direct = FALSE;
  if (fcntl (self->fd, F_SETFL, flags & ~O_DIRECT) != 0)
    return endpoint_set_error (self, "set the descriptor's flags", error);
  return TRUE;
}

static PlatterEndpoint *
endpoint_new (int fd, gboolean is_writable, const PlatterEndpointHints *hints)
{
  PlatterEndpoint *self = g_new0 (PlatterEndpoint, 1);

  self->ref_count = 1;
  self->fd = fd;
  self->is_writable = is_writable;
  if (hints != NULL)
    self->hints = *hints;
  self->name = g_strdup (self->hints.name != NULL ? self->hints.name
                                                  : (is_writable ? "the target" : "the source"));
  self->hints.name = self->name;
  return self;
}

PlatterEndpoint *
platter_endpoint_new_for_fd (int fd,
                             gboolean is_writable,
                             const PlatterEndpointHints *hints,
                             GError **error)
{
  g_autoptr (PlatterEndpoint) self = endpoint_new (fd, is_writable, hints);

  if (!endpoint_probe (self, error) || !endpoint_open_direct (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

PlatterEndpoint *
platter_endpoint_new_for_reader (int fd, PlatterReader *reader, const PlatterEndpointHints *hints)
{
  PlatterEndpoint *self = endpoint_new (fd, FALSE, hints);

  self->reader = reader;
  self->logical_block_bytes = 512;
  self->physical_block_bytes = 512;
  return self;
}

PlatterEndpoint *
platter_endpoint_new_for_writer (int fd,
                                 PlatterWriter *writer,
                                 guint64 size_bytes,
                                 const PlatterEndpointHints *hints)
{
  PlatterEndpoint *self = endpoint_new (fd, TRUE, hints);

  self->writer = writer;
  self->reader = writer->funcs->get_reader (writer);
  self->size_bytes = size_bytes;
  self->logical_block_bytes = 512;
  self->physical_block_bytes = 512;
  return self;
}

PlatterEndpoint *
platter_endpoint_ref (PlatterEndpoint *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
platter_endpoint_unref (PlatterEndpoint *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->writer != NULL)
    self->writer->funcs->free (self->writer);
  else if (self->reader != NULL)
    self->reader->funcs->free (self->reader);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_error (&self->reader_error);
  g_free (self->name);
  g_free (self);
}

const char *
platter_endpoint_get_name (PlatterEndpoint *self)
{
  return self->name;
}

int
platter_endpoint_get_fd (PlatterEndpoint *self)
{
  return self->fd;
}

guint64
platter_endpoint_get_size_bytes (PlatterEndpoint *self)
{
  return self->size_bytes;
}

guint
platter_endpoint_get_logical_block_bytes (PlatterEndpoint *self)
{
  return self->logical_block_bytes;
}

gboolean
platter_endpoint_is_direct (PlatterEndpoint *self)
{
  return self->is_direct;
}

gboolean
platter_endpoint_is_cache_bypassed (PlatterEndpoint *self)
{
  return self->is_direct || self->is_uncached;
}

gboolean
platter_endpoint_is_block_device (PlatterEndpoint *self)
{
  return self->is_block_device;
}

gboolean
platter_endpoint_is_writable (PlatterEndpoint *self)
{
  return self->is_writable;
}

const PlatterEndpointHints *
platter_endpoint_get_hints (PlatterEndpoint *self)
{
  return &self->hints;
}

PlatterReader *
platter_endpoint_get_reader (PlatterEndpoint *self)
{
  return self->reader;
}

PlatterWriter *
platter_endpoint_get_writer (PlatterEndpoint *self)
{
  return self->writer;
}

void
platter_endpoint_set_reader_error (PlatterEndpoint *self, const GError *error)
{
  if (self->reader_error == NULL)
    self->reader_error = g_error_copy (error);
}

const GError *
platter_endpoint_get_reader_error (PlatterEndpoint *self)
{
  return self->reader_error;
}

guint
platter_endpoint_get_alignment_bytes (PlatterEndpoint *self)
{
  if (self->is_block_device)
    return self->logical_block_bytes;
  return self->is_direct ? FILE_ALIGNMENT_BYTES : 1;
}

guint
platter_endpoint_get_sector_bytes (PlatterEndpoint *self)
{
  guint alignment_bytes = platter_endpoint_get_alignment_bytes (self);
  guint physical_bytes = self->physical_block_bytes;
  /* Some bridges tell of tens of kilobytes. */
  gboolean is_likely = physical_bytes <= FILE_ALIGNMENT_BYTES && physical_bytes > 0
                       && (physical_bytes & (physical_bytes - 1)) == 0;

  return is_likely ? MAX (alignment_bytes, physical_bytes) : alignment_bytes;
}

gboolean
platter_endpoint_is_gone (PlatterEndpoint *self)
{
  guint64 size_bytes = 0;

  if (!self->is_block_device)
    return FALSE;
  return ioctl (self->fd, BLKGETSIZE64, &size_bytes) != 0 || size_bytes == 0;
}

/* A read that must not wait for the medium fails where the cache has nothing. In a hole there is nothing to wait for, and
   no medium. */
static gboolean
endpoint_is_uncached_at (int fd, guint64 offset_bytes)
{
  guint8 byte = 0;
  struct iovec vector = { &byte, 1 };
  off_t data_bytes = lseek (fd, (off_t)offset_bytes, SEEK_DATA);

  if (data_bytes < 0 && errno == ENXIO)
    return TRUE;
  return preadv2 (fd, &vector, 1, data_bytes < 0 ? (off_t)offset_bytes : data_bytes, RWF_NOWAIT) < 0
         && errno == EAGAIN;
}

static gboolean
endpoint_is_uncached (int fd)
{
  struct stat st;
  gboolean is_uncached = fstat (fd, &st) == 0 && S_ISREG (st.st_mode);
  /* No page twice. */
  guint64 step_bytes = MAX (is_uncached ? (guint64)st.st_size / CACHE_SAMPLES : 0, 65536);

  /* Even such a read has the kernel fetch what is not there, and else also what comes behind it. */
  posix_fadvise (fd, 0, 0, POSIX_FADV_RANDOM);
  for (guint64 offset = 0; is_uncached && offset < (guint64)st.st_size; offset += step_bytes)
    is_uncached = endpoint_is_uncached_at (fd, offset);
  posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return is_uncached;
}

/* A page that some processor has just had in its hands only goes the second time. */
static gboolean
endpoint_drop_file (int fd)
{
  gboolean is_uncached = FALSE;

  for (guint i = 0; i < CACHE_TRIES && !is_uncached; i++)
    {
      posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
      is_uncached = endpoint_is_uncached (fd);
    }
  return is_uncached;
}

void
platter_endpoint_drop_cache (PlatterEndpoint *self)
{
  int fd = self->fd;

  if (self->is_direct)
    return;
  if (self->is_block_device)
    ioctl (self->fd, BLKFLSBUF, 0);
  self->is_uncached = endpoint_drop_file (fd);
  if (self->writer == NULL || self->writer->funcs->get_fd == NULL)
    return;
  for (guint i = 1; (fd = self->writer->funcs->get_fd (self->writer, i)) >= 0; i++)
    self->is_uncached = endpoint_drop_file (fd) && self->is_uncached;
}

gboolean
platter_endpoint_trim_to_size (PlatterEndpoint *self)
{
  return self->is_block_device || self->writer != NULL
         || ftruncate (self->fd, self->size_bytes) == 0;
}
