# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""From a project of Monaco to the files that the lookup settings_files reads, and what they do not hold. Pure but for its Source.

Each environment is worked out by itself, as Monaco does it; what all have is put together then.
"""

from __future__ import annotations

import base64
import collections
import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._marks import REFERENCE, SECRET
from ansible_collections.community.dynatrace.plugins.module_utils._settings.naming import file_names
from ansible_collections.community.dynatrace.plugins.plugin_utils._environments import (
    EnvironmentObjects,
    SharedObjects,
    shared,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_classic import instead
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_parameters import Parameters
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_project import (
    DELETE_FILE,
    Config,
    Coordinate,
    Environment,
    Manifest,
    Problem,
    Source,
    configs_of,
    manifest_at,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import MonacoError
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count

MANIFEST = "manifest.yaml"
_DELETE = "delete.yaml"
_EXTERNAL_ID = "monaco:"
_EXTERNAL_ID_LIMIT = 500
_FRONT, _BACK = "FRONT", "BACK"
# What is left out is missing afterwards, what is skipped is meant to be, and a note is about something that is there.
LEFT_OUT, SKIPPED, NOTE = _LEVELS = "left_out", "skipped", "note"


@dataclass(frozen=True)
class Wanted:
    """``environments``: their names, all of the manifest if there are none. ``legacy_ids``: the external ids of the first releases of
    Monaco 2, which did not know projects. The rest as in Parameters.
    """

    environments: Sequence[str] = ()
    projects: Sequence[str] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    legacy_ids: bool = False


def external_id(coordinate: Coordinate, is_legacy: bool = False) -> str:
    """The one that Monaco gives its objects, so that they are found again."""
    parts = [coordinate.type, coordinate.config_id]
    if not is_legacy:
        parts.insert(0, coordinate.project)
    encoded = base64.b64encode("$".join(parts).encode()).decode()
    limit = _EXTERNAL_ID_LIMIT - len(_EXTERNAL_ID)
    # Of a longer one Monaco takes what is beyond the limit.
    return _EXTERNAL_ID + (encoded[limit:] if len(encoded) > limit else encoded)


@dataclass(frozen=True)
class Carried:
    """The objects of one environment, by their keys. ``schemas``: by the keys as well. ``parameters``: what is known of each, by key."""

    items: Mapping[str, dict[str, Any]]
    schemas: Mapping[str, str]
    parameters: Mapping[str, Mapping[str, Any]]
    report: Sequence[Mapping[str, str]]


def migrated(source: Source, path: str, wanted: Wanted) -> dict[str, Any]:
    """What the manifest at ``path`` becomes: ``files`` (name and content), ``secrets`` (names), ``report`` and its ``counts``.

    Of several environments, ``files`` holds what all have, and ``environments`` the ``values`` and the ``files`` of the layer of each by
    its ``name``. Raises MonacoError for what concerns all of it.
    """
    manifest = manifest_at(source, path)
    carried = {
        environment.name: _Migration(source, manifest, wanted, environment).run()
        for environment in _environments(manifest, wanted)
    }
    objects = {name: EnvironmentObjects(each.items, each.parameters) for name, each in carried.items()}
    together = shared(objects)
    schemas = {key: schema for each in carried.values() for key, schema in each.schemas.items()}
    report = _one_report({name: each.report for name, each in carried.items()})
    return {
        "files": _files(together.base, schemas, {"value_mode": "replace"}),
        "environments": _own_files(together, schemas) if len(carried) > 1 else [],
        "secrets": _secret_names(carried.values()),
        "counts": _counts(together.base, report),
        "report": report,
    }


def _environments(manifest: Manifest, wanted: Wanted) -> list[Environment]:
    """Those that are wanted, else all of the manifest."""
    names = list(dict.fromkeys(wanted.environments)) or list(manifest.environments)
    if len(names) > 1:
        names = list(map(_checked_name, names))
    return list(map(manifest.environment, names)) or [Environment()]


def _own_files(together: SharedObjects, schemas: Mapping[str, str]) -> list[dict[str, Any]]:
    """Of each environment the values, and the files of its layer."""
    return [
        {"name": name, "values": together.values[name], "files": _files(layer, schemas)}
        for name, layer in together.layers.items()
    ]


def _secret_names(carried: Iterable[Carried]) -> list[str]:
    names: set[str] = set()
    for objects in carried:
        for item in objects.items.values():
            names.update(_names(item, SECRET))
    return sorted(names)


def _checked_name(name: str) -> str:
    """Of one of several environments: a file and a folder have its name."""
    if not re.fullmatch(r"[^./\\\0][^/\\\0]*", name):
        raise MonacoError(f"the environment {name} cannot be converted beside others: no file can have its name")
    return name


def _files(
    items: Mapping[str, dict[str, Any]], schemas: Mapping[str, str], top: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """One for each schema. With ``top`` it says what holds for its objects."""
    by_schema: dict[str, list[dict[str, Any]]] = {}
    for key, item in items.items():
        by_schema.setdefault(schemas[key], []).append(item)
    names = file_names(sorted(set(schemas.values())))
    files = []
    for schema_id, objects in sorted(by_schema.items()):
        said = {} if top is None else {"schema_id": schema_id, **top}
        files.append({"name": names[schema_id], "content": {**said, "objects": objects}})
    return files


def _one_report(reports: Mapping[str, Sequence[Mapping[str, str]]]) -> list[dict[str, str]]:
    """What is not said of all environments names those of which it is said. What is missing afterwards comes first."""
    concerned: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for environment, entries in reports.items():
        for entry in entries:
            concerned.setdefault(tuple(entry.items()), []).append(environment)
    report = []
    for said, environments in concerned.items():
        entry = dict(said)
        if len(environments) < len(reports):
            entry["message"] = f"in {', '.join(environments)}: {entry['message']}"
        report.append(entry)
    return sorted(report, key=lambda entry: _LEVELS.index(entry["level"]))


def _counts(items: Mapping[str, Any], report: Sequence[Mapping[str, str]]) -> dict[str, int]:
    levels = collections.Counter(entry["level"] for entry in report)
    return {"converted": len(items), **{level: levels[level] for level in _LEVELS}}


class _Migration:
    """For one environment. ``_items`` are those of the files, by coordinate and in the order of the projects."""

    def __init__(self, source: Source, manifest: Manifest, wanted: Wanted, environment: Environment) -> None:
        self._report: list[dict[str, str]] = []
        self._wanted = wanted
        self._chosen = manifest.projects(wanted.projects)
        self._configs: dict[Coordinate, Config] = {}
        self._items: dict[Coordinate, dict[str, Any]] = {}
        self._after: dict[Coordinate, Coordinate] = {}
        # With the sentence about each.
        self._skipped: dict[Coordinate, str] = {}
        self._load(source, manifest, environment)
        self._parameters = Parameters(self._configs, source, wanted.variables, wanted.values, self._note)

    def run(self) -> Carried:
        self._skip()
        for config in self._configs.values():
            if config.coordinate.project in self._chosen:
                self._add(config)
        self._drop_broken_references()
        arranged = self._arranged()
        self._tell_versions(arranged)
        return Carried(
            items={str(coordinate): self._items[coordinate] for coordinate in arranged},
            schemas={str(coordinate): coordinate.type for coordinate in arranged},
            parameters={str(coordinate): self._parameters.known(self._configs[coordinate]) for coordinate in arranged},
            report=self._report_of_what_is_there(),
        )

    def _load(self, source: Source, manifest: Manifest, environment: Environment) -> None:
        """All projects, since references may lead to one that is not asked for. What is wrong with such a one does not matter here."""
        for project, folder in manifest.folders.items():
            is_chosen = project in self._chosen
            try:
                configs = list(configs_of(project, folder, source, environment))
            except MonacoError as error:
                if is_chosen:
                    raise MonacoError(f"the project {project} cannot be read: {error}") from None
                continue
            if is_chosen and not configs:
                self._say(LEFT_OUT, project, folder, f"the folder {folder} of this project holds no configs")
            for entry in configs:
                self._take(entry, is_chosen)
        # Monaco takes it where people keep it, beside the manifest, and so in no project.
        with contextlib.suppress(MonacoError):
            source.text(_DELETE)
            self._say(NOTE, _DELETE, _DELETE, DELETE_FILE)

    def _take(self, entry: Config | Problem, is_chosen: bool) -> None:
        if isinstance(entry, Problem):
            if is_chosen:
                self._say(NOTE if entry.is_note else LEFT_OUT, entry.what, entry.path, entry.message)
        elif entry.coordinate in self._configs:
            self._leave_out(entry, "another config of this project and type has the same id")
        else:
            self._configs[entry.coordinate] = entry

    def _add(self, config: Config) -> None:
        coordinate = config.coordinate
        if coordinate in self._skipped:
            self._say(SKIPPED, str(coordinate), config.path, self._skipped[coordinate])
            return
        try:
            self._parameters.is_skipped(config)
            if config.kind != "settings":
                raise MonacoError(instead(config.kind, coordinate.type, str(config.details.get("kind") or "")))
            self._items[coordinate] = self._item(config)
        except MonacoError as error:
            self._leave_out(config, str(error))
        except RecursionError:
            self._leave_out(config, "its parameters and templates are nested too deeply")

    def _skip(self) -> None:
        """What Monaco skips: configs whose skip is true, and whatever refers to such a one, directly or not."""
        for coordinate, config in self._configs.items():
            with contextlib.suppress(MonacoError):
                if self._parameters.is_skipped(config):
                    self._skipped[coordinate] = "it is skipped by Monaco too"
        users = self._users()
        waiting = list(self._skipped)
        while waiting:
            target = waiting.pop()
            for coordinate in users.get(target, set()) - self._skipped.keys():
                self._skipped[coordinate] = f"it is skipped by Monaco too, since it refers to {target}"
                waiting.append(coordinate)

    def _users(self) -> dict[Coordinate, set[Coordinate]]:
        """By config, those that refer to it."""
        users: dict[Coordinate, set[Coordinate]] = {}
        for coordinate, config in self._configs.items():
            for target in self._parameters.targets(config):
                users.setdefault(target, set()).add(coordinate)
        return users

    def _item(self, config: Config) -> dict[str, Any]:
        coordinate = config.coordinate
        scope = self._parameters.plain(config, "scope")
        item: dict[str, Any] = {"key": str(coordinate)}
        if scope != "environment":
            item["scope"] = scope
        item["external_id"] = external_id(coordinate, self._wanted.legacy_ids)
        if config.origin_object_id:
            item["object_id"] = config.origin_object_id
        value = self._parameters.payload(config)
        if "insertAfter" in config.parameters:
            item.update(self._position(config))
        if config.details.get("permissions"):
            self._note(
                coordinate, "its permissions are not converted: use community.dynatrace.settings_object_permission"
            )
        return {**item, "value": value}

    def _position(self, config: Config) -> dict[str, str]:
        target = self._parameters.reference(config, "insertAfter")
        if target is not None:
            self._after[config.coordinate] = target
            return {"insert_after": str(target)}
        text = self._parameters.plain(config, "insertAfter")
        positions = {_FRONT: "first", _BACK: "last"}
        return {"position": positions[text.upper()]} if text.upper() in positions else {"insert_after": text}

    def _drop_broken_references(self) -> None:
        """What refers to something that is not there could not be applied either; so on, until nothing more falls."""
        is_done = False
        while not is_done:
            is_done = True
            keys = {str(coordinate) for coordinate in self._items}
            for coordinate in list(self._items):
                missing = sorted(set(_names(self._items[coordinate]["value"], REFERENCE)) - keys)
                if missing:
                    del self._items[coordinate]
                    self._leave_out(
                        self._configs[coordinate], f"it refers to {', '.join(missing)}, which is not converted"
                    )
                    is_done = False
        for coordinate, target in self._after.items():
            if coordinate in self._items and target not in self._items:
                del self._items[coordinate]["insert_after"]
                self._note(coordinate, f"its place is not converted: {target}, which it stands after, is not either")

    def _tell_versions(self, coordinates: Iterable[Coordinate]) -> None:
        versions: collections.Counter[str] = collections.Counter()
        for coordinate in coordinates:
            if self._configs[coordinate].details.get("schemaversion"):
                versions[coordinate.type] += 1
        for schema_id, number in sorted(versions.items()):
            text = (
                f"schemaVersion of {count(number, 'config')} is not converted: the newest version of the schema counts"
            )
            self._say(NOTE, schema_id, "", text)

    def _arranged(self) -> list[Coordinate]:
        """Objects that stand after another one follow it, the first are first and the last last."""
        followers = self._followers()
        following = {coordinate for group in followers.values() for coordinate in group}
        roots = [coordinate for coordinate in self._items if coordinate not in following]
        places = {"first": 0, "last": 2}
        roots.sort(key=lambda coordinate: places.get(self._items[coordinate].get("position", ""), 1))
        arranged: list[Coordinate] = []
        for root in roots:
            chain = _chain(root, followers)
            self._give_each_its_own_neighbor(chain)
            arranged += chain
        self._refuse_circles(set(self._items) - set(arranged))
        self._one_at_each_end(arranged)
        return arranged

    def _followers(self) -> dict[Coordinate, list[Coordinate]]:
        """By object, those that stand directly after it."""
        followers: dict[Coordinate, list[Coordinate]] = {}
        for coordinate, target in self._after.items():
            if "insert_after" in self._items.get(coordinate, ()):
                followers.setdefault(target, []).append(coordinate)
        return followers

    def _give_each_its_own_neighbor(self, chain: Sequence[Coordinate]) -> None:
        """Monaco puts one after the other to its place, so that several may name the same neighbor."""
        for before, coordinate in zip(chain, chain[1:]):
            if self._after[coordinate] != before:
                self._items[coordinate]["insert_after"] = str(before)
                self._note(
                    coordinate,
                    f"several stand directly after {self._after[coordinate]}: this one now stands after {before}",
                )

    def _refuse_circles(self, left: Iterable[Coordinate]) -> None:
        for coordinate in list(left):
            del self._items[coordinate]
            self._leave_out(self._configs[coordinate], "the objects that it stands after stand after it as well")

    def _one_at_each_end(self, arranged: Sequence[Coordinate]) -> None:
        taken: set[tuple[str, str, str]] = set()
        for coordinate in arranged:
            item = self._items[coordinate]
            if "position" in item:
                place = (coordinate.type, item.get("scope", ""), item["position"])
                if place in taken:
                    self._note(coordinate, f"several are to be {item['position']}: this one stands as it is listed")
                    del item["position"]
                taken.add(place)

    def _report_of_what_is_there(self) -> list[dict[str, str]]:
        """Without notes about configs that are left out in the end."""
        left_out = {entry["config"] for entry in self._report if entry["level"] == LEFT_OUT}
        return [entry for entry in self._report if entry["level"] != NOTE or entry["config"] not in left_out]

    def _note(self, coordinate: Coordinate, message: str) -> None:
        path = self._configs[coordinate].path
        if coordinate.project in self._chosen:
            self._say(NOTE, str(coordinate), path, message)

    def _leave_out(self, config: Config, message: str) -> None:
        if config.coordinate.project in self._chosen:
            self._say(LEFT_OUT, str(config.coordinate), config.path, message)

    def _say(self, level: str, what: str, path: str, message: str) -> None:
        entry = {"level": level, "config": what, "file": path, "message": message}
        if entry not in self._report:
            self._report.append(entry)


def _chain(root: Coordinate, followers: Mapping[Coordinate, Sequence[Coordinate]]) -> list[Coordinate]:
    """All that stand after ``root``, directly or not, as they are to stand."""
    chain, waiting = [], [root]
    while waiting:
        coordinate = waiting.pop()
        chain.append(coordinate)
        waiting.extend(reversed(followers.get(coordinate, ())))
    return chain


def _names(value: Any, kind: str) -> list[str]:
    """What ``$ref`` or ``$secret`` name in ``value``."""
    if isinstance(value, Mapping):
        if set(value) == {kind}:
            return [str(value[kind])]
        return [name for item in value.values() for name in _names(item, kind)]
    if isinstance(value, list):
        return [name for item in value for name in _names(item, kind)]
    return []
