# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A damaged drive is rescued into an image file: kept however it ends, and gone on with by Platter and by ddrescue."""
import hashlib
import json
import os
import shutil
import signal
import subprocess

import pytest

from faults.test_rescue import BAD, DATA, DISKS, SIZE, blocks, check_incomplete, expected
from lab import room as rooms
from lab.content import MIB, noise
from lab.platterctl import NOBODY


@pytest.fixture
def place(room):
    """Where the image goes: a folder, the image in it, and its map."""
    folder = room.folder("images")
    return folder, folder / "dying.img", folder / "dying.map"


@pytest.fixture
def rescue(platterctl, place):
    def run(source, *options):
        _, image, mapfile = place
        return platterctl("rescue", "--json", "--map", mapfile, *options, source, image)

    return run


def ddrescue(source, image, mapfile, *options, check=True):
    return subprocess.run(["ddrescue", "--idirect", "--quiet", *options, source.path, image, mapfile], check=check,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=300)


def check_whole(place):
    """All that can be read is there; the map says what is not."""
    folder, image, mapfile = place
    assert image.read_bytes() == expected(BAD)
    assert subprocess.run(["ddrescuelog", "-t", mapfile]).returncode == 0
    assert [(at, at + size) for at, size, state in blocks(mapfile) if state == "-"] == BAD


@pytest.mark.parametrize("disk", ["single", "random", "ends"])
def test_disk(rescue, faulty, place, disk):
    """To the sector, though a file is not written past the cache in less than 4 KiB."""
    folder, image, mapfile = place
    bad = DISKS[disk]
    result = rescue(faulty.make_damaged(DATA, bad))
    check_incomplete(result, bad)
    assert image.read_bytes() == expected(bad)
    assert [(at, at + size) for at, size, state in blocks(mapfile) if state == "-"] == bad
    assert sorted(path.name for path in folder.iterdir()) == ["dying.img", "dying.img.json", "dying.map"]
    said = json.loads((folder / "dying.img.json").read_text())
    assert said["verified"] is False and said["image"]["size-bytes"] == SIZE and "sha256" not in said["image"]
    assert [(place["offset-bytes"], place["length-bytes"]) for place in said["damaged"]] == [
        (start, end - start) for start, end in bad[:256]]
    assert (said["damaged-count"], said["damaged-bytes"]) == (len(bad), sum(end - start for start, end in bad))
    assert said["untried-bytes"] == 0


def test_a_drive_without_damage(platterctl, drives, place):
    folder, image, mapfile = place
    source = drives.make(SIZE, DATA)
    result = platterctl("rescue", "--map", mapfile, source, image)
    assert result.status == 0 and "Verified" in result.stdout and f"Saved as {image}." in result.stdout, result
    assert image.read_bytes() == DATA
    assert image.stat().st_mode & 0o777 == 0o600
    assert json.loads((folder / "dying.img.json").read_text())["damaged"] == []


@pytest.mark.parametrize("options", [["-n"], ["-s", "20MiB"], []], ids=["no scraping", "a part", "all"])
def test_goes_on_where_ddrescue_was(rescue, faulty, place, options):
    _, image, mapfile = place
    source = faulty.make_damaged(DATA, BAD)
    ddrescue(source, image, mapfile, *options, check=False)
    if image.stat().st_size < SIZE:
        os.truncate(image, SIZE)
    finished = sum(size for _, size, state in blocks(mapfile) if state == "+")
    result = rescue(source)
    assert result.status == 4 and result.report["carried"] == finished, result
    check_whole(place)


@pytest.mark.parametrize("limit", [1, 5, 20, 30, 33, 35, 50])
def test_ddrescue_goes_on_where_we_were(rescue, faulty, place, limit):
    folder, image, mapfile = place
    source = faulty.make_damaged(DATA, BAD)
    assert rescue(source, "--bad-limit", str(limit)).status == 4
    said = json.loads((folder / "dying.img.json").read_text())
    untried = sum(size for _, size, state in blocks(mapfile) if state == "?")
    assert said["untried-bytes"] == untried and (untried > 0 or limit > 5)
    assert said["damaged-bytes"] == sum(size for _, size, state in blocks(mapfile) if state != "+")
    ddrescue(source, image, mapfile)
    check_whole(place)


@pytest.mark.parametrize("how", ["cancelled", "killed"])
def test_cut_off_and_gone_on(platterctl, rescue, faulty, place, how):
    """What the map says is there is there, and what is there does not look like a disk before the end."""
    _, image, mapfile = place
    source = faulty.make_damaged(DATA, BAD)
    for reads in (200, 900):
        source.forget()
        running = platterctl.start_in_background("rescue", "--map", mapfile, source, image)
        rooms.wait_until(lambda: source.count()[0] > reads or running.poll() is not None, "reads")
        if how == "cancelled":
            running.send_signal(signal.SIGINT)
            result = platterctl.wait(running)
            assert result.status in (5, 4), result
            assert result.status == 4 or "Go on with the image and its map." in result.stderr
        else:
            rooms.wait_until(lambda: mapfile.exists() and mapfile.stat().st_size > 0 or running.poll() is not None, "a map", 60)
            running.kill()
            running.wait()
        for at, size, state in blocks(mapfile):
            if state == "+":
                assert image.read_bytes()[at:at + size] == DATA[at:at + size]
    rooms.wait_until(lambda: rescue(source).status == 4, "it to go on, once nobody else has the image")
    check_whole(place)


