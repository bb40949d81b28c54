# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Disks of virtual machines, made by qemu-img, and the servers that read them."""
import os
from pathlib import Path

from . import content, room as rooms
from .content import MIB
from .processes import name

SIZE = 12 * MIB
# What makes it of a plain image, and what Platter calls it.
KINDS = {
    "qcow2": ("-O qcow2", "qcow2"),
    "qcow2-compressed": ("-c -O qcow2 -o compression_type=zstd", "qcow2"),
    "qcow2-old": ("-c -O qcow2 -o compat=0.10,cluster_size=4k", "qcow2"),
    "qcow2-preallocated": ("-O qcow2 -o preallocation=falloc", "qcow2"),
    "vmdk": ("-O vmdk", "vmdk"),
    "vmdk-stream": ("-O vmdk -o subformat=streamOptimized", "vmdk"),
    "vdi": ("-O vdi", "vdi"),
    "vdi-static": ("-O vdi -o static=on", "vdi"),
    "vhd": ("-O vpc -o force_size=on", "vhd"),
    "vhd-fixed": ("-O vpc -o subformat=fixed,force_size=on", "vhd"),
    "vhdx": ("-O vhdx", "vhdx"),
    "qed": ("-O qed", "qed"),
    "parallels": ("-O parallels", "parallels"),
}


def data(size=SIZE):
    """Some of it noise, some of it zeros, and some that compresses."""
    return (content.mixed(size - 2 * MIB) + b"Every cluster is compressed. " * (2 * MIB))[:size]


def make(folder, kind, plain):
    """The image's path, whose name tells nothing."""
    path = folder / f"{kind}.image"
    rooms.run("qemu-img", "convert", "-q", "-f", "raw", *KINDS[kind][0].split(), plain, path)
    return path


def servers(image):
    """The processes of qemu-nbd that have the file open."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if name(folder.name) == "qemu-nbd" and any(
                    os.path.samefile(link, image) for link in (folder / "fd").iterdir() if link.exists()):
                found.append(int(folder.name))
        except OSError:
            continue
    return found
