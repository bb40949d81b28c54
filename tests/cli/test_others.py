# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What others do to the drives of a job, before it begins and while it runs: use them, mount them, write to them, exchange their
medium, begin a job of their own."""
import fcntl
import os
import shutil
import signal
import stat
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab import content
from lab import room as rooms
from lab.content import MIB
from lab.platterctl import Platterctl

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


GROWS = """
import os, sys, time
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
os.write(fd, os.urandom(4096))
print("written", flush=True)
while True:
    os.write(fd, os.urandom(512))
    time.sleep(0.0005)
"""


WRITES_THE_SAME = """
import os, sys
fd = os.open(sys.argv[1], os.O_RDWR)
print("written", flush=True)
while True:
    os.pwrite(fd, os.pread(fd, 512, 0), 0)
"""


KEEPS_OPEN = """
import os, signal, sys
fd = os.open(sys.argv[1], os.O_RDWR)
os.pwrite(fd, bytes([0xa5]) * (4 << 20), 0)
print("written", flush=True)
signal.pause()
"""


@contextmanager
def keeps_writing(program, path):
    """Somebody has begun to write there, and does not stop."""
    writer = subprocess.Popen(["/usr/bin/python3", "-c", program, path], stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "written\n"
    try:
        yield
    finally:
        writer.kill()
        writer.communicate()


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


def test_a_shared_source_whose_writes_nobody_counts(platterctl, drives, room):
    """Whether it stayed as it was could not be told at the end; so it is told before the beginning."""
    source, target, point = ext4(drives), drives.make(SIZE, content.old(SIZE)), room.folder("point")
    rooms.run("mount", "-o", "ro", source.path, point)
    counted = Path("/sys/block") / Path(source.path).name / "queue/iostats"
    counted.write_text("0")
    try:
        result = platterctl("clone", "--yes", source, target)
        assert result.status == 3 and "iostats" in result.stderr, result
        assert target.read() == content.old(SIZE)
    finally:
        counted.write_text("1")
    result = platterctl("clone", "--yes", source, target)
    rooms.unmount(point)
    assert result.status == 0, result


def test_a_source_that_is_mounted_elsewhere(platterctl, drives, room):
    """For writing, where nobody but the kernel sees it: in another mount namespace."""
    source = ext4(drives)
    holder = subprocess.Popen(
        ["unshare", "-m", "--propagation", "slave", "sh", "-c", 'mount "$0" "$1" && echo mounted && read line',
         source.path, room.folder("point")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "mounted\n"
    result = platterctl("clone", source, drives.make(SIZE), "--yes", "--json")
    holder.communicate("\n")
    assert result.status == 3, result
    assert "Another program is using it" in result.stderr


@pytest.mark.parametrize("kind", ["clone", "verify"])
@pytest.mark.parametrize("where", ["the drive", "the file below it", "another drive over that file", "what lies below"])
def test_a_source_that_is_written_to(platterctl, drives, kind, where):
    """Without asking the kernel whether it may: what was read is of no single moment."""
    data = content.noise(SIZE)
    source = drives.make(SIZE, data)
    target = drives.make(SIZE, data)
    written = source.file if where == "the file below it" else source
    if where == "another drive over that file":
        written = drives.attach(source.file)
    elif where == "what lies below":
        source = drives.attach(source.path)
    ends = {"clone": (source, target), "verify": (target, source)}[kind]
    with keeps_writing(WRITES_TO_IT, written):
        result = platterctl(kind, *ends, *(["--yes"] if kind == "clone" else []), "--json")
    assert result.status not in (0, 2, 3), result
    assert result.report["outcome"] in ({"source-unstable"} if kind == "clone" else {"source-unstable", "mismatched"})
    if kind == "clone":
        assert "has written to" in result.stderr
        # The drive is not the one that is to blame.
        assert "failing" not in result.stderr and "read again" not in result.stderr


def check_changed(result):
    assert result.status == 4 and not result.stdout.count("Verified"), result
    assert "was changed while it was read" in result.stderr and "did not stay the same" in result.stderr, result
    assert "failing" not in result.stderr and "read again" not in result.stderr
    for told in (result.report, *result.report["targets"]):
        assert told["error-code"] == "source-changed", told
    assert result.report["outcome"] == result.report["targets"][0]["verdict"] == "source-unstable"


def is_refused(result):
    """Whether it was found out before anything was written: how early that is depends on who is faster."""
    return result.status == 3 and "was changed since it was chosen" in result.stderr


@pytest.mark.parametrize("more", [[], ["--no-verify"]])
def test_an_image_that_is_still_downloaded(platterctl, drives, room, more):
    """Its beginning is not called a copy of it, whatever was read back."""
    image = room.new("big.bin")
    image.write_bytes(content.noise(8 * MIB))
    target = drives.make(SIZE)
    with keeps_writing(GROWS, image):
        result = platterctl("write", image, target, "--yes", "--json", *more)
    if is_refused(result):
        assert target.read() == bytes(SIZE)
    else:
        check_changed(result)


def test_a_packed_image_that_is_written_to(platterctl, slow, room):
    """Not every format has a digest of its own."""
    plain, image = room.new("plain"), room.new("big.img.zst")
    plain.write_bytes(content.noise(SIZE))
    rooms.run("zstd", "-q", plain, "-o", image)
    process = platterctl.start_in_background("write", image, slow, "--yes", "--json")
    slow.wait_for("w", STARTED_AT, process)
    with keeps_writing(WRITES_THE_SAME, image):
        result = platterctl.wait(process)
    check_changed(result)


def test_an_image_that_is_changed_in_its_place(platterctl, slow, room):
    """What was read of it stays as it was read, and is of no single moment."""
    image = room.new("big.bin")
    image.write_bytes(content.noise(SIZE))
    before = image.stat()
    process = platterctl.start_in_background("write", image, slow, "--yes", "--json")
    slow.wait_for("w", STARTED_AT, process)
    with open(image, "r+b") as file:
        file.seek(SIZE - MIB)
        file.write(content.old(4096))
    assert image.stat().st_size == before.st_size
    check_changed(platterctl.wait(process))


def test_an_image_that_only_gets_another_name(platterctl, slow, room):
    """As when its download has just ended, or its owner protects it: nobody has written to it."""
    image = room.new("big.bin.part")
    image.write_bytes(content.noise(SIZE))
    process = platterctl.start_in_background("write", "--yes", "--json", image, slow)
    slow.wait_for("w", STARTED_AT, process)
    image.rename(image.with_name("big.bin"))
    image.with_name("big.bin").chmod(0o400)
    result = platterctl.wait(process)
    assert result.status == 0 and result.report["outcome"] == "verified", result


def test_an_image_that_grows_is_not_converted(platterctl, room):
    image, folder = room.new("big.img"), room.folder("images")
    image.write_bytes(content.noise(8 * MIB))
    with keeps_writing(GROWS, image):
        result = platterctl("convert", "--json", image, folder / "new.img.zst")
    if not is_refused(result):
        check_changed(result)
        assert "was not kept" in result.stderr, result
    assert not list(folder.iterdir())


@pytest.mark.parametrize("is_first", [True, False])
def test_an_image_that_is_written_to_is_not_compared(platterctl, faulty, room, is_first):
    data, image = content.noise(8 * MIB), room.new("big.bin")
    image.write_bytes(data)
    drive = faulty.make(len(data), data, read_delay=100)
    process = platterctl.start_in_background("verify", "--json", *((image, drive) if is_first else (drive, image)))
    rooms.wait_until(lambda: '"phase": "' in process.output.read_text() or process.poll() is not None, "the comparison to begin")
    with keeps_writing(WRITES_THE_SAME, image):
        result = platterctl.wait(process)
    check_changed(result)


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


def partitioned(drives, data, is_scanned):
    """A drive whose partitions the kernel looks for itself, or one where it was told of them."""
    made = drives.make(len(data), data, table="label: gpt\nstart=4096, size=16384\nsize=16384\n")
    drives.detach(made)
    drive = drives.attach(made.file, partitions=is_scanned)
    drive.add_partitions()
    return drive


def check_in_use(result, drive, what):
    assert result.status == 3 and result.lines[-1]["error"] == "InUse", result
    assert f"{drive} can’t be overwritten: another program has {what} open" in result.stderr, result


def test_a_partition_that_is_open(platterctl, drives, room):
    """Whoever has it open writes through a cache of its own, over whatever was written to the drive and read back."""
    drive = partitioned(drives, content.noise(24 * MIB), True)
    before = drive.read()
    image = room.new("other.img")
    image.write_bytes(content.old(16 * MIB))
    with keeps_writing(KEEPS_OPEN, drive.partition(2)):
        result = platterctl("write", image, drive, "--yes", "--json")
        assert os.path.exists(drive.partition(1)) and os.path.exists(drive.partition(2))
    check_in_use(result, drive, "one of its partitions")
    written = slice(10 * MIB, 14 * MIB)
    assert drive.read(written.start, 4 * MIB) == bytes([0xA5]) * (4 * MIB)
    assert drive.read(0, written.start) == before[:written.start] and drive.read(written.stop) == before[written.stop:]
    result = platterctl("write", image, drive, "--yes", "--json")
    assert result.report["outcome"] == "verified", result


def test_the_partition_of_a_virtual_machine(platterctl, drives, room):
    drive = partitioned(drives, content.noise(24 * MIB), False)
    before = drive.read()
    image, socket = room.new("other.img"), room.new("socket")
    image.write_bytes(content.old(MIB))
    machine = rooms.start(["qemu-nbd", "-k", socket, "-f", "raw", "-t", drive.partition(1)])
    rooms.wait_until(socket.exists, "the socket")
    result = platterctl("write", image, drive, "--yes", "--json")
    rooms.end(machine)
    check_in_use(result, drive, drive.partition(1))
    assert drive.read() == before


def test_what_a_partition_was_written_to_before(platterctl, drives, room):
    """It is not on the drive yet, where it would be missed, or come over what is written next."""
    drive = partitioned(drives, content.noise(24 * MIB), False)
    image, other = room.new("x.img"), room.new("other.img")
    with keeps_writing(KEEPS_OPEN, drive.partition(1)):
        result = platterctl("image", drive, image, "--json")
    assert result.report["outcome"] == "verified", result
    data = image.read_bytes()
    assert data[2 * MIB : 6 * MIB] == bytes([0xA5]) * (4 * MIB) and data == drive.read()
    other.write_bytes(content.old(24 * MIB))
    with keeps_writing(KEEPS_OPEN, drive.partition(1)):
        result = platterctl("write", other, drive, "--yes", "--json")
    assert result.report["outcome"] == "verified", result
    assert drive.read() == other.read_bytes()


def test_what_a_drive_was_written_to_before(platterctl, drives, room):
    """Only the kernel writes while it is read, if it has not done so."""
    drive, image = drives.make(24 * MIB), room.new("x.img")
    with open(drive.path, "rb"):
        rooms.run("dd", "if=/dev/urandom", f"of={drive}", "bs=1M", "count=16", "status=none")
        result = platterctl("image", drive, image, "--json")
    assert result.report["outcome"] == "verified", result
    assert image.read_bytes() == drive.read()


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


def test_the_medium_is_exchanged_before_it_is_unmounted(smart_bus, drives, room):
    """While UDisks2 takes its time to say what it calls the drive: what is mounted of another medium stays mounted."""
    target, other = ext4(drives), room.new("other.img")
    image, point = room.new("x.img"), room.folder("point")
    asked, go, unmounted = (room.new(name) for name in ("asked", "go", "unmounted"))
    image.write_bytes(content.noise(MIB))
    shutil.copyfile(target.file, other)
    smart_bus.add(target)
    smart_bus.answer("Manager", "Manager", "ResolveDevice", "a{sv}a{sv}", "ao", f"""
import os, time
open("{asked}", "w").close()
while not os.path.exists("{go}"):
    time.sleep(0.02)
ret = [dbus.ObjectPath("/org/freedesktop/UDisks2/block_devices/{target.name}")]
""")
    smart_bus.answer(f"block_devices/{target.name}", "Filesystem", "Unmount", "a{sv}", "", f"open('{unmounted}', 'w').close()")
    rooms.run("mount", "-o", "ro", target.path, point)
    platterctl = Platterctl(room, smart_bus.address)
    process = platterctl.start_in_background("write", "--yes", "--json", "--unmount", image, target)
    try:
        rooms.wait_until(lambda: asked.exists() or process.poll() is not None, "UDisks2 to be asked")
        rooms.run("umount", point)
        target.swap(other)
        rooms.run("mount", "-o", "ro", target.path, point)
        go.touch()
        result = platterctl.wait(process)
        assert result.status == 3 and result.lines[-1]["error"] == "IdentityChanged", result
        assert os.path.ismount(point) and not unmounted.exists()
    finally:
        go.touch()
        rooms.unmount(point)
        platterctl.close()
