# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What is said of the places where two things differ, of which nothing was written."""
import pytest

from lab import content
from lab.content import MIB

DATA = content.noise(8 * MIB)
OF_A_COPY = ("stored", "came back", "the write", "smaller than it says")


@pytest.mark.parametrize("other, words", [
    (DATA[:4 * MIB] + bytes(MIB) + DATA[5 * MIB:], "only zeros are there"),
    (DATA[:4 * MIB] + bytes([DATA[4 * MIB] ^ 1]) + DATA[4 * MIB + 1 :], "a few bits are not the same"),
    (DATA[:4 * MIB] + content.noise(MIB, 9) + DATA[5 * MIB:], "other data are there"),
], ids=["zeros", "bits", "other"])
def test_nothing_was_to_be_stored(platterctl, room, other, words):
    first, second, page = room.new("a.img"), room.new("b.img"), room.folder("page") / "report.html"
    first.write_bytes(DATA)
    second.write_bytes(other)
    result = platterctl("verify", "--report", page, first, second)
    assert result.status == 4, result
    report = page.read_text()
    for text in (result.stderr, report):
        assert words in text
        assert [said for said in OF_A_COPY if said in text] == []
    assert "Places that differ" in report
