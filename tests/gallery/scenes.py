# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Each scene leads through a window and yields the name of a page whenever one is to be seen."""
import bz2
import hashlib
import os

from gallery.guide import Guide
from lab import room as rooms
from lab.caller import GLib, clone, image, named, verify, write
from lab.content import MIB, mixed
from lab.wizard import open_file


def scene_wizard(studio, cast, variant):
    target = studio.bad_drive(cast.name("New drive", ".img"), 96 * MIB, write_delay=60, read_delay=80)
    guide = Guide(studio.open(variant), variant)
    guide.find("Clone a Drive")
    for name in cast.jobs.values():
        guide.window.find(name, "list item")
    yield guide, "start"
    guide.window.keys("ctrl+d")
    guide.find("Which drive is to be copied? It is not changed.")
    guide.window.find(f"{cast.source.path}: ", "list item")
    yield guide, "source"
    guide.click(f"{cast.source.path}: ", "list item")
    for page in guide.to_review(target):
        yield guide, page
        if page == "options":
            guide.click(guide.t("If the Drive Has Errors"), "combo box")
            guide.find("Rescue", "label")
            yield guide, "dialog-choices"
            guide.window.keys("Escape")
    guide.find("Copying", "label")  # until then the newest job is an older one
    studio.wait_for_phase("copying", 0.4)
    yield guide, "progress-copying"
    guide.press("Pause")
    guide.find("Paused", "label")
    yield guide, "progress-paused"
    guide.press("Resume")
    rooms.wait_until(lambda: not guide.window.look(guide.t("Paused"), "label"), "the job to go on")
    guide.press("_Cancel…")
    guide.find("_Keep Going", "button")
    yield guide, "dialog-cancel"
    guide.window.keys("Escape")
    rooms.wait_until(lambda: not guide.window.look(guide.t("_Keep Going"), "button"), "the question to close")
    studio.wait_for_phase("verifying", 0.4)
    yield guide, "progress-verifying"
    guide.find("Verified", "label")
    yield guide, "result-verified"


def _choose_source_of_image(studio, variant, source):
    guide = Guide(studio.open(variant), variant)
    guide.click(guide.t("Create an Image"), "list item")
    guide.find("Which drive is to be saved in an image? It is not changed.")
    guide.click(f"{source.path}: ", "list item")
    guide.find("Not chosen yet")
    return guide


def _save_as(guide, path):
    guide.click(guide.t("Save As…"), "list item")
    guide.find("Save the Image")
    guide.window.keys("ctrl+a")
    guide.window.type(str(path))
    guide.window.keys("Return")
    guide.window.find(str(path))


def scene_image(studio, cast, variant):
    source = studio.bad_drive(cast.name("Old drive"), 64 * MIB, read_delay=60)
    guide = _choose_source_of_image(studio, variant, source)
    _save_as(guide, studio.room.folder("image") / "old-drive.img.zst")
    yield guide, "image"
    guide.press("_Next")
    guide.find("_Create Image", "button")
    yield guide, "image-review"
    guide.press("_Create Image")
    guide.find("Imaging", "label")
    studio.wait_for_phase("copying", 0.4)
    yield guide, "progress-imaging"
    guide.find("Show in Folder", "button")
    yield guide, "result-image"


def scene_image_rescue(studio, cast, variant):
    bad = [(start * MIB, start * MIB + length) for start, length in ((14, 4096), (39, 131072))]
    source = studio.listed(studio.faulty.make_damaged(studio.card(64 * MIB), bad, name=cast.name("Dying drive")))
    guide = _choose_source_of_image(studio, variant, source)
    guide.click(guide.t("Rescue a Failing Drive"), "list item")
    guide.find("Go On with an Earlier Rescue…")
    yield guide, "image-rescue"
    _save_as(guide, studio.room.folder("image-rescue") / "dying-drive.img")
    guide.press("_Next")
    guide.find("_Create Image", "button")
    guide.press("_Create Image")
    guide.find("Show in Folder", "button")
    yield guide, "result-image-rescue"
    guide.press("Go On with the Rescue")
    guide.find("What comes from now on is read back and compared. What the image has already is believed.")
    yield guide, "review-go-on"


