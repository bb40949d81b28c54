# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Messages as no client of ours sends them, clients that die, jobs that are too fast. Rows 81 to 84."""
import os
import signal
import subprocess
from pathlib import Path

import pytest
from gi.repository import GLib

from lab import room as rooms
from lab.bus import HELPER
from lab.caller import JOB, Caller, Refused, clone, image, named, verify, write
from lab.content import MIB, noise, old
from lab.platterctl import BUILD, NOBODY, clean_environment
from lab.room import wait_until

SIZE = 4 * MIB
MANY = 10000
# What only root can open. Files of the kernel have no size, and devices and folders are no files.
ODD = (
    ("/", os.O_RDONLY | os.O_DIRECTORY), ("/dev/mem", os.O_RDONLY), ("/dev/kmsg", os.O_RDONLY), ("/dev/zero", os.O_RDWR),
    ("/dev/ptmx", os.O_RDWR | os.O_NOCTTY), ("/proc/self/environ", os.O_RDONLY), ("/proc/self/mem", os.O_RDWR),
    ("/proc/kmsg", os.O_RDONLY | os.O_NONBLOCK), ("/proc/sys/kernel/core_pattern", os.O_RDWR), ("/proc/kcore", os.O_RDONLY),
    ("/proc/self/ns/net", os.O_RDONLY),
)


@pytest.fixture
def caller(callers):
    return callers(NOBODY)


@pytest.fixture
def target(drives):
    return drives.make(SIZE, old(SIZE))


@pytest.fixture
def file(room):
    path = room.new("disk.img")
    path.write_bytes(noise(MIB))
    path.chmod(0o644)
    return path


def refusal(answer):
    with pytest.raises(Refused) as caught:
        answer.get()
    return caught.value.name


def test_row_81_descriptors(bus, caller, target, room, file):
    folder = room.folder("odd")
    fifo = folder / "fifo"
    os.mkfifo(fifo, 0o644)
    empty = folder / "empty"
    empty.touch()
    writable = folder / "writable"
    writable.write_bytes(noise(MIB))
    writable.chmod(0o666)
    folder.chmod(0o755)
    good = (file, os.O_RDONLY)
    caller.call("Subscribe")
    helper = bus.pid_of(HELPER)
    open_before = len(os.listdir(f"/proc/{helper}/fd"))
    for index, files in (
        (-1, [good]), (1, [good]), (2**31 - 1, [good]), (-2**31, [good]),
        (0, []), (0, [good] * 5),
        (0, [(file, os.O_PATH)]),
        (0, [(fifo, os.O_RDONLY | os.O_NONBLOCK)]),
        (0, [(folder, os.O_RDONLY)]),
        (0, ["socket"]),
        (0, [(writable, os.O_WRONLY)]),
        (0, [(empty, os.O_RDONLY)]),
        (0, [("/dev/null", os.O_RDONLY)]),
    ):
        answer = caller.start("Write", write(image(index), named(target)), files=files)
        assert refusal(answer) == "InvalidArguments", (index, files)
    answer = caller.start("Clone", clone(named(target), named(target)), files=[good])
    assert refusal(answer) == "InvalidArguments", "a clone has no descriptors"
    answer = caller.start("Verify", verify(image(0), image(0)), files=[good, good])
    assert refusal(answer) == "InvalidArguments", "one descriptor for two images"
    caller.call("Subscribe", files=[good] * 3)
    assert bus.pid_of(HELPER) == helper, "the helper lives"
    wait_until(lambda: len(os.listdir(f"/proc/{helper}/fd")) <= open_before, "the helper to close all of them")
    assert target.read() == old(SIZE)


def test_row_81_descriptors_that_take_for_ever_to_close(bus, caller, target, file):
    """What GDBus itself refuses, or a method that takes none: nobody waits for them."""
    good = write(image(), named(target))
    caller.call("Subscribe")
    helper = bus.pid_of(HELPER)
    held = len(os.listdir(f"/proc/{caller.pid}/fd"))
    sent = []
    # It is to be the one that closes last.
    os.kill(helper, signal.SIGSTOP)
    try:
        for parameters, keywords in ((good, {"path": "/nowhere"}), (GLib.Variant("(s)", ("Write",)), {}), (None, {}), (good, {})):
            sent += [caller.start(method, parameters, files=["lingering"], **keywords) for method in ("Write", "Clone", "Image")]
        # Many that hang are nobody's time but their own.
        sent += [caller.start("Subscribe", files=["lingering"]) for _ in range(100)]
        wait_until(lambda: len(os.listdir(f"/proc/{caller.pid}/fd")) == held + len(sent), "the caller to close all but the other ends")
    finally:
        os.kill(helper, signal.SIGCONT)
    for answer in sent[:-100]:
        refusal(answer)
    path = caller.call("Verify", verify(image(0), image(1)), files=[(file, os.O_RDONLY)] * 2)[0]
    assert caller.report(path)["outcome"] == "verified"
    assert bus.pid_of(HELPER) == helper, "the helper lives"


