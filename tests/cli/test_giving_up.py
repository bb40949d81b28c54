# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Jobs that are given up while they are being started: what is said of them is so."""
import os
import signal
import time

import pytest
from gi.repository import GLib

from lab import content, processes, room as rooms
from lab.bus import HELPER
from lab.content import MIB
from lab.platterctl import NOBODY

SIZE = 24 * MIB
DATA = content.noise(SIZE)
OLD = content.old(SIZE)


def is_worker(pid):
    try:
        return processes.name(pid).startswith("platter-worker")
    except OSError:  # it has ended meanwhile
        return False


def workers(pid):
    return [below for below in processes.descendants(pid) if is_worker(below)]


def wait_for_worker(process, helper):
    """The worker of a job that is being started; None if all was over before it was seen."""
    rooms.wait_until(lambda: workers(helper) or process.poll() is not None, "the worker", pause=0.001)
    return next(iter(workers(helper)), None)


def check_given_up(platterctl, result, target):
    """Nobody is told that it is over while it goes on, or that nothing has come of it when something has."""
    if result.status == 0:
        assert target.read() == DATA
        return
    assert result.status == 5, result
    assert platterctl("jobs", "--json").lines == []
    if target.read() == OLD:
        return
    assert "Nothing was written" not in result.stderr
    assert "Cancelled" in result.stderr + result.stdout, result
    time.sleep(0.2)
    before = target.read()
    time.sleep(0.5)
    assert target.read() == before, "nothing goes on"


@pytest.fixture
def ends(drives):
    return drives.make(SIZE, DATA), drives.make(SIZE, OLD)


@pytest.mark.parametrize("ms", range(0, 64, 8))
def test_at_any_moment_of_the_start_with_a_helper_of_its_own(platterctl, ends, ms):
    process = platterctl.start("clone", "--yes", *ends)
    wait_for_worker(process, process.pid)
    time.sleep(ms / 1000)
    process.send_signal(signal.SIGINT)
    check_given_up(platterctl, platterctl.wait(process), ends[1])


@pytest.mark.parametrize("ms", range(0, 64, 8))
def test_at_any_moment_of_the_start(platterctl_on_bus, bus, ends, ms):
    platterctl_on_bus("jobs")
    process = platterctl_on_bus.start("clone", "--yes", *ends)
    wait_for_worker(process, bus.pid_of(HELPER))
    time.sleep(ms / 1000)
    process.send_signal(signal.SIGTERM if ms % 16 else signal.SIGINT)
    check_given_up(platterctl_on_bus, platterctl_on_bus.wait(process), ends[1])


def test_the_answer_is_on_its_way(platterctl_on_bus, bus, drives, faulty, callers):
    """The job runs, and whoever gives it up does not know yet."""
    source, slow = drives.make(SIZE, DATA), faulty.make(SIZE, OLD, write_delay=150)
    platterctl_on_bus("jobs")
    helper = bus.pid_of(HELPER)
    process = platterctl_on_bus.start_in_background("clone", "--yes", "--json", source, slow)
    worker = wait_for_worker(process, helper)
    assert worker, platterctl_on_bus.wait(process)
    os.kill(worker, signal.SIGSTOP)
    process.send_signal(signal.SIGSTOP)
    os.kill(worker, signal.SIGCONT)
    slow.wait_for("w", 2 * MIB, process)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    result = platterctl_on_bus.wait(process)
    assert result.status == 5, result
    assert result.report["type"] == "report" and result.report["outcome"] == "cancelled"
    assert workers(helper) == []
    assert slow.stored()[:MIB] != DATA[:MIB]
    assert platterctl_on_bus("jobs", "--json").lines == []


def stop(pid):
    """Returns whether the process is there, and stands still."""
    try:
        os.kill(pid, signal.SIGSTOP)
        return rooms.wait_until(lambda: processes.status(pid, "State")[0] in "TZ" and processes.status(pid, "State"),
                                "it to stop")[0] == "T"
    except (OSError, TypeError):
        return False


def stop_worker_in_time(platterctl, source, target, helper, caller):
    """Starts jobs until the worker of one could be stopped before it was ready."""
    while True:
        process = platterctl.start("clone", "--yes", source, target)
        worker = wait_for_worker(process, helper)
        if worker and stop(worker):
            if not caller.jobs():
                return process, worker
            os.kill(worker, signal.SIGCONT)
        assert platterctl.wait(process).status == 0
        with open(target.path, "r+b") as node:
            node.write(OLD)


def test_whoever_asked_is_killed_before_the_worker_is_ready(platterctl_on_bus, bus, ends, callers):
    source, target = ends
    caller = callers()
    caller.jobs()
    helper = bus.pid_of(HELPER)
    process, worker = stop_worker_in_time(platterctl_on_bus, source, target, helper, caller)
    names = set(bus.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames")[0])
    process.kill()
    process.wait()
    rooms.wait_until(lambda: names - set(bus.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames")[0]),
                     "the bus to see it leave")
    caller.jobs()  # whatever the bus told the helper before has arrived there
    os.kill(worker, signal.SIGCONT)
    rooms.wait_until(lambda: workers(helper) == [], "the worker to end")
    assert caller.jobs() == {}
    assert target.read() == OLD


def test_nobody_is_asked_for_a_password_any_more(platterctl_on_bus, bus, ends, agents):
    """The question is withdrawn, and platterctl ends without waiting for anybody to answer it."""
    source, target = ends
    for drive in ends:
        bus.udisks_block(drive.path)
    bus.polkit.answer("auth_admin")
    platterctl_on_bus("jobs")
    helper = bus.pid_of(HELPER)
    os.kill(helper, signal.SIGSTOP)
    process = platterctl_on_bus.start("clone", "--yes", "--json", source, target, user=NOBODY)
    process.user = NOBODY
    rooms.wait_until(lambda: processes.status(process.pid, "Uid").split()[0] == str(NOBODY), "platterctl")
    agent = agents(process)
    os.kill(helper, signal.SIGCONT)
    agent.next()
    process.send_signal(signal.SIGINT)
    agent.cancelled.get(timeout=120)
    result = platterctl_on_bus.wait(process)
    assert result.status == 5, result
    assert result.lines[-1]["error"] == "Cancelled"
    assert "Nothing was written" in result.stderr
    assert target.read() == OLD


def test_a_call_that_is_unknown_cannot_be_given_up(bus, callers):
    """Or is another's, or was answered: nothing happens."""
    callers(NOBODY).call("GiveUp", GLib.Variant("(u)", (4000000000,)))
