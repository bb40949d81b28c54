// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a worker is told first: the whole of a job.

#include "start.h"

static GVariant *
start_build_side (const PlatterPlanSide *side, guint index)
{
  GVariantDict dictionary;

  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "fd", "u", index);
  /* For error messages: the node is what tells two drives of one model apart. */
  g_variant_dict_insert (&dictionary, "name", "s", side->is_image ? side->name : side->device);
  g_variant_dict_insert (&dictionary, "queue-depth", "u", side->queue_depth);
  g_variant_dict_insert (&dictionary, "write-zeroes-max", "t", side->write_zeroes_max_bytes);
  g_variant_dict_insert (&dictionary, "rotational", "b", side->is_rotational);
  g_variant_dict_insert (&dictionary, "packed", "b", side->is_packed);
  return g_variant_dict_end (&dictionary);
}

static void
start_add_rescue (PlatterJob *job, GVariantDict *start)
{
  const PlatterRequest *request = platter_job_get_request (job);

  g_variant_dict_insert (start, "on-error", "s", request->on_error);
  g_variant_dict_insert (start, "rescue", "b", request->rescue);
  g_variant_dict_insert (start, "retries", "u", request->retries);
  g_variant_dict_insert (start, "error-limit", "t", request->error_limit);
  g_variant_dict_insert (start, "time-limit", "u", request->time_limit_s);
  g_variant_dict_insert (start, "zero-bad", "b", request->zero_bad);
}

/* What goes behind the drives. */
static void
start_add_fd (GVariantDict *start, GArray *fds, const char *key, int fd)
{
  if (fd < 0)
    return;
  g_variant_dict_insert (start, key, "u", fds->len);
  g_array_append_val (fds, fd);
}

static GVariant *
start_build_source (PlatterJob *job, GArray *fds)
{
  const PlatterRequestSide *asked = platter_request_get_side (platter_job_get_request (job), 0);
  g_autoptr (GVariant) side = g_variant_ref_sink (
    start_build_side (platter_plan_get_side (platter_job_get_plan (job), 0), 0));
  GVariantDict source;

  g_variant_dict_init (&source, side);
  if (asked->nbd_fd >= 0 && asked->nbd_fd == asked->fd)
    g_variant_dict_insert (&source, "nbd", "u", 0);
  else
    start_add_fd (&source, fds, "nbd", asked->nbd_fd);
  start_add_fd (&source, fds, "parts", asked->parts_fd);
  if (asked->track != NULL)
    g_variant_dict_insert_value (&source, "track", asked->track);
  if (asked->is_pipe)
    {
      g_variant_dict_insert (&source, "pipe", "b", TRUE);
      g_variant_dict_insert (&source, "packed", "b", asked->is_packed);
    }
  if (asked->is_pipe && asked->size_bytes > 0)
    g_variant_dict_insert (&source, "size", "t", asked->size_bytes);
  if (asked->export_name != NULL)
    g_variant_dict_insert (&source, "export", "s", asked->export_name);
  return g_variant_dict_end (&source);
}

static GVariant *
start_build_target (PlatterJob *job, guint index, GArray *fds)
{
  const PlatterRequestSide *asked = platter_request_get_side (platter_job_get_request (job), index);
  g_autoptr (GVariant) side = g_variant_ref_sink (
    start_build_side (platter_plan_get_side (platter_job_get_plan (job), index), index));
  GVariantDict target;

  g_variant_dict_init (&target, side);
  start_add_fd (&target, fds, "more", asked->more_fd);
  return g_variant_dict_end (&target);
}

GVariant *
platter_start_build (PlatterJob *job, GArray *fds, int map_fd, int domain_fd)
{
  const PlatterRequest *request = platter_job_get_request (job);
  const PlatterPlan *plan = platter_job_get_plan (job);
  GVariantBuilder targets;
  GVariantDict start;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 1; i < plan->sides->len; i++)
    g_variant_builder_add_value (&targets, start_build_target (job, i, fds));
  g_variant_dict_init (&start, NULL);
  g_variant_dict_insert (&start, "kind", "s", platter_request_get_kind_name (request));
  g_variant_dict_insert_value (&start, "source", start_build_source (job, fds));
  g_variant_dict_insert_value (&start, "targets", g_variant_builder_end (&targets));
  g_variant_dict_insert (&start, "size", "t", plan->size_bytes);
  g_variant_dict_insert (&start, "verify", "b", request->verify);
  g_variant_dict_insert (&start, "digests", "^as", request->digests);
  g_variant_dict_insert (&start, "expected", "@a{ss}", request->expected);
  g_variant_dict_insert (&start, "repairs", "u", request->repairs);
  g_variant_dict_insert (&start, "stall-timeout", "u", request->stall_timeout_s);
  g_variant_dict_insert (&start, "shorter", "b", request->shorter);
  g_variant_dict_insert (&start, "queue", "s", request->queue);
  if (request->kind == PLATTER_REQUEST_IMAGE)
    {
      g_variant_dict_insert (&start, "format", "s", request->format);
      g_variant_dict_insert (&start, "level", "u", request->level);
    }
  g_variant_dict_insert (&start, "move-gpt", "b",
                         request->kind == PLATTER_REQUEST_CLONE && !request->rescue);
  if (plan->resume_bytes != NULL && plan->resume_map == NULL)
    g_variant_dict_insert_value (
      &start, "resume",
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, plan->resume_bytes->data,
                                 plan->resume_bytes->len, sizeof (guint64)));
  start_add_rescue (job, &start);
  if (map_fd >= 0)
    {
      /* With a map it is one, whatever it was before. */
      g_variant_dict_insert (&start, "rescue", "b", TRUE);
      g_variant_dict_insert (&start, "resumed", "b", TRUE);
    }
  start_add_fd (&start, fds, "map", map_fd >= 0 ? map_fd : request->map_fd);
  start_add_fd (&start, fds, "domain", domain_fd >= 0 ? domain_fd : request->domain_fd);
  start_add_fd (&start, fds, "map-page", platter_job_get_map_fd (job));
  return g_variant_dict_end (&start);
}
