// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The progress that a desktop shows at the program's icon: the signal that Unity began with, and that KDE's taskbar,
// Dash to Dock and others listen to. Who does not listen, does not see it.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** platter_launcher_tell: @percent: of all that runs; -1 when nothing does */
void platter_launcher_tell (GApplication *application, int percent);

G_END_DECLS
