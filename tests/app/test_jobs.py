# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Jobs that outlive their window, and what is kept of those that have ended."""
import hashlib
import os
import signal
import subprocess
from contextlib import contextmanager

import pytest

from lab import room as rooms
from lab.accessible import SENSITIVE
from lab.bus import HELPER, Bus
from lab.content import MIB, noise, old
from lab.desktop import wait_until
from lab.processes import descendants, name
from lab.wizard import (ENTRY, ROW, alone, ask_for_image, begin_clone, choose_clone, confirm, listed, name_of, overwrite, press_next,
                        state, tab_to)

pytestmark = pytest.mark.usefixtures("root")


@contextmanager
def told_to_the_icon(desktop, room):
    """Gives what tells whether the desktop was told last to show progress, as dbus-monitor(1) words it."""
    with open(room.new("told"), "w+") as log:
        rule = "type='signal',interface='com.canonical.Unity.LauncherEntry'"
        monitor = rooms.start(["dbus-monitor", "--session", "--monitor", rule], env=desktop.environment, stdout=log, stderr=log)
        try:
            wait_until(lambda: "NameLost" in told_so_far(log), "dbus-monitor to listen")
            yield lambda: told_so_far(log).rpartition("progress-visible")[2].rpartition("boolean ")[2].split("\n")[0]
        finally:
            rooms.end(monitor)


def told_so_far(log):
    with open(log.name) as file:
        return file.read()


def discard_all(platterctl_on_bus):
    """What a test leaves to be resumed would be among the jobs of the next."""
    for job in platterctl_on_bus("jobs", "--json").lines:
        assert not job["resumable"] or platterctl_on_bus("jobs", "discard", job["id"]).status == 0


def test_a_job_outlives_its_window_and_is_cancelled_in_the_next(open_window, faulty, bus, room, desktop):
    """The progress at the program's icon does not: nobody would ever take it away."""
    content = noise(24 * MIB, seed=15)
    image = room.new("slow.iso")
    image.write_bytes(content)
    slow = faulty.make(32 * MIB, old(32 * MIB), write_delay=6000)
    listed(bus, slow)
    window = open_window(image)
    overwrite(window, slow)
    window.find("Copying", "label")
    with told_to_the_icon(desktop, room) as told:
        window.keys("ctrl+w")
        wait_until(lambda: window.process.poll() is not None, "the application to end")
        assert window.process.returncode == 0
        wait_until(lambda: told().endswith("false"), lambda: f"the progress to be taken away: {told()}")

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


def test_what_was_done_is_kept_searched_and_deleted(open_window, drives, bus, room):
    """A job that ends leaves its report, also for the windows of later helpers; what is broken there is passed over."""
    content = noise(8 * MIB, seed=16)
    image = room.new("kept.iso")
    image.write_bytes(content)
    target, other = drives.make(16 * MIB, old(16 * MIB)), drives.make(16 * MIB)
    listed(bus, target, other)
    window = open_window(image)
    for drive in (target, other):
        overwrite(window, drive)
        window.find("Verified", "label")
        if drive is target:
            window.press("Write Another")
            window.find("needs a drive of at least")
    window.close()
    bus.end_helper()

    window = open_window()
    window.find("Recent", "label")
    window.click(window.find(f"→ {name_of(target)}", ROW))
    window.find(f"All of {image.name} is on {name_of(target)}, and was read back and compared.")
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
    overwrite(window, target)
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


@pytest.mark.parametrize("on_error, verdict, note", [
    ("stop", "Verified", "Every byte is read back and compared."),
    ("rescue", "Written, not verified", "Of what the drive has already, only samples are."),
])
def test_row_69_a_job_that_was_cut_off_goes_on(open_window, platterctl_on_bus, drives, faulty, bus, on_error, verdict, note):
    content = noise(24 * MIB, seed=16)
    source, target = drives.make(24 * MIB, content), faulty.make(24 * MIB, old(24 * MIB), write_delay=100)
    listed(bus, source, target)
    running = platterctl_on_bus.start_in_background("clone", "--yes", "--json", "--on-error", on_error, source, target)
    target.wait_for("w", 8 * MIB, running)
    assert platterctl_on_bus("jobs", "pause", platterctl_on_bus("jobs", "--json").lines[0]["id"]).status == 0
    bus.end_helper_once_kept()
    assert platterctl_on_bus.wait(running).status == 1
    since = len(target.requests())

    window = open_window()
    window.find("Cut off", "label")
    window.click(window.find(name_of(source), ROW))
    window.press("Resume…")
    window.find(note)
    alone(window, "Back")
    window.press("Back")
    window.find("Read every byte back")
    assert not state(window, "Verify", "switch", SENSITIVE), "it goes on as it was begun, or not at all"
    press_next(window, note)
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find(verdict, "label")
    assert target.stored() == content
    written = [offset for kind, offset, length in target.requests()[since:] if kind == "w"]
    assert [offset for offset in written if MIB <= offset < 4 * MIB] == []


