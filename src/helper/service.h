// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the parts of the helper share; put together by main.c.

#pragma once

#include <gio/gio.h>

#include "callers.h"
#include "idle.h"
#include "jobs.h"
#include "reservations.h"

G_BEGIN_DECLS

typedef struct
{
  GDBusConnection *connection; /* to the clients */
  GDBusConnection *bus;        /* (nullable): the system bus, where UDisks2 and logind are */
  gboolean is_peer;            /* one client at the other end, with our own rights */
  PlatterCallers *callers;
  PlatterReservations *reservations;
  PlatterIdle *idle;
  PlatterInhibitor *inhibitor;
  PlatterJobs *jobs;
  GPtrArray
    *preparations; /* (element-type gpointer): of jobs that have not begun; preparation.c's own */
  PlatterJournals *journals; /* (nullable): without a place for them jobs are not kept */
  char *worker;              /* the worker's path */
} PlatterService;

G_END_DECLS
