# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Clients of the helper that are no client of ours: other users, and messages that platterctl would never send.

Caller starts this file's text as a process of its own, so that the bus, polkit and the helper see another user, who may
not even look into the folder of the tests. The two talk in lines of JSON; values travel in GVariant's text form.
"""
import contextlib
import json
import os
import queue
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

HELPER = "org.platter.Helper1"
HELPER_PATH = "/org/platter/Helper1"
JOB = f"{HELPER}.Job"
PROPERTIES = "org.freedesktop.DBus.Properties"
PATIENCE = 120


class Refused(Exception):
    """The helper said no: `name` is the last part of the D-Bus error's name, or all of one that is not the helper's."""

    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name.removeprefix(f"{HELPER}.Error.")
        self.message = message


class Answer:
    """A call on its way."""

    def __init__(self):
        self._queue = queue.Queue()

    def put(self, line):
        self._queue.put(line)

    def is_there(self):
        return not self._queue.empty()

    def get(self):
        line = self._queue.get(timeout=PATIENCE)
        self._queue.put(line)
        if "error" in line:
            raise Refused(line["error"], line["message"])
        return GLib.Variant.parse(None, line["reply"], None, None).unpack()


class Caller:
    """A client on the bus, as a user of choice; or, where the address is helper:PROGRAM, one with a helper of its own."""

    def __init__(self, address, user=0):
        command = ["/usr/bin/python3", "-c", Path(__file__).read_text(), address]
        if user:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
        self.user = user
        self.signals = queue.Queue()
        self._answers = {}
        self._number = 0
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
                 "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"})
        self.name = json.loads(self._process.stdout.readline())["name"]
        self.pid = self._process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for text in self._process.stdout:
            line = json.loads(text)
            if "signal" in line:
                parameters = GLib.Variant.parse(None, line["parameters"], None, None).unpack()
                self.signals.put((line["signal"], line["path"], parameters))
            else:
                self._answers.pop(line["id"]).put(line)

    def start(self, method, parameters=None, *, path=HELPER_PATH, interface=HELPER, files=(), interactive=False):
        """Sends a call without waiting. files: (path, flags) each, or one of SOCKETS; the message carries them in this order."""
        self._number += 1
        number = self._number
        answer = self._answers[number] = Answer()
        line = {"id": number, "path": path, "interface": interface, "method": method,
                "parameters": parameters.print_(True) if parameters else None,
                "files": [file if isinstance(file, str) else [str(file[0]), file[1]] for file in files],
                "interactive": interactive}
        print(json.dumps(line), file=self._process.stdin, flush=True)
        return answer

    def call(self, method, parameters=None, **keywords):
        return self.start(method, parameters, **keywords).get()

    def job(self, path, method, parameters=None):
        return self.call(method, parameters, path=path, interface=JOB)

    def jobs(self):
        return self.call("GetManagedObjects", path="/", interface="org.freedesktop.DBus.ObjectManager")[0]

    def property(self, path, name):
        return self.call("Get", GLib.Variant("(ss)", (JOB, name)), path=path, interface=PROPERTIES)[0]

    def report(self, path):
        """The job's report, as soon as it has ended."""
        from .room import wait_until
        wait_until(lambda: self.property(path, "State") == "ended", f"{path} to end")
        return self.job(path, "GetReport")[0]

    def close(self):
        """Leaves the bus at once, whatever it waits for."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                pipe.close()
            except BrokenPipeError:
                pass


def named(drive, **changes):
    """A drive as a client names it."""
    keys = {
        "number": GLib.Variant("t", drive.number), "diskseq": GLib.Variant("t", drive.diskseq),
        "size": GLib.Variant("t", drive.size), "serial": GLib.Variant("s", ""),
    }
    return {key: value for key, value in (keys | changes).items() if value is not None}


def image(index=0, name="disk.img"):
    return {"fd": GLib.Variant("h", index), "name": GLib.Variant("s", name)}


def clone(source, *targets, **options):
    return GLib.Variant("(a{sv}aa{sv}a{sv})", (source, list(targets), variants(options)))


def write(source, *targets, **options):
    return clone(source, *targets, **options)


def verify(first, second, **options):
    return GLib.Variant("(a{sv}a{sv}a{sv})", (first, second, variants(options)))


def variants(options):
    return {key.replace("_", "-"): value if isinstance(value, GLib.Variant) else GLib.Variant("b", value)
            for key, value in options.items()}


def _listening(made):
    return made.enter_context(socket.create_server(("127.0.0.1", 0)))


def _left_alone(made):
    server = _listening(made)
    client = made.enter_context(socket.create_connection(server.getsockname()))
    made.enter_context(server.accept()[0])
    return client


_unread = []


def _lingering(made):
    """Whoever closes the last descriptor of it waits until what was sent is read, which nobody does as long as this process lives."""
    server = _listening(made)
    client = made.enter_context(socket.create_connection(server.getsockname()))
    _unread.append(server.accept()[0])
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 600))
    client.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while client.send(bytes(65536)):
            pass
    client.setblocking(True)
    return client


def _sent_to(made):
    datagrams = made.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    datagrams.connect(("127.0.0.1", 9))
    return datagrams


SOCKETS = {
    "socket": lambda made: made.enter_context(socket.socket(socket.AF_UNIX)),
    "listening": _listening,
    "datagrams": _sent_to,
    "packets": lambda made: [made.enter_context(end) for end in socket.socketpair(type=socket.SOCK_SEQPACKET)][0],
    "deaf": lambda made: [made.enter_context(end) for end in socket.socketpair()][0],
    "deaf TCP": _left_alone,
    "lingering": _lingering,
}


def _say(**line):
    print(json.dumps(line), flush=True)


def _file_list(files):
    fds = Gio.UnixFDList.new()
    for file in files:
        if isinstance(file, str):
            with contextlib.ExitStack() as made:
                fds.append(SOCKETS[file](made).fileno())
            continue
        opened = os.open(file[0], file[1])
        fds.append(opened)
        os.close(opened)
    return fds


def _helper(connection):
    """Names are a bus's."""
    return HELPER if connection.get_unique_name() else None


