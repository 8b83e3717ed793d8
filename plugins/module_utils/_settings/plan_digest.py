# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the digest of a plan for a list of objects covers, and what is said of a plan that is not the expected one. Pure.

Not covered is what may differ without another outcome: unchanged objects, update tokens, versions of schemas, times, and secrets, which
are replaced by their names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._change.expectation import ALSO, NOT, OTHERWISE, Difference, ExpectedPlan, PlannedStep, expected_plan
from .._errors import InputError
from .object_plan import PAST, ObjectChange
from .objects_plan import PlannedObject, slot_name
from .order import Arrangement
from .problems import ItemsError
from .schema import SECRET, Property
from .values import check_depth, counterparts, mapping

Arrangements = Mapping["tuple[str, str]", Arrangement]

# Stands for a secret.
_NAMED = "$secret"
# Where a new object stands that follows all others.
_LAST = {"position": "last"}
_NO_PROPERTY = Property({}, {})
_KINDS = {
    OTHERWISE: "would be {done} in another way than the expected plan says",
    ALSO: "would be {done}, but the expected plan does not change it",
    NOT: "would not be changed, but the expected plan changes it",
}


def steps_of(items: Sequence[PlannedObject], arrangements: Arrangements) -> list[PlannedStep]:
    """The changes of a plan."""
    places = _new_places(items, arrangements)
    return [_step(item, places.get(item.key, item.change.place)) for item in items if item.change.action != "none"]


def _step(item: PlannedObject, place: Mapping[str, str]) -> PlannedStep:
    change, wanted = item.change, item.wanted
    content: dict[str, Any] = {
        "action": change.action,
        "schema": item.schema.schema_id,
        "scope": wanted.scope,
        "object": change.target_id,
        "place": place,
        "sent": _Names(wanted.secret_names).sent(item.schema, change),
    }
    if change.target is None:
        content.update(key=item.key, external_id=wanted.external_id)
    else:
        content.update(read=_Names(wanted.secret_names).read(item.schema, change.target.value))
    return PlannedStep(item.key, content)


# places


def _new_places(items: Sequence[PlannedObject], arrangements: Arrangements) -> dict[str, Mapping[str, str]]:
    """Where new objects are inserted, by key: behind which other one. What is written says less, since it has no id of a new one."""
    behind = {place: _neighbors(items, place, arranged) for place, arranged in arrangements.items()}
    places = {}
    for item in items:
        if item.is_new and item.place in behind:
            places[item.key] = behind[item.place][slot_name(item)]
    return places


def _neighbors(
    items: Sequence[PlannedObject], place: tuple[str, str], arranged: Arrangement
) -> dict[str, Mapping[str, str]]:
    """By name. Of new ones at the end the first says just that, since more objects of others before it are none of its business."""
    names = list(arranged.target)
    neighbors: dict[str, Mapping[str, str]] = {}
    for before, name in zip(["", *names], names):
        neighbors[name] = {"insertAfter": before}
    new = {slot_name(item) for item in items if item.is_new and item.place == place}
    first = None
    while names and names[-1] in new:
        first = names.pop()
    if first is not None:
        neighbors[first] = _LAST
    return neighbors


# secrets


class _Names:
    """Puts names in the place of secrets. ``names``: by path; one that has none is called by its path."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def sent(self, schema: Property, change: ObjectChange) -> Any:
        """What goes out. A secret that is left alone goes out as it was read."""
        stored = change.target.value if change.target else None
        return self._named(schema, change.value, stored, "value")

    def read(self, schema: Property, value: Mapping[str, Any]) -> Any:
        """What was read. There the server has masked what the schema calls a secret. Raises InputError for a value nested too deep."""
        check_depth(value)
        return self._named(schema, value, value, "value")

    def _named(self, prop: Property, value: Any, stored: Any, path: str) -> Any:
        if prop.kind == SECRET and value is not None:
            return value if value == stored else {_NAMED: self._names.get(path, path)}
        if path in self._names:
            return {_NAMED: self._names[path]}
        if isinstance(value, dict):
            return {name: self._named(*part) for name, part in _fields(prop, value, stored, path)}
        if isinstance(value, list):
            return [self._named(*part) for part in _elements(prop, value, stored, path)]
        return value


def _fields(prop: Property, value: Mapping[str, Any], stored: Any, path: str) -> Iterator[tuple[str, Any]]:
    """What ``_named`` needs for each, by name."""
    known, there = prop.properties, mapping(stored)
    for name, item in value.items():
        yield name, (known.get(name, _NO_PROPERTY), item, there.get(name), f"{path}.{name}")


def _elements(prop: Property, value: Sequence[Any], stored: Any, path: str) -> Iterator[tuple[Property, Any, Any, str]]:
    item = prop.item if prop.fits(value) else _NO_PROPERTY
    for index, (element, counterpart) in enumerate(zip(value, counterparts(value, stored))):
        yield item, element, counterpart, f"{path}[{index}]"


# what was expected


@dataclass(frozen=True)
class GivenPlan:
    """What ``expect_plan`` holds. ``names``: what it calls the objects of that plan, keys and the ids of objects that it prunes."""

    digest: str
    plan: ExpectedPlan
    names: Sequence[str] = ()

    @classmethod
    def from_option(cls, given: Any) -> GivenPlan | None:
        """A digest, or a dictionary or a JSON text of one that has it under ``plan_digest``. Raises InputError."""
        if given is None:
            return None
        document = _document(given)
        digest = document.get("plan_digest")
        if not isinstance(digest, str):
            raise InputError("expect_plan has no plan_digest: was that check run without errors?")
        rows = [*_rows(document.get("objects")), *_rows(document.get("pruned"))]
        return cls(digest, expected_plan(digest), [str(row.get("key") or row.get("object_id")) for row in rows])


def _document(given: Any) -> Mapping[str, Any]:
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise InputError("expect_plan begins as JSON, and is none") from None
    if isinstance(given, str):
        return {"plan_digest": given}
    if isinstance(given, Mapping):
        return given
    raise InputError("expect_plan must be the plan_digest of a check run, or a dictionary that has it")


def _rows(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, (list, tuple)):
        return []
    return [row for row in value if isinstance(row, Mapping)]


def check_expected(
    expected: GivenPlan, environment: str, items: Sequence[PlannedObject], arrangements: Arrangements
) -> None:
    """Raises ItemsError that names what differs."""
    if not expected.plan.is_of(environment):
        raise InputError(
            f"expect_plan is the plan of another environment than {environment}, for which this task has an address and a token"
        )
    others = [item.key for item in items if item.change.action == "none"]
    differences = expected.plan.differences(environment, steps_of(items, arrangements), [*others, *expected.names])
    if differences:
        raise _other_plan(differences, {item.key: item for item in items})


def _other_plan(differences: Sequence[Difference], items: Mapping[str, PlannedObject]) -> ItemsError:
    problems = {}
    unnamed = 0
    for difference in differences:
        if difference.name is None:
            unnamed += 1
        else:
            problems[difference.name] = _said(difference, items.get(difference.name))
    if unnamed:
        problems["objects that this plan does not name"] = f"changes of the expected plan that would not be made: {unnamed}"
    return ItemsError(
        problems, f"this is not the expected plan, so nothing was changed ({len(differences)} differences): "
    )


def _said(difference: Difference, item: PlannedObject | None) -> str:
    action = "none" if item is None else item.change.action
    return _KINDS[difference.kind].format(done=PAST.get(action))
