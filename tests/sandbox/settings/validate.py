# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a value is what its schema says, and the form in which it is stored (API facts, 3.1 and 5.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..variants import Variant, Variants
from . import zones
from .catalog import Catalog, Schema
from .constraints import check_object, check_property
from .ids import read_object_id
from .preconditions import holds
from .store import Store
from .values import WrongTypeError, canonical, read_scalar
from .walk import COLLECTIONS, Definition, Path

VARIANTS = {
    "settings_precondition_false": Variant(
        "a value for a property whose precondition does not hold", ("refuse", "ignore")
    ),
    "settings_set_order": Variant("in which order the elements of a set come back", ("sorted", "kept")),
    "settings_set_repeated": Variant(
        "a set that holds an element twice is stored so, or not", ("once", "twice", "refuse")
    ),
    "settings_required": Variant(
        "what is said of a required property that is missing: as today, or as older servers did", ("today", "older")
    ),
    "settings_empty_collections": Variant(
        "a required collection that may be empty and is left out: it stays absent, or is missing", ("absent", "refuse")
    ),
    **zones.VARIANTS,
}

NULL = "Must not be null"
_NULL_ONCE = "Given property '{}' with value: 'null' does not comply with required NonNull of schema"
NOT_A_SETTING = "Must be of type setting"


class Validator:
    """Looks at one value; ``problems`` holds everything that is wrong with it, not only the first thing.

    References are looked up in ``store``, those of schemas in ``catalog``. ``drops_unknown``: what the schema does not know is
    left out, not refused.
    """

    def __init__(
        self,
        schema: Schema,
        catalog: Catalog | tuple[str, ...],
        store: Store | None,
        variants: Variants,
        drops_unknown: bool = False,
    ) -> None:
        self._schema = schema
        self._catalog = catalog
        self._store = store
        self._variants = variants
        self._drops_unknown = drops_unknown
        self.problems: list[tuple[Path, str]] = []

    def stored_form(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Without nulls, integers of float properties as floats, sets sorted; what is wrong is left out."""
        described = {"properties": self._schema.properties, "constraints": self._schema.constraints}
        return self._object(described, value, ())

    def _object(self, described: Mapping[str, Any], value: Mapping[str, Any], path: Path) -> dict[str, Any]:
        result = self._unknown(described, value, path)
        before = len(self.problems)
        for name, definition in described["properties"].items():
            part = value.get(name)
            if not holds(definition.get("precondition"), value):
                if part is not None and not self._ignores_ruled_out:
                    self._add((*path, name), "Unknown property")
            elif part is not None:
                self._property(definition, part, (*path, name), result)
            elif self._is_missing(definition):
                today = self._variants["settings_required"] == "today"
                self._add((*path, name), NULL if today else _NULL_ONCE.format(name))
        # A relation between properties says nothing new about those that are wrong in themselves.
        if len(self.problems) == before:
            self._check(check_object, described.get("constraints") or [], result, path)
        return result

    def _unknown(self, described: Mapping[str, Any], value: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """What is kept of the properties that the schema does not know."""
        unknown = {name: item for name, item in value.items() if name not in described["properties"]}
        # As the sections of an extension's data sources are.
        if described.get("open"):
            return unknown
        if not self._drops_unknown:
            for name in unknown:
                self._add((*path, name), "Unknown property")
        return {}

    @property
    def _ignores_ruled_out(self) -> bool:
        return self._drops_unknown or self._variants["settings_precondition_false"] == "ignore"

    def _is_missing(self, definition: Definition) -> bool:
        """Of a property without a value."""
        may_be_empty = definition["type"] in COLLECTIONS and not definition.get("minObjects")
        if may_be_empty and self._variants["settings_empty_collections"] == "absent":
            return False
        return not definition["nullable"]

    def _property(self, definition: Definition, value: Any, path: Path, result: dict[str, Any]) -> None:
        try:
            typed = self._typed(definition, value, path)
        except WrongTypeError:
            kind, _dummy = self._schema.resolve(definition["type"])
            self._add(path, f"Must be of type {kind}")
            return
        if self._check(check_property, definition.get("constraints") or [], typed, path):
            result[path[-1]] = typed

    def _typed(self, definition: Definition, value: Any, path: Path) -> Any:
        kind, described = self._schema.resolve(definition["type"])
        if kind == "object":
            if not isinstance(value, Mapping):
                raise WrongTypeError
            return self._object(described, value, path)
        if kind == "enum":
            return self._enum(described, value, path)
        if kind in COLLECTIONS:
            if not isinstance(value, list):
                raise WrongTypeError
            return self._collection(definition, kind, value, path)
        scalar = read_scalar(kind, value)
        return self._referred(definition, scalar, path) if kind == "setting" else scalar

    def _enum(self, enum: Mapping[str, Any], value: Any, path: Path) -> Any:
        known = [item["value"] for item in enum["items"]]
        if canonical(value) not in map(canonical, known):
            self._add(path, f"'{value}' must be any of [{', '.join(map(str, known))}]")
        return value

    def _collection(self, definition: Definition, kind: str, value: list[Any], path: Path) -> list[Any]:
        low, high = definition.get("minObjects") or 0, definition["maxObjects"]
        if not low <= len(value) <= high:
            self._add(path, f"must have between {low} and {high} elements")
        rows: list[Any] = []
        for index, element in enumerate(value):
            row: dict[str, Any] = {}
            place = (*path, str(index))
            self._property(definition["items"], element, place, row)
            rows.extend(row.values())
        return self._set(rows, path) if kind == "set" else rows

    def _set(self, rows: list[Any], path: Path) -> list[Any]:
        unique = {canonical(row): row for row in rows}
        if len(unique) < len(rows) and self._variants["settings_set_repeated"] == "refuse":
            self._add(path, "Elements of a set must be unique")
        if self._variants["settings_set_repeated"] != "twice":
            rows = list(unique.values())
        return sorted(rows, key=canonical) if self._variants["settings_set_order"] == "sorted" else rows

    def _referred(self, definition: Definition, value: str, path: Path) -> str:
        """The id as it is stored. It has to be that of an object that is there; of an unknown schema nobody can say."""
        wanted = definition.get("referencedType")
        if wanted == zones.SCHEMA:
            value = zones.stored_form(value, self._variants)
        if wanted is None or wanted not in self._catalog or self._store is None:
            return value
        if not zones.is_known(value):
            self._check_reference(wanted, value, self._store, path)
        return value

    def _check_reference(self, wanted: str, value: str, store: Store, path: Path) -> None:
        target = read_object_id(value)
        if target is None or target.schema_id != wanted:
            self._add(path, NOT_A_SETTING)
        elif store.get(value) is None:
            self._add(path, f"Referenced object '{value}' does not exist")

    def _check(self, check: Callable[[Any, Any], str | None], constraints: list[Any], value: Any, path: Path) -> bool:
        messages = [message for constraint in constraints if (message := check(constraint, value)) is not None]
        for message in messages:
            self._add(path, message)
        return not messages

    def _add(self, path: Path, message: str) -> None:
        self.problems.append((path, message))
