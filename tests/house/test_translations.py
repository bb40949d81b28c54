# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Every language that Platter is said to speak is complete, and belongs to the sources as they are."""
import re
import subprocess

import pytest

from lab.platterctl import TOP

LANGUAGES = [line for line in (TOP / "po/LINGUAS").read_text().split("\n") if line and not line.startswith("#")]


def run(*command):
    done = subprocess.run(list(map(str, command)), cwd=TOP, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=120, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_is_complete(language, tmp_path):
    template = tmp_path / "platter.pot"
    run("xgettext", "--from-code=UTF-8", "--add-comments", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2",
        "--keyword=NC_:1c,2", "--keyword=g_dcgettext:2", "--keyword=g_dngettext:2,3", "--keyword=g_dpgettext2:2c,3",
        "--files-from=po/POTFILES", f"--output={template}")
    catalog = tmp_path / f"{language}.po"
    run("msgmerge", "--quiet", "--no-fuzzy-matching", f"--output-file={catalog}", f"po/{language}.po", template)
    said = run("msgfmt", "--check", "--statistics", f"--output-file={tmp_path / 'out.mo'}", catalog).stderr
    assert re.fullmatch(r"\d+ translated messages?\.\n", said), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_found(language):
    """Without its flag a text with a number of 64 bits is stored as it stands there, and never found: the program asks for
    what the number is called on this machine."""
    entries = (TOP / f"po/{language}.po").read_text().split("\n\n")
    numbers = [entry for entry in entries if "%<PRI" in entry]
    assert numbers
    assert [entry for entry in numbers if not re.search(r"^#,.*\bc-format\b", entry, re.M)] == []


def test_cut_off_is_not_cancelled():
    """What was cut off goes on; what was cancelled does not. In German, too."""
    entries = (TOP / "po/de.po").read_text().split("\n\n")
    texts = [(entry.partition("msgstr")[0], entry.partition("msgstr")[2]) for entry in entries]
    cut_off = [told for asked, told in texts if "cut off" in asked and "cancelled" not in asked]
    assert len(cut_off) > 3
    assert [told for told in cut_off if "abgebrochen" in told] == []
