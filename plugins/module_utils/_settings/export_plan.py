# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From objects as they are stored to items of settings_objects that say the same: which of them, and what of them. Pure.

An item must be found again where it comes from, be created where it is not, and be found there from then on.
"""

from __future__ import annotations

import fnmatch
import itertools
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

from .._lists import grouped, is_chosen, keyed
from .._marks import REFERENCE
from .._marks import SECRET as SECRET_MARK
from .comparison import comparable
from .export_identity import ExportItem, identified, reference_keys, with_keys
from .identity import given_keys
from .naming import called
from .schema import OBJECT, SECRET, SET, Property, Schema, split_path
from .stored import StoredObject, ids_of, is_among
from .values import completed, default_of, same
from .walk import assembled, inside, place_below, texts_in, with_texts, without_nulls
from .wanted import ENVIRONMENT, WantedObject

# A reference to another object (API facts, 3.1).
_SETTING = "setting"


@dataclass
class Export:
    """``files``: by schema id, the items. ``secrets``: names of what is to be filled in.

    ``outside``: references that lead out of the export, and so mean something only in the same environment. ``keys``: of the items,
    by object id.
    """

    files: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    outside: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)


def export(schemas: Mapping[str, Schema], stored: Sequence[StoredObject], choice: Choice) -> Export:
    """All of ``stored`` that is not left out, in an order that does not depend on the server's but where order has a meaning."""
    items = with_keys(identified(schemas, stored, chosen_ids(schemas, stored, choice)))
    keys = reference_keys(items)
    result = Export()
    for item in items:
        writer = _Writer(item, keys)
        value = writer.value
        if choice.omit_defaults:
            value = without_defaults(item, value)
        scope = {} if item.stored.scope == ENVIRONMENT else {"scope": item.stored.scope}
        row = {"key": item.key, **scope, **item.identity, "value": value}
        result.files.setdefault(item.schema.schema_id, []).append(row)
        result.keys[item.stored.object_id] = item.key
        result.secrets += writer.secrets
        result.outside += writer.outside
    return result


class _Writer:
    """The value of one item, with references, marks for secrets, and in the order of the schema."""

    def __init__(self, item: ExportItem, keys: Mapping[tuple[str, str], str]) -> None:
        self._item = item
        self._keys = keys
        self.secrets: list[str] = []
        self.outside: list[dict[str, Any]] = []
        self.value: dict[str, Any] = self._written(item.schema, item.stored.value, "")

    def _written(self, prop: Property, value: Any, path: str) -> Any:
        if prop.kind == SECRET:
            name = f"{self._item.key}/{path}"
            self.secrets.append(name)
            return {SECRET_MARK: name}
        if isinstance(value, str):
            return self._text(prop, value, path)
        ordered = self._ordered(prop, value)
        parts = {}
        for name, below, part in inside(prop, ordered):
            parts[name] = self._written(below, part, place_below(path, name))
        return assembled(ordered, parts)

    def _text(self, prop: Property, text: str, path: str) -> Any:
        key = self._keys.get((self._item.stored.object_id, text))
        if key is not None:
            return {REFERENCE: key}
        if prop.kind == _SETTING:
            place = {"key": self._item.key, "path": path}
            self.outside.append({**place, "object_id": text, "schema_id": prop.referenced_type})
        return text

    def _ordered(self, prop: Property, value: Any) -> Any:
        """Properties as the schema has them, and sets by what is in them."""
        if prop.kind == SET and isinstance(value, list):
            return sorted(value, key=self._in_a_set)
        if isinstance(value, dict):
            properties = without_nulls(value)
            unknown = sorted(properties.keys() - prop.properties.keys())
            names = filter(properties.__contains__, (*prop.properties, *unknown))
            return {name: properties[name] for name in names}
        return value

    def _in_a_set(self, value: Any) -> str:
        """A set has no order, so it gets one that does not depend on the ids of other objects."""
        owner = self._item.stored.object_id
        named = with_texts(value, lambda text: self._keys.get((owner, text), text))
        return json.dumps(named, sort_keys=True, default=str)


