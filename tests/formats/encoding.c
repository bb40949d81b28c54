// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What tests of encoders share.

#include "encoding.h"

#include "formats/packing.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

GByteArray *
encoding_new_content (gsize length)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  GByteArray *content = g_byte_array_new ();

  g_byte_array_set_size (content, (guint)length);
  for (gsize i = 0; i < length; i++)
    {
      guint64 piece = i / ENCODING_PIECE_BYTES;

      if (piece % 3 == 1 || i / 65536 % 4 == 1)
        content->data[i] = 0;
      else
        content->data[i]
          = i / 65536 % 4 == 2 ? (guint8)('a' + i % 17) : (guint8)g_rand_int (random);
    }
  return content;
}

int
encoding_new_file (const guint8 *data, gsize length)
{
  int fd = memfd_create ("platter-test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  g_assert_cmpint (fd, >=, 0);
  for (gsize done = 0; done < length;)
    {
      gssize written = write (fd, data + done, length - done);

      g_assert_cmpint (written, >, 0);
      done += (gsize)written;
    }
  return fd;
}

typedef struct
{
  GMutex lock;
  GCond cond;
  guint n_notified;
} Bell;

static void
bell_cb (gpointer data)
{
  Bell *bell = data;

  g_mutex_lock (&bell->lock);
  bell->n_notified++;
  g_cond_signal (&bell->cond);
  g_mutex_unlock (&bell->lock);
}

static void
bell_wait (Bell *bell, guint n_notified)
{
  g_mutex_lock (&bell->lock);
  while (bell->n_notified == n_notified)
    g_cond_wait (&bell->cond, &bell->lock);
  g_mutex_unlock (&bell->lock);
}

static guint
bell_get (Bell *bell)
{
  guint n_notified = 0;

  g_mutex_lock (&bell->lock);
  n_notified = bell->n_notified;
  g_mutex_unlock (&bell->lock);
  return n_notified;
}

int
encoding_feed (PlatterWriter *writer, GByteArray *content)
{
  Bell bell = { .n_notified = 0 };
  gsize done = 0;
  gssize result = 0;

  writer->funcs->set_notify (writer, bell_cb, &bell);
  while (result == 0)
    {
      guint n_notified = bell_get (&bell);

      if (done == content->len)
        result = writer->funcs->finish (writer);
      else
        result = writer->funcs->write (writer, content->data + done, content->len - done);
      if (result == 0)
        bell_wait (&bell, n_notified);
      else if (result > 0 && done < content->len)
        {
          done += (gsize)result;
          result = 0;
        }
    }
  writer->funcs->set_notify (writer, NULL, NULL);
  return (int)result;
}

PlatterEncoder *
encoding_pack (const char *format, guint level, int fd, GByteArray *content)
{
  PlatterEncoder *encoder
    = platter_encoder_new (platter_split_file_new_whole (fd), "it",
                           platter_packing_new (format, level), PLATTER_DIGEST_SHA256, NULL);

  g_assert_cmpint (encoding_feed (platter_encoder_get_writer (encoder), content), ==, 1);
  return encoder;
}

gboolean
encoding_comes_back (PlatterEncoder *encoder, GByteArray *content, GError **error)
{
  PlatterWriter *writer = platter_encoder_get_writer (encoder);
  PlatterReader *reader = writer->funcs->get_reader (writer);
  g_autofree guint8 *data = g_malloc (ENCODING_MIB);
  gboolean is_equal = TRUE;

  for (gsize offset = 0; offset < content->len && is_equal; offset += ENCODING_MIB)
    {
      gsize length = MIN (ENCODING_MIB, content->len - offset);

      if (reader->funcs->read (reader, offset, data, length, error) != (gssize)length)
        return FALSE;
      is_equal = memcmp (data, content->data + offset, length) == 0;
    }
  return is_equal;
}
