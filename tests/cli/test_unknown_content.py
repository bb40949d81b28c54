# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Where there is no UDisks2 nobody tells what is on a drive, and then it is not called empty."""
import pytest

from lab import content, room as rooms
from lab.content import MIB


@pytest.fixture
def full(drives):
    """A drive that is one file system, as UDisks2 would tell and the kernel does not."""
    drive = drives.make(16 * MIB)
    rooms.run("mkfs.ext4", "-q", "-F", "-L", "PHOTOS", drive.path)
    return drive


def test_it_is_not_called_empty(platterctl, full):
    result = platterctl("info", full)
    assert result.status == 0, result
    assert "contents not known" in result.stdout and "no volumes" not in result.stdout
    (told,) = platterctl("info", "--json", full).lines
    assert "volumes" not in told


def test_nor_before_it_is_overwritten(platterctl, full, room):
    image = room.new("x.img")
    image.write_bytes(content.noise(MIB))
    before = full.read()
    asked = platterctl.ask("no\n", "write", image, full)
    assert asked.status == 5, asked
    assert "contents not known" in asked.stderr and "no volumes" not in asked.stderr
    assert full.read() == before


def test_what_the_kernel_knows_is_told(platterctl, drives):
    drive = drives.make(16 * MIB, table="label: gpt\nsize=4MiB\n")
    drive.add_partitions()
    assert "contents not known" not in platterctl("info", drive).stdout
    (told,) = platterctl("info", "--json", drive).lines
    assert [volume["device"] for volume in told["volumes"]] == [drive.partition(1)]


def test_udisks_may_know_that_there_is_nothing(platterctl_on_bus, bus, drives):
    drive = drives.make(16 * MIB)
    bus.udisks_block(drive.path)
    assert "no volumes" in platterctl_on_bus("info", drive).stdout
    (told,) = platterctl_on_bus("info", "--json", drive).lines
    assert told["volumes"] == []
