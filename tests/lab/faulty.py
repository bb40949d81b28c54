# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Faulty drives: file -> nbdkit with faulty_disk.py -> nbdfuse -> loop device with direct I/O.

Direct I/O matters: with it off a second cache below the loop device hides the fault.
"""
import contextlib
import os
import signal
import subprocess
import tarfile
import threading
from pathlib import Path

from . import room as rooms
from .content import MIB, noise
from .drives import Drive, read_past_cache

# A test that waits for a drive which never answers hangs in the kernel, where no signal reaches it. Then the drive
# has to go, before the test's own time is up.
PATIENCE = int(os.environ.get("PLATTER_TEST_PATIENCE", "240"))
PLUGIN = Path(__file__).with_name("faulty_disk.py")


class FaultyDrive(Drive):
    """A drive that fails as it was told. Switches are files: switch("flush_fails") turns one on."""

    def __init__(self, folder, backing, drive, kit, fuse):
        super().__init__(drive.path, drive.file)
        self.backing = backing
        self._folder = folder
        self._drive = drive
        self._kit = kit
        self._fuse = fuse

    def switch(self, name, on=True):
        """Turns a switch on or off: one of those that were named in `switches`."""
        path = self._folder / name
        if on:
            path.touch()
        else:
            path.unlink(missing_ok=True)

    def stored(self, offset=0, length=None):
        """What really lies in the backing file, whatever the drive says."""
        return read_past_cache(self.backing, offset, length)

    def requests(self):
        """All requests so far: (kind, offset, length)."""
        text = (self._folder / "log").read_text() if (self._folder / "log").exists() else ""
        whole = text[: text.rfind("\n") + 1].splitlines()  # the last line may be on its way still
        return [(kind, int(offset), int(length)) for kind, offset, length in map(str.split, whole)]

    def wait_for(self, kind, offset, process, since=0):
        """Waits until a request touches a byte, while `process` runs, which is expected to make it; of the first `since` of them none
        counts."""
        def is_there():
            return any(made == kind and start <= offset < start + length for made, start, length in self.requests()[since:])

        rooms.wait_until(lambda: is_there() or process.poll() is not None, f"a request ({kind}) at {offset}")
        assert process.poll() is None, f"ended with {process.returncode}: {process.stderr.read()}"

    def wait_for_more(self, before):
        """Waits until there are more requests than those that are known."""
        rooms.wait_until(lambda: len(self.requests()) > len(before), "another request")

    def swap(self, file):
        super().swap(file)
        self._drive.file = self.file

    @contextlib.contextmanager
    def frozen(self):
        """The file system that its file is on answers nobody for a while, not even how large the file is."""
        os.kill(self._fuse.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._fuse.pid, signal.SIGCONT)

    def vanish(self):
        """The drive is pulled out: every request from now on fails."""
        for process in (self._fuse, self._kit):
            process.kill()
            process.wait()


class DamagedDrive(FaultyDrive):
    """A drive with bad sectors, made by nbdkit's filters ddrescue and log."""

    def count(self):
        """Since it was made, or last forgotten: (reads, reads that failed)."""
        lines = (self._folder / "log").read_text().splitlines()
        return (sum(" Read id=" in line and "offset=" in line for line in lines),
                sum("...Read id=" in line and "return=-1" in line for line in lines))

    def forget(self):
        """Counts from zero again. The log is appended to, so that it can be cut."""
        os.truncate(self._folder / "log", 0)


def mapfile(bad, size):
    """A mapfile in which all but `bad` is finished."""
    lines = ["0x0 + 1"]
    at = 0
    for start, end in [*bad, (size, size)]:
        if start > at:
            lines.append(f"{at:#x} {start - at:#x} +")
        if end > start:
            lines.append(f"{start:#x} {end - start:#x} -")
        at = end
    return "\n".join(lines) + "\n"


