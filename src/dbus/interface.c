// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The interfaces of org.platter.Helper1.xml, parsed.

#include "interface.h"

#include "interface-xml.h"

static gpointer
interface_parse (gpointer unused)
{
  g_autoptr (GError) error = NULL;
  GDBusNodeInfo *node = g_dbus_node_info_new_for_xml (PLATTER_INTERFACE_XML, &error);

  g_assert_no_error (error);
  return node;
}

GDBusInterfaceInfo *
platter_interface_get (const char *name)
{
  static GOnce once = G_ONCE_INIT;
  GDBusNodeInfo *node = g_once (&once, interface_parse, NULL);

  return g_dbus_node_info_lookup_interface (node, name);
}
