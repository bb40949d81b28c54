# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What comparing has to find, and to say: of drives and images in any order, whole and in part, and where a cache
stands in between."""
import os

import pytest

from lab import content, room as rooms
from lab.content import MIB

SIZE = 16 * MIB
SMALL = 4 * MIB + 1536
PAIRS = [("drive", "drive"), ("drive", "image"), ("image", "drive"), ("image", "image")]


@pytest.fixture(params=PAIRS, ids="-".join)
def pair(request, drives, room):
    """Makes one side of each kind, the first with `first` on it and the second with `second`."""

    def make(kind, data):
        if kind == "drive":
            return drives.make(len(data), data)
        image = room.new("side.img")
        image.write_bytes(data)
        return image

    def make_both(first, second):
        return [make(kind, data) for kind, data in zip(request.param, (first, second))]

    make_both.kinds = request.param
    return make_both


def with_differences(data):
    """The data with a bit flipped, a sector zeroed, a MiB from elsewhere and the last byte turned over."""
    made = bytearray(data)
    made[700] ^= 1
    made[MIB + 512 : MIB + 1024] = bytes(512)
    made[2 * MIB : 3 * MIB] = content.noise(MIB, 9)
    made[-1] ^= 0xff
    return bytes(made)


def check_differences(result, data, other):
    """Each differing MiB is listed with its first and last differing byte, and how many are between."""
    assert result.status == 4, result
    assert result.report["outcome"] == "mismatched"
    (told,) = result.report["targets"]
    expected = []
    for start in range(0, len(data), MIB):
        wrong = [at for at in range(start, min(start + MIB, len(data))) if data[at] != other[at]]
        if wrong:
            expected.append((wrong[0], wrong[-1] - wrong[0] + 1, len(wrong)))
    assert [(each["offset"], each["length"], each["differing"]) for each in told["mismatches"]] == expected
    assert [each["class"] for each in told["mismatches"]] == ["bits", "zeros", "other", "bits"]
    assert told["mismatch-count"] == 4 and told["error-offset"] == 700
    assert told["verified"] == len(data) - told["mismatched"]


def read(side):
    return side.read_bytes() if hasattr(side, "read_bytes") else side.read()


def test_equal(platterctl, pair):
    data = content.noise(SMALL)
    first, second = pair(data, data)
    result = platterctl("verify", first, second)
    assert result.status == 0, result
    assert "Identical: " in result.stdout and "are the same, byte for byte." in result.stdout
    assert "were compared" not in result.stdout
    assert result.stderr == ""


def test_different(platterctl, pair):
    data = content.noise(SMALL)
    other = with_differences(data)
    first, second = pair(data, other)
    result = platterctl("verify", "--json", first, second)
    check_differences(result, data, other)
    assert "Not the same: " in result.stderr and "1 byte differs, from byte 700 on: " in result.stderr
    assert (read(first), read(second)) == (data, other)


@pytest.mark.parametrize("longer", ["first", "second"])
def test_equal_up_to_the_end_of_the_shorter_one(platterctl, pair, longer):
    """What lies behind that end is neither compared nor said to be the same."""
    data = content.noise(SMALL)
    long = data + content.noise(MIB, 2)
    first, second = pair(*((long, data) if longer == "first" else (data, long)))
    result = platterctl("verify", "--shorter", first, second)
    assert result.status == 0, result
    assert "Identical: " in result.stdout
    assert f"Only the first {SMALL} bytes were compared, up to the end of the shorter one." in result.stdout


@pytest.mark.parametrize("longer", ["first", "second"])
def test_different_before_the_end_of_the_shorter_one(platterctl, pair, longer):
    data = content.noise(SMALL)
    other = with_differences(data)
    behind = content.noise(MIB, 2)
    first, second = pair(*((data + behind, other) if longer == "first" else (data, other + behind)))
    check_differences(platterctl("verify", "--json", "--shorter", first, second), data, other)


@pytest.mark.parametrize("longer", ["first", "second"])
def test_two_sizes_are_not_the_same(platterctl, pair, longer):
    """Unless they may be compared in part; of an image and a larger drive that is what everybody means."""
    data = content.noise(SMALL)
    long = data + bytes(MIB)
    first, second = pair(*((long, data) if longer == "first" else (data, long)))
    is_beginning = set(pair.kinds) == {"drive", "image"} and pair.kinds[longer == "second"] == "drive"
    result = platterctl("verify", "--json", first, second)
    if is_beginning:
        assert result.status == 0, result
        assert result.report["targets"][0]["verified"] == SMALL
    else:
        assert result.status == 3, result
        assert result.lines[-1]["error"] == "TooSmall"
        assert "up to the end of the shorter one" in result.stderr


def test_row_09_the_source_is_another_when_it_is_read_again(platterctl, faulty, drives):
    """What differs only once is not the target's fault, neither when two drives are compared ..."""
    data = content.noise(SIZE)
    source = faulty.make(content=data, flip=5 * MIB + 77, flip_times=1)
    result = platterctl("verify", "--json", source, drives.make(SIZE, data))
    check_unstable(result)
    assert result.report["targets"][0]["mismatches"][0]["offset"] // MIB == 5


def test_row_09_the_source_changes_after_it_was_copied(platterctl, faulty):
    """... nor when a wrong block is to be written again after a copy."""
    source = faulty.make(content=content.noise(SIZE), flip=5 * MIB + 77, flip_times=1)
    target = faulty.make(content=content.old(SIZE), drop=f"{5 * MIB}-{5 * MIB + 512}")
    result = platterctl("clone", "--yes", "--json", source, target)
    check_unstable(result)
    assert target.stored(0, MIB) != source.stored(0, MIB)


def check_unstable(result):
    assert result.status == 4, result
    (told,) = result.report["targets"]
    assert result.report["outcome"] == told["verdict"] == told["error-code"] == "source-unstable"
    assert told["error-offset"] // MIB == 5
    assert "did not stay the same while it was read" in result.stderr


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