def test_row_81_jobs_that_have_ended(bus, caller, target, faulty, drives, file):
    """Each has a descriptor. The first that ended are forgotten, not the one that was begun first."""
    source = faulty.make(SIZE, noise(SIZE), stall_reads=f"{MIB}-{2 * MIB}", switches=["stall_when"])
    source.switch("stall_when")
    caller.call("Subscribe")
    helper = bus.pid_of(HELPER)
    (slow,) = caller.call("Clone", clone(named(source), named(target)))
    made = []
    for _ in range(66):
        made += caller.call("Verify", verify(image(0), image(1)), files=[(file, os.O_RDONLY)] * 2)
        assert caller.report(made[-1])["outcome"] == "verified"
    assert caller.property(slow, "State") == "running", "it was to end after them"
    source.switch("stall_when", False)
    assert caller.report(slow)["outcome"] == "verified"
    assert sorted(caller.jobs()) == sorted([slow, *made[-63:]])
    assert bus.pid_of(HELPER) == helper and len(os.listdir(f"/proc/{helper}/fd")) < 200


def test_row_81_maps_of_jobs_that_have_ended(bus, caller, file):
    """A map may take much memory: that of the last few jobs is kept, and no client's descriptor holds an older one."""
    def maps():
        folder = Path(f"/proc/{helper}/fd")
        return [path for path in folder.iterdir() if "platter-map" in os.readlink(path)]

    caller.call("Subscribe")
    helper = bus.pid_of(HELPER)
    made = []
    for _ in range(7):
        made += caller.call("Verify", verify(image(0), image(1)), files=[(file, os.O_RDONLY)] * 2)
        assert caller.report(made[-1])["outcome"] == "verified"
    assert len(maps()) == 4
    assert sorted(caller.jobs()) == sorted(made)
    for path in made[:3]:
        assert refusal(caller.start("GetMap", path=path, interface=JOB)) == "InvalidArguments"
    for path in made[3:]:
        caller.job(path, "GetMap")
    for path in made:
        caller.job(path, "Release")
    wait_until(lambda: not maps(), "the helper to close all of them")
    assert bus.pid_of(HELPER) == helper, "the helper lives"


def test_row_81_the_socket_of_an_image(bus, caller, target, room, file):
    """Connected, a stream, local or TCP; what then does not speak NBD is the worker's to find out."""
    folder = room.folder("odd")
    os.mkfifo(folder / "fifo")
    folder.chmod(0o755)
    (folder / "fifo").chmod(0o666)
    good = (file, os.O_RDONLY)
    caller.call("Subscribe")
    helper = bus.pid_of(HELPER)
    served = {"name": GLib.Variant("s", "disk.qcow2"), "nbd": GLib.Variant("h", 0)}
    both = served | {"fd": GLib.Variant("h", 1)}
    for odd in ("socket", "listening", "datagrams", "packets", good, (folder / "fifo", os.O_RDWR), (folder, os.O_RDONLY),
                ("/dev/null", os.O_RDWR), (file, os.O_PATH)):
        for side, files in ((served, [odd]), (both, [odd, good])):
            answer = caller.start("Write", write(side, named(target)), files=files)
            assert refusal(answer) == "InvalidArguments", (odd, side)
    # Its file has to be one as any other.
    for odd in ((folder, os.O_RDONLY), (folder / "fifo", os.O_RDWR), (file, os.O_PATH), "deaf"):
        assert refusal(caller.start("Write", write(both, named(target)), files=["deaf", odd])) == "InvalidArguments", odd
    for deaf in ("deaf", "deaf TCP"):
        assert refusal(caller.start("Write", write(served, named(target)), files=[deaf])) == "Worker"
    assert bus.pid_of(HELPER) == helper, "the helper lives"
    assert target.read() == old(SIZE)


