# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images that other tools have packed are written unpacked, and compared, whatever their name."""
import hashlib
import json
import subprocess

import pytest

from lab import content, room as rooms
from lab.content import MIB

SIZE = 13 * MIB + 1536
DATA = content.mixed(SIZE)

# What makes it, and whether it tells how much it holds.
TOOLS = {
    "xz": ("xz -1 -c {}", True),
    "xz-blocks": ("xz -1 -T0 --block-size=1MiB -c {}", True),
    "xz-crc32": ("xz -1 --check=crc32 -c {}", True),
    "xz-sha256": ("xz -1 --check=sha256 -c {}", True),
    "xz-streams": ("split -b 5M --filter='xz -1 -c' {}", True),
    "lzma": ("xz -1 --format=lzma -c {}", False),
    "lz": ("lzip -1 -c {}", False),
    "lz-members": ("lzip -1 -b 100KiB -c {}", False),
    "zst": ("zstd -q -c {}", True),
    "zst-all-processors": ("zstd -q -T0 -c {}", True),
    "zst-from-a-pipe": ("cat {} | zstd -q -c", False),
    "zst-long": ("zstd -q --long=27 -c {}", True),
    "zst-frames": ("split -b 3M {0} {0}.part- && for part in {0}.part-*; do zstd -q -c $part; done", True),
    "zst-frames-from-a-pipe": ("split -b 3M --filter='zstd -q -c' {}", False),
    "pzstd": ("pzstd -q -p 2 -c {}", None),
    "gz": ("gzip -1 -c {}", False),
    "gz-best": ("gzip -9 -c {}", False),
    "gz-stored-name": ("gzip -N -c {}", False),
    "gz-members": ("split -b 4M --filter='gzip -1 -c' {}", False),
    "pigz": ("pigz -p 2 -c {}", False),
    "bz2": ("bzip2 -1 -c {}", False),
    "bz2-streams": ("split -b 6M --filter='bzip2 -1 -c' {}", False),
    "lz4": ("lz4 -q -c {}", False),
    "lz4-skipped": (r"printf '\x57\x2a\x4d\x18\x05\x00\x00\x00hello\x50\x2a\x4d\x18\x00\x00\x00\x00' && lz4 -q -c {}", False),
    "lz4-best": ("lz4 -q -9 --content-size -BD -c {}", False),
}


@pytest.fixture(scope="module")
def images(room):
    """Each kind once, under a name that tells nothing."""
    folder = room.folder("packed")
    plain = folder / "plain"
    plain.write_bytes(DATA)
    made = {}
    for kind, (command, _) in TOOLS.items():
        made[kind] = folder / f"{kind}.dat"
        with open(made[kind], "wb") as out:
            subprocess.run(["bash", "-c", "set -o pipefail; " + command.format(plain)], stdout=out, check=True)
        assert made[kind].stat().st_size > 1000
    return made


@pytest.mark.parametrize("kind", TOOLS)
def test_written_and_verified(platterctl, drives, images, kind):
    image = images[kind]
    target = drives.make(16 * MIB, content.old(16 * MIB))
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert target.read(0, SIZE) == DATA
    assert not any(target.read(15 * MIB, MIB)), "what was old at its end is still there"
    assert result.report["outcome"] == "verified"
    assert result.report["size"] == SIZE
    assert result.report["digests"] == {"sha256": hashlib.sha256(image.read_bytes()).hexdigest()}
    compared = platterctl("verify", "--json", image, target)
    assert compared.status == 0, compared
    assert compared.report["size"] == SIZE
    # It does not matter which is named first.
    assert platterctl("verify", target, image).status == 0


@pytest.mark.parametrize("kind", TOOLS)
def test_info_says_what_is_recorded(platterctl, images, kind):
    result = platterctl("info", "--json", images[kind])
    assert result.status == 0, result
    told = result.lines[0]
    assert told["file-size"] == images[kind].stat().st_size
    has_size = TOOLS[kind][1]
    if has_size is not None:
        assert ("size" in told) == has_size
    assert told.get("size", SIZE) == SIZE
    text = platterctl("info", images[kind]).stdout
    assert f"compressed with {told['packing']}" in text
    assert ("not recorded" in text) == ("size" not in told)


@pytest.mark.parametrize("kind", ["xz", "zst-from-a-pipe", "gz"])
@pytest.mark.parametrize("queue", ["io_uring", "threads"])
def test_a_difference_is_found(platterctl, drives, images, kind, queue):
    other = bytearray(DATA)
    other[5 * MIB + 7] ^= 16
    other[SIZE - 1] ^= 1
    target = drives.make(16 * MIB, bytes(other))
    result = platterctl("verify", "--json", "--queue", queue, images[kind], target)
    assert result.status == 4, result
    found = [(m["offset"], m["class"]) for m in result.report["targets"][0]["mismatches"]]
    assert found == [(5 * MIB + 7, "bits"), (SIZE - 1, "bits")]


@pytest.mark.parametrize("kind", ["xz", "gz"])
def test_an_image_file_of_the_same_content(platterctl, images, room, kind):
    folder = room.folder("unpacked")
    (folder / "same").write_bytes(DATA)
    (folder / "longer").write_bytes(DATA + bytes(512))
    assert platterctl("verify", images[kind], folder / "same").status == 0
    (folder / "shorter").write_bytes(DATA[:-512])
    for name in ("longer", "shorter"):
        refused = platterctl("verify", images[kind], folder / name)
        assert refused.status in (1, 3), refused
        assert "a larger drive" not in refused.stderr, refused
    both = platterctl("verify", images[kind], images["bz2"])
    assert both.status == 3 and "unpack one of them first" in both.stderr