def scene_conversion(studio, cast, variant):
    folder = studio.room.folder("convert")
    source = folder / cast.name("pi-os", ".img.bz2" if variant.is_long else ".img")
    content = mixed(48 * MIB, seed=11)
    source.write_bytes(bz2.compress(content, 1) if variant.is_long else content)
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(source.read_bytes()).hexdigest()}  {source.name}\n")
    guide = Guide(studio.open(variant), variant)
    guide.click(guide.t("Convert an Image"), "list item")
    guide.find("Which image is to be converted? It is not changed.")
    yield guide, "convert-source"
    guide.click(guide.t("Choose an Image…"), "list item")
    guide.find("_Open", "button")
    open_file(guide.window, source, guide.t("Not chosen yet"))
    guide.click(guide.t("Save As…"), "list item")
    guide.find("Save the Image")
    guide.find("_Choose", "button")
    guide.window.keys("Return")
    guide.window.find(f"{folder}/", "label")
    yield guide, "convert-image"
    guide.press("_Next")
    guide.find("_Convert Image", "button")
    yield guide, "convert-review"
    guide.press("_Convert Image")
    guide.find("Show in Folder", "button")
    yield guide, "result-converted"


def scene_failure(studio, cast, variant):
    target = studio.bad_drive(cast.name("Worn stick"), 64 * MIB, bad_writes=f"{14 * MIB}-{15 * MIB}")
    guide = Guide(studio.open(variant, cast.image), variant)
    for _ in guide.to_review(target):
        pass
    guide.find("Try Again", "button")
    yield guide, "result-failed"


def scene_jobs(studio, cast, variant):
    guide = Guide(studio.open(variant), variant)
    for page, name in cast.jobs.items():
        guide.click(name, "list item")
        guide.find("Speed" if page.startswith("progress") else "Save Report…")
        yield guide, page
        if page == "result-mismatched":
            guide.press("Go to the Next Bad Place")
            rooms.wait_until(lambda: guide.window.look(guide.t("Map of the drive"), "image").description, "the map to point at it")
            yield guide, "result-closer"
        guide.press("Back")
        guide.find("Clone a Drive")


def scene_rescue(studio, cast, variant):
    guide = Guide(studio.open(variant), variant)
    guide.find("Clone a Drive")
    guide.window.keys("ctrl+h")
    guide.click(cast.rescued, "list item")
    guide.find("Save Report…")
    yield guide, "result-incomplete"


def scene_question(studio, cast, variant):
    size = 32 * MIB
    source = studio.listed(studio.faulty.make_damaged(mixed(size, seed=9), [(24 * MIB, 24 * MIB + 4096)],
                                                      name=cast.name("Dying drive")))
    target = studio.drive(cast.name("Spare drive"), size)
    (job,) = studio.caller.call("Clone", clone(named(source), named(target), on_error=GLib.Variant("s", "ask")))
    guide = Guide(studio.open(variant), variant)
    guide.click(f"→ {target.file.name}", "list item")
    guide.find("The Source Cannot Be Read")
    yield guide, "dialog-question"
    guide.press("Decide _Later")
    rooms.wait_until(lambda: not guide.window.look(guide.t("The Source Cannot Be Read")), "the question to be put off")
    yield guide, "progress-asking"
    studio.caller.job(job, "Answer", GLib.Variant("(s)", ("stop",)))
    studio.caller.report(job)
    studio.caller.job(job, "Release")
    for drive in (source, target):
        studio.take_away(drive)


def scene_history(studio, cast, variant):
    guide = Guide(studio.open(variant), variant)
    guide.find("Clone a Drive")
    guide.window.keys("ctrl+h")
    for page, name in cast.jobs.items():
        if page.startswith("result"):
            guide.window.find(name, "list item")
    yield guide, "history"


