# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A polkit agent: who is asked for the password when polkitd says auth_admin. It waits for the test to answer."""
import queue
import threading
from pathlib import Path

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

from .bus import POLKIT

PATH = "/org/platter/lab/Agent"
AUTHORITY = ("/org/freedesktop/PolicyKit1/Authority", f"{POLKIT}.Authority")
XML = """<node><interface name="org.freedesktop.PolicyKit1.AuthenticationAgent">
<method name="BeginAuthentication"><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="a{ss}" direction="in"/><arg type="s" direction="in"/>
<arg type="a(sa{sv})" direction="in"/></method>
<method name="CancelAuthentication"><arg type="s" direction="in"/></method></interface></node>"""
PATIENCE = 120


class Agent:
    """The agent of one Caller. `prompts` gets a Prompt for each question."""

    def __init__(self, bus, caller):
        self._bus = bus
        self._caller = caller
        self.prompts = queue.Queue()
        self.cancelled = queue.Queue()
        self._context = GLib.MainContext()
        self._loop = GLib.MainLoop.new(self._context, False)
        started = queue.Queue()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        self._connection = started.get(timeout=PATIENCE)
        bus.call(POLKIT, *AUTHORITY, "RegisterAuthenticationAgent",
                 GLib.Variant("((sa{sv})ss)", (self._subject(), "C", PATH)), connection=self._connection)

    def _run(self, started):
        self._context.push_thread_default()
        connection = self._bus.connect()
        interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
        connection.register_object(PATH, interface, self._called, None, None)
        started.put(connection)
        self._loop.run()
        self._context.pop_thread_default()

    def _subject(self):
        stat = Path(f"/proc/{self._caller.pid}/stat").read_text().rpartition(")")[2].split()
        return ("unix-process", {
            "pid": GLib.Variant("u", self._caller.pid), "start-time": GLib.Variant("t", int(stat[19])),
            "uid": GLib.Variant("i", self._caller.user)})

    def _called(self, _connection, _sender, _path, _interface, method, parameters, invocation):
        if method == "CancelAuthentication":
            self.cancelled.put(parameters.unpack()[0])
            invocation.return_value(None)
            return
        self.prompts.put(Prompt(self._bus, self._connection, parameters, invocation))

    def next(self):
        """The next question; waits until it is asked."""
        return self.prompts.get(timeout=PATIENCE)

    def close(self):
        self._connection.close_sync(None)
        self._loop.quit()
        self._thread.join()


class Prompt:
    """A question that waits for its answer."""

    def __init__(self, bus, connection, parameters, invocation):
        self.action, self.message, _, self.details, self.cookie, self._identities = parameters.unpack()
        self._given = parameters.get_child_value(5).get_child_value(0)
        self._bus = bus
        self._connection = connection
        self._invocation = invocation

    def agree(self):
        """Somebody gave the right password."""
        arguments = GLib.Variant.new_tuple(GLib.Variant("u", 0), GLib.Variant("s", self.cookie), self._given)
        self._bus.call(POLKIT, *AUTHORITY, "AuthenticationAgentResponse2", arguments, connection=self._connection)
        self._invocation.return_value(None)

    def dismiss(self):
        """Somebody closed the dialog."""
        self._invocation.return_dbus_error(f"{POLKIT}.Error.Cancelled", "dismissed")
