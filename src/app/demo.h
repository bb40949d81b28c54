// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What build-aux/demo shows: a clone between two given drives, started without the wizard.

#pragma once

#include "application.h"

G_BEGIN_DECLS

/**
 * platter_demo_start:
 * @source: a /dev path, as @target
 *
 * Clones @source to @target as soon as there is a helper, in the window that is in front, and prints the job's
 * outcome ("verified") or the reason why there is none on standard output. Everything else is as in the wizard: the
 * same request, checks and pages.
 */
void platter_demo_start (PlatterApplication *application, const char *source, const char *target);

G_END_DECLS
