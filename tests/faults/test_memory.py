# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Memory does not grow with the disk, and little with the targets: platterctl, helper and worker together stay below
128 MiB with one target and below 192 MiB with 32."""
import hashlib
import json
import signal

import pytest

from lab import content
from lab.content import MIB
from lab.processes import descendants, name, peak

GIB = 1 << 30
LIMIT = 128 * MIB
LIMIT_OF_MANY = 192 * MIB


def run_until(running, is_enough):
    """Follows a job's progress up to a line of which is_enough(line) is true; the job goes on."""
    for line in running.stdout:
        told = json.loads(line)
        assert told["type"] == "progress", told
        if is_enough(told):
            return
    raise AssertionError("the job ended before")


def peaks_of(running):
    """The most memory that each of the job's processes has had so far, by name."""
    peaks = {name(pid): peak(pid) for pid in (running.pid, *descendants(running.pid))}
    assert sorted(peaks) == ["platter-helper", "platter-worker", "platterctl"]
    return peaks


@pytest.mark.parametrize("size", [10 * GIB, 8192 * GIB], ids=["10-GiB", "8-TiB"])
def test_memory_stays_bounded(platterctl, drives, faulty, size):
    """Measured in the middle of the job, which the source holds up so that it cannot end before; then cancelled."""
    data = content.noise(64 * MIB)
    source = faulty.make(size, data, switches=["stall_when"])
    target = drives.make(size, content.old(MIB))
    running = platterctl.start("clone", "--yes", "--json", source, target)
    run_until(running, lambda told: told["phase"] == "copying" and told["done"] > 512 * MIB)
    source.switch("stall_when")
    peaks = peaks_of(running)
    running.send_signal(signal.SIGINT)
    source.switch("stall_when", on=False)
    rest, _ = running.communicate(timeout=240)
    assert sum(peaks.values()) < LIMIT, peaks
    assert json.loads(rest.splitlines()[-1])["outcome"] == "cancelled"
    head = target.read(0, MIB).rstrip(b"\0")
    assert head.startswith(b"Platter: ") and len(head) < 512, "it looks like a copy"
    assert target.read(MIB, 63 * MIB) == data[MIB:]


@pytest.mark.parametrize("queue", ["io_uring", "threads"])
@pytest.mark.parametrize(("n_targets", "limit"), [(1, LIMIT), (32, LIMIT_OF_MANY)], ids=["1-target", "32-targets"])
def test_memory_of_a_whole_job(platterctl, drives, faulty, queue, n_targets, limit):
    """With every digest, up to the moment when the last target alone is still read back."""
    size, data = 96 * MIB, content.noise(96 * MIB)
    source = drives.make(size, data)
    held = faulty.make(size, stall_reads=f"{90 * MIB}-{91 * MIB}", on=["stall_when"])
    others = [drives.make(size) for _ in range(n_targets - 1)]
    digests = [word for each in ("sha256", "sha512", "sha1", "md5", "blake2b") for word in ("--digest", each)]
    running = platterctl.start("clone", "--yes", "--json", "--queue", queue, *digests, source, *others, held)

    def is_held_up(told):
        return told["phase"] == "verifying" and all(each["verified"] == size for each in told["targets"][:-1]) \
            and told["targets"][-1]["stalled"] > 0

    run_until(running, is_held_up)
    peaks = peaks_of(running)
    held.switch("stall_when", on=False)
    rest, _ = running.communicate(timeout=240)
    assert running.returncode == 0, rest
    assert [each["verdict"] for each in json.loads(rest.splitlines()[-1])["targets"]] == ["verified"] * n_targets
    assert sum(peaks.values()) < limit, peaks


def test_memory_of_many_parts(platterctl, room, faulty):
    """100,000 ranges of a bmap, measured while the target is read back."""
    folder, size, block = room.folder("many-parts"), 100_000 * 1024, content.noise(512)
    image = folder / "many.img"
    image.write_bytes((block + bytes(512)) * 100_000)
    digest = hashlib.sha256(block).hexdigest()
    bmap = (
        f'<bmap version="2.0"><ImageSize> {size} </ImageSize><BlockSize> 512 </BlockSize>'
        "<BlocksCount> 200000 </BlocksCount><MappedBlocksCount> 100000 </MappedBlocksCount>"
        f"<ChecksumType> sha256 </ChecksumType><BmapFileChecksum> {'0' * 64} </BmapFileChecksum><BlockMap>"
        + "".join(f'<Range chksum="{digest}"> {2 * number} </Range>\n' for number in range(100_000))
        + "</BlockMap></bmap>")
    (folder / "many.bmap").write_text(bmap.replace("0" * 64, hashlib.sha256(bmap.encode()).hexdigest()))
    target = faulty.make(size, stall_reads=f"{90 * MIB}-{91 * MIB}", on=["stall_when"])
    running = platterctl.start("write", "--yes", "--json", image, target)
    run_until(running, lambda told: told["phase"] == "verifying" and told["targets"][0]["stalled"] > 0)
    peaks = peaks_of(running)
    target.switch("stall_when", on=False)
    rest, _ = running.communicate(timeout=240)
    assert running.returncode == 0, rest
    assert target.read() == image.read_bytes()
    image.unlink()
    assert sum(peaks.values()) < LIMIT, peaks
