# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Runs inside the machine, as root: starts the programs that the tests outside ask for over a virtio port.

One line of JSON each way. In: {id, command, user, session, environment}, or {id, kill}. Out: {id, out: "a line of its
output"} as it comes, and at the end {id, status, error}. `session` puts a program into the user's login session at the
screen, which is what makes polkit and logind take it for somebody who sits there.
"""
import json
import os
import pwd
import signal
import subprocess
import threading
import time

PORT = "/dev/virtio-ports/org.platter.lab"
lock = threading.Lock()
running = {}


def say(port, **line):
    rest = json.dumps(line).encode() + b"\n"
    with lock:
        while rest:
            rest = rest[port.write(rest):]


def session_of(user):
    """The control group of somebody's session at the screen."""
    number = pwd.getpwnam(user).pw_uid
    slice_folder = f"/sys/fs/cgroup/user.slice/user-{number}.slice"
    for _ in range(600):
        scopes = os.listdir(slice_folder) if os.path.isdir(slice_folder) else []
        for name in scopes:
            if name.startswith("session-"):
                return f"{slice_folder}/{name}/cgroup.procs"
        time.sleep(0.1)
    raise RuntimeError(f"{user} has no session")


def as_somebody(command, user, session):
    """The command line that makes it so: what happens between fork and exec here may not be Python's."""
    if user:
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *command]
    if session:
        command = ["sh", "-c", 'echo $$ >"$0" && exec "$@"', session_of(user), *command]
    return command


def serve(port, line):
    user = line.get("user")
    home = pwd.getpwnam(user).pw_dir if user else "/root"
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "LC_ALL": "C.UTF-8"}
    try:
        process = subprocess.Popen(
            as_somebody(line["command"], user, line.get("session")), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace", cwd="/", env=environment | line.get("environment", {}),
            start_new_session=True)
    except Exception as error:
        say(port, id=line["id"], status=-1, error=repr(error))
        return
    running[line["id"]] = process
    errors = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    for text in process.stdout:
        say(port, id=line["id"], out=text)
    reader.join()
    say(port, id=line["id"], status=process.wait(), error="".join(errors))
    del running[line["id"]]


def end(number):
    try:
        os.killpg(running[number].pid, signal.SIGKILL)
    except (KeyError, ProcessLookupError):
        pass  # it has ended by itself


def main():
    while not os.path.exists(PORT):
        time.sleep(0.1)
    with open(PORT, "r+b", buffering=0) as port:
        say(port, id=0, status=0, error="")
        rest = b""
        while True:
            got = os.read(port.fileno(), 65536)
            if not got:
                time.sleep(0.1)  # nobody is at the other end just now
                continue
            *lines, rest = (rest + got).split(b"\n")
            for text in lines:
                line = json.loads(text)
                if "kill" in line:
                    end(line["kill"])
                    continue
                threading.Thread(target=serve, args=(port, line), daemon=True).start()


main()
