# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Drives: loop devices over files of the session's room, detached for certain when the test is over."""
import errno
import fcntl
import hashlib
import mmap
import os
import subprocess
from pathlib import Path

from . import room as rooms
from .content import MIB


def read_past_cache(path, offset=0, length=None):
    """Bytes of a device or file as they are on the medium: O_DIRECT, whatever the alignment asked for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECT)
    try:
        end = os.lseek(descriptor, 0, os.SEEK_END)
        length = end - offset if length is None else length
        start = offset // 4096 * 4096
        stop = min(offset + length, end)
        out = bytearray()
        with mmap.mmap(-1, 4 * MIB) as buffer, memoryview(buffer) as view:
            while start + len(out) < stop:
                # Not a block more than what was asked for: the next one may be bad.
                wanted = min(-(-(stop - start - len(out)) // 4096) * 4096, len(buffer))
                with view[:wanted] as part:
                    got = os.preadv(descriptor, [part], start + len(out))
                if got == 0:
                    break
                out += buffer[:got]
        return bytes(out[offset - start : stop - start])
    finally:
        os.close(descriptor)

LOOP_SET_FD, LOOP_CLR_FD = 0x4C00, 0x4C01


class Drive:
    """One loop device. `path` is its node, `file` the file below it."""

    def __init__(self, path, file):
        self.path = path
        self.file = Path(file)
        self.name = Path(path).name

    def __fspath__(self):
        return self.path

    def __str__(self):
        return self.path

    @property
    def size(self):
        return int(Path(f"/sys/block/{self.name}/size").read_text()) * 512

    @property
    def diskseq(self):
        return int(Path(f"/sys/block/{self.name}/diskseq").read_text())

    @property
    def number(self):
        return os.stat(self.path).st_rdev

    def read(self, offset=0, length=None):
        return read_past_cache(self.path, offset, length)

    def sha256(self, length=None):
        return hashlib.sha256(self.read(0, length)).hexdigest()

    def partition(self, number):
        return f"{self.path}p{number}"

    def add_partitions(self):
        """Tells the kernel of the partitions; it has no parser of its own on every machine."""
        self.remove_partitions()  # those that somebody has left behind on the same node
        rooms.run("partx", "-a", self.path)
        rooms.wait_until(lambda: Path(self.partition(1)).exists(), f"{self.partition(1)} to appear")

    def swap(self, file):
        """Puts another medium behind the same node, quicker than UDisks2 tells of it: it never sees the drive without one."""
        def put():
            with open(self.path, "r+b", buffering=0) as node:
                try:
                    fcntl.ioctl(node, LOOP_SET_FD, medium.fileno())
                except OSError as error:  # whoever looks at the drive keeps the old one
                    if error.errno != errno.EBUSY:
                        raise
                    return False
            return True

        before = self.diskseq
        with open(file, "r+b") as medium:
            with open(self.path, "r+b", buffering=0) as node:
                fcntl.ioctl(node, LOOP_CLR_FD, 0)
            rooms.wait_until(put, f"another medium in {self.path}", pause=0)
        assert self.diskseq != before
        self.file = Path(file)

    def has_partitions(self):
        return any(Path(f"/sys/block/{self.name}").glob(f"{self.name}p*"))

    def remove_partitions(self, patience=rooms.PATIENCE):
        """Has the kernel forget the partitions; detaching the drive alone would leave them to the node's next one."""
        def are_gone():
            if not self.has_partitions():
                return True
            # It refuses while somebody, like udev, looks at one of them.
            subprocess.run(["partx", "-d", self.path], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            return not self.has_partitions()

        rooms.wait_until(are_gone, f"the partitions of {self.path} to go", patience)


class Drives:
    """Makes drives. What it made is gone after close()."""

    def __init__(self, room):
        self._room = room
        self._made = []

    def attach(self, file, sector_size=512, read_only=False, direct_io=True, partitions=False):
        """A drive over a file that is there already; with `partitions` one of those whose partitions the kernel looks for itself."""
        command = ["losetup", "-f", "--show", f"--sector-size={sector_size}"]
        command += ["--direct-io=on"] if direct_io else []
        command += ["-r"] if read_only else []
        command += ["--partscan"] if partitions else []
        return self.adopt(rooms.run(*command, file).strip(), file)

    def adopt(self, path, file):
        """A loop device that a test has attached itself is a drive like the others from now on."""
        drive = Drive(path, file)
        self._made.append(drive)
        return drive

    def make(self, size=16 * MIB, content=None, sector_size=512, read_only=False, table=None):
        """A new drive: `content` bytes at its start (holes behind them), `table` a script for sfdisk."""
        file = self._room.new("drive.img")
        with open(file, "wb") as out:
            out.write(content or b"")
            out.truncate(size)
            os.fsync(out.fileno())  # so that what a test reads past the cache is there
        drive = self.attach(file, sector_size, read_only and not table)
        if table:
            rooms.run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", drive.path, input=table, stdin=None)
            if read_only:
                self.detach(drive)
                drive = self.attach(file, sector_size, read_only)
        return drive

    def detach(self, drive):
        """Takes a drive away in the middle of a test (what is open of it stays readable until it is closed)."""
        drive.remove_partitions()
        rooms.detach(drive.path)
        self._made.remove(drive)

    def close(self):
        failed = []
        for drive in reversed(self._made):
            if rooms.backing_file(drive.path) != str(drive.file):
                continue
            for point in self._mounts_of(drive):
                rooms.unmount(point)
            try:
                drive.remove_partitions(30)
                rooms.detach(drive.path)
            except (TimeoutError, subprocess.TimeoutExpired) as error:
                failed.append(str(error))
        self._made.clear()
        if failed:
            raise RuntimeError("; ".join(failed))

    @staticmethod
    def _mounts_of(drive):
        points = []
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            source = line.split(" - ")[1].split()[1]
            if source == drive.path or source.startswith(f"{drive.path}p"):
                points.append(line.split()[4].encode().decode("unicode_escape"))
        return points[::-1]
