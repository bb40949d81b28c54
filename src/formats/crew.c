// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Threads for work that can be cut into pieces. GLib's own pool asks the kernel for more than the sandbox gives.

#include "crew.h"

#include <pthread.h>

#define MAX_THREADS 16

struct _PlatterCrew
{
  guint max_threads;
  guint n_threads;
  GThread *threads[MAX_THREADS];
  pthread_mutex_t lock; /* of all below and of the jobs' state */
  pthread_cond_t pushed;
  pthread_cond_t done;
  PlatterCrewJob *first;
  PlatterCrewJob *last;
  guint n_idle;
  gboolean is_stopped;
};

PlatterCrew *
platter_crew_new (void)
{
  PlatterCrew *self = g_new0 (PlatterCrew, 1);

  self->max_threads = CLAMP (g_get_num_processors (), 1, MAX_THREADS);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->pushed, NULL);
  pthread_cond_init (&self->done, NULL);
  return self;
}

void
platter_crew_free (PlatterCrew *self)
{
  if (self == NULL)
    return;
  pthread_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  pthread_cond_broadcast (&self->pushed);
  pthread_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_threads; i++)
    g_thread_join (self->threads[i]);
  pthread_cond_destroy (&self->done);
  pthread_cond_destroy (&self->pushed);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

guint
platter_crew_get_n_threads (const PlatterCrew *self)
{
  return self->max_threads;
}

static void
crew_run_first (PlatterCrew *self)
{
  PlatterCrewJob *job = self->first;

  self->first = job->next;
  if (self->first == NULL)
    self->last = NULL;
  pthread_mutex_unlock (&self->lock);
  job->run (job);
  pthread_mutex_lock (&self->lock);
  job->is_done = TRUE;
  pthread_cond_broadcast (&self->done);
}

static gpointer
crew_thread (gpointer data)
{
  PlatterCrew *self = data;

  pthread_mutex_lock (&self->lock);
  while (!self->is_stopped)
    {
      if (self->first != NULL)
        {
          crew_run_first (self);
          continue;
        }
      self->n_idle++;
      pthread_cond_wait (&self->pushed, &self->lock);
      self->n_idle--;
    }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

void
platter_crew_push (PlatterCrew *self, PlatterCrewJob *job)
{
  pthread_mutex_lock (&self->lock);
  job->is_done = FALSE;
  job->next = NULL;
  if (self->last != NULL)
    self->last->next = job;
  else
    self->first = job;
  self->last = job;
  if (self->n_idle == 0 && self->n_threads < self->max_threads)
    self->threads[self->n_threads++] = g_thread_new ("platter-crew", crew_thread, self);
  else
    pthread_cond_signal (&self->pushed);
  pthread_mutex_unlock (&self->lock);
}

void
platter_crew_wait (PlatterCrew *self, PlatterCrewJob *job)
{
  pthread_mutex_lock (&self->lock);
  while (!job->is_done)
    pthread_cond_wait (&self->done, &self->lock);
  pthread_mutex_unlock (&self->lock);
}
