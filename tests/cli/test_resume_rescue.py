# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Rescues that were cut off: the helper keeps their map, and they go on with it."""
import os
import random
import re
import signal

import pytest
from gi.repository import GLib

from lab import content, processes, room as rooms
from lab.caller import Refused, clone, named
from lab.content import MIB
from lab.platterctl import NOBODY

SIZE = 32 * MIB
DATA = content.noise(SIZE)
OLD = content.old(SIZE)
BAD = (20 * MIB + 4096, 20 * MIB + 4096 + 256 * 1024)
RESCUED = DATA[:BAD[0]] + OLD[BAD[0]:BAD[1]] + DATA[BAD[1]:]
KINDS = {"rescue": None, "clone": ["clone", "--on-error", "rescue"], "skip": ["clone", "--on-error", "skip"]}


@pytest.fixture
def begin(platterctl, room, source, target):
    """Starts a job of one of the kinds in the background."""
    def start(kind="rescue"):
        command = KINDS[kind] or ["rescue", "--map", room.new("user.map")]
        return platterctl.start_in_background(*command, "--yes", "--json", source, target)

    return start


@pytest.fixture
def source(faulty):
    return faulty.make(SIZE, DATA, bad_reads=f"{BAD[0]}-{BAD[1]}", read_delay=4)


@pytest.fixture
def target(faulty):
    return faulty.make(SIZE, OLD)


def kept(platterctl):
    """What the map that the helper keeps calls finished: (from, to)."""
    journal = next(platterctl.state.glob("*.job"), None)
    text = journal.read_bytes() if journal else b""
    return [(int(at, 0), int(at, 0) + int(size, 0)) for at, size in re.findall(rb"(0x[0-9A-F]+) +(0x[0-9A-F]+) +\+\n", text)]


def kill(process, name, how=signal.SIGKILL):
    pids = [pid for pid in processes.descendants(process.pid) if processes.name(pid) == name]
    for pid in pids:
        os.kill(pid, how)


def resumable(platterctl):
    return [job["id"] for job in platterctl("jobs", "--json").lines if job["resumable"]]


def overlap(reads, ranges):
    return sum(max(0, min(at + length, end) - max(at, start)) for at, length in reads for start, end in ranges)


def finish(platterctl, target, job):
    result = platterctl("jobs", "resume", str(job), "--yes", "--json")
    assert result.status == 4, result
    report = result.report
    assert report["outcome"] == "incomplete"
    assert target.stored() == RESCUED
    assert platterctl("jobs", "--json").lines == []
    assert list(platterctl.state.glob("*.job")) == []
    return report


@pytest.mark.parametrize("name, how", [("platter-helper", signal.SIGKILL), ("platter-helper", signal.SIGTERM),
                                       ("platter-worker", signal.SIGKILL)])
@pytest.mark.parametrize("kind", KINDS)
def test_goes_on_with_its_map(platterctl, begin, source, target, kind, name, how):
    """What was durable is neither read nor written again, but for a few sectors that are compared."""
    running = begin(kind)
    source.wait_for("r", BAD[0], running)
    running.send_signal(signal.SIGTSTP)
    os.waitpid(running.pid, os.WUNTRACED)  # paused: all that was written is durable
    rooms.wait_until(lambda: sum(end - start for start, end in kept(platterctl)) > 2 * MIB, "the map to be kept")
    finished = kept(platterctl)
    kill(running, name, how)
    running.send_signal(signal.SIGCONT)
    assert platterctl.wait(running).status in (1, 5)
    assert target.stored(0, MIB) != DATA[:MIB]

    (job,) = resumable(platterctl)
    assert "resumed" in platterctl("jobs").stdout
    reads, writes = len(source.requests()), len(target.requests())
    report = finish(platterctl, target, job)
    assert report["carried"] >= sum(end - start for start, end in finished)
    if kind != "skip":
        assert [list(place) for place in report["missing"]] == [[BAD[0], BAD[1] - BAD[0]]]
    # Whoever looks for tables on the drives reads their first and last MiB, too.
    inside = [(max(start, 2 * MIB), min(end, SIZE - 2 * MIB)) for start, end in finished]
    read = [(at, length) for made, at, length in source.requests()[reads:] if made == "r"]
    assert overlap(read, inside) <= 64 * 1024, "what was durable is read again"
    written = [(at, length) for made, at, length in target.requests()[writes:] if made in "wzt"]
    assert overlap(written, inside) == 0, "what was durable is written again"


