// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The same job once more, for those of its targets that it did not end well for.

#include "config.h"

#include "retry.h"

#include "job-words.h"

/* Of a rescue that came to its end, only bad places are left: they are tried once more. */
static void
retry_go_on (PlatterRequest *request, PlatterJob *job)
{
  GPtrArray *targets = platter_request_get_targets (request);
  g_autoptr (PlatterNewImage) image
    = platter_new_image_dup_to_go_on (g_ptr_array_index (targets, 0));
  gboolean is_through = g_strcmp0 (platter_job_get_outcome (job), "incomplete") == 0;

  if (image == NULL)
    return;
  platter_request_remove_targets (request);
  platter_request_add_target (request, image);
  platter_request_set_rescue_limits (request, is_through ? 1 : 0, 0, 0);
}

void
platter_retry_prepare (PlatterRequest *request, PlatterJob *job)
{
  GPtrArray *targets = platter_request_get_targets (request);

  if (platter_request_get_kind (request) == PLATTER_REQUEST_IMAGE)
    {
      retry_go_on (request, job);
      return;
    }
  platter_request_set_resume (request, 0); /* that job has gone on already */
  for (guint i = targets->len; i > 0; i--)
    {
      g_autoptr (PlatterJobTarget) ended
        = g_list_model_get_item (platter_job_get_targets (job), i - 1);

      if (!platter_job_words_is_retryable (ended))
        platter_request_remove_target (request, g_ptr_array_index (targets, i - 1));
    }
}

/* As they were chosen then, whatever is there now. */
static void
retry_take (PlatterRequest *request, PlatterRequest *done)
{
  platter_request_copy_source (request, done);
  platter_request_copy_target (request, done, 0);
}

void
platter_retry_compare (PlatterRequest *comparison, PlatterRequest *done)
{
  retry_take (comparison, done);
  platter_request_set_shorter (comparison, TRUE);
}

void
platter_retry_repair (PlatterRequest *copy, PlatterRequest *compared)
{
  retry_take (copy, compared);
}
