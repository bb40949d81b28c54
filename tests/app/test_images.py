# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images in the real window: made of drives, and written to them."""
import hashlib
import lzma
import os
import signal
import subprocess
import time

import pytest

from lab import virtual_disks
from lab.accessible import SENSITIVE
from lab.bus import HELPER
from lab.content import MIB, noise, old
from lab.processes import looking
from lab.desktop import wait_until
from lab.web import Server
from lab.wizard import (CHECK, ENTRY, ROW, alone, ask_for_image, confirm, find_different_and_repair, listed, offered, only, overwrite,
                        press_next, save_as, select, size_of, state, tab_to)

pytestmark = pytest.mark.usefixtures("root")


def test_creates_an_image(open_window, drives, bus, room):
    source = drives.make(24 * MIB, noise(8 * MIB, seed=12))
    folder = room.folder("images")
    image = folder / "stick.img.zst"
    listed(bus, source)
    window = open_window()
    ask_for_image(window, source, image)
    window.press("Create Image")

    window.find("Verified", "label")
    window.find("Show in Folder", "button")
    window.find("SHA-256 of the file")
    assert sorted(path.name for path in folder.iterdir()) == ["stick.img.zst", "stick.img.zst.json", "stick.img.zst.sha256"]
    content = subprocess.run(["zstd", "-dcq", folder / "stick.img.zst"], check=True, capture_output=True).stdout
    assert content == source.read()
    subprocess.run(["sha256sum", "-c", "stick.img.zst.sha256"], cwd=folder, check=True, capture_output=True)


def test_creates_an_image_in_pieces(open_window, drives, bus, room):
    """For FAT: of 4095 MiB at most. A disk of a virtual machine cannot be made so, and says it."""
    source = drives.make(4097 * MIB, noise(MIB, seed=13))
    folder = room.folder("images")
    listed(bus, source)
    window = open_window()
    window.click(window.find("Create an Image", ROW))
    window.click(window.find(f"{source.path}: ", ROW))
    window.find("Not chosen yet")
    window.click(window.find("In Pieces", ROW))
    window.click(window.find("Virtual Disk, VDI", ROW))
    window.find("The disk of a virtual machine is one file.")
    window.click(window.find("Plain, Sector by Sector", ROW))
    window.find("Of 4095 MiB each")
    save_as(window, folder / "stick.img")
    press_next(window, "The image is saved in pieces")
    window.press("Create Image")
    window.find("Verified", "label")
    window.find("2, .001 to .002")
    assert sorted(path.name for path in folder.iterdir()) == [
        "stick.img.001", "stick.img.002", "stick.img.json", "stick.img.sha256"]
    assert [(folder / f"stick.img.00{i}").stat().st_size for i in (1, 2)] == [4095 * MIB, 2 * MIB]
    with open(folder / "stick.img.001", "rb") as first:
        assert first.read(MIB) == source.read(0, MIB)


def test_writes_an_image_from_a_server(open_window, drives, bus):
    """As a browser hands it on; GVfs reads it."""
    content = noise(9 * MIB, seed=31)
    target = drives.make(24 * MIB, old(24 * MIB))
    listed(bus, target)
    with Server() as server:
        server.files["/system.img.xz"] = lzma.compress(content)
        window = open_window(f"{server.address}/system.img.xz")
        window.find("system.img.xz does not tell how much it holds")
        overwrite(window, target)
        window.find("Verified", "label")
    assert target.read(0, len(content)) == content


def test_connects_to_a_server(open_window, drives, bus):
    """GVfs reads from a WebDAV server only once it is connected: the window does that."""
    content = noise(3 * MIB, seed=32)
    target = drives.make(24 * MIB, old(24 * MIB))
    listed(bus, target)
    with Server() as server:
        server.files["/system.img"] = content
        window = open_window(server.address.replace("http", "dav") + "/system.img")
        window.find(f"system.img, {size_of(3 * MIB)}, needs a drive of at least")
        overwrite(window, target)
        window.find("Verified", "label")
    assert target.read(0, len(content)) == content