def _send(connection, line):
    message = Gio.DBusMessage.new_method_call(_helper(connection), line["path"], line["interface"], line["method"])
    if line["parameters"]:
        message.set_body(GLib.Variant.parse(None, line["parameters"], None, None))
    if line["files"]:
        message.set_unix_fd_list(_file_list(line["files"]))
    if line["interactive"]:
        message.set_flags(Gio.DBusMessageFlags.ALLOW_INTERACTIVE_AUTHORIZATION)

    def answered(source, result):
        try:
            reply = source.send_message_with_reply_finish(result)
            reply.to_gerror()
            body = reply.get_body()
            _say(id=line["id"], reply=body.print_(True) if body else "()")
        except GLib.Error as error:
            name = Gio.DBusError.get_remote_error(error) or "local"
            _say(id=line["id"], error=name, message=error.message.removeprefix(f"GDBus.Error:{name}: "))

    connection.send_message_with_reply(message, Gio.DBusSendMessageFlags.NONE, GLib.MAXINT, None, answered)


def _connect(address):
    flags = Gio.DBusConnectionFlags
    if not address.startswith("helper:"):
        return Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
    ours, theirs = socket.socketpair()
    with theirs:
        subprocess.Popen([address.removeprefix("helper:"), f"--embedded={theirs.fileno()}"], pass_fds=[theirs.fileno()],
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    stream = Gio.Socket.new_from_fd(ours.detach()).connection_factory_create_connection()
    return Gio.DBusConnection.new_sync(stream, None, flags.AUTHENTICATION_CLIENT, None, None)


def _serve(address):
    connection = _connect(address)
    loop = GLib.MainLoop()

    def heard(_connection, _sender, path, _interface, signal, parameters):
        _say(signal=signal, path=path, parameters=parameters.print_(True))

    rest = b""

    def readable(_fd, _condition):
        nonlocal rest
        read = os.read(0, 65536)
        *lines, rest = (rest + read).split(b"\n")
        for text in lines:
            _send(connection, json.loads(text))
        if not read:
            loop.quit()
        return bool(read)

    for interface in (PROPERTIES, "org.freedesktop.DBus.ObjectManager", JOB):
        connection.signal_subscribe(_helper(connection), interface, None, None, None, Gio.DBusSignalFlags.NONE, heard)
    _say(name=connection.get_unique_name())
    GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, readable)
    loop.run()


if __name__ == "__main__":
    _serve(sys.argv[1])
