// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The commands of platterctl, one a file.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Each: @argv begins with the command's name. Returns: the exit status, a #PlatterStatus. */

int platter_command_list (int argc, char **argv);
int platter_command_info (int argc, char **argv);
int platter_command_clone (int argc, char **argv);
int platter_command_rescue (int argc, char **argv);
int platter_command_write (int argc, char **argv);
int platter_command_image (int argc, char **argv);
int platter_command_convert (int argc, char **argv);
int platter_command_verify (int argc, char **argv);
int platter_command_jobs (int argc, char **argv);
int platter_command_history (int argc, char **argv);

G_END_DECLS
