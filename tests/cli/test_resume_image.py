# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images whose making was cut off: what there is of them stays hidden, and the job goes on with it."""
import errno
import json
import os
import random
import signal
import subprocess

import pytest

from lab import content, processes, room as rooms
from lab.content import MIB

SIZE = 64 * MIB
DATA = content.noise(SIZE)
CUT = 32 * MIB
PACKINGS = {"img": ["cat"], "img.zst": ["zstd", "-dcq"], "img.xz": ["xz", "-dcq"], "img.gz": ["gzip", "-dcq"]}
QUICKLY = {"img.xz": ["--level", "1"]}  # noise takes xz a minute else


def find(process, name):
    return next(pid for pid in processes.descendants(process.pid) if processes.name(pid) == name)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def jobs(platterctl):
    result = platterctl("jobs", "--json")
    assert result.status == 0, result
    return result.lines


def unpack(path):
    (command,) = [tool for ending, tool in PACKINGS.items() if path.name.endswith(f"disk.{ending}")]
    return subprocess.run([*command, path], check=True, capture_output=True).stdout


def check_whole(folder, name, *more):
    assert names(folder) == sorted([name, f"{name}.json", f"{name}.sha256", *more])
    subprocess.run(["sha256sum", "--quiet", "-c", f"{name}.sha256"], cwd=folder, check=True)
    assert json.loads((folder / f"{name}.json").read_text())["verified"]


@pytest.fixture
def source(faulty):
    """So slow that it can be stopped in its middle."""
    return faulty.make(SIZE, DATA, read_delay=40)


@pytest.fixture
def folder(room):
    return room.folder("images")


@pytest.fixture
def cut_off(platterctl, source):
    """Runs a job until it is paused, which makes durable what is written; then kills somebody."""
    def run(*arguments, name="platter-helper", how=signal.SIGKILL, **keywords):
        since, before = len(source.requests()), set(platterctl.state.glob("*.job"))
        process = platterctl.start_in_background(*arguments, "--json", **keywords)
        source.wait_for("r", CUT, process, since)
        pid = process.pid if name == "platterctl" else find(process, name)
        process.send_signal(signal.SIGTSTP)
        os.waitpid(process.pid, os.WUNTRACED)
        rooms.wait_until(lambda: set(platterctl.state.glob("*.job")) - before, "the job to be kept")
        pids = [find(process, name) for name in ("platter-helper", "platter-worker")]
        os.kill(pid, how)
        process.send_signal(signal.SIGCONT)
        result = platterctl.wait(process)
        assert result.status in (1, 5, -signal.SIGKILL), result
        # Until then the file is theirs.
        rooms.wait_until(lambda: not any(os.path.exists(f"/proc/{pid}/exe") for pid in pids), "helper and worker to end")
        return result

    return run


def inode(folder, name):
    return (folder / name).stat().st_ino


@pytest.mark.parametrize("ending", PACKINGS)
def test_an_image_goes_on_after_the_helper_was_killed(platterctl, source, folder, cut_off, ending):
    name = f"disk.{ending}"
    cut_off("image", *QUICKLY.get(ending, []), source, folder / name)
    assert names(folder) == [f".{name}.platter-part"]
    (job,) = jobs(platterctl)
    assert (job["kind"], job["resumable"]) == ("image", True)
    safe = job["targets"][0]["durable"]
    assert MIB < safe <= SIZE
    before = inode(folder, f".{name}.platter-part")
    start = (folder / f".{name}.platter-part").read_bytes()[:4096]
    result = platterctl("jobs", "resume", "1", "--yes", "--json")
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert jobs(platterctl) == []
    check_whole(folder, name)
    assert inode(folder, name) == before
    if ending != "img":
        assert (folder / name).read_bytes()[:4096] == start
    assert unpack(folder / name) == DATA
    assert "path" not in result.report["targets"][0], "a report may be given to others"


@pytest.mark.parametrize("name", ["platter-worker", "platterctl"])
def test_whoever_else_dies(platterctl, source, folder, cut_off, name):
    """The process that copies, or the one that asked for it and would have given the file its name."""
    cut_off("image", source, folder / "disk.img.zst", name=name)
    assert names(folder) == [".disk.img.zst.platter-part"]
    result = platterctl("jobs", "resume", "1", "--json")
    assert result.status == 0, result
    check_whole(folder, "disk.img.zst")
    assert unpack(folder / "disk.img.zst") == DATA


