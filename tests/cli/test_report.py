# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""platterctl --report: what is written is what happened, in the words of docs/report.md, and a place for it is made sure
of before the job."""
import hashlib
import json
import os
import re
import signal
from xml.etree import ElementTree

import pytest

from lab import content, room as rooms
from lab.content import MIB
from lab.platterctl import TOP

TYPES = {"string": str, "number": int, "boolean": bool, "array": list, "object": dict}
CLASSES = {"zeros", "old-data", "wrapped", "bits", "other", "unreadable"}
XHTML = "{http://www.w3.org/1999/xhtml}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def old_drive(drives, size=16 * MIB):
    return drives.make(size, content.old(size))


@pytest.fixture
def path(room):
    """Where a report goes; nothing else is left in the folder, whatever happens."""
    folder = room.folder("report")
    yield folder / "report.json"
    assert {file.name for file in folder.iterdir()} <= {"report.json"}


def documented():
    """{section: {key: (type, is optional)}} as docs/report.md has them."""
    sections, now = {}, None
    for line in (TOP / "docs/report.md").read_text().splitlines():
        if line.startswith("## "):
            now = sections.setdefault(line[3:], {})
        row = re.match(r"\| `([a-z0-9-]+)` \| (\w+)(, optional)? \|", line)
        if row:
            now[row[1]] = (TYPES[row[2]], bool(row[3]))
    sections["Target"] |= sections["Drive or image"]
    return sections


def check_object(value, keys, where):
    assert set(value) <= set(keys), f"{where}: not documented"
    for key, (kind, is_optional) in keys.items():
        if key not in value:
            assert is_optional, f"{where}: {key} is missing"
            continue
        assert type(value[key]) is kind, f"{where}: {key}"


def check_schema(report):
    keys = documented()
    check_object(report, keys["Report"], "report")
    check_object(report["options"], keys["Options"], "options")
    check_object(report["source"], keys["Drive or image"], "source")
    for name, section in (("phases", "Phase"), ("rates", "Rate"), ("targets", "Target"),
                          ("missing", "Missing"), ("damage", "Damage")):
        for value in report.get(name, []):
            check_object(value, keys[section], name)
    for target in report["targets"]:
        for mismatch in target["mismatches"]:
            check_object(mismatch, keys["Mismatch"], "mismatches")
            assert mismatch["class"] in CLASSES
        end = 0
        for piece in target["map"]:
            check_object(piece, keys["Range"], "map")
            assert piece["offset-bytes"] == end and piece["length-bytes"] > 0
            end += piece["length-bytes"]
        assert end in (0, report["size-bytes"])
    assert report["format"] == "platter-report" and report["version"] == 1
    for key in ("created", "started", "ended"):
        assert TIME.fullmatch(report[key])
    assert report["started"] <= report["ended"] <= report["created"]


def read(path):
    report = json.loads(path.read_text())
    check_schema(report)
    return report


def test_verified_clone(platterctl, drives, path):
    data = content.mixed(16 * MIB)
    source, target = drives.make(content=data), old_drive(drives)
    result = platterctl("clone", "--yes", "--sha256", "--report", path, source, target)
    assert result.status == 0, result
    report = read(path)
    assert report["outcome"] == "verified" and report["kind"] == "clone" and not report["is-lost"]
    assert report["digests"] == {"sha256": hashlib.sha256(data).hexdigest()}
    assert report["options"]["verify"] is True and report["options"]["digests"] == ["sha256"]
    assert report["source"]["device"] == source.path
    assert report["source"]["backing-file"] == str(source.file)
    [got] = report["targets"]
    assert got["device"] == target.path and got["name"] == target.file.name
    assert got["verdict"] == "verified" and got["cache-bypassed"] is True
    assert got["verified-bytes"] == got["written-bytes"] == 16 * MIB
    assert got["map"] == [{"offset-bytes": 0, "length-bytes": 16 * MIB, "state": "verified"}]
    assert got["map-bytes"] == {"verified": 16 * MIB}
    phases = {phase["phase"]: phase for phase in report["phases"]}
    assert {"copying", "flushing", "verifying"} <= set(phases)
    for name in ("copying", "verifying"):
        phase = phases[name]
        assert phase["bytes"] == 16 * MIB
        assert phase["rate-bytes-per-s"] == phase["bytes"] * 10**6 // phase["duration-us"]


def test_page_says_the_same(platterctl, drives, faulty, room):
    """The page is well-formed, runs and fetches nothing, and names the same place."""
    planted = 5 * MIB + 123
    page = room.folder("page") / "report.html"
    source = drives.make(content=content.noise(16 * MIB))
    bad = faulty.make(content=content.old(16 * MIB), flip=planted)
    result = platterctl("clone", "--yes", "--sha256", "--report", page, source, bad)
    assert result.status == 4, result
    tree = ElementTree.fromstring(page.read_text())
    words = " ".join("".join(tree.itertext()).split())
    assert tree.find(f".//{XHTML}h1").text == "Not the same"
    assert [place.get("value") for place in tree.iter(f"{XHTML}data")] == [str(planted)]
    assert source.path in words and bad.path in words
    assert hashlib.sha256(source.read()).hexdigest() in words
    assert not list(tree.iter(f"{XHTML}script"))
    for element in tree.iter():
        assert not {"src", "href"} & set(element.attrib), element
    assert "url(" not in page.read_text() and "@import" not in page.read_text()


def test_several_targets_of_which_one_lies(platterctl, drives, faulty, path):
    """Each wrong place stands where it was planted, and is in the right target."""
    planted = 5 * MIB + 123
    source, good = drives.make(content=content.noise(16 * MIB)), old_drive(drives)
    bad = faulty.make(content=content.old(16 * MIB), flip=planted)
    result = platterctl("clone", "--yes", "--json", "--report", path, source, good, bad)
    assert result.status == 4, result
    report = read(path)
    assert report["outcome"] == "mismatched"
    first, second = report["targets"]
    assert first["verdict"] == "verified" and first["mismatches"] == [] and first["mismatch-count"] == 0
    assert second["verdict"] == "mismatched" and second["mismatches-omitted"] == 0
    [mismatch] = second["mismatches"]
    assert mismatch["offset-bytes"] == planted and mismatch["differing-bytes"] == 1
    assert mismatch["class"] == "bits" and mismatch["bits"] == 1 and mismatch["repaired"] is False
    assert mismatch["repair-attempts"] == 3
    assert any(piece["state"] == "mismatched" and piece["offset-bytes"] <= planted
               < piece["offset-bytes"] + piece["length-bytes"] for piece in second["map"])
    told = result.report["targets"][1]["mismatches"][0]
    assert (told["offset"], told["length"]) == (mismatch["offset-bytes"], mismatch["length-bytes"])


def test_failed_job(platterctl, drives, faulty, path):
    source = drives.make(content=content.noise(16 * MIB))
    target = faulty.make(content=content.old(16 * MIB), bad_writes=f"{8 * MIB}-{9 * MIB}")
    result = platterctl("clone", "--yes", "--report", path, source, target)
    assert result.status == 1, result
    [got] = read(path)["targets"]
    assert got["verdict"] == "failed" and got["error-code"] == "write" and got["error-message"]
    assert 7 * MIB <= got["error-offset-bytes"] < 9 * MIB
    assert got["error-phase"] == "copying"


def test_cancelled_job(platterctl, drives, faulty, path):
    source = drives.make(32 * MIB, content.noise(32 * MIB))
    target = faulty.make(32 * MIB, stall_writes=f"{8 * MIB}-{9 * MIB}", switches=["stall_when"])
    target.switch("stall_when")
    process = platterctl.start_in_background("clone", "--yes", "--json", "--report", path, source, target)
    target.wait_for("w", 8 * MIB, process)
    assert not path.exists()
    process.send_signal(signal.SIGINT)
    rooms.wait_until(lambda: process.stderr.readline().startswith("Cancelling"), "the signal to be answered")
    platterctl.wait_for_progress(process)
    target.switch("stall_when", False)
    result = platterctl.wait(process)
    assert result.status == 5, result
    report = read(path)
    assert report["outcome"] == "cancelled"
    assert report["rates"], "a job of some seconds has been measured"


def test_image_and_checksum(platterctl, drives, room, path):
    data = content.noise(4 * MIB)
    folder = room.folder("sums")
    image = folder / "x <&\"'>.iso"
    image.write_bytes(data)
    (folder / f"{image.name}.sha256").write_text(hashlib.sha256(data).hexdigest() + "\n")
    result = platterctl("write", "--yes", "--report", path, image, old_drive(drives, 8 * MIB))
    assert result.status == 0, result
    report = read(path)
    assert report["source"]["name"] == image.name and report["source"]["path"] == str(image)
    assert report["source"]["is-image"] is True
    assert report["expected-matches"] is True
    assert report["options"]["expected"] == report["digests"] == {"sha256": hashlib.sha256(data).hexdigest()}


def test_images_of_one_name(platterctl, room, path):
    """Each side is where it lies, and a new one wherever the report is read."""
    folders = [room.folder(name) for name in "ab"]
    for folder in folders:
        (folder / "disk.img").write_bytes(content.noise(MIB))
    first, second = (folder / "disk.img" for folder in folders)
    assert platterctl("verify", "--report", path, first, second).status == 0
    report = read(path)
    assert (report["source"]["path"], report["targets"][0]["path"]) == (str(first), str(second))
    second.unlink()
    path.unlink()
    result = platterctl("convert", "--report", path, first, "disk.img", cwd=folders[1])
    assert result.status == 0, result
    report = read(path)
    assert (report["source"]["path"], report["targets"][0]["path"]) == (str(first), str(second))


def test_comparison(platterctl, room, path):
    first, second = room.new("a.img"), room.new("b.img")
    data = content.noise(2 * MIB)
    first.write_bytes(data)
    second.write_bytes(data[:MIB] + bytes([data[MIB] ^ 1]) + data[MIB + 1 :])
    result = platterctl("verify", "--report", path, first, second)
    assert result.status == 4, result
    report = read(path)
    assert report["kind"] == "verify"
    assert report["targets"][0]["mismatches"][0]["offset-bytes"] == MIB


def test_a_comparison_of_a_part_says_so(platterctl, room):
    first, second = room.new("a.img"), room.new("b.img")
    page = room.folder("part") / "report.html"
    data = content.noise(2 * MIB)
    first.write_bytes(data)
    second.write_bytes(data[:MIB])
    result = platterctl("verify", "--shorter", "--report", page, first, second)
    assert result.status == 0, result
    assert f"Only the first {MIB} bytes were compared" in page.read_text()


@pytest.mark.parametrize("name", ["report", "report.txt", ".json", "report.json/"])
def test_a_name_without_a_format_is_refused(platterctl, drives, room, name):
    target = old_drive(drives, 8 * MIB)
    result = platterctl("clone", "--yes", "--report", f"{room.folder('names')}/{name}", drives.make(8 * MIB), target)
    assert result.status == 2, result
    assert "--report takes" in result.stderr
    assert target.read() == content.old(8 * MIB)


@pytest.mark.parametrize("folder", ["/no/such/folder", "/proc"])
def test_a_place_that_is_none_is_told_before_the_job(platterctl, drives, folder):
    target = old_drive(drives, 8 * MIB)
    result = platterctl("clone", "--yes", "--json", "--report", f"{folder}/report.json", drives.make(8 * MIB), target)
    assert result.status == 1, result
    assert "The report cannot be written" in result.stderr
    assert [line["type"] for line in result.lines] == ["error"]
    assert target.read() == content.old(8 * MIB)


def test_an_existing_file_stays(platterctl, drives, path):
    path.write_text("precious")
    target = old_drive(drives, 8 * MIB)
    result = platterctl("clone", "--report", path, drives.make(8 * MIB), target)
    assert result.status == 1, result
    assert "exists already" in result.stderr
    assert path.read_text() == "precious"
    assert target.read() == content.old(8 * MIB)


def test_a_link_is_not_followed(platterctl, drives, path):
    target = old_drive(drives, 8 * MIB)
    path.symlink_to(target.path)
    result = platterctl("clone", "--yes", "--report", path, drives.make(8 * MIB), target)
    assert result.status == 1, result
    assert target.read() == content.old(8 * MIB)


def test_a_refused_job_leaves_no_report(platterctl, drives, path):
    target = old_drive(drives, 8 * MIB)
    result = platterctl("clone", "--report", path, drives.make(8 * MIB), target)
    assert result.status == 3, result
    assert not path.exists()


def test_a_report_whose_name_is_none_there_is_told_first(platterctl, drives, path):
    """As one with a colon on FAT: nothing was overwritten for a report that cannot be had."""
    target = old_drive(drives, 8 * MIB)
    result = platterctl("clone", "--yes", "--report", path.with_name(f"{'a' * 251}.json"), drives.make(8 * MIB), target)
    assert result.status == 1 and "The report cannot be written to" in result.stderr, result
    assert target.read() == content.old(8 * MIB)


def test_a_report_does_not_lie_on_its_own_target(platterctl, drives, room):
    target = drives.make(16 * MIB)
    rooms.run("mkfs.ext4", "-q", target.path)
    point = room.folder("mounted")
    rooms.run("mount", target.path, point)
    before = sorted(point.iterdir())
    result = platterctl("clone", "--yes", "--unmount", "--report", point / "report.json", drives.make(8 * MIB), target)
    assert result.status == 1, result
    assert "Choose another place" in result.stderr
    assert sorted(point.iterdir()) == before


def test_damaged_files(platterctl, drives, faulty, room, path):
    """Each place that could not be read says whose it was."""
    files, disk = room.folder("files"), room.new("disk")
    for number in range(2):
        (files / f"file{number}").write_bytes(content.noise(8192, number))
    rooms.run("mke2fs", "-q", "-t", "ext4", "-b", "4096", "-d", files, disk, "16M")
    data = disk.read_bytes()
    places = {data.index(content.noise(8192, number)) + 512: number for number in range(2)}
    source = faulty.make_damaged(data, sorted((at, at + 512) for at in places))
    result = platterctl("rescue", "--yes", "--map", room.new("map"), "--report", path, source, drives.make(len(data)))
    assert result.status == 4, result
    report = read(path)
    assert report["damage-state"] == "complete" and report["damage-files"] == len(report["damage"]) == 2
    for place in report["missing"]:
        at = place["offset-bytes"]
        [index] = place["damage"]
        assert report["damage"][index] == {"kind": "file", "name": f"/file{places.pop(at)}", "offset-bytes": at,
                                           "length-bytes": 512, "place-count": 1}
    assert not places


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_a_program_that_dies_leaves_nothing_of_its_report(platterctl, drives, faulty, path, number):
    try:
        os.close(os.open(path.parent, os.O_TMPFILE | os.O_RDWR))
    except OSError:
        pytest.skip("this file system has no files without a name")
    held = faulty.make(16 * MIB, stall_writes="0-16777216", on=["stall_when"])
    running = platterctl.start_in_background("clone", "--yes", "--json", "--report", path, drives.make(16 * MIB), held)
    held.wait_for("w", 0, running)
    running.send_signal(number)
    running.wait(rooms.PATIENCE)
    held.switch("stall_when", False)
    assert list(path.parent.iterdir()) == []


def test_two_jobs_with_one_report(platterctl, drives, room, path):
    """Both are done; the report is that of the one that ended first, and whole."""
    running = [platterctl.start_in_background("clone", "--yes", "--report", path, drives.make(8 * MIB), drives.make(8 * MIB))
               for _ in range(2)]
    statuses = sorted(process.wait(rooms.PATIENCE) for process in running)
    assert statuses == [0, 1]
    assert json.loads(path.read_text())["outcome"] == "verified"


@pytest.mark.parametrize("command, name", [
    (["image"], "x.img.json"), (["image", "--split", "1M"], "x.img.json"), (["convert"], "x.img.json"),
    (["image", "--format", "raw"], "x.html"), (["rescue", "--map", "x.map"], "x.img.json"),
])
def test_a_report_is_no_file_of_the_image(platterctl, drives, room, command, name):
    """By whatever name: it would be in its own place when it is to be written, after all has been done."""
    folder = room.folder("images")
    source = drives.make(4 * MIB, content.noise(4 * MIB))
    if command == ["convert"]:
        source = room.new("source.img")
        source.write_bytes(content.noise(4 * MIB))
    image = "x.html" if name == "x.html" else "x.img"
    for report in (name, f"../{folder.name}/{name}"):
        result = platterctl(*command, source, image, "--report", report, cwd=folder)
        assert result.status == 3, result
        assert "Give the map and the report other names" in result.stderr
        assert list(folder.iterdir()) == []


@pytest.mark.parametrize("command", [["rescue"], ["clone", "--on-error", "skip"]])
def test_a_report_is_not_the_map(platterctl, drives, room, command):
    folder = room.folder("maps")
    source, target = drives.make(4 * MIB, content.noise(4 * MIB)), drives.make(4 * MIB, content.old(4 * MIB))
    result = platterctl(*command, "--yes", "--map", "m.json", "--report", "./m.json", source, target, cwd=folder)
    assert result.status == 2, result
    assert "the map and the report at the same time" in result.stderr
    assert list(folder.iterdir()) == []
    assert target.read() == content.old(4 * MIB)
