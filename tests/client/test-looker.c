// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What platter-look may answer: all else is one sentence, and nothing of it is believed.

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/image.h"
#include "client/looker.h"
#include "client/volume.h"
#include "dbus/wire.h"
#include "engine/errors.h"
#include "formats/packed-size.h"

typedef struct
{
  int ours;
  int theirs;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  int sockets[2] = { -1, -1 };

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets));
  self->ours = sockets[0];
  self->theirs = sockets[1];
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close (self->ours);
  if (self->theirs >= 0)
    close (self->theirs);
}

static void
answer (Fixture *self, const char *name, GVariant *content)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (platter_wire_send (self->theirs, name, content, NULL, 0, &error));
}

/* @content: GVariant text of an a{sv} */
static void
answer_text (Fixture *self, const char *name, const char *content)
{
  g_autoptr (GError) error = NULL;
  GVariant *parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, content, NULL, NULL, &error);

  g_assert_no_error (error);
  answer (self, name, parsed);
  g_variant_unref (parsed);
}

static void
assert_early (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (platter_looker_await (self->ours, "disk.zip", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "disk.zip could not be looked at"));
}

static void
test_plain (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterLooked) looked = NULL;
  g_autoptr (PlatterVolume) volume = NULL;

  answer_text (
    self, "seen",
    "{'format': <''>, 'partitions': <[(uint64 512, uint64 1024, 'a\\u001b[2Jb', 'ext4')]>}");
  looked = platter_looker_await (self->ours, "disk.img", &error);
  g_assert_no_error (error);
  g_assert_cmpint (looked->format, ==, PLATTER_FORMAT_NONE);
  g_assert_null (looked->choice);
  g_assert_cmpuint (looked->size_bytes, ==, PLATTER_PACKED_SIZE_UNKNOWN);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (looked->partitions)), ==, 1);
  volume = g_list_model_get_item (G_LIST_MODEL (looked->partitions), 0);
  g_assert_cmpuint (platter_volume_get_offset_bytes (volume), ==, 512);
  g_assert_cmpuint (platter_volume_get_size_bytes (volume), ==, 1024);
  /* A terminal does not obey it. */
  g_assert_cmpstr (platter_volume_get_label (volume), ==, "a\xef\xbf\xbd[2Jb");
}

static void
test_archive (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterLooked) looked = NULL;

  answer_text (self, "seen",
               "{'format': <'zip'>, 'size': <uint64 77>, 'archive': <{'state': <'good'>, "
               "'candidates': <uint32 1>, 'names': <['disk\\u001b.img']>}>}");
  looked = platter_looker_await (self->ours, "disk.zip", &error);
  g_assert_no_error (error);
  g_assert_cmpint (looked->format, ==, PLATTER_FORMAT_ZIP);
  g_assert_cmpint (looked->choice->state, ==, PLATTER_ARCHIVE_GOOD);
  g_assert_cmpuint (looked->choice->size_bytes, ==, 77);
  g_assert_cmpstr (platter_archive_choice_get_name (looked->choice), ==, "disk\xef\xbf\xbd.img");
}

static void
test_failed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) read_error = NULL;
  g_autoptr (GError) unsupported_error = NULL;

  answer_text (self, "failed", "{'code': <'read'>, 'message': <'it is gone'>}");
  g_assert_null (platter_looker_await (self->ours, "it", &read_error));
  g_assert_error (read_error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_READ);
  g_assert_cmpstr (read_error->message, ==, "it is gone");
  answer_text (self, "failed", "{'code': <'unsupported'>, 'message': <'it is odd'>}");
  g_assert_null (platter_looker_await (self->ours, "it", &unsupported_error));
  g_assert_error (unsupported_error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED);
  g_assert_cmpstr (unsupported_error->message, ==, "it is odd.");
}

typedef struct
{
  const char *path;
  const char *name;
  const char *content;
} Answer;

#define ARCHIVE(format, state, candidates, names)                                                  \
  "{'format': <'" format "'>, 'archive': <{'state': <'" state                                      \
  "'>, 'candidates': <uint32 " candidates ">, 'names': <@as [" names "]>}>}"

