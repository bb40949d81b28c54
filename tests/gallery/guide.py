# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Finds its way through one window, whatever its language."""
import gettext

from lab import room as rooms
from lab.accessible import CHECKED, SENSITIVE
from lab.platterctl import BUILD


class Guide:
    """Leads through one window, in the window's language."""

    def __init__(self, window, variant):
        self.window = window
        self.size = variant.size
        self._translate = gettext.translation("platter", BUILD / "po", [variant.language], fallback=True)

    def t(self, text):
        """What the window calls something; without the mnemonic."""
        translated = self._translate.gettext(text)
        if translated == text:
            translated = self._translate.ngettext(text, text, 1)
        return translated.replace("_", "")

    def find(self, text, role=None):
        return self.window.find(self.t(text), role)

    def press(self, text):
        name = self.t(text)
        self.window.find(name, "button")
        self.window.press(name)

    def click(self, text, role):
        """With the pointer; waits until it does not slide any more."""
        def rested():
            x, y, width, height = before = self.window.find(text, role).extents()
            if y + height > self.size[1] - 12:
                self.window.scroll()
            return width > 0 and y + height <= self.size[1] - 12 and before == self.window.find(text, role).extents()

        rooms.wait_until(rested, f"{text} to rest", pause=0.1)
        self.window.click(self.window.find(text, role))

    def tick(self, drive):
        at = f"{drive.path}: "
        rooms.wait_until(lambda: SENSITIVE in self.window.find(at, "checkbox").states, f"{drive} to be offered")
        self.click(at, "checkbox")
        rooms.wait_until(lambda: CHECKED in self.window.find(at, "checkbox").states, f"{drive} to be ticked")

    def to_review(self, drive):
        """From the targets page on."""
        self.tick(drive)
        yield "targets"
        self.press("_Next")
        self.find("Read every byte back from the drive and compare it. Takes about as long again, and is the only proof.")
        yield "options"
        self.press("_Next")
        self.click("", "text box")
        self.window.type(drive.file.name)
        rooms.wait_until(lambda: SENSITIVE in self.find("_Overwrite Drive", "button").states, "the button to be sensitive")
        yield "review"
        self.press("_Overwrite Drive")
