# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""What --help, the completion and the manual promise is there."""
import re

import pytest

from lab import content, room as rooms
from lab.content import MIB
from lab.platterctl import TOP, clean_environment

COMMANDS = ["list", "info", "clone", "rescue", "write", "image", "convert", "verify", "jobs", "history"]
EVERYWHERE = {"--json", "--quiet", "--help", "--version"}
# None of them is there.
OPERANDS = {
    "list": [], "info": ["/nowhere/a"], "image": ["/dev/nowhere", "/nowhere/b.zst"],
    "convert": ["/nowhere/a", "/nowhere/b.zst"], "jobs": ["resume", "4000000000"],
    "rescue": ["/dev/nowhere", "/dev/nowhere2", "--map", "/nowhere/map"],
}
OPERANDS_OF = {("jobs", "--report"): ["watch", "4000000000"], ("history", "--all"): ["delete"],
               ("history", "--report"): ["show", "none"]}
VALUES = {"--digest": "md5", "--queue": "threads", "--stall-timeout": "5", "--report": "/nowhere/r.html", "--repairs": "1",
          "--format": "zst", "--split": "2M", "--level": "2", "--map": "/nowhere/map", "--retries": "1", "--time-limit": "5",
          "--bad-limit": "5", "--on-error": "skip", "--domain": "/nowhere/map", "--bmap": "/nowhere/bmap"}
OF_A_RESCUE = ("--map", "--retries", "--time-limit", "--bad-limit", "--zero-bad")


def options_of(platterctl, command):
    result = platterctl(command, "--help")
    assert result.status == 0, result
    return set(re.findall(r"--[a-z][a-z0-9-]*", result.stdout.partition("Options:")[2]))


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_is_taken(platterctl, command):
    """It fails as nothing is there that is named, and never because of the option."""
    options = options_of(platterctl, command)
    assert options > EVERYWHERE
    for option in sorted(options - EVERYWHERE):
        operands = OPERANDS_OF.get((command, option), OPERANDS.get(command, ["/dev/nowhere", "/dev/nowhere2"]))
        given = [option, VALUES[option]] if option in VALUES else [option]
        more = ["--on-error", "skip"] if command == "clone" and option in OF_A_RESCUE else []
        result = platterctl(command, *operands, *given, *more)
        assert result.status != 2, (option, result)


@pytest.mark.parametrize("command", COMMANDS)
def test_completion_offers_the_same(platterctl, command):
    asked = f'source "$0"; COMP_WORDS=(platterctl {command} --) COMP_CWORD=2; _platterctl; echo "${{COMPREPLY[*]}}"'
    offered = rooms.run("bash", "-c", asked, TOP / "data/bash-completion/platterctl").split()
    assert set(offered) == options_of(platterctl, command)


def test_why_a_rescue_has_no_digest(platterctl):
    """Whoever gives one all the same is told."""
    for option in (["--sha256"], ["--digest", "md5"]):
        result = platterctl("rescue", *option, "--map", "m", "a", "b")
        assert result.status == 2 and "A digest is one of all data" in result.stderr, result


def test_all_that_a_command_takes(platterctl):
    told = platterctl("--help").stdout
    for command in COMMANDS:
        assert f"  platterctl {command}" in told
    for action in ("watch", "pause", "resume", "finish", "answer", "cancel", "discard"):
        assert action in told, action
    assert "TARGET-DRIVE|IMAGE" in told


def test_each_line_for_programs_has_a_type_that_the_manual_names(platterctl, drives, room):
    manual = (TOP / "data/platterctl.1").read_text()
    home = {"XDG_DATA_HOME": clean_environment(room.folder("user"))["XDG_DATA_HOME"]}
    image, drive = room.new("x.img"), drives.make(MIB)
    image.write_bytes(content.noise(MIB))

    def types_of(*arguments):
        lines = platterctl(*arguments, "--json", environment=home).lines
        assert all("type" in line for line in lines), lines
        return {line["type"] for line in lines}

    assert types_of("write", "--yes", image, drive) >= {"report"}
    (listed,) = platterctl("history", "--json", environment=home).lines
    seen = set()
    for arguments in (["info", drive], ["info", image], ["info", "/nowhere"], ["verify", image, image], ["jobs"], ["list"],
                      ["verify", image, drive], ["history"], ["history", "show", listed["id"]], ["history", "show", "none"]):
        seen |= types_of(*arguments)
    assert seen >= {"drive", "image", "error", "report", "history", "history-report"}
    output = manual.partition(".SH OUTPUT")[2].partition(".SH EXIT")[0].replace("\\-", "-")
    assert [kind for kind in seen if not re.search(rf"\b{kind}\b", output)] == []
