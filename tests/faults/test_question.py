# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Clones that ask at the first place of their source that cannot be read: the real helper, and block devices that fail."""
import os
import pty
import re
import signal
import subprocess

import pytest
from gi.repository import GLib

from lab import content, processes, room as rooms
from lab.caller import JOB, Refused, clone, named
from lab.content import MIB
from lab.platterctl import NOBODY

SOMEBODY = 1
SIZE = 32 * MIB
DATA = content.noise(SIZE)
# Behind more than there are buffers, so that a part is on the target when it is asked.
BAD = (28 * MIB + 4096, 28 * MIB + 8192)
LOST = DATA[:BAD[0]] + bytes(BAD[1] - BAD[0]) + DATA[BAD[1]:]


@pytest.fixture
def source(faulty):
    return faulty.make_damaged(DATA, [BAD], name="dying")


@pytest.fixture
def target(drives):
    return drives.make(SIZE)


@pytest.fixture
def terminal():
    """A terminal that nobody types at yet: (for whoever types, for the program)."""
    ends = pty.openpty()
    yield ends
    for end in ends:
        os.close(end)


def start(platterctl, terminal, *arguments):
    return platterctl.start_in_background("clone", "--yes", "--json", "--on-error", "ask", *arguments, stdin=terminal[1])


def asked(platterctl):
    """The one job, once it asks."""
    def find():
        lines = [line for line in platterctl("jobs", "--json").lines if line["question"] == "read-error"]
        return lines and lines[0]

    return rooms.wait_until(find, "the job to ask")


def check_rescued(report, target):
    assert report["outcome"] == "incomplete"
    assert report["answer"] in ("skip", "rescue")
    assert [list(place) for place in report["missing"]] == [[BAD[0], BAD[1] - BAD[0]]]
    assert report["read"] == SIZE - (BAD[1] - BAD[0]), "nothing is read twice"
    assert target.read() == LOST


def test_asks_and_waits_and_takes_the_first_answer(callers, bus, source, target):
    bus.polkit.answer("yes")
    owner, stranger = callers(NOBODY), callers(SOMEBODY)
    source.forget()
    (job,) = owner.call("Clone", clone(named(source), named(target), on_error=GLib.Variant("s", "ask"),
                                       stall_timeout=GLib.Variant("u", 1)))
    rooms.wait_until(lambda: owner.property(job, "Progress")["question"] == "read-error", "the question")
    progress = owner.property(job, "Progress")
    assert BAD[0] - MIB < progress["question-offset"] <= BAD[0]
    assert not progress["paused"] and progress["rescue"] == "none"

    def answer(caller, word):
        return caller.job(job, "Answer", GLib.Variant("(s)", (word,)))

    for caller, word, error in ((stranger, "stop", "NotOwner"), (owner, "ask", "InvalidArguments"),
                                (owner, "", "InvalidArguments")):
        with pytest.raises(Refused) as caught:
            answer(caller, word)
        assert caught.value.name == error
    # Longer than a drive that does not answer is waited for: nothing is asked of any.
    before = source.count()
    elapsed = owner.property(job, "Progress")["elapsed"]
    rooms.wait_until(lambda: owner.property(job, "Progress")["elapsed"] - elapsed > 2_000_000, "two seconds")
    assert source.count() == before
    assert owner.property(job, "State") == "running"
    assert owner.property(job, "Progress")["question"] == "read-error"
    assert target.read(0, MIB) != DATA[:MIB]

    assert answer(owner, "rescue") == ()
    assert answer(owner, "stop") == (), "the first counts"
    report = owner.report(job)
    check_rescued(report, target)
    assert owner.property(job, "Progress")["question"] == ""
    assert answer(owner, "stop") == (), "and now it asks nothing"
    owner.job(job, "Release")


@pytest.mark.parametrize("word", ["stop", "skip", "rescue"])
def test_answered_by_another_command(platterctl_on_bus, source, target, terminal, word):
    running = start(platterctl_on_bus, terminal, source, target)
    job = asked(platterctl_on_bus)
    assert BAD[0] - MIB < job["question-offset"] <= BAD[0]
    listed = platterctl_on_bus("jobs").stdout
    assert "Waiting for your answer" in listed and f"jobs answer {job['id']} stop|skip|rescue" in listed
    assert platterctl_on_bus("jobs", "answer", job["id"], word).status == 0
    result = platterctl_on_bus.wait(running)
    assert any(line.get("question") == "read-error" for line in result.lines if line["type"] == "progress")
    assert result.report["answer"] == word
    if word == "stop":
        assert result.status == 1, result
        assert result.report["targets"][0]["error-code"] == "read"
        assert result.report["targets"][0]["error-offset"] == BAD[0]
        assert target.read(0, MIB) != DATA[:MIB]
    else:
        assert result.status == 4, result
        check_rescued(result.report, target)
    late = platterctl_on_bus("jobs", "answer", job["id"], "stop")
    assert late.status == 1, late
    if word == "stop":
        assert platterctl_on_bus("jobs", "discard", job["id"]).status == 0, "it could go on"


