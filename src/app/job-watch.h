// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Watches all jobs, whichever window shows them: tells when one has ended, and keeps the session
// from ending while one of our own runs.

#pragma once

#include <gtk/gtk.h>

#include "client/drives.h"
#include "client/helper.h"
#include "recent.h"

G_BEGIN_DECLS

#define PLATTER_TYPE_JOB_WATCH (platter_job_watch_get_type ())
G_DECLARE_FINAL_TYPE (PlatterJobWatch, platter_job_watch, PLATTER, JOB_WATCH, GObject)

/**
 * platter_job_watch_new:
 * @application: not referenced; must outlive the watch
 *
 * Every job that has ended is kept in @recent, with what @drives know of its drives.
 */
PlatterJobWatch *
platter_job_watch_new (GtkApplication *application, PlatterDrives *drives, PlatterRecent *recent);
void platter_job_watch_set_helper (PlatterJobWatch *self, PlatterHelper *helper);
guint platter_job_watch_get_n_running (PlatterJobWatch *self);

G_END_DECLS
