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

from lab import content
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
