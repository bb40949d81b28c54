// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What zstd has packed: frames that say how much they hold are unpacked side by side, others one after the other.

#include "codec.h"
#include "crew.h"
#include "engine/errors.h"
#include "zstd-frame.h"
#include "zstd-seek-table.h"

#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#define MAX_FRAME_BYTES (16 * 1024 * 1024)
#define MAX_WINDOW_LOG 27

/* A frame that is unpacked by the crew. */
typedef struct
{
  PlatterCrewJob job;
  GByteArray *packed;
  guint8 *content;
  gsize capacity_bytes;
  gsize content_bytes;
  gsize given_bytes;
  gsize result; /* of libzstd */
} ZstdFrame;

typedef struct
{
  PlatterCodec base;
  PlatterCrew *crew;
  GQueue frames; /* ZstdFrame, under way or done, in order */
  GQueue spare;  /* ZstdFrame */
  guint64 frames_bytes;
  gboolean is_at_end;
  ZSTD_DCtx *context;
  gboolean is_streaming; /* inside a frame that the crew does not do */
  GByteArray *head;      /* what has been read of that frame */
  gsize head_taken;
  guint64 frame_bytes;         /* of it */
  guint64 frame_content_bytes; /* and what it held so far */
  PlatterZstdSeekTable *table;
} CodecZstd;

static void
codec_zstd_run_cb (PlatterCrewJob *job)
{
  ZstdFrame *frame = (ZstdFrame *)job;
  ZSTD_DCtx *context = ZSTD_createDCtx ();

  frame->result = (gsize)-ZSTD_error_memory_allocation;
  if (context != NULL)
    frame->result = ZSTD_decompressDCtx (context, frame->content, frame->content_bytes,
                                         frame->packed->data, frame->packed->len);
  ZSTD_freeDCtx (context);
}

static ZstdFrame *
codec_zstd_take_spare (CodecZstd *self)
{
  ZstdFrame *frame = g_queue_pop_head (&self->spare);

  if (frame != NULL)
    return frame;
  frame = g_new0 (ZstdFrame, 1);
  frame->job.run = codec_zstd_run_cb;
  frame->packed = g_byte_array_new ();
  return frame;
}

static void
codec_zstd_free_frame (gpointer data)
{
  ZstdFrame *frame = data;

  g_byte_array_unref (frame->packed);
  g_free (frame->content);
  g_free (frame);
}

/* Returns: whether all of it was there. */
static gboolean
codec_zstd_append (CodecZstd *self, GByteArray *bytes, gsize length, GError **error)
{
  guint before = bytes->len;
  gssize got = 0;

  g_byte_array_set_size (bytes, before + (guint)length);
  got = platter_input_read (self->base.input, bytes->data + before, length, error);
  if (got == (gssize)length)
    return TRUE;
  if (got >= 0)
    platter_codec_fail_short (&self->base, error);
  return FALSE;
}

/* What of an image is missing in whole frames, its table tells. */
static gboolean
codec_zstd_check_table (CodecZstd *self, GError **error)
{
  if (platter_zstd_seek_table_end_skipping (self->table))
    return TRUE;
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_DECODE,
               "%s is damaged: it does not hold what the table at its end says",
               platter_input_get_name (self->base.input));
  return FALSE;
}

static gboolean
codec_zstd_skip (CodecZstd *self, GError **error)
{
  guint8 size[4];
  gssize got = 0;
  guint64 left = 0;
  gboolean is_short = FALSE;

  got = platter_input_read (self->base.input, size, sizeof size, error);
  left = got == sizeof size ? platter_zstd_read_le32 (size) : 0;
  is_short = got >= 0 && got < (gssize)sizeof size;
  platter_zstd_seek_table_begin_skipping (self->table, (guint32)left);
  while (got >= 0 && left > 0 && !is_short)
    {
      const guint8 *data = NULL;
      gsize available = 0;

      if (!platter_input_peek (self->base.input, &data, &available, error))
        return FALSE;
      is_short = available == 0;
      available = MIN (available, left);
      platter_zstd_seek_table_add (self->table, data, available);
      platter_input_take (self->base.input, available);
      left -= available;
    }
  if (is_short)
    platter_codec_fail_short (&self->base, error);
  return got >= 0 && !is_short && codec_zstd_check_table (self, error);
}

