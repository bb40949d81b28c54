# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A whole computer in QEMU: a Debian with systemd in which Platter is installed, and drives that can be pulled out.

build-aux/test-machine makes the disk it starts from; what a run changes there is thrown away.
"""
import itertools
import json
import os
import queue
import socket
import subprocess
import threading
import time
from pathlib import Path

from . import room as rooms
from .content import MIB
from .platterctl import Result

BOOT_PATIENCE = 900  # plain emulation on a busy machine
PATIENCE = 600
# How many sticks and drives can be put in while it runs.
USB_PORTS = 8


class Monitor:
    """QEMU's side: what a hand does to a computer."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rw")
        self._answers = queue.Queue()
        self.events = queue.Queue()
        self._lines.readline()  # the greeting
        threading.Thread(target=self._read, daemon=True).start()
        self.ask("qmp_capabilities")

    def _read(self):
        try:
            for text in self._lines:
                line = json.loads(text)
                (self.events if "event" in line else self._answers).put(line)
        except (OSError, ValueError):
            pass  # the machine is gone

    def ask(self, command, **arguments):
        keys = {key.replace("_", "-"): value for key, value in arguments.items()}
        self._lines.write(json.dumps({"execute": command, "arguments": keys}) + "\n")
        self._lines.flush()
        answer = self._answers.get(timeout=PATIENCE)
        if "error" in answer:
            raise RuntimeError(f"{command}: {answer['error']}")
        return answer["return"]

    def wait_for(self, event, **data):
        """Waits for an event; others that come before it are dropped."""
        deadline = time.monotonic() + PATIENCE
        while True:
            line = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
            if line["event"] == event and all(line["data"].get(key) == value for key, value in data.items()):
                return line

    def close(self):
        self._socket.close()


class Program:
    """Something that runs inside the machine."""

    def __init__(self, machine, number):
        self._machine = machine
        self._number = number
        self._ended = threading.Event()
        self._more = threading.Condition()
        self.lines = []
        self.result = None

    def heard(self, line):
        with self._more:
            if "out" in line:
                self.lines.append(line["out"])
            else:
                self.result = Result(line["status"], "".join(self.lines), line["error"])
                self._ended.set()
            self._more.notify_all()

    def wait(self, patience=PATIENCE):
        if not self._ended.wait(patience):
            raise TimeoutError(f"still runs after {patience} s; it said:\n{''.join(self.lines[-20:])}")
        return self.result

    def wait_for(self, condition, what, patience=PATIENCE):
        """Waits for a line of its output and returns it; a program that has ended will not say it any more."""
        seen = 0
        deadline = time.monotonic() + patience
        with self._more:
            while True:
                for line in self.lines[seen:]:
                    seen += 1
                    if condition(line):
                        return line
                if self.result is not None:
                    raise AssertionError(f"ended before {what}: {self.result}")
                if not self._more.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"waited {patience} s in vain: {what}")

    def wait_for_progress(self, condition, what):
        """The same for what --json tells of a job's progress: condition gets the decoded line."""
        def is_it(line):
            told = json.loads(line)
            return told["type"] == "progress" and condition(told)

        return json.loads(self.wait_for(is_it, what))

    def kill(self):
        """Ends it, if it still runs."""
        self._machine.say(kill=self._number)


class Disk:
    """A drive of the machine: `file` holds what is stored on it, out here."""

    def __init__(self, machine, name, file, serial, driver, node=None):
        self.machine = machine
        self.name = name
        self.file = file
        self.serial = serial
        self.driver = driver
        self.node = node  # where it has no serial number to be known by
        self.is_out = False

    @property
    def size(self):
        return self.file.stat().st_size

    def stored(self, offset=0, length=None):
        with open(self.file, "rb") as file:
            file.seek(offset)
            return file.read(length)

    @property
    def path(self):
        """Its node inside, once everybody there knows of it."""
        if self.node:
            return self.node
        return rooms.wait_until(lambda: self.machine.node_of(self.serial), f"{self.serial} to appear", PATIENCE, 0.3)


