// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The pool of aligned blocks.

#include "buffer-pool.h"

#include <sys/mman.h>

/* Fewer, larger pages make pinning and mapping for the device cheaper. */
#define HUGE_PAGE_BYTES (2 * 1024 * 1024)

struct _PlatterBufferPool
{
  guint8 *mapping;
  gsize mapping_bytes;
  guint8 *memory;
  gsize memory_bytes;
  PlatterSlot *slots;
  PlatterSlot *first_free;
  guint n_free;
};

PlatterBufferPool *
platter_buffer_pool_new (guint n_slots)
{
  PlatterBufferPool *self = g_new0 (PlatterBufferPool, 1);
  guintptr address = 0;

  self->memory_bytes = (gsize)n_slots * PLATTER_BLOCK_BYTES;
  self->mapping_bytes = self->memory_bytes + HUGE_PAGE_BYTES;
  self->mapping
    = mmap (NULL, self->mapping_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (self->mapping == MAP_FAILED)
    {
      g_free (self);
      return NULL;
    }
  address = ((guintptr)self->mapping + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
  self->memory = (guint8 *)address;
  madvise (self->memory, self->memory_bytes, MADV_HUGEPAGE);
  self->slots = g_new0 (PlatterSlot, n_slots);
  for (guint i = n_slots; i > 0; i--)
    {
      self->slots[i - 1].data = self->memory + (gsize)(i - 1) * PLATTER_BLOCK_BYTES;
      platter_buffer_pool_push (self, &self->slots[i - 1]);
    }
  return self;
}

void
platter_buffer_pool_free (PlatterBufferPool *self, gboolean is_in_use)
{
  if (self == NULL)
    return;
  if (!is_in_use)
    munmap (self->mapping, self->mapping_bytes);
  g_free (self->slots);
  g_free (self);
}

PlatterSlot *
platter_buffer_pool_pop (PlatterBufferPool *self)
{
  PlatterSlot *slot = self->first_free;

  if (slot == NULL)
    return NULL;
  self->first_free = slot->next;
  self->n_free--;
  slot->next = NULL;
  slot->refs = 1;
  slot->is_zero = FALSE;
  slot->start_bytes = 0;
  slot->target = G_MAXUINT;
  slot->partner = NULL;
  slot->wrong = -1;
  return slot;
}

void
platter_buffer_pool_push (PlatterBufferPool *self, PlatterSlot *slot)
{
  slot->next = self->first_free;
  self->first_free = slot;
  self->n_free++;
}

guint
platter_buffer_pool_get_n_free (const PlatterBufferPool *self)
{
  return self->n_free;
}

gpointer
platter_buffer_pool_get_memory (const PlatterBufferPool *self, gsize *size_bytes)
{
  *size_bytes = self->memory_bytes;
  return self->memory;
}
