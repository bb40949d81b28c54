# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What runs as root parses nothing foreign: it is not even linked to a library that could."""
import re
import subprocess

from lab.platterctl import BUILD

PARSERS = ("fdisk", "ext2fs", "blkid", "crypto", "archive", "zstd", "lzma", "isal", "bz2", "lz4", "z.", "uring", "nbd")


def needed(program):
    listing = subprocess.run(["readelf", "--dynamic", program], check=True, capture_output=True, text=True).stdout
    return re.findall(r"\(NEEDED\).*\[lib([^\]]+)\]", listing)


def test_helper_has_no_parsers_and_no_engine():
    helper = needed(BUILD / "src" / "helper" / "platter-helper")
    assert any(name.startswith("gio-2.0") for name in helper), helper
    assert [name for name in helper if name.startswith(PARSERS)] == []
    # The worker has them: the list above can find what it looks for.
    assert any(name.startswith(PARSERS) for name in needed(BUILD / "src" / "worker" / "platter-worker"))
