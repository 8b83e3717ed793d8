# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The keys of exported items, and where they stand for references. Pure."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

from .._lists import grouped, keyed
from .export_identity import ExportItem
from .naming import called, digest, slug
from .walk import lookup, texts_in
from .wanted import ENVIRONMENT


def with_keys(items: Sequence[ExportItem]) -> list[ExportItem]:
    """Keys that are unique in the whole export and stay the same as long as what names the objects does."""
    complete: list[ExportItem] = []
    for plain_key, alike in grouped(items, _plain_key).items():
        for item, key in zip(alike, _distinct_keys(plain_key, alike)):
            complete.append(dataclasses.replace(item, key=key))
    return sorted(complete, key=attrgetter("order"))


def _distinct_keys(plain_key: str, alike: Sequence[ExportItem]) -> list[str]:
    """All of several items get a mark, since which one comes first may change."""
    if len(alike) == 1:
        return [plain_key]
    marks = list(map(_mark, alike))
    if len(set(marks)) < len(marks):
        marks = [digest(item.stored.object_id) for item in alike]
    return [f"{plain_key}-{mark[:8]}" for mark in marks]


def _plain_key(item: ExportItem) -> str:
    parts = [item.stored.schema_id]
    if item.stored.scope != ENVIRONMENT:
        parts.append(item.stored.scope)
    if not item.schema.is_single:
        parts.append(slug(_title(item)) or digest(_mark(item))[:8])
    return "/".join(parts)


def _title(item: ExportItem) -> str:
    return called(item.schema, item.stored.value, item.match_on) or item.stored.external_id or ""


def _mark(item: ExportItem) -> str:
    """What tells an object from others of the same title, in other environments as well."""
    names = [lookup(item.stored.value, path, item.schema) for path in item.identifying_paths]
    return digest(json.dumps([item.stored.external_id, names], sort_keys=True, default=str))


def reference_keys(items: Sequence[ExportItem]) -> dict[tuple[str, str], str]:
    """The key to write where the first object refers to the second; not there where that would close a circle."""
    by_id = keyed(items, attrgetter("stored.object_id"))
    targets = {}
    for object_id, item in by_id.items():
        targets[object_id] = sorted(by_id.keys() & set(texts_in(item.stored.value)))
    keys: dict[tuple[str, str], str] = {}
    done: set[str] = set()
    for start in by_id:
        if start not in done:
            for owner, other in _without_circles(start, targets, done):
                keys[owner, other] = by_id[other].key
    return keys


def _without_circles(start: str, targets: Mapping[str, Sequence[str]], done: set[str]) -> Iterator[tuple[str, str]]:
    """Who refers to whom, as far as it can be reached from ``start``, but for what would close a circle.

    ``done``: what was walked already; what is walked now is added.
    """
    # A stack of our own, since a chain may be longer than Python's.
    stack = [(start, iter(targets[start]))]
    trail = {start}
    while stack:
        owner, others = stack[-1]
        other = next(others, None)
        if other is None:
            done.add(owner)
            trail.discard(owner)
            stack.pop()
        elif other not in trail:
            yield owner, other
            if other not in done:
                trail.add(other)
                stack.append((other, iter(targets[other])))
