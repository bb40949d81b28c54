# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images that cannot be unpacked, and what has to become of a drive that one of them was to be written to."""
from lab import content
from lab.content import MIB


def write(platterctl, room, packed_bytes, target, *more, kind="xz"):
    image = room.folder("bad") / f"image.{kind}"
    image.write_bytes(packed_bytes)
    return platterctl("write", "--yes", "--json", *more, image, target)


def check_failed(result, target):
    """Either it was refused and nothing was touched, or it failed and the target does not look whole."""
    assert result.status in (1, 2, 3), result
    assert "Traceback" not in result.stderr and "worker has ended" not in result.stderr, result
    head = target.read(0, MIB)
    if result.stdout and result.report.get("type") == "report":
        assert result.report["error-code"] in ("decode", "unsupported", "too-small"), result
        assert "image" in result.report["error-message"], result
        assert head.startswith(b"Platter: ") and not any(head[512:])
    else:
        assert head == content.old(8 * MIB)[:MIB], result
        assert "image" in result.stderr or result.lines[-1]["error"] == "TooSmall", result
