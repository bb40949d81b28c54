# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""nbdkit plugin: a disk that misbehaves on purpose. `faulty.py` starts it; it runs inside nbdkit only.

file=PATH              the backing file
drop_after=BYTES       writes at and after this offset are acknowledged and thrown away (0: it stores nothing)
drop=FROM-TO           writes to these bytes are acknowledged and thrown away, the rest of such a write is stored ...
drop_times=N           ... only the first N writes that touch them (every one, if not given)
wrap=BYTES claim=BYTES a fake stick: claims `claim` bytes, stores `wrap`, and addresses wrap around
flip=OFFSET            reads of this byte come back with one bit flipped ...
flip_when=PATH         ... while this file exists (always, if not given) ...
flip_times=N           ... only the first N reads that touch it (every one, if not given)
garbage_when=PATH      once a read has failed, all that is asked for then is scrambled while this file exists
bad_reads=FROM-TO      reads that touch bytes FROM (included) to TO (excluded) fail with EIO ...
bad_when=PATH          ... while this file exists; without bad_reads: every read
bad_writes=FROM-TO     writes that touch these bytes fail with EIO ...
bad_writes_when=PATH   ... while this file exists; without bad_writes: every write
bad_writes_skip=N      ... but the first N of these are stored
write_rate=N           every N-th write fails with EIO
write_fails_at=N       the N-th write (from 1) fails with EIO
flush_fails=PATH       flush fails with EIO while this file exists
flush_fails_once=PATH  flush fails with EIO and removes this file
zero_fails=PATH        the fast ways to zeros (zero, trim) fail with EIO while this file exists
trim_lies=1            zero and trim are acknowledged and do nothing
read_delay=MS write_delay=MS flush_delay=MS   each request takes so much longer ...
slow_reads_when=PATH   ... reads only while this file exists (always, if not given)
stall_when=PATH        no request is answered while this file exists ...
stall_reads=FROM-TO    ... or only no read that touches these bytes: whoever probes the drive is not held up
stall_writes=FROM-TO   ... or only no write that does
stall_flushes=PATH     no flush is answered while this file exists
log=PATH               one line is appended for each request: r|w|z|t|f OFFSET LENGTH
"""
import errno
import os
import threading
import time

import nbdkit

API_VERSION = 2
conf = {}
lock = threading.Lock()
writes = 0
spared = 0
drops = 0
flips = 0
has_failed = False
SCRAMBLED = bytes((value * 7 + 13) % 256 for value in range(256))


def thread_model():
    return nbdkit.THREAD_MODEL_PARALLEL


def config(key, value):
    conf[key] = value


def number(key):
    return int(conf[key], 0) if key in conf else None


def when(key):
    return key in conf and os.path.exists(conf[key])


def fail(what):
    nbdkit.set_error(errno.EIO)
    raise OSError(errno.EIO, what)


def before(kind, delay, offset=0, length=0):
    """What is common to all requests: the log, the delay, the stall."""
    if "log" in conf:
        with lock, open_text(conf["log"]) as log:
            log.write(f"{kind} {offset} {length}\n")
    if delay in conf and (kind != "r" or "slow_reads_when" not in conf or when("slow_reads_when")):
        time.sleep(number(delay) / 1000)
    while (when("stall_when") and may_stall(kind, offset, length)) or (kind == "f" and when("stall_flushes")):
        time.sleep(0.02)


def may_stall(kind, offset, length):
    if "stall_reads" not in conf and "stall_writes" not in conf:
        return True
    where = {"r": "stall_reads", "w": "stall_writes", "z": "stall_writes", "t": "stall_writes"}.get(kind)
    return where in conf and touches(where, offset, length)


def open_text(path):
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), "w")


def area(key):
    return tuple(int(part, 0) for part in conf[key].split("-"))


def touches(key, offset, length):
    start, end = area(key)
    return offset < end and offset + length > start


def is_bad(where, switch, offset, length):
    """An area alone is always bad; a switch alone is for all of the disk; both must hold together."""
    if where not in conf and switch not in conf:
        return False
    return (where not in conf or touches(where, offset, length)) and (switch not in conf or when(switch))


def open(readonly):
    return os.open(conf["file"], os.O_RDONLY if readonly else os.O_RDWR)


def close(fd):
    os.close(fd)


def get_size(fd):
    return number("claim") if "wrap" in conf else os.fstat(fd).st_size


def can_write(fd):
    return True


def can_flush(fd):
    return True


def can_trim(fd):
    return True


def can_zero(fd):
    return True


def can_fua(fd):
    return nbdkit.FUA_EMULATE


def can_multi_conn(fd):
    return True


def pieces(offset, length):
    """(backing offset, length) for a request, split where the addresses wrap."""
    wrap = number("wrap")
    while length:
        start = offset % wrap if wrap else offset
        part = min(length, wrap - start) if wrap else length
        yield start, part
        offset += part
        length -= part


def pread(fd, buf, offset, flags):
    global has_failed
    is_garbage = has_failed and when("garbage_when")
    before("r", "read_delay", offset, len(buf))
    if is_bad("bad_reads", "bad_when", offset, len(buf)):
        has_failed = True
        fail("read")
    out = bytearray()
    for start, part in pieces(offset, len(buf)):
        data = os.pread(fd, part, start)
        out += data + bytes(part - len(data))
    flip = number("flip")
    if flip is not None and offset <= flip < offset + len(out) and is_to_flip():
        out[flip - offset] ^= 1
    buf[:] = out.translate(SCRAMBLED) if is_garbage else out


def is_to_flip():
    global flips
    with lock:
        flips += 1
        return ("flip_when" not in conf or when("flip_when")) and ("flip_times" not in conf or flips <= number("flip_times"))


def kept(offset, length):
    """The parts of a write that are stored: (start, end) within it."""
    global drops
    if "drop_after" in conf:
        length = max(0, min(length, number("drop_after") - offset))
    if "drop" not in conf or not touches("drop", offset, length):
        return [(0, length)]
    with lock:
        drops += 1
        if "drop_times" in conf and drops > number("drop_times"):
            return [(0, length)]
    start, end = area("drop")
    return [(0, max(0, start - offset)), (min(length, end - offset), length)]


def store(fd, data, offset):
    global writes, spared
    with lock:
        writes += 1
        nth = writes
    if is_bad("bad_writes", "bad_writes_when", offset, len(data)):
        with lock:
            spared += 1
        if spared > (number("bad_writes_skip") or 0):
            fail("write")
    if "write_rate" in conf and nth % number("write_rate") == 0:
        fail("write")
    if nth == number("write_fails_at"):
        fail("write")
    for done, end in kept(offset, len(data)):
        for start, part in pieces(offset + done, end - done):
            os.pwrite(fd, data[done : done + part], start)
            done += part


def pwrite(fd, buf, offset, flags):
    before("w", "write_delay", offset, len(buf))
    store(fd, buf, offset)


def clear(kind, fd, count, offset):
    before(kind, "write_delay", offset, count)
    if when("zero_fails"):
        fail("zero")
    if "trim_lies" not in conf:
        store(fd, bytes(count), offset)


def zero(fd, count, offset, flags):
    clear("z", fd, count, offset)


def trim(fd, count, offset, flags):
    clear("t", fd, count, offset)


def flush(fd, flags):
    before("f", "flush_delay")
    if "flush_fails_once" in conf:
        try:
            os.unlink(conf["flush_fails_once"])
        except FileNotFoundError:
            pass
        else:
            fail("flush")
    if when("flush_fails"):
        fail("flush")
