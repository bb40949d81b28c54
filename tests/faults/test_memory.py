# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Memory does not grow with the disk: helper and worker together stay below 128 MiB."""
import json
import signal
from pathlib import Path

import pytest

from lab import content
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
def test_memory_stays_bounded(platterctl, drives, faulty, size):
    """Measured in the middle of the job, which the source holds up so that it cannot end before; then cancelled."""
    data = content.noise(64 * MIB)
    source = faulty.make(size, data, switches=["stall_when"])
    target = drives.make(size, content.old(MIB))
    running = platterctl.start("clone", "--yes", "--json", source, target)
    for line in running.stdout:
        told = json.loads(line)
        assert told["type"] == "progress", told
        if told["phase"] == "copying" and told["done"] > 512 * MIB:
            break
    source.switch("stall_when")
    peaks = {name(pid): peak(pid) for pid in descendants(running.pid)}
    running.send_signal(signal.SIGINT)
    source.switch("stall_when", on=False)
    rest, _ = running.communicate(timeout=240)
    assert sorted(peaks) == ["platter-helper", "platter-worker"]
    assert sum(peaks.values()) < LIMIT, peaks
    assert json.loads(rest.splitlines()[-1])["outcome"] == "cancelled"
    head = target.read(0, MIB).rstrip(b"\0")
    assert head.startswith(b"Platter: ") and len(head) < 512, "it looks like a copy"
    assert target.read(MIB, 63 * MIB) == data[MIB:]
