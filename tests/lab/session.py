# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A session of a user without a window: its own bus, on which GVfs starts itself."""
import os
import signal
import subprocess

from . import room as rooms


class Session:
    def __init__(self, folder):
        self._folder = folder

    def __enter__(self):
        environment = {**os.environ, "HOME": str(self._folder), "XDG_RUNTIME_DIR": str(self._folder), "GVFS_DISABLE_FUSE": "1"}
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self._process = rooms.start(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE, text=True, env=environment)
        address = self._process.stdout.readline().strip()
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": address, "XDG_RUNTIME_DIR": str(self._folder), "GVFS_DISABLE_FUSE": "1"}
        return self

    def __exit__(self, *error):
        """What was started on the bus ends with it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)
        self._process.stdout.close()
