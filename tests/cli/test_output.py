# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Where standard output cannot be written to: what is only told has failed then, what became of a job has not."""
import os

import pytest

from lab import content
from lab.content import MIB
from lab.platterctl import clean_environment


@pytest.fixture
def image(room):
    path = room.new("x.img")
    path.write_bytes(content.noise(MIB))
    return path


def into(platterctl, path, *arguments, **keywords):
    with open(path, "w") as file:
        process = platterctl.start(*arguments, stdout=file, **keywords)
    _, stderr = process.communicate(timeout=60)
    return process.returncode, stderr


def test_what_could_not_be_told(platterctl, drives, image, room):
    drive = drives.make(MIB)
    copy = room.new("copy.img")
    # Of one user, who has a history.
    home = {"XDG_DATA_HOME": clean_environment(room.folder("user"))["XDG_DATA_HOME"]}
    # A job is what it is, whoever hears of it.
    for more in ([], ["--json"]):
        assert into(platterctl, "/dev/full", "convert", "--force", *more, image, copy, environment=home)[0] == 0
        assert copy.read_bytes() == image.read_bytes()
    for arguments in (["info", image], ["info", "--json", image], ["info", drive], ["history"], ["history", "--json"],
                      ["--version"], ["--help"], ["clone", "--help"], ["clone", "--version"]):
        status, stderr = into(platterctl, "/dev/full", *arguments, environment=home)
        assert status == 1, arguments
        assert stderr.count("Standard output could not be written to.") == 1, arguments
    # Nothing was to be told.
    assert into(platterctl, "/dev/full", "jobs")[0] == 0
    assert into(platterctl, "/dev/full", "info", room.new("none.img"))[0] == 1


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_drives_that_could_not_be_told(platterctl_on_bus, bus, drives, more):
    bus.udisks_block(drives.make(MIB).path)
    status, stderr = into(platterctl_on_bus, "/dev/full", "list", "--all", *more)
    assert status == 1, stderr
    assert "Standard output could not be written to." in stderr


def test_whoever_reads_no_more(platterctl, image):
    reader, writer = os.pipe()
    os.close(reader)
    process = platterctl.start("info", image, stdout=writer)
    os.close(writer)
    _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
