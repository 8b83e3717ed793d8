# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a value as it was sent to the one that is stored, or all that is wrong with it (API facts, 3.1, 3.4, 3.8, 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ApiError, violation
from ..variants import Variants
from . import assigned
from .between import duplicates, index_keys, references, too_much
from .catalog import Catalog, Schema
from .defaults import repaired
from .masking import Secrets
from .store import Store, Stored
from .validate import NOT_A_SETTING, NULL, Validator
from .values import at_path, canonical
from .walk import Path


@dataclass(frozen=True)
class Draft:
    """A value that may be stored, with what the store wants to know of it."""

    value: dict[str, Any]
    size: int
    keys: tuple[tuple[str, str], ...]
    references: tuple[str, ...]


class Drafting:
    """Everything that is asked of a value before it is stored."""

    def __init__(self, catalog: Catalog, store: Store, variants: Variants) -> None:
        self._catalog = catalog
        self._store = store
        self._variants = variants
        self._secrets = Secrets(variants)

    def draft(self, schema: Schema, scope: str, sent: Any, old: Stored | None, index: int, repair: bool) -> Draft:
        """400 with every violation, not only the first; ``index`` is the item's place in the request."""
        if not isinstance(sent, Mapping):
            raise refusal(schema, index, [((), "Must be of type object")])
        value, problems = self._secrets.resolved(schema, sent, old.value if old else None)
        value = assigned.completed(schema, value)
        if repair:
            value = repaired(schema, value)
        validator = Validator(schema, self._catalog, self._store, self._variants, drops_unknown=repair)
        value = validator.stored_form(value)
        problems += validator.problems
        wrong = {path[0] for path, dummy in problems if path}
        if old is not None:
            again = self._secrets.not_resubmitted(schema, sent, value, old.value, complete=not problems)
            problems += _changed_for_good(schema, value, old, wrong)
            problems += _of_other_places(again, problems)
        own_id = old.object_id if old else None
        problems += duplicates(schema, scope, value, own_id, wrong, self._store)
        size = len(canonical(value).encode())
        problems += too_much(schema, self._store.bucket(schema.id, scope), size, old)
        if problems:
            raise refusal(schema, index, problems)
        return Draft(value, size, tuple(index_keys(schema, scope, value)), references(schema, value))


def _of_other_places(more: list[tuple[Path, str]], problems: list[tuple[Path, str]]) -> list[tuple[Path, str]]:
    named = {path for path, dummy in problems}
    return [(path, message) for path, message in more if path not in named]


def _changed_for_good(schema: Schema, new: Mapping[str, Any], old: Stored, wrong: set[str]) -> list[tuple[Path, str]]:
    """Changes of what keeps its first value, or, in a read-only object, of anything but ``modifiablePaths``."""
    problems: list[tuple[Path, str]] = []
    for path, title in schema.never_modified.items():
        parts = tuple(path.split("/"))
        if parts[0] not in wrong and canonical(at_path(new, path)) != canonical(at_path(old.value, path)):
            problems.append((parts, f"{title} cannot be modified"))
    if not old.modifiable:
        for name, definition in schema.properties.items():
            if name not in schema.always_modifiable and canonical(new.get(name)) != canonical(old.value.get(name)):
                problems.append(((name,), f"{definition.get('displayName') or name} cannot be modified"))
    return problems


def refusal(schema: Schema, index: int, problems: list[tuple[Path, str]]) -> ApiError:
    """A 400 with all of them, in the words and forms of API facts, 5.2."""
    violations = [_violation(f"{schema.id}/{index}", path, message) for path, message in problems]
    # The real server has another headline for references alone.
    if all(message == NOT_A_SETTING for dummy, message in problems):
        return ApiError(400, "Constraints violated.", violations)
    return ApiError(400, f"Validation failed for {len(problems)} Validators.", violations)


def _violation(place: str, path: Path, message: str) -> dict[str, Any]:
    """What is missing was seen with dots in its path and nothing but the message beside it, everything else with both."""
    if message == NULL:
        return {"path": f"{place}/{'.'.join(path)}", "message": message}
    return violation("/".join((place, *path)), message, "PAYLOAD_BODY")