/* Reads the rest of a frame, of which the header is there, as long as it stays small. */
static gboolean
codec_zstd_read_frame (CodecZstd *self,
                       GByteArray *packed,
                       const PlatterZstdHeader *header,
                       gboolean *is_whole,
                       GError **error)
{
  gsize max_bytes = ZSTD_compressBound (header->content_bytes);
  gboolean is_last = FALSE;

  while (!is_last && packed->len <= max_bytes)
    {
      guint32 length = 0;

      if (!codec_zstd_append (self, packed, PLATTER_ZSTD_BLOCK_HEADER_BYTES, error))
        return FALSE;
      length = platter_zstd_block_length (
        packed->data + packed->len - PLATTER_ZSTD_BLOCK_HEADER_BYTES, &is_last);
      if (length == G_MAXUINT32)
        {
          platter_codec_fail_damaged (&self->base, error);
          return FALSE;
        }
      if (is_last && header->has_checksum)
        length += PLATTER_ZSTD_CHECKSUM_BYTES;
      if (!codec_zstd_append (self, packed, length, error))
        return FALSE;
    }
  *is_whole = is_last;
  return TRUE;
}

static void
codec_zstd_push (CodecZstd *self, ZstdFrame *frame, gsize content_bytes)
{
  if (frame->capacity_bytes < content_bytes)
    {
      g_free (frame->content);
      frame->content = g_malloc (content_bytes);
      frame->capacity_bytes = content_bytes;
    }
  frame->content_bytes = content_bytes;
  frame->given_bytes = 0;
  self->frames_bytes += content_bytes + frame->packed->len;
  platter_zstd_seek_table_note (self->table, frame->packed->len, content_bytes);
  g_queue_push_tail (&self->frames, frame);
  platter_crew_push (self->crew, &frame->job);
}

static void
codec_zstd_start_streaming (CodecZstd *self, ZstdFrame *frame)
{
  GByteArray *head = self->head;

  self->head = frame->packed;
  frame->packed = head;
  self->head_taken = 0;
  self->frame_bytes = 0;
  self->frame_content_bytes = 0;
  self->is_streaming = TRUE;
  ZSTD_DCtx_reset (self->context, ZSTD_reset_session_only);
  /* Its window may be large. */
  codec_zstd_free_frame (frame);
  g_queue_clear_full (&self->spare, codec_zstd_free_frame);
}

/* Begins a frame whose magic number is in its bytes. */
static gboolean
codec_zstd_start_frame (CodecZstd *self, ZstdFrame *frame, GError **error)
{
  GByteArray *packed = frame->packed;
  PlatterZstdHeader header;
  gboolean is_whole = FALSE;

  if (!codec_zstd_append (self, packed, 1, error)
      || !codec_zstd_append (
        self, packed,
        platter_zstd_header_length (packed->data[PLATTER_ZSTD_MAGIC_BYTES]) - packed->len, error))
    return FALSE;
  header = platter_zstd_header_parse (packed->data);
  if (header.content_bytes <= MAX_FRAME_BYTES
      && !codec_zstd_read_frame (self, packed, &header, &is_whole, error))
    return FALSE;
  if (is_whole)
    codec_zstd_push (self, frame, header.content_bytes);
  else
    codec_zstd_start_streaming (self, frame);
  return TRUE;
}

/* Takes the next frame from the file, of whatever kind. */
static gboolean
codec_zstd_next (CodecZstd *self, GError **error)
{
  ZstdFrame *frame = codec_zstd_take_spare (self);
  gssize got = 0;

  g_byte_array_set_size (frame->packed, PLATTER_ZSTD_MAGIC_BYTES);
  got = platter_input_read (self->base.input, frame->packed->data, PLATTER_ZSTD_MAGIC_BYTES, error);
  if (got == PLATTER_ZSTD_MAGIC_BYTES && platter_zstd_is_frame (frame->packed->data))
    {
      if (codec_zstd_start_frame (self, frame, error))
        return TRUE;
      codec_zstd_free_frame (frame);
      return FALSE;
    }
  g_queue_push_tail (&self->spare, frame);
  self->is_at_end = got == 0;
  if (got == PLATTER_ZSTD_MAGIC_BYTES && platter_zstd_is_skippable (frame->packed->data))
    return codec_zstd_skip (self, error);
  if (got > 0)
    platter_codec_fail_garbage (&self->base, error);
  return got == 0;
}

static gboolean
codec_zstd_has_room (CodecZstd *self)
{
  return g_queue_is_empty (&self->frames)
         || (self->frames.length < 2 * platter_crew_get_n_threads (self->crew)
             && self->frames_bytes + 2 * MAX_FRAME_BYTES <= PLATTER_CODEC_PARALLEL_BYTES);
}

static gssize
codec_zstd_fail (CodecZstd *self, gsize result, GError **error)
{
  ZSTD_ErrorCode code = ZSTD_getErrorCode (result);

  if (code == ZSTD_error_frameParameter_windowTooLarge || code == ZSTD_error_memory_allocation)
    return platter_codec_fail_memory (&self->base, error);
  if (code == ZSTD_error_dictionary_wrong)
    return platter_codec_fail_unsupported (&self->base, "it needs a dictionary", error);
  return platter_codec_fail_damaged (&self->base, error);
}

