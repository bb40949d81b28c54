// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a file beside an image promises of it.

#pragma once

#include "../client/request.h"
#include "options.h"

G_BEGIN_DECLS

/** platter_expect_whole: Warns if @image seems to be cut off. */
void platter_expect_whole (PlatterImage *image, const PlatterOptions *options);
/** platter_expect_digest: Has @request check its source, @image, against what lies beside it, if anything does, and says so. */
void platter_expect_digest (PlatterRequest *request, PlatterImage *image, PlatterOptions *options);

G_END_DECLS
