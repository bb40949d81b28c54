# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""How somebody gets through the pages of the window: what the tests of it have in common."""
from lab.accessible import CHECKED, FOCUSED, GONE, SENSITIVE
from lab.desktop import wait_until

CHECK = "checkbox"
ROW = "list item"
ENTRY = "text box"


def state(window, text, role, bit):
    """Whether a widget is there with (or without) a state; never a stale answer."""
    node = window.look(text, role)
    try:
        return node is not None and bit in node.states
    except GONE:
        return False


def listed(bus, *drives):
    """Waits until UDisks2 lists the drives, so that the window can."""
    for drive in drives:
        bus.udisks_block(drive.path)


def ticked(window):
    """The descriptions of all targets that are selected."""
    found = []
    for node in window.widgets(CHECK):
        try:
            if CHECKED in node.states:
                found.append(node.description)
        except GONE:
            continue
    return found


def offered(window, drive):
    at = f"{drive.path}: "
    wait_until(lambda: state(window, at, CHECK, SENSITIVE), lambda: f"{drive} to be offered in:\n{window.words()}")
    return at


def only(window, drive):
    """Nothing but this drive is selected: the machine may have others, which are none of ours."""
    wait_until(lambda: ticked(window), lambda: f"{drive} to be ticked in:\n{window.words()}")
    selected = ticked(window)
    assert len(selected) == 1 and selected[0].startswith(f"{drive.path}: "), selected


def select(window, drive):
    """Ticks a target with the pointer."""
    at = offered(window, drive)
    tab_to(window, at, CHECK)  # which scrolls to it

    def tick():
        window.click(window.find(at, CHECK))
        try:
            return wait_until(lambda: ticked(window), "the tick", 10)
        except (TimeoutError, GONE):
            return False  # the list moved under the pointer

    wait_until(tick, lambda: f"{drive} to be ticked in:\n{window.words()}")
    only(window, drive)


def name_of(drive):
    return drive.file.name


def alone(window, text, role="button"):
    """Waits until the page before has slid away, whose buttons have the same names, and the button can be pressed."""

    def is_alone():
        found = window.widgets(role)
        try:
            named = [node for node in found if text in node.name]
            return len(named) == 1 and SENSITIVE in named[0].states
        except GONE:
            return False

    wait_until(is_alone, lambda: f"one sensitive {role} “{text}” in:\n{window.words()}")


def press_next(window, text):
    alone(window, "Next")
    window.press("Next")
    window.find(text)


def confirm(window, drive):
    """The name of a drive that is not removable is typed by hand."""
    window.find("Everything on")
    tab_to(window, "Name of the drive", ENTRY)
    window.type(name_of(drive))
    wait_until(lambda: state(window, "Overwrite Drive", "button", SENSITIVE),
               lambda: f"the button to be sensitive in:\n{window.words()}")


def overwrite(window, drive):
    """From the page with the targets to the job that has begun."""
    select(window, drive)
    press_next(window, "Read every byte back")
    press_next(window, "Everything on")
    confirm(window, drive)
    window.press("Overwrite Drive")


def find_different_and_repair(window, target):
    """From the end of a copy, which is another by now, to the page that asks for the last time, with the name typed."""
    alone(window, "Verify Again")
    window.press("Verify Again")
    window.find("Not the same", "label")
    alone(window, "Repair…")
    window.press("Repair…")
    confirm(window, target)


def where(window):
    """What has the focus, or None while nothing has."""
    try:
        node = window.focused()
        return node and (node.name, node.role, node.extents())
    except GONE:
        return None


def tab_to(window, text, role):
    """Moves the focus by Tab alone, as somebody without a pointer does. It goes round, so one Tab too many is no harm."""

    def step():
        if state(window, text, role, FOCUSED):
            return True
        before = where(window)
        window.keys("Tab")
        try:
            wait_until(lambda: where(window) not in (before, None), "the focus to move", 3)
        except TimeoutError:
            pass
        return state(window, text, role, FOCUSED)

    window.find(text, role)
    wait_until(step, lambda: f"Tab to reach {role} “{text}” in:\n{window.words()}")


def choose_clone(window, source, target):
    """Up to the options of a clone, with the pointer."""
    window.click(window.find("Clone a Drive", ROW))
    window.click(window.find(f"{source.path}: ", ROW))
    window.find("needs a drive of at least")
    select(window, target)
    press_next(window, "Read every byte back")


def begin_clone(window, source, target):
    """From the first page to the job that has begun."""
    choose_clone(window, source, target)
    press_next(window, "Everything on")
    confirm(window, target)
    window.press("Overwrite Drive")


def ask_for_image(window, source, image):
    """Up to the page that asks for the last time."""
    window.click(window.find("Create an Image", ROW))
    window.find("Which drive is to be saved in an image?")
    window.click(window.find(f"{source.path}: ", ROW))
    window.find("Not chosen yet")
    assert not state(window, "Next", "button", SENSITIVE), "there is no place to save it yet"
    save_as(window, image)
    press_next(window, "Nothing is overwritten")
    assert not image.exists() and not list(image.parent.iterdir()), "nothing is made before it is confirmed"


def save_as(window, image, is_suggested=False):
    """By its name, or as the dialog has it already."""
    window.click(window.find("Save As…", ROW))
    window.find("Save the Image")
    window.find("Choose", "button")
    if not is_suggested:
        window.keys("ctrl+a")
        window.type(str(image))
    window.keys("Return")
    window.find(str(image))


def open_file(window, path, then):
    """In GTK's dialog, by typing the name; until something says that it was opened. While the dialog looks into the folder it
    does not hear the key."""
    window.keys("ctrl+l")
    window.find("FileChooserEntry", ENTRY)
    window.type(str(path))

    def opened():
        if window.look("FileChooserEntry", ENTRY):
            window.keys("Return")
        try:
            return window.find(then, patience=5)
        except TimeoutError:
            return None

    wait_until(opened, lambda: f"{path} to be opened in:\n{window.words()}")


def size_of(count):
    """As GLib words it."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{count / factor:.1f}\N{NO-BREAK SPACE}{unit}"
    return f"{count} bytes"


def exactly(count):
    """As GLib words it where bytes matter."""
    return f"{size_of(count)} ({count} bytes)" if count >= 1000 else size_of(count)


def says(window, text):
    """Waits until the map says of the cell under its cursor …"""
    wait_until(lambda: window.look("Map of the drive", "image").description == text, lambda: f"“{text}” in:\n{window.words()}")
