// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Keeps the application until a job that makes an image has ended, and the image has its name.

#pragma once

#include "application.h"
#include "client/request.h"

G_BEGIN_DECLS

/** Returns: (transfer none) (nullable): the image that @request, which may be %NULL, makes */
PlatterNewImage *platter_image_keeper_get_image (PlatterRequest *request);

/** platter_image_keeper_begin: Before a request is started. Returns: %FALSE if its image could not be begun. */
gboolean platter_image_keeper_begin (PlatterRequest *request, GError **error);

/**
 * platter_image_keeper_keep:
 * @request: that was begun; one that neither makes an image nor reads one that we pass on is none of our business
 * @job: (nullable): what became of it; without one nothing stays of the image
 *
 * The application goes on without a window until then, if the job does: nobody else could give the file its name, or send
 * what is still to come.
 */
void platter_image_keeper_keep (PlatterApplication *application,
                                PlatterRequest *request,
                                PlatterJob *job);

G_END_DECLS
