# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Runs under the helper's own unit in place of the helper, and tries what the helper must not be able to do.
Prints {what: "did it" or the error's name}."""
import ctypes
import errno
import json
import mmap
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH = 16
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def call(function, *arguments):
    ctypes.set_errno(0)
    if function(*arguments) == -1:
        raise OSError(ctypes.get_errno(), "")


def write_to(path):
    with open(path, "w") as file:
        file.write("1")


def open_device(path, number):
    """The node may be there or not: it is made anew where nothing else forbids it."""
    if not os.path.exists(path):
        os.mknod(path, 0o600 | 0o020000, number)
    os.close(os.open(path, os.O_RDWR))


def write_and_run():
    """Memory that is both."""
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def connect(family):
    socket.socket(family, socket.SOCK_STREAM).close()


def real_time():
    call(libc.sched_setscheduler, 0, 1, ctypes.byref(ctypes.c_int(1)))


def make_set_user_id():
    path = "/tmp/set-user-id"
    write_to(path)
    os.chmod(path, 0o4755)


TRIES = {
    "write /etc": lambda: write_to("/etc/platter-was-here"),
    "write /usr": lambda: write_to("/usr/platter-was-here"),
    "write /var": lambda: write_to("/var/lib/platter-was-here"),
    # What is mounted there has to be seen, so the folders are; what lies in them is private, or cannot be written.
    "read a file of somebody's home": lambda: open("/home/alice/private").close(),
    "write /home": lambda: write_to("/home/platter-was-here"),
    "write /root": lambda: write_to("/root/platter-was-here"),
    "change a kernel setting": lambda: write_to("/proc/sys/kernel/printk"),
    "change a control group": lambda: os.mkdir("/sys/fs/cgroup/platter"),
    "open memory": lambda: open_device("/dev/mem", os.makedev(1, 1)),
    "open the kernel log": lambda: open_device("/dev/kmsg", os.makedev(1, 11)),
    "open a terminal": lambda: open_device("/dev/tty1", os.makedev(4, 1)),
    "open an input device": lambda: open_device("/dev/input/event0", os.makedev(13, 64)),
    "connect over IPv4": lambda: connect(socket.AF_INET),
    "connect over IPv6": lambda: connect(socket.AF_INET6),
    "talk to the kernel by netlink": lambda: connect(socket.AF_NETLINK),
    "mount": lambda: call(libc.mount, b"none", b"/tmp", b"tmpfs", 0, None),
    "swap on": lambda: call(libc.swapon, b"/dev/sda", 0),
    "change the root": lambda: os.chroot("/tmp"),
    "trace another process": lambda: call(libc.ptrace, PTRACE_ATTACH, os.getppid(), None, None),
    "make a user namespace": lambda: call(libc.unshare, CLONE_NEWUSER),
    "set the clock": lambda: call(libc.settimeofday, ctypes.create_string_buffer(16), None),
    "set the host name": lambda: socket.sethostname("platter"),
    "restart": lambda: call(libc.reboot, 0x89ABCDEF),
    "load a module": lambda: call(libc.syscall, 313, -1, b"", 0),
    "become real-time": real_time,
    "make a set-user-ID file": make_set_user_id,
    "have memory to write and run": write_and_run,
    "change an owner": lambda: (write_to("/tmp/owned"), os.chown("/tmp/owned", 1000, 1000)),
    "override permissions": lambda: open("/dev/shm/of-alice/file").close(),
    "access I/O ports": lambda: call(libc.iopl, 3),
}
# What it has to be able to do, by the same means: else a unit that forbids everything would pass.
NEEDS = {
    "open a drive": lambda: os.close(os.open("/dev/sda", os.O_RDWR | os.O_EXCL)),
    "see mounts": lambda: open("/proc/self/mountinfo").close(),
    "see swaps": lambda: open("/proc/swaps").close(),
    "talk over local sockets": lambda: connect(socket.AF_UNIX),
    "leave the network": lambda: call(libc.unshare, CLONE_NEWNET),
}


def outcome(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    return "did it"


print(json.dumps({what: outcome(attempt) for what, attempt in {**TRIES, **NEEDS}.items()}))
