# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What desktops do: mounts through UDisks2 every file system that turns up. Prints a line for each."""
import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

UDISKS = "org.freedesktop.UDisks2"
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)


def mount(path):
    def answered(source, result):
        try:
            print("mounted", path, source.call_finish(result).unpack()[0], flush=True)
        except GLib.Error as error:
            print("refused", path, error.message, flush=True)

    bus.call(UDISKS, path, f"{UDISKS}.Filesystem", "Mount", GLib.Variant("(a{sv})", ({},)), None, 0, -1, None, answered)


def added(_bus, _sender, _path, _interface, _signal, parameters):
    path, interfaces = parameters.unpack()
    if f"{UDISKS}.Filesystem" in interfaces:
        mount(path)


bus.signal_subscribe(UDISKS, "org.freedesktop.DBus.ObjectManager", "InterfacesAdded", None, None, 0, added)
print("ready", flush=True)
GLib.MainLoop().run()
