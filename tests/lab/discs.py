# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images of CDs, made sector by sector of the image of a file system: what ECMA-130 says, but for the parity, which nobody here uses."""
import functools
import os
import struct
import subprocess
import tempfile

USER = 2048
RAW = 2352
SYNC = b"\x00" + 10 * b"\xff" + b"\x00"
SOUND = bytes(range(7, 7 + 98)) * 24


def _multiply(a, b):
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = a << 1, b >> 1
    return product


@functools.cache
def _remainders():
    # (x^16 + x^15 + x^2 + 1) (x^16 + x^2 + x + 1), with the bits of each byte the other way round.
    polynomial = _multiply(0x18005, 0x10007) & 0xFFFFFFFF
    mirrored = int(f"{polynomial:032b}"[::-1], 2)
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (mirrored if value & 1 else 0)
        table.append(value)
    return table


def edc(data):
    table, value = _remainders(), 0
    for byte in data:
        value = value >> 8 ^ table[(value ^ byte) & 0xFF]
    return struct.pack("<I", value)


def _bcd(number):
    return number // 10 * 16 + number % 10


def _header(index, mode):
    frames = index + 150
    return SYNC + bytes([_bcd(frames // 4500), _bcd(frames // 75 % 60), _bcd(frames % 75), mode])


def mode1(index, user):
    head = _header(index, 1) + user
    return head + edc(head) + bytes(8 + 276)


def mode2_bare(_index, user, submode=0x08):
    head = 2 * bytes([0, 0, submode, 0]) + user
    return head + edc(head) + bytes(276)


def mode2(index, user):
    return _header(index, 2) + mode2_bare(index, user)


def form2(index):
    return _header(index, 2) + 2 * bytes([0, 0, 0x20, 0]) + bytes(2324) + bytes(4)


def plain(_index, user):
    return user


def track(user, make=mode1, subchannels=False):
    behind = bytes(96) if subchannels else b""
    return b"".join(make(at // USER, user[at:at + USER]) + behind for at in range(0, len(user), USER))


@functools.cache
def iso():
    """A file system of a few hundred sectors, with something in each."""
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(f"{folder}/files")
        with open(f"{folder}/files/NOISE.BIN", "wb") as file:
            file.write(b"".join(struct.pack("<Q", n * n * 2654435761) for n in range(20000)))
        subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-V", "PLATTER_CD", "-o", f"{folder}/cd.iso", f"{folder}/files"],
                       check=True, capture_output=True)
        with open(f"{folder}/cd.iso", "rb") as file:
            return file.read()


def time(sectors):
    return f"{sectors // 4500:02}:{sectors // 75 % 60:02}:{sectors % 75:02}"


def nrg(parts, wide=True, by_track=False):
    """@parts: (mode of Nero's, size of sectors, bytes)"""
    def place(number):
        return struct.pack(">Q" if wide else ">I", number)

    body, tracks, at = bytes(150 * USER), [], 150 * USER
    for mode, size, data in parts:
        if by_track:
            tracks.append(place(at) + place(len(data)) + struct.pack(">II", mode, 0) + (bytes(8) if wide else bytes(4)))
        else:
            tracks.append(bytes(12) + struct.pack(">HBxxx", size, mode) + place(at) + place(at) + place(at + len(data)))
        body, at = body + data, at + len(data)
    table = b"".join(tracks)
    if not by_track:
        table = struct.pack(">I", 22 + len(table)) + bytes(14) + b"\x00\x00\x01" + bytes([len(parts)]) + table
    name = {(True, True): b"ETN2", (True, False): b"DAOX", (False, True): b"ETNF", (False, False): b"DAOI"}[wide, by_track]
    chunks = b"".join(kind + struct.pack(">I", len(content)) + content
                      for kind, content in [(b"CUEX", bytes(16)), (name, table), (b"SINF", struct.pack(">I", len(parts))), (b"END!", b"")])
    return body + chunks + ((b"NER5" if wide else b"NERO") + place(at))


def mds(parts, name="*.mdf"):
    """@parts: (mode, sub-channels, size of sectors, offset, number of sectors)"""
    n, tracks, extras = len(parts), b"", b""
    start = 88 + 24
    extra, footer = start + 80 * n, start + 80 * n + 8 * n
    for i, (mode, subchannels, size, offset, sectors) in enumerate(parts):
        tracks += (bytes([mode, subchannels, 0x14, 0, i + 1]) + bytes(7) + struct.pack("<IH", extra + 8 * i, size) + bytes(18)
                   + struct.pack("<IQII", 0, offset, 1, footer) + bytes(24))
        extras += struct.pack("<II", 0, sectors)
    header = b"MEDIA DESCRIPTOR" + bytes([1, 3]) + struct.pack("<HH", 0, 1) + bytes(58) + struct.pack("<I", 88) + bytes(4)
    session = struct.pack("<iiHBBHHII", 0, 0, 1, n, 0, 1, n, 0, start)
    return header + session + tracks + extras + struct.pack("<IIII", footer + 16, 0, 0, 0) + name.encode() + b"\x00"
