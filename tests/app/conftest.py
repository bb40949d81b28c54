# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What all tests of the window share."""
import pytest


@pytest.fixture
def open_window(desktop, bus):
    """Opens a window on the private bus."""
    # GIO warns when a notification finds no server on the session bus: the desktop's fault, not the window's.
    environment = {"G_DEBUG": "fatal-criticals"}

    def open_one(*arguments):
        return desktop.start("--show-all-drives", *map(str, arguments), system_bus=bus.address, environment=environment)

    return open_one
