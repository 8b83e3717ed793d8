# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A settings schema as this collection needs it (API facts, 3.1): what kinds of values it has, and what identifies an object.

Nothing here compares or changes values; that is in values.py and secrets.py.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._http.shape import Part, document
from .._lists import is_chosen
from .rules import fault_of, holds
from .wanted import server_chooses

# Kinds of a property beside the scalar types that the API names.
OBJECT, ENUM, LIST, SET, SECRET = "object", "enum", "list", "set", "secret"
# Of a property of which nothing is known, as of a type of a newer time: whatever it holds is the server's business.
ANY = "any"
COLLECTIONS = (LIST, SET)
_FORMS = {ANY: object, OBJECT: dict, LIST: list, SET: list}
_SCALARS = ("text", "boolean", "integer", "float", "setting", "local_date", "local_time", "local_date_time")
_KNOWN = (*_SCALARS, "zoned_date_time", "time_zone", OBJECT, LIST, SET, SECRET)
# Thousands of values are walked by the same few paths.
_MOST_PATHS = 4096


@dataclass(frozen=True)
class ObjectKey:
    """Property paths whose values together tell an object from the others of its scope; nested ones are written ``a/b``.

    ``by_element``: each element of a collection does so by itself (``flattenCollections``, API facts, 3.1).
    """

    paths: tuple[str, ...]
    by_element: bool = False

    def __str__(self) -> str:
        return " and ".join(self.paths)


