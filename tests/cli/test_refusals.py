# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What platterctl does not do, how it says so, and that nothing was touched then."""
import os
import signal

import pytest

from lab import content, room as rooms
from lab.content import MIB


@pytest.fixture
def target(drives):
    """A drive that has to stay as it is."""
    made = drives.make(8 * MIB, content.old(8 * MIB))
    yield made
    assert made.read() == content.old(8 * MIB)


@pytest.fixture
def image(room):
    path = room.new("x.img")
    path.write_bytes(content.noise(2 * MIB))
    return path


@pytest.mark.parametrize("arguments", [
    [], ["frobnicate"], ["clone"], ["clone", "/dev/null"], ["list", "x"], ["verify", "a"], ["jobs", "watch"],
    ["jobs", "halt", "1"], ["clone", "--nonsense", "a", "b"], ["clone", "--digest", "crc", "a", "b"],
    ["clone", "--repairs", "4", "a", "b"], ["clone", "--queue", "x", "a", "b"], ["clone", "--shorter", "a", "b"],
    ["rescue", "a", "b"], ["rescue", "--map", "m", "a"], ["clone", "--on-error", "pray", "a", "b"],
    ["jobs", "answer", "1"], ["jobs", "answer", "1", "pray"], ["jobs", "answer", "1", "ask"],
    ["clone", "--repairs", "-1", "a", "b"], ["clone", "--stall-timeout", "-1", "a", "b"],
    ["clone", "--stall-timeout", "86401", "a", "b"], ["clone", "--stall-timeout", "2147483647", "a", "b"],
    ["image", "--level", "-1", "a", "b.zst"], ["image", "--level", "0", "a", "b.zst"], ["info", ""], ["clone", "a", ""],
    ["clone", "--map", "m", "a", "b"], ["clone", "--on-error", "skip", "--sha256", "a", "b"],
    ["rescue", "--map", "m", "--retries", "-2", "a", "b"], ["write", "--on-error", "skip", "a", "b"],
])
def test_usage(platterctl, arguments):
    result = platterctl(*arguments)
    assert result.status == 2, result
    assert "--help" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [
    ["clone", "--json", "--digest", "x", "a", "b"], ["clone", "--nonsense", "--json", "a", "b"],
    ["clone", "--repairs", "x", "a", "b", "--json"], ["list", "x", "--json"], ["jobs", "halt", "1", "--json"],
    ["rescue", "--json", "a", "b"], ["history", "--json", "show"], ["frobnicate", "--json"],
])
def test_usage_for_programs(platterctl, arguments):
    result = platterctl(*arguments)
    assert result.status == 2, result
    error, = result.lines
    assert (error["type"], error["error"], error["status"]) == ("error", "Usage", 2)
    assert error["message"] and error["message"] in result.stderr


def test_limit_of_patience_is_named(platterctl):
    assert "--stall-timeout takes" in platterctl("clone", "--stall-timeout", "86401", "a", "b").stderr


@pytest.mark.parametrize("option, words", [("--map", "The map cannot be gone on with"),
                                           ("--domain", "The domain cannot be used")])
def test_which_mapfile_is_none(platterctl, drives, room, option, words):
    wrong = room.new("wrong")
    wrong.write_bytes(bytes(MIB))
    more = [] if option == "--map" else ["--map", room.new("good.map")]
    result = platterctl("rescue", "--yes", *more, option, wrong, drives.make(MIB), drives.make(MIB))
    assert result.status == 1, result
    assert words in result.stderr
    assert wrong.read_bytes() == bytes(MIB)


@pytest.mark.parametrize("name", ["https://example.org/x.iso", "gopher://example.org/x.iso"])
def test_nothing_reads_from_there(platterctl, target, name):
    """Without a session there is no GVfs."""
    result = platterctl("write", "--yes", name, target)
    assert result.status == 1, result
    assert f"reads from {name.split(':')[0]} addresses" in result.stderr


def test_without_terminal_and_yes(platterctl, target, image):
    result = platterctl("write", image, target)
    assert result.status == 3, result
    assert "--yes" in result.stderr


def test_question_shows_the_target_and_no_means_no(platterctl, target, image):
    result = platterctl.ask("no\n", "write", image, target)
    assert result.status == 5, result
    assert target.path in result.stderr
    assert target.file.name in result.stderr
    assert "Nothing was written" in result.stderr


