# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""Images that people write to sticks, written to a drive: the bytes are the file's, and a computer starts from it."""
import hashlib
import subprocess
from pathlib import Path

import pytest

from lab import content, room as rooms
from lab.content import MIB

GRUB = Path("/usr/lib/grub-rescue/grub-rescue-cdrom.iso")
MEMTEST = Path("/usr/lib/memtest86+/memtest86+x64.iso")
BOOT_PATIENCE = 240  # plain emulation on a busy machine
UEFI = Path("/usr/share/OVMF/OVMF_CODE.fd")
# What the image below says of itself, on the serial port: a computer with UEFI has no text screen to look at.
GRUB_CONFIGURATION = """
serial --unit=0 --speed=115200
terminal_output serial console
echo "started by $grub_platform from a stick"
sleep 600
"""


class Machine:
    """A computer in QEMU with one USB stick and a screen of text."""

    def __init__(self, drive, folder, firmware=None):
        self.serial = folder / "serial"
        self.serial.touch()
        self._monitor = folder / "monitor"
        self._folder = folder
        self.process = rooms.start(
            ["qemu-system-x86_64", "-machine", "pc,accel=tcg", "-cpu", "qemu64", "-m", "128", "-display", "none",
             "-nodefaults", "-no-reboot", "-vga", "std", "-boot", "order=c", "-device", "qemu-xhci",
             "-drive", f"if=none,id=stick,format=raw,readonly=on,file={drive}",
             "-device", "usb-storage,drive=stick,bootindex=0",
             "-serial", f"file:{self.serial}",
             *(["-drive", f"if=pflash,format=raw,readonly=on,file={firmware}"] if firmware else []),
             "-qmp", f"unix:{self._monitor},server=on,wait=off"],
            stdout=subprocess.DEVNULL, stderr=open(folder / "qemu.log", "w"))
        rooms.wait_until(lambda: self._monitor.exists() or self.process.poll() is not None, "QEMU")

    def text_screen(self):
        """What stands in the VGA's text memory at 0xb8000, or nothing of sense in a graphics mode."""
        dump = self._folder / "screen"
        script = (
            "import json, socket, sys\n"
            "monitor = socket.socket(socket.AF_UNIX); monitor.settimeout(60); monitor.connect(sys.argv[1])\n"
            "lines = monitor.makefile('rw'); lines.readline()\n"
            "def ask(name, **arguments):\n"
            "    lines.write(json.dumps({'execute': name, 'arguments': arguments}) + '\\n'); lines.flush()\n"
            "    while True:\n"
            "        answer = json.loads(lines.readline())\n"
            "        if 'return' in answer or 'error' in answer: return answer\n"
            "ask('qmp_capabilities')\n"
            "print(ask('pmemsave', val=0xb8000, size=4000, filename=sys.argv[2]))\n")
        rooms.run("/usr/bin/python3", "-c", script, self._monitor, dump)
        return dump.read_bytes()[::2].decode("cp437")

    def end(self):
        rooms.end(self.process)


@pytest.fixture
def machine(room):
    """Starts computers from drives, and stops them."""
    started = []

    def start(drive, firmware=None):
        started.append(Machine(drive, room.folder("machine"), firmware))
        return started[-1]

    yield start
    for computer in started:
        computer.end()


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("image", "greeting"), [(GRUB, "GRUB"), (MEMTEST, "Memtest86+")], ids=["grub", "memtest"])
def test_written_image_is_the_file_and_boots(platterctl, drives, machine, image, greeting):
    data = image.read_bytes()
    size = len(data) // MIB * MIB + 4 * MIB
    target = drives.make(size, content.old(size))
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    assert target.read(0, len(data)) == data
    assert result.report["digests"]["sha256"] == hashlib.sha256(data).hexdigest()
    computer = machine(target.path)
    rooms.wait_until(lambda: greeting in computer.text_screen(), lambda: f"{greeting} on:\n{computer.text_screen()}",
                     BOOT_PATIENCE, pause=0.5)


@pytest.fixture(scope="module")
def hybrid(room):
    """An .iso as distributions make them: for discs and sticks, for BIOS and UEFI."""
    folder = room.folder("disc")
    (folder / "boot/grub").mkdir(parents=True)
    (folder / "boot/grub/grub.cfg").write_text(GRUB_CONFIGURATION)
    made = room.new("hybrid.iso")
    rooms.run("grub-mkrescue", "-o", made, folder, "--locales=", "--themes=", "--fonts=")
    return made


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("firmware", "platform"), [(None, "pc"), (UEFI, "efi")], ids=["bios", "uefi"])
def test_written_disc_image_boots_with_either_firmware(platterctl, drives, machine, hybrid, firmware, platform):
    size = -(-hybrid.stat().st_size // MIB) * MIB + 4 * MIB
    target = drives.make(size, content.old(size))
    result = platterctl("write", "--yes", "--json", hybrid, target)
    assert result.status == 0, result
    assert result.report["outcome"] == "verified"
    computer = machine(target.path, firmware)
    greeting = f"started by {platform} from a stick"
    rooms.wait_until(
        lambda: greeting in computer.serial.read_text(errors="replace") or computer.process.poll() is not None,
        greeting, BOOT_PATIENCE, pause=0.5)
    assert computer.process.poll() is None, "QEMU has ended"
