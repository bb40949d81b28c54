# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""build-aux/screenshots still finds its way through the window: two pages of it in one variant."""
import pytest

from lab import room as rooms
from lab.platterctl import TOP

pytestmark = pytest.mark.usefixtures("root")


def test_takes_pictures_of_two_pages(room):
    folder = room.folder("screenshots")

    rooms.run("/usr/bin/python3", TOP / "build-aux/screenshots", folder, "--only", "source,options", "--variant", "narrow")

    for page in ("source", "options"):
        width, height, colours = rooms.run("identify", "-format", "%w %h %k", folder / f"narrow-{page}.png").split()
        assert (width, height) == ("360", "1100")
        assert int(colours) > 50, "it is blank"
        assert f"narrow-{page}.png" in (folder / "index.html").read_text()
    assert len(list(folder.glob("*.png"))) == 2
