// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The engine's error domain.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PlatterEngineError:
 * @PLATTER_ENGINE_ERROR_FAILED: anything without a code of its own; this computer had no means, such as memory, for it
 * @PLATTER_ENGINE_ERROR_READ: a read from the source failed
 * @PLATTER_ENGINE_ERROR_WRITE: a write to a target failed
 * @PLATTER_ENGINE_ERROR_FLUSH: fsync failed: nothing since the last good one is durable
 * @PLATTER_ENGINE_ERROR_VERIFY: reading back failed
 * @PLATTER_ENGINE_ERROR_SHORT_READ: the source ended inside the plan
 * @PLATTER_ENGINE_ERROR_GONE: the device went away (ENODEV, ENXIO, ENOMEDIUM or size 0)
 * @PLATTER_ENGINE_ERROR_STALLED: no answer within the stall timeout
 * @PLATTER_ENGINE_ERROR_TOO_SMALL: the target cannot hold the source
 * @PLATTER_ENGINE_ERROR_SIZES_DIFFER: what is to be compared is not of one size
 * @PLATTER_ENGINE_ERROR_NO_SPACE: ENOSPC
 * @PLATTER_ENGINE_ERROR_MISMATCH: what came back differs
 * @PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE: the source read differently the second time
 * @PLATTER_ENGINE_ERROR_CANCELLED: cancelled
 * @PLATTER_ENGINE_ERROR_UNSUPPORTED: the endpoint or the kernel cannot do this
 * @PLATTER_ENGINE_ERROR_DIGEST: the source's digest is not the one that was expected
 * @PLATTER_ENGINE_ERROR_CHANGED: a copy cannot go on: source and target differ where it was done already
 * @PLATTER_ENGINE_ERROR_FINISHED: a copy need not go on: the target begins as a finished one does
 * @PLATTER_ENGINE_ERROR_INCOMPLETE: a part of the source could not be read
 * @PLATTER_ENGINE_ERROR_DECODE: a packed source is damaged, ends too early or is not what it says
 */
typedef enum
{
  PLATTER_ENGINE_ERROR_FAILED,
  PLATTER_ENGINE_ERROR_READ,
  PLATTER_ENGINE_ERROR_WRITE,
  PLATTER_ENGINE_ERROR_FLUSH,
  PLATTER_ENGINE_ERROR_VERIFY,
  PLATTER_ENGINE_ERROR_SHORT_READ,
  PLATTER_ENGINE_ERROR_GONE,
  PLATTER_ENGINE_ERROR_STALLED,
  PLATTER_ENGINE_ERROR_TOO_SMALL,
  PLATTER_ENGINE_ERROR_SIZES_DIFFER,
  PLATTER_ENGINE_ERROR_NO_SPACE,
  PLATTER_ENGINE_ERROR_MISMATCH,
  PLATTER_ENGINE_ERROR_SOURCE_UNSTABLE,
  PLATTER_ENGINE_ERROR_CANCELLED,
  PLATTER_ENGINE_ERROR_UNSUPPORTED,
  PLATTER_ENGINE_ERROR_DIGEST,
  PLATTER_ENGINE_ERROR_CHANGED,
  PLATTER_ENGINE_ERROR_FINISHED,
  PLATTER_ENGINE_ERROR_INCOMPLETE,
  PLATTER_ENGINE_ERROR_DECODE,
} PlatterEngineError;

#define PLATTER_ENGINE_ERROR (platter_engine_error_quark ())
GQuark platter_engine_error_quark (void);

/** platter_engine_error_from_errno: Returns: the code for @errsv; @otherwise if it has none. */
PlatterEngineError platter_engine_error_from_errno (int errsv, PlatterEngineError otherwise);

G_END_DECLS