def test_goes_on_with_a_target_that_is_mounted(open_window, platterctl_on_bus, drives, faulty, bus, room):
    """Somebody has formatted it meanwhile: that it is unmounted is said by the page that asks, and only then it turns out not to
    be as the job left it."""
    source, target = drives.make(24 * MIB, noise(24 * MIB, seed=16)), faulty.make(24 * MIB, old(24 * MIB), write_delay=100)
    folder = room.folder("mounted")
    listed(bus, source, target)
    running = platterctl_on_bus.start_in_background("clone", "--yes", "--json", source, target)
    target.wait_for("w", 8 * MIB, running)
    assert platterctl_on_bus("jobs", "pause", platterctl_on_bus("jobs", "--json").lines[0]["id"]).status == 0
    bus.end_helper_once_kept()
    assert platterctl_on_bus.wait(running).status == 1
    make = ["mkfs.ext4", "-q", "-F", "-E", "nodiscard", target.path]
    wait_until(lambda: subprocess.run(make, check=False, capture_output=True).returncode == 0, "the worker to let go of it")
    subprocess.run(["mount", target.path, folder], check=True)
    try:
        window = open_window()
        window.find("Cut off", "label")
        window.click(window.find(name_of(source), ROW))
        window.press("Resume…")
        window.find(f"{name_of(target)} is mounted at {folder}, and is unmounted before anything is written.")
        confirm(window, target)
        window.press("Overwrite Drive")
        # Its first MiB and what was copied are looked at together, and what is found first is said.
        wait_until(lambda: any(window.look(text) for text in ("does not begin as a copy that was not finished does",
                                                              "where the copy was already done")),
                   "what is different to be said")
        assert not os.path.ismount(folder)
    finally:
        subprocess.run(["umount", folder], check=False, capture_output=True)
    discard_all(platterctl_on_bus)


def test_goes_on_without_a_drive_that_is_gone(open_window, platterctl_on_bus, drives, faulty, bus):
    """Of two targets one is not there any more: that is said, and asked."""
    content = noise(23 * MIB, seed=23)
    source, target = drives.make(23 * MIB, content), faulty.make(23 * MIB, old(23 * MIB), write_delay=100)
    other = drives.make(23 * MIB, old(23 * MIB))
    listed(bus, source, target, other)
    running = platterctl_on_bus.start_in_background("clone", "--yes", "--json", source, target, other)
    target.wait_for("w", 8 * MIB, running)
    assert platterctl_on_bus("jobs", "pause", platterctl_on_bus("jobs", "--json").lines[0]["id"]).status == 0

    def is_durable():
        (told,) = platterctl_on_bus("jobs", "--json").lines
        return all(one["durable"] > 0 for one in told["targets"])

    wait_until(is_durable, "what is written to be durable on both")
    bus.end_helper()
    assert platterctl_on_bus.wait(running).status == 1
    drives.detach(other)
    bus.wait_until_gone(other.path)

    window = open_window()
    window.find("Cut off", "label")
    window.click(window.find(name_of(source), ROW))
    window.press("Resume…")
    window.find("Not All Drives Are Connected")
    window.find("is not connected. Connect it and try again. The job can go on without it")
    window.press("Go On Without It")
    confirm(window, target)
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    assert target.stored() == content


