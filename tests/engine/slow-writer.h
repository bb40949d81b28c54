// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A writer that takes its time, be it that it works or that it waits for its file.

#pragma once

#include "engine/writer.h"
#include "faulty-backend.h"
#include "memory-reader.h"

G_BEGIN_DECLS

typedef struct
{
  PlatterWriter base;
  MemoryReader *reader;
  gboolean is_working; /* all the time; else it waits for its file */
  guint slow_ms;       /* so long it has no room after each piece */
  guint n_refusals;    /* so often it has no room first */
  FaultCall refused;   /* made at the first of them */
  gint64 begun_us;
  gint64 ready_us;
  GThread *thread; /* (nullable): tells when there is room */
  gint is_stopped; /* atomic */
  void (*notify) (gpointer);
  gpointer notify_data;
} SlowWriter;

/** slow_writer_new: What it takes goes nowhere. */
SlowWriter *slow_writer_new (gboolean is_working);

G_END_DECLS
