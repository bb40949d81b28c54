# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Jobs amid everything else that a computer does: automounters, suspending, a clock that is set, too little memory."""
import json

import pytest

from lab import room as rooms
from lab.content import MIB, noise, old

SIZE = 8 * MIB
UNIT = "platter-helper.service"


@pytest.fixture
def sticks(machine):
    made = []

    def plug(serial, *arguments, **keywords):
        made.append(machine.plug(serial, *arguments, **keywords))
        return made[-1]

    yield plug
    for stick in made:
        machine.pull(stick)


@pytest.fixture
def slow_clone(machine, sticks):
    """A clone that runs for some seconds: (the program, its target)."""
    source = sticks("STICK-SLOW", SIZE, noise(SIZE), rate=MIB // 4)
    target = sticks("STICK-TARGET", SIZE, old(SIZE))
    job = machine.launch("platterctl", "clone", "--yes", "--json", source.path, target.path)
    job.wait_for_progress(lambda line: line["phase"] == "copying" and line["done"] > 0, "it to copy")
    yield job, target
    job.wait()


def test_row_01_a_medium_error(machine, sticks):
    """The drive itself says that a sector is bad, and which."""
    target = sticks("STICK-TARGET", machine.disks["bad"].size)
    result = machine.run("platterctl", "clone", "--yes", "--json", machine.disks["bad"].path, target.path)
    assert result.status == 1, result
    (said,) = result.report["targets"]
    assert said["error-code"] == "read" and said["error-offset"] // MIB == 10, said
    assert target.stored(510, 2) != b"\x55\xaa"


def test_row_52_an_automounter_waits_until_the_job_is_over(machine, sticks, room):
    """It mounts a stick as soon as that is in, and the new content only once it is verified."""
    stick = sticks("STICK-AUTOMOUNT", SIZE, rate=2 * MIB)
    path = stick.path
    machine.tool("sh", "-c", f"truncate -s {SIZE} /var/tmp/fat.img; mkfs.vfat -n PLATTER /var/tmp/fat.img")
    automounter = machine.launch("python3", "-u", "/usr/local/lib/lab/automounter.py")
    automounter.wait_for(lambda line: line == "ready\n", "the automounter")
    job = machine.launch("platterctl", "write", "--yes", "--json", "/var/tmp/fat.img", path)
    job.wait_for_progress(lambda line: line["phase"] == "verifying", "it to verify")
    assert automounter.lines == ["ready\n"]
    assert machine.run("findmnt", path).status == 1
    assert job.wait().report["outcome"] == "verified"
    automounter.wait_for(lambda line: line.startswith("mounted"), "the automounter to find it")
    assert machine.run("findmnt", path).status == 0
    # And what it has mounted is in the way of the next job, until that may unmount it.
    again = ("platterctl", "write", "--yes", "--json", "/var/tmp/fat.img", path)
    refused = machine.run(*again)
    assert refused.status == 3 and refused.report["error"] == "Mounted", refused
    assert machine.run(*again, "--unmount").status == 0
    automounter.kill()
    machine.run("umount", path)


def test_what_is_mounted_below_a_home_is_in_use(machine, sticks):
    """Also for a helper that starts later, in a namespace of its own, and by another device with the same bytes."""
    stick = sticks("STICK-AT-HOME", SIZE)
    machine.tool("systemctl", "stop", UNIT)
    machine.tool("sh", "-c", f"""set -e
        mkdir -p /home/alice/stick /home/alice/image
        mkfs.ext4 -q {stick.path}; mount {stick.path} /home/alice/stick
        truncate -s {SIZE} /var/tmp/home.img; mkfs.ext4 -q /var/tmp/home.img
        mount $(losetup -f --show /var/tmp/home.img) /home/alice/image
        head -c {SIZE} /dev/urandom >/var/tmp/new.img""")
    other = machine.tool("losetup", "-f", "--show", "/var/tmp/home.img").strip()
    try:
        write = ("platterctl", "write", "--yes", "--json", "/var/tmp/new.img")
        refused = machine.run(*write, other, "--unmount")
        assert refused.status == 3 and refused.report["error"] == "KeptMounted", refused
        refused = machine.run(*write, stick.path)
        assert refused.status == 3 and refused.report["error"] == "Mounted", refused
        done = machine.run(*write, stick.path, "--unmount")
        assert done.status == 0, done
        assert machine.run("findmnt", stick.path).status == 1
    finally:
        machine.run("sh", "-c", f"umount /home/alice/image /home/alice/stick; losetup -d {other} $(losetup -nO NAME -j /var/tmp/home.img)")


def inhibitors(machine):
    told = machine.python(
        "import json; from gi.repository import Gio\n"
        "bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)\n"
        "print(json.dumps(bus.call_sync('org.freedesktop.login1', '/org/freedesktop/login1', "
        "'org.freedesktop.login1.Manager', 'ListInhibitors', None, None, 0, -1, None).unpack()[0]))")
    return [entry for entry in told if entry[1] == "Platter"]


def test_nobody_suspends_while_a_job_runs(machine, slow_clone):
    job, _ = slow_clone
    ((what, _, _, mode, user, _),) = inhibitors(machine)
    assert "sleep" in what.split(":") and "shutdown" in what.split(":") and mode == "block" and user == 0
    refused = machine.run("systemctl", "suspend", "--check-inhibitors=yes", user="alice", session=True)
    assert refused.status != 0 and "inhibited by \"Platter\"" in refused.stderr, refused
    assert job.wait().status == 0
    rooms.wait_until(lambda: inhibitors(machine) == [], "the inhibitor to be let go")


def test_row_99_the_clock_is_set(machine, slow_clone):
    """A day on, then two back: nothing that is measured notices."""
    job, target = slow_clone
    machine.tool("date", "--set=+1 day")
    job.wait_for_progress(lambda line: line["phase"] == "copying" and line["done"] > SIZE // 2, "it to go on")
    machine.tool("date", "--set=-2 days")
    result = job.wait()
    machine.tool("date", "--set=+1 day")
    assert result.status == 0, result
    for line in result.lines[:-1]:
        assert 0 <= line["elapsed"] < 200_000_000 and -1 <= line["remaining"] < 600_000_000, line
    assert target.stored() == noise(SIZE)


def test_row_97_out_of_memory(machine, sticks):
    """The kernel kills the worker: one job has failed, the helper lives, and the target looks like nothing."""
    source = sticks("STICK-SOURCE", 32 * MIB, noise(32 * MIB))
    target = sticks("STICK-TARGET", 32 * MIB, old(32 * MIB))
    command = ("platterctl", "clone", "--yes", "--json", source.path, target.path)
    folder = f"/run/systemd/system/{UNIT}.d"
    machine.tool("sh", "-c", f"mkdir -p {folder}; printf '[Service]\\nMemoryMax=16M\\n' >{folder}/little.conf; "
                             f"systemctl daemon-reload; systemctl stop {UNIT}")
    try:
        result = machine.run(*command)
        assert result.status == 1, result
        # It dies while it copies, or so early that there is no job yet.
        assert result.report.get("outcome", "failed") == "failed", result
        assert target.stored(0, MIB) != source.stored(0, MIB)
        assert machine.tool("systemctl", "is-active", UNIT).strip() == "active"
    finally:
        machine.tool("sh", "-c", f"rm -r {folder}; systemctl daemon-reload; systemctl stop {UNIT}")
    assert machine.run(*command).status == 0
    assert json.loads(machine.run("platterctl", "list", "--json").stdout.splitlines()[0])


def test_fat_holds_no_large_files(machine, sticks):
    """That is told before anything is written, and pieces are offered, which it does hold."""
    stick = sticks("STICK-FAT", 64 * MIB)
    machine.tool("sh", "-c", f"mkfs.vfat -I {stick.path} && mkdir -p /mnt/fat && mount {stick.path} /mnt/fat "
                             "&& truncate -s 4G /var/tmp/large.img && truncate -s 9M /var/tmp/small.img")
    large = machine.run("platterctl", "convert", "--yes", "/var/tmp/large.img", "/mnt/fat/disk.img")
    assert large.status == 3 and "FAT" in large.stderr and "in pieces" in large.stderr, large
    assert machine.tool("sh", "-c", "ls -A /mnt/fat").strip() == ""
    small = machine.run("platterctl", "convert", "--split", "4M", "/var/tmp/small.img", "/mnt/fat/disk.img")
    assert small.status == 0, small
    machine.tool("sh", "-c", "cat /mnt/fat/disk.img.??? | cmp - /var/tmp/small.img; umount /mnt/fat")
