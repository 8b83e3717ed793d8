# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Files of settings as one list of objects, each as its layers say it. Pure; reading the files is up to others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Union

from ansible_collections.community.dynatrace.plugins.module_utils._marks import SHARED_OPTIONS, mark_in

# A layer: its files, each as name and content.
Layer = Iterable["tuple[str, Any]"]
# From the options of an object down: names of properties, and places in lists.
Path = Sequence[Union[str, int]]
# Set by what reads the files.
OWN_OPTIONS = ("file", "secret_paths", "missing_secret_paths")
_SKIP = "skip"


class FolderError(Exception):
    """What is wrong with which file."""


def is_settings(name: str) -> bool:
    """Whether a file of a folder holds settings: secrets lie beside them, under a name of their own."""
    return name.lower().endswith((".yml", ".yaml", ".json")) and not name.startswith((".", "secrets."))


@dataclass
class LayeredItem:
    """One object. ``options``: what holds in the end, its key included. ``layers``: what each file says of it, the first one first."""

    key: str
    options: dict[str, Any] = field(default_factory=dict)
    layers: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    @property
    def file(self) -> str:
        """All files that name it."""
        return ", ".join(dict.fromkeys(file for file, _said in self.layers))

    def add(self, file: str, said: Mapping[str, Any]) -> None:
        """A later layer wins; only ``value`` is merged."""
        options = dict(said)
        if "value" in said and "value" in self.options:
            options["value"] = merged(self.options["value"], said["value"])
        self.options.update(options)
        self.layers.append((file, said))

    def is_skipped(self) -> bool:
        """Raises FolderError where ``skip`` is not a boolean."""
        skip = self.options.get(_SKIP, False)
        if not isinstance(skip, bool):
            raise FolderError(f"{self.place([_SKIP])} must be true or false")
        return skip

    def place(self, path: Path) -> str:
        """For messages: the file that says what is at ``path``, the key and the path."""
        return f"{self._file_of(path)}: {self.key}: {path_text(path)}"

    def _file_of(self, path: Path) -> str:
        files = [file for file, said in self.layers if _says(said, path)]
        if files:
            return files[-1]
        return self.file


def path_text(path: Path) -> str:
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}"
    return text.removeprefix(".")


def _says(said: Any, path: Path) -> bool:
    """Whether there is something at ``path``, or a mark above it that stands for all of it."""
    for step in path:
        if mark_in(said) is not None:
            return True
        try:
            said = said[step]
        except (LookupError, TypeError):
            return False
    return True


def merged(lower: Any, upper: Any) -> Any:
    """A value as two layers say it: dictionaries are merged by property, anything else is replaced, and so is a mark."""
    if not (_has_properties(lower) and _has_properties(upper)):
        return upper
    result = {**lower, **upper}
    for name in lower.keys() & upper.keys():
        result[name] = merged(lower[name], upper[name])
    return result


def _has_properties(value: Any) -> bool:
    return isinstance(value, Mapping) and mark_in(value) is None


def gathered(layers: Iterable[Layer]) -> list[LayeredItem]:
    """The objects of all layers, in the order in which they are named first, without those that are skipped. Raises FolderError."""
    items: dict[str, LayeredItem] = {}
    for files in layers:
        for key, file, said in _named_once(files):
            try:
                items.setdefault(key, LayeredItem(key)).add(file, said)
            except RecursionError:
                raise FolderError(f"{file}: {key}: its value is nested too deeply") from None
    kept = [item for item in items.values() if not item.is_skipped()]
    for item in kept:
        item.options.pop(_SKIP, None)
    return kept


def _named_once(files: Layer) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Key, file and options of each object of one layer."""
    owners: dict[str, str] = {}
    for name, content in files:
        for said in _items(name, content):
            key = said["key"]
            if key in owners:
                raise FolderError(f"{name}: the key {key} is in {owners[key]} already")
            owners[key] = name
            yield key, name, said


def _items(name: str, content: Any) -> list[dict[str, Any]]:
    """What a file says of each of its objects."""
    if content is None:
        return []
    if isinstance(content, list):
        content = {"objects": content}
    if not isinstance(content, Mapping) or not isinstance(content.get("objects"), list):
        raise FolderError(f"{name} must have a list under objects")
    shared = _shared_options(name, content)
    return [{**shared, **_item(name, number, said)} for number, said in enumerate(content["objects"], 1)]


def _shared_options(name: str, document: Mapping[Any, Any]) -> dict[str, Any]:
    """What a file says of all of its objects."""
    shared = dict(document)
    del shared["objects"]
    unknown = [str(option) for option in shared if option not in SHARED_OPTIONS]
    if unknown:
        allowed = ", ".join(("objects", *SHARED_OPTIONS))
        raise FolderError(f"{name} has {', '.join(unknown)} at the top; there may be {allowed}")
    return shared


def _item(name: str, number: int, said: Any) -> dict[str, Any]:
    if not isinstance(said, Mapping) or said.get("key") in (None, ""):
        raise FolderError(f"{name}: object {number} has no key")
    key = said["key"]
    if isinstance(key, bool) or not isinstance(key, (str, int)):
        raise FolderError(f"{name}: the key of object {number} must be a text: quote it")
    for option in OWN_OPTIONS:
        if option in said:
            raise FolderError(f"{name}: object {number} sets {option}, which only this collection sets: leave it out")
    return {**said, "key": str(key)}
