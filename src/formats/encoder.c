// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Content that is packed as it is written: one piece is filled, others are packed by the crew, and a thread stores what
// is ready, in order.

#include "encoder.h"

#include "crew.h"
#include "file-digests.h"
#include "readback.h"
#include "storing-writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* One is filled, one is stored, and some wait for either. */
#define EXTRA_PIECES 3
#define MIN_PIECES 4
#define MAX_PIECES 24
#define ENCODER_THREAD "platter-encoder"
#define STORE_BYTES (1024 * 1024)
/* So much at most lies in the system's memory and not in the file, however much memory there is: what a slow stick
   has to store at the end takes seconds and not hours. */
#define SYNC_BYTES (64 * 1024 * 1024)
/* What packs well takes long to become so much: after a power cut no more than this is packed again. */
#define SYNC_US (5 * G_USEC_PER_SEC)

typedef struct
{
  PlatterCrewJob job;
  PlatterEncoder *encoder;
  guint8 *content;
  guint8 *packed;
  gsize zero_bytes; /* so much of the beginning is zeros, and not in @content yet */
  gboolean is_last;
  int error; /* an errno */
  PlatterPiece piece;
} EncoderPiece;

struct _PlatterEncoder
{
  PlatterStoringWriter base;
  PlatterSplitFile *file;
  PlatterPacker *packer;
  PlatterCrew *crew;
  PlatterFileDigests *digests; /* the thread's until it has finished */
  PlatterReadback *readback;
  EncoderPiece pieces[MAX_PIECES];
  guint n_pieces;
  EncoderPiece *filling;  /* (nullable): the writer's */
  guint64 position_bytes; /* the thread's: of the file */
  guint64 synced_bytes;   /* the thread's: of these */
  gint64 synced_us;       /* the thread's: when */
  guint8
    *left; /* (nullable): the thread's: for what somebody left there, as long as it is what comes */

  /* What the lock of the base is for, too. */
  GPtrArray *contexts;      /* those that no thread uses now */
  GByteArray *packed_zeros; /* (nullable): what a piece of zeros comes to, but for the last one */
  PlatterPiece zero_piece;
  guint64 packed_bytes;
};

static gpointer
encoder_take_context (PlatterEncoder *self)
{
  gpointer context = NULL;

  pthread_mutex_lock (&self->base.lock);
  if (self->contexts->len > 0)
    context = g_ptr_array_steal_index_fast (self->contexts, self->contexts->len - 1);
  pthread_mutex_unlock (&self->base.lock);
  return context != NULL ? context : self->packer->funcs->new_context (self->packer);
}

static void
encoder_give_context (PlatterEncoder *self, gpointer context)
{
  pthread_mutex_lock (&self->base.lock);
  g_ptr_array_add (self->contexts, context);
  pthread_mutex_unlock (&self->base.lock);
}

/* A drive that is mostly empty is read as fast as it can be, and no slower. */
static gboolean
encoder_is_all_zeros (PlatterEncoder *self, const EncoderPiece *piece)
{
  return piece->zero_bytes == self->packer->piece_bytes && !piece->is_last;
}

/* Returns: whether it is known what such a piece comes to. */
static gboolean
encoder_recall_zeros (PlatterEncoder *self, EncoderPiece *piece)
{
  gboolean is_known = FALSE;

  pthread_mutex_lock (&self->base.lock);
  is_known = self->packed_zeros != NULL;
  if (is_known)
    {
      memcpy (piece->packed, self->packed_zeros->data, self->packed_zeros->len);
      piece->piece = self->zero_piece;
    }
  pthread_mutex_unlock (&self->base.lock);
  return is_known;
}

