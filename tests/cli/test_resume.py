# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Jobs that were cut off: kept by the helper, and resumed where their targets were durable."""
import hashlib
import lzma
import os
import random
import signal
from pathlib import Path

import pytest
from gi.repository import GLib

from lab import content, processes, room as rooms
from lab.caller import Refused, clone, named
from lab.content import MIB
from lab.platterctl import NOBODY

SOMEBODY = 1

SIZE = 32 * MIB
DATA = content.noise(SIZE)
CUT = 8 * MIB


def find(process, name):
    return next(pid for pid in processes.descendants(process.pid) if processes.name(pid) == name)


@pytest.fixture
def state(platterctl):
    return platterctl.state


@pytest.fixture
def target(faulty):
    """So slow that it can be stopped in the middle."""
    return faulty.make(SIZE, content.old(SIZE), write_delay=50)


@pytest.fixture
def cut_off(platterctl, target, state):
    """Runs a job until it is paused, which makes durable what is written; then kills the helper."""
    def run(*arguments, name="platter-helper", is_kept=True, how=signal.SIGKILL, slow=target):
        process = platterctl.start_in_background(*arguments)
        slow.wait_for("w", CUT, process)
        pid = find(process, name)
        process.send_signal(signal.SIGTSTP)
        os.waitpid(process.pid, os.WUNTRACED)
        if is_kept:
            rooms.wait_until(lambda: any(path.suffix == ".job" for path in state.glob("*")), "the job to be kept")
        os.kill(pid, how)
        process.send_signal(signal.SIGCONT)
        return platterctl.wait(process)

    return run


def jobs(platterctl):
    result = platterctl("jobs", "--json")
    assert result.status == 0, result
    return result.lines


def written(target, since):
    return [(offset, length) for kind, offset, length in target.requests()[since:] if kind in "wzt"]


def resume(platterctl, target, *more):
    """Resumes the only job, and sees to it that only what was not durable is written."""
    since = len(target.requests())
    durable = jobs(platterctl)[0]["targets"][0]["durable"]
    assert durable > MIB
    result = platterctl("jobs", "resume", "1", "--yes", "--json", *more)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert target.stored() == DATA
    inside = [place for place in written(target, since) if MIB <= place[0] < durable]
    assert inside == [], f"what was durable, up to byte {durable}, is written again"
    assert jobs(platterctl) == []
    return result


@pytest.fixture
def mounted(state):
    """Has what is known of jobs lie on a file system of its own."""
    points = []

    def mount(*arguments):
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        rooms.run("mount", *arguments, state)
        points.append(state)
        state.chmod(0o700)

    yield mount
    for point in points:
        rooms.unmount(point)


def check_unkept(platterctl, state, source, target):
    """The copy is made all the same, and whoever watches it is told what they cannot rely on, and where to make room."""
    process = platterctl.start_in_background("clone", "--yes", "--json", source, target)
    target.wait_for("w", CUT, process)
    process.send_signal(signal.SIGTSTP)  # which makes durable what was written, so that it is worth keeping
    os.waitpid(process.pid, os.WUNTRACED)
    process.send_signal(signal.SIGCONT)
    result = platterctl.wait(process)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified" and target.stored() == DATA
    assert any(line.get("unkept") for line in result.lines)
    assert "cannot be stored in /var/lib/platter" in result.stderr
    assert not any(path.suffix == ".job" for path in state.glob("*"))


def test_row_68_no_room_for_what_is_known_of_a_job(platterctl, drives, target, state, mounted):
    mounted("-t", "tmpfs", "-o", "size=16k,mode=0700", "tmpfs")
    with pytest.raises(OSError):
        (state / "full").write_bytes(bytes(MIB))
    check_unkept(platterctl, state, drives.make(SIZE, DATA), target)


def test_row_40_what_is_known_of_a_job_cannot_be_flushed(platterctl, faulty, drives, target, state, mounted):
    disk = faulty.make(16 * MIB, switches=("flush_fails",))
    rooms.run("mkfs.ext4", "-q", disk.path)
    mounted(disk.path)
    disk.switch("flush_fails")
    check_unkept(platterctl, state, drives.make(SIZE, DATA), target)


