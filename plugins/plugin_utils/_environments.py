# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""From the objects of several environments to one set of them: what is the same, values by name, and a layer for each. Pure.

Base, values and layer of an environment put together are its objects again, whatever the values are called.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._lists import parts_of
from ansible_collections.community.dynatrace.plugins.module_utils._marks import JOIN, VALUE, mark_in
from ansible_collections.community.dynatrace.plugins.plugin_utils._filling import TEXT_OPTIONS
from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import Path, path_text

# By the name of an environment.
Versions = Mapping[str, Any]
_MAY_DIFFER = ("value", *TEXT_OPTIONS)
# Of Unicode's private use. Each stands for a part of a text while its parts are told apart.
_FIRST_SIGN, _LAST_SIGN = 0xE100, 0xE1FF
_SIGNS = re.compile(f"([{chr(_FIRST_SIGN)}-{chr(_LAST_SIGN)}])")


@dataclass(frozen=True)
class EnvironmentObjects:
    """``items``: options by key, in order. ``named``: what people have a name for, by key of the object and name; it names values."""

    items: Mapping[str, Mapping[str, Any]]
    named: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass
class SharedObjects:
    """``base``: options by key, in order. By the name of each environment, ``values`` by name, and ``layers``: options by key."""

    base: dict[str, dict[str, Any]]
    values: dict[str, dict[str, Any]]
    layers: dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class _Varied:
    """Stands in the base for what differs."""

    key: str
    path: Path
    versions: Versions


@dataclass(frozen=True)
class _Named:
    """A value: the names that it may have, the best one first, and what it is."""

    names: Sequence[str]
    versions: Versions


class _NoValueError(Exception):
    """What differs cannot be a value."""


def shared(environments: Mapping[str, EnvironmentObjects]) -> SharedObjects:
    """``environments``: by name, at least one."""
    result = SharedObjects({}, {name: {} for name in environments}, {name: {} for name in environments})
    for key in _merged_order([list(objects.items) for objects in environments.values()]):
        versions = {}
        for name, objects in environments.items():
            if key in objects.items:
                versions[name] = objects.items[key]
            else:
                result.layers[name][key] = {"key": key, "skip": True}
        object_layers = _ObjectLayers(key, versions)
        result.base[key] = object_layers.base
        for name, options in object_layers.layers.items():
            result.layers[name][key] = {"key": key, **options}
    names = _Names(environments)
    names.learn(result.base)
    result.base = {key: names.written(item) for key, item in result.base.items()}
    result.values = names.values
    return result


def _merged_order(lists: Iterable[Sequence[str]]) -> list[str]:
    """All keys: each list's own order, as far as those before it do not say otherwise."""
    order: list[str] = []
    known: set[str] = set()
    for keys in lists:
        before = None
        for key in keys:
            if key not in known:
                place = 0
                if before is not None:
                    place = order.index(before) + 1
                order.insert(place, key)
                known.add(key)
            before = key
    return order


class _ObjectLayers:
    """What is the same of one object, and what is not. ``layers``: by environment, what its layer says."""

    def __init__(self, key: str, versions: Mapping[str, Mapping[str, Any]]) -> None:
        self._key = key
        self.layers: dict[str, dict[str, Any]] = {}
        self.base: dict[str, Any] = self._properties(versions, (), False)

    def _template(self, versions: Versions, path: Path, is_in_list: bool) -> Any:
        """Raises _NoValueError for what only a layer can say."""
        values = list(versions.values())
        if _is_same(values):
            return values[0]
        if len(path) == 1 and path[0] not in _MAY_DIFFER:
            raise _NoValueError
        if all(map(_has_properties, values)):
            return self._properties(versions, path, is_in_list)
        elements = self._elements(versions, path)
        if elements is not None:
            return elements
        if None in values:
            raise _NoValueError
        return _Varied(self._key, path, dict(versions))

    def _properties(self, versions: Versions, path: Path, is_in_list: bool) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name in dict.fromkeys(name for value in versions.values() for name in value):
            parts = {environment: value[name] for environment, value in versions.items() if name in value}
            try:
                if len(parts) < len(versions):
                    raise _NoValueError
                result[name] = self._template(parts, (*path, name), is_in_list)
            except _NoValueError:
                if is_in_list:
                    raise
                for environment, part in parts.items():
                    self._say(environment, (*path, name), part)
        return result

    def _elements(self, versions: Versions, path: Path) -> list[Any] | None:
        """Of lists of as many objects each, one by one; None where that cannot be, and the list is one value."""
        lists = list(versions.values())
        if not all(map(_is_list_of_objects, lists)) or len(set(map(len, lists))) > 1:
            return None
        templates = []
        try:
            for index, elements in enumerate(zip(*lists)):
                templates.append(self._template(dict(zip(versions, elements)), (*path, index), True))
        except _NoValueError:
            return None
        return templates

    def _say(self, environment: str, path: Path, part: Any) -> None:
        below: Any = self.layers.setdefault(environment, {})
        for name in path[:-1]:
            below = below.setdefault(name, {})
        below[path[-1]] = part


