# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""platterctl with UDisks2 and with the helper on the system bus."""
import os
import signal
import time

import pytest

from lab import content, processes, room as rooms
from lab.caller import HELPER, HELPER_PATH
from lab.content import MIB
from lab.platterctl import NOBODY


def listed(platterctl, drive, *options):
    """What `list` says of one drive; None if it does not."""
    result = platterctl("list", "--json", *options)
    assert result.status == 0, result
    assert all(line["type"] == "drive" for line in result.lines)
    return next((line for line in result.lines if line["device"] == drive.path), None)


def test_list_shows_loop_devices_with_all_only(platterctl_on_bus, bus, drives):
    drive = drives.make(16 * MIB, table="label: gpt\nsize=4MiB, name=First\n")
    path, _ = bus.udisks_block(drive.path)
    assert listed(platterctl_on_bus, drive) is None
    facts = listed(platterctl_on_bus, drive, "--all")
    assert facts["object"] == path
    assert facts["loop"] and not facts["system"]
    assert facts["name"] == drive.file.name
    assert facts["size"] == 16 * MIB


def test_names_of_a_drive_mean_the_same(platterctl_on_bus, bus, drives, room):
    drive = drives.make(16 * MIB)
    path, _ = bus.udisks_block(drive.path)
    link = room.new("link")
    for name in (drive.path, path):
        result = platterctl_on_bus("info", "--json", name)
        assert result.status == 0, result
        assert result.lines[0]["device"] == drive.path
        assert result.lines[0]["object"] == path
    assert platterctl_on_bus("info", link).status != 0


def test_somebody_who_is_allowed_clones_through_the_helper(platterctl_on_bus, bus, drives):
    data = content.mixed(8 * MIB)
    source, target = drives.make(8 * MIB, data), drives.make(8 * MIB, content.old(8 * MIB))
    for drive in (source, target):
        bus.udisks_block(drive.path)
    result = platterctl_on_bus("clone", "--yes", source, target, user=NOBODY)
    assert result.status == 0, result
    assert target.read() == data
    assert bus.polkit.asked()


def test_somebody_who_is_not_allowed_gets_status_6(platterctl_on_bus, bus, drives):
    source, target = drives.make(8 * MIB), drives.make(8 * MIB, content.old(8 * MIB))
    bus.polkit.answer("no")
    result = platterctl_on_bus("clone", "--yes", "--json", source, target, user=NOBODY)
    assert result.status == 6, result
    assert result.lines[-1]["error"] == "NotAuthorized"
    assert target.read() == content.old(8 * MIB)


def test_jobs_are_listed_watched_and_cancelled(platterctl_on_bus, bus, drives, faulty):
    source = drives.make(32 * MIB, content.noise(32 * MIB))
    held = faulty.make(32 * MIB, stall_writes=f"{8 * MIB}-{9 * MIB}", on=["stall_when"])
    running = platterctl_on_bus.start_in_background("clone", "--yes", "--json", source, held)
    held.wait_for("w", 8 * MIB, running)

    job = platterctl_on_bus("jobs", "--json").lines[0]
    assert job["type"] == "job" and job["state"] == "running" and job["kind"] == "clone"
    assert platterctl_on_bus("jobs", "cancel", "4000000000").status == 1

    watching = platterctl_on_bus.start_in_background("jobs", "watch", job["id"], "--json")
    rooms.wait_until(lambda: watching.output.read_text() or watching.poll() is not None, "the watching to begin")
    assert platterctl_on_bus("jobs", "cancel", job["id"]).status == 0
    platterctl_on_bus.wait_for_progress(running)
    held.switch("stall_when", False)
    for process in (running, watching):
        result = platterctl_on_bus.wait(process)
        assert result.status == 5, result
        assert result.report["outcome"] == "cancelled"


@pytest.fixture
def slow_clone(platterctl_on_bus, drives, faulty):
    """A clone that is under way: what is copied, the slow target, the process, and the job's number."""
    data = content.noise(32 * MIB)
    source = drives.make(32 * MIB, data)
    slow = faulty.make(32 * MIB, write_delay=150)
    running = platterctl_on_bus.start_in_background("clone", "--yes", "--json", source, slow)
    slow.wait_for("w", 8 * MIB, running)
    return data, slow, running, platterctl_on_bus("jobs", "--json").lines[0]["id"]


