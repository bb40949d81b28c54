# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What assistive technology sees of a window, asked anew each time: AT-SPI over D-Bus without its client library, whose
cache is right only for programs with a main loop."""
from typing import NamedTuple

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

from .room import PATIENCE

GONE = GLib.Error  # what any question about a widget raises when it is not there any more
ROOT = "/org/a11y/atspi/accessible/root"
CHECKED, FOCUSED, SELECTED, SENSITIVE, VISIBLE = 4, 12, 23, 24, 30  # AtspiStateType


def unpack_states(low, high):
    bits = high << 32 | low
    return {bit for bit in range(64) if bits >> bit & 1}


class Seen(NamedTuple):
    """What a widget was like at one moment."""

    name: str
    description: str
    states: set
    may_have_children: bool


class Node:
    """One widget in the accessibility tree."""

    def __init__(self, connection, bus_name, path):
        self._connection = connection
        self._bus_name = bus_name
        self.path = path

    def _call(self, interface, method, arguments=None, path=None):
        return self._connection.call_sync(
            self._bus_name, path or self.path, interface, method, arguments, None, Gio.DBusCallFlags.NONE,
            PATIENCE * 1000, None).unpack()

    def see(self):
        return Seen(self.name, self.description, self.states, True)

    def see_all(self):
        """What the widgets of its application are like, {path: Seen}, in one question. Those that nobody has asked for yet are not
        among them; who is whose child is better asked of them, as pages of a stack come between here."""
        items = self._call("org.a11y.atspi.Cache", "GetItems", path="/org/a11y/atspi/cache")[0]
        return {path: Seen(name, description, unpack_states(*states), n_children > 0)
                for (_, path), _, _, _, n_children, _, name, _, description, states in items}

    def _accessible(self, method):
        return self._call("org.a11y.atspi.Accessible", method)[0]

    def _property(self, name):
        arguments = GLib.Variant("(ss)", ("org.a11y.atspi.Accessible", name))
        return self._call("org.freedesktop.DBus.Properties", "Get", arguments)[0]

    @property
    def name(self):
        return self._property("Name")

    @property
    def description(self):
        return self._property("Description")

    @property
    def role(self):
        """What kind of widget it is: button, label, list item, check box, progress bar, text box, window, …"""
        return self._accessible("GetRoleName")

    @property
    def states(self):
        return unpack_states(*self._accessible("GetState"))

    @property
    def children(self):
        return [Node(self._connection, name, path) for name, path in self._accessible("GetChildren")]

    @property
    def process_id(self):
        return self._connection.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
            GLib.Variant("(s)", (self._bus_name,)), None, Gio.DBusCallFlags.NONE, PATIENCE * 1000, None).unpack()[0]

    def extents(self):
        """x, y, width, height in the window."""
        WINDOW = 1
        return self._call("org.a11y.atspi.Component", "GetExtents", GLib.Variant("(u)", (WINDOW,)))[0]

    def act(self):
        """Does what a press of the button does; False where there is nothing to do."""
        return self._call("org.a11y.atspi.Action", "DoAction", GLib.Variant("(i)", (0,)))[0]


def applications(session_bus):
    """The top of the tree: all applications on a session bus's accessibility bus."""
    flags = Gio.DBusConnectionFlags
    flags = flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION
    session = Gio.DBusConnection.new_for_address_sync(session_bus, flags, None, None)
    address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                Gio.DBusCallFlags.NONE, PATIENCE * 1000, None).unpack()[0]
    session.close_sync(None)
    connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
    return Node(connection, "org.a11y.atspi.Registry", ROOT)
