# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The disk of a virtual machine that is made: by QEMU's programs, and what they do wrong is noticed."""
import bz2
import hashlib
import json
import lzma
import os
import shutil
import subprocess

import pytest

from cli.test_image import DISKS, check_sums, names, small_disk, unpack
from lab import content, virtual_disks
from lab.content import MIB
from lab.platterctl import NOBODY
from lab.room import wait_until

DATA = content.mixed(9 * MIB) + bytes(3 * MIB) + b"Every cluster is compressed. " * 8192 + bytes(2560)


@pytest.fixture
def source(room):
    def make(data=DATA, name="disk.img"):
        folder = room.folder("source")
        folder.chmod(0o755)
        (folder / name).write_bytes(data)
        return folder / name

    return make


def check(folder, name, data):
    image = folder / name
    assert names(folder) == [name, f"{name}.json", f"{name}.sha256"]
    sectors = data + bytes(-len(data) % 512)
    assert unpack(image) == sectors
    checked = subprocess.run(["qemu-img", "check", image], capture_output=True, text=True)
    assert checked.returncode in (0, 63), checked
    check_sums(folder, name)
    said = json.loads((folder / f"{name}.json").read_text())
    assert said["image"] == {"name": name, "format": image.suffix[1:], "size-bytes": image.stat().st_size,
                             "sha256": hashlib.sha256(image.read_bytes()).hexdigest()}
    assert said["content"] == {"size-bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    wait_until(lambda: not virtual_disks.servers(image), "its servers to end")
    return said


@pytest.mark.parametrize("kind", DISKS)
@pytest.mark.parametrize("more", [[], ["--no-verify"]], ids=["verified", "not verified"])
def test_made_of_an_image(platterctl, source, room, kind, more):
    folder = room.folder("images")
    result = platterctl("convert", "--json", *more, source(), folder / f"disk.{kind}")
    assert result.status == 0, result
    assert result.report["outcome"] == ("written" if more else "verified"), result
    assert check(folder, f"disk.{kind}", DATA)["verified"] is not bool(more)


@pytest.mark.parametrize("kind", ["qcow2", "vmdk"])
@pytest.mark.parametrize("size", [1, 511, 64 * 1024, 64 * 1024 + 512, 2 * MIB + 1])
def test_odd_sizes(platterctl, source, room, kind, size):
    """A disk has whole sectors; of QEMU's clusters it may have a part."""
    data, folder = content.noise(size), room.folder("images")
    result = platterctl("convert", source(data), folder / f"disk.{kind}")
    assert result.status == 0, result
    check(folder, f"disk.{kind}", data)


def test_it_can_be_made_of_others_and_becomes_others(platterctl, source, room):
    """And comes back as it was."""
    folders = [room.folder("images") for _ in range(3)]
    packed = source(lzma.compress(DATA), "disk.img.xz")
    for before, after in ((packed, folders[0] / "a.qcow2"), (folders[0] / "a.qcow2", folders[1] / "a.vhdx"),
                          (folders[1] / "a.vhdx", folders[2] / "a.img")):
        result = platterctl("convert", before, after)
        assert result.status == 0, result
    assert (folders[2] / "a.img").read_bytes() == DATA


def test_zeros_take_no_room(platterctl, source, room):
    data, folder = content.noise(MIB) + bytes(255 * MIB), room.folder("images")
    for kind in DISKS:
        image = folder / f"disk.{kind}"
        assert platterctl("convert", source(data), image).status == 0
        # A VHDX has blocks of 8 MiB, and its log.
        assert image.stat().st_blocks * 512 < 20 * MIB, kind


def test_qcow2_is_compressed(platterctl, source, room):
    folder = room.folder("images")
    assert platterctl("convert", source(b"Platter " * (2 * MIB)), folder / "disk.qcow2").status == 0
    assert (folder / "disk.qcow2").stat().st_size < MIB


@pytest.mark.parametrize("kind", DISKS)
def test_it_needs_its_size_from_the_start(platterctl, source, room, kind):
    folder = room.folder("images")
    result = platterctl("convert", source(bz2.compress(DATA), "disk.img.bz2"), folder / f"disk.{kind}")
    assert result.status == 3, result
    assert "needs its size from the start" in result.stderr and "plain image" in result.stderr
    assert names(folder) == []


def test_without_qemu(platterctl, source, room):
    folder = room.folder("images")
    result = platterctl("convert", source(), folder / "disk.qcow2", environment={"PATH": room.folder("path")})
    assert result.status == 3 and "qemu-utils" in result.stderr, result
    assert names(folder) == []


@pytest.fixture
def broken(room):
    """A program of QEMU's that does something else than it is to."""

    def make(script, name="qemu-nbd"):
        folder = room.folder("path")
        program = folder / name
        program.write_text(f"#!/bin/bash\nreal={shutil.which(name)}\n{script}\nexec $real \"$@\"\n")
        program.chmod(0o755)
        return {"PATH": f"{folder}:{os.environ['PATH']}"}

    return make


def test_what_qemu_refuses_to_make(platterctl, source, broken, room):
    folder = room.folder("images")
    refuses = "echo \"qemu-img: $6: Image size is too large for this format\" >&2; exit 1"
    result = platterctl("convert", source(), folder / "disk.vdi", environment=broken(refuses, "qemu-img"))
    assert result.status == 3, result
    assert "cannot be made as a vdi disk: " in result.stderr and "Image size is too large" in result.stderr
    assert names(folder) == []


READS = 'if [[ " $* " == *" --read-only "* ]]; then {}; fi'
FLIPS = """python3 -c '
import os
at = os.pread(4, 1 << 25, 0).find(b"Platter:       77")
assert at > 0
os.pwrite(4, b"X", at)' || exit 1"""
# When some of it is written.
DIES = "(until (( $(stat -Lc %s /proc/$$/fd/4) > 20000000 )); do :; done; kill -9 $$) &"


@pytest.mark.parametrize("script, status, code", [
    (READS.format(FLIPS), 4, "mismatch"), (READS.format("exit 1"), 1, "flush"),
    ("case $* in *--help*) ;; *--read-only*) ;; *) exit 1 ;; esac", 1, "write"),
    (f"case $* in *--help*) ;; *--read-only*) ;; *) {DIES} ;; esac", 1, "write"),
], ids=["changed", "not readable", "not writable", "killed"])
def test_what_goes_wrong_is_noticed(platterctl, source, broken, room, script, status, code):
    """What somebody else writes is proven like everything: read back, and compared."""
    data = b"".join(b"Platter: %8d" % i + bytes(495) for i in range(6 * 2048)) + content.noise(128 * MIB)
    folder = room.folder("images")
    result = platterctl("convert", "--json", source(data), folder / "disk.vdi", environment=broken(script))
    assert result.status == status, result
    (target,) = result.report["targets"]
    if code == "mismatch":
        assert target["verdict"] == "mismatched", result
    else:
        assert (target["verdict"], target["error-code"]) == ("failed", code), result
    assert "Nothing was kept" in result.stderr and "rive" not in result.stderr, result
    assert names(folder) == []


def test_an_ordinary_user_makes_one_of_a_drive(platterctl_on_bus, bus, drives, room):
    bus.polkit.answer("yes")
    drive, folder = drives.make(16 * MIB, content.mixed(16 * MIB)), room.folder("images")
    os.chown(folder, NOBODY, NOBODY)
    result = platterctl_on_bus("image", drive, folder / "disk.qcow2", user=NOBODY)
    assert result.status == 0, result
    check(folder, "disk.qcow2", drive.read())
    assert {path.stat().st_uid for path in folder.iterdir()} == {NOBODY}


@pytest.mark.parametrize("kind", DISKS)
def test_no_room_for_an_empty_one(platterctl, source, room, kind):
    """What QEMU says of it begins with something else, or it ends without a word."""
    image = source()
    with small_disk(room, "64k") as folder:
        (folder / "fill").write_bytes(bytes(64 * 1024))
        result = platterctl("convert", "--yes", image, folder / f"disk.{kind}")
        assert result.status == 1, result
        assert "there is no room left" in result.stderr and "Make room there" in result.stderr
        assert names(folder) == ["fill"]
