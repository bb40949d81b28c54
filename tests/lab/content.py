# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What lies on a test drive: bytes that are the same on every machine and differ from place to place."""
import random

MIB = 1 << 20


def noise(size, seed=1):
    """Bytes that no compression or zero detection gets hold of."""
    return random.Random(seed).randbytes(size)


def mixed(size, seed=1):
    """Noise with zeros in its middle third: long runs, and short ones of a single 4 KiB block."""
    data = bytearray(noise(size, seed))
    third = size // 3 // 4096 * 4096
    data[third : 2 * third] = bytes(third)
    for at in range(0, third - 4096, 64 * 1024):
        data[at : at + 4096] = bytes(4096)
    return bytes(data)


def old(size):
    """What was on a target before: whoever skips a zero without writing it is caught."""
    return b"\xa5" * size
