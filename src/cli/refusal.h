// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Why a command does not do what it was asked for, and the option with which it would.

#pragma once

#include "options.h"
#include "status.h"

G_BEGIN_DECLS

/** platter_refusal_tell: As platter_status_tell(); what the command would do with another option names it. */
PlatterStatus platter_refusal_tell (const GError *error, const PlatterOptions *options);

G_END_DECLS
