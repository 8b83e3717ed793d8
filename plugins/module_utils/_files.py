# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Files whose paths the user gives: opened without trusting that they are files."""

from __future__ import annotations

import os
import stat
from typing import IO

_KINDS = {stat.S_IFDIR: " but a folder", stat.S_IFIFO: " but a named pipe", stat.S_IFCHR: " but a device"}


class FileError(Exception):
    """Why a file cannot be read, as the end of a sentence."""


class MissingFileError(FileError):
    """Nothing is there."""


def open_file(path: str) -> IO[bytes]:
    """Opens a regular file, or a link to one. Raises FileError for anything else, and never waits for a writer."""
    try:
        # Without blocking: opening a named pipe would wait for somebody to write into it.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise MissingFileError(error.strerror) from None
    except (OSError, ValueError) as error:
        raise FileError(getattr(error, "strerror", None) or str(error)) from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise FileError(f"it is not a regular file{_KINDS.get(stat.S_IFMT(mode), '')}")
    return os.fdopen(descriptor, "rb")


def listed_folder(path: str) -> list[str]:
    """The names in a folder, sorted; none where nothing is yet. Raises FileError for anything that is no folder."""
    try:
        return sorted(os.listdir(path))
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not os.path.lexists(path):
            return []
        raise FileError(error.strerror) from None


def is_path(text: str) -> bool:
    """Whether the operating system takes it for one."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeError:
        return False


def printable(path: str) -> str:
    """A path for messages: every encoding can take it, whatever bytes or halves of characters are in it."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
