# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images of CDs: a drive gets the user data of the track of data, and nothing else; a damaged sector is never called verified."""
import hashlib

import pytest

from lab import content, discs
from lab.content import MIB

DRIVE = 2 * MIB


@pytest.fixture
def folder(room):
    made = room.folder("discs")
    made.chmod(0o755)
    return made


@pytest.fixture
def target(drives):
    return drives.make(DRIVE, content.old(DRIVE))


def put(folder, name, data):
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def sheet(*tracks, name="cd.bin", end="\n"):
    """@tracks: (mode, first sector)"""
    lines = [f'FILE "{name}" BINARY']
    for number, (mode, start) in enumerate(tracks, 1):
        lines += [f"  TRACK {number:02} {mode}", f"    INDEX 01 {discs.time(start)}"]
    return end.join(lines) + end


def n_sectors():
    return len(discs.iso()) // discs.USER


def test_write(platterctl, folder, target):
    """A track of data, and sound behind it: the digest that is told is that of the file."""
    iso = discs.iso()
    data = discs.track(iso) + 300 * discs.SOUND
    put(folder, "cd.bin", data)
    put(folder, "SHA256SUMS", f"{hashlib.sha256(data).hexdigest()}  cd.bin\n")
    cue = put(folder, "cd.cue", sheet(("MODE1/2352", 0), ("AUDIO", n_sectors()), ("AUDIO", n_sectors() + 150)))
    result = platterctl("write", "--yes", "--json", cue, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["digests"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert target.read(0, len(iso)) == iso
    assert platterctl("verify", cue, target).status == 0
    told = platterctl("info", cue)
    assert "data track 1 of 3, 2 audio tracks are left out" in told.stdout and "PLATTER_CD" in told.stdout, told


LAYOUTS = {
    "2048": ("MODE1/2048", discs.plain),
    "2336": ("MODE2/2336", discs.mode2_bare),
    "2352": ("MODE2/2352", discs.mode2),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_convert(platterctl, folder, layout):
    """Each kind of sectors, behind a track of sound in the same file."""
    mode, make = LAYOUTS[layout]
    put(folder, "cd.bin", 10 * discs.SOUND + discs.track(discs.iso(), make))
    cue = put(folder, "cd.cue", sheet(("AUDIO", 0), (mode, 10), end="\r\n"))
    result = platterctl("convert", cue, folder / "cd.img")
    assert result.status == 0, result
    assert (folder / "cd.img").read_bytes() == discs.iso()


IMAGES = {
    "raw.bin": lambda: discs.track(discs.iso()),
    "sub.mdf": lambda: discs.track(discs.iso(), subchannels=True),
    "mode2.bin": lambda: discs.track(discs.iso(), discs.mode2),
    "bare.bin": lambda: discs.track(discs.iso(), discs.mode2_bare),
    "two.nrg": lambda: discs.nrg([(7, 2352, 5 * discs.SOUND), (5, 2352, discs.track(discs.iso()))]),
    "one.nrg": lambda: discs.nrg([(0, 2048, discs.iso())], wide=False),
    "track.nrg": lambda: discs.nrg([(3, 2336, discs.track(discs.iso(), discs.mode2_bare))], by_track=True),
    "old.nrg": lambda: discs.nrg([(0xF, 2448, discs.track(discs.iso(), subchannels=True))], wide=False, by_track=True),
}


@pytest.mark.parametrize("name", IMAGES)
def test_one_file(platterctl, folder, name):
    image = put(folder, name, IMAGES[name]())
    result = platterctl("convert", image, folder / "cd.img")
    assert result.status == 0, result
    assert (folder / "cd.img").read_bytes() == discs.iso()


def test_mds(platterctl, folder):
    put(folder, "cd.mdf", 3 * discs.SOUND + discs.track(discs.iso()))
    table = discs.mds([(0xA9, 0, 2352, 0, 3), (0xAA, 0, 2352, 3 * 2352, n_sectors())])
    for image in put(folder, "cd.mds", table), folder / "cd.mds":
        result = platterctl("convert", "--force", image, folder / "out.img")
        assert result.status == 0, result
        assert (folder / "out.img").read_bytes() == discs.iso()


def test_names(platterctl, folder):
    """Another case, a mark and a name without quotes; and the .bin chosen in place of its sheet."""
    image = put(folder, "My Disc.BIN", discs.track(discs.iso()) + 4 * discs.SOUND)
    text = sheet(("MODE1/2352", 0), ("AUDIO", n_sectors()), name="my disc.bin").replace('"', "")
    cue = put(folder, "My Disc.cue", b"\xef\xbb\xbf" + text.encode())
    for chosen in cue, image:
        result = platterctl("convert", "--force", chosen, folder / "out.img")
        assert result.status == 0, result
        assert (folder / "out.img").read_bytes() == discs.iso()
    cue.write_bytes(text.encode("utf-16"))
    assert platterctl("info", cue).status == 0


def damaged(at):
    data = bytearray(discs.track(discs.iso()))
    data[at] ^= 4
    return bytes(data)


def test_damaged(platterctl, folder, target):
    """One bit of what a drive would get, far behind what is looked at first."""
    put(folder, "cd.bin", damaged(80 * discs.RAW + 500))
    cue = put(folder, "cd.cue", sheet(("MODE1/2352", 0)))
    before = target.read(0, 512)
    result = platterctl("write", "--yes", "--json", cue, target)
    assert result.status == 1, result
    assert "sector 80 of its track" in result.stderr and "error detection code" in result.stderr, result
    assert target.read(0, 512) in (before, bytes(512))


REFUSED = {
    "missing": (None, sheet(("MODE1/2352", 0)), "cd.bin is missing"),
    "outside": (b"", sheet(("MODE1/2352", 0), name="../cd.bin"), "another folder"),
    "sound": (b"", sheet(("AUDIO", 0)), "nothing but sound"),
    "none": (b"", "REM nothing\n", "no track"),
    "line": (b"", sheet(("MODE1/2352", 0)).replace("00:00:00", "00:77:00"), "line 3 makes no sense"),
    "mode": (b"", sheet(("MODE7/2352", 0)), "not known"),
    "form2": (b"", sheet(("MODE2/2324", 0)), "video or sound"),
    "short": (5 * discs.SOUND, sheet(("MODE1/2352", 0), ("AUDIO", 6)), "cut off"),
    "odd": (discs.SOUND[:-1], sheet(("MODE1/2352", 0)), "cut off"),
    "video": (discs.form2(0), sheet(("MODE2/2352", 0)), "form 2"),
    "no-data": (discs.SOUND, sheet(("MODE1/2352", 0)), "no sector of data"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(platterctl, folder, case):
    data, text, words = REFUSED[case]
    if data is not None:
        put(folder, "cd.bin", data)
    result = platterctl("info", put(folder, "cd.cue", text))
    assert result.status in (1, 3), result
    assert words in result.stderr and "cd." in result.stderr, result


def test_other_damage(platterctl, folder):
    assert "cut off" in platterctl("info", put(folder, "a.nrg", discs.nrg([(0, 2048, discs.iso())])[:-30] + b"NER5" + bytes(8))).stderr
    assert "cut off" in platterctl("info", put(folder, "a.bin", discs.track(discs.iso())[:-7])).stderr
    put(folder, "b.mdf", discs.SOUND)
    several = bytearray(discs.mds([(0xAA, 0, 2352, 0, 1)]))
    several[88 + 24 + 48] = 2
    assert "in several files" in platterctl("info", put(folder, "s.mds", bytes(several))).stderr
    assert "another folder" in platterctl("info", put(folder, "b.mds", discs.mds([(0xAA, 0, 2352, 0, 1)], name="/etc/passwd"))).stderr
