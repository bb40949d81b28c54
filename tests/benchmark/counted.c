// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The functions of the C library that are counted. They must not be compiled into calls of
// themselves: see meson.build.

#include "counted.h"

#include <stddef.h>

/* What glibc's own names are for its allocator: a program's malloc() may pass on to them. */
void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

static guint64 allocations;
static guint64 allocated_bytes;
static guint64 copied_bytes;

static void
count (guint64 *counter, guint64 by)
{
  __atomic_fetch_add (counter, by, __ATOMIC_RELAXED);
}

static void
count_allocation (size_t size)
{
  count (&allocations, 1);
  count (&allocated_bytes, size);
}

void *
malloc (size_t size)
{
  count_allocation (size);
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  count_allocation (n * size);
  return __libc_calloc (n, size);
}

void *
realloc (void *memory, size_t size)
{
  count_allocation (size);
  return __libc_realloc (memory, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  count_allocation (size);
  return __libc_memalign (alignment, size);
}

int
posix_memalign (void **memory, size_t alignment, size_t size)
{
  count_allocation (size);
  *memory = __libc_memalign (alignment, size);
  return *memory != NULL ? 0 : 12; /* ENOMEM */
}

/* The string instruction is as fast as any other copy for what is long enough to matter. */
static void
copy_up (guint8 *to, const guint8 *from, size_t n)
{
#ifdef __x86_64__
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
#else
  for (size_t i = 0; i < n; i++)
    to[i] = from[i];
#endif
}

void *
memcpy (void *restrict to, const void *restrict from, size_t n)
{
  count (&copied_bytes, n);
  copy_up (to, from, n);
  return to;
}

void *
memmove (void *to, const void *from, size_t n)
{
  guint8 *bytes = to;
  const guint8 *source = from;

  count (&copied_bytes, n);
  if (bytes <= source || bytes >= source + n)
    copy_up (bytes, source, n);
  else
    while (n-- > 0)
      bytes[n] = source[n];
  return to;
}

Counted
counted_get (void)
{
  return (Counted){
    .allocations = __atomic_load_n (&allocations, __ATOMIC_RELAXED),
    .allocated_bytes = __atomic_load_n (&allocated_bytes, __ATOMIC_RELAXED),
    .copied_bytes = __atomic_load_n (&copied_bytes, __ATOMIC_RELAXED),
  };
}
