// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How a job ended, in words.

#pragma once

#include "../client/job.h"
#include "options.h"

G_BEGIN_DECLS

/**
 * platter_result_print:
 *
 * What went well goes to stdout (unless --quiet or --json), what went wrong to stderr, with what to do about it.
 */
void platter_result_print (PlatterJob *job, PlatterOptions *options);

G_END_DECLS
