# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From what is wanted and what is there to the one change that makes them equal. Pure: the same for one object, a list, a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._settings import secrets
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import find
from ansible_collections.community.dynatrace.plugins.module_utils._settings.position import Move, move
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import (
    Schema,
    changed_paths,
    split_path,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import (
    comparable,
    completed,
    conform,
    defaults,
    merged,
    same,
    without_nulls,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Stored, Wanted


@dataclass(frozen=True)
class Found:
    """What was read. ``stored``: the objects of schema and scope in rank order; ``inherited``: the effective value of a
    single-object schema where nothing is stored.
    """

    stored: Sequence[Stored] = ()
    inherited: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Change:
    """``action``: create, update, move, reset, delete or none. ``value`` goes to the server, secrets in clear where needed."""

    action: str
    target: Stored | None = None
    value: Mapping[str, Any] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def existing(self) -> Stored:
        """The target of a change that has one."""
        if self.target is None:
            raise ValueError(f"a change of kind {self.action} has no target")
        return self.target


def plan(schema: Schema, wanted: Wanted, found: Found) -> Change:
    """Raises InputError for what cannot be right, StateError for what the objects there do not allow."""
    scope = wanted.scope or ""
    if not schema.allows(scope):
        raise InputError(
            f"scope {scope} is not allowed for schema {schema.schema_id}; allowed are {', '.join(schema.allowed_scopes)}"
        )
    given = conform(schema, wanted.value)
    target = find(schema, wanted, given, found.stored)
    if not wanted.is_present:
        return _absent(schema, wanted, target)
    if wanted.position is not None and not schema.is_ordered:
        raise InputError(
            f"schema {schema.schema_id} is not ordered: leave out position, insert_after and insert_before"
        )
    if target is None:
        return _create(schema, wanted, given, found)
    return _update(schema, wanted, given, target, found.stored)


def _create(schema: Schema, wanted: Wanted, given: Mapping[str, Any], found: Found) -> Change:
    # One changed property must not reset what the scope inherits; secrets are masked there, and a mask is no secret.
    base = {} if wanted.replace or found.inherited is None else secrets.without(schema, found.inherited)
    value = completed(schema, merged(schema, base, given), given)
    place = None if wanted.position is None else move(wanted.position, None, found.stored)
    return Change(
        "create",
        None,
        value,
        {} if place is None else place.body,
        {},
        _shown(schema, wanted, secrets.masked(schema, value), None if place is None else place.after),
    )


def _update(
    schema: Schema, wanted: Wanted, given: Mapping[str, Any], target: Stored, stored: Sequence[Stored]
) -> Change:
    if wanted.replace:
        value = secrets.kept(schema, target.value, without_nulls(given), given)
    else:
        value = merged(schema, target.value, given)
    new = completed(schema, value, given)
    sends_secrets = wanted.always_secrets and next(secrets.texts(schema, given), None) is not None
    is_same = same(schema, target.value, new) or (
        not wanted.replace and comparable(schema, target.value) == comparable(schema, value)
    )
    place = None if wanted.position is None else move(wanted.position, target, stored)
    needs_move = place is not None and bool(place.body)
    sent: Mapping[str, Any] = target.value
    action = "move" if needs_move else "none"
    if sends_secrets or not is_same:
        action = "update"
        _check_version(wanted, target)
        sent = secrets.to_send(
            schema, target.value, target.value if is_same and not sends_secrets else new, wanted.always_secrets
        )
    if action != "none":
        _check_modifiable(schema, target, sent, place if needs_move else None)
    return Change(
        action,
        target,
        sent,
        place.body if place is not None else {},
        _shown(schema, wanted, secrets.masked(schema, target.value), None if place is None else place.before, target),
        _shown(
            schema,
            wanted,
            secrets.masked_change(schema, target.value, sent),
            None if place is None else place.after,
            target,
        ),
    )


def _absent(schema: Schema, wanted: Wanted, target: Stored | None) -> Change:
    if target is None:
        return Change("none")
    before = _shown(schema, wanted, secrets.masked(schema, target.value), None, target)
    if target.can_delete:
        return Change("delete", target, before=before)
    if not schema.is_single:
        raise StateError(f"object {target.name} may not be deleted, says the server")
    return reset(schema, wanted, target)


def reset(schema: Schema, wanted: Wanted, target: Stored) -> Change:
    """The defaults for the object of a single-object schema that may not be deleted."""
    value = defaults(schema)
    action = "none" if same(schema, target.value, value) else "reset"
    if action == "reset":
        _check_modifiable(schema, target, value, None)
    before = _shown(schema, wanted, secrets.masked(schema, target.value), None, target)
    after = _shown(schema, wanted, secrets.masked_change(schema, target.value, value), None, target)
    return Change(action, target, value, {}, before, before if action == "none" else after)


def _check_version(wanted: Wanted, target: Stored) -> None:
    """A whole value of an older schema would undo what the server migrated."""
    if not (wanted.replace and wanted.schema_version and target.schema_version):
        return
    if _version(wanted.schema_version) < _version(target.schema_version):
        raise InputError(
            f"schema_version {wanted.schema_version} is older than {target.schema_version}, which object "
            f"{target.name} has: use value_mode=merge, or write value for the newer version"
        )


def _version(text: str) -> list[int]:
    """Trailing zeros are not written: 1 is 1.0 (FACTS section 3.1)."""
    numbers = [int(part) if part.isdigit() else 0 for part in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


def _check_modifiable(schema: Schema, target: Stored, new: Mapping[str, Any], place: Move | None) -> None:
    changed = list(changed_paths(comparable(schema, target.value), comparable(schema, new)))
    if not target.can_write:
        refused = [path for path in changed if not _is_below_any(path, target.writable_only)]
        if refused or not changed:
            raise StateError(
                f"object {target.name} may not be changed, says the server ({', '.join(refused) or 'position'})"
            )
    refused = [path for path in changed if _is_below_any(path, target.locked)]
    if refused:
        raise InputError(
            f"{', '.join('.'.join(['value', *split_path(path)]) for path in refused)} of object {target.name} cannot be changed once it exists; "
            "leave it as it is, or remove the object and create it anew"
        )
    if place is not None and not target.is_movable:
        raise StateError(f"object {target.name} cannot be moved, says the server: leave out its position")


def _is_below_any(path: str, others: Sequence[str]) -> bool:
    """Whether ``path`` is one of ``others``, above or below one of them: changing an object whole changes what is in it."""
    parts = split_path(path)
    for other in others:
        names = split_path(other)
        if names and parts[: len(names)] == names[: len(parts)]:
            return True
    return False


def _shown(
    schema: Schema, wanted: Wanted, value: Any, rank: int | None, target: Stored | None = None
) -> Mapping[str, Any]:
    """One side of a diff; ``value`` is masked already."""
    shown: dict[str, Any] = {
        "schema_id": schema.schema_id,
        "scope": wanted.scope,
        "external_id": wanted.external_id if target is None else target.external_id,
        "value": value,
    }
    if rank is not None:
        shown["position"] = rank
    return shown
