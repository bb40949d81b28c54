# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""udev for the drives of a session. There is one udevd to a machine: whoever needs it holds a shared lock, the last one
to leave ends it, and one that was running already is only used.
"""
import fcntl
import os
import signal
import subprocess
from pathlib import Path

from . import room as rooms

USERS = Path("/run/platter-lab-udevd")  # shared lock: it is needed; content: the process that we started
DOOR = Path("/run/platter-lab-udevd.door")  # exclusive lock: somebody is just starting or ending it
PROGRAM = "/lib/systemd/systemd-udevd"


def _answers():
    done = subprocess.run(["udevadm", "control", "--ping"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    return done.returncode == 0


class Udevd:
    """Hold it as long as udev is needed."""

    def __init__(self):
        self._users = open(USERS, "a+")
        with open(DOOR, "w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            if not _answers():
                self._start()
            fcntl.flock(self._users, fcntl.LOCK_SH)

    def _start(self):
        process = subprocess.Popen([PROGRAM], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        self._users.truncate(0)
        self._users.write(str(process.pid))
        self._users.flush()
        rooms.wait_until(lambda: _answers() or process.poll() is not None, "udevd to answer")
        rooms.run("udevadm", "trigger", "--subsystem-match=block", "--action=add")

    def close(self):
        with open(DOOR, "w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._end_ours()
            except BlockingIOError:
                pass  # another session needs it
            self._users.close()

    def _end_ours(self):
        self._users.seek(0)
        pid = self._users.read().strip()
        self._users.truncate(0)
        try:
            name = Path(f"/proc/{int(pid)}/comm").read_text().strip()
        except (ValueError, OSError):
            return
        if name == "systemd-udevd":
            os.kill(int(pid), signal.SIGTERM)
            rooms.wait_until(lambda: not _alive(int(pid)), "udevd to end")


def _alive(pid):
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
    return Path(f"/proc/{pid}").exists()
