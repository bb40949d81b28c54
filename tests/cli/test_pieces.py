# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images that split(1) or another tool has cut into files: read as one, and never taken for whole when they are not."""
import bz2
import gzip
import hashlib
import io
import lzma
import os
import resource
import signal
import zipfile

import pytest

from lab import content, room as rooms
from lab.content import MIB

DATA = content.mixed(7 * MIB + 1024)
PIECE = 1500 * 1024
# More than pipe and worker take in before anything is written.
LARGE = content.noise(40 * MIB)
NUMBERS = ["--numeric-suffixes=1", "--suffix-length=3"]
FROM_ZERO = ["--numeric-suffixes", "--suffix-length=3"]
LETTERS = ["--suffix-length=2"]
# Whatever else split(1) may call them.
ROWS = {
    "numbers": NUMBERS, "from zero": FROM_ZERO, "letters": LETTERS, "two digits": ["-d"],
    "two digits from one": ["--numeric-suffixes=1"], "four digits": ["-d", "-a4"],
    "four digits from one": ["--numeric-suffixes=1", "-a4"], "three letters": ["-a3"],
}


@pytest.fixture
def pieces(room):
    def make(data=DATA, how=NUMBERS, piece=PIECE):
        folder = room.folder("pieces")
        (folder / "whole").write_bytes(data)
        rooms.run("split", f"--bytes={piece}", *how, folder / "whole", f"{folder}/disk.img.")
        (folder / "whole").unlink()
        folder.chmod(0o755)
        return sorted(folder.iterdir())

    return make


@pytest.fixture
def target(drives):
    return drives.make(8 * MIB, content.old(8 * MIB))


@pytest.mark.parametrize("how", ROWS.values(), ids=ROWS)
def test_write(platterctl, pieces, target, how):
    first, *_ = pieces(how=how)
    result = platterctl("write", "--yes", "--json", first, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["source"]["name"] == "disk.img"
    assert result.report["digests"]["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert target.read(0, len(DATA)) == DATA


def test_info_and_verify(platterctl, pieces, drives):
    first, *_ = pieces()
    (told,) = platterctl("info", "--json", first).lines
    assert (told["name"], told["file-size"]) == ("disk.img", len(DATA))
    drive = drives.make(len(DATA), DATA)
    assert platterctl("verify", first, drive).status == 0


def cut(path):
    os.truncate(path, PIECE - 512)


@pytest.mark.parametrize("spoil,choose,words", [
    (lambda files: files[2].unlink(), 0, "disk.img.003 is missing"),
    (lambda files: files[1].unlink(), 0, "disk.img.002 is missing"), (lambda files: cut(files[1]), 0, "disk.img.002 has another size"),
    (lambda files: None, 1, "the first one, disk.img.001"),
], ids=["missing", "second missing", "short", "second"])
def test_refused(platterctl, pieces, target, spoil, choose, words):
    files = pieces()
    spoil(files)
    result = platterctl("write", "--yes", files[choose], target)
    assert result.status == 3, result
    assert words in result.stderr
    assert target.read() == content.old(8 * MIB)


@pytest.mark.parametrize("how,second,last", [
    (["-d"], ".01", ".9009"), (["-d", "-a2"], ".01", ".99"), (["-x"], ".0a", ".63"), (["-a3"], ".aab", ".adv"), (["-x", "-a4"], ".000f", ".0063"),
], ids=["two digits become four", "all of two digits", "hexadecimal", "three letters", "four hexadecimal"])
def test_many(platterctl, pieces, how, second, last):
    """What they are called goes on in a way that only their first ones tell."""
    data = content.noise(99 * 4096 + 512)
    first, *rest = pieces(data, how, 4096)
    assert str(rest[-1]).endswith(last)
    (told,) = platterctl("info", "--json", first).lines
    assert (told["name"], told["file-size"]) == ("disk.img", len(data))
    for other in (f"{first.parent}/disk.img{second}", rest[-1]):
        result = platterctl("info", other)
        assert result.status == 3 and f"the first one, {first.name}" in result.stderr, result
    rest[50].unlink()
    result = platterctl("info", first)
    assert result.status == 3 and f"{rest[50].name} is missing" in result.stderr, result


def test_as_many_as_are_promised(platterctl, pieces, drives):
    """Each takes two descriptors, and of those a process has 1024 unless it asks for more."""
    data = content.noise(510 * 4096 + 512)
    first, *rest = pieces(data, NUMBERS, 4096)
    assert len(rest) == 510
    target = drives.make(4 * MIB, content.old(4 * MIB))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, limits[1]))
    process = platterctl.start_in_background("write", "--yes", first, target)
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    result = platterctl.wait(process)
    assert result.status == 0, result
    assert target.read(0, len(data)) == data


