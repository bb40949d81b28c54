// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// How platterctl ends: its exit statuses, and the one place where an error is told.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** PlatterStatus: design.md and platterctl(1) promise these numbers. */
typedef enum
{
  PLATTER_STATUS_DONE = 0,
  PLATTER_STATUS_FAILED = 1,
  PLATTER_STATUS_USAGE = 2,
  PLATTER_STATUS_REFUSED = 3,
  PLATTER_STATUS_DAMAGED = 4, /* finished with unreadable or mismatched areas */
  PLATTER_STATUS_CANCELLED = 5,
  PLATTER_STATUS_NOT_AUTHORIZED = 6,
} PlatterStatus;

/** platter_status_of_error: The status for an error of a lookup, a check or the helper. */
PlatterStatus platter_status_of_error (const GError *error);

/** platter_status_of_outcome: @was_cancelled: whether somebody asked the job to end. */
PlatterStatus platter_status_of_outcome (const char *outcome, gboolean was_cancelled);

/**
 * platter_status_tell:
 *
 * Prints the sentence to stderr and, with @is_json, an object of type "error" to stdout.
 *
 * Returns: the status for @error.
 */
PlatterStatus platter_status_tell (const GError *error, gboolean is_json);

/** platter_status_tell_refusal: The same for a refusal of our own. Returns: %PLATTER_STATUS_REFUSED. */
PlatterStatus platter_status_tell_refusal (const char *message, gboolean is_json);

/**
 * platter_status_end:
 *
 * For commands that do nothing but tell: what they print is their result. Of a job the verdict counts, whoever listens.
 *
 * Returns: @status, but %PLATTER_STATUS_FAILED with a sentence to stderr if all was well and could not be printed; that
 *   somebody reads no more of it is no failure.
 */
PlatterStatus platter_status_end (PlatterStatus status);

/**
 * platter_status_tell_usage:
 * @command: may be empty
 *
 * Prints what was wrong and where help is to be had, and with @is_json an object as platter_status_tell().
 *
 * Returns: the status for that.
 */
PlatterStatus
platter_status_tell_usage (const char *message, const char *command, gboolean is_json);

G_END_DECLS
