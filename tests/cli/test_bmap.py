# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images with a bmap: only what it names is written, checked and compared."""
import hashlib
import os
import re
import shutil
import subprocess

import pytest

from lab import content, room as rooms
from lab.content import MIB

SIZE = 64 * MIB
BLOCK = 4096


def make_image(folder):
    """A file system with files in it, most of which is empty, and its bmap, by bmaptool."""
    files = folder / "files"
    files.mkdir()
    for number in range(12):
        (files / f"file-{number}").write_bytes(content.noise(150_000 + 7 * number, number))
    image = folder / "disk.img"
    with open(image, "wb") as out:
        out.truncate(SIZE)
    rooms.run("mkfs.ext4", "-q", "-F", "-d", files, image)
    rooms.run("bmaptool", "create", "-o", folder / "disk.bmap", image)
    return image


def ranges(bmap):
    """What it maps, in bytes."""
    found = re.findall(r"<Range[^>]*> (\d+)(?:-(\d+))? </Range>", bmap.read_text())
    return [(int(first) * BLOCK, (int(last or first) + 1) * BLOCK) for first, last in found]


def sign(bmap):
    """Puts its own checksum right again, after it was changed."""
    text = bmap.read_bytes()
    zeroed = re.sub(rb"(<BmapFileChecksum> )[0-9a-f]{64}", rb"\g<1>" + b"0" * 64, text)
    digest = hashlib.sha256(zeroed).hexdigest().encode()
    bmap.write_bytes(zeroed.replace(b"0" * 64, digest, 1))


@pytest.fixture(scope="module")
def made(room):
    return make_image(room.folder("bmap-made"))


@pytest.fixture
def image(room, made):
    """A copy of it that a test may change."""
    folder = room.folder(room.new("bmap").name)
    shutil.copy(made.with_suffix(".bmap"), folder)
    rooms.run("cp", "--sparse=always", made, folder)
    return folder / made.name


