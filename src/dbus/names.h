// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The names on the bus.

#pragma once

#define PLATTER_HELPER_BUS_NAME "org.platter.Helper1"
#define PLATTER_HELPER_PATH "/org/platter/Helper1"
#define PLATTER_HELPER_INTERFACE "org.platter.Helper1"
#define PLATTER_JOB_INTERFACE "org.platter.Helper1.Job"
#define PLATTER_JOB_PATH_PREFIX "/org/platter/Helper1/jobs/"
/** Where the org.freedesktop.DBus.ObjectManager is. */
#define PLATTER_OBJECT_MANAGER_PATH "/"
#define PLATTER_ERROR_NAME_PREFIX "org.platter.Helper1.Error."
