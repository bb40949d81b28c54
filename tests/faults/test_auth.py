# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Who may do what: the real polkitd says yes, no, or has somebody asked. Rows 75 to 80."""
import os
import xml.etree.ElementTree as ElementTree

import pytest
from gi.repository import GLib

from lab.bus import Bus
from lab.caller import HELPER, JOB, PROPERTIES, Caller, Refused, clone, image, named, verify, write
from lab.content import MIB, noise, old
from lab.platterctl import NOBODY, TOP
from lab.room import run, wait_until

SIZE = 4 * MIB
SOMEBODY = 1  # the system’s "daemon": the bus lets only users in whom it knows
WRITE_FIXED = "org.platter.helper.write-fixed"
READ_DRIVE = "org.platter.helper.read-drive"
MANAGE_JOBS = "org.platter.helper.manage-jobs"


@pytest.fixture
def source(drives):
    return drives.make(SIZE, noise(SIZE))


@pytest.fixture
def target(drives):
    return drives.make(SIZE, old(SIZE))


@pytest.fixture
def new(room):
    """An empty file, as an image is written to."""
    path = room.new("new.img")
    path.touch()
    path.chmod(0o666)
    return path


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


def when_free(caller, parameters):
    """Starts a clone as soon as the drives are not reserved any more."""

    def attempt():
        try:
            return caller.call("Clone", parameters)
        except Refused as error:
            assert error.name == "DriveBusy"
            return None

    return wait_until(attempt, "the drives to be free")[0]


def test_row_75_polkit_says_no(bus, callers, source, target):
    bus.polkit.answer("no")
    caller = callers(NOBODY)
    assert refusal(caller.start("Clone", clone(named(source), named(target)), interactive=True)) == "NotAuthorized"
    assert bus.polkit.asked() == [WRITE_FIXED]
    assert target.read() == old(SIZE)
    assert caller.jobs() == {}


def test_row_75_reading_the_source_needs_a_yes_too(bus, callers, source, target):
    bus.polkit.answer("no", READ_DRIVE)
    assert refusal(callers(NOBODY).start("Clone", clone(named(source), named(target)))) == "NotAuthorized"
    assert target.read() == old(SIZE)


def test_row_75_nobody_can_be_asked(bus, callers, source, target):
    bus.polkit.answer("auth_admin")
    caller = callers(NOBODY)
    for interactive in (True, False):
        answer = caller.start("Clone", clone(named(source), named(target)), interactive=interactive)
        assert refusal(answer) == "NotAuthorized"
    assert target.read() == old(SIZE)


def test_row_75_the_dialog_is_dismissed(bus, callers, agents, source, target):
    bus.polkit.answer("auth_admin")
    caller = callers(NOBODY)
    agent = agents(caller)
    answer = caller.start("Clone", clone(named(source), named(target)), interactive=True)
    prompt = agent.next()
    assert prompt.action == WRITE_FIXED
    assert target.path in prompt.message, "the question names the drive"
    prompt.dismiss()
    assert refusal(answer) == "NotAuthorized"
    assert target.read() == old(SIZE)
    # And nothing stays reserved.
    bus.polkit.answer("yes")
    assert caller.report(when_free(caller, clone(named(source), named(target))))["outcome"] == "verified"


def test_row_75_the_dialog_is_only_for_those_who_allow_it(bus, callers, agents, source, target):
    bus.polkit.answer("auth_admin")
    caller = callers(NOBODY)
    agent = agents(caller)
    assert refusal(caller.start("Clone", clone(named(source), named(target)))) == "NotAuthorized"
    assert agent.prompts.empty()


def test_row_76_the_client_leaves_while_polkit_asks(bus, callers, agents, source, target):
    bus.polkit.answer("auth_admin")
    caller = callers(NOBODY)
    agent = agents(caller)
    caller.start("Clone", clone(named(source), named(target)), interactive=True)
    agent.next()
    caller.close()
    agent.cancelled.get(timeout=120)
    bus.polkit.answer("yes")
    other = callers(NOBODY)
    job = when_free(other, clone(named(source), named(target)))
    assert list(other.jobs()) == [job], "the first request has become no job"


