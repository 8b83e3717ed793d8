# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Exported items in which what differs between environments has a name: ``{"$value": NAME}`` instead of it. Pure.

What is told are regular expressions, for texts and parts of texts, and properties.
"""

from __future__ import annotations

import collections
import fnmatch
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Union

from .._errors import InputError
from .._lists import grouped
from .._marks import JOIN, VALUE, mark_in
from .naming import digest, slug
from .walk import assembled, named_parts, place_below

# Options of an item beside its value that are looked through for texts.
_TEXT_OPTIONS = ("scope", "external_id")
_PLACE = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class ValueRules:
    """``patterns``: a named group of one tells the name of what it matches. ``properties``: pattern of schema ids, and path."""

    patterns: Sequence[re.Pattern[str]] = ()
    properties: Sequence[tuple[str, str]] = ()


def value_rules(patterns: Sequence[str], properties: Sequence[str]) -> ValueRules:
    """From options. Raises InputError for what is not a regular expression."""
    compiled = []
    for pattern in patterns:
        try:
            compiled.append(re.compile(pattern))
        except re.error as error:
            raise InputError(f"values_matching: {pattern} is not a regular expression: {error}") from error
    return ValueRules(compiled, [_property(text) for text in properties])


def _property(text: str) -> tuple[str, str]:
    """``SCHEMA/PATH``, or a path alone, which is meant in all schemas. No property has a colon in its name."""
    schema_id, slash, path = text.partition("/")
    if slash and (":" in schema_id or "*" in schema_id):
        return schema_id, path.replace("/", ".")
    return "*", text.replace("/", ".")


@dataclass(frozen=True)
class _Match:
    """A text, or a part of one, that becomes a value. ``name``: of the group; empty without one."""

    name: str
    text: str


# What becomes of a text.
_Parts = Sequence[Union[str, _Match]]


@dataclass
class ValueExport:
    """``files``: as an export has them. ``values``: by name."""

    files: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def with_values(files: Mapping[str, Sequence[Mapping[str, Any]]], rules: ValueRules) -> ValueExport:
    """``files``: items by schema id."""
    matches: dict[_Match, str] = collections.defaultdict(str)
    # The name of one may depend on all others.
    _written(files, rules, matches)
    return _written(files, rules, _names(matches))


def _written(
    files: Mapping[str, Sequence[Mapping[str, Any]]], rules: ValueRules, names: Mapping[_Match, str]
) -> ValueExport:
    result = ValueExport()
    for schema_id, items in files.items():
        paths = []
        for pattern, path in rules.properties:
            if fnmatch.fnmatchcase(schema_id, pattern):
                paths.append(path)
        writer = _ValueWriter(rules.patterns, paths, names, result.values)
        result.files[schema_id] = [writer.item(item) for item in items]
    return result


@dataclass(frozen=True)
class _ValueWriter:
    """For one schema. ``paths``: of the properties that become values whole. ``values``: what became one is added."""

    patterns: Sequence[re.Pattern[str]]
    paths: Sequence[str]
    names: Mapping[_Match, str]
    values: dict[str, Any]

    def item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        written = dict(item)
        for option in filter(item.__contains__, _TEXT_OPTIONS):
            written[option] = self._text(item[option])
        written["value"] = self._written(item["value"], item["key"], "")
        return written

    def _written(self, value: Any, key: str, path: str) -> Any:
        if _PLACE.sub("", path) in self.paths:
            name = f"{key}/{path}"
            self.values[name] = value
            return {VALUE: name}
        if isinstance(value, str):
            return self._text(value)
        if mark_in(value) is not None:
            return value
        parts = {name: self._written(part, key, place_below(path, name)) for name, part in named_parts(value)}
        return assembled(value, parts)

    def _named(self, match: str | _Match) -> Any:
        if isinstance(match, str):
            return match
        name = self.names[match]
        self.values[name] = match.text
        return {VALUE: name}

    def _text(self, text: str) -> Any:
        parts = list(map(self._named, _split(text, self.patterns)))
        if len(parts) > 1:
            return {JOIN: parts}
        return parts[0]


def _split(text: str, patterns: Sequence[re.Pattern[str]]) -> _Parts:
    """The first pattern comes first; the next ones see what it leaves."""
    if not patterns:
        return [text]
    parts: list[str | _Match] = []
    done = 0
    for start, end, name in _spans(text, patterns[0]):
        if start > done:
            parts += _split(text[done:start], patterns[1:])
        parts.append(_Match(name, text[start:end]))
        done = end
    if done < len(text) or not parts:
        parts += _split(text[done:], patterns[1:])
    return parts


def _spans(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
    """What is matched: by named groups where it has any, else the whole. A group inside of another is a part of it."""
    done = 0
    for match in pattern.finditer(text):
        spans = [(*match.span(name), name) for name in pattern.groupindex] or [(*match.span(), "")]
        for start, end, name in sorted(spans, key=lambda span: (span[0], -span[1])):
            if done <= start < end:
                yield start, end, name
                done = end


def _names(matches: Collection[_Match]) -> dict[_Match, str]:
    """The name of a group where it always matched the same text, else each text has a name of its own."""
    names: dict[_Match, str] = {}
    taken: set[str] = set()
    by_group = grouped(sorted(matches, key=attrgetter("name", "text")), attrgetter("name"))
    for group, alike in by_group.items():
        for match in alike:
            name = group
            if not group or len(alike) > 1:
                name = f"{group}-{slug(match.text)}".strip("-")
            if name in taken:
                name = f"{name}-{digest(match.text)[:8]}"
            names[match] = name
            taken.add(name)
    return names
