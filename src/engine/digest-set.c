// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Digests in order over a ring of blocks.

#include "digest-set.h"

#include "digest-kind.h"

#include <pthread.h>

typedef struct
{
  PlatterDigestSet *set;
  PlatterDigests kind;
  EVP_MD_CTX *context;
  GThread *thread;
  char *hex;
} Digester;

typedef struct
{
  gboolean is_filled;
  guint64 block; /* which one is in it: one digester may already wait for the next in this place */
  const guint8 *data;
  gsize length;
  gpointer item;
  guint n_left; /* digests that have not taken it yet */
} DigestEntry;

struct _PlatterDigestSet
{
  pthread_mutex_t lock; /* of all below but the digesters' contexts */
  pthread_cond_t cond;
  guint64 n_blocks; /* may get fewer, until the end is met */
  guint window;
  DigestEntry *ring; /* block b is at b % window */
  GQueue done;
  gboolean is_stopped;
  guint n_complete;
  guint n_digesters;
  Digester digesters[PLATTER_N_DIGESTS];
  void (*notify) (gpointer notify_data);
  gpointer notify_data;
};

/* With the lock held. */
static void
digest_release (PlatterDigestSet *self, DigestEntry *entry)
{
  if (--entry->n_left > 0)
    return;
  entry->is_filled = FALSE;
  g_queue_push_tail (&self->done, entry->item);
  self->notify (self->notify_data);
}

static gboolean
digest_holds (const DigestEntry *entry, guint64 block)
{
  return entry->is_filled && entry->block == block;
}

/* Returns: whether there was such a block; not behind the last one. */
static gboolean
digest_take (Digester *self, guint64 block)
{
  PlatterDigestSet *set = self->set;
  DigestEntry *entry = &set->ring[block % set->window];
  gboolean is_over = FALSE;

  pthread_mutex_lock (&set->lock);
  while (block < set->n_blocks && !digest_holds (entry, block) && !set->is_stopped)
    pthread_cond_wait (&set->cond, &set->lock);
  is_over = set->is_stopped || block >= set->n_blocks;
  pthread_mutex_unlock (&set->lock);
  if (is_over)
    return FALSE;
  EVP_DigestUpdate (self->context, entry->data, entry->length);
  pthread_mutex_lock (&set->lock);
  digest_release (set, entry);
  pthread_mutex_unlock (&set->lock);
  return TRUE;
}

static gpointer
digest_thread (gpointer data)
{
  Digester *self = data;
  PlatterDigestSet *set = self->set;
  guint64 block = 0;

  while (digest_take (self, block))
    block++;
  pthread_mutex_lock (&set->lock);
  if (block >= set->n_blocks)
    {
      self->hex = platter_digest_kind_finish (self->context);
      set->n_complete++;
      set->notify (set->notify_data);
    }
  pthread_mutex_unlock (&set->lock);
  return NULL;
}

static gboolean
digest_set_add (PlatterDigestSet *self, PlatterDigests kind, GError **error)
{
  Digester *digester = &self->digesters[self->n_digesters++];

  digester->set = self;
  digester->kind = kind;
  digester->context = platter_digest_kind_start (kind, error);
  return digester->context != NULL;
}

PlatterDigestSet *
platter_digest_set_new (PlatterDigests digests,
                        guint64 n_blocks,
                        guint window,
                        void (*notify) (gpointer notify_data),
                        gpointer notify_data,
                        GError **error)
{
  PlatterDigestSet *self = g_new0 (PlatterDigestSet, 1);

  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->cond, NULL);
  g_queue_init (&self->done);
  self->n_blocks = n_blocks;
  self->window = window;
  self->ring = g_new0 (DigestEntry, window);
  self->notify = notify;
  self->notify_data = notify_data;
  for (guint i = 0; i < PLATTER_N_DIGESTS; i++)
    if ((digests & (1u << i)) != 0 && !digest_set_add (self, 1u << i, error))
      {
        platter_digest_set_free (self);
        return NULL;
      }
  return self;
}

void
platter_digest_set_free (PlatterDigestSet *self)
{
  if (self == NULL)
    return;
  pthread_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_digesters; i++)
    {
      g_clear_pointer (&self->digesters[i].thread, g_thread_join);
      EVP_MD_CTX_free (self->digesters[i].context);
      g_free (self->digesters[i].hex);
    }
  g_queue_clear (&self->done);
  g_free (self->ring);
  pthread_cond_destroy (&self->cond);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

void
platter_digest_set_start (PlatterDigestSet *self)
{
  for (guint i = 0; i < self->n_digesters; i++)
    self->digesters[i].thread = g_thread_new ("platter-digest", digest_thread, &self->digesters[i]);
}

void
platter_digest_set_cut (PlatterDigestSet *self, guint64 n_blocks)
{
  pthread_mutex_lock (&self->lock);
  self->n_blocks = n_blocks;
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->lock);
}

void
platter_digest_set_push (
  PlatterDigestSet *self, guint64 block, const guint8 *data, gsize length, gpointer item)
{
  pthread_mutex_lock (&self->lock);
  g_assert (!self->ring[block % self->window].is_filled);
  self->ring[block % self->window]
    = (DigestEntry){ TRUE, block, data, length, item, self->n_digesters };
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->lock);
}

gpointer
platter_digest_set_pop (PlatterDigestSet *self)
{
  gpointer item = NULL;

  pthread_mutex_lock (&self->lock);
  item = g_queue_pop_head (&self->done);
  pthread_mutex_unlock (&self->lock);
  return item;
}

gboolean
platter_digest_set_is_complete (PlatterDigestSet *self)
{
  gboolean is_complete = FALSE;

  pthread_mutex_lock (&self->lock);
  is_complete = self->n_complete == self->n_digesters;
  pthread_mutex_unlock (&self->lock);
  return is_complete;
}

const char *
platter_digest_set_get_hex (PlatterDigestSet *self, PlatterDigests digest)
{
  const char *hex = NULL;

  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_digesters; i++)
    if (self->digesters[i].kind == digest)
      hex = self->digesters[i].hex;
  pthread_mutex_unlock (&self->lock);
  return hex;
}
