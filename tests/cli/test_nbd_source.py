# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What an NBD server has as a source, by its address: over a local socket and over TCP."""
import hashlib
import socket
import subprocess

import pytest

from cli.test_resume import CUT, cut_off, jobs, state  # noqa: F401: fixtures
from lab import content, room as rooms
from lab.content import MIB

SIZE = 6 * MIB + 512
DATA = content.mixed(SIZE)


@pytest.fixture
def serve(room):
    """Starts nbdkit on a file; returns the address of what it serves."""
    kits = []

    def free_port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def start(data=DATA, over="unix", export="", options=()):
        folder = room.folder("server")
        (folder / "disk.img").write_bytes(data)
        place = folder / "socket"
        port = free_port()
        where = ["--unix", place] if over == "unix" else ["--ipaddr", "127.0.0.1", "--port", str(port)]
        names = ["--filter=exportname"] if export else []
        chosen = [f"exportname={export}", "exportname-strict=true"] if export else []
        command = ["nbdkit", "--foreground", "--exit-with-parent", f"--pidfile={folder / 'pid'}", *where, *names,
                   *[word for word in options if word.startswith("--")], "file", folder / "disk.img", *chosen,
                   *[word for word in options if not word.startswith("--")]]

        def run():
            for path in (folder / "pid", place):
                path.unlink(missing_ok=True)
            start.kit = rooms.start(command, stderr=subprocess.DEVNULL)
            kits.append(start.kit)
            rooms.wait_until((folder / "pid").exists, "nbdkit")

        run()
        start.again = run
        return f"nbd+unix:///{export}?socket={place}" if over == "unix" else f"nbd://127.0.0.1:{port}/{export}"

    yield start
    for kit in kits:
        rooms.end(kit)


@pytest.fixture
def target(drives):
    return drives.make(8 * MIB, content.old(8 * MIB))


@pytest.mark.parametrize("over", ["unix", "tcp"])
def test_write(platterctl, serve, target, over):
    address = serve(over=over, export="a-disk")
    result = platterctl("write", "--yes", "--json", address, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["digests"]["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert result.report["source"]["name"] == address
    assert target.read(0, SIZE) == DATA


def test_goes_on_after_the_helper_was_killed(platterctl, serve, faulty, cut_off):  # noqa: F811
    """The address is known; nothing has to be named once more."""
    data = content.noise(4 * CUT)
    slow = faulty.make(len(data), content.old(len(data)), write_delay=50)
    cut_off("write", "--yes", "--json", serve(data, export="a-disk"), slow, slow=slow)
    assert [job["resumable"] for job in jobs(platterctl)] == [True]
    # That may have ended it, too.
    rooms.end(serve.kit)
    serve.again()
    before = len(slow.requests())
    result = platterctl("jobs", "resume", "1", "--yes", "--json")
    assert result.status == 0, result
    assert result.report["outcome"] == "verified" and slow.stored() == data
    assert not any(MIB <= offset < CUT - 4 * MIB for kind, offset, _ in slow.requests()[before:] if kind in "wzt")
    assert jobs(platterctl) == []


def test_a_server_that_is_gone_is_told(platterctl, serve, faulty, cut_off):  # noqa: F811
    """Another address may be given."""
    data = content.noise(4 * CUT)
    slow = faulty.make(len(data), content.old(len(data)), write_delay=50)
    address = serve(data)
    cut_off("write", "--yes", "--json", address, slow, slow=slow)
    rooms.end(serve.kit)
    result = platterctl("jobs", "resume", "1", "--yes", "--json")
    assert result.status == 1 and address in result.stderr and "cannot be reached" in result.stderr, result
    result = platterctl("jobs", "resume", "1", serve(data, over="tcp"), "--yes", "--json")
    assert result.status == 0 and slow.stored() == data, result


def test_info_and_verify(platterctl, serve, drives):
    address = serve()
    (told,) = platterctl("info", "--json", address).lines
    assert (told["size"], told["packing"]) == (SIZE, "nbd")
    drive = drives.make(SIZE, DATA)
    assert platterctl("verify", address, drive).status == 0
    other = bytearray(DATA)
    other[5 * MIB] ^= 4
    drive = drives.make(SIZE, other)
    result = platterctl("verify", "--json", address, drive)
    assert result.status == 4, result
    assert [mismatch["offset"] for mismatch in result.report["targets"][0]["mismatches"]] == [5 * MIB]


def test_too_small(platterctl, serve, drives):
    small = drives.make(4 * MIB, content.old(4 * MIB))
    result = platterctl("write", "--yes", serve(), small)
    assert result.status in (1, 3), result
    assert small.read() == content.old(4 * MIB)


def test_the_server_goes_away(platterctl, serve, drives):
    data = content.noise(48 * MIB)
    target = drives.make(len(data), content.old(len(data)))
    address = serve(data, options=("--filter=delay", "delay-read=700ms"))
    process = platterctl.start_in_background("write", "--yes", "--json", address, target)
    platterctl.wait_for_progress(process)
    serve.kit.kill()
    result = platterctl.wait(process)
    assert result.status == 1, result
    assert "no longer there" in result.stderr
    assert target.read(0, MIB) != data[:MIB]


@pytest.mark.parametrize("address,words", [
    ("nbd+unix:///?socket=/nonexistent/socket", "cannot be reached"), ("nbds://127.0.0.1/x", "encrypted"),
    ("nbd:///x", "no address"), ("nbd+unix:///x", "no address"), ("nbd+vsock:///x", "no address"),
    ("nbd+unix:///?socket=relative", "no address"),
])
def test_refused(platterctl, target, address, words):
    result = platterctl("write", "--yes", address, target)
    assert result.status in (1, 3), result
    assert words in result.stderr
    assert target.read() == content.old(8 * MIB)


def test_no_such_export(platterctl, serve, target):
    address = serve(export="right").replace("right", "wrong")
    result = platterctl("write", "--yes", address, target)
    assert result.status in (1, 3), result
    assert address in result.stderr
    assert target.read() == content.old(8 * MIB)