class Property:
    """One property, or the items of a collection; types and enums are looked up in the schema's document.

    ``is_key``: by itself it tells an object from all others.
    """

    def __init__(self, spec: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        self._spec = spec
        self._document = document
        self._type: Mapping[str, Any] = {}
        kind = spec.get("type")
        if isinstance(kind, Mapping):
            section, name = _referred(kind)
            self._type = _object(_object(document, section), name)
            self.kind = ENUM if section == "enums" else OBJECT
        else:
            self.kind = str(kind) if kind in _KNOWN else ANY
        self.is_nullable = bool(spec.get("nullable", True))
        self.is_key = False

    @functools.cached_property
    def default(self) -> Any:
        """What it is unless somebody says otherwise, None if the schema has nothing that could be sent (API facts, 3.1).

        A default that the property's own rules refuse is a hint for the web interface, and the server may set the property itself;
        one of a key could be that of a single object.
        """
        default = self._spec.get("default")
        if self.is_key or not self._takes(default):
            return None
        return default

    @property
    def has_unusable_default(self) -> bool:
        return self.default is None and self._spec.get("default") is not None

    def is_unusable(self, value: Any) -> bool:
        """Whether ``value`` is a default that could not be sent."""
        return self.has_unusable_default and bool(value == self._spec["default"])

    def _takes(self, value: Any) -> bool:
        """Whether a single value, or a collection that may be empty, is not certain to be refused."""
        if self.kind == "setting":
            return False  # objects of an environment have other ids, which no schema knows
        return not self.lacks(value) and not any(fault_of(rule, value) for rule in self.rules)

    def lacks(self, value: Any) -> bool:
        """Of an enum: whether ``value`` is none of its choices."""
        return not is_chosen(value, self.choices)

    @property
    def may_be_empty(self) -> bool:
        """Of a collection."""
        return self.min_objects == 0 and self._takes([])

    @property
    def min_objects(self) -> int:
        """The fewest items that a collection may have."""
        return int(self._spec.get("minObjects") or 0)

    @property
    def max_objects(self) -> int | None:
        """The most items that a collection may have, None where the schema does not say."""
        return self._spec.get("maxObjects") or None

    @property
    def rules(self) -> Sequence[Mapping[str, Any]]:
        """The constraints of the property itself."""
        return entries(self._spec, "constraints")

    def is_possible(self, siblings: Mapping[str, Any]) -> bool | None:
        """Whether it may (and, if it is not nullable, must) be there beside ``siblings``; None if that is unknown."""
        return holds(self.precondition, siblings)

    @property
    def precondition(self) -> Any:
        return self._spec.get("precondition")

    @property
    def is_conditional(self) -> bool:
        return self.precondition is not None

    @property
    def referenced_type(self) -> str | None:
        """Of a property that holds the id of another object: the schema of that object, if the document says it."""
        return self._spec.get("referencedType")

    @property
    def forces_resubmission(self) -> bool:
        """A change of it demands all secrets in clear (API facts, 3.8)."""
        return bool(self._spec.get("forceSecretResubmission"))

    def fits(self, value: Any) -> bool:
        """Whether ``value`` is a dictionary, a list or neither, as this property is. What is in it is not looked at."""
        if self.kind in _FORMS:
            return isinstance(value, _FORMS[self.kind])
        return not isinstance(value, (dict, list))

    def is_same_type(self, other: Property) -> bool:
        """Of two objects."""
        return self._type is other._type

    @property
    def constraints(self) -> Sequence[Mapping[str, Any]]:
        """Of the object type, not of the property."""
        return entries(self._type, "constraints")

    # What follows is kept, since thousands of values are walked with one schema.

    @functools.cached_property
    def properties(self) -> Mapping[str, Property]:
        """Of an object; empty for everything else."""
        specs = _object(self._type, "properties")
        return {name: Property(spec, self._document) for name, spec in specs.items()}

    def below(self, name: str) -> Property:
        """The property of that name; UNKNOWN where the schema has none."""
        return self.properties.get(name, UNKNOWN)

    @functools.cached_property
    def required(self) -> Mapping[str, Property]:
        """Those of the properties that are not nullable. They must be there if their preconditions hold."""
        return {name: prop for name, prop in self.properties.items() if not prop.is_nullable}

    def missing(self, fields: Mapping[str, Any]) -> list[str]:
        """The names of required properties that must be there beside ``fields``, and are not."""
        names = []
        for name, prop in self.required.items():
            if fields.get(name) is None and prop.is_possible(fields):
                names.append(name)
        return names

    @functools.cached_property
    def conditional(self) -> Mapping[str, Property]:
        """Those of the properties that have a precondition."""
        return {name: prop for name, prop in self.properties.items() if prop.is_conditional}

    def ruled_out(self, fields: Mapping[str, Any]) -> list[str]:
        """The names of properties that may not be there beside ``fields``."""
        return [name for name, prop in self.conditional.items() if prop.is_possible(fields) is False]

    @functools.cached_property
    def item(self) -> Property:
        """Of a list or set."""
        return Property(_object(self._spec, "items"), self._document)

    @functools.cached_property
    def has_secrets(self) -> bool:
        """Whether there may be a secret in a value of it."""
        return self._reaches_secret([])

    @functools.cached_property
    def choices(self) -> Sequence[Any]:
        """Of an enum."""
        return [item.get("value") for item in entries(self._type, "items")]

    def _reaches_secret(self, seen: list[Mapping[str, Any]]) -> bool:
        """``seen``: the types that were looked into already."""
        if self.kind in COLLECTIONS:
            return self.item._reaches_secret(seen)
        if self.kind != OBJECT or any(self._type is other for other in seen):
            return self.kind == SECRET
        seen.append(self._type)
        return any(prop._reaches_secret(seen) for prop in self.properties.values())


# What the schema does not describe.
UNKNOWN = Property({}, {})


def _referred(kind: Mapping[str, Any]) -> Sequence[str]:
    """Section and name of ``{"$ref": "#/types/NAME"}``; without a section it is that of types."""
    return ["types", *str(kind.get("$ref", "")).split("/")][-2:]


class Schema(Property):
    """A whole document; seen as a property it is the object at the root of a value.

    Raises ShapeError for what is none, as a reader of an answer does.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        answer = Part(document).record()
        check_schema(answer)
        super().__init__({"type": OBJECT, "nullable": False}, document)
        self._type = document
        self.schema_id = answer.text("schemaId")
        self.version = str(document.get("version", ""))
        for key in self._keys_of_one_property():
            prop = property_at(self, key.paths[0])
            prop.is_key = prop is not UNKNOWN

    @property
    def is_single(self) -> bool:
        """At most one object on a scope, and its values are inherited where there is none."""
        return not self._document.get("multiObject")

    @property
    def is_ordered(self) -> bool:
        return bool(self._document.get("ordered"))

    @functools.cached_property
    def unique_keys(self) -> list[ObjectKey]:
        """Of each UNIQUE constraint among the objects of a scope, unless a secret, which nobody can compare, is a part of it."""
        keys = []
        for key in self._keys("UNIQUE"):
            if not any(property_at(self, path).has_secrets for path in key.paths):
                keys.append(key)
        return keys

    @property
    def has_keys_by_element(self) -> bool:
        """Whether one element of a collection is enough to find an object."""
        return any(key.by_element for key in self.unique_keys)

    def _keys(self, *kinds: str) -> list[ObjectKey]:
        keys = []
        for rule in entries(self._document, "schemaConstraints"):
            paths = tuple(entries(rule, "uniqueProperties"))
            if rule.get("type") in kinds and paths:
                keys.append(ObjectKey(paths, bool(rule.get("flattenCollections"))))
        return keys

    def _keys_of_one_property(self) -> list[ObjectKey]:
        """Of properties that no two objects share, on a scope or on all of them."""
        kinds = ["MULTI_SCOPE_UNIQUE"]
        if not self.is_single:
            kinds.append("UNIQUE")
        return [key for key in self._keys(*kinds) if len(key.paths) == 1]

    def allows(self, scope: str) -> bool:
        """Whether objects may lie on ``scope``: ``environment``, or an entity id such as ``HOST-D3A3C5A146830A79``."""
        kinds = self.allowed_scopes
        is_entity = scope.startswith(tuple(map("{}-".format, kinds)))
        return is_entity or is_chosen(scope, kinds) or server_chooses(self.schema_id, scope)

    @property
    def allowed_scopes(self) -> Sequence[str]:
        return entries(self._document, "allowedScopes")


def _object(part: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return part.get(name) or {}


def entries(part: Mapping[str, Any], name: str) -> Sequence[Any]:
    """Of a list in the document; none where there is none."""
    return part.get(name) or ()


def read_schema(answer: Part) -> Schema:
    """The reader of a call that gives a document."""
    return Schema(document(answer))


@functools.lru_cache(maxsize=_MOST_PATHS)
def split_path(path: str, prop: Property = UNKNOWN) -> tuple[str, ...]:
    """The names in ``path``. A slash always separates, a dot unless ``prop`` has a property of the whole name there."""
    return tuple(_names(path, prop))


def _names(path: str, prop: Property) -> Iterator[str]:
    for part in path.split("/"):
        rest = part
        while rest:
            name = first_name(rest, prop)
            rest = rest[len(name) + 1 :]
            if name:
                yield name
                prop = prop.below(name)


def first_name(text: str, prop: Property) -> str:
    """The longest beginning that is the name of a property, else all up to the first dot."""
    name = text
    while name and name not in prop.properties:
        name = name.rpartition(".")[0]
    return name or text.partition(".")[0]


@functools.lru_cache(maxsize=_MOST_PATHS)
def properties_along(schema: Property, path: str) -> tuple[Property, ...]:
    """What ``path`` leads through, from ``schema`` to the property at its end; UNKNOWN for what the schema does not have."""
    return tuple(itertools.accumulate(split_path(path, schema), Property.below, initial=schema))


def property_at(schema: Property, path: str) -> Property:
    """The property that ``path`` leads to, UNKNOWN where the schema has none."""
    return properties_along(schema, path)[-1]


def check_schema(answer: Part) -> None:
    """Raises ShapeError for what is not a document of a schema (API facts, 3.1)."""
    answer.text("schemaId")
    answer.texts("allowedScopes")
    for owner in (answer, *_members(answer.part("types"))):
        owner.parts("constraints")
        for prop in _members(owner.part("properties")):
            _check_property(prop)
    for enum in _members(answer.part("enums")):
        enum.parts("items")
    for constraint in answer.parts("schemaConstraints"):
        constraint.texts("uniqueProperties")


def _members(owner: Part) -> list[Part]:
    return [Part(part, f"{owner.place}.{name}").record() for name, part in owner.raw.items()]


def _check_property(prop: Part) -> None:
    if isinstance(prop.value("type"), Mapping):
        prop.part("type").optional_text("$ref")
    for name in ("minObjects", "maxObjects"):
        prop.number(name)
    for constraint in prop.parts("constraints"):
        constraint.texts("uniqueProperties")
    _check_precondition(prop.part("precondition"))
    if prop.has("items"):
        _check_property(prop.part("items"))


def _check_precondition(precondition: Part) -> None:
    if precondition.has("precondition"):
        _check_precondition(precondition.part("precondition"))
    if precondition.has("expectedValues"):
        precondition.elements("expectedValues")
    for part in precondition.parts("preconditions"):
        _check_precondition(part)
