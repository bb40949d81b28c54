// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A reader that hands out what lies in memory.

#pragma once

#include "engine/reader.h"

G_BEGIN_DECLS

typedef struct
{
  PlatterReader base;
  const guint8 *data;
  guint64 size_bytes;
  guint64 fail_at_bytes; /* reading there is an error; G_MAXUINT64 */
  gboolean hangs_there;  /* until it is cancelled, instead */
  const char *digest;    /* (nullable) */
  gint is_cancelled;     /* atomic */
  guint n_back;          /* how often it had to go back */
  guint64 position_bytes;
} MemoryReader;

MemoryReader *memory_reader_new (const guint8 *data, guint64 size_bytes);

G_END_DECLS
