#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Not a test: prints the table of docs/rescue.md. Rescues damaged drives of 1 GiB with Platter and with the installed
ddrescue, and counts what the drive was asked for. As root: rescue_table.py [MIB] [DISK...]"""
import random
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from lab import content  # noqa: E402
from lab.content import MIB  # noqa: E402
from lab.drives import Drives  # noqa: E402
from lab.faulty import Faulty  # noqa: E402
from lab.platterctl import Platterctl  # noqa: E402
from lab.room import Room  # noqa: E402

KIB = 1024
LINE = re.compile(r"connection=(\d+ )(\.\.\.)?(Read id=\d+) (?:offset=\S+ count=(\S+)|return=(\S+))")


def scattered(size, count, length, step):
    places = sorted(random.Random(7).sample(range(size // step), count))
    merged = []
    for start in (place * step for place in places):
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], start + length)
        else:
            merged.append((start, start + length))
    return merged


def scratched(size):
    """Where a head has touched the platter: small bad places near each other, in twenty parts of the drive."""
    source, sectors = random.Random(7), set()
    for start in range(size // 100, size, size // 20):
        for _ in range(50):
            first = (start + source.randrange(size // 64)) // 512
            sectors.update(range(first, first + source.randrange(1, 64)))
    return stretches(sectors)


def stretches(sectors):
    merged = []
    for sector in sorted(sectors):
        if merged and merged[-1][1] == sector * 512:
            merged[-1] = (merged[-1][0], (sector + 1) * 512)
        else:
            merged.append((sector * 512, (sector + 1) * 512))
    return merged


def two_heads(size):
    """Two heads of four are dead; they take turns after 3 to 5 MiB."""
    source, band, at, bad = random.Random(7), 0, 0, []
    while at + 5 * MIB < size:
        length = source.randrange(48, 80) * 64 * KIB
        if band % 4 == 1:
            bad.append((at, at + length))
        elif band % 4 == 2:
            bad[-1] = (bad[-1][0], at + length)
        band, at = band + 1, at + length
    return bad


def disks(size):
    gib = size / (1024 * MIB)
    return {
        "a: single bad sectors": scattered(size, int(64 * gib), 512, 4096),
        "b: one bad region": [(size // 2, size // 2 + size // 16)],
        "c: a dead head": [(at + 16 * MIB, at + 32 * MIB) for at in range(0, size, 64 * MIB)],
        "d: 1 % random, 4 KiB": scattered(size, int(2621 * gib), 4 * KIB, 4 * KIB),
        "e: first and last MiB": [(0, MIB), (size - MIB, size)],
        "f: a scratch": scratched(size),
        "g: two heads of four": two_heads(size),
    }


def follow(log, good):
    """(reads, failed reads, failed reads until 99.9 % of the good bytes had come)."""
    counts, reads, errors, came, until = {}, 0, 0, 0, None
    with open(log, encoding="ascii", errors="replace") as lines:
        for match in filter(None, map(LINE.search, lines)):
            connection, is_answer, read, count, answer = match.groups()
            if not is_answer:
                counts[connection + read] = int(count, 0)
                reads += 1
            elif answer == "0":
                came += counts.pop(connection + read, 0)
            else:
                errors += 1
            if until is None and came >= good * 0.999:
                until = errors
    return reads, errors, until


def measure(source, target, good, whole, bad, command):
    source.forget()
    command()
    told = follow(source._folder / "log", good)
    data = target.read()
    lost = sum(end - start for start, end in bad)
    wrong = 0
    at = 0
    for start, end in [*bad, (len(whole), len(whole))]:
        if data[at:start] != whole[at:start]:
            wrong += sum(data[x:x + 512] != whole[x:x + 512] for x in range(at, start, 512)) * 512
        at = end
    return *told, 100 * (len(whole) - lost - wrong) / (len(whole) - lost)


def main():
    size = int(sys.argv[1]) * MIB if len(sys.argv) > 1 else 1024 * MIB
    whole = b"".join(content.noise(min(128 * MIB, size - at), at) for at in range(0, size, 128 * MIB))
    room = Room()
    drives, below = Drives(room), Drives(room)
    faulty = Faulty(room, below)
    run = Platterctl(room)
    print("| drive | bad sectors | program | reads | failed reads | until 99.9 % of the good | rescued of the good |")
    print("|---|---|---|---|---|---|---|")
    try:
        for name, bad in disks(size).items():
            if len(sys.argv) > 2 and name[0] not in sys.argv[2:]:
                continue
            lost = sum(end - start for start, end in bad)
            source = faulty.make_damaged(whole, bad)
            ours, theirs = drives.make(size), drives.make(size)
            commands = {
                "Platter": (ours, lambda: run("rescue", "--yes", "--quiet", "--map", room.new("map"), source, ours)),
                "ddrescue": (theirs, lambda: subprocess.run(["ddrescue", "--force", "--idirect", "--quiet", source.path, theirs.path,
                                                             room.new("map")], check=True)),
            }
            for program, (target, command) in commands.items():
                reads, errors, until, share = measure(source, target, size - lost, whole, bad, command)
                print(f"| {name} | {lost // 512:,} | {program} | {reads:,} | {errors:,} | {until:,} | {share:.4g} % |", flush=True)
            drives.close()
            faulty.close()
            below.close()
            faulty.unmount()
    finally:
        faulty.close()
        drives.close()
        below.close()
        faulty.unmount()
        room.close()


if __name__ == "__main__":
    main()
