# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the server would refuse about a value, by the schema alone (API facts, 3.1). Pure.

It reports only what the server is certain to refuse. Custom validators, references to other objects and kinds of constraints that
are not known here are left to the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._lists import keyed
from .comparison import text_of
from .problems import Fault, Place
from .references import is_pending
from .rules import Constraint, fault_of, outside
from .schema import LIST, OBJECT, SECRET, SET, Property, entries
from .walk import inside, lookup, mapping

# Of a value that is of the right form.
Check = Callable[[Property, Any, Place], Iterator[Fault]]
# What a schema tells of a single value beyond doubt. Patterns are Java's, and what it takes for blank is not certain either.
_CERTAIN = ("LENGTH", "RANGE")


def problems(prop: Property, value: Any, read: Any = None) -> Iterator[str]:
    """One sentence for each fault of a whole value; no sentence repeats the value.

    ``read``: the stored value. Its masked secrets stand for texts that nobody can check.
    """
    for fault in _WholeValue().faults(prop, value, value, read, ()):
        yield fault.sentence


def certain_faults(prop: Property, given: Any, sent: Any, read: Any) -> Iterator[Fault]:
    """What is wrong beyond doubt with what the user gave: choices, lengths, ranges, numbers of elements, repeated keys.

    ``sent``: the whole value, which decides what preconditions rule out; that, and what is missing, is left to the server, which may
    drop the one and fill in the other. ``read``: the stored value; what is as it was is not looked at.
    """
    return _GivenValue().faults(prop, given, sent, read, ())


class _WholeValue:
    """Looks at all that is in a value, and at what is missing. ``sent`` is the value itself."""

    def __init__(self) -> None:
        collection = self._of_collection
        self._of_kind: Mapping[str, Check] = {OBJECT: self._of_object, LIST: collection, SET: collection}

    def faults(self, prop: Property, value: Any, sent: Any, read: Any, place: Place) -> Iterator[Fault]:
        if value is None or self._is_excused(prop, value, sent, read):
            return
        if prop.fits(value):
            yield from self._of_kind.get(prop.kind, _of_scalar)(prop, value, place)
            yield from self._inside(prop, value, sent, read, place)
        for rule in filter(self._looks_at, prop.rules):
            text = fault_of(rule, value)
            if text:
                yield _said(place, rule, text)

    def _is_excused(self, prop: Property, value: Any, sent: Any, read: Any) -> bool:
        return prop.kind == SECRET and bool(value == read)

    def _looks_at(self, rule: Constraint) -> bool:
        return True

    def _inside(self, prop: Property, value: Any, sent: Any, read: Any, place: Place) -> Iterator[Fault]:
        for name, below, part, sent_part, stored in inside(prop, value, sent, read):
            yield from self.faults(below, part, sent_part, stored, (*place, name))

    def _of_object(self, prop: Property, value: Mapping[str, Any], place: Place) -> Iterator[Fault]:
        for name in prop.missing(value):
            yield Fault((*place, name), "is missing, but the schema requires it")
        for name in prop.ruled_out(value):
            if value.get(name) is not None:
                yield Fault((*place, name), "is not allowed with the other values: its precondition does not hold")

    def _of_collection(self, prop: Property, value: Sequence[Any], place: Place) -> Iterator[Fault]:
        elements = _elements(prop, value)
        # Whether the server counts what a set holds twice once or twice is not known.
        limits = prop.min_objects, prop.max_objects
        text = outside(f"must have {{}} elements, not {len(value)}", *limits, len(elements), len(value))
        if text:
            yield Fault(place, text)
        for rule in prop.rules:
            if rule.get("type") == "UNIQUE" and _has_repetition(self._keys(prop.item, rule, elements)):
                names = ", ".join(entries(rule, "uniqueProperties")) or "value"
                yield _said(place, rule, f"must not have two elements with the same {names}")

    def _keys(self, item: Property, rule: Constraint, elements: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """What identifies each element that has it."""
        names = entries(rule, "uniqueProperties")
        for element in elements:
            key = [lookup(element, name, item) for name in names] or [element]
            if self._identifies(key):
                yield key

    def _identifies(self, key: Sequence[Any]) -> bool:
        # Whether elements without a key are repetitions of each other is not known.
        return key.count(None) < len(key)


class _GivenValue(_WholeValue):
    """Looks at what is given and new, and only for what is beyond doubt."""

    def _is_excused(self, prop: Property, value: Any, sent: Any, read: Any) -> bool:
        # A secret that the server has already stays there, and what was given is not sent.
        is_kept = prop.kind == SECRET and value != sent
        return is_kept or bool(value == read) or is_pending(value)

    def _looks_at(self, rule: Constraint) -> bool:
        return rule.get("type") in _CERTAIN

    def _identifies(self, key: Sequence[Any]) -> bool:
        # What was not given may still get a value of its own.
        return None not in key

    def _of_object(self, prop: Property, value: Mapping[str, Any], place: Place) -> Iterator[Fault]:
        # What is missing the server may fill in.
        return iter(())

    def _inside(self, prop: Property, value: Any, sent: Any, read: Any, place: Place) -> Iterator[Fault]:
        left_out = prop.ruled_out(mapping(sent) or value)
        for name, below, part, sent_part, stored in inside(prop, value, sent, read):
            if name not in left_out:
                yield from self.faults(below, part, sent_part, stored, (*place, name))


def _of_scalar(prop: Property, value: Any, place: Place) -> Iterator[Fault]:
    if prop.lacks(value):
        yield Fault(place, f"must be one of {', '.join(map(str, prop.choices))}")


def _said(place: Place, rule: Constraint, text: str) -> Fault:
    """In the words of the schema's author, if there are any."""
    return Fault(place, rule.get("customMessage") or text, ": ")


def _elements(prop: Property, value: Sequence[Any]) -> Sequence[Any]:
    """A set holds an element once, however often it is given."""
    if prop.kind == SET:
        return list(keyed(value, text_of).values())
    return value


def _has_repetition(keys: Iterable[Sequence[Any]]) -> bool:
    texts = list(map(text_of, keys))
    return len(set(texts)) < len(texts)
