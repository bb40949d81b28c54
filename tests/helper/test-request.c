// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a request may be, and what becomes of the descriptors of one that may not.

#include "dbus/errors.h"
#include "helper/request.h"

#include <fcntl.h>
#include <unistd.h>

#define DRIVE                                                                                      \
  "{'number': <uint64 1792>, 'diskseq': <uint64 1>, 'size': <uint64 8>, 'serial': <'S'>}"
#define IMAGE(index) "{'fd': <handle " index ">, 'name': <'a.iso'>}"

static PlatterRequest *
read_request (PlatterRequestKind kind, const char *text, guint n_fds, GError **error)
{
  gboolean is_pair = kind == PLATTER_REQUEST_VERIFY || kind == PLATTER_REQUEST_IMAGE;
  const char *type = is_pair ? "(a{sv}a{sv}a{sv})" : "(a{sv}aa{sv}a{sv})";
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) parameters
    = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &local);
  PlatterRequest *request;

  g_assert_no_error (local);
  for (guint i = 0; i < n_fds; i++)
    g_assert_cmpint (g_unix_fd_list_append (fds, 0, NULL), ==, (int)i);
  request = platter_request_new (kind, parameters, fds, error);
  g_assert_cmpint (g_unix_fd_list_get_length (fds), ==, 0);
  return request;
}

static void
refuse (PlatterRequestKind kind, const char *text, guint n_fds)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_request (kind, text, n_fds, &error));
  g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS);
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) clone
    = read_request (PLATTER_REQUEST_CLONE, "(" DRIVE ", [" DRIVE "], @a{sv} {})", 0, &error);
  g_autoptr (PlatterRequest) write
    = read_request (PLATTER_REQUEST_WRITE, "(" IMAGE ("0") ", [" DRIVE "], @a{sv} {})", 1, &error);

  g_autoptr (PlatterRequest) image
    = read_request (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " IMAGE ("0") ", @a{sv} {})", 1, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (image->digests[0], ==, "sha256");
  g_assert_false (platter_request_get_side (image, 0)->is_image);
  g_assert_true (platter_request_get_side (image, 1)->is_image);
  g_assert_cmpstr (platter_request_get_kind_name (image), ==, "image");
  g_assert_true (clone->verify);
  g_assert_false (clone->unmount);
  g_assert_cmpuint (clone->repairs, ==, 3);
  g_assert_cmpuint (clone->stall_timeout_s, ==, 120);
  g_assert_cmpstr (clone->queue, ==, "auto");
  g_assert_cmpuint (g_strv_length (clone->digests), ==, 0);
  g_assert_cmpstr (write->digests[0], ==, "sha256");
  g_assert_cmpint (platter_request_get_side (write, 0)->fd, >, 0);
  g_assert_cmpstr (platter_request_get_side (clone, 1)->serial, ==, "S");
}

#define RESCUE "'on-error': <'rescue'>, 'rescue': <true>"

static void
test_rescue (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) rescue
    = read_request (PLATTER_REQUEST_CLONE,
                    "(" DRIVE ", [" DRIVE "], {" RESCUE
                    ", 'map': <handle 1>, 'domain': <handle 0>, 'retries': <uint32 3>})",
                    2, &error);
  const char *const refused[] = {
    "{" RESCUE ", 'map': <handle 0>}",                                 /* one is for nothing */
    "{" RESCUE ", 'map': <handle 0>, 'domain': <handle 0>}",           /* the same twice */
    "{" RESCUE ", 'map': <handle 0>, 'domain': <handle 2>}",           /* out of range */
    "{" RESCUE ", 'map': <handle -1>, 'domain': <handle 0>}",          /* likewise */
    "{'on-error': <'skip'>, 'map': <handle 0>, 'domain': <handle 1>}", /* no rescue */
    "{" RESCUE ", 'map': <handle 0>, 'domain': <handle 1>, 'digests': <['md5']>}",
    "{'rescue': <true>, 'map': <handle 0>, 'domain': <handle 1>}", /* that stops */
    "{'on-error': <'ask'>, 'rescue': <true>, 'map': <handle 0>, 'domain': <handle 1>}",
    "{'on-error': <'pray'>, 'map': <handle 0>, 'domain': <handle 1>}",
  };

  g_assert_no_error (error);
  g_assert_cmpint (rescue->map_fd, ==, g_array_index (rescue->fds, int, 1));
  g_assert_cmpint (rescue->domain_fd, ==, g_array_index (rescue->fds, int, 0));
  g_assert_cmpuint (rescue->retries, ==, 3);
  g_assert_cmpstr (rescue->on_error, ==, "rescue");
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *text = g_strdup_printf ("(" DRIVE ", [" DRIVE "], %s)", refused[i]);

      refuse (PLATTER_REQUEST_CLONE, text, 2);
    }
  refuse (PLATTER_REQUEST_WRITE,
          "(" IMAGE ("0") ", [" DRIVE "], {'on-error': <'skip'>, 'digests': <@as []>})", 1);
  /* A map is for one target only. */
  refuse (PLATTER_REQUEST_CLONE,
          "(" DRIVE ", [" DRIVE ", " DRIVE "], {" RESCUE ", 'map': <handle 0>})", 1);
}