def test_links_to_pieces(platterctl, pieces, target, room):
    """They may lie somewhere else, as an image in one file may."""
    files, folder = pieces(), room.folder("links")
    for file in files:
        (folder / file.name).symlink_to(file)
    result = platterctl("write", "--yes", folder / files[0].name, target)
    assert result.status == 0, result
    assert target.read(0, len(DATA)) == DATA
    before = files[1].read_bytes()
    result = platterctl("convert", "--force", "--split", "1M", folder / files[0].name, files[0].with_suffix(""))
    assert result.status == 3 and "is the image that is read" in result.stderr, result
    assert files[1].read_bytes() == before
    (folder / files[1].name).unlink()
    (folder / files[1].name).symlink_to("/dev/null")
    result = platterctl("info", folder / files[0].name)
    assert result.status == 3 and f"{files[1].name} is missing" in result.stderr, result


@pytest.mark.parametrize("name", ["image.10", "image.01", "image.00", "image.2024", "image.abc", "image.0001", "image.ab"])
def test_a_file_by_itself(platterctl, room, name):
    path = room.folder("alone") / name
    path.write_bytes(content.noise(MIB))
    if name == "image.10":
        (path.parent / "image.09").write_bytes(content.noise(MIB))
    (told,) = platterctl("info", "--json", path).lines
    assert (told["name"], told["size"]) == (name, MIB)


def test_the_second_of_those_from_zero(platterctl, pieces, target):
    """It is called as the first one of others is."""
    files = pieces(how=FROM_ZERO)
    result = platterctl("write", "--yes", files[1], target)
    assert result.status == 3 and "the first one, disk.img.000" in result.stderr, result
    assert target.read() == content.old(8 * MIB)


@pytest.fixture
def made(platterctl, room):
    """An image that Platter has made in pieces, with what it puts beside them."""
    def make(size):
        folder = room.folder("made")
        source = room.folder("source") / "whole.img"
        source.write_bytes(DATA)
        assert platterctl("convert", "--split", size, source, folder / "disk.img").status == 0
        return folder

    return make


@pytest.mark.parametrize("gone,choose,status,words", [
    (["002", "003", "sha256"], "001", 3, "disk.img.002 is missing: disk.img.json says that the image is split into 3"),
    (["003", "sha256"], "001", 3, "disk.img.003 is missing"), (["001", "sha256"], "002", 3, "disk.img.001 is missing"),
    (["002", "003", "json"], "001", 1, "disk.img.sha256"),
], ids=["only the first", "without the last", "without the first", "only the first, and its digest"])
def test_not_all_of_them(platterctl, made, target, gone, choose, status, words):
    """What is there looks whole by itself; only what lies beside it tells that it is not."""
    folder = made("3M")
    for ending in gone:
        (folder / f"disk.img.{ending}").unlink()
    result = platterctl("write", "--yes", folder / f"disk.img.{choose}", target)
    assert result.status == status and words in result.stderr, result
    assert "Verified" not in result.stdout and target.read(0, MIB) != DATA[:MIB], result


def test_some_that_do_not_belong_to_it(platterctl, made, target):
    folder = made("3M")
    os.truncate(folder / "disk.img.003", MIB)
    (folder / "disk.img.sha256").unlink()
    result = platterctl("write", "--yes", folder / "disk.img.001", target)
    assert result.status == 3 and f"have {7 * MIB} bytes, but disk.img.json says {len(DATA)}" in result.stderr, result


@pytest.mark.parametrize("of", ["the document", "the digest"])
def test_the_only_one(platterctl, made, target, of):
    """Its files are named after the whole."""
    folder = made("64M")
    only = folder / "disk.img.001"
    good = platterctl("write", "--yes", "--json", only, target)
    assert good.status == 0 and good.report["expected-matches"] is True, good
    if of == "the document":
        (folder / "disk.img.sha256").unlink()
        os.truncate(only, 2 * MIB)
    else:
        with open(only, "r+b") as file:
            file.seek(5 * MIB)
            file.write(b"damaged")
    result = platterctl("write", "--yes", only, target)
    assert result.status == (3 if of == "the document" else 1) and "Verified" not in result.stdout, result


def test_what_lies_beside_is_of_another(platterctl, made, pieces, target):
    """A file that has the whole's name is what its document and its digest are of."""
    folder = made("64M")
    (folder / "disk.img.001").rename(folder / "disk.img")
    (folder / "disk.img.json").write_text((folder / "disk.img.json").read_text().replace("disk.img.001", "disk.img"))
    (folder / "disk.img.sha256").write_text(hashlib.sha256(DATA).hexdigest())
    older = folder / "disk.img.001"
    older.write_bytes(DATA[: 2 * MIB])
    assert platterctl("write", "--yes", older, target).status == 0


