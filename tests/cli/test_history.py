# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""platterctl history: each job that has ended leaves its report, and nothing else that lies there does harm."""
import json
from pathlib import Path

import pytest

from lab import content, room as rooms
from lab.content import MIB
from lab.platterctl import clean_environment


@pytest.fixture
def home(room):
    """The environment of one user who stays: in the other tests each run has a home of its own."""
    folder = room.folder("user")
    environment = clean_environment(folder)
    return {key: environment[key] for key in ("HOME", "XDG_DATA_HOME")}


@pytest.fixture
def history(platterctl, home):
    def run(*arguments):
        result = platterctl("history", *arguments, environment=home)
        assert result.status == 0, result
        return result

    return run


def folder_of(home):
    return Path(home["XDG_DATA_HOME"]) / "platter/history"


def test_jobs_leave_their_reports(platterctl, drives, faulty, home, history, room):
    """What is kept is what --report writes, and what is shown of it is what was shown then."""
    source, good = drives.make(8 * MIB, content.noise(8 * MIB)), drives.make(8 * MIB, content.old(8 * MIB))
    bad = faulty.make(8 * MIB, content.old(8 * MIB), flip=5 * MIB + 123)
    file = room.folder("report") / "report.json"
    first = platterctl("clone", "--yes", "--sha256", "--report", file, source, good, environment=home)
    assert first.status == 0, first
    second = platterctl("clone", "--yes", source, bad, environment=home)
    assert second.status == 4, second

    listed = history("--json").lines
    assert [entry["outcome"] for entry in listed] == ["mismatched", "verified"]
    kept = {path.stem: json.loads(path.read_text()) for path in folder_of(home).iterdir()}
    assert sorted(kept) == sorted(entry["id"] for entry in listed)
    newest, oldest = (entry["id"] for entry in listed)
    written = json.loads(file.read_text())
    assert kept[oldest] | {"created": 0} == written | {"created": 0}
    assert history("show", oldest, "--json").lines == [kept[oldest] | {"type": "history-report"}]

    shown = history("show", newest)
    assert bad.file.name in shown.stdout and f"{bad.path} " in shown.stderr
    assert all(line in shown.stderr for line in second.stderr.splitlines()), shown
    page = room.folder("page") / "old.html"
    history("show", newest, "--report", page)
    assert bad.file.name in page.read_text()


def test_sizes_that_are_found_to_differ_name_the_option(platterctl, home, history, room):
    """How much a packed image holds is known when it is read."""
    image = room.new("x.img")
    image.write_bytes(content.noise(MIB))
    other = room.new("y.img")
    other.write_bytes(image.read_bytes())
    assert platterctl("verify", image, other, environment=home).status == 0
    (file,) = folder_of(home).iterdir()
    report = json.loads(file.read_text()) | {"outcome": "failed", "error-code": "sizes-differ"}
    report["targets"][0] |= {"verdict": "failed", "error-code": "sizes-differ"}
    file.write_text(json.dumps(report))
    assert "Give --shorter" in history("show", file.stem).stderr


def test_searched_and_deleted(platterctl, drives, home, history):
    source = drives.make(MIB, content.noise(MIB))
    targets = [drives.make(size=MIB) for _ in range(3)]
    for target in targets:
        assert platterctl("clone", "--yes", source, target, environment=home).status == 0

    def found(*words):
        return [entry["title"] for entry in history("list", "--json", *words).lines]

    assert len(found()) == 3
    (title,) = found(targets[1].path, "Verified")
    assert targets[1].file.name in title
    assert found("verified", "nothing like it") == []

    (entry,) = history("list", "--json", targets[1].path).lines
    history("delete", entry["id"])
    assert len(found()) == 2 and found(targets[1].path) == []
    gone = platterctl("history", "show", entry["id"], environment=home)
    assert gone.status != 0 and entry["id"] in gone.stderr
    (folder_of(home) / "notes.txt").write_text("mine")
    history("delete", "--all")
    assert [file.name for file in folder_of(home).iterdir()] == ["notes.txt"]


def test_what_cannot_be_read_is_told_and_skipped(platterctl, drives, home, history):
    source, target = drives.make(MIB, content.noise(MIB)), drives.make(size=MIB)
    assert platterctl("clone", "--yes", source, target, environment=home).status == 0
    (file,) = folder_of(home).iterdir()
    broken = file.with_name("20200101T000000Z-00000000.json")
    broken.write_bytes(file.read_bytes()[:-100])
    result = history()
    assert file.stem in result.stdout and len(result.stdout.splitlines()) == 1
    assert broken.name in result.stderr


def test_no_place_for_it_is_no_failure(platterctl, drives, home):
    source, target = drives.make(MIB, content.noise(MIB)), drives.make(size=MIB)
    folder_of(home).parent.mkdir(parents=True)
    folder_of(home).write_text("in the way")
    result = platterctl("clone", "--yes", source, target, environment=home)
    assert result.status == 0 and "cannot be kept" in result.stderr, result


@pytest.mark.parametrize("arguments", [["show"], ["delete"], ["delete", "x", "--all"], ["list", "--all"], ["eat"]])
def test_usage(platterctl, home, arguments):
    assert platterctl("history", *arguments, environment=home).status == 2


def test_a_watched_job_is_reported(platterctl_on_bus, faulty, drives, bus, home, room):
    """Whoever watches a job to its end can have its report, with what is known of the drives."""
    source = drives.make(8 * MIB, content.noise(8 * MIB))
    target = faulty.make(8 * MIB, content.old(8 * MIB), write_delay=300)
    running = platterctl_on_bus.start("clone", "--yes", source, target, environment=home)

    def job():
        lines = platterctl_on_bus("jobs", "--json").lines
        return lines[0]["id"] if lines else None

    number = rooms.wait_until(job, "the job")
    path = room.folder("report") / "report.json"
    watched = platterctl_on_bus("jobs", "watch", number, "--report", path, environment=home)
    assert watched.status == 0, watched
    assert platterctl_on_bus.wait(running).status == 0
    report = json.loads(path.read_text())
    assert report["outcome"] == "verified" and report["source"]["backing-file"] == str(source.file)
    # Both have watched the same job: it is kept once.
    assert len(list(folder_of(home).iterdir())) == 1
    assert platterctl_on_bus("jobs", "cancel", number, "--report", path).status == 2
