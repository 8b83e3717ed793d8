# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What is known of an environment, and the files that hold it. Pure.

The files depend on the environment alone: times and addresses of a recording are in none of them. The sandbox reads them
(tests/sandbox/twin.py).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._lists import grouped
from .._masking import texts
from .._settings.naming import file_names
from .pseudonyms import HOST, NAME, Pseudonyms, Vocabulary

Row = Mapping[str, Any]
# Of the files; another number is another form.
FORMAT = 1
INDEX, README = "recording.json", "README.md"
SCHEMAS, OBJECTS, VERSIONS = "schemas", "objects", "extension_versions"
EFFECTIVE, ACTIVEGATES, EXTENSIONS = "effective.json", "activegates.json", "extensions.json"
ENVIRONMENT = "environment"
# What is kept of an object; its update token and the summary are made by the sandbox.
_OBJECT_FIELDS = (
    "objectId",
    "externalId",
    "scope",
    "schemaVersion",
    "created",
    "createdBy",
    "modified",
    "modifiedBy",
    "resourceContext",
    "value",
)
_EFFECTIVE_FIELDS = ("origin", "schemaVersion", "value")
_PEOPLE = ("createdBy", "modifiedBy")
_GROUPS = ("group", "networkZone")
_ADDRESSES = ("hostname", "networkAddresses", "loadBalancerAddresses")
# A scope of a monitoring configuration, and the name in which some of them end.
_SCOPE = re.compile(r"(ag_group-|management_zone-)(.*)", re.DOTALL)
# As Dynatrace gives them, of SaaS and of Managed (API facts, 0.1); others may be words.
_ENVIRONMENT_ID = re.compile(r"[a-z]{3}[0-9]{5}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WARNING = """# A recorded Dynatrace environment

`python -m tests.sandbox --from FOLDER`, in the folder of the collection community.dynatrace, starts a sandbox as this environment was.

**This is not anonymous.** Secrets are masked as the server masks them, but texts of settings may hold secrets, names of people, hosts and
addresses all the same{replaced}. Look through the files before you give them to anybody.
"""
_REPLACED = """. Names, hosts and mail addresses that were recognized have pseudonyms; nobody knows that all were.
Names of extensions and their authors, of schemas and of entities, and ids, are the real ones"""


@dataclass(frozen=True)
class RecordedExtension:
    """``versions``: the newest first."""

    name: str
    active_version: str | None
    keywords: Sequence[str]
    versions: Sequence[str]
    configurations: Sequence[Row]


@dataclass
class Recorded:
    """All that was read. ``objects``: in the order of the API. ``offers``: versions on offer by ``OSTYPE/ARCHITECTURE``.

    ``environment_id``: by which texts may name the environment.
    """

    environment_id: str = ""
    documents: dict[str, Row] = field(default_factory=dict)
    objects: Sequence[Row] = ()
    effective: Sequence[Row] = ()
    activegates: Sequence[Row] = ()
    offers: dict[str, Sequence[str]] = field(default_factory=dict)
    extensions: Sequence[RecordedExtension] = ()
    version_documents: Sequence[Row] = ()
    not_recorded: list[dict[str, str]] = field(default_factory=list)

    def leave_out(self, what: str, reason: str) -> None:
        self.not_recorded.append({"what": what, "reason": reason})

    def missing(self) -> list[dict[str, str]]:
        """What was left out, in an order that does not depend on who was faster."""
        return sorted(self.not_recorded, key=lambda row: (row["what"], row["reason"]))

    def configurations(self) -> list[Row]:
        """Of all extensions."""
        return list(itertools.chain.from_iterable(extension.configurations for extension in self.extensions))

    def valued(self) -> list[Row]:
        """All that has a value."""
        return [*self.objects, *self.effective, *self.configurations()]

    def counts(self) -> dict[str, int]:
        """How much of each kind there is."""
        return {
            "schemas": len(self.documents),
            "objects": len(self.objects),
            "effective_values": len(self.effective),
            "activegates": len(self.activegates),
            "extensions": len(self.extensions),
            "monitoring_configurations": len(self.configurations()),
        }


def text_of(content: Any) -> str:
    """A file. The order of an object's fields is that of the API."""
    return content if isinstance(content, str) else json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def json_names(folder: str, ids: Sequence[str]) -> dict[str, str]:
    """The path of each one's file within the recording."""
    return {name: f"{folder}/{file.rpartition('.')[0]}.json" for name, file in file_names(ids).items()}


def without_own_value(recorded: Recorded) -> list[str]:
    """The schemas of one object for which none is stored on the environment, so that another value is in force there."""
    places = {(row["schemaId"], row["scope"]) for row in recorded.objects}
    return sorted(
        schema_id
        for schema_id, document in recorded.documents.items()
        if _is_inherited(document) and (schema_id, ENVIRONMENT) not in places
    )


def _is_inherited(document: Row) -> bool:
    """Whether there is a value on the environment although none is stored there."""
    return document.get("multiObject") is False and ENVIRONMENT in texts(document.get("allowedScopes"))


def is_whole(kept: Row, name: str, version: str) -> bool:
    """Whether a file of an earlier run has all that there is to know of this version of an extension."""
    is_this = (kept.get("extensionName"), kept.get("version")) == (name, version)
    return is_this and None not in (kept.get("details"), kept.get("schema"))


def contents(recorded: Recorded, key: str | None) -> dict[str, Any]:
    """All files by name but those of documents, which were written as they came. ``key``: with pseudonyms."""
    shown = _Shown(_pseudonyms(recorded, key) if key else None)
    by_schema = grouped(recorded.objects, lambda row: str(row["schemaId"]))
    names = json_names(OBJECTS, sorted(by_schema))
    files: dict[str, Any] = {README: _WARNING.format(replaced=_REPLACED if key else "")}
    for schema_id, file in names.items():
        rows = sorted(by_schema[schema_id], key=lambda row: str(row["scope"]))
        files[file] = {"schemaId": schema_id, "objects": [shown.object(row) for row in rows]}
    effective = sorted(recorded.effective, key=lambda row: str(row["schemaId"]))
    files[EFFECTIVE] = {str(row["schemaId"]): shown.effective(row) for row in effective}
    files[ACTIVEGATES] = {
        "activeGates": [shown.activegate(row) for row in recorded.activegates],
        "availableVersions": {system: list(offer) for system, offer in sorted(recorded.offers.items())},
    }
    extensions = sorted(recorded.extensions, key=lambda extension: extension.name)
    files[EXTENSIONS] = [shown.extension(extension) for extension in extensions]
    return files


def index(recorded: Recorded | None, has_pseudonyms: bool) -> dict[str, Any]:
    """The file that says what this folder is. ``recorded`` None: the recording has not ended."""
    missing = [] if recorded is None else recorded.missing()
    return {
        "format": FORMAT,
        "complete": recorded is not None,
        "pseudonyms": has_pseudonyms,
        "notRecorded": missing,
    }


def _pseudonyms(recorded: Recorded, key: str) -> Pseudonyms:
    vocabulary = Vocabulary()
    if _ENVIRONMENT_ID.fullmatch(recorded.environment_id):
        vocabulary.add(NAME, recorded.environment_id)
    for document in (*recorded.documents.values(), *recorded.version_documents):
        vocabulary.fixed.update(texts(document.get("enums")))
    for row in recorded.valued():
        vocabulary.learn(row["value"])
        _add(vocabulary, NAME, row, _PEOPLE)
    for row in recorded.activegates:
        _add(vocabulary, NAME, row, _GROUPS)
        _add(vocabulary, HOST, row, _ADDRESSES)
    return Pseudonyms(key, vocabulary)


def _add(vocabulary: Vocabulary, kind: str, row: Row, fields: Sequence[str]) -> None:
    for text in texts([row.get(name) for name in fields]):
        vocabulary.add(kind, text)


def split_scope(scope: str) -> tuple[str, str]:
    """What no name is of a scope, and the name."""
    parts = _SCOPE.fullmatch(scope)
    return (parts[1], parts[2]) if parts else (scope, "")


class _Shown:
    """Rows as they are written. ``pseudonyms`` None: as they came."""

    def __init__(self, pseudonyms: Pseudonyms | None) -> None:
        self._pseudonyms = pseudonyms

    def object(self, row: Row) -> dict[str, Any]:
        kept = {name: row[name] for name in _OBJECT_FIELDS if row.get(name) is not None}
        return self._replaced(kept, "externalId", *_PEOPLE, "value")

    def effective(self, row: Row) -> dict[str, Any]:
        return self._replaced({name: row[name] for name in _EFFECTIVE_FIELDS if name in row}, "value")

    def activegate(self, row: Row) -> dict[str, Any]:
        return self._replaced(row, *_ADDRESSES, *_GROUPS)

    def extension(self, extension: RecordedExtension) -> dict[str, Any]:
        return {
            "extensionName": extension.name,
            "activeVersion": extension.active_version,
            "keywords": list(extension.keywords),
            "versions": list(extension.versions),
            "configurations": [self._configuration(row) for row in extension.configurations],
        }

    def _configuration(self, row: Row) -> dict[str, Any]:
        kind, name = split_scope(row.get("scope") or ENVIRONMENT)
        named = self._replaced({"name": name}, "name")
        return {**self._replaced(row, "value"), "scope": kind + named["name"]}

    def _replaced(self, row: Row, *fields: str) -> dict[str, Any]:
        """A copy with pseudonyms in these fields."""
        if self._pseudonyms is None:
            return dict(row)
        return {**row, **{name: self._pseudonyms.of(row[name]) for name in fields if name in row}}