@pytest.mark.parametrize("kind", ["verify", "image"])
def test_what_is_not_a_copy_goes_on(open_window, platterctl_on_bus, drives, faulty, bus, room, kind):
    """A comparison at once, as nothing can get lost; an image after it was said what will be done."""
    content = noise(39 * MIB, seed=24)
    source, other = faulty.make(39 * MIB, content, read_delay=50), drives.make(39 * MIB, content)
    image = room.folder("images") / "made.img.zst"
    listed(bus, source, other)
    running = platterctl_on_bus.start_in_background(kind, "--json", source, image if kind == "image" else other)
    source.wait_for("r", 24 * MIB, running)
    assert platterctl_on_bus("jobs", "pause", platterctl_on_bus("jobs", "--json").lines[0]["id"]).status == 0
    bus.end_helper_once_kept()
    assert platterctl_on_bus.wait(running).status == 1

    window = open_window()
    window.find("Cut off", "label")
    window.click(window.find(name_of(source), ROW))
    if kind == "verify":
        window.find("What was compared need not be again, and the job can go on.")
    window.press("Resume…")
    if kind == "image":
        goes_on = f"The job goes on with what there is of {image} already."
        window.find(goes_on)
        # How and where it was begun cannot be changed any more: what was left is found there only.
        window.press("Back")
        window.find("Save As…", ROW)
        for text in ("Save As…", "In Pieces"):
            assert window.look(text, ROW) and not state(window, text, ROW, SENSITIVE), window.words()
        # Nor does it get lost when its source is chosen again.
        alone(window, "Back")
        window.press("Back")
        window.find("Which drive is to be saved in an image?")
        window.click(window.find(f"{source.path}: ", ROW))
        window.find("Save As…", ROW)
        press_next(window, goes_on)
        window.press("Go On")
    window.find("Verified" if kind == "image" else "Identical", "label")
    if kind == "verify":
        window.find("were compared before the job was cut off")
        window.find("was found. A part was compared before the job was cut off, the rest now.")
    if kind == "image":
        assert sorted(path.name for path in image.parent.iterdir()) == [
            "made.img.zst", "made.img.zst.json", "made.img.zst.sha256"]


def test_an_image_that_is_given_up_goes(open_window, platterctl_on_bus, faulty, bus, room):
    """And whoever does something else by then goes on with that."""
    content = noise(39 * MIB, seed=25)
    source = faulty.make(39 * MIB, content, read_delay=50)
    folder = room.folder("images")
    listed(bus, source)
    running = platterctl_on_bus.start_in_background("image", "--json", source, folder / "made.img.zst")
    source.wait_for("r", 24 * MIB, running)
    assert platterctl_on_bus("jobs", "pause", platterctl_on_bus("jobs", "--json").lines[0]["id"]).status == 0
    bus.end_helper_once_kept()
    assert platterctl_on_bus.wait(running).status == 1
    assert [path.name for path in folder.iterdir()] == [".made.img.zst.platter-part"]

    window = open_window()
    window.click(window.find(name_of(source), ROW))
    alone(window, "Give Up")
    helper = bus.pid_of(HELPER)
    os.kill(helper, signal.SIGSTOP)
    try:
        window.press("Give Up")
        window.press("Back")
        window.click(window.find("Write an Image", ROW))
        window.find("Which image is to be written?")
    finally:
        os.kill(helper, signal.SIGCONT)
    wait_until(lambda: not any(folder.iterdir()), "what there was of it to go")
    assert platterctl_on_bus("jobs", "--json").lines == []
    window.find("Which image is to be written?")
    window.press("Back")
    window.find("Clone a Drive", ROW)


def test_a_job_that_was_given_up_is_not_offered_again(open_window, platterctl_on_bus, drives, faulty, bus):
    """What it had come to is kept among the recent ones, but it cannot go on any more."""
    source = drives.make(23 * MIB, noise(23 * MIB, seed=26))
    target = faulty.make(23 * MIB, old(23 * MIB), write_delay=100, switches=["bad_writes_when"])
    listed(bus, source, target)
    window = open_window()
    begin_clone(window, source, target)
    target.wait_for("w", 8 * MIB, window.process)
    (job,) = platterctl_on_bus("jobs", "--json").lines
    assert platterctl_on_bus("jobs", "pause", job["id"]).status == 0
    wait_until(lambda: platterctl_on_bus("jobs", "--json").lines[0]["targets"][0]["durable"] > MIB, "what is written to be durable")
    target.switch("bad_writes_when")
    assert platterctl_on_bus("jobs", "resume", job["id"]).status == 0
    window.find("the job can go on")
    window.press("Give Up")
    window.click(window.find(name_of(source), ROW))
    window.find("Failed", "label")
    assert window.look("the job can go on") is None and window.look("Resume…") is None, window.words()
    assert platterctl_on_bus("jobs", "--json").lines == []


def show_job(desktop, number):
    """As a click on its notification does."""
    subprocess.run(["gdbus", "call", "--session", "--dest=org.platter.Platter", "--object-path=/org/platter/Platter",
                    "--method=org.freedesktop.Application.ActivateAction", "show-job", f"[<uint32 {number}>]", "{}"],
                   env=desktop.environment, check=True, capture_output=True)


