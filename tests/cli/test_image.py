# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""platterctl image: a drive becomes a file, or there is nothing that looks like one."""
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab import content, room as rooms
from lab.bus import HELPER
from lab.content import MIB
from lab.platterctl import NOBODY, clean_environment

TABLE = "label: gpt\nsize=8MiB, name=first\n"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# How each format's own tool unpacks it.
TOOLS = {"img": ["cat"], "img.zst": ["zstd", "-dcq"], "img.xz": ["xz", "-dcq"], "img.gz": ["gzip", "-dcq"]}
PACKED = [ending for ending in TOOLS if ending != "img"]
# What only QEMU's programs make and read.
DISKS = ["qcow2", "vmdk", "vdi", "vhdx"]
ALL = [*TOOLS, *DISKS]


def unpack(path):
    if path.suffix[1:] in DISKS:
        return unpack_disk(path)
    (command,) = [tool for ending, tool in TOOLS.items() if path.name.endswith(f".{ending}")]
    return subprocess.run([*command, path], check=True, capture_output=True).stdout


def unpack_disk(path):
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain"
        # A file of no format at all would be one of the raw one.
        subprocess.run(["qemu-img", "convert", "-f", path.suffix[1:], "-O", "raw", path, plain], check=True)
        return plain.read_bytes()


def check_sums(folder, name):
    told = subprocess.run(["sha256sum", "-c", f"{name}.sha256"], cwd=folder, capture_output=True, text=True)
    assert told.returncode == 0, told


@contextmanager
def small_disk(room, size, name="small"):
    """A file system with little room."""
    point = room.folder(name)
    rooms.run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", point)
    try:
        yield point
    finally:
        rooms.unmount(point)


@pytest.fixture
def home(room):
    """One user who stays, with a history."""
    environment = clean_environment(room.folder("user"))
    return {key: environment[key] for key in ("HOME", "XDG_DATA_HOME")}


@pytest.mark.parametrize("size", [16 * MIB, 3 * MIB + 512, 1 * MIB, 512])
@pytest.mark.parametrize("queue", ["io_uring", "threads"])
def test_raw_image_is_the_drive(platterctl, drives, room, size, queue):
    data = content.mixed(size) if size > MIB else content.noise(size)
    source, folder = drives.make(size, data), room.folder("images")
    result = platterctl("image", "--queue", queue, source, folder / "disk.img")
    assert result.status == 0, result
    assert "Verified" in result.stdout and hashlib.sha256(data).hexdigest() in result.stdout
    assert (folder / "disk.img").read_bytes() == data
    assert names(folder) == ["disk.img", "disk.img.json", "disk.img.sha256"]
    check_sums(folder, "disk.img")
    assert source.read() == data


def test_zeros_are_holes(platterctl, drives, room):
    data = bytearray(64 * MIB)
    data[20 * MIB : 24 * MIB] = content.noise(4 * MIB)
    source, image = drives.make(64 * MIB, bytes(data)), room.folder("images") / "sparse.img"
    result = platterctl("image", source, image)
    assert result.status == 0, result
    assert image.read_bytes() == data
    # The data, and the first and the last MiB, which are written as they are.
    assert image.stat().st_blocks * 512 <= 8 * MIB


def test_what_lies_beside_the_image(platterctl, drives, room):
    source, folder = drives.make(16 * MIB, content.noise(MIB), table=TABLE), room.folder("images")
    result = platterctl("image", "--json", source, folder / "disk.img")
    assert result.status == 0, result
    assert result.report["kind"] == "image" and result.report["outcome"] == "verified"
    said = json.loads((folder / "disk.img.json").read_text())
    digest = hashlib.sha256(source.read()).hexdigest()
    assert (said["format"], said["version"], said["verified"]) == ("platter-image", 1, True)
    assert said["image"] == {"name": "disk.img", "format": "raw", "size-bytes": 16 * MIB, "sha256": digest}
    assert said["content"] == {"size-bytes": 16 * MIB, "sha256": digest}
    assert said["source"]["device"] == source.path and said["source"]["logical-block-bytes"] == 512
    assert said["damaged"] == []


