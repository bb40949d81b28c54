// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The engine's error domain, and which of its codes an errno deserves.

#include "errors.h"

#include <errno.h>

G_DEFINE_QUARK (platter - engine - error - quark, platter_engine_error)

PlatterEngineError
platter_engine_error_from_errno (int errsv, PlatterEngineError otherwise)
{
  switch (errsv)
    {
    case ENODEV:
    case ENXIO:
    case ENOMEDIUM:
    case ESHUTDOWN:
    case ENOTCONN:
    case ESTALE:
      return PLATTER_ENGINE_ERROR_GONE;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return PLATTER_ENGINE_ERROR_NO_SPACE;
    case ETIMEDOUT:
      return PLATTER_ENGINE_ERROR_STALLED;
    case ENOMEM:
    case EAGAIN:
    case EINTR:
      /* It was this computer that could not, and not the device; but what was not flushed is not safe. */
      return otherwise == PLATTER_ENGINE_ERROR_FLUSH ? otherwise : PLATTER_ENGINE_ERROR_FAILED;
    default:
      return otherwise;
    }
}
