// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How many descriptors this process may have.

#pragma once

/**
 * platter_descriptors_allow_all:
 *
 * As many as the system lets it: an image in many pieces takes two for each. The lower limit is there for programs that use
 * select(2), which nothing here does.
 */
void platter_descriptors_allow_all (void);
