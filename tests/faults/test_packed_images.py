# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Packed images that are damaged, lie, or are none: a sentence, an exit status, and never a target that looks whole."""
import json
import subprocess
import zlib

import pytest

from lab import content
from lab.bad_images import check_failed, write
from lab.content import MIB
from lab.processes import descendants, name, peak

SIZE = 4 * MIB + 700
DATA = content.mixed(SIZE)
TOOLS = {
    "xz": "xz -0 --block-size=1MiB -T2 -c",
    "lzma": "xz -0 --format=lzma -c",
    "lz": "lzip -0 -c",
    "zst": "zstd -q --check -c",
    "gz": "gzip -1 -c",
    "bz2": "bzip2 -1 -c",
    "lz4": "lz4 -q -1 -c",
}
GIB = 1 << 30
MEMORY_LIMIT = 256 * MIB


def pack(tool, data):
    return subprocess.run(["bash", "-c", tool], input=data, stdout=subprocess.PIPE, check=True).stdout


@pytest.fixture(scope="module", params=TOOLS)
def packed(request):
    return request.param, pack(TOOLS[request.param], DATA)


@pytest.fixture
def target(drives):
    return drives.make(8 * MIB, content.old(8 * MIB))


@pytest.mark.parametrize("percent", range(1, 100, 7))
def test_row_88_truncated(platterctl, room, packed, target, percent):
    kind, whole = packed
    cut = whole[: len(whole) * percent // 100]
    check_failed(write(platterctl, room, cut, target, "--no-verify", kind=kind), target)


@pytest.mark.parametrize("percent", range(0, 101, 9))
def test_row_88_flipped(platterctl, room, packed, target, percent):
    """Where there is a checksum, no bit of the content gets through; .lzma has none, but then it is the wrong content
    that is written, and written right."""
    kind, whole = packed
    flipped = bytearray(whole)
    flipped[(len(whole) - 1) * percent // 100] ^= 1 << percent % 8
    result = write(platterctl, room, flipped, target, "--no-verify", kind=kind)
    if result.status != 0:
        check_failed(result, target)
    elif kind != "lzma":
        assert target.read(0, SIZE) == DATA


@pytest.mark.parametrize("times", [3, 500_000])
def test_garbage_behind_the_end(platterctl, room, packed, target, times):
    """A little of it, or more than is read ahead."""
    _, whole = packed
    check_failed(write(platterctl, room, whole + b"something else" * times, target), target)


def test_nothing_inside(platterctl, room, target):
    for tool in TOOLS.values():
        result = write(platterctl, room, pack(tool, b""), target)
        assert result.status in (1, 2, 3), result
        assert "holds nothing" in result.stderr, result


@pytest.mark.parametrize("text", [b"", b"\n", b"This is no image, it only has the name of one.\n"])
def test_what_only_has_the_name(platterctl, room, target, text):
    image = room.folder("names") / "x.img.xz"
    image.write_bytes(text)
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status in (1, 2, 3), result
    assert "x.img.xz is " in result.stderr
    assert target.read() == content.old(8 * MIB)


def test_plain_disk_with_the_name_of_a_packed_one(platterctl, room, target):
    """Browsers unpack what they get and leave the name as it was."""
    image = room.folder("names") / "y.img.gz"
    image.write_bytes(DATA[:4 * MIB])
    subprocess.run(["sfdisk", "-q", image], input=b",,L\n", check=True)
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert target.read(0, 4 * MIB) == image.read_bytes()


def bomb(n_times):
    """A GiB of zeros, packed again and again."""
    data = subprocess.run(["bash", "-c", "head -c 1G /dev/zero | bzip2"], stdout=subprocess.PIPE, check=True).stdout
    for _ in range(n_times - 1):
        data = pack("bzip2", data)
    return data


def test_row_87_bzip2_bomb(platterctl, room, target):
    """It ends as soon as the target is full; what is packed twice is refused, and not unpacked again."""
    result = write(platterctl, room, bomb(1), target)
    assert result.status == 1, result
    assert result.report["error-code"] == "too-small"
    assert result.report["read"] <= 9 * MIB
    check_failed(result, target)
    result = write(platterctl, room, bomb(2), target, "--no-verify")
    assert result.status == 3, result
    assert "something that is packed once more, with bzip2" in result.stderr


def seekable(n_bytes):
    """A frame of zstd's that claims so many bytes, with a table that says so as well."""
    frame = b"\x28\xb5\x2f\xfd" + bytes([0xE0]) + n_bytes.to_bytes(8, "little") + b"\x01\x00\x00"
    table = len(frame).to_bytes(4, "little") + min(n_bytes, 0xFFFFFFFF).to_bytes(4, "little")
    footer = (1).to_bytes(4, "little") + b"\x00" + 0x8F92EAB1.to_bytes(4, "little")
    return frame + 0x184D2A5E.to_bytes(4, "little") + len(table + footer).to_bytes(4, "little") + table + footer


@pytest.mark.parametrize("claim", [1, 5000, 3 * GIB, (1 << 63) - 1, (1 << 64) - 2])
def test_lying_sizes(platterctl, room, target, claim):
    check_failed(write(platterctl, room, seekable(claim), target), target)


def table(frames):
    """Of frames that were packed, and what they hold, in bytes."""
    entries = b"".join(len(frame).to_bytes(4, "little") + size.to_bytes(4, "little") for frame, size in frames)
    footer = len(frames).to_bytes(4, "little") + b"\x00" + 0x8F92EAB1.to_bytes(4, "little")
    return 0x184D2A5E.to_bytes(4, "little") + len(entries + footer).to_bytes(4, "little") + entries + footer


@pytest.mark.parametrize("tool", [f"zstd -q -c --stream-size={MIB}", "zstd -q -c"], ids=["sized", "streamed"])
def test_a_table_of_frames_that_are_not_there(platterctl, room, target, tool):
    """A whole frame is missing, or is another: only the table at the end of a seekable file tells. One that was put in
    front of it, or two such files in a row, are as good as ever."""
    parts = [DATA[at:at + MIB] for at in range(0, 3 * MIB, MIB)]
    frames = [(pack(tool, part), len(part)) for part in parts]
    whole = [frame for frame, _ in frames]
    for wrong in ([whole[0], whole[2]], [whole[1], whole[2]], [whole[0], whole[1]], [whole[0], whole[2], whole[1]]):
        result = write(platterctl, room, b"".join(wrong) + table(frames), target, kind="zst")
        check_failed(result, target)
        assert "the table at its end" in result.stderr, result
    for good, content_bytes in (
        (b"".join(whole) + table(frames), b"".join(parts)),
        (whole[2] + b"".join(whole) + table(frames), parts[2] + b"".join(parts)),
        (whole[0] + table(frames[:1]) + whole[1] + table(frames[1:2]), parts[0] + parts[1]),
    ):
        result = write(platterctl, room, good, target, kind="zst")
        assert result.status == 0, result
        assert target.read(0, len(content_bytes)) == content_bytes


def test_xz_that_claims_8_eib(platterctl, room, target):
    """The index of a real file, changed to claim all that an .xz can hold."""
    whole = bytearray(pack("xz -0 -c", b"x" * 1000))
    footer = whole[-12:]
    index_bytes = (int.from_bytes(footer[4:8], "little") + 1) * 4
    unpadded = bytes(whole[-12 - index_bytes :])[2:4]
    index = b"\x00\x01" + unpadded[:1] + b"\xff" * 8 + b"\x7f"
    index += bytes(-len(index) % 4)
    index += zlib.crc32(index).to_bytes(4, "little")
    back = (len(index) // 4 - 1).to_bytes(4, "little") + bytes(footer[8:10])
    lie = bytes(whole[: -12 - index_bytes]) + index + zlib.crc32(back).to_bytes(4, "little") + back + b"YZ"
    check_failed(write(platterctl, room, lie, target), target)


@pytest.mark.parametrize(
    ("tool", "is_taken"),
    [
        ("xz -9 -T2 -c", True),
        ("xz --lzma2=preset=0,dict=512MiB -c", False),
        ("zstd -q --ultra --long=27 -c", True),
        ("zstd -q --ultra --long=30 -c", False),
        ("xz -T2 -0 --block-size=180MiB -c", True),
    ],
)
def test_memory_is_bounded(platterctl, drives, room, tool, is_taken):
    """A file may ask for dictionaries and windows; what is not given is told in a sentence."""
    size = 220 * MIB
    data = content.noise(20 * MIB) + bytes(size - 20 * MIB)
    image = room.folder("windows") / "image"
    image.write_bytes(pack(tool, data))
    target = drives.make(size, content.old(MIB))
    running = platterctl.start("write", "--yes", "--json", "--no-verify", image, target)
    peaks = {}
    lines = []
    for line in running.stdout:
        lines.append(json.loads(line))
        for pid in (running.pid, *descendants(running.pid)):
            try:
                peaks[name(pid)] = max(peak(pid), peaks.get(name(pid), 0))
            except (OSError, StopIteration):
                pass
    assert running.wait() == (0 if is_taken else 1), lines
    assert sum(peaks.values()) < MEMORY_LIMIT, peaks
    if not is_taken:
        assert lines[-1]["error-code"] == "unsupported"
        assert "memory" in lines[-1]["error-message"]
