# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A whole disk as people have it, a GPT with an EFI system partition, an ext4 and a FAT one: cloned, then judged by the
tools of each file system and compared file by file."""
import hashlib
import struct
import subprocess
import zlib

import pytest

from lab import content, room as rooms
from lab.content import MIB
from lab.drives import Drives

SIZE = 112 * MIB
TABLE = """label: gpt
start=1MiB, size=36MiB, type=uefi, name=EFI
start=37MiB, size=40MiB, type=linux, name=Root
start=77MiB, size=34MiB, name=Photos
"""
EFI, ROOT, PHOTOS = (1 * MIB, 36 * MIB), (37 * MIB, 40 * MIB), (77 * MIB, 34 * MIB)


@pytest.fixture(scope="module")
def files(room):
    """The folder tree that lies in each file system."""
    top = room.folder("files")
    for number in range(12):
        folder = top / f"folder{number % 3}"
        folder.mkdir(exist_ok=True)
        (folder / f"file{number}").write_bytes(content.noise(number * 50_000 + 1, number))
    return top


class Disk:
    """The source: its bytes, and the size of its sectors."""

    def __init__(self, data, sector):
        self.data = data
        self.sector = sector


@pytest.fixture(scope="module", params=[512, 4096], ids=["512-byte-sectors", "4096-byte-sectors"])
def disk(room, files, request):
    drives = Drives(room)
    drive = drives.make(SIZE, sector_size=request.param, table=TABLE)
    drives.close()
    for label, (offset, size) in {"EFI": EFI, "PHOTOS": PHOTOS}.items():
        part = room.new(f"{label}.fat")
        rooms.run("mkfs.vfat", "-S", request.param, "-n", label, "-C", part, size // 1024)
        rooms.run("mcopy", "-s", "-i", part, *sorted(files.iterdir()), "::/")
        insert(drive.file, part, offset)
    part = room.new("root.ext4")
    with open(part, "wb") as out:
        out.truncate(ROOT[1])
    rooms.run("mke2fs", "-q", "-t", "ext4", "-b", "4096", "-d", files, part)
    insert(drive.file, part, ROOT[0])
    return Disk(drive.file.read_bytes(), request.param)


def insert(image, part, offset):
    with open(image, "r+b") as out:
        out.seek(offset)
        out.write(part.read_bytes())


def extract(room, drive, area):
    """One partition of a drive as a file of its own."""
    path = room.new("partition")
    path.write_bytes(drive.read(*area))
    return path


def same_tree(left, right):
    done = subprocess.run(["diff", "-r", "--exclude=lost+found", left, right], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=rooms.PATIENCE)
    assert done.returncode == 0, done.stdout


def check_file_systems(room, drive, files):
    for area in (EFI, PHOTOS):
        part = extract(room, drive, area)
        rooms.run("fsck.fat", "-n", part)
        out = room.folder("fat")
        rooms.run("mcopy", "-s", "-n", "-i", part, "::/*", out)
        same_tree(files, out)
    part = extract(room, drive, ROOT)
    rooms.run("e2fsck", "-fn", part)
    out = room.folder("ext4")
    rooms.run("debugfs", "-R", f"rdump / {out}", part)
    same_tree(files, out)


def check_header(drive, sector, here, there):
    """A header at its place that knows of the other, with both checksums; returns the list of partitions."""
    header = drive.read(here * sector, 92)
    fields = dict(zip(("signature", "revision", "size", "crc", "zero", "here", "there", "first", "last", "guid", "list",
                       "count", "length", "list crc"), struct.unpack("<8sIIIIQQQQ16sQIII", header)))
    assert (fields["signature"], fields["size"]) == (b"EFI PART", 92)
    assert (fields["here"], fields["there"]) == (here, there)
    assert zlib.crc32(header[:16] + bytes(4) + header[20:]) == fields["crc"]
    entries = drive.read(fields["list"] * sector, fields["count"] * fields["length"])
    assert zlib.crc32(entries) == fields["list crc"]
    return entries


def check_table(drive, disk):
    """What sgdisk says, and what the standard says: two headers and two lists, and the protective MBR to the end."""
    last = drive.size // disk.sector - 1
    entries = check_header(drive, disk.sector, 1, last)
    assert check_header(drive, disk.sector, last, 1) == entries
    assert entries == disk.data[2 * disk.sector : 2 * disk.sector + len(entries)]
    assert int.from_bytes(drive.read(446 + 12, 4), "little") == last
    assert "No problems found" in rooms.run("sgdisk", "--verify", drive)


def test_clone_to_an_equal_drive(platterctl, drives, room, disk, files):
    source = drives.make(SIZE, disk.data, disk.sector)
    target = drives.make(SIZE, content.old(SIZE), disk.sector)
    result = platterctl("clone", "--yes", "--json", source, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert target.sha256() == source.sha256() == hashlib.sha256(disk.data).hexdigest()
    check_table(target, disk)
    check_file_systems(room, target, files)


def test_row_59_bigger_target(platterctl, drives, room, disk, files):
    """The backup of the table stands at the new end, and both are whole; all else is where it was."""
    larger = SIZE + 48 * MIB
    source = drives.make(SIZE, disk.data, disk.sector)
    target = drives.make(larger, content.old(larger), disk.sector)
    result = platterctl("clone", "--yes", "--json", source, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["targets"][0]["gpt"] == "moved"
    assert source.sha256() == hashlib.sha256(disk.data).hexdigest()
    check_table(target, disk)
    for offset, size in (EFI, ROOT, PHOTOS):
        assert target.read(offset, size) == disk.data[offset : offset + size], offset
    check_file_systems(room, target, files)


def test_udisks_knows_the_table_when_the_job_is_done(platterctl_on_bus, bus, drives, disk):
    """Without waiting: the helper has seen to it before it said so. (The partitions' own nodes come from the kernel,
    which has no parser of partition tables on every machine.)"""
    source = drives.make(SIZE, disk.data, disk.sector)
    target = drives.make(SIZE + 16 * MIB, sector_size=disk.sector)
    bus.udisks_block(source.path)
    path, before = bus.udisks_block(target.path)
    result = platterctl_on_bus("clone", "--yes", "--json", source, target)
    assert result.status == 0, result
    after = bus.udisks_objects()[path]
    table = "org.freedesktop.UDisks2.PartitionTable"
    assert table not in before
    assert after[table]["Type"] == "gpt"