static void
encoder_remember_zeros (PlatterEncoder *self, const EncoderPiece *piece)
{
  pthread_mutex_lock (&self->base.lock);
  if (self->packed_zeros == NULL)
    {
      self->packed_zeros = g_byte_array_sized_new ((guint)piece->piece.packed_bytes);
      g_byte_array_append (self->packed_zeros, piece->packed, (guint)piece->piece.packed_bytes);
      self->zero_piece = piece->piece;
    }
  pthread_mutex_unlock (&self->base.lock);
}

static void
encoder_pack_cb (PlatterCrewJob *job)
{
  EncoderPiece *piece = (EncoderPiece *)job;
  PlatterEncoder *self = piece->encoder;
  gpointer context = NULL;

  gboolean is_all_zeros = encoder_is_all_zeros (self, piece);

  if (platter_storing_writer_is_stopped (&self->base)
      || (is_all_zeros && encoder_recall_zeros (self, piece)))
    return;
  context = encoder_take_context (self);
  if (context == NULL)
    {
      piece->error = ENOMEM;
      return;
    }
  memset (piece->content, 0, piece->zero_bytes);
  piece->error = self->packer->funcs->pack (self->packer, context, piece->content, piece->packed,
                                            &piece->piece);
  encoder_give_context (self, context);
  if (is_all_zeros && piece->error == 0)
    encoder_remember_zeros (self, piece);
}

/* Returns: an errno. */
static int
encoder_sync_now (PlatterEncoder *self)
{
  guint64 start_bytes = self->synced_bytes;

  self->synced_bytes = self->position_bytes;
  self->synced_us = g_get_monotonic_time ();
  return platter_split_file_sync_data (self->file, start_bytes, self->position_bytes);
}

/* Returns: an errno. */
static int
encoder_sync (PlatterEncoder *self)
{
  if (self->position_bytes - self->synced_bytes < SYNC_BYTES
      && g_get_monotonic_time () - self->synced_us < SYNC_US)
    return 0;
  return encoder_sync_now (self);
}

/* Returns: how much of @data is at the position already. */
static gsize
encoder_count_left (PlatterEncoder *self, const guint8 *data, gsize length)
{
  gsize done = 0;

  while (self->left != NULL && done < length)
    {
      gsize step_bytes = MIN (length - done, STORE_BYTES);
      gssize got
        = platter_split_file_read (self->file, self->position_bytes + done, self->left, step_bytes);

      /* What cannot be read is written again, as is what is wrong; but it is another matter. */
      if (got < 0)
        g_debug ("What was left at byte %" G_GUINT64_FORMAT " cannot be read: %s",
                 self->position_bytes + done, g_strerror (errno));
      else if (got < (gssize)step_bytes)
        g_debug ("What was left ends at byte %" G_GUINT64_FORMAT,
                 self->position_bytes + done + (guint64)got);
      if (got != (gssize)step_bytes || memcmp (self->left, data + done, step_bytes) != 0)
        break;
      done += step_bytes;
      platter_storing_writer_note_alive (&self->base);
    }
  return done;
}

static void
encoder_digest (PlatterEncoder *self, const guint8 *data, gsize length)
{
  platter_storing_writer_begin_work (&self->base);
  if (self->digests != NULL)
    platter_file_digests_add (self->digests, data, length);
  platter_storing_writer_end_work (&self->base);
}

/* Returns: an errno. */
static int
encoder_store (PlatterEncoder *self, const guint8 *data, gsize length)
{
  gsize done = encoder_count_left (self, data, length);

  encoder_digest (self, data, length);
  self->position_bytes += done;
  if (done < length && self->left != NULL)
    {
      int error = platter_split_file_cut (self->file, self->position_bytes);

      g_clear_pointer (&self->left, g_free);
      if (error != 0)
        return error;
    }
  while (done < length)
    {
      gsize step_bytes = MIN (length - done, STORE_BYTES);
      gssize written
        = self->packer->is_plain
            ? platter_split_file_write_new (self->file, self->position_bytes, data + done,
                                            step_bytes)
            : platter_split_file_write (self->file, self->position_bytes, data + done, step_bytes);

      if (written == 0)
        return EIO;
      if (written < 0 && errno != EINTR)
        return errno;
      platter_storing_writer_note_alive (&self->base);
      done += written > 0 ? (gsize)written : 0;
      self->position_bytes += written > 0 ? (guint64)written : 0;
    }
  return encoder_sync (self);
}

