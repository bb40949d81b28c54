// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an endpoint is read through that is more than a descriptor: a decoder, or a pipe.

#pragma once

#include "transfer.h"

G_BEGIN_DECLS

/** How far a reader is in the file that it reads from. */
typedef struct
{
  guint64 input_bytes; /* read and used so far; grows only, but when it goes back */
  guint64 total_bytes; /* of the file */
  gint64 alive_us;     /* monotonic time at which it last got on; 0 before it began */
} PlatterReaderProgress;

/**
 * PlatterReader:
 *
 * Its functions are called by one thread at a time, but where it says so. The file's own bytes are digested on
 * the way, the first time that they are read.
 */
typedef struct _PlatterReader PlatterReader;
typedef struct
{
  /* Fills @data with the content from @offset_bytes on: all of @length, but at the end of the content. Going on where
     the last call ended is cheap; going back means to begin anew. Returns: how many bytes, or -1 with an error. */
  gssize (*read) (
    PlatterReader *self, guint64 offset_bytes, guint8 *data, gsize length, GError **error);
  /* From any thread: a read that is under way, and each later one, ends with %PLATTER_ENGINE_ERROR_CANCELLED. */
  void (*cancel) (PlatterReader *self);
  /* From any thread. */
  void (*get_progress) (PlatterReader *self, PlatterReaderProgress *progress);
  /* Before the first read. Returns: %FALSE if the cryptographic library does not offer one. */
  gboolean (*set_digests) (PlatterReader *self, PlatterDigests digests, GError **error);
  /* From any thread. Returns: (nullable): of the whole file, in hexadecimal, once a read has met the end. */
  const char *(*get_digest) (PlatterReader *self, PlatterDigests digest);
  void (*free) (PlatterReader *self);
} PlatterReaderFuncs;

struct _PlatterReader
{
  const PlatterReaderFuncs *funcs;
  gboolean
    is_once; /* it cannot go back: nothing is read a second time, so nothing is repaired either */
};

G_END_DECLS
