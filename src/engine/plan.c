// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Making a transfer: the plan is checked, and all that a closed sandbox could not make is made.

#include "transfer-private.h"

#include "reader-queue.h"
#include "writer-queue.h"

#include <string.h>

#define MAX_TABLE_ENTRIES (1024 * 1024)
#define MAX_ALIGNMENT_BYTES 65536
#define MIN_SLOTS 8
/* Together with the edges and the two below no more than 64 MiB. For one target as many as two fast
   devices can keep busy: the fewer there are, the more of them are still in the processor's cache. */
#define SLOTS_FOR_ONE 16
#define SLOTS_FOR_FEW 32
#define SLOTS_FOR_MANY 56
#define FEW_TARGETS 4
#define EXTRA_SLOTS 2

static gboolean
plan_check_endpoint (PlatterEndpoint *endpoint, GError **error)
{
  guint alignment_bytes = platter_endpoint_get_alignment_bytes (endpoint);

  if (alignment_bytes <= MAX_ALIGNMENT_BYTES && (alignment_bytes & (alignment_bytes - 1)) == 0)
    return TRUE;
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
               "%s has blocks of %u bytes, which is not supported",
               platter_endpoint_get_name (endpoint), alignment_bytes);
  return FALSE;
}

static gboolean
plan_check_target (PlatterTransfer *self,
                   PlatterEndpoint *target,
                   guint64 needed_bytes,
                   GError **error)
{
  guint64 block_bytes
    = platter_endpoint_is_block_device (target) && self->options.kind == PLATTER_TRANSFER_COPY
        ? platter_endpoint_get_logical_block_bytes (target)
        : 1;
  guint64 size_bytes = platter_endpoint_get_size_bytes (target);
  guint64 padding_bytes = (block_bytes - needed_bytes % block_bytes) % block_bytes;

  if (!plan_check_endpoint (target, error))
    return FALSE;
  if (self->options.kind == PLATTER_TRANSFER_COPY && !platter_endpoint_is_writable (target))
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "%s is not open for writing", platter_endpoint_get_name (target));
      return FALSE;
    }
  if (needed_bytes > size_bytes || padding_bytes > size_bytes - needed_bytes)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_TOO_SMALL,
                   "%s has %" G_GUINT64_FORMAT " bytes, but %" G_GUINT64_FORMAT " are needed",
                   platter_endpoint_get_name (target), size_bytes, needed_bytes);
      return FALSE;
    }
  return TRUE;
}

/* What is unpacked as it is read may be as large as the smallest target, until its end is met. */
static void
plan_open_end (PlatterTransfer *self, GPtrArray *targets)
{
  self->is_open = TRUE;
  self->size_bytes = G_MAXINT64;
  for (guint i = 0; i < targets->len; i++)
    self->size_bytes = MIN (self->size_bytes, platter_endpoint_get_size_bytes (targets->pdata[i]));
}

static gboolean
plan_check_size (PlatterTransfer *self, GPtrArray *targets, GError **error)
{
  guint64 source_bytes = platter_endpoint_get_size_bytes (self->source);

  if (platter_endpoint_get_reader (self->source) != NULL)
    {
      plan_open_end (self, targets);
      source_bytes = self->size_bytes;
    }
  self->size_bytes = self->options.size_bytes > 0 ? self->options.size_bytes : source_bytes;
  if (self->size_bytes > 0 && self->size_bytes <= source_bytes && source_bytes <= G_MAXINT64)
    return TRUE;
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
               "%s has %" G_GUINT64_FORMAT " bytes, of which %" G_GUINT64_FORMAT
               " cannot be copied",
               platter_endpoint_get_name (self->source), source_bytes, self->size_bytes);
  return FALSE;
}

static gboolean
plan_check (PlatterTransfer *self, GPtrArray *targets, GError **error)
{
  gboolean is_count_good
    = targets->len >= 1
      && targets->len
           <= (self->options.kind == PLATTER_TRANSFER_COMPARE ? 1 : PLATTER_TRANSFER_MAX_TARGETS);

  self->is_stream = targets->len == 1 && platter_endpoint_get_writer (targets->pdata[0]) != NULL;
  if (!is_count_good)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "%u targets are too many or too few", targets->len);
      return FALSE;
    }
  if (!plan_check_size (self, targets, error) || !plan_check_endpoint (self->source, error))
    return FALSE;
  for (guint i = 0; i < targets->len; i++)
    if (!plan_check_target (self, g_ptr_array_index (targets, i), self->size_bytes, error))
      return FALSE;
  return TRUE;
}

