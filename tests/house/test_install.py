# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""`meson install` puts everything in its place, and what it installs is complete."""
import json
import subprocess
from pathlib import Path

import pytest

from lab import content, room as rooms
from lab.platterctl import BUILD, PREFIX, TOP, as_installed, clean_environment

PLACES = """
bin/platter
bin/platterctl
libexec/platter-helper
libexec/platter-look
libexec/platter-worker
libexec/platter-worker-images
lib/systemd/system/platter-helper.service
lib/sysusers.d/platter.conf
share/applications/org.platter.Platter.desktop
share/bash-completion/completions/platterctl
share/dbus-1/services/org.platter.Platter.service
share/dbus-1/system-services/org.platter.Helper1.service
share/dbus-1/system.d/org.platter.Helper1.conf
share/glib-2.0/schemas/org.platter.Platter.gschema.xml
share/icons/hicolor/scalable/apps/org.platter.Platter.svg
share/icons/hicolor/symbolic/apps/org.platter.Platter-symbolic.svg
share/locale/de/LC_MESSAGES/platter.mo
share/man/man1/platter.1
share/man/man1/platterctl.1
share/metainfo/org.platter.Platter.metainfo.xml
share/polkit-1/actions/org.platter.helper.policy
""".split()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Everything that was installed, below the prefix."""
    destination = tmp_path_factory.mktemp("destination")
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", destination], check=True, timeout=240,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return destination / PREFIX.relative_to("/")


@pytest.fixture
def run_installed(installed, room):
    """Runs what was installed, where it belongs."""

    def run(*command, **environment):
        return rooms.run(*as_installed(installed, *command), cwd="/",
                         env=clean_environment(room.folder("home"), **environment))

    return run


def test_everything_is_in_its_place(installed):
    assert [place for place in PLACES if not (installed / place).is_file()] == []


def test_bus_and_polkit_look_there(installed, room):
    """Debian's look for what they allow below /usr only. Its bus as it is configured there lets the helper have its name."""
    assert PREFIX == Path("/usr")
    socket = room.folder("socket") / "bus"
    bus = rooms.start(as_installed(installed, "dbus-daemon", "--config-file=/usr/share/dbus-1/system.conf", "--nofork",
                                   "--nopidfile", f"--address=unix:path={socket}"), stderr=subprocess.DEVNULL)
    try:
        rooms.wait_until(socket.exists, "the bus to listen")
        rooms.run(*as_installed(installed, PREFIX / "libexec/platter-helper", "--idle-timeout=1"),
                  env=clean_environment(room.folder("home"), f"unix:path={socket}"))
    finally:
        rooms.end(bus)
    assert (installed / "share/polkit-1/actions/org.platter.helper.policy").is_file()


def test_a_helper_that_may_not_have_its_name_says_why(room):
    """On a bus that does not know of Platter no other helper runs."""
    socket = room.folder("socket") / "bus"
    bus = rooms.start(["dbus-daemon", "--config-file=/usr/share/dbus-1/system.conf", "--nofork", "--nopidfile",
                       f"--address=unix:path={socket}"], stderr=subprocess.DEVNULL)
    try:
        rooms.wait_until(socket.exists, "the bus to listen")
        helper = subprocess.run([BUILD / "src/helper/platter-helper", "--idle-timeout=1"], capture_output=True, text=True,
                                env=clean_environment(room.folder("home"), f"unix:path={socket}"), timeout=60)
    finally:
        rooms.end(bus)
    assert helper.returncode == 1 and "policy" in helper.stderr, helper


def test_nothing_points_into_the_build_tree(installed):
    """What services and desktops start is the installed program."""
    for path in installed.rglob("*"):
        if path.suffix in (".service", ".desktop", ".conf", ".policy"):
            assert str(TOP) not in path.read_text(), path


def test_services_name_programs_that_are_installed(installed):
    for service in [*installed.rglob("*.service")]:
        for line in service.read_text().splitlines():
            program = line.removeprefix("Exec=").removeprefix("ExecStart=").split()[0] if line.startswith("Exec") else ""
            if program.startswith(f"{PREFIX}/"):
                assert (installed / program.removeprefix(f"{PREFIX}/")).is_file(), service


def test_installed_programs_find_each_other(run_installed, drives):
    """The command line starts the installed helper, and that the installed worker; and what looks at images."""
    data = content.noise(2 * content.MIB)
    source, target = drives.make(len(data), data), drives.make(len(data))
    assert "Disk image" in run_installed(PREFIX / "bin/platterctl", "info", source.file)
    told = run_installed(PREFIX / "bin/platterctl", "clone", "--yes", "--json", source, target)
    assert json.loads(told.splitlines()[-1])["outcome"] == "verified"
    assert target.read() == data


def test_installed_programs_speak_german(run_installed, installed):
    """The catalog is found, and the files for others carry their translations."""
    told = run_installed(PREFIX / "bin/platterctl", "--help", LANGUAGE="de")
    assert "Datenträger" in told
    assert "[de]=" in (installed / "share/applications/org.platter.Platter.desktop").read_text()
    for place in ("share/metainfo/org.platter.Platter.metainfo.xml", "share/polkit-1/actions/org.platter.helper.policy"):
        assert 'xml:lang="de"' in (installed / place).read_text(), place


def test_helper_is_confined(installed):
    """systemd's own judgement of the unit: 0 is best, 10 is worst, and this is in tenths."""
    rooms.run("systemd-analyze", "security", "--offline=true", "--threshold=20",
              installed / "lib/systemd/system/platter-helper.service")