def test_row_77_a_second_call_changes_nothing_of_the_first(bus, callers, agents, drives, source, target):
    bus.polkit.answer("auth_admin", WRITE_FIXED)
    caller = callers(NOBODY)
    agent = agents(caller)
    first = caller.start("Clone", clone(named(source), named(target), verify=False), interactive=True)
    prompt = agent.next()
    # The same drives the other way round, and others.
    assert refusal(caller.start("Clone", clone(named(target), named(source)), interactive=True)) == "DriveBusy"
    elsewhere = drives.make(SIZE, old(SIZE))
    nowhere = drives.make(SIZE, noise(SIZE, 2))
    second = caller.start("Clone", clone(named(nowhere), named(elsewhere)), interactive=True)
    other_prompt = agent.next()
    assert target.path in prompt.message and elsewhere.path in other_prompt.message
    prompt.agree()
    (job,) = first.get()
    (details,) = caller.job(job, "GetDetails")
    assert details["source"]["device"] == source.path
    assert [side["device"] for side in details["targets"]] == [target.path]
    assert details["options"]["verify"] is False
    other_prompt.dismiss()
    assert refusal(second) == "NotAuthorized"
    assert caller.report(job)["outcome"] == "written"
    assert target.read() == noise(SIZE)
    assert elsewhere.read() == old(SIZE)


def test_row_77_another_medium_while_polkit_asks(bus, callers, agents, source, target):
    """The yes is for the drive that the question named, not for what is in its place by then."""
    bus.polkit.answer("auth_admin", WRITE_FIXED)
    caller = callers(NOBODY)
    agent = agents(caller)
    answer = caller.start("Clone", clone(named(source), named(target)), interactive=True)
    prompt = agent.next()
    os.truncate(target.file, SIZE + MIB)
    run("losetup", "-c", target.path)
    prompt.agree()
    assert refusal(answer) == "IdentityChanged"
    assert target.read(0, SIZE) == old(SIZE)


def test_row_77_an_image_that_grows_while_polkit_asks(bus, callers, agents, target, file):
    """Only what it had when it was asked for would be written, and be called all of it."""
    bus.polkit.answer("auth_admin", WRITE_FIXED)
    caller = callers(NOBODY)
    agent = agents(caller)
    answer = caller.start("Write", write(image(), named(target)), files=[(file, os.O_RDONLY)], interactive=True)
    prompt = agent.next()
    with open(file, "ab") as download:
        download.write(noise(MIB, 2))
    prompt.agree()
    with pytest.raises(Refused) as caught:
        answer.get()
    assert caught.value.name == "IdentityChanged"
    assert "was changed since it was chosen" in caught.value.message
    assert target.read() == old(SIZE)
    # And nothing stays reserved.
    bus.polkit.answer("yes", WRITE_FIXED)
    (job,) = caller.call("Write", write(image(), named(target)), files=[(file, os.O_RDONLY)])
    assert caller.report(job)["outcome"] == "verified"
    assert target.read(0, 2 * MIB) == file.read_bytes()


def test_a_name_that_is_more_than_a_name(bus, callers, agents, drives, room, source):
    """Whoever may attach a loop device chooses it: it must not look like another drive where somebody is asked or refused."""
    file = room.new("evil\n\x1b[31mSanDisk Ultra 8 GB\x1b[0m\u202eabc.img")
    file.write_bytes(old(SIZE))
    evil = drives.attach(file)
    name = f"{file.name.split('-')[0]}-evil\ufffd\ufffd[31mSanDisk Ultra 8 GB\ufffd[0m\ufffdabc.img"
    bus.polkit.answer("auth_admin")
    caller = callers(NOBODY)
    agent = agents(caller)
    answer = caller.start("Clone", clone(named(source), named(evil), verify=False), interactive=True)
    prompt = agent.next()
    assert prompt.message.startswith(f"Authentication is needed to overwrite all data on {name} (")
    assert prompt.message.endswith(f", {evil.path})")
    bus.polkit.answer("yes", READ_DRIVE)
    prompt.agree()
    (job,) = answer.get()
    assert caller.job(job, "GetDetails")[0]["targets"][0]["name"] == name
    assert caller.report(job)["targets"][0]["name"] == name
    with pytest.raises(Refused) as caught:
        caller.call("Clone", clone(named(evil), named(drives.attach(file))))
    assert caught.value.name == "SameDrive" and f"{name}”" in caught.value.message


