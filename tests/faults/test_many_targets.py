# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""One source and many targets in one job: each gets what is true of it, whatever becomes of the others."""
import json

import pytest

from lab import content
from lab.content import MIB
from lab.drives import read_past_cache

SIZE = 40 * MIB
DATA = content.noise(SIZE)
OLD = content.old(SIZE)
STALL_TIMEOUT = 4
MOST_TARGETS = 32


@pytest.fixture(params=["io_uring", "threads"])
def queue(request):
    return request.param


@pytest.fixture
def copy(platterctl, queue):
    """Copies to all targets; returns how platterctl ended and what the report says of each of them."""

    def run(command, source, *targets, options=()):
        result = platterctl(command, "--yes", "--json", "--queue", queue, *options, source, *targets, patience=120)
        assert result.report["type"] == "report", result
        assert result.report["options"]["queue"] == queue
        return result, told_of(result, targets)

    return run


def told_of(result, targets):
    """What the report says of the targets, each of which it identifies: there is one of its kind on this machine."""
    told = result.report["targets"]
    keys = ("device", "number", "diskseq", "size", "name", "serial")
    assert [tuple(each[key] for key in keys) for each in told] \
        == [(drive.path, drive.number, drive.diskseq, drive.size, drive.file.name, "") for drive in targets]
    return told


def stored(drive):
    """What really lies in the file below a drive that has no faults."""
    return read_past_cache(drive.file)


def differences(actual):
    """What comparing has to find, MiB by MiB, between the first one and the last: offset, length, differing bytes."""
    found = []
    for start in range(MIB, SIZE - MIB, MIB):
        if actual[start : start + MIB] == DATA[start : start + MIB]:
            continue
        wrong = [at for at in range(start, start + MIB) if actual[at] != DATA[at]]
        found.append((wrong[0], wrong[-1] - wrong[0] + 1, len(wrong)))
    return found


def is_marked(head):
    """The beginning of a target that is not whole says so, and holds nothing else."""
    return head.startswith(b"Platter: ") and not any(head[512:])


def check_verified(told, size=SIZE):
    assert told["verdict"] == "verified", told
    assert told["written"] == told["durable"] == told["verified"] == size
    assert told["mismatches"] == [] and "error-code" not in told


def test_delay_lie_failure_and_a_good_one(copy, drives, faulty):
    """Neither the slow one, nor the liar, nor the broken one spoils the good one, and none is taken for another."""
    source = drives.make(SIZE, DATA)
    slow = faulty.make(SIZE, OLD, write_delay=20, read_delay=10)
    liar = faulty.make(SIZE, OLD, drop=f"{9 * MIB + 8192}-{10 * MIB + 4096}")
    broken = faulty.make(SIZE, OLD, bad_writes=f"{16 * MIB}-{16 * MIB + 4096}")
    good = drives.make(SIZE, OLD)
    result, told = copy("clone", source, slow, liar, broken, good)
    of_slow, of_liar, of_broken, of_good = told

    assert result.status == 1, result
    assert result.report["outcome"] == "failed"
    assert "error-code" not in result.report, "the job as a whole did what it was asked to"
    for of_whole, whole in ((of_slow, slow.stored()), (of_good, stored(good))):
        check_verified(of_whole)
        assert whole == DATA

    assert (of_liar["verdict"], of_liar["error-code"]) == ("mismatched", "mismatch")
    assert of_liar["mismatches"][0]["offset"] == of_liar["error-offset"] == 9 * MIB + 8192
    assert [(each["offset"], each["length"], each["differing"]) for each in of_liar["mismatches"]] \
        == differences(liar.stored())
    assert [each["class"] for each in of_liar["mismatches"]] == ["old-data"] * 2
    assert of_liar["mismatch-count"] == 2 and of_liar["mismatched"] == 2 * MIB
    assert is_marked(liar.stored(0, MIB))

    assert (of_broken["verdict"], of_broken["error-code"], of_broken["error-phase"]) == ("failed", "write", "copying")
    assert of_broken["error-offset"] == 16 * MIB == SIZE * 40 // 100
    assert of_broken["durable"] == of_broken["verified"] == 0
    assert is_marked(broken.stored(0, MIB))

    assert f"{liar} Not the same: " in result.stderr
    assert f"{broken} Failed: " in result.stderr
    assert f"Could not write {broken} at byte {16 * MIB}" in result.stderr
    assert slow.path not in result.stderr and good.path not in result.stderr
    assert source.read() == DATA


@pytest.mark.parametrize("length", [5 * MIB + 512, 5 * MIB + 4096 + 700], ids=["sectors", "bytes"])
def test_sectors_of_512_and_4096_in_one_job(copy, drives, room, length):
    """The image is no multiple of the larger sectors, or of any: each drive gets it whole, its last sector filled up
    with zeros, and behind that keeps what it had, up to the last MiB, where old backups of tables are."""
    data = content.noise(length)
    image = room.new("odd.img")
    image.write_bytes(data)
    small = drives.make(8 * MIB, content.old(8 * MIB), sector_size=512)
    large = drives.make(8 * MIB, content.old(8 * MIB), sector_size=4096)
    result, told = copy("write", image, small, large)
    assert result.status == 0, result
    for drive, of_drive, sector in ((small, told[0], 512), (large, told[1], 4096)):
        check_verified(of_drive, length)
        whole = data + bytes(-length % sector)
        assert stored(drive) == whole + content.old(7 * MIB - len(whole)) + bytes(MIB)


