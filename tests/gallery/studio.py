# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Drives, jobs and a display to take pictures of."""
import contextlib
import ctypes
import os
import re
import shutil

from lab import room as rooms
from lab.bus import HELPER, Bus
from lab.caller import Caller
from lab.content import MIB, mixed, noise, old
from lab.desktop import Desktop
from lab.drives import Drives
from lab.faulty import Faulty
from lab.platterctl import BUILD

SCREEN = "1280x1400"


class Resources:
    """The display's resources, where GTK takes the size of all text from; gone with the last client of the display.

    The connection is never closed: Xlib ends the process when the display has gone before."""

    def __init__(self, display):
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))

    def set(self, dpi):
        RESOURCE_MANAGER, STRING, REPLACE = 23, 31, 0
        text = f"Xft.dpi:\t{dpi}\n".encode()
        self._x11.XChangeProperty(self._display, ctypes.c_ulong(self._x11.XDefaultRootWindow(self._display)),
                                  ctypes.c_ulong(RESOURCE_MANAGER), ctypes.c_ulong(STRING), 8, REPLACE, text, len(text))
        self._x11.XSync(self._display, 0)


class Studio:
    """Drives, jobs and a display. What it made is gone after close()."""

    def __init__(self):
        self._stack = contextlib.ExitStack()
        self.room = self._own(rooms.Room())
        self.translations = self._translate()
        self.bus = self._own(Bus(self.room))
        self.drives = Drives(self.room)
        self._below = Drives(self.room)
        self.faulty = Faulty(self.room, self._below)
        self._stack.callback(self.clear_drives)
        self.caller = self._own(Caller(self.bus.address))
        self.desktop = self._own(Desktop(self.room, SCREEN))
        self.resources = Resources(self.desktop.environment["DISPLAY"])

    def _translate(self):
        """The translations of the build tree, and one into Arabic that is empty: GTK mirrors no program without any."""
        folder = self.room.folder("translations")
        shutil.copytree(BUILD / "po", folder, dirs_exist_ok=True)
        arabic = folder / "ar/LC_MESSAGES"
        arabic.mkdir(parents=True)
        po = self.room.new("ar.po")
        po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n')
        rooms.run("msgfmt", "-o", arabic / "platter.mo", po)
        return folder

    def _own(self, thing):
        self._stack.callback(thing.close)
        return thing

    def close(self):
        """The last first, and all of it whatever fails: after Ctrl+C the bus and the like have ended themselves."""
        self._stack.close()

    def clear(self):
        """Takes all drives away, and the helper with what it remembers and what it has kept of its jobs."""
        self.bus.end_helper()
        for kept in self.bus.state.glob("*.job"):
            kept.unlink()
        self.clear_drives()
        shutil.rmtree(f"{self.desktop.environment['XDG_DATA_HOME']}/platter", ignore_errors=True)

    def clear_drives(self):
        self.faulty.close()
        self._below.close()
        self.faulty.unmount()
        self.drives.close()

    def listed(self, drive):
        self.bus.udisks_block(drive.path)
        return drive

    def drive(self, name, size, content=b""):
        """A sound drive."""
        file = self.room.folder("drive") / name
        with open(file, "wb") as out:
            out.write(content)
            out.truncate(size)
            os.fsync(out.fileno())
        return self.listed(self.drives.attach(file))

    def bad_drive(self, name, size, **faults):
        return self.listed(self.faulty.make(size, old(size), name=name, **faults))

    @staticmethod
    def take_away(drive):
        """As if it was unplugged."""
        rooms.detach(drive.path)

    def image(self, name, size):
        file = self.room.folder("image") / name
        file.write_bytes(mixed(size, seed=7))
        return file

    def card(self, size):
        """The bytes of a memory card that is nearly full."""
        folder, fat = self.room.folder("card"), self.room.new("card.fat")
        (folder / "Holidays").mkdir()
        for number in range(size // (4 * MIB)):
            (folder / "Holidays" / f"IMG_{1200 + number}.JPG").write_bytes(mixed(7 * MIB // 2, seed=9 + number))
        rooms.run("mkfs.vfat", "-n", "CAMERA", "-C", fat, size // 1024)
        rooms.run("mcopy", "-s", "-i", fat, folder / "Holidays", "::/")
        return fat.read_bytes()

    def partitioned(self, name, size):
        """A drive with two file systems on it."""
        half = size // 3
        vfat, ext4 = self.room.new("vfat"), self.room.new("ext4")
        content = self.room.folder("content")
        (content / "beach.raw").write_bytes(noise(size // 3, seed=8))
        ext4.write_bytes(b"")
        os.truncate(ext4, size - half - 2 * MIB)
        rooms.run("mkfs.vfat", "-n", "EFI", "-C", vfat, (half - MIB) // 1024)
        rooms.run("mke2fs", "-q", "-t", "ext4", "-L", "Photos", "-d", content, ext4)
        table = (f"label: gpt\nstart=1MiB, size={half // MIB - 1}MiB, type=uefi\n"
                 f"start={half // MIB}MiB, size={(size - half) // MIB - 2}MiB, type=linux\n")
        drive = self.drive(name, size, bytes(MIB) + vfat.read_bytes() + ext4.read_bytes())
        rooms.run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", drive.path, input=table, stdin=None)
        drive.add_partitions()
        for number in (1, 2):
            self.bus.udisks_block(drive.partition(number))
        return drive

    def open(self, variant, *arguments, with_bus=True):
        """A window as the variant has it: settings where a user's are, and the translations of the build tree."""
        config = self.room.folder("config")
        (config / "glib-2.0/settings").mkdir(parents=True)
        (config / "gtk-4.0").mkdir()
        width, height = variant.size
        (config / "glib-2.0/settings/keyfile").write_text(
            f"[org/platter/Platter]\nwindow-width={width}\nwindow-height={height}\n")
        (config / "gtk-4.0/settings.ini").write_text(
            "[Settings]\ngtk-font-name=Cantarell 11\n"
            "gtk-enable-animations=false\ngtk-decoration-layout=:close\n")
        self.resources.set(variant.dpi)
        environment = {"XDG_CONFIG_HOME": str(config), "GSETTINGS_BACKEND": "keyfile", "G_DEBUG": "fatal-criticals",
                       "LANGUAGE": variant.language, **variant.environment}
        # Programs look for translations where they will be installed, which nothing but a mount can change.
        prefix = re.search(r'PLATTER_LOCALEDIR "(.*)"', (BUILD / "config.h").read_text()).group(1)
        wrapper = ["unshare", "--mount", "--propagation", "slave", "sh", "-c",
                   'mkdir -p "$0" && mount --bind "$1" "$0" && shift && exec "$@"', prefix, self.translations]
        window = self.desktop.start("--show-all-drives", *arguments, environment=environment, wrapper=wrapper,
                                    system_bus=self.bus.address if with_bus else None)
        window.root  # waits for it
        return window

    def wait_for_phase(self, phase, part):
        """Waits until the newest job has done that part of a phase. Asks the helper, which is faster than the window."""
        def is_there():
            jobs = self.bus.call(HELPER, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
            newest = max((job[f"{HELPER}.Job"] for job in jobs.values()), key=lambda job: job["Id"], default=None)
            progress = newest["Progress"] if newest else {}
            return progress.get("phase") in (phase, "ended") and progress["done"] >= part * progress["total"]

        rooms.wait_until(is_there, f"{phase} to be at {part:.0%}")
