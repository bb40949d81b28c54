# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""The one image in an archive is written, and compared, whatever the archive is called and whatever else is in it."""
import hashlib
import io
import subprocess
import tarfile
import zipfile

import pytest

from lab import content
from lab.content import MIB

SIZE = 13 * MIB + 1536
DATA = content.mixed(SIZE)

# What makes it in a folder with disk.img and its companions, and what Platter calls it.
TOOLS = {
    "zip": ("zip -q {} disk.img", "zip"),
    "zip-stored": ("zip -q -0 {} disk.img", "zip"),
    "zip-from-a-pipe": ("zip -q - disk.img | cat > {}", "zip"),
    "zip-with-others": ("zip -q -r {} README.txt SHA256SUMS folder disk.img disk.img.sha256", "zip"),
    "7z": ("7z a -bd -y -mx=1 {} disk.img", "7z"),
    "7z-lzma": ("7z a -bd -y -m0=lzma -mx=1 {} disk.img", "7z"),
    "7z-stored": ("7z a -bd -y -mx=0 {} disk.img", "7z"),
    "7z-bzip2": ("7z a -bd -y -m0=bzip2 -mx=1 {} disk.img", "7z"),
    "7z-ppmd": ("7z a -bd -y -m0=ppmd -mx=1 {} disk.img", "7z"),
    "7z-with-others": ("7z a -bd -y -mx=1 {} README.txt folder disk.img disk.img.sha256", "7z"),
    "zip-by-7z": ("7z a -bd -y -tzip -mx=1 {} disk.img", "zip"),
    "tar": ("tar -cf {} disk.img", "tar"),
    "tar-pax": ("tar --format=pax -cf {} disk.img", "tar"),
    "tar-ustar": ("tar --format=ustar -cf {} disk.img", "tar"),
    "tar-sparse": ("tar -Scf {} disk.img", "tar"),
    "tar-sparse-pax": ("tar --format=pax -Scf {} disk.img", "tar"),
    "tar-with-others": ("tar -cf {} README.txt folder disk.img link disk.img.sha256", "tar"),
    "tar-xz": ("tar -c disk.img | xz -1 -T2 > {}", "tar.xz"),
    "tar-zst": ("tar -c disk.img README.txt | zstd -q > {}", "tar.zstd"),
    "tar-gz": ("tar -c README.txt disk.img | gzip -1 > {}", "tar.gzip"),
    "tar-bz2": ("tar -c disk.img folder | bzip2 -1 > {}", "tar.bzip2"),
    "tar-sparse-lz4": ("tar -Sc disk.img | lz4 -q -c > {}", "tar.lz4"),
}