/* Until it has asked it is a plain clone, that can go on as one. */
static void
test_ask (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) request = read_request (
    PLATTER_REQUEST_CLONE, "(" DRIVE ", [" DRIVE "], {'on-error': <'ask'>, 'resume': <uint32 7>})",
    0, &error);

  g_assert_no_error (error);
  g_assert_true (platter_request_is_plain (request));
  refuse (PLATTER_REQUEST_CLONE,
          "(" DRIVE ", [" DRIVE "], {'on-error': <'ask'>, 'rescue': <true>})", 0);
  refuse (PLATTER_REQUEST_CLONE,
          "(" DRIVE ", [" DRIVE "], {'on-error': <'ask'>, 'digests': <['md5']>})", 0);
  refuse (PLATTER_REQUEST_WRITE,
          "(" IMAGE ("0") ", [" DRIVE "], {'on-error': <'ask'>, 'digests': <@as []>})", 1);
}

/* What can be resumed, and what is kept so that it can be found again. */
static void
test_resume (void)
{
  static const char *const refused[] = {
    "{'resume': <uint32 7>, 'format': <'qcow2'>}",
    "{'resume': <uint32 7>, 'verify': <false>}",
    "{'resume': <uint32 7>, 'on-error': <'rescue'>, 'digests': <@as []>}",
  };
  g_autofree char *deep = g_strnfill (5000, 'a');
  g_autofree char *too_deep = g_strdup_printf (
    "(" DRIVE ", {'name': <'a'>, 'fd': <handle 0>, 'path': <b'/%s'>}, @a{sv} {})", deep);
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) image = read_request (
    PLATTER_REQUEST_IMAGE,
    "(" DRIVE ", {'name': <'a'>, 'fd': <handle 0>, 'path': <b'/b/\\377a'>}, {'resume': <uint32 7>, "
    "'format': <'zst'>, 'replace': <true>, 'split': <uint64 5000000>})",
    1, &error);
  g_autoptr (PlatterRequest) verify = read_request (
    PLATTER_REQUEST_VERIFY, "(" DRIVE ", " IMAGE ("0") ", {'resume': <uint32 7>})", 1, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (platter_request_get_side (image, 1)->path, ==, "/b/\377a");
  g_assert_true (image->replace);
  g_assert_cmpuint (image->split_bytes, ==, 5000000);
  g_assert_cmpuint (verify->resume, ==, 7);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *text = g_strdup_printf ("(" DRIVE ", " IMAGE ("0") ", %s)", refused[i]);

      refuse (PLATTER_REQUEST_IMAGE, text, 1);
    }
  refuse (PLATTER_REQUEST_IMAGE, too_deep, 1);
  refuse (PLATTER_REQUEST_CLONE, "(" DRIVE ", [" DRIVE "], {'replace': <true>})", 0);
  refuse (PLATTER_REQUEST_CLONE, "(" DRIVE ", [" DRIVE "], {'split': <uint64 5000000>})", 0);
}

