# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""What of an export comes along to another environment, and why the rest does not. Pure.

An object that refers to one that stays behind stays behind too: in the other environment the reference would lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._lists import grouped
from ansible_collections.community.dynatrace.plugins.module_utils._marks import REFERENCE, SECRET
from ansible_collections.community.dynatrace.plugins.plugin_utils._error_table import error_table, wrapped
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count, visible

_ENVIRONMENT = "environment"
# An entity, whose id another environment does not have.
_ENTITY = re.compile(r"\b[A-Z][A-Z_]*-[0-9A-F]{16}\b")
LEFT, NOTE, MISSING = "left", "note", "secret"
# The statuses with which a server refuses an object.
_REFUSALS = (400, 404, 409, 422)
_SAYS = {LEFT: "stays behind: ", NOTE: "", MISSING: "secret: "}
_NOT_GIVEN = "it is not given: an object that exists keeps its own, a new one has none"


def copied(
    exported: Mapping[str, Any],
    schema_ids: Collection[str],
    replacements: Mapping[str, str],
    secrets: Collection[str],
    refused: Mapping[str, str],
) -> dict[str, Any]:
    """``files`` to apply to the other environment, ``keys`` of their objects, names of ``missing`` secrets, the ``report``, its
    ``summary``, the ``text`` of both, and the same as ``lines`` for a terminal.

    ``exported``: the result of settings_export_info. ``schema_ids``: all of the other environment. ``replacements``: texts by what they
    replace. ``secrets``: names of those that are given. ``refused``: what is known to be refused, by key.
    """
    items = {item["key"]: item for item in _objects(exported["files"])}
    reasons = {**_reasons(exported, schema_ids), **refused}
    reasons.update(_dependent(items, reasons))
    files = list(_files(exported["files"], reasons, _Replacing(replacements)))
    rows = list(_objects(files))
    # An object can be refused because its secret is missing.
    missing = _secrets([*rows, *(items[key] for key in refused if key in items)]) - set(secrets)
    report = [_line(LEFT, key, reasons[key]) for key in items if key in reasons]
    for item in rows:
        report += _entities(item)
    report += [_line(MISSING, name, _NOT_GIVEN) for name in sorted(missing)]
    outcome = {"files": files, "keys": [item["key"] for item in rows], "missing": sorted(missing), "report": report}
    sentence = _summary(outcome)
    return {**outcome, "summary": sentence, "text": _text(sentence, report), "lines": _lines(sentence, report)}