@pytest.mark.parametrize("seed", range(3))
def test_ends_the_same_wherever_it_is_cut_off(platterctl, begin, source, target, seed):
    chance = random.Random(seed)
    cuts = 0
    running = begin()
    for _ in range(5):
        until = len(source.requests()) + chance.randrange(20, 300)
        rooms.wait_until(lambda: len(source.requests()) > until or running.poll() is not None, "reads")
        kill(running, chance.choice(["platter-helper", "platter-worker"]))
        status = platterctl.wait(running).status
        cuts += status == 1
        ids = resumable(platterctl)
        if status == 4:
            break
        running = platterctl.start_in_background("jobs", "resume", str(ids[0]), "--yes", "--json") if ids else begin()
    result = platterctl.wait(running)
    assert cuts > 0
    assert result.status == 4, result
    assert [list(place) for place in result.report["missing"]] == [[BAD[0], BAD[1] - BAD[0]]]
    assert target.stored() == RESCUED


@pytest.fixture
def cut_off(platterctl, begin, source):
    running = begin()
    source.wait_for("r", BAD[0], running)
    running.send_signal(signal.SIGTSTP)
    os.waitpid(running.pid, os.WUNTRACED)
    rooms.wait_until(lambda: kept(platterctl), "the map to be kept")
    kill(running, "platter-helper")
    running.send_signal(signal.SIGCONT)
    platterctl.wait(running)
    return resumable(platterctl)[0]


