# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Names that others have chosen: no label and no file tells the terminal what to do, or draws a line of its own."""
import json

import pytest

from lab import content, room as rooms
from lab.content import MIB

# Goes up a line, wipes it, and writes over it.
LABEL = "\x1b[2K\x1b[1A\rX"
SHOWN = "\ufffd[2K\ufffd[1A\ufffdX"


def assert_plain(*texts):
    for text in texts:
        assert not [c for c in text if c != "\n" and (ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0 or c == "\u202e")], text


@pytest.fixture
def labelled(drives):
    drive = drives.make(16 * MIB)
    rooms.run("mkfs.ext4", "-q", "-F", "-L", LABEL, drive.path)
    return drive


def test_label_of_a_drive(platterctl_on_bus, bus, labelled, room):
    bus.udisks_block(labelled.path)
    before = labelled.read()
    rooms.wait_until(lambda: SHOWN in platterctl_on_bus("info", labelled).stdout, "UDisks2 to see the label")
    for command in (["info", labelled], ["list", "--all"]):
        result = platterctl_on_bus(*command)
        assert result.status == 0, result
        assert SHOWN in result.stdout
        assert_plain(result.stdout, result.stderr)

    image = room.new("x.img")
    image.write_bytes(content.noise(MIB))
    asked = platterctl_on_bus.ask("no\n", "write", image, labelled)
    assert asked.status == 5, asked
    assert SHOWN in asked.stderr and labelled.path in asked.stderr
    assert_plain(asked.stdout, asked.stderr)
    assert labelled.read() == before


def test_label_in_an_image(platterctl, room):
    image = room.new("x.img")
    image.write_bytes(bytes(16 * MIB))
    rooms.run("mkfs.ext4", "-q", "-F", "-L", LABEL, image)
    result = platterctl("info", image)
    assert result.status == 0, result
    assert SHOWN in result.stdout
    assert_plain(result.stdout, result.stderr)


@pytest.mark.parametrize("name", ["esc\x1b[31mred.img", "two\nlines.img", "turned\u202egmi.img"])
def test_name_of_a_file(platterctl, room, name):
    image = room.new(name)
    image.write_bytes(content.noise(MIB))
    told = platterctl("info", image)
    assert told.status == 0, told
    assert_plain(told.stdout, told.stderr)
    assert told.stdout.count("\n") == 3
    # A program gets the name that the file has.
    assert json.loads(platterctl("info", "--json", image).stdout)["path"] == str(image)

    copy = room.new(f"copy of {name}")
    converted = platterctl("convert", image, copy)
    assert converted.status == 0, converted
    assert copy.read_bytes() == image.read_bytes()
    assert_plain(converted.stdout, converted.stderr)
    beside = (copy.parent / (copy.name + ".sha256")).read_text()
    assert beside.replace("\\n", "\n").endswith(f"  {copy.name}\n")

    again = platterctl("convert", image, copy)
    assert again.status == 3, again
    assert_plain(again.stdout, again.stderr)
    absent = platterctl("info", copy.parent / ("no " + name))
    assert absent.status == 1, absent
    assert_plain(absent.stdout, absent.stderr)
    assert absent.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["b\\c.img", "b\nc.img"], ids=["backslash", "end of a line"])
def test_the_digest_of_a_name_that_is_escaped(platterctl, room, drives, name):
    """What Platter puts beside an image is what it checks it against."""
    folder = room.folder("images")
    (folder / "source").write_bytes(content.mixed(4 * MIB))
    assert platterctl("convert", folder / "source", folder / name).status == 0
    target = drives.make(8 * MIB, content.old(8 * MIB))
    good = platterctl("write", "--yes", "--json", folder / name, target)
    assert good.status == 0 and good.report["expected-matches"] is True, good
    with open(folder / name, "r+b") as file:
        file.seek(3 * MIB)
        file.write(b"x")
    result = platterctl("write", "--yes", folder / name, target)
    assert result.status == 1 and "Verified" not in result.stdout, result


def test_a_file_of_checksums_that_says_nothing(platterctl, room, drives):
    folder = room.folder("images")
    (folder / "a.img").write_bytes(content.mixed(4 * MIB))
    (folder / "a.img.sha256").write_text("0" * 64 + "  b.img\n")
    told = "a.img.sha256 tells nothing of a.img, so the image is not checked against it."
    result = platterctl("write", "--yes", folder / "a.img", drives.make(8 * MIB))
    assert result.status == 0 and told in result.stderr, result
    assert told in platterctl("info", folder / "a.img").stdout
