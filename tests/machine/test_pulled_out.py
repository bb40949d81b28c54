# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Sticks that are pulled out while they are written, and what is put in instead."""
import json

import pytest

from lab import room as rooms
from lab.content import MIB, noise, old

SIZE = 8 * MIB
RATE = 2 * MIB
EDGE = MIB  # the first and the last of a target are written last

# Asks the helper by hand for a clone onto the drive that is named in the arguments, whatever is there now.
ASK = """
import json, sys
import gi
from gi.repository import Gio, GLib
source, target = map(json.loads, sys.argv[1:])
def named(drive):
    keys = {"number": "t", "diskseq": "t", "size": "t", "serial": "s", "object": "o"}
    return {key: GLib.Variant(kind, drive[key]) for key, kind in keys.items() if key in drive}
bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
try:
    bus.call_sync("org.platter.Helper1", "/org/platter/Helper1", "org.platter.Helper1", "Clone",
                  GLib.Variant("(a{sv}aa{sv}a{sv})", (named(source), [named(target)], {})), None, 0, -1, None)
    print(json.dumps("started"))
except GLib.Error as error:
    print(json.dumps(Gio.DBusError.get_remote_error(error)))
"""


@pytest.fixture
def image(machine):
    machine.python(f"import content; open('/var/tmp/disk.img', 'wb').write(content.noise({SIZE})); print(1)")
    return "/var/tmp/disk.img"


@pytest.fixture
def sticks(machine):
    """Makes sticks; those that are still there at the end are pulled out."""
    made = []

    def plug(serial, size=SIZE, **keywords):
        made.append(machine.plug(serial, size, old(size), **keywords))
        return made[-1]

    yield plug
    for stick in made:
        if not stick.is_out:
            machine.pull(stick)


def listed(machine, path):
    told = machine.tool("platterctl", "list", "--json").splitlines()
    return next(drive for drive in map(json.loads, told) if drive["device"] == path)


def looks_finished(stick):
    """Whether the places where a partition table or a file system would be known by have got the image's bytes."""
    data = noise(SIZE)
    return stick.stored(0, EDGE) == data[:EDGE]


MOMENTS = {
    "start": lambda line: line["phase"] == "copying" and line["targets"][0]["written"] > 0,
    "middle": lambda line: line["phase"] == "copying" and line["targets"][0]["written"] >= SIZE // 2,
    "end": lambda line: line["phase"] == "copying" and line["targets"][0]["written"] >= SIZE - 3 * MIB,
    "verification": lambda line: line["phase"] == "verifying" and line["targets"][0]["verified"] > 0,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_row_32_pulled_out(machine, image, sticks, moment):
    """At once an end with the truth, a stick that looks like nothing, and another one in its place stays as it is."""
    stick = sticks("STICK-PULLED", rate=RATE, port=1)
    path = stick.path
    job = machine.launch("platterctl", "write", "--yes", "--json", image, path)
    job.wait_for_progress(lambda line: line["type"] == "progress" and MOMENTS[moment](line), moment)
    machine.pull(stick)
    other = sticks("STICK-OTHER", port=1)
    result = job.wait()
    assert result.status == 1, result
    (target,) = result.report["targets"]
    assert result.report["outcome"] in ("failed", "unverified")
    assert target["error-phase"] in ("copying", "flushing", "verifying", "finishing")
    assert not looks_finished(stick)
    assert other.path and other.stored() == old(SIZE)
    assert machine.run("pgrep", "-x", "platter-worker").status == 1, "no worker is left"
    # The first one again: nothing stays reserved, and this time it goes well.
    machine.pull(other)
    again = sticks("STICK-PULLED", file=stick.file, port=1)
    result = machine.run("platterctl", "write", "--yes", "--json", image, again.path)
    assert result.status == 0, result
    assert again.stored() == noise(SIZE)


def test_row_33_another_stick_under_the_same_name(machine, sticks):
    """Between choosing and starting somebody has changed the stick: same node, same size, another one."""
    source = sticks("STICK-SOURCE", port=2)
    chosen = sticks("STICK-CHOSEN", port=1)
    drives = [listed(machine, stick.path) for stick in (source, chosen)]
    for drive in drives:
        drive["number"] = int(machine.python("import json, os, sys; print(os.stat(sys.argv[1]).st_rdev)", drive["device"]))
    machine.pull(chosen)
    rooms.wait_until(lambda: machine.run("test", "-e", drives[1]["device"]).status, "the node to go")
    other = sticks("STICK-ANOTHER", port=1)
    assert other.path == drives[1]["device"], "the kernel gives the name again"
    told = machine.python(ASK, *map(json.dumps, drives))
    assert told == "org.platter.Helper1.Error.IdentityChanged"
    assert other.stored() == old(SIZE)


def test_row_13_the_source_is_pulled_out(machine, sticks):
    source = sticks("STICK-SOURCE", rate=RATE, port=1)
    target = machine.disks["ssd"]
    job = machine.launch("platterctl", "clone", "--yes", "--json", source.path, target.path)
    job.wait_for_progress(lambda line: line["type"] == "progress" and MOMENTS["middle"](line), "the middle")
    machine.pull(source)
    result = job.wait()
    assert result.status in (1, 4), result
    assert result.report["outcome"] != "verified"
    assert machine.run("pgrep", "-x", "platter-worker").status == 1


def image_jobs(machine):
    """The numbers of the jobs that make an image, or could go on with one."""
    told = map(json.loads, machine.tool("platterctl", "jobs", "--json").splitlines())
    return [str(job["id"]) for job in told if job["kind"] == "image" and (job["state"] == "running" or job["resumable"])]


@pytest.mark.parametrize("ending", ["img", "img.zst"])
def test_an_image_goes_on_when_its_source_is_back(machine, sticks, ending):
    """What there is of it stays hidden, and the job in the list, until the same stick is there again."""
    size = 4 * SIZE
    source = sticks("STICK-IMAGED", size, rate=2 * RATE, port=1)
    path = f"/var/tmp/imaged.{ending}"
    job = machine.launch("platterctl", "image", "--json", source.path, path)
    job.wait_for_progress(lambda line: line["type"] == "progress" and line["read"] > 10 * MIB, "a part of it")
    (number,) = image_jobs(machine)
    assert machine.run("platterctl", "jobs", "pause", number).status == 0
    job.wait_for_progress(lambda line: line["type"] == "progress" and line["targets"][0]["durable"] > MIB,
                          "a part of it to be durable")
    machine.pull(source)
    machine.run("platterctl", "jobs", "resume", number)
    result = job.wait()
    assert result.status == 1 and result.report["outcome"] == "failed", result
    assert result.report["targets"][0]["error-code"] == "gone"
    assert machine.run("test", "-e", path).status == 1, "nothing looks like an image"
    other = sticks("STICK-OTHER", port=1)
    assert image_jobs(machine) == [number]
    refused = machine.run("platterctl", "jobs", "resume", number, "--json")
    assert refused.status == 3 and "not connected" in refused.stderr, refused
    machine.pull(other)
    again = sticks("STICK-IMAGED", size, file=source.file, port=1)
    rooms.wait_until(lambda: machine.run("platterctl", "info", again.path).status == 0, "it to be listed")
    result = machine.run("platterctl", "jobs", "resume", number, "--json")
    assert result.status == 0 and result.report["outcome"] == "verified", result
    compared = machine.run("platterctl", "verify", "--json", path, again.path)
    assert compared.status == 0 and compared.report["outcome"] == "verified", compared