def test_an_ordinary_user_rescues(platterctl_on_bus, bus, faulty, place):
    bus.polkit.answer("yes")
    folder, image, mapfile = place
    os.chown(folder, NOBODY, NOBODY)
    source = faulty.make_damaged(DATA, DISKS["single"])
    result = platterctl_on_bus("rescue", "--json", "--map", mapfile, source, image, user=NOBODY)
    check_incomplete(result, DISKS["single"])
    assert image.read_bytes() == expected(DISKS["single"])
    assert image.stat().st_uid == NOBODY


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_does_not_belong_together_is_refused(platterctl, drives, place):
    """A map without its image would leave out what is nowhere; an image without its map would be written over."""
    folder, image, mapfile = place
    source = drives.make(SIZE, DATA)
    assert platterctl("rescue", "--map", mapfile, source, image).status == 0
    before = digest(image), digest(mapfile)
    other = folder / "other"
    for words, said in (((folder / "other.img", mapfile), "is not there"), ((image, other), "there is no map"),
                        ((folder, mapfile), "dying.map")):
        result = platterctl("rescue", "--map", words[1], source, words[0])
        assert result.status in (1, 3), result
        assert said in result.stderr or "irectory" in result.stderr, result
    smaller = drives.make(SIZE // 2, DATA[: SIZE // 2])
    result = platterctl("rescue", "--map", mapfile, smaller, image)
    assert result.status in (1, 3) and "another size" in result.stderr, result
    assert (digest(image), digest(mapfile)) == before
    assert sorted(path.name for path in folder.iterdir()) == ["dying.img", "dying.img.json", "dying.map"]


def test_the_damaged_file_is_named(platterctl, faulty, room, place):
    """The file systems in the image are looked through, as they are on a drive."""
    folder, image, mapfile = place
    files = room.folder("files")
    (files / "letter.txt").write_bytes(noise(3 * MIB, seed=7))
    plain = room.new("plain")
    with open(plain, "wb") as file:
        file.truncate(32 * MIB)
    rooms.run("mkfs.ext4", "-q", "-F", "-d", files, plain)
    data = plain.read_bytes()
    at = data.find((files / "letter.txt").read_bytes()[:4096]) + 8192
    result = platterctl("rescue", "--map", mapfile, faulty.make_damaged(data, [(at, at + 512)]), image)
    assert result.status == 4 and "/letter.txt" in result.stderr, result


def test_what_lies_there_is_not_replaced(platterctl, drives, place):
    folder, image, mapfile = place
    (folder / "dying.img.json").write_text("mine")
    result = platterctl("rescue", "--map", mapfile, drives.make(SIZE, DATA), image)
    assert result.status == 3 and "dying.img.json exists" in result.stderr, result
    assert not image.exists() and (folder / "dying.img.json").read_text() == "mine"


@pytest.mark.parametrize("option, ending", [("--map", ""), ("--map", ".json"), ("--report", ".json")])
def test_no_file_is_two_things(platterctl, drives, place, option, ending):
    """A map that is the image, or what lies beside it, would be written over, or write over what was saved."""
    folder, image, mapfile = place
    (folder / "link").symlink_to(folder)
    path = f"{folder}/link/{image.name}{ending}"
    words = ["--map", path] if option == "--map" else ["--map", mapfile, "--report", path]
    result = platterctl("rescue", *words, drives.make(SIZE, DATA), image)
    assert result.status in (1, 3) and "other names" in result.stderr, result
    assert [path.name for path in folder.iterdir()] == ["link"]


def test_an_empty_file_of_somebodys_stays(platterctl_on_bus, bus, drives, place):
    bus.polkit.answer("no")
    folder, image, mapfile = place
    image.touch()
    mapfile.touch()
    for path in (folder, image, mapfile):
        os.chown(path, NOBODY, NOBODY)
    result = platterctl_on_bus("rescue", "--map", mapfile, drives.make(SIZE, DATA), image, user=NOBODY)
    assert result.status == 6 and image.exists() and mapfile.exists(), result


def test_a_drive_that_is_not_there_does_not_become_a_file(platterctl, drives, place):
    _, _, mapfile = place
    result = platterctl("rescue", "--map", mapfile, drives.make(SIZE, DATA), "/dev/platter-nothing")
    assert result.status in (1, 3), result
    assert not os.path.exists("/dev/platter-nothing")


def test_one_that_is_not_allowed_leaves_nothing(platterctl_on_bus, bus, drives, place):
    bus.polkit.answer("no")
    folder, image, mapfile = place
    os.chown(folder, NOBODY, NOBODY)
    result = platterctl_on_bus("rescue", "--map", mapfile, drives.make(SIZE, DATA), image, user=NOBODY)
    assert result.status == 6, result
    assert not image.exists() and not mapfile.exists()


def test_another_drive_does_not_go_on(rescue, faulty, drives, place):
    """Of the same size, with a map that calls half of it finished: the image would be of neither."""
    _, image, mapfile = place
    document = image.with_name(f"{image.name}.json")
    source = faulty.make_damaged(DATA, BAD)
    assert rescue(source, "--bad-limit", "5").status == 4
    kept, said, told = image.read_bytes(), blocks(mapfile), document.read_bytes()
    refused = rescue(drives.make(SIZE, noise(SIZE, seed=9)))
    assert refused.status == 1 and refused.report["targets"][0]["error-code"] == "changed", refused
    assert image.read_bytes() == kept, "what was rescued is as it was"
    assert blocks(mapfile) == said
    assert document.read_bytes() == told, "it tells of the drive that the image is of"
    assert rescue(source).status == 4
    check_whole(place)
    assert document.read_bytes() != told


def test_a_map_that_cannot_be_kept_is_told(platterctl, faulty, place, room):
    """It was there at the start; without it nobody could go on, so that is no good end, and the image stays."""
    _, image, _ = place
    folder = room.folder("maps")
    source = faulty.make_damaged(DATA, BAD)
    running = platterctl.start_in_background("rescue", "--map", folder / "dying.map", source, image)
    rooms.wait_until(lambda: source.count()[0] > 50 or running.poll() is not None, "reads")
    shutil.rmtree(folder)
    result = platterctl.wait(running)
    assert result.status == 4 and "The map cannot be kept in" in result.stderr, result
    assert image.read_bytes() == expected(BAD)


def test_a_map_that_cannot_be_kept_is_told_while_something_can_be_done(platterctl, faulty, place, room):
    _, image, _ = place
    folder = room.folder("maps")
    source = faulty.make(SIZE, DATA, read_delay=24)
    running = platterctl.start_in_background("rescue", "--map", folder / "kept.map", source, image)
    source.wait_for("r", MIB, running)
    folder.rename(folder.with_name("elsewhere"))
    said = running.stderr.readline()
    assert "The map cannot be kept in" in said and "tried again" in said, said
    folder.mkdir()
    result = platterctl.wait(running)
    assert result.status == 0, result
    assert (folder / "kept.map").read_text().endswith(f"0x00000000  0x{SIZE:08X}  +\n")


def test_a_map_that_could_not_be_kept_is_refused(platterctl, drives, place, room):
    """Before anything is read: its name is too long for a file that takes its place."""
    _, image, _ = place
    folder = room.folder("maps")
    result = platterctl("rescue", "--map", folder / f"{'a' * 247}.map", drives.make(SIZE, DATA), image)
    assert result.status == 1 and "The map cannot be kept in" in result.stderr, result
    assert not any(folder.iterdir()) and not image.exists()


def test_zeros_take_no_room(rescue, faulty, place):
    """Also in what another program had written before, as ddrescue does without --sparse."""
    _, image, mapfile = place
    data = DATA[:2 * MIB] + bytes(SIZE - 3 * MIB) + DATA[-MIB:]
    source = faulty.make_damaged(data, [(SIZE // 2, SIZE // 2 + 512)])
    assert rescue(source).status == 4
    assert image.read_bytes() == data and image.stat().st_size == SIZE
    assert image.stat().st_blocks * 512 <= 4 * MIB
    image.write_bytes(b"\xaa" * SIZE)
    mapfile.write_text(f"0x0 ? 1\n0x0 {SIZE:#x} ?\n")
    assert rescue(source).status == 4
    assert image.read_bytes() == data[:SIZE // 2] + b"\xaa" * 512 + data[SIZE // 2 + 512:]


def test_not_into_the_file_that_its_source_lies_in(platterctl, drives, place):
    """It has the drive's size, and with a map it would be gone on with: the source would be written to."""
    _, _, mapfile = place
    source = drives.make(SIZE, DATA)
    mapfile.write_text(f"0x0 + 1\n0x0 {SIZE // 2:#x} +\n{SIZE // 2:#x} {SIZE // 2:#x} ?\n")
    result = platterctl("rescue", "--map", mapfile, source, source.file)
    assert result.status == 3 and "is made of" in result.stderr, result
    assert source.read() == DATA


def test_not_on_its_own_source(platterctl, drives, room):
    drive = drives.make(SIZE)
    rooms.run("mkfs.ext4", "-q", drive.path)
    point = room.folder("mounted")
    rooms.run("mount", drive.path, point)
    try:
        result = platterctl("rescue", "--map", room.new("map"), drive, point / "a.img")
        assert result.status == 3, result
        assert not (point / "a.img").exists()
    finally:
        rooms.unmount(point)
