// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an endpoint is written through that is more than a descriptor: an encoder.

#pragma once

#include "reader.h"

G_BEGIN_DECLS

/** How a writer spends its time. */
typedef struct
{
  gint64
    alive_us; /* monotonic time at which it last got on: now while the processor is at work, but not while it waits for
                      its file; 0 before it began */
  gint64 work_us; /* for so long all had to wait for the processor; grows only */
} PlatterWriterProgress;

/**
 * PlatterWriter:
 *
 * Takes the content once, from its first byte to its last, and can then be read. Its functions are called by one
 * thread at a time and never block, but where it says so. Failures are negative errnos.
 */
typedef struct _PlatterWriter PlatterWriter;
typedef struct
{
  /* @notify is called from any thread when there may be room again, or when it has finished. Before the first write. */
  void (*set_notify) (PlatterWriter *self, void (*notify) (gpointer), gpointer notify_data);
  /* Takes what follows that which it took before; @data: (nullable): zeros. Returns: how many bytes; 0 if there is no
     room now. */
  gssize (*write) (PlatterWriter *self, const guint8 *data, gsize length);
  /* After all was written: stores the rest and flushes. Returns: 1 when that is done; 0 if it is still under way. */
  int (*finish) (PlatterWriter *self);
  /* From any thread. (nullable): it only waits for its file */
  void (*get_progress) (PlatterWriter *self, PlatterWriterProgress *progress);
  /* From any thread: how much of the content lies in the file. */
  guint64 (*get_stored_bytes) (PlatterWriter *self);
  /* From any thread: how much of the content is on the disk, so that another transfer can go on with it. (nullable): it
     cannot */
  guint64 (*get_durable_bytes) (PlatterWriter *self);
  /* What is stored is to be on the disk soon, as there will be nothing more for a while. (nullable), as the last one */
  void (*settle) (PlatterWriter *self);
  /* From any thread: work that is under way ends soon. */
  void (*cancel) (PlatterWriter *self);
  /* Returns: one of the files that it all lies in, of which the endpoint's own is the first; -1: there are no more.
     (nullable): there is that one only */
  int (*get_fd) (PlatterWriter *self, guint index);
  /* Returns: (transfer none): reads the content out of the file, after it has finished. */
  PlatterReader *(*get_reader) (PlatterWriter *self);
  /* May block until threads have ended. */
  void (*free) (PlatterWriter *self);
} PlatterWriterFuncs;

struct _PlatterWriter
{
  const PlatterWriterFuncs *funcs;
};

G_END_DECLS
