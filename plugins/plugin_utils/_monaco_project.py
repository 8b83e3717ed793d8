# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Reads a project of Monaco 2: the manifest, and the configs of its projects for one environment. Pure but for its ``Source``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_template import MonacoError

# What a config.yaml calls its kinds; a single word is the name of a classic API, or one of the last.
_KINDS = ("settings", "api", "automation", "document", "openpipeline", "bucket", "segment", "slo-v2")
_ACCOUNT_KEYS = frozenset({"users", "groups", "policies", "serviceUsers", "boundaries"})
RESERVED = frozenset({"id", "name", "scope", "insertAfter", "skip"})


class Source(Protocol):
    """Where the files are. Paths are relative to the folder of the manifest and have slashes."""

    def text(self, path: str) -> str:
        """Raises MonacoError."""

    def data(self, path: str) -> Any:
        """The content of a YAML file. Raises MonacoError."""

    def yaml_files(self, folder: str) -> Sequence[str]:
        """All of them below ``folder``, in order. Raises MonacoError when it is not there."""

    def folders(self, folder: str) -> Sequence[str]:
        """The names of the folders in ``folder``. Raises MonacoError when it is not there."""


@dataclass(frozen=True)
class Coordinate:
    """What names a config. ``type``: of settings the schema."""

    project: str
    type: str
    config_id: str

    def __str__(self) -> str:
        return f"{self.project}:{self.type}:{self.config_id}"


@dataclass(frozen=True)
class Config:
    """A config for one environment, overrides applied. ``parameters`` has ``name``, ``scope`` and ``insertAfter`` as well.

    ``details``: what stands below its kind, such as schema and permissions.
    """

    coordinate: Coordinate
    kind: str
    path: str
    template: str
    parameters: Mapping[str, Any]
    skip: Any
    origin_object_id: str | None
    details: Mapping[str, Any]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)


@dataclass(frozen=True)
class Problem:
    """What is left out. ``what``: a coordinate, or a file."""

    what: str
    path: str
    message: str


def environment_of(manifest: Any, wanted: str | None) -> tuple[str, str]:
    """The name and the group of the environment that is meant."""
    if not isinstance(manifest, Mapping) or not isinstance(manifest.get("projects"), list):
        raise MonacoError("the manifest has no list of projects: is it one of Monaco 2?")
    groups = {
        str(_named(one)): str(group.get("name", ""))
        for group in _mappings(manifest.get("environmentGroups"))
        for one in _mappings(group.get("environments"))
    }
    if wanted:
        if wanted not in groups:
            raise MonacoError(f"the manifest has no environment {wanted}; it has {', '.join(groups) or 'none'}")
        return wanted, groups[wanted]
    if len(groups) > 1:
        raise MonacoError(f"the manifest has several environments, say which one: {', '.join(groups)}")
    return next(iter(groups.items()), ("", ""))


def projects_of(manifest: Mapping[str, Any], source: Source, wanted: Sequence[str]) -> dict[str, str]:
    """The folders of the projects by name; of all, or of those named, which may be a grouping project."""
    found: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for one in _mappings(manifest["projects"]):
        name = str(_named(one))
        path = posixpath.normpath(str(one.get("path") or name).replace("\\", "/"))
        if one.get("type") == "grouping":
            inner = {f"{name}.{folder}": posixpath.join(path, folder) for folder in source.folders(path)}
            groups[name] = list(inner)
            found.update(inner)
        else:
            found[name] = path
    unknown = [name for name in wanted if name not in found and name not in groups]
    if unknown:
        raise MonacoError(f"the manifest has no project {', '.join(unknown)}; it has {', '.join(found)}")
    names = [inner for name in wanted for inner in groups.get(name, [name])] or list(found)
    return {name: found[name] for name in names}


