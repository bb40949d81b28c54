# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Which files are hit: drives with file systems and bad sectors at known places of them are rescued; what the report says of
each place is compared with what the tools of the file system say of the same block."""
import json
import os
import re
import signal
import subprocess

import pytest

from lab import content, room as rooms
from lab.content import MIB
from lab.processes import descendants, name, peak

SECTOR = 512
SIZE = 48 * MIB
PART = (1 * MIB, 40 * MIB)
TABLES = {
    "gpt": "label: gpt\nstart=1MiB, size=40MiB, type=linux\n",
    "mbr": "label: dos\nstart=1MiB, size=40MiB, type=83\n",
    "logical": "label: dos\nstart=1984, size=90112, type=5\nstart=2048, size=81920, type=83\n",
}
NUMBERS = {"gpt": 1, "mbr": 1, "logical": 5}


@pytest.fixture(scope="module")
def files(room):
    """The folder tree that lies in each file system."""
    top = room.folder("files")
    (top / "photos" / "summer").mkdir(parents=True)
    (top / "photos" / "summer" / "beach.jpg").write_bytes(content.noise(3 * MIB + 100, 1))
    (top / "photos" / "tree.jpg").write_bytes(content.noise(100_000, 2))
    (top / "letter.txt").write_bytes(content.noise(9000, 3))
    (top / "odd\nname\x1b[31m\u202etxt").write_bytes(content.noise(9000, 4))
    (top / "empty").mkdir()
    return top


BEACH = "/photos/summer/beach.jpg"
ODD = content.noise(9000, 4)[:SECTOR]
ODD_TOLD = "/odd\ufffdname\ufffd[31m\ufffdtxt"


class Ext:
    """An ext file system, and where debugfs says that its things lie, in bytes."""

    def __init__(self, path, block):
        self.path = path
        self.block = block

    def ask(self, request):
        return subprocess.run(["debugfs", "-R", request, self.path], check=True, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=rooms.PATIENCE).stdout

    def file(self, name, index=0):
        return int(self.ask(f'blocks "{name}"').split()[index]) * self.block

    def inode(self, name):
        found = re.search(r"block (\d+), offset (0x[0-9a-f]+)", self.ask(f'imap "{name}"'))
        return int(found[1]) * self.block + int(found[2], 16)

    def free(self):
        return int(re.search(r"found: (\d+)", self.ask("ffb 1 5000"))[1]) * self.block

    def stat(self, pattern):
        return int(re.search(pattern, self.ask("stats"))[1]) * self.block


def make_ext(room, files, kind, block, size=PART[1], options=()):
    path = room.new(f"part.{kind}")
    with open(path, "wb") as out:
        out.truncate(size)
    rooms.run("mke2fs", "-q", "-t", kind, "-b", block, "-d", files, *options, path)
    return Ext(path, block)


def make_disk(drives, part, table="gpt"):
    """The bytes of a disk with one partition."""
    drive = drives.make(SIZE, table=TABLES[table])
    data = bytearray(drive.file.read_bytes())
    data[PART[0] : PART[0] + PART[1]] = part if isinstance(part, bytes) else part.read_bytes()
    return bytes(data)


@pytest.fixture
def rescue(platterctl, drives, faulty, room):
    """Rescues a disk of which sectors at some bytes are bad; returns the run of platterctl, and what the target held."""

    def run(data, bad, *options, before=b"", length=SECTOR):
        source = faulty.make_damaged(data, sorted((at, at + length) for at in bad))
        target = drives.make(len(data), content=before)
        result = platterctl("rescue", "--yes", "--json", "--map", room.new("map"), *options, source, target)
        assert result.status == 4, result
        return result

    return run


def told(report):
    """Of each place: (where, [(partition, kind, name), ...])."""
    owners = [tuple(owner[:3]) for owner in report["damage"]]
    return [(at, sorted(owners[index] for index in indexes))
            for (at, _), indexes in zip(report["missing"], report["damage-places"])]


def check(result, expected, state="complete"):
    assert told(result.report) == sorted((at, sorted(owners)) for at, owners in expected.items())
    assert result.report["damage-state"] == state
    lost = sum(length for _, length in result.report["missing"])
    assert sum(owner[4] for owner in result.report["damage"]) == lost


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("kind, block", [("ext4", 4096), ("ext2", 1024), ("ext3", 4096)])
def test_ext(rescue, drives, room, files, kind, block, table):
    part = make_ext(room, files, kind, block)
    data = make_disk(drives, part.path, table)
    number = NUMBERS[table]
    start = PART[0]
    # The last block of beach.jpg has 100 bytes of it: what is behind them is part of no file.
    expected = {
        start + part.file(BEACH): [(number, "file", BEACH)],
        start + part.file(BEACH, -1) + block - SECTOR: [(number, "free", "")],
        start + part.file("/letter.txt") + SECTOR: [(number, "file", "/letter.txt")],
        data.index(ODD): [(number, "file", ODD_TOLD)],
        start + part.free(): [(number, "free", "")],
        SIZE - 4 * MIB: [(0, "outside", "")],
    }
    check(rescue(data, expected), expected)


@pytest.fixture(scope="module")
def ext(room, files):
    """Blocks of 1 KiB: there is a second superblock in 40 MiB."""
    return make_ext(room, files, "ext4", 1024)


def test_a_lost_inode(rescue, drives, ext):
    """Nobody knows any more whose the block was."""
    expected = {
        PART[0] + ext.inode("/letter.txt") // SECTOR * SECTOR: [(1, "metadata", "")],
        PART[0] + ext.file("/letter.txt"): [(1, "unknown", "")],
    }
    check(rescue(make_disk(drives, ext.path), expected), expected, "incomplete")


def test_a_lost_folder(rescue, drives, ext):
    """The names in it are lost, and that of a folder in it."""
    expected = {
        PART[0] + ext.file("/photos"): [(1, "folder", "/photos")],
        PART[0] + ext.file("/photos/tree.jpg"): [(1, "file", "")],
        PART[0] + ext.file(BEACH): [(1, "file", "…/beach.jpg")],
        PART[0] + ext.file("/letter.txt"): [(1, "file", "/letter.txt")],
    }
    result = rescue(make_disk(drives, ext.path), expected)
    check(result, expected, "incomplete")
    assert "4 files and folders are damaged." in result.stderr
    assert "  /letter.txt · 512 bytes · Partition 1\n" in result.stderr
    assert "This may not be all" in result.stderr


def test_what_the_target_had_before_is_no_name(rescue, drives, room, files):
    """The folder that is lost is there on the target, from a disk that had other names in it; ext2 has no checksums that
    would tell."""
    ext = make_ext(room, files, "ext2", 1024)
    data = make_disk(drives, ext.path)
    before = data.replace(b"tree.jpg", b"lies.jpg").replace(b"summer", b"winter")
    assert before != data
    expected = {
        PART[0] + ext.file("/photos"): [(1, "folder", "/photos")],
        PART[0] + ext.file("/photos/tree.jpg"): [(1, "file", "")],
        PART[0] + ext.file(BEACH): [(1, "file", "…/beach.jpg")],
    }
    check(rescue(data, expected, before=before, length=1024), expected, "incomplete")


def test_its_own_data(rescue, drives, ext):
    expected = {
        PART[0] + ext.file("<8>"): [(1, "metadata", "")],
        PART[0] + ext.stat(r"Group  0: block bitmap at (\d+)"): [(1, "metadata", "")],
    }
    check(rescue(make_disk(drives, ext.path), expected), expected, "incomplete")


def test_a_lost_superblock(rescue, drives, ext):
    """There is another one."""
    expected = {
        PART[0] + 1024: [(1, "metadata", "")],
        PART[0] + ext.file(BEACH): [(1, "file", BEACH)],
    }
    check(rescue(make_disk(drives, ext.path), expected), expected, "incomplete")


def test_a_lost_table(rescue, drives, ext):
    """Its backup says where the partitions are; so does nothing if that is lost, too."""
    data = make_disk(drives, ext.path)
    beach = PART[0] + ext.file(BEACH)
    expected = {SECTOR: [(0, "outside", "")], beach: [(1, "file", BEACH)]}
    check(rescue(data, expected), expected)
    expected = {SECTOR: [(0, "unknown", "")], SIZE - SECTOR: [(0, "unknown", "")], beach: [(0, "unknown", "")]}
    check(rescue(data, expected), expected, "incomplete")


def test_without_a_table(rescue, ext):
    expected = {ext.file(BEACH) + 1024: [(0, "file", BEACH)], ext.free(): [(0, "free", "")]}
    check(rescue(ext.path.read_bytes(), expected), expected)


def test_nothing_that_is_known(rescue, drives):
    """Another file system, or none: that is said, and nothing else."""
    data = make_disk(drives, content.noise(PART[1]))
    expected = {PART[0] + 5 * MIB: [(1, "unknown", "")]}
    result = rescue(data, expected)
    check(result, expected, "incomplete")
    assert "It is not certain which files are damaged." in result.stderr


def test_more_files_than_names_are_told(rescue, room):
    """A region with 300 files in it: 256 names, and the right number."""
    top = room.folder("many")
    for number in range(300):
        (top / f"file{number:03}").write_bytes(content.noise(1024, number))
    part = make_ext(room, top, "ext4", 1024, size=8 * MIB)
    places = sorted(part.file(f"/file{number:03}") for number in range(300))
    result = rescue(part.path.read_bytes(), places, length=1024)
    report = result.report
    names = [owner[2] for owner in report["damage"] if owner[1] == "file"]
    assert len(set(names)) == len(names) == 256 and all(re.fullmatch(r"/file\d{3}", name) for name in names)
    assert report["damage-files"] == 300
    assert len(report["damage-places"][0]) == 8
    assert "300 files and folders are damaged." in result.stderr
    assert "and 280 more" in result.stderr


def hold_up(target, at, running):
    """Whoever looks at the new drive reads there as well, and keeps others from opening it, so only who looks for names is held up:
    the switch is turned when all is written. `target` has its flushes stalled."""
    rooms.wait_until(lambda: any(kind == "f" for kind, _, _ in target.requests()) or running.poll() is not None, "a flush")
    n_before = len(target.requests())
    target.switch("stall_when")
    target.switch("stall_flushes", on=False)
    target.wait_for("r", at, running, since=n_before)


@pytest.fixture
def held_up(platterctl, drives, faulty, room, ext):
    """A rescue that has reported, and looks for names on a target that does not answer; and its target."""
    data = make_disk(drives, ext.path)
    source = faulty.make_damaged(data, [(PART[0] + ext.file(BEACH), PART[0] + ext.file(BEACH) + SECTOR)])
    folder = PART[0] + ext.file("/photos")
    target = faulty.make(SIZE, stall_reads=f"{folder}-{folder + 1024}", switches=["stall_when", "stall_flushes"])
    target.switch("stall_flushes")
    running = platterctl.start("rescue", "--yes", "--json", "--no-verify", "--map", room.new("map"), source, target)
    hold_up(target, folder, running)
    return running, target


def check_only_names_are_lost(running):
    stdout, stderr = running.communicate(timeout=rooms.PATIENCE)
    report = json.loads(stdout.splitlines()[-1])
    assert running.returncode == 4, stderr
    assert report["outcome"] == "incomplete" and report["missing-bytes"] == SECTOR
    assert "damage" not in report
    assert "Which files are damaged could not be found out." in stderr


def test_the_worker_is_killed_while_it_looks(held_up):
    """What it has copied is told already."""
    running, target = held_up
    (worker,) = [pid for pid in descendants(running.pid) if name(pid) == "platter-worker"]
    os.kill(worker, signal.SIGKILL)
    target.switch("stall_when", on=False)
    check_only_names_are_lost(running)


def test_the_job_is_cancelled_while_it_looks(held_up):
    """The copy is as good as it is, and nobody has to wait for names."""
    running, target = held_up
    running.send_signal(signal.SIGINT)
    check_only_names_are_lost(running)
    target.switch("stall_when", on=False)


@pytest.fixture(scope="module")
def fat_files(room):
    """The same kind of tree, with names that FAT takes."""
    top = room.folder("fat-files")
    (top / "photos" / "summer of 69").mkdir(parents=True)
    (top / "photos" / "summer of 69" / "BEACH.JPG").write_bytes(content.noise(3 * MIB + 100, 1))
    (top / "photos" / "tree.jpg").write_bytes(content.noise(100_000, 2))
    (top / "A long letter, über 8.3 …").write_bytes(content.noise(9000, 3))
    return top


FAT_BEACH = "/photos/summer of 69/BEACH.JPG"
FAT_LETTER = "/A long letter, über 8.3 …"


@pytest.fixture(scope="module", params=[(12, 32), (16, 4), (32, 1)], ids=["fat12", "fat16", "fat32"])
def fat(room, fat_files, request):
    """A FAT file system: its size of entries, of clusters, and its bytes."""
    bits, sectors = request.param
    path = room.new("part.fat")
    rooms.run("mkfs.vfat", "-F", bits, "-s", sectors, "-C", path, PART[1] // 1024)
    rooms.run("mcopy", "-s", "-i", path, *sorted(fat_files.iterdir()), "::/")
    return bits, sectors * SECTOR, path.read_bytes()


def fat_tables(data):
    """Where the copies of the table begin in a partition."""
    reserved = int.from_bytes(data[14:16], "little")
    length = int.from_bytes(data[22:24], "little") or int.from_bytes(data[36:40], "little")
    return [(reserved + number * length) * SECTOR for number in range(data[16])]


def test_fat(rescue, drives, fat):
    bits, cluster, part = fat
    data = make_disk(drives, part)
    beach = content.noise(3 * MIB + 100, 1)
    start, end = data.index(beach[:SECTOR]), data.index(beach[-100:])
    letter = data.index(content.noise(9000, 3)[:SECTOR])
    expected = {
        start: [(1, "file", FAT_BEACH)],
        end // SECTOR * SECTOR: [(1, "file", FAT_BEACH), (1, "free", "")],
        letter + 2 * SECTOR: [(1, "file", FAT_LETTER)],
        PART[0] + PART[1] - MIB: [(1, "free", "")],
        SIZE - 4 * MIB: [(0, "outside", "")],
    }
    result = rescue(data, expected)
    check(result, expected)
    lost = {owner[2]: owner[4] for owner in result.report["damage"] if owner[1] == "file"}
    # Of the last sector only what the file had in it.
    assert lost == {FAT_BEACH: SECTOR + (3 * MIB + 100) % SECTOR, FAT_LETTER: SECTOR}


def test_fat_lost_folder(rescue, drives, fat):
    """The names in it are lost, and with them what is behind them; that of the folder is not."""
    bits, cluster, part = fat
    data = make_disk(drives, part)
    expected = {
        data.index(b"TREE    JPG") // SECTOR * SECTOR: [(1, "folder", "/photos")],
        data.index(content.noise(SECTOR, 1)): [(1, "unknown", "")],
        data.index(content.noise(SECTOR, 3)): [(1, "file", FAT_LETTER)],
    }
    check(rescue(data, expected), expected, "incomplete")


def test_fat_lost_table(rescue, drives, fat):
    """Its second copy says the same; without that nobody knows what belongs together."""
    bits, cluster, part = fat
    first, second = fat_tables(part)
    data = make_disk(drives, part)
    beach = data.index(content.noise(SECTOR, 1))
    expected = {PART[0] + first: [(1, "metadata", "")], beach: [(1, "file", FAT_BEACH)]}
    check(rescue(data, expected), expected)
    expected = {PART[0] + first: [(1, "metadata", "")], PART[0] + second: [(1, "metadata", "")],
                PART[0] + PART[1] - MIB: [(1, "free", "")]}
    check(rescue(data, expected), expected, "incomplete")


def test_fat_lost_boot_sector(rescue, drives, fat):
    """FAT32 has another one; of the others nothing is known then."""
    bits, cluster, part = fat
    data = make_disk(drives, part)
    beach = data.index(content.noise(SECTOR, 1))
    if bits == 32:
        expected = {PART[0]: [(1, "metadata", "")], beach: [(1, "file", FAT_BEACH)]}
        check(rescue(data, expected), expected)
    else:
        expected = {PART[0]: [(1, "unknown", "")], beach: [(1, "unknown", "")]}
        check(rescue(data, expected), expected, "incomplete")


NTFS_BEACH = "/photos/summer of 69/BEACH.JPG"
# Of what lies in a record of 1 KiB itself there is nothing to find.
RECORD = 1024


@pytest.fixture(scope="module")
def ntfs(room, fat_files):
    """The bytes of an NTFS file system. Its own driver has put the files there."""
    path, point = room.new("part.ntfs"), room.folder("ntfs")
    with open(path, "wb") as out:
        out.truncate(PART[1])
    rooms.run("mkfs.ntfs", "-q", "-Q", "-F", "-c", "4096", path)
    rooms.run("ntfs-3g", path, point)
    try:
        rooms.run("cp", "-r", *sorted(fat_files.iterdir()), point)
    finally:
        # Somebody on the machine may be looking at what was just mounted.
        rooms.wait_until(lambda: subprocess.run(["umount", point], capture_output=True).returncode == 0, f"{point} to be unmounted")
    return path.read_bytes()


def ntfs_record(data, name):
    """Where the record of a file is: its name is in it, and in that of its folder, which is older."""
    at, found = -1, None
    while (at := data.find(name.encode("utf-16-le"), at + 1)) >= 0:
        record = at // RECORD * RECORD
        if data[record : record + 4] == b"FILE":
            found = record
    return found


def test_ntfs(rescue, drives, ntfs):
    data = make_disk(drives, ntfs)
    beach = content.noise(3 * MIB + 100, 1)
    start, end = data.index(beach[:SECTOR]), data.index(beach[-100:])
    cluster = PART[0] + (end - PART[0]) // 4096 * 4096
    expected = {
        start: [(1, "file", NTFS_BEACH)],
        cluster: [(1, "file", NTFS_BEACH), (1, "free", "")],
        cluster + 2048: [(1, "free", "")],
        data.index(content.noise(SECTOR, 3)) + SECTOR: [(1, "file", FAT_LETTER)],
        PART[0] + PART[1] - 4 * MIB: [(1, "free", "")],
        SIZE - 4 * MIB: [(0, "outside", "")],
    }
    result = rescue(data, expected)
    check(result, expected)
    lost = {owner[2]: owner[4] for owner in result.report["damage"] if owner[1] == "file"}
    assert lost == {NTFS_BEACH: SECTOR + 100, FAT_LETTER: SECTOR}


def test_ntfs_lost_records(rescue, drives, ntfs):
    """Without its record nobody knows whose a block is; without that of its folder only the end of a path is known."""
    data = make_disk(drives, ntfs)
    start = data.index(content.noise(SECTOR, 1))
    letter = data.index(content.noise(SECTOR, 3))
    record = ntfs_record(data, FAT_LETTER[1:])
    expected = {record: [(1, "metadata", "")], letter: [(1, "unknown", "")], start: [(1, "file", NTFS_BEACH)]}
    check(rescue(data, expected), expected, "incomplete")
    record = ntfs_record(data, "summer of 69")
    expected = {record: [(1, "metadata", "")], letter: [(1, "file", FAT_LETTER)], start: [(1, "file", "…/BEACH.JPG")]}
    check(rescue(data, expected), expected, "incomplete")


def test_ntfs_that_was_not_unmounted(rescue, drives, ntfs):
    """What came last is in its journal only, so what no record has may be somebody's all the same."""
    dirty = bytearray(ntfs)
    record = 4096 * int.from_bytes(ntfs[48:56], "little") + 3 * RECORD
    at = record + int.from_bytes(ntfs[record + 20 : record + 22], "little")
    while ntfs[at : at + 4] != b"\x70\0\0\0":
        at += int.from_bytes(ntfs[at + 4 : at + 8], "little")
    dirty[at + int.from_bytes(ntfs[at + 20 : at + 22], "little") + 10] |= 1
    data = make_disk(drives, bytes(dirty))
    expected = {data.index(content.noise(SECTOR, 1)): [(1, "file", NTFS_BEACH)]}
    check(rescue(data, expected), expected, "incomplete")