static const Answer answers[] = {
  { "/looker/malformed/message", "progress", "{}" },
  { "/looker/malformed/unknown-key", "seen", "{'format': <''>, 'path': <'/'>}" },
  { "/looker/malformed/type", "seen", "{'format': <uint32 7>}" },
  { "/looker/malformed/format", "seen", "{'format': <'rar'>}" },
  { "/looker/malformed/size", "seen", "{'size': <-1>}" },
  { "/looker/malformed/partition", "seen",
    "{'partitions': <[(uint64 512, uint64 18446744073709551615, '', '')]>}" },
  { "/looker/malformed/partition-type", "seen", "{'partitions': <[(uint64 512, '', '')]>}" },
  { "/looker/malformed/state", "seen", ARCHIVE ("zip", "fine", "1", "'a'") },
  { "/looker/malformed/no-archive", "seen", ARCHIVE ("", "good", "1", "'a'") },
  { "/looker/malformed/good-without-name", "seen", ARCHIVE ("zip", "good", "1", "") },
  { "/looker/malformed/good-with-two", "seen", ARCHIVE ("zip", "good", "2", "'a', 'b'") },
  { "/looker/malformed/few-candidates", "seen", ARCHIVE ("zip", "several", "1", "'a', 'b'") },
  { "/looker/malformed/names", "seen",
    ARCHIVE ("zip", "several", "6", "'a', 'b', 'c', 'd', 'e', 'f'") },
  { "/looker/malformed/no-message", "failed", "{'code': <'read'>}" },
  { "/looker/malformed/failed-key", "failed",
    "{'code': <'read'>, 'message': <'it is gone'>, 'domain': <'g-io-error'>}" },
};

static void
test_malformed (Fixture *self, gconstpointer data)
{
  const Answer *malformed = data;

  answer_text (self, malformed->name, malformed->content);
  assert_early (self);
}

static void
test_many_partitions (Fixture *self, gconstpointer data)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ttss)"));

  for (guint i = 0; i < 257; i++)
    g_variant_builder_add (&builder, "(ttss)", (guint64)i, (guint64)1, "", "");
  g_variant_dict_insert_value (&dict, "partitions", g_variant_builder_end (&builder));
  answer (self, "seen", g_variant_dict_end (&dict));
  assert_early (self);
}

static void
test_long_message (Fixture *self, gconstpointer data)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *text = g_strnfill (5000, 'x');

  g_variant_dict_insert (&dict, "code", "s", "read");
  g_variant_dict_insert (&dict, "message", "s", text);
  answer (self, "failed", g_variant_dict_end (&dict));
  assert_early (self);
}

static void
test_junk (Fixture *self, gconstpointer data)
{
  gsize length = GPOINTER_TO_SIZE (data);
  g_autofree char *junk = g_malloc (length);

  memset (junk, 'x', length);
  g_assert_cmpint (send (self->theirs, junk, length, 0), ==, (gssize)length);
  assert_early (self);
}

static void
test_nothing (Fixture *self, gconstpointer data)
{
  close (self->theirs);
  self->theirs = -1;
  assert_early (self);
}

#define ADD(path, data, test) g_test_add (path, Fixture, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/looker/plain", NULL, test_plain);
  ADD ("/looker/archive", NULL, test_archive);
  ADD ("/looker/failed", NULL, test_failed);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    ADD (answers[i].path, &answers[i], test_malformed);
  ADD ("/looker/malformed/many-partitions", NULL, test_many_partitions);
  ADD ("/looker/malformed/long-message", NULL, test_long_message);
  ADD ("/looker/malformed/junk", GSIZE_TO_POINTER (100), test_junk);
  ADD ("/looker/malformed/too-large", GSIZE_TO_POINTER (PLATTER_WIRE_MAX_BYTES + 1), test_junk);
  ADD ("/looker/malformed/nothing", NULL, test_nothing);
  return g_test_run ();
}
