// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How large an image becomes, as far as that is known before.

#pragma once

#include "client/new-image.h"
#include "client/request.h"

G_BEGIN_DECLS

/** Returns: (transfer full) (nullable): of an image that @request makes: how much is read, and the most that it can become. */
char *platter_image_sizes_dup (PlatterRequest *request);
/** Returns: (transfer full) (nullable): how much is free where @image goes. */
char *platter_image_sizes_dup_room (PlatterNewImage *image);

G_END_DECLS