static int
encoder_store_piece (PlatterEncoder *self, EncoderPiece *piece)
{
  int error = 0;

  platter_storing_writer_begin_work (&self->base);
  platter_crew_wait (self->crew, &piece->job);
  platter_storing_writer_end_work (&self->base);
  error = piece->error;
  if (error == 0 && !platter_storing_writer_is_stopped (&self->base))
    error = encoder_store (self, piece->packed, piece->piece.packed_bytes);
  if (error == 0)
    error = self->packer->funcs->note (self->packer, &piece->piece);
  return error;
}

static int
encoder_store_bytes (PlatterEncoder *self, GByteArray *bytes)
{
  return bytes->len > 0 ? encoder_store (self, bytes->data, bytes->len) : 0;
}

static int
encoder_store_head (PlatterEncoder *self)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  int error = self->packer->funcs->add_head (self->packer, bytes);

  return error != 0 ? error : encoder_store_bytes (self, bytes);
}

static int
encoder_store_tail (PlatterEncoder *self)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int error = self->packer->funcs->add_tail (self->packer, bytes);

  if (error == 0)
    error = encoder_store_bytes (self, bytes);
  /* A hole at its end makes no file longer. */
  if (error == 0)
    error = platter_split_file_finish (self->file, self->position_bytes);
  if (error == 0 && self->digests != NULL)
    platter_file_digests_finish (self->digests);
  return error;
}

/* With the lock held, as the next three. */
static void
encoder_note (PlatterEncoder *self, int error)
{
  self->packed_bytes = self->position_bytes;
  platter_storing_writer_note (&self->base, error);
}

static void
encoder_store_next (PlatterEncoder *self)
{
  EncoderPiece *piece = &self->pieces[self->base.n_stored % self->n_pieces];
  int error = 0;

  pthread_mutex_unlock (&self->base.lock);
  error = encoder_store_piece (self, piece);
  pthread_mutex_lock (&self->base.lock);
  self->base.n_stored++;
  if (error == 0 && self->base.error == 0 && !self->base.is_stopped)
    {
      self->base.stored_bytes += piece->piece.content_bytes;
      if (self->synced_bytes == self->position_bytes)
        self->base.durable_bytes = self->base.stored_bytes;
    }
  encoder_note (self, error);
}

static void
encoder_settle (PlatterEncoder *self)
{
  int error = 0;

  self->base.is_settling = FALSE;
  pthread_mutex_unlock (&self->base.lock);
  error = encoder_sync_now (self);
  pthread_mutex_lock (&self->base.lock);
  if (error == 0 && self->base.error == 0)
    self->base.durable_bytes = self->base.stored_bytes;
  encoder_note (self, error);
}

static void
encoder_end (PlatterEncoder *self)
{
  int error = 0;

  pthread_mutex_unlock (&self->base.lock);
  error = encoder_store_tail (self);
  pthread_mutex_lock (&self->base.lock);
  if (error == 0)
    platter_readback_begin (self->readback, self->base.stored_bytes, self->digests);
  self->base.is_finished = error == 0;
  encoder_note (self, error);
}

static gpointer
encoder_thread (gpointer data)
{
  PlatterEncoder *self = data;
  int error = encoder_store_head (self);

  pthread_mutex_lock (&self->base.lock);
  encoder_note (self, error);
  while (!self->base.is_stopped)
    if (self->base.n_stored < self->base.n_pushed)
      encoder_store_next (self);
    else if (self->base.is_ending && !self->base.is_finished && self->base.error == 0)
      encoder_end (self);
    else if (self->base.is_settling && self->base.error == 0)
      encoder_settle (self);
    else
      pthread_cond_wait (&self->base.cond, &self->base.lock);
  pthread_mutex_unlock (&self->base.lock);
  return NULL;
}

