# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Drives that fail, in the real window: what it asks, what it advises, and what it says was lost."""

import pytest

from lab.accessible import CHECKED, SENSITIVE
from lab.content import MIB, noise
from lab.desktop import wait_until
from lab.smart import FAILING, WELL, bad_sectors
from lab.wizard import (CHECK, ROW, alone, choose_clone, confirm, exactly, listed, name_of, open_file, press_next, save_as, says,
                        size_of, state, tab_to, ticked)

pytestmark = pytest.mark.usefixtures("root")


ASKS = "The copy waits at the first place that cannot be read, and you say what is to be done."


@pytest.fixture
def clone_dying(open_window, faulty, drives, bus):
    """A window in which a drive of 24 MiB that cannot be read everywhere is to be cloned: (window, content, target)."""
    def choose(bad):
        content = noise(24 * MIB, seed=17)
        source = faulty.make_damaged(content, [bad], name="dying")
        target = drives.make(24 * MIB)
        listed(bus, source, target)
        window = open_window()
        choose_clone(window, source, target)
        window.find(ASKS)
        return window, content, target

    return choose


def test_rescues_a_damaged_drive(clone_dying):
    """What is missing is told by sector, and never called a success."""
    window, content, target = clone_dying((7 * MIB, 7 * MIB + 2048))
    tab_to(window, "If the Drive Has Errors", "combo box")
    for key in ("space", "Down", "Down", "Down", "Return"):
        window.keys(key)
    window.find("For a drive that is failing")
    press_next(window, "Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")

    window.find("Incomplete", "label")
    window.find("(2048 bytes) could not be read, in 1 place.")
    window.find(f"4 sectors from sector {7 * MIB // 512} on")
    alone(window, "Clone Again")
    assert window.look("Try Again", "button") is None, "what was saved is not overwritten"
    window.press("Go to the Next Bad Place")
    said = [f"At {exactly(7 * MIB + n * 512)} · 512 bytes · Contents not known · failed" for n in range(4)]
    for n, text in enumerate(said):
        says(window, text)
        window.keys("Right")
    says(window, f"At {exactly(7 * MIB + 2048)} · 512 bytes · Contents not known · verified")
    assert target.read() == content[:7 * MIB] + bytes(2048) + content[7 * MIB + 2048:]


def test_rescues_into_an_image(open_window, faulty, bus, room):
    """The image and its map are there whatever happens; what is missing is told, and it can be gone on with at once, or by
    choosing the image another time."""
    content = noise(24 * MIB, seed=18)
    bad = (9 * MIB, 9 * MIB + 1024)
    source = faulty.make_damaged(content, [bad], name="dying")
    image = room.folder("rescued") / "dying.img"
    listed(bus, source)
    window = open_window()
    to_image_page(window, source)
    tab_to(window, "Rescue a Failing Drive", "switch")
    window.keys("space")
    window.find("As much of the")
    assert not window.look("Compressed", ROW) and not window.look("In Pieces", ROW), window.words()
    save_as(window, image)
    press_next(window, "Nothing is overwritten")
    assert not list(image.parent.iterdir())
    window.press("Create Image")
    window.find("Incomplete", "label")
    window.find("(1024 bytes) could not be read, in 1 place.")
    holey = content[:bad[0]] + bytes(1024) + content[bad[1]:]
    assert image.read_bytes() == holey
    assert sorted(path.name for path in image.parent.iterdir()) == ["dying.img", "dying.img.json", "dying.img.map"]
    assert f"0x{bad[0]:08X}  0x00000400  -" in (image.parent / "dying.img.map").read_text()

    window.press("Go On with the Rescue")
    window.find("Nothing is lost: the rescue goes on with")
    window.find("What the image has already is believed.")
    window.press("Go On")
    window.find("From earlier", "label")
    assert image.read_bytes() == holey

    window.press("Back")
    to_image_page(window, source)
    wait_until(lambda: not state(window, "Rescue a Failing Drive", "switch", CHECKED), "the switch to be off")
    tab_to(window, "Rescue a Failing Drive", "switch")
    window.keys("space")
    tab_to(window, "Go On with an Earlier Rescue…", ROW)
    window.keys("Return")
    window.find("Choose", "button")
    open_file(window, image, "The image is there with its map")
    press_next(window, "Nothing is lost: the rescue goes on with")


def to_image_page(window, source):
    window.click(window.find("Create an Image", ROW))
    window.click(window.find(f"{source.path}: ", ROW))
    window.find("Not chosen yet")


