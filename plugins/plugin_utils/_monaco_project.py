# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Reads a project of Monaco 2: the manifest, and the configs of its projects for one environment. Pure but for its ``Source``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ansible_collections.community.dynatrace.plugins.plugin_utils import _monaco_yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import MonacoError
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_yaml import Node, Occurrences

# What a config.yaml calls its kinds where it gives only a word; any other word is the name of a classic API.
_SINGLE_WORDS = ("bucket", "segment", "slo-v2")
_ACCOUNT_KEYS = frozenset({"users", "groups", "policies", "serviceUsers", "boundaries"})
RESERVED = frozenset({"id", "name", "scope", "insertAfter", "skip"})
_MANIFEST = ("manifestVersion", "projects", "environmentGroups", "accounts")
_GROUP = ("name", "environments")
_PROJECT = ("name", "type", "path")
_ENTRY = ("id", "config", "type", "groupOverrides", "environmentOverrides")
_CONFIG = ("name", "parameters", "template", "skip", "originObjectId")
_OVERRIDES = (("groupOverrides", "group"), ("environmentOverrides", "environment"))
DELETE_FILE = "what it names is not converted: let Monaco delete it, or use state=absent, or prune of settings_objects"
_NO_FILE_OF_MONACO = "it is not a file of Monaco: it holds no configs"


class Source(Protocol):
    """Where the files are. Paths are relative to the folder of the manifest and have slashes."""

    def text(self, path: str) -> str:
        """Raises MonacoError."""

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
    origin_object_id: str
    details: Mapping[str, Any]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)


@dataclass(frozen=True)
class Problem:
    """What is left out, or only to be known. ``what``: a coordinate, or a file."""

    what: str
    path: str
    message: str
    is_note: bool = False


@dataclass(frozen=True)
class Environment:
    """The one that is meant, and its group."""

    name: str = ""
    group: str = ""


@dataclass(frozen=True)
class Manifest:
    """``folders``: by the names of the projects. ``groupings``: their projects. ``problems``: of projects that cannot be read."""

    environments: Mapping[str, Environment]
    folders: dict[str, str] = field(default_factory=dict)
    groupings: dict[str, list[str]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, folder: str) -> None:
        """A project. Raises MonacoError if there is one of this name."""
        if name in self.folders:
            raise MonacoError(f"the manifest has the project {name} twice")
        self.folders[name] = folder

    def environment(self, name: str) -> Environment:
        """Raises MonacoError."""
        if name not in self.environments:
            names = ", ".join(self.environments) or "none"
            raise MonacoError(f"the manifest has no environment {name}; it has {names}")
        return self.environments[name]

    def projects(self, wanted: Sequence[str]) -> dict[str, str]:
        """The folders of those that are wanted, which may be grouping projects; of all when none is. Raises MonacoError."""
        known = {**self.folders, **self.groupings, **self.problems}
        unknown = [name for name in wanted if name not in known]
        if unknown:
            raise MonacoError(f"the manifest has no project {', '.join(unknown)}; it has {', '.join(self.folders)}")
        for name in wanted or self.problems:
            if name in self.problems:
                raise MonacoError(f"the project {name} cannot be read: {self.problems[name]}")
        names = [inner for name in wanted for inner in self.groupings.get(name, [name])] or list(self.folders)
        return {name: self.folders[name] for name in names}


def manifest_at(source: Source, path: str) -> Manifest:
    """Raises MonacoError for what concerns all of it."""
    root, _has_more = _monaco_yaml.document(source.text(path))
    top = _monaco_yaml.record([root], _MANIFEST) if root is not None else {}
    manifest = Manifest(_environments(top))
    nodes = _items(top, "projects")
    if not nodes:
        raise MonacoError("the manifest lists no projects: is it one of Monaco 2?")
    for node in nodes:
        _read_project(_monaco_yaml.record([node], _PROJECT), source, manifest)
    return manifest