def test_cancels_the_job_that_it_asks_about(open_window, platterctl_on_bus, faulty, bus, room, desktop):
    """Another job is shown, as its notification does, while a dialog asks whether this one is to be cancelled."""
    image = room.new("slow.iso")
    image.write_bytes(noise(24 * MIB, seed=15))
    mine = faulty.make(32 * MIB, old(32 * MIB), write_delay=400, name="diska")
    other = faulty.make(32 * MIB, old(32 * MIB), write_delay=400, name="diskb")
    listed(bus, mine, other)
    running = platterctl_on_bus.start_in_background("write", "--yes", "--json", image, other)
    other.wait_for("w", 2 * MIB, running)
    (job,) = platterctl_on_bus("jobs", "--json").lines
    platterctl_on_bus("jobs", "pause", job["id"])
    window = open_window(image)
    overwrite(window, mine)
    window.find("Copying", "label")
    window.press("Pause")
    window.press("Cancel…")
    window.find("Cancel This Job?")

    show_job(desktop, job["id"])
    window.find("→ diskb", "label")
    wait_until(lambda: not window.look("Cancel Job", "button"), "the question about the first job to go")
    window.press("Cancel…")
    window.press("Cancel Job")
    window.find("Cancelled", "label")
    assert platterctl_on_bus.wait(running).status != 0
    (left,) = platterctl_on_bus("jobs", "--json").lines
    assert left["title"].endswith("→ diska") and left["state"] == "running"
    assert platterctl_on_bus("jobs", "cancel", left["id"]).status == 0


def test_a_notification_shows_its_job_once_the_helper_is_there(desktop, platterctl_on_bus, faulty, bus, room):
    """No window was open any more when it was clicked, and the helper takes its time."""
    image = room.new("slow.iso")
    image.write_bytes(noise(24 * MIB, seed=15))
    target = faulty.make(32 * MIB, old(32 * MIB), write_delay=400, name="diska")
    listed(bus, target)
    running = platterctl_on_bus.start_in_background("write", "--yes", "--json", image, target)
    target.wait_for("w", 2 * MIB, running)
    (job,) = platterctl_on_bus("jobs", "--json").lines
    platterctl_on_bus("jobs", "pause", job["id"])
    helper = bus.pid_of(HELPER)
    os.kill(helper, signal.SIGSTOP)
    try:
        window = desktop.start("--gapplication-service", system_bus=bus.address, environment={"G_DEBUG": "fatal-criticals"})
        subprocess.run(["gdbus", "wait", "--session", "--timeout=60", "org.platter.Platter"], env=desktop.environment, check=True)
        show_job(desktop, job["id"])
        window.find("What would you like to do?")
    finally:
        os.kill(helper, signal.SIGCONT)
    window.find("Nothing is read or written until you resume it.")
    assert platterctl_on_bus("jobs", "cancel", job["id"]).status == 0
    assert platterctl_on_bus.wait(running).status != 0


def test_a_job_whose_helper_has_ended_goes_on_from_the_first_page(open_window, platterctl_on_bus, drives, faulty, bus):
    """The window says where that is, in its own words."""
    content = noise(24 * MIB, seed=16)
    source, target = drives.make(24 * MIB, content), faulty.make(24 * MIB, old(24 * MIB), write_delay=100)
    listed(bus, source, target)
    window = open_window()
    begin_clone(window, source, target)
    target.wait_for("w", 8 * MIB, window.process)
    assert platterctl_on_bus("jobs", "pause", platterctl_on_bus("jobs", "--json").lines[0]["id"]).status == 0
    bus.end_helper_once_kept()
    window.find("If the job can be resumed, it stands there as cut off")
    assert not window.look("platterctl")
    alone(window, "Start Page")
    window.press("Start Page")
    window.find("Cut off", "label")
    window.click(window.find(name_of(source), ROW))
    window.find("Resume…", "button")
    discard_all(platterctl_on_bus)


def test_a_server_is_asked_for_the_rest(open_window, platterctl_on_bus, faulty, bus, room):
    """Of a job that read an NBD server no file is asked for."""
    folder = room.folder("server")
    (folder / "disk.img").write_bytes(noise(24 * MIB, seed=18))
    address = f"nbd+unix:///?socket={folder / 'socket'}"
    command = ["nbdkit", "--foreground", "--exit-with-parent", "--unix", folder / "socket", "file", folder / "disk.img"]
    target = faulty.make(24 * MIB, old(24 * MIB), write_delay=100)
    listed(bus, target)
    server = rooms.start(command)
    try:
        wait_until((folder / "socket").exists, "nbdkit")
        running = platterctl_on_bus.start_in_background("write", "--yes", "--json", address, target)
        target.wait_for("w", 8 * MIB, running)
        assert platterctl_on_bus("jobs", "pause", platterctl_on_bus("jobs", "--json").lines[0]["id"]).status == 0
        bus.end_helper_once_kept()
        platterctl_on_bus.wait(running)
        rooms.end(server)
        (folder / "socket").unlink(missing_ok=True)
        server = rooms.start(command)
        wait_until((folder / "socket").exists, "nbdkit once more")
        window = open_window()
        window.click(window.find(address, ROW))
        window.press("Resume…")
        window.find("Everything on")
        window.find(address)
    finally:
        rooms.end(server)
    discard_all(platterctl_on_bus)