def test_asks_what_to_do_about_a_damaged_drive(open_window, clone_dying):
    """The question cannot be closed by accident, can be put off, and is there again in the next window."""
    window, content, target = clone_dying((20 * MIB, 20 * MIB + 2048))
    press_next(window, "Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")

    window.find("The Source Cannot Be Read")
    window.find(f"dying could not be read at {size_of(20 * MIB)} of {size_of(24 * MIB)}, in the MiB from byte {20 * MIB} on.")
    window.find("Stop: The job ends here. The target will hold nothing usable.")
    window.find("consider a data recovery laboratory")
    window.keys("Escape", "Escape")
    window.press("Decide Later")
    wait_until(lambda: window.look("The Source Cannot Be Read") is None, "the question to be put off")
    window.find("Waiting for your answer", "label")
    assert not state(window, "Pause", "button", SENSITIVE), "it waits already"
    window.press("Decide…")
    window.find("The Source Cannot Be Read")
    window.close()

    assert target.read(0, MIB) != content[:MIB]
    window = open_window()
    window.find("Waiting for your answer")
    window.click(window.find("dying", ROW))
    window.find("The Source Cannot Be Read")
    window.press("Rescue")
    window.find("Incomplete", "label")
    assert window.look("The Source Cannot Be Read") is None
    window.find("(2048 bytes) could not be read, in 1 place.")
    assert target.read() == content[:20 * MIB] + bytes(2048) + content[20 * MIB + 2048:]


def test_drives_that_are_not_well(desktop, smart_bus, drives):
    """UDisks2 is a mock (lab/smart.py), as no drive that can be made here has SMART. What is advised follows the source
    until somebody has chosen, and then nothing does."""
    well, dying, spare, dead = (drives.make(8 * MIB) for _ in range(4))
    smart_bus.add(well, **WELL)
    smart_bus.add(dying, **WELL)
    smart_bus.add(spare)
    smart_bus.add(dead, **WELL | FAILING)
    window = desktop.start("--show-all-drives", system_bus=smart_bus.address, environment={"G_DEBUG": "fatal-criticals"})
    stops, rescues = "The copy fails at the first place that cannot be read.", "For a drive that is failing"

    def to_options(source):
        window.click(window.find(f"{source.path}: ", ROW))
        window.find("needs a drive of at least")
        for target in (spare, dead):
            window.click(window.find(f"{target.path}: ", CHECK))
        wait_until(lambda: len(ticked(window)) == 2, lambda: f"both targets in:\n{window.words()}")
        press_next(window, "Read every byte back")

    def back_to_source():
        for page in ("needs a drive of at least", "Which drive is to be copied?"):
            alone(window, "Back")
            window.press("Back")
            window.find(page)

    window.click(window.find("Clone a Drive", ROW))
    window.find("Which drive is to be copied?")
    window.find(f"{well.path}: ", ROW)
    window.find(f"{dead.path}: Failing, says its self-monitoring: rescue it", ROW)
    smart_bus.tell(dying, **bad_sectors(24))
    window.find(f"{dying.path}: 24 bad sectors, says its self-monitoring: rescue it", ROW)

    to_options(dying)
    window.find(f"{name_of(dying)} has bad sectors, says its self-monitoring: rescue it")
    window.find(rescues)
    back_to_source()
    to_options(well)
    window.find(ASKS)
    assert window.look("self-monitoring") is None, window.words()

    back_to_source()
    to_options(dying)
    window.find(rescues)
    tab_to(window, "If the Drive Has Errors", "combo box")
    window.keys("space")
    window.keys("Home", "Down", "Return")
    window.find(stops)
    window.find(f"{name_of(dying)} has bad sectors")
    back_to_source()
    to_options(dying)
    window.find(stops)

    press_next(window, "Everything on")
    window.find(f"{name_of(dead)} is failing, says its self-monitoring: do not trust it with what matters.")
    assert window.look(f"{name_of(spare)} is failing") is None

    # An image of that one is a rescue, and one of a drive that is well is none, whichever was chosen before.
    window.close()
    window = desktop.start("--show-all-drives", system_bus=smart_bus.address, environment={"G_DEBUG": "fatal-criticals"})
    window.click(window.find("Create an Image", ROW))
    for drive, is_rescue in ((well, False), (dying, True), (well, False)):
        window.find("Which drive is to be saved in an image?")
        window.click(window.find(f"{drive.path}: ", ROW))
        window.find("Not chosen yet")
        alone(window, "Back")
        assert state(window, "Rescue a Failing Drive", "switch", CHECKED) == is_rescue, window.words()
        assert bool(window.look("Compressed, Zstandard", ROW)) != is_rescue
        window.press("Back")
