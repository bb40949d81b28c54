# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A drive that was chosen is exchanged behind the same name, quicker than anybody tells: what has taken its place is not
selected by that, on no way to the page that asks for the last time."""
import os
import signal

import pytest

from lab.accessible import SENSITIVE
from lab.bus import HELPER, UDISKS
from lab.content import MIB, noise, old
from lab.desktop import wait_until
from lab.wizard import (CHECK, ROW, alone, choose_clone, confirm, listed, name_of, offered, only, overwrite, press_next,
                        select, state, tab_to, ticked)

pytestmark = pytest.mark.usefixtures("root")

GONE = "was exchanged or changed, and is not selected any more"


@pytest.fixture
def newcomer(room):
    """What nobody has chosen."""
    file = room.new("precious.img")
    file.write_bytes(noise(16 * MIB, seed=99))
    return file


def nothing_is_selected(window, name, newcomer):
    """The page with the targets says that what was chosen is gone, and has nothing in its place."""
    window.find(f"{name} {GONE}")
    window.find("needs a drive of at least")
    window.find(newcomer.name)
    alone(window, "Back")
    assert ticked(window) == []
    assert not state(window, "Next", "button", SENSITIVE)
    assert newcomer.read_bytes() == noise(16 * MIB, seed=99)


@pytest.fixture
def failed_copy(open_window, faulty, bus, room):
    """A window that shows a copy to a drive which has dropped a part of it."""
    image = room.new("damaged.iso")
    image.write_bytes(noise(8 * MIB, seed=15))
    target = faulty.make(16 * MIB, old(16 * MIB), drop=f"{5 * MIB}-{6 * MIB}", name="chosen.img")
    listed(bus, target)
    window = open_window(image)
    overwrite(window, target)
    window.find("Not the same", "label")
    return window, target


def begin_with_another(window, target, newcomer, button, is_late):
    """Another drive comes before the button is pressed, or when the page behind it asks."""
    alone(window, button)
    if is_late:
        window.press(button)
        window.find("Everything on")
    target.swap(newcomer)
    if not is_late:
        window.press(button)
    nothing_is_selected(window, "chosen.img", newcomer)


@pytest.mark.parametrize("is_late", [False, True], ids=["on the page before", "on the page that asks"])
def test_tries_again_with_no_other_drive(failed_copy, newcomer, is_late):
    begin_with_another(*failed_copy, newcomer, "Try Again", is_late)


@pytest.mark.parametrize("is_late", [False, True], ids=["on the page before", "on the page that asks"])
def test_repairs_no_other_drive(failed_copy, newcomer, is_late):
    window, target = failed_copy
    alone(window, "Verify Again")
    window.press("Verify Again")
    begin_with_another(window, target, newcomer, "Repair…", is_late)


def test_compares_no_other_drive(failed_copy, newcomer):
    window, target = failed_copy
    alone(window, "Verify Again")
    target.swap(newcomer)
    window.press("Verify Again")
    window.find("chosen.img went away, or was exchanged or changed. It cannot be compared.")
    window.find("Not the same", "label")


def test_resumes_to_no_other_drive(open_window, platterctl_on_bus, drives, faulty, bus, newcomer):
    source = drives.make(16 * MIB, noise(16 * MIB, seed=16))
    target = faulty.make(16 * MIB, old(16 * MIB), write_delay=100, name="chosen.img")
    listed(bus, source, target)
    running = platterctl_on_bus.start_in_background("clone", "--yes", "--json", source, target)
    target.wait_for("w", 8 * MIB, running)
    assert platterctl_on_bus("jobs", "pause", platterctl_on_bus("jobs", "--json").lines[0]["id"]).status == 0
    bus.end_helper_once_kept()
    platterctl_on_bus.wait(running)

    window = open_window()
    window.find("Cut off", "label")
    window.click(window.find(name_of(source), ROW))
    window.press("Resume…")
    window.find("Everything on")
    target.swap(newcomer)
    nothing_is_selected(window, "chosen.img", newcomer)


def test_goes_on_with_no_fewer_targets(open_window, drives, bus, room):
    """Of two that were chosen one is another one by now, and too small: that is to be seen before anything goes on with the other."""
    newcomer = room.new("small.img")
    newcomer.write_bytes(noise(8 * MIB))
    source, first, second = (drives.make(16 * MIB, old(16 * MIB)) for _ in range(3))
    listed(bus, source, first, second)
    window = open_window()
    window.click(window.find("Clone a Drive", ROW))
    window.click(window.find(f"{source.path}: ", ROW))
    window.find("needs a drive of at least")
    select(window, first)
    tab_to(window, offered(window, second), CHECK)
    window.type(" ")
    wait_until(lambda: len(ticked(window)) == 2, "both to be ticked")
    alone(window, "Next")
    name = name_of(second)
    # It would tell of it at once.
    udisks = bus.pid_of(UDISKS)
    os.kill(udisks, signal.SIGSTOP)
    try:
        second.swap(newcomer)
        window.press("Next")
        window.find(f"{name} {GONE}")
    finally:
        os.kill(udisks, signal.SIGCONT)
    window.find("needs a drive of at least")
    only(window, first)
    press_next(window, "Read every byte back")


@pytest.mark.parametrize("is_again", [False, True], ids=["at first", "once more"])
def test_copies_no_other_source(open_window, drives, bus, newcomer, is_again):
    """On the page with the options, or when the same source is to be copied once more."""
    source = drives.make(16 * MIB, noise(16 * MIB, seed=3))
    target = drives.make(24 * MIB, old(24 * MIB))
    listed(bus, source, target)
    window = open_window()
    name = name_of(source)
    choose_clone(window, source, target)
    if is_again:
        press_next(window, "Everything on")
        confirm(window, target)
        window.press("Overwrite Drive")
        window.find("Verified", "label")
        alone(window, "Clone Again")
    source.swap(newcomer)
    if is_again:
        window.press("Clone Again")
    window.find(f"{name} {GONE}")
    window.find("Which drive is to be copied?")
    assert newcomer.read_bytes() == noise(16 * MIB, seed=99)


def test_a_comparison_that_does_not_begin_changes_nothing(failed_copy, bus):
    """What is tried again is the copy, and not what was asked for in between and refused."""
    window, target = failed_copy
    alone(window, "Verify Again")
    bus.end_helper()
    window.press("Verify Again")
    window.find("Nothing Was Written")
    window.keys("Escape")
    wait_until(lambda: not window.look("Nothing Was Written"), "the dialog to close")
    alone(window, "Try Again")
    window.press("Try Again")
    confirm(window, target)
    before = target.requests()
    window.press("Overwrite Drive")
    wait_until(lambda: any(kind == "w" for kind, *_ in target.requests()[len(before):]), "the drive to be written")
    window.find("Not the same", "label")


def test_a_target_that_comes_to_be_in_use_is_told_of(open_window, drives, bus, room):
    """On a later page, without its being exchanged: there is nothing to overwrite then, and nothing can be pressed."""
    image = room.new("used.iso")
    image.write_bytes(noise(4 * MIB, seed=15))
    target = drives.make(8 * MIB, old(8 * MIB))
    listed(bus, target)
    window = open_window(image)
    select(window, target)
    press_next(window, "Read every byte back")
    user = drives.attach(target.path)
    window.find(f"{name_of(target)} is not selected any more: ")
    window.find("needs a drive of at least")
    alone(window, "Back")
    assert ticked(window) == []
    assert not state(window, "Next", "button", SENSITIVE)
    drives.detach(user)
    assert target.read() == old(8 * MIB)


def test_is_not_begun_with_another_drive(open_window, platterctl_on_bus, drives, bus, room, newcomer):
    """While the helper is asked, the drive is exchanged that it was told of."""
    image = room.new("asked.iso")
    image.write_bytes(noise(4 * MIB, seed=15))
    target = drives.make(16 * MIB, old(16 * MIB))
    listed(bus, target)
    name = name_of(target)
    window = open_window(image)
    select(window, target)
    press_next(window, "Read every byte back")
    press_next(window, "Everything on")
    confirm(window, target)
    before = platterctl_on_bus("jobs", "--json").lines  # what the test before has left
    helper = bus.pid_of(HELPER)
    os.kill(helper, signal.SIGSTOP)
    try:
        window.press("Overwrite Drive")
        window.find("Waiting for Permission…", "button")
        target.swap(newcomer)
        listed(bus, target)
    finally:
        os.kill(helper, signal.SIGCONT)
    nothing_is_selected(window, name, newcomer)
    wait_until(lambda: platterctl_on_bus("jobs", "--json").lines == before, "the helper to have no other job")
    assert newcomer.read_bytes() == noise(16 * MIB, seed=99)


def test_saves_no_image_of_a_source_that_went_away(open_window, drives, bus, room):
    """While the dialog asks for a place: there is nothing to save then, and the window asks for another source."""
    source = drives.make(8 * MIB, noise(8 * MIB, seed=3))
    listed(bus, source)
    window = open_window()
    window.click(window.find("Create an Image", ROW))
    window.click(window.find(f"{source.path}: ", ROW))
    window.find("Not chosen yet")
    window.click(window.find("Save As…", ROW))
    window.find("Choose", "button")
    drives.detach(source)
    window.find("went away and is not selected any more")
    window.keys("ctrl+a")
    window.type(str(room.folder("images") / "gone.img"))
    window.keys("Return")
    wait_until(lambda: not window.look("Choose", "button"), lambda: f"the dialog to close in:\n{window.words()}")
    window.find("Which drive is to be saved in an image?")
    alone(window, "Back")
    window.press("Back")
    window.find("What would you like to do?")
