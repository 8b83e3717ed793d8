# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Zip files that nobody has vouched for: what is in them, without trusting what they say about themselves.

Nothing is ever written under a name from an archive; the names are checked all the same, because others will unpack them.
"""

from __future__ import annotations

import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from . import recognition

MAX_MEMBERS = 10_000
MAX_UNPACKED = 250 * 1024 * 1024
# Manifests, dashboards and libraries are packed to a fifth or a tenth; only zeros come near the 1,032 that deflate can do.
MAX_RATIO = 200
_RATIO_FROM = 16 * 1024 * 1024
# Bytes of the directory that names the members: more than 10,000 long names need.
_MAX_DIRECTORY = 4 * 1024 * 1024
_CHUNK = 256 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END, _END_FIXED, _END_LIMIT = b"PK\x05\x06", 22, 22 + 65535
_ZIP64_LOCATOR, _ZIP64_LOCATOR_SIZE = b"PK\x06\x07", 20
# Absolute, of another system, or with a part "..".
_LEADS_OUT = re.compile(r"/|[A-Za-z]:|[^\\]*\\|(?:.*/)?\.\.(?:/|$)", re.DOTALL)
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    EOFError,
    OSError,
    OverflowError,
    ValueError,
    struct.error,
)


class ArchiveError(Exception):
    """What is wrong with an archive, as the rest of a sentence that begins with its name."""


class Archive:
    """A checked zip file. ``files`` are its members by name, folders left out."""

    def __init__(self, zipped: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo]) -> None:
        self._zipped = zipped
        self.files = files

    def copy(self, name: str, sink: IO[bytes]) -> None:
        """Unpacks a member into ``sink``."""
        for chunk in self._chunks(name):
            sink.write(chunk)

    def read(self, name: str, limit: int) -> bytes:
        """A member of at most ``limit`` bytes."""
        if self.files[name].file_size > limit:
            raise ArchiveError(f"holds {name} with more than {limit // 1024} KB, which cannot be right")
        return b"".join(self._chunks(name))

    def digest(self, name: str) -> str:
        """The SHA-256 of a member, in hexadecimal digits."""
        digest = hashlib.sha256()
        for chunk in self._chunks(name):
            digest.update(chunk)
        return digest.hexdigest()

    def _chunks(self, name: str) -> Iterator[bytes]:
        """What a member holds. zipfile stops at the declared size, and fails if the checksum is another then."""
        info = self.files[name]
        received = 0
        with reading(name), self._zipped.open(info) as member:
            for chunk in iter(lambda: member.read(_CHUNK), b""):
                received += len(chunk)
                yield chunk
        if received != info.file_size:
            raise ArchiveError(f"is damaged: {name} has {received} of {info.file_size} bytes; build it again")


@contextmanager
def opened(stream: IO[bytes]) -> Iterator[Archive]:
    """The zip file in a seekable stream, after all checks that need no unpacking. Raises ArchiveError."""
    _check_end(stream)
    with reading():
        stream.seek(0)
        zipped = zipfile.ZipFile(stream)
    with zipped:
        yield Archive(zipped, _checked(zipped.infolist(), _length(stream)))


@contextmanager
def reading(member: str = "") -> Iterator[None]:
    """Raises ArchiveError for what cannot be read within this context."""
    try:
        yield
    except _BROKEN as error:
        what = f" ({member})" if member else ""
        raise ArchiveError(f"is a damaged zip file{what}: {error or type(error).__name__}; build it again") from None


def _length(stream: IO[bytes]) -> int:
    return stream.seek(0, 2)


def _check_end(stream: IO[bytes]) -> None:
    """Looks at both ends before zipfile does, which would read a directory of any size into memory."""
    size = _length(stream)
    stream.seek(0)
    first = stream.read(recognition.FIRST_BYTES)
    if not first.startswith((b"PK\x03\x04", _END)):
        raise ArchiveError(f"is not a zip file; {recognition.of_content(first)}")
    stream.seek(max(0, size - _END_LIMIT - _ZIP64_LOCATOR_SIZE))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_FIXED:
        raise ArchiveError("is a truncated zip file: its end is missing; build or copy it again")
    directory, offset, comment = struct.unpack_from("<IIH", tail, at + 12)
    before = tail[max(0, at - _ZIP64_LOCATOR_SIZE) : at]
    if directory > _MAX_DIRECTORY or before.startswith(_ZIP64_LOCATOR):
        raise ArchiveError(f"has a directory for more than {MAX_MEMBERS} files, which no extension needs")
    end = size - len(tail) + at
    if end + _END_FIXED + comment != size or offset + directory != end:
        # Also the end of a zip inside of this one, when its own is cut off.
        raise ArchiveError("is truncated, or has something before or after the zip file in it; build or copy it again")


def _checked(listed: list[zipfile.ZipInfo], packed: int) -> dict[str, zipfile.ZipInfo]:
    if len(listed) > MAX_MEMBERS:
        raise ArchiveError(f"holds {len(listed)} files; at most {MAX_MEMBERS} are allowed")
    unpacked = sum(info.file_size for info in listed)
    if unpacked > min(MAX_UNPACKED, max(_RATIO_FROM, packed * MAX_RATIO)):
        raise ArchiveError(
            f"would unpack to {unpacked // 1024 // 1024} MB from {packed // 1024} KB, which no extension needs; at most "
            f"{MAX_UNPACKED // 1024 // 1024} MB and {MAX_RATIO} times its size are allowed"
        )
    seen: set[str] = set()
    for info in listed:
        _check_member(info)
        if info.filename in seen:
            raise ArchiveError(f"holds {info.filename!r} twice: build it again, with each file once")
        seen.add(info.filename)
    return {info.filename: info for info in listed if not info.is_dir() or info.file_size}


def _check_member(info: zipfile.ZipInfo) -> None:
    """Nothing that is not a plain file or folder under a plain relative name."""
    name = info.orig_filename  # zipfile cuts at a NUL and replaces the separator of other systems
    shown = repr(name)
    if not name or _LEADS_OUT.match(name):
        raise ArchiveError(f"holds {shown}, a name that leads out of the archive; use relative names with '/'")
    if not name.isprintable():
        raise ArchiveError(f"holds {shown}, a name with control characters; rename the file")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        what = "a symbolic link" if kind == stat.S_IFLNK else "a special file"
        raise ArchiveError(f"holds {shown}, {what}; put the file itself there")
    if info.flag_bits & 0x41:
        raise ArchiveError(f"holds {shown} encrypted; build it without a password")
    if info.compress_type not in _METHODS:
        raise ArchiveError(f"holds {shown} in an uncommon compression; use deflate or none")