def test_row_81_the_file_of_an_image(caller, target, room, file):
    folder = room.folder("odd")
    new, full = folder / "new", folder / "full"
    new.touch()
    full.write_bytes(b"mine")
    os.mkfifo(folder / "fifo", 0o666)
    for path in folder.iterdir():
        path.chmod(0o666)
    folder.chmod(0o777)
    for index, files in (
        (1, [(new, os.O_RDWR)]), (0, []), (0, [(new, os.O_RDWR)] * 2),
        (0, [(new, os.O_RDONLY)]), (0, [(new, os.O_WRONLY)]), (0, [(new, os.O_PATH)]),
        (0, [(new, os.O_RDWR | os.O_APPEND)]),
        (0, [(full, os.O_RDWR)]), (0, [(file, os.O_RDONLY)]),
        (0, [(folder / "fifo", os.O_RDWR)]), (0, [(folder, os.O_RDONLY)]), (0, ["socket"]), (0, [("/dev/null", os.O_RDWR)]),
    ):
        answer = caller.start("Image", verify(named(target), image(index)), files=files)
        assert refusal(answer) == "InvalidArguments", (index, files)
    assert refusal(caller.start("Image", verify(image(0), image(1)), files=[(new, os.O_RDWR)] * 2)) == "InvalidArguments"
    assert full.read_bytes() == b"mine" and new.read_bytes() == b""


def test_row_81_the_pipe_of_an_image(bus, caller, target, room, file):
    folder = room.folder("odd")
    os.mkfifo(folder / "fifo")
    folder.chmod(0o755)
    (folder / "fifo").chmod(0o666)
    piped = {"name": GLib.Variant("s", "x"), "fd": GLib.Variant("h", 0), "pipe": GLib.Variant("b", True)}
    helper = bus.pid_of(HELPER) if bus.has_owner(HELPER) else caller.call("Subscribe") or bus.pid_of(HELPER)
    for odd in ((file, os.O_RDONLY), (folder, os.O_RDONLY), ("/dev/null", os.O_RDWR), (folder / "fifo", os.O_PATH), "socket"):
        assert refusal(caller.start("Write", write(piped, named(target)), files=[odd])) == "InvalidArguments", odd
    track = {"packed": GLib.Variant("b", True), "track": GLib.Variant("(tuuu)", (0, 16, 2048, 0))}
    for wrong in (track, {"export": GLib.Variant("s", "x")}):
        answer = caller.start("Write", write(piped | wrong, named(target)), files=[(folder / "fifo", os.O_RDWR)])
        assert refusal(answer) == "InvalidArguments", wrong
    answer = caller.start("Write", write(piped, named(target), resume=GLib.Variant("u", 1)),
                          files=[(folder / "fifo", os.O_RDWR)])
    assert refusal(answer) == "InvalidArguments"
    assert bus.pid_of(HELPER) == helper, "the helper lives"
    assert target.read() == old(SIZE)


def test_row_81_what_only_root_can_open_is_no_image(callers, target):
    root = callers()
    there = [odd for odd in ODD if os.path.exists(odd[0])]
    assert len(there) >= 8
    for odd in there:
        # The kernel's memory claims to be a file of 128 TiB.
        expected = "TooSmall" if odd[0] == "/proc/kcore" else "InvalidArguments"
        assert refusal(root.start("Write", write(image(), named(target)), files=[odd])) == expected, odd
    assert root.jobs() == {}
    assert target.read() == old(SIZE)


def test_row_81_a_file_that_is_shorter_than_it_says(callers, target):
    """sysfs says 4096 bytes of everything. The job fails, and nothing else does."""
    root = callers()
    (job,) = root.call("Write", write(image(), named(target)), files=[("/sys/kernel/uevent_seqnum", os.O_RDONLY)])
    assert root.report(job)["outcome"] == "failed"


@pytest.mark.parametrize("flags", [os.O_RDWR | os.O_APPEND, os.O_RDONLY | os.O_NOATIME, os.O_RDONLY | os.O_NONBLOCK])
def test_row_81_flags_that_do_not_matter(caller, target, room, flags):
    """An image may be open for appending as well: it is read, and stays as it is."""
    path = room.new("flags.img")
    path.write_bytes(noise(MIB, 3))
    os.chown(path, NOBODY, NOBODY)
    (job,) = caller.call("Write", write(image(), named(target)), files=[(path, flags)])
    assert caller.report(job)["outcome"] == "verified"
    assert path.read_bytes() == noise(MIB, 3) == target.read(0, MIB)


@pytest.mark.parametrize("change", [
    {"unknown": GLib.Variant("b", True)},
    {"size": GLib.Variant("u", 1)},
    {"size": None},
    {"object": GLib.Variant("s", "/")},
    {"serial": GLib.Variant("s", "x" * 5000)},
    {"serial": GLib.Variant("s", "x" * 70000)},
])
def test_row_81_a_drive_is_named_strictly(caller, target, change):
    answer = caller.start("Clone", clone(named(target), named(target, **change)))
    assert refusal(answer) == "InvalidArguments"


