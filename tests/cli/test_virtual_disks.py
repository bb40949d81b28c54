# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Disks of virtual machines: what is in them is written and compared, whatever the format, and whatever their name."""
import hashlib
import os

import pytest

from lab import content, virtual_disks
from lab.content import MIB
from lab.platterctl import NOBODY
from lab.room import wait_until
from lab.virtual_disks import KINDS, SIZE, servers

DATA = virtual_disks.data()


@pytest.fixture(scope="module")
def images(room):
    folder = room.folder("disks")
    folder.chmod(0o755)
    (folder / "plain").write_bytes(DATA)
    return {kind: virtual_disks.make(folder, kind, folder / "plain") for kind in KINDS}


@pytest.fixture
def target(drives):
    return drives.make(16 * MIB, content.old(16 * MIB))


def flip(drive, offset):
    """One bit, on the medium."""
    with open(drive.path, "r+b") as file:
        byte = drive.read(offset, 1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 4]))
        file.flush()
        os.fsync(file.fileno())


@pytest.mark.parametrize("kind", KINDS)
def test_written_and_verified(platterctl, target, images, kind):
    image = images[kind]
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert target.read(0, SIZE) == DATA
    assert not any(target.read(15 * MIB, MIB)), "what was old at its end is still there"
    assert (result.report["outcome"], result.report["size"]) == ("verified", SIZE)
    # As with what is packed: so it can be compared with what its publisher says.
    assert result.report["digests"] == {"sha256": hashlib.sha256(image.read_bytes()).hexdigest()}
    assert platterctl("verify", target, image).status == 0
    flip(target, 5 * MIB + 7)
    flip(target, SIZE - 1)
    compared = platterctl("verify", "--json", image, target)
    assert compared.status == 4, compared
    assert [m["offset"] for m in compared.report["targets"][0]["mismatches"]] == [5 * MIB + 7, SIZE - 1]
    told = platterctl("info", "--json", image).lines[0]
    assert (told["packing"], told["size"], told["file-size"]) == (KINDS[kind][1], SIZE, image.stat().st_size)
    wait_until(lambda: not servers(image), "all of its servers to end")


def test_too_small(platterctl, drives, images):
    target = drives.make(11 * MIB, content.old(11 * MIB))
    result = platterctl("write", "--yes", "--json", images["qcow2"], target)
    assert result.status == 3 and result.lines[-1]["error"] == "TooSmall", result
    assert target.read() == content.old(11 * MIB)


def test_partitions_inside(platterctl, images, room):
    folder = room.folder("disks")
    plain = folder / "plain"
    plain.write_bytes(bytes(SIZE))
    os.system(f"echo ,,L | sfdisk -q {plain}")
    told = platterctl("info", "--json", virtual_disks.make(folder, "qcow2", plain)).lines[0]
    assert [(volume["offset"], volume["size"]) for volume in told["volumes"]] == [(MIB, SIZE - MIB)]


def test_expected_digest_is_that_of_the_file(platterctl, target, images, room):
    folder = room.folder("sums")
    image = folder / "debian.qcow2"
    image.write_bytes(images["qcow2"].read_bytes())
    sums = folder / "SHA512SUMS"
    sums.write_text(f"{hashlib.sha512(image.read_bytes()).hexdigest()}  debian.qcow2\n")
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0 and result.report["expected-matches"] is True, result
    sums.write_text(f"{hashlib.sha512(DATA).hexdigest()}  debian.qcow2\n")
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 1, result
    assert (result.report["error-code"], result.report["expected-matches"]) == ("digest", False)
    assert target.read(0, MIB).startswith(b"Platter: ")


def test_two_of_them_cannot_be_compared(platterctl, images):
    result = platterctl("verify", images["qcow2"], images["vdi"])
    assert result.status == 3 and "unpacked" in result.stderr, result


def test_without_qemu(platterctl, target, images, room):
    folder = room.folder("path")
    result = platterctl("write", "--yes", images["qcow2"], target, environment={"PATH": folder})
    assert result.status == 3 and "qemu-utils" in result.stderr, result
    assert target.read(0, MIB) == content.old(MIB)


def test_a_server_nobody_has_talked_to_ends(platterctl_on_bus, bus, target, images):
    """The helper says no, so that the worker never greets it."""
    bus.polkit.answer("no")
    result = platterctl_on_bus("write", "--yes", images["qcow2"], target, user=NOBODY)
    assert result.status == 6, result
    wait_until(lambda: not servers(images["qcow2"]), "its server to end")
    bus.polkit.answer("yes")
    result = platterctl_on_bus("write", "--yes", images["qcow2"], target, user=NOBODY)
    assert result.status == 0, result
    assert target.read(0, SIZE) == DATA
