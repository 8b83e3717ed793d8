# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Items of a list that mean one object, now or when everything is written. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from .._errors import StateError
from .._lists import grouped
from .conform import conform
from .identity import Index, find, key_texts
from .objects_items import PlannedObject
from .problems import Problems
from .stored import StoredObject

_SAME = "is the same object as"


def check_distinct(items: Sequence[PlannedObject]) -> None:
    """Raises ItemsError for items that mean the same object, or make two of what must be one."""
    _check_now(items)
    _check_found_again(items)


def _check_now(items: Sequence[PlannedObject]) -> None:
    owners: dict[tuple[Any, ...], str] = {}
    problems = Problems()
    for item in items:
        for mark, text in _marks(item):
            owner = owners.setdefault(mark, item.key)
            if owner != item.key:
                problems.add(item.key, f"{text} {owner}")
    problems.raise_all()


def _marks(item: PlannedObject) -> Iterator[tuple[tuple[Any, ...], str]]:
    """What no two items may share, and how to say that they do. Of several such, the last is said."""
    wanted = item.wanted
    if wanted.is_present:
        yield from _key_marks(item)
    if item.change.target is not None:
        yield ("object", item.change.target.object_id), _SAME
    if wanted.object_id:
        yield ("object", wanted.object_id), _SAME
    if wanted.external_id:
        yield ("external id", item.location, wanted.external_id), _SAME
    if item.schema.is_single and not wanted.is_on_any_scope:
        yield ("single", item.location), _SAME


def _key_marks(item: PlannedObject) -> Iterator[tuple[tuple[Any, ...], str]]:
    for key in item.whole_keys:
        text = f"has the same {key}, which only one object may have, as"
        if key.by_element:
            text = f"shares an element of {key}, which only one object may have, with"
        for value in key_texts(item.schema, key, item.change.value):
            yield ("unique key", item.location, key, value), text


def _check_found_again(items: Sequence[PlannedObject]) -> None:
    """By what they say, items must mean the same objects when everything is written, and the list is carried out again."""
    problems = Problems()
    for listed in grouped(items, lambda item: item.location).values():
        _check_later(listed, problems)
    problems.raise_all()


def _check_later(listed: Sequence[PlannedObject], problems: Problems) -> None:
    """Of one place. Where a unique key or an id identifies what is present, ``_check_now`` has seen to that."""
    present = {item.slot: item for item in listed if item.wanted.is_present}
    later = Index(listed[0].schema, map(_as_written, present.values()))
    named = [slot for slot, item in present.items() if item.wanted.is_named]
    for item in listed:
        if item.wanted.is_present and not item.wanted.match_on:
            continue
        for slot in _slots_found_later(item, later, named) - {item.slot}:
            first, second = sorted((item, present[slot]), key=listed.index)
            problems.add(second.key, f"{_SAME} {first.key}")


def _as_written(item: PlannedObject) -> StoredObject:
    """As it will be stored."""
    return StoredObject(item.slot, *item.location, item.change.value, item.change.external_id(item.wanted))


def _slots_found_later(item: PlannedObject, later: Index, named: Collection[str]) -> set[str]:
    """Of the objects that the item means then."""
    given = item.change.value
    if not item.wanted.is_present:
        given = conform(item.schema, item.wanted.value)
    try:
        target = find(item.schema, item.wanted, given, later, named)
    except StateError as error:
        return set(error.details.get("candidates", ()))
    if target is None:
        return set()
    return {target.object_id}