@pytest.mark.parametrize("ending", [*PACKED, *DISKS])
@pytest.mark.parametrize("size", [24 * MIB, 4 * MIB, 3 * MIB + 512, 512])
def test_packed_image(platterctl, drives, room, ending, size):
    data = content.mixed(size) if size > MIB else content.noise(size)
    source, folder = drives.make(size, data), room.folder("images")
    image = folder / f"disk.{ending}"
    result = platterctl("image", "--json", source, image)
    assert result.status == 0, result
    (target,) = result.report["targets"]
    assert (target["verdict"], target["verified"]) == ("verified", size)
    # Where the system does not let go of a page, that is said; it is no failure.
    assert ("through the system's cache" in result.stderr) == (not target["cache-bypassed"]), result
    assert unpack(image) == data
    check_sums(folder, image.name)
    said = json.loads((folder / f"{image.name}.json").read_text())
    assert said["image"] == {
        "name": image.name, "format": ending.rpartition(".")[2], "size-bytes": image.stat().st_size,
        "sha256": hashlib.sha256(image.read_bytes()).hexdigest()}
    assert said["content"] == {"size-bytes": size, "sha256": hashlib.sha256(data).hexdigest()}
    assert target["packed"] == image.stat().st_size


def test_nothing_of_its_report_gets_lost(platterctl, drives, room, home):
    """What is kept in the history, and read again, is what --report wrote when the image had its name."""
    source, folder = drives.make(16 * MIB, content.noise(MIB), table=TABLE), room.folder("images")
    file, again = folder / "report.json", folder / "again.json"
    result = platterctl("image", "--level", "4", "--report", file, source, folder / "disk.img.zst", environment=home)
    assert result.status == 0, result
    (kept,) = platterctl("history", "list", "--json", environment=home).lines
    assert platterctl("history", "show", kept["id"], "--report", again, environment=home).status == 0
    written = json.loads(file.read_text())
    assert json.loads(again.read_text()) | {"created": 0} == written | {"created": 0}
    assert (written["options"]["format"], written["options"]["level"]) == ("zst", 4)
    (target,) = written["targets"]
    assert target["packed-sha256"] == hashlib.sha256((folder / "disk.img.zst").read_bytes()).hexdigest()
    shown = platterctl("history", "show", kept["id"], environment=home)
    assert result.stdout.startswith(shown.stdout.split("\n", 1)[1]), (result, shown)


@pytest.mark.parametrize("ending", PACKED)
def test_packed_image_becomes_small(platterctl, drives, room, ending):
    source, image = drives.make(256 * MIB, content.noise(MIB)), room.folder("images") / f"disk.{ending}"
    result = platterctl("image", "--no-verify", "--level", "1", source, image)
    assert result.status == 0 and "not verified" in result.stdout, result
    assert image.stat().st_size < 2 * MIB
    assert hashlib.sha256(unpack(image)).hexdigest() == source.sha256()
    facts = json.loads((image.parent / f"{image.name}.json").read_text())
    assert facts["verified"] is False
    # Nothing is proven with that of the content, so it is made if it is asked for, and only then.
    assert facts["image"]["sha256"] == hashlib.sha256(image.read_bytes()).hexdigest()
    assert facts["content"] == {"size-bytes": 256 * MIB}


def test_a_digest_that_is_asked_for_is_made_of_the_content(platterctl, drives, room):
    source, folder = drives.make(8 * MIB, content.noise(MIB)), room.folder("images")
    for image in (folder / "a.img.zst", folder / "b.img"):
        asked = ["--sha256"] if image.suffix == ".zst" else []
        assert platterctl("image", "--no-verify", *asked, source, image).status == 0
        facts = json.loads((folder / f"{image.name}.json").read_text())
        assert facts["content"]["sha256"] == source.sha256()
        assert facts["image"]["sha256"] == hashlib.sha256(image.read_bytes()).hexdigest()


