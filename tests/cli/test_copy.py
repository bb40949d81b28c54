# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""platterctl on real drives: what it copies, writes and compares, and what it says of it."""
import hashlib
import json
import os
import signal
import time

import pytest

from lab import content
from lab.content import MIB


def old_drive(drives, size=16 * MIB, **more):
    return drives.make(size, content.old(size), **more)


def test_clone_is_verified(platterctl, drives):
    data = content.mixed(16 * MIB)
    source, target = drives.make(content=data), old_drive(drives)
    result = platterctl("clone", "--yes", source, target)
    assert result.status == 0, result
    assert "Verified" in result.stdout
    assert target.read() == data
    assert source.read() == data


@pytest.mark.parametrize("more", [0, 8 * MIB])
def test_only_what_was_read_back_is_called_so(platterctl, drives, room, more):
    """Behind a copy on a larger drive nothing is read: that all of the drive is sound would be untrue."""
    source, target = drives.make(8 * MIB, content.mixed(8 * MIB)), old_drive(drives, 8 * MIB + more)
    report = room.new("report.html")
    result = platterctl("clone", "--yes", "--report", report, source, target)
    assert result.status == 0, result
    for text in (result.stdout, report.read_text()):
        assert ("Every byte on" in text) == (more == 0)
        assert ("and was read back and compared." in text) == (more > 0)
    assert more == 0 or f"All of {source.file.name} is on {target.file.name}, and" in result.stdout


def test_clone_without_verification_says_so(platterctl, drives):
    data = content.mixed(8 * MIB)
    source, target = drives.make(8 * MIB, data), old_drive(drives, 8 * MIB)
    result = platterctl("clone", "--yes", "--no-verify", source, target)
    assert result.status == 0, result
    assert "not verified" in result.stdout
    assert target.read() == data


def test_options_may_follow_operands(platterctl, drives):
    data = content.mixed(8 * MIB)
    source, target = drives.make(8 * MIB, data), old_drive(drives, 8 * MIB)
    result = platterctl("clone", source, target, "--yes", "--queue", "threads", "--quiet")
    assert result.status == 0, result
    assert result.stdout == ""
    assert target.read() == data


def test_four_targets_and_every_digest(platterctl, drives):
    data = content.mixed(8 * MIB)
    source = drives.make(8 * MIB, data)
    targets = [old_drive(drives, size * MIB) for size in (8, 8, 9, 16)]
    names = ["sha256", "sha512", "sha1", "md5", "blake2b"]
    wanted = [word for name in names for word in ("--digest", name)]
    result = platterctl("clone", "--yes", "--json", *wanted, source, *targets)
    assert result.status == 0, result
    report = result.lines[-1]
    assert report["type"] == "report" and report["outcome"] == "verified"
    assert [target["verdict"] for target in report["targets"]] == ["verified"] * 4
    for name in names:
        assert report["digests"][name] == hashlib.new(name if name != "blake2b" else "blake2b", data).hexdigest()
    for target in targets:
        assert target.read(0, len(data)) == data


def test_json_lines(platterctl, drives):
    source, target = drives.make(content=content.mixed(16 * MIB)), old_drive(drives)
    result = platterctl("clone", "--yes", "--json", source, target)
    assert result.status == 0, result
    kinds = [line["type"] for line in result.lines]
    assert kinds[-1] == "report" and set(kinds[:-1]) <= {"progress"}
    for line in result.lines[:-1]:
        assert line["fraction"] < 1
        assert line["done"] <= line["total"]
    report = result.lines[-1]
    assert report["status"] == 0
    assert report["targets"][0]["device"] == target.path
    assert report["targets"][0]["verified"] == 16 * MIB
    assert report["targets"][0]["mismatches"] == []


def test_write_odd_sized_image(platterctl, drives, room):
    data = content.noise(3 * MIB + 100)
    image = room.new("odd.img")
    image.write_bytes(data)
    target = old_drive(drives, 8 * MIB)
    result = platterctl("write", "--yes", image, target)
    assert result.status == 0, result
    assert hashlib.sha256(data).hexdigest() in result.stdout
    padded = data + bytes(-len(data) % 512)
    assert target.read(0, len(padded)) == padded


def test_image_is_checked_against_sums_beside_it(platterctl, drives, room):
    data = content.noise(4 * MIB)
    folder = room.folder("sums")
    image = folder / "x.iso"
    image.write_bytes(data)
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  y.iso\n{hashlib.sha256(data).hexdigest()} *x.iso\n")
    target = old_drive(drives, 8 * MIB)
    result = platterctl("write", "--yes", image, target)
    assert result.status == 0, result
    assert "SHA256SUMS" in result.stderr
    assert "promised" in result.stdout
    assert target.read(0, len(data)) == data


