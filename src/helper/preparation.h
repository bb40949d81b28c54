// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// From a request to a job: check, reserve, ask polkit, check again, unmount, open, start the worker.

#pragma once

#include "request.h"
#include "service.h"

G_BEGIN_DECLS

/**
 * platter_preparation_start:
 * @service: must outlive it
 * @request: (transfer full): what is authorised is what is done: it can't be changed any more
 * @invocation: (transfer full): answered with the job's path or an error
 *
 * Everything that goes wrong gives back whatever was taken. If the caller leaves or gives it up before the worker was told
 * to begin, nothing is touched, and others may have the drives at once, whatever is still waited for.
 */
void platter_preparation_start (PlatterService *service,
                                PlatterCaller *caller,
                                PlatterRequest *request,
                                GDBusMethodInvocation *invocation);

/**
 * platter_preparation_give_up:
 * @serial: of the message with which @caller asked for it
 *
 * It fails, if it has not become a job yet. Of others, and of those of other callers, nothing is known here.
 */
void platter_preparation_give_up (PlatterService *service, PlatterCaller *caller, guint32 serial);

G_END_DECLS