def test_what_is_there_is_not_written_again(platterctl, source, folder, cut_off):
    """As the kernel counts what the worker writes."""
    cut_off("image", source, folder / "disk.img.gz")
    part = folder / ".disk.img.gz.platter-part"
    kept = part.stat().st_size
    process = platterctl.start_in_background("jobs", "resume", "1", "--json")
    worker = rooms.wait_until(lambda: next((pid for pid in processes.descendants(process.pid)
                                            if processes.name(pid) == "platter-worker"), None), "the worker")
    written = 0
    while process.poll() is None:
        try:
            text = open(f"/proc/{worker}/io").read()
        except OSError:
            break
        written = max(written, int(dict(line.split(": ") for line in text.splitlines())["write_bytes"]))
    result = platterctl.wait(process)
    assert result.status == 0, result
    whole = (folder / "disk.img.gz").stat().st_size
    assert kept > CUT / 2 and 0 < written <= whole - kept + 8 * MIB


@pytest.mark.parametrize("ending", ["img", "img.zst"])
def test_a_drive_that_was_written_to_in_between(platterctl, source, folder, cut_off, ending):
    """What is packed is packed anew where it is another; of sectors as they are samples are taken."""
    cut_off("image", source, folder / f"disk.{ending}")
    new = content.noise(SIZE, seed=77)
    source.backing.write_bytes(new)
    result = platterctl("jobs", "resume", "1", "--json")
    if ending == "img":
        assert result.status == 1, result
        assert result.report["targets"][0]["error-code"] == "changed"
        assert names(folder) == [".disk.img.platter-part"] and jobs(platterctl)[0]["resumable"]
    else:
        assert result.status == 0, result
        check_whole(folder, "disk.img.zst")
        assert unpack(folder / "disk.img.zst") == new


def test_pieces_go_on(platterctl, source, folder, cut_off):
    cut_off("image", "--split", "16M", source, folder / "disk.img")
    assert all(name.endswith(".platter-part") for name in names(folder))
    result = platterctl("jobs", "resume", "1", "--json")
    assert result.status == 0, result
    pieces = sorted(path for path in folder.iterdir() if path.suffix[1:].isdigit())
    assert b"".join(path.read_bytes() for path in pieces) == DATA
    assert not any(name.startswith(".") for name in names(folder))


def test_pieces_need_no_room_twice(platterctl, source, room, cut_off):
    """What all of the pieces take already is there for them, not only what the first one takes."""
    folder = room.folder("small")
    rooms.run("mount", "-t", "tmpfs", "-o", f"size={SIZE + 2 * MIB}", "tmpfs", folder)
    try:
        cut_off("image", "--split", "4M", source, folder / "disk.img")
        result = platterctl("jobs", "resume", "1", "--yes")
        assert result.status == 0 and "There is only" not in result.stderr, result
    finally:
        rooms.unmount(folder)


def test_an_image_that_was_to_be_replaced_is(platterctl, source, folder, cut_off):
    (folder / "disk.img.zst").write_bytes(b"old")
    cut_off("image", "--force", source, folder / "disk.img.zst")
    assert (folder / "disk.img.zst").read_bytes() == b"old"
    result = platterctl("jobs", "resume", "1", "--json")
    assert result.status == 0, result
    check_whole(folder, "disk.img.zst")


def test_a_name_that_was_taken_in_between_is_refused(platterctl, source, folder, cut_off):
    cut_off("image", source, folder / "disk.img.zst")
    (folder / "disk.img.zst").write_bytes(b"somebody's")
    result = platterctl("jobs", "resume", "1", "--json")
    assert result.status == 3 and "exists already" in result.stderr, result
    assert "another name" not in result.stderr and "replaced" not in result.stderr, result
    assert (folder / "disk.img.zst").read_bytes() == b"somebody's"
    assert names(folder) == [".disk.img.zst.platter-part", "disk.img.zst"]
    assert jobs(platterctl)[0]["resumable"]
    (folder / "disk.img.zst").rename(folder / "away.img.zst")
    assert platterctl("jobs", "resume", "1").status == 0
    check_whole(folder, "disk.img.zst", "away.img.zst")


