# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The computer that the tests of this folder share: one start for all of them."""
import os

import pytest

from lab.content import MIB
from lab.machine import Machine

FOLDER = os.environ.get("PLATTER_MACHINE")


def pytest_collection_modifyitems(items):
    """What ends the computer comes last, and all have the time that plain emulation takes on a busy machine."""
    for item in items:
        item.add_marker(pytest.mark.timeout(1500))
    items.sort(key=lambda item: item.path.name == "test_power_cut.py")


def build(room):
    """A computer with one drive of each kind."""
    made = Machine(FOLDER, room)
    made.add("sata", "ide-hd", serial="SATA-1", options=",bus=ide.0")
    made.add("ssd", "ide-hd", serial="SATA-2", options=",bus=ide.1,rotation_rate=1")
    made.add("scsi", "scsi-hd", serial="SCSI-1", options=",bus=hba.0")
    made.add("scsi-4096", "scsi-hd", serial="SCSI-4096", options=",bus=hba.0,logical_block_size=4096,physical_block_size=4096")
    made.add("nvme", "nvme", serial="NVME-1")
    made.add("card", "sd-card", options=",bus=sd-bus", node="/dev/mmcblk0")
    made.add("bad", "nvme", serial="NVME-BAD", errors=[10 * MIB // 512 + 3])
    made.add("disc", "scsi-cd", size=4 * MIB, options=",bus=hba.0")
    made.add("nvme-4096", "nvme", serial="NVME-4096", options=",logical_block_size=4096,physical_block_size=4096")
    return made


@pytest.fixture(scope="session")
def shared_machine(room):
    if not FOLDER:
        pytest.skip("there is no machine: build-aux/test-machine makes one")
    made = []

    def get():
        if not made or not made[-1].is_alive():
            made.append(build(room))
            made[-1].start()
        return made[-1]

    yield get
    for machine in made:
        machine.close()


@pytest.fixture
def machine(shared_machine):
    """The computer, started again if a test has cut its power."""
    return shared_machine()
