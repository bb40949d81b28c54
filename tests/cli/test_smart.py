# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What platterctl says of drives that are not well. UDisks2 is a mock here (lab/smart.py): a loop device has no SMART, and
no block device that can be made here has."""
import pytest
from gi.repository import GLib

from lab.content import MIB, noise, old
from lab.platterctl import Platterctl
from lab.smart import FAILING, WELL, bad_sectors

pytestmark = pytest.mark.usefixtures("root")


@pytest.fixture
def platterctl(room, smart_bus):
    made = Platterctl(room, smart_bus.address)
    yield made
    made.close()


def nvme(*warnings):
    return {"SmartUpdated": GLib.Variant("t", 1700000000), "SmartCriticalWarning": GLib.Variant("as", warnings)}


def test_list_tells_the_health(platterctl, smart_bus, drives):
    never = {"SmartUpdated": GLib.Variant("t", 0)}
    told = {
        "unknown": [("Drive.Ata", {}), ("Drive.Ata", WELL | FAILING | never)],
        "good": [("Drive.Ata", WELL), ("NVMe.Controller", nvme("temperature"))],
        "bad-sectors": [("Drive.Ata", WELL | bad_sectors(24))],
        "failing": [("Drive.Ata", WELL | FAILING | bad_sectors(24)), ("NVMe.Controller", nvme("temperature", "degraded"))],
    }
    expected = {}
    for health, all_smart in told.items():
        for interface, smart in all_smart:
            drive = drives.make(MIB)
            smart_bus.add(drive, interface, **smart)
            expected[drive.path] = (health, 24 if "SmartNumBadSectors" in smart and health in ("bad-sectors", "failing") else None)

    found = {line["device"]: line for line in platterctl("list", "--all", "--json").lines}
    assert {path: (found[path]["health"], found[path].get("bad-sectors")) for path in expected} == expected

    words = platterctl("list", "--all")
    assert words.stdout.count("Failing, says its self-monitoring\n") == 2, words
    assert words.stdout.count("24 bad sectors, says its self-monitoring\n") == 1, words
    sick = next(path for path, (health, _) in expected.items() if health == "failing")
    assert "Failing, says its self-monitoring\n" in platterctl("info", sick).stdout


def test_clone_advises_on_standard_error(platterctl, smart_bus, drives):
    source, target = drives.make(2 * MIB, noise(2 * MIB, seed=31)), drives.make(2 * MIB, old(2 * MIB))
    smart_bus.add(source, **WELL | bad_sectors(8))
    smart_bus.add(target, **WELL | FAILING)

    result = platterctl("clone", "--yes", "--json", source, target)
    assert result.status == 0, result
    assert target.read() == source.read()
    assert f"{source.file.name} has bad sectors, says its self-monitoring: rescue it" in result.stderr
    assert "a clone with --on-error rescue" in result.stderr
    assert f"{target.file.name} is failing, says its self-monitoring: do not trust it" in result.stderr

    result = platterctl("clone", "--yes", "--on-error", "rescue", source, target)
    assert result.status == 0, result
    assert source.file.name not in result.stderr and f"{target.file.name} is failing" in result.stderr
    assert "self-monitoring" not in platterctl("clone", "--yes", "--quiet", source, target).stderr
