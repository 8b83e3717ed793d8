# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_files: the files of an export in one folder, written where they differ, and removed where they are of an earlier one."""

from __future__ import annotations

import collections
import contextlib
import functools
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .._errors import InputError, StateError
from .._files import FileError, listed_folder, open_file, printable
from .._task import Result, Task, sides
from .files_plan import FileChange, WantedFile, may_go, plan_files, wanted_files

NO_FOLDER = "path {} is not a folder that can be read: {}. Give a folder, or the path of one that can be made"
_FILE_MODE = 0o644
_FOLDER_MODE = 0o755


@dataclass(frozen=True)
class FilesOptions:
    """The options of the task. ``folder``: absolute."""

    folder: str
    files: Sequence[WantedFile]
    remove_others: bool


def ensure(task: Task) -> Result:
    """The work of settings_files."""
    given = task.params
    # The diff shows what they hold.
    task.shown["files"] = [file["name"] for file in given["files"]]
    options = FilesOptions(os.path.abspath(given["path"]), wanted_files(given["files"]), given["remove_others"])
    changes = plan_files(options.files, _stored(options))
    if not task.check_mode:
        task.partial = lambda: {"folder": options.folder}
        _write_all(task, options.folder, changes)
    return _result(task, options.folder, changes)


def _stored(options: FilesOptions) -> dict[str, str]:
    """The content of the files that are wanted or may go, by name. Raises StateError for what cannot be read."""
    try:
        listed = listed_folder(options.folder)
    except FileError as error:
        raise InputError(NO_FOLDER.format(printable(options.folder), error)) from error
    names = {file.name for file in options.files}
    stored = {}
    for name in listed:
        path = os.path.join(options.folder, name)
        if name in names or (options.remove_others and may_go(name, names) and os.path.isfile(path)):
            stored[name] = _read(path)
    return stored


def _read(path: str) -> str:
    try:
        with open_file(path) as stream:
            return stream.read().decode("utf-8", "replace")
    except (FileError, OSError) as error:
        raise StateError(f"{printable(path)} cannot be read: {error}. Remove it, or choose another folder") from error


def _write_all(task: Task, folder: str, changes: Sequence[FileChange]) -> None:
    for change in changes:
        path = os.path.join(folder, change.name)
        if change.action == "delete":
            task.journal.write(f"{change.name} was removed", functools.partial(remove_file, path))
        elif change.is_change:
            task.journal.write(f"{change.name} was written", functools.partial(write_file, path, change.after))


def write_file(path: str, text: str, new_mode: int = _FILE_MODE, folder_mode: int = _FOLDER_MODE) -> None:
    """As a whole or not at all, with the folders above it; a link stays one, and a file keeps its mode. Raises StateError."""
    with _failing_with(path, "written"):
        path = os.path.realpath(path)
        folder = os.path.dirname(path)
        os.makedirs(folder, folder_mode, exist_ok=True)
        mode = stat.S_IMODE(os.stat(path).st_mode) if os.path.exists(path) else new_mode
        handle, copy = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
        # Whatever ends the writing, no half file stays.
        with contextlib.ExitStack() as failure:
            failure.callback(_forget, copy)
            with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass", newline="") as stream:
                stream.write(text)
            os.chmod(copy, mode)
            os.replace(copy, path)
            failure.pop_all()


def remove_file(path: str) -> None:
    """Raises StateError."""
    with _failing_with(path, "removed"):
        os.unlink(path)


def _forget(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


@contextlib.contextmanager
def _failing_with(path: str, done: str) -> Iterator[None]:
    """An error of the collection that says what cannot be ``done``."""
    try:
        yield
    except OSError as error:
        raise StateError(f"{printable(path)} cannot be {done}: {error.strerror}") from error


def _result(task: Task, folder: str, changes: Sequence[FileChange]) -> Result:
    changing = [change for change in changes if change.is_change]
    counts = collections.Counter(change.action for change in changes)
    things = {
        "folder": folder,
        "files": [{"name": change.name, "action": change.action} for change in changes],
        "summary": {**dict.fromkeys(("create", "update", "delete", "none"), 0), **counts},
    }
    diffs = [sides(change.before, change.after, os.path.join(folder, change.name)) for change in changing]
    return Result(things, "update" if changing else "none", diffs=diffs)
