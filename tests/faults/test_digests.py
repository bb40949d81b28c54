# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Digests are those that everybody else computes, and an image that has another one than it should is not finished."""
import hashlib

import pytest

from lab import content, room as rooms
from lab.content import MIB

TOOLS = {"sha256": "sha256sum", "sha512": "sha512sum", "sha1": "sha1sum", "md5": "md5sum", "blake2b": "b2sum"}
DATA = content.mixed(9 * MIB + 700)


@pytest.fixture(params=["io_uring", "threads"])
def queue(request):
    return request.param


@pytest.fixture
def folder(room):
    """A folder with an image, to which its checksums may be added."""
    made = room.folder("images")
    (made / "x.iso").write_bytes(DATA)
    return made


def from_coreutils(path):
    return {digest: rooms.run(tool, path).split()[0].removeprefix("\\") for digest, tool in TOOLS.items()}


@pytest.mark.parametrize("command", ["write", "verify"])
def test_all_digests_are_those_of_coreutils(platterctl, drives, folder, queue, command):
    image = folder / "x.iso"
    target = drives.make(16 * MIB, content.old(16 * MIB) if command == "write" else DATA)
    wanted = [word for digest in TOOLS for word in ("--digest", digest)]
    sure = ["--yes"] if command == "write" else []
    result = platterctl(command, *sure, "--json", "--queue", queue, *wanted, image, target)
    assert result.status == 0, result
    assert result.report["digests"] == from_coreutils(image)


def test_all_digests_are_printed(platterctl, folder):
    image = folder / "x.iso"
    wanted = [word for digest in TOOLS for word in ("--digest", digest)]
    result = platterctl("verify", *wanted, image, image)
    assert result.status == 0, result
    for digest, value in from_coreutils(image).items():
        assert f"{digest} {value}" in result.stdout.splitlines()


@pytest.mark.parametrize("verification", [[], ["--no-verify"]], ids=["verified", "unverified"])
def test_wrong_sum_ends_before_the_first_mib(platterctl, faulty, folder, queue, verification):
    """The image is more than fits in the buffers, so that most of it is written when its end is read. Still no target
    looks whole: its first MiB was never written but for the mark."""
    data = content.noise(64 * MIB + 700)
    wrong = hashlib.sha256(data[:-1]).hexdigest()
    (folder / "z.iso").write_bytes(data)
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(DATA).hexdigest()}  x.iso\n{wrong}  z.iso\n")
    targets = [faulty.make(66 * MIB, content.old(66 * MIB)) for _ in range(2)]
    result = platterctl("write", "--yes", "--json", "--queue", queue, *verification, folder / "z.iso", *targets)
    assert result.status == 1, result
    assert (result.report["outcome"], result.report["error-code"]) == ("failed", "digest")
    assert result.report["expected-matches"] is False
    assert "SHA256SUMS" in result.stderr
    assert f"its digest is {hashlib.sha256(data).hexdigest()}, but {wrong} is expected" in result.stderr
    for target, told in zip(targets, result.report["targets"], strict=True):
        assert (told["verdict"], told["error-code"]) == ("failed", "digest")
        head = target.stored(0, MIB)
        assert head.startswith(b"Platter: ") and not any(head[512:])
        assert sum(kind == "w" and start == 0 for kind, start, _ in target.requests()) == 1
        assert target.stored(MIB, MIB) == data[MIB : 2 * MIB]


def test_b2sums_beside_other_lists(platterctl, drives, folder):
    """BLAKE2b has as many digits as SHA-512, which would rank above the right SHA-256; alone it is checked as what it is."""
    sums = from_coreutils(folder / "x.iso")
    target = drives.make(16 * MIB, content.old(16 * MIB))
    (folder / "sha256sums.txt").write_text(f"{sums['sha256']}  x.iso\n")
    (folder / "b2sums.txt").write_text(f"{sums['blake2b']}  x.iso\n")
    result = platterctl("write", "--yes", "--json", folder / "x.iso", target)
    assert result.status == 0, result
    assert result.report["expected-matches"] is True and result.report["digests"]["sha256"] == sums["sha256"]
    (folder / "sha256sums.txt").unlink()
    result = platterctl("write", "--yes", "--json", folder / "x.iso", target)
    assert result.status == 0, result
    assert result.report["expected-matches"] is True and result.report["digests"]["blake2b"] == sums["blake2b"]
    (folder / "b2sums.txt").write_text(f"{sums['sha512']}  x.iso\n")
    result = platterctl("write", "--yes", folder / "x.iso", target)
    assert result.status == 1 and "b2sums.txt" in result.stderr, result
