// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an archive holds, entry after entry, without unpacking more than that takes.

#pragma once

#include "archive-choice.h"
#include "format.h"
#include "input.h"

G_BEGIN_DECLS

/**
 * platter_archive_look:
 * @format: how the file is packed
 *
 * Looks for an image in an archive that is the file itself, or is packed in it. Reads from @input and leaves it at its
 * beginning. Not all of an archive that is packed as a whole is looked at: what comes behind the image is met when it is
 * unpacked.
 *
 * Returns: (transfer full) (nullable): %NULL if there is no archive
 */
PlatterArchiveChoice *platter_archive_look (PlatterInput *input, PlatterFormat format);

G_END_DECLS