def test_cannot_connect_to_a_server(open_window):
    with Server() as server:
        window = open_window(server.address.replace("http", "dav") + "/nothing/system.img")
        window.find("system.img cannot be read: HTTP Error: Not Found.")
        window.keys("Escape")  # a window’s own button is called “Close”, too
        window.find("What would you like to do?")


def test_an_image_whose_name_was_taken_has_another(open_window, faulty, bus, room):
    """Somebody else has made a file of that name meanwhile: that is told, and what was made is not thrown away."""
    source = faulty.make(
        32 * MIB, noise(32 * MIB, seed=18), stall_reads=f"{8 * MIB}-{9 * MIB}", switches=["stall_when"])
    image = room.folder("images") / "stick.img"
    listed(bus, source)
    window = open_window()
    ask_for_image(window, source, image)
    source.switch("stall_when")
    window.press("Create Image")
    wait_until(lambda: list(image.parent.iterdir()), "the image to be begun")
    image.write_text("mine")
    source.switch("stall_when", False)

    window.find("Verified", "label")
    window.find("something else was given its name, stick.img, and was left as it is. The image is called stick-2.img.")
    window.find("Show in Folder", "button")
    assert sorted(path.name for path in image.parent.iterdir()) == [
        "stick-2.img", "stick-2.img.json", "stick-2.img.sha256", "stick.img"]
    assert image.read_text() == "mine"


def test_cancels_an_image(open_window, faulty, bus, room):
    """What is lost is told in the words of an image: there is no target whose content would be lost."""
    source = faulty.make(
        24 * MIB, noise(24 * MIB, seed=20), stall_reads=f"{8 * MIB}-{9 * MIB}", switches=["stall_when"])
    folder = room.folder("images")
    listed(bus, source)
    window = open_window()
    ask_for_image(window, source, folder / "slow.img")
    source.switch("stall_when")
    window.press("Create Image")

    window.find("Imaging", "label")
    window.press("Cancel…")
    window.find("Nothing stays of the image. The drive is not changed.")
    assert window.look("What was on the target") is None
    window.press("Cancel Job")
    wait_until(lambda: window.look("Cancel Job", "button") is None, "the question to be answered")
    time.sleep(3)  # the helper is told; until the drive answers nobody can see that it was
    source.switch("stall_when", False)
    window.find("Cancelled", "label")
    assert window.look("Try Again", "button") is None
    wait_until(lambda: not list(folder.iterdir()), "the hidden file to be removed")


def test_closes_while_a_job_is_started(open_window, drives, bus, room):
    """The window is gone before the helper has answered: the job is given up, and no hidden file of the image is left. The
    application stays until it knows what has become of it."""
    source = drives.make(24 * MIB, noise(8 * MIB, seed=21))
    folder = room.folder("images")
    listed(bus, source)
    window = open_window()
    ask_for_image(window, source, folder / "unwanted.img")
    wait_until(lambda: bus.has_owner(HELPER), "the helper")
    helper = bus.pid_of(HELPER)
    os.kill(helper, signal.SIGSTOP)
    try:
        window.press("Create Image")
        wait_until(lambda: not state(window, "Create Image", "button", SENSITIVE), "the window to wait for the helper")
        window.keys("ctrl+w")
        wait_until(lambda: not window.is_shown(), "the window to go")
    finally:
        os.kill(helper, signal.SIGCONT)
    wait_until(lambda: window.process.poll() is not None, "the application to end")
    assert window.process.returncode == 0
    assert list(folder.iterdir()) == []


@pytest.fixture
def with_bmap(room):
    """An image of 24 MiB of which a bmap says that only the first three, and the last, belong to it: (image, those three)."""
    folder = room.folder("bmap-window")
    image = folder / "board.img"
    data = noise(3 * MIB, seed=22)
    with open(image, "wb") as out:
        out.write(data)
        out.truncate(24 * MIB)
    subprocess.run(["bmaptool", "create", "-o", folder / "board.bmap", image], check=True, capture_output=True)
    return image, data