def test_ntfs_lost_boot_sector_and_first_record(rescue, drives, ntfs):
    """There are copies."""
    data = make_disk(drives, ntfs)
    table = PART[0] + 4096 * int.from_bytes(ntfs[48:56], "little")
    start = data.index(content.noise(SECTOR, 1))
    expected = {PART[0]: [(1, "metadata", "")], table: [(1, "metadata", "")], start: [(1, "file", NTFS_BEACH)]}
    check(rescue(data, expected), expected)


def test_memory_does_not_grow_with_the_inodes(platterctl, drives, faulty, room, files):
    """Of 400,000 inodes one is hit. Measured when all have been looked at, and a folder is read for the name."""
    part = make_ext(room, files, "ext2", 1024, size=100 * MIB, options=("-N", 400_000, "-I", 128))
    beach, folder = part.file(BEACH), part.file("/photos/summer")
    source = faulty.make_damaged(part.path.read_bytes(), [(beach, beach + SECTOR)])
    target = faulty.make(100 * MIB, stall_reads=f"{folder}-{folder + 1024}", switches=["stall_when", "stall_flushes"])
    target.switch("stall_flushes")
    running = platterctl.start("rescue", "--yes", "--json", "--no-verify", "--map", room.new("map"), source, target)
    hold_up(target, folder, running)
    (worker,) = [pid for pid in descendants(running.pid) if name(pid) == "platter-worker"]
    most = peak(worker)
    target.switch("stall_when", on=False)
    stdout, stderr = running.communicate(timeout=rooms.PATIENCE)
    assert json.loads(stdout.splitlines()[-1])["damage"] == [[0, "file", BEACH, beach, SECTOR, 1]], stderr
    assert most < 64 * MIB
