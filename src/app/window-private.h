// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the files of the window share.

#pragma once

#include "client/request.h"
#include "history-page.h"
#include "image-page.h"
#include "options-page.h"
#include "progress-page.h"
#include "result-page.h"
#include "review-page.h"
#include "source-page.h"
#include "start-page.h"
#include "targets-page.h"
#include "window.h"

G_BEGIN_DECLS

struct _PlatterWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  PlatterStartPage *start_page;
  PlatterSourcePage *source_page;
  PlatterTargetsPage *targets_page;
  PlatterImagePage *image_page;
  PlatterOptionsPage *options_page;
  PlatterReviewPage *review_page;
  PlatterProgressPage *progress_page;
  PlatterResultPage *result_page;
  PlatterHistoryPage *history_page;

  PlatterRequest *request;
  PlatterJob *request_job;  /* what became of the request */
  PlatterJob *job;          /* the one that is shown */
  GPtrArray *layout;        /* of what that job copies */
  GCancellable *starting;   /* while permission is asked for */
  GCancellable *opening;    /* (nullable): of the image that was asked for last */
  gboolean is_conversion;   /* the request is to make an image of an image */
  gboolean is_from_history; /* the result that is shown */
};

/** Returns: (transfer none) (nullable): %NULL once the window was closed. */
PlatterApplication *platter_window_get_platter (PlatterWindow *self);
gboolean platter_window_is_at (PlatterWindow *self, const char *page);
/** platter_window_go: To a page of the request; each shows what the request is by now. */
void platter_window_go (PlatterWindow *self, const char *page, gboolean is_back);
/** platter_window_begin: A new request in place of the one that there was. */
void platter_window_begin (PlatterWindow *self, PlatterRequestKind kind);
/**
 * platter_window_choose_image:
 *
 * Where an image to convert is asked for, @file is that; anywhere else this is platter_window_open_image().
 */
void platter_window_choose_image (PlatterWindow *self, GFile *file);
/**
 * platter_window_look_again:
 *
 * Whether each drive that was chosen is still that drive and can be used, as the list of drives knows. One that is not is
 * taken out of the request and told of, and the window goes back to where another can be chosen.
 */
void platter_window_look_again (PlatterWindow *self);
/** platter_window_advance: To a later page of the request, if all that was chosen is the same; else as above. */
void platter_window_advance (PlatterWindow *self, const char *page);
/** platter_window_stop_opening: Something else is wanted by now than the image that is being opened. */
void platter_window_stop_opening (PlatterWindow *self);
void platter_window_toast (PlatterWindow *self, const char *text);
void platter_window_show_job (PlatterWindow *self, PlatterJob *job);

/** platter_window_install_start: The actions that start a job, or begin with one that has ended. */
void platter_window_install_start (GtkWidgetClass *widget_class);

G_END_DECLS
