# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""An image that is made in pieces: put together they are the image, and there are all of them or none."""
import bz2
import hashlib
import json
import os
import signal
import subprocess

import pytest

from cli.test_image import TOOLS, names, slow_source, small_disk  # noqa: F401: a fixture
from lab import content, room as rooms
from lab.content import MIB
from lab.platterctl import NOBODY

DATA = content.noise(5 * MIB) + bytes(3 * MIB) + content.mixed(2 * MIB) + bytes(512)


def together(folder, name):
    """As "cat NAME.???" has it; the pieces but the last are as large as each other."""
    pieces = [path.read_bytes() for path in sorted(folder.glob(f"{name}.[0-9][0-9][0-9]"))]
    assert len({len(piece) for piece in pieces[:-1]}) <= 1 and 0 < len(pieces[-1]) <= len(pieces[0])
    return b"".join(pieces)


def check(folder, name, data, piece=MIB):
    whole = together(folder, name)
    n_pieces = (len(whole) + piece - 1) // piece
    assert names(folder) == sorted([*(f"{name}.{i:03}" for i in range(1, n_pieces + 1)), f"{name}.json",
                                    f"{name}.sha256"])
    (command,) = [tool for ending, tool in TOOLS.items() if name.endswith(f".{ending}")]
    assert subprocess.run(command, input=whole, check=True, capture_output=True).stdout == data
    digest = hashlib.sha256(whole).hexdigest()
    assert (folder / f"{name}.sha256").read_text() == f"{digest}  {name}\n"
    said = json.loads((folder / f"{name}.json").read_text())["image"]
    assert said == {"name": name, "format": name.rpartition(".")[2].replace("img", "raw"), "size-bytes": len(whole),
                    "sha256": digest, "pieces": n_pieces, "piece-bytes": piece}


@pytest.fixture
def plain(room):
    def make(data=DATA, name="disk.img"):
        path = room.folder("source") / name
        path.parent.chmod(0o755)
        path.write_bytes(data)
        return path

    return make


@pytest.mark.parametrize("ending", TOOLS)
@pytest.mark.parametrize("more", [[], ["--no-verify"]], ids=["verified", "not verified"])
def test_of_a_drive_and_back(platterctl, drives, room, ending, more):
    source, folder = drives.make(len(DATA), DATA), room.folder("images")
    result = platterctl("image", "--json", "--split", "1M", *more, source, folder / f"disk.{ending}")
    assert result.status == 0, result
    assert result.report["outcome"] == ("written" if more else "verified")
    check(folder, f"disk.{ending}", DATA)
    target = drives.make(12 * MIB, content.old(12 * MIB))
    written = platterctl("write", "--yes", "--json", folder / f"disk.{ending}.001", target)
    assert written.status == 0, written
    assert written.report["expected-matches"] is True, "the file of the checksum was not found"
    assert target.read(0, len(DATA)) == DATA


@pytest.mark.parametrize("ending", ["img", "img.zst"])
def test_of_an_image(platterctl, plain, room, ending):
    folder = room.folder("images")
    result = platterctl("convert", "--split", "2M", plain(), folder / f"disk.{ending}")
    assert result.status == 0, result
    check(folder, f"disk.{ending}", DATA, 2 * MIB)
    n_pieces = len(list(folder.glob("*.0??")))
    assert f"Saved in {n_pieces} pieces; the first one is {folder}/disk.{ending}.001." in result.stdout, result


def test_many_pieces_and_rights(platterctl_on_bus, bus, drives, room):
    """More than one message on the bus could carry; of an ordinary user."""
    bus.polkit.answer("yes")
    data = content.mixed(90 * MIB)
    source, folder = drives.make(len(data), data), room.folder("images")
    os.chown(folder, NOBODY, NOBODY)
    result = platterctl_on_bus("image", "--split", "1M", source, folder / "disk.img", user=NOBODY)
    assert result.status == 0, result
    check(folder, "disk.img", data)
    assert {path.stat().st_mode & 0o777 for path in folder.glob("*.0??")} == {0o600}


def test_zeros_are_holes(platterctl, plain, room):
    folder = room.folder("images")
    result = platterctl("convert", "--split", "8M", plain(bytes(20 * MIB) + content.noise(MIB) + bytes(19 * MIB)),
                        folder / "disk.img")
    assert result.status == 0, result
    assert [path.stat().st_size for path in sorted(folder.glob("*.0??"))] == 5 * [8 * MIB]
    assert sum(path.stat().st_blocks for path in folder.glob("*.0??")) * 512 <= 3 * MIB