@pytest.mark.parametrize("text", [
    "", "{", "[]", '{"format": "platter-image", "version": 2, "image": {"pieces": 9}}',
    '{"format": 1, "version": "x", "image": []}', '{"format": "platter-image", "version": 1, "image": {"pieces": -1, "size-bytes": 1e9}}',
], ids=["empty", "cut off", "array", "a later version", "other types", "other numbers"])
def test_other_documents(platterctl, pieces, target, text):
    first, *_ = pieces()
    (first.parent / "disk.img.json").write_text(text)
    assert platterctl("write", "--yes", first, target).status == 0


def test_pieces_on_the_target_are_kept(platterctl_on_bus, bus, drives, room):
    """They are held open, so that the file system that they lie on is not unmounted for the target."""
    bus.polkit.answer("yes")
    target = drives.make(64 * MIB)
    rooms.run("mkfs.ext4", "-q", target.path)
    bus.udisks_block(target.path)
    point = room.folder("mount")
    rooms.run("mount", target.path, point)
    try:
        (point / "whole").write_bytes(DATA)
        rooms.run("split", f"--bytes={PIECE}", *NUMBERS, point / "whole", f"{point}/disk.img.")
        for more in ([], ["--unmount"]):
            result = platterctl_on_bus("write", "--yes", *more, point / "disk.img.001", target)
            assert result.status == 3, result
        assert os.path.ismount(point)
        assert b"".join(path.read_bytes() for path in sorted(point.glob("disk.img.*"))) == DATA
    finally:
        rooms.run("umount", point)


@pytest.mark.parametrize("pack", [lzma.compress, gzip.compress, bz2.compress], ids=["xz", "gz", "bz2"])
def test_packed(platterctl, pieces, target, pack):
    """Unpacked as they come, and it is known what the whole of it should be."""
    data = content.noise(4 * MIB)
    packed = pack(data)
    first, *rest = pieces(packed)
    digest = hashlib.sha256(packed).hexdigest()
    (first.parent / "disk.img.sha256").write_text(f"{digest}  disk.img\n")
    result = platterctl("write", "--yes", "--json", first, target)
    assert result.status == 0, result
    assert (result.report["outcome"], result.report["expected-matches"]) == ("verified", True), result
    assert target.read(0, len(data)) == data
    with open(rest[0], "r+b") as file:
        file.seek(PIECE // 2)
        file.write(b"damaged")
    spoilt = platterctl("write", "--yes", first, target)
    assert spoilt.status == 1 and "Verified" not in spoilt.stdout, spoilt


def test_archives_are_refused(platterctl, pieces, target):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("disk.img", content.noise(4 * MIB))
    first, *_ = pieces(packed.getvalue())
    result = platterctl("write", "--yes", first, target)
    assert result.status == 3, result
    assert "Join them" in result.stderr
    assert target.read() == content.old(8 * MIB)


def test_too_small(platterctl, pieces, drives):
    first, *_ = pieces()
    small = drives.make(7 * MIB, content.old(7 * MIB))
    result = platterctl("write", "--yes", first, small)
    assert result.status in (1, 3), result
    assert small.read() == content.old(7 * MIB)


def test_one_gets_shorter_meanwhile(platterctl, pieces, faulty):
    """What does not come is not taken for the end."""
    *files, last = pieces(LARGE)
    slow = faulty.make(40 * MIB, content.old(40 * MIB), write_delay=300)
    process = platterctl.start_in_background("write", "--yes", "--json", files[0], slow)
    slow.wait_for("w", 0, process)
    os.truncate(last, 1)
    result = platterctl.wait(process)
    assert result.status == 1, result
    assert slow.stored(0, MIB) != LARGE[:MIB]


@pytest.mark.parametrize("which", [0, -1], ids=["the first", "the last"])
def test_one_is_changed_meanwhile(platterctl, pieces, faulty, which):
    """Also one that was read already: what was sent is of no single moment."""
    files = pieces(LARGE)
    slow = faulty.make(40 * MIB, content.old(40 * MIB), write_delay=300)
    process = platterctl.start_in_background("write", "--yes", "--json", files[0], slow)
    slow.wait_for("w", 0, process)
    with open(files[which], "r+b") as file:
        file.write(content.old(512))
    result = platterctl.wait(process)
    assert result.status == 1 and result.report["outcome"] == "failed", result
    assert slow.stored(0, MIB) != LARGE[:MIB]


def test_the_client_is_killed(platterctl_on_bus, pieces, faulty, callers, bus):
    """Nobody is left who could send the rest: the job fails, and does not call the beginning the whole."""
    bus.polkit.answer("yes")
    first, *_ = pieces(LARGE)
    slow = faulty.make(40 * MIB, content.old(40 * MIB), write_delay=300)
    process = platterctl_on_bus.start_in_background("write", "--yes", "--json", first, slow)
    slow.wait_for("w", 2 * MIB, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    caller = callers()
    (job,) = caller.jobs()
    report = caller.report(job)
    assert report["outcome"] == "failed", report
    assert slow.stored(0, MIB) != LARGE[:MIB]