@pytest.fixture
def wanted(faulty):
    """Somebody's file that tells what a rescue is to read, and does not answer."""
    file = faulty.make(MIB, b"0 + 1\n0 0x400000 +\n", shared=True, switches=("stall_when",))
    file.switch("stall_when")
    yield file
    file.switch("stall_when", False)


def ask_for_some(caller, wanted, source, target):
    parameters = clone(named(source), named(target), on_error=GLib.Variant("s", "rescue"), rescue=True,
                       domain=GLib.Variant("h", 0))
    return caller.start("Clone", parameters, files=[(wanted.file, os.O_RDONLY)], interactive=True)


def test_what_is_wanted_is_not_read_before_polkit_says_yes(bus, callers, wanted, source, target):
    bus.polkit.answer("no")
    before = wanted.requests()
    assert refusal(ask_for_some(callers(NOBODY), wanted, source, target)) == "NotAuthorized"
    assert wanted.requests() == before


def test_a_file_that_does_not_answer_keeps_no_drive_from_others(bus, callers, wanted, source, target):
    """The thread that waits for it cannot be ended, but who asked for that can leave."""
    before = wanted.requests()
    caller, other = callers(NOBODY), callers(SOMEBODY)
    ask_for_some(caller, wanted, source, target)
    wanted.wait_for_more(before)
    assert refusal(other.start("Clone", clone(named(source), named(target)))) == "DriveBusy"
    caller.close()
    job = when_free(other, clone(named(source), named(target)))
    assert other.report(job)["outcome"] == "verified"
    assert target.read() == noise(SIZE)


class BusWithoutPolkit(Bus):
    def _start_polkit(self):
        """There is none."""


def test_row_78_without_polkit_only_root_is_served(room, source, target):
    bus = BusWithoutPolkit(room)
    callers = [Caller(bus.address, NOBODY), Caller(bus.address)]
    nobody, root = callers
    try:
        assert refusal(nobody.start("Clone", clone(named(source), named(target)))) == "NotAuthorized"
        assert target.read() == old(SIZE)
        (job,) = root.call("Clone", clone(named(source), named(target)))
        assert root.report(job)["outcome"] == "verified"
    finally:
        for caller in callers:
            caller.close()
        bus.close()


def attempts_on(caller, job):
    """Everything that can be done with a job, one after the other: so many questions at once are refused as such."""
    for method in ("GetDetails", "GetReport", "Cancel", "Pause", "Resume", "Release"):
        yield method, caller.start(method, path=job, interface=JOB)
    yield "Get", caller.start("Get", GLib.Variant("(ss)", (JOB, "Progress")), path=job, interface=PROPERTIES)
    yield "GetAll", caller.start("GetAll", GLib.Variant("(s)", (JOB,)), path=job, interface=PROPERTIES)