@pytest.mark.parametrize("options", [
    {"unknown": True},
    {"verify": GLib.Variant("s", "yes")},
    {"repairs": GLib.Variant("u", 4)},
    {"stall_timeout": GLib.Variant("u", 1000000)},
    {"queue": GLib.Variant("s", "/bin/sh")},
    {"shorter": True},
    {"digests": GLib.Variant("as", ["crc32"])},
    {"expected": GLib.Variant("a{ss}", {"sha256": "0" * 64})},
])
def test_row_81_options_are_read_strictly(caller, target, options):
    answer = caller.start("Clone", clone(named(target), named(target), **options))
    assert refusal(answer) == "InvalidArguments"


def test_row_81_targets_are_counted(caller, target):
    assert refusal(caller.start("Clone", clone(named(target)))) == "InvalidArguments"
    many = [named(target)] * 33
    assert refusal(caller.start("Clone", clone(named(target), *many))) == "InvalidArguments"


def test_row_81_jobs_that_are_not_there(caller):
    for path in ("/org/platter/Helper1/jobs/7", "/org/platter/Helper1/jobs/..", "/org/platter/Helper1/jobs/-1"):
        if GLib.Variant.is_object_path(path):
            assert refusal(caller.start("Cancel", path=path, interface=JOB)) == "NoSuchJob"


