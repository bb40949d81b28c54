// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The helper's error domain, and the D-Bus names of all errors that cross the bus.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PlatterHelperError:
 * @PLATTER_HELPER_ERROR_FAILED: anything without a code of its own
 * @PLATTER_HELPER_ERROR_INVALID_ARGUMENTS: a key, type, value or descriptor that is not allowed
 * @PLATTER_HELPER_ERROR_NOT_AUTHORIZED: polkit did not say yes
 * @PLATTER_HELPER_ERROR_UNMOUNT_FAILED: a file system of the target could not be unmounted
 * @PLATTER_HELPER_ERROR_DRIVE_BUSY: another job uses the drive, maybe by another name
 * @PLATTER_HELPER_ERROR_TOO_MANY_JOBS: the caller has as many jobs or requests as are allowed
 * @PLATTER_HELPER_ERROR_NO_SUCH_JOB: it was released, or never was
 * @PLATTER_HELPER_ERROR_JOB_RUNNING: only a job that has ended can do this
 * @PLATTER_HELPER_ERROR_NOT_OWNER: the job belongs to somebody else
 * @PLATTER_HELPER_ERROR_WORKER: the worker refused the plan, or could not be started
 *
 * Why a drive may not be used is told by #PlatterDeviceError. Both domains are registered with
 * D-Bus names, so that a client gets the same domain and code that the helper set.
 */
typedef enum
{
  PLATTER_HELPER_ERROR_FAILED,
  PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
  PLATTER_HELPER_ERROR_NOT_AUTHORIZED,
  PLATTER_HELPER_ERROR_UNMOUNT_FAILED,
  PLATTER_HELPER_ERROR_DRIVE_BUSY,
  PLATTER_HELPER_ERROR_TOO_MANY_JOBS,
  PLATTER_HELPER_ERROR_NO_SUCH_JOB,
  PLATTER_HELPER_ERROR_JOB_RUNNING,
  PLATTER_HELPER_ERROR_NOT_OWNER,
  PLATTER_HELPER_ERROR_WORKER,
} PlatterHelperError;

#define PLATTER_HELPER_ERROR (platter_helper_error_quark ())
GQuark platter_helper_error_quark (void);

/**
 * platter_errors_register:
 *
 * Makes the D-Bus names of both domains known to GDBus. Call it before the first message is sent
 * or received; more often does no harm. From any thread.
 */
void platter_errors_register (void);

G_END_DECLS
