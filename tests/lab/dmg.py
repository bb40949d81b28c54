# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Apple disk images (UDIF), made of plain sectors."""
import base64
import bz2
import lzma
import struct
import zlib

SECTOR = 512
ZERO, RAW, IGNORED, ADC, ZLIB, BZIP2, LZFSE, XZ = 0, 1, 2, 0x80000004, 0x80000005, 0x80000006, 0x80000007, 0x80000008
PACKERS = {RAW: bytes, ZLIB: zlib.compress, BZIP2: bz2.compress, XZ: lzma.compress, LZFSE: bytes, ADC: bytes}


def entry(kind, start, sectors, offset, length):
    return struct.pack(">IIQQQQ", kind, 0, start, sectors, offset, length)


def table(start, sectors, entries, checksum):
    entries = [*entries, entry(0xFFFFFFFF, sectors, 0, 0, 0)]
    return (struct.pack(">4sIQQQII24x", b"mish", 1, start, sectors, 0, 2056, 0) + struct.pack(">III124x", 2, 32, checksum)
            + struct.pack(">I", len(entries)) + b"".join(entries))


def listing(tables):
    dicts = "".join(f"<dict>\n<key>Attributes</key><string>0x0050</string>\n<key>Data</key>\n<data>\n{base64.encodebytes(one).decode()}</data>\n"
                    f"<key>ID</key><string>{number}</string>\n<key>Name</key><string>part</string></dict>\n"
                    for number, one in enumerate(tables))
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" '
            '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0"><dict><key>resource-fork</key><dict>'
            f"<key>blkx</key><array>{dicts}</array><key>plst</key><array><dict><key>Data</key><data>AAAA</data></dict></array>"
            "</dict></dict></plist>\n").encode()


def trailer(fork, plist, sectors, segments=1):
    return (struct.pack(">4sIIIQQQQQII16x", b"koly", 4, 512, 1, 0, 0, fork, 0, 0, 1, segments)
            + struct.pack(">II128x", 2, 32) + struct.pack(">QQ120x", fork, plist) + struct.pack(">II128x", 2, 32)
            + struct.pack(">IQ12x", 1, sectors))


def make(data, kinds=(ZLIB,), chunk=128 * SECTOR, change=lambda tables: tables, segments=1,
         edit=lambda plist: plist):
    """@kinds: of the chunks, in turn; those that are all zeros need no data. One table has the first half, another the rest."""
    fork, tables, sectors = b"", [], len(data) // SECTOR
    half = sectors // 2 // 128 * 128
    index = 0
    for start, end in (0, half), (half, sectors):
        entries, checksum = [], 0
        for at in range(start * SECTOR, end * SECTOR, chunk):
            part = data[at:min(at + chunk, end * SECTOR)]
            kind = kinds[index % len(kinds)] if any(part) else (ZERO, IGNORED)[index % 2]
            packed = PACKERS[kind](part) if any(part) else b""
            checksum = zlib.crc32(part, checksum) if kind != IGNORED else checksum
            entries.append(entry(kind, at // SECTOR - start, len(part) // SECTOR, len(fork), len(packed)))
            fork, index = fork + packed, index + 1
        tables.append((start, end - start, entries, checksum))
    plist = edit(listing([table(*one) for one in change(tables)]))
    return fork + plist + trailer(len(fork), len(plist), sectors, segments)
