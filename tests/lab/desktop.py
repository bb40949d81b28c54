# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The real window on a display of its own, looked at and pressed as assistive technology and people do it."""
import os
import subprocess
import time

from . import room as rooms
from .accessible import FOCUSED, GONE, SENSITIVE, VISIBLE, applications
from .platterctl import BUILD, clean_environment

# Each look asks for the widgets of the window over two buses, and keeps the machine from what is waited for.
LOOK_PAUSE = 0.2


def wait_until(condition, what, patience=rooms.PATIENCE, pause=0.02):
    """The same as a room's, for what is to be seen in a window."""
    return rooms.wait_until(condition, what, patience, pause, LOOK_PAUSE)


class Window:
    """A running `platter`. Widgets are found by name and role and waited for; nothing sleeps."""

    def __init__(self, desktop, process):
        self._desktop = desktop
        self.process = process
        self._roles = {}  # of each widget by its path, which no other one gets

    @property
    def root(self):
        """The application in the accessibility tree, once it is there."""
        return rooms.wait_until(self._application, f"the window: see {self._desktop.log}")

    def _application(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"platter ended with {self.process.returncode}: {self._desktop.log.read_text()}")
        try:
            for node in self._desktop.applications.children:
                if node.process_id == self.process.pid and node.children:
                    return node
        except GONE:
            pass
        return None

    def is_shown(self):
        """Whether the application, which still runs, has a window."""
        return self._application() is not None

    def _see(self, role=None):
        """All visible widgets, of a role or of any, each with what it was like, in the order of the tree."""
        root = self.root
        try:
            seen, queue = root.see_all(), root.children
        except GONE:
            return
        while queue:
            node = queue.pop(0)
            try:
                known = seen.get(node.path) or node.see()
                if VISIBLE in known.states and role in (None, self._role_of(node)):
                    yield node, known
                if known.may_have_children:
                    queue[:0] = node.children
            except GONE:
                continue

    def _role_of(self, node):
        if node.path not in self._roles:
            self._roles[node.path] = node.role
        return self._roles[node.path]

    def widgets(self, role=None):
        """All visible widgets, of a role or of any, in the order of the tree."""
        return [node for node, _ in self._see(role)]

    def look(self, text, role=None):
        """The first visible widget that has `text` in its name or description, or None."""
        return next((node for node, seen in self._see(role) if text in seen.name or text in seen.description), None)

    def find(self, text, role=None, patience=rooms.PATIENCE):
        """As look(), but waits for it."""
        return wait_until(lambda: self.look(text, role), lambda: f"{role or 'widget'} “{text}” in:\n{self.words()}", patience)

    def press(self, text, role="button", patience=rooms.PATIENCE):
        """Presses a button once it is there and sensitive."""

        def pressed():
            node = self.look(text, role)
            try:
                return bool(node and SENSITIVE in node.states and node.act())
            except GONE:
                return False

        wait_until(pressed, lambda: f"{role} “{text}” to be pressed in:\n{self.words()}", patience)

    def click(self, node):
        """A press of the pointer in the middle of a widget, whatever it is, once it stays where it is: lists of drives move when
        another test makes one."""
        place = None
        while place != node.extents():
            place = x, y, width, height = node.extents()
            middle = x + width // 2, y + height // 2
            assert min(middle) >= 0, f"{node.name} is not in sight: {place}"
            self._desktop.xdotool("mousemove", "--window", self.x_window(), *middle)
            time.sleep(0.1)
        self._desktop.xdotool("click", "1")

    def scroll(self):
        """Down, with the wheel over the page."""
        self._desktop.xdotool("mousemove", "--window", self.x_window(), 180, 250, "click", "5")

    def keys(self, *names):
        """Keys by their X names: keys("Tab", "space")."""
        self._desktop.xdotool("windowfocus", "--sync", self.x_window())
        self._desktop.xdotool("key", "--delay", "50", *names)

    def type(self, text):
        self._desktop.xdotool("windowfocus", "--sync", self.x_window())
        self._desktop.xdotool("type", "--delay", "50", text)

    def focused(self):
        """The widget with the keyboard's focus, or None."""
        return next((node for node, seen in list(self._see())[::-1] if FOCUSED in seen.states), None)

    def x_window(self):
        """The number of its X window, or that of its dialog. A menu or a tooltip, which has the program's name for its own, never has
        the keyboard: whoever gives it to one takes it from what is below."""

        def ask(*words):
            done = subprocess.run(["xdotool", *words], env=self._desktop.environment, capture_output=True, text=True, timeout=60,
                                  stdin=subprocess.DEVNULL)
            return done.stdout.strip()

        def search():
            found = ask("search", "--onlyvisible", "--pid", str(self.process.pid)).split()
            return [window for window in found if ask("getwindowname", window) != "platter"]

        return rooms.wait_until(search, "platter's X window")[-1]

    def words(self):
        """Everything on the screen, one widget a line: for messages."""
        return "\n".join(f"{self._role_of(node)}: {seen.name!r} {seen.description!r}" for node, seen in self._see())

    def close(self):
        rooms.end(self.process)


