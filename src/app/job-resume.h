// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job that was cut off goes on, or is given up.

#pragma once

#include <gtk/gtk.h>

#include "client/job.h"
#include "result-page.h"

G_BEGIN_DECLS

/**
 * platter_job_resume:
 * @widget: in a #PlatterWindow
 *
 * Finds its drives and its images, asks for an image that is not where it was, and shows what will be done before it is: or says what is missing.
 */
void platter_job_resume (GtkWidget *widget, PlatterJob *job);

/** platter_job_give_up: The job that @page shows is not kept any more, and the window leaves it if it still shows that. */
void platter_job_give_up (PlatterResultPage *page);

G_END_DECLS
