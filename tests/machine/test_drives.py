# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Drives of every kind, through UDisks2 and the installed helper: what they are called, where they are, and a clone."""
import json

import pytest

from lab.content import MIB, mixed

KINDS = {
    "sata": {"bus": "sata", "port": "SATA 1", "name": "QEMU HARDDISK", "serial": "SATA-1", "removable": False},
    "ssd": {"bus": "sata", "port": "SATA 2", "serial": "SATA-2", "removable": False},
    "scsi": {"port": "", "name": "QEMU HARDDISK", "serial": "SCSI-1", "removable": False},
    "scsi-4096": {"serial": "SCSI-4096", "logical-block-size": 4096},
    "nvme": {"bus": "nvme", "port": "", "name": "QEMU NVMe Ctrl", "serial": "NVME-1", "removable": False},
    "nvme-4096": {"bus": "nvme", "serial": "NVME-4096", "logical-block-size": 4096},
    "card": {"bus": "mmc", "name": "QEMU_", "removable": True},
}


def listed(machine, *arguments):
    """What platterctl lists, by device."""
    told = machine.tool("platterctl", "list", "--json", *arguments).splitlines()
    return {drive["device"]: drive for drive in map(json.loads, told)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_drive_is_called_what_people_call_it(machine, kind):
    disk = machine.disks[kind]
    drive = listed(machine)[disk.path]
    expected = {"logical-block-size": 512, "size": disk.size, "system": False} | KINDS[kind]
    assert {key: drive[key] for key in expected} == expected


def test_the_disk_of_the_system_is_no_target(machine):
    assert "/dev/vda" not in listed(machine)
    assert listed(machine, "--all")["/dev/vda"]["system"] is True
    result = machine.run("platterctl", "clone", "--yes", "--json", machine.disks["sata"].path, "/dev/vda")
    assert result.status == 3, result
    assert result.report["error"] == "SystemDrive"


def test_a_disc_is_no_target(machine):
    assert machine.run("test", "-b", "/dev/sr0").status == 0
    assert "/dev/sr0" not in listed(machine, "--all")
    result = machine.run("platterctl", "clone", "--yes", machine.disks["sata"].path, "/dev/sr0")
    assert result.status == 3, result


def test_sticks_tell_their_port(machine):
    direct = machine.plug("STICK-DIRECT", MIB, port="2")
    machine.monitor.ask("device_add", driver="usb-hub", id="hub", bus="usb.0", port="3")
    behind = machine.plug("STICK-BEHIND", MIB, port="3.4")
    nodes = direct.path, behind.path
    drives = listed(machine)
    assert drives[nodes[0]]["port"] == "USB 3, port 2"
    assert drives[nodes[1]]["port"] == "USB 1, hub port 4"
    for node in nodes:
        assert drives[node]["bus"] == "usb" and drives[node]["removable"] is True
    for disk in (direct, behind):
        machine.pull(disk)
    machine.monitor.ask("device_del", id="hub")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "4096" not in kind])
def test_a_clone_onto_each_is_verified(machine, kind):
    """The stick that is read belongs to this test, so that the drives can be written in any order."""
    data = mixed(4 * MIB)
    stick = machine.plug("STICK-SOURCE", len(data), data)
    target = machine.disks[kind]
    result = machine.run("platterctl", "clone", "--yes", "--json", stick.path, target.path)
    machine.pull(stick)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert result.report["targets"][0]["cache-bypassed"] is True
    assert target.stored(0, len(data)) == data


def test_large_sectors(machine):
    """Images are written to drives of 4096-byte sectors, these are cloned to each other, and to no other kind."""
    machine.python(f"import content; open('/var/tmp/odd.img', 'wb').write(content.mixed({3 * MIB} + 100)); print(1)")
    source, target = machine.disks["nvme-4096"], machine.disks["scsi-4096"]
    result = machine.run("platterctl", "write", "--yes", "--json", "/var/tmp/odd.img", source.path)
    assert result.status == 0, result
    assert source.stored(0, 3 * MIB + 100) == mixed(3 * MIB + 100)
    result = machine.run("platterctl", "clone", "--yes", "--json", source.path, target.path)
    assert result.status == 0, result
    assert target.stored() == source.stored()
    before = machine.disks["nvme"].stored()
    result = machine.run("platterctl", "clone", "--yes", "--json", source.path, machine.disks["nvme"].path)
    assert result.status == 3 and result.report["error"] == "SectorSize", result
    assert machine.disks["nvme"].stored() == before


def test_a_clone_of_each_is_verified(machine):
    """From every kind onto one stick, one after the other."""
    stick = machine.plug("STICK-TARGET", 40 * MIB)
    for kind in ("sata", "scsi", "nvme", "card"):
        result = machine.run("platterctl", "clone", "--yes", "--json", machine.disks[kind].path, stick.path)
        assert result.status == 0, (kind, result)
        assert stick.stored(0, machine.disks[kind].size) == machine.disks[kind].stored(), kind
    machine.pull(stick)
