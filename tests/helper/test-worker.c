// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The worker's process: messages, its end, and what is done about one that sends nonsense or stays.

#include "dbus/errors.h"
#include "dbus/wire.h"
#include "helper/worker.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  GMainLoop *loop;
  GString *messages;
  gboolean is_gone;
} Heard;

static void
message (const char *name, GVariant *content, gpointer data)
{
  g_string_append_printf (((Heard *)data)->messages, "%s;", name);
}

static void
gone (gpointer data)
{
  Heard *heard = data;

  g_assert_false (heard->is_gone);
  heard->is_gone = TRUE;
  g_main_loop_quit (heard->loop);
}

static const PlatterWorkerHandler handler = { .message = message, .gone = gone };

/* The program itself, started again without arguments and environment, is a worker that does what the first message
 * says. */
static int
be_worker (void)
{
  g_auto (PlatterWireMessage) start = { 0 };

  if (!platter_wire_receive (PLATTER_WIRE_WORKER_FD, &start, NULL) || start.name == NULL)
    return 1;
  if (strcmp (start.name, "talk") == 0)
    {
      platter_wire_send (PLATTER_WIRE_WORKER_FD, "one", g_variant_new ("a{sv}", NULL), NULL, 0,
                         NULL);
      platter_wire_send (PLATTER_WIRE_WORKER_FD, "two", g_variant_new ("a{sv}", NULL), NULL, 0,
                         NULL);
      return 0;
    }
  if (strcmp (start.name, "babble") == 0)
    g_assert_cmpint (write (PLATTER_WIRE_WORKER_FD, "babble", 6), ==, 6);
  if (strcmp (start.name, "give") == 0)
    {
      const int fd = 0;
      platter_wire_send (PLATTER_WIRE_WORKER_FD, "gift", g_variant_new ("a{sv}", NULL), &fd, 1,
                         NULL);
    }
  for (;;)
    pause ();
}

static void
check (const char *order, const char *expected, gboolean is_killed)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;
  Heard heard = { .loop = loop, .messages = g_string_new (NULL) };
  g_autoptr (PlatterWorker) worker = platter_worker_spawn (self, &handler, &heard, &error);

  g_assert_no_error (error);
  g_assert_true (
    platter_worker_send (worker, order, g_variant_new ("a{sv}", NULL), NULL, 0, &error));
  if (is_killed)
    platter_worker_kill (worker);
  g_main_loop_run (loop);
  g_assert_true (heard.is_gone);
  g_assert_cmpstr (heard.messages->str, ==, expected);
  g_string_free (heard.messages, TRUE);
}

static void
test_talks (void)
{
  check ("talk", "one;two;", FALSE);
}

static void
test_killed (void)
{
  check ("stay", "", TRUE);
}

static void
test_nonsense (void)
{
  check ("babble", "", FALSE);
  check ("give", "", FALSE);
}

static void
test_absent (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (platter_worker_spawn ("/nonexistent/worker", &handler, NULL, &error));
  g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_WORKER);
}

int
main (int argc, char **argv)
{
  if (g_getenv ("PATH") == NULL)
    return be_worker ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/talks", test_talks);
  g_test_add_func ("/worker/killed", test_killed);
  g_test_add_func ("/worker/nonsense", test_nonsense);
  g_test_add_func ("/worker/absent", test_absent);
  return g_test_run ();
}