def test_a_job_that_could_not_be_stored_is_not_called_kept(platterctl, faulty, drives, state, mounted):
    mounted("-t", "tmpfs", "-o", "size=16k,mode=0700", "tmpfs")
    with pytest.raises(OSError):
        (state / "full").write_bytes(bytes(MIB))
    target = faulty.make(SIZE, content.old(SIZE), write_delay=50, switches=["bad_writes_when"])
    process = platterctl.start_in_background("clone", "--yes", drives.make(SIZE, DATA), target)
    target.wait_for("w", CUT, process)
    process.send_signal(signal.SIGTSTP)
    os.waitpid(process.pid, os.WUNTRACED)
    target.switch("bad_writes_when")
    process.send_signal(signal.SIGCONT)
    result = platterctl.wait(process)
    assert result.status == 1 and "only until Platter" in result.stderr and "is kept" not in result.stderr, result
    assert jobs(platterctl) == []


def wait_for_writes(process, target, since, count):
    rooms.wait_until(lambda: len(written(target, since)) >= count or process.poll() is not None, "writes")


def suspend(process):
    """By which what was written is made durable, as an epoch does: 5 s of them would be long for a test."""
    process.send_signal(signal.SIGTSTP)
    os.waitpid(process.pid, os.WUNTRACED)
    process.send_signal(signal.SIGCONT)


def forget(target):
    """Or the next copy would look finished before it has begun."""
    with open(target.path, "r+b", buffering=0) as drive:
        drive.write(content.old(MIB))
        os.fsync(drive.fileno())


def test_row_63_killed_at_random_times(platterctl, drives, target):
    """Again and again, worker or helper: what is said to be durable is, nothing looks finished, nothing of it is written
    again, and in the end all is there. PLATTER_TEST_KILLS says how often (a second each: PLATTER_TEST_PATIENCE must be
    more, or the drive is taken away)."""
    chance = random.Random(63)
    source = drives.make(SIZE, DATA)
    anew = ("clone", "--yes", "--json", source, target)
    arguments, durable, n_gone_on = anew, 0, 0
    for _ in range(int(os.environ.get("PLATTER_TEST_KILLS", "8"))):
        since = len(target.requests())
        process = platterctl.start_in_background(*arguments)
        wait_for_writes(process, target, since, chance.randint(2, 9))
        if process.poll() is None and chance.random() < 0.7:
            suspend(process)
        wait_for_writes(process, target, len(target.requests()), chance.randint(0, 5))
        name = chance.choice(["platter-helper", "platter-worker"])
        # It may have come to its end by itself meanwhile.
        for pid in [pid for pid in processes.descendants(process.pid) if processes.name(pid) == name]:
            os.kill(pid, signal.SIGKILL)
        result = platterctl.wait(process)
        assert result.status in (0, 1), result
        if result.status == 0 or target.stored(0, MIB) == DATA[:MIB]:
            # It was over before it was killed. What looks finished is.
            assert target.stored() == DATA
            for job in jobs(platterctl):
                assert platterctl("jobs", "discard", job["id"], "--yes").status == 0
            arguments, durable = anew, 0
            forget(target)
            continue
        assert [offset for offset, _ in written(target, since) if MIB <= offset < durable] == [], "written again"
        kept = jobs(platterctl)
        # A few writes are not worth keeping; then there is no job, and nothing is promised.
        durable = kept[0]["targets"][0]["durable"] if kept else 0
        assert target.stored(MIB, max(durable - MIB, 0)) == DATA[MIB:durable]
        arguments = ("jobs", "resume", kept[0]["id"], "--yes", "--json") if kept else anew
        n_gone_on += len(kept)
        if durable > SIZE - 12 * MIB:
            result = platterctl(*arguments)
            assert result.status == 0 and target.stored() == DATA, result
            arguments, durable = anew, 0
            forget(target)
    result = platterctl(*arguments)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified" and target.stored() == DATA
    assert n_gone_on > 0 and jobs(platterctl) == []


