# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What comes through standard input: in whatever pieces, once, and to an end that nobody knew before."""
import bz2
import gzip
import hashlib
import io
import lzma
import os
import signal
import subprocess
import tarfile
import threading
import zipfile

import pytest

from lab import content, room as rooms
from lab.content import MIB

SIZE = 8 * MIB
DATA = content.mixed(5 * MIB + 1536)


def archive(name):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") if name == "zip" else tarfile.open(fileobj=file, mode="w") as made:
        if name == "zip":
            made.writestr("x.img", DATA)
        else:
            info = tarfile.TarInfo("x.img")
            info.size = len(DATA)
            made.addfile(info, io.BytesIO(DATA))
    return file.getvalue()


@pytest.fixture
def pipe():
    """Makes a pipe and fills it on a thread, in `pieces` bytes at a time; returns the end to be read from."""
    ends, threads = [], []

    def fill(end, data, pieces):
        with open(end, "wb", buffering=0) as file:
            try:
                for start in range(0, len(data), pieces):
                    file.write(data[start:start + pieces])
            except BrokenPipeError:
                pass

    def make(data, pieces=60000):
        there, here = os.pipe()
        thread = threading.Thread(target=fill, args=(here, data, pieces), daemon=True)
        thread.start()
        threads.append(thread)
        ends.append(there)
        return there

    yield make
    for end in ends:
        os.close(end)
    for thread in threads:
        thread.join(60)


@pytest.fixture
def target(drives):
    return drives.make(SIZE, content.old(SIZE))