static gssize
codec_zstd_give (CodecZstd *self, ZstdFrame *frame, guint8 *data, gsize length, GError **error)
{
  gsize given = 0;

  platter_crew_wait (self->crew, &frame->job);
  if (frame->result != frame->content_bytes)
    return codec_zstd_fail (self, frame->result, error);
  given = MIN (length, frame->content_bytes - frame->given_bytes);
  if (given > 0) /* a frame may hold nothing */
    memcpy (data, frame->content + frame->given_bytes, given);
  frame->given_bytes += given;
  if (frame->given_bytes < frame->content_bytes)
    return (gssize)given;
  g_queue_pop_head (&self->frames);
  self->frames_bytes -= frame->content_bytes + frame->packed->len;
  if (g_queue_is_empty (&self->spare))
    g_queue_push_head (&self->spare, frame);
  else
    codec_zstd_free_frame (frame);
  return (gssize)given;
}

/* Unpacks some of the frame that is under way. Returns: maybe 0. */
static gssize
codec_zstd_stream (CodecZstd *self, guint8 *data, gsize length, GError **error)
{
  ZSTD_outBuffer output = { data, length, 0 };
  ZSTD_inBuffer input = { NULL, 0, 0 };
  gboolean is_head = self->head_taken < self->head->len;
  const guint8 *next = NULL;
  gsize available = 0;
  gsize before = 0;
  gsize result = 0;

  if (is_head)
    input = (ZSTD_inBuffer){ self->head->data, self->head->len, self->head_taken };
  else if (!platter_input_peek (self->base.input, &next, &available, error))
    return -1;
  else
    input = (ZSTD_inBuffer){ next, available, 0 };
  before = input.pos;
  result = ZSTD_decompressStream (self->context, &output, &input);
  if (ZSTD_isError (result))
    return codec_zstd_fail (self, result, error);
  if (is_head)
    self->head_taken = input.pos;
  else
    platter_input_take (self->base.input, input.pos);
  self->is_streaming = result != 0;
  self->frame_bytes += input.pos - before;
  self->frame_content_bytes += output.pos;
  if (!self->is_streaming)
    platter_zstd_seek_table_note (self->table, self->frame_bytes, self->frame_content_bytes);
  if (is_head && !self->is_streaming && self->head_taken < self->head->len)
    return platter_codec_fail_damaged (&self->base, error);
  if (!is_head && available == 0 && output.pos == 0 && self->is_streaming)
    return platter_codec_fail_short (&self->base, error);
  return (gssize)output.pos;
}

static gssize
codec_zstd_read (PlatterCodec *base, guint8 *data, gsize length, GError **error)
{
  CodecZstd *self = (CodecZstd *)base;

  while (TRUE)
    {
      ZstdFrame *frame = NULL;
      gssize given = 0;

      /* What is in the queue comes before what is streamed. */
      while (!self->is_at_end && !self->is_streaming && codec_zstd_has_room (self))
        if (!codec_zstd_next (self, error))
          return -1;
      frame = g_queue_peek_head (&self->frames);
      if (frame != NULL)
        given = codec_zstd_give (self, frame, data, length, error);
      else if (self->is_streaming)
        given = codec_zstd_stream (self, data, length, error);
      else
        return 0;
      if (given != 0)
        return given;
    }
}

static void
codec_zstd_free (PlatterCodec *base)
{
  CodecZstd *self = (CodecZstd *)base;

  platter_crew_free (self->crew);
  g_queue_clear_full (&self->frames, codec_zstd_free_frame);
  g_queue_clear_full (&self->spare, codec_zstd_free_frame);
  ZSTD_freeDCtx (self->context);
  g_byte_array_unref (self->head);
  platter_zstd_seek_table_free (self->table);
  g_free (self);
}

static const PlatterCodecFuncs codec_zstd_funcs = { codec_zstd_read, codec_zstd_free };

PlatterCodec *
platter_codec_zstd_new (PlatterInput *input, GError **error)
{
  CodecZstd *self = g_new0 (CodecZstd, 1);

  self->base.funcs = &codec_zstd_funcs;
  self->base.input = input;
  self->crew = platter_crew_new ();
  g_queue_init (&self->frames);
  g_queue_init (&self->spare);
  self->head = g_byte_array_new ();
  self->table = platter_zstd_seek_table_new ();
  self->context = ZSTD_createDCtx ();
  if (self->context != NULL)
    {
      ZSTD_DCtx_setParameter (self->context, ZSTD_d_windowLogMax, MAX_WINDOW_LOG);
      return &self->base;
    }
  platter_codec_fail_memory (&self->base, error);
  codec_zstd_free (&self->base);
  return NULL;
}
