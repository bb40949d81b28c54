# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""platterctl convert: an image becomes another one, or there is nothing that looks like one."""
import gzip
import hashlib
import json
import os
import signal
import subprocess
import tempfile
from random import Random

import pytest

from cli.test_image import TOOLS, check_sums, names, small_disk, unpack
from cli.test_pipe import pipe  # noqa: F401: a fixture
from lab import content, room as rooms
from lab.content import MIB
from lab.platterctl import BUILD, NOBODY, clean_environment

# It ends neither with a sector's worth of data nor with a whole MiB, and with zeros.
DATA = content.mixed(9 * MIB) + bytes(MIB) + b"Platter" + bytes(5 * 1024)
# What makes each, of a file called plain: those that say how much they hold, and those that do not.
SOURCES = {
    "raw": "cat plain > image",
    "xz": "xz -1 -c plain > image",
    "gz": "gzip -1 -c plain > image",
    "zst": "zstd -q -c plain > image",
    "zst-of-a-pipe": "cat plain | zstd -q -c > image",
    "bz2": "bzip2 -1 -c plain > image",
    "lz4": "lz4 -q -c plain > image",
    "lz": "lzip -1 -c plain > image",
    "zip": "zip -q - plain > image",
    "7z": "7z a -bd -bso0 made.7z plain && mv made.7z image",
    "tar.gz": "tar -czf image plain",
    "pieces": "split -b 3M -d -a 3 --numeric-suffixes=1 plain image.",
}
VIRTUAL = ["qcow2", "qcow2-compressed", "vmdk", "vdi", "vhdx"]


@pytest.fixture
def make(room):
    """The image of a kind, in a folder of its own."""

    def make_one(kind, data=DATA):
        folder = room.folder("sources")
        folder.chmod(0o755)
        (folder / "plain").write_bytes(data)
        subprocess.run(["bash", "-c", f"set -o pipefail; {SOURCES[kind]}"], cwd=folder, check=True)
        (folder / "plain").unlink()
        return folder / ("image.001" if kind == "pieces" else "image")

    return make_one


