// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The idle timer runs only while nobody holds it.

#include "helper/idle.h"

static void
expired (gpointer data)
{
  g_main_loop_quit (data);
}

static gboolean
release_cb (gpointer data)
{
  platter_idle_release (data);
  return G_SOURCE_REMOVE;
}

static void
never (gpointer data)
{
  g_assert_not_reached ();
}

static void
test_expires (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  PlatterIdle *idle = platter_idle_new (0, expired, loop);

  g_main_loop_run (loop);
  platter_idle_free (idle);
}

static void
test_held (void)
{
  PlatterIdle *idle = platter_idle_new (0, never, NULL);

  platter_idle_hold (idle);
  platter_idle_hold (idle);
  platter_idle_release (idle);
  /* Everything that is due has its turn. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  platter_idle_free (idle);
}

static void
test_released (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  PlatterIdle *idle = platter_idle_new (0, expired, loop);

  platter_idle_hold (idle);
  g_idle_add (release_cb, idle);
  g_main_loop_run (loop);
  platter_idle_free (idle);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/idle/expires", test_expires);
  g_test_add_func ("/idle/held", test_held);
  g_test_add_func ("/idle/released", test_released);
  return g_test_run ();
}
