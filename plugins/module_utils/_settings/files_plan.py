# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which files of a folder have to be written or removed. Pure: nothing is read or written here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from .._errors import InputError, refuse_if

# What people put beside the files of an export; only its example is one of them.
_OF_OTHERS = (".", "secrets.")
_EXAMPLE = "secrets.example.yml"
_ENDING = ".yml"
_NOT_IN_NAMES = ("/", "\\", "\0")


@dataclass(frozen=True)
class WantedFile:
    """``text``: all of its content."""

    name: str
    text: str


@dataclass(frozen=True)
class FileChange:
    """``action``: create, update, delete or none. ``before`` and ``after``: the content, empty where there is no file."""

    name: str
    action: str
    before: str
    after: str

    @property
    def is_change(self) -> bool:
        return self.action != "none"


def wanted_files(given: Sequence[Mapping[str, Any]]) -> list[WantedFile]:
    """Raises InputError for what cannot be the name of a file in the folder, and for a name that is given twice."""
    files: dict[str, WantedFile] = {}
    for row in given:
        name = row["name"]
        refuse_if(
            name in ("", ".", "..") or any(character in name for character in _NOT_IN_NAMES),
            f"files: '{name}' is not the name of a file: give a name without a folder",
        )
        folded = name.casefold()
        refuse_if(
            folded in files,
            f"files: the name {name} is given twice; not every file system tells capitals from small letters",
        )
        files[folded] = WantedFile(name, _text(name, row["content"]))
    return list(files.values())


def _text(name: str, content: Any) -> str:
    """The action plugin makes texts of what is to be YAML."""
    if not isinstance(content, str):
        raise InputError(
            f"files: the content of {name} is not a text: give a text, or run the module as a task of Ansible"
        )
    try:
        content.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"files: the content of {name} cannot be written as UTF-8: {error.reason}") from error
    return content


def plan_files(wanted: Sequence[WantedFile], stored: Mapping[str, str]) -> list[FileChange]:
    """In the order of ``wanted``, then what is removed: all else in ``stored``, which holds contents by name."""
    names = set(map(attrgetter("name"), wanted))
    removed = [FileChange(name, "delete", stored[name], "") for name in sorted(stored.keys() - names)]
    return [_change(file, stored) for file in wanted] + removed


def may_go(name: str, names: Collection[str]) -> bool:
    """Whether a file that is not among ``names`` may be removed: one of an earlier export, not one that people put there."""
    if name.casefold() in map(str.casefold, names) or not name.endswith(_ENDING):
        return False
    return name == _EXAMPLE or not name.startswith(_OF_OTHERS)


def _change(file: WantedFile, stored: Mapping[str, str]) -> FileChange:
    before = stored.get(file.name)
    if before is None:
        return FileChange(file.name, "create", "", file.text)
    return FileChange(file.name, "none" if before == file.text else "update", before, file.text)
