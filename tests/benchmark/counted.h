// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Counts what the process asks of the C library: memory, and copies of it. A program that links this
// uses its own malloc() and memcpy(), which count and pass on; what the compiler copies inline, a few
// bytes at a time, is not seen.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 allocations;
  guint64 allocated_bytes;
  guint64 copied_bytes; /* by memcpy() and memmove() */
} Counted;

/** counted_get: From any thread: the counts since the process began. */
Counted counted_get (void);

G_END_DECLS