def test_goes_on_to_several_drives(platterctl, drives, source, target):
    """Each with its own map, and in one of them something else is by now: the others go on."""
    second, third = drives.make(SIZE, OLD), drives.make(SIZE + 4 * MIB, content.old(SIZE + 4 * MIB))
    running = platterctl.start_in_background("clone", "--on-error", "rescue", "--yes", "--json", source, target, second, third)
    source.wait_for("r", BAD[0], running)
    running.send_signal(signal.SIGTSTP)
    os.waitpid(running.pid, os.WUNTRACED)
    looked_at = (2 * MIB, BAD[0] // 2)
    wanted = 3 * (looked_at[1] - looked_at[0])
    rooms.wait_until(lambda: overlap([(looked_at[0], wanted // 3)], kept(platterctl)) == wanted, "the maps to be kept")
    kill(running, "platter-helper")
    running.send_signal(signal.SIGCONT)
    assert platterctl.wait(running).status == 1
    (job,) = resumable(platterctl)
    with open(second.path, "r+b", buffering=0) as drive:
        drive.write(content.noise(SIZE, seed=5))
        os.fsync(drive.fileno())
    reads = len(source.requests())
    report = platterctl("jobs", "resume", str(job), "--yes", "--json").report
    assert [one["verdict"] for one in report["targets"]] == ["incomplete", "failed", "incomplete"]
    assert report["targets"][1]["error-code"] == "changed"
    assert target.stored() == RESCUED and third.read()[:SIZE] == RESCUED[:BAD[0]] + \
        content.old(SIZE + 4 * MIB)[BAD[0]:BAD[1]] + RESCUED[BAD[1]:]
    assert second.read() == content.noise(SIZE, seed=5)
    read = [(at, length) for made, at, length in source.requests()[reads:] if made == "r"]
    assert overlap(read, [looked_at]) <= 96 * 1024, "what was durable is read again"
    assert resumable(platterctl), "the right drive may still come"


def test_what_was_wanted_is_kept_too(platterctl, room, source, target):
    domain = room.new("domain.map")
    domain.write_text(f"0 + 1\n0 {4 * MIB} ?\n{4 * MIB} {24 * MIB} +\n{28 * MIB} {4 * MIB} ?\n")
    running = platterctl.start_in_background("rescue", "--map", room.new("user.map"), "--yes", "--json", "--domain", domain,
                                             source, target)
    source.wait_for("r", BAD[0], running)
    running.send_signal(signal.SIGTSTP)
    os.waitpid(running.pid, os.WUNTRACED)
    rooms.wait_until(lambda: kept(platterctl), "the map to be kept")
    kill(running, "platter-helper")
    running.send_signal(signal.SIGCONT)
    platterctl.wait(running)
    domain.unlink()
    reads = len(source.requests())
    (job,) = resumable(platterctl)
    result = platterctl("jobs", "resume", str(job), "--yes", "--json")
    assert result.report["outcome"] == "incomplete"
    assert [list(place) for place in result.report["missing"]] == [[BAD[0], BAD[1] - BAD[0]]]
    assert target.stored(4 * MIB, 24 * MIB) == RESCUED[4 * MIB:28 * MIB]
    assert target.stored(MIB, 3 * MIB) == OLD[MIB:4 * MIB]
    # Whoever is told of a new drive looks for file systems on it, by the page; a rescue reads by the cluster.
    read = [(at, length) for made, at, length in source.requests()[reads:] if made == "r" and length > 4096]
    assert overlap(read, [(2 * MIB, 4 * MIB), (28 * MIB, 30 * MIB)]) == 0, "what was not wanted is read"


def test_a_target_that_was_used_in_between_is_found_out(platterctl, target, cut_off):
    with open(target.path, "r+b", buffering=0) as drive:
        drive.write(content.noise(MIB, seed=5))
        os.fsync(drive.fileno())
    before = target.stored()
    result = platterctl("jobs", "resume", str(cut_off), "--yes", "--json")
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == "changed"
    assert target.stored() == before
    assert resumable(platterctl), "the right drive may still come"


def test_a_torn_record_is_never_believed(platterctl, target, cut_off):
    journal = next(platterctl.state.glob("*.job"))
    text = journal.read_bytes()
    for torn in (text[:-1], text[:-9] + bytes([text[-9] ^ 1]) + text[-8:], text.replace(b"platter-job 3", b"platter-job 1")):
        journal.write_bytes(torn)
        assert platterctl("jobs", "--json").lines == []
    journal.write_bytes(text)
    finish(platterctl, target, cut_off)


def test_a_rescue_is_resumed_as_one_and_nothing_else_is(callers, bus, source, target):
    bus.polkit.answer("yes")
    owner = callers(NOBODY)
    rescue = GLib.Variant("s", "rescue")
    (job,) = owner.call("Clone", clone(named(source), named(target), on_error=rescue))
    rooms.wait_until(lambda: owner.property(job, "Progress")["done"] >= 8 * MIB, "a part to be copied")
    owner.job(job, "Pause")
    bus.end_helper_once_kept()
    job = next(job["org.platter.Helper1.Job"] for job in owner.jobs().values())
    number = GLib.Variant("u", job["Id"])
    for options in ({}, {"on_error": GLib.Variant("s", "ask")}, {"on_error": rescue, "verify": False}):
        with pytest.raises(Refused) as caught:
            owner.call("Clone", clone(named(source), named(target), resume=number, **options))
        assert caught.value.name == "InvalidArguments"
    assert target.stored(0, MIB) != DATA[:MIB]
    (job,) = owner.call("Clone", clone(named(source), named(target), resume=number, on_error=rescue))
    assert owner.report(job)["outcome"] == "incomplete"
    assert target.stored() == RESCUED
    owner.job(job, "Release")
