# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What the kernel says of running processes."""
import re
from pathlib import Path

from .room import wait_until


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


def status(pid, key):
    """What /proc/PID/status says of something; None if it does not."""
    found = re.search(rf"^{key}:\s*(.*)$", Path(f"/proc/{pid}/status").read_text(), re.M)
    return found and found.group(1)


def peak(pid):
    """The most memory that a process ever had resident, in bytes."""
    told = status(pid, "VmHWM")
    return int(told.split()[0]) * 1024 if told else 0


def name(pid):
    return Path(f"/proc/{pid}/comm").read_text().strip()


def looking(client):
    """The platter-look that a client has started, once it has closed its sandbox and looks: for what never answers."""
    def find():
        assert client.poll() is None, "it has looked already"
        found = [pid for pid in descendants(client.pid) if name(pid) == "platter-look"]
        # The system call filter comes last.
        return [pid for pid in found if status(pid, "Seccomp") == "2"]

    (pid,) = wait_until(find, "platter-look")
    return pid
