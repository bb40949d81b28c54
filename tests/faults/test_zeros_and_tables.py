# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Zeros that a drive is asked to make by itself, and partition tables on drives that do not fit them. The numbers are
the rows of matrix.toml."""
import pytest

from lab import content
from lab.content import MIB

SIZE = 24 * MIB
DATA = content.mixed(SIZE)
TABLE = "label: gpt\nstart=1MiB, size=4MiB, name=Only\n"


@pytest.fixture
def source(drives):
    return drives.make(SIZE, DATA)


@pytest.fixture
def clone(platterctl):
    def run(source, target):
        return platterctl("clone", "--yes", "--json", source, target)

    return run


def zeros_asked_for(drive):
    return [kind for kind, _, _ in drive.requests() if kind in "zt"]


def test_row_34_fast_zeros_fail(clone, faulty, source):
    target = faulty.make(SIZE, content.old(SIZE), on=["zero_fails"])
    result = clone(source, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert zeros_asked_for(target)
    assert target.stored() == DATA


@pytest.mark.parametrize(("zeros", "outcome"), [(3, "repaired"), (12, "mismatched")])
def test_row_35_fast_zeros_leave_what_was_there(clone, drives, faulty, zeros, outcome):
    """The drive says yes and does nothing. It is found out; a few places are put right by writing, many are too many."""
    data = content.noise(4 * MIB) + bytes(zeros * MIB) + content.noise(8 * MIB)
    source = drives.make(len(data), data)
    target = faulty.make(len(data), content.old(len(data)), trim_lies=1)
    result = clone(source, target)
    assert zeros_asked_for(target)
    assert (result.report["outcome"], result.status) == (outcome, 4), result
    assert {mismatch["class"] for mismatch in result.report["targets"][0]["mismatches"]} == {"old-data"}
    assert (target.stored() == data) == (outcome == "repaired")


def test_row_58_table_of_another_sector_size(clone, drives):
    source = drives.make(SIZE, table=TABLE)
    target = drives.make(SIZE, content.old(SIZE), sector_size=4096)
    result = clone(source, target)
    assert result.status == 3, result
    assert "sectors of" in result.stderr
    assert target.read() == content.old(SIZE)


def test_row_60_old_backup_of_a_table_on_the_target(clone, drives, source):
    """No tool may take the old backup at the end of a larger drive for the table of what was copied."""
    target = drives.make(SIZE + 8 * MIB, table=TABLE)
    assert target.read(target.size - 512, 8) == b"EFI PART"
    result = clone(source, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert target.read(0, SIZE) == DATA
    assert not any(target.read(target.size - MIB))


@pytest.mark.parametrize("size", [512, 4096 + 512])
def test_old_table_behind_a_short_image(platterctl, drives, room, size):
    """What was written is less than the drive's own table takes: nothing of that may come back, be it in the second sector
    or at the end."""
    image = room.new("short.img")
    image.write_bytes(content.noise(size))
    target = drives.make(SIZE, content.old(SIZE), table=TABLE)
    assert target.read(512, 8) == target.read(SIZE - 512, 8) == b"EFI PART"
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    stored = target.read()
    assert stored[:size] == content.noise(size)
    assert not any(stored[size:MIB])
    assert not any(stored[-MIB:])


@pytest.mark.parametrize("is_primary", [True, False])
def test_moving_the_backup_of_a_table_fails(clone, drives, faulty, is_primary):
    """It is written after the copy was proven: if that goes wrong where the copy lies, it is proven no more."""
    source = drives.make(SIZE, table=TABLE)
    size = SIZE + 8 * MIB
    # The first sector gets the mark, then what was held back, then the new table; the last one the mark, zeros, and the table.
    bad = "0-512" if is_primary else f"{size - 512}-{size}"
    target = faulty.make(size, bad_writes=bad, bad_writes_skip=2)
    result = clone(source, target)
    assert result.report["targets"][0]["gpt"] == "failed", result
    assert (result.report["outcome"], result.status) == (("failed", 1) if is_primary else ("verified", 0)), result
    if is_primary:
        assert "table may be damaged" in result.stderr
    else:
        assert target.stored(0, SIZE) == source.read()


@pytest.mark.parametrize("data", [content.noise(SIZE), bytes(SIZE)], ids=["noise", "zeros"])
def test_no_backup_of_a_table_goes_into_the_copy(clone, drives, faulty, data):
    """A fake stick that is large enough for the copy: its addresses wrap, and the end that it claims lies in the copy."""
    source = drives.make(SIZE, data, table=TABLE)
    target = faulty.make(3 * SIZE + SIZE // 2, wrap=SIZE + MIB)
    result = clone(source, target)
    (told,) = result.report["targets"]
    assert (told["verdict"], told["gpt"]) == ("verified", "failed"), result
    assert "does not keep what is written to its end" in told["gpt-message"], result
    assert target.stored(0, SIZE) == source.read()


def test_report_says_that_partitions_were_not_read_anew(clone, drives):
    """A loop device that was attached without partitions never reads them: the copy is good all the same."""
    source = drives.make(SIZE, table=TABLE)
    target = drives.make(SIZE)
    result = clone(source, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["targets"][0]["table-reread"] is False
