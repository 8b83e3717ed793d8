# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What is known of an environment, and the files that hold it. Pure.

The files depend on the environment alone: times and addresses of a recording are in none of them. The sandbox reads them
(tests/sandbox/twin.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._lists import grouped
from .._settings.naming import file_names
from .pseudonyms import Pseudonyms, Vocabulary, enum_values

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
# Scopes of monitoring configurations that end in a name.
_NAMED_SCOPES = ("ag_group-", "management_zone-")
_WARNING = """# A recorded Dynatrace environment

`python -m tests.sandbox --from FOLDER`, in the folder of the collection community.dynatrace, starts a sandbox as this environment was.

**This is not anonymous.** Secrets are masked as the server masks them, but texts of settings may hold secrets, names of people, hosts and
addresses all the same{replaced}. Look through the files before you give them to anybody.
"""
_REPLACED = """. Names, hosts and mail addresses that were recognised have pseudonyms; nobody knows that all were.
Names of extensions, of schemas and of entities, and ids, are the real ones"""


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
    """All that was read. ``objects``: in the order of the API. ``offers``: versions on offer by ``OSTYPE/ARCHITECTURE``."""

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

    def counts(self) -> dict[str, int]:
        """How much of each kind there is."""
        return {
            "schemas": len(self.documents),
            "objects": len(self.objects),
            "effective_values": len(self.effective),
            "activegates": len(self.activegates),
            "extensions": len(self.extensions),
            "monitoring_configurations": sum(len(extension.configurations) for extension in self.extensions),
        }


def text_of(content: Any) -> str:
    """A file. The order of an object's fields is that of the API."""
    return content if isinstance(content, str) else json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def json_names(folder: str, ids: Sequence[str]) -> dict[str, str]:
    """The path of each one's file within the recording."""
    return {name: f"{folder}/{file.rpartition('.')[0]}.json" for name, file in file_names(ids).items()}


def without_own_value(recorded: Recorded) -> list[str]:
    """The schemas of one object for which none is stored on the environment, so that another value is in force there."""
    stored = {row["schemaId"] for row in recorded.objects if row["scope"] == ENVIRONMENT}
    return sorted(
        schema_id
        for schema_id, document in recorded.documents.items()
        if not document.get("multiObject", True) and schema_id not in stored and _allows_environment(document)
    )


def _allows_environment(document: Row) -> bool:
    scopes = document.get("allowedScopes")
    return isinstance(scopes, list) and ENVIRONMENT in scopes


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
    missing = [] if recorded is None else sorted(recorded.not_recorded, key=lambda row: (row["what"], row["reason"]))
    return {
        "format": FORMAT,
        "complete": recorded is not None,
        "pseudonyms": has_pseudonyms,
        "notRecorded": missing,
    }


def _pseudonyms(recorded: Recorded, key: str) -> Pseudonyms:
    vocabulary = Vocabulary()
    for document in (*recorded.documents.values(), *recorded.version_documents):
        vocabulary.fixed |= enum_values(document)
    for row in (*recorded.objects, *recorded.effective):
        vocabulary.learn(row["value"])
        vocabulary.add_names(*_texts(row, *_PEOPLE))
    for extension in recorded.extensions:
        for row in extension.configurations:
            vocabulary.learn(row["value"])
    for row in recorded.activegates:
        vocabulary.add_names(*_texts(row, "group", "networkZone"))
        vocabulary.add_hosts(*_texts(row, "hostname", "networkAddresses", "loadBalancerAddresses"))
    return Pseudonyms(key, vocabulary)


def _texts(row: Row, *fields: str) -> list[str]:
    texts = []
    for name in fields:
        value = row.get(name)
        texts += [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
    return texts


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
        return self._replaced(row, "hostname", "networkAddresses", "loadBalancerAddresses", "group", "networkZone")

    def extension(self, extension: RecordedExtension) -> dict[str, Any]:
        return {
            "extensionName": extension.name,
            "activeVersion": extension.active_version,
            "keywords": list(extension.keywords),
            "versions": list(extension.versions),
            "configurations": [self._configuration(row) for row in extension.configurations],
        }

    def _configuration(self, row: Row) -> dict[str, Any]:
        scope = row.get("scope") or ENVIRONMENT
        kind = next((prefix for prefix in _NAMED_SCOPES if scope.startswith(prefix)), scope)
        named = self._replaced({"name": scope[len(kind) :]}, "name")
        return {**self._replaced(row, "value"), "scope": kind + named["name"]}

    def _replaced(self, row: Row, *fields: str) -> dict[str, Any]:
        copy = dict(row)
        for name in fields:
            if self._pseudonyms is not None and name in copy:
                copy[name] = self._pseudonyms.value(copy[name])
        return copy
