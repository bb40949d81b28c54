// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The question of a job that met a place of its source that cannot be read, asked on the terminal.

#pragma once

#include "../client/job.h"
#include "options.h"
#include "status.h"

G_BEGIN_DECLS

typedef struct _PlatterAnswer PlatterAnswer;

/** platter_answer_check: Returns: a refusal, which has been told, if a request may ask and there is nobody to ask. */
PlatterStatus platter_answer_check (PlatterRequest *request, PlatterOptions *options);

/**
 * platter_answer_new:
 * @is_alone: whether nobody else can answer, as the job is a helper's of our own: then the end of what is typed stops it
 *
 * From now on, if @job asks, the question is on the terminal until somebody has answered.
 */
PlatterAnswer *platter_answer_new (PlatterJob *job, gboolean is_alone);
void platter_answer_free (PlatterAnswer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterAnswer, platter_answer_free)

G_END_DECLS