def test_who_cancels_again_does_not_put_off_the_end(platterctl_on_bus, bus, slow_clone):
    """A worker that does not answer is killed when the first Cancel has been waited for."""
    _, _, running, job = slow_clone
    worker = next(pid for pid in processes.descendants(bus.pid_of(HELPER))
                  if processes.name(pid).startswith("platter-worker"))
    os.kill(worker, signal.SIGSTOP)
    begun = time.monotonic()
    while running.poll() is None and time.monotonic() - begun < 40:
        platterctl_on_bus("jobs", "cancel", job)
        time.sleep(2)  # that others follow is what is tested
    took = time.monotonic() - begun
    result = platterctl_on_bus.wait(running)
    assert result.status == 5, result
    assert result.report["outcome"] == "cancelled"
    assert 9 < took < 25


def test_a_job_is_paused_and_resumed(platterctl_on_bus, slow_clone):
    data, slow, running, job = slow_clone

    assert platterctl_on_bus("jobs", "pause", job).status == 0
    before = slow.requests()
    assert platterctl_on_bus("jobs", "--json").lines[0]["paused"] is True
    assert "Paused" in platterctl_on_bus("jobs").stdout
    told = running.output.read_text()
    time.sleep(1)
    assert slow.requests() == before
    assert running.output.read_text() == told, "whoever is stopped now must not be told without end"
    assert slow.stored(0, MIB) != data[:MIB]

    assert platterctl_on_bus("jobs", "resume", job).status == 0
    result = platterctl_on_bus.wait(running)
    assert result.status == 0, result
    assert any(line.get("paused") for line in result.lines)
    assert slow.stored() == data


def test_what_would_do_nothing_is_refused(platterctl_on_bus, slow_clone):
    data, slow, running, job = slow_clone
    result = platterctl_on_bus("jobs", "finish", job)
    assert result.status == 1 and "Only a rescue" in result.stderr, result
    assert platterctl_on_bus("jobs", "pause", job).status == 0
    for more in (["/nowhere/x.img"], ["--only-connected"], ["--unmount"]):
        result = platterctl_on_bus("jobs", "resume", job, *more)
        assert result.status == 1 and "nothing can be given with it" in result.stderr, result
    assert platterctl_on_bus("jobs", "--json").lines[0]["paused"] is True
    assert platterctl_on_bus("jobs", "resume", job).status == 0
    assert platterctl_on_bus.wait(running).status == 0
    assert slow.stored() == data


def test_what_has_ended_cannot_be_paused(platterctl_on_bus):
    assert platterctl_on_bus("jobs", "pause", "4000000000").status == 1
    assert platterctl_on_bus("jobs", "pause").status == 2
    assert platterctl_on_bus("jobs", "halt", "1").status == 2


def test_watching_ends_without_the_job(platterctl_on_bus, bus, drives, faulty):
    data = content.noise(32 * MIB)
    source = drives.make(32 * MIB, data)
    held = faulty.make(32 * MIB, stall_writes=f"{8 * MIB}-{9 * MIB}", on=["stall_when"])
    running = platterctl_on_bus.start_in_background("clone", "--yes", "--json", source, held)
    held.wait_for("w", 8 * MIB, running)
    job = platterctl_on_bus("jobs", "--json").lines[0]["id"]
    watching = platterctl_on_bus.start_in_background("jobs", "watch", job, "--json")
    rooms.wait_until(lambda: watching.output.read_text() or watching.poll() is not None, "the watching to begin")
    watching.send_signal(signal.SIGINT)
    result = platterctl_on_bus.wait(watching)
    assert result.status == 5, result
    assert "goes on" in result.stderr
    held.switch("stall_when", False)
    result = platterctl_on_bus.wait(running)
    assert result.status == 0, result
    assert held.stored() == data


def test_who_pauses_and_resumes_without_end_holds_nobody_up(platterctl_on_bus, callers, slow_clone):
    data, slow, running, job = slow_clone
    caller = callers(0)
    for method in ("Pause", "Resume") * 300:
        caller.job(f"{HELPER_PATH}/jobs/{job}", method)
    assert platterctl_on_bus("jobs", "--json").lines[0]["state"] == "running"
    result = platterctl_on_bus.wait(running)
    assert result.status == 0, result
    assert slow.stored() == data
