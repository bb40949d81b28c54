# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Who may do what, with the real polkit, its own agent and logind's real sessions: alice sits at the screen and is an
administrator, bob is neither."""
import json

import pytest

from lab.content import MIB, noise, old

SIZE = 2 * MIB
AT_TERMINAL = ("python3", "/usr/local/lib/lab/at_terminal.py")


@pytest.fixture
def image(machine):
    """A file that everybody may read."""
    machine.python("import content, json, os\n"
                   f"open('/var/tmp/disk.img', 'wb').write(content.noise({SIZE}))\n"
                   "os.chmod('/var/tmp/disk.img', 0o644); print('true')")
    return "/var/tmp/disk.img"


@pytest.fixture
def stick(machine):
    made = machine.plug("STICK-RIGHTS", SIZE, old(SIZE))
    yield made
    machine.pull(made)


def is_running(machine, name):
    return machine.run("pgrep", "-x", name).status == 0


def test_the_first_call_starts_the_helper_and_it_leaves_when_idle(machine):
    """Nobody but the bus and systemd start it, with the unit's confinement."""
    machine.run("systemctl", "stop", "platter-helper.service")
    assert machine.tool("platterctl", "jobs", user="bob") == ""
    assert machine.tool("systemctl", "is-active", "platter-helper.service").strip() == "active"
    assert is_running(machine, "platter-helper")


def test_somebody_without_rights_writes_nothing(machine, image, stick):
    result = machine.run("platterctl", "write", "--yes", "--json", image, stick.path, user="bob")
    assert result.status == 6, result
    assert result.report["error"] == "NotAuthorized"
    assert stick.stored() == old(SIZE)


def test_somebody_without_an_agent_writes_nothing(machine, image, stick):
    result = machine.run("platterctl", "write", "--yes", image, stick.path, user="alice", session=True)
    assert result.status == 6, result
    assert stick.stored() == old(SIZE)


def test_the_right_password_is_one_job(machine, image, stick):
    command = ("platterctl", "write", "--yes", "--json", image, stick.path)
    result = machine.run(*AT_TERMINAL, "password of alice", *command, user="alice", session=True)
    assert result.status == 0, result
    assert "overwrite" in result.stderr and stick.path in result.stderr, "the question names the drive"
    assert stick.stored() == noise(SIZE)
    again = machine.run(*command, user="alice", session=True)
    assert again.status == 6, "one password is one job"


def test_a_clone_asks_for_both(machine, stick):
    """To be allowed to overwrite one drive is not to be allowed to read another."""
    source = machine.plug("STICK-READ", SIZE, noise(SIZE, 2))
    command = ("platterctl", "clone", "--yes", "--json", source.path, stick.path)
    result = machine.run(*AT_TERMINAL, "password of alice", *command, user="alice", session=True)
    assert result.status == 0, result
    assert result.stderr.count("Password:") == 2, result.stderr
    assert source.path in result.stderr and stick.path in result.stderr
    assert stick.stored() == noise(SIZE, 2)
    machine.pull(source)


@pytest.mark.parametrize("answer", ["wrong", "leave"])
def test_any_other_answer_is_a_no(machine, image, stick, answer):
    """A wrong password; and an agent that goes away while it asks."""
    command = ("platterctl", "write", "--yes", "--json", image, stick.path)
    result = machine.run(*AT_TERMINAL, answer, *command, user="alice", session=True)
    assert result.status == 6, result
    assert result.report["error"] == "NotAuthorized"
    assert "Password:" in result.stderr, "it was asked"
    assert stick.stored() == old(SIZE)
    # Nothing stays reserved.
    assert machine.run(*command).status == 0


def test_root_is_not_asked(machine, image, stick):
    result = machine.run("platterctl", "write", "--yes", "--json", image, stick.path)
    assert result.status == 0, result
    assert stick.stored() == noise(SIZE)
    assert json.loads(result.stdout.splitlines()[-1])["outcome"] == "verified"
