# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recorded environment, as the module sandbox_record has written it: what the sandbox starts from instead of its own seeds.

Files are looked at as they are read: people may have changed them. What they hold is served, whether a schema would take it or not.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
_FORMAT = 1
_INDEX = "recording.json"


class TwinError(Exception):
    """The folder, or a file of it, is not a recording; says which one and what to do."""


@dataclass(frozen=True)
class Twin:
    """``objects``: rows by schema, in their order. ``effective``: by schema, what is in force where nothing is stored.

    ``offers``: versions of ActiveGates by ``OSTYPE/ARCHITECTURE``. ``versions``: of extensions, by name and version.
    """

    schemas: Path
    objects: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    effective: Mapping[str, Row] = field(default_factory=dict)
    activegates: Sequence[Row] = ()
    offers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    extensions: Sequence[Row] = ()
    versions: Mapping[tuple[str, str], Row] = field(default_factory=dict)


@contextlib.contextmanager
def told(where: str) -> Iterator[None]:
    """What is not as it was written is not a fault of the sandbox: somebody changed the files of ``where``."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise TwinError(f"{where} is damaged: {error}. Record the environment again") from None


def read_twin(folder: Path) -> Twin:
    """Raises TwinError for what is not a whole recording."""
    if not (folder / _INDEX).is_file():
        raise TwinError(
            f"{folder} is not a recording: it has no {_INDEX}. The playbook community.dynatrace.sandbox_record makes one"
        )
    index = _document(folder / _INDEX)
    if index.get("format") != _FORMAT:
        raise TwinError(f"{folder} was recorded by another version of the collection: record the environment again")
    if not index.get("complete"):
        raise TwinError(
            f"the recording in {folder} has not come to its end: run sandbox_record again, which goes on with it"
        )
    gates = _document(folder / "activegates.json")
    extensions = _rows(
        _read(folder / "extensions.json"), folder / "extensions.json", "extensionName", "versions", "configurations"
    )
    return Twin(
        schemas=folder / "schemas",
        objects=dict(_objects(path) for path in sorted((folder / "objects").glob("*.json"))),
        effective=_effective(folder / "effective.json"),
        activegates=_rows(gates.get("activeGates"), folder / "activegates.json", "id", "version"),
        offers=_record(gates.get("availableVersions"), folder / "activegates.json"),
        extensions=extensions,
        versions=dict(_version(path) for path in sorted((folder / "extension_versions").glob("*.json"))),
    )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
    except (OSError, ValueError, RecursionError) as error:
        raise TwinError(f"{path} cannot be read: {error}") from None


def _document(path: Path) -> Row:
    return _record(_read(path), path)


def _record(content: Any, path: Path) -> Row:
    if not isinstance(content, dict):
        raise TwinError(f"{path} is damaged: something else where an object belongs. Record the environment again")
    return content


def _rows(content: Any, path: Path, *fields: str) -> list[Row]:
    """With these fields each."""
    if not isinstance(content, list):
        raise TwinError(f"{path} is damaged: something else where a list belongs. Record the environment again")
    rows = [_record(row, path) for row in content]
    for number, row in enumerate(rows):
        for name in fields:
            if row.get(name) is None:
                raise TwinError(f"{path} is damaged: entry {number} has no {name}. Record the environment again")
    return rows


def _objects(path: Path) -> tuple[str, list[Row]]:
    document = _document(path)
    rows = _rows(document.get("objects"), path, "objectId", "scope", "value")
    for row in rows:
        _record(row["value"], path)
    return str(document.get("schemaId")), rows


def _effective(path: Path) -> dict[str, Row]:
    values = {}
    for schema_id, row in _document(path).items():
        _record(_record(row, path).get("value"), path)
        values[schema_id] = row
    return values


def _version(path: Path) -> tuple[tuple[str, str], Row]:
    document = _document(path)
    return (str(document.get("extensionName")), str(document.get("version"))), document