def test_says_what_ends_with_the_last_window(desktop, smart_bus, drives, faulty):
    """Without a helper on the system bus: nothing is lost by not comparing any further."""
    content = noise(16 * MIB, seed=5)
    source = drives.make(16 * MIB, content)
    target = faulty.make(16 * MIB, content, read_delay=6000, switches=["slow_reads_when"])
    smart_bus.add(source)
    smart_bus.add(target)
    smart_bus.remove_helper()
    window = desktop.start("--show-all-drives", system_bus=smart_bus.address, environment={"G_DEBUG": "fatal-criticals"})
    choose_clone(window, source, target)
    press_next(window, "Everything on")
    tab_to(window, "Name of the drive", ENTRY)
    window.type("Disk")
    window.press("Overwrite Drive")
    window.find("Verified", "label")
    alone(window, "Verify Again")
    target.switch("slow_reads_when")
    window.press("Verify Again")
    window.find("Comparing", "label")
    window.keys("ctrl+w")
    window.find("Stop the Running Job?")
    window.find("It ends with this window. Nothing was changed and nothing will be.")
    target.switch("slow_reads_when", on=False)
    window.find("Identical", "label")
    wait_until(lambda: window.look("Stop the Running Job?") is None, "the question to go with the job")

    target.switch("slow_reads_when")
    window.press("Verify Again")
    window.find("Comparing", "label")
    window.keys("ctrl+w")
    window.find("Stop the Running Job?")
    window.press("Stop and Close")
    wait_until(lambda: window.process.poll() is not None, "the application to end")
    assert window.process.returncode == 0


def test_asks_nothing_of_a_helper_that_has_gone(desktop, smart_bus, faulty, room):
    """What there is of an image is seen to after its job was lost, and the question on closing goes then."""
    source = faulty.make(24 * MIB, noise(24 * MIB, seed=20), stall_reads=f"{8 * MIB}-{9 * MIB}", switches=["stall_when"])
    smart_bus.add(source)
    smart_bus.remove_helper()
    window = desktop.start("--show-all-drives", system_bus=smart_bus.address, environment={"G_DEBUG": "fatal-criticals"})
    ask_for_image(window, source, room.folder("images") / "lost.img")
    source.switch("stall_when")
    window.press("Create Image")
    window.find("Imaging", "label")
    window.keys("ctrl+w")
    window.find("Stop the Running Job?")
    (helper,) = [pid for pid in descendants(window.process.pid) if name(pid) == "platter-helper"]
    os.kill(helper, signal.SIGKILL)
    window.find("Failed", "label")
    wait_until(lambda: not window.look("Stop the Running Job?"), lambda: f"the question to go in:\n{window.words()}")
    source.switch("stall_when", False)


@pytest.fixture
def mortal_bus(room):
    """A system bus that no other test needs any more."""
    made = Bus(room)
    yield made
    made.close()


def test_says_that_the_system_bus_went_away(desktop, mortal_bus, drives, faulty):
    """Not that its helper ended, which may still be at work; and no drive is shown any more, nor another helper started."""
    source, target = drives.make(24 * MIB, noise(24 * MIB, seed=16)), faulty.make(24 * MIB, old(24 * MIB), write_delay=6000)
    listed(mortal_bus, source, target)
    window = desktop.start("--show-all-drives", system_bus=mortal_bus.address, environment={"G_DEBUG": "fatal-criticals"})
    begin_clone(window, source, target)
    window.find("Copying", "label")
    mortal_bus.kill()
    window.find("The system bus went away, and nothing more is heard of the job. It may still run: do not unplug anything")
    window.find("Close Platter and open it again.", "label")
    assert not window.look("Start Page", "button")
    alone(window, "Back")
    window.press("Back")
    window.find("Drives cannot be listed because the system bus went away.")
    window.find("The system bus went away, and Platter's helper cannot be reached.")
    window.click(window.find("Clone a Drive", ROW))
    window.find("Which drive is to be copied?")
    alone(window, "Back")
    assert not window.widgets(ROW), "what was there once is nothing to choose from"
