# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What others do to the drives of a job, before it begins and while it runs: use them, mount them, write to them, exchange their
medium, begin a job of their own."""
import fcntl
import os
import signal
import stat
import subprocess

import pytest

from lab import content
from lab import room as rooms
from lab.content import MIB

SIZE = 96 * MIB
LOOP_CHANGE_FD = 0x4C06
STARTED_AT = 8 * MIB
WRITES_TO_IT = """
import os, sys
fd = os.open(sys.argv[1], os.O_RDWR)
while True:
    os.pwrite(fd, os.urandom(4096), int.from_bytes(os.urandom(2)) * 512)
    os.fsync(fd)
    print("written", flush=True)
"""


@pytest.fixture
def slow(faulty):
    """A target that takes its time."""
    return faulty.make(SIZE, content.old(SIZE), write_delay=25)


@pytest.fixture
def clone(platterctl, slow):
    """Begins one, and returns it while it is being written."""
    def begin(source):
        process = platterctl.start_in_background("clone", source, slow, "--yes", "--json")
        slow.wait_for("w", STARTED_AT, process)
        return process

    return begin


def pause(process):
    """Its job is paused, as by Ctrl+Z."""
    process.send_signal(signal.SIGTSTP)
    os.waitpid(process.pid, os.WUNTRACED)


def ext4(drives, **options):
    drive = drives.make(SIZE, **options)
    rooms.run("mkfs.ext4", "-q", "-F", drive.path)
    return drive


def test_a_source_is_not_overwritten(platterctl, clone, drives, slow, room):
    """By another Platter that has a helper of its own and knows nothing of the job."""
    data = content.noise(SIZE)
    source = drives.make(SIZE, data)
    image = room.new("other.img")
    image.write_bytes(content.old(MIB))
    first = clone(source)
    pause(first)
    second = platterctl("write", image, source, "--yes", "--json")
    first.send_signal(signal.SIGCONT)
    assert second.status == 3, second
    assert "Another program is using it" in second.stderr
    assert platterctl.wait(first).report["outcome"] == "verified"
    assert slow.stored() == data


def test_a_target_is_not_read(platterctl, clone, drives, slow):
    first = clone(drives.make(SIZE, content.noise(SIZE)))
    pause(first)
    second = platterctl("clone", slow, drives.make(SIZE), "--yes", "--json")
    first.send_signal(signal.SIGCONT)
    assert second.status == 3, second
    assert "Another program is using it" in second.stderr
    assert platterctl.wait(first).report["outcome"] == "verified"


def test_a_source_is_not_mounted(platterctl, clone, drives, slow, room):
    source = ext4(drives)
    first = clone(source)
    mounted = subprocess.run(["mount", source.path, room.folder("point")], capture_output=True, text=True)
    assert mounted.returncode != 0
    assert platterctl.wait(first).report["outcome"] == "verified"
    assert slow.stored() == source.read()


def test_a_source_that_is_mounted_read_only(platterctl, drives, room):
    """Whoever mounts it so may go on looking at it."""
    source = ext4(drives)
    target = drives.make(SIZE)
    point = room.folder("point")
    rooms.run("mount", "-o", "ro", source.path, point)
    result = platterctl("clone", source, target, "--yes", "--json")
    rooms.unmount(point)
    assert result.report["outcome"] == "verified", result
    assert target.read() == source.read()


def test_a_source_that_is_mounted_elsewhere(platterctl, drives, room):
    """For writing, where nobody but the kernel sees it: in another mount namespace."""
    source = ext4(drives)
    holder = subprocess.Popen(
        ["unshare", "-m", "--propagation", "private", "sh", "-c", 'mount "$0" "$1" && echo mounted && read line',
         source.path, room.folder("point")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "mounted\n"
    result = platterctl("clone", source, drives.make(SIZE), "--yes", "--json")
    holder.communicate("\n")
    assert result.status == 3, result
    assert "Another program is using it" in result.stderr


@pytest.mark.parametrize("kind", ["clone", "verify"])
def test_a_source_that_is_written_to(platterctl, drives, kind):
    """Without asking the kernel whether it may: what was read is of no single moment."""
    data = content.noise(SIZE)
    source = drives.make(SIZE, data)
    target = drives.make(SIZE, data)
    writer = subprocess.Popen(["/usr/bin/python3", "-c", WRITES_TO_IT, source.path], stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "written\n"
    ends = {"clone": (source, target), "verify": (target, source)}[kind]
    result = platterctl(kind, *ends, *(["--yes"] if kind == "clone" else []), "--json")
    writer.kill()
    writer.communicate()
    assert result.status not in (0, 2, 3), result
    assert result.report["outcome"] in ({"source-unstable"} if kind == "clone" else {"source-unstable", "mismatched"})
    if kind == "clone":
        assert "has written to" in result.stderr


def test_the_disk_of_a_virtual_machine(platterctl, drives, room):
    """QEMU does not ask the kernel for it alone, but locks it."""
    data = content.noise(SIZE)
    drive = drives.make(SIZE, data)
    image = room.new("other.img")
    image.write_bytes(content.old(MIB))
    socket = room.new("socket")
    machine = rooms.start(["qemu-nbd", "-k", socket, "-f", "raw", "-t", drive.path])
    rooms.wait_until(socket.exists, "the socket")
    result = platterctl("write", image, drive, "--yes", "--json")
    rooms.end(machine)
    assert result.status == 3, result
    assert "Another program is using it" in result.stderr
    assert drive.read() == data


def test_a_loop_device_that_was_set_up_elsewhere(platterctl, drives, room):
    """In a chroot or a container the path of what it lies on is another one."""
    drive = ext4(drives)
    image = room.new("other.img")
    image.write_bytes(content.old(MIB))
    node = room.new("node")
    os.mknod(node, 0o600 | stat.S_IFBLK, drive.number)
    above = drives.adopt(rooms.run("losetup", "-f", "--show", node).strip(), node)
    point = room.folder("point")
    rooms.run("mount", above.path, point)
    result = platterctl("write", image, drive, "--yes", "--json")
    rooms.unmount(point)
    assert result.status == 3, result
    assert f"The loop device {above.path} lies on {drive.path}" in result.stderr


def exchange(drive, file):
    """What comes into a card reader in place of what was in it; the kernel counts that."""
    before = drive.diskseq
    fds = [os.open(drive.path, os.O_RDONLY), os.open(file, os.O_RDONLY)]
    fcntl.ioctl(fds[0], LOOP_CHANGE_FD, fds[1])
    for fd in fds:
        os.close(fd)
    assert drive.diskseq != before


@pytest.mark.parametrize("is_paused", [False, True])
@pytest.mark.parametrize("command", ["clone", "rescue"])
def test_the_medium_of_a_source_is_exchanged(platterctl, drives, slow, room, command, is_paused):
    data = content.noise(SIZE)
    source = drives.make(SIZE, data, read_only=True)
    other = room.new("other.img")
    other.write_bytes(content.old(SIZE))
    map_option = ["--map", room.new("map")] if command == "rescue" else []
    process = platterctl.start_in_background(command, source, slow, *map_option, "--yes", "--json")
    slow.wait_for("w", STARTED_AT, process)
    if is_paused:
        pause(process)
    exchange(source, other)
    if is_paused:
        process.send_signal(signal.SIGCONT)
    result = platterctl.wait(process)
    assert result.status not in (0, 2, 3), result
    assert "was taken out or exchanged" in result.stderr
    assert result.report["outcome"] == "failed"
    assert slow.stored(0, MIB).startswith(b"Platter: copying to this drive was not finished")