def scene_cut_off(studio, cast, variant):
    """The last one: with the helper go all other jobs."""
    kept = {*studio.bus.state.glob("*.job")}
    target = studio.bad_drive(cast.name("Pulled stick"), 64 * MIB, write_delay=100)
    source = studio.bad_drive(cast.name("Old drive"), 64 * MIB, read_delay=60)
    path = studio.room.folder("cut-off") / "old-drive.img.zst"
    part = path.with_name(f".{path.name}.platter-part")
    (written,) = studio.caller.call("Write", write(image(name=cast.image.name), named(target), verify=True),
                                    files=[(cast.image, os.O_RDONLY)])
    made = image(name=path.name) | {"path": GLib.Variant.new_bytestring(str(path).encode())}
    (saved,) = studio.caller.call("Image", verify(named(source), made, format=GLib.Variant("s", "zst")),
                                  files=[(part, os.O_RDWR | os.O_CREAT)])
    for job in (written, saved):
        rooms.wait_until(lambda job=job: studio.caller.property(job, "Progress")["fraction"] > 0.2, "a part of it")
        studio.caller.job(job, "Pause")
    rooms.wait_until(lambda: len({*studio.bus.state.glob("*.job")} - kept) == 2, "the jobs to be kept")
    studio.bus.end_helper()
    guide = Guide(studio.open(variant), variant)
    guide.click(target.file.name, "list item")
    guide.find("Resume…", "button")
    yield guide, "result-cut-off"
    guide.press("Back")
    guide.click(source.file.name, "list item")
    guide.find("Resume…", "button")
    yield guide, "result-cut-off-image"
    guide.press("Resume…")
    guide.find("_Go On", "button")
    yield guide, "review-again"


def scene_dialogs(studio, cast, variant):
    guide = Guide(studio.open(variant), variant)
    guide.find("Clone a Drive")
    guide.window.keys("F10")
    guide.find("_About Platter")
    yield guide, "dialog-menu"
    guide.window.keys("Escape")
    guide.window.keys("ctrl+question")
    guide.find("New Window", "label")
    yield guide, "dialog-shortcuts"


def scene_about(studio, cast, variant):
    guide = Guide(studio.open(variant), variant)
    guide.find("Clone a Drive")
    guide.window.keys("F10")
    guide.find("_About Platter")
    guide.window.keys("Down", "Down", "Down", "Down", "Return")
    rooms.wait_until(lambda: not guide.window.look(guide.t("_About Platter")), "the menu to close")
    guide.window.find("0.1.0")
    yield guide, "dialog-about"


def scene_help(studio, cast, variant):
    guide = Guide(studio.open(variant), variant)
    guide.find("Clone a Drive")
    guide.window.keys("F1")
    guide.find("What Became of It")
    yield guide, "dialog-help"


def scene_unmapped(studio, cast, variant):
    source = studio.listed(studio.faulty.make(64 * MIB, studio.card(64 * MIB), read_delay=40, name=cast.name("Dying drive")))
    guide = _choose_source_of_image(studio, variant, source)
    guide.click(guide.t("Rescue a Failing Drive"), "list item")
    guide.find("Go On with an Earlier Rescue…")
    folder = studio.room.folder("image-rescue")
    _save_as(guide, folder / "dying-drive.img")
    guide.press("_Next")
    guide.find("_Create Image", "button")
    guide.press("_Create Image")
    rooms.wait_until(lambda: len(source.requests()) > 20, "reads")
    away = folder.with_name(f"{folder.name}-away")
    folder.rename(away)
    guide.window.find("dying-drive.img.map")
    yield guide, "progress-unmapped"
    away.rename(folder)
    guide.press("Read No More")
    guide.find("Show in Folder", "button")


def scene_trouble(studio, cast, variant):
    guide = Guide(studio.open(variant, with_bus=False), variant)
    guide.window.find("UDisks2")
    yield guide, "trouble"


SCENES = {
    scene_wizard: ["start", "source", "targets", "options", "dialog-choices", "review", "progress-copying", "progress-paused", "dialog-cancel",
                   "progress-verifying", "result-verified"],
    # Before those that leave a report.
    scene_jobs: ["progress-several", "result-repaired", "result-mismatched", "result-closer", "result-several"],
    scene_rescue: ["result-incomplete"],
    scene_question: ["dialog-question", "progress-asking"],
    scene_image: ["image", "image-review", "progress-imaging", "result-image"],
    scene_image_rescue: ["image-rescue", "result-image-rescue", "review-go-on"],
    scene_conversion: ["convert-source", "convert-image", "convert-review", "result-converted"],
    scene_failure: ["result-failed"],
    scene_history: ["history"],
    scene_dialogs: ["dialog-menu", "dialog-shortcuts"],
    scene_about: ["dialog-about"],
    scene_help: ["dialog-help"],
    scene_unmapped: ["progress-unmapped"],
    scene_cut_off: ["result-cut-off", "result-cut-off-image", "review-again"],
    scene_trouble: ["trouble"],
}
