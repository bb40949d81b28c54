# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What is packed, comes through a pipe or from a server is no disk as it is: written so, it would be called a verified one."""
import gzip
import subprocess

import pytest

from lab import content, discs, dmg, room as rooms, virtual_disks
from lab.content import MIB

SIZE = 8 * MIB
OLD = content.old(SIZE)
DATA = content.mixed(3 * MIB)

PACKERS = {
    "gz": "gzip -1 -c inner",
    "xz": "xz -0 -c inner",
    "zst": "zstd -q -c inner",
    "bz2": "bzip2 -1 -c inner",
    "zip": "zip -q - inner",
    "7z": "7z a -bd x.7z inner >/dev/null && cat x.7z",
    "tar": "tar -cf - inner",
    "tar.gz": "tar -czf - inner",
}


def compressed(tool, data):
    return subprocess.run([tool, "-q", "-c"], input=data, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def inner(room):
    """What each kind is made of, and what it is called."""
    folder = room.folder("inner")
    (folder / "plain").write_bytes(DATA)
    made = {kind: (virtual_disks.make(folder, kind, folder / "plain").read_bytes(), words) for kind, words in (
        ("qcow2", "a qcow2 disk"), ("vmdk", "a VMDK disk"), ("vdi", "a VDI disk"), ("vhdx", "a VHDX disk"),
        ("vhd", "a VHD disk"), ("qed", "a QED disk"), ("parallels", "a Parallels disk"))}
    made["dmg"] = dmg.make(DATA), "an Apple disk image"
    made["cd"] = b"".join(discs.mode1(i, DATA[2048 * i:2048 * (i + 1)]) for i in range(600)), "sectors of a CD"
    made["partclone"] = b"partclone-image" + DATA, "a partclone image"
    made["rar"] = b"Rar!\x1a\x07\x01\x00" + DATA, "a rar archive"
    made["wim"] = b"MSWIM\0\0\0" + DATA, "a WIM archive"
    made["xz"] = compressed("xz", DATA), "packed once more, with xz"
    return made


@pytest.fixture
def target(drives):
    return drives.make(SIZE, OLD)


def pack(room, data, packer):
    folder = room.folder("packed")
    (folder / "inner").write_bytes(data)
    path = folder / f"x.{packer}"
    path.write_bytes(subprocess.run(["bash", "-ec", PACKERS[packer]], cwd=folder, check=True, stdout=-1).stdout)
    return path


def check_refused(result, target, words):
    """Of what is told by its end, some was written; but nothing that looks like a disk."""
    assert result.status in (1, 3), result
    assert words in result.stderr and "not the plain image of a disk" in result.stderr, result
    head = target.read(0, MIB)
    assert head == OLD[:MIB] or head.startswith(b"Platter: ")


@pytest.mark.parametrize("kind", ["qcow2", "vmdk", "vdi", "vhdx", "vhd", "qed", "parallels", "dmg", "cd", "partclone",
                                  "rar", "wim", "xz"])
def test_packed(platterctl, room, target, inner, kind):
    data, words = inner[kind]
    path = pack(room, data, "gz")
    check_refused(platterctl("write", "--yes", path, target), target, words)
    if kind != "dmg":
        told = platterctl("info", path)
        assert told.status == 3 and words in told.stderr, told
        assert target.read() == OLD


@pytest.mark.parametrize("packer", PACKERS)
def test_packers(platterctl, room, target, inner, packer):
    for kind in ("qcow2", "dmg") if packer in ("zip", "zst", "tar.gz") else ("qcow2",):
        data, words = inner[kind]
        check_refused(platterctl("write", "--yes", pack(room, data, packer), target), target, words)


@pytest.mark.parametrize("kind", ["qcow2", "dmg", "partclone", "xz"])
@pytest.mark.parametrize("form", ["pipe", "pieces"])
def test_in_order(platterctl, room, target, inner, kind, form):
    data, words = inner[kind]
    path = pack(room, data, "gz")
    if form == "pieces":
        rooms.run("split", "--bytes=600K", "--numeric-suffixes=1", "--suffix-length=3", path, f"{path}.")
        check_refused(platterctl("write", "--yes", f"{path}.001", target), target, words)
        return
    with open(path, "rb") as file:
        cat = subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE)
        check_refused(platterctl("write", "--yes", "-", target, stdin=cat.stdout), target, words)
        cat.stdout.close()
        cat.wait()


@pytest.mark.parametrize("kind", ["dmg", "cd"])
def test_through_a_plain_pipe(platterctl, target, inner, kind):
    data, words = inner[kind]
    cat = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process = platterctl.start("write", "--yes", "-", target, stdin=cat.stdout)
    cat.stdout.close()
    try:
        cat.communicate(data)
    except BrokenPipeError:
        pass
    check_refused(platterctl.wait(process), target, words)


@pytest.mark.parametrize("kind", ["qcow2", "dmg", "xz"])
def test_of_a_server(platterctl, room, target, inner, kind):
    data, words = inner[kind]
    folder = room.folder("server")
    (folder / "disk").write_bytes(data)
    with rooms.start(["nbdkit", "--foreground", "--exit-with-parent", f"--pidfile={folder / 'pid'}", "--unix",
                      folder / "socket", "file", folder / "disk"], stderr=subprocess.DEVNULL) as kit:
        rooms.wait_until((folder / "pid").exists, "nbdkit")
        result = platterctl("write", "--yes", f"nbd+unix:///?socket={folder / 'socket'}", target)
        rooms.end(kit)
    check_refused(result, target, words)


def test_converted_and_verified(platterctl, room, target, inner):
    data, words = inner["qcow2"]
    path = pack(room, data, "zst")
    made = room.new("made.img")
    for command in (["convert", path, made], ["verify", path, target]):
        result = platterctl(*command)
        assert result.status in (1, 3) and words in result.stderr, result
    assert not made.exists()


def test_a_disk_that_begins_like_that(platterctl, room, drives, target):
    """What has a table of partitions is a disk, and what a drive holds can be made an image of, and compared, whatever it is."""
    disk = bytearray(DATA)
    disk[:4] = b"QFI\xfb"
    disk[446:512] = bytes([0, 0, 2, 0, 0x83, 0, 9, 0, 1, 0, 0, 0, 0, 8, 0, 0]) + bytes(48) + b"\x55\xaa"
    result = platterctl("write", "--yes", pack(room, disk, "gz"), target)
    assert result.status == 0, result
    assert target.read(0, len(disk)) == disk
    odd = drives.make(MIB, gzip.compress(content.noise(MIB))[:MIB])
    made = room.new("odd.img.zst")
    assert platterctl("image", odd, made).status == 0