def stalls(lines, drive):
    """For how long a target had not answered, as each line of progress told it, in seconds."""
    told = [target for line in lines for target in line["targets"] if target["device"] == drive.path]
    assert len(told) == len(lines)
    return [target["stalled"] / 1e6 for target in told]


@pytest.mark.parametrize("requests", ["stall_writes", "stall_reads"])
def test_one_that_never_answers_again(copy, drives, faulty, requests):
    """While it is written, or read back. Until it is given up the progress says for how long it is waited for."""
    source = drives.make(SIZE, DATA)
    silent = faulty.make(SIZE, OLD, on=["stall_when"], **{requests: f"{20 * MIB}-{21 * MIB}"})
    slow = faulty.make(SIZE, OLD, write_delay=20)
    good = drives.make(SIZE, OLD)
    result, told = copy("clone", source, silent, slow, good, options=["--stall-timeout", STALL_TIMEOUT])
    of_silent, of_slow, of_good = told

    assert result.status == 1, result
    check_verified(of_slow)
    check_verified(of_good)
    assert slow.stored() == stored(good) == DATA
    assert (of_silent["verdict"], of_silent["error-code"]) == ("failed", "stalled")
    assert of_silent["error-phase"] == ("copying" if requests == "stall_writes" else "verifying")
    # The oldest request: the drive's own queue lets others wait behind the one that gets no answer.
    assert MIB <= of_silent["error-offset"] < SIZE - MIB
    assert of_silent["verified"] < SIZE
    assert f"{silent} has not answered for {STALL_TIMEOUT} seconds" in result.stderr
    assert is_marked(silent.stored(0, MIB))

    lines = [line for line in result.lines if line["type"] == "progress"]
    waited = [seconds for seconds in stalls(lines, silent) if seconds]
    assert waited == sorted(waited)
    assert 2 <= waited[0] < waited[-1] <= STALL_TIMEOUT + 1
    assert not any(stalls(lines, slow) + stalls(lines, good))


def test_as_many_as_one_job_may_have(copy, drives):
    size, data = 24 * MIB, content.noise(24 * MIB)
    source = drives.make(size, data)
    targets = [drives.make(size, content.old(MIB)) for _ in range(MOST_TARGETS)]
    result, told = copy("clone", source, *targets)
    assert result.status == 0, result
    for drive, of_drive in zip(targets, told, strict=True):
        check_verified(of_drive, size)
        assert stored(drive) == data


def test_a_liar_among_many(copy, drives, faulty):
    """A report has room for 256 mismatches. All of them are counted, and of each target the first are listed."""
    size, data = 24 * MIB, content.noise(24 * MIB)
    source = drives.make(size, data)
    targets = [drives.make(size) for _ in range(MOST_TARGETS - 1)]
    liar = faulty.make(size, content.old(size), drop=f"{6 * MIB}-{18 * MIB}")
    targets.insert(20, liar)
    result, told = copy("clone", source, *targets)
    assert result.status == 4, result
    of_liar = told.pop(20)
    assert (of_liar["verdict"], of_liar["mismatch-count"]) == ("mismatched", 12)
    assert [each["offset"] // MIB for each in of_liar["mismatches"]] == list(range(6, 6 + 256 // MOST_TARGETS))
    for of_drive in told:
        check_verified(of_drive, size)


def test_one_more_than_a_job_may_have(platterctl, drives):
    source = drives.make(MIB, content.noise(MIB))
    targets = [drives.make(MIB, content.old(MIB)) for _ in range(MOST_TARGETS + 1)]
    result = platterctl("clone", "--yes", source, *targets)
    assert result.status == 2, result
    assert "A job has 1 to 32 targets. Choose fewer, or start several jobs." in result.stderr
    assert result.stdout == ""
    assert all(stored(drive) == content.old(MIB) for drive in targets)


def test_a_failure_is_told_while_the_others_go_on(platterctl, drives, faulty):
    """Nobody has to wait for the slowest of them to hear which one has failed."""
    source = drives.make(SIZE, DATA)
    held = faulty.make(SIZE, OLD, stall_writes=f"{30 * MIB}-{31 * MIB}", on=["stall_when"])
    broken = faulty.make(SIZE, OLD, bad_writes=f"{16 * MIB}-{16 * MIB + 4096}")
    running = platterctl.start("clone", "--yes", "--json", source, held, broken)
    told = next(line for line in map(json.loads, running.stdout) if line["targets"][1]["verdict"] != "none")
    assert (told["type"], told["phase"]) == ("progress", "copying")
    assert [(each["phase"], each["verdict"]) for each in told["targets"]] == [("copying", "none"), ("ended", "failed")]
    held.switch("stall_when", False)
    result = platterctl.wait(running)
    assert [each["verdict"] for each in told_of(result, [held, broken])] == ["verified", "failed"]


def writes(drive):
    return [request for request in drive.requests() if request[0] in "wzt"]


def test_the_failed_one_is_tried_again_alone(copy, drives, faulty):
    source = drives.make(SIZE, DATA)
    broken = faulty.make(SIZE, OLD, bad_writes=f"{16 * MIB}-{16 * MIB + 4096}", on=["bad_writes_when"])
    done = faulty.make(SIZE, OLD)
    result, (of_broken, of_done) = copy("clone", source, broken, done)
    assert result.status == 1, result
    assert of_broken["verdict"] == "failed"
    check_verified(of_done)
    before = writes(done)
    assert before

    broken.switch("bad_writes_when", False)
    result, (of_broken,) = copy("clone", source, broken)
    assert result.status == 0, result
    check_verified(of_broken)
    assert broken.stored() == done.stored() == DATA
    assert writes(done) == before
