// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How many descriptors this process may have.

#include "descriptors.h"

#include <sys/resource.h>

void
platter_descriptors_allow_all (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  /* Without it, what needs more says so. */
  setrlimit (RLIMIT_NOFILE, &limit);
}
