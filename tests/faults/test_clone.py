# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Clones from and to drives that misbehave: every fault ends where the user sees it, with its place, and never as done.
The numbers are the rows of matrix.toml."""
import signal

import pytest

from lab import content, room as rooms
from lab.content import MIB

SIZE = 24 * MIB
DATA = content.noise(SIZE)
DONE = ("verified", "repaired", "written")


@pytest.fixture
def source(drives):
    return drives.make(SIZE, DATA)


@pytest.fixture
def clone(platterctl):
    """Clones; returns how platterctl ended and what the report says of the target."""

    def run(source, target, *options):
        result = platterctl("clone", "--yes", "--json", *options, source, target)
        assert result.lines, result
        assert result.report["type"] == "report", result
        return result, result.report["targets"][0]

    return run


def check_failed(result, target, code):
    assert result.status == 1, result
    assert result.report["outcome"] == "failed"
    assert target["error-code"] == code, result
    assert target["error-message"] in result.stderr


def check_mismatched(result, target, offset, kind):
    assert result.status == 4, result
    assert result.report["outcome"] == target["verdict"] == "mismatched"
    assert target["mismatches"][0]["offset"] == target["error-offset"] == offset
    assert {mismatch["class"] for mismatch in target["mismatches"]} == {kind}


def has_no_first_mib(stored):
    """An interrupted target carries nothing of the source's beginning: no table, no boot sector, no signature."""
    sectors = range(0, MIB, 512)
    return not any(stored[at : at + 512] == DATA[at : at + 512] for at in sectors) and stored[510:512] != b"\x55\xaa"


def test_row_01_one_bad_sector(clone, faulty, drives):
    bad = 5 * MIB + 7 * 512
    broken = faulty.make(SIZE, DATA, bad_reads=f"{bad}-{bad + 512}")
    target = drives.make(SIZE, content.old(SIZE))
    result, said = clone(broken, target)
    check_failed(result, said, "read")
    assert said["error-offset"] // MIB == bad // MIB
    assert broken.path in said["error-message"]
    assert has_no_first_mib(target.read(0, MIB))


def test_row_13_source_vanishes(platterctl, faulty, drives):
    held = faulty.make(SIZE, DATA, stall_reads=f"{8 * MIB}-{9 * MIB}", on=["stall_when"])
    target = drives.make(SIZE, content.old(SIZE))
    running = platterctl.start_in_background("clone", "--yes", "--json", held, target)
    held.wait_for("r", 8 * MIB, running)
    held.vanish()
    result = platterctl.wait(running)
    assert result.status == 1, result
    assert result.report["outcome"] == "failed"
    assert result.report["targets"][0]["error-code"] in ("read", "gone")
    assert has_no_first_mib(target.read(0, MIB))


def test_row_14_source_shrinks(platterctl, faulty, drives):
    """The target holds up the copy. More is to come than fits in the buffers, so the end was not read ahead."""
    source = drives.make(128 * MIB, content.noise(128 * MIB))
    held = faulty.make(128 * MIB, content.old(MIB), stall_writes=f"{8 * MIB}-{9 * MIB}", on=["stall_when"])
    running = platterctl.start_in_background("clone", "--yes", "--json", source, held)
    held.wait_for("w", 8 * MIB, running)
    with open(source.file, "r+b") as file:
        file.truncate(120 * MIB)
    rooms.run("losetup", "-c", source)
    held.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 1, result
    assert result.report["outcome"] == "failed"
    assert has_no_first_mib(held.stored(0, MIB))


def test_row_17_image_is_truncated(platterctl, room, faulty):
    image = room.new("image.img")
    image.write_bytes(content.noise(128 * MIB))
    held = faulty.make(128 * MIB, content.old(MIB), stall_writes=f"{8 * MIB}-{9 * MIB}", on=["stall_when"])
    running = platterctl.start_in_background("write", "--yes", "--json", image, held)
    held.wait_for("w", 8 * MIB, running)
    with open(image, "r+b") as file:
        file.truncate(120 * MIB)
    held.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 1, result
    assert result.report["outcome"] == "failed"
    assert has_no_first_mib(held.stored(0, MIB))


def test_row_19_every_write_fails(clone, faulty, source):
    """dd, cp, ddrescue, qemu-img and nbdcopy say success here by default."""
    result, said = clone(source, faulty.make(SIZE, on=["bad_writes_when"]))
    check_failed(result, said, "write")
    assert said["durable"] == said["verified"] == 0


def test_row_20_some_writes_fail(clone, faulty, source):
    broken = faulty.make(SIZE, content.old(SIZE), write_rate=8)
    result, said = clone(source, broken)
    check_failed(result, said, "write")
    assert has_no_first_mib(broken.stored(0, MIB))


def test_row_21_first_write_fails(clone, faulty, source):
    result, said = clone(source, faulty.make(SIZE, write_fails_at=1))
    check_failed(result, said, "write")
    assert said["durable"] == 0