@pytest.mark.parametrize("pieces", [777, 60000])
def test_write(platterctl, drives, target, pipe, pieces):
    other = drives.make(SIZE, content.old(SIZE), sector_size=4096)
    result = platterctl("write", "--yes", "--json", "-", target, other, stdin=pipe(DATA, pieces))
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["digests"]["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert result.report["size"] == len(DATA)
    for drive in (target, other):
        assert drive.read(0, len(DATA)) == DATA
        assert drive.read(6 * MIB, MIB) == content.old(MIB)


PACKERS = {
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "zst": lambda data: subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout,
    "frames": lambda data: PACKERS["zst"](data[:MIB]) + PACKERS["zst"](data[MIB:]),
    "members": lambda data: gzip.compress(data[:MIB]) + gzip.compress(data[MIB:]),
}


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("pieces", [777, 60000])
def test_packed(platterctl, target, pipe, packer, pieces):
    packed = PACKERS[packer](DATA)
    result = platterctl("write", "--yes", "--json", "--sha256", "-", target, stdin=pipe(packed, pieces))
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["size"] == len(DATA)
    assert result.report["digests"]["sha256"] == hashlib.sha256(packed).hexdigest()
    assert target.read(0, len(DATA)) == DATA
    assert target.read(6 * MIB, MIB) == content.old(MIB)


@pytest.mark.parametrize("first", [1, 4])
def test_packed_and_slow_to_begin(platterctl, target, first):
    """What it is shows in more than the first write: lbzip2's has four bytes."""
    packed = bz2.compress(DATA)
    there, here = os.pipe()
    with open(here, "wb", buffering=0) as file:
        file.write(packed[:first])
        process = platterctl.start_in_background("write", "--yes", "--json", "-", target, stdin=there)
        os.close(there)
        # Long enough for whoever takes the first write for all to come: it would have begun.
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        for start in range(first, 600):
            file.write(packed[start:start + 1])
        file.write(packed[600:])
    result = platterctl.wait(process)
    assert result.status == 0, result
    assert result.report["size"] == len(DATA)
    assert target.read(0, len(DATA)) == DATA


def test_small_and_slow(platterctl, drives):
    """Less than what tells a format, and then the end."""
    drive = drives.make(MIB, bytes(100) + content.old(MIB - 100))
    there, here = os.pipe()
    os.write(here, bytes(50))
    process = platterctl.start_in_background("verify", "--json", "-", drive, stdin=there)
    os.close(there)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    os.write(here, bytes(50))
    os.close(here)
    result = platterctl.wait(process)
    assert result.status == 0 and result.report["size"] == 100, result


def test_parts_that_fill_the_pipe(platterctl, target):
    """Each takes a place of its own, and there are not enough for the head."""
    there, here = os.pipe2(os.O_DIRECT | os.O_NONBLOCK)
    os.set_blocking(there, True)
    with pytest.raises(BlockingIOError):
        for byte in bz2.compress(DATA)[:512]:
            os.write(here, bytes([byte]))
    process = platterctl.start_in_background("write", "--yes", "-", target, stdin=there)
    process.wait(30)
    os.close(here)
    os.close(there)
    result = platterctl.wait(process)
    assert result.status == 3 and "such small parts" in result.stderr, result
    assert target.read() == content.old(SIZE)


@pytest.mark.parametrize("packer", ["xz", "gz", "bz2", "zst"])
@pytest.mark.parametrize("cut", [40, 3 * MIB // 2])
def test_packed_and_cut_off(platterctl, target, pipe, packer, cut):
    data = content.noise(4 * MIB, seed=7)
    result = platterctl("write", "--yes", "--json", "-", target, stdin=pipe(PACKERS[packer](data)[:cut]))
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == "decode"
    assert "is incomplete" in result.stderr
    assert target.read(0, MIB) != data[:MIB]


@pytest.mark.parametrize("inner", ["tar", "gz"])
def test_packed_twice(platterctl, target, pipe, inner):
    data = lzma.compress(archive("tar") if inner == "tar" else gzip.compress(DATA))
    result = platterctl("write", "--yes", "--json", "-", target, stdin=pipe(data))
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == "unsupported"
    assert ("a tar archive" if inner == "tar" else "packed once more, with gzip") in result.stderr
    assert target.read(MIB, SIZE - 2 * MIB) == content.old(SIZE - 2 * MIB)


def test_packed_and_verified(platterctl, drives, pipe):
    drive = drives.make(len(DATA), DATA)
    result = platterctl("verify", "--json", "-", drive, stdin=pipe(lzma.compress(DATA)))
    assert result.status == 0, result
    other = bytearray(DATA)
    other[3 * MIB + 5] ^= 1
    result = platterctl("verify", "--json", "-", drive, stdin=pipe(gzip.compress(other)))
    assert result.status == 4, result
    assert [mismatch["offset"] for mismatch in result.report["targets"][0]["mismatches"]] == [3 * MIB + 5]


def test_too_large(platterctl, drives, pipe):
    small = drives.make(4 * MIB, content.old(4 * MIB))
    result = platterctl("write", "--yes", "--json", "-", small, stdin=pipe(DATA))
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == "too-small"
    assert small.read(0, MIB) != DATA[:MIB]


def test_a_wrong_block_stays_wrong(platterctl, faulty, pipe):
    """It cannot be read again to be repaired; and that is the target's fault, not the pipe's."""
    liar = faulty.make(SIZE, content.old(SIZE), drop=f"{2 * MIB}-{2 * MIB + 512}")
    result = platterctl("write", "--yes", "--json", "-", liar, stdin=pipe(DATA))
    assert result.status == 4, result
    (told,) = result.report["targets"]
    assert told["verdict"] == "mismatched"
    assert [mismatch["offset"] // MIB for mismatch in told["mismatches"]] == [2]
    assert liar.stored(0, MIB) != DATA[:MIB]


@pytest.mark.parametrize("data,words", [
    (b"", "Nothing came"), (None, "is no pipe"), (archive("zip"), "is an archive"), (archive("tar"), "is an archive"),
    (b"QFI\xfb\0\0\0\3" + bytes(65528), "disk of a virtual machine"), (b"MSWIM\0\0\0" + bytes(65528), "WIM archive"),
], ids=["empty", "file", "zip", "tar", "qcow2", "wim"])
def test_refused(platterctl, target, pipe, room, data, words):
    file = room.new("x.img")
    file.write_bytes(DATA)
    with open(file, "rb") as plain:
        result = platterctl("write", "--yes", "-", target, stdin=plain if data is None else pipe(data))
    assert result.status == 3, result
    assert words in result.stderr
    assert target.read() == content.old(SIZE)


def test_nobody_is_asked(platterctl, target, pipe):
    result = platterctl("write", "-", target, stdin=pipe(DATA))
    assert result.status == 3, result
    assert "--yes" in result.stderr
    assert target.read() == content.old(SIZE)


@pytest.mark.parametrize("start", [DATA, lzma.compress(content.noise(MIB, seed=8))], ids=["plain", "packed"])
def test_cancelled_while_nothing_comes(platterctl, target, start):
    there, here = os.pipe()
    try:
        os.write(here, start[:MIB // 32])
        process = platterctl.start_in_background("write", "--yes", "--json", "-", target, stdin=there)
        platterctl.wait_for_progress(process)
        process.send_signal(signal.SIGINT)
        result = platterctl.wait(process)
    finally:
        os.close(here)
        os.close(there)
    assert result.status == 5, result
    assert target.read(0, 512) != DATA[:512]
    assert target.read(MIB, SIZE - 2 * MIB) == content.old(SIZE - 2 * MIB)


def test_from_a_program(platterctl, room, target):
    """As it is meant: what another program unpacks."""
    packed = room.new("x.img.xz")
    packed.write_bytes(lzma.compress(DATA))
    xz = rooms.start(["xz", "-dc", packed], stdout=subprocess.PIPE)
    with xz.stdout:
        result = platterctl("write", "--yes", "--json", "-", target, stdin=xz.stdout)
    assert result.status == 0 and xz.wait() == 0, result
    assert target.read(0, len(DATA)) == DATA


def test_verify(platterctl, drives, pipe):
    drive = drives.make(len(DATA), DATA)
    result = platterctl("verify", "--json", "-", drive, stdin=pipe(DATA))
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    other = bytearray(DATA)
    other[3 * MIB + 5] ^= 1
    result = platterctl("verify", "--json", "-", drive, stdin=pipe(other))
    assert result.status == 4, result
    assert [mismatch["offset"] for mismatch in result.report["targets"][0]["mismatches"]] == [3 * MIB + 5]
