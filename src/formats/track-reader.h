// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The user data of a CD's track as a reader.

#pragma once

#include "disc.h"
#include "engine/reader.h"

G_BEGIN_DECLS

/**
 * platter_track_reader_new:
 * @inner: (transfer full): the file that has the track
 * @name: for messages
 * @track: valid, and with a number of sectors
 *
 * Each sector is checked as far as it can be: that it is one of a track of data, is of the mode that it should be, and that its
 * error detection code (edc.h) is right. One that is not ends it with %PLATTER_ENGINE_ERROR_DECODE; one of form 2, which has no 2048 bytes,
 * with %PLATTER_ENGINE_ERROR_UNSUPPORTED. The digests are those of the whole file.
 */
PlatterReader *
platter_track_reader_new (PlatterReader *inner, const char *name, const PlatterTrack *track);

G_END_DECLS
