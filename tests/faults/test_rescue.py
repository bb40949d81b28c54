# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Rescues of drives with bad sectors: real block devices that fail, and the installed ddrescue beside them.
The numbers are the rows of matrix.toml."""
import json
import random
import signal
import subprocess

import pytest

from lab import content, room as rooms
from lab.content import MIB
from lab.platterctl import BUILD

SIZE = 64 * MIB
DATA = content.noise(SIZE)
KIB = 1024
# Whoever is told of a new drive looks for file systems on it, and meets bad sectors, too.
PROBES = 8


def scattered(count, length, step, seed):
    """Random places of `length` bytes at multiples of `step`, merged."""
    places = sorted(random.Random(seed).sample(range(SIZE // step), count))
    return [(place * step, place * step + length) for place in places]


# ddrescue's figures were made with disks of 1 GiB; these are the same, a sixteenth of them.
DISKS = {
    "single": scattered(8, 512, 4096, 1),
    "region": [(30 * MIB, 34 * MIB)],
    "head": [(at + MIB, at + 2 * MIB) for at in range(0, SIZE, 8 * MIB)],
    "random": scattered(160, 4 * KIB, 8 * KIB, 4),
    "ends": [(0, 64 * KIB), (SIZE - 64 * KIB, SIZE)],
}


def is_bad(at, bad):
    return any(start <= at < end for start, end in bad)


def expected(bad, lost=b"\0"):
    """The source with what is lost replaced."""
    data = bytearray(DATA)
    for start, end in bad:
        data[start:end] = lost * (end - start)
    return bytes(data)


def count_sectors(bad):
    return sum(end - start for start, end in bad) // 512


def blocks(mapfile):
    """The blocks of a mapfile, without its status: (position, size, state)."""
    lines = [line.split() for line in mapfile.read_text().splitlines() if not line.startswith("#")]
    return [(int(at, 0), int(size, 0), state) for at, size, state in lines[1:]]


@pytest.fixture
def rescue(platterctl, room):
    """Rescues; returns how platterctl ended and the mapfile."""

    def run(source, target, *options, mapfile=None):
        mapfile = mapfile or room.new("rescue.map")
        result = platterctl("rescue", "--yes", "--json", "--map", mapfile, *options, source, target)
        return result, mapfile

    return run


def check_incomplete(result, bad):
    assert result.status == 4, result
    report = result.report
    assert report["outcome"] == report["targets"][0]["verdict"] == "incomplete"
    assert report["missing-bytes"] == sum(end - start for start, end in bad)
    assert report["missing-count"] == len(bad)
    assert report["missing"] == [[start, end - start] for start, end in bad[:256]]
    assert report["targets"][0]["verified"] == SIZE - report["missing-bytes"]
    assert "could not be read" in result.stderr


@pytest.mark.parametrize("disk", DISKS)
def test_disk(rescue, faulty, drives, disk):
    bad = DISKS[disk]
    source = faulty.make_damaged(DATA, bad)
    target = drives.make(SIZE)
    source.forget()
    result, mapfile = rescue(source, target)
    reads, errors = source.count()
    check_incomplete(result, bad)
    assert target.read() == expected(bad)
    assert subprocess.run(["ddrescuelog", "-t", mapfile]).returncode == 0
    assert [(at, at + size) for at, size, state in blocks(mapfile) if state == "-"] == bad
    clusters = {at // (64 * KIB) for start, end in bad for at in range(start, end, 512)}
    assert errors <= count_sectors(bad) + len(clusters) + PROBES, (reads, errors)


def test_row_02_bad_sector_behind_large_ones(rescue, faulty, drives):
    """Sectors of 4 KiB are lost as a whole, and told so."""
    bad = [(5 * MIB + 8192 + 512, 5 * MIB + 8192 + 1024)]
    source = faulty.make_damaged(DATA, bad, sector_size=4096)
    target = drives.make(SIZE, sector_size=4096)
    result, mapfile = rescue(source, target)
    check_incomplete(result, [(5 * MIB + 8192, 5 * MIB + 8192 + 4096)])
    assert target.read() == expected([(5 * MIB + 8192, 5 * MIB + 8192 + 4096)])


@pytest.mark.parametrize("disk", DISKS)
def test_ddrescue_reads_no_less_in_vain(rescue, faulty, drives, room, disk):
    """Side by side with the installed ddrescue: the same result, and not one failed read more."""
    bad = DISKS[disk]
    source = faulty.make_damaged(DATA, bad)
    target = drives.make(SIZE)
    other = drives.make(SIZE)
    source.forget()
    ddrescue(source, other, room.new("ddrescue.map"))
    _, their_errors = source.count()
    source.forget()
    rescue(source, target)
    _, our_errors = source.count()
    assert target.read() == other.read() == expected(bad)
    assert our_errors <= their_errors + PROBES


def ddrescue(source, target, mapfile, *options, check=True):
    return subprocess.run(["ddrescue", "--force", "--idirect", "--quiet", *options, source.path, target.path, mapfile],
                          check=check, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)


BAD = sorted([*DISKS["single"], (40 * MIB, 41 * MIB), (0, 4096), (SIZE - 1024, SIZE)])


def check_whole(target, mapfile):
    assert target.read() == expected(BAD)
    assert {state for *_, state in blocks(mapfile)} == {"+", "-"}
    assert [(at, at + size) for at, size, state in blocks(mapfile) if state == "-"] == BAD


@pytest.mark.parametrize("options", [["-n"], ["-s", "20MiB"], ["-n", "-N"], ["-X", "3"], ["-s", "1MiB"], []])
def test_goes_on_where_ddrescue_was(rescue, faulty, drives, room, options):
    source = faulty.make_damaged(DATA, BAD)
    target = drives.make(SIZE)
    mapfile = room.new("ddrescue.map")
    ddrescue(source, target, mapfile, *options, check=False)
    source.forget()
    finished = sum(size for _, size, state in blocks(mapfile) if state == "+")
    result, _ = rescue(source, target, mapfile=mapfile)
    assert result.status == 4, result
    assert result.report["outcome"] == "incomplete"
    assert result.report["carried"] == finished
    assert result.report["read"] == SIZE - finished - sum(end - start for start, end in BAD)
    check_whole(target, mapfile)


@pytest.mark.parametrize("limit", [1, 2, 5, 9, 20, 300])
def test_ddrescue_goes_on_where_we_were(rescue, faulty, drives, limit):
    source = faulty.make_damaged(DATA, BAD)
    target = drives.make(SIZE)
    result, mapfile = rescue(source, target, "--bad-limit", str(limit))
    assert result.status == 4, result
    assert result.report["read-errors"] == limit
    assert subprocess.run(["ddrescuelog", "-t", mapfile]).returncode == 0
    ddrescue(source, target, mapfile)
    check_whole(target, mapfile)


def test_cancelled_and_gone_on(platterctl, rescue, faulty, drives, room):
    """After each Ctrl-C the map says what is safe, and the target does not look like a disk."""
    source = faulty.make_damaged(DATA, BAD)
    target = drives.make(SIZE)
    mapfile = room.new("rescue.map")
    for reads in (200, 900, 1500):
        source.forget()
        running = platterctl.start_in_background("rescue", "--yes", "--json", "--map", mapfile, source, target)
        rooms.wait_until(lambda: source.count()[0] > reads or running.poll() is not None, "reads")
        running.send_signal(signal.SIGINT)
        result = platterctl.wait(running)
        assert result.status in (5, 4), result
        assert subprocess.run(["ddrescuelog", "-t", mapfile]).returncode == 0
        for at, size, state in blocks(mapfile):
            if state == "+":
                assert target.read(at, size) == DATA[at:at + size]
        if result.status == 5:
            assert target.read(0, MIB)[510:512] != b"\x55\xaa"
    result, _ = rescue(source, target, mapfile=mapfile)
    assert result.report["outcome"] == "incomplete", result
    check_whole(target, mapfile)


def test_finish(platterctl_on_bus, faulty, drives, room):
    """What is there is enough, says somebody else: it is proven, and told as incomplete."""
    source = faulty.make(SIZE, DATA, bad_reads=f"{40 * MIB}-{41 * MIB}", stall_reads=f"{40 * MIB}-{41 * MIB}", on=["stall_when"])
    target = drives.make(SIZE)
    mapfile = room.new("rescue.map")
    running = platterctl_on_bus.start_in_background("rescue", "--yes", "--json", "--map", mapfile, source, target)
    source.wait_for("r", 40 * MIB, running)
    jobs = platterctl_on_bus("jobs", "--json").lines
    assert platterctl_on_bus("jobs", "finish", str(jobs[0]["id"])).status == 0
    source.switch("stall_when", False)
    result = platterctl_on_bus.wait(running)
    assert result.status == 4, result
    assert result.report["outcome"] == "incomplete"
    assert result.report["missing-bytes"] >= MIB
    good = [(at, size) for at, size, state in blocks(mapfile) if state == "+"]
    assert sum(size for _, size in good) == SIZE - result.report["missing-bytes"]
    for at, size in good:
        assert target.read(at, size) == DATA[at:at + size]


def test_row_03_bad_region(platterctl, faulty, drives):
    """A plain clone that meets it becomes a rescue, and has not read anything twice."""
    bad = DISKS["region"]
    source = faulty.make_damaged(DATA, bad)
    target = drives.make(SIZE, content.old(SIZE))
    source.forget()
    result = platterctl("clone", "--yes", "--json", "--on-error", "rescue", source, target)
    check_incomplete(result, bad)
    start, end = bad[0]
    old = content.old(SIZE)
    assert target.read() == DATA[:start] + old[start:end] + DATA[end:]
    assert result.report["read"] == SIZE - (end - start)


def test_row_04_dead_head(platterctl, faulty, drives):
    """Skipped: 100 % of the good bytes, with a fraction of the errors of a whole rescue."""
    bad = DISKS["head"]
    source = faulty.make_damaged(DATA, bad)
    target = drives.make(SIZE)
    source.forget()
    result = platterctl("clone", "--yes", "--json", "--on-error", "skip", "--zero-bad", source, target)
    _, errors = source.count()
    check_incomplete(result, bad)
    assert target.read() == expected(bad)
    assert errors < count_sectors(bad) / 50


def test_row_05_random_errors_to_many(platterctl, faulty, drives):
    bad = DISKS["random"]
    source = faulty.make_damaged(DATA, bad)
    targets = [drives.make(SIZE, content.old(SIZE)) for _ in range(3)]
    result = platterctl("clone", "--yes", "--json", "--on-error", "rescue", "--zero-bad", source, *targets)
    assert result.status == 4, result
    for target, told in zip(targets, result.report["targets"]):
        assert told["verdict"] == "incomplete"
        assert target.read() == expected(bad)


def test_row_06_first_and_last_mib(rescue, faulty, drives, room):
    bad = [(0, MIB), (SIZE - MIB, SIZE)]
    source = faulty.make_damaged(DATA, bad)
    target = drives.make(SIZE, content.old(SIZE))
    file = room.folder("report") / "report.json"
    result, _ = rescue(source, target, "--report", file)
    check_incomplete(result, bad)
    assert target.read() == expected(bad)
    written = json.loads(file.read_text())
    assert written["missing"] == [{"offset-bytes": start, "length-bytes": end - start, "damage": [0]} for start, end in bad]
    assert written["damage"] == [{"kind": "unknown", "offset-bytes": 0, "length-bytes": 2 * MIB, "place-count": 2}]
    assert (written["damage-state"], written["damage-files"]) == ("incomplete", 0)
    assert (written["missing-count"], written["missing-bytes"]) == (2, 2 * MIB)
    assert written["options"]["on-error"] == "rescue" and written["read-errors"] == result.report["read-errors"]


def test_row_07_transient_errors(rescue, faulty, drives):
    """What came later is added, and then all is there; but what was there before was not read again to be proven."""
    start, end = 20 * MIB, 20 * MIB + 8192
    source = faulty.make(SIZE, DATA, bad_reads=f"{start}-{end}", on=["bad_when"])
    target = drives.make(SIZE)
    result, mapfile = rescue(source, target)
    check_incomplete(result, [(start, end)])
    source.switch("bad_when", False)
    before = len(source.requests())
    result, _ = rescue(source, target, "--retries", "1", mapfile=mapfile)
    assert result.status == 0, result
    assert result.report["outcome"] == "written"
    assert target.read() == DATA
    reads = [(at, length) for kind, at, length in source.requests()[before:] if kind == "r" and at >= MIB]
    assert sum(length for at, length in reads if start <= at < end) >= end - start
    assert sum(length for at, length in reads) < 4 * MIB, "only a look at its tables, and what was missing"
    assert blocks(mapfile) == [(0, SIZE, "+")]


def test_row_08_the_drive_returns_garbage(rescue, faulty, drives, room):
    """A drive that answers with garbage once it has failed is found out, and what it gave since then is not called
    safe: after it was switched off and on, the same command makes it whole."""
    bad = (SIZE // 2, SIZE // 2 + 4096)
    source = faulty.make(SIZE, DATA, bad_reads=f"{bad[0]}-{bad[1]}", read_delay=2, on=("garbage_when",))
    target = drives.make(SIZE, content.old(SIZE))
    mapfile = room.new("garbage.map")
    result, _ = rescue(source, target, mapfile=mapfile)
    assert result.status == 4, result
    assert result.report["outcome"] == result.report["targets"][0]["verdict"] == "source-unstable"
    assert "did not stay the same while it was read" in result.stderr
    safe = [(at, at + size) for at, size, state in blocks(mapfile) if state == "+"]
    assert safe and all(target.read(start, end - start) == DATA[start:end] for start, end in safe)
    source.switch("garbage_when", False)
    result, _ = rescue(source, target, mapfile=mapfile)
    assert (result.status, result.report["outcome"]) == (4, "incomplete"), result
    assert target.read() == expected([bad], lost=content.old(1))


def test_row_08_garbage_after_a_plain_copy(platterctl, faulty, drives):
    """Not one more read fails: what the drive says since the first error is tested all the same."""
    bad = (SIZE // 2, SIZE // 2 + 4096)
    source = faulty.make(SIZE, DATA, bad_reads=f"{bad[0]}-{bad[1]}", read_delay=2, on=("garbage_when",))
    target = drives.make(SIZE, content.old(SIZE))
    result = platterctl("clone", "--yes", "--json", "--on-error", "rescue", source, target)
    assert result.status == 4, result
    assert result.report["outcome"] == result.report["targets"][0]["verdict"] == "source-unstable"
    assert target.read(0, MIB)[510:512] != b"\x55\xaa"


def test_source_vanishes(platterctl, faulty, drives, room):
    """What was saved of a dying drive is safe, and the map says so."""
    source = faulty.make(SIZE, DATA, stall_reads=f"{40 * MIB}-{41 * MIB}", on=["stall_when"])
    target = drives.make(SIZE)
    mapfile = room.new("rescue.map")
    running = platterctl.start_in_background("rescue", "--yes", "--json", "--map", mapfile, "--time-limit", "30", source,
                                             target)
    source.wait_for("r", 40 * MIB, running)
    source.vanish()
    result = platterctl.wait(running)
    assert result.status in (1, 4), result
    good = [(at, size) for at, size, state in blocks(mapfile) if state == "+"]
    assert sum(size for _, size in good) >= 38 * MIB
    for at, size in good:
        assert target.read(at, size) == DATA[at:at + size]


def test_domain(rescue, faulty, drives, room):
    source = faulty.make_damaged(DATA, BAD)
    target = drives.make(SIZE, content.old(SIZE))
    domain = room.new("domain.map")
    domain.write_text(f"0 + 1\n0 {8 * MIB} ?\n{8 * MIB} {4 * MIB} +\n{12 * MIB} {SIZE - 12 * MIB} ?\n")
    result, mapfile = rescue(source, target, "--domain", domain)
    wanted = [(start, end) for start, end in BAD if 8 * MIB <= start < 12 * MIB]
    assert result.status == 4, result
    assert result.report["outcome"] == "incomplete"
    assert result.report["missing"] == [[start, end - start] for start, end in wanted]
    whole = DATA[8 * MIB:12 * MIB]
    copied = target.read(8 * MIB, 4 * MIB)
    assert [at for at in range(0, 4 * MIB, 512) if copied[at:at + 512] != whole[at:at + 512]] == \
        [start - 8 * MIB for start, _ in wanted]
    assert target.read(13 * MIB, MIB) == content.old(SIZE)[13 * MIB:14 * MIB]


def test_domain_without_bad_places_is_no_whole_copy(rescue, drives, room):
    source, target = drives.make(SIZE, DATA), drives.make(SIZE, content.old(SIZE))
    domain = room.new("part.map")
    domain.write_text(f"0 + 1\n0 {8 * MIB} ?\n{8 * MIB} {4 * MIB} +\n{12 * MIB} {SIZE - 12 * MIB} ?\n")
    result, _ = rescue(source, target, "--domain", domain)
    assert (result.status, result.report["outcome"]) == (4, "incomplete"), result
    assert result.report["missing"] == []
    assert target.read(8 * MIB, 4 * MIB) == DATA[8 * MIB:12 * MIB]
    assert target.read(13 * MIB, MIB) == content.old(SIZE)[13 * MIB:14 * MIB]


def test_map_on_the_drive_is_refused(rescue, faulty, drives, platterctl, room):
    """A map is foreign text: what is wrong with it is said, and nothing was written."""
    source = faulty.make_damaged(DATA, BAD)
    target = drives.make(SIZE, content.old(SIZE))
    mapfile = room.new("bad.map")
    mapfile.write_text("0 ? 1\n0 512 +\n1024 512 +\n")
    result, _ = rescue(source, target, mapfile=mapfile)
    assert result.status == 1, result
    assert "line 3" in result.stderr
    assert target.read() == content.old(SIZE)


MAPFILES = {
    "empty": "",
    "comments only": "# nothing\n  # at all\n",
    "no newline at the end": "0 + 1\n0 0x200 +",
    "two fields": "0x00 ?\n0x00 0x200 +\n",
    "octal": "010 ? 1\n0 01000 +\n01000 0x200 -\n",
    "bad octal": "0 ? 1\n0 0800 +\n",
    "gap": "0 ? 1\n0 0x200 +\n0x400 0x200 +\n",
    "overlap": "0 ? 1\n0 0x400 +\n0x200 0x200 -\n",
    "unordered": "0 ? 1\n0x200 0x200 +\n0 0x200 +\n",
    "starts later": "0 ? 1\n0x400 0x200 +\n",
    "all states": "0 F 3\n0 0x200 ?\n0x200 0x200 *\n0x400 0x200 /\n0x600 0x200 -\n0x800 0x200 +\n",
    "generating": "0 G 1\n0 0x200 +\n",
    "unknown status": "0 x 1\n0 0x200 +\n",
    "unknown state": "0 ? 1\n0 0x200 x\n",
    "pass 0": "0 ? 0\n0 0x200 +\n",
    "negative position": "-1 ? 1\n0 0x200 +\n",
    "negative size": "0 ? 1\n0 -512 +\n",
    "size 0": "0 ? 1\n0 0 +\n0 0x200 +\n",
    "size 0 later": "0 ? 1\n0 0x200 +\n0x200 0 +\n",
    "no status": "0 0x200 +\n",
    "status only": "0 + 1\n",
    "missing state": "0 ? 1\n0 0x200\n",
    "words": "this is no map\n",
    "too far": "0 ? 1\n0 0x7fffffffffffffff +\n0x7fffffffffffffff 1 +\n",
    "beyond 63 bits": "0 ? 1\n0 0x8000000000000000 +\n",
    "carriage returns": "0 ? 1\r\n0 0x200 +\r\n",
    "tabs": "0\t?\t1\n0\t0x200\t+\n",
    "comment behind": "0 ? 1 # here\n0 0x200 + # and here\n",
    "hash without a blank": "0 ? 1\n0 0x200 +#\n",
    "long comment": "# " + 300 * "x" + "\n0 ? 1\n0 0x200 +\n",
    "long line": "0 ? 1\n0 0x200" + 120 * " " + "+\n",
    "line of 127": "0 ? 1\n" + "0 0x200 +".rjust(127) + "\n",
    "line of 128": "0 ? 1\n" + "0 0x200 +".rjust(128) + "\n",
    "fourth field": "0 ? 1 7\n0 0x200 + 7\n",
    "no blank before the state": "0 ? 1\n0 0x200+\n",
}


# More sectors than can be listed; and ddrescuelog does not list what lies before the first block.
NOT_LISTED = ("too far", "beyond 63 bits", "starts later")


def check_read_alike(mapfile, can_list=True):
    """Accepted or refused as ddrescue does, and read the same."""
    theirs = subprocess.run(["ddrescuelog", "-t", mapfile], capture_output=True, text=True)
    ours = subprocess.run([BUILD / "tests/engine/print-mapfile", mapfile], capture_output=True, text=True)
    assert (ours.returncode == 0) == (theirs.returncode == 0), (ours, theirs)
    if ours.returncode != 0 or not can_list:
        return ours.returncode == 0
    ranges = [(int(at) // 512, -(-(int(at) + int(length)) // 512), state)
              for at, length, state in map(str.split, ours.stdout.splitlines())]
    for wanted in "?*/-+":
        listed = subprocess.run(["ddrescuelog", "-b", "512", "-l", wanted, mapfile], capture_output=True, text=True)
        found = [sector for start, end, state in ranges if state == wanted for sector in range(start, end)]
        assert [int(line) for line in listed.stdout.split()] == found, wanted
    return True


@pytest.mark.parametrize("name", MAPFILES)
def test_row_74_mapfiles(room, name):
    mapfile = room.new("any.map")
    mapfile.write_text(MAPFILES[name], newline="")
    check_read_alike(mapfile, name not in NOT_LISTED)


# What ddrescue has written in the course of time: a logfile first, a status without a pass up to 1.21, then with one.
HEADS = {
    "1.16": "# Rescue Logfile. Created by GNU ddrescue version {version}\n# Command line: ddrescue a b c\n"
            "# current_pos  current_status\n0x00120000     /\n#      pos        size  status\n",
    "1.21": "# Mapfile. Created by GNU ddrescue version {version}\n# Command line: ddrescue -f a b c\n"
            "# Start time:   2016-05-02 10:11:12\n# Current time: 2016-05-02 11:12:13\n# Copying non-tried blocks... Pass 1 (forwards)\n"
            "# current_pos  current_status\n0x00120000     ?\n#      pos        size  status\n",
    "1.22": "# Mapfile. Created by GNU ddrescue version {version}\n# Command line: ddrescue -f a b c\n"
            "# Start time:   2018-05-02 10:11:12\n# Current time: 2018-05-02 11:12:13\n# Retrying bad sectors... Retry 2 (backwards)\n"
            "# current_pos  current_status  current_pass\n0x00120000     -               2\n#      pos        size  status\n",
}
AREAS = ("0x00000000  0x00100000  +\n0x00100000  0x00010000  *\n0x00110000  0x00010000  /\n0x00120000  0x00000200  -\n"
         "0x00120200  0x0000FE00  +\n0x00130000  0x00ED0000  ?\n")


@pytest.mark.parametrize("version,head", [("1.16", "1.16"), ("1.21", "1.21"), ("1.22", "1.22"), ("1.23", "1.22"), ("1.24", "1.22"),
                                          ("1.25", "1.22"), ("1.26", "1.22"), ("1.27", "1.22"), ("1.28", "1.22"), ("1.29", "1.22")])
def test_row_73_mapfiles_of_all_versions(room, version, head):
    mapfile = room.new("old.map")
    mapfile.write_text(HEADS[head].format(version=version) + AREAS)
    assert check_read_alike(mapfile)


def test_row_73_what_the_installed_ddrescue_writes(faulty, drives, room):
    source = faulty.make_damaged(DATA, BAD)
    mapfile = room.new("theirs.map")
    ddrescue(source, drives.make(SIZE), mapfile)
    assert check_read_alike(mapfile)