@pytest.fixture(scope="module")
def archives(room):
    """Each kind once, under a name that tells nothing."""
    folder = room.folder("archives")
    (folder / "disk.img").write_bytes(DATA)
    # GNU tar finds holes by the file's blocks.
    subprocess.run(["fallocate", "--dig-holes", folder / "disk.img"], check=True)
    (folder / "README.txt").write_text("how to write it\n" * 10000)
    (folder / "SHA256SUMS").write_text("something\n")
    (folder / "disk.img.sha256").write_text("something\n")
    (folder / "folder").mkdir()
    (folder / "folder" / "empty").touch()
    (folder / "link").symlink_to("disk.img")
    made = {}
    for kind, (command, _) in TOOLS.items():
        path = folder / "made" / kind
        path.parent.mkdir(exist_ok=True)
        subprocess.run(["bash", "-c", "set -o pipefail; " + command.format(path)], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
        # zip and 7z add an ending where there is none.
        made[kind] = folder / "made" / f"{kind}.dat"
        next(file for file in (path, path.with_name(f"{kind}.zip"), path.with_name(f"{kind}.7z")) if file.exists()
             ).rename(made[kind])
    return made


@pytest.mark.parametrize("kind", TOOLS)
def test_written_and_verified(platterctl, drives, archives, kind):
    archive = archives[kind]
    target = drives.make(16 * MIB, content.old(16 * MIB))
    result = platterctl("write", "--yes", "--json", archive, target)
    assert result.status == 0, result
    assert target.read(0, SIZE) == DATA
    assert not any(target.read(15 * MIB, MIB)), "what was old at its end is still there"
    assert result.report["outcome"] == "verified"
    assert result.report["size"] == SIZE
    assert result.report["digests"] == {"sha256": hashlib.sha256(archive.read_bytes()).hexdigest()}
    compared = platterctl("verify", "--json", target, archive)
    assert compared.status == 0, compared
    assert compared.report["size"] == SIZE
    # Its size is recorded: nothing is touched where it does not fit.
    small = drives.make(9 * MIB, content.old(9 * MIB))
    assert platterctl("write", "--yes", archive, small).status == 3
    assert small.read() == content.old(9 * MIB)


@pytest.mark.parametrize("kind", TOOLS)
def test_info(platterctl, archives, kind):
    told = platterctl("info", "--json", archives[kind]).lines[0]
    assert told["packing"] == TOOLS[kind][1]
    assert (told["entry"], told["size"]) == ("disk.img", SIZE)
    assert told["file-size"] == archives[kind].stat().st_size
    text = platterctl("info", archives[kind]).stdout
    assert f"{TOOLS[kind][1].split('.')[0]} archive" in text
    assert "disk.img, 13.6\u00a0MB" in text, text


@pytest.mark.parametrize("kind", ["zip", "7z", "tar", "tar-xz"])
def test_expected_digest_is_that_of_the_archive(platterctl, drives, archives, room, kind):
    folder = room.folder("sums")
    image = folder / "x.dat"
    image.write_bytes(archives[kind].read_bytes())
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  x.dat\n")
    target = drives.make(16 * MIB, content.old(16 * MIB))
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 0, result
    assert result.report["expected-matches"] is True
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(DATA).hexdigest()}  x.dat\n")
    result = platterctl("write", "--yes", "--json", image, target)
    assert result.status == 1, result
    assert (result.report["error-code"], result.report["expected-matches"]) == ("digest", False)
    assert target.read(0, MIB).startswith(b"Platter: ")


def make_zip(path, names, data=DATA[:100_000]):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, data)
    return path


def make_tar(path, members):
    with tarfile.open(path, "w") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(DATA[:member.size]))
    return path


def member(name, size=0, kind=tarfile.REGTYPE):
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info


def test_several_are_named(platterctl, room):
    folder = room.folder("several")
    result = platterctl("info", make_zip(folder / "x.zip", ["a.img", "b.img"]))
    assert result.status == 3, result
    assert "x.zip is an archive with several files that may be the image: a.img, b.img. Unpack it" in result.stderr
    result = platterctl("info", make_zip(folder / "y.zip", [f"{c}.img" for c in "abcdefg"]))
    assert "a.img, b.img, c.img, d.img, e.img and 2 more." in result.stderr


@pytest.mark.parametrize("packer", ["xz -0", "gzip -1", "zstd -q"])
def test_another_one_far_behind(platterctl, drives, room, packer):
    """What is only met when all is unpacked leaves a target that does not look whole."""
    folder = room.folder("behind")
    (folder / "a.img").write_bytes(content.mixed(40 * MIB))
    (folder / "b.img").write_bytes(b"x")
    subprocess.run(["bash", "-c", f"tar -c a.img b.img | {packer} > x.dat"], cwd=folder, check=True)
    target = drives.make(48 * MIB, content.old(MIB))
    result = platterctl("write", "--yes", "--json", folder / "x.dat", target)
    assert result.status == 1, result
    assert result.report["error-code"] == "unsupported"
    assert "a.img, b.img" in result.report["error-message"]
    assert target.read(0, MIB).startswith(b"Platter: ")


def test_none(platterctl, room):
    folder = room.folder("none")
    made = make_zip(folder / "x.zip", ["README.txt", "x.SHA256", "__MACOSX/disk.img", "._disk.img"])
    for path in (made, make_zip(folder / "y.zip", ["disk.img"], b"")):
        result = platterctl("info", path)
        assert result.status == 3 and "is an archive without an image in it" in result.stderr, result
    odd = [member("folder", kind=tarfile.DIRTYPE), member("fifo", kind=tarfile.FIFOTYPE),
           member("sda", kind=tarfile.BLKTYPE), member("null", kind=tarfile.CHRTYPE),
           member("link", kind=tarfile.SYMTYPE), member("hard", kind=tarfile.LNKTYPE)]
    result = platterctl("info", make_tar(folder / "x.tar", odd))
    assert result.status == 3 and "is an archive without an image in it" in result.stderr, result


