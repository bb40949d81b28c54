# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Disks of virtual machines that are damaged, lie, or are not all there; and who reads them dies. Rows 85 and 86."""
import json
import os
import signal
import struct

import pytest

from lab import content, room as rooms, virtual_disks
from lab.content import MIB
from lab.processes import descendants, name, peak
from lab.room import wait_until
from lab.virtual_disks import KINDS, SIZE, servers

DATA = virtual_disks.data()
LARGE = 160 * MIB
OLD = content.old(16 * MIB)


@pytest.fixture(scope="module")
def images(room):
    folder = room.folder("disks")
    (folder / "plain").write_bytes(DATA)
    return {kind: virtual_disks.make(folder, kind, folder / "plain").read_bytes() for kind in KINDS}


@pytest.fixture
def target(drives):
    return drives.make(16 * MIB, OLD)


def write(platterctl, room, image_bytes, target, *more):
    image = room.folder("bad") / "image.vhd"
    image.write_bytes(image_bytes)
    return platterctl("write", "--yes", "--json", *more, image, target)


def check_failed(result, target):
    """A sentence, and nothing that looks whole."""
    assert result.status in (1, 3), result
    assert "image.vhd" in result.stderr and "worker has ended" not in result.stderr, result
    head = target.read(0, MIB)
    assert head == OLD[:MIB] or head.startswith(b"Platter: ")


def check_no_lie(result, target):
    """If it is taken, then because all of its content is there."""
    if result.status == 0:
        assert target.read(0, SIZE) == DATA
    else:
        check_failed(result, target)


@pytest.mark.parametrize("kind", KINDS)
def test_truncated(platterctl, room, images, target, kind):
    """QEMU takes what is missing for zeros; some of them have something at their end that nobody needs."""
    for share in (0.003, 0.005, 0.02, 0.7, 0.99):
        cut = images[kind][: int(len(images[kind]) * share)]
        check_no_lie(write(platterctl, room, cut, target), target)


@pytest.mark.parametrize("kind", ["qcow2", "vmdk", "qcow2-large"])
@pytest.mark.parametrize("cut", [512, 4096, 65024, 1500000])
def test_cut_off_inside_the_last_cluster(platterctl, room, target, kind, cut):
    """All that QEMU's own check looks at is there, and it reads zeros for the rest. All of the last ones is data."""
    folder = room.folder("last")
    (folder / "plain").write_bytes(content.noise(8 * MIB))
    options = {"qcow2-large": "qcow2 -o cluster_size=2M"}.get(kind, kind).split()
    rooms.run("qemu-img", "convert", "-q", "-f", "raw", "-O", *options, folder / "plain", folder / "whole")
    whole = (folder / "whole").read_bytes()
    result = write(platterctl, room, whole[:-cut], target)
    check_failed(result, target)
    assert "damaged or cut off" in result.stderr, result


def test_advice_on_a_damaged_image(platterctl, room, target):
    """The last of what is compressed cannot be unpacked: no drive is dying, and there is nothing to rescue."""
    folder = room.folder("stream")
    (folder / "plain").write_bytes(content.noise(4 * MIB))
    rooms.run("qemu-img", "convert", "-q", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized",
              folder / "plain", folder / "whole")
    image = folder / "image.vhd"
    image.write_bytes((folder / "whole").read_bytes()[:-2000])
    result = platterctl("write", "--yes", image, target)
    check_failed(result, target)
    assert "get the image again" in result.stderr and "rescue" not in result.stderr, result


@pytest.mark.parametrize("offset", [5, 25, 37, 41, 50, 103, 0x30007, 0x30005, 0x40006])
def test_flipped(platterctl, room, images, target, offset):
    """In the header and the tables of a qcow2 disk."""
    flipped = bytearray(images["qcow2"])
    flipped[offset] ^= 1
    check_no_lie(write(platterctl, room, flipped, target), target)


def test_row_85_two_pebibytes_in_a_small_file(platterctl, room, target):
    image = room.folder("huge") / "image"
    rooms.run("qemu-img", "create", "-q", "-f", "qcow2", "-o", "cluster_size=2M", image, "2P")
    assert image.stat().st_size < 6.5 * MIB
    running = platterctl.start("write", "--yes", "--json", image, target)
    peaks = {}
    while running.poll() is None:
        for pid in (running.pid, *descendants(running.pid)):
            try:
                peaks[name(pid)] = max(peak(pid), peaks.get(name(pid), 0))
            except OSError:
                pass
    result = platterctl.wait(running)
    assert result.status == 3 and result.lines[-1]["error"] == "TooSmall", result
    assert peaks and max(peaks.values()) <= 64 * MIB, peaks
    assert target.read() == OLD


def vhd_parent():
    """A footer of a differencing disk, as it lies at such a disk's beginning."""
    footer = bytearray(512)
    footer[:12] = b"conectix" + struct.pack(">I", 2)
    footer[60:64] = struct.pack(">I", 4)
    footer[64:68] = struct.pack(">I", ~sum(footer) & 0xFFFFFFFF)
    return bytes(footer) + bytes(65536)


