# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From wanted monitoring configurations and those that are there to one change for each (API facts, 2.4). Pure.

A configuration is compared, merged and masked as every settings object is. What differs: several on one scope are normal and the
schema has no unique keys, so another rule says which one is meant; and each follows the schema of one version of its extension.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import CollectionError, InputError, StateError
from .._settings import object_plan, secrets
from .._settings.conform import conform
from .._settings.constraints import problems
from .._settings.identity import Index
from .._settings.object_plan import FoundObjects
from .._settings.schema import COLLECTIONS, OBJECT, UNKNOWN, ObjectKey, Property, Schema, property_at, split_path
from .._settings.stored import StoredObject
from .._settings.walk import lookup
from .._settings.wanted import WantedObject
from .._text import listed
from .api import DESCRIPTION, VERSION, version_of
from .wanted import MOST_NAMED, WantedConfiguration, raise_all


@dataclass(frozen=True)
class FoundConfiguration:
    """What there is of a wanted configuration. ``target``: the one that is meant, None if there is none yet.

    ``schema``: what its value is to follow, that of ``version``; without one nothing is known of the value. ``is_possible``: whether
    there can be configurations at all, which is so from the first activation of the extension on.
    """

    target: StoredObject | None
    schema: Schema | None = field(default=None, repr=False)
    version: str = ""
    is_possible: bool = True


@dataclass(frozen=True)
class ConfigurationPlan:
    """``action``: create, update, delete or none. ``value`` goes to the server, and is ``shown`` masked, as both sides are."""

    action: str
    current: FoundConfiguration
    scope: str = ""
    value: Mapping[str, Any] = field(default_factory=dict, repr=False)
    shown: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def configuration_id(self) -> str | None:
        return self.current.target.object_id if self.current.target else None

    @property
    def target_id(self) -> str:
        """The same of a plan that is known to be about one that is there."""
        return str(self.configuration_id)

    @property
    def description(self) -> Any:
        """By which people know it; None where there is none."""
        if self.value:
            return self.value.get(DESCRIPTION)
        if self.current.target is not None:
            return self.current.target.value.get(DESCRIPTION)
        return None


def candidates(wanted: WantedConfiguration, stored: Sequence[StoredObject]) -> list[StoredObject]:
    """Those among which ``find`` looks, for which no schema is needed yet.

    Only what the user gave identifies. Raises InputError if nothing does.
    """
    of = wanted.object
    if of.object_id:
        return _by_id(wanted, stored)
    here = [there for there in stored if there.scope == of.scope]
    missing = _missing(of)
    if missing:
        raise InputError(
            f"it is not clear which configuration on {of.scope} is meant: give configuration_id, or {' and '.join(missing)} to find "
            f"it by. {_listed(here)}",
            _candidates(here),
        )
    return here


def _missing(wanted: WantedObject) -> list[str]:
    """What would have to be given so that something identifies it."""
    if not wanted.match_on:
        return ["match_on"]
    missing = []
    for path in wanted.match_on:
        if lookup(wanted.value, path) in (None, ""):
            missing.append(f"value.{path}")
    return missing


def alike(schema: Schema | None, wanted: WantedConfiguration, here: Sequence[StoredObject]) -> Sequence[StoredObject]:
    """Those of the candidates that are meant."""
    of = wanted.object
    if of.object_id:
        return here
    schema = schema or Schema({"schemaId": "ext:"})
    # Of the value no more than that: the rest may be written for another version than ``schema`` is of.
    given: dict[str, Any] = {}
    for path in of.match_on:
        _put(given, path, _conformed(schema, of, path))
    return Index(schema, here).matching([ObjectKey(tuple(of.match_on))], given)


def _conformed(schema: Schema, wanted: WantedObject, path: str) -> Any:
    """What is given at a path, as its type in the schema has it; as it is where the schema has no such path."""
    prop = property_at(schema, path)
    value = lookup(wanted.value, path)
    if prop is UNKNOWN:
        return value
    return conform(prop, value, split_path(path))


def _put(value: dict[str, Any], path: str, item: Any) -> None:
    """At its path, with the dictionaries above it."""
    *parents, last = split_path(path)
    for name in parents:
        value = value.setdefault(name, {})
    value[last] = item


def find(schema: Schema | None, wanted: WantedConfiguration, here: Sequence[StoredObject]) -> StoredObject | None:
    """The one that is meant, None if there is none yet. Raises StateError if it is several."""
    same = alike(schema, wanted, here)
    if len(same) > 1:
        raise StateError(
            f"several configurations on {wanted.object.scope} have the same {' and '.join(wanted.object.match_on)}: say by "
            f"configuration_id which one is meant. {_listed(same)}",
            _candidates(same),
        )
    return same[0] if same else None


def _by_id(wanted: WantedConfiguration, stored: Sequence[StoredObject]) -> list[StoredObject]:
    of = wanted.object
    same = [there for there in stored if there.object_id == of.object_id]
    if not same and of.is_present:
        raise StateError(
            f"there is no configuration {of.object_id}: leave configuration_id out to create one. {_listed(stored)}",
            _candidates(stored),
        )
    for there in same:
        if of.scope not in (None, there.scope):
            raise InputError(
                f"configuration {there.object_id} has the scope {there.scope}, and the task says {of.scope}: a scope cannot be "
                "changed; correct it, or remove the configuration and create another one"
            )
    return same


def plan_all(
    name: str, wanted: Sequence[WantedConfiguration], current: Sequence[FoundConfiguration | CollectionError]
) -> list[ConfigurationPlan]:
    """``current``: for each, or why it cannot be told. Raises InputError, which names all that cannot be right."""
    plans = []
    wrong = {}
    for configuration, there in zip(wanted, current):
        try:
            if isinstance(there, CollectionError):
                raise there
            plans.append(plan(name, configuration, there))
        except (InputError, StateError) as error:
            if not configuration.label:
                raise
            wrong[configuration.label] = error.msg
    raise_all(wrong)
    _check_distinct(wanted, plans)
    return plans


