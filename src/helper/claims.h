// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a worker claims, held against what was asked for and what the helper knows of the drives itself.

#pragma once

#include "plan.h"

G_BEGIN_DECLS

/**
 * platter_claims_check_progress:
 * @targets: aa{sv}: as platter_filter_progress() lets them pass
 *
 * Nothing is durable, or equal, behind the end of what is copied or compared.
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_WORKER.
 */
gboolean platter_claims_check_progress (const PlatterRequest *request,
                                        const PlatterPlan *plan,
                                        GVariant *targets,
                                        GError **error);

/**
 * platter_claims_check_report:
 * @report: a{sv}: as platter_filter_report() lets it pass
 *
 * The same; and only what was to be verified, and was to the last byte, is called so. An expected digest is compared here once more
 * where the report has it.
 *
 * Returns: %FALSE with %PLATTER_HELPER_ERROR_WORKER.
 */
gboolean platter_claims_check_report (const PlatterRequest *request,
                                      const PlatterPlan *plan,
                                      GVariant *report,
                                      GError **error);

G_END_DECLS