def test_wrong_sums_end_before_the_first_mib(platterctl, drives, room):
    data = content.noise(4 * MIB)
    folder = room.folder("sums")
    image = folder / "x.iso"
    image.write_bytes(data)
    (folder / "x.iso.sha256").write_text("0" * 64 + "\n")
    target = old_drive(drives, 8 * MIB)
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 1, result
    assert result.lines[-1]["outcome"] == "failed"
    assert target.read(0, MIB) != data[:MIB]


def test_verify_drives(platterctl, drives):
    data = content.mixed(8 * MIB)
    first, second = drives.make(8 * MIB, data), drives.make(8 * MIB, data)
    third = drives.make(8 * MIB, data[:-1] + bytes([data[-1] ^ 0xff]))
    assert platterctl("verify", first, second).status == 0
    result = platterctl("verify", "--json", first, third)
    assert result.status == 4, result
    assert result.lines[-1]["targets"][0]["mismatches"][0]["offset"] == 8 * MIB - 1
    assert third.read() == data[:-1] + bytes([data[-1] ^ 0xff])


def test_verify_image_with_larger_drive(platterctl, drives, room):
    data = content.noise(2 * MIB + 700)
    image = room.new("x.img")
    image.write_bytes(data)
    drive = drives.make(8 * MIB, data + content.noise(MIB, 9))
    result = platterctl("verify", image, drive)
    assert result.status == 0, result
    assert "the same" in result.stdout


def test_verify_files(platterctl, room):
    data = content.noise(2 * MIB + 1)
    first, second, third = room.new("a.img"), room.new("b.img"), room.new("c.img")
    first.write_bytes(data)
    second.write_bytes(data)
    third.write_bytes(data[:MIB] + b"\0" + data[MIB + 1 :])
    assert platterctl("verify", first, second).status == 0
    result = platterctl("verify", "--json", first, third)
    assert result.status == 4, result
    assert result.lines[-1]["targets"][0]["mismatches"][0]["offset"] == MIB


def test_sha256_of_a_clone(platterctl, drives):
    data = content.mixed(8 * MIB)
    source, target = drives.make(8 * MIB, data), old_drive(drives, 8 * MIB)
    result = platterctl("clone", "--yes", "--sha256", source, target)
    assert result.status == 0, result
    assert hashlib.sha256(data).hexdigest() in result.stdout


@pytest.mark.parametrize("flag", ["--help", "--version"])
@pytest.mark.parametrize("command", ["list", "info", "clone", "write", "verify", "jobs"])
def test_help_and_version(platterctl, command, flag):
    result = platterctl(command, flag)
    assert result.status == 0, result
    assert "platterctl" in result.stdout
    assert result.stderr == ""


def test_info(platterctl, drives, room):
    drive = drives.make(8 * MIB, sector_size=4096)
    result = platterctl("info", "--json", drive)
    assert result.status == 0, result
    facts = json.loads(result.stdout)
    assert facts["device"] == drive.path
    assert facts["size"] == 8 * MIB
    assert facts["diskseq"] == drive.diskseq
    assert facts["logical-block-size"] == 4096
    assert facts["backing-file"] == str(drive.file)
    assert "target-refusal" not in facts
    image = room.new("x.img")
    image.write_bytes(content.noise(512))
    assert platterctl("info", "--json", image).lines[0]["size"] == 512


def test_suspended_it_pauses_first_and_goes_on_when_continued(platterctl, drives, faulty):
    data = content.noise(32 * MIB)
    source, slow = drives.make(32 * MIB, data), faulty.make(32 * MIB, write_delay=100)
    process = platterctl.start_in_background("clone", "--yes", "--json", source, slow)
    slow.wait_for("w", 8 * MIB, process)
    process.send_signal(signal.SIGTSTP)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), status
    before = slow.requests()
    time.sleep(1)
    assert slow.requests() == before, "it goes on behind the stopped program's back"
    process.send_signal(signal.SIGCONT)
    result = platterctl.wait(process)
    assert result.status == 0, result
    assert "Paused" in result.stderr
    assert slow.stored() == data


@pytest.mark.parametrize("how", ["in a session of its own", "ignored"])
def test_it_does_not_stop_where_nobody_could_continue_it(platterctl, drives, faulty, how):
    """As in a window of a terminal that runs nothing else, where the kernel would stop no program; nor under trap '' TSTP."""
    data = content.noise(16 * MIB)
    source, slow = drives.make(16 * MIB, data), faulty.make(16 * MIB, write_delay=50)
    before = signal.signal(signal.SIGTSTP, signal.SIG_IGN if how == "ignored" else signal.SIG_DFL)
    process = platterctl.start_in_background("clone", "--yes", "--json", source, slow, start_new_session=how != "ignored")
    signal.signal(signal.SIGTSTP, before)
    slow.wait_for("w", 4 * MIB, process)
    process.send_signal(signal.SIGTSTP)
    happened = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
    process.send_signal(signal.SIGCONT)
    result = platterctl.wait(process)
    assert happened.si_code == os.CLD_EXITED, "it was stopped"
    assert result.status == 0 and "Paused" not in result.stderr, result
    assert slow.stored() == data
