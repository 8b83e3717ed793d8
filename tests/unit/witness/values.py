# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Valid values made from a schema document alone. It shares nothing with the collection or the sandbox: it is a witness for both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
Reference = Callable[[str], str]

# Types of a newer time and deep nesting end here.
_DEEPEST = 6
# The first text that meets all constraints is taken; {n} differs from salt to salt.
_TEXTS = (
    "Sample {n}",
    "sample{n}",
    "Sample{n}xxxxxxxxxxxxxxxxxxxx",
    "sample.metric{n}",
    "https://sample{n}.example.com/path",
    "https://sample{n}.example.com/#/templates/job_template/{n}",
    "sample{n}@example.com",
    "$eq(sample{n})",
    "HOST-00000000000000{n:02d}",
    "SAMPLE_{n}",
    "sample_{n}",
    "#0a0b{n:02d}",
    "10:{n:02d}",
    "00000000-0000-4000-8000-0000000000{n:02d}",
    "{n}",
)
# What no generator can guess: relations between properties, by the name of their type (or the schema's id) and of the property.
_SPECIAL: Mapping[tuple[str, str], Callable[[int], Any]] = {
    ("builtin:monitoring.slo", "targetSuccess"): lambda n: 90.0 + n / 100,
    ("builtin:monitoring.slo", "targetWarning"): lambda n: 95.0 + n / 100,
    ("builtin:sandbox.objective", "target"): lambda n: 90.0 + n / 100,
    ("builtin:sandbox.objective", "warning"): lambda n: 95.0 + n / 100,
    ("Daily", "end"): lambda n: f"23:45:{n % 60:02d}",
    ("OnceRecurrence", "startTime"): lambda n: f"2026-01-{n % 28 + 1:02d}T10:00:00",
    ("OnceRecurrence", "endTime"): lambda n: f"2026-02-{n % 28 + 1:02d}T10:00:00",
    ("RecurrenceRange", "scheduleStartDate"): lambda n: f"2026-01-{n % 28 + 1:02d}",
    ("RecurrenceRange", "scheduleEndDate"): lambda n: f"2026-02-{n % 28 + 1:02d}",
}
_SCALARS: Mapping[str, Callable[[int], Any]] = {
    "boolean": lambda n: bool(n % 2),
    "local_date": lambda n: f"2026-03-{n % 28 + 1:02d}",
    "local_time": lambda n: f"{n % 24:02d}:30:00",
    "local_date_time": lambda n: f"2026-03-{n % 28 + 1:02d}T10:30:00",
    "zoned_date_time": lambda n: f"2026-03-{n % 28 + 1:02d}T10:30:00Z",
    "time_zone": lambda n: ("Europe/Vienna", "UTC")[n % 2],
}


class CannotMakeError(Exception):
    """No value is known that meets the schema."""


