// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What writers share that store what they were given on a thread of their own, in pieces and in order.

#pragma once

#include <pthread.h>

#include "engine/writer.h"

G_BEGIN_DECLS

/** PlatterStoringWriter: The first member of such a writer. */
typedef struct
{
  PlatterWriter writer;
  guint64 n_begun;      /* pieces; whoever copies has it */
  pthread_mutex_t lock; /* of all below */
  pthread_cond_t cond;
  GThread *thread;  /* (nullable) */
  guint64 n_pushed; /* pieces that are to be stored */
  guint64 n_stored;
  guint64 stored_bytes;  /* of the content */
  guint64 durable_bytes; /* of these, on the disk */
  gint64 alive_us;       /* when it last got on */
  gint64 work_us;        /* for so long the thread has waited for the processor */
  gint64 work_since_us;  /* and for this time since then; 0: it does not now */
  gboolean is_settling;  /* all that is stored is to be on the disk */
  gboolean is_ending;    /* there comes no more */
  gboolean is_finished;
  gboolean is_stopped;
  int error; /* an errno: the first */
  void (*notify) (gpointer);
  gpointer notify_data;
} PlatterStoringWriter;

void platter_storing_writer_init (PlatterStoringWriter *self, const PlatterWriterFuncs *funcs);
/** platter_storing_writer_clear: After the thread has been waited for. */
void platter_storing_writer_clear (PlatterStoringWriter *self);

/** As #PlatterWriterFuncs has them. */
void platter_storing_writer_set_notify (PlatterWriter *writer,
                                        void (*notify) (gpointer),
                                        gpointer notify_data);
void platter_storing_writer_get_progress (PlatterWriter *writer, PlatterWriterProgress *progress);
guint64 platter_storing_writer_get_stored_bytes (PlatterWriter *writer);
guint64 platter_storing_writer_get_durable_bytes (PlatterWriter *writer);
void platter_storing_writer_settle (PlatterWriter *writer);

/** platter_storing_writer_stop: Nothing more is stored. Returns: whether it had finished */
gboolean platter_storing_writer_stop (PlatterStoringWriter *self);
/** Returns: whether nothing more is to be stored, be it because something went wrong */
gboolean platter_storing_writer_is_stopped (PlatterStoringWriter *self);
/** platter_storing_writer_has_room: @n_pieces: at a time. Returns: a negative errno; 1 if a piece can be begun, 0 if not now. */
int platter_storing_writer_has_room (PlatterStoringWriter *self, guint n_pieces);
/** platter_storing_writer_push: All pieces that were begun are to be stored: wakes the thread, or starts it with @thread. */
void platter_storing_writer_push (PlatterStoringWriter *self, const char *name, GThreadFunc thread);
/** platter_storing_writer_end: The same, and no more come. Returns: as #PlatterWriterFuncs.finish */
int platter_storing_writer_end (PlatterStoringWriter *self, const char *name, GThreadFunc thread);
/** platter_storing_writer_begin_work: The thread now has the processor do something, or waits until others have. */
void platter_storing_writer_begin_work (PlatterStoringWriter *self);
void platter_storing_writer_end_work (PlatterStoringWriter *self);
/** platter_storing_writer_note_alive: The file has answered. */
void platter_storing_writer_note_alive (PlatterStoringWriter *self);
/** platter_storing_writer_note: With the lock held: what the thread has come to. @error: an errno; 0 */
void platter_storing_writer_note (PlatterStoringWriter *self, int error);

G_END_DECLS
