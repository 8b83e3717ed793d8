# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A settings schema as this collection needs it (FACTS section 3.1): what kinds of values it has, and what identifies an object.

Nothing here compares or changes values; that is in values.py and secrets.py.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Kinds of a property beside the scalar types that the API names.
OBJECT, ENUM, LIST, SET, SECRET = "object", "enum", "list", "set", "secret"
COLLECTIONS = (LIST, SET)


class Property:
    """One property, or the items of a collection; types and enums are looked up in the schema's document."""

    def __init__(self, spec: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        self._spec = spec
        self._document = document
        kind = spec.get("type")
        self._type: Mapping[str, Any] = {}
        if isinstance(kind, Mapping):
            section, name = str(kind.get("$ref", "#/types/")).split("/")[-2:]
            self._type = document.get(section, {}).get(name, {})
            self.kind = ENUM if section == "enums" else OBJECT
        else:
            self.kind = str(kind)

    @property
    def is_nullable(self) -> bool:
        return bool(self._spec.get("nullable", True))

    @property
    def default(self) -> Any:
        return self._spec.get("default")

    @property
    def min_objects(self) -> int:
        """The fewest items that a collection may have."""
        return int(self._spec.get("minObjects") or 0)

    @property
    def max_objects(self) -> int | None:
        """The most items that a collection may have, None where the schema does not say."""
        most = self._spec.get("maxObjects")
        return int(most) if most else None

    @property
    def rules(self) -> Sequence[Mapping[str, Any]]:
        """The constraints of the property itself."""
        return self._spec.get("constraints") or ()

    @property
    def precondition(self) -> Mapping[str, Any] | None:
        return self._spec.get("precondition")

    @property
    def referenced_type(self) -> str | None:
        """Of a property that holds the id of another object: the schema of that object, if the document says it."""
        return self._spec.get("referencedType")

    @property
    def forces_resubmission(self) -> bool:
        """A change of it demands all secrets in clear (FACTS section 3.8)."""
        return bool(self._spec.get("forceSecretResubmission"))

    def is_same_type(self, other: Property) -> bool:
        """Of two objects."""
        return self._type is other._type

    @property
    def constraints(self) -> Sequence[Mapping[str, Any]]:
        """Of the object type, not of the property."""
        return self._type.get("constraints") or ()

    @functools.cached_property
    def properties(self) -> Mapping[str, Property]:
        """Of an object; empty for everything else. Kept, since thousands of values are walked with one schema."""
        specs = self._type.get("properties") or {}
        return {name: Property(spec, self._document) for name, spec in specs.items()}

    @functools.cached_property
    def item(self) -> Property:
        """Of a list or set."""
        return Property(self._spec.get("items") or {}, self._document)

    @property
    def choices(self) -> Sequence[Any]:
        """Of an enum."""
        return [item.get("value") for item in self._type.get("items") or ()]


class Schema(Property):
    """A whole document; seen as a property it is the object at the root of a value."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__({"type": OBJECT, "nullable": False}, document)
        self._type = document
        self.schema_id = str(document["schemaId"])
        self.version = str(document.get("version", ""))

    @property
    def is_single(self) -> bool:
        """At most one object on a scope, and its values are inherited where there is none."""
        return not self._document.get("multiObject")

    @property
    def is_ordered(self) -> bool:
        return bool(self._document.get("ordered"))

    @property
    def unique_keys(self) -> list[Sequence[str]]:
        """The property paths of each UNIQUE constraint among the objects of a scope; nested ones are written ``a/b``."""
        constraints = self._document.get("schemaConstraints") or ()
        return [
            one["uniqueProperties"]
            for one in constraints
            if one.get("type") == "UNIQUE" and one.get("uniqueProperties")
        ]

    def allows(self, scope: str) -> bool:
        """Whether objects may lie on ``scope``: ``environment``, or an entity id such as ``HOST-D3A3C5A146830A79``."""
        allowed = self._document.get("allowedScopes") or ()
        return not allowed or any(scope == one or scope.startswith(f"{one}-") for one in allowed)

    @property
    def allowed_scopes(self) -> Sequence[str]:
        return self._document.get("allowedScopes") or ()


def holds(precondition: Mapping[str, Any] | None, siblings: Mapping[str, Any]) -> bool:
    """Whether a property may (and, if it is not nullable, must) be there beside ``siblings`` (FACTS section 3.1).

    A kind of precondition that this collection does not know holds: the server decides.
    """
    if not precondition:
        return True
    kind = precondition.get("type")
    if kind == "NOT":
        return not holds(precondition.get("precondition"), siblings)
    if kind in ("AND", "OR"):
        answers = [holds(one, siblings) for one in precondition.get("preconditions") or ()]
        return all(answers) if kind == "AND" else any(answers)
    actual = siblings.get(str(precondition.get("property")))
    if kind == "NULL":
        return actual is None
    if kind == "EQUALS":
        return _same_scalar(actual, precondition.get("expectedValue"))
    if kind == "IN":
        return any(_same_scalar(actual, one) for one in precondition.get("expectedValues") or ())
    if kind == "REGEX_MATCH":
        return isinstance(actual, str) and re.fullmatch(str(precondition.get("pattern")), actual) is not None
    return True


def _same_scalar(left: Any, right: Any) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def lookup(value: Any, path: str) -> Any:
    """The value at ``path`` (``a/b`` or ``a.b``), None where there is none."""
    for name in split_path(path):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


@functools.lru_cache(maxsize=1024)
def split_path(path: str) -> tuple[str, ...]:
    """UNIQUE constraints separate with a slash, people with a dot; no property name holds either."""
    return tuple(name for name in re.split(r"[/.]", path) if name)


def property_at(schema: Schema, path: str) -> Property | None:
    """The property that ``path`` leads to, None where the schema has none."""
    found: Property = schema
    for name in split_path(path):
        if name not in found.properties:
            return None
        found = found.properties[name]
    return found


def changed_paths(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Paths at which two comparable values (values.comparable) differ; collections count as a whole."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            yield from changed_paths(old.get(name), new.get(name), f"{path}/{name}" if path else name)
    elif old != new:
        yield path
