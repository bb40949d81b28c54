# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The benchmark runs, and what it counts, which no other load on the machine changes, stays small."""
import json
import os
import subprocess

import pytest

from lab.platterctl import BUILD, TOP
from lab.room import wait_until

SIZE_MIB = 24


@pytest.fixture(scope="module")
def result(root):
    done = subprocess.run(
        [TOP / "build-aux" / "benchmark", "--bare", "--json", "--runs", "1", "--size", str(SIZE_MIB)],
        env={**os.environ, "PLATTER_BUILD_DIR": str(BUILD)}, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def engine(result):
    return {name: values for name, values in result["workloads"].items() if name.startswith("engine")}


def test_every_workload_is_measured(result):
    assert {"bare loop", "engine, io_uring", "engine, threads", "platterctl clone"} <= set(result["workloads"])
    for name, values in result["workloads"].items():
        assert values["wall_s"] >= values["copy_s"] + values["verify_s"] > 0, name
        assert name.startswith("bare loop") or values["cpu_s_per_gib"] > 0, name


def test_data_is_not_copied_inside_the_process(result):
    for name, values in engine(result).items():
        assert values["copied_per_byte"] < 0.01, name


def test_memory_is_allocated_for_blocks_and_not_for_their_data(result):
    for name, values in engine(result).items():
        assert values["allocations_per_mib"] < 16 or "SHA-256" in name, name


def test_peak_memory_of_all_processes(result):
    assert 0 < result["workloads"]["platterctl clone"]["peak_mib"] < 128


def test_nothing_is_left_behind(result):
    """Whoever is told of a new drive may still be looking at it."""
    def list_drives():
        return subprocess.run(["losetup", "--list"], capture_output=True, text=True, check=True).stdout

    wait_until(lambda: "platter-benchmark-" not in list_drives(), "the drives to go")
