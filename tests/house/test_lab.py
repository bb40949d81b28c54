# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The lab itself: its drives are what they claim to be, and its faults really happen."""
import errno
import os
import subprocess

import pytest
from gi.repository import GLib

from lab import content, room as rooms
from lab.bus import POLKIT
from lab.content import MIB
from lab.platterctl import NOBODY


def write(drive, data, offset=0):
    """Past the cache and flushed, as a good program writes."""
    descriptor = os.open(drive, os.O_WRONLY | os.O_SYNC)
    try:
        os.pwrite(descriptor, data, offset)
    finally:
        os.close(descriptor)


def test_drive_has_its_content_and_goes_away(drives):
    data = content.mixed(4 * MIB)
    drive = drives.make(8 * MIB, data, sector_size=4096)
    assert drive.size == 8 * MIB
    assert drive.read() == data + bytes(4 * MIB)
    assert drive.read(4095, 3) == data[4095:4098]
    drives.detach(drive)
    assert rooms.backing_file(drive.path) != str(drive.file)


def test_read_only_drive_refuses_writes(drives):
    drive = drives.make(1 * MIB, read_only=True)
    with pytest.raises(OSError):
        write(drive, bytes(512))


def test_drive_with_table_has_partitions(drives):
    drive = drives.make(16 * MIB, table="label: gpt\nsize=4MiB\nsize=4MiB\n")
    drive.add_partitions()
    assert os.path.exists(drive.partition(2))


def test_flip_shows_in_reads_only(faulty):
    data = content.noise(4 * MIB)
    drive = faulty.make(4 * MIB, data, flip=2 * MIB, switches=["flip_when"])
    assert drive.read() == data
    drive.switch("flip_when")
    assert drive.read(2 * MIB, 1)[0] == data[2 * MIB] ^ 1
    assert drive.stored() == data


def test_dropped_writes_are_lost_silently(faulty):
    drive = faulty.make(4 * MIB, drop_after=1 * MIB)
    write(drive, b"x" * MIB)
    write(drive, b"y" * MIB, 2 * MIB)
    assert drive.read() == b"x" * MIB + bytes(3 * MIB)


def test_writes_to_an_area_are_dropped_as_often_as_wanted(faulty):
    """Only the area's own bytes are lost, and only of the first write that touches them; without a number, of each."""
    area = f"{MIB + 4096}-{MIB + 12288}"
    once, always = faulty.make(4 * MIB, drop=area, drop_times=1), faulty.make(4 * MIB, drop=area)
    for drive in (once, always):
        write(drive, b"x" * 4096, MIB + 12288)
        write(drive, b"x" * 16384, MIB)
        assert drive.read(MIB, 16384) == b"x" * 4096 + bytes(8192) + b"x" * 4096
        write(drive, b"y" * 8192, MIB + 4096)
    assert once.read(MIB, 16384) == b"x" * 4096 + b"y" * 8192 + b"x" * 4096
    assert always.read(MIB, 16384) == b"x" * 4096 + bytes(8192) + b"x" * 4096


def test_wrapping_drive_claims_more_than_it_stores(faulty):
    drive = faulty.make(8 * MIB, wrap=2 * MIB)
    write(drive, b"x" * 4096, 6 * MIB)
    assert drive.size == 8 * MIB
    assert drive.read(0, 4096) == b"x" * 4096


def test_bad_area_fails_reads_at_its_place_only(faulty):
    drive = faulty.make(4 * MIB, bad_reads=f"{MIB}-{MIB + 512}")
    assert drive.read(0, MIB) == bytes(MIB)
    with pytest.raises(OSError) as failure:
        drive.read(MIB, 512)
    assert failure.value.errno == errno.EIO


def test_failing_writes_and_flushes_are_reported(faulty):
    drive = faulty.make(4 * MIB, switches=["flush_fails", "bad_writes_when"])
    for switch in ("flush_fails", "bad_writes_when"):
        drive.switch(switch)
        with pytest.raises(OSError):
            write(drive, bytes(4096))
        drive.switch(switch, False)
    write(drive, b"z" * 4096)
    assert drive.stored(0, 4096) == b"z" * 4096


def test_vanished_drive_fails_at_once(faulty):
    drive = faulty.make(4 * MIB)
    assert drive.read(0, 512) == bytes(512)
    drive.vanish()
    with pytest.raises(OSError):
        drive.read(0, 512)


def test_stalled_drive_is_taken_down_in_time(faulty):
    drive = faulty.make(4 * MIB, switches=["stall_when"])
    drive.switch("stall_when")
    reader = rooms.start(["dd", f"if={drive}", "of=/dev/null", "bs=4k", "count=1", "iflag=direct"],
                         stderr=subprocess.DEVNULL)
    rooms.wait_until(lambda: [kind for kind, *_ in drive.requests()][-1:] == ["r"], "a read to reach the drive")
    assert reader.poll() is None
    faulty.close()
    assert reader.wait(60) != 0


def test_leftovers_of_a_killed_session_are_cleared():
    """A session that was killed cannot detach its drives; the next one does."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    left = rooms.Room()
    file = left.new("drive.img")
    file.write_bytes(bytes(MIB))
    device = rooms.run("losetup", "-f", "--show", file).strip()
    left._lock.close()  # what the kernel does to a killed process
    rooms.Room().close()
    assert rooms.backing_file(device) != str(file)
    assert not left.path.exists()


def test_bus_has_its_daemons_and_lists_drives(bus, drives):
    drive = drives.make(16 * MIB, table="label: gpt\nsize=4MiB\n")
    _, interfaces = bus.udisks_block(drive.path)
    assert interfaces["org.freedesktop.UDisks2.Block"]["DeviceNumber"] == drive.number
    rooms.wait_until(lambda: not bus.inhibitors(), "an earlier job's inhibitor to go")


@pytest.mark.parametrize(("answer", "allowed"), [("yes", True), ("no", False)])
def test_polkitd_answers_as_it_is_told(bus, answer, allowed):
    """Asked about somebody who is not root, through the bus, as the helper asks."""
    bus.polkit.answer(answer, "org.freedesktop.udisks2.modify-device")
    script = (
        "import sys; from gi.repository import Gio\n"
        "flags = Gio.DBusConnectionFlags\n"
        "connection = Gio.DBusConnection.new_for_address_sync(\n"
        "    sys.argv[1], flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)\n"
        "print(connection.get_unique_name(), flush=True); sys.stdin.read()\n")
    somebody = rooms.start(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "/usr/bin/python3", "-c", script,
         bus.address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    name = somebody.stdout.readline().strip()
    subject = ("system-bus-name", {"name": GLib.Variant("s", name)})
    result = bus.call(POLKIT, "/org/freedesktop/PolicyKit1/Authority", f"{POLKIT}.Authority", "CheckAuthorization",
                      GLib.Variant("((sa{sv})sa{ss}us)", (subject, "org.freedesktop.udisks2.modify-device", {}, 0, "")))
    somebody.communicate()
    assert result[0][0] is allowed
    assert bus.polkit.asked() == ["org.freedesktop.udisks2.modify-device"]
