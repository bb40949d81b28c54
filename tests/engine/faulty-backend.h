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
  FAULT_REFUSE, /* fails with the errno, and did for as long as it may */
  FAULT_DROP,   /* says success, and nothing is done */
  FAULT_SHORT,  /* does only a part, in whole sectors */
  FAULT_END,    /* answers with no bytes, as at the end of a file */
  FAULT_FLIP,   /* what is read has one bit flipped */
  FAULT_GARBLE, /* what is read is scrambled */
  FAULT_FILL,   /* what is read is the same byte all over: value */
  FAULT_WRAP,   /* goes to the offset modulo the value */
  FAULT_HANG,   /* never answers, and did not for FAULT_HANG_S already */
  FAULT_DELAY,  /* answers after value others have answered, or nothing else is going on */
  FAULT_LATE,   /* the same, but it fails then, with EIO */
  FAULT_SLOW,   /* one after the other, value milliseconds each */
  FAULT_CANCEL, /* nothing, but the transfer is cancelled at this moment: value is where it is */
  FAULT_PAUSE,  /* the same, but it is told to pause */
  FAULT_CALL,   /* nothing, but the FaultCall that value points to is made at this moment */
  FAULT_POWER, /* of all requests to the file whatever the op: they are noted in the PowerLog that value points to */
} FaultKind;

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
} FaultCall;

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

/** PowerLog: a drive that holds what it is told until it is flushed, and the moment that its power fails at. */
typedef struct
{
  guint n_left;   /* so many requests are still served */
  GArray *writes; /* its own */
} PowerLog;

PowerLog *power_log_new (guint n_requests);
void power_log_free (PowerLog *self);
/** power_log_is_off: Whether it was asked for more than it could serve. */
gboolean power_log_is_off (PowerLog *self);
/** power_log_replay: Makes of what was on the drive what may be on it now: all that was flushed, and some of the rest. */
void power_log_replay (PowerLog *self, GRand *random, guint8 *data);
/** power_log_get_flushed: Returns: up to where everything from @start_bytes on was written and flushed. */
guint64 power_log_get_flushed (PowerLog *self, guint64 start_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PowerLog, power_log_free)

/** faulty_backend_wrap: For #PlatterTransferHooks; @data: GArray of Fault, kept. */
PlatterIoBackend *faulty_backend_wrap (PlatterIoBackend *inner, gpointer data);

G_END_DECLS
