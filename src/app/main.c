// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platter, the window.

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "../client/descriptors.h"
#include "application.h"

/* Whoever asks for GTK's software renderer needs no context of OpenGL, which takes a tenth of the start to make. */
static void
main_leave_gl_out (void)
{
  const char *renderer = g_getenv ("GSK_RENDERER");
  const char *debug = g_getenv ("GDK_DEBUG");
  g_autofree char *without = NULL;

  if (g_strcmp0 (renderer, "cairo") != 0)
    return;
  without = g_strconcat (debug != NULL ? debug : "", debug != NULL ? "," : "", "gl-disable", NULL);
  g_setenv ("GDK_DEBUG", without, TRUE);
}

int
main (int argc, char **argv)
{
  main_leave_gl_out ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, PLATTER_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  platter_descriptors_allow_all ();

  g_autoptr (PlatterApplication) application = platter_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
