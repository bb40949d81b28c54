# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Drives that are slow or stuck, sources that change under way, and a kernel that does not do its part.
The numbers are the rows of matrix.toml."""
import json
import os
import signal
import time

import pytest

from lab import content, room as rooms
from lab.content import MIB
from lab.processes import descendants, name

SIZE = 8 * MIB
DATA = content.noise(SIZE)


@pytest.fixture
def source(drives):
    return drives.make(SIZE, DATA)


@pytest.fixture
def target(drives):
    return drives.make(SIZE, content.old(SIZE))


def progress_of(running):
    """All that a job with --json has told of its progress so far."""
    lines = running.output.read_text().split("\n")[:-1]
    return [line for line in map(json.loads, lines) if line["type"] == "progress"]


def wait_for_stall(running):
    """Waits until the job says that the source does not answer."""
    rooms.wait_until(lambda: running.poll() is not None or any(line["source-stalled"] > 0 for line in progress_of(running)),
                     "the job to say that it waits")
    assert running.poll() is None


def test_row_02_a_bad_sector_below_large_ones(platterctl, faulty, drives):
    """512 bytes are bad, 4096 cannot be read: the place that is told is one of the drive's sectors."""
    bad = 3 * MIB + 4096 + 7 * 512
    broken = faulty.make(SIZE, DATA, sector_size=4096, bad_reads=f"{bad}-{bad + 512}")
    target = drives.make(SIZE, content.old(SIZE), sector_size=4096)
    result = platterctl("clone", "--yes", "--json", broken, target)
    assert result.status == 1, result
    (said,) = result.report["targets"]
    assert said["error-code"] == "read"
    assert said["error-offset"] % 4096 == 0 and said["error-offset"] // MIB == bad // MIB


def test_row_10_a_source_that_takes_20_s(platterctl, faulty, target):
    """It says within seconds that it waits, and Cancel ends it without waiting for the drive."""
    slow = faulty.make(SIZE, DATA, read_delay=20000, switches=["slow_reads_when"])
    slow.switch("slow_reads_when")
    running = platterctl.start_in_background("clone", "--yes", "--json", slow, target)
    wait_for_stall(running)
    told = next(line for line in progress_of(running) if line["source-stalled"] > 0)
    assert told["source-stalled"] <= 3_000_000, "it is told at once"
    running.send_signal(signal.SIGINT)
    rooms.wait_until(lambda: running.stderr.readline().startswith("Cancelling"), "Cancel to be answered", 5)
    slow.switch("slow_reads_when", False)
    assert platterctl.wait(running).status == 5


def test_row_11_a_source_that_never_answers(platterctl, faulty, target, drives):
    """Given up after the time that was asked for; meanwhile and afterwards other jobs run."""
    stuck = faulty.make(SIZE, DATA, stall_reads=f"{4 * MIB}-{5 * MIB}", on=["stall_when"])
    begun = time.monotonic()
    running = platterctl.start_in_background("clone", "--yes", "--json", "--stall-timeout=3", stuck, target)
    stuck.wait_for("r", 4 * MIB, running)
    result = platterctl.wait(running, 60)
    took = time.monotonic() - begun
    stuck.switch("stall_when", False)
    assert result.status == 1, result
    assert result.report["outcome"] == "failed"
    assert result.report["targets"][0]["error-code"] in ("stalled", "timeout"), result
    assert took >= 3
    good = drives.make(SIZE, DATA)
    assert platterctl("clone", "--yes", good, target).status == 0


def test_row_12_a_slow_source(platterctl, faulty, target):
    """1.2 MiB/s is no stall, and the time that is left is told."""
    slow = faulty.make(SIZE, DATA, filters=["--filter=rate", "rate=10M"])
    running = platterctl.start_in_background("clone", "--yes", "--json", "--stall-timeout=5", slow, target)
    result = platterctl.wait(running)
    assert result.status == 0, result
    remaining = [line["remaining"] for line in progress_of(running) if line["phase"] == "copying"]
    assert remaining and all(-1 <= value < 600_000_000 for value in remaining)
    assert any(value > 0 for value in remaining)
    assert target.read() == DATA


