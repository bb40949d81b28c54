// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The one live line on a terminal.

#pragma once

#include "../client/job.h"

G_BEGIN_DECLS

/** Returns: (transfer full): "Copying · 41 % · 205 of 500 GB · 268 MB/s · 18 min left"; no line breaks. */
char *platter_progress_line_dup (PlatterJob *job);

/** platter_progress_line_show: Puts the line where the last one was, on stderr. */
void platter_progress_line_show (PlatterJob *job);

/** platter_progress_line_clear: Takes it away, so that something else can be printed. */
void platter_progress_line_clear (void);

G_END_DECLS