def test_it_is_found_from_any_folder(platterctl, source, folder, cut_off):
    cut_off("image", source, "disk.img.zst", cwd=folder)
    result = platterctl("jobs", "resume", "1", "--json")
    assert result.status == 0, result
    check_whole(folder, "disk.img.zst")


def test_what_is_gone_is_told(platterctl, source, folder, cut_off):
    cut_off("image", source, folder / "disk.img.zst")
    (folder / ".disk.img.zst.platter-part").unlink()
    result = platterctl("jobs", "resume", "1", "--json")
    assert result.status == 1 and "is gone" in result.stderr, result
    assert names(folder) == []


@pytest.mark.parametrize("split", [False, True], ids=["whole", "pieces"])
def test_what_is_given_up_goes(platterctl, source, folder, cut_off, split):
    cut_off("image", *(["--split", "16M"] if split else []), source, folder / "disk.img")
    assert names(folder) != []
    assert platterctl("jobs", "discard", "1").status == 0
    assert names(folder) == [] and jobs(platterctl) == []


def test_what_is_begun_anew_takes_the_place_of_what_was_left(platterctl, source, folder, cut_off):
    """They would share one hidden file: giving the first one up would remove that of the second."""
    for name in ("disk", "disk", "other"):
        cut_off("image", source, folder / f"{name}.img.zst")
        assert all(job["resumable"] for job in jobs(platterctl))
    assert len(jobs(platterctl)) == 2
    result = platterctl("image", source, folder / "disk.img.zst")
    assert result.status == 0, result
    (job,) = jobs(platterctl)
    assert "other.img.zst" in job["title"], job
    assert platterctl("jobs", "discard", job["id"]).status == 0
    assert names(folder) == ["disk.img.zst", "disk.img.zst.json", "disk.img.zst.sha256"]
    assert unpack(folder / "disk.img.zst") == DATA


def open_alone(path):
    """Returns None while somebody else looks at the drive."""
    try:
        return os.open(path, os.O_RDONLY | os.O_EXCL)
    except OSError as error:
        assert error.errno == errno.EBUSY, error
        return None


@pytest.mark.parametrize("split", [False, True], ids=["whole", "pieces"])
def test_what_is_begun_anew_and_refused_takes_nothing_away(platterctl, source, folder, cut_off, split):
    how = ["--split", "16M"] if split else []
    cut_off("image", *how, source, folder / "disk.img")
    left = {name: (folder / name).read_bytes() for name in names(folder)}
    descriptor = rooms.wait_until(lambda: open_alone(source.path), "nobody else to have the drive open")
    try:
        result = platterctl("image", *how, "--json", source, folder / "disk.img")
    finally:
        os.close(descriptor)
    assert result.status == 3 and "Another program is using it" in result.stderr, result
    assert {name: (folder / name).read_bytes() for name in names(folder)} == left
    result = platterctl("jobs", "resume", jobs(platterctl)[0]["id"], "--json")
    assert result.status == 0, result
    assert not any(name.startswith(".") for name in names(folder)) and jobs(platterctl) == []


@pytest.mark.parametrize("before, first, after", [
    ([], "disk.img", ["image", "--split", "16M"]),
    (["--split", "4M"], "disk.img.001", ["image", "--split", "16M"]),
    ([], "disk.img", ["rescue", "--time-limit", "1", "--map", "disk.map"])], ids=["pieces", "larger-pieces", "rescue"])
def test_what_is_begun_anew_in_another_way_takes_the_place_of_what_was_left(
        platterctl, source, folder, cut_off, before, first, after):
    cut_off("image", *before, source, folder / "disk.img")
    (folder / f".{first}.platter-next").write_bytes(b"of somebody who died while polkit asked")
    result = platterctl(*after, "--json", source, "disk.img", cwd=folder)
    assert result.status == (4 if "rescue" in after else 0), result
    assert not any(name.startswith(".") for name in names(folder)) and jobs(platterctl) == []