static void
test_descriptors (void)
{
  refuse (PLATTER_REQUEST_WRITE, "(" IMAGE ("-1") ", [" DRIVE "], @a{sv} {})", 1);
  refuse (PLATTER_REQUEST_WRITE, "(" IMAGE ("1") ", [" DRIVE "], @a{sv} {})", 1);
  refuse (PLATTER_REQUEST_WRITE, "(" IMAGE ("-2147483648") ", [" DRIVE "], @a{sv} {})", 1);
  refuse (PLATTER_REQUEST_WRITE, "(" IMAGE ("0") ", [" DRIVE "], @a{sv} {})", 0);
  refuse (PLATTER_REQUEST_WRITE, "(" IMAGE ("0") ", [" DRIVE "], @a{sv} {})", 5);
  refuse (PLATTER_REQUEST_CLONE, "(" DRIVE ", [" DRIVE "], @a{sv} {})", 1);
  refuse (PLATTER_REQUEST_CLONE, "(" IMAGE ("0") ", [" DRIVE "], @a{sv} {})", 1);
  refuse (PLATTER_REQUEST_VERIFY, "(" IMAGE ("0") ", " IMAGE ("0") ", @a{sv} {})", 2);
  refuse (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " IMAGE ("1") ", @a{sv} {})", 1);
  refuse (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " DRIVE ", @a{sv} {})", 0);
  refuse (PLATTER_REQUEST_IMAGE, "(" IMAGE ("0") ", " IMAGE ("0") ", @a{sv} {})", 1);
}

#define HEX "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* An image may be made of another one, whatever that has to be read through, and is never read through anything itself. */
static void
test_image_of_an_image (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) plain = read_request (
    PLATTER_REQUEST_IMAGE,
    "(" IMAGE ("0") ", " IMAGE ("1") ", {'expected': <{'sha256': '" HEX "'}>})", 2, &error);
  g_autoptr (PlatterRequest) packed = read_request (
    PLATTER_REQUEST_IMAGE,
    "({'name': <'a'>, 'fd': <handle 0>, 'packed': <true>}, " IMAGE ("1") ", @a{sv} {})", 2, &error);

  g_assert_no_error (error);
  g_assert_true (platter_request_get_side (plain, 0)->is_image);
  g_assert_false (platter_request_overwrites (plain));
  g_assert_true (platter_request_get_side (packed, 0)->is_packed);
  refuse (PLATTER_REQUEST_IMAGE,
          "(" IMAGE ("0") ", {'name': <'a'>, 'fd': <handle 1>, 'packed': <true>}, @a{sv} {})", 2);
  refuse (PLATTER_REQUEST_IMAGE,
          "(" DRIVE ", " IMAGE ("0") ", {'expected': <{'sha256': '" HEX "'}>})", 1);
}

#define WITH_PARTS(parts, more)                                                                    \
  "{'name': <'a.img'>, 'fd': <handle 0>, 'parts': <handle " parts ">" more "}"

/* What tells of an image's parts is a file of its own, and all of a plain one is not hashed. */
static void
test_parts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) plain = read_request (
    PLATTER_REQUEST_WRITE, "(" WITH_PARTS ("1", "") ", [" DRIVE "], @a{sv} {})", 2, &error);
  g_autoptr (PlatterRequest) packed = read_request (
    PLATTER_REQUEST_VERIFY, "(" WITH_PARTS ("1", ", 'packed': <true>") ", " DRIVE ", @a{sv} {})", 2,
    &error);
  g_autoptr (PlatterRequest) whole
    = read_request (PLATTER_REQUEST_WRITE, "(" IMAGE ("0") ", [" DRIVE "], @a{sv} {})", 1, &error);
  const char *const refused[] = {
    WITH_PARTS ("0", ""),
    WITH_PARTS ("2", ""),
    WITH_PARTS ("1", ", 'pipe': <true>"),
    "{'name': <'a'>, 'nbd': <handle 0>, 'parts': <handle 1>}",
    "{'name': <'a'>, 'parts': <handle 0>}",
  };

  g_assert_no_error (error);
  g_assert_cmpint (platter_request_get_side (plain, 0)->parts_fd, ==,
                   g_array_index (plain->fds, int, 1));
  g_assert_cmpint (platter_request_get_side (whole, 0)->parts_fd, ==, -1);
  g_assert_true (platter_request_can_go_on (plain));
  g_assert_true (platter_request_can_go_on (whole));
  g_assert_null (plain->digests[0]);
  g_assert_cmpstr (packed->digests[0], ==, "sha256");
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *text = g_strdup_printf ("(%s, [" DRIVE "], @a{sv} {})", refused[i]);

      refuse (PLATTER_REQUEST_WRITE, text, 2);
    }
  refuse (PLATTER_REQUEST_VERIFY, "(" DRIVE ", " WITH_PARTS ("1", "") ", @a{sv} {})", 2);
  refuse (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " WITH_PARTS ("1", "") ", @a{sv} {})", 2);
  refuse (PLATTER_REQUEST_IMAGE, "(" WITH_PARTS ("1", "") ", " IMAGE ("2") ", @a{sv} {})", 3);
}

