# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Copies of stored packages on disk, for the time when the server has none of them (option keep_in)."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence

from .._errors import InputError, StateError
from .._files import printable
from .package import Package, file_name, package_file

_MARK = ".kept-by-extension_upload-"
_SUFFIX = ".zip"
# A file's name has at most 255 bytes.
_LONGEST = 150


def folders(package_path: str, keep_in: str | None) -> Sequence[str]:
    """Where a copy may lie: in the folder that was asked for, else beside the package or in the temporary folder.

    Raises InputError for ``keep_in`` that is not a folder to write into.
    """
    if keep_in is None:
        own = os.path.dirname(os.path.abspath(package_path))
        return tuple(dict.fromkeys((own, tempfile.gettempdir())))
    if not os.path.isdir(keep_in) or not os.access(keep_in, os.W_OK | os.X_OK):
        raise InputError(
            f"keep_in: {printable(keep_in)} is not a folder that the module can write into: give one on the machine where it runs"
        )
    return (keep_in,)


def save(package: Package, possible: Sequence[str]) -> str:
    """The path of a new copy, in the first folder that takes it. Raises StateError when none does."""
    reasons = []
    for folder in possible:
        try:
            return _written(package, folder)
        except OSError as error:
            reasons.append(f"{printable(folder)}: {error.strerror or error}")
    raise StateError(
        f"{package.label} was not replaced, because no copy of it could be kept ({'; '.join(reasons)}): give a folder that "
        "can be written into (keep_in)"
    )


def left_behind(package: Package, possible: Sequence[str]) -> list[str]:
    """Copies of the same version that earlier runs did not remove; not the package itself, if it is one of them."""
    left: list[str] = []
    for folder in possible:
        left += filter(functools.partial(_is_copy, package), _candidates(package, folder))
    return left


def remove(path: str) -> None:
    """Deletes a copy; somebody else may have done so before."""
    with contextlib.suppress(OSError):
        os.unlink(path)


def _prefix(package: Package) -> str:
    return file_name(package.name, package.version)[: -len(_SUFFIX)][:_LONGEST] + _MARK


def _written(package: Package, folder: str) -> str:
    """On the disk before this returns: nothing else is left if the machine fails while the server has no package."""
    handle, path = tempfile.mkstemp(prefix=_prefix(package), suffix=_SUFFIX, dir=folder)
    try:
        with os.fdopen(handle, "wb") as copy:
            package.stream.seek(0)
            shutil.copyfileobj(package.stream, copy)
            copy.flush()
            os.fsync(copy.fileno())
    except OSError:
        remove(path)
        raise
    return path


def _candidates(package: Package, folder: str) -> Iterator[str]:
    """Plain files of this user with the name of a copy: in a folder for all, others may put anything there."""
    prefix = _prefix(package)
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(prefix) or not entry.is_file(follow_symlinks=False):
                continue
            status = entry.stat(follow_symlinks=False)
            is_open = os.path.samestat(status, os.fstat(package.stream.fileno()))
            if status.st_uid == os.geteuid() and not is_open:
                yield entry.path


def _is_copy(package: Package, path: str) -> bool:
    """Different names may give the same file name. A part of a copy is of no use, and was never the only one."""
    try:
        with package_file(path) as copy:
            return (copy.name, copy.version) == (package.name, package.version)
    except InputError:
        return False