def test_row_86_other_files(platterctl, room, images, target):
    folder = room.folder("parts")
    (folder / "plain").write_bytes(DATA)

    def made(*command):
        rooms.run("qemu-img", *command, cwd=folder)

    made("create", "-q", "-f", "qcow2", "-F", "raw", "-b", "/etc/passwd", "backed.qcow2", "1M")
    made("create", "-q", "-f", "qed", "-F", "raw", "-b", "/etc/passwd", "backed.qed", "1M")
    made("create", "-q", "-f", "qcow2", "-o", "data_file=secret.raw", "data.qcow2", "1M")
    made("convert", "-O", "vmdk", "-o", "subformat=monolithicFlat", "plain", "flat.vmdk")
    made("convert", "-O", "vmdk", "plain", "base.vmdk")
    made("create", "-q", "-f", "vmdk", "-F", "vmdk", "-b", "base.vmdk", "backed.vmdk")
    (folder / "parent.vhd").write_bytes(vhd_parent())
    child = bytearray(images["vdi"])
    child[440:456] = b"parent's number."
    (folder / "child.vdi").write_bytes(child)
    two = images["vmdk"].replace(b'RW 24576 SPARSE "', b'RW 2 FLAT "secret"\nRW 2 "')
    assert two != images["vmdk"]
    (folder / "two.vmdk").write_bytes(two[: len(images["vmdk"])])
    for image, other in (
        ("backed.qcow2", "/etc/passwd"), ("backed.qed", "/etc/passwd"), ("data.qcow2", "another file"),
        ("flat.vmdk", "flat-flat.vmdk"), ("backed.vmdk", "base.vmdk"), ("parent.vhd", "another file"),
        ("child.vdi", "another file"), ("two.vmdk", ".vmdk"),
    ):
        for command in (["write", "--yes", folder / image, target], ["info", folder / image]):
            result = platterctl(*command)
            assert result.status == 3, (image, result)
            assert f"{image} is only a part of a disk" in result.stderr and other in result.stderr, (image, result)
    assert target.read() == OLD


def test_encrypted_and_in_use(platterctl, room, images, target):
    encrypted = bytearray(images["qcow2"])
    encrypted[32:36] = struct.pack(">I", 2)
    result = write(platterctl, room, encrypted, target)
    assert result.status == 3 and "encrypted" in result.stderr, result
    image = room.folder("bad") / "running"
    image.write_bytes(images["qcow2"])
    with rooms.start(["qemu-io", "-f", "qcow2", str(image)], stdin=-1, stdout=-1, text=True) as machine:
        machine.stdin.write("write 0 512\n")
        machine.stdin.flush()
        assert "wrote" in machine.stdout.readline()
        result = platterctl("write", "--yes", image, target)
        machine.kill()
    assert result.status == 3 and "in use by a virtual machine" in result.stderr, result
    assert target.read() == OLD


@pytest.fixture
def large(room):
    """Larger than all that is read ahead."""
    folder = room.folder("large")
    (folder / "plain").write_bytes(content.noise(LARGE))
    return virtual_disks.make(folder, "qcow2", folder / "plain")


@pytest.fixture
def stalling(faulty):
    made = faulty.make(LARGE, stall_writes=f"{8 * MIB}-{9 * MIB}", switches=["stall_when"])
    made.switch("stall_when")
    return made


def test_server_dies(platterctl, large, stalling):
    process = platterctl.start_in_background("write", "--yes", "--json", large, stalling)
    stalling.wait_for("w", 8 * MIB, process)
    (server,) = servers(large)
    os.kill(server, signal.SIGKILL)
    stalling.switch("stall_when", False)
    result = platterctl.wait(process)
    assert result.status == 1, result
    assert result.report["error-code"] == "read"
    assert "is no longer there" in result.report["error-message"]
    assert stalling.stored(0, MIB).startswith(b"Platter: ")


def test_client_dies(platterctl_on_bus, callers, large, stalling):
    """The job has all that it needs, and the server is its own: it goes on."""
    process = platterctl_on_bus.start_in_background("write", "--yes", "--json", large, stalling)
    stalling.wait_for("w", 8 * MIB, process)
    caller = callers()
    (job,) = caller.jobs()
    process.kill()
    process.wait()
    stalling.switch("stall_when", False)
    assert caller.report(job)["outcome"] == "verified"
    assert stalling.stored(0, LARGE) == content.noise(LARGE)
    wait_until(lambda: not servers(large), "its server to end")


def test_cancelled(platterctl, large, stalling):
    process = platterctl.start_in_background("write", "--yes", "--json", large, stalling)
    stalling.wait_for("w", 8 * MIB, process)
    process.send_signal(signal.SIGINT)
    rooms.wait_until(lambda: process.stderr.readline().startswith("Cancelling"), "the signal to be answered")
    platterctl.wait_for_progress(process)
    stalling.switch("stall_when", False)
    assert platterctl.wait(process).status == 5
    assert stalling.stored(0, MIB).startswith(b"Platter: ")
    wait_until(lambda: not servers(large), "its server to end")


def test_memory_is_bounded(platterctl, drives, large):
    target = drives.make(LARGE)
    running = platterctl.start("write", "--yes", "--json", "--no-verify", large, target)
    peaks = {}
    for line in running.stdout:
        assert json.loads(line)
        for pid in {running.pid, *descendants(running.pid), *servers(large)}:
            try:
                peaks[name(pid)] = max(peak(pid), peaks.get(name(pid), 0))
            except OSError:
                pass
    assert running.wait() == 0
    assert "qemu-nbd" in peaks and sum(peaks.values()) < 256 * MIB, peaks