def test_answered_on_the_terminal(platterctl, room, source, target, terminal):
    report = room.folder("report") / "report.html"
    running = start(platterctl, terminal, "--report", report, source, target)
    os.write(terminal[0], b"what?\n rescue \n")
    result = platterctl.wait(running)
    assert result.status == 4, result
    assert result.stderr.count("Type “stop”, “skip” or “rescue”:") == 2
    assert "could not be read at" in result.stderr and "laboratory" in result.stderr
    check_rescued(result.report, target)
    assert re.search(r"<dt>Answer when it could not</dt>\s*<dd[^>]*>Rescue what can be read", report.read_text())


def test_the_end_of_what_is_typed_stops_what_nobody_else_can_answer(platterctl, source, target, terminal):
    """The helper is platterctl's own. What was copied is kept."""
    running = start(platterctl, terminal, source, target)
    rooms.wait_until(lambda: '"question":"read-error"' in running.output.read_text().replace(" ", ""), "the question")
    os.write(terminal[0], b"\x04")
    result = platterctl.wait(running)
    assert result.status == 1, result
    assert "Nobody answers, so the job ends here." in result.stderr and "jobs answer" not in result.stderr
    assert result.report["answer"] == "stop"
    (job,) = platterctl("jobs", "--json").lines
    assert job["resumable"]


def test_without_a_terminal_nobody_could_be_asked(platterctl, source, target):
    before = target.sha256()
    result = platterctl("clone", "--yes", "--on-error", "ask", source, target, stdin=subprocess.DEVNULL)
    assert result.status == 3, result
    assert "needs a terminal" in result.stderr
    assert target.sha256() == before


def test_asks_nothing_of_a_good_drive(platterctl, drives, target, terminal):
    result = platterctl.wait(start(platterctl, terminal, drives.make(SIZE, DATA), target))
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert "Type" not in result.stderr
    assert "answer" not in result.report
    assert target.read() == DATA


def test_cancelled_while_it_asks(platterctl, source, target, terminal):
    running = start(platterctl, terminal, source, target)
    rooms.wait_until(lambda: '"question":"read-error"' in running.output.read_text().replace(" ", ""), "the question")
    running.send_signal(signal.SIGINT)
    result = platterctl.wait(running)
    assert result.status == 5, result
    assert result.report["outcome"] == "cancelled"
    assert target.read(0, MIB) != DATA[:MIB]
    assert platterctl("jobs", "--json").lines == []


@pytest.fixture
def cut_off(platterctl, faulty, terminal):
    """Ends a part of the program while the job asks. Returns (job, target)."""
    def run(name):
        source = faulty.make(SIZE, DATA, bad_reads=f"{BAD[0]}-{BAD[1]}", on=["bad_when"])
        target = faulty.make(SIZE)
        running = start(platterctl, terminal, source, target)
        rooms.wait_until(lambda: '"question":"read-error"' in running.output.read_text().replace(" ", ""), "the question")
        rooms.wait_until(lambda: any(path.suffix == ".job" for path in platterctl.state.glob("*")), "the job to be kept")
        os.kill(next(pid for pid in processes.descendants(running.pid) if processes.name(pid) == name), signal.SIGKILL)
        assert platterctl.wait(running).status == 1
        (job,) = platterctl("jobs", "--json").lines
        assert job["resumable"] and job["question"] == ""
        return job, target

    return run


@pytest.mark.parametrize("name", ["platter-helper", "platter-worker"])
def test_cut_off_while_it_asks(platterctl, cut_off, terminal, name):
    """What was durable before the bad place is: the job goes on from there, and asks once more."""
    job, target = cut_off(name)
    since = len(target.requests())
    running = platterctl.start_in_background("jobs", "resume", job["id"], "--yes", "--json", stdin=terminal[1])
    os.write(terminal[0], b"rescue\n")
    result = platterctl.wait(running)
    assert result.status == 4, result
    check_rescued(result.report, target)
    written = [offset for kind, offset, length in target.requests()[since:] if kind in "wzt"]
    assert [offset for offset in written if MIB <= offset < 4 * MIB] == [], "what was durable is written again"


def test_goes_on_without_a_terminal(platterctl, cut_off):
    """Nobody could be asked, so it stops there, as it would have without the option."""
    job, _ = cut_off("platter-helper")
    result = platterctl("jobs", "resume", job["id"], "--yes", "--json", stdin=subprocess.DEVNULL)
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == "read"
