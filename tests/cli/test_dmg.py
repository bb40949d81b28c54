# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Apple disk images: what is in them reaches the drive, and what is wrong in them is never called verified."""
import hashlib

import pytest

from lab import content, discs, dmg
from lab.content import MIB

SIZE = 3 * MIB + 512
KINDS = {"raw": [dmg.RAW], "zlib": [dmg.ZLIB], "bzip2": [dmg.BZIP2], "xz": [dmg.XZ], "all": [dmg.RAW, dmg.ZLIB, dmg.BZIP2, dmg.XZ]}


def disk():
    """A file system that is recognised, something behind it, and a MiB of zeros, some of which no check sum is of."""
    iso = discs.iso()
    return (iso + bytes(MIB) + content.noise(SIZE))[:SIZE]


@pytest.fixture
def folder(room):
    made = room.folder("dmg")
    made.chmod(0o755)
    return made


def put(folder, data, name="disk.dmg"):
    path = folder / name
    path.write_bytes(data)
    return path


def test_write(platterctl, folder, drives):
    data = dmg.make(disk(), KINDS["all"])
    target = drives.make(4 * MIB, content.old(4 * MIB))
    image = put(folder, data)
    put(folder, f"{hashlib.sha256(data).hexdigest()}  disk.dmg\n".encode(), "SHA256SUMS")
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["digests"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert target.read(0, SIZE) == disk()
    assert platterctl("verify", image, target).status == 0
    told = platterctl("info", image)
    assert "Apple disk image" in told.stdout and "PLATTER_CD" in told.stdout, told


@pytest.mark.parametrize("kind", KINDS)
def test_convert(platterctl, folder, kind):
    result = platterctl("convert", put(folder, dmg.make(disk(), KINDS[kind])), folder / "out.img")
    assert result.status == 0, result
    assert (folder / "out.img").read_bytes() == disk()


def test_damaged(platterctl, folder, drives):
    """A bit of a chunk that is packed in no way: only the check sum of its table tells."""
    data = bytearray(dmg.make(disk(), [dmg.RAW]))
    data[len(discs.iso()) + 300000] ^= 1
    target = drives.make(4 * MIB, content.old(4 * MIB))
    before = target.read(0, 512)
    result = platterctl("write", "--yes", put(folder, data), target)
    assert result.status == 1 and "check sum" in result.stderr, result
    assert target.read(0, 512) == before or b"not finished" in target.read(0, 512)


def with_entry(new):
    """The second table's last chunk is another."""
    def change(tables):
        start, sectors, entries, checksum = tables[1]
        return [tables[0], (start, sectors, [*entries[:-1], new], checksum)]
    return change


def nested(depth):
    """Elements that nobody knows in the list, one in another."""
    return lambda plist: plist.replace(b"<dict>", b"<dict>" + b"<a>" * depth + b"</a>" * depth, 1)


ENTRY = dmg.entry(dmg.RAW, 0, 1, 0, 512)
BROKEN = {
    "cut": (lambda: dmg.make(disk())[1000:], "damaged"),
    "overlap": (lambda: dmg.make(disk(), change=with_entry(ENTRY)), "damaged or cut off"),
    "huge": (lambda: dmg.make(disk(), change=with_entry(dmg.entry(dmg.RAW, 1 << 62, 1 << 63, 1 << 63, 1 << 63))), "damaged or cut off"),
    "gap": (lambda: dmg.make(disk(), change=lambda tables: tables[1:]), "damaged or cut off"),
    "lzfse": (lambda: dmg.make(disk(), [dmg.LZFSE]), "packed with LZFSE"),
    "adc": (lambda: dmg.make(disk(), [dmg.ADC]), "packed with ADC"),
    "segments": (lambda: dmg.make(disk(), segments=3), "several segments"),
    "encrypted": (lambda: b"encrcdsa" + bytes(8192), "encrypted"),
    "list": (lambda: dmg.make(disk()).replace(b"</plist>", b"</pl<st>"), "damaged or cut off"),
    "deep": (lambda: dmg.make(disk(), edit=nested(40)), "damaged or cut off"),
    "end": (lambda: dmg.make(disk())[:-1], "damaged or cut off"),
    "more": (lambda: dmg.make(disk()) + b"x", "damaged or cut off"),
    "first": (lambda: bytes(64) + dmg.make(disk())[64:], "cannot be unpacked"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_refused(platterctl, folder, case):
    make, words = BROKEN[case]
    result = platterctl("info", put(folder, make()))
    assert result.status != 0 and words in result.stderr and "disk.dmg" in result.stderr, result


def test_what_is_not_known_of_a_list_is_passed_over(platterctl, folder):
    result = platterctl("info", put(folder, dmg.make(disk(), edit=nested(20))))
    assert result.status == 0, result
