# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""`meson install` puts everything in its place, and what it installs is complete."""
import subprocess

import pytest

from lab.platterctl import BUILD, TOP

PLACES = """
bin/platter
bin/platterctl
libexec/platter-helper
libexec/platter-worker
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
    return destination / "usr/local"


def test_everything_is_in_its_place(installed):
    assert [place for place in PLACES if not (installed / place).is_file()] == []


def test_nothing_points_into_the_build_tree(installed):
    """What services and desktops start is the installed program."""
    for path in installed.rglob("*"):
        if path.suffix in (".service", ".desktop", ".conf", ".policy"):
            assert str(TOP) not in path.read_text(), path


def test_services_name_programs_that_are_installed(installed):
    for service in [*installed.rglob("*.service")]:
        for line in service.read_text().splitlines():
            program = line.removeprefix("Exec=").removeprefix("ExecStart=").split()[0] if line.startswith("Exec") else ""
            if program.startswith("/usr/local/"):
                assert (installed / program.removeprefix("/usr/local/")).is_file(), service
