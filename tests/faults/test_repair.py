# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Places that come back wrong are written again, three times at most, and a drive that needs that is not trusted."""
import pytest

from lab import content
from lab.content import MIB

SIZE = 24 * MIB
DATA = content.noise(SIZE)
AT = 9 * MIB + 8192
AREA = f"{AT}-{AT + 4096}"


@pytest.fixture(params=["io_uring", "threads"])
def queue(request):
    return request.param


@pytest.fixture
def clone(platterctl, drives, queue):
    """Clones DATA to a target; returns how platterctl ended and, with --json, what the report says of the target."""

    def run(target, *options):
        source = drives.make(SIZE, DATA)
        result = platterctl("clone", "--yes", "--queue", queue, *options, source, target)
        return result, result.report["targets"][0] if "--json" in options else None

    return run


def writes(drive, offset):
    """How often a byte was written."""
    return sum(kind == "w" and start <= offset < start + length for kind, start, length in drive.requests())


def check_mismatch(told, attempts, is_repaired):
    """There is one, and it is said where, of which kind, and how often it was written again."""
    (mismatch,) = told["mismatches"]
    lost = [at for at in range(4096) if DATA[AT + at] != 0xa5]
    assert mismatch["offset"] == AT + lost[0]
    assert mismatch["length"] == lost[-1] - lost[0] + 1
    assert mismatch["differing"] == len(lost)
    assert mismatch["class"] == "old-data"
    assert (mismatch["repair-attempts"], mismatch["repaired"]) == (attempts, is_repaired)
    assert told["mismatch-count"] == 1


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_is_dropped_some_times_is_repaired(clone, faulty, times):
    """All is there in the end, but 4 is not 0: areas had to be written again."""
    target = faulty.make(SIZE, content.old(SIZE), drop=AREA, drop_times=times)
    result, told = clone(target, "--json")
    assert result.status == 4, result
    assert result.report["outcome"] == told["verdict"] == "repaired"
    check_mismatch(told, times, True)
    assert told["repaired"] == MIB and told["mismatched"] == 0
    assert told["verified"] == SIZE
    assert "error-code" not in told
    assert writes(target, AT) == 1 + times
    assert target.stored() == DATA


@pytest.mark.parametrize("repairs", [3, 2, 0])
def test_what_is_always_dropped_ends_mismatched(clone, faulty, repairs):
    target = faulty.make(SIZE, content.old(SIZE), drop=AREA)
    result, told = clone(target, "--json", *(["--repairs", repairs] if repairs < 3 else []))
    assert result.status == 4, result
    assert result.report["outcome"] == told["verdict"] == "mismatched"
    assert told["error-code"] == "mismatch"
    check_mismatch(told, repairs, False)
    assert told["error-offset"] == told["mismatches"][0]["offset"]
    assert told["repaired"] == 0 and told["mismatched"] == MIB
    assert writes(target, AT) == 1 + repairs
    assert target.stored(0, MIB).startswith(b"Platter: ")


def test_one_repair_too_few(clone, faulty):
    """The write that would have been kept is not made any more."""
    target = faulty.make(SIZE, content.old(SIZE), drop=AREA, drop_times=2)
    result, told = clone(target, "--json", "--repairs", 1)
    assert result.status == 4, result
    assert told["verdict"] == "mismatched"
    check_mismatch(told, 1, False)


@pytest.mark.parametrize("at", [0, SIZE - 4096], ids=["first", "last"])
def test_the_edges_are_repaired(clone, faulty, at):
    """The first write there is a mark, which has to be dropped too to be found missing."""
    target = faulty.make(SIZE, content.old(SIZE), drop=f"{at}-{at + 4096}", drop_times=1)
    result, told = clone(target, "--json")
    assert result.status == 4, result
    assert told["verdict"] == "repaired"
    assert target.stored() == DATA


def test_words_for_a_repaired_drive(clone, faulty):
    """It is good, and called unreliable; nowhere does it say plainly that it is verified."""
    target = faulty.make(SIZE, content.old(SIZE), drop=AREA, drop_times=2)
    result, _ = clone(target)
    assert result.status == 4, result
    assert f"{target} Repaired: " in result.stderr
    assert "only after wrong blocks were written again" in result.stderr
    assert f"from byte {AT} on: the write was dropped: old data came back (repaired: written again 2 times)" \
        in result.stderr
    assert "This drive is unreliable." in result.stderr
    assert "Verified" not in result.stdout + result.stderr


def test_words_for_a_drive_that_cannot_be_repaired(clone, faulty):
    target = faulty.make(SIZE, content.old(SIZE), drop=AREA)
    result, _ = clone(target)
    assert result.status == 4, result
    assert f"{target} Not the same: " in result.stderr
    assert f"from byte {AT} on: the write was dropped: old data came back (written again 3 times, in vain)" \
        in result.stderr
    assert "Do not use this drive." in result.stderr
    assert "Verified" not in result.stdout + result.stderr