def test_compares_all_of_what_was_written_whole(open_window, drives, bus, with_bmap):
    """Somebody did not want the bmap to be followed: nor is it when that drive is compared, or another one written."""
    image, data = with_bmap
    target = drives.make(24 * MIB, old(24 * MIB))
    listed(bus, target)
    window = open_window(image)
    select(window, target)
    press_next(window, "Only the parts that board.bmap names belong to the image")
    tab_to(window, "Only What Belongs to the Image", "switch")
    window.keys("space")
    window.find("The SHA-256 of the image is computed while it is written.")
    press_next(window, "Every byte is read back and compared.")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    assert target.read() == data + bytes(21 * MIB)

    alone(window, "Write Another")
    window.press("Write Another")
    select(window, target)
    press_next(window, "The SHA-256 of the image is computed while it is written.")
    press_next(window, "Every byte is read back and compared.")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    with open(target.file, "r+b") as file:
        file.seek(12 * MIB)
        file.write(b"\xff" * 4096)
    alone(window, "Verify Again")
    window.press("Verify Again")
    window.find("Not the same", "label")


def test_writes_what_belongs_to_an_image(open_window, drives, bus, with_bmap):
    """With a bmap beside it; what was left out is in the options, the legend, and the result."""
    image, data = with_bmap
    target = drives.make(24 * MIB, old(24 * MIB))
    listed(bus, target)
    window = open_window(image)
    select(window, target)
    press_next(window, "Read every byte back")
    window.find("Only the parts that board.bmap names belong to the image")
    window.find("What the bmap says of its parts is checked")
    press_next(window, "What the bmap leaves out is not.")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    window.find("All that was written to")
    window.find(f"{size_of(20 * MIB)} is not part of the image, as its bmap says")
    window.find(f"not part of the image {size_of(20 * MIB)}", "label")
    assert not window.look("SHA-256", "label"), "a plain image is not read as a whole for a digest"
    assert target.read() == data + old(20 * MIB) + bytes(MIB)


def test_warns_of_an_image(open_window, drives, bus, room):
    """It ends before its partition does, and what should tell its checksum does not."""
    image = room.folder("cut-off") / "cut.img"
    image.write_bytes(bytes(16 * MIB))
    subprocess.run(["sfdisk", "-q", image], input=b"label: dos\nstart=2048\n", check=True)
    os.truncate(image, 9 * MIB)
    (image.parent / "cut.img.sha256").write_text("")
    target = drives.make(24 * MIB, old(24 * MIB))
    listed(bus, target)
    window = open_window(image)
    select(window, target)
    press_next(window, "Read every byte back")
    window.find("cut.img.sha256 tells nothing of cut.img, so the image is not checked against it.")
    press_next(window, "Every byte is read back and compared.")
    window.find("cut.img ends before its partition 1 does: it may not have come whole.")


# PlatterMapState


def test_writes_an_image_by_keyboard(open_window, drives, bus, room):
    content = noise(16 * MIB, seed=12)
    image = room.new("keyboard.iso")
    image.write_bytes(content)
    target = drives.make(24 * MIB, old(24 * MIB))
    listed(bus, target)
    window = open_window(image)

    window.find("needs a drive of at least")
    tab_to(window, offered(window, target), CHECK)
    window.keys("space")
    only(window, target)
    alone(window, "Next")
    window.keys("alt+n")
    window.find("Read every byte back")
    alone(window, "Next")
    window.keys("alt+n")
    confirm(window, target)
    tab_to(window, "Overwrite Drive", "button")
    window.keys("Return")

    window.find("Verified", "label")
    window.find(hashlib.sha256(content).hexdigest(), "label")
    assert target.read(0, len(content)) == content


def test_writes_the_disk_of_a_virtual_machine(open_window, drives, bus, room):
    folder = room.folder("machine")
    (folder / "plain").write_bytes(virtual_disks.data())
    image = virtual_disks.make(folder, "qcow2", folder / "plain")
    small = drives.make(virtual_disks.SIZE - MIB)
    target = drives.make(16 * MIB, old(16 * MIB))
    listed(bus, small, target)
    window = open_window(image)
    window.find("needs a drive of at least")
    wait_until(lambda: state(window, f"{target.path}: ", CHECK, SENSITIVE), "the good drive")
    assert not state(window, f"{small.path}: ", CHECK, SENSITIVE), "what is in it is larger than the drive"
    overwrite(window, target)
    window.find("Verified", "label")
    window.find(hashlib.sha256(image.read_bytes()).hexdigest(), "label")
    assert target.read(0, virtual_disks.SIZE) == virtual_disks.data()


