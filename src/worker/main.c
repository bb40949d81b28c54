// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platter-worker: the copying of one job between drives, in a process that has nothing but the job's descriptors.

#include "start.h"

#include <unistd.h>

int
main (void)
{
  _exit (platter_worker_start (NULL));
}