def test_the_file_behind_the_source_is_never_replaced(platterctl, drives, room):
    """Not by another of its names either, nor by what is put beside the image."""
    source = drives.make(MIB, content.noise(MIB))
    folder = source.file.parent
    other = folder / "other.img"
    os.link(source.file, other)
    for name in (source.file.name, "other.img"):
        result = platterctl("image", "--force", "--yes", source, folder / name)
        assert result.status == 3 and f"is made of {folder / name}" in result.stderr, result
    os.rename(other, folder / "x.img.json")
    result = platterctl("image", "--force", "--yes", source, folder / "x.img")
    assert result.status == 3 and "is made of" in result.stderr, result
    assert source.read() == content.noise(MIB) and os.stat(source.file).st_nlink == 2


def test_names_that_are_too_long_are_refused_before_it_begins(platterctl, drives, room):
    """What is put beside it has a longer name."""
    source, folder = drives.make(MIB, content.noise(MIB)), room.folder("images")
    for length, status in ((234, 0), (235, 1), (241, 1), (255, 1)):
        image = folder / ("x" * (length - 4) + ".img")
        result = platterctl("image", "--yes", source, image)
        assert result.status == status, (length, result)
        assert names(folder) == ([image.name, f"{image.name}.json", f"{image.name}.sha256"] if status == 0 else []), length
        for path in folder.iterdir():
            path.unlink()


def test_an_image_stays_where_nothing_fits_beside_it(platterctl, drives, room):
    """It is verified: that the last hundred bytes have no room is told, and no reason to throw it away."""
    data = content.noise(2 * MIB)
    source = drives.make(len(data), data)
    with small_disk(room, "2M") as folder:
        result = platterctl("image", "--yes", source, folder / "a.img")
        assert result.status == 1, result
        assert "The image has its name, but" in result.stderr and "could not be stored for good" in result.stderr, result
        assert names(folder) == ["a.img"]
        assert (folder / "a.img").read_bytes() == data


def test_a_pipe_is_no_place_for_an_image(platterctl, drives, room):
    source, folder = drives.make(MIB, content.noise(MIB)), room.folder("images")
    result = platterctl("image", "--yes", source, "-", cwd=folder)
    assert result.status == 2 and "not in a pipe" in result.stderr, result
    assert names(folder) == []


def test_format_and_level_are_checked(platterctl, drives, room):
    source, folder = drives.make(MIB, content.noise(MIB)), room.folder("images")
    for words in (["a.img", "--format", "rar"], ["a.img", "--level", "3"], ["a.img.zst", "--level", "20"],
                  ["a.img.zst", "--level", "0"], ["a.qcow2", "--level", "2"], ["a.qed"], ["a.qcow2", "--level", "1"], ["a.img.zst", "--format", "raw", "--level", "1"]):
        result = platterctl("image", source, folder / words[0], *words[1:])
        assert result.status == 2, (words, result)
    assert names(folder) == []
    assert platterctl("image", "--format", "zst", source, folder / "b.bin").status == 0
    assert (folder / "b.bin").read_bytes()[:4] == b"\x28\xb5\x2f\xfd"
    assert platterctl("image", "--format", "raw", source, folder / "c.vmdk").status == 0
    assert (folder / "c.vmdk").read_bytes() == source.read()


def test_it_is_made_with_the_users_rights(platterctl_on_bus, drives, room):
    source = drives.make(16 * MIB, content.noise(MIB), table=TABLE)
    source.add_partitions()
    # Before, UDisks2 has not seen the new table yet.
    rooms.wait_until(lambda: "first" in platterctl_on_bus("info", source).stdout, "UDisks2 to look")
    folder = room.folder("images")
    os.chown(folder, NOBODY, NOBODY)
    result = platterctl_on_bus("image", source, folder / "disk.img", user=NOBODY)
    assert result.status == 0, result
    status = (folder / "disk.img").stat()
    assert status.st_uid == NOBODY and status.st_mode & 0o777 == 0o600
    assert (folder / "disk.img").read_bytes() == source.read()
    said = json.loads((folder / "disk.img.json").read_text())
    assert said["source"]["partition-table"] == "gpt"
    assert [volume["label"] for volume in said["volumes"]] == ["first"]