class Desktop:
    """Xvfb, a session bus and AT-SPI for one test session. start(…) opens the application."""

    def __init__(self, room, screen="1280x1000"):
        self._folder = room.folder("desktop")
        self.log = self._folder / "log"
        self._windows = []
        self._processes = []
        self._log = open(self.log, "a")
        display = self._start(["Xvfb", "-displayfd", "{}", "-screen", "0", f"{screen}x24", "-nolisten", "tcp"])
        home = room.folder("home")
        home.chmod(0o700)
        (home / "config/gtk-4.0").mkdir(parents=True)
        # No page slides in or away, with its widgets under the pointer or under the names of those of the next page.
        (home / "config/gtk-4.0/settings.ini").write_text("[Settings]\ngtk-enable-animations=false\n")
        self.environment = clean_environment(
            home, None, DISPLAY=f":{display}", GDK_BACKEND="x11", GSK_RENDERER="cairo", GTK_A11Y="atspi",
            GSETTINGS_SCHEMA_DIR=BUILD / "data", ADW_DISABLE_PORTAL="1", GTK_USE_PORTAL="0")
        address = self._start(["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address={}"],
                              self.environment)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        self.applications = applications(address)

    def _start(self, command, environment=None):
        """Starts a daemon that writes its address to a descriptor; returns that line."""
        read, write = os.pipe()
        command = [word.format(write) for word in command]
        process = rooms.start(command, env=environment or clean_environment(self._folder), pass_fds=[write],
                              stdout=self._log, stderr=self._log)
        self._processes.append(process)
        os.close(write)
        with os.fdopen(read) as pipe:
            line = pipe.readline().strip()
        if not line:
            raise RuntimeError(f"{command[0]} did not start: {self.log.read_text()}")
        return line

    def start(self, *arguments, system_bus=None, environment=None, wrapper=()):
        """Opens platter; `system_bus` is the lab's (else its helper is embedded); `wrapper` a command that becomes it."""
        environment = self.environment | (environment or {})
        if system_bus:
            environment |= {"DBUS_SYSTEM_BUS_ADDRESS": system_bus}
        process = rooms.start([*wrapper, BUILD / "src/app/platter", *arguments], env=environment, cwd="/",
                              stdout=self._log, stderr=self._log)
        window = Window(self, process)
        self._windows.append(window)
        return window

    def xdotool(self, *words):
        rooms.run("xdotool", *words, env=self.environment)

    def screenshot(self, path, window="root", options=()):
        """What the display, or one X window on it, shows, as PNG; `options` are for import(1)."""
        rooms.run("import", "-window", window, *options, f"PNG24:{path}", env=self.environment)

    def close_windows(self):
        for window in self._windows:
            window.close()
        self._windows.clear()

    def close(self):
        self.close_windows()
        for process in reversed(self._processes):
            rooms.end(process)
        self._log.close()
