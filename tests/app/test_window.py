# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The real window, from its first page to the verdict, with the real helper on a private bus: what it says is compared
with the bytes on the drive."""
import json
import os
import subprocess

import pytest

from lab.accessible import CHECKED, SENSITIVE
from lab.content import MIB, noise, old
from lab.desktop import wait_until
from lab.wizard import (CHECK, ENTRY, ROW, alone, begin_clone, choose_clone, confirm, exactly, find_different_and_repair, listed, name_of, offered,
                        only, overwrite, press_next, says, select, size_of, state, tab_to, ticked)

pytestmark = pytest.mark.usefixtures("root")


STATES = ("untouched", "not part of the image", "copied", "flushed", "empty", "verified", "repaired", "skipped",
          "retried", "slow", "failed", "different")


def test_map_and_legend_are_the_engines(open_window, faulty, bus, callers, room):
    """What is said of the cells of a drive that dropped writes, and the legend's sums, are what the engine found."""
    size = 32 * MIB
    image = room.new("damaged.iso")
    image.write_bytes(noise(size, seed=17))
    target = faulty.make(size, old(size), drop=f"{5 * MIB}-{7 * MIB}")
    listed(bus, target)
    window = open_window(image)
    overwrite(window, target)
    window.find("Not the same", "label")
    window.find("Try Again", "button")

    caller = callers()
    (job,) = caller.jobs()
    (told,) = caller.report(job)["targets"]
    cells = list(caller.property(job, "Targets")[0]["map"])
    assert len(cells) == 1024 and told["mismatched"] == 2 * MIB
    damaged = [cell for cell, number in enumerate(cells) if STATES[number] == "different"]
    assert damaged == list(range(5 * 32, 7 * 32)), "the engine's map shows the planted damage and nothing else"

    amounts = {STATES[number]: 0 for number in cells}
    for number in cells:
        amounts[STATES[number]] += size // 1024
    amounts |= {"verified": told["verified"], "different": told["mismatched"]}
    for state, amount in amounts.items():
        window.find(f"{state} {size_of(amount)}", "label")
    legend = {state for state in STATES if any(node.name.startswith(f"{state} ") for node in window.widgets("label"))}
    assert legend == set(amounts)

    tab_to(window, "Map of the drive", "image")
    window.keys("Home")  # the pointer may have led it elsewhere
    at = 0
    for cell in (0, damaged[0] - 1, damaged[0], damaged[-1], damaged[-1] + 1, 1023):
        down = ["Down"] * (cell // 64 - at // 64)
        along = ["Right" if cell % 64 > at % 64 else "Left"] * abs(cell % 64 - at % 64)
        if down + along:
            window.keys(*down, *along)
        at = cell
        says(window, f"At {exactly(cell * size // 1024)} · {size_of(size // 1024)} · {image.name} · {STATES[cells[cell]]}")

    window.press("Go to the Next Bad Place")
    window.find("8.4\N{NO-BREAK SPACE}MB from 2.1\N{NO-BREAK SPACE}MB", "label")
    says(window, f"At {exactly(5 * MIB)} · {size_of(8 * MIB // 1024)} · {image.name} · different")
    window.keys("Left")
    says(window, f"At {exactly(5 * MIB - 8192)} · {size_of(8192)} · {image.name} · verified")
    window.keys("Return")
    says(window, f"At {exactly(5 * MIB - 4096)} · 512 bytes · {image.name} · verified")
    window.keys("Page_Down", "Home")
    says(window, f"At {exactly(5 * MIB - 4096 + 262144)} · 512 bytes · {image.name} · different")
    window.keys("minus", "0", "Home")
    says(window, f"At 0 bytes · {size_of(size // 1024)} · {image.name} · untouched")


def test_clones_a_drive_by_keyboard(open_window, drives, bus):
    source = drives.make(16 * MIB, noise(16 * MIB, seed=18))
    target = drives.make(24 * MIB, old(24 * MIB))
    listed(bus, source, target)
    window = open_window()

    window.find("Clone a Drive", ROW)
    window.keys("ctrl+d")
    window.find("Which drive is to be copied?")
    tab_to(window, f"{source.path}: ", ROW)
    window.keys("Return")
    window.find("needs a drive of at least")
    tab_to(window, offered(window, target), CHECK)
    window.keys("space")
    only(window, target)
    for page in ("Read every byte back", "Everything on"):
        alone(window, "Next")
        window.keys("alt+n")
        window.find(page)
    window.find("All that can be read is read back and compared.")  # what cannot be is asked about, and may be left out
    confirm(window, target)
    tab_to(window, "Overwrite Drive", "button")
    window.keys("Return")

    window.find("Verified", "label")
    assert target.read(0, 16 * MIB) == source.read()


def report_of(window, room):
    """What the window saves as JSON of the job that it shows."""
    report = room.new("report.json")
    window.press("Save Report…")
    window.find("Page to read and print", "label")
    window.keys("ctrl+a")
    window.type(str(report))
    window.keys("Return")
    window.find("The report was saved.", "label")
    return json.loads(report.read_text())


def test_clones_a_drive_by_pointer(open_window, drives, bus, room):
    source = drives.make(24 * MIB, noise(24 * MIB, seed=11))
    target = drives.make(32 * MIB, old(32 * MIB))
    before = source.sha256()
    listed(bus, source, target)
    window = open_window()

    window.click(window.find("Clone a Drive", ROW))
    window.find("Which drive is to be copied?")
    window.click(window.find(f"{source.path}: ", ROW))
    window.find("needs a drive of at least")
    overwrite(window, target)

    window.find("Verified", "label")
    assert target.read(0, 24 * MIB) == source.read()
    assert source.sha256() == before

    said = report_of(window, room)
    assert (said["kind"], said["outcome"]) == ("clone", "verified")
    assert said["targets"][0]["device"] == target.path
    assert said["targets"][0]["backing-file"] == str(target.file), "what the window knows of the drive is told as well"


def test_a_report_is_of_the_kind_that_was_chosen(open_window, drives, bus, room):
    """In the dialog, which leaves the name as it was; what has the other name already is not replaced."""
    image = room.new("reported.iso")
    image.write_bytes(noise(4 * MIB, seed=14))
    target = drives.make(8 * MIB)
    listed(bus, target)
    window = open_window(image)
    overwrite(window, target)
    window.find("Verified", "label")
    folder = room.folder("reports")

    def save():
        window.press("Save Report…")
        window.find("Page to read and print", "label")
        window.keys("ctrl+a")
        window.type(str(folder / "report.html"))
        window.click(window.find("Page to read and print", "label"))
        window.find("PDF, for paper")
        window.keys("Down", "Return")
        wait_until(lambda: not window.look("Page to read and print", "label"), lambda: f"the PDF to be chosen in:\n{window.words()}")
        window.keys("alt+s")

    save()
    window.find("The report was saved.", "label")
    assert [path.name for path in folder.iterdir()] == ["report.pdf"]
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")

    (folder / "report.pdf").write_text("mine")
    save()
    window.find("report.pdf exists already.", "label")
    assert (folder / "report.pdf").read_text() == "mine"


def test_what_is_different_later_is_repaired(open_window, drives, bus, room):
    """A copy that was good is compared once more, has changed meanwhile, and is made right."""
    source = drives.make(16 * MIB, noise(16 * MIB, seed=25))
    target = drives.make(16 * MIB, old(16 * MIB))
    listed(bus, source, target)
    window = open_window()
    begin_clone(window, source, target)
    window.find("Verified", "label")
    assert window.look("Repair…", "button") is None

    with open(target.file, "r+b") as file:
        file.seek(9 * MIB)
        file.write(bytes(4096))
    alone(window, "Verify Again")
    window.press("Verify Again")
    window.find("Not the same", "label")
    window.find("one of them does not keep what it holds", "label")
    assert not window.look("Do not use this drive", "label"), "somebody has changed it"
    assert target.read() != source.read(), "comparing writes nothing"
    alone(window, "Repair…")
    window.press("Repair…")
    window.find("Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    assert target.read() == source.read()
    assert report_of(window, room)["options"]["on-error"] == "ask", "as every copy that the window begins"


def test_says_how_much_is_in_use_by_now(open_window, drives, bus, room):
    """What was put on a drive after it was mounted is lost as well, and nobody tells of that."""
    plain = room.new("plain.img")
    plain.write_bytes(bytes(16 * MIB))
    subprocess.run(["mkfs.ext4", "-q", "-F", plain], check=True, capture_output=True)
    source, target = drives.make(16 * MIB, old(16 * MIB)), drives.make(16 * MIB, plain.read_bytes())
    folder = room.folder("mounted")
    subprocess.run(["mount", target.path, folder], check=True)
    try:
        listed(bus, source, target)
        window = open_window()
        choose_clone(window, source, target)
        (folder / "new").write_bytes(noise(6 * MIB))
        os.sync()
        room_in_it = os.statvfs(folder)
        press_next(window, "Everything on")
        used = (room_in_it.f_blocks - room_in_it.f_bfree) * room_in_it.f_frsize
        assert used > 6 * MIB
        window.find(f"{size_of(used)} in 1 volume")
    finally:
        subprocess.run(["umount", folder], check=True)


def test_repairs_what_is_mounted(open_window, drives, bus, room):
    """As automounters do with every copy: the page that asks for the last time says that it is unmounted, and it is."""
    plain = room.new("plain.img")
    plain.write_bytes(bytes(16 * MIB))
    subprocess.run(["mkfs.ext4", "-q", "-F", plain], check=True, capture_output=True)
    source, target = drives.make(16 * MIB, plain.read_bytes()), drives.make(16 * MIB, old(16 * MIB))
    folder = room.folder("mounted")
    listed(bus, source, target)
    window = open_window()
    choose_clone(window, source, target)
    press_next(window, "Everything on")
    assert not window.look("is mounted at")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    with open(target.file, "r+b") as file:
        file.seek(9 * MIB)
        file.write(bytes([0x55]) * 4096)
    find_different_and_repair(window, target)
    subprocess.run(["mount", "-o", "ro,noload", target.path, folder], check=True)
    try:
        window.find(f"{name_of(target)} is mounted at {folder}, and is unmounted before anything is written.")
        wait_until(lambda: not state(window, "Overwrite Drive", "button", SENSITIVE), "the name to be asked for again")
        confirm(window, target)
        window.press("Overwrite Drive")
        window.find("Verified", "label")
        assert not os.path.ismount(folder)
    finally:
        subprocess.run(["umount", folder], check=False, capture_output=True)
    assert target.read() == source.read()


def test_greys_out_what_cannot_be_a_target(open_window, drives, bus, room):
    image = room.new("large.iso")
    image.write_bytes(noise(12 * MIB, seed=13))
    small = drives.make(8 * MIB, old(8 * MIB))
    protected = drives.make(16 * MIB, old(16 * MIB), read_only=True)
    good = drives.make(16 * MIB)
    listed(bus, small, protected, good)
    window = open_window(image)

    window.find("needs a drive of at least")
    wait_until(lambda: state(window, f"{good.path}: ", CHECK, SENSITIVE), "the good drive")
    for drive, reason in ((small, "larger drive"), (protected, "write-protected")):
        node = window.find(f"{drive.path}: ", CHECK)
        assert reason in node.description
        assert SENSITIVE not in node.states
    assert ticked(window) == [], "nothing is selected beforehand"
    assert not state(window, "Next", "button", SENSITIVE)


def paths_of(window, drives):
    """Those that stand in a label of their own, in the order of the drives: /dev/loop1 is a part of /dev/loop10."""
    labels = {node.name for node in window.widgets("label")}
    return [drive.path for drive in drives if drive.path in labels]


def test_tells_apart_what_has_the_same_name(open_window, drives, bus, room):
    """As the slots of a card reader have it: with the same size, and no serial number."""
    image = room.new("card.iso")
    image.write_bytes(noise(4 * MIB, seed=14))
    cards = []
    for _ in range(3):
        card = room.folder("slot") / "card.img"
        card.write_bytes(old(8 * MIB))
        cards.append(drives.attach(card))
    listed(bus, *cards)
    window = open_window(image)
    select(window, cards[1])
    press_next(window, "Read every byte back")
    press_next(window, "Everything on")
    alone(window, "Back")
    assert paths_of(window, cards) == [cards[1].path]
    window.close()

    window = open_window()
    choose_clone(window, cards[0], cards[2])
    press_next(window, "Everything on")
    window.find("will be copied, and not changed")
    alone(window, "Back")
    assert paths_of(window, cards) == [cards[0].path, cards[2].path]


def test_a_drive_that_vanishes_is_not_selected_any_more(open_window, drives, bus, room):
    image = room.new("vanish.iso")
    image.write_bytes(noise(4 * MIB, seed=14))
    target = drives.make(8 * MIB)
    listed(bus, target)
    window = open_window(image)
    select(window, target)
    assert state(window, "Next", "button", SENSITIVE)

    drives.detach(target)
    window.find("went away and is not selected any more")
    wait_until(lambda: not state(window, "Next", "button", SENSITIVE), "Next to be greyed out")

    newcomer = drives.make(8 * MIB)
    listed(bus, newcomer)
    wait_until(lambda: state(window, f"{newcomer.path}: ", CHECK, SENSITIVE), "a drive that was plugged in")
    assert not state(window, f"{newcomer.path}: ", CHECK, CHECKED)


def test_what_will_be_lost_is_what_is_there_now(open_window, drives, bus, room):
    """A file system comes to be on the target while the page is shown that says what will be lost."""
    image = room.new("late.iso")
    image.write_bytes(noise(4 * MIB, seed=14))
    target = drives.make(32 * MIB)
    listed(bus, target)
    window = open_window(image)
    select(window, target)
    press_next(window, "Read every byte back")
    press_next(window, "No volumes were recognised on it.")
    confirm(window, target)

    subprocess.run(["mkfs.ext4", "-q", "-L", "HOLIDAYS", target.path], check=True, capture_output=True)
    window.find(f"Everything on {name_of(target)} will be lost: “HOLIDAYS”")
    assert not window.look("No volumes were recognised on it.")
    wait_until(lambda: not state(window, "Overwrite Drive", "button", SENSITIVE), "the name to be asked for again")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")


def test_several_targets_that_are_not_verified(open_window, drives, bus, room):
    """Nothing is wrong with them, and nothing is known of them either."""
    image = room.new("unverified.iso")
    image.write_bytes(noise(4 * MIB, seed=15))
    targets = [drives.make(8 * MIB, old(8 * MIB)) for _ in range(2)]
    listed(bus, *targets)
    window = open_window(image)
    for n, target in enumerate(targets, 1):
        tab_to(window, offered(window, target), CHECK)
        window.keys("space")
        wait_until(lambda n=n: len(ticked(window)) == n, lambda: f"{n} ticks in:\n{window.words()}")
    press_next(window, "Read every byte back")
    tab_to(window, "Verify", "switch")
    window.keys("space")
    press_next(window, "Nothing is read back")
    tab_to(window, "Name of the drive", ENTRY)
    window.type(name_of(targets[0]))
    window.keys("Tab")
    window.type(name_of(targets[1]))
    alone(window, "Overwrite 2 Drives")
    window.press("Overwrite 2 Drives")
    window.find("All targets were written and flushed. They were not read back, or not all of them.", "label")
    assert not window.look("Not all targets are well")
    assert all(target.read(0, 4 * MIB) == image.read_bytes() for target in targets)