def test_a_folder_of_somebody_elses_is_refused(platterctl_on_bus, drives, room):
    folder = room.folder("images")
    result = platterctl_on_bus("image", drives.make(8 * MIB), folder / "disk.img", user=NOBODY)
    assert result.status == 1 and "Permission denied" in result.stderr, result
    assert names(folder) == []


def test_odd_names_are_escaped_as_sha256sum_does(platterctl, drives, room):
    source, folder = drives.make(MIB, content.noise(MIB)), room.folder("images")
    name = "new\nline\\and ümlaut.img"
    result = platterctl("image", source, folder / name)
    assert result.status == 0, result
    check_sums(folder, name)
    assert json.loads((folder / f"{name}.json").read_text())["image"]["name"] == name


def test_the_image_can_be_written_back(platterctl, drives, room):
    data = content.mixed(8 * MIB)
    source, target = drives.make(8 * MIB, data), drives.make(8 * MIB, content.old(8 * MIB))
    image = room.folder("images") / "disk.img"
    assert platterctl("image", source, image).status == 0
    result = platterctl("write", "--yes", image, target)
    assert result.status == 0 and "disk.img.sha256" in result.stderr, result
    assert target.read() == data


@pytest.mark.parametrize("name", ["no-such-folder/disk.img", "", "disk.img/"])
def test_a_place_that_is_none(platterctl, drives, room, name):
    folder = room.folder("images")
    result = platterctl("image", "--json", drives.make(MIB), f"{folder}/{name}")
    assert result.status == 1 and result.stderr.strip().endswith("."), result
    assert names(folder) == []


def test_an_image_on_its_own_source_is_refused(platterctl, drives):
    source = drives.make(64 * MIB)
    rooms.run("mkfs.ext4", "-q", source.path)
    point = source.file.parent / f"{source.name}-mounted"
    point.mkdir()
    rooms.run("mount", source.path, point)
    try:
        result = platterctl("image", "--json", source, point / "disk.img")
        assert result.status == 3 and result.report["error"] == "HoldsImage", result
        assert names(point) == ["lost+found"]
    finally:
        rooms.unmount(point)


def test_a_mounted_source_is_refused(platterctl, drives, room):
    source, folder = drives.make(64 * MIB), room.folder("images")
    rooms.run("mkfs.ext4", "-q", source.path)
    point = room.folder("mounted")
    rooms.run("mount", source.path, point)
    try:
        result = platterctl("image", "--json", source, folder / "disk.img")
        assert result.status == 3 and result.report["error"] == "KeptMounted", result
        assert names(folder) == []
    finally:
        rooms.unmount(point)


def test_too_little_room_is_foreseen(platterctl, drives, room):
    data = content.noise(2 * MIB)
    source = drives.make(32 * MIB, data)
    with small_disk(room, "8m") as folder:
        result = platterctl("image", source, folder / "disk.img")
        assert result.status == 3 and "free" in result.stderr, result
        assert names(folder) == []
        # Most of it is empty and takes no room.
        result = platterctl("image", "--yes", source, folder / "disk.img")
        assert result.status == 0, result
        assert (folder / "disk.img").read_bytes() == data + bytes(30 * MIB)


@pytest.mark.parametrize("left, more", [(".disk.img.platter-part", []),
                                        (".disk.img.002.platter-part", ["--split", "4M"])], ids=["whole", "pieces"])