def test_row_69_a_clone_goes_on_after_the_helper_was_killed(platterctl, drives, target, cut_off, state):
    source = drives.make(SIZE, DATA)
    result = cut_off("clone", "--yes", "--json", source, target)
    assert result.status == 1, result
    assert target.stored(0, MIB) != DATA[:MIB]
    listed = jobs(platterctl)
    assert [(job["kind"], job["outcome"], job["resumable"]) for job in listed] == [("clone", "failed", True)]
    safe = listed[0]["targets"][0]["durable"]
    assert safe >= MIB and target.stored(MIB, safe - MIB) == DATA[MIB:safe]
    assert f"can be resumed: {safe / 1e6:.1f}\xa0MB are safe" in platterctl("jobs").stdout
    assert all(path.stat().st_mode & 0o077 == 0 for path in [state, *state.iterdir()])
    result = resume(platterctl, target)
    assert result.report["targets"][0]["written"] == SIZE
    assert [path for path in state.iterdir() if path.suffix == ".job"] == []


def test_a_job_goes_on_after_its_worker_was_killed(platterctl, drives, target, cut_off):
    result = cut_off("clone", "--yes", drives.make(SIZE, DATA), target, name="platter-worker")
    assert result.status == 1, result
    assert "jobs resume" in result.stderr
    resume(platterctl, target)


def test_a_job_goes_on_after_its_helper_was_told_to_stop(platterctl, drives, target, cut_off):
    result = cut_off("clone", "--yes", "--json", drives.make(SIZE, DATA), target, how=signal.SIGTERM)
    assert result.status in (1, 5), result
    resume(platterctl, target)