def test_what_its_owner_cancelled_goes(platterctl, source, folder):
    process = platterctl.start_in_background("image", "--json", source, folder / "disk.img.zst")
    source.wait_for("r", CUT, process)
    process.send_signal(signal.SIGINT)
    assert platterctl.wait(process).status == 5
    assert names(folder) == [] and jobs(platterctl) == []


def test_a_conversion_goes_on(platterctl, room, folder):
    """Its image is found where it was."""
    image, name = room.new("disk.img"), "disk.img.xz"
    image.write_bytes(DATA)
    process = platterctl.start_in_background("convert", *QUICKLY["img.xz"], "--json", image, folder / name)
    rooms.wait_until(lambda: sum(path.stat().st_size for path in folder.iterdir()) > 4 * MIB, "a part")
    process.send_signal(signal.SIGTSTP)
    os.waitpid(process.pid, os.WUNTRACED)
    rooms.wait_until(lambda: any(path.suffix == ".job" for path in platterctl.state.glob("*")), "the job to be kept")
    worker = find(process, "platter-worker")
    os.kill(find(process, "platter-helper"), signal.SIGKILL)
    process.send_signal(signal.SIGCONT)
    assert platterctl.wait(process).status == 1
    assert names(folder) == [f".{name}.platter-part"]
    rooms.wait_until(lambda: not os.path.exists(f"/proc/{worker}/exe"), "the worker to end")
    result = platterctl("jobs", "resume", "1", "--json")
    assert result.status == 0, result
    check_whole(folder, name)
    assert unpack(folder / name) == DATA


def test_the_disk_of_a_virtual_machine_is_not_kept(platterctl, source, folder):
    """Its server has not finished it, so that nobody knows what is in it."""
    process = platterctl.start_in_background("image", "--json", source, folder / "disk.qcow2")
    source.wait_for("r", CUT, process)
    os.kill(find(process, "platter-helper"), signal.SIGKILL)
    assert platterctl.wait(process).status == 1
    assert names(folder) == [] and jobs(platterctl) == []


@pytest.mark.parametrize("ending", ["img", "img.zst"])
def test_killed_at_random_times(platterctl, source, folder, ending):
    """Again and again, the client, the helper or the worker: nothing ever looks like an image that is none, and in the end it is
    one. PLATTER_TEST_KILLS says how often."""
    chance = random.Random(64)
    image = folder / f"disk.{ending}"
    anew = ("image", "--json", source, image)
    arguments, n_gone_on = anew, 0
    for _ in range(int(os.environ.get("PLATTER_TEST_KILLS", "6"))):
        since = source.requests()
        process = platterctl.start_in_background(*arguments)
        wanted = len(since) + chance.randint(4, 70)
        rooms.wait_until(lambda: len(source.requests()) > wanted or process.poll() is not None, "reads")
        if process.poll() is None and chance.random() < 0.7:
            process.send_signal(signal.SIGTSTP)
            os.waitpid(process.pid, os.WUNTRACED)
            process.send_signal(signal.SIGCONT)
        pids = {processes.name(pid): pid for pid in processes.descendants(process.pid)} | {"platterctl": process.pid}
        victim = pids.get(chance.choice(["platterctl", "platter-helper", "platter-worker"]))
        if victim is not None and process.poll() is None:
            os.kill(victim, signal.SIGKILL)
        platterctl.wait(process)
        rooms.wait_until(lambda: not any(os.path.exists(f"/proc/{pid}/exe") for pid in pids.values()), "all to end")
        if image.exists():
            assert unpack(image) == DATA
            for path in folder.iterdir():
                path.unlink()
            arguments = anew
            continue
        kept = jobs(platterctl)
        assert len(kept) <= 1
        assert not kept or names(folder) == [f".disk.{ending}.platter-part"], "what can be resumed is there"
        arguments = ("jobs", "resume", kept[0]["id"], "--json") if kept else anew
        n_gone_on += len(kept)
    result = platterctl(*arguments)
    assert result.status == 0, result
    assert unpack(image) == DATA and jobs(platterctl) == []
    assert n_gone_on > 0