def test_what_was_left_of_it_takes_no_room(platterctl, faulty, room, left, more):
    """It goes as soon as the job has begun."""
    source = faulty.make(6 * MIB, content.noise(6 * MIB), read_delay=200)
    with small_disk(room, "8m") as folder:
        if more:
            (folder / ".disk.img.001.platter-part").touch()
        (folder / left).write_bytes(content.old(5 * MIB))
        result = platterctl("image", *more, source, folder / "disk.img")
        assert result.status == 0, result
        assert b"".join(path.read_bytes() for path in sorted(folder.glob("disk.img.00?" if more else "disk.img"))) \
            == source.stored()
        assert not any(name.startswith(".") for name in names(folder))


@pytest.mark.parametrize("ending", ALL)
def test_row_25_the_disk_gets_full(platterctl, drives, room, ending):
    source = drives.make(32 * MIB, content.noise(32 * MIB))
    with small_disk(room, "8m") as folder:
        result = platterctl("image", "--yes", "--json", source, folder / f"disk.{ending}")
        assert result.status == 1, result
        assert result.report["targets"][0]["error-code"] == "no-space", result
        assert "Nothing was kept" in result.stderr
        assert names(folder) == []


def test_row_26_the_file_system_goes_read_only(platterctl, drives, faulty, room):
    """The disk under it fails, and the file system gives up: there is no image, whatever is left of a hidden file."""
    disk = faulty.make(64 * MIB, switches=["bad_writes_when"])
    rooms.run("mkfs.ext4", "-q", disk.path)
    point = room.folder("mounted")
    rooms.run("mount", "-o", "errors=remount-ro,data=journal", disk.path, point)
    try:
        source, image = drives.make(24 * MIB, content.noise(24 * MIB)), point / "disk.img"
        disk.switch("bad_writes_when")
        result = platterctl("image", "--json", source, image)
        assert result.status == 1, result
        assert result.report["outcome"] == "failed", result
        with pytest.raises(OSError, match="Read-only"):
            (point / "other").touch()
        assert [path.name for path in point.glob("disk.img*")] == []
        disk.switch("bad_writes_when", False)
    finally:
        rooms.unmount(point)


@pytest.mark.parametrize("ending", ALL)
def test_a_bad_sector_leaves_nothing(platterctl, faulty, room, ending):
    bad = 5 * MIB + 7 * 512
    source = faulty.make(16 * MIB, content.noise(16 * MIB), bad_reads=f"{bad}-{bad + 512}")
    folder = room.folder("images")
    result = platterctl("image", "--json", source, folder / f"disk.{ending}")
    assert result.status == 1 and result.report["targets"][0]["error-code"] == "read", result
    assert names(folder) == []


@pytest.fixture
def slow_source(faulty):
    """It does not go on until it is let to."""
    return faulty.make(32 * MIB, content.noise(32 * MIB), stall_reads=f"{8 * MIB}-{9 * MIB}", switches=["stall_when"])


def start_and_hold(run, source, path):
    source.switch("stall_when")
    running = run.start_in_background("image", "--yes", "--json", source, path)
    source.wait_for("r", 8 * MIB, running)
    return running


@pytest.fixture
def without_holes(drives, room):
    """A folder on a file system that has none, as FAT and exFAT have none."""
    drive, point = drives.make(128 * MIB), room.folder("without")
    rooms.run("mkntfs", "--quick", "--quiet", "--force", drive.path)
    rooms.run("ntfs-3g", drive.path, point)
    try:
        (point / "x").write_bytes(bytes(65536))
        punched = subprocess.run(["fallocate", "--punch-hole", "--offset=0", "--length=65536", point / "x"], capture_output=True)
        assert punched.returncode != 0, "it has holes"
        (point / "x").unlink()
        yield point
    finally:
        rooms.unmount(point)