@pytest.mark.parametrize("name", ["/etc/passwd", "../../../etc/passwd", "a\nb", "\x1b[31mred", "‮gmi.x", "ü日本.img",
                                  "x" * 5000, " ", "-rf"])
@pytest.mark.parametrize("make", ["zip", "tar"])
def test_odd_names_do_no_harm(platterctl, drives, room, name, make):
    folder = room.folder("odd")
    path = folder / "x"
    if make == "zip":
        make_zip(path, [name])
    else:
        make_tar(path, [member(name, 100_000)])
    target = drives.make(MIB, content.old(MIB))
    told = platterctl("info", path).stdout
    assert "\x1b" not in told and "‮" not in told and "a\nb" not in told
    assert platterctl("write", "--yes", path, target).status == 0
    assert target.read(0, 100_000) == DATA[:100_000]


@pytest.mark.parametrize("encoded", [b"\xff\xfe\x80.img", b"caf\xe9.img"])
def test_names_of_other_encodings(platterctl, drives, room, encoded):
    path = room.folder("encoded") / "x"
    made = make_zip(path, ["Q" * len(encoded)])
    made.write_bytes(made.read_bytes().replace(b"Q" * len(encoded), encoded))
    assert ".img" in platterctl("info", path).stdout
    target = drives.make(MIB, content.old(MIB))
    assert platterctl("write", "--yes", path, target).status == 0


@pytest.mark.parametrize("command", ["zip -q -P secret x disk.img", "7z a -psecret x.zip disk.img",
                                     "7z a -tzip -psecret -mem=AES256 x.zip disk.img", "7z a -psecret x.7z disk.img",
                                     "7z a -psecret -mhe=on x.7z disk.img"])
def test_passwords(platterctl, room, command):
    folder = room.folder("secret")
    for old in folder.glob("x.*"):
        old.unlink()
    (folder / "disk.img").write_bytes(DATA[:100_000])
    subprocess.run(command.split(), cwd=folder, check=True, stdout=subprocess.DEVNULL)
    made = next(folder.glob("x.*"))
    result = platterctl("info", made)
    assert result.status == 3 and "is protected with a password. Unpack it" in result.stderr, result


def test_plain_disks_that_begin_like_archives(platterctl, drives, room):
    """What has a table of partitions is a disk, and so is what only has a tar's magic."""
    folder = room.folder("plain")
    image = folder / "disk"
    for magic, at in ((b"PK\x03\x04", 0), (b"7z\xbc\xaf\x27\x1c", 0), (b"ustar\x0000", 257)):
        image.write_bytes(DATA[:4 * MIB])
        subprocess.run(["sfdisk", "-q", image], input=b",,L\n", check=True)
        with image.open("r+b") as file:
            file.seek(at)
            file.write(magic)
        check_plain(platterctl, drives, image)
    tar = make_tar(folder / "x.tar", [member("disk.img", 100_000)]).read_bytes()
    image.write_bytes(tar[:148] + b"0000001\0" + tar[156:])
    check_plain(platterctl, drives, image)


def check_plain(platterctl, drives, image):
    assert "packing" not in platterctl("info", "--json", image).lines[0]
    target = drives.make(4 * MIB, content.old(4 * MIB))
    assert platterctl("write", "--yes", image, target).status == 0
    whole = image.read_bytes()
    assert target.read(0, len(whole)) == whole


def test_packed_twice(platterctl, drives, room):
    """What is in it would be written as it is, which nobody wants."""
    folder = room.folder("twice")
    (folder / "disk.img").write_bytes(DATA)
    subprocess.run(["bash", "-c", "xz -0 -k -f disk.img && zip -q x.zip disk.img.xz"], cwd=folder, check=True)
    target = drives.make(16 * MIB, content.old(16 * MIB))
    result = platterctl("write", "--yes", folder / "x.zip", target)
    assert result.status != 0 and "packed once more, with xz" in result.stderr, result
    assert target.read() == content.old(16 * MIB)