def check_written(target, image, bmap, old=b"\xa5"):
    """What is mapped is there, and no MiB that has nothing of it was touched, but the first and the last."""
    there = target.read(0, SIZE)
    data = image.read_bytes()
    mapped = ranges(bmap)
    assert len(mapped) > 5
    touched = {0, SIZE // MIB - 1}
    for start, end in mapped:
        assert there[start:end] == data[start:end]
        touched.update(range(start // MIB, (end - 1) // MIB + 1))
    assert len(touched) < SIZE // MIB // 2
    for block in set(range(SIZE // MIB)) - touched:
        assert there[block * MIB : (block + 1) * MIB] == old * MIB
    return len(touched) * MIB


@pytest.mark.parametrize("packing", [None, "xz", "gz", "zst"])
def test_written_as_bmaptool_does(platterctl, drives, image, packing):
    """The same as bmaptool writes, from a plain image and a packed one, onto a drive with old data."""
    bmap = image.with_suffix(".bmap")
    source = image
    if packing:
        tool = {"xz": "xz", "gz": "gzip", "zst": "zstd"}[packing]
        rooms.run(tool, "-1", "-q", "-k", image)
        source = image.with_name(f"{image.name}.{packing}")
    target = drives.make(SIZE + 3 * MIB, content.old(SIZE + 3 * MIB))
    other = drives.make(SIZE + 3 * MIB, content.old(SIZE + 3 * MIB))
    result = platterctl("write", "--yes", "--json", source, target)
    assert result.status == 0, result
    report = result.report
    assert report["outcome"] == "verified" and report["size"] == SIZE and report["source"]["parts"] is True
    written = check_written(target, image, bmap)
    assert report["left-out"] == SIZE - written
    assert report["targets"][0]["written"] == report["targets"][0]["verified"] == written
    assert bool(report["digests"]) == bool(packing), "a plain image is not read a second time for a digest"
    rooms.run("bmaptool", "copy", "--bmap", bmap, source, other)
    for start, end in ranges(bmap):
        assert target.read(start, end - start) == other.read(start, end - start)
    # What bmaptool wrote is as good, though all between is another.
    for drive in (target, other):
        compared = platterctl("verify", "--json", source, drive)
        assert compared.status == 0, compared
        assert compared.report["left-out"] == SIZE - sum(end - start for start, end in ranges(bmap))
    assert platterctl("verify", target, source).status == 0
    assert platterctl("verify", "--no-bmap", source, target).status == 4


def test_one_changed_byte_is_found(platterctl, drives, image):
    """A comparison sees a difference in what is mapped, and none beside it."""
    target = drives.make(SIZE, image.read_bytes())
    start, end = ranges(image.with_suffix(".bmap"))[3]
    for place, status in ((start, 4), (end - 1, 4), (end, 0)):
        with open(target.path, "r+b", buffering=0) as node:
            node.seek(place)
            byte = node.read(1)
            node.seek(place)
            node.write(bytes([byte[0] ^ 1]))
            os.fsync(node.fileno())
            assert platterctl("verify", image, target).status == status
            node.seek(place)
            node.write(byte)
            os.fsync(node.fileno())


def test_words(platterctl, drives, image):
    target = drives.make(SIZE, content.old(SIZE))
    info = platterctl("info", image)
    assert "Only the parts that disk.bmap names belong to the image" in info.stdout and "sha256" in info.stdout
    told = platterctl("info", "--json", image).lines[0]
    assert told["bmap"] == "disk.bmap"
    assert told["content-bytes"] == sum(end - start for start, end in ranges(image.with_suffix(".bmap")))
    report = image.with_name("report.html")
    written = platterctl("write", "--yes", "--report", report, image, target)
    assert written.status == 0, written
    assert "Only the parts that disk.bmap names" in written.stderr
    assert "All that was written to" in written.stdout and "Every byte" not in written.stdout
    assert "is not part of the image" in written.stdout
    assert "not part of the image" in report.read_text() and 'class="free"' in report.read_text()
    quiet = platterctl("write", "--yes", "--quiet", image, target)
    assert quiet.status == 0 and quiet.stdout == quiet.stderr == ""


def test_ignored_or_named(platterctl, drives, image, room):
    bmap = image.with_suffix(".bmap")
    elsewhere = room.new("other.bmap")
    shutil.move(bmap, elsewhere)
    target = drives.make(SIZE, content.old(SIZE))
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0 and "left-out" not in result.report
    assert target.read() == image.read_bytes()
    target = drives.make(SIZE, content.old(SIZE))
    result = platterctl("write", "--yes", "--json", "--bmap", elsewhere, image, target)
    assert result.status == 0, result
    assert result.report["left-out"] == SIZE - check_written(target, image, elsewhere)
    shutil.copy(elsewhere, bmap)
    result = platterctl("write", "--yes", "--json", "--no-bmap", image, target)
    assert result.status == 0 and "left-out" not in result.report
    assert target.read() == image.read_bytes()
    assert platterctl("write", "--yes", "--no-bmap", "--bmap", bmap, image, target).status == 2


def test_checksum_file_counts_too(platterctl, drives, image):
    """Beside a bmap, the whole image is still what its checksum file says."""
    (image.with_name("SHA256SUMS")).write_text(f"{hashlib.sha256(image.read_bytes()).hexdigest()}  disk.img\n")
    target = drives.make(SIZE, content.old(SIZE))
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert result.report["expected-matches"] is True and result.report["left-out"] > 0
    (image.with_name("SHA256SUMS")).write_text(f"{'0' * 64}  disk.img\n")
    result = platterctl("write", "--yes", image, target)
    assert result.status == 1 and "is not what it should be" in result.stderr
    assert target.read(0, 8) == b"Platter:"


@pytest.mark.parametrize("packing", [None, "xz"])
@pytest.mark.parametrize("which", [0, 4, -1])
def test_damaged_part(platterctl, drives, image, packing, which):
    """A part that is not what the bmap says is named, and the target has no first MiB that looks good."""
    start, end = ranges(image.with_suffix(".bmap"))[which]
    with open(image, "r+b") as out:
        out.seek(end - 1)
        byte = out.read(1)
        out.seek(end - 1)
        out.write(bytes([byte[0] ^ 0x10]))
    source = image
    if packing:
        rooms.run("xz", "-1", "-k", image)
        source = image.with_name("disk.img.xz")
    target = drives.make(SIZE, content.old(SIZE))
    result = platterctl("write", "--yes", source, target)
    assert result.status == 1, result
    assert f"its bytes {start} to {end - 1} have the sha256" in result.stderr
    assert target.read(0, 8) == b"Platter:"
    assert not any(target.read(SIZE - MIB + BLOCK, MIB - BLOCK)), "nothing of the image's end is there"


def test_of_another_size(platterctl, drives, image, room):
    bmap = image.with_suffix(".bmap")
    target = drives.make(SIZE, content.old(SIZE))
    with open(image, "ab") as out:
        out.write(bytes(BLOCK))
    result = platterctl("write", "--yes", image, target)
    assert result.status != 0
    assert f"disk.bmap is the bmap of an image of {SIZE} bytes, but disk.img has {SIZE + BLOCK}" in result.stderr
    assert "--no-bmap" in result.stderr
    assert target.read() == content.old(SIZE), "it is refused before anything is written"
    # Of a packed one that does not say how much it holds it shows on the way.
    for size in (SIZE + BLOCK, SIZE - BLOCK, SIZE - 20 * MIB):
        with open(image, "r+b") as out:
            out.truncate(size)
        rooms.run("bzip2", "-k", "-f", image)
        result = platterctl("write", "--yes", "--bmap", bmap, image.with_name("disk.img.bz2"), target)
        assert result.status == 1 and "its bmap" in result.stderr, result
        assert target.read(0, 8) == b"Platter:"
    # And of one that says it before anything is written.
    untouched = drives.make(SIZE, content.old(SIZE))
    rooms.run("xz", "-0", "-k", image)
    result = platterctl("write", "--yes", "--bmap", bmap, image.with_name("disk.img.xz"), untouched)
    assert result.status != 0 and "do not belong together" in result.stderr
    assert untouched.read() == content.old(SIZE)


DAMAGE = {
    "own checksum": (lambda text: text.replace(b"4096 ", b"8192 ", 1), False, "its own checksum"),
    "no XML": (lambda text: text.replace(b"</BlockMap>", b"</Blockmap>"), False, "Get it again"),
    "cut": (lambda text: text[: len(text) // 2], False, "Get it again"),
    "no range": (lambda text: re.sub(rb"<Range.*</Range>", b"", text), True, "something is missing"),
    "other order": (lambda text: re.sub(rb"(<Range[^>]*> )0-", rb"\g<1>8-", text), True, "blocks"),
    "beyond the end": (lambda text: re.sub(rb"-16383 <", b"-16384 <", text), True, "beyond the end"),
    "a checksum less": (lambda text: text.replace(b' chksum="', b' x="', 1), True, "unknown"),
    "no checksum": (lambda text: re.sub(rb' chksum="[0-9a-f]*"', b"", text, count=1), True, "no checksum"),
    "version": (lambda text: text.replace(b'version="2.0"', b'version="3.0"'), True, "only versions"),
    "kind": (lambda text: text.replace(b"> sha256 <", b"> sha257 <"), False, "checksum"),
    "definitions": (
        lambda text: text.replace(b"<bmap", b'<!DOCTYPE bmap [<!ENTITY a "12">]>\n<bmap'), True, "unknown"),
    "entity": (lambda text: text.replace(b"> 4096 <", b"> &a; <"), False, "Get it again"),
    "huge": (lambda text: text.replace(b"> %d <" % SIZE, b"> 99999999999999999999 <"), True, "number"),
    "block size": (lambda text: text.replace(b"> 4096 <", b"> 4095 <"), True, "sizes"),
    "deep": (lambda text: text.replace(b"<BlockMap>", b"<BlockMap>" + b"<a>" * 1000 + b"</a>" * 1000), True, "Get it again"),
    "counts": (lambda text: re.sub(rb"(MappedBlocksCount> )\d+", rb"\g<1>1", text), True, "number of blocks"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_bmap(platterctl, drives, image, kind):
    change, is_signed, why = DAMAGE[kind]
    bmap = image.with_suffix(".bmap")
    before = bmap.read_bytes()
    bmap.write_bytes(change(before))
    assert bmap.read_bytes() != before
    if is_signed:
        sign(bmap)
    target = drives.make(SIZE, content.old(SIZE))
    result = platterctl("write", "--yes", image, target)
    assert result.status != 0 and "disk.bmap is damaged" in result.stderr and why in result.stderr, result
    assert target.read() == content.old(SIZE), "it is refused before anything is written"
    assert platterctl("info", image).status != 0
    assert platterctl("info", "--no-bmap", image).status == 0


def test_without_checksums(platterctl, drives, image):
    bmap = image.with_suffix(".bmap")
    rooms.run("bmaptool", "create", "--no-checksum", "-o", bmap, image)
    target = drives.make(SIZE, content.old(SIZE))
    result = platterctl("write", "--yes", image, target)
    assert result.status == 0 and "has no checksums" in result.stderr, result
    check_written(target, image, bmap)


def test_old_version(platterctl, drives, image):
    """1.3 knew nothing but SHA-1, and called it so."""
    bmap = image.with_suffix(".bmap")
    data = image.read_bytes()
    body = "".join(
        f'<Range sha1="{hashlib.sha1(data[start:end]).hexdigest()}"> {start // BLOCK}-{end // BLOCK - 1} </Range>\n'
        for start, end in ranges(bmap))
    mapped = sum(end - start for start, end in ranges(bmap)) // BLOCK
    text = (f'<?xml version="1.0" ?>\n<bmap version="1.3">\n<ImageSize> {SIZE} </ImageSize>\n'
            f"<BlockSize> {BLOCK} </BlockSize>\n<BlocksCount> {SIZE // BLOCK} </BlocksCount>\n"
            f"<MappedBlocksCount> {mapped} </MappedBlocksCount>\n<BmapFileSHA1> {'0' * 40} </BmapFileSHA1>\n"
            f"<BlockMap>\n{body}</BlockMap>\n</bmap>\n")
    bmap.write_text(text.replace("0" * 40, hashlib.sha1(text.encode()).hexdigest()))
    target = drives.make(SIZE, content.old(SIZE))
    result = platterctl("write", "--yes", image, target)
    assert result.status == 0 and "sha1" in result.stderr, result
    check_written(target, image, bmap)
    rooms.run("bmaptool", "copy", "--bmap", bmap, image, target.path)


def test_not_resumed(platterctl, drives, image):
    """A job with a bmap that is cut off is begun anew: it is not offered to go on."""
    target = drives.make(SIZE, content.old(SIZE))
    with open(image, "r+b") as out:
        out.seek(ranges(image.with_suffix(".bmap"))[-1][0])
        out.write(b"x")
    result = platterctl("write", "--yes", image, target)
    assert result.status == 1 and "jobs resume" not in result.stderr


@pytest.fixture(scope="module")
def releases(room):
    """A small image packed in ways that do not tell its size, its bmap, and one of an older and larger release."""
    folder = room.folder("bmap-releases")
    for name, size in (("old", 16 * MIB), ("new", 5 * MIB)):
        (folder / name).write_bytes(content.noise(size, size))
        rooms.run("bmaptool", "create", "-o", folder / f"{name}.bmap", folder / name)
    return folder


def lay_beside(releases, folder, packing, ending, bmap):
    """The new image, packed, with one of the bmaps beside it."""
    image = folder / f"x.img.{ending}"
    image.write_bytes(subprocess.run([packing, "-c", releases / "new"], capture_output=True, check=True).stdout)
    shutil.copy(releases / f"{bmap}.bmap", folder / "x.img.bmap")
    return image


def test_one_that_is_named_instead(platterctl, drives, room, releases):
    """The one beside it is of an older release; that says nothing any more of how large the image is."""
    image = lay_beside(releases, room.folder(room.new("bmap").name), "bzip2", "bz2", "old")
    right = releases / "new.bmap"
    told = platterctl("info", "--json", "--bmap", right, image)
    assert told.status == 0, told
    assert (told.lines[0]["size"], told.lines[0]["bmap"]) == (5 * MIB, "new.bmap")
    target = drives.make(8 * MIB, content.old(8 * MIB))
    result = platterctl("write", "--yes", "--bmap", right, image, target)
    assert result.status == 0, result
    assert target.read(0, 5 * MIB) == (releases / "new").read_bytes()


@pytest.mark.parametrize("packing, ending", [("bzip2", "bz2"), ("gzip", "gz")])
def test_one_that_is_left_out_tells_no_size(platterctl, drives, room, releases, packing, ending):
    image = lay_beside(releases, room.folder(room.new("bmap").name), packing, ending, "old")
    said = platterctl("info", "--no-bmap", image)
    assert said.status == 0 and "16.8 MB" not in said.stdout, said
    told = platterctl("info", "--json", "--no-bmap", image).lines[0]
    assert told.get("size", 5 * MIB) == 5 * MIB and "bmap" not in told
    target = drives.make(8 * MIB, content.old(8 * MIB))
    result = platterctl("write", "--yes", "--no-bmap", image, target)
    assert result.status == 0, result
    assert target.read(0, 5 * MIB) == (releases / "new").read_bytes()


def test_converted_whatever_a_bmap_says(platterctl, room, releases):
    """Nothing of a bmap counts for what is converted, nor does its size, which a disk would get."""
    folder = room.folder(room.new("bmap").name)
    image = lay_beside(releases, folder, "bzip2", "bz2", "old")
    result = platterctl("convert", image, folder / "z.img")
    assert result.status == 0, result
    assert (folder / "z.img").read_bytes() == (releases / "new").read_bytes()
    result = platterctl("convert", image, folder / "z.qcow2")
    assert result.status != 0 and "needs its size from the start" in result.stderr, result