def _objects(files: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for file in files:
        yield from file["content"]["objects"]


def _files(files: Sequence[Mapping[str, Any]], left: Collection[str], replace: _Replacing) -> Iterator[dict[str, Any]]:
    for file in files:
        objects = [replace.item(item) for item in file["content"]["objects"] if item["key"] not in left]
        if objects:
            yield {"name": file["name"], "content": {**file["content"], "objects": objects}}


def _secrets(items: Sequence[Mapping[str, Any]]) -> set[str]:
    names: set[str] = set()
    for item in items:
        names.update(_marks(item["value"], SECRET))
    return names


def _line(level: str, name: str, message: str) -> dict[str, str]:
    return {"level": level, "name": name, "message": message}


def _reasons(exported: Mapping[str, Any], schema_ids: Collection[str]) -> dict[str, str]:
    """Why objects cannot come along, as far as that is known without asking, by key."""
    reasons: dict[str, str] = {}
    for file in exported["files"]:
        if file["schema_id"] not in schema_ids:
            reasons.update((item["key"], "the target has no such schema") for item in file["content"]["objects"])
    for reference in exported["outside"]:
        schema_id = reference["schema_id"] or "a schema that is not known"
        reasons[reference["key"]] = f"its {reference['path']} refers to an object of {schema_id} by an id of the source"
    return reasons


def _dependent(items: Mapping[str, Mapping[str, Any]], reasons: Mapping[str, str]) -> dict[str, str]:
    """Of those that refer to what stays behind, and in turn of those that refer to them."""
    pairs = [(other, key) for key, item in items.items() for other in _marks(item["value"], REFERENCE)]
    owners = grouped(pairs, lambda pair: pair[0])
    more: dict[str, str] = {}
    waiting = list(reasons)
    while waiting:
        behind = waiting.pop()
        for _other, key in owners.get(behind, ()):
            if key not in reasons and key not in more:
                more[key] = f"it refers to {behind}, which stays behind"
                waiting.append(key)
    return more


def _parts(value: Any) -> Iterator[Any]:
    """The value and all that is in it, but for what a mark holds."""
    yield value
    below: Iterable[Any] = ()
    if isinstance(value, list):
        below = value
    elif isinstance(value, Mapping) and not _is_mark(value):
        below = value.values()
    for part in below:
        yield from _parts(part)


def _marks(value: Any, mark: str) -> Iterator[str]:
    """The names in all ``{mark: name}`` of a value."""
    for part in _parts(value):
        if isinstance(part, Mapping) and set(part) == {mark}:
            yield str(part[mark])


def _entities(item: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Notes about ids that mean something only where they come from. Of each once."""
    scope = item.get("scope", _ENVIRONMENT)
    if scope != _ENVIRONMENT:
        yield _line(NOTE, item["key"], f"it lies on {scope}, as in the source")
    names: set[str] = set()
    for part in _parts(item["value"]):
        if isinstance(part, str):
            names.update(_ENTITY.findall(part))
    names.discard(scope)
    if names:
        yield _line(NOTE, item["key"], f"its value names {', '.join(sorted(names))}, as in the source")


def _is_mark(value: Mapping[str, Any]) -> bool:
    return set(value) in ({REFERENCE}, {SECRET})


class _Replacing:
    """Replaces parts of texts, longer ones first, and never inside of what was put in."""

    def __init__(self, replacements: Mapping[str, str]) -> None:
        self._replacements = replacements
        longest_first: Sequence[str] = sorted(replacements, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """With everything replaced that is not a name of this export."""
        if not self._replacements:
            return dict(item)
        changed = {name: self._value(item[name]) for name in ("scope", "external_id", "value") if name in item}
        return {**item, **changed}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._pattern.sub(lambda match: self._replacements[match[0]], value)
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, Mapping) and not _is_mark(value):
            return {name: self._value(item) for name, item in value.items()}
        return value


def refused(result: Mapping[str, Any]) -> dict[str, str]:
    """Why objects were refused, by key: of a run of settings_objects in check mode.

    That the token lacks a scope, or that there was no answer, says nothing about an object.
    """
    reasons = dict(result.get("errors") or {})
    for row in result.get("objects") or ():
        if row.get("error") and _is_refusal(row["error"]):
            reasons[row["key"]] = _said(row["error"])
    return reasons


def _is_refusal(error: Mapping[str, Any]) -> bool:
    """Whether the object cannot be in this environment, by the server or by what is known of the schema."""
    return error.get("status") in _REFUSALS or not error.get("method")


def _said(error: Mapping[str, Any]) -> str:
    """The server's sentence, and where it finds what."""
    parts = [f"{violation['path']}: {violation['message']}" for violation in error.get("constraint_violations") or ()]
    return "; ".join([str(error.get("message") or "it is refused"), *parts])


def _summary(outcome: Mapping[str, Any]) -> str:
    left = sum(line["level"] == LEFT for line in outcome["report"])
    along = count(len(outcome["keys"]), "object")
    return f"Comes along: {along}. Stays behind: {left}. Secrets that are not given: {len(outcome['missing'])}."


def _text(sentence: str, report: Sequence[Mapping[str, str]]) -> str:
    lines = [sentence, *(f"{line['level']}: {line['name']}: {line['message']}" for line in report)]
    return visible("\n".join(lines)) + "\n"


def _lines(sentence: str, report: Sequence[Mapping[str, str]]) -> list[str]:
    """For a terminal."""
    rows = [(_SAYS[line["level"]] + line["message"], (line["name"],)) for line in report]
    return [*wrapped(sentence), *error_table(("OBJECT",), rows)]
