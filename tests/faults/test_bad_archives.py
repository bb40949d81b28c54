# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Archives that are damaged or lie: a sentence, an exit status, bounded memory, and never a target that looks whole."""
import io
import json
import subprocess
import tarfile
import zipfile

import pytest

from lab import content
from lab.bad_images import check_failed, write
from lab.content import MIB
from lab.processes import descendants, name, peak

SIZE = 4 * MIB + 700
DATA = content.mixed(SIZE)
TOOLS = {
    "zip": "zip -q x disk.img && mv x.zip x",
    "zip-stored": "zip -q -0 x disk.img && mv x.zip x",
    "7z": "7z a -bd -mx=1 x.7z disk.img >/dev/null && mv x.7z x",
    "7z-stored": "7z a -bd -mx=0 x.7z disk.img >/dev/null && mv x.7z x",
    "tar": "tar -cf x disk.img",
    "tar-xz": "tar -c disk.img | xz -0 > x",
    "tar-gz": "tar -c disk.img | gzip -1 > x",
    "tar-zst": "tar -c disk.img | zstd -q --check > x",
}
# A tar has a checksum of its header only, and what is behind its end is not looked at; what is written is then what it has.
UNPROVEN = ("tar",)
MEMORY_LIMIT = 256 * MIB


@pytest.fixture(scope="module", params=TOOLS)
def archive(request, room):
    folder = room.folder(f"bad-{request.param}")
    (folder / "disk.img").write_bytes(DATA)
    subprocess.run(["bash", "-c", "set -e; rm -f x*; " + TOOLS[request.param]], cwd=folder, check=True)
    return request.param, (folder / "x").read_bytes()


@pytest.fixture
def target(drives):
    return drives.make(8 * MIB, content.old(8 * MIB))


@pytest.mark.parametrize("percent", range(1, 100, 7))
def test_row_88_truncated(platterctl, room, archive, target, percent):
    _, whole = archive
    check_failed(write(platterctl, room, whole[: len(whole) * percent // 100], target, "--no-verify", kind="zip"), target)


@pytest.mark.parametrize("percent", range(0, 101, 9))
def test_row_88_flipped(platterctl, room, archive, target, percent):
    kind, whole = archive
    flipped = bytearray(whole)
    flipped[(len(whole) - 1) * percent // 100] ^= 1 << percent % 8
    result = write(platterctl, room, flipped, target, "--no-verify", kind="zip")
    if result.status != 0:
        check_failed(result, target)
    elif kind not in UNPROVEN:
        assert target.read(0, SIZE) == DATA


def one_zip(claim=None, method=zipfile.ZIP_DEFLATED, data=DATA[:100_000]):
    """A zip whose directory claims that its file has so many bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        file.writestr("disk.img", data)
        if claim is not None:
            file.filelist[0].file_size = claim
    return made.getvalue()


@pytest.mark.parametrize("claim", [1, 99_999, 100_001, 7 * MIB, (1 << 31) + 5, (1 << 62) + 1, (1 << 64) - 1])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_lying_sizes_of_zip(platterctl, room, target, claim, method):
    check_failed(write(platterctl, room, one_zip(claim, method), target, kind="zip"), target)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_of_zip(platterctl, room, target, method):
    assert write(platterctl, room, one_zip(method=method), target, kind="zip").status == 0
    assert target.read(0, 100_000) == DATA[:100_000]


@pytest.mark.parametrize("claim", [5 * MIB, 1 << 40, (1 << 62) + 1])
def test_lying_sizes_of_tar(platterctl, room, target, claim):
    info = tarfile.TarInfo("disk.img")
    info.size = claim
    archived = info.tobuf(tarfile.GNU_FORMAT) + DATA[:100_352] + bytes(10240)
    check_failed(write(platterctl, room, archived, target, kind="zip"), target)


def test_zip_bomb(platterctl, room, target):
    """A GiB of zeros in a MiB: more than fits is told before, and if it says less it ends where it said."""
    bomb = one_zip(data=bytes(1 << 30))
    result = write(platterctl, room, bomb, target, kind="zip")
    assert result.status == 3, result
    assert target.read() == content.old(8 * MIB)
    claim = (1 << 30).to_bytes(4, "little"), (4 * MIB).to_bytes(4, "little")
    result = write(platterctl, room, bomb.replace(*claim), target, kind="zip")
    check_failed(result, target)
    assert result.report["read"] <= 5 * MIB


def test_bombs_beside_the_image(platterctl, room, target):
    """What is no image but has to be unpacked before or behind one is not unpacked without end."""
    def tar(name, size):
        info = tarfile.TarInfo(name)
        info.size = size
        return info.tobuf(tarfile.GNU_FORMAT)

    folder = room.folder("beside")
    image = tar("disk.img", 102_400) + DATA[:102_400]
    for before, behind in ((tar("x.txt", 1 << 40), b""), (image, tar("x.txt", 1 << 40)), (image, bytes(10240))):
        (folder / "head").write_bytes(before + behind)
        made = subprocess.run(["bash", "-c", "(cat head; head -c 2G /dev/zero) | zstd -q -1"], cwd=folder, check=True,
                              stdout=subprocess.PIPE).stdout
        check_failed(write(platterctl, room, made, target, kind="zip"), target)


def test_many_entries(platterctl, room, target):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for i in range(150_000):
            file.writestr(f"{i}.txt", b"")
    result = write(platterctl, room, made.getvalue(), target, kind="zip")
    assert result.status == 3 and "damaged or of an unknown kind" in result.stderr, result


@pytest.mark.parametrize(
    ("tool", "is_taken"),
    [
        ("7z a -bd -m0=lzma2:d=64m -mmt=1 x.7z disk.img", True),
        ("7z a -bd -m0=lzma:d=1536m -mx=1 -mmt=1 x.7z disk.img", False),
        ("7z a -bd -m0=lzma:d=192m -mx=1 -mmt=1 x.7z disk.img", False),
        ("7z a -bd -m0=ppmd:mem=1500m x.7z disk.img", False),
        ("tar -c disk.img | xz --lzma2=preset=0,dict=512MiB > x.7z", False),
        ("tar -c disk.img | zstd -q --ultra --long=30 > x.7z", False),
    ],
)
def test_memory_is_bounded(platterctl, drives, room, tool, is_taken):
    """A file may ask for dictionaries and windows; what is not given is told in a sentence."""
    size = 220 * MIB
    folder = room.folder("windows")
    (folder / "disk.img").write_bytes(content.noise(20 * MIB) + bytes(size - 20 * MIB))
    subprocess.run(["bash", "-c", "rm -f x.7z; " + tool], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    target = drives.make(size + MIB, content.old(MIB))
    running = platterctl.start("write", "--yes", "--json", "--no-verify", folder / "x.7z", target,
                               stderr=subprocess.PIPE)
    peaks = {}
    lines = []
    for line in running.stdout:
        lines.append(json.loads(line))
        for pid in (running.pid, *descendants(running.pid)):
            try:
                peaks[name(pid)] = max(peak(pid), peaks.get(name(pid), 0))
            except (OSError, StopIteration):
                pass
    said = running.stderr.read()
    assert (running.wait() == 0) == is_taken, (lines, said)
    assert sum(peaks.values()) < MEMORY_LIMIT, peaks
    if not is_taken:
        assert "memory" in said or "memory" in json.dumps(lines[-1]), (lines[-1], said)
