# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The folder of a recording. Files are written when they differ; the index says whether the recording has come to its end."""

from __future__ import annotations

import functools
import glob
import json
import os
import threading
from collections.abc import Mapping
from typing import Any

from .._errors import InputError, StateError
from .._files import FileError, MissingFileError, listed_folder, open_file, printable
from .._settings.files import NO_FOLDER, remove_file, write_file
from .._settings.files_plan import FileChange
from .._task import Task
from .recording import FORMAT, INDEX, OBJECTS, SCHEMAS, VERSIONS, index, text_of

# Texts may hold what is nobody else's business.
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600
# What a recording leaves in its folder; the latter two if it was killed while it wrote.
_OWN_FILES = (f"{SCHEMAS}/*.json", f"{OBJECTS}/*.json", f"{VERSIONS}/*.json", ".*.part", "*/.*.part")


class RecordingFolder:
    """One folder, in which nothing but recordings lie. In check mode nothing is written. Safe for use by several threads."""

    def __init__(self, task: Task, path: str, has_pseudonyms: bool) -> None:
        """Raises InputError for a folder that holds something else."""
        self.path = path
        self.changes: dict[str, FileChange] = {}
        self._task = task
        self._has_pseudonyms = has_pseudonyms
        self._lock = threading.Lock()
        self._has_begun = False
        self._refuse_others()
        self._index_before = self._text(INDEX)

    def _refuse_others(self) -> None:
        try:
            names = listed_folder(self.path)
        except FileError as error:
            raise InputError(NO_FOLDER.format(printable(self.path), error)) from error
        if names and self.document(INDEX).get("format") != FORMAT:
            raise InputError(
                f"path {self.path} holds something other than a recording of this version of the collection: give another folder, or an "
                "empty one"
            )

    def document(self, name: str) -> Mapping[str, Any]:
        """An object that an earlier run has written; empty where there is none."""
        try:
            content = json.loads(self._text(name) or "{}")
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def keep(self, name: str) -> None:
        """The file belongs to this recording as it is."""
        self.changes[name] = FileChange(name, "none", "", "")

    def put(self, name: str, content: Any) -> None:
        """Writes the file if it is missing or differs."""
        before, after = self._text(name), text_of(content)
        if before == after:
            self.keep(name)
            return
        self._begin()
        self._write(name, after)
        self._note(name, before, after)

    def finish(self, content: Any) -> None:
        """Removes what earlier recordings had and this one has not, and writes the index."""
        for name in self._others():
            self._begin()
            before = self._text(name) or ""
            if not self._task.check_mode:
                self._task.journal.write(
                    f"{name} was removed", functools.partial(remove_file, os.path.join(self.path, name))
                )
            self.changes[name] = FileChange(name, "delete", before, "")
        after = text_of(content)
        if self._has_begun or after != self._index_before:
            self._write(INDEX, after)
        if after == self._index_before:
            self.keep(INDEX)
        else:
            self._note(INDEX, self._index_before, after)

    def _note(self, name: str, before: str | None, after: str) -> None:
        self.changes[name] = FileChange(name, "create" if before is None else "update", before or "", after)

    def _begin(self) -> None:
        """Before the first change: from now on the recording is not complete."""
        with self._lock:
            if not self._has_begun:
                self._has_begun = True
                self._write(INDEX, text_of(index(None, self._has_pseudonyms)))

    def _others(self) -> list[str]:
        names: set[str] = set()
        for pattern in _OWN_FILES:
            paths = glob.glob(os.path.join(glob.escape(self.path), pattern))
            names.update(os.path.relpath(path, self.path) for path in paths)
        return sorted(names - set(self.changes))

    def _text(self, name: str) -> str | None:
        """None where there is no file."""
        path = os.path.join(self.path, name)
        try:
            with open_file(path) as stream:
                return stream.read().decode("utf-8", "surrogatepass")
        except MissingFileError:
            return None
        except (FileError, OSError, ValueError) as error:
            raise StateError(f"{printable(path)} cannot be read: {error}") from error

    def _write(self, name: str, text: str) -> None:
        if self._task.check_mode:
            return
        path = os.path.join(self.path, name)
        write = functools.partial(write_file, path, text, _FILE_MODE, _FOLDER_MODE)
        self._task.journal.write(f"{name} was written", write)