static void
plan_add_edge (PlatterTransfer *self, guint64 block)
{
  PlatterEdge *edge = &self->edges[self->n_edges++];

  g_assert (self->n_edges <= PLATTER_MAX_EDGES);
  edge->block = block;
}

static void
plan_find_edges (PlatterTransfer *self)
{
  guint64 tail_bytes = self->size_bytes - MIN (self->size_bytes, PLATTER_EDGE_BYTES);

  self->n_edges = 0;
  self->n_blocks = (self->size_bytes - 1) / PLATTER_BLOCK_BYTES + 1;
  self->first_tail_edge = MAX (1, tail_bytes / PLATTER_BLOCK_BYTES);
  if (self->is_stream)
    return;
  plan_add_edge (self, 0);
  for (guint64 block = self->first_tail_edge; block < self->n_blocks; block++)
    plan_add_edge (self, block);
}

static guint
plan_count_slots (const PlatterTransfer *self)
{
  if (self->n_targets > FEW_TARGETS)
    return SLOTS_FOR_MANY;
  return self->n_targets > 1 ? SLOTS_FOR_FEW : SLOTS_FOR_ONE;
}

static void
plan_hash_marks (PlatterTransfer *self)
{
  for (guint i = 0; i < self->n_edges; i++)
    self->edges[i].mark_hash = platter_transfer_hash (
      self, self->mark->data, platter_transfer_get_block_bytes (self, self->edges[i].block));
}

static gboolean
plan_make_buffers (PlatterTransfer *self, GError **error)
{
  /* Where the end is told later, there may be as many. */
  guint n_edges = self->is_open ? PLATTER_MAX_EDGES : self->n_edges;

  self->n_slots = (guint)MIN (plan_count_slots (self), MAX (MIN_SLOTS, self->n_blocks + 4));
  self->max_checks = self->n_slots / 2;
  self->quota = self->n_slots / MIN (self->n_targets, self->max_checks);
  self->pool = platter_buffer_pool_new (self->n_slots + n_edges + EXTRA_SLOTS);
  if (self->pool == NULL)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_FAILED,
                   "There is not enough memory for buffers");
      return FALSE;
    }
  self->zero = platter_buffer_pool_pop (self->pool);
  self->mark = platter_buffer_pool_pop (self->pool);
  memcpy (self->mark->data, PLATTER_MARK_TEXT, sizeof (PLATTER_MARK_TEXT));
  for (guint i = 0; i < n_edges; i++)
    self->edges[i].slot = platter_buffer_pool_pop (self->pool);
  plan_hash_marks (self);
  return TRUE;
}

static void
plan_wake_cb (gpointer data)
{
  PlatterTransfer *self = data;

  platter_io_queue_wake (self->queue);
}

static gboolean
plan_make_digests (PlatterTransfer *self, GError **error)
{
  PlatterReader *reader = platter_endpoint_get_reader (self->source);
  PlatterDigests digests = self->options.digests;
  PlatterDigests expected = PLATTER_DIGEST_NONE; /* what only the reader knows */
  guint n_edges = self->is_open ? PLATTER_MAX_EDGES : self->n_edges;

  for (guint i = 0; i < self->options.n_expected; i++)
    expected |= self->expected[i].digest;
  self->is_source_checked = (digests | expected) == PLATTER_DIGEST_NONE;
  if (self->is_source_checked)
    return TRUE;
  if (reader == NULL || !self->options.digests_content)
    {
      digests |= expected;
      expected = PLATTER_DIGEST_NONE;
    }
  if (self->rescue != NULL)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
                   "A digest is one of all data, so a copy that may leave some out has none");
      return FALSE;
    }
  if (reader != NULL && !self->options.digests_content)
    return reader->funcs->set_digests (reader, digests, error);
  if (digests != PLATTER_DIGEST_NONE)
    {
      self->digests = platter_digest_set_new (digests, self->n_blocks, self->n_slots + n_edges,
                                              plan_wake_cb, self, error);
      if (self->digests == NULL)
        return FALSE;
    }
  return expected == PLATTER_DIGEST_NONE || reader->funcs->set_digests (reader, expected, error);
}

