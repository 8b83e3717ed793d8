# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The values of the parameters of Monaco's configs. Pure but for the files that parameters may name."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import TO_FILL_IN
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_project import Config, Coordinate, Source
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_template import (
    MonacoError,
    escaped,
    loaded,
    mark,
    marks,
    printed,
    render,
)

# Its ids are numbers to Monaco, which it reads out of the object ids that the server gives.
_NUMERIC_IDS = "builtin:management-zones"


@dataclass(frozen=True)
class Later:
    """What only the run that applies it knows. ``target``: the config whose object id it is; else it is a variable."""

    name: str
    stands_for: Mapping[str, str]
    target: Coordinate | None = None


class Parameters:
    """Resolves them on demand, so that only what is used can fail.

    ``variables``: values of environment variables that may be written down. ``given``: values by
    ``project:type:config:property``, for what is not known here. ``note`` learns (coordinate, text).
    """

    def __init__(
        self,
        configs: Mapping[Coordinate, Config],
        source: Source,
        variables: Mapping[str, Any],
        given: Mapping[str, Any],
        note: Callable[[Coordinate, str], None],
    ) -> None:
        self._configs = configs
        self._source = source
        self._variables = variables
        self._given = given
        self._note = note
        self._found: dict[tuple[Coordinate, str], Any] = {}
        self._pending: list[tuple[Coordinate, str]] = []
        self._later: list[Later] = []
        self._numbers: dict[str, int] = {}

    def payload(self, config: Config) -> dict[str, Any]:
        """The value of a settings object. Raises MonacoError."""
        if not config.template:
            raise MonacoError("it has no template")
        text = self._source.text(posixpath.normpath(posixpath.join(config.folder, config.template)))
        value = loaded(render(text, lambda names: self._text(config, names)), self._later)
        if not isinstance(value, dict):
            raise MonacoError("its template is no JSON object")
        return value

    def plain(self, config: Config, name: str) -> str:
        """A parameter that must be known now. Raises MonacoError."""
        text = _unescaped(printed(self._value(config, name), name))
        self._refuse_later(name, text)
        return text

    def reference(self, config: Config, name: str) -> Coordinate | None:
        """The config whose object id a parameter is, None where it is something else."""
        value = self._value(config, name)
        numbers = marks(value) if isinstance(value, str) else []
        return self._later[numbers[0]].target if numbers and value == mark(numbers[0]) else None

    def is_skipped(self, config: Config) -> bool:
        """Raises MonacoError."""
        if config.skip is None:
            return False
        value = self._resolved(config, "skip", config.skip)
        text = printed(value, "skip").lower()
        self._refuse_later("skip", text)
        if text not in ("true", "false"):
            raise MonacoError(f"its skip is neither true nor false, but {text}")
        return text == "true"

    def _refuse_later(self, name: str, text: str) -> None:
        for number in marks(text):
            raise MonacoError(
                f"its {name} depends on {self._later[number].name}, which is known only when it is applied: give its value"
            )

    def _text(self, config: Config, names: Sequence[str]) -> str:
        return printed(self._inside(self._value(config, names[0]), names), ".".join(names))

    def _value(self, config: Config, name: str) -> Any:
        """As Monaco resolves it: texts are escaped."""
        at = (config.coordinate, name)
        if at in self._found:
            return self._found[at]
        if name not in config.parameters:
            raise MonacoError(f"{config.coordinate} has no parameter {name}")
        if at in self._pending:
            raise MonacoError(f"the parameter {name} of {config.coordinate} refers to itself")
        self._pending.append(at)
        try:
            self._found[at] = self._resolved(config, name, config.parameters[name])
        finally:
            self._pending.pop()
        return self._found[at]

    def _inside(self, value: Any, names: Sequence[str]) -> Any:
        for position, name in enumerate(names[1:], 1):
            if not isinstance(value, Mapping) or name not in value:
                raise MonacoError(f"the parameter {'.'.join(names[:position])} has no {name}")
            value = value[name]
        return value

    def _resolved(self, config: Config, name: str, given: Any) -> Any:
        if isinstance(given, list):
            return self._short_reference(config, name, given)
        if not isinstance(given, Mapping):
            return _escaped(given)
        kinds = {
            "value": self._literal,
            "environment": self._variable,
            "reference": self._long_reference,
            "compound": self._compound,
            "list": self._list,
            "file": self._file,
        }
        kind = kinds.get(str(given.get("type")))
        if kind is None:
            raise MonacoError(f"its parameter {name} has the unknown type {given.get('type')}")
        return kind(config, name, given)

    def _literal(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        return _escaped(_part(given, name, "value"))

    def _variable(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        variable = str(_part(given, name, "name"))
        if variable in self._variables:
            return _escaped(str(self._variables[variable]))
        if "default" in given:
            self._note(
                config.coordinate,
                f"the environment variable {variable} is replaced by its default; give its value if it is another one",
            )
            return _escaped("" if given["default"] is None else printed(given["default"], name))
        return self._marked(Later(f"the environment variable {variable}", {TO_FILL_IN: variable}))

    def _short_reference(self, config: Config, name: str, given: Sequence[Any]) -> Any:
        if not 1 <= len(given) <= 4:
            raise MonacoError(f"its parameter {name} is a reference of {len(given)} parts")
        own = config.coordinate
        parts = [own.project, own.type, own.config_id, ""]
        parts[4 - len(given) :] = [str(one) for one in given]
        return self._referenced(config, Coordinate(*parts[:3]), parts[3])

    def _long_reference(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        own = config.coordinate
        target = Coordinate(
            str(given.get("project", own.project)),
            str(given.get("configType", own.type)),
            str(given.get("configId", own.config_id)),
        )
        return self._referenced(config, target, str(_part(given, name, "property")))

    def _referenced(self, config: Config, target: Coordinate, name: str) -> Any:
        told = f"{target}:{name}"
        if told in self._given:
            return _escaped(self._given[told])
        found = self._configs.get(target)
        if found is None:
            raise MonacoError(f"it refers to {target}, which is in none of the projects")
        if name != "id":
            names = name.split(".")
            return self._inside(self._value(found, names[0]), names)
        if found.kind != "settings" or target.type == _NUMERIC_IDS:
            kind = "the numeric id of a management zone" if found.kind == "settings" else "the id of no settings object"
            raise MonacoError(f"it refers to {told}, {kind}, which only the environment knows: give its value")
        return self._marked(Later(f"the id of {target}", {"$ref": str(target)}, target))

    def _marked(self, later: Later) -> str:
        if later.name not in self._numbers:
            self._numbers[later.name] = len(self._later)
            self._later.append(later)
        return mark(self._numbers[later.name])

    def _compound(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        names = [str(one[-1]) if isinstance(one, list) else str(one) for one in _part(given, name, "references")]

        def part(path: Sequence[str]) -> str:
            if path[0] not in names:
                raise MonacoError(f"its compound parameter {name} does not list {path[0]} in its references")
            return self._text(config, path)

        # What is put in is escaped already, and Monaco escapes the whole once more.
        return _escaped(render(str(_part(given, name, "format")), part))

    def _list(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        found = []
        for one in _part(given, name, "values"):
            value = _part(one, name, "value") if isinstance(one, Mapping) else one
            found.append(f'"{printed(_escaped(value), name)}"')
        return f"[ {','.join(found)} ]"

    def _file(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        path = posixpath.normpath(posixpath.join(config.folder, str(_part(given, name, "path")).replace("\\", "/")))
        return _escaped(render(self._source.text(path), lambda names: self._text(config, names)))


def _part(given: Mapping[str, Any], name: str, part: str) -> Any:
    if part not in given:
        raise MonacoError(f"its parameter {name} has no {part}")
    return given[part]


def _escaped(value: Any) -> Any:
    """Texts, in maps too, but not in lists: so does Monaco."""
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, Mapping):
        return {str(name): _escaped(item) for name, item in value.items()}
    return value


def _unescaped(text: str) -> str:
    """Of a text that goes into no template."""
    return str(loaded(f'"{text}"', [])) if not marks(text) else text