def configs_of(project: str, folder: str, source: Source, environment: tuple[str, str]) -> Iterator[Config | Problem]:
    """Everything in the files of a project, in their order."""
    for path in source.yaml_files(folder):
        try:
            content = source.data(path)
            entries = _entries(content)
        except MonacoError as error:
            yield Problem(path, path, str(error))
            continue
        for number, entry in enumerate(entries, 1):
            try:
                yield _config(project, path, entry, environment)
            except MonacoError as error:
                name = entry.get("id") if isinstance(entry, Mapping) else None
                yield Problem(f"{project}:{name or f'config {number}'}", path, str(error))


def _entries(content: Any) -> list[Any]:
    if content is None or (isinstance(content, Mapping) and "manifestVersion" in content):
        return []
    if not isinstance(content, Mapping):
        raise MonacoError("it is no file of Monaco: it holds no configs")
    if "delete" in content:
        raise MonacoError(
            "what a delete file names is not carried over: use state=absent, or prune of settings_objects"
        )
    if "config" in content:
        raise MonacoError("it is a file of Monaco 1: let Monaco convert it first")
    if set(content) & _ACCOUNT_KEYS:
        raise MonacoError("account resources are not carried over")
    if not isinstance(content.get("configs"), list):
        raise MonacoError("it is no file of Monaco: it holds no configs")
    return list(content["configs"])


def _config(project: str, path: str, entry: Any, environment: tuple[str, str]) -> Config:
    if not isinstance(entry, Mapping) or not entry.get("id") or not isinstance(entry.get("config"), Mapping):
        raise MonacoError("it has no id or no config")
    kind, coordinate_type, details = _kind(entry.get("type"))
    merged: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    for layer in _layers(entry, environment):
        merged.update({name: value for name, value in layer.items() if value not in (None, "")})
        parameters.update(layer.get("parameters") or {})
    taken = RESERVED & set(parameters)
    if taken:
        raise MonacoError(f"its parameter {', '.join(sorted(taken))} has a name that Monaco keeps for itself")
    own = {"name": merged.get("name"), "scope": details.get("scope"), "insertAfter": details.get("insertAfter")}
    return Config(
        Coordinate(project, coordinate_type, str(entry["id"])),
        kind,
        path,
        str(merged.get("template") or "").replace("\\", "/"),
        {**parameters, **{name: value for name, value in own.items() if value is not None}},
        merged.get("skip"),
        merged.get("originObjectId"),
        details,
    )


def _layers(entry: Mapping[str, Any], environment: tuple[str, str]) -> Iterator[Mapping[str, Any]]:
    """The config, then what its group and its environment say instead. A parameter is replaced as a whole."""
    name, group = environment
    yield entry["config"]
    for key, label, wanted in (("groupOverrides", "group", group), ("environmentOverrides", "environment", name)):
        same = [one for one in _mappings(entry.get(key)) if one.get(label) == wanted]
        # The last one counts, as it does for Monaco.
        if same and isinstance(same[-1].get("override"), Mapping):
            yield same[-1]["override"]


def _kind(given: Any) -> tuple[str, str, Mapping[str, Any]]:
    """Its kind, the type of its coordinate, and what else is said there."""
    if isinstance(given, str) and given:
        return (given if given in _KINDS else "api"), given, {}
    if not isinstance(given, Mapping) or len(given) != 1:
        raise MonacoError("it has no type, or more than one")
    kind, details = next(iter(given.items()))
    if kind == "settings":
        if not isinstance(details, Mapping) or not details.get("schema"):
            raise MonacoError("its type has no schema")
        return kind, str(details["schema"]), details
    if not isinstance(details, Mapping):
        return str(kind), str(details), {}
    named = details.get("name") if kind == "api" else details.get("resource") if kind == "automation" else None
    return str(kind), str(named or kind), details


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _named(one: Mapping[str, Any]) -> Any:
    if not one.get("name"):
        raise MonacoError("the manifest has a project or an environment without a name")
    return one["name"]
