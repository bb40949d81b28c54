// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// platterctl: Platter on the command line. Finds the command and runs it.

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "../client/descriptors.h"
#include "commands.h"
#include "options.h"
#include "status.h"

static const struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *usage;
  gboolean only_tells;
} commands[] = {
  { "list", platter_command_list, "list [--all]", TRUE },
  { "info", platter_command_info, "info DRIVE|IMAGE", TRUE },
  { "clone", platter_command_clone, "clone SOURCE-DRIVE TARGET-DRIVE…" },
  { "rescue", platter_command_rescue, "rescue --map FILE SOURCE-DRIVE TARGET-DRIVE|IMAGE" },
  { "write", platter_command_write, "write IMAGE TARGET-DRIVE…" },
  { "image", platter_command_image, "image SOURCE-DRIVE IMAGE" },
  { "convert", platter_command_convert, "convert SOURCE-IMAGE NEW-IMAGE" },
  { "verify", platter_command_verify, "verify DRIVE|IMAGE DRIVE|IMAGE" },
  { "jobs", platter_command_jobs, "jobs [watch|pause|resume|finish|answer|cancel|discard ID]" },
  { "history", platter_command_history, "history [list|show|delete]", TRUE },
};

static void
print_help (void)
{
  g_print ("%s\n", _ ("Platter copies disks, and proves that what it wrote is what it read."));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  platterctl %s\n", commands[i].usage);
  g_print ("%s\n", _ ("“platterctl COMMAND --help” tells more, and so does platterctl(1)."));
}

static int
run_command (int argc, char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[0], commands[i].name) == 0)
      {
        int status = commands[i].run (argc, argv);

        return commands[i].only_tells ? (int)platter_status_end (status) : status;
      }

  if (strcmp (argv[0], "--help") == 0 || strcmp (argv[0], "-h") == 0)
    {
      print_help ();
      return platter_status_end (PLATTER_STATUS_DONE);
    }
  if (strcmp (argv[0], "--version") == 0)
    {
      g_print ("platterctl %s\n", PLATTER_VERSION);
      return platter_status_end (PLATTER_STATUS_DONE);
    }
  return platter_status_tell_usage (_ ("There is no such command."), "",
                                    platter_options_is_json (argc, argv));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, PLATTER_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("platterctl");
  /* Whoever stops reading our output must not stop a job half way, nor falsify its status. */
  signal (SIGPIPE, SIG_IGN);
  platter_descriptors_allow_all ();

  if (argc < 2)
    return platter_status_tell_usage (_ ("Say what to do."), "", FALSE);
  return run_command (argc - 1, argv + 1);
}
