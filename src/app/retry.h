// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The same job once more, for those of its targets that it did not end well for.

#pragma once

#include "client/job.h"
#include "client/request.h"

G_BEGIN_DECLS

/** platter_retry_prepare: Takes those targets out of @request that @job, made of it, ended well for. */
void platter_retry_prepare (PlatterRequest *request, PlatterJob *job);

/** platter_retry_compare: Makes @comparison one of what @done copied with what it was copied to. */
void platter_retry_compare (PlatterRequest *comparison, PlatterRequest *done);
/** platter_retry_repair: Makes @copy one of the source of @compared to what it was compared with. */
void platter_retry_repair (PlatterRequest *copy, PlatterRequest *compared);

G_END_DECLS
