# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What runs as root, or with the user's rights, parses nothing foreign: it is not even linked to a library that could."""
import re
import subprocess

import pytest

from lab.platterctl import BUILD

PARSERS = ("fdisk", "ext2fs", "blkid", "crypto", "archive", "zstd", "lzma", "isal", "bz2", "lz4", "z.", "uring", "nbd")


def needed(program):
    listing = subprocess.run(["readelf", "--dynamic", program], check=True, capture_output=True, text=True).stdout
    return re.findall(r"\(NEEDED\).*\[lib([^\]]+)\]", listing)


def loaded(program):
    """All libraries, those that libraries need among them."""
    listing = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^\s*lib(\S+) =>", listing, re.M)


@pytest.mark.parametrize("client", ["cli/platterctl", "app/platter"])
def test_clients_have_no_parsers_and_no_engine(client):
    program = BUILD / "src" / client
    assert [name for name in needed(program) if name.startswith(PARSERS)] == []
    # GTK has use for some of the others.
    assert [name for name in loaded(program) if name.startswith(("archive", "nbd"))] == []
    look = BUILD / "src" / "look" / "platter-look"
    assert {"archive", "nbd"} <= {name.split(".")[0] for name in loaded(look)}
    assert {"archive", "blkid", "nbd"} <= {name.split(".")[0] for name in needed(look)}


def test_helper_has_no_parsers_and_no_engine():
    helper = needed(BUILD / "src" / "helper" / "platter-helper")
    assert any(name.startswith("gio-2.0") for name in helper), helper
    assert [name for name in helper if name.startswith(PARSERS)] == []
    # The worker has them: the list above can find what it looks for.
    assert any(name.startswith(PARSERS) for name in needed(BUILD / "src" / "worker" / "platter-worker"))


def test_worker_for_drives_unpacks_nothing():
    names = ("archive", "nbd", "zstd", "lzma", "isal", "bz2", "lz4", "xml2", "gnutls")
    drives, images = (loaded(BUILD / "src/worker" / name) for name in ("platter-worker", "platter-worker-images"))
    assert [name for name in drives if name.startswith(names)] == []
    assert [name for name in names if not any(there.startswith(name) for there in images)] == []


def test_no_mount_is_hidden_from_the_helper():
    """Some settings of a unit unmount, in its namespace, what lies below a folder: a drive in use would look free. What the
    computer shows of it is in tests/machine/test_unit.py."""
    unit = (BUILD / "data" / "helper" / "platter-helper.service").read_text()
    settings = dict(line.split("=", 1) for line in unit.splitlines() if re.match(r"[A-Z]\w+=", line))
    assert settings["ProtectHome"] == "read-only"
    assert not {"InaccessiblePaths", "TemporaryFileSystem", "RootDirectory", "RootImage"} & settings.keys()
