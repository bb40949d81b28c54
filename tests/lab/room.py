# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A room of its own for each test session: one folder on a real disk that holds every file of it.

The folder's lock is held as long as the session lives, so that the next session can tell what a killed one left
behind, detach its drives and remove it. Nobody else's drives are touched.
"""
import fcntl
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PREFIX = "platter-lab-"
PLACE = Path("/var/tmp")
PATIENCE = 120  # seconds; a deadline that no working machine reaches


def wait_until(condition, what, patience=PATIENCE, pause=0.02, longest=0):
    """Polls until condition() is true and returns its value; `what` may be a function that words the message. What is dear to ask is
    asked more and more seldom, up to a `longest` pause."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience} s in vain: {what() if callable(what) else what}")
        time.sleep(pause)
        pause = max(pause, min(pause * 1.5, longest))


def start(command, **keywords):
    """A child process that dies with the test session, however that ends. A function in the child would have Python fork, which copies
    the tables of all that the session has in memory: on a virtual machine that takes up to a second."""
    keywords.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(["/usr/bin/setpriv", "--pdeathsig", "KILL", "--", *(str(word) for word in command)], **keywords)


def end(process, patience=10):
    """Ends a child: asks first, then insists."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def run(*command, **keywords):
    """A tool that has to succeed; returns what it printed."""
    keywords.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=PATIENCE, **keywords)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def backing_file(device):
    """The file below a loop device, or None when it is detached."""
    try:
        name = Path(f"/sys/block/{Path(device).name}/loop/backing_file").read_text().rstrip("\n")
    except OSError:
        return None
    return name.removesuffix(" (deleted)")


def loops_below(folder):
    """All loop devices whose file lies in a folder."""
    nodes = (Path("/dev") / path.name for path in Path("/sys/block").glob("loop*"))
    return [str(node) for node in nodes if (backing_file(node) or "").startswith(f"{folder}/")]


def mounts_below(folder):
    """All mount points in a folder, and those of its loop devices; the innermost first."""
    ours = set(loops_below(folder))
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = line.split()[4].encode().decode("unicode_escape")
        source = line.split(" - ")[1].split()[1]
        if point.startswith(f"{folder}/") or any(source.startswith(loop) and source.removeprefix(loop)[:1] in ("", "p")
                                                 for loop in ours):
            found.append(point)
    return found[::-1]


def detach(device, patience=PATIENCE):
    """Detaches a loop device and waits until the kernel has let go of it."""
    file = backing_file(device)
    if file is None:
        return
    subprocess.run(["losetup", "-d", device], stdin=subprocess.DEVNULL, capture_output=True, timeout=patience)
    wait_until(lambda: backing_file(device) != file, f"{device} to be detached from {file}", patience)


def unmount(point):
    """Takes a mount point away at once, whoever uses it."""
    subprocess.run(["umount", "-l", point], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)


def clear(folder):
    """Takes down all that stands in a folder, innermost first, and removes it."""
    for point in mounts_below(folder):
        if Path(point).name != "mount.nbdfuse":
            unmount(point)
    for device in loops_below(folder):
        try:
            detach(device, 30)
        except (TimeoutError, subprocess.TimeoutExpired):
            pass  # it is held open by a process that is not ours; the kernel detaches it with the last close
    for point in mounts_below(folder):
        unmount(point)
    shutil.rmtree(folder, ignore_errors=True)


class Room:
    """The session's folder."""

    def __init__(self):
        self._clear_leftovers()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=PLACE))
        self.path.chmod(0o755)
        self._lock = open(self.path / "lock", "w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._count = 0

    @staticmethod
    def _clear_leftovers():
        for folder in PLACE.glob(f"{PREFIX}*"):
            try:
                with open(folder / "lock") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    clear(folder)
            except OSError:
                continue  # alive, just being made or just being removed by another session

    def new(self, name):
        """A path that was not given out before."""
        self._count += 1
        return self.path / f"{self._count}-{name}"

    def folder(self, name):
        path = self.new(name)
        path.mkdir()
        return path

    def close(self):
        clear(self.path)
        self._lock.close()
