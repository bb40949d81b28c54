#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
#
# embed-xml.py INPUT OUTPUT: the interface's XML as a C string.
import sys

with open(sys.argv[1], encoding="utf-8") as source:
    lines = source.read().splitlines()
with open(sys.argv[2], "w", encoding="utf-8") as header:
    header.write("#pragma once\n\n#define PLATTER_INTERFACE_XML \\\n")
    for line in lines:
        escaped = line.replace("\\", "\\\\").replace('"', '\\"')
        header.write(f'  "{escaped}\\n" \\\n')
    header.write('  ""\n')
