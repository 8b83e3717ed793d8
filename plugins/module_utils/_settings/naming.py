# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What people call an object, and the file of a schema. Pure."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .schema import Schema, split_path
from .walk import given_at

# Properties that name an object in most schemas, the best first.
_NAMES = ("name", "title", "displayName", "label", "summary", "key", "id", "description")
_LONGEST_SLUG = 60
# File systems take 255 bytes; a number, a digest and an ending come to it, and a name of its own while it is written.
_LONGEST_FILE_NAME = 200
# Hidden files, files of secrets, which are not read as settings, and names that Windows keeps for devices.
_OF_OTHERS = re.compile(r"\.|(?:secrets|con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)|\Z", re.IGNORECASE)


def called(schema: Schema, value: Mapping[str, Any], match_on: Sequence[str] = ()) -> str:
    """The name of an object: its ``match_on``, else its shortest unique key, else a property that usually is a name; or empty."""
    paths = match_on or _naming_key(schema, value) or _naming_property(schema, value)
    return " ".join(map(str, given_at(value, paths, schema).values()))


def _naming_key(schema: Schema, value: Mapping[str, Any]) -> Sequence[str]:
    keys = []
    for key in schema.unique_keys:
        if _are_texts(schema, value, key.paths):
            keys.append(key.paths)
    return min(keys, key=lambda key: (len(key), how_telling(key[0])), default=())


def _naming_property(schema: Schema, value: Mapping[str, Any]) -> Sequence[str]:
    for path in filter(schema.properties.__contains__, _NAMES):
        if _are_texts(schema, value, [path]):
            return (path,)
    return ()


def _are_texts(schema: Schema, value: Mapping[str, Any], paths: Sequence[str]) -> bool:
    kinds = {path: type(part) for path, part in given_at(value, paths, schema).items()}
    return kinds == dict.fromkeys(paths, str)


def file_names(schema_ids: Iterable[str]) -> dict[str, str]:
    """The file name of each schema. Not every file system takes colons and slashes, or tells capitals from small letters.

    Two schemas never share a file: of "a:b" and "a_b", for example, the later one gets a number.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for schema_id in schema_ids:
        plain = _file_name(schema_id)
        name = plain
        numbers = itertools.count(2)
        while name.lower() in taken:
            name = f"{next(numbers)}.{plain}"
        names[schema_id] = name
        taken.add(name.lower())
    return names


def _file_name(schema_id: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", schema_id)
    if len(plain) > _LONGEST_FILE_NAME:
        plain = f"{plain[:_LONGEST_FILE_NAME]}-{hashlib.sha256(schema_id.encode()).hexdigest()[:8]}"
    return f"_{plain}.yml" if _OF_OTHERS.match(plain) else f"{plain}.yml"


def slug(text: str) -> str:
    """A short form of ``text`` for keys and names: small letters, digits, and single hyphens for whatever else is in it."""
    return re.sub(r"[^\w.]+", "-", text).lower()[:_LONGEST_SLUG].strip("-._")


def digest(text: str) -> str:
    """Stands for a text that is too long for a name."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def how_telling(path: str) -> tuple[int, int]:
    """A sort key for property paths: those that usually name an object come first."""
    name = split_path(path)[-1]
    rank = _NAMES.index(name) if name in _NAMES else len(_NAMES)
    return rank, path.count(".")
