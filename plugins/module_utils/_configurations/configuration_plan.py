# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From wanted monitoring configurations and those that are there to one change for each (FACTS section 2.4). Pure.

A configuration is compared, merged and masked as every settings object is. What differs: several on one scope are normal and the
schema has no unique keys, so another rule says which one is meant; and each follows the schema of one version of its extension.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._configurations.api import VERSION
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._packages.manifest import checked_name
from ansible_collections.community.dynatrace.plugins.module_utils._settings import object_plan as objects
from ansible_collections.community.dynatrace.plugins.module_utils._settings import secrets
from ansible_collections.community.dynatrace.plugins.module_utils._settings.constraints import problems
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import (
    COLLECTIONS,
    OBJECT,
    Property,
    Schema,
    lookup,
    property_at,
    split_path,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import conform
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Stored, Wanted, from_options

DESCRIPTION = "description"
# How many configurations or problems a message lists.
_SHOWN = 10


@dataclass(frozen=True)
class Entry:
    """One wanted configuration. ``label`` is what messages call it in a list, empty when it is the only one.

    ``version``: of the extension, where the user gave one; else a configuration keeps its own and a new one gets the active.
    """

    wanted: Wanted
    version: str | None
    label: str = ""


@dataclass(frozen=True)
class Planned:
    """``action``: create, update, delete or none. ``value`` goes to the server. Both sides are masked."""

    action: str
    target: Stored | None = None
    value: Mapping[str, Any] = field(default_factory=dict)
    scope: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def configuration_id(self) -> str | None:
        return self.target.object_id if self.target else None


def checked(name: str) -> str:
    """The option extension_name, if it can be one's name."""
    try:
        return checked_name(name)
    except InputError as error:
        raise InputError(f"extension_name {error.msg}") from None


def entry_from(name: str, options: Mapping[str, Any], label: str = "") -> Entry:
    """Raises InputError for options that cannot go together."""
    value = options.get("value")
    if options.get("state") == "present" and value is None:
        raise InputError("value is missing: only state absent can do without it")
    inside = (value or {}).get(VERSION)
    version = options.get("version") or (None if inside is None else str(inside))
    if inside is not None and version != str(inside):
        raise InputError(f"version is {version} and value.version {inside}: give one of them, or the same twice")
    configuration_id = options.get("configuration_id")
    wanted = from_options(
        {**options, "schema_id": f"ext:{name}", "object_id": configuration_id, "schema_version": None}
    )
    return Entry(wanted, version, label)


def candidates(entry: Entry, stored: Sequence[Stored]) -> list[Stored]:
    """Those among which ``find`` looks, for which no schema is needed yet.

    Only what the user gave identifies. Raises InputError if nothing does.
    """
    wanted = entry.wanted
    if wanted.object_id:
        found = _by_id(wanted, stored)
        return [found] if found else []
    here = [one for one in stored if one.scope == wanted.scope]
    missing = [path for path in wanted.match_on if lookup(wanted.value, path) in (None, "")]
    if missing or not wanted.match_on:
        names = " and ".join(f"value.{path}" for path in missing) or "match_on"
        raise InputError(
            f"nothing tells which configuration on {wanted.scope} is meant: give configuration_id, or {names} to find it by. "
            f"{_listed(here)}",
            _candidates(here),
        )
    return here


def alike(schema: Schema, entry: Entry, here: Sequence[Stored]) -> list[Stored]:
    """Those of the candidates that are meant."""
    wanted = entry.wanted
    if wanted.object_id:
        return list(here)
    # Of the value no more than that: the rest may be written for another version than ``schema`` is of.
    given: dict[str, Any] = {}
    for path in wanted.match_on:
        prop = property_at(schema, path)
        found = lookup(wanted.value, path)
        *parents, last = split_path(path)
        place = given
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = conform(prop, found, ".".join(["value", *split_path(path)])) if prop else found
    return Index(schema, here).matching([tuple(wanted.match_on)], given)


def find(schema: Schema, entry: Entry, here: Sequence[Stored]) -> Stored | None:
    """The one that is meant, None if there is none yet. Raises StateError if it is several."""
    found = alike(schema, entry, here)
    if len(found) > 1:
        raise StateError(
            f"several configurations on {entry.wanted.scope} have the same {' and '.join(entry.wanted.match_on)}: say by "
            f"configuration_id which one is meant. {_listed(found)}",
            _candidates(found),
        )
    return found[0] if found else None


def _by_id(wanted: Wanted, stored: Sequence[Stored]) -> Stored | None:
    found = next((one for one in stored if one.object_id == wanted.object_id), None)
    if found is None:
        if not wanted.is_present:
            return None
        raise StateError(
            f"there is no configuration {wanted.object_id}: leave configuration_id out to create one. {_listed(stored)}",
            _candidates(stored),
        )
    if wanted.scope and wanted.scope != found.scope:
        raise InputError(
            f"configuration {found.object_id} has the scope {found.scope}, and the task says {wanted.scope}: a scope cannot be "
            "changed; correct it, or remove the configuration and create another one"
        )
    return found


def plan(schema: Schema, entry: Entry, version: str, target: Stored | None) -> Planned:
    """``schema`` is that of ``version``. Raises InputError for what cannot be right, all of it at once."""
    wanted = entry.wanted
    scope = target.scope if target else wanted.scope or ""
    if not wanted.is_present:
        return absent(schema, target)
    value = {**wanted.value, VERSION: version}
    if target is None:
        change = objects.plan(schema, dataclasses.replace(wanted, value=value), objects.Found(Index(schema)))
    else:
        known = target.value if target.value.get(VERSION) == version else _known(schema, target.value)
        base = dataclasses.replace(target, value={**known, VERSION: target.value.get(VERSION)})
        alone = dataclasses.replace(wanted, value=value, scope=scope, object_id=target.object_id)
        change = objects.plan(schema, alone, objects.Found(Index(schema, [base])))
    if change.action == "none":
        side = _side(scope, change.before)
        return Planned("none", target, target.value if target else {}, scope, side, side)
    found = list(problems(schema, change.value, target.value if target else None))
    if found:
        raise InputError(f"version {version} of the extension does not allow this value: {_some(found)}")
    before = _side(scope, {"value": secrets.masked(schema, target.value)}) if target else {}
    return Planned(change.action, target, change.value, scope, before, _side(scope, change.after))


def absent(schema: Schema | None, target: Stored | None) -> Planned:
    """Without a schema, what the server shows of the value is not repeated."""
    if target is None:
        return Planned("none")
    value = secrets.masked(schema, target.value) if schema else {}
    return Planned("delete", target, scope=target.scope, before=_side(target.scope, {"value": value}))


def check_distinct(entries: Sequence[Entry], plans: Sequence[Planned]) -> None:
    """No two entries may mean the same configuration, nor be told apart by nothing once it is there."""
    owners: dict[tuple[str, ...], str] = {}
    clashes = {}
    for entry, planned in zip(entries, plans):
        for mark in _marks(entry, planned):
            if mark in owners:
                clashes[entry.label] = f"means the same configuration as {owners[mark]}"
            owners.setdefault(mark, entry.label)
    raise_all(clashes)


def _marks(entry: Entry, planned: Planned) -> Iterator[tuple[str, ...]]:
    """What no two entries may share."""
    wanted = entry.wanted
    if planned.target is not None:
        yield "id", planned.target.object_id
    if not wanted.object_id:
        yield "key", wanted.scope or "", *(f"{path}={lookup(wanted.value, path)}" for path in wanted.match_on)


def raise_all(found: Mapping[str, str], details: Mapping[str, Any] | None = None) -> None:
    """All that is wrong with a list, as one InputError."""
    if found:
        said = [f"{label}: {text}" if label else text for label, text in found.items()]
        raise InputError(_some(said), {**(details or {}), "errors": dict(found)} if any(found) else details)


def title(name: str, planned: Planned) -> str:
    """The header of a diff: which one of many it is, as far as people can read it."""
    value = planned.value or (planned.target.value if planned.target else {})
    described = value.get(DESCRIPTION)
    return f"configuration of {name} on {planned.scope}" + (f": {described}" if described else "")


def _known(prop: Property, value: Mapping[str, Any]) -> dict[str, Any]:
    """``value`` of another version without the properties that this one does not have any more."""
    result = {}
    for name, item in value.items():
        below = prop.properties.get(name)
        if below is None:
            continue
        if below.kind == OBJECT and isinstance(item, Mapping):
            item = _known(below, item)
        elif below.kind in COLLECTIONS and below.item.kind == OBJECT and isinstance(item, list):
            item = [_known(below.item, one) if isinstance(one, Mapping) else one for one in item]
        result[name] = item
    return result


def _side(scope: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"scope": scope, "value": shown.get("value")}


def _some(texts: Sequence[str]) -> str:
    more = len(texts) - _SHOWN
    return "; ".join(texts[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _listed(stored: Iterable[Stored]) -> str:
    there = list(stored)
    if not there:
        return "There is none"
    names = [f"{one.object_id} on {one.scope} ({one.value.get(DESCRIPTION) or 'without description'})" for one in there]
    more = len(names) - _SHOWN
    return f"There {'are' if len(names) > 1 else 'is'} {', '.join(names[:_SHOWN])}" + (
        f" and {more} more" if more > 0 else ""
    )


def _candidates(stored: Iterable[Stored]) -> dict[str, Any]:
    rows = [
        {"configuration_id": one.object_id, "scope": one.scope, DESCRIPTION: one.value.get(DESCRIPTION)}
        for one in stored
    ]
    return {"candidates": rows}
