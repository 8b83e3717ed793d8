# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""sandbox_record: reads an environment into a folder from which the sandbox can start.

Documents of schemas and of versions of extensions are written as they come, and read once: a run that was interrupted goes on with the
next one. Everything else is read anew by each run, so that it fits together.
"""

from __future__ import annotations

import collections
import fnmatch
import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from .._activegates.api import ActiveGateApi
from .._activegates.model import ActiveGate
from .._errors import ApiError, refuse_if
from .._extensions.api import Extensions, ListedExtension
from .._lists import not_blank, read_all
from .._settings.api import ListedSchema, Settings
from .._settings.selection import chosen, groups, read_apart
from .._task import Result, Task, sides
from .folder import RecordingFolder
from .recording import (
    ENVIRONMENT,
    SCHEMAS,
    VERSIONS,
    Recorded,
    RecordedExtension,
    Row,
    contents,
    index,
    is_whole,
    json_names,
    without_own_value,
)

SETTINGS, ACTIVEGATES, EXTENSIONS = "settings", "activegates", "extensions"
PARTS = [SETTINGS, ACTIVEGATES, EXTENSIONS]
Value = TypeVar("Value")
# What the token may not read, or this server does not have.
_REFUSALS = (403, 404)


@dataclass(frozen=True)
class RecordOptions:
    """The options of the task. ``schema_ids``, ``exclude`` and ``extensions`` may be patterns. ``folder``: absolute."""

    folder: str
    parts: Sequence[str]
    schema_ids: Sequence[str]
    exclude: Sequence[str]
    scopes: Sequence[str]
    extensions: Sequence[str]
    pseudonym_key: str | None
    parallel: int
    admin_access: bool

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> RecordOptions:
        return cls(
            folder=os.path.abspath(params["path"]),
            parts=params["parts"],
            schema_ids=params["schema_ids"],
            exclude=not_blank(params["exclude"]),
            scopes=not_blank(params["scopes"]),
            extensions=params["extensions"],
            pseudonym_key=params["pseudonym_key"],
            parallel=params["parallel"],
            admin_access=params["admin_access"],
        )


def ensure(task: Task) -> Result:
    """The work of sandbox_record."""
    options = RecordOptions.from_params(task.params)
    has_pseudonyms = bool(options.pseudonym_key)
    folder = RecordingFolder(task, options.folder, has_pseudonyms)
    task.partial = lambda: {"folder": options.folder}
    with ThreadPoolExecutor(options.parallel) as pool:
        recorder = _Recorder(task, options, folder, pool)
        for part in sorted(set(options.parts), key=PARTS.index):
            recorder.record(part)
    recorder.raise_if_nothing_was_readable()
    for name, content in contents(recorder.recorded, options.pseudonym_key).items():
        folder.put(name, content)
    folder.finish(index(recorder.recorded, has_pseudonyms))
    return _result(task, folder, recorder.recorded)


def _result(task: Task, folder: RecordingFolder, recorded: Recorded) -> Result:
    missing = recorded.missing()
    if missing:
        task.warn(f"what could not be read is not in the recording ({len(missing)}, see not_recorded)")
    changes = [folder.changes[name] for name in sorted(folder.changes)]
    changing = [change for change in changes if change.action != "none"]
    counts = collections.Counter(change.action for change in changes)
    things = {
        "folder": folder.path,
        "recorded": recorded.counts(),
        "not_recorded": missing,
        "summary": {action: counts[action] for action in ("create", "update", "delete", "none")},
    }
    diffs = [sides(change.before, change.after, os.path.join(folder.path, change.name)) for change in changing]
    return Result(things, "update" if changing else "none", diffs=diffs)


class _Recorder:
    """Reads the parts of an environment, as far as the token may."""

    def __init__(self, task: Task, options: RecordOptions, folder: RecordingFolder, pool: ThreadPoolExecutor) -> None:
        self.recorded = Recorded(task.client.environment_id)
        self._options = options
        self._folder = folder
        self._pool = pool
        self._settings = Settings(task.client, options.admin_access)
        self._activegates = ActiveGateApi(task.client)
        self._extensions = Extensions(task.client)
        self._refused: list[ApiError] = []
        self._was_readable = False

    def record(self, part: str) -> None:
        read = {SETTINGS: self._read_settings, ACTIVEGATES: self._read_activegates, EXTENSIONS: self._read_extensions}
        self._tried(part, read[part])

    def raise_if_nothing_was_readable(self) -> None:
        """Then it is not about single things: the token is for something else."""
        if self._refused and not self._was_readable:
            raise self._refused[0]

    def _tried(self, what: str, read: Callable[[], Value]) -> Value | None:
        """What ``read`` gives; None, and noted, where the server refuses it."""
        try:
            value = read()
        except ApiError as error:
            if error.status not in _REFUSALS:
                raise
            self._refuse(what, error)
            return None
        self._was_readable = True
        return value

    def _refuse(self, what: str, error: ApiError) -> None:
        self._refused.append(error)
        self.recorded.leave_out(what, error.message)

    # settings

    def _read_settings(self) -> None:
        listed = {schema.schema_id: schema for schema in self._settings.listed_schemas()}
        if not listed:  # as in the twin of a recording without settings
            return
        ids = sorted(chosen(listed, self._options.schema_ids, self._options.exclude))
        files = json_names(SCHEMAS, ids)
        documents = read_all(self._pool, lambda name: self._document(listed[name], files[name]), ids)
        self.recorded.documents = {name: document for name, document in zip(ids, documents) if document}
        ordered = {name: listed[name].is_ordered for name in self.recorded.documents}
        lists = read_all(self._pool, partial(self._apart, self._objects), groups(ordered, self._options.parallel))
        self.recorded.objects = list(itertools.chain.from_iterable(lists))
        self._read_effective()

    def _document(self, schema: ListedSchema, file: str) -> Row | None:
        """As an earlier run has written it, if it is of the same version."""
        kept = self._folder.document(file)
        if (kept.get("schemaId"), kept.get("version")) == (schema.schema_id, schema.version):
            self._folder.keep(file)
            return kept
        what = f"schema {schema.schema_id}"
        document = self._tried(what, lambda: self._settings.listed_document(schema.schema_id))
        if document is not None:
            self._folder.put(file, document)
        return document

    def _apart(self, read: Callable[[Sequence[str]], Sequence[Row]], schema_ids: Sequence[str]) -> list[Row]:
        return read_apart(read, schema_ids, lambda name, error: self._refuse(f"settings of {name}", error))

    def _objects(self, schema_ids: Sequence[str]) -> Sequence[Row]:
        return self._settings.identified_rows(schema_ids, self._options.scopes)

    def _read_effective(self) -> None:
        """What is in force on the environment where nothing is stored: defaults, as this server has them."""
        names = without_own_value(self.recorded)
        lists = groups(dict.fromkeys(names, False), self._options.parallel)
        rows = itertools.chain.from_iterable(read_all(self._pool, partial(self._apart, self._effective), lists))
        self.recorded.effective = [row for row in rows if row.get("schemaId") in names]

    def _effective(self, schema_ids: Sequence[str]) -> Sequence[Row]:
        return self._settings.effective_rows(schema_ids, ENVIRONMENT)

    # ActiveGates

    def _read_activegates(self) -> None:
        activegates = self._activegates.activegates()
        self.recorded.activegates = [activegate.row for activegate in activegates]
        systems = {_system(activegate): activegate for activegate in activegates}
        for name, activegate in sorted(systems.items()):
            offer = self._activegates.offer(activegate)
            if offer.versions is None:
                self.recorded.leave_out(f"ActiveGate versions for {name}", offer.why_unknown)
            else:
                self.recorded.offers[name] = offer.versions

    # extensions

    def _read_extensions(self) -> None:
        by_name = {row.name: row for row in self._extensions.listed(None)}
        names: set[str] = set()
        for pattern in self._options.extensions:
            matching = fnmatch.filter(by_name, pattern)
            # An environment may have none that a pattern stands for.
            refuse_if(not matching and "*" not in pattern, f"this environment has no extension {pattern}")
            names.update(matching)
        listed = [by_name[name] for name in sorted(names)]
        self.recorded.extensions = read_all(self._pool, self._extension, listed)
        versions = [(row.name, version) for row in self.recorded.extensions for version in row.versions]
        files = json_names(VERSIONS, sorted(f"{name}-{version}" for name, version in versions))
        read = read_all(self._pool, lambda pair: self._version(*pair, files["-".join(pair)]), versions)
        self.recorded.version_documents = [kept["schema"] for kept in read if kept["schema"]]

    def _extension(self, row: ListedExtension) -> RecordedExtension:
        configurations = self._tried(
            f"monitoring configurations of {row.name}", lambda: self._extensions.configurations(row.name)
        )
        return RecordedExtension(
            name=row.name,
            active_version=row.active_version,
            keywords=row.keywords,
            versions=self._extensions.versions(row.name),
            configurations=[configuration.row for configuration in configurations or ()],
        )

    def _version(self, name: str, version: str, file: str) -> Row:
        """As an earlier run has written it, since a version never changes; a schema comes with the first activation."""
        kept = self._folder.document(file)
        if is_whole(kept, name, version):
            self._folder.keep(file)
            return kept
        content = {
            "extensionName": name,
            "version": version,
            "details": self._tried(
                f"extension {name} {version}",
                lambda: self._extensions.details(name, version),
            ),
            "schema": self._tried(
                f"schema of extension {name} {version}",
                lambda: self._extensions.schema_document(name, version),
            ),
        }
        self._folder.put(file, content)
        return content


def _system(activegate: ActiveGate) -> str:
    return f"{activegate.os_type}/{activegate.architecture}"