def test_one_piece_is_enough(platterctl, plain, room):
    folder = room.folder("images")
    assert platterctl("convert", "--split", "1G", plain(), folder / "disk.img").status == 0
    assert names(folder) == ["disk.img.001", "disk.img.json", "disk.img.sha256"]
    assert (folder / "disk.img.001").read_bytes() == DATA
    assert rooms.run("sha256sum", "-c", "disk.img.sha256", cwd=folder)


@pytest.mark.parametrize("existing", ["disk.img.001", "disk.img.009", "disk.img.sha256"])
def test_what_exists_is_not_overwritten_unless_asked(platterctl, plain, room, existing):
    """Pieces of an older image are not taken for pieces of the new one."""
    source, folder = plain(DATA[: 3 * MIB]), room.folder("images")
    (folder / existing).write_text("old")
    result = platterctl("convert", "--split", "1M", source, folder / "disk.img")
    assert result.status == 3 and existing in result.stderr, result
    assert names(folder) == [existing]
    result = platterctl("convert", "--force", "--split", "1M", source, folder / "disk.img")
    assert result.status == 0, result
    check(folder, "disk.img", DATA[: 3 * MIB])


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
@pytest.mark.parametrize("first, second", [([], ["--split", "1M"]), (["--split", "1M"], [])], ids=["pieces", "whole"])
def test_whole_and_in_pieces_are_not_beside_each_other(platterctl, plain, room, first, second, force):
    """They would have one checksum, which the older one would be called wrong by."""
    folder = room.folder("images")
    assert platterctl("convert", *first, plain(), folder / "disk.img").status == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = platterctl("convert", *force, *second, plain(DATA[: 3 * MIB], "other.img"), folder / "disk.img")
    existing = "disk.img.001" if first else "disk.img"
    assert result.status == 3 and f"/{existing} exists already" in result.stderr, result
    assert "another name" in result.stderr and "--force" not in result.stderr, result
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
@pytest.mark.parametrize("more, taken", [(["--split", "16M"], "disk.img"), ([], "disk.img.001")], ids=["pieces", "whole"])
def test_the_other_way_is_taken_while_it_is_made(platterctl, slow_source, room, more, taken, force):  # noqa: F811
    """Then it gets another name, as where its own is taken."""
    folder = room.folder("images")
    slow_source.switch("stall_when")
    running = platterctl.start_in_background("image", "--yes", "--json", *force, *more, slow_source, folder / "disk.img")
    slow_source.wait_for("r", 8 * MIB, running)
    (folder / taken).write_text("somebody's")
    slow_source.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 1 and "is called disk-2.img" in result.stderr, result
    assert (folder / taken).read_text() == "somebody's"
    assert sorted(set(names(folder)) - {taken})[-2:] == ["disk-2.img.json", "disk-2.img.sha256"]
    assert not (folder / "disk.img.sha256").exists()


def test_the_source_itself_is_never_replaced(platterctl, plain, room):
    folder = room.folder("images")
    assert platterctl("convert", "--split", "1M", plain(), folder / "disk.img").status == 0
    before = together(folder, "disk.img")
    result = platterctl("convert", "--force", "--split", "2M", folder / "disk.img.001", folder / "disk.img")
    assert result.status == 3 and "is read" in result.stderr, result
    assert together(folder, "disk.img") == before


@pytest.mark.parametrize("words, status, said", [
    (["--split", "1"], 2, "at least a MiB"), (["--split", "4Q"], 2, "at least a MiB"), (["--split", "-1M"], 2, "at least"),
    (["--split", "2M", "--format", "qcow2"], 2, "cannot be made in pieces"),
])
def test_what_makes_no_sense(platterctl, plain, room, words, status, said):
    folder = room.folder("images")
    result = platterctl("convert", *words, plain(), folder / "disk.img")
    assert result.status == status and said in result.stderr, result
    assert names(folder) == []


def test_too_many(platterctl, plain, room):
    folder = room.folder("images")
    result = platterctl("convert", "--yes", "--split", "1M", plain(bytes(500 * MIB)), folder / "disk.img")
    assert result.status == 3 and "Make larger ones" in result.stderr, result
    assert names(folder) == []