def test_an_image_is_asked_for(platterctl, room, target, cut_off):
    image, other = room.new("x.img"), room.new("other.img")
    image.write_bytes(DATA)
    other.write_bytes(DATA[:-512])
    cut_off("write", "--yes", "--json", image, target)
    away = image.rename(image.with_name("away.img"))
    result = platterctl("jobs", "resume", "1", "--yes")
    assert result.status == 1, result
    assert image.name in result.stderr
    result = platterctl("jobs", "resume", "1", other, "--yes")
    assert result.status == 1, result
    assert "another size" in result.stderr
    result = resume(platterctl, target, away)
    assert result.report["digests"]["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_an_image_is_found_where_it_was(platterctl, room, target, cut_off):
    image = room.new("x.img")
    image.write_bytes(DATA)
    cut_off("write", "--yes", "--json", image, target)
    resume(platterctl, target)


def test_row_72_another_image_of_the_same_size_is_found_out(platterctl, room, target, cut_off):
    image, other = room.new("x.img"), room.new("other.img")
    image.write_bytes(DATA)
    other.write_bytes(content.noise(SIZE, seed=99))
    cut_off("write", "--yes", "--json", image, target)
    before = target.stored()
    result = platterctl("jobs", "resume", "1", other, "--yes", "--json")
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == "changed"
    assert target.stored() == before


def test_row_71_a_target_that_was_used_in_between_is_not_gone_on_with(platterctl, drives, target, cut_off):
    cut_off("clone", "--yes", "--json", drives.make(SIZE, DATA), target)
    with open(target.path, "r+b", buffering=0) as drive:
        drive.seek(2 * MIB)
        drive.write(bytes(4 * MIB))
        os.fsync(drive.fileno())
    result = platterctl("jobs", "resume", "1", "--yes", "--json")
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == "changed"
    assert jobs(platterctl)[0]["resumable"], "the right drive may still come"


def test_a_target_that_was_finished_before_is_told_apart(platterctl, drives, faulty, state):
    """Nobody knew that when the job was cut off, as the other target was not finished."""
    fast, slow = drives.make(SIZE, content.old(SIZE)), faulty.make(SIZE, content.old(SIZE), read_delay=300)
    process = platterctl.start_in_background("clone", "--yes", "--json", drives.make(SIZE, DATA), fast, slow)
    rooms.wait_until(lambda: fast.read(0, MIB) == DATA[:MIB] or process.poll() is not None, "the fast one to be finished")
    rooms.wait_until(lambda: any(path.suffix == ".job" for path in state.glob("*")) or process.poll() is not None, "the job to be kept")
    os.kill(find(process, "platter-helper"), signal.SIGKILL)
    assert platterctl.wait(process).status == 1
    result = platterctl("jobs", "resume", "1", "--yes", "--json")
    assert result.status == 1, result
    targets = result.report["targets"]
    assert [(one["verdict"], one.get("error-code")) for one in targets] == [("failed", "finished"), ("verified", None)]
    assert "may hold a finished copy" in result.stderr or "begins as a finished copy" in result.stderr, result
    assert fast.read() == DATA and slow.stored() == DATA
    assert jobs(platterctl) == []


def test_a_drive_that_is_missing_is_named(platterctl, drives, target, cut_off):
    source = drives.make(SIZE, DATA)
    cut_off("clone", "--yes", "--json", source, target)
    drives.detach(source)
    result = platterctl("jobs", "resume", "1", "--yes")
    assert result.status == 3, result
    assert "not connected" in result.stderr
    assert jobs(platterctl)[0]["resumable"]


def test_goes_on_without_a_target_that_is_missing(platterctl, drives, target, cut_off):
    """Of several, those that are there; but only if that is said, for the others cannot go on any more."""
    source, other = drives.make(SIZE, DATA), drives.make(SIZE, content.old(SIZE))
    cut_off("clone", "--yes", "--json", source, other, target)
    drives.detach(other)
    refused = platterctl("jobs", "resume", "1", "--yes")
    assert refused.status == 3 and "not connected" in refused.stderr, refused
    assert "jobs resume --only-connected 1" in refused.stderr
    safe = jobs(platterctl)[0]["targets"][1]["durable"]
    since = len(target.requests())
    result = platterctl("jobs", "resume", "1", "--yes", "--json", "--only-connected")
    assert result.status == 0 and result.report["outcome"] == "verified", result
    assert len(result.report["targets"]) == 1 and target.stored() == DATA
    assert [place for place in written(target, since) if MIB <= place[0] < safe - MIB] == []
    assert jobs(platterctl) == [], "the one that was left out cannot be gone on with"


def test_without_any_target_nothing_goes_on(platterctl, drives, target, cut_off):
    source, other = drives.make(SIZE, DATA), drives.make(SIZE, content.old(SIZE))
    cut_off("clone", "--yes", "--json", source, other, target)
    drives.detach(source)
    refused = platterctl("jobs", "resume", "1", "--yes", "--only-connected")
    assert refused.status == 3 and "not connected" in refused.stderr, refused
    assert "--only-connected" not in refused.stderr and jobs(platterctl)[0]["resumable"]


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGKILL])
def test_a_terminal_that_is_closed_leaves_nothing_running(platterctl, drives, target, state, how):
    """Without an installed helper nobody could see what is written to the drive, or stop it. It can be gone on with."""
    source = drives.make(SIZE, DATA)
    process = platterctl.start_in_background("clone", "--yes", source, target)
    target.wait_for("w", CUT, process)
    below = [pid for pid in processes.descendants(process.pid) if processes.name(pid).startswith("platter-")]
    assert below
    process.send_signal(signal.SIGTSTP)  # which makes durable what was written
    os.waitpid(process.pid, os.WUNTRACED)
    rooms.wait_until(lambda: list(state.glob("*.job")), "the job to be kept")
    process.send_signal(signal.SIGCONT)
    process.send_signal(how)
    assert platterctl.wait(process).status == -how
    rooms.wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below), "helper and worker to end")
    (job,) = jobs(platterctl)
    assert job["resumable"], job
    assert platterctl("jobs", "resume", "1", "--yes").status == 0
    assert target.stored() == DATA


def test_a_job_is_discarded(platterctl, drives, target, cut_off, state):
    cut_off("clone", "--yes", "--json", drives.make(SIZE, DATA), target)
    discarded = platterctl("jobs", "discard", "1")
    assert discarded.status == 0 and "Given up: " in discarded.stdout and target.file.name in discarded.stdout, discarded
    assert jobs(platterctl) == []
    assert list(state.iterdir()) == []