#define SERVED(more) "{'name': <'a.qcow2'>, 'nbd': <handle 0>" more "}"

/* A server with its file, and one that is somewhere else. */
static void
test_nbd (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) local
    = read_request (PLATTER_REQUEST_WRITE,
                    "(" SERVED (", 'fd': <handle 1>") ", [" DRIVE "], @a{sv} {})", 2, &error);
  g_autoptr (PlatterRequest) remote = read_request (
    PLATTER_REQUEST_VERIFY, "(" SERVED (", 'export': <'e'>") ", " DRIVE ", @a{sv} {})", 1, &error);
  const PlatterRequestSide *side = NULL;
  const char *const refused[] = {
    SERVED (", 'fd': <handle 0>"),
    SERVED (", 'fd': <handle 2>"),
    SERVED (", 'fd': <handle 1>, 'packed': <true>"),
    SERVED (", 'nbd': <handle 0>, 'fd': <handle 1>"),
    "{'name': <'a'>, 'nbd': <handle -1>, 'fd': <handle 1>}",
    "{'name': <'a'>, 'fd': <handle 1>, 'export': <'e'>}",
    "{'name': <'a'>}",
    "{'nbd': <handle 0>}",
  };

  g_assert_no_error (error);
  side = platter_request_get_side (local, 0);
  g_assert_cmpint (side->nbd_fd, ==, g_array_index (local->fds, int, 0));
  g_assert_cmpint (side->fd, ==, g_array_index (local->fds, int, 1));
  side = platter_request_get_side (remote, 0);
  g_assert_true (side->is_image);
  g_assert_cmpint (side->nbd_fd, ==, side->fd);
  g_assert_cmpstr (side->export_name, ==, "e");
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *text = g_strdup_printf ("(%s, [" DRIVE "], @a{sv} {})", refused[i]);

      refuse (PLATTER_REQUEST_WRITE, text, 2);
    }
  /* Only what is read first, and of two images not the same descriptor. */
  refuse (PLATTER_REQUEST_VERIFY, "(" IMAGE ("1") ", " SERVED ("") ", @a{sv} {})", 2);
  refuse (PLATTER_REQUEST_VERIFY, "(" SERVED ("") ", " IMAGE ("0") ", @a{sv} {})", 1);
  refuse (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " SERVED ("") ", @a{sv} {})", 1);
}

#define RESCUED(options) "(" DRIVE ", " IMAGE ("0") ", {" RESCUE options "})"

/* Only into a plain image, of a drive; and of what may have gaps there is no digest. */
static void
test_rescue_to_image (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) request
    = read_request (PLATTER_REQUEST_IMAGE, RESCUED (", 'map': <handle 1>"), 2, &error);

  g_assert_no_error (error);
  g_assert_true (request->rescue);
  g_assert_null (request->digests[0]);
  refuse (PLATTER_REQUEST_IMAGE, RESCUED (", 'format': <'zst'>"), 1);
  refuse (PLATTER_REQUEST_IMAGE, RESCUED (", 'digests': <['sha256']>"), 1);
  refuse (PLATTER_REQUEST_IMAGE, "(" IMAGE ("0") ", " IMAGE ("1") ", {" RESCUE "})", 2);
  refuse (PLATTER_REQUEST_IMAGE,
          "(" DRIVE ", {'name': <'a'>, 'fd': <handle 0>, 'more': <handle 1>}, {" RESCUE "})", 2);
}

#define WITH_MORE(more) "{'name': <'a.qcow2'>, 'fd': <handle 0>, 'more': <handle " more ">}"

/* What is needed to write an image waits in a socket of its own, and what is read has no such thing. */
static void
test_more (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) disk = read_request (
    PLATTER_REQUEST_IMAGE, "(" DRIVE ", " WITH_MORE ("1") ", {'format': <'qcow2'>})", 2, &error);
  g_autoptr (PlatterRequest) plain
    = read_request (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " IMAGE ("0") ", @a{sv} {})", 1, &error);

  g_assert_no_error (error);
  g_assert_cmpint (platter_request_get_side (disk, 1)->more_fd, ==,
                   g_array_index (disk->fds, int, 1));
  g_assert_cmpint (platter_request_get_side (disk, 0)->more_fd, ==, -1);
  g_assert_cmpint (platter_request_get_side (plain, 1)->more_fd, ==, -1);
  refuse (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " WITH_MORE ("0") ", @a{sv} {})", 1);
  refuse (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " WITH_MORE ("1") ", @a{sv} {})", 3);
  refuse (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " WITH_MORE ("2") ", @a{sv} {})", 2);
  refuse (PLATTER_REQUEST_IMAGE, "(" WITH_MORE ("1") ", " IMAGE ("2") ", @a{sv} {})", 3);
  refuse (PLATTER_REQUEST_WRITE, "(" WITH_MORE ("1") ", [" DRIVE "], @a{sv} {})", 2);
  refuse (PLATTER_REQUEST_VERIFY, "(" DRIVE ", " WITH_MORE ("1") ", @a{sv} {})", 2);
}