@pytest.mark.parametrize("kind", ["xz", "zst", "zst-from-a-pipe", "gz", "bz2", "lz4"])
def test_too_small(platterctl, drives, images, kind):
    """Told before, where the size is recorded; else found out, and what was written does not look whole."""
    target = drives.make(9 * MIB, content.old(9 * MIB))
    result = platterctl("write", "--yes", "--json", images[kind], target)
    if TOOLS[kind][1]:
        assert result.status == 3, result
        assert target.read() == content.old(9 * MIB)
        return
    assert result.status == 1, result
    assert result.report["error-code"] == "too-small"
    head, tail = target.read(0, MIB), target.read(8 * MIB, MIB)
    for edge in (head, tail):
        assert edge.startswith(b"Platter: ") and not any(edge[512:])


def test_expected_digest_is_that_of_the_packed_file(platterctl, drives, images, room):
    folder = room.folder("sums")
    image = folder / "x.img.xz"
    image.write_bytes(images["xz"].read_bytes())
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  x.img.xz\n{hashlib.sha256(DATA).hexdigest()}  x.img\n")
    target = drives.make(16 * MIB, content.old(16 * MIB))
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert result.report["expected-matches"] is True
    wrong = hashlib.sha256(DATA).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{wrong}  x.img.xz\n")
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 1, result
    assert (result.report["error-code"], result.report["expected-matches"]) == ("digest", False)
    assert target.read(0, MIB).startswith(b"Platter: ")


def test_four_targets_of_different_sizes(platterctl, drives, images):
    targets = [drives.make(size * MIB, content.old(size * MIB)) for size in (14, 16, 20, 40)]
    result = platterctl("write", "--yes", images["gz"], *targets)
    assert result.status == 0, result
    for target in targets:
        assert target.read(0, SIZE) == DATA
        assert b"not finished" not in target.read()


def test_progress_never_exceeds_the_whole(platterctl, drives, room):
    folder = room.folder("large")
    data = content.noise(48 * MIB) + bytes(40 * MIB)
    (folder / "x").write_bytes(data)
    rooms.run("gzip", "-1", folder / "x")
    target = drives.make(90 * MIB, content.old(MIB))
    result = platterctl("write", "--yes", "--json", folder / "x.gz", target)
    assert result.status == 0, result
    fractions = [line["fraction"] for line in result.lines if line["type"] == "progress"]
    assert fractions == sorted(fractions) and fractions[-1] <= 1.0
    assert target.read(0, len(data)) == data


def test_pause_and_cancel(platterctl, drives, room):
    """A packed image is not given more than the buffers hold while it is paused, and lets go when it is cancelled."""
    folder = room.folder("paused")
    (folder / "x").write_bytes(content.noise(100 * MIB) * 2)
    rooms.run("zstd", "-q", "-1", folder / "x")
    target = drives.make(260 * MIB, content.old(MIB))
    running = platterctl.start("write", "--yes", "--json", folder / "x.zst", target)
    for line in running.stdout:
        if json.loads(line)["done"] > 0:
            break
    running.terminate()
    rest, _ = running.communicate(timeout=60)
    report = json.loads(rest.splitlines()[-1])
    assert report["outcome"] in ("cancelled", "verified")
    if report["outcome"] == "cancelled":
        assert target.read(0, MIB).startswith(b"Platter: ")


@pytest.mark.parametrize("name", ["disk.img", "disk.img.lz4"])
def test_old_form_of_lz4(platterctl, drives, room, name):
    """What lz4 -l makes is another format, and would be taken for plain sectors."""
    folder = room.folder("old")
    (folder / "plain").write_bytes(DATA[:2 * MIB])
    rooms.run("lz4", "-q", "-l", "-f", folder / "plain", folder / name)
    target = drives.make(16 * MIB, content.old(16 * MIB))
    result = platterctl("write", "--yes", folder / name, target)
    assert result.status == 3 and "old form of lz4" in result.stderr and "lz4 -d" in result.stderr, result
    assert target.read() == content.old(16 * MIB)


@pytest.mark.parametrize("mib", [1, 64], ids=["at-once", "in-pieces"])
def test_zstd_with_a_dictionary(platterctl, drives, room, mib):
    """RFC 8878: a frame with the number of a dictionary, without which nobody unpacks it. It is not damaged."""
    head = bytes.fromhex("28b52ffd") + bytes([0b11100001, 7]) + (mib * MIB).to_bytes(8, "little")
    n_blocks, block = mib * MIB >> 17, content.noise(1 << 17)
    headers = [((1 << 17) << 3 | (n == n_blocks - 1)).to_bytes(3, "little") for n in range(n_blocks)]
    image = room.folder("dictionary") / "x.img.zst"
    image.write_bytes(head + b"".join(header + block for header in headers))
    target = drives.make(mib * MIB, content.old(mib * MIB))
    result = platterctl("write", "--yes", image, target)
    assert result.status != 0 and "it needs a dictionary" in result.stderr and "damaged" not in result.stderr, result
