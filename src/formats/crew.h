// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Threads, as many as there are processors, that do pieces of work.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PlatterCrew PlatterCrew;
typedef struct _PlatterCrewJob PlatterCrewJob;

/** The beginning of a structure that holds a piece of work. */
struct _PlatterCrewJob
{
  void (*run) (PlatterCrewJob *job); /* on any thread of the crew */
  gboolean is_done;                  /* the crew's own */
  PlatterCrewJob *next;
};

/** platter_crew_new: The threads are made when they are needed. */
PlatterCrew *platter_crew_new (void);
/** platter_crew_free: Waits for the threads; what nobody has begun yet is not done. */
void platter_crew_free (PlatterCrew *self);
guint platter_crew_get_n_threads (const PlatterCrew *self);
void platter_crew_push (PlatterCrew *self, PlatterCrewJob *job);
/** platter_crew_wait: Until it is done. */
void platter_crew_wait (PlatterCrew *self, PlatterCrewJob *job);

G_END_DECLS
