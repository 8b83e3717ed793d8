# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stored objects, with an index for everything that is asked often.

Two steps change the store, adding and removing, and each can be taken back: that is how a validation of many items lets
each of them see those before it (API facts, 3.4) and leaves nothing behind.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Identity(NamedTuple):
    """``user``, ``group`` or ``all-users``; the latter have no id."""

    type: str
    id: str


@dataclass(frozen=True)
class Stored:
    """One object. ``keys`` are its places in the unique indexes, ``references`` the objectIds its value names.

    ``permissions`` are what others than the owner may do, as letters. ``context``: the resourceContext as it was recorded.
    """

    object_id: str
    key: str
    schema_id: str
    schema_version: str
    scope: str
    value: dict[str, Any]
    external_id: str | None
    created: int
    modified: int
    created_by: str
    modified_by: str
    owner: Identity
    permissions: Mapping[Identity, str] = field(default_factory=dict)
    revision: int = 1
    deletable: bool = True
    modifiable: bool = True
    movable: bool = True
    first: bool = False
    size: int = 0
    keys: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    context: Mapping[str, Any] | None = None


class Bucket:
    """The objects of one schema on one scope, in order of rank."""

    def __init__(self) -> None:
        self.objects: dict[str, Stored] = {}
        self.size = 0
        self.created = 0

    def position(self, object_id: str) -> int:
        return list(self.objects).index(object_id)

    def put(self, stored: Stored, position: int | None) -> None:
        """At the end without a position, which must be cheap: that is how thousands are added."""
        if position is None or position >= len(self.objects):
            self.objects[stored.object_id] = stored
        else:
            rows = list(self.objects.items())
            rows.insert(position, (stored.object_id, stored))
            self.objects = dict(rows)
        self.size += stored.size


class Store:
    """Everything that is persisted."""

    def __init__(self) -> None:
        self._buckets: dict[str, dict[str, Bucket]] = {}
        self._by_id: dict[str, Stored] = {}
        self._external: dict[tuple[str, str, str], str] = {}
        self._unique: dict[tuple[str, str], str] = {}
        self._referrers: dict[str, dict[str, None]] = {}
        self._journal: list[Callable[[], None]] | None = None

    def get(self, object_id: str) -> Stored | None:
        return self._by_id.get(object_id)

    def bucket(self, schema_id: str, scope: str) -> Bucket:
        return self._buckets.setdefault(schema_id, {}).setdefault(scope, Bucket())

    def objects(self, schema_id: str, scopes: Iterable[str] | None = None) -> Iterator[Stored]:
        """In order of rank, scope by scope."""
        buckets = self._buckets.get(schema_id, {})
        for scope in buckets if scopes is None else scopes:
            if scope in buckets:
                yield from buckets[scope].objects.values()

    def everything(self) -> Iterator[tuple[str, str, Iterable[Stored]]]:
        """Schema, scope and what is there, where there is anything."""
        for schema_id, buckets in sorted(self._buckets.items()):
            for scope, bucket in sorted(buckets.items()):
                if bucket.objects:
                    yield schema_id, scope, bucket.objects.values()

    def by_external_id(self, schema_id: str, scope: str, external_id: str) -> Stored | None:
        return self._by_id.get(self._external.get((schema_id, scope, external_id), ""))

    def holder(self, key: tuple[str, str]) -> str | None:
        """Who has that place in a unique index."""
        return self._unique.get(key)

    def referrers(self, object_id: str) -> list[Stored]:
        return [self._by_id[referrer] for referrer in self._referrers.get(object_id, ())]

    def add(self, stored: Stored, position: int | None = None) -> None:
        self.bucket(stored.schema_id, stored.scope).put(stored, position)
        self._index(stored)
        self._note(lambda: self._drop(stored))

    def remove(self, stored: Stored) -> None:
        position = None
        if self._journal is not None:
            position = self.bucket(stored.schema_id, stored.scope).position(stored.object_id)
        self._drop(stored)
        self._note(lambda: self.add(stored, position))

    def replace(self, old: Stored, new: Stored) -> None:
        """In place: the rank stays."""
        bucket = self.bucket(old.schema_id, old.scope)
        self._unindex(old)
        bucket.objects[old.object_id] = new
        bucket.size += new.size - old.size
        self._index(new)
        self._note(lambda: self.replace(old=new, new=old))

    def move(self, stored: Stored, position: int) -> None:
        """``position`` counts without the object itself."""
        self.remove(stored)
        self.add(stored, position)

    @property
    def is_trial(self) -> bool:
        return self._journal is not None

    @contextlib.contextmanager
    def trial(self, is_trial: bool) -> Iterator[None]:
        """Within this context, if it is one, every change is taken back at its end."""
        if is_trial:
            self._journal = []
        try:
            yield
        finally:
            journal, self._journal = self._journal or [], None
            for undo in reversed(journal):
                undo()

    def _note(self, undo: Callable[[], None]) -> None:
        if self._journal is not None:
            self._journal.append(undo)

    def _drop(self, stored: Stored) -> None:
        bucket = self.bucket(stored.schema_id, stored.scope)
        del bucket.objects[stored.object_id]
        bucket.size -= stored.size
        self._unindex(stored)

    def _index(self, stored: Stored) -> None:
        self._by_id[stored.object_id] = stored
        if stored.external_id is not None:
            self._external[stored.schema_id, stored.scope, stored.external_id] = stored.object_id
        for key in stored.keys:
            self._unique[key] = stored.object_id
        for target in stored.references:
            self._referrers.setdefault(target, {})[stored.object_id] = None

    def _unindex(self, stored: Stored) -> None:
        del self._by_id[stored.object_id]
        if stored.external_id is not None:
            del self._external[stored.schema_id, stored.scope, stored.external_id]
        for key in stored.keys:
            self._unique.pop(key, None)
        for target in stored.references:
            self._referrers[target].pop(stored.object_id, None)
