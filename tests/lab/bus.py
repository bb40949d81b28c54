# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A private system bus with the real polkitd, udisksd and udevd on it, logind by python-dbusmock, and platter-helper
activated from the build tree."""
import os
import shutil
import signal
import subprocess
from pathlib import Path

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

from . import room as rooms
from .platterctl import BUILD, TOP, clean_environment
from .udevd import Udevd

HELPER = "org.platter.Helper1"
UDISKS = "org.freedesktop.UDisks2"
POLKIT = "org.freedesktop.PolicyKit1"
LOGIND = "org.freedesktop.login1"


class Polkit:
    """What polkitd answers to whom is not root (root it never asks about)."""

    def __init__(self, folder):
        self._answers = folder / "answers"
        self._asked = folder / "asked"
        for path in (folder, self._answers):
            path.mkdir()
        self._asked.touch()
        self._asked.chmod(0o666)
        # Made whole before polkitd reads it: it runs as a user of its own and may only look.
        (folder / "answer").write_text(
            f'echo "$1" >>"{self._asked}"\n'
            f'cat "{self._answers}/$1" 2>/dev/null || cat "{self._answers}/default"\n')
        self.answer("yes")

    def answer(self, word, action="default"):
        """From now on `word` (yes, no, auth_admin) to one action, or to all that have no answer of their own."""
        new = self._answers.parent / "new"
        new.write_text(f"{word}\n")
        new.rename(self._answers / action)

    def asked(self):
        """The actions that polkitd was asked about, in order."""
        return self._asked.read_text().split()

    def reset(self):
        for path in self._answers.iterdir():
            if path.name != "default":
                path.unlink(missing_ok=True)
        self.answer("yes")
        self._asked.write_text("")


class Bus:
    """The bus and all on it, for one session. `address` is what DBUS_SYSTEM_BUS_ADDRESS has to be."""

    def __init__(self, room):
        self._room = room
        self._processes = []
        self._folder = room.folder("bus")
        self.address = f"unix:path={self._folder}/socket"
        self.log = self._folder / "log"
        self.polkit = Polkit(self._folder / "polkit")
        self._environment = clean_environment(room.folder("home"), self.address, PLATTER_BUILD_DIR=BUILD)
        self.udev = Udevd()
        self._start_bus()
        # The socket is there a moment before the daemon listens on it.
        self.connection = rooms.wait_until(self._try_connect, f"the bus to listen: see {self.log}")
        self._start_polkit()
        self._start([
            "/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "logind"], LOGIND)
        self._start(["/usr/libexec/udisks2/udisksd", "--no-debug"], UDISKS)

    def _start_bus(self):
        services = self._folder / "services"
        policies = self._folder / "system.d"
        services.mkdir()
        policies.mkdir()
        (services / f"{HELPER}.service").write_text(
            f"[D-BUS Service]\nName={HELPER}\nExec={BUILD}/src/helper/platter-helper\nUser=root\n")
        for policy in (TOP / "data/helper").glob(f"{HELPER}*.conf"):
            shutil.copy(policy, policies)
        config = self._folder / "bus.conf"
        template = Path(__file__).with_name("bus.conf").read_text()
        config.write_text(template.replace("@FOLDER@", str(self._folder)))
        with open(self.log, "a") as log:
            # What it activates inherits this: a critical message is a bug of ours, a warning may be a fault's.
            self._processes.append(rooms.start(
                ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"],
                env=self._environment | {"G_DEBUG": "fatal-criticals"}, stdout=log, stderr=log))
        rooms.wait_until(lambda: (self._folder / "socket").exists(), f"the bus: see {self.log}")

    def _start_polkit(self):
        """polkitd knows no other folders than the system's: it gets a mount namespace with ours in their place."""
        folder = self._folder / "polkit"
        for name in ("rules", "no-rules", "actions"):
            (folder / name).mkdir()
        rules = Path(__file__).with_name("polkit.rules").read_text()
        (folder / "rules/10-lab.rules").write_text(rules.replace("@FOLDER@", str(folder)))
        for policy in Path("/usr/share/polkit-1/actions").glob("org.freedesktop.*.policy"):
            shutil.copy(policy, folder / "actions")
        for policy in [*(TOP / "data/helper").glob("*.policy"), *(BUILD / "data").glob("**/*.policy")]:
            shutil.copy(policy, folder / "actions")
        script = (
            f"mount --bind {folder}/rules /etc/polkit-1/rules.d && "
            f"mount --bind {folder}/no-rules /usr/share/polkit-1/rules.d && "
            f"mount --bind {folder}/actions /usr/share/polkit-1/actions && "
            "exec /usr/lib/polkit-1/polkitd --no-debug")
        self._start(["unshare", "--mount", "--propagation", "slave", "sh", "-c", script], POLKIT)

    def _start(self, command, name):
        with open(self.log, "a") as log:
            process = rooms.start(command, env=self._environment | {"G_DEBUG": ""}, stdout=log, stderr=log)
        self._processes.append(process)
        rooms.wait_until(lambda: self.has_owner(name) or process.poll() is not None, f"{name}: see {self.log}")
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended: {self.log.read_text()}")

    def _try_connect(self):
        try:
            return self.connect()
        except GLib.Error:
            return None

    def connect(self):
        """A connection of its own, with its own unique name."""
        flags = Gio.DBusConnectionFlags
        return Gio.DBusConnection.new_for_address_sync(
            self.address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)

    def call(self, name, path, interface, method, arguments=None, reply=None, connection=None):
        """One method call; returns the unpacked reply."""
        answer = (connection or self.connection).call_sync(
            name, path, interface, method, arguments, GLib.VariantType(reply) if reply else None,
            Gio.DBusCallFlags.NONE, rooms.PATIENCE * 1000, None)
        return answer.unpack()

    def has_owner(self, name):
        return self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                         GLib.Variant("(s)", (name,)))[0]

    def pid_of(self, name):
        return self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                         "GetConnectionUnixProcessID", GLib.Variant("(s)", (name,)))[0]

    def udisks_objects(self):
        """Everything that UDisks2 knows: {path: {interface: {property: value}}}."""
        return self.call(UDISKS, "/org/freedesktop/UDisks2", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]

    def udisks_block(self, device):
        """UDisks2's block device of a node once it is listed with its size: (object path, its interfaces)."""
        size = int(Path(f"/sys/class/block/{Path(device).name}/size").read_text()) * 512

        def find():
            for path, interfaces in self.udisks_objects().items():
                block = interfaces.get(f"{UDISKS}.Block")
                if block and bytes(block["Device"]).rstrip(b"\0").decode() == str(device) and block["Size"] == size:
                    return path, interfaces
            return None

        return rooms.wait_until(find, f"UDisks2 to list {device}", longest=0.2)

    def wait_until_gone(self, device):
        """UDisks2 lists nothing in a node any more."""
        def is_gone():
            blocks = (interfaces.get(f"{UDISKS}.Block") for interfaces in self.udisks_objects().values())
            return not any(block and bytes(block["Device"]).rstrip(b"\0").decode() == str(device) and block["Size"] > 0
                           for block in blocks)

        rooms.wait_until(is_gone, f"UDisks2 to see that {device} is gone", longest=0.2)

    def inhibitors(self):
        """What is held at logind: (what, who, why, mode, uid, pid)."""
        return self.call(LOGIND, "/org/freedesktop/login1", f"{LOGIND}.Manager", "ListInhibitors")[0]

    @property
    def state(self):
        """Where the helper keeps jobs."""
        return Path(self._environment["STATE_DIRECTORY"])

    def end_helper(self):
        """Stops the helper, if it runs, with its workers; the next call starts a new one."""
        if not self.has_owner(HELPER):
            return
        pid = self.pid_of(HELPER)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        rooms.wait_until(lambda: not self.has_owner(HELPER), "the helper to end")

    def forget_jobs(self):
        """What a helper that has ended has kept of jobs is not there for the next one."""
        for path in self.state.glob("*"):
            path.unlink(missing_ok=True)

    def end_helper_once_kept(self):
        """As a crash does, in the midst of a job that can go on from what has been kept of it by now."""
        rooms.wait_until(lambda: any(path.suffix == ".job" for path in self.state.glob("*")), "the job to be kept")
        self.end_helper()

    def kill(self):
        """The bus itself ends, without a warning to anybody on it."""
        self._processes[0].kill()
        self._processes[0].wait()

    def close(self):
        if self._processes[0].poll() is None:
            self.end_helper()
            self.connection.close_sync(None)
        for process in reversed(self._processes):
            rooms.end(process)
        self.udev.close()