static PlatterIoBackend *
plan_add_writer (PlatterTransfer *self, PlatterIoBackend *backend)
{
  PlatterEndpoint *target = self->targets[0].endpoint;

  return platter_writer_backend_new (platter_reader_backend_new (backend, target, 1), target, 1);
}

static gboolean
plan_make_queue (PlatterTransfer *self, const PlatterTransferHooks *hooks, GError **error)
{
  int fds[PLATTER_TRANSFER_MAX_TARGETS + 1];
  PlatterIoSetup setup = { .fds = fds, .n_fds = self->n_targets + 1 };
  PlatterIoBackend *backend = NULL;

  fds[0] = platter_endpoint_get_fd (self->source);
  for (guint i = 0; i < self->n_targets; i++)
    fds[i + 1] = platter_endpoint_get_fd (self->targets[i].endpoint);
  setup.memory = platter_buffer_pool_get_memory (self->pool, &setup.memory_bytes);
  setup.max_requests = (self->n_targets + 1) * self->n_slots * PLATTER_IO_PIECES;
  backend = platter_io_backend_new (self->options.queue, &setup, error);
  if (backend == NULL)
    return FALSE;
  if (platter_endpoint_get_reader (self->source) != NULL)
    backend = platter_reader_backend_new (backend, self->source, 0);
  if (self->is_stream)
    backend = plan_add_writer (self, backend);
  if (hooks->wrap != NULL)
    backend = hooks->wrap (backend, hooks->wrap_data);
  self->queue = platter_io_queue_new (backend);
  platter_lane_init (&self->source_lane, self->queue, self->source, 0, MAX (2, self->n_slots / 2));
  for (guint i = 0; i < self->n_targets; i++)
    platter_lane_init (&self->targets[i].lane, self->queue, self->targets[i].endpoint, i + 1,
                       MAX (2, self->n_slots / (self->n_targets + 1)));
  return TRUE;
}

static void
plan_copy_options (PlatterTransfer *self, const PlatterTransferOptions *options)
{
  self->options = *options;
  self->options.max_repairs = MIN (options->max_repairs, PLATTER_TRANSFER_MAX_REPAIRS);
  self->expected = g_new0 (PlatterExpectedDigest, options->n_expected + 1);
  for (guint i = 0; i < options->n_expected; i++)
    self->expected[i]
      = (PlatterExpectedDigest){ options->expected[i].digest, g_strdup (options->expected[i].hex) };
}

static void
plan_make_targets (PlatterTransfer *self, GPtrArray *targets)
{
  self->n_targets = targets->len;
  self->targets = g_new0 (PlatterTarget, targets->len);
}