def memory_of(pid):
    """The resident memory of a process in bytes, without what it maps from files."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has no memory")


def test_row_82_many_calls_and_many_prompts(bus, callers, agents, drives, file):
    bus.polkit.answer("auth_admin")
    caller = callers(NOBODY)
    agent = agents(caller)
    some = [drives.make(MIB, noise(MIB)) for _ in range(5)]

    def ask(drive):
        return caller.start("Verify", verify(image(), named(drive)), files=[(file, os.O_RDONLY)], interactive=True)

    pending = [ask(drive) for drive in some[:4]]
    prompts = [agent.next() for _ in pending]
    helper = bus.pid_of(HELPER)
    before, open_before = memory_of(helper), len(os.listdir(f"/proc/{helper}/fd"))
    for number in range(MANY):
        assert refusal(ask(some[number % len(some)])) == "TooManyJobs"
    assert agent.prompts.empty(), "four questions at most"
    assert memory_of(helper) - before < 16 * MIB
    wait_until(lambda: len(os.listdir(f"/proc/{helper}/fd")) <= open_before, "the helper to close every image")
    # Others don't notice.
    root = callers()
    (job,) = root.call("Verify", verify(image(), named(some[4])), files=[(file, os.O_RDONLY)])
    assert root.report(job)["outcome"] == "verified"
    for prompt in prompts:
        prompt.dismiss()
    assert {refusal(answer) for answer in pending} == {"NotAuthorized"}
    # And afterwards everything is as before.
    bus.polkit.answer("yes")
    (job,) = ask(some[0]).get()
    assert caller.report(job)["outcome"] == "verified"


def test_row_83_the_client_is_killed_and_the_job_goes_on(callers, faulty, target):
    source = faulty.make(SIZE, noise(SIZE), switches=("stall_when",))
    first = callers(NOBODY)
    source.switch("stall_when")
    try:
        (job,) = first.call("Clone", clone(named(source), named(target)))
        first.close()
        second = callers(NOBODY)
        second.call("Subscribe")
        assert list(second.jobs()) == [job]
        assert second.property(job, "State") == "running"
    finally:
        source.switch("stall_when", False)
    wait_until(lambda: second.property(job, "State") == "ended", "the job to end")
    ends_of(second, job)
    assert second.report(job)["outcome"] == "verified"
    assert target.read() == noise(SIZE)


def ends_of(caller, job):
    """The next signal with the end of a job."""
    while True:
        signal, path, parameters = caller.signals.get(timeout=120)
        if signal == "PropertiesChanged" and path == job and parameters[1].get("State") == "ended":
            return parameters[1]


def test_changes_of_the_maps_add_up(caller, drives, faulty):
    """Whoever adds up what the signals tell of the maps has what the engine found; and they do not tell all of it each
    time."""
    source = faulty.make(SIZE, noise(SIZE), read_delay=60)
    liar = faulty.make(SIZE, old(SIZE), drop=f"{2 * MIB}-{3 * MIB}")
    caller.call("Subscribe")
    (job,) = caller.call("Clone", clone(named(source), named(drives.make(SIZE)), named(liar)))
    maps = [bytearray(), bytearray()]
    sizes = []
    for signal, path, parameters in iter(lambda: caller.signals.get(timeout=120), None):
        if signal == "TargetsChanged" and path == job:
            assert "map" not in parameters[0][0]
            for cells, target in zip(maps, parameters[0]):
                for first, states in target["map-changes"]:
                    cells[first:first + len(states)] = bytes(states)
            sizes.append(sum(len(states) for target in parameters[0] for _, states in target["map-changes"]))
        elif signal == "PropertiesChanged" and path == job:
            assert "Targets" not in parameters[1] and parameters[2] == ["Targets"]
            if parameters[1]["State"] == "ended":
                break
    assert maps == [bytearray(target["map"]) for target in caller.property(job, "Targets")]
    assert len(set(maps[1])) > 1 and len(sizes) > 3
    # Each cell is told once when it is copied, once when it is flushed and once when it is verified, if that often.
    assert sum(sizes) < 8 * 1024, sizes


def test_row_84_a_job_is_over_before_the_reply_is_handled(caller, drives, room):
    """Whoever has subscribed is told of every end, and the drive is free from that moment on."""
    sector = room.new("sector.img")
    sector.write_bytes(noise(512))
    sector.chmod(0o644)
    target = drives.make(4096, old(4096))
    caller.call("Subscribe")
    jobs = []
    for _ in range(20):
        (job,) = caller.call("Write", write(image(), named(target)), files=[(sector, os.O_RDONLY)])
        assert ends_of(caller, job)["Outcome"] == "verified"
        assert caller.property(job, "State") == "ended"
        assert caller.job(job, "GetReport")[0]["outcome"] == "verified"
        caller.job(job, "Release")
        assert refusal(caller.start("Cancel", path=job, interface=JOB)) == "NoSuchJob"
        jobs.append(job)
    assert caller.jobs() == {}
    # Others who watch may come to ask after whoever made the job has released it.
    assert [caller.job(job, "GetReport")[0]["outcome"] for job in jobs[-16:]] == ["verified"] * 16
    assert refusal(caller.start("GetReport", path=jobs[3], interface=JOB)) == "NoSuchJob"
    assert target.read(0, 512) == noise(512)


def test_row_84_the_same_without_a_bus(room, file):
    caller = Caller(f"helper:{BUILD}/src/helper/platter-helper")
    try:
        caller.call("Subscribe")
        for _ in range(20):
            (job,) = caller.call("Verify", verify(image(0), image(1)), files=[(file, os.O_RDONLY)] * 2)
            assert ends_of(caller, job)["Outcome"] == "verified"
            assert caller.job(job, "GetReport")[0]["outcome"] == "verified"
        assert len(caller.jobs()) == 20
    finally:
        caller.close()


@pytest.fixture
def mortal_bus(room):
    """A bus with nobody on it, which may end: (its address, its process)."""
    folder = room.folder("mortal")
    (folder / "bus.conf").write_text(
        f"<busconfig><type>system</type><listen>unix:path={folder}/socket</listen><auth>EXTERNAL</auth>"
        "<policy context='default'><allow user='*'/><allow own='*'/><allow send_destination='*'/><allow receive_sender='*'/></policy></busconfig>")
    daemon = rooms.start(["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--nopidfile"])
    wait_until((folder / "socket").exists, "the bus")
    yield f"unix:path={folder}/socket", daemon
    rooms.end(daemon)


def test_the_bus_ends_under_a_job(mortal_bus, room):
    """The helper has lost its name, but to nobody: it stops its job, keeps what is to be kept of it, and ends well."""
    address, daemon = mortal_bus
    large = room.new("large.img")
    large.touch()
    os.truncate(large, 1 << 40)
    environment = clean_environment(room.folder("home"), address, G_DEBUG="fatal-criticals")
    helper = rooms.start([BUILD / "src/helper/platter-helper"], env=environment, stderr=subprocess.PIPE, text=True)
    caller = Caller(address)
    try:
        wait_until(lambda: has_name(caller), "the helper to have its name")
        (path,) = caller.call("Verify", verify(image(0), image(1)), files=[(large, os.O_RDONLY)] * 2)
        wait_until(lambda: caller.property(path, "Progress")["done"] > 64 * MIB, "the job to run")
        daemon.kill()
        _, said = helper.communicate(timeout=60)
        assert helper.returncode == 0, said
        assert "another helper" not in said
    finally:
        caller.close()
        rooms.end(helper)


def has_name(caller):
    try:
        caller.call("Subscribe")
    except Refused:
        return False
    return True
