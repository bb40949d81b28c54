// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// An I/O backend that passes requests on to a real one, or does to them what bad devices do.

#pragma once

#include "engine/io-queue.h"

G_BEGIN_DECLS

/** So that no test waits, and no slow machine looks like a device that hangs. */
#define FAULT_HANG_S 3600

typedef enum
{
  FAULT_ERROR,  /* fails with the errno, and nothing is done */
  FAULT_DROP,   /* says success, and nothing is done */
  FAULT_SHORT,  /* does only a part, in whole sectors */
  FAULT_END,    /* answers with no bytes, as at the end of a file */
  FAULT_FLIP,   /* what is read has one bit flipped */
  FAULT_GARBLE, /* what is read is scrambled */
  FAULT_WRAP,   /* goes to the offset modulo the value */
  FAULT_HANG,   /* never answers, and did not for FAULT_HANG_S already */
  FAULT_DELAY,  /* answers after value others have answered, or nothing else is going on */
  FAULT_SLOW,   /* one after the other, value milliseconds each */
  FAULT_CANCEL, /* nothing, but the transfer is cancelled at this moment: value is where it is */
  FAULT_PAUSE,  /* the same, but it is told to pause */
} FaultKind;

typedef struct
{
  FaultKind kind;
  guint file; /* 0 is the source */
  PlatterIoOp op;
  guint64 start_bytes; /* requests that touch this stretch; for a flush both are ignored */
  guint64 end_bytes;
  guint skip;    /* so many pass first */
  guint count;   /* then so many are hit; 0 for all */
  guint64 value; /* an errno, a bit's offset, a size */
} Fault;

/** faulty_backend_wrap: For #PlatterTransferHooks; @data: GArray of Fault, kept. */
PlatterIoBackend *faulty_backend_wrap (PlatterIoBackend *inner, gpointer data);

G_END_DECLS
