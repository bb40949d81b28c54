# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Comparisons that were cut off: they go on where both sides were equal, and still find what is different."""
import hashlib
import lzma
import os
import signal
import time
import uuid

import pytest

from lab import content, processes, room as rooms
from lab.content import MIB

SIZE = 48 * MIB
DATA = content.noise(SIZE)
CUT = 32 * MIB
MAX_SAMPLES = 16


@pytest.fixture
def slow(faulty):
    """So slow that a comparison can be stopped in its middle."""
    return faulty.make(SIZE, DATA, read_delay=50)


def is_kept_as_it_is(platterctl):
    """Whether the job has been stored, and is paused: nothing more is noted of it then."""
    stored = [path.stat().st_mtime for path in platterctl.state.glob("*.job")]
    return bool(stored) and time.time() - max(stored) > 2


@pytest.fixture
def cut_off(platterctl, slow):
    def run(*arguments):
        process = platterctl.start_in_background("verify", "--json", *arguments)
        slow.wait_for("r", CUT, process)
        pid = next(pid for pid in processes.descendants(process.pid) if processes.name(pid) == "platter-helper")
        process.send_signal(signal.SIGTSTP)
        os.waitpid(process.pid, os.WUNTRACED)
        rooms.wait_until(lambda: is_kept_as_it_is(platterctl), "the job to be kept")
        os.kill(pid, signal.SIGKILL)
        process.send_signal(signal.SIGCONT)
        assert platterctl.wait(process).status == 1

    return run


def jobs(platterctl):
    result = platterctl("jobs", "--json")
    assert result.status == 0, result
    return result.lines


def read(drive, since, until):
    """How much of what lies before `until` was read."""
    return sum(length for kind, offset, length in drive.requests()[since:] if kind == "r" and offset < until)


def resume(platterctl, slow, *images):
    """Resumes the only job, and sees to it that what was equal is not read again, but for samples."""
    (job,) = jobs(platterctl)
    assert (job["kind"], job["resumable"]) == ("verify", True)
    equal = job["targets"][0]["verified"]
    assert MIB < equal <= SIZE
    assert f"can be resumed: {equal / 1e6:.1f}\xa0MB are equal" in platterctl("jobs").stdout
    since = len(slow.requests())
    result = platterctl("jobs", "resume", "1", *images, "--json")
    # udev looks at the start of what somebody has let go of.
    assert read(slow, since, equal - MIB) <= (MAX_SAMPLES + 1) * MIB < equal
    assert jobs(platterctl) == []
    return result


def test_two_drives(platterctl, drives, slow, cut_off):
    source = drives.make(SIZE, DATA)
    cut_off(source, slow)
    result = resume(platterctl, slow)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["targets"][0]["verified"] == SIZE
    assert result.report["carried"] > CUT / 2


def test_what_is_different_behind_is_found(platterctl, drives, slow, cut_off):
    wrong = bytearray(DATA)
    wrong[SIZE - 1000] ^= 1
    cut_off(drives.make(SIZE, bytes(wrong)), slow)
    result = resume(platterctl, slow)
    assert result.status == 4, result
    (target,) = result.report["targets"]
    assert (target["verdict"], target["mismatch-count"]) == ("mismatched", 1)
    assert target["mismatches"][0]["offset"] == SIZE - 1000
    assert target["verified"] == SIZE - MIB


def test_what_was_found_before_is_found_again(platterctl, drives, slow, cut_off):
    wrong = bytearray(DATA)
    wrong[20 * MIB + 7] ^= 1
    cut_off(drives.make(SIZE, bytes(wrong)), slow)
    (job,) = jobs(platterctl)
    assert job["targets"][0]["verified"] == 20 * MIB
    result = resume(platterctl, slow)
    assert result.status == 4, result
    assert [place["offset"] for place in result.report["targets"][0]["mismatches"]] == [20 * MIB + 7]


