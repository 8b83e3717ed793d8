# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Compares a wanted object with what is stored and gives the one change that is needed. Pure: the same for one object, a list, a report."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import InputError, StateError, Violation, refuse_if
from .._lists import filled
from . import secrets
from .comparison import changed_paths, comparable, text_of
from .conform import conform
from .constraints import certain_faults
from .identity import Index, find
from .order import Move, move
from .problems import refuse
from .schema import SECRET, Property, Schema, split_path
from .stored import StoredObject, schema_version_key
from .values import completed, defaults, merged, same, usable, with_stored
from .walk import without_nulls
from .wanted import WantedObject

# What was done to an object, by the action of its change.
PAST = {"create": "created", "update": "updated", "move": "moved", "reset": "reset", "delete": "deleted"}


@dataclass(frozen=True)
class FoundObjects:
    """What was read. ``stored``: the objects of schema and scope; ``inherited``: the effective value of a
    single-object schema where nothing is stored; ``named``: the ids of objects that other items of a list name.
    """

    stored: Index
    inherited: Mapping[str, Any] | None = None
    named: Collection[str] = ()


@dataclass(frozen=True)
class ObjectChange:
    """``action``: create, update, move, reset, delete or none. ``value`` goes to the server, secrets in clear where needed."""

    action: str
    target: StoredObject | None = None
    value: Mapping[str, Any] = field(default_factory=dict)
    order_body: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def target_id(self) -> str | None:
        if self.target is None:
            return None
        return self.target.object_id

    @property
    def read(self) -> Mapping[str, Any]:
        """The value that the target had before."""
        if self.target is None:
            return {}
        return self.target.value

    def external_id(self, wanted: WantedObject) -> str | None:
        """That of the target, which no write changes; of a new object the wanted one."""
        if self.target is None:
            return wanted.external_id
        return self.target.external_id

    @property
    def existing(self) -> StoredObject:
        """The target of a change that has one."""
        if self.target is None:
            raise ValueError(f"a change of kind {self.action} has no target")
        return self.target


def plan(schema: Schema, wanted: WantedObject, objects: FoundObjects, checks_value: bool = True) -> ObjectChange:
    """Raises InputError for wrong options and values, StateError for a change that the stored objects do not allow.

    ``checks_value``: not of who checks the whole value.
    """
    check_scope(schema, wanted.scope or "")
    given = conform(schema, wanted.value)
    target = find(schema, wanted, given, objects.stored, objects.named)
    if not wanted.is_present:
        return _absent(schema, wanted, target)
    check_position(schema, wanted)
    if target is None:
        change = _created(schema, wanted, given, objects)
    else:
        change = _updated(schema, wanted, given, target)
    if checks_value:
        _check_value(schema, given, change)
    if wanted.position is None:
        return change
    return placed(change, move(wanted.position, target, objects.stored.all))


def _check_value(schema: Schema, given: Mapping[str, Any], change: ObjectChange) -> None:
    """Raises InputError for what the server is certain to refuse of what is new in it."""
    if change.action == "none":
        return
    refuse(list(certain_faults(schema, given, change.value, change.read)))


def check_scope(schema: Schema, scope: str) -> None:
    """Raises InputError for a scope that the schema does not allow, before any object is read."""
    if not schema.allows(scope):
        allowed = ", ".join(schema.allowed_scopes)
        raise InputError(f"scope {scope} is not allowed for schema {schema.schema_id}; allowed are {allowed}")


def check_position(schema: Schema, wanted: WantedObject) -> None:
    """Raises InputError for a position in a schema without an order."""
    refuse_if(
        wanted.position is not None and not schema.is_ordered,
        f"schema {schema.schema_id} is not ordered: leave out position, insert_after and insert_before",
    )


def placed(change: ObjectChange, place: Move) -> ObjectChange:
    """``change`` with a place in the order of its scope. Raises StateError if the object cannot be moved."""
    action = change.action
    if place.body:
        if action == "none":
            action = "move"
        _check_movable(change.target, action)
    before = {**change.before, **filled({"position": place.before})}
    after = {**change.after, "position": place.after}
    return dataclasses.replace(change, action=action, order_body=place.body, before=before, after=after)


def _check_movable(target: StoredObject | None, action: str) -> None:
    if target is None:
        return
    refuse_if(
        not target.is_movable,
        f"object {target.name} cannot be moved, as the server reports: leave out its position",
        StateError,
    )
    refuse_if(
        action == "move" and not target.can_write,
        f"object {target.name} may not be changed, as the server reports (position)",
        StateError,
    )


def _created(schema: Schema, wanted: WantedObject, given: Mapping[str, Any], objects: FoundObjects) -> ObjectChange:
    # One changed property must not reset what the scope inherits; secrets are masked there, and a mask is not a secret.
    base = {}
    if not wanted.replace:
        base = usable(schema, secrets.without(schema, objects.inherited))
    secrets.check_new(schema, given)
    value = completed(schema, merged(schema, base, given), given)
    return ObjectChange("create", None, value, {}, {}, _shown(schema, wanted, secrets.masked(schema, value)))