/* Returns: whether there is a piece to be filled; its memory is kept from one use to the next. */
static gboolean
encoder_begin_piece (PlatterEncoder *self)
{
  EncoderPiece *piece = &self->pieces[self->base.n_begun % self->n_pieces];
  gsize bound_bytes = self->packer->funcs->get_bound (self->packer, self->packer->piece_bytes);

  if (piece->content == NULL)
    piece->content = g_try_malloc (self->packer->piece_bytes);
  if (piece->packed == NULL)
    piece->packed = g_try_malloc (bound_bytes);
  if (piece->content == NULL || piece->packed == NULL)
    return FALSE;
  piece->piece = (PlatterPiece){ 0 };
  piece->zero_bytes = 0;
  piece->error = 0;
  self->filling = piece;
  self->base.n_begun++;
  return TRUE;
}

static void
encoder_push_piece (PlatterEncoder *self, gboolean is_last)
{
  EncoderPiece *piece = g_steal_pointer (&self->filling);

  piece->is_last = is_last;
  platter_crew_push (self->crew, &piece->job);
  platter_storing_writer_push (&self->base, ENCODER_THREAD, encoder_thread);
}

static void
encoder_fill (EncoderPiece *piece, const guint8 *data, gsize length)
{
  gsize filled_bytes = piece->piece.content_bytes;

  if (data != NULL)
    memcpy (piece->content + filled_bytes, data, length);
  else if (piece->zero_bytes == filled_bytes)
    piece->zero_bytes += length;
  else
    memset (piece->content + filled_bytes, 0, length);
  piece->piece.content_bytes += length;
}

/* A piece that is full is pushed only when more comes, so that the last one is known to be the last. */
static gssize
encoder_write (PlatterWriter *writer, const guint8 *data, gsize length)
{
  PlatterEncoder *self = (PlatterEncoder *)writer;
  int state = 0;

  if (self->filling != NULL && self->filling->piece.content_bytes == self->packer->piece_bytes)
    encoder_push_piece (self, FALSE);
  state = platter_storing_writer_has_room (&self->base, self->n_pieces);
  if (state < 0 || (state == 0 && self->filling == NULL))
    return state;
  if (self->filling == NULL && !encoder_begin_piece (self))
    return -ENOMEM;
  length = MIN (length, self->packer->piece_bytes - self->filling->piece.content_bytes);
  encoder_fill (self->filling, data, length);
  return (gssize)length;
}

static int
encoder_finish (PlatterWriter *writer)
{
  PlatterEncoder *self = (PlatterEncoder *)writer;

  if (self->filling != NULL)
    encoder_push_piece (self, TRUE);
  return platter_storing_writer_end (&self->base, ENCODER_THREAD, encoder_thread);
}

static void
encoder_cancel (PlatterWriter *writer)
{
  platter_storing_writer_stop ((PlatterStoringWriter *)writer);
}

static int
encoder_get_fd (PlatterWriter *writer, guint index)
{
  return platter_split_file_get_fd (((PlatterEncoder *)writer)->file, index);
}

static PlatterReader *
encoder_get_reader (PlatterWriter *writer)
{
  return platter_readback_get_reader (((PlatterEncoder *)writer)->readback);
}

