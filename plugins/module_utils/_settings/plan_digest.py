# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the digest of a plan for a list of objects covers, and what is said of a plan that is not the expected one. Pure.

Not covered is what may differ without another outcome: unchanged objects, update tokens, versions of schemas, times, and secrets, which
are replaced by their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from operator import attrgetter
from typing import Any

from .._change.expectation import PlannedStep
from .._change.given_plans import OTHER_PLAN, GivenPlan, differences
from .._errors import InputError
from .._lists import grouped
from .._marks import SECRET as SECRET_MARK
from .object_plan import PAST, ObjectChange
from .objects_items import PlannedObject
from .objects_order import Arrangements
from .problems import ItemsError
from .schema import SECRET, Property
from .walk import assembled, inside, place_below

# Where a new object stands that follows all others.
_LAST = {"position": "last"}


def steps_of(items: Sequence[PlannedObject], arrangements: Arrangements) -> list[PlannedStep]:
    """The changes of a plan."""
    places = _new_places(items, arrangements)
    steps = []
    for item in items:
        if item.change.action != "none":
            steps.append(_step(item, places.get(item.key, item.change.order_body)))
    return steps


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
    places: dict[str, Mapping[str, str]] = {}
    for location, new in grouped(filter(attrgetter("is_new"), items), attrgetter("location")).items():
        if location in arrangements:
            arranged = arrangements[location]
            places.update(_inserted(new, arranged.target[: arranged.end]))
    return places


def _inserted(new: Sequence[PlannedObject], names: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """Of new ones at the end the first says just that: how many objects of others are before it is none of its business."""
    keys = {item.slot: item.key for item in new}
    neighbors: dict[str, Mapping[str, str]] = {}
    for before, name in zip(["", *names], names):
        neighbors[name] = {"insertAfter": before}
    new_at_the_end = list(takewhile(keys.__contains__, reversed(names)))
    if new_at_the_end:
        neighbors[new_at_the_end[-1]] = _LAST
    return {key: neighbors[name] for name, key in keys.items()}


# secrets


class _Names:
    """Puts names in the place of secrets. ``names``: by path; one that has none is called by its path."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def sent(self, schema: Property, change: ObjectChange) -> Any:
        """What goes out. A secret that is left alone goes out as it was read."""
        return self._named(schema, change.value, change.read, "")

    def read(self, schema: Property, value: Mapping[str, Any]) -> Any:
        """What was read. There the server has masked what the schema calls a secret."""
        return self._named(schema, value, value, "")

    def _named(self, prop: Property, value: Any, stored: Any, path: str) -> Any:
        if prop.kind == SECRET:
            return self._secret(value, stored, path)
        if path in self._names:
            return {SECRET_MARK: self._names[path]}
        parts = {}
        for name, below, part, counterpart in inside(prop, value, stored):
            parts[name] = self._named(below, part, counterpart, place_below(path, name))
        return assembled(value, parts)

    def _secret(self, value: Any, stored: Any, path: str) -> Any:
        if value in (None, stored):
            return value
        return {SECRET_MARK: self._names.get(path, path)}


# what was expected


def check_expected(
    expected: Sequence[GivenPlan], environment: str, items: Sequence[PlannedObject], arrangements: Arrangements
) -> None:
    """Raises ItemsError that names what differs."""
    done = {item.key: PAST.get(item.change.action, "") for item in items}
    others = [key for key, word in done.items() if not word]
    problems = differences(expected, environment, steps_of(items, arrangements), others, done)
    if problems:
        error = ItemsError({name: InputError(text) for name, text in problems.items()}, OTHER_PLAN)
        error.details["other_plan"] = True
        raise error