def _updated(schema: Schema, wanted: WantedObject, given: Mapping[str, Any], target: StoredObject) -> ObjectChange:
    before = _shown(schema, wanted, secrets.masked(schema, target.value), target)
    sends_secrets = wanted.always_secrets and bool(secrets.texts(schema, given))
    if not sends_secrets and _is_as_wanted(schema, wanted, given, target):
        return ObjectChange("none", target, target.value, {}, before, before)
    new = completed(schema, _said(schema, wanted, given, target), given)
    _check_version(wanted, target)
    sent = secrets.to_send(schema, target.value, new, wanted.always_secrets)
    _check_modifiable(schema, target, sent)
    after = _shown(schema, wanted, secrets.masked_change(schema, target.value, sent), target)
    return ObjectChange("update", target, sent, {}, before, after)


def _is_as_wanted(schema: Schema, wanted: WantedObject, given: Mapping[str, Any], target: StoredObject) -> bool:
    if text_of(given) == text_of(target.value):
        return True
    value = _said(schema, wanted, given, target)
    # What completes a value that says nothing new is not a reason to write it.
    if not wanted.replace and comparable(schema, target.value) == comparable(schema, value):
        return True
    return same(schema, target.value, completed(schema, value, given))


def _said(schema: Schema, wanted: WantedObject, given: Mapping[str, Any], target: StoredObject) -> Mapping[str, Any]:
    """The value that the user asks for, before the schema completes it."""
    if not wanted.replace:
        return merged(schema, target.value, given)
    return with_stored(schema, without_nulls(given), target.value, given, _stays)


def _is_of_the_server(prop: Property) -> bool:
    """Whether the server sets it itself: it is required, and nobody can use its default."""
    return prop.has_unusable_default and not prop.is_nullable


def _stays(prop: Property) -> bool:
    return prop.kind == SECRET or _is_of_the_server(prop)


def _absent(schema: Schema, wanted: WantedObject, target: StoredObject | None) -> ObjectChange:
    if target is None:
        return ObjectChange("none")
    before = _shown(schema, wanted, secrets.masked(schema, target.value), target)
    if target.can_delete:
        return ObjectChange("delete", target, before=before)
    refuse_if(not schema.is_single, f"object {target.name} may not be deleted, as the server reports", StateError)
    return reset(schema, wanted, target)


def reset(schema: Schema, wanted: WantedObject, target: StoredObject) -> ObjectChange:
    """The defaults for the object of a single-object schema that may not be deleted."""
    value = with_stored(schema, defaults(schema), target.value, {}, _is_of_the_server)
    before = _shown(schema, wanted, secrets.masked(schema, target.value), target)
    if same(schema, target.value, value):
        return ObjectChange("none", target, value, {}, before, before)
    _check_modifiable(schema, target, value)
    after = _shown(schema, wanted, secrets.masked_change(schema, target.value, value), target)
    return ObjectChange("reset", target, value, {}, before, after)


def _check_version(wanted: WantedObject, target: StoredObject) -> None:
    """A whole value of an older schema would undo what the server migrated."""
    if not (wanted.replace and wanted.schema_version and target.schema_version):
        return
    refuse_if(
        schema_version_key(wanted.schema_version) < schema_version_key(target.schema_version),
        f"schema_version {wanted.schema_version} is older than {target.schema_version}, which object "
        f"{target.name} has: use value_mode=merge, or write value for the newer version",
    )


def _check_modifiable(schema: Schema, target: StoredObject, new: Mapping[str, Any]) -> None:
    if target.can_write and not target.locked:
        return
    changed = list(changed_paths(comparable(schema, target.value), comparable(schema, new)))
    if not target.can_write:
        _check_writable(schema, target, changed)
    locked = []
    for path in changed:
        if _is_below_any(schema, path, target.locked):
            locked.append(path)
    if locked:
        names = ", ".join(".".join(["value", *split_path(path, schema)]) for path in locked)
        raise InputError(
            f"{names} of object {target.name} cannot be changed once it exists; leave it as it is, or remove the object "
            "and create it anew",
            violations=[Violation(path, "cannot be changed once the object exists") for path in locked],
        )


def _check_writable(schema: Schema, target: StoredObject, changed: Sequence[str]) -> None:
    """Of an object of which no more than single properties may be changed."""
    refused = []
    for path in changed:
        if not _is_below_any(schema, path, target.writable_only):
            refused.append(path)
    refuse_if(
        refused or not changed,
        f"object {target.name} may not be changed, as the server reports ({', '.join(refused) or 'position'})",
        StateError,
    )


def _is_below_any(schema: Schema, path: str, others: Sequence[str]) -> bool:
    """Whether ``path`` is one of ``others``, above or below one of them: changing an object whole changes what is in it."""
    parts = split_path(path, schema)
    for other in others:
        names = split_path(other, schema)
        if names and parts[: len(names)] == names[: len(parts)]:
            return True
    return False


def _shown(schema: Schema, wanted: WantedObject, value: Any, target: StoredObject | None = None) -> dict[str, Any]:
    """One side of a diff; ``value`` is masked already."""
    return {
        "schema_id": schema.schema_id,
        "scope": wanted.scope,
        "external_id": wanted.external_id if target is None else target.external_id,
        "value": value,
    }