def test_what_was_cut_off_cannot_be_cancelled(platterctl, drives, target, cut_off):
    cut_off("clone", "--yes", "--json", drives.make(SIZE, DATA), target)
    for action, words in (("cancel", "“platterctl jobs discard 1” gives it up"), ("finish", "has ended already")):
        result = platterctl("jobs", action, "1", "--json")
        assert result.status == 1 and words in result.stderr, result
        assert result.lines[-1]["type"] == "error"
    assert jobs(platterctl)[0]["resumable"]


def test_jobs_keep_their_numbers(platterctl, drives, faulty, state):
    """Each call has a helper of its own here. What another was given up for must not be the one that is meant next."""
    source = drives.make(SIZE, DATA)
    targets = [faulty.make(SIZE, write_delay=50) for _ in range(3)]
    for number, target in enumerate(targets, 1):
        process = platterctl.start_in_background("clone", "--yes", "--json", source, target)
        target.wait_for("w", CUT, process)
        process.send_signal(signal.SIGTSTP)
        os.waitpid(process.pid, os.WUNTRACED)
        rooms.wait_until(lambda: len(list(state.glob("*.job"))) == number, "the job to be kept")
        os.kill(find(process, "platter-helper"), signal.SIGKILL)
        process.send_signal(signal.SIGCONT)
        assert platterctl.wait(process).status == 1
    listed = {job["id"]: job["targets"][0]["device"] for job in jobs(platterctl)}
    assert listed == {1: targets[0].path, 2: targets[1].path, 3: targets[2].path}
    for number in (1, 2):
        discarded = platterctl("jobs", "discard", number)
        assert discarded.status == 0 and targets[number - 1].file.name in discarded.stdout, discarded
    assert [(job["id"], job["targets"][0]["device"]) for job in jobs(platterctl)] == [(3, targets[2].path)]
    assert platterctl("jobs", "discard", 1).status == 1


def test_jobs_keep_their_numbers_with_another_helper(callers, bus, drives, faulty):
    bus.polkit.answer("yes")
    caller = callers(NOBODY)
    source = drives.make(SIZE, DATA)
    (first,) = caller.call("Clone", clone(named(source), named(drives.make(SIZE, content.old(SIZE)))))
    assert caller.report(first)["outcome"] == "verified"
    source, slow = drives.make(SIZE, DATA), faulty.make(SIZE, write_delay=50)
    (second,) = caller.call("Clone", clone(named(source), named(slow)))
    rooms.wait_until(lambda: caller.property(second, "Progress")["done"] >= CUT, "a part to be copied")
    caller.job(second, "Pause")
    bus.end_helper_once_kept()
    assert list(caller.jobs()) == [second] != [first]
    (third,) = caller.call("Clone", clone(named(source), named(drives.make(SIZE, content.old(SIZE)))))
    assert third not in (first, second)
    assert caller.report(third)["outcome"] == "verified"
    caller.job(second, "Release")


def test_what_its_owner_cancelled_is_not_kept(platterctl, drives, target, state):
    process = platterctl.start_in_background("clone", "--yes", "--json", drives.make(SIZE, DATA), target)
    target.wait_for("w", CUT, process)
    process.send_signal(signal.SIGINT)
    assert platterctl.wait(process).status == 5
    assert jobs(platterctl) == []
    assert not any(path.suffix == ".job" for path in state.iterdir())