def test_row_79_the_job_of_somebody_else(bus, callers, faulty, target):
    source = faulty.make(SIZE, noise(SIZE), switches=("stall_when",))
    owner, stranger = callers(NOBODY), callers(SOMEBODY)
    for caller in (owner, stranger):
        caller.call("Subscribe")
    bus.polkit.answer("no", MANAGE_JOBS)
    source.switch("stall_when")
    try:
        (job,) = owner.call("Clone", clone(named(source), named(target)))
        assert list(owner.jobs()) == [job]
        assert stranger.jobs() == {}
        for name, answer in attempts_on(stranger, job):
            assert refusal(answer) == "NotOwner", name
        assert owner.property(job, "State") == "running"
    finally:
        source.switch("stall_when", False)
    assert owner.report(job)["outcome"] == "verified"
    stranger.jobs()  # whatever was sent to it before has arrived now
    assert not owner.signals.empty()
    assert stranger.signals.empty(), "signals are for the owner"
    # With an administrator's permission it is possible.
    bus.polkit.answer("yes", MANAGE_JOBS)
    assert stranger.job(job, "GetReport")[0]["outcome"] == "verified"
    stranger.job(job, "Release")
    assert owner.jobs() == {}
    # What was released still tells how it ended, but for nobody else.
    bus.polkit.answer("no", MANAGE_JOBS)
    assert refusal(stranger.start("GetReport", path=job, interface=JOB)) == "NotOwner"
    assert owner.job(job, "GetReport")[0]["outcome"] == "verified"


def test_row_80_every_method_without_authorisation(bus, callers, source, target, file, new):
    bus.polkit.answer("yes")
    owner, stranger = callers(NOBODY), callers(SOMEBODY)
    (job,) = owner.call("Clone", clone(named(source), named(target)))
    owner.report(job)
    before = target.sha256()
    bus.polkit.answer("no")
    arguments = {
        (HELPER, "Clone"): ("NotAuthorized", clone(named(source), named(target)), []),
        (HELPER, "Write"): ("NotAuthorized", write(image(), named(target)), [(file, os.O_RDONLY)]),
        (HELPER, "Verify"): ("NotAuthorized", verify(image(), named(source), shorter=True), [(file, os.O_RDONLY)]),
        (HELPER, "Image"): ("NotAuthorized", verify(named(source), image()), [(new, os.O_RDWR)]),
        (JOB, "GetDetails"): ("NotOwner", None, []),
        (JOB, "GetReport"): ("NotOwner", None, []),
        (JOB, "Cancel"): ("NotOwner", None, []),
        (JOB, "GetMap"): ("NotOwner", None, []),
        (JOB, "Finish"): ("NotOwner", None, []),
        (JOB, "Answer"): ("NotOwner", GLib.Variant("(s)", ("stop",)), []),
        (JOB, "Pause"): ("NotOwner", None, []),
        (JOB, "Resume"): ("NotOwner", None, []),
        (JOB, "Release"): ("NotOwner", None, []),
    }
    harmless = {(HELPER, "Subscribe"), (HELPER, "GiveUp")}
    tree = ElementTree.parse(TOP / "src/dbus/org.platter.Helper1.xml")
    methods = {(interface.get("name"), method.get("name"))
               for interface in tree.iter("interface") for method in interface.iter("method")}
    assert methods == set(arguments) | harmless, "a new method: say here how it is denied"
    for (interface, method), (error, parameters, files) in arguments.items():
        path = job if interface == JOB else "/org/platter/Helper1"
        answer = stranger.start(method, parameters, path=path, interface=interface, files=files)
        assert refusal(answer) == error, method
    assert target.sha256() == before
    assert list(owner.jobs()) == [job]


def test_an_image_is_reading_the_drive(bus, callers, source, new):
    caller = callers(NOBODY)
    bus.polkit.answer("no")
    bus.polkit.answer("yes", READ_DRIVE)
    (job,) = caller.call("Image", verify(named(source), image()), files=[(new, os.O_RDWR)])
    assert caller.report(job)["outcome"] == "verified"
    assert set(bus.polkit.asked()) == {READ_DRIVE}
    assert new.read_bytes() == source.read()


def test_comparing_two_files_needs_nobody(bus, callers, file):
    bus.polkit.answer("no")
    caller = callers(NOBODY)
    (job,) = caller.call("Verify", verify(image(0), image(1)), files=[(file, os.O_RDONLY), (file, os.O_RDONLY)])
    assert caller.report(job)["outcome"] == "verified"
    assert bus.polkit.asked() == []
