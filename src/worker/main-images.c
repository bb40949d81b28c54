// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platter-worker-images: the same as platter-worker, for jobs that images take part in: it unpacks and packs them, too.

#include "start.h"

#include <unistd.h>

int
main (void)
{
  _exit (platter_worker_start (platter_images_get_class ()));
}
