# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The fault matrix says of each row where it is tested or what it waits for, and says the truth."""
import re
import subprocess
import tomllib

from lab.platterctl import TOP

MATRIX = tomllib.loads((TOP / "tests/faults/matrix.toml").read_text())


def rows_with_tests():
    """{row: the files that have a test of that name}."""
    found = {}
    for path in sorted((TOP / "tests").rglob("*")):
        if path.suffix in (".py", ".c"):
            for row in re.findall(r"\btest_row_(\d+)", path.read_text()):
                found.setdefault(int(row), set()).add(str(path.relative_to(TOP)))
    return found


def test_matrix_has_all_hundred_rows():
    assert sorted(map(int, MATRIX)) == list(range(1, 101))


def test_each_row_is_tested_or_waits():
    for number, row in MATRIX.items():
        assert ("test" in row) != ("later" in row), f"row {number}"


def test_listed_tests_exist_and_existing_tests_are_listed():
    listed = {int(number): row["test"] for number, row in MATRIX.items() if "test" in row}
    found = rows_with_tests()
    assert sorted(listed) == sorted(found)
    for number, path in listed.items():
        assert path in found[number], f"row {number}"


def test_the_table_in_the_documentation_is_current():
    done = subprocess.run([TOP / "build-aux/fault-table", "--check"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr


def test_each_row_says_what_is_expected():
    for number, row in MATRIX.items():
        assert row["expected"], f"row {number}"
