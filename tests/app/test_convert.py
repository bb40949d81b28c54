# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""An image becomes another one in the real window, and no drive is spoken of."""
import bz2
import hashlib
import json
import re
import subprocess

import pytest

from lab.accessible import CHECKED, SENSITIVE
from lab.content import MIB, mixed, noise
from lab.desktop import wait_until
from lab.wizard import CHECK, ROW, alone, open_file, press_next, save_as, size_of, state

pytestmark = pytest.mark.usefixtures("root")


def choose(window, image):
    """An image on the page that asks for one, in the dialog of GTK."""
    window.find("Which image is to be converted?")
    window.click(window.find("Choose an Image…", ROW))
    window.find("Open", "button")
    open_file(window, image, "Save As…")


def convert(window, image):
    """Up to the page with the formats."""
    window.click(window.find("Convert an Image", ROW))
    choose(window, image)


def pick(window, format):
    window.click(window.find(format, ROW))
    wait_until(lambda: state(window, format, CHECK, CHECKED), f"{format} to be chosen")


def speaks_of_drives(window):
    return [line for line in window.words().split("\n") if re.search(r"[Dd]rive", line)]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_image_becomes_a_packed_one(open_window, room):
    """From a plain one with its sum beside it, to the end; that is checked, and what is left to read speaks of images."""
    folder = room.folder("images")
    data = mixed(24 * MIB, seed=51)
    (folder / "plain.img").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  plain.img\n")
    window = open_window()
    convert(window, folder / "plain.img")
    window.find(f"plain.img holds {size_of(24 * MIB)}, and how well that compresses")
    window.find(f"SHA256SUMS says {digest}")
    assert not state(window, "Next", "button", SENSITIVE), "there is no place to save it yet"
    save_as(window, folder / "plain.img.zst", is_suggested=True)
    press_next(window, "Nothing is overwritten. The new image is saved as")
    assert names(folder) == ["SHA256SUMS", "plain.img"], "nothing is made before it is confirmed"
    assert speaks_of_drives(window) == []
    window.press("Convert Image")

    window.find("Verified", "label")
    window.find("Every byte in plain.img.zst was read back and is the same as in plain.img.")
    window.find("It is the one that the file with checksums promises.")
    window.find("Show in Folder", "button")
    assert speaks_of_drives(window) == []
    unpacked = subprocess.run(["zstd", "-dcq", folder / "plain.img.zst"], check=True, capture_output=True).stdout
    assert unpacked == data
    subprocess.run(["sha256sum", "-c", "plain.img.zst.sha256"], cwd=folder, check=True, capture_output=True)
    assert json.loads((folder / "plain.img.zst.json").read_text())["source"]["is-image"] is True

    window.press("Back")
    window.find("plain.img → plain.img.zst", ROW)


def test_an_image_becomes_a_virtual_disk(open_window, room):
    folder = room.folder("machine")
    data = mixed(16 * MIB, seed=52)
    (folder / "system.iso").write_bytes(data)
    window = open_window()
    convert(window, folder / "system.iso")
    pick(window, "Virtual Disk, QCOW2")
    save_as(window, folder / "system.qcow2", is_suggested=True)
    press_next(window, "Nothing is overwritten")
    window.press("Convert Image")
    window.find("Verified", "label")
    subprocess.run(["qemu-img", "check", "-q", folder / "system.qcow2"], check=True)
    told = subprocess.run(["qemu-img", "compare", "-f", "qcow2", "-F", "raw", folder / "system.qcow2", folder / "system.iso"],
                          capture_output=True, text=True)
    assert told.returncode == 0, told


def test_an_image_that_does_not_tell_its_size(open_window, room):
    """No virtual disk can be made of it, and why is said; all others can."""
    folder = room.folder("packed")
    data = noise(6 * MIB, seed=53)
    (folder / "pi.img.bz2").write_bytes(bz2.compress(data))
    window = open_window()
    convert(window, folder / "pi.img.bz2")
    window.find("pi.img.bz2 does not tell how much it holds, so")
    for disk in ("QCOW2", "VMDK", "VDI", "VHDX"):
        assert not state(window, f"Virtual Disk, {disk}", CHECK, SENSITIVE), disk
    assert window.words().count("It needs its size from the start, which this image does not tell") >= 4
    pick(window, "Plain, Sector by Sector")
    save_as(window, folder / "pi.img", is_suggested=True)
    press_next(window, "Nothing is overwritten")
    window.press("Convert Image")
    window.find("Verified", "label")
    assert (folder / "pi.img").read_bytes() == data
    assert speaks_of_drives(window) == []


def test_back_and_forth(open_window, room):
    """What was chosen last is what counts; the image itself is neither suggested nor replaced."""
    folder = room.folder("images")
    first, second = mixed(5 * MIB, seed=54), mixed(7 * MIB, seed=55)
    (folder / "first.img.bz2").write_bytes(bz2.compress(first))
    (folder / "second.img").write_bytes(second)
    window = open_window()
    convert(window, folder / "first.img.bz2")
    assert not state(window, "Virtual Disk, VDI", CHECK, SENSITIVE)
    save_as(window, folder / "first.img.zst", is_suggested=True)
    press_next(window, "Nothing is overwritten")
    for page in ("Save As…", "Which image is to be converted?"):
        alone(window, "Back")
        window.press("Back")
        window.find(page)
    choose(window, folder / "second.img")
    window.find(f"second.img holds {size_of(7 * MIB)}")
    window.find("Not chosen yet")
    wait_until(lambda: state(window, "Virtual Disk, VDI", CHECK, SENSITIVE), "it to be possible now")
    pick(window, "Plain, Sector by Sector")
    save_as_itself(window, folder / "second.img")
    window.find("second.img is the image that is read. Give the new one another name.")
    window.find("Not chosen yet")
    save_as(window, folder / "second-2.img", is_suggested=True)
    pick(window, "Compressed, XZ")
    window.find("Not chosen yet")
    pick(window, "Plain, Sector by Sector")
    save_as(window, folder / "third.img")
    press_next(window, "Nothing is overwritten")
    window.press("Convert Image")
    window.find("Verified", "label")
    assert (folder / "third.img").read_bytes() == second == (folder / "second.img").read_bytes()


def save_as_itself(window, image):
    """The dialog of GTK asks whether it is to be replaced; Platter does not do that."""
    window.click(window.find("Save As…", ROW))
    window.find("Save the Image")
    window.keys("ctrl+a")
    window.type(str(image))
    window.keys("Return")
    window.press("Replace")


def test_another_sum_makes_no_image(open_window, room):
    folder = room.folder("images")
    (folder / "plain.img").write_bytes(mixed(4 * MIB, seed=56))
    (folder / "plain.img.sha256").write_text(f"{'0' * 64}  plain.img\n")
    window = open_window()
    convert(window, folder / "plain.img")
    save_as(window, folder / "made.img.zst")
    press_next(window, "Nothing is overwritten")
    window.press("Convert Image")
    window.find("Failed", "label")
    window.find("made.img.zst could not be made of plain.img.")
    assert names(folder) == ["plain.img", "plain.img.sha256"]
    assert speaks_of_drives(window) == []


def test_an_image_that_is_opened_is_written(open_window, room):
    """Not converted: whoever opens one from elsewhere was not asked for what."""
    image = room.new("opened.iso")
    image.write_bytes(mixed(4 * MIB, seed=57))
    window = open_window(image)
    window.find("opened.iso, ")
    window.find("needs a drive of at least")