def test_a_job_that_runs_elsewhere_is_not_taken_for_cut_off(platterctl, drives, target):
    process = platterctl.start_in_background("clone", "--yes", "--json", drives.make(SIZE, DATA), target)
    target.wait_for("w", CUT, process)
    process.send_signal(signal.SIGTSTP)
    os.waitpid(process.pid, os.WUNTRACED)
    assert jobs(platterctl) == []
    process.send_signal(signal.SIGCONT)
    assert platterctl.wait(process).status == 0


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "foreign"])
def test_row_67_a_damaged_journal_harms_nobody(platterctl, drives, target, cut_off, state, damage):
    cut_off("clone", "--yes", "--json", drives.make(SIZE, DATA), target)
    journal = next(path for path in state.iterdir() if path.suffix == ".job")
    text = journal.read_bytes()
    damaged = {"cut": text[:-40], "bit": text[:-9] + bytes([text[-9] ^ 1]) + text[-8:], "empty": b"",
               "foreign": content.noise(5000)}
    journal.write_bytes(damaged[damage])
    result = platterctl("jobs", "--json")
    assert (result.status, result.lines) == (0, [])
    assert journal.exists()
    result = platterctl("clone", "--yes", "--json", drives.make(SIZE, DATA), target)
    assert result.status == 0, result


def test_a_folder_that_others_may_look_into_is_not_used(platterctl, drives, target, cut_off, state):
    state.mkdir(parents=True)
    state.chmod(0o755)
    cut_off("clone", "--yes", "--json", drives.make(SIZE, DATA), target, is_kept=False)
    assert list(state.iterdir()) == []
    assert jobs(platterctl) == []


def test_what_was_not_to_be_verified_is_when_it_goes_on(platterctl, drives, target, cut_off):
    """Between the samples there may be another's data, and nobody would look."""
    source = drives.make(SIZE, DATA)
    cut_off("clone", "--yes", "--json", "--no-verify", source, target)
    resume(platterctl, target)


def test_a_packed_image_goes_on(platterctl, room, target, cut_off):
    image = room.new("x.img.xz")
    image.write_bytes(lzma.compress(DATA, preset=0))
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    room_for_sums = image.with_name(f"{image.name}.sha256")
    room_for_sums.write_text(f"{digest}  {image.name}\n")
    cut_off("write", "--yes", "--json", image, target)
    result = resume(platterctl, target, image)
    assert result.report["digests"]["sha256"] == digest
    assert result.report["expected-matches"]


@pytest.mark.parametrize("kind", ["clone", "rescue"])
@pytest.mark.parametrize("fault, gpt", [({}, "moved"), ({"wrap": SIZE + MIB}, "failed")], ids=["real", "fake"])
def test_the_end_of_a_larger_drive_is_left_alone_in_between(platterctl, drives, faulty, cut_off, fault, gpt, kind):
    """What tells whether it is real was put there when the job began: put there again, it would lie in what is durable."""
    data = DATA[:4 * MIB] + bytes(MIB) + DATA[5 * MIB:]  # zeros where the end of the fake one is
    source = drives.make(SIZE, data, table="label: gpt\nstart=1MiB, size=4MiB\n")
    target = faulty.make(3 * (SIZE + MIB) + 5 * MIB, write_delay=50, **fault)
    first = {"clone": ["clone"], "rescue": ["clone", "--on-error", "rescue"]}[kind]
    cut_off(*first, "--yes", "--json", source, target, slow=target)
    since = len(target.requests())
    result = platterctl("jobs", "resume", "1", "--yes", "--json")
    assert result.status == 0, result
    (told,) = result.report["targets"]
    assert told["gpt"] == gpt, told
    writes = [offset for offset, _ in written(target, since) if offset >= SIZE]
    assert (writes == []) == (gpt == "failed")
    if gpt == "failed":
        assert target.stored(0, SIZE) == source.read()


@pytest.fixture
def in_parts(room):
    """An image of which only some MiB are content, and its bmap."""
    folder = room.folder("parts")
    image = folder / "disk.img"
    parts = [*range(0, 10), *range(14, 16), 20, *range(24, 31)]
    with open(image, "wb") as file:
        file.truncate(SIZE)
        for part in parts:
            file.seek(part * MIB)
            file.write(DATA[part * MIB : (part + 1) * MIB])
    rooms.run("bmaptool", "create", "-o", folder / "disk.bmap", image)
    return image


