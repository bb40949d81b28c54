// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is said of drives that are not well, before anything is done with them.

#pragma once

#include "options.h"

G_BEGIN_DECLS

/** platter_advice_tell: On standard error, of the source and of each target; nothing with --quiet. */
void platter_advice_tell (PlatterRequest *request, PlatterOptions *options);

G_END_DECLS
