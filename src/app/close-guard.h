// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a window may be closed while jobs run that would end with it.

#pragma once

#include "window.h"

G_BEGIN_DECLS

/** Returns: whether somebody is asked now; the window then closes after a yes. */
gboolean platter_close_guard_asks (PlatterWindow *window);

G_END_DECLS