def test_of_unknown_size(platterctl, plain, room):
    folder = room.folder("images")
    result = platterctl("convert", "--split", "1M", plain(bz2.compress(DATA), "a.bz2"), folder / "disk.img")
    assert result.status == 3 and "only at its end" in result.stderr, result
    assert names(folder) == []


@pytest.mark.parametrize("ending", TOOLS)
def test_row_25_the_disk_gets_full(platterctl, drives, room, ending):
    source = drives.make(32 * MIB, content.noise(32 * MIB))
    with small_disk(room, "8m") as folder:
        result = platterctl("image", "--yes", "--json", "--split", "3M", source, folder / f"disk.{ending}")
        assert result.status == 1, result
        assert result.report["targets"][0]["error-code"] == "no-space", result
        assert names(folder) == []


@pytest.mark.parametrize("ending", ["img", "img.zst"])
def test_cancelled_in_the_middle(platterctl, slow_source, room, ending):  # noqa: F811
    folder = room.folder("images")
    slow_source.switch("stall_when")
    running = platterctl.start_in_background("image", "--yes", "--json", "--split", "1M", slow_source,
                                             folder / f"disk.{ending}")
    slow_source.wait_for("r", 8 * MIB, running)
    assert all(name.startswith(".") for name in names(folder)) and len(names(folder)) > 30
    running.send_signal(signal.SIGINT)
    slow_source.switch("stall_when", False)
    assert platterctl.wait(running).status == 5
    assert names(folder) == []


def old_image(platterctl, plain, folder, n_pieces):
    """Returns: what there is of it, all of it."""
    result = platterctl("convert", "--split", "1M", plain(content.old(n_pieces * MIB)), folder / "disk.img")
    assert result.status == 0 and len(names(folder)) == n_pieces + 2, result
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def put_a_folder(folder):
    (folder / "disk.img.020").mkdir()


def take_a_part(folder):
    (folder / ".disk.img.005.platter-part").unlink()


@pytest.mark.parametrize("n_pieces", [3, 12, 40])
@pytest.mark.parametrize("spoil", [put_a_folder, take_a_part])
def test_an_old_image_stays_whole_until_the_new_one_is_there(platterctl, slow_source, plain, room, spoil,  # noqa: F811
                                                             n_pieces):
    """One of the new pieces cannot get its name: then none has one, and each old piece has that of its own."""
    folder = room.folder("images")
    old = old_image(platterctl, plain, folder, n_pieces)
    if spoil is put_a_folder:
        old.pop("disk.img.020", None)
        (folder / "disk.img.020").unlink(missing_ok=True)
    slow_source.switch("stall_when")
    running = platterctl.start_in_background("image", "--force", "--yes", "--json", "--split", "1M", slow_source,
                                             folder / "disk.img")
    slow_source.wait_for("r", 8 * MIB, running)
    spoil(folder)
    slow_source.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 1 and "cannot be saved" in result.stderr and "Nothing was kept" in result.stderr, result
    if spoil is put_a_folder:
        (folder / "disk.img.020").rmdir()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == old


@pytest.mark.parametrize("n_pieces", [3, 40])
def test_nothing_stays_of_an_old_image(platterctl, plain, slow_source, room, n_pieces):  # noqa: F811
    """Also of what somebody who died has left of another one on its way out."""
    folder = room.folder("images")
    old_image(platterctl, plain, folder, n_pieces)
    (folder / ".disk.img.002.platter-old").write_text("left")
    (folder / ".disk.img.021.platter-old").write_text("left")
    assert platterctl("image", "--force", "--yes", "--split", "1M", slow_source, folder / "disk.img").status == 0
    check(folder, "disk.img", slow_source.read())


def test_a_folder_is_no_old_piece(platterctl, plain, room):
    """It is seen before anything is read."""
    folder = room.folder("images")
    old = old_image(platterctl, plain, folder, 3)
    (folder / "disk.img.002").unlink()
    (folder / "disk.img.002").mkdir()
    result = platterctl("convert", "--force", "--split", "1M", plain(), folder / "disk.img")
    assert result.status == 1 and "disk.img.002: Is a directory" in result.stderr, result
    (folder / "disk.img.002").rmdir()
    del old["disk.img.002"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == old