PlatterTransfer *
platter_transfer_new_with_hooks (PlatterEndpoint *source,
                                 GPtrArray *targets,
                                 const PlatterTransferOptions *options,
                                 const PlatterTransferHooks *hooks,
                                 GError **error)
{
  g_autoptr (PlatterTransfer) self = g_new0 (PlatterTransfer, 1);

  pthread_mutex_init (&self->lock, NULL);
  plan_copy_options (self, options);
  self->source = platter_endpoint_ref (source);
  self->end_bytes = G_MAXUINT64;
  self->first_unread_bytes = G_MAXUINT64;
  if (!plan_check (self, targets, error))
    return NULL;
  self->hash = platter_block_hash_get_func ();
  plan_make_targets (self, targets);
  plan_find_edges (self);
  self->is_once
    = platter_endpoint_get_reader (source) != NULL && platter_endpoint_get_reader (source)->is_once;
  /* What is packed cannot be written anew at a place in its middle. */
  if (self->is_stream || self->is_once)
    self->options.max_repairs = 0;
  if (!plan_make_buffers (self, error))
    return NULL;
  self->zero_hash = self->hash (self->zero->data, PLATTER_BLOCK_BYTES);
  self->zeros = platter_map_new (self->size_bytes);
  self->published_status = (PlatterMapfileStatus){ 0, '?', 1 };
  if (options->kind == PLATTER_TRANSFER_COPY && options->verify)
    self->table = platter_block_table_new (self->n_blocks, hooks->max_table_entries);
  for (guint i = 0; i < self->n_targets; i++)
    {
      platter_target_init (&self->targets[i], self, i, g_ptr_array_index (targets, i));
      platter_resume_init (&self->targets[i], hooks);
    }
  self->options.resume_bytes = NULL; /* not ours */
  /* What is damaged in a packed file cannot be left out, and one is packed in order. */
  if (options->kind == PLATTER_TRANSFER_COPY && options->on_error != PLATTER_ON_ERROR_STOP
      && platter_endpoint_get_reader (source) == NULL && !self->is_stream)
    self->rescue = platter_rescue_new (self);
  if (!plan_make_queue (self, hooks, error) || !plan_make_digests (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

PlatterTransfer *
platter_transfer_new (PlatterEndpoint *source,
                      GPtrArray *targets,
                      const PlatterTransferOptions *options,
                      GError **error)
{
  PlatterTransferHooks hooks = { .max_table_entries = MAX_TABLE_ENTRIES };

  return platter_transfer_new_with_hooks (source, targets, options, &hooks, error);
}

static gboolean
plan_check_comparison (PlatterTransfer *self, guint64 size_bytes, GError **error)
{
  PlatterEndpoint *target = self->targets[0].endpoint;
  guint64 target_bytes = platter_endpoint_get_size_bytes (target);

  if (self->options.kind == PLATTER_TRANSFER_COPY || self->options.shorter
      || size_bytes == target_bytes)
    return TRUE;
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_SIZES_DIFFER,
               "%s holds %" G_GUINT64_FORMAT " bytes and %s %" G_GUINT64_FORMAT
               ", so they cannot be equal",
               platter_endpoint_get_name (self->source), size_bytes,
               platter_endpoint_get_name (target), target_bytes);
  return FALSE;
}

gboolean
platter_transfer_set_size (PlatterTransfer *self, guint64 size_bytes, GError **error)
{
  g_return_val_if_fail (self->is_open, FALSE);
  if (size_bytes == 0)
    {
      g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE, "%s holds nothing",
                   platter_endpoint_get_name (self->source));
      return FALSE;
    }
  for (guint i = 0; i < self->n_targets; i++)
    if (!plan_check_target (self, self->targets[i].endpoint, size_bytes, error))
      return FALSE;
  if (!plan_check_comparison (self, size_bytes, error))
    return FALSE;
  platter_end_set_size (self, size_bytes);
  plan_find_edges (self);
  plan_hash_marks (self);
  for (guint i = 0; i < self->n_targets; i++)
    self->targets[i].n_kept_blocks
      = MIN (self->targets[i].n_kept_blocks,
             self->options.kind == PLATTER_TRANSFER_COPY ? self->first_tail_edge : self->n_blocks);
  return TRUE;
}

void
platter_transfer_free (PlatterTransfer *self)
{
  gboolean is_in_use = FALSE;

  if (self == NULL)
    return;
  platter_digest_set_free (self->digests);
  is_in_use = self->source_lane.n_in_flight > 0;
  for (guint i = 0; i < self->n_targets; i++)
    is_in_use |= self->targets[i].lane.n_in_flight > 0;
  platter_io_queue_free (self->queue);
  for (guint i = 0; i < self->n_targets && self->targets[i].transfer != NULL; i++)
    platter_target_clear (&self->targets[i]);
  platter_lane_clear (&self->source_lane);
  platter_buffer_pool_free (self->pool, is_in_use);
  platter_block_table_free (self->table);
  platter_map_free (self->zeros);
  platter_rescue_free (self->rescue);
  g_clear_pointer (&self->wanted, platter_map_free);
  platter_endpoint_unref (self->source);
  for (guint i = 0; i < self->options.n_expected; i++)
    g_free ((char *)self->expected[i].hex);
  g_free (self->expected);
  g_free (self->targets);
  g_clear_error (&self->error);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}