def plan(name: str, wanted: WantedConfiguration, current: FoundConfiguration) -> ConfigurationPlan:
    """Raises InputError for what cannot be right, all of it at once."""
    if not wanted.is_present:
        return absent(current)
    if current.schema is None or not current.is_possible:
        raise StateError(f"extension {name} is not active: activate one of its versions first")
    if current.target is None:
        return _created(current.schema, wanted, current)
    return _updated(current.schema, wanted, current, current.target)


def _created(schema: Schema, wanted: WantedConfiguration, current: FoundConfiguration) -> ConfigurationPlan:
    scope = wanted.object.scope or ""
    change = object_plan.plan(
        schema, _with_version(wanted.object, current), FoundObjects(Index(schema)), checks_value=False
    )
    _check_value(schema, current, change.value, None)
    shown = secrets.masked(schema, change.value)
    return ConfigurationPlan("create", current, scope, change.value, shown, after=_side(scope, change.after))


def _updated(
    schema: Schema, wanted: WantedConfiguration, current: FoundConfiguration, target: StoredObject
) -> ConfigurationPlan:
    known = target.value
    if version_of(target) != current.version:
        # What this version does not have any more is left out.
        known = {**_known(schema, target.value), VERSION: target.value.get(VERSION)}
    base = dataclasses.replace(target, value=known)
    own = dataclasses.replace(_with_version(wanted.object, current), scope=target.scope, object_id=target.object_id)
    change = object_plan.plan(schema, own, FoundObjects(Index(schema, [base])), checks_value=False)
    stored = secrets.masked(schema, target.value)
    if change.action == "none":
        side = _side(target.scope, change.before)
        return ConfigurationPlan("none", current, target.scope, target.value, stored, side, side)
    _check_value(schema, current, change.value, target.value)
    shown = secrets.masked(schema, change.value)
    before, after = _side(target.scope, {"value": stored}), _side(target.scope, change.after)
    return ConfigurationPlan(change.action, current, target.scope, change.value, shown, before, after)


def _with_version(wanted: WantedObject, current: FoundConfiguration) -> WantedObject:
    return dataclasses.replace(wanted, value={**wanted.value, VERSION: current.version})


def _check_value(
    schema: Schema, current: FoundConfiguration, value: Mapping[str, Any], read: Mapping[str, Any] | None
) -> None:
    """``read``: the value as it is stored, whose secrets are masked."""
    wrong = list(problems(schema, value, read))
    if wrong:
        raise InputError(
            f"version {current.version} of the extension does not allow this value: {listed(wrong, MOST_NAMED)}"
        )


def absent(current: FoundConfiguration) -> ConfigurationPlan:
    """Without a schema, what the server shows of the value is not repeated."""
    target = current.target
    if target is None:
        return ConfigurationPlan("none", current)
    value = secrets.masked(current.schema, target.value) if current.schema else {}
    return ConfigurationPlan("delete", current, target.scope, before=_side(target.scope, {"value": value}))


def _check_distinct(wanted: Sequence[WantedConfiguration], plans: Sequence[ConfigurationPlan]) -> None:
    """No two may mean the same configuration, nor be told apart by nothing once it is there."""
    owners: dict[tuple[str, ...], str] = {}
    clashes = {}
    for configuration, planned in zip(wanted, plans):
        for mark in _marks(configuration, planned):
            if mark in owners:
                clashes[configuration.label] = f"is the same configuration as {owners[mark]}"
            owners.setdefault(mark, configuration.label)
    raise_all(clashes)


def _marks(wanted: WantedConfiguration, planned: ConfigurationPlan) -> Iterator[tuple[str, ...]]:
    """What no two may share."""
    of = wanted.object
    if planned.configuration_id is not None:
        yield "id", planned.configuration_id
    if of.object_id:
        return
    key = ["key", str(of.scope)]
    for path in of.match_on:
        key.append(f"{path}={lookup(of.value, path)}")
    yield tuple(key)


def title(name: str, planned: ConfigurationPlan) -> str:
    """The header of a diff: which one of many it is, as far as people can read it."""
    named = f"configuration of {name} on {planned.scope}"
    return f"{named}: {planned.description}" if planned.description else named


def _known(prop: Property, value: Mapping[str, Any]) -> dict[str, Any]:
    """``value`` of another version without the properties that this one does not have any more."""
    known = {}
    for name, item in value.items():
        if name in prop.properties:
            known[name] = _known_item(prop.properties[name], item)
    return known


def _known_item(prop: Property, item: Any) -> Any:
    if prop.kind == OBJECT and isinstance(item, Mapping):
        return _known(prop, item)
    if prop.kind in COLLECTIONS and isinstance(item, list):
        return [_known_item(prop.item, element) for element in item]
    return item


def _side(scope: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"scope": scope, "value": shown.get("value")}


def _listed(stored: Sequence[StoredObject]) -> str:
    if not stored:
        return "There is none"
    names = []
    for there in stored:
        names.append(f"{there.object_id} on {there.scope} ({there.value.get(DESCRIPTION) or 'without description'})")
    verb = "are" if len(names) > 1 else "is"
    return f"There {verb} {listed(names, MOST_NAMED, ', ')}"


def _candidates(stored: Sequence[StoredObject]) -> dict[str, Any]:
    rows = [
        {"configuration_id": there.object_id, "scope": there.scope, DESCRIPTION: there.value.get(DESCRIPTION)}
        for there in stored
    ]
    return {"candidates": rows}
