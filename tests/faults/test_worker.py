# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The worker dies in the middle of a job: one job has failed, and nothing else has happened."""
import os
import signal
from pathlib import Path

from lab import content
from lab.bus import HELPER
from lab.content import MIB
from lab.room import wait_until

SIZE = 32 * MIB


def workers_on(path):
    """The processes that run platter-worker and have this drive open."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if not os.readlink(process / "exe").endswith(("/platter-worker", "/platter-worker-images")):
                continue
            if any(os.readlink(fd) == path for fd in (process / "fd").iterdir()):
                found.append(int(process.name))
        except OSError:
            continue  # it has ended in the meantime
    return found


def test_a_killed_worker_fails_its_job_only(platterctl_on_bus, bus, drives, faulty):
    data = content.noise(SIZE)
    source = drives.make(SIZE, data)
    target = faulty.make(SIZE, content.old(SIZE), stall_writes=f"{8 * MIB}-{9 * MIB}", on=["stall_when"])
    running = platterctl_on_bus.start_in_background("clone", "--yes", "--json", source, target)
    target.wait_for("w", 8 * MIB, running)
    helper = bus.pid_of(HELPER)
    (worker,) = wait_until(lambda: workers_on(target.path), "the worker")
    os.kill(worker, signal.SIGKILL)
    target.switch("stall_when", False)

    result = platterctl_on_bus.wait(running)
    assert result.status == 1, result
    assert result.report["outcome"] == "failed"
    assert "worker-crashed" in (result.report.get("error-code"), result.report["targets"][0].get("error-code"))
    head = target.stored(0, MIB)
    assert head != data[:MIB] and head[510:512] != b"\x55\xaa" and head[512:520] != b"EFI PART"
    assert bus.pid_of(HELPER) == helper

    # The drive is free again, and a second try ends well.
    again = platterctl_on_bus("clone", "--yes", "--json", source, target)
    assert again.status == 0, again
    assert target.stored() == data


def test_the_worker_lets_go_of_the_terminal(platterctl, drives, faulty):
    """Of root, who started platterctl there: what is typed is nothing for it to read, nor can it write there."""
    source = drives.make(SIZE, content.noise(SIZE))
    target = faulty.make(SIZE, content.old(SIZE), stall_writes=f"{8 * MIB}-{9 * MIB}", on=["stall_when"])
    ours, theirs = os.openpty()
    running = platterctl.start("clone", "--yes", "--json", source, target, stdin=theirs, stderr=theirs)
    os.close(theirs)
    target.wait_for("w", 8 * MIB, running)
    (worker,) = wait_until(lambda: workers_on(target.path), "the worker")
    opened = {os.readlink(fd) for fd in Path(f"/proc/{worker}/fd").iterdir()}
    assert os.readlink(f"/proc/{worker}/fd/2") == "/dev/null"
    assert not [path for path in opened if path.startswith(("/dev/pts", "pipe:"))], opened
    target.switch("stall_when", False)
    assert platterctl.wait(running).status == 0
    os.close(ours)
