# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The confinement of the helper and of its worker, as systemd and the kernel really put it into force."""
import json
import re

import pytest

from lab.content import MIB, noise

UNIT = "platter-helper.service"
MAX_EXPOSURE = 2.0
NEEDED = {"open a drive", "see mounts", "see swaps", "talk over local sockets", "leave the network"}
MAKE_PROBE = """
set -e
touch /home/alice/private && chown alice /home/alice/private && chmod 600 /home/alice/private
mkdir -p /dev/shm/of-alice && chown alice /dev/shm/of-alice && touch /dev/shm/of-alice/file
chmod 700 /dev/shm/of-alice && chown alice /dev/shm/of-alice/file && chmod 600 /dev/shm/of-alice/file
sed -e 's|^ExecStart=.*|ExecStart=/usr/bin/python3 -B /usr/local/lib/lab/probe.py\\nStandardOutput=file:/run/probe.json|' \
    -e 's|^Type=dbus|Type=oneshot|' -e '/^BusName=/d' /usr/lib/systemd/system/platter-helper.service \
    >/run/systemd/system/probe.service
systemctl daemon-reload
systemctl start probe.service
cat /run/probe.json
"""


@pytest.fixture(scope="module")
def probed(shared_machine):
    return json.loads(shared_machine().tool("sh", "-c", MAKE_PROBE))


def test_the_unit_forbids_what_the_helper_does_not_need(probed):
    assert {what for what, outcome in probed.items() if outcome == "did it"} == NEEDED
    assert {what for what, outcome in probed.items() if outcome not in (
        "did it", "EPERM", "EACCES", "EROFS", "ENOENT", "EAFNOSUPPORT", "ENOTDIR")} == set()


def test_exposure(machine):
    told = machine.tool("systemd-analyze", "security", "--no-pager", UNIT)
    exposure = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", told).group(1))
    assert exposure <= MAX_EXPOSURE, told


def status_of(machine, pid):
    lines = machine.tool("cat", f"/proc/{pid}/status").splitlines()
    return {line.split(":", 1)[0]: line.split(":", 1)[1].split() for line in lines}


@pytest.fixture
def busy(machine):
    """A job that runs as long as the test does: (process id of the helper, of its worker)."""
    source = machine.plug("STICK-SLOW", 16 * MIB, noise(16 * MIB), rate=MIB // 2)
    target = machine.plug("STICK-BUSY", 16 * MIB)
    job = machine.launch("platterctl", "clone", "--yes", "--json", source.path, target.path)
    job.wait_for_progress(lambda line: line["phase"] == "copying" and line["done"] > 0, "it to copy")
    yield (int(machine.tool("pgrep", "-x", "platter-helper")), int(machine.tool("pgrep", "-x", "platter-worker")))
    job.kill()
    machine.tool("systemctl", "kill", "--signal=KILL", UNIT)
    for stick in (source, target):
        machine.pull(stick)


def test_helper_and_worker_while_they_work(machine, busy):
    helper, worker = busy
    status = status_of(machine, helper)
    assert status["NoNewPrivs"] == ["1"] and status["Seccomp"] == ["2"]
    # kill, setgid, setuid, sys_admin
    assert int(status["CapBnd"][0], 16) == 1 << 5 | 1 << 6 | 1 << 7 | 1 << 21
    status = status_of(machine, worker)
    user = machine.tool("id", "-u", "platter-worker").strip()
    assert set(status["Uid"]) == {user}
    assert status["Groups"] == []
    assert status["NoNewPrivs"] == ["1"] and status["Seccomp"] == ["2"]
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[kind][0], 16) == 0, kind


def test_worker_is_alone(machine, busy):
    """In namespaces of its own, as far as the unit lets it make any, and with nothing open but its drives, its socket, its rings and
    memory: for what the map says, and for tables that are moved."""
    helper, worker = busy
    for kind in ("net", "ipc"):
        assert machine.tool("readlink", f"/proc/{worker}/ns/{kind}") != machine.tool("readlink", f"/proc/{helper}/ns/{kind}"), kind
    opened = machine.tool("sh", "-c", f"cd /proc/{worker}/fd && for each in *; do readlink $each; done").split("\n")
    allowed = re.compile(r"/dev/(null|sd[a-z]+)$|socket:|anon_inode:\[(io_uring|eventfd|eventpoll)\]|/memfd:platter-(map|gpt) \(deleted\)$|$")
    assert [name for name in opened if not allowed.match(name)] == []