def check(folder, name, data):
    """By the format's own tools, and by what lies beside it."""
    assert names(folder) == [name, f"{name}.json", f"{name}.sha256"]
    assert unpack(folder / name) == data
    check_sums(folder, name)
    said = json.loads((folder / f"{name}.json").read_text())
    assert said["image"]["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert said["image"]["size-bytes"] == (folder / name).stat().st_size
    assert said["content"] == {"size-bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert said["source"]["is-image"] is True
    return said


@pytest.mark.parametrize("kind, ending", [
    (kind, ending) for kind in SOURCES for ending in TOOLS if kind in ("raw", "gz") or ending in ("img", "img.zst")])
def test_every_image_becomes_every_other(platterctl, make, room, kind, ending):
    source, folder = make(kind), room.folder("images")
    result = platterctl("convert", "--json", source, folder / f"disk.{ending}")
    assert result.status == 0, result
    assert (result.report["kind"], result.report["outcome"], result.report["size"]) == (
        "image", "verified", len(DATA)), result
    assert result.report["digests"]["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert check(folder, f"disk.{ending}", DATA)["verified"] is True


@pytest.mark.parametrize("kind", VIRTUAL)
def test_the_disk_of_a_virtual_machine(platterctl, room, kind):
    from lab import virtual_disks

    data, folder = content.mixed(16 * MIB), room.folder("images")
    (folder / "plain").write_bytes(data)
    source = virtual_disks.make(folder, kind, folder / "plain")
    (folder / "plain").unlink()
    for ending in ("img", "img.zst"):
        made = room.folder("made")
        result = platterctl("convert", source, made / f"disk.{ending}")
        assert result.status == 0, result
        check(made, f"disk.{ending}", data)
    rooms.wait_until(lambda: not virtual_disks.servers(source), "the server to end")


def convert_as_nobody(room, *arguments):
    """As an ordinary user, and without a bus on which somebody could be asked."""
    home = room.folder("home")
    os.chown(home, NOBODY, NOBODY)
    environment = clean_environment(home)
    del environment["STATE_DIRECTORY"]  # which only a service has
    # Somebody else may perhaps not look into the folder of the build tree; to look is all that is allowed here.
    look = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *look, BUILD / "src/cli/platterctl"]
    told = subprocess.run([*command, "convert", *arguments], cwd="/", env=environment, capture_output=True, text=True)
    assert told.returncode == 0, told
    return told


def test_it_needs_nobodys_rights(make, room):
    source, folder = make("gz"), room.folder("images")
    os.chown(folder, NOBODY, NOBODY)
    told = convert_as_nobody(room, source, folder / "disk.img.xz")
    assert "Message" not in told.stderr
    check(folder, "disk.img.xz", DATA)
    assert {path.stat().st_uid for path in folder.iterdir()} == {NOBODY}
    assert (folder / "disk.img.xz").stat().st_mode & 0o777 == 0o600


def test_nothing_is_said_of_what_went_well(make, room):
    folder = room.folder("images")
    os.chown(folder, NOBODY, NOBODY)
    told = convert_as_nobody(room, "-q", make("gz"), folder / "disk.img")
    assert told.stdout == ""
    # Nobody can empty the system's cache, and it may hold on to what is new: that is not to be kept quiet.
    assert all("through the system's cache" in line for line in told.stderr.splitlines()), told.stderr
    assert (folder / "disk.img").read_bytes() == DATA


def test_it_ends_once(platterctl, make, room):
    """What the worker has done is not all: the image still has to get its name."""
    result = platterctl("convert", "--json", make("raw"), room.folder("images") / "disk.img")
    assert result.status == 0, result
    phases = [line["phase"] for line in result.lines if line["type"] == "progress"]
    assert "finishing" in phases and "ended" not in phases, phases


@pytest.mark.parametrize("kind", ["raw", "gz"])
def test_zeros_are_holes(platterctl, make, room, kind):
    data = bytearray(64 * MIB)
    data[20 * MIB : 22 * MIB] = content.noise(2 * MIB)
    folder = room.folder("images")
    result = platterctl("convert", make(kind, bytes(data)), folder / "disk.img")
    assert result.status == 0, result
    assert (folder / "disk.img").read_bytes() == data
    assert (folder / "disk.img").stat().st_blocks * 512 <= 6 * MIB


@pytest.mark.parametrize("size", [1, 511, MIB, 4 * MIB, 4 * MIB + 1])
@pytest.mark.parametrize("ending", ["img", "img.gz"])
def test_odd_sizes(platterctl, make, room, ending, size):
    data, folder = content.noise(size), room.folder("images")
    result = platterctl("convert", make("gz", data), folder / f"disk.{ending}")
    assert result.status == 0, result
    check(folder, f"disk.{ending}", data)


def test_what_comes_out_is_not_unpacked_again(platterctl, drives, make, room):
    """What was packed twice is no disk. A drive that begins like something packed is one, and is read back as that."""
    data = gzip.compress(content.noise(2 * MIB)) + bytes(MIB)
    data = data[: len(data) // 512 * 512]
    folder = room.folder("images")
    refused = platterctl("convert", make("zst", data), folder / "disk.img")
    assert refused.status == 3 and "packed once more, with gzip" in refused.stderr, refused
    assert not list(folder.iterdir())
    result = platterctl("image", drives.make(len(data), data), folder / "disk.img.zst")
    assert result.status == 0, result
    assert unpack(folder / "disk.img.zst") == data


def test_from_a_pipe(platterctl, pipe, room):
    folder = room.folder("images")
    result = platterctl("convert", "-", folder / "disk.img.zst", stdin=pipe(DATA))
    assert result.status == 0, result
    check(folder, "disk.img.zst", DATA)


@pytest.mark.parametrize("kind", ["xz", "gz", "zst", "bz2", "zip", "pieces"])
@pytest.mark.parametrize("ending", ["img", "img.zst"])
def test_a_source_that_ends_early_leaves_nothing(platterctl, make, room, kind, ending):
    source, folder = make(kind), room.folder("images")
    if kind == "pieces":
        source.with_suffix(".002").unlink()
    else:
        os.truncate(source, source.stat().st_size * 2 // 3)
    result = platterctl("convert", source, folder / f"disk.{ending}")
    # What shows at the first look is refused.
    assert result.status == (3 if kind in ("zip", "pieces") else 1), result
    assert names(folder) == []


@pytest.mark.parametrize("kind", ["raw", "xz", "gz"])
def test_the_source_is_checked_against_its_digest(platterctl, make, room, kind):
    """Of the file as it is, while what is made has the digest of the content."""
    source, folder = make(kind), room.folder("images")
    good = hashlib.sha256(source.read_bytes()).hexdigest()
    sums = source.with_name("image.sha256")
    sums.write_text(f"{good}  image\n")
    result = platterctl("convert", "--json", source, folder / "disk.img.zst")
    assert result.status == 0 and result.report["expected-matches"] is True, result
    check(folder, "disk.img.zst", DATA)
    sums.write_text(f"{'0' * 64}  image\n")
    for ending in TOOLS:
        other = room.folder("others")
        result = platterctl("convert", "--json", source, other / f"disk.{ending}")
        assert result.status == 1 and result.report["error-code"] == "digest", result
        assert names(other) == []


@pytest.mark.parametrize("existing", ["disk.img", "disk.img.sha256", "disk.img.json"])
def test_what_exists_is_not_replaced_unless_asked(platterctl, make, room, existing):
    source, folder = make("xz"), room.folder("images")
    (folder / existing).write_text("mine")
    result = platterctl("convert", source, folder / "disk.img")
    assert result.status == 3 and existing in result.stderr, result
    assert names(folder) == [existing] and (folder / existing).read_text() == "mine"
    assert platterctl("convert", "--force", source, folder / "disk.img").status == 0
    check(folder, "disk.img", DATA)


@pytest.mark.parametrize("kind, name", [("raw", "image"), ("raw", "link"), ("pieces", "image.003")])
def test_the_source_itself_is_never_replaced(platterctl, make, kind, name):
    source = make(kind)
    folder = source.parent
    (folder / "link").symlink_to("image")
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.exists()}
    result = platterctl("convert", "--force", "--format", "raw", source, folder / name)
    assert result.status == 3 and "is the image that is read" in result.stderr, result
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.exists()} == before


def test_a_drive_is_not_converted(platterctl, drives, room):
    folder = room.folder("images")
    result = platterctl("convert", drives.make(MIB), folder / "disk.img")
    assert result.status == 2 and "platterctl image" in result.stderr, result
    assert names(folder) == []


def test_too_little_room_is_foreseen(platterctl, make, room):
    source = make("xz", bytes(32 * MIB))
    with small_disk(room, "8m") as folder:
        result = platterctl("convert", source, folder / "disk.img")
        assert result.status == 3 and "can become as large as" in result.stderr, result
        assert names(folder) == []
        # Zeros take none.
        assert platterctl("convert", "--yes", source, folder / "disk.img").status == 0


@pytest.mark.parametrize("ending", TOOLS)
@pytest.mark.parametrize("kind", ["raw", "gz"])
def test_row_25_the_disk_gets_full(platterctl, make, room, kind, ending):
    source = make(kind, content.noise(24 * MIB))
    with small_disk(room, "8m", f"small-{kind}-{ending}") as folder:
        result = platterctl("convert", "--yes", "--json", source, folder / f"disk.{ending}")
        assert result.status == 1, result
        assert result.report["targets"][0]["error-code"] == "no-space", result
        assert "Nothing was kept" in result.stderr
        assert names(folder) == []


@pytest.fixture
def held(platterctl, room):
    """Starts a conversion that waits for more of its source, and gives it and where it writes to."""
    ends = []

    def hold(ending):
        theirs, ours = os.pipe()
        ends.append(ours)
        folder = room.folder("images")
        running = platterctl.start_in_background("convert", "--json", "-", folder / f"disk.{ending}", stdin=theirs)
        os.close(theirs)
        os.write(ours, content.noise(64 * 1024))
        platterctl.wait_for_progress(running)
        assert names(folder) == [f".disk.{ending}.platter-part"]
        return running, folder, ours

    yield hold
    for end in ends:
        os.close(end)


@pytest.mark.parametrize("ending", TOOLS)
def test_cancelled_in_the_middle(platterctl, held, ending):
    running, folder, _ = held(ending)
    running.send_signal(signal.SIGINT)
    result = platterctl.wait(running)
    assert result.status == 5, result
    assert names(folder) == []


@pytest.mark.parametrize("ending", ["img", "img.xz"])
def test_the_terminal_is_closed(platterctl, held, ending):
    """Nobody could go on with what comes through a pipe, or would find what was left of it."""
    running, folder, _ = held(ending)
    running.send_signal(signal.SIGHUP)
    assert platterctl.wait(running).status == -signal.SIGHUP
    assert names(folder) == []


def test_nothing_comes_from_behind(platterctl, held):
    """What the helper does after the end of the program that it belongs to is no message for that one's terminal."""
    from faults.test_worker import workers_on

    running, folder, _ = held("img")
    (worker,) = rooms.wait_until(lambda: workers_on(f"{folder}/.disk.img.platter-part"), "the worker")
    os.kill(worker, signal.SIGSTOP)
    running.kill()
    assert platterctl.wait(running).stderr == ""


@pytest.mark.parametrize("ending", TOOLS)
def test_the_worker_is_killed(platterctl, held, ending):
    from faults.test_worker import workers_on

    running, folder, _ = held(ending)
    (worker,) = rooms.wait_until(lambda: workers_on(f"{folder}/.disk.{ending}.platter-part"), "the worker")
    os.kill(worker, signal.SIGKILL)
    result = platterctl.wait(running)
    assert result.status == 1 and result.report["outcome"] == "failed", result
    assert names(folder) == []


def test_what_takes_long_to_pack_is_no_silence(platterctl, room):
    """Its one piece keeps a processor busy for seconds, while the disk has nothing to do."""
    source, random = room.new("plain"), Random(1)
    words = [bytes(random.choices(b"abcdefgh ", k=random.randint(2, 9))) for _ in range(2000)]
    source.write_bytes(b"".join(random.choices(words, k=900000))[: 4 * MIB])
    with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        result = platterctl("convert", "--json", "--level", "9", "--stall-timeout", "1", source, f"{memory}/disk.xz")
    assert result.status == 0, result
    told = [line for line in result.lines if line["type"] == "progress"]
    assert {target["stalled"] for line in told for target in line["targets"]} == {0}
    packing = {line["limit"] for line in told if line["phase"] in ("copying", "flushing") and line["elapsed"] > 2e6}
    assert packing <= {"hashing"}


def test_what_is_read_is_not_taken_for_what_was_left(platterctl, room):
    """A file that has the name of a hidden one may be all that somebody has."""
    folder = room.folder("left")
    source = folder / ".disk.img.platter-part"
    source.write_bytes(content.noise(MIB))
    result = platterctl("convert", "--force", source, folder / "disk.img")
    assert result.status == 3 and "is the image that is read" in result.stderr, result
    assert names(folder) == [source.name] and source.read_bytes() == content.noise(MIB)