def test_row_15_the_source_grows(platterctl, faulty, drives):
    """What was planned is copied, and no byte more. That somebody wrote to the file below it is told."""
    source = drives.make(SIZE, DATA)
    held = faulty.make(SIZE + MIB, content.old(SIZE + MIB), stall_writes=f"{4 * MIB}-{5 * MIB}", on=["stall_when"])
    running = platterctl.start_in_background("clone", "--yes", "--json", source, held)
    held.wait_for("w", 4 * MIB, running)
    with open(source.file, "ab") as file:
        file.write(content.noise(MIB, 2))
    rooms.run("losetup", "-c", source)
    held.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 4, result
    assert result.report["error-code"] == "source-changed"
    assert result.report["size"] == SIZE
    assert held.stored() == DATA + bytes(MIB)  # no backup of an old partition table stays


def test_row_16_a_source_that_is_mounted_for_writing(platterctl, drives, target, room):
    """Refused: half of what a file system has in mind is not on the drive. Mounted read-only it may be read."""
    source = drives.make(SIZE)
    rooms.run("mkfs.ext4", "-q", source)
    point = room.folder("mounted")
    rooms.run("mount", source, point)
    try:
        result = platterctl("clone", "--yes", "--json", source, target)
        assert result.status == 3, result
        assert result.report["error"] == "KeptMounted" and "--unmount" not in result.stderr, result
        assert target.read() == content.old(SIZE)
        rooms.run("mount", "-o", "remount,ro", point)
        assert platterctl("clone", "--yes", "--json", source, target).status == 0
    finally:
        rooms.unmount(point)


def test_row_18_an_image_on_a_file_system_that_never_answers(platterctl, faulty, target):
    """The file below the drive is itself on FUSE: written as a file, its reads hang for ever. The place is
    one that platterctl does not look at itself."""
    stuck = faulty.make(SIZE, DATA, stall_reads=f"{5 * MIB}-{6 * MIB}", on=["stall_when"])
    running = platterctl.start_in_background("write", "--yes", "--json", "--stall-timeout=3", stuck.file, target)
    result = platterctl.wait(running, 60)
    stuck.switch("stall_when", False)
    assert result.status == 1, result
    assert result.report["outcome"] == "failed"


def test_row_18_a_file_system_that_does_not_answer_at_the_end(platterctl, faulty):
    """All was read and all is read back, but nobody knows whether the image stayed as it was: that is not called verified."""
    image = faulty.make(SIZE, DATA)
    # Not so slow that udev, which looks at it first, keeps others away for long.
    slow = faulty.make(SIZE, content.old(SIZE), read_delay=400, write_delay=500, switches=["slow_reads_when"])
    running = platterctl.start_in_background("write", "--yes", "--json", image.file, slow)
    slow.wait_for("w", MIB, running)
    slow.switch("slow_reads_when")
    rooms.wait_until(lambda: running.poll() is not None or any(line["phase"] == "verifying" for line in progress_of(running)),
                     "the reading back to begin")
    with image.frozen():
        result = platterctl.wait(running, 110)
    assert result.status == 4, result
    assert result.report["outcome"] == result.report["targets"][0]["verdict"] == "source-unstable", result
    assert "could not be found out: the file system that it is on does not answer" in result.stderr, result
    assert slow.stored() == DATA


def test_row_27_a_thin_target_gets_full(platterctl, drives, room, source):
    """It claims more than there is room for below it."""
    small = drives.make(6 * MIB)
    rooms.run("mkfs.ext4", "-q", "-O", "^has_journal", small)
    point = room.folder("thin")
    rooms.run("mount", small, point)
    try:
        file = point / "disk.img"
        with open(file, "wb") as out:
            out.truncate(SIZE)
        thin = drives.attach(file)
        try:
            result = platterctl("clone", "--yes", "--json", source, thin)
            assert result.status == 1, result
            (said,) = result.report["targets"]
            assert said["verdict"] == "failed" and said["error-code"] in ("write", "no-space", "flush"), said
            assert said["verified"] == 0
        finally:
            drives.detach(thin)
    finally:
        rooms.unmount(point)


def test_row_31_slow_writes(platterctl, faulty, source):
    slow = faulty.make(SIZE, content.old(SIZE), write_delay=900)
    running = platterctl.start_in_background("clone", "--yes", "--json", "--stall-timeout=2", source, slow)
    result = platterctl.wait(running)
    assert result.status == 0, result
    assert any(line["rate"] > 0 for line in progress_of(running))
    assert "target" in {line["limit"] for line in progress_of(running)}
    assert slow.stored() == DATA


