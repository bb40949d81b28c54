# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Memory does not grow with the disk: helper and worker together stay below 128 MiB."""
import json
import signal
from pathlib import Path

import pytest

from lab.content import MIB

GIB = 1 << 30
LIMIT = 128 * MIB


def descendants(pid):
    """The processes below one."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def peak(pid):
    """The most memory that a process ever had resident, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def name(pid):
    return Path(f"/proc/{pid}/comm").read_text().strip()


@pytest.mark.parametrize("size", [10 * GIB, 8192 * GIB], ids=["10-GiB", "8-TiB"])
def test_memory_stays_bounded(platterctl, drives, size):
    """Measured once a good part was copied; nobody waits for the rest."""
    source, target = drives.make(size), drives.make(size)
    running = platterctl.start("clone", "--yes", "--json", source, target)
    for line in running.stdout:
        progress = json.loads(line)
        if progress["type"] == "progress" and progress["phase"] == "copying" and progress["done"] > GIB:
            break
        assert progress["type"] != "report", progress
    processes = descendants(running.pid)
    peaks = {name(pid): peak(pid) for pid in processes}
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=240)
    assert sorted(peaks) == ["platter-helper", "platter-worker"]
    assert sum(peaks.values()) < LIMIT, peaks
    assert running.returncode == 5