def _environments(top: Mapping[str, Occurrences]) -> dict[str, Environment]:
    environments: dict[str, Environment] = {}
    for group_node in _items(top, "environmentGroups"):
        group = _monaco_yaml.record([group_node], _GROUP)
        for node in _items(group, "environments"):
            name = _name_of(_monaco_yaml.mapping([node]), "an environment")
            if name in environments:
                raise MonacoError(f"the manifest has the environment {name} twice")
            environments[name] = Environment(name, _text(group, "name"))
    return environments


def _read_project(given: Mapping[str, Occurrences], source: Source, manifest: Manifest) -> None:
    name, kind = _name_of(given, "a project"), _text(given, "type") or "simple"
    folder = posixpath.normpath((_text(given, "path") or name).replace("\\", "/"))
    if kind == "simple":
        manifest.add(name, folder)
        return
    if kind != "grouping":
        raise MonacoError(f"the project {name} of the manifest has the unknown type {kind}")
    try:
        inner = [subfolder for subfolder in source.folders(folder) if not subfolder.startswith(".")]
    except MonacoError as error:
        manifest.problems[name] = str(error)
        return
    if not inner:
        manifest.problems[name] = f"it is a grouping project, and the folder {folder} holds no folders"
        return
    for subfolder in inner:
        manifest.add(f"{name}.{subfolder}", posixpath.join(folder, subfolder))
    manifest.groupings[name] = [f"{name}.{subfolder}" for subfolder in inner]


def _name_of(given: Mapping[str, Occurrences], what: str) -> str:
    name = _text(given, "name")
    if not name:
        raise MonacoError(f"the manifest has {what} without a name")
    return name


def _items(fields: Mapping[str, Occurrences], name: str) -> list[Node]:
    return _monaco_yaml.items(fields[name]) if name in fields else []


def _text(fields: Mapping[str, Occurrences], name: str) -> str:
    return _monaco_yaml.text(fields[name]) if name in fields else ""


def _anything(fields: Mapping[str, Occurrences], name: str) -> Any:
    return _monaco_yaml.anything(fields[name]) if name in fields else None


def configs_of(project: str, folder: str, source: Source, environment: Environment) -> Iterator[Config | Problem]:
    """Everything in the files of a project, in their order. Raises MonacoError when its folder cannot be read."""
    for path in source.yaml_files(folder):
        if _is_hidden(path, folder):
            continue
        try:
            root, has_more = _monaco_yaml.document(source.text(path))
            entries = _entries(root)
        except MonacoError as error:
            yield Problem(path, path, str(error))
            continue
        if has_more:
            yield Problem(path, path, "only the first of its YAML documents is read, as Monaco does", is_note=True)
        for number, entry in enumerate(entries, 1):
            yield _config_or_problem(project, path, entry, number, environment)


def _is_hidden(path: str, folder: str) -> bool:
    """Whether a folder that it is in begins with a dot: Monaco passes over these."""
    names = [posixpath.basename(folder), *posixpath.relpath(path, folder).split("/")[:-1]]
    return any(name.startswith(".") and name not in (".", "..") for name in names)


def _entries(root: Node | None) -> list[Node]:
    if root is None or _monaco_yaml.is_null([root]):
        return []
    if root.kind != _monaco_yaml.MAPPING:
        raise MonacoError(_NO_FILE_OF_MONACO)
    top = _monaco_yaml.mapping([root])
    if "manifestVersion" in top:
        return []
    if "delete" in top:
        raise MonacoError(DELETE_FILE)
    if "config" in top:
        raise MonacoError("it is a file of Monaco 1: let Monaco convert it first")
    if set(top) & _ACCOUNT_KEYS:
        raise MonacoError("account resources are not converted")
    if "configs" not in top:
        raise MonacoError(_NO_FILE_OF_MONACO)
    return _monaco_yaml.items(_monaco_yaml.record([root], ("configs",))["configs"])


def _config_or_problem(project: str, path: str, entry: Node, number: int, environment: Environment) -> Config | Problem:
    name = f"config {number}"
    try:
        fields = _monaco_yaml.record([entry], _ENTRY)
        name = _text(fields, "id") or name
        return _config(project, path, fields, environment)
    except MonacoError as error:
        return Problem(f"{project}:{name}", path, str(error))


