# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The real window, from its first page to the verdict, with the real helper on a private bus: what it says is compared
with the bytes on the drive."""
import hashlib
import json
import os
import signal
import subprocess
import time

import pytest

from lab import virtual_disks
from lab.accessible import CHECKED, SENSITIVE
from lab.bus import HELPER
from lab.content import MIB, noise, old
from lab.processes import looking
from lab.room import wait_until
from lab.smart import FAILING, WELL, bad_sectors
from lab.wizard import (CHECK, ROW, alone, ask_for_image, choose_clone, confirm, exactly, listed, name_of, offered,
                         only, press_next, says, select, size_of, state, tab_to, ticked)

pytestmark = pytest.mark.usefixtures("root")


@pytest.fixture
def open_window(desktop, bus):
    """Opens a window on the private bus."""
    # GIO warns when a notification finds no server on the session bus: the desktop's fault, not the window's.
    environment = {"G_DEBUG": "fatal-criticals"}

    def open_one(*arguments):
        return desktop.start("--show-all-drives", *map(str, arguments), system_bus=bus.address, environment=environment)

    return open_one


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


def test_an_image_without_its_name_has_failed(open_window, faulty, bus, room):
    """Somebody else has made a file of that name meanwhile: all was read back, and still it is not called verified."""
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

    window.find("Failed", "label")
    window.find("exists already. Give the image another name")
    assert not window.look("Verified") and not window.look("Show in Folder", "button")
    assert [path.name for path in image.parent.iterdir()] == ["stick.img"] and image.read_text() == "mine"


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
    """The window is gone before the helper has answered: the job is given up, and no hidden file of the image is left."""
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
        wait_until(lambda: window.process.poll() is not None, "the application to end")
    finally:
        os.kill(helper, signal.SIGCONT)
    assert window.process.returncode == 0
    assert list(folder.iterdir()) == []


def test_writes_what_belongs_to_an_image(open_window, drives, bus, room):
    """With a bmap beside it; what was left out is in the options, the legend, and the result."""
    folder = room.folder("bmap-window")
    image = folder / "board.img"
    data = noise(3 * MIB, seed=22)
    with open(image, "wb") as out:
        out.write(data)
        out.truncate(24 * MIB)
    subprocess.run(["bmaptool", "create", "-o", folder / "board.bmap", image], check=True, capture_output=True)
    target = drives.make(24 * MIB, old(24 * MIB))
    listed(bus, target)
    window = open_window(image)
    select(window, target)
    press_next(window, "Read every byte back")
    window.find("Only the parts that board.bmap names belong to the image")
    window.find("What the bmap says of its parts is checked")
    press_next(window, "Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    window.find("All that was written to")
    window.find(f"{size_of(20 * MIB)} is not part of the image, as its bmap says")
    window.find(f"not part of the image {size_of(20 * MIB)}", "label")
    assert not window.look("SHA-256", "label"), "a plain image is not read as a whole for a digest"
    assert target.read() == data + old(20 * MIB) + bytes(MIB)


# PlatterMapState
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
    select(window, target)
    press_next(window, "Read every byte back")
    press_next(window, "Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Not the same", "label")
    window.find("Try Again", "button")

    caller = callers()
    (job,) = caller.jobs()
    (told,) = caller.report(job)["targets"]
    cells = list(caller.property(job, "Targets")[0]["map"])
    assert len(cells) == 1024 and told["mismatched"] == 2 * MIB
    damaged = [cell for cell, state in enumerate(cells) if STATES[state] == "different"]
    assert damaged == list(range(5 * 32, 7 * 32)), "the engine's map shows the planted damage and nothing else"

    amounts = {STATES[state]: 0 for state in cells}
    for state in cells:
        amounts[STATES[state]] += size // 1024
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
    confirm(window, target)
    tab_to(window, "Overwrite Drive", "button")
    window.keys("Return")

    window.find("Verified", "label")
    assert target.read(0, 16 * MIB) == source.read()


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
    select(window, target)
    press_next(window, "Read every byte back")
    press_next(window, "Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")

    window.find("Verified", "label")
    assert target.read(0, 24 * MIB) == source.read()
    assert source.sha256() == before

    report = room.new("report.json")
    window.press("Save Report…")
    window.find("Page to read and print", "label")
    window.keys("ctrl+a")
    window.type(str(report))
    window.keys("Return")
    window.find("The report was saved.", "label")
    said = json.loads(report.read_text())
    assert (said["kind"], said["outcome"]) == ("clone", "verified")
    assert said["targets"][0]["device"] == target.path
    assert said["targets"][0]["backing-file"] == str(target.file), "what the window knows of the drive is told as well"


def test_what_is_different_later_is_repaired(open_window, drives, bus):
    """A copy that was good is compared once more, has changed meanwhile, and is made right."""
    source = drives.make(16 * MIB, noise(16 * MIB, seed=25))
    target = drives.make(16 * MIB, old(16 * MIB))
    listed(bus, source, target)
    window = open_window()
    choose_clone(window, source, target)
    press_next(window, "Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    assert window.look("Repair…", "button") is None

    with open(target.file, "r+b") as file:
        file.seek(9 * MIB)
        file.write(bytes(4096))
    alone(window, "Verify Again")
    window.press("Verify Again")
    window.find("Not the same", "label")
    assert target.read() != source.read(), "comparing writes nothing"
    alone(window, "Repair…")
    window.press("Repair…")
    window.find("Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    assert target.read() == source.read()


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
    select(window, target)
    press_next(window, "Read every byte back")
    press_next(window, "Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")
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
    assert not any(CHECKED in node.states for node in window.widgets(CHECK)), "nothing is selected beforehand"
    assert not state(window, "Next", "button", SENSITIVE)


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


def test_a_job_outlives_its_window_and_is_cancelled_in_the_next(open_window, faulty, bus, room):
    content = noise(24 * MIB, seed=15)
    image = room.new("slow.iso")
    image.write_bytes(content)
    slow = faulty.make(32 * MIB, old(32 * MIB), write_delay=6000)
    listed(bus, slow)
    window = open_window(image)
    select(window, slow)
    press_next(window, "Read every byte back")
    press_next(window, "Everything on")
    confirm(window, slow)
    window.press("Overwrite Drive")
    window.find("Copying", "label")
    window.close()

    window = open_window()
    window.click(window.find(image.name, ROW))
    window.find("Copying", "label")
    window.press("Pause")
    window.find("Paused", "label")
    window.find("Nothing is read or written until you resume it.")
    before = slow.requests()
    window.press("Resume")
    window.find("Copying", "label")
    slow.wait_for_more(before)
    window.press("Cancel…")
    window.find("can be written again or formatted")
    window.press("Cancel Job")
    window.find("Cancelled", "label")
    assert slow.read(0, MIB) != content[:MIB]


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
    select(window, slow)
    press_next(window, "Read every byte back")
    press_next(window, "Everything on")
    confirm(window, slow)
    window.press("Overwrite Drive")
    window.find("parts.img → ")
    window.find("Copying", "label")
    window.keys("ctrl+w")
    caller = callers()
    (job,) = caller.jobs()
    assert caller.report(job)["outcome"] == "verified"
    assert slow.stored() == content


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


def test_what_was_done_is_kept_searched_and_deleted(open_window, drives, bus, room):
    """A job that ends leaves its report, also for the windows of later helpers; what is broken there is passed over."""
    content = noise(8 * MIB, seed=16)
    image = room.new("kept.iso")
    image.write_bytes(content)
    target, other = drives.make(16 * MIB, old(16 * MIB)), drives.make(16 * MIB)
    listed(bus, target, other)
    window = open_window(image)
    for drive in (target, other):
        select(window, drive)
        press_next(window, "Read every byte back")
        press_next(window, "Everything on")
        confirm(window, drive)
        window.press("Overwrite Drive")
        window.find("Verified", "label")
        if drive is target:
            window.press("Write Another")
            window.find("needs a drive of at least")
    window.close()
    bus.end_helper()

    window = open_window()
    window.find("Recent", "label")
    window.click(window.find(f"→ {name_of(target)}", ROW))
    window.find(f"Every byte on {name_of(target)} was read back")
    window.find(hashlib.sha256(content).hexdigest(), "label")
    assert window.look("Verify Again", "button") is None, "nobody knows whether the drive is still the same"
    window.press("Back")

    window.press("Show All")
    wait_until(lambda: len(window.widgets(ROW)) >= 2, "the reports")
    window.type(f"verified {name_of(target)}")
    wait_until(lambda: len(window.widgets(ROW)) == 1, lambda: f"one report in:\n{window.words()}")
    window.press("Delete Report")
    window.find("No report has all of these words in it.")
    window.press("Delete All…")
    window.press("Delete Reports")
    window.find("Each job that ends leaves its report here.")


def test_a_deleted_report_does_not_come_back(open_window, drives, bus, callers, room):
    """The helper knows the job as well, and would tell the next window of it."""
    image = room.new("deleted.iso")
    image.write_bytes(noise(4 * MIB, seed=22))
    target = drives.make(8 * MIB)
    listed(bus, target)
    window = open_window(image)
    select(window, target)
    press_next(window, "Read every byte back")
    press_next(window, "Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    assert len(callers().jobs()) == 1
    window.press("Back")
    window.press("Show All")
    window.press("Delete Report")
    window.find("Each job that ends leaves its report here.")
    window.keys("ctrl+w")
    wait_until(lambda: window.process.poll() is not None, "the application to end")

    assert window.process.returncode == 0
    assert not callers().jobs()
    window = open_window()
    window.find("Clone a Drive", ROW)
    window.keys("ctrl+h")
    window.find("Each job that ends leaves its report here.")


@pytest.mark.parametrize("on_error, verdict", [("stop", "Verified"), ("rescue", "Written, not verified")])
def test_row_69_a_job_that_was_cut_off_goes_on(open_window, platterctl_on_bus, drives, faulty, bus, on_error, verdict):
    content = noise(24 * MIB, seed=16)
    source, target = drives.make(24 * MIB, content), faulty.make(24 * MIB, old(24 * MIB), write_delay=100)
    listed(bus, source, target)
    running = platterctl_on_bus.start_in_background("clone", "--yes", "--json", "--on-error", on_error, source, target)
    target.wait_for("w", 8 * MIB, running)
    assert platterctl_on_bus("jobs", "pause", platterctl_on_bus("jobs", "--json").lines[0]["id"]).status == 0
    wait_until(lambda: any(path.suffix == ".job" for path in bus.state.glob("*")), "the job to be kept")
    bus.end_helper()
    assert platterctl_on_bus.wait(running).status == 1
    since = len(target.requests())

    window = open_window()
    window.find("Cut off", "label")
    window.click(window.find(name_of(source), ROW))
    window.press("Resume…")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find(verdict, "label")
    assert target.stored() == content
    written = [offset for kind, offset, length in target.requests()[since:] if kind == "w"]
    assert [offset for offset in written if MIB <= offset < 4 * MIB] == []