def test_row_42_a_flush_that_takes_long(platterctl, faulty, source):
    """It says that it flushes, and Cancel is answered meanwhile."""
    slow = faulty.make(SIZE, content.old(SIZE), flush_delay=8000)
    running = platterctl.start_in_background("clone", "--yes", "--json", source, slow)
    rooms.wait_until(lambda: any(line["phase"] == "flushing" for line in progress_of(running)) or running.poll() is not None,
                     "it to flush")
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    rooms.wait_until(lambda: running.stderr.readline().startswith("Cancelling"), "Cancel to be answered", 5)
    result = platterctl.wait(running)
    assert result.status == 5, result
    assert slow.stored(0, MIB) != DATA[:MIB]


def test_row_42_a_flush_that_never_ends(platterctl, faulty, drives, source):
    """The drive is given up, and the other one has its verdict, though the kernel cannot end what hangs."""
    hung = faulty.make(SIZE, content.old(SIZE), stall_writes=f"{4 * MIB}-{5 * MIB}", on=["stall_when"],
                       switches=["stall_flushes"])
    good = drives.make(SIZE, content.old(SIZE))
    running = platterctl.start_in_background("clone", "--yes", "--json", "--stall-timeout=3", source, hung, good)
    hung.wait_for("w", 4 * MIB, running)
    hung.switch("stall_flushes")
    hung.switch("stall_when", False)
    try:
        result = platterctl.wait(running, 60)
    finally:
        hung.switch("stall_flushes", False)
    assert result.status == 1, result
    of_hung, of_good = result.report["targets"]
    assert (of_hung["verdict"], of_hung["error-code"]) == ("failed", "stalled"), result
    assert of_hung["error-phase"] == "flushing"
    assert of_good["verdict"] == "verified" and of_good["verified"] == SIZE
    assert good.read() == DATA
    assert hung.stored(0, MIB) != DATA[:MIB]


def test_row_62_the_kernel_does_not_read_the_new_table(platterctl, drives):
    """A loop device that was made without partitions answers BLKRRPART with EINVAL. The copy is right all the same."""
    source = drives.make(SIZE, table="label: gpt\nstart=2048, size=4096\n")
    target = drives.make(SIZE)
    result = platterctl("clone", "--yes", "--json", source, target)
    assert result.status == 0, result
    (said,) = result.report["targets"]
    assert said["verdict"] == "verified" and said["table-reread"] is False
    assert target.read() == source.read()


def ours(running):
    return [running.pid, *descendants(running.pid)]


def test_row_98_everything_is_stopped_for_a_while(platterctl, faulty, target):
    """As over a suspend: all processes stand still, then go on where they were."""
    slow = faulty.make(SIZE, DATA, stall_reads=f"{4 * MIB}-{5 * MIB}", on=["stall_when"])
    running = platterctl.start_in_background("clone", "--yes", "--json", slow, target)
    slow.wait_for("r", 4 * MIB, running)
    # whoever looks at a new drive may read there, too, before ours have all begun
    rooms.wait_until(lambda: sorted(map(name, ours(running))) == ["platter-helper", "platter-worker", "platterctl"],
                     "a helper and a worker")
    stopped = ours(running)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    slow.switch("stall_when", False)
    time.sleep(3)  # this is what is tested: time goes by
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)
    result = platterctl.wait(running)
    assert result.status == 0, result
    assert target.read() == DATA


def test_row_100_one_of_four_jobs_is_stuck(platterctl_on_bus, faulty, drives):
    """The other three end, and the stuck one is still waited for."""
    stuck = faulty.make(SIZE, DATA, stall_reads=f"{4 * MIB}-{5 * MIB}", on=["stall_when"])
    held = platterctl_on_bus.start_in_background("clone", "--yes", "--json", stuck, drives.make(SIZE))
    stuck.wait_for("r", 4 * MIB, held)
    others = []
    for _ in range(3):
        pair = drives.make(SIZE, DATA), drives.make(SIZE)
        others.append((pair[1], platterctl_on_bus.start_in_background("clone", "--yes", "--json", *pair)))
    for target, running in others:
        result = platterctl_on_bus.wait(running, 60)
        assert result.status == 0, result
        assert target.read() == DATA
    assert held.poll() is None
    stuck.switch("stall_when", False)
    assert platterctl_on_bus.wait(held).status == 0
