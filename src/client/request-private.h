// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a request holds, for request.c and request-build.c.

#pragma once

#include "request.h"

G_BEGIN_DECLS

struct _PlatterRequest
{
  GObject parent_instance;
  PlatterRequestKind kind;
  GObject *source;
  GPtrArray *targets;
  PlatterChosen *chosen_source; /* (nullable): if it is a drive */
  GPtrArray *chosen; /* (element-type PlatterChosen): of each target; %NULL of an image */
  GPtrArray *digests;
  GVariantDict *options; /* what was set, but for the digests */
  gboolean verify;
  gboolean unmount;
  int map_fd; /* -1: none */
  int domain_fd;
  gboolean is_whole;
  char *format;
};

G_END_DECLS
