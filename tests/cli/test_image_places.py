# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""platterctl image: what has the name of the new image already, and where none is made."""
import hashlib
import os
import stat
from pathlib import Path

import pytest

from cli.test_image import check_sums, names, slow_source  # noqa: F401: a fixture
from lab import content
from lab.content import MIB


@pytest.mark.parametrize("existing", ["disk.img", "disk.img.sha256", "disk.img.json"])
def test_what_exists_is_not_overwritten_unless_asked(platterctl, drives, room, existing):
    data = content.noise(8 * MIB)
    source, folder = drives.make(8 * MIB, data), room.folder("images")
    (folder / existing).write_text("mine")
    result = platterctl("image", "--yes", source, folder / "disk.img")
    assert result.status == 3 and existing in result.stderr, result
    assert names(folder) == [existing] and (folder / existing).read_text() == "mine"
    result = platterctl("image", "--force", source, folder / "disk.img")
    assert result.status == 0, result
    assert (folder / "disk.img").read_bytes() == data
    check_sums(folder, "disk.img")


NODES = {
    "drive": (lambda path, number: os.mknod(path, 0o600 | stat.S_IFBLK, number), "clone the source to it"),
    "characters": (lambda path, number: os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 3)), "no file that could be replaced"),
    "pipe": (lambda path, number: os.mkfifo(path), "no file that could be replaced"),
    "link": (lambda path, number: path.symlink_to(f"/dev/block/{os.major(number)}:{os.minor(number)}"), "clone the source to it"),
}


@pytest.mark.parametrize("name, more", [
    ("disk.img", []), ("disk.img.sha256", []), ("disk.img.json", []),
    ("disk.img.001", ["--split", "1M"]), ("disk.img.003", ["--split", "1M"]), ("disk.img.300", ["--split", "1M"])])
@pytest.mark.parametrize("kind", NODES)
def test_only_files_are_replaced(platterctl, drives, room, kind, name, more):
    """Whoever says image for clone keeps the node of the drive, and learns what to say."""
    source, target, folder = drives.make(4 * MIB, content.noise(4 * MIB)), drives.make(MIB), room.folder("images")
    make, said = NODES[kind]
    make(folder / name, target.number)
    before = os.lstat(folder / name)
    result = platterctl("image", "--force", "--yes", *more, source, folder / "disk.img")
    assert result.status == 3 and said in result.stderr and name in result.stderr, result
    assert names(folder) == [name]
    after = os.lstat(folder / name)
    assert (after.st_ino, after.st_mode, after.st_rdev) == (before.st_ino, before.st_mode, before.st_rdev)


def test_a_folder_beside_it_is_not_replaced(platterctl, drives, room):
    source, folder = drives.make(MIB, content.noise(MIB)), room.folder("images")
    (folder / "disk.img.json").mkdir()
    result = platterctl("image", "--force", "--yes", source, folder / "disk.img")
    assert result.status == 1 and "disk.img.json: Is a directory" in result.stderr, result
    assert names(folder) == ["disk.img.json"]


def test_old_facts_condemn_no_new_image(platterctl, drives, room):
    """The new ones cannot be made, and the old ones are of another image."""
    source, folder = drives.make(MIB, content.noise(MIB)), room.folder("images")
    (folder / "disk.img").write_bytes(content.old(MIB))
    (folder / "disk.img.sha256").write_text(f"{hashlib.sha256(content.old(MIB)).hexdigest()}  disk.img\n")
    (folder / "disk.img.json").write_text("{}")
    hidden = [".disk.img.json.platter-part", ".disk.img.sha256.platter-part"]
    for name in hidden:
        (folder / name).mkdir()
    result = platterctl("image", "--force", "--yes", source, folder / "disk.img")
    assert result.status == 1 and "has its name" in result.stderr, result
    assert names(folder) == [*hidden, "disk.img"]
    assert platterctl("verify", folder / "disk.img", source).status == 0


def test_an_old_image_keeps_its_facts(platterctl, slow_source, room):
    """The new one does not get its name."""
    folder = room.folder("images")
    for name in ("disk.img", "disk.img.json", "disk.img.sha256"):
        (folder / name).write_text(f"old {name}")
    slow_source.switch("stall_when")
    running = platterctl.start_in_background("image", "--force", "--yes", slow_source, folder / "disk.img")
    slow_source.wait_for("r", 8 * MIB, running)
    (folder / ".disk.img.platter-part").unlink()
    slow_source.switch("stall_when", False)
    result = platterctl.wait(running)
    assert result.status == 1 and "Nothing was kept" in result.stderr, result
    assert names(folder) == ["disk.img", "disk.img.json", "disk.img.sha256"]
    assert all(path.read_text() == f"old {path.name}" for path in folder.iterdir())


def test_a_link_to_a_file_is_replaced(platterctl, drives, room):
    source, folder = drives.make(MIB, content.noise(MIB)), room.folder("images")
    (folder / "other").write_text("mine")
    (folder / "disk.img").symlink_to("other")
    (folder / "disk.img.json").symlink_to("nowhere")
    result = platterctl("image", "--force", "--yes", source, folder / "disk.img")
    assert result.status == 0, result
    assert not (folder / "disk.img").is_symlink() and (folder / "disk.img").read_bytes() == source.read()
    assert (folder / "other").read_text() == "mine" and not (folder / "nowhere").exists()


def test_no_image_among_the_device_files(platterctl, drives):
    """They are in memory: it would be gone when the machine is switched off."""
    assert os.stat("/dev").st_dev != os.stat("/").st_dev
    source, image = drives.make(MIB, content.noise(MIB)), Path("/dev") / f"platter-test-{os.getpid()}.img"
    result = platterctl("image", "--force", "--yes", "--format", "raw", source, image)
    left = list(image.parent.glob(f"*{image.name}*"))
    for path in left:
        path.unlink()
    assert result.status == 3 and not left, result
