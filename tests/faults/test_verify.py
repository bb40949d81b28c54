# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What comparing has to find, and to say, where a cache stands in between."""
import os

from lab import content, room as rooms
from lab.content import MIB

SIZE = 16 * MIB


def test_row_44_cache_still_holds_the_data(platterctl, faulty, drives):
    """The page cache of the target has all that the source has; the drive itself has not."""
    data = content.noise(SIZE)
    source = drives.make(SIZE, data)
    target = faulty.make(SIZE, content.old(SIZE), drop_after=8 * MIB)
    # As long as it is open the kernel keeps its pages.
    descriptor = os.open(target, os.O_RDWR)
    try:
        os.pwrite(descriptor, data, 0)
        os.fsync(descriptor)
        assert os.pread(descriptor, SIZE, 0) == data
        result = platterctl("verify", "--json", source, target)
        assert result.status == 4, result
        assert result.report["outcome"] == "mismatched"
        assert result.report["targets"][0]["mismatches"][0]["offset"] >= 8 * MIB
    finally:
        os.close(descriptor)


def test_row_45_cache_cannot_be_bypassed(platterctl, drives, room):
    """A ramfs knows neither direct I/O nor how to forget a page: that has to be said."""
    data = content.noise(4 * MIB)
    drive = drives.make(4 * MIB, data)
    point = room.folder("ramfs")
    rooms.run("mount", "-t", "ramfs", "ramfs", point)
    try:
        image = point / "x.img"
        image.write_bytes(data)
        result = platterctl("verify", "--json", drive, image)
        assert result.status == 0, result
        assert result.report["targets"][0]["cache-bypassed"] is False
        assert "cache" in result.stderr
    finally:
        rooms.unmount(point)
