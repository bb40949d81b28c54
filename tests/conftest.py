# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The fixtures that all tests share; lab/ holds what they are made of."""
import os

import pytest

from lab.agent import Agent
from lab.bus import Bus
from lab.caller import Caller
from lab.desktop import Desktop
from lab.drives import Drives
from lab.faulty import Faulty
from lab.platterctl import BUILD, Platterctl
from lab.room import Room
from lab.smart import SmartBus


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI everything is there, so a test that skips itself has failed."""
    outcome = yield
    report = outcome.get_result()
    item.failed_calls = getattr(item, "failed_calls", 0) + report.failed
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"


@pytest.fixture(scope="session")
def root():
    """For tests that need root: loop devices, mounts, daemons."""
    if os.geteuid() != 0:
        pytest.skip("needs root")


@pytest.fixture(scope="session")
def room(root):
    """The session's own folder on a real disk."""
    made = Room()
    yield made
    made.close()


@pytest.fixture
def drives(room):
    """Makes loop drives: drives.make(size, content, sector_size, read_only, table)."""
    made = Drives(room)
    yield made
    made.close()


@pytest.fixture
def faulty(room):
    """Makes drives that misbehave: faulty.make(size, content, drop_after=…, …), see lab/faulty_disk.py."""
    below = Drives(room)
    made = Faulty(room, below)
    yield made
    made.close()
    try:
        below.close()
    finally:
        made.unmount()


@pytest.fixture
def platterctl(room):
    """Runs platterctl without a system bus, so with the helper embedded."""
    made = Platterctl(room)
    yield made
    made.close()


@pytest.fixture(scope="session")
def session_bus(room):
    made = Bus(room)
    yield made
    made.close()


@pytest.fixture
def bus(session_bus, request):
    """The private system bus. Each test finds polkitd saying yes, no helper running and no job kept. One that fails leaves what was
    logged."""
    session_bus.polkit.reset()
    begin = session_bus.log.stat().st_size
    yield session_bus
    if getattr(request.node, "failed_calls", 0):
        print(session_bus.log.read_bytes()[begin:].decode(errors="replace")[-4000:])
    session_bus.end_helper()
    session_bus.forget_jobs()


@pytest.fixture
def smart_bus(room):
    """A system bus with a made-up UDisks2 whose drives have SMART: smart_bus.add(drive, …)."""
    made = SmartBus(room)
    yield made
    made.close()


@pytest.fixture
def platterctl_on_bus(room, bus):
    """Runs platterctl against the helper on the private bus; user=NOBODY runs it as somebody else than root."""
    made = Platterctl(room, bus.address)
    yield made
    made.close()


@pytest.fixture(scope="session")
def session_desktop(room):
    made = Desktop(room)
    yield made
    made.close()


@pytest.fixture
def desktop(session_desktop, request):
    """A display for the window: desktop.start(…). A test that fails leaves a screenshot and the log."""
    yield session_desktop
    if getattr(request.node, "failed_calls", 0):
        folder = BUILD / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        session_desktop.screenshot(folder / f"{request.node.name.replace('/', '_')}.png")
        print(session_desktop.log.read_text()[-4000:])
    session_desktop.close_windows()


@pytest.fixture
def callers(bus):
    """Makes clients on the private bus: callers(user)."""
    made = []

    def make(user=0):
        made.append(Caller(bus.address, user))
        return made[-1]

    yield make
    for caller in made:
        caller.close()


@pytest.fixture
def agents(bus):
    """Makes polkit agents: agents(caller)."""
    made = []

    def make(caller):
        made.append(Agent(bus, caller))
        return made[-1]

    yield make
    for agent in made:
        agent.close()
