# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images on a server, by HTTP, through the real GVfs: whole or not at all."""
import hashlib
import lzma
import zipfile

import pytest

from lab import content
from lab.content import MIB
from lab.session import Session
from lab.web import Server

DATA = content.mixed(5 * MIB + 1536)
SIZE = 8 * MIB


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def session(tmp_path):
    with Session(tmp_path) as session:
        yield session


@pytest.fixture
def run(platterctl, session):
    def run(*arguments):
        return platterctl(*arguments, environment=session.environment)

    return run


@pytest.fixture
def target(drives):
    return drives.make(SIZE, content.old(SIZE))


def test_write(run, server, target):
    server.files["/a%20disk.img"] = DATA
    result = run("write", "--yes", "--json", "--sha256", f"{server.address}/a%20disk.img", target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["source"]["name"] == "a disk.img"
    assert result.report["digests"]["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert target.read(0, len(DATA)) == DATA
    assert target.read(6 * MIB, MIB) == content.old(MIB)


def test_packed(run, server, target):
    server.files["/disk.img.xz"] = lzma.compress(DATA)
    result = run("write", "--yes", "--json", f"{server.address}/disk.img.xz", target)
    assert result.status == 0, result
    assert result.report["size"] == len(DATA)
    assert target.read(0, len(DATA)) == DATA


def test_verify_and_info(run, server, drives):
    server.files["/disk.img"] = DATA
    drive = drives.make(SIZE, DATA + bytes(SIZE - len(DATA)))
    result = run("verify", "--json", f"{server.address}/disk.img", drive)
    assert result.status == 0, result
    told = run("info", "--json", f"{server.address}/disk.img")
    assert told.status == 0, told
    assert told.report["size"] == len(DATA)


@pytest.mark.parametrize("packed", [False, True])
def test_cut_off(run, server, target, packed):
    """The connection breaks after the beginning was looked at."""
    data = lzma.compress(content.noise(5 * MIB, seed=3)) if packed else DATA
    server.files["/disk.img"] = data
    server.cut_off_at(3 * MIB)
    result = run("write", "--yes", "--json", f"{server.address}/disk.img", target)
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == ("short-read" if packed else "decode")
    assert ("did not come whole" if packed else "3145728 came out") in result.stderr, result
    assert target.read(0, MIB) != DATA[:MIB]


def test_replaced_meanwhile(run, server, target):
    """What was looked at is what is written, or nothing."""
    server.files["/disk.img"] = DATA
    server.replace_later("/disk.img", content.noise(len(DATA) + 4096, seed=9))
    result = run("write", "--yes", "--json", f"{server.address}/disk.img", target)
    assert result.status == 1, result
    assert target.read(MIB, 3 * MIB) == content.old(3 * MIB)


def test_not_connected(run, server, target):
    """Who has no window is told how it is done."""
    server.files["/disk.img"] = DATA
    result = run("write", "--yes", server.address.replace("http", "dav") + "/disk.img", target)
    assert result.status == 1, result
    assert "gio mount" in result.stderr
    assert target.read() == content.old(SIZE)


@pytest.mark.parametrize("name,words", [
    ("missing.img", "cannot be read"), ("x.zip", "has to be looked through"), ("x.qcow2", "has to be looked through"),
    ("unsized.img", "does not say how large"),
])
def test_refused(run, server, target, room, name, words):
    archive = room.new("x.zip")
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("x.img", DATA)
    server.files.update({"/x.zip": archive.read_bytes(), "/x.qcow2": b"QFI\xfb\0\0\0\3" + bytes(100000), "/unsized.img": DATA})
    if name == "unsized.img":
        server.hide_sizes()
    result = run("write", "--yes", f"{server.address}/{name}", target)
    assert result.status == (1 if name == "missing.img" else 3), result
    assert words in result.stderr
    assert target.read() == content.old(SIZE)


@pytest.mark.parametrize("beside", ["/pub/disk.img.xz.sha256", "/pub/SHA256SUMS"])
@pytest.mark.parametrize("is_right", [True, False])
def test_published_sums(run, server, target, beside, is_right):
    """Of the file as it lies there; what it does not match never looks like a disk."""
    packed = lzma.compress(DATA)
    digest = hashlib.sha256(packed if is_right else DATA).hexdigest()
    server.files.update({"/pub/disk.img.xz": packed, beside: f"{'0' * 64}  other.img\n{digest}  disk.img.xz\n".encode()})
    result = run("write", "--yes", "--json", f"{server.address}/pub/disk.img.xz", target)
    assert result.report["expected-matches"] is is_right
    if is_right:
        assert result.status == 0, result
        assert target.read(0, len(DATA)) == DATA
    else:
        assert result.status == 1, result
        assert result.report["error-code"] == "digest"
        assert beside.rsplit("/")[-1] in result.stderr
        assert target.read(0, MIB) != DATA[:MIB]