def test_row_22_last_write_fails(clone, faulty, source):
    """The beginning goes last: what lies there must not look like a whole disk."""
    broken = faulty.make(SIZE, switches=["bad_writes_when"], bad_writes="0-4096")
    broken.switch("bad_writes_when")
    result, said = clone(source, broken)
    check_failed(result, said, "write")
    assert said["error-offset"] < MIB
    assert broken.stored(0, 4096) == bytes(4096)


def test_row_28_writes_are_dropped(clone, faulty, source):
    result, said = clone(source, faulty.make(SIZE, content.old(SIZE), drop_after=7 * MIB))
    check_mismatched(result, said, 7 * MIB, "old-data")
    assert said["mismatch-count"] == 17


def test_row_29_fake_capacity(clone, faulty, drives):
    """16 MiB sold as 64: at least three quarters are found wrong, and told apart from a bad cable. Which write comes last
    at a place, and whether it comes whole, the queue decides."""
    data = content.noise(64 * MIB)
    result, said = clone(drives.make(64 * MIB, data), faulty.make(64 * MIB, wrap=16 * MIB))
    assert result.status == 4, result
    assert said["verdict"] == "mismatched"
    assert said["mismatch-count"] >= 48
    assert "wrapped" in {mismatch["class"] for mismatch in said["mismatches"]}


def test_row_30_nothing_is_stored(clone, faulty, source):
    result, said = clone(source, faulty.make(SIZE, drop_after=0))
    assert result.status == 4, result
    assert said["verdict"] == "mismatched"
    assert said["error-offset"] == said["verified"] == 0
    assert said["mismatch-count"] == SIZE // MIB
    middle = [mismatch for mismatch in said["mismatches"] if MIB <= mismatch["offset"] < SIZE - MIB]
    assert {mismatch["class"] for mismatch in middle} == {"zeros"}
    assert "nothing was stored" in result.stderr


def test_row_36_image_of_odd_size(platterctl, room, drives):
    """1 MiB and 100 bytes to a drive with blocks of 4096: whole, and the last block filled up with zeros. The drive's end
    is emptied too: the backup of an old partition table would come back from there."""
    image = room.new("odd.img")
    data = content.noise(MIB + 100)
    image.write_bytes(data)
    target = drives.make(4 * MIB, content.old(4 * MIB), sector_size=4096)
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert target.read() == data + bytes(4096 - 100) + content.old(2 * MIB - 4096) + bytes(MIB)


def test_row_37_target_one_sector_smaller(platterctl, drives, source):
    target = drives.make(SIZE - 512, content.old(SIZE - 512))
    result = platterctl("clone", "--yes", "--json", source, target)
    assert result.status == 3, result
    assert target.read() == content.old(SIZE - 512)


def test_row_38_flush_fails(clone, faulty, source):
    result, said = clone(source, faulty.make(SIZE, on=["flush_fails"]))
    check_failed(result, said, "flush")
    assert said["durable"] == said["verified"] == 0


def test_row_39_flush_fails_once(clone, faulty, source):
    """The kernel tells of it once; asking again, which then works, must not make it good."""
    broken = faulty.make(SIZE, switches=["flush_fails_once"])
    broken.switch("flush_fails_once")
    result, said = clone(source, broken)
    check_failed(result, said, "flush")


def test_row_43_one_bit_is_flipped(clone, faulty, source):
    result, said = clone(source, faulty.make(SIZE, flip=5 * MIB + 17))
    check_mismatched(result, said, 5 * MIB + 17, "bits")
    assert said["mismatches"][0]["bits"] == 1


def test_row_46_read_error_while_verifying(clone, faulty, source):
    broken = faulty.make(SIZE, bad_reads=f"{9 * MIB}-{9 * MIB + 4096}")
    result, said = clone(source, broken)
    check_failed(result, said, "verify")
    assert said["error-offset"] == 9 * MIB
    assert said["mismatched"] == 0
    assert [mismatch["class"] for mismatch in said["mismatches"]] == ["unreadable"]


def test_row_47_first_byte_differs(clone, faulty, source):
    result, said = clone(source, faulty.make(SIZE, flip=0))
    check_mismatched(result, said, 0, "bits")


def test_row_48_last_byte_differs(clone, faulty, source):
    result, said = clone(source, faulty.make(SIZE, flip=SIZE - 1))
    check_mismatched(result, said, SIZE - 1, "bits")


def test_row_49_cancel_while_verifying(platterctl, faulty, source):
    """The target is read for one reason only."""
    held = faulty.make(SIZE, stall_reads=f"{8 * MIB}-{9 * MIB}", on=["stall_when"])
    running = platterctl.start_in_background("clone", "--yes", "--json", source, held)
    held.wait_for("r", 8 * MIB, running)
    running.send_signal(signal.SIGINT)
    rooms.wait_until(lambda: running.stderr.readline().startswith("Cancelling"), "the signal to be answered")
    platterctl.wait_for_progress(running)
    held.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 5, result
    assert result.report["outcome"] not in DONE
