# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What must be refused before anything is written: the helper's last look at the drives. Rows 33 and 50 to 56."""
import fcntl
import os
import subprocess
import threading
import uuid
from pathlib import Path

import pytest
from gi.repository import GLib

from lab.caller import Refused, clone, image, named, verify, write
from lab.content import MIB, noise, old
from lab.platterctl import NOBODY
from lab.room import end, run, start, wait_until

SIZE = 8 * MIB
TABLE = "label: gpt\nstart=2048, size=8192\n"


@pytest.fixture
def caller(callers):
    return callers(NOBODY)


@pytest.fixture
def source(drives):
    return drives.make(SIZE, noise(SIZE))


@pytest.fixture
def target(drives):
    return drives.make(SIZE, old(SIZE))


@pytest.fixture
def mount(room):
    """Mounts a device; unmounts it in the end."""
    points = []

    def mount_at(device, *options, point=None):
        point = point or room.folder("mount")
        run("mount", *options, device, point)
        points.append(point)
        return point

    yield mount_at
    for point in points:
        subprocess.run(["umount", point], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


def refusal(caller, method, parameters, **keywords):
    with pytest.raises(Refused) as caught:
        caller.call(method, parameters, **keywords)
    assert caught.value.message.endswith("."), "a refusal is a sentence"
    return caught.value.name


def is_lockable(descriptor):
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def format_ext4(device, label="LAB"):
    run("mkfs.ext4", "-q", "-F", "-L", label, device)


def another_in_the_same_node(drives, room):
    """Two drives, one after the other, on one node: (what a client saw of the first, the second)."""
    drive = drives.make(SIZE, old(SIZE))
    seen = named(drive)
    drives.detach(drive)
    file = room.new("other.img")
    file.write_bytes(old(SIZE))
    # Somebody else may be faster and take the node: then again with the next one.
    done = subprocess.run(["losetup", "--direct-io=on", drive.path, file], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60)
    return (seen, drives.adopt(drive.path, file)) if done.returncode == 0 else None


def test_row_33_another_medium_in_the_same_node(drives, room, caller, source):
    seen, other = wait_until(lambda: another_in_the_same_node(drives, room), "a node that stays free")
    assert refusal(caller, "Clone", clone(named(source), seen)) == "IdentityChanged"
    assert other.read() == old(SIZE)


@pytest.mark.parametrize("key, value, error", [
    ("serial", GLib.Variant("s", "another"), "IdentityChanged"),
    ("size", GLib.Variant("t", SIZE - 512), "IdentityChanged"),
    ("diskseq", GLib.Variant("t", 1), "IdentityChanged"),
    ("number", GLib.Variant("t", os.makedev(7, 1 << 19)), "NoSuchDrive"),
])
def test_row_33_any_difference_in_identity(caller, source, target, key, value, error):
    assert refusal(caller, "Clone", clone(named(source), named(target, **{key: value}))) == error
    assert target.read() == old(SIZE)


def test_row_33_an_object_of_another_drive(bus, caller, source, target):
    path, _ = bus.udisks_block(source.path)
    other = named(target, object=GLib.Variant("o", path))
    assert refusal(caller, "Clone", clone(named(source), other)) == "IdentityChanged"
    assert target.read() == old(SIZE)


def test_row_50_a_mounted_target_is_refused_or_unmounted(drives, bus, caller, source, mount):
    target = drives.make(SIZE, table=TABLE)
    target.add_partitions()
    format_ext4(target.partition(1))
    bus.udisks_block(target.partition(1))
    point = mount(target.partition(1))
    before = target.read(0, MIB)

    assert refusal(caller, "Clone", clone(named(source), named(target))) == "Mounted"
    assert target.read(0, MIB) == before and os.path.ismount(point)

    (job,) = caller.call("Clone", clone(named(source), named(target), unmount=True))
    assert not os.path.ismount(point)
    assert caller.report(job)["outcome"] == "verified"
    assert target.read() == noise(SIZE)


def test_row_50_what_is_in_use_is_not_unmounted(drives, bus, caller, source, target, mount):
    format_ext4(target.path)
    bus.udisks_block(target.path)
    point = mount(target.path)
    with open(point / "kept", "w") as kept:
        kept.write("kept")
        assert refusal(caller, "Clone", clone(named(source), named(target), unmount=True)) == "UnmountFailed"
    assert (point / "kept").read_text() == "kept"


@pytest.fixture
def asked(bus, caller, agents):
    """Begins a clone of which polkit asks: (its answer, what is to be agreed to)."""
    def ask(source, target):
        agent = agents(caller)
        bus.polkit.answer("auth_admin", "org.platter.helper.write-fixed")
        answer = caller.start("Clone", clone(named(source), named(target)), interactive=True)
        return answer, agent.next()

    return ask


def test_row_51_mounted_while_polkit_asks(asked, source, target, mount):
    format_ext4(target.path)
    answer, prompt = asked(source, target)
    mount(target.path, "-o", "ro")
    before = target.sha256()
    prompt.agree()
    with pytest.raises(Refused) as caught:
        answer.get()
    assert caught.value.name == "Mounted"
    assert target.sha256() == before


def test_row_51_written_to_while_polkit_asks(asked, source, target):
    """As a virtual machine does that has it open in a /dev of its own, and locked there."""
    answer, prompt = asked(source, target)
    with open(target.path, "r+b", buffering=0) as drive:
        def write():
            os.pwrite(drive.fileno(), noise(4096), MIB)
            os.fsync(drive.fileno())

        ended = threading.Event()
        write()
        guest = threading.Thread(target=lambda: [write() for _ in iter(lambda: ended.wait(0.1), True)])
        guest.start()
        try:
            prompt.agree()
            with pytest.raises(Refused) as caught:
                answer.get()
        finally:
            ended.set()
            guest.join()
    assert caught.value.name == "InUse"
    assert target.read(MIB, 4096) == noise(4096)


def test_row_51_mounted_and_unmounted_while_polkit_asks(asked, caller, source, target, mount):
    """What a file system has written meanwhile is nobody's who goes on."""
    format_ext4(target.path)
    answer, prompt = asked(source, target)
    point = mount(target.path)
    (point / "file").write_bytes(noise(4096))
    run("umount", point)
    prompt.agree()
    (job,) = answer.get()
    assert caller.report(job)["outcome"] == "verified"


def test_row_51_open_elsewhere(caller, source, target):
    descriptor = os.open(target.path, os.O_RDONLY | os.O_EXCL)
    try:
        assert refusal(caller, "Clone", clone(named(source), named(target))) == "InUse"
    finally:
        os.close(descriptor)
    assert target.read() == old(SIZE)


class Events:
    """Which events of block devices the kernel has sent, and which of them udev has passed on."""

    def __init__(self, room):
        self._log = room.new("events")
        with open(self._log, "w") as log:
            self.process = start(["stdbuf", "-oL", "udevadm", "monitor", "--kernel", "--udev", "--property",
                                  "--subsystem-match=block"], stdout=log, stderr=log)
        wait_until(lambda: "KERNEL - the kernel uevent" in self._log.read_text(), "udevadm to listen")

    @staticmethod
    def trigger(drive):
        """Has the kernel say that a drive has changed; returns what tells this event from others."""
        mark = str(uuid.uuid4())
        Path(f"/sys/block/{drive.name}/uevent").write_text(f"change {mark}")
        return mark

    def has(self, source, mark):
        """Whether an event came by from the KERNEL, or from UDEV once it has looked at the drive."""
        return any(event.startswith(source) and f"SYNTH_UUID={mark}\n" in event
                   for event in self._log.read_text().split("\n\n"))

    def wait_for(self, source, mark):
        wait_until(lambda: self.has(source, mark), f"the event {mark} from {source}")


def test_row_52_udev_looks_only_after_the_job(drives, faulty, caller, room):
    source = faulty.make(SIZE, noise(SIZE), switches=("stall_when",))
    target, other = drives.make(SIZE), drives.make(MIB)
    events = Events(room)
    source.switch("stall_when")
    try:
        (job,) = caller.call("Clone", clone(named(source), named(target)))
        of_target, of_other = events.trigger(target), events.trigger(other)
        events.wait_for("KERNEL", of_target)
        events.wait_for("UDEV", of_other)
        assert not events.has("UDEV", of_target)
        source.switch("stall_when", False)
        assert caller.report(job)["outcome"] == "verified"
        events.wait_for("UDEV", of_target)
    finally:
        source.switch("stall_when", False)
        end(events.process)


def test_row_52_a_target_is_locked_for_the_job(drives, faulty, caller):
    """As udev and others ask before they look; it is open for the helper alone as well, which keeps udev off by itself."""
    source = faulty.make(SIZE, noise(SIZE), switches=("stall_when",))
    target = drives.make(SIZE)
    source.switch("stall_when")
    descriptor = os.open(target.path, os.O_RDONLY)
    try:
        (job,) = caller.call("Clone", clone(named(source), named(target)))
        with pytest.raises(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        source.switch("stall_when", False)
        assert caller.report(job)["outcome"] == "verified"
        wait_until(lambda: is_lockable(descriptor), "the lock to be given back")
    finally:
        source.switch("stall_when", False)
        os.close(descriptor)


def test_row_52_nothing_mounts_a_target_that_is_written(drives, faulty, bus, caller, room, mount):
    good = drives.make(SIZE)
    format_ext4(good.path, "CLONED")
    source = faulty.make(SIZE, good.read(), switches=("stall_when",))
    target = drives.make(SIZE)
    format_ext4(target.path, "BEFORE")
    bus.udisks_block(target.path)
    source.switch("stall_when")
    try:
        (job,) = caller.call("Clone", clone(named(source), named(target)))
        run("udevadm", "trigger", "--action=change", f"/sys/block/{target.name}")
        with pytest.raises(RuntimeError, match="mount"):
            mount(target.path)
    finally:
        source.switch("stall_when", False)
    assert caller.report(job)["outcome"] == "verified"

    def label():
        return bus.udisks_block(target.path)[1]["org.freedesktop.UDisks2.Block"]["IdLabel"]

    wait_until(lambda: label() == "CLONED", "UDisks2 to know what is there now")
    mount(target.path)


def test_row_53_swap(caller, source, target, room):
    kind = run("stat", "-f", "-c", "%T", room.path).strip()
    assert kind not in ("tmpfs", "fuseblk"), "swapping to that can hang the kernel"
    run("mkswap", target.path)
    # The kernel may put pages behind it at any time; a copy would begin here.
    before = target.read(0, 4096)
    run("swapon", target.path)
    try:
        assert refusal(caller, "Clone", clone(named(source), named(target), unmount=True)) == "Swap"
        assert refusal(caller, "Clone", clone(named(target), named(source))) == "Swap"
    finally:
        run("swapoff", target.path)
    assert target.read(0, 4096) == before


def test_row_54_a_loop_device_lies_on_the_target(drives, caller, source, target):
    drives.attach(target.path)
    assert refusal(caller, "Clone", clone(named(source), named(target))) == "BacksLoop"
    assert target.read() == old(SIZE)


def test_row_55_the_image_lies_on_the_target(bus, caller, target, mount):
    format_ext4(target.path)
    bus.udisks_block(target.path)
    point = mount(target.path)
    file = point / "disk.img"
    file.write_bytes(noise(MIB))
    for unmount in (False, True):
        assert refusal(caller, "Write", write(image(), named(target), unmount=unmount),
                       files=[(file, os.O_RDONLY)]) == "HoldsImage"
    assert file.read_bytes() == noise(MIB)


def test_row_55_the_image_is_what_backs_the_target(caller, target):
    assert refusal(caller, "Write", write(image(), named(target)),
                   files=[(target.file, os.O_RDONLY)]) == "HoldsImage"
    assert target.read() == old(SIZE)


def test_row_56_the_source_is_the_target(caller, source, target):
    assert refusal(caller, "Clone", clone(named(source), named(source))) == "SameDrive"
    assert refusal(caller, "Clone", clone(named(source), named(target), named(target))) == "SameDrive"
    assert refusal(caller, "Verify", verify(named(source), named(source))) == "SameDrive"
    assert source.read() == noise(SIZE)
    assert target.read() == old(SIZE)


def test_row_56_two_drives_over_one_file(drives, caller, source):
    twin = drives.attach(source.file)
    assert refusal(caller, "Clone", clone(named(source), named(twin))) == "SameDrive"
    assert source.read() == noise(SIZE)


@pytest.fixture
def stalled(faulty):
    """A drive that answers only from the moment on that its switch is off."""
    drive = faulty.make(SIZE, noise(SIZE, 2), switches=("stall_when",))
    drive.switch("stall_when")
    yield drive
    drive.switch("stall_when", False)


def test_two_jobs_and_one_file_below_two_drives(drives, caller, source, target, stalled):
    """The second would write into what the first has written, or read what the first overwrites."""
    twin = drives.attach(target.file)
    other = drives.make(SIZE, old(SIZE))
    (job,) = caller.call("Clone", clone(named(stalled), named(target)))
    assert refusal(caller, "Clone", clone(named(source), named(twin))) == "DriveBusy"
    assert refusal(caller, "Clone", clone(named(source), named(other), named(twin))) == "DriveBusy"
    assert refusal(caller, "Clone", clone(named(twin), named(other))) == "DriveBusy"
    assert refusal(caller, "Verify", verify(named(source), named(twin))) == "DriveBusy"
    stalled.switch("stall_when", False)
    assert caller.report(job)["outcome"] == "verified"
    assert target.read() == noise(SIZE, 2)
    assert other.read() == old(SIZE)
    (job,) = caller.call("Clone", clone(named(source), named(twin)))
    assert caller.report(job)["outcome"] == "verified"
    assert target.read() == noise(SIZE)


def test_two_jobs_and_one_file_while_polkit_asks(bus, caller, agents, drives, source, target):
    twin = drives.attach(target.file)
    other = drives.make(SIZE, noise(SIZE, 2))
    bus.polkit.answer("auth_admin")
    agent = agents(caller)
    answer = caller.start("Clone", clone(named(source), named(target)), interactive=True)
    prompt = agent.next()
    assert refusal(caller, "Clone", clone(named(other), named(twin)), interactive=True) == "DriveBusy"
    prompt.dismiss()
    with pytest.raises(Refused):
        answer.get()
    assert target.read() == old(SIZE)


def test_two_jobs_may_read_one_file_below_two_drives(drives, caller, source, target, stalled):
    twin = drives.attach(source.file)
    (first,) = caller.call("Verify", verify(named(stalled), named(source)))
    (second,) = caller.call("Clone", clone(named(twin), named(target)))
    assert caller.report(second)["outcome"] == "verified"
    assert caller.property(first, "State") == "running"
    stalled.switch("stall_when", False)
    assert caller.report(first)["outcome"] == "mismatched"


def test_row_56_two_targets_over_one_file(drives, caller, source, target):
    """What is written through one of them would be gone as soon as the other one is written."""
    twin = drives.attach(target.file)
    for targets in ((target, twin), (twin, target)):
        assert refusal(caller, "Clone", clone(named(source), *map(named, targets))) == "SameDrive"
    assert target.read() == old(SIZE)


def test_row_57_what_is_known_of_jobs_lies_on_the_target(bus, caller, source, target, mount):
    """It is the system's, even where it has a drive of its own that nothing holds open."""
    format_ext4(target.path)
    bus.udisks_block(target.path)
    point = Path("/var/lib/platter-row-57")
    point.mkdir()
    try:
        mount(target.path, point=point)
        before = target.sha256()
        for unmount in (False, True):
            assert refusal(caller, "Clone", clone(named(source), named(target), unmount=unmount)) == "SystemDrive"
        assert os.path.ismount(point) and target.sha256() == before
    finally:
        run("umount", point)
        point.rmdir()


def test_what_else_is_no_target(drives, caller, source):
    small = drives.make(SIZE - 4096, old(SIZE - 4096))
    read_only = drives.make(SIZE, old(SIZE), read_only=True)
    sectors = drives.make(SIZE, old(SIZE), sector_size=4096)
    for target, error in ((small, "TooSmall"), (read_only, "ReadOnly"), (sectors, "SectorSize")):
        assert refusal(caller, "Clone", clone(named(source), named(target))) == error
        assert target.read() == old(target.size)
    parted = drives.make(SIZE, table=TABLE)
    parted.add_partitions()
    part = named(parted, number=GLib.Variant("t", os.stat(parted.partition(1)).st_rdev),
                 size=GLib.Variant("t", 8192 * 512))
    assert refusal(caller, "Clone", clone(named(source), part)) == "NotADrive"
