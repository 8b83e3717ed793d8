# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The values of the parameters of Monaco's configs. Pure but for the files that parameters may name."""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._marks import REFERENCE, SECRET
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_functions import kind as kind_of
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_project import (
    RESERVED,
    Config,
    Coordinate,
    Source,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_template import loaded, render
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import (
    MonacoError,
    UnknownError,
    escaped,
    mark,
    marks,
    printed,
    require_known,
    texts_of,
    truth_of_text,
    unescaped,
)

# Its ids are numbers to Monaco, which it reads out of the object ids that the server gives.
_NUMERIC_IDS = "builtin:management-zones"
# Where people give what they know and the project does not hold, as the role calls it.
_VALUES, _VARIABLES = "settings_from_monaco_values", "settings_from_monaco_variables"
# A setting that refers to a zone takes either (API facts, 3.1). Where a text takes the number alone, the server refuses the object id.
_ZONE_NOTE = (
    f"its object id, and by its number for Monaco; if the server refuses that, give the number in {_VALUES} for"
)
_REFERENCE = "reference"
# What Monaco takes in these places; a value may be written without its type.
_ALLOWED = {"scope": ("value", "environment", _REFERENCE), "skip": ("value", "environment")}


@dataclass(frozen=True)
class Later:
    """What only the run that applies it knows. ``target``: the config whose object id it is; else it is a variable."""

    name: str
    stands_for: Mapping[str, str]
    target: Coordinate | None = None

    @property
    def remedy(self) -> str:
        """What people can do who know it before."""
        if self.target is None:
            return f"give it in {_VARIABLES}"
        return f"give it in {_VALUES}"


class _Data(Mapping[str, Any]):
    """What a template may name. Values are resolved when they are asked for, so that only what is used can fail."""

    def __init__(self, names: Sequence[str], resolve: Callable[[str], Any], missing: Callable[[str], str]) -> None:
        self._names = names
        self._resolve = resolve
        self._missing = missing

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise MonacoError(self._missing(name))
        return self._resolve(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


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
        path = _path(config, config.template)
        rendered = self._rendered(path, self._source.text(path), self._data(config))
        try:
            value = loaded(rendered, self._later)
        except MonacoError as error:
            raise MonacoError(f"{path}: {error}") from None
        if not isinstance(value, dict):
            raise MonacoError(f"{path}: the template is not a JSON object")
        return value

    def plain(self, config: Config, name: str) -> str:
        """A parameter that must be a text and known now. Raises MonacoError."""
        if name not in config.parameters:
            raise MonacoError(f"its type has no {name}")
        self._check_kind(name, config.parameters[name])
        value = self._value(config, name)
        if not isinstance(value, str) or not value:
            raise MonacoError(f"its {name} must be a text, and is {kind_of(value) if value != '' else 'empty'}")
        self._refuse_later(name, value)
        return value

    def reference(self, config: Config, name: str) -> Coordinate | None:
        """The config whose object id a parameter is, None where it is something else."""
        value = self._value(config, name)
        numbers = marks(value) if isinstance(value, str) else []
        return self._later[numbers[0]].target if numbers and value == mark(numbers[0]) else None

    def known(self, config: Config) -> dict[str, Any]:
        """The values of its parameters that were asked for and are known now, as they were before they were escaped."""
        values = {}
        for (coordinate, name), value in self._found.items():
            if coordinate == config.coordinate and name not in RESERVED:
                with contextlib.suppress(MonacoError):
                    require_known(*texts_of(value))
                    values[name] = unescaped(value)
        return values

    def is_skipped(self, config: Config) -> bool:
        """Raises MonacoError."""
        if config.skip is None:
            return False
        self._check_kind("skip", config.skip)
        text = printed(self._resolved(config, "skip", config.skip))
        self._refuse_later("skip", text)
        truth = truth_of_text(text)
        if truth is None:
            raise MonacoError(f"its skip is neither true nor false, but {text}")
        return truth

    def targets(self, config: Config) -> set[Coordinate]:
        """The configs that its parameters refer to, whether they are used or not."""
        targets = set()
        for name, given in config.parameters.items():
            if _kind(given) == _REFERENCE:
                with contextlib.suppress(MonacoError):
                    targets.add(_target(config.coordinate, name, given)[0])
        return targets - {config.coordinate}

    def _check_kind(self, name: str, given: Any) -> None:
        kind = _kind(given)
        if name in _ALLOWED and kind not in _ALLOWED[name]:
            raise MonacoError(f"its {name} is of the type {kind}, and Monaco takes only {', '.join(_ALLOWED[name])}")

    def _refuse_later(self, name: str, text: str) -> None:
        for number in marks(text):
            raise MonacoError(f"its {name} depends on {self._known_later(number)}")

    def _known_later(self, number: int) -> str:
        later = self._later[number]
        return f"{later.name}, which is known only when it is applied: {later.remedy}"

    def _rendered(self, where: str, text: str, data: Mapping[str, Any], is_file: bool = True) -> str:
        try:
            return render(text, data, is_file)
        except UnknownError as error:
            raise MonacoError(f"{where}: it depends on {self._known_later(error.number)}") from None
        except MonacoError as error:
            raise MonacoError(f"{where}: {error}") from None

    def _data(self, config: Config) -> _Data:
        return _Data(
            list(config.parameters),
            lambda name: self._value(config, name),
            lambda name: f"{config.coordinate} has no parameter {name}",
        )

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
            value = self._resolved(config, name, config.parameters[name])
        finally:
            self._pending.pop()
        self._found[at] = printed(value) if name == "name" else value
        return self._found[at]

    def _resolved(self, config: Config, name: str, given: Any) -> Any:
        if isinstance(given, list):
            return self._reference(config, name, given)
        if not isinstance(given, Mapping):
            return escaped(given)
        kinds = {
            "value": self._literal,
            "environment": self._variable,
            _REFERENCE: self._reference,
            "compound": self._compound,
            "list": self._list,
            "file": self._file,
        }
        resolver = kinds.get(_kind(given))
        if resolver is None:
            raise MonacoError(f"its parameter {name} has the unknown type {_kind(given)}")
        return resolver(config, name, given)

    def _literal(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        return escaped(_part(given, name, "value"))

    def _variable(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        variable = printed(_part(given, name, "name"))
        value = self._variables.get(variable)
        if value is not None:
            return escaped(printed(value))
        if "default" not in given:
            return self._marked(Later(f"the environment variable {variable}", {SECRET: variable}))
        if given["default"] is None:
            raise MonacoError(f'the default of the environment variable {variable} is null: write "" for an empty text')
        self._note(
            config.coordinate,
            f"the environment variable {variable} is replaced by its default; give another value in {_VARIABLES}",
        )
        return escaped(printed(given["default"]))

    def _reference(self, config: Config, name: str, given: Any) -> Any:
        target, property_name = _target(config.coordinate, name, given)
        return self._referenced(config, target, property_name)

    def _referenced(self, config: Config, target: Coordinate, name: str) -> Any:
        told = f"{target}:{name}"
        if self._given.get(told) is not None:
            return escaped(self._given[told])
        owner = self._configs.get(target)
        if owner is None:
            raise MonacoError(
                f"it refers to {told}, which is in none of the projects of the manifest: give it in {_VALUES}"
            )
        if name != "id":
            first, *others = name.split(".")
            return _inside(self._value(owner, first), first, others)
        if target == config.coordinate:
            raise MonacoError("it refers to its own id, which it has only afterwards")
        if owner.kind != "settings":
            raise MonacoError(
                f"it refers to {told}, the id of no settings object, which only the environment knows: give it in {_VALUES}"
            )
        if target.type == _NUMERIC_IDS:
            self._note(config.coordinate, f"it refers to a management zone by {_ZONE_NOTE} {told}")
        return self._marked(Later(f"the id of {target}", {REFERENCE: str(target)}, target))

    def _marked(self, later: Later) -> str:
        if later.name not in self._numbers:
            self._numbers[later.name] = len(self._later)
            self._later.append(later)
        return mark(self._numbers[later.name])

    def _compound(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        data = _Data(
            _references(given, name),
            lambda parameter: self._value(config, parameter),
            lambda parameter: f"it does not list {parameter} in its references",
        )
        form = printed(_part(given, name, "format"))
        # What is put in is escaped already, and Monaco escapes the whole once more.
        return escaped(self._rendered(f"its compound parameter {name}", form, data, is_file=False))

    def _list(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        values = _part(given, name, "values")
        if not isinstance(values, list):
            raise MonacoError(f"the values of its parameter {name} are not a list")
        texts = [_part(value, name, "value") if isinstance(value, Mapping) else value for value in values]
        for text in texts:
            if not isinstance(text, str):
                raise MonacoError(f"its parameter {name} lists {kind_of(text)}, and Monaco takes only texts: quote it")
        return "[ {} ]".format(",".join(f'"{escaped(text)}"' for text in texts))

    def _file(self, config: Config, name: str, given: Mapping[str, Any]) -> Any:
        path = _path(config, printed(_part(given, name, "path")))
        is_escaped = given.get("escape", True)
        if not isinstance(is_escaped, bool):
            raise MonacoError(f"escape of its parameter {name} is neither true nor false")
        # Newer releases of Monaco give a file only what is in its references, older ones all parameters.
        rendered = self._rendered(path, self._source.text(path), self._data(config))
        return escaped(rendered) if is_escaped else rendered


def _kind(given: Any) -> str:
    if isinstance(given, list):
        return _REFERENCE
    return printed(given.get("type")) if isinstance(given, Mapping) else "value"


def _target(own: Coordinate, name: str, given: Sequence[Any] | Mapping[str, Any]) -> tuple[Coordinate, str]:
    """The config that a reference leads to, and the property there. What it leaves out is that of ``own``. Raises MonacoError."""
    if isinstance(given, Mapping):
        return _long_target(own, name, given)
    if not 1 <= len(given) <= 4:
        raise MonacoError(f"its parameter {name} is a reference of {len(given)} parts, and Monaco takes 1 to 4")
    parts = [own.project, own.type, own.config_id, ""]
    parts[4 - len(given) :] = [printed(part) for part in given]
    return Coordinate(*parts[:3]), parts[3]


def _long_target(own: Coordinate, name: str, given: Mapping[str, Any]) -> tuple[Coordinate, str]:
    for outer, inner in (("project", "configType"), ("configType", "configId")):
        if outer in given and inner not in given:
            raise MonacoError(f"its parameter {name} has {outer}, and no {inner}")
    target = Coordinate(
        printed(given.get("project", own.project)),
        printed(given.get("configType", own.type)),
        printed(given.get("configId", own.config_id)),
    )
    return target, printed(_part(given, name, "property"))


def _path(config: Config, path: str) -> str:
    """Of a file beside the config. Monaco takes a slash at its beginning for one too many."""
    return posixpath.normpath(posixpath.join(config.folder, path.replace("\\", "/").lstrip("/")))


def _references(given: Mapping[str, Any], name: str) -> list[str]:
    references = _part(given, name, "references")
    if not isinstance(references, list) or any(isinstance(reference, (list, Mapping)) for reference in references):
        raise MonacoError(f"the references of its parameter {name} are not a list of names")
    return [printed(reference) for reference in references]


def _inside(value: Any, first: str, others: Sequence[str]) -> Any:
    path = first
    for name in others:
        if not isinstance(value, Mapping) or name not in value:
            raise MonacoError(f"the parameter {path} has no {name}")
        value, path = value[name], f"{path}.{name}"
    return value


def _part(given: Mapping[str, Any], name: str, part: str) -> Any:
    if part not in given:
        raise MonacoError(f"its parameter {name} has no {part}")
    return given[part]