def test_a_drive_that_was_written_to_in_between_is_found_out(platterctl, drives, slow, cut_off):
    source = drives.make(SIZE, DATA)
    cut_off(source, slow)
    with open(source.path, "r+b", buffering=0) as drive:
        drive.seek(2 * MIB)
        drive.write(bytes(8 * MIB))
        os.fsync(drive.fileno())
    result = platterctl("jobs", "resume", "1", "--json")
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == "changed"
    assert jobs(platterctl)[0]["resumable"], "the right drive may still come"


def test_a_drive_that_was_written_to_meanwhile_is_compared_anew(platterctl, drives, slow):
    """A single sector, behind which the comparison was already: samples would hardly find it, but the kernel has counted it."""
    source = drives.make(SIZE, DATA)
    process = platterctl.start_in_background("verify", source, slow)
    slow.wait_for("r", CUT, process)
    below = [pid for pid in processes.descendants(process.pid) if processes.name(pid).startswith("platter-")]
    process.send_signal(signal.SIGTSTP)
    os.waitpid(process.pid, os.WUNTRACED)
    rooms.wait_until(lambda: any(path.suffix == ".job" for path in platterctl.state.glob("*")), "the job to be kept")
    with open(source.path, "r+b", buffering=0) as drive:
        drive.seek(5 * MIB)
        drive.write(bytes(512))
        os.fsync(drive.fileno())
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGHUP)
    assert platterctl.wait(process).status == -signal.SIGHUP
    rooms.wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in below), "helper and worker to end")
    assert jobs(platterctl) == []


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_an_image_and_a_drive(platterctl, room, slow, cut_off, packed):
    """The image is found where it was; if it is not there any more, it is asked for."""
    image = room.new("disk.img.xz" if packed else "disk.img")
    image.write_bytes(lzma.compress(DATA, preset=0) if packed else DATA)
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    cut_off(image, slow)
    away = image.rename(image.with_name("away" + "".join(image.suffixes)))
    refused = platterctl("jobs", "resume", "1", "--json")
    assert refused.status == 1 and image.name in refused.stderr, refused
    refused = platterctl("jobs", "resume", "1", away, away, "--json")
    assert refused.status == 2 and "more are named" in refused.stderr, refused
    if packed:
        result = resume(platterctl, slow, away)
    else:
        away.rename(image)
        result = resume(platterctl, slow)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["digests"]["sha256"] == digest
    assert "path" not in result.report["source"], "a report may be given to others"


def test_an_image_that_was_written_to_in_between_is_compared_anew(platterctl, room, slow, cut_off):
    """A single sector: samples would hardly find it, but the file says when it was written to."""
    image = room.new("disk.img")
    image.write_bytes(DATA)
    cut_off(image, slow)
    with open(image, "r+b") as file:
        file.seek(5 * MIB)
        file.write(bytes(512))
    result = platterctl("jobs", "resume", "1", "--json")
    assert result.status == 4, result
    assert [(place["offset"], place["length"]) for place in result.report["targets"][0]["mismatches"]] == [(5 * MIB, 512)]


def test_a_comparison_that_was_cancelled_is_not_kept(platterctl, drives, slow):
    process = platterctl.start_in_background("verify", "--json", drives.make(SIZE, DATA), slow)
    slow.wait_for("r", CUT, process)
    process.send_signal(signal.SIGINT)
    assert platterctl.wait(process).status == 5
    assert jobs(platterctl) == []


def test_only_so_many_are_kept(platterctl, drives, slow, cut_off):
    """Anybody may begin comparisons and have them cut off: each has files in the helper's folder."""
    cut_off(drives.make(SIZE, DATA), slow)
    (kept,) = platterctl.state.glob("*.job")
    for _ in range(69):
        (platterctl.state / f"{uuid.uuid4()}.job").write_bytes(kept.read_bytes())
    assert len(jobs(platterctl)) == 64
    rooms.wait_until(lambda: len(list(platterctl.state.glob("*.job"))) == 64, "the oldest to be removed")
    assert len(jobs(platterctl)) == 64
