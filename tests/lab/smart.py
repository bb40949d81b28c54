# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A private system bus with a UDisks2 on it that is not the real one (python-dbusmock): nothing that can be made here has
SMART, loop devices least of all. The drives below it are real, and the helper is."""
from gi.repository import GLib

from . import room as rooms
from .bus import HELPER, UDISKS, Bus
from .platterctl import BUILD, clean_environment

ROOT = "/org/freedesktop/UDisks2"
MOCK = "org.freedesktop.DBus.Mock"
WELL = {
    "SmartSupported": GLib.Variant("b", True), "SmartEnabled": GLib.Variant("b", True),
    "SmartUpdated": GLib.Variant("t", 1700000000), "SmartFailing": GLib.Variant("b", False),
    "SmartNumBadSectors": GLib.Variant("x", 0), "SmartNumAttributesFailing": GLib.Variant("i", 0),
    "SmartNumAttributesFailedInThePast": GLib.Variant("i", 0), "SmartSelftestStatus": GLib.Variant("s", "success")}
FAILING = {"SmartFailing": GLib.Variant("b", True)}


def bad_sectors(count):
    return {"SmartNumBadSectors": GLib.Variant("x", count)}


class SmartBus(Bus):
    """The bus and the mock. `add` drives before a program looks, `tell` what has changed meanwhile."""

    def __init__(self, room):
        self._room = room
        self._processes = []
        self._folder = room.folder("smart-bus")
        self.address = f"unix:path={self._folder}/socket"
        self.log = self._folder / "log"
        self._environment = clean_environment(room.folder("home"), self.address, PLATTER_BUILD_DIR=BUILD)
        self._start_bus()
        self.connection = rooms.wait_until(self._try_connect, f"the bus to listen: see {self.log}")
        self._start(["/usr/bin/python3", "-m", "dbusmock", "--system", "--is-object-manager", UDISKS, ROOT, f"{UDISKS}.None"],
                    UDISKS)
        self._add("Manager", "Manager", {"Version": GLib.Variant("s", "2.9.4")})

    def _ask(self, path, method, arguments):
        self.call(UDISKS, f"{ROOT}/{path}" if path else ROOT, MOCK, method, arguments)

    def _add(self, path, interface, properties):
        self._ask("", "AddObject", GLib.Variant("(ssa{sv}a(ssss))", (f"{ROOT}/{path}", f"{UDISKS}.{interface}", properties, [])))

    def add(self, drive, interface="Drive.Ata", **smart):
        """A drive of a test as that of a disk. `smart` is what its interface says."""
        self._add(f"block_devices/{drive.name}", "Block", {
            "Device": GLib.Variant("ay", f"{drive.path}\0".encode()), "DeviceNumber": GLib.Variant("t", drive.number),
            "PreferredDevice": GLib.Variant("ay", f"{drive.path}\0".encode()), "Size": GLib.Variant("t", drive.size),
            "Drive": GLib.Variant("o", f"{ROOT}/drives/{drive.name}")})
        self._add(f"drives/{drive.name}", "Drive", {
            "Model": GLib.Variant("s", "Disk"), "Vendor": GLib.Variant("s", ""), "Serial": GLib.Variant("s", f"S-{drive.name}"),
            "ConnectionBus": GLib.Variant("s", ""), "Removable": GLib.Variant("b", False)})
        if smart:
            self._ask(f"drives/{drive.name}", "AddProperties", GLib.Variant("(sa{sv})", (f"{UDISKS}.{interface}", smart)))

    def answer(self, path, interface, method, takes, returns, code):
        """What a method of UDisks2 does there: Python, which may set `ret`; the bus waits for it."""
        self._ask(path, "AddMethod", GLib.Variant("(sssss)", (f"{UDISKS}.{interface}", method, takes, returns, code)))

    def tell(self, drive, **smart):
        self._ask(f"drives/{drive.name}", "UpdateProperties", GLib.Variant("(sa{sv})", (f"{UDISKS}.Drive.Ata", smart)))

    def remove_helper(self):
        """From now on no helper is installed on it: whoever is root has one of their own."""
        (self._folder / f"services/{HELPER}.service").unlink()
        self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig")

    def close(self):
        self.end_helper()
        self.connection.close_sync(None)
        for process in reversed(self._processes):
            rooms.end(process)
