# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""An extension package: the signed bundle, the zip in it and the manifest in that (API facts, 2.7), read and checked."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from .._errors import InputError
from .._files import FileError, open_file, printable
from . import manifest, recognition
from .archive import Archive, ArchiveError, opened, reading
from .recognition import INNER

SIGNATURE = "extension.zip.sig"
MAX_BYTES = 25 * 1024 * 1024
_MAX_SMALL = 5 * 1024 * 1024
_CHUNK = 256 * 1024
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s[A-Za-z0-9+/=\s]+-----END \1-----")


@dataclass(frozen=True)
class Package:
    """What a package is, beside the open file with it.

    ``bundle_hash``, ``inner_hash``: SHA-256 of the whole file and of the inner zip. ``members``: SHA-256 of the inner zip's files
    by name; they are the content, whatever the time stamps, the order and the compression. ``is_bundle`` False: the inner zip
    alone, without a signature; only something downloaded may be that.
    """

    label: str
    stream: IO[bytes]
    name: str
    version: str
    bundle_hash: str
    inner_hash: str
    members: Mapping[str, str]
    is_bundle: bool = True


@contextmanager
def package_file(path: str) -> Iterator[Package]:
    """The package in a file. The file stays open, so that what was checked is what is sent.

    Raises InputError, whose text says which file, what is wrong with it and what to do.
    """
    label = printable(path)
    try:
        stream = open_file(path)
    except FileError as error:
        raise InputError(
            f"cannot read the package {label}: {error}. Give the path of a signed package on the machine where the module runs"
        ) from None
    with stream:
        size = os.fstat(stream.fileno()).st_size
        if size > MAX_BYTES:
            raise InputError(
                f"{label} has {size / 1024 / 1024:.1f} MB; Dynatrace takes packages of at most "
                f"{MAX_BYTES // 1024 // 1024} MB: leave out what the extension does not need"
            )
        try:
            yield read_package(stream, label)
        except ArchiveError as error:
            raise InputError(str(error)) from None


def read_package(stream: IO[bytes], label: str, bare: bool = False) -> Package:
    """The package in a seekable stream; ``label`` is its name in errors, ``bare`` allows the inner zip alone.

    Raises ArchiveError for what is wrong, with ``label`` in it.
    """
    with _named(label), reading():
        bundle_hash = _digest(stream)
    with _named(label), opened(stream) as outer:
        if bare and manifest.FILE in outer.files:
            return _package(label, stream, bundle_hash, bundle_hash, outer, is_bundle=False)
        _check_outer(outer)
        with tempfile.TemporaryFile() as inner:
            outer.copy(INNER, inner)
            inner_hash = _digest(inner)
            with _named(f"{INNER} in it"), opened(inner) as archive:
                return _package(label, stream, bundle_hash, inner_hash, archive)


def unpack(package: Package, sink: IO[bytes]) -> bytes:
    """Writes the inner zip of a bundle that was read into ``sink``, and gives its signature."""
    with opened(package.stream) as outer:
        outer.copy(INNER, sink)
        return outer.read(SIGNATURE, _MAX_SMALL)


def file_name(name: str, version: str) -> str:
    """The name that dt-cli gives to a package, with everything unusual replaced."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", f"{name}-{version}") + ".zip"


def _package(
    label: str, stream: IO[bytes], bundle_hash: str, inner_hash: str, archive: Archive, is_bundle: bool = True
) -> Package:
    if manifest.FILE not in archive.files:
        raise ArchiveError(f"does not hold {manifest.FILE} at its top, {recognition.of_inner_members(archive.files)}")
    try:
        name, version = manifest.identity(archive.read(manifest.FILE, _MAX_SMALL))
    except InputError as error:
        raise ArchiveError(f"has a wrong manifest: {manifest.FILE} {error.msg}") from None
    members = {file: archive.digest(file) for file in archive.files}
    return Package(label, stream, name, version, bundle_hash, inner_hash, members, is_bundle)


def _check_outer(outer: Archive) -> None:
    if INNER not in outer.files:
        raise ArchiveError(f"does not hold {INNER} at its top, {recognition.of_members(outer.files)}")
    if SIGNATURE not in outer.files:
        raise ArchiveError(f"does not hold {SIGNATURE}: {recognition.SIGN_AGAIN}")
    for name in (INNER, SIGNATURE):
        if not outer.files[name].file_size:
            raise ArchiveError(f"holds an empty {name}: {recognition.SIGN_AGAIN}")
    others = sorted(set(outer.files) - {INNER, SIGNATURE})
    if others:
        raise ArchiveError(
            f"holds {', '.join(map(repr, others[:3]))}; only {INNER} and {SIGNATURE} are allowed there: leave out what a system "
            f"adds, such as .DS_Store, and put files of the extension into {INNER} before it is signed"
        )
    if not _PEM.search(outer.read(SIGNATURE, _MAX_SMALL)):
        raise ArchiveError(
            f"holds an {SIGNATURE} that is not a signature in PEM format: sign it again (dt extension sign)"
        )


@contextmanager
def _named(label: str) -> Iterator[None]:
    try:
        yield
    except ArchiveError as error:
        raise ArchiveError(f"{label} {error}") from None


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
        digest.update(chunk)
    return digest.hexdigest()