@pytest.mark.parametrize("split", [(), ("--split", "16M")])
def test_where_there_are_no_holes_none_is_left_to_be_filled(platterctl, faulty, without_holes, split):
    """The file system would do that in one go, for longer than a drive may be silent."""
    data = content.noise(MIB) + bytes(31 * MIB)
    source = faulty.make(len(data), data, stall_reads=f"{8 * MIB}-{9 * MIB}", switches=["stall_when"])
    first = "disk.img.001" if split else "disk.img"
    source.switch("stall_when")
    running = platterctl.start_in_background("image", "--yes", "--json", *split, source, without_holes / "disk.img")
    source.wait_for("r", 8 * MIB, running)
    part = without_holes / f".{first}.platter-part"
    rooms.wait_until(lambda: part.stat().st_size >= 4 * MIB or running.poll() is not None, "zeros to be written")
    assert part.stat().st_size <= 9 * MIB, "as long as the source from the start"
    source.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 0 and result.report["outcome"] == "verified", result
    pieces = [without_holes / f"disk.img.00{n}" for n in (1, 2)] if split else [without_holes / "disk.img"]
    assert b"".join(path.read_bytes() for path in pieces) == data
    if not split:
        check_sums(without_holes, "disk.img")


@pytest.mark.parametrize("ending", ALL)
def test_cancelled_in_the_middle(platterctl, slow_source, room, ending):
    folder = room.folder("images")
    running = start_and_hold(platterctl, slow_source, folder / f"disk.{ending}")
    assert names(folder) == [f".disk.{ending}.platter-part"]
    running.send_signal(signal.SIGINT)
    slow_source.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 5, result
    assert names(folder) == []


def start_and_let_appear(run, source, folder, name, home, *arguments):
    """An image that is made while somebody else makes a file of the same name, or of one beside it."""
    running = run.start_in_background("image", "--yes", "--json", *arguments, source, folder / "disk.img", environment=home)
    source.wait_for("r", 8 * MIB, running)
    (folder / name).write_text("mine")
    source.switch("stall_when", False)
    return run.wait(running)


@pytest.mark.parametrize("arguments, taken, got", [
    ([], "disk.img", ["disk-4.img", "disk-4.img.json", "disk-4.img.sha256"]),
    (["--split=9M"], "disk.img.002", [*(f"disk-4.img.00{n}" for n in range(1, 5)), "disk-4.img.json", "disk-4.img.sha256"]),
], ids=["one", "pieces"])
def test_whose_name_was_taken_has_another_name(platterctl, slow_source, room, home, arguments, taken, got):
    """What has the name by then is not ours, and hours of work are not thrown away for it."""
    folder = room.folder("images")
    (folder / "disk-2.img").touch()
    (folder / "disk-3.img.json").touch()
    slow_source.switch("stall_when")
    result = start_and_let_appear(platterctl, slow_source, folder, taken, home, *arguments)
    assert result.status == 1 and result.report["outcome"] == "verified", result
    assert result.report["targets"][0]["name"] == got[-1].removesuffix(".sha256"), result.report
    assert "something else was given its name, disk.img" in result.report["error-message"], result
    assert names(folder) == sorted([*got, taken, "disk-2.img", "disk-3.img.json"])
    assert (folder / taken).read_text() == "mine"
    assert b"".join((folder / name).read_bytes() for name in got[:-2]) == slow_source.stored()
    if not arguments:
        rooms.run("sha256sum", "-c", got[-1], cwd=folder)
    (kept,) = platterctl("history", "list", "--json", environment=home).lines
    assert kept["outcome"] == "verified", kept