class Maker:
    """Makes values of one schema. ``secrets`` collects every secret that it made; ``refer`` gives the id of an object of a schema."""

    def __init__(self, document: Document, refer: Reference | None = None) -> None:
        self._document = document
        self._refer = refer
        self.secrets: list[str] = []

    def value(self, salt: int = 1, full: bool = False, fixed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """``full``: with every property that may be there, else only with those that must; ``fixed``: what some are."""
        owner = self._document["schemaId"]
        return self._object(owner, self._document, salt, full, _DEEPEST, fixed or {})

    def _object(
        self, owner: str, kind: Document, salt: int, full: bool, depth: int, fixed: Mapping[str, Any]
    ) -> dict[str, Any]:
        properties = kind["properties"]
        names = [name for name, one in properties.items() if full or not one["nullable"]]
        names += [name for one in kind.get("constraints") or [] for name in self._counted(one) if name not in names]
        names = [
            name for name in names if not any(name in self._too_many(one) for one in kind.get("constraints") or [])
        ]
        result: dict[str, Any] = {}
        # What is there decides what else may be there, so it takes some rounds.
        for dummy in range(len(names) + 1):
            before = dict(result)
            for name in [name for name in result if not holds(properties[name].get("precondition"), result)]:
                del result[name]
            for name in names:
                if name not in result and holds(properties[name].get("precondition"), result):
                    self._add(result, owner, name, properties[name], salt, full, depth, fixed)
            if result == before:
                return result
        raise CannotMakeError(f"{owner} never settles: {sorted(result)}")

    def _counted(self, constraint: Document) -> list[str]:
        wanted = constraint.get("minimumPropertyCount") or 0
        return list(constraint["properties"][:wanted]) if constraint["type"] == "PROPERTY_COUNT_RANGE" else []

    def _too_many(self, constraint: Document) -> list[str]:
        if constraint["type"] != "PROPERTY_COUNT_RANGE" or not constraint.get("maximumPropertyCount"):
            return []
        return list(constraint["properties"][constraint["maximumPropertyCount"] :])

    def _add(
        self,
        result: dict[str, Any],
        owner: str,
        name: str,
        spec: Document,
        salt: int,
        full: bool,
        depth: int,
        fixed: Mapping[str, Any],
    ) -> None:
        if name in fixed:
            result[name] = fixed[name]
            return
        special = _SPECIAL.get((owner, name))
        try:
            result[name] = special(salt) if special else self._any(spec, salt, full, depth, f"{owner}.{name}")
        except CannotMakeError:
            if not spec["nullable"]:
                raise

    def _any(self, spec: Document, salt: int, full: bool, depth: int, where: str) -> Any:
        if depth == 0:
            raise CannotMakeError(f"{where} is too deep")
        kind = spec["type"]
        if isinstance(kind, Mapping):
            section, name = kind["$ref"].split("/", 2)[1:]
            if section == "enums":
                choices = [item["value"] for item in self._document["enums"][name]["items"]]
                return choices[salt % len(choices)]
            return self._object(name, self._document["types"][name], salt, full, depth - 1, {})
        if kind in ("set", "list"):
            return self._collection(spec, salt, full, depth, where)
        if kind in ("text", "secret"):
            return self._text(spec, salt, where)
        if kind in ("integer", "float"):
            return self._number(spec, salt)
        if kind == "setting":
            if self._refer is None:
                raise CannotMakeError(f"{where} refers to another object")
            return self._refer(spec["referencedType"])
        if kind not in _SCALARS:
            raise CannotMakeError(f"{where} is of the unknown type {kind}")
        return _SCALARS[kind](salt)

    def _collection(self, spec: Document, salt: int, full: bool, depth: int, where: str) -> list[Any]:
        few, many = spec.get("minObjects") or 0, spec.get("maxObjects") or 1
        if any(one["type"] == "NOT_EMPTY" for one in spec.get("constraints") or []):
            few = max(few, 1)
        if full:
            # Two of a kind have an order; further down that would only make the value huge.
            is_object = "/types/" in str(spec["items"]["type"])
            few = max(few, min(1 if is_object and depth < _DEEPEST - 2 else 2, many))
        items: list[Any] = []
        for number in range(few):
            one = self._any(spec["items"], salt + number, full, depth - 1, f"{where}[]")
            if one not in items:
                items.append(one)
        return items

    def _text(self, spec: Document, salt: int, where: str) -> str:
        secret = spec["type"] == "secret"
        for form in _TEXTS:
            text = form.format(n=salt)
            if secret:
                text = text.replace("ample", "ecret")
            text += "x" * (_bound(spec, "LENGTH", "minLength", 0) - len(text))
            if all(_meets(one, text) for one in spec.get("constraints") or []):
                if secret:
                    self.secrets.append(text)
                return text
        raise CannotMakeError(f"{where}: no text is known for {spec.get('constraints')}")

    def _number(self, spec: Document, salt: int) -> Any:
        low, high = _bound(spec, "RANGE", "minimum", 1), _bound(spec, "RANGE", "maximum", 1000)
        number = min(low + salt, high) if salt % 2 else max(high - salt, low)
        return int(number) if spec["type"] == "integer" else float(number)


def _bound(spec: Document, kind: str, name: str, default: Any) -> Any:
    for one in spec.get("constraints") or []:
        if one["type"] == kind and one.get(name) is not None:
            return one[name]
    return default


def _meets(constraint: Document, text: str) -> bool:
    kind = constraint["type"]
    if kind == "LENGTH":
        longest = constraint.get("maxLength")
        return (constraint.get("minLength") or 0) <= len(text) and (longest is None or len(text) <= longest)
    if kind == "PATTERN":
        return re.search(constraint["pattern"], text) is not None
    return kind != "NO_WHITESPACE" or " " not in text


def holds(precondition: Document | None, siblings: Mapping[str, Any]) -> bool:
    """Whether a property with this precondition may stand beside these."""
    if not precondition:
        return True
    kind = precondition["type"]
    if kind == "NOT":
        return not holds(precondition["precondition"], siblings)
    if kind == "AND":
        return all(holds(one, siblings) for one in precondition["preconditions"])
    if kind == "OR":
        return any(holds(one, siblings) for one in precondition["preconditions"])
    found = siblings.get(precondition["property"])
    if kind == "NULL":
        return found is None
    if kind == "EQUALS":
        return bool(found == precondition["expectedValue"])
    if kind == "IN":
        return found in precondition["expectedValues"]
    if kind == "REGEX_MATCH":
        return isinstance(found, str) and re.fullmatch(precondition["pattern"], found) is not None
    raise CannotMakeError(f"precondition of the unknown kind {kind}")


def walk(document: Document, value: Any) -> Iterator[tuple[Document, Any, Callable[[Any], None]]]:
    """Each property of the value with its specification and a way to replace it, outermost last."""
    yield from _walk(document, document["properties"], value)


def _walk(
    document: Document, properties: Document, value: dict[str, Any]
) -> Iterator[tuple[Document, Any, Callable[[Any], None]]]:
    for name, one in list(value.items()):
        spec = properties[name]
        for item_spec, item in _inside(spec, one):
            kind = item_spec["type"]
            if isinstance(kind, Mapping) and "/types/" in kind["$ref"] and isinstance(item, dict):
                inner = document["types"][kind["$ref"].rsplit("/", 1)[1]]["properties"]
                yield from _walk(document, inner, item)
        yield spec, one, lambda new, name=name: value.__setitem__(name, new)


def _inside(spec: Document, value: Any) -> Sequence[tuple[Document, Any]]:
    return [(spec["items"], item) for item in value] if isinstance(value, list) else [(spec, value)]


def switches(document: Document) -> Iterator[tuple[str, Any]]:
    """Each choice of each property at the top that decides about others there."""
    decisive = set(
        re.findall(r"'property': '(\w+)'", str([one.get("precondition") for one in document["properties"].values()]))
    )
    for name in sorted(decisive):
        kind = document["properties"][name]["type"]
        if isinstance(kind, Mapping) and "/enums/" in kind["$ref"]:
            for item in document["enums"][kind["$ref"].rsplit("/", 1)[1]]["items"]:
                yield name, item["value"]
        elif kind == "boolean":
            yield from ((name, choice) for choice in (True, False))