static void
test_options (void)
{
  refuse (PLATTER_REQUEST_CLONE, "(" DRIVE ", @aa{sv} [], @a{sv} {})", 0);
  refuse (PLATTER_REQUEST_CLONE, "(" DRIVE ", [" DRIVE "], {'repairs': <uint32 4>})", 0);
  refuse (PLATTER_REQUEST_CLONE, "(" DRIVE ", [" DRIVE "], {'queue': <'magic'>})", 0);
  refuse (PLATTER_REQUEST_CLONE, "(" DRIVE ", [" DRIVE "], {'shorter': <true>})", 0);
  refuse (PLATTER_REQUEST_CLONE, "(" DRIVE ", [" DRIVE "], {'digests': <['crc']>})", 0);
  refuse (PLATTER_REQUEST_VERIFY, "(" DRIVE ", " DRIVE ", {'unmount': <true>})", 0);
  refuse (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " IMAGE ("0") ", {'unmount': <true>})", 1);
  refuse (PLATTER_REQUEST_IMAGE, "(" DRIVE ", " IMAGE ("0") ", {'shorter': <true>})", 1);
  refuse (PLATTER_REQUEST_WRITE,
          "(" IMAGE ("0") ", [" DRIVE
                          "], {'expected': <{'md5': 'not hex, but 32 characters long.'}>})",
          1);
}

static char *
dup_clone_to (guint n_targets)
{
  g_autoptr (GString) targets = g_string_new (DRIVE);

  for (guint i = 1; i < n_targets; i++)
    g_string_append (targets, ", " DRIVE);
  return g_strdup_printf ("(" DRIVE ", [%s], @a{sv} {})", targets->str);
}

static void
test_most_targets (void)
{
  g_autofree char *most = dup_clone_to (PLATTER_REQUEST_MAX_TARGETS);
  g_autofree char *too_many = dup_clone_to (PLATTER_REQUEST_MAX_TARGETS + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterRequest) request = read_request (PLATTER_REQUEST_CLONE, most, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (request->sides->len, ==, 1 + PLATTER_REQUEST_MAX_TARGETS);
  refuse (PLATTER_REQUEST_CLONE, too_many, 0);
}

/* A pipe tells when its last writer has closed it, in whatever thread. */
static void
test_closes (void)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GVariant) parameters = NULL;
  g_autoptr (GError) error = NULL;
  int ends[2];
  char byte;

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  g_assert_cmpint (g_unix_fd_list_append (fds, ends[1], &error), ==, 0);
  close (ends[1]);
  parameters = g_variant_parse (G_VARIANT_TYPE ("(a{sv}aa{sv}a{sv})"),
                                "(" DRIVE ", [" DRIVE "], @a{sv} {})", NULL, NULL, &error);
  g_assert_null (platter_request_new (PLATTER_REQUEST_CLONE, parameters, fds, &error));
  g_assert_cmpint (read (ends[0], &byte, 1), ==, 0);
  close (ends[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request/defaults", test_defaults);
  g_test_add_func ("/request/descriptors", test_descriptors);
  g_test_add_func ("/request/rescue", test_rescue);
  g_test_add_func ("/request/ask", test_ask);
  g_test_add_func ("/request/resume", test_resume);
  g_test_add_func ("/request/nbd", test_nbd);
  g_test_add_func ("/request/parts", test_parts);
  g_test_add_func ("/request/more", test_more);
  g_test_add_func ("/request/rescue-to-image", test_rescue_to_image);
  g_test_add_func ("/request/image-of-an-image", test_image_of_an_image);
  g_test_add_func ("/request/options", test_options);
  g_test_add_func ("/request/most-targets", test_most_targets);
  g_test_add_func ("/request/closes", test_closes);
  return g_test_run ();
}