def test_what_looks_at_an_image_is_killed(open_window, faulty):
    """Its file never answers; the window does, and says what has become of it."""
    stuck = faulty.make_tar(stall_reads=f"{faulty.TAR_BYTES}-{faulty.TAR_BYTES + MIB}", on=["stall_when"])
    window = open_window(stuck.file)
    os.kill(looking(window.process), signal.SIGKILL)
    window.find("could not be looked at")
    stuck.switch("stall_when", False)


def test_an_image_in_pieces_is_read_on_without_the_window(open_window, faulty, bus, callers, room):
    """What is still to come is sent by the application, which stays for that."""
    content = noise(40 * MIB, seed=44)
    folder = room.folder("pieces")
    for number in range(4):
        (folder / f"parts.img.{number + 1:03}").write_bytes(content[number * 10 * MIB:(number + 1) * 10 * MIB])
    folder.chmod(0o755)
    slow = faulty.make(40 * MIB, old(40 * MIB), write_delay=400)
    listed(bus, slow)
    window = open_window(folder / "parts.img.001")
    overwrite(window, slow)
    window.find("parts.img → ")
    window.find("Copying", "label")
    window.keys("ctrl+w")
    caller = callers()
    (job,) = caller.jobs()
    assert caller.report(job)["outcome"] == "verified"
    assert slow.stored() == content


def choose(window, path):
    """In GTK's dialog, until that has gone: while it looks into the folder it does not hear the key."""
    def is_chosen():
        if not window.look("FileChooserEntry", ENTRY):
            return True
        try:
            window.keys("Return")
        except RuntimeError:  # it goes
            pass
        return False

    window.click(window.find("Choose", ROW))
    window.find("Choose an Image")
    window.keys("ctrl+l")
    window.find("FileChooserEntry", ENTRY)
    window.type(str(path))
    wait_until(is_chosen, "the dialog to close", pause=1)


def test_the_image_that_was_asked_for_last_counts(open_window, faulty, drives, bus, room):
    """One that takes long to open comes when another one is there and a target is ticked for that."""
    slow = faulty.make(8 * MIB, noise(8 * MIB, seed=5), read_delay=1500, switches=["slow_reads_when"], name="slow.iso")
    fast = room.new("fast.iso")
    fast.write_bytes(noise(4 * MIB, seed=15))
    target = drives.make(16 * MIB, old(16 * MIB))
    listed(bus, slow, target)
    window = open_window()
    window.click(window.find("Write an Image", ROW))
    window.find("Which image is to be written")
    slow.switch("slow_reads_when")
    before = slow.requests()
    choose(window, slow.file)
    slow.wait_for_more(before)
    choose(window, fast)
    window.find("fast.iso, ")
    select(window, target)

    slow.switch("slow_reads_when", False)
    idle = [0, 0]

    def is_read():
        idle[:] = [len(slow.requests()), idle[1] + 1 if len(slow.requests()) == idle[0] else 0]
        return idle[1] > 20

    wait_until(is_read, "the slow image to be opened", pause=0.1)
    assert window.look("fast.iso, ") and not window.look("slow.iso, ")
    only(window, target)
    press_next(window, "Read every byte back")


def test_repairs_with_no_image_that_was_altered(open_window, drives, bus, room):
    """It is not the one any more that the file with checksums promises: that is found before it is completed, as at first."""
    image = room.folder("altered") / "plain.img"
    content = noise(8 * MIB, seed=45)
    image.write_bytes(content)
    (image.parent / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  plain.img\n")
    target = drives.make(16 * MIB, old(16 * MIB))
    listed(bus, target)
    window = open_window(image)
    overwrite(window, target)
    window.find("Verified", "label")
    with open(image, "r+b") as file:
        file.seek(5 * MIB)
        file.write(b"\xff" * 4096)
    find_different_and_repair(window, target)
    window.press("Overwrite Drive")
    wait_until(lambda: window.look("Failed", "label") or window.look("Verified", "label"), "the end of it")
    assert window.look("Failed", "label"), window.words()
    assert target.read(0, MIB) != content[:MIB], "nothing can start from what is not what was promised"
