# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The power goes while sticks are written. Cutting it ends the shared computer: these tests come last."""
import subprocess

from lab import room as rooms
from lab.content import MIB, noise

SIZE = 8 * MIB


def test_a_target_without_power_looks_like_nothing(machine, room):
    """One stick in the middle of being written, one while it is read back. The image is a disk with a partition table
    and a file system; neither of them shows on the sticks."""
    image = room.new("disk.img")
    with open(image, "wb") as file:
        file.write(noise(SIZE))
    rooms.run("mkfs.vfat", "--offset=2048", image, str((SIZE - 2 * MIB) // 1024))
    rooms.run("sfdisk", "--quiet", image, input="label: gpt\nstart=2048, size=4096\n", stdin=None)
    source = machine.plug("STICK-SOURCE", file=image)
    sticks = [machine.plug(f"STICK-{number}", SIZE, rate=rate) for number, rate in ((1, MIB // 4), (2, MIB // 2))]
    slow, fast = [machine.launch("platterctl", "write", "--yes", "--json", "/var/tmp/disk.img", stick.path)
                  for stick in sticks if machine.tool("dd", f"if={source.path}", "of=/var/tmp/disk.img", "bs=1M") == ""]
    fast.wait_for_progress(
        lambda line: line["phase"] == "verifying", "it to verify: what is told may be old already, and the edges come next")
    slow.wait_for_progress(lambda line: line["done"] > 3 * MIB, "it to have written something")
    assert slow.result is None and fast.result is None
    machine.cut_power()
    for stick in sticks:
        found = subprocess.run(["blkid", "--probe", stick.file], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert found.returncode == 2, f"nothing is known of it: {found.stdout}"
        assert stick.stored(0, MIB) != image.read_bytes()[:MIB]
        assert noise(SIZE)[2 * MIB : 2 * MIB + 4096] in stick.stored(), "it had been written to"
