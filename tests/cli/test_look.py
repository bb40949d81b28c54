# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What looks at foreign files and servers is a process of its own, without rights; what becomes of it is told."""
import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from lab import content, room as rooms
from lab.content import MIB
from lab.platterctl import BUILD, NOBODY, PREFIX, as_installed, clean_environment
from lab.processes import looking, status


@pytest.fixture
def silent(room):
    """The address of a server that takes whoever comes, and never says a word."""
    place = room.folder("silent") / "socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        place.chmod(0o777)
        server.listen()
        yield f"nbd+unix:///?socket={place}"


@pytest.mark.parametrize("user", [0, NOBODY])
def test_it_has_no_rights(platterctl, silent, user):
    running = platterctl.start("info", silent, user=user)
    pid = looking(running)
    assert len(set(status(pid, "Uid").split())) == 1 and status(pid, "Uid").split()[0] != "0"
    assert [status(pid, key) for key in ("NoNewPrivs", "CapPrm", "CapEff", "CapInh")] == ["1"] + ["0" * 16] * 3
    open_ones = sorted(os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir())
    sockets = [path for path in open_ones if path.startswith("socket:")]
    assert len(sockets) == 2, "its client, and the server"
    # The others are standard input, output and error, and memory.
    assert {path for path in open_ones if not re.match(r"socket:|/dev/null|/memfd:", path)} == set()
    assert Path(f"/proc/{pid}/environ").read_bytes() == b""
    os.kill(pid, signal.SIGKILL)
    platterctl.wait(running)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_it_is_killed(platterctl, silent, drives, number):
    target = drives.make(8 * MIB, content.old(8 * MIB))
    running = platterctl.start("write", "--yes", silent, target)
    os.kill(looking(running), number)
    result = platterctl.wait(running)
    assert result.status == 1, result
    assert f"{silent} could not be looked at" in result.stderr and "Try again" in result.stderr, result
    assert target.read() == content.old(8 * MIB)


def test_a_file_system_in_user_space(platterctl, faulty):
    """It tells how large a file is to nobody but its owner."""
    (told,) = platterctl("info", "--json", faulty.make_tar().file).lines
    assert (told["packing"], told["size"]) == ("tar", faulty.TAR_BYTES)


def test_its_file_never_answers(platterctl, faulty):
    """What comes behind the first file in the archive lies where nothing can be read."""
    stuck = faulty.make_tar(stall_reads=f"{faulty.TAR_BYTES}-{faulty.TAR_BYTES + MIB}", on=["stall_when"])
    running = platterctl.start("info", stuck.file)
    os.kill(looking(running), signal.SIGKILL)
    result = platterctl.wait(running)
    stuck.switch("stall_when", False)
    assert result.status == 1 and "could not be looked at" in result.stderr, result


def test_it_is_not_there(room, silent):
    """Only half of Platter is installed."""
    folder = room.folder("half")
    (folder / "bin").mkdir()
    shutil.copy(BUILD / "src/cli/platterctl", folder / "bin")
    result = subprocess.run(
        as_installed(folder, PREFIX / "bin/platterctl", "info", silent),
        env=clean_environment(room.folder("home")), capture_output=True, text=True, check=False)
    assert result.returncode == 1 and "Install Platter anew" in result.stderr, result


@pytest.fixture
def partitioned(room):
    """Two partitions, the second up to the end."""
    def make(table):
        path = room.folder("plain") / "disk.img"
        path.write_bytes(bytes(16 * MIB))
        rooms.run("sfdisk", "-q", path, input=f"label: {table}\nstart=2048, size=8192\nstart=10240\n", stdin=None)
        return path

    return make


def cut_off(platterctl, path):
    """What is told of it, if it is."""
    (told,) = platterctl("info", "--json", path).lines
    (warning,) = [line for line in platterctl("info", path).stdout.splitlines() if "come whole" in line] or [None]
    assert told.get("is-cut-off", False) == (warning is not None)
    return warning


@pytest.mark.parametrize("table", ["dos", "gpt"])
def test_a_disk_that_is_cut_off(platterctl, drives, partitioned, table):
    path = partitioned(table)
    assert cut_off(platterctl, path) is None
    os.truncate(path, 9 * MIB)
    warning = "disk.img ends before its partition 2 does: it may not have come whole."
    assert cut_off(platterctl, path) == warning
    if table == "dos":
        (told,) = platterctl("info", "--json", path).lines
        assert [volume["size"] for volume in told["volumes"]] == [4 * MIB, 11 * MIB]
    # A warning only.
    result = platterctl("write", "--yes", path, drives.make(16 * MIB))
    assert result.status == 0 and warning in result.stderr, result
    # Before the first one begins.
    os.truncate(path, MIB // 2)
    assert cut_off(platterctl, path) == warning


def test_a_disk_without_the_backup_of_its_table(platterctl, partitioned):
    path = partitioned("gpt")
    os.truncate(path, 16 * MIB - 33 * 512)
    assert cut_off(platterctl, path) is None


def test_a_disk_in_pieces(platterctl, partitioned):
    """What is in all of them counts, not what the first one holds."""
    path = partitioned("dos")
    rooms.run("split", "--bytes=3M", "-d", "-a3", path, f"{path}.")
    path.unlink()
    assert cut_off(platterctl, f"{path}.000") is None
    os.truncate(f"{path}.005", MIB // 2)
    assert "partition 2" in cut_off(platterctl, f"{path}.000")


@pytest.fixture
def iso(room):
    def make(*more):
        folder = room.folder("iso")
        (folder / "tree").mkdir()
        (folder / "tree" / "file").write_bytes(content.noise(4 * MIB))
        (folder / "part").write_bytes(content.noise(MIB))
        rooms.run("xorriso", "-as", "mkisofs", "-quiet", *more, "-o", "cut.iso", "tree", cwd=folder)
        return folder / "cut.iso"

    return make


@pytest.mark.parametrize("more", [
    [], ["-partition_offset", "16"], ["-append_partition", "2", "0xef", "part"],
    ["-append_partition", "2", "0xef", "part", "-appended_part_as_gpt"],
], ids=["plain", "with a table", "with a partition behind it", "with a GPT"])
def test_an_iso_that_is_cut_off(platterctl, iso, more):
    path = iso(*more)
    assert cut_off(platterctl, path) is None
    os.truncate(path, path.stat().st_size // 2)
    assert cut_off(platterctl, path) == "cut.iso ends before the file system on it does: it may not have come whole."


def test_a_hybrid_iso_that_ends_within_its_last_cylinder(platterctl, iso):
    """As isohybrid makes them: the table counts in whole ones."""
    path = iso("-partition_offset", "16")
    with open(path, "r+b") as file:
        file.seek(446 + 12)
        file.write((path.stat().st_size // 512 + 2000).to_bytes(4, "little"))
    assert cut_off(platterctl, path) is None
