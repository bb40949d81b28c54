# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""at_terminal.py ANSWER COMMAND...: runs a command for which polkit asks at a terminal, as it asks on a console.

polkit's own agent for terminals, pkttyagent, puts the question and has PAM check what is typed. ANSWER is a password,
or "leave" to kill the agent while it asks. What the terminal shows goes to stderr, the command's output stays as it is.
"""
import os
import pty
import select
import signal
import sys
import termios
import time


def start_agent(of):
    """The agent of one process, at a terminal of its own, once polkit knows it."""
    told, notify = os.pipe()
    os.set_inheritable(notify, True)
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("pkttyagent", ["pkttyagent", "--process", str(of), "--notify-fd", str(notify)])
    os.close(notify)
    os.read(told, 1)
    return pid, terminal


def wait_for_silence(terminal):
    """What is typed before the echo is off is thrown away."""
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        time.sleep(0.01)


def main():
    answer, *command = sys.argv[1:]
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(ready, 1)
        os.execvp(command[0], command)
    agent, terminal = start_agent(child)
    os.close(ready)
    os.close(go)
    shown = b""
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            got = os.read(terminal, 4096)
        except OSError:
            ended = os.waitpid(child, 0)  # nobody is there to be asked any more
            break
        shown += got
        sys.stderr.write(got.decode())
        if shown.rstrip().endswith(b"Password:"):
            shown = b""
            if answer == "leave":
                os.kill(agent, signal.SIGKILL)
            else:
                wait_for_silence(terminal)
                os.write(terminal, answer.encode() + b"\n")
    sys.exit(os.waitstatus_to_exitcode(ended[1]))


main()