def test_without_its_name_it_has_failed(platterctl, slow_source, room, home):
    folder = room.folder("images")
    slow_source.switch("stall_when")
    running = platterctl.start_in_background("image", "--yes", "--json", slow_source, folder / "disk.img", environment=home)
    slow_source.wait_for("r", 8 * MIB, running)
    (folder / ".disk.img.platter-part").unlink()
    slow_source.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 1, result
    assert result.report["outcome"] == "failed" and "cannot be saved as" in result.report["error-message"], result
    (target,) = result.report["targets"]
    assert target["verdict"] == "failed" and "cannot be saved as" in target["error-message"]
    assert "Nothing was kept" in result.stderr and "Verified" not in result.stdout + result.stderr
    assert not [line for line in result.lines[:-1] if line.get("outcome") == "verified"]
    assert names(folder) == []
    (kept,) = platterctl("history", "list", "--json", environment=home).lines
    assert kept["outcome"] == "failed", kept
    (said,) = platterctl("history", "show", kept["id"], "--json", environment=home).lines
    assert said["targets"][0]["verdict"] == "failed" and "cannot be saved as" in said["error-message"]


def test_with_its_name_it_is_not_said_to_be_gone(platterctl, slow_source, room, home):
    """What was to lie beside it could not: that is told, and the image is still there, and verified."""
    folder = room.folder("images")
    slow_source.switch("stall_when")
    result = start_and_let_appear(platterctl, slow_source, folder, "disk.img.sha256", home)
    assert result.status == 1 and result.report["outcome"] == "verified", result
    assert "disk.img.sha256" in result.report["error-message"] and "has its name" in result.stderr, result
    assert "Nothing was kept" not in result.stderr
    assert names(folder) == ["disk.img", "disk.img.json", "disk.img.sha256"]
    assert (folder / "disk.img").stat().st_size == 32 * MIB and (folder / "disk.img.sha256").read_text() == "mine"


def jobs_on(bus):
    """Root's jobs, as the helper tells of them. Whatever the bus told it before, it has heard by then."""
    (objects,) = bus.call(HELPER, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
    return [interfaces[f"{HELPER}.Job"] for interfaces in objects.values()]


def test_without_its_maker_it_is_cancelled(platterctl_on_bus, bus, slow_source, room):
    folder = room.folder("images")
    running = start_and_hold(platterctl_on_bus, slow_source, folder / "disk.img")
    running.kill()
    running.wait()
    assert [job["State"] for job in jobs_on(bus)] == ["running"]
    slow_source.switch("stall_when", False)
    (job,) = rooms.wait_until(
        lambda: [job for job in jobs_on(bus) if job["State"] == "ended"], "the job to end")
    assert job["Outcome"] == "cancelled", job
    part = folder / ".disk.img.platter-part"
    assert names(folder) == [part.name]

    def is_free():
        with open(part) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    # Nobody has it open any more, so that nobody can write to it.
    rooms.wait_until(is_free, "the worker to be gone")


@pytest.mark.parametrize("ending", ALL)
def test_the_worker_is_killed(platterctl_on_bus, bus, slow_source, room, ending):
    from faults.test_worker import workers_on

    folder = room.folder("images")
    running = start_and_hold(platterctl_on_bus, slow_source, folder / f"disk.{ending}")
    (worker,) = rooms.wait_until(lambda: workers_on(slow_source.path), "the worker")
    os.kill(worker, signal.SIGKILL)
    slow_source.switch("stall_when", False)
    result = platterctl_on_bus.wait(running)
    assert result.status == 1 and result.report["outcome"] == "failed", result
    assert names(folder) == []
    assert bus.pid_of(HELPER)


def test_what_a_killed_platterctl_leaves_is_swept_up(platterctl, slow_source, room):
    folder = room.folder("images")
    running = start_and_hold(platterctl, slow_source, folder / "disk.img")
    # Meanwhile nobody else may touch it.
    other = platterctl("image", "--yes", slow_source, folder / "disk.img")
    assert other.status == 1 and "Another job" in other.stderr, other
    running.kill()
    slow_source.switch("stall_when", False)
    running.wait()
    assert names(folder) == [".disk.img.platter-part"]

    def is_made():
        return platterctl("image", "--yes", slow_source, folder / "disk.img").status == 0

    # Until the helper, too, has seen that it is alone and has ended.
    rooms.wait_until(is_made, "the image to be made")
    assert names(folder) == ["disk.img", "disk.img.json", "disk.img.sha256"]