def check_parts(target, image):
    """What is content is there; the rest is what was there before, but for the last MiB, which is zeros."""
    data, old = image.read_bytes(), content.old(SIZE)
    there = target.stored()
    for at in range(0, SIZE - MIB, MIB):
        expected = data[at : at + MIB] if any(data[at : at + MIB]) else old[at : at + MIB]
        assert there[at : at + MIB] == expected, at // MIB
    assert not any(there[SIZE - MIB :])


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_what_a_bmap_names_goes_on(platterctl, in_parts, target, cut_off, packed):
    """Where it was, and with the bmap: without one, or with all of the image, it would be another job."""
    image, bmap = in_parts, in_parts.with_suffix(".bmap")
    if packed:
        image = image.with_name("disk.img.xz")
        image.write_bytes(lzma.compress(in_parts.read_bytes(), preset=0))
    cut_off("write", "--yes", "--json", image, target)
    away = bmap.with_name("away")
    bmap.rename(away)
    result = platterctl("jobs", "resume", "1", image, "--yes")
    assert result.status == 1 and "bmap" in result.stderr, result
    since = len(target.requests())
    result = platterctl("jobs", "resume", "1", image, "--yes", "--json", "--bmap", away)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified" and result.report["left-out"] > 0
    check_parts(target, in_parts)
    inside = [place for place in written(target, since) if MIB <= place[0] < CUT - 4 * MIB]
    assert not inside, "what was durable is written again"


def test_all_of_an_image_goes_on_as_such(platterctl, in_parts, target, cut_off):
    """Also if there is a bmap beside it by now."""
    cut_off("write", "--yes", "--json", "--no-bmap", in_parts, target)
    result = platterctl("jobs", "resume", "1", in_parts, "--yes", "--json")
    assert result.status == 0, result
    assert target.stored() == in_parts.read_bytes()


def test_a_changed_target_of_a_bmap_is_found_out(platterctl, in_parts, target, cut_off):
    cut_off("write", "--yes", "--json", in_parts, target)
    with open(target.path, "r+b", buffering=0) as drive:
        drive.seek(MIB)
        drive.write(bytes(6 * MIB))
        os.fsync(drive.fileno())
    result = platterctl("jobs", "resume", "1", in_parts, "--yes", "--json")
    assert result.status == 1, result
    assert result.report["targets"][0]["error-code"] == "changed"


def refusal(call, *arguments):
    with pytest.raises(Refused) as caught:
        call(*arguments)
    return caught.value.name


def test_row_70_only_the_owner_resumes_and_only_with_the_same_drives(callers, bus, drives, target):
    bus.polkit.answer("yes")
    owner, stranger = callers(NOBODY), callers(SOMEBODY)
    source, larger = drives.make(SIZE, DATA), drives.make(SIZE + MIB, content.old(SIZE + MIB))
    (job,) = owner.call("Clone", clone(named(source), named(target)))
    rooms.wait_until(lambda: owner.property(job, "Progress")["done"] >= CUT, "a part to be copied")
    owner.job(job, "Pause")
    bus.end_helper_once_kept()

    path, job = next((path, job["org.platter.Helper1.Job"]) for path, job in owner.jobs().items())
    assert job["Resumable"] == [0]
    assert stranger.jobs() == {}
    number = GLib.Variant("u", job["Id"])
    before = target.stored()
    same = clone(named(source), named(target), resume=number)
    assert refusal(stranger.call, "Clone", same) == "NoSuchJob"
    assert refusal(owner.call, "Clone", clone(named(source), named(larger), resume=number)) == "IdentityChanged"
    assert refusal(owner.call, "Clone", clone(named(larger), named(target), resume=number)) == "TooSmall"
    assert refusal(owner.call, "Clone", clone(named(target), named(source), resume=number)) == "IdentityChanged"
    for option in ({"verify": False}, {"on_error": GLib.Variant("s", "rescue")}):
        wrong = clone(named(source), named(target), resume=number, **option)
        assert refusal(owner.call, "Clone", wrong) == "InvalidArguments"
    assert target.stored() == before and larger.read() == content.old(SIZE + MIB)
    (job,) = owner.call("Clone", same)
    assert path not in owner.jobs(), "it goes on as another job"
    assert owner.report(job)["outcome"] == "verified"
    assert target.stored() == DATA
    owner.job(job, "Release")
