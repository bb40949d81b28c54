# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The drives and the jobs that the pictures show."""
import os

from lab.caller import GLib, clone, image, named, write
from lab.content import MIB


class Cast:
    """The drives and the jobs that the pictures show; all that has ended or does not move is shared by all variants."""

    def __init__(self, studio, is_long):
        self._studio = studio
        self._is_long = is_long
        self._reports = {}
        self.source = studio.partitioned(self.name("Holiday photos", ".img"), 72 * MIB)
        self.image = studio.image(self.name("debian-12-amd64", ".iso"), 32 * MIB)
        self.jobs = {}
        self.rescued = None

    def name(self, name, end=""):
        more = " of the summer at the seaside with grandmother and all the cousins_and_one_word_without_any_spaces"
        return f"{name}{more if self._is_long else ''}{end}"

    def play(self, wanted):
        """Starts the jobs that are wanted, and waits for the end of those that end."""
        studio, size = self._studio, 32 * MIB
        # Where there is noise: what lies in the image's zeros may be right by chance.
        place, other = f"{4 * MIB}-{6 * MIB}", f"{28 * MIB}-{28 * MIB + 4096}"
        plays = {
            "result-repaired": [("Old stick", {"drop": other, "drop_times": 1})],
            "result-mismatched": [("Cheap stick", {"drop": place})],
            "result-several": [("Stick 1", {}), ("Stick 2", {"drop": other, "drop_times": 1}),
                               ("Stick 3", {"bad_writes": place}), ("Stick 4", {"drop": place})],
            "progress-several": [("Port 1", {"write_delay": 600}), ("Port 2", {"write_delay": 600}),
                                 ("Port 3", {"stall_writes": place, "on": ["stall_when"]})],
        }
        if "result-incomplete" in wanted:
            self._rescue(size)
        running = {}
        for page, targets in plays.items():
            if page not in wanted:
                continue
            drives = [studio.bad_drive(self.name(name), size, **faults) for name, faults in targets]
            # platterctl would have the helper forget its job when it has ended.
            (job,) = studio.caller.call("Write", write(image(name=self.image.name), *map(named, drives), verify=True),
                                        files=[(self.image, os.O_RDONLY)])
            self.jobs[page] = drives[0].file.name if len(drives) == 1 else f"→ {len(drives)} "
            if page != "progress-several":
                running[job] = drives
        for job, drives in running.items():
            studio.caller.report(job)
            for drive in drives:
                studio.take_away(drive)

    def _rescue(self, size):
        """The first one, and ended before the others begin: the window's first page lists the last five."""
        studio = self._studio
        bad = [(start * MIB, start * MIB + length) for start, length in ((4, 2048), (9, 65536), (29, 512))]
        source = studio.listed(studio.faulty.make_damaged(studio.card(size), bad, name=self.name("Dying drive")))
        target = studio.drive(self.name("Spare drive"), size)
        (job,) = studio.caller.call("Clone", clone(named(source), named(target), verify=True,
                                                   on_error=GLib.Variant("s", "rescue")))
        self.rescued = f"→ {target.file.name}"
        studio.caller.report(job)
        for drive in (source, target):
            studio.take_away(drive)