@dataclass(frozen=True)
class Choice:
    """``omit_read_only``, ``omit_defaults``: objects that may be neither written nor deleted, and required properties that have the
    schema's default, are left out.

    ``schema_ids``, ``scopes``, ``object_ids``, ``external_id_prefix``, ``names``: what an object must have to be chosen, all of them
    together; None or empty demand nothing. ``with_referenced``: whether objects that chosen ones refer to are exported too.
    """

    omit_read_only: bool = True
    omit_defaults: bool = False
    schema_ids: Collection[str] | None = None
    scopes: Sequence[str] = ()
    object_ids: Collection[str] | None = None
    external_id_prefix: str = ""
    names: Sequence[str] = ()
    with_referenced: bool = False

    def takes(self, schema: Schema, stored_object: StoredObject) -> bool:
        """Whether the object is one of those that were asked for."""
        conditions = (
            is_among(stored_object.schema_id, self.schema_ids),
            is_chosen(stored_object.scope, self.scopes),
            is_among(stored_object.object_id, self.object_ids),
            stored_object.belongs_to(self.external_id_prefix),
        )
        return all(conditions) and self._is_named(schema, stored_object)

    def _is_named(self, schema: Schema, stored_object: StoredObject) -> bool:
        if not self.names:
            return True
        name = called(schema, stored_object.value)
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.names)


def is_read_only(stored_object: StoredObject) -> bool:
    """Whether nothing of it may be changed; of some built-in objects a color or a switch may."""
    may_be_changed = stored_object.can_write or stored_object.can_delete or stored_object.writable_only
    return not may_be_changed


def chosen_ids(schemas: Mapping[str, Schema], stored: Sequence[StoredObject], choice: Choice) -> set[str]:
    """The object ids of what is exported.

    A read-only object that another one refers to stays, since a reference by name holds in other environments, and one by id does not.
    """
    by_id = keyed(stored, attrgetter("object_id"))
    wanted = [row for row in stored if choice.takes(schemas[row.schema_id], row)]
    reachable = set(by_id)
    if not choice.with_referenced:
        reachable = set(ids_of(wanted))
    waiting = wanted
    if choice.omit_read_only:
        waiting = list(itertools.filterfalse(is_read_only, wanted))
    chosen = set(ids_of(waiting))
    while waiting:
        named = reachable & set(texts_in(waiting.pop().value)) - chosen
        waiting += map(by_id.__getitem__, named)
        chosen |= named
    return chosen


def without_defaults(item: ExportItem, value: Mapping[str, Any]) -> dict[str, Any]:
    """``value`` without required properties that would be filled in again as they are; whole where that is not sure."""
    schema = item.schema
    original = without_nulls(item.stored.value)
    keys = given_keys(schema, WantedObject(schema.schema_id, item.stored.scope, original), original)
    paths = itertools.chain(item.match_on, *map(attrgetter("paths"), keys))
    lean = _lean(schema, original, {split_path(path, schema) for path in paths})
    if not same(schema, original, completed(schema, lean, lean)):
        return dict(value)
    return dict(_only_there(value, lean))


def _lean(prop: Property, value: Any, kept: Collection[tuple[str, ...]]) -> Any:
    if prop.kind != OBJECT or not prop.fits(value):
        return value
    lean = {}
    by_name = grouped(filter(None, kept), itemgetter(0))
    for name, item in value.items():
        inside = [path[1:] for path in by_name.get(name, ())]
        if inside or not _is_default(prop.below(name), item):
            lean[name] = _lean(prop.below(name), item, inside)
    return lean


def _is_default(prop: Property, value: Any) -> bool:
    """Whether a required property has the value that it would be given."""
    return not prop.is_nullable and bool(comparable(prop, value) == comparable(prop, default_of(prop, ())))


def _only_there(value: Any, lean: Any) -> Any:
    """Of ``value`` what ``lean`` has too. What stands for a reference or a secret is a dictionary in ``value`` alone."""
    if not (isinstance(value, dict) and isinstance(lean, dict)):
        return value
    kept = {}
    for name, part in value.items():
        if name in lean:
            kept[name] = _only_there(part, lean[name])
    return kept