def _config(project: str, path: str, fields: Mapping[str, Occurrences], environment: Environment) -> Config:
    config_id = _text(fields, "id")
    if not config_id or "config" not in fields:
        raise MonacoError("it has no id or no config")
    kind, coordinate_type, details = _kind(fields)
    merged = _merged(_layers(fields, environment))
    own = {"name": merged.name, "scope": details.get("scope"), "insertAfter": details.get("insertafter")}
    taken = RESERVED & set(merged.parameters)
    if taken:
        raise MonacoError(f"its parameter {', '.join(sorted(taken))} has a name that Monaco keeps for itself")
    return Config(
        Coordinate(project, coordinate_type, config_id),
        kind,
        path,
        merged.template.replace("\\", "/"),
        {**merged.parameters, **{name: value for name, value in own.items() if value is not None}},
        merged.skip,
        merged.origin_object_id,
        details,
    )


@dataclass
class _Definition:
    """What a config says, or an override instead of it."""

    name: Any = None
    template: str = ""
    skip: Any = None
    origin_object_id: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)


def _definition(occurrences: Occurrences) -> _Definition:
    fields = _monaco_yaml.record(occurrences, _CONFIG)
    parameters = _monaco_yaml.mapping(fields["parameters"]) if "parameters" in fields else {}
    return _Definition(
        _anything(fields, "name"),
        _text(fields, "template"),
        _anything(fields, "skip"),
        _text(fields, "originObjectId"),
        {name: _monaco_yaml.anything(nodes) for name, nodes in parameters.items()},
    )


def _merged(layers: Sequence[_Definition]) -> _Definition:
    """A later one counts where it says something. A parameter is replaced as a whole."""
    definition = _Definition()
    for layer in layers:
        if layer.name is not None:
            definition.name = layer.name
        if layer.skip is not None:
            definition.skip = layer.skip
        definition.template = layer.template or definition.template
        definition.origin_object_id = layer.origin_object_id or definition.origin_object_id
        definition.parameters.update(layer.parameters)
    return definition


def _layers(fields: Mapping[str, Occurrences], environment: Environment) -> list[_Definition]:
    """The config, then what its group and its environment say instead."""
    overrides: dict[tuple[str, str], _Definition] = {}
    for key, label in _OVERRIDES:
        for node in _items(fields, key):
            given = _monaco_yaml.record([node], (label, "override"))
            # Of several with one name the last one counts, as it does for Monaco.
            overrides[label, _text(given, label)] = _definition(given.get("override", ()))
    nothing = _Definition()
    return [
        _definition(fields["config"]),
        overrides.get(("group", environment.group), nothing),
        overrides.get(("environment", environment.name), nothing),
    ]


def _kind(fields: Mapping[str, Occurrences]) -> tuple[str, str, Mapping[str, Any]]:
    """Its kind, the type of its coordinate, and what else is said there."""
    if "type" not in fields or _monaco_yaml.is_null(fields["type"]):
        raise MonacoError("it has no type")
    node = fields["type"][-1]
    if node.kind == _monaco_yaml.SCALAR:
        word = _monaco_yaml.text([node])
        return (word if word in _SINGLE_WORDS else "api"), word, {}
    kinds = _monaco_yaml.mapping([node])
    if len(kinds) != 1:
        raise MonacoError("it has no type, or more than one")
    kind, given = next(iter(kinds.items()))
    content = _monaco_yaml.anything(given)
    # Monaco does not tell capitals from small letters there.
    details = {name.lower(): value for name, value in content.items()} if isinstance(content, Mapping) else {}
    return kind, _type(kind, content, details), details


def _type(kind: str, content: Any, details: Mapping[str, Any]) -> str:
    if kind == "settings":
        return _schema(details)
    named = details.get({"api": "name", "automation": "resource"}.get(kind, "")) if details else content
    return named if isinstance(named, str) else kind


def _schema(details: Mapping[str, Any]) -> str:
    schema = details.get("schema")
    if not isinstance(schema, str) or not schema:
        raise MonacoError("its type has no schema")
    return schema
