// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// fstat() by a descriptor alone.

#include "status.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "sanitizer.h"

/* Where the kernel has one, and means by its structure what the C library does. */
#if !defined(PLATTER_HAS_SANITIZER) && defined(SYS_fstat) && defined(__LP64__)                     \
  && (defined(__x86_64__) || defined(__aarch64__) || defined(__powerpc64__) || defined(__s390x__)  \
      || defined(__riscv))

static int __attribute__ ((used)) status_get (int fd, void *status)
{
  return (int)syscall (SYS_fstat, fd, status);
}

/* Both names that the C library has for it: the structure is one there, too. */
int fstat (int fd, void *status) __attribute__ ((alias ("status_get")));
int fstat64 (int fd, void *status) __attribute__ ((alias ("status_get")));

gboolean
platter_status_is_own (void)
{
  return TRUE;
}

#else

gboolean
platter_status_is_own (void)
{
  return FALSE;
}

#endif
