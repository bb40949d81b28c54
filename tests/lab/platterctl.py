# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Runs the built command line, as root or as somebody else, with or without the private system bus."""
import json
import os
import pty
import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import room as rooms

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("PLATTER_BUILD_DIR", TOP / "build")).resolve()
NOBODY = 65534
# Where it would be installed.
PREFIX = Path(next(option["value"] for option in json.loads((BUILD / "meson-info/intro-buildoptions.json").read_text())
                   if option["name"] == "prefix"))


def as_installed(folder, *command):
    """The command for a mount namespace in which what is in a folder is installed."""
    return ["unshare", "--mount", "--propagation", "slave", "sh", "-c",
            'mount -t overlay -o "lowerdir=$0:$1" overlay "$1" && shift && exec "$@"', folder, PREFIX, *command]


def clean_environment(home, system_bus=None, **more):
    """The same environment everywhere: nothing of the machine's own buses, display or settings gets in."""
    keep = ("PATH", "CI", "PLATTER_BUILD_DIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS")
    environment = {key: os.environ[key] for key in keep if key in os.environ}
    environment.setdefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
    environment |= {
        "HOME": str(home),
        "XDG_CACHE_HOME": f"{home}/cache",
        "XDG_CONFIG_HOME": f"{home}/config",
        "XDG_DATA_HOME": f"{home}/data",
        "XDG_RUNTIME_DIR": str(home),
        "STATE_DIRECTORY": f"{home}/state",
        "LC_ALL": "C.UTF-8",
        "G_DEBUG": "fatal-warnings",
        "GSETTINGS_BACKEND": "memory",
        "DBUS_SYSTEM_BUS_ADDRESS": system_bus or f"unix:path={home}/no-bus",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/no-bus",
    }
    return environment | {key: str(value) for key, value in more.items()}


class Result:
    """How a run of platterctl ended."""

    def __init__(self, status, stdout, stderr):
        self.status = status
        self.stdout = stdout
        self.stderr = stderr

    @property
    def lines(self):
        """The objects that --json prints, one a line."""
        return [json.loads(line) for line in self.stdout.splitlines() if line.strip()]

    @property
    def report(self):
        """What --json prints last: the job's report."""
        return self.lines[-1]

    def __repr__(self):
        return f"exit {self.status}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


class Platterctl:
    """platterctl(…) runs it to its end; start(…) returns the running process."""

    def __init__(self, room, system_bus=None):
        self._room = room
        self._system_bus = system_bus
        self._started = []
        self.state = room.new("state")  # where a helper of its own keeps jobs

    def _command(self, arguments, user):
        program = BUILD / "src/cli/platterctl"
        if not user:
            return [program, *arguments]
        # Somebody else may not even look into the folder of the build tree: what he runs lies where it would be installed.
        return as_installed(self._install(), "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups",
                            PREFIX / "bin/platterctl", *arguments)

    def _install(self):
        """What a client runs, as it would be installed."""
        folder = self._room.path / "installed"
        if not folder.exists():
            made = self._room.folder("installed")
            for program, place in (("src/cli/platterctl", "bin"), ("src/look/platter-look", "libexec")):
                (made / place).mkdir()
                shutil.copy(BUILD / program, made / place)
            made.rename(folder)
        return folder

    def start_in_background(self, *arguments, **keywords):
        """For a test that does something else meanwhile: what it prints goes to a file, which never gets full."""
        output = self._room.new("output")
        ignored = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # as under nohup(1)
        with open(output, "w") as file:
            process = self.start(*arguments, stdout=file, **keywords)
        signal.signal(signal.SIGHUP, ignored)
        process.output = output
        return process

    @staticmethod
    def wait_for_progress(process):
        """Waits until the worker of a job in the background, with --json, has told of itself twice from now on: then it
        has read whatever it was sent before."""
        elapsed_us = (time.monotonic() - process.begun) * 1e6

        def is_told():
            lines = [json.loads(line) for line in process.output.read_text().split("\n")[:-1]]
            return sum(line.get("elapsed", 0) > elapsed_us for line in lines) >= 2 or process.poll() is not None

        rooms.wait_until(is_told, "the job to tell of its progress")

    def start(self, *arguments, user=0, environment=None, cwd="/", **keywords):
        home = self._room.folder("home")
        os.chown(home, user, user)
        keywords.setdefault("stdout", subprocess.PIPE)
        keywords.setdefault("stderr", subprocess.PIPE)
        if not keywords.get("start_new_session"):
            keywords.setdefault("process_group", 0)  # as a shell starts a job, which it can continue
        begun = time.monotonic()
        process = rooms.start(
            self._command(list(map(str, arguments)), user), text=True, cwd=cwd,
            env=clean_environment(home, self._system_bus, STATE_DIRECTORY=self.state, **(environment or {})),
            **keywords)
        process.begun = begun
        self._started.append(process)
        return process

    def __call__(self, *arguments, patience=240, **keywords):
        return self.wait(self.start(*arguments, **keywords), patience)

    def ask(self, answer, *arguments):
        """Runs it with a terminal as its standard input, and answers its question."""
        main, terminal = pty.openpty()
        process = self.start(*arguments, stdin=terminal)
        os.close(terminal)
        os.write(main, answer.encode())
        result = self.wait(process)
        os.close(main)
        return result

    @staticmethod
    def wait(process, patience=240):
        """The result of a process that was started, once it has ended."""
        stdout, stderr = process.communicate(timeout=patience)
        if stdout is None:
            stdout = process.output.read_text()
        return Result(process.returncode, stdout, stderr)

    def close(self):
        for process in self._started:
            rooms.end(process)
            for pipe in (process.stdout, process.stderr):
                if pipe:
                    pipe.close()
        self._started.clear()