class _Names:
    """Gives names to what differs. ``values``: by environment and name."""

    def __init__(self, environments: Mapping[str, EnvironmentObjects]) -> None:
        self._environments = environments
        self._parts: dict[int, Sequence[str | _Named]] = {}
        self._taken: dict[str, dict[str, Any]] = {}
        self._ambiguous: set[str] = set()

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        values: dict[str, dict[str, Any]] = {environment: {} for environment in self._environments}
        for name, versions in sorted(self._taken.items()):
            for environment, value in versions.items():
                values[environment][name] = value
        return values

    def learn(self, base: Mapping[str, Any]) -> None:
        """What people call by one name in several objects has that name if it is the same in all of them, else each has its own."""
        first: dict[str, dict[str, Any]] = {}
        for varied in _all_varied(base):
            self._parts[id(varied)] = self._parts_of(varied)
            for part in self._parts[id(varied)]:
                if isinstance(part, _Named) and not _agree(first.setdefault(part.names[0], {}), part.versions):
                    self._ambiguous.add(part.names[0])

    def written(self, value: Any) -> Any:
        if isinstance(value, _Varied):
            parts = list(map(self._mark, self._parts[id(value)]))
            if len(parts) > 1:
                return {JOIN: parts}
            return parts[0]
        if isinstance(value, Mapping):
            return {name: self.written(part) for name, part in value.items()}
        if isinstance(value, list):
            return list(map(self.written, value))
        return value

    def _mark(self, part: str | _Named) -> Any:
        """The first of its names that is free, or stands for the same already."""
        if isinstance(part, str):
            return part
        names = self._possible_names(part)
        return {VALUE: next(name for name in names if _agree(self._taken.setdefault(name, {}), part.versions))}

    def _possible_names(self, named: _Named) -> Iterator[str]:
        for name in named.names:
            if name not in self._ambiguous:
                yield name
        for number in itertools.count(2):
            yield f"{named.names[-1]}/{number}"

    def _parts_of(self, varied: _Varied) -> Sequence[str | _Named]:
        """One value, or the parts of a text."""
        place = f"{varied.key}/{path_text(varied.path[1:]) or varied.path[0]}"
        named = {}
        for name, versions in self._named(varied):
            for form in _forms(versions):
                if _is_same([form, varied.versions]):
                    return [_Named([name, f"{varied.key}/{name}", place], varied.versions)]
            named[name] = versions
        return _text_parts(varied, named) or [_Named([place], varied.versions)]

    def _named(self, varied: _Varied) -> Iterator[tuple[str, Versions]]:
        """What people have a name for in this object, and what differs."""
        known = {name: self._environments[name].named.get(varied.key, {}) for name in varied.versions}
        first, *others = known.values()
        for name in first:
            if all(name in named for named in others):
                versions = {environment: named[name] for environment, named in known.items()}
                if not _is_same(list(versions.values())):
                    yield name, versions


def _text_parts(varied: _Varied, named: Mapping[str, Versions]) -> list[str | _Named]:
    """A text in which only what has a name differs; empty where that is not so."""
    texts = dict(varied.versions)
    if not all(map(_is_free_of_signs, texts.values())):
        return []
    parts: list[_Named] = []
    for name in _longest_first(named):
        # As typed as it is: what is a number elsewhere is put into a text as well.
        versions = {environment: _as_text(value) for environment, value in named[name].items()}
        sign = chr(_FIRST_SIGN + len(parts))
        if sign <= chr(_LAST_SIGN) and _occurs(versions, texts):
            texts = {environment: text.replace(versions[environment], sign) for environment, text in texts.items()}
            parts.append(_Named([name, f"{varied.key}/{name}"], named[name]))
    if not parts or not _is_same(list(texts.values())):
        return []
    return _put_back(next(iter(texts.values())), parts)


def _is_free_of_signs(text: Any) -> bool:
    """Whether it is a text, and signs can stand in it for what has a name."""
    return isinstance(text, str) and not _SIGNS.search(text)


def _longest_first(named: Mapping[str, Versions]) -> list[str]:
    """A shorter one may be a part of a longer one."""
    return sorted(named, key=lambda name: (-len(str(next(iter(named[name].values())))), name))


def _occurs(versions: Mapping[str, str], texts: Mapping[str, str]) -> bool:
    """Whether each environment's text holds its own version."""
    return all(versions[environment] and versions[environment] in text for environment, text in texts.items())


def _put_back(text: str, parts: Sequence[_Named]) -> list[str | _Named]:
    """The pieces of a text, and instead of each sign what it stands for."""
    pieces: list[str | _Named] = []
    for piece in filter(None, _SIGNS.split(text)):
        if _SIGNS.fullmatch(piece):
            pieces.append(parts[ord(piece) - _FIRST_SIGN])
        else:
            pieces.append(piece)
    return pieces


def _as_text(value: Any) -> str:
    """As it stands inside of a text; empty for what does not."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return ""


def _forms(versions: Versions) -> Iterator[Versions]:
    """As they are, and as JSON reads them: what stands without quotes is a number, a list and so on."""
    yield versions
    try:
        yield {environment: json.loads(value) for environment, value in versions.items()}
    except (ValueError, TypeError, RecursionError):
        return


def _agree(taken: dict[str, Any], versions: Versions) -> bool:
    """Whether ``versions`` say what ``taken`` says of the same environments; they are added to it then."""
    for environment, value in versions.items():
        if environment in taken and not _is_same([taken[environment], value]):
            return False
    taken.update(versions)
    return True


def _all_varied(value: Any) -> Iterator[_Varied]:
    if isinstance(value, _Varied):
        yield value
    for part in parts_of(value):
        yield from _all_varied(part)


def _is_same(values: Sequence[Any]) -> bool:
    """In type as well: True is not 1."""
    return len({json.dumps(value, sort_keys=True) for value in values}) == 1


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(map(_has_properties, value))


def _has_properties(value: Any) -> bool:
    return isinstance(value, Mapping) and mark_in(value) is None