void
platter_encoder_free (PlatterEncoder *self)
{
  if (self == NULL)
    return;
  encoder_cancel (&self->base.writer);
  g_clear_pointer (&self->base.thread, g_thread_join);
  platter_crew_free (self->crew);
  for (guint i = 0; i < self->contexts->len; i++)
    self->packer->funcs->free_context (self->contexts->pdata[i]);
  g_ptr_array_unref (self->contexts);
  for (guint i = 0; i < self->n_pieces; i++)
    {
      g_free (self->pieces[i].content);
      g_free (self->pieces[i].packed);
    }
  if (self->packed_zeros != NULL)
    g_byte_array_unref (self->packed_zeros);
  g_free (self->left);
  platter_readback_free (self->readback);
  platter_file_digests_free (self->digests);
  platter_split_file_unref (self->file);
  self->packer->funcs->free (self->packer);
  platter_storing_writer_clear (&self->base);
  g_free (self);
}

static void
encoder_free (PlatterWriter *writer)
{
  platter_encoder_free ((PlatterEncoder *)writer);
}

static const PlatterWriterFuncs encoder_writer_funcs = {
  .set_notify = platter_storing_writer_set_notify,
  .write = encoder_write,
  .finish = encoder_finish,
  .get_progress = platter_storing_writer_get_progress,
  .get_stored_bytes = platter_storing_writer_get_stored_bytes,
  .get_durable_bytes = platter_storing_writer_get_durable_bytes,
  .settle = platter_storing_writer_settle,
  .cancel = encoder_cancel,
  .get_fd = encoder_get_fd,
  .get_reader = encoder_get_reader,
  .free = encoder_free,
};

guint64
platter_encoder_get_packed_bytes (PlatterEncoder *self)
{
  guint64 packed_bytes = 0;

  pthread_mutex_lock (&self->base.lock);
  packed_bytes = self->packed_bytes;
  pthread_mutex_unlock (&self->base.lock);
  return packed_bytes;
}

const char *
platter_encoder_get_digest (PlatterEncoder *self, PlatterDigests digest)
{
  gboolean is_finished = FALSE;

  pthread_mutex_lock (&self->base.lock);
  is_finished = self->base.is_finished && self->base.error == 0;
  pthread_mutex_unlock (&self->base.lock);
  return is_finished && self->digests != NULL ? platter_file_digests_get_hex (self->digests, digest)
                                              : NULL;
}

PlatterWriter *
platter_encoder_get_writer (PlatterEncoder *self)
{
  return &self->base.writer;
}

static guint
encoder_count_pieces (PlatterEncoder *self)
{
  PlatterPacker *packer = self->packer;
  gsize bound_bytes = packer->funcs->get_bound (packer, packer->piece_bytes);
  gsize each_bytes = packer->piece_bytes + bound_bytes + packer->context_bytes;
  guint n_threads = platter_crew_get_n_threads (self->crew);

  return (guint)CLAMP (PLATTER_ENCODER_MEMORY_BYTES / each_bytes, MIN_PIECES,
                       MIN (n_threads + EXTRA_PIECES, MAX_PIECES));
}

PlatterEncoder *
platter_encoder_new (PlatterSplitFile *file,
                     const char *name,
                     PlatterPacker *packer,
                     PlatterDigests digests,
                     GError **error)
{
  g_autoptr (PlatterEncoder) self = g_new0 (PlatterEncoder, 1);

  platter_storing_writer_init (&self->base, &encoder_writer_funcs);
  self->file = file;
  self->packer = packer;
  self->synced_us = g_get_monotonic_time ();
  self->left = platter_split_file_get_size (file) > 0 ? g_malloc (STORE_BYTES) : NULL;
  self->readback = platter_readback_new (file, name, packer->is_plain, digests);
  self->contexts = g_ptr_array_new ();
  self->crew = platter_crew_new ();
  self->n_pieces = encoder_count_pieces (self);
  for (guint i = 0; i < self->n_pieces; i++)
    {
      self->pieces[i].encoder = self;
      self->pieces[i].job.run = encoder_pack_cb;
    }
  if (digests != PLATTER_DIGEST_NONE)
    self->digests = platter_file_digests_new (digests, error);
  return digests == PLATTER_DIGEST_NONE || self->digests != NULL ? g_steal_pointer (&self) : NULL;
}
