# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""What of an export comes along to another environment, and why the rest does not. Pure.

An object that refers to one that stays behind stays behind too: in the other environment the reference would lead nowhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._lists import parts_of
from ansible_collections.community.dynatrace.plugins.module_utils._marks import REFERENCE, SECRET, mark_in
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
    needed: set[str] = set()
    report = []
    for key, item in items.items():
        # An object can be refused because its secret is missing.
        if key in refused or key not in reasons:
            needed.update(_marks(item["value"], SECRET))
        if key in reasons:
            report.append(_line(LEFT, key, reasons[key]))
    for item in rows:
        report += _entities(item)
    missing = sorted(needed - set(secrets))
    report += [_line(MISSING, name, _NOT_GIVEN) for name in missing]
    outcome = {"files": files, "keys": [item["key"] for item in rows], "missing": missing, "report": report}
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


def _line(level: str, name: str, message: str) -> dict[str, str]:
    return {"level": level, "name": name, "message": message}


def _reasons(exported: Mapping[str, Any], schema_ids: Collection[str]) -> dict[str, str]:
    """Why objects cannot come along, as far as that is known without asking, by key."""
    reasons: dict[str, str] = {}
    for file in exported["files"]:
        if file["schema_id"] not in schema_ids:
            keys = [item["key"] for item in file["content"]["objects"]]
            reasons.update(dict.fromkeys(keys, "the target has no such schema"))
    for reference in exported["outside"]:
        schema_id = reference["schema_id"] or "a schema that is not known"
        reasons[reference["key"]] = f"its {reference['path']} refers to an object of {schema_id} by an id of the source"
    return reasons


def _dependent(items: Mapping[str, Mapping[str, Any]], reasons: Mapping[str, str]) -> dict[str, str]:
    """Of those that refer to what stays behind, and in turn of those that refer to them."""
    referring = defaultdict(list)
    for key, item in items.items():
        for other in _marks(item["value"], REFERENCE):
            referring[other].append(key)
    more: dict[str, str] = {}
    waiting = list(reasons)
    while waiting:
        behind = waiting.pop()
        for key in referring[behind]:
            if key not in reasons and key not in more:
                more[key] = f"it refers to {behind}, which stays behind"
                waiting.append(key)
    return more


def _parts(value: Any) -> Iterator[Any]:
    """The value and all that is in it, but for what a mark holds."""
    yield value
    if _is_mark(value):
        return
    for part in parts_of(value):
        yield from _parts(part)


def _marks(value: Any, mark: str) -> Iterator[str]:
    """The names in all ``{mark: name}`` of a value."""
    for part in _parts(value):
        if mark_in(part) == mark:
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


def _is_mark(value: Any) -> bool:
    return mark_in(value) in (REFERENCE, SECRET)


class _Replacing:
    """Replaces parts of texts, longer ones first, and never inside of what was put in."""

    def __init__(self, replacements: Mapping[str, str]) -> None:
        self._replacements = replacements
        longest_first: Sequence[str] = sorted(replacements, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """With everything replaced that is not a name of this export."""
        changed = dict(item)
        if self._replacements:
            for name in item.keys() & {"scope", "external_id", "value"}:
                changed[name] = self._value(item[name])
        return changed

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._pattern.sub(lambda match: self._replacements[match[0]], value)
        if isinstance(value, list):
            return list(map(self._value, value))
        if isinstance(value, Mapping) and not _is_mark(value):
            return {name: self._value(part) for name, part in value.items()}
        return value


def refused(result: Mapping[str, Any]) -> dict[str, str]:
    """Why objects were refused, by key: of a run of settings_objects in check mode.

    That the token lacks a scope, or that there was no answer, says nothing about an object.
    """
    reasons = dict(result.get("errors") or {})
    for row in result.get("objects") or ():
        error = row.get("error")
        if error and _is_refusal(error):
            reasons[row["key"]] = _said(error)
    return reasons


def _is_refusal(error: Mapping[str, Any]) -> bool:
    """Whether the object cannot be in this environment, by the server or by what is known of the schema."""
    return error.get("status") in _REFUSALS or not error.get("method")


def _said(error: Mapping[str, Any]) -> str:
    """The server's sentence, and where it finds what."""
    parts = [str(error.get("message") or "it is refused")]
    for violation in error.get("constraint_violations") or ():
        parts.append(f"{violation['path']}: {violation['message']}")
    return "; ".join(parts)


def _summary(outcome: Mapping[str, Any]) -> str:
    left = sum(line["level"] == LEFT for line in outcome["report"])
    if not outcome["keys"] and not left:
        return "No object of the source matches what is chosen: check schemas, scopes, external ids and names."
    along = count(len(outcome["keys"]), "object")
    return f"Comes along: {along}. Stays behind: {left}. Secrets that are not given: {len(outcome['missing'])}."


def _text(sentence: str, report: Sequence[Mapping[str, str]]) -> str:
    lines = [sentence, *(f"{line['level']}: {line['name']}: {line['message']}" for line in report)]
    return visible("\n".join(lines)) + "\n"


def _lines(sentence: str, report: Sequence[Mapping[str, str]]) -> list[str]:
    """For a terminal."""
    rows = [(_SAYS[line["level"]] + line["message"], (line["name"],)) for line in report]
    return [*wrapped(sentence), *error_table(("OBJECT",), rows)]