def test_yes_on_a_terminal_writes(platterctl, drives, image):
    drive = drives.make(8 * MIB, content.old(8 * MIB))
    result = platterctl.ask("yes\n", "write", image, drive)
    assert result.status == 0, result
    assert drive.read(0, 2 * MIB) == image.read_bytes()


def test_too_small(platterctl, target, drives):
    source = drives.make(8 * MIB + 512)
    result = platterctl("clone", "--yes", "--json", source, target)
    assert result.status == 3, result
    assert result.lines[-1]["error"] == "TooSmall"


def test_same_drive(platterctl, target):
    result = platterctl("clone", "--yes", "--json", target, target)
    assert result.status == 3, result
    assert result.lines[-1]["error"] == "SameDrive"


def test_same_target_twice(platterctl, target, image):
    result = platterctl("write", "--yes", "--json", image, target, target)
    assert result.status == 3, result
    assert result.lines[-1]["error"] == "SameDrive"


def test_partition(platterctl, drives, image):
    drive = drives.make(16 * MIB, table="label: gpt\nsize=4MiB\n")
    drive.add_partitions()
    before = drive.read()
    result = platterctl("write", "--yes", "--json", image, drive.partition(1))
    assert result.status == 3, result
    assert result.lines[-1]["error"] == "NotADrive"
    assert drive.read() == before


@pytest.mark.parametrize("below", ["file", "drive", "partition"])
def test_what_is_mounted_by_another_name(platterctl, drives, image, room, below):
    """The kernel keeps nobody from having a second loop device over the same bytes for himself."""
    drive = drives.make(16 * MIB, table="label: gpt\nsize=8MiB\n")
    mounted = drive.path
    if below == "partition":
        drive.add_partitions()
        mounted = drive.partition(1)
    rooms.run("mkfs.ext4", "-q", "-F", mounted)
    other = drives.attach({"file": drive.file, "drive": drive.path, "partition": mounted}[below])
    point = room.folder("point")
    rooms.run("mount", "-o", "ro", mounted, point)
    before = drive.read()
    try:
        for more in ([], ["--unmount"]):
            result = platterctl("write", "--yes", "--json", *more, image, other)
            assert result.status == 3, result
            assert result.lines[-1]["error"] == "KeptMounted"
            assert "--unmount" not in result.stderr  # it would not help
            assert f"{mounted} has the same content as {other}. {mounted} is mounted at “{point}”." in result.stderr
            assert os.path.ismount(point) and drive.read() == before
        rooms.run("mount", "-o", "remount,rw", point)
        result = platterctl("clone", "--yes", "--json", other, drives.make(16 * MIB))
        assert result.status == 3, result
        assert f"{mounted} is mounted for writing at “{point}”" in result.stderr and "--unmount" not in result.stderr
    finally:
        rooms.unmount(point)


def test_same_drive_through_another_loop_device(platterctl, drives):
    """A loop device that lies on another one, and a third one over the file of that."""
    drive = drives.make(8 * MIB, content.old(8 * MIB))
    above, beside = drives.attach(drive.path), drives.attach(drive.file)
    result = platterctl("clone", "--yes", "--json", above, beside)
    assert result.status == 3, result
    assert result.lines[-1]["error"] == "SameDrive"
    assert drive.read() == content.old(8 * MIB)


def test_read_only_target(platterctl, drives, image):
    drive = drives.make(8 * MIB, read_only=True)
    result = platterctl("write", "--yes", "--json", image, drive)
    assert result.status == 3, result
    assert result.lines[-1]["error"] == "ReadOnly"


def test_no_such_drive(platterctl, image):
    result = platterctl("write", "--yes", "--json", image, "/dev/no-such-drive")
    assert result.status == 3, result
    assert result.lines[-1]["error"] == "NoSuchDrive"


def test_system_drive(platterctl, image):
    number = os.stat("/").st_dev
    node = os.path.realpath(f"/dev/block/{os.major(number)}:{os.minor(number)}")
    if not os.path.exists(node):
        node = rooms.run("findmnt", "-no", "SOURCE", "/").strip()
    if not node.startswith("/dev/") or not os.path.exists(node):
        return  # the root of a container lies on no drive
    result = platterctl("write", "--yes", image, node)
    assert result.status == 3, result