class Faulty:
    """Makes faulty drives. What it made is gone after close(), even if it is stuck."""

    TAR_BYTES = 4 * MIB

    def __init__(self, room, drives):
        self._room = room
        self._drives = drives
        self._made = []

    def make(self, size=16 * MIB, content=None, sector_size=512, switches=(), on=(), filters=(), name="disk", shared=False,
             **faults):
        """
        `faults` are the plugin's parameters; `switches` those of them that are files to be turned on and off,
        `on` those of them that are on from the start (a drive that stalls cannot even be attached: switch that
        on later); `filters` further arguments for nbdkit,
        "--filter=..." and the filter's own parameters; `name` what UDisks2 and the window call the drive; `shared` lets others than root
        open the file below it.
        """
        folder = self._room.folder("faulty")
        backing = folder / "backing"
        with open(backing, "wb") as out:
            out.write(content or b"")
            out.truncate(faults.get("wrap", size))
            os.fsync(out.fileno())
        if "wrap" in faults:
            faults["claim"] = size
        for switch in on:
            (folder / switch).touch()
        options = [f"{key}={value}" for key, value in faults.items()]
        options += [f"{switch}={folder / switch}" for switch in {*switches, *on}]
        filter_names = [word for word in filters if word.startswith("--")]
        filter_options = [word for word in filters if not word.startswith("--")]
        return self._start(folder, backing, name, sector_size, FaultyDrive,
                           [*filter_names, "python", PLUGIN, f"file={backing}", f"log={folder / 'log'}",
                            *options, *filter_options], ["-o", "allow_other"] if shared else [])

    def make_tar(self, **faults):
        """One that has an archive on it, of a `disk.img` of TAR_BYTES, and nothing behind; the file below it lies on a file
        system in user space."""
        image = tarfile.TarInfo("disk.img")
        image.size = self.TAR_BYTES
        return self.make(2 * self.TAR_BYTES, image.tobuf() + noise(image.size), **faults)

    def make_damaged(self, content, bad, sector_size=512, name="disk"):
        """A drive of which `bad`, a list of (from, to), can not be read: each read that touches it fails, as that of a
        disk does. Its reads are counted."""
        folder = self._room.folder("faulty")
        backing = folder / "backing"
        backing.write_bytes(content)
        (folder / "bad.map").write_text(mapfile(bad, len(content)))
        return self._start(folder, backing, name, sector_size, DamagedDrive,
                           ["--filter=log", "--filter=ddrescue", "file", backing, f"ddrescue-mapfile={folder / 'bad.map'}",
                            f"logfile={folder / 'log'}"])

    def _start(self, folder, backing, name, sector_size, kind, arguments, fuse_options=()):
        kit = rooms.start(
            ["nbdkit", "--foreground", "--exit-with-parent", f"--unix={folder / 'socket'}", f"--pidfile={folder / 'pid'}",
             "--threads=16", *arguments],
            stderr=open(folder / "nbdkit.log", "w"))
        self._wait(lambda: (folder / "pid").exists(), kit, folder / "nbdkit.log")
        point = folder / "mount.nbdfuse"
        point.mkdir()
        fuse = rooms.start(["nbdfuse", *fuse_options, point / name, f"nbd+unix:///?socket={folder / 'socket'}"],
                           stderr=open(folder / "nbdfuse.log", "w"))
        watchdog = threading.Timer(PATIENCE, self._kill, [kit, fuse])
        watchdog.daemon = True
        watchdog.start()
        self._made.append((point, kit, fuse, watchdog))
        self._wait(lambda: (point / name).exists(), fuse, folder / "nbdfuse.log")
        drive = self._drives.attach(point / name, sector_size)
        return kind(folder, backing, drive, kit, fuse)

    @staticmethod
    def _wait(condition, process, log):
        rooms.wait_until(lambda: condition() or process.poll() is not None, log)
        if process.poll() is not None:
            raise RuntimeError(f"{log.stem} ended: {log.read_text()}")

    @staticmethod
    def _kill(*processes):
        for process in processes:
            process.kill()
            process.wait()

    def close(self):
        """Kills first, so that whoever waits for the drive gets an error, and only then takes it apart."""
        for _, kit, fuse, watchdog in self._made:
            watchdog.cancel()
            self._kill(kit, fuse)

    def unmount(self):
        """The last step, once the loop devices are gone."""
        for point, *_ in self._made:
            subprocess.run(["fusermount3", "-uz", point], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            if os.path.ismount(point):
                rooms.unmount(point)
        self._made.clear()
