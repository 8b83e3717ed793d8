# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What is wrong with a value, and with the items of a list: collected, so that one message names it all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from .._errors import CollectionError, InputError, Violation
from .._text import listed
from .walk import place_below

_MOST_NAMED = 10
Value = TypeVar("Value")


class Keyed(Protocol):
    """An item of the list."""

    @property
    def key(self) -> str:
        """By which users know it."""


Item = TypeVar("Item", bound=Keyed)

# Names of properties and indexes of elements, from the root of a value.
Place = tuple["str | int", ...]


@dataclass(frozen=True)
class Fault:
    """``text``: the end of a sentence that begins with the place, or with ``within``; ``joint``: what stands between them."""

    place: Place
    text: str
    joint: str = " "
    within: Place | None = None

    @property
    def sentence(self) -> str:
        subject = self.place if self.within is None else self.within
        return f"{called_place(subject)}{self.joint}{self.text}"

    @property
    def violation(self) -> Violation:
        """With a path as the server writes it (API facts, 5.2), but for the schema before it."""
        return Violation("/".join(map(str, self.place)), self.text)


def called_place(place: Place) -> str:
    """As users write it: ``value.rules[0].name``."""
    called = "value"
    for name in place:
        called = place_below(called, name)
    return called


def path_of(called: str) -> str:
    """As the server writes it: ``rules/0/name`` for ``value.rules[0].name``."""
    return called.removeprefix("value").replace("[", ".").replace("]", "").strip(".").replace(".", "/")


def refuse(faults: Sequence[Fault]) -> None:
    """Raises InputError that names all of them, if there are any."""
    if faults:
        violations = [fault.violation for fault in faults]
        raise InputError(listed([fault.sentence for fault in faults], _MOST_NAMED), violations=violations)


class ItemsError(InputError):
    """What is wrong with items of the list, by their keys. Each violation is told with the key of its item.

    ``lead``: how the message begins.
    """

    def __init__(self, problems: Mapping[str, CollectionError], lead: str = "") -> None:
        self._texts = {key: error.msg for key, error in problems.items()}
        super().__init__("", {"errors": self._texts})
        self._problems = problems
        self._lead = lead
        self.name_items({})

    def name_items(self, names: Mapping[str, str]) -> None:
        """``names``: how the message calls an item instead of by its key."""
        texts = [f"{names.get(key, key)}: {text}" for key, text in self._texts.items()]
        self.msg = self._lead + listed(texts, _MOST_NAMED)

    def error(self) -> dict[str, Any]:
        violations = []
        for key, error in self._problems.items():
            violations += [{"key": key, **violation} for violation in error.error()["constraint_violations"]]
        return {**super().error(), "constraint_violations": violations}

    def of_items(self, facts: Mapping[str, Value]) -> dict[str, Value]:
        """Those of ``facts`` that are of an item with a problem, by its key."""
        return {key: facts[key] for key in self._problems if key in facts}


class Problems:
    """One error for each item, by its key: the last one."""

    def __init__(self) -> None:
        self._by_key: dict[str, CollectionError] = {}

    @contextlib.contextmanager
    def of(self, key: str) -> Iterator[None]:
        """Keeps an error that is raised inside, so that the following items are checked as well."""
        try:
            yield
        except CollectionError as error:
            self._by_key[key] = error

    def add(self, key: str, text: str) -> None:
        self._by_key[key] = InputError(text)

    def raise_all(self) -> None:
        """Raises ItemsError if an item has an error."""
        if self._by_key:
            raise ItemsError(self._by_key)


def of_each(items: Iterable[Item], work: Callable[[Item], Value]) -> list[Value]:
    """What ``work`` gives for each. Raises ItemsError with the errors of all items that have one."""
    problems = Problems()
    results = []
    for item in items:
        with problems.of(item.key):
            results.append(work(item))
    problems.raise_all()
    return results