def test_image_of_a_virtual_machine(platterctl, target, room):
    path = room.new("x.qcow2")
    for head, word in ((b"QFI\xfb\0\0\0\x03" + bytes(100), "damaged"), (b"", "though its name says so")):
        path.write_bytes(head + content.noise(MIB))
        result = platterctl("write", "--yes", path, target)
        assert result.status == 3, result
        assert word in result.stderr


def test_missing_image(platterctl, target, room):
    result = platterctl("write", "--yes", room.new("missing.img"), target)
    assert result.status == 1, result


def test_list_needs_udisks(platterctl):
    result = platterctl("list")
    assert result.status == 1, result
    assert "UDisks2" in result.stderr


def test_interrupted_job_leaves_no_valid_first_mib(platterctl, faulty, drives):
    data = content.noise(32 * MIB)
    source = drives.make(32 * MIB, data)
    target = faulty.make(32 * MIB, stall_writes=f"{8 * MIB}-{9 * MIB}", switches=["stall_when"])
    target.switch("stall_when")
    process = platterctl.start_in_background("clone", "--yes", "--json", source, target)
    target.wait_for("w", 8 * MIB, process)
    process.send_signal(signal.SIGINT)
    rooms.wait_until(lambda: process.stderr.readline().startswith("Cancelling"), "the signal to be answered")
    platterctl.wait_for_progress(process)
    target.switch("stall_when", False)
    result = platterctl.wait(process)
    assert result.status == 5, result
    assert result.lines[-1]["outcome"] == "cancelled"
    assert target.stored(0, MIB) != data[:MIB]


def test_a_refusal_names_the_option(platterctl, drives, image, room):
    """Where an option would have it done, and the command has it."""
    longer = room.new("longer.img")
    longer.write_bytes(image.read_bytes() + bytes(MIB))
    for command in (["convert", image, longer], ["image", drives.make(MIB), longer]):
        result = platterctl(*command)
        assert result.status == 3 and "Give --force for that." in result.stderr, result
    result = platterctl("verify", "--json", image, longer)
    assert result.status == 3 and "Give --shorter for that." in result.lines[-1]["message"], result
    assert platterctl("verify", "--shorter", image, longer).status == 0


def test_force_is_named_only_where_it_helps(platterctl, target, drives, image, room):
    """What stands in the way is no file that may be replaced: with --force it stands there still."""
    source, rescued = drives.make(8 * MIB, content.noise(MIB)), room.new("rescued.img")
    rescued.write_bytes(b"mine")
    for command, said in (
            (["image", source, target], "is a device and no file"),
            (["convert", image, target], "is a device and no file"),
            (["convert", image, image], "is the image that is read"),
            (["image", source, source.file], "is made of"),
            (["convert", image, "/dev/null"], "no file that could be replaced"),
            (["rescue", "--map", room.new("map"), source, rescued], "there is no map")):
        for more in ([], ["--yes"]):
            result = platterctl(*command, *more)
            assert result.status == 3 and said in result.stderr and "--force" not in result.stderr, result
    assert rescued.read_bytes() == b"mine"
    result = platterctl("convert", "--json", image, image)
    assert result.lines[-1]["error"] == "Refused" and "--force" not in result.lines[-1]["message"], result


def test_a_refusal_to_overwrite_what_is_mounted_names_the_option(platterctl, drives, image, room):
    mounted, point = drives.make(16 * MIB), room.folder("point")
    rooms.run("mkfs.ext4", "-q", "-F", mounted.path)
    rooms.run("mount", mounted.path, point)
    source = drives.make(MIB)
    for command in (["write", image], ["clone", source], ["rescue", "--map", room.new("map"), source]):
        result = platterctl(*command, "--yes", mounted)
        assert result.status == 3 and "Give --unmount for that." in result.stderr, result
    told = platterctl("info", mounted)
    assert "Unmount it" in told.stdout and "--unmount" not in told.stdout
    # Where it was given and is not enough, it is not what is missing.
    assert "Give --unmount" not in platterctl("write", "--yes", "--unmount", image, mounted).stderr