class Machine:
    """One computer. Drives that are there from the start are in `disks`, by name."""

    def __init__(self, folder, room):
        self.folder = room.folder("machine")
        self._numbers = itertools.count(1)
        self._programs = {}
        self._lock = threading.Lock()
        self._arguments = []
        self.disks = {}
        self._sticks = itertools.count(1)
        self.overlay = self.folder / "root.qcow2"
        rooms.run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", Path(folder).resolve() / "root.img",
                  self.overlay)
        self._image = Path(folder).resolve()

    # Drives that it starts with.

    def _file(self, name, size, content):
        file = self.folder / f"{name}.img"
        with open(file, "wb") as out:
            out.write(content or b"")
            out.truncate(size)
        return file

    def add(self, name, driver, size=32 * MIB, content=None, *, serial=None, options="", errors=(), rate=0, node=None):
        """A drive to start with. errors: sectors of 512 bytes that cannot be read; rate: bytes a second."""
        file = self._file(name, size, content)
        self._arguments += ["-blockdev", json.dumps(self._node(name, file, errors, rate))]
        if rate:
            self._arguments += ["-object", json.dumps(self._throttle(name, rate))]
        if driver == "nvme":
            self._arguments += ["-device", f"nvme,id={name},serial={serial}", "-device",
                                f"nvme-ns,drive={name}-node,bus={name}{options}"]
        else:
            named = f",serial={serial}" if serial else ""
            self._arguments += ["-device", f"{driver},id={name},drive={name}-node{named}{options}"]
        self.disks[name] = Disk(self, name, file, serial, driver, node)
        return self.disks[name]

    @staticmethod
    def _throttle(name, rate):
        return {"qom-type": "throttle-group", "id": f"{name}-group", "limits": {"bps-total": rate}}

    @staticmethod
    def _node(name, file, errors=(), rate=0):
        node = {"driver": "file", "filename": str(file), "aio": "threads"}
        if errors:
            bad = [{"event": "read_aio", "sector": sector, "errno": 5} for sector in errors]
            node = {"driver": "blkdebug", "image": node, "inject-error": bad}
        node = {"driver": "raw", "file": node}
        if rate:
            node = {"driver": "throttle", "throttle-group": f"{name}-group", "file": node}
        return node | {"node-name": f"{name}-node"}

    # Starting and ending.

    def start(self):
        monitor, port = self.folder / "monitor", self.folder / "port"
        self.process = rooms.start(
            ["nice", "-n", "5", "qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "Nehalem", "-smp", "2", "-m", "1024",
             "-display", "none", "-nodefaults", "-no-reboot", "-vga", "std",
             "-kernel", self._image / "kernel", "-initrd", self._image / "initrd",
             "-append", "root=/dev/vda rw console=ttyS0 quiet mitigations=off random.trust_cpu=on audit=0 "
             "systemd.default_timeout_start_sec=600",
             "-device", "virtio-rng-pci", "-serial", f"file:{self.folder}/console",
             "-drive", f"if=none,id=root,format=qcow2,file={self.overlay},cache=unsafe", "-device", "virtio-blk-pci,drive=root",
             "-device", "virtio-serial-pci", "-chardev", f"socket,id=port,path={port},server=on,wait=off",
             "-device", "virtserialport,chardev=port,name=org.platter.lab",
             "-device", f"qemu-xhci,id=usb,p2={USB_PORTS},p3={USB_PORTS}", "-device", "virtio-scsi-pci,id=hba", "-device", "sdhci-pci,id=sdhci",
             "-qmp", f"unix:{monitor},server=on,wait=off", *self._arguments],
            stdout=subprocess.DEVNULL, stderr=open(self.folder / "qemu.log", "w"))
        rooms.wait_until(lambda: port.exists() or self.process.poll() is not None, "QEMU")
        if self.process.poll() is not None:
            raise RuntimeError((self.folder / "qemu.log").read_text())
        self.monitor = rooms.wait_until(lambda: self._try_monitor(monitor), "QEMU's monitor")
        self._port = socket.socket(socket.AF_UNIX)
        self._port.connect(str(port))
        hello = self._programs[0] = Program(self, 0)
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            hello.wait(BOOT_PATIENCE)
        except TimeoutError:
            raise RuntimeError("does not start: " + (self.folder / "console").read_text(errors="replace")[-3000:]) from None

    @staticmethod
    def _try_monitor(path):
        try:
            return Monitor(path)
        except OSError:
            return None

    def _listen(self):
        rest = b""
        while True:
            try:
                got = self._port.recv(65536)
            except OSError:
                got = b""
            if not got:
                break
            *lines, rest = (rest + got).split(b"\n")
            for text in lines:
                line = json.loads(text)
                self._programs[line["id"]].heard(line)
        for program in list(self._programs.values()):
            if program.result is None:
                program.heard({"status": -1, "error": "the machine is gone"})

    def is_alive(self):
        return self.process.poll() is None

    def cut_power(self):
        """No goodbye, no flush: what was stored out here is what is left."""
        self.process.kill()
        self.process.wait()
        self.monitor.close()
        self._port.close()

    def close(self):
        if self.is_alive():
            self.cut_power()

    # Programs inside.

    def say(self, **line):
        with self._lock:
            self._port.sendall(json.dumps(line).encode() + b"\n")

    def launch(self, *command, user=None, session=False, environment=None):
        """Starts a program inside, as root or as `user`; session: as somebody who sits at the screen."""
        number = next(self._numbers)
        program = self._programs[number] = Program(self, number)
        self.say(id=number, command=[str(word) for word in command], user=user, session=session,
                 environment=environment or {})
        return program

    def run(self, *command, patience=PATIENCE, **keywords):
        program = self.launch(*command, **keywords)
        try:
            return program.wait(patience)
        finally:
            program.kill()  # it has ended, or it would hold up the next test

    def tool(self, *command, **keywords):
        """A program that has to succeed; returns what it printed."""
        result = self.run(*command, **keywords)
        if result.status:
            raise RuntimeError(f"{' '.join(map(str, command))}: {result}")
        return result.stdout

    def python(self, text, *arguments, **keywords):
        """Runs Python text inside; what it prints is JSON."""
        return json.loads(self.tool("python3", "-c", text, *arguments, environment={"PYTHONPATH": "/usr/local/lib/lab"},
                                    **keywords))

    def node_of(self, serial):
        """Where a drive is, as soon as UDisks2 has it too."""
        for drive in map(json.loads, self.tool("platterctl", "list", "--json").splitlines()):
            if drive["serial"] == serial and drive["size"] > 0:
                return drive["device"]
        return None

    # Sticks that come and go.

    def plug(self, serial, size=16 * MIB, content=None, *, rate=0, port=None, file=None):
        """Puts in a USB stick, and returns it."""
        name = f"stick{next(self._sticks)}"
        file = file or self._file(name, size, content)
        if rate:
            group = self._throttle(name, rate)
            self.monitor.ask("object-add", **group)
        self.monitor.ask("blockdev-add", **self._node(name, file, rate=rate))
        options = {"port": str(port)} if port else {}
        self.monitor.ask("device_add", driver="usb-storage", id=name, drive=f"{name}-node", serial=serial, removable=True,
                         bus="usb.0", **options)
        return Disk(self, name, file, serial, "usb-storage")

    def pull(self, disk):
        """Pulls a stick out, whatever it does just now."""
        self.monitor.ask("device_del", id=disk.name)
        self.monitor.wait_for("DEVICE_DELETED", device=disk.name)
        disk.is_out = True
