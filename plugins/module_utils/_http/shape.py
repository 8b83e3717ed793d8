# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""What an answer must hold: the one helper by which every ``api.py`` turns JSON into typed values.

A call says by a reader, a function of a Part, what it needs: ``client.get(path, params, lambda answer: answer.text("version"))``. What
is not as the reader wants it is a ShapeError, of which the client makes its own error with the address; after a write that means that
its answer is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Value = TypeVar("Value")
_KINDS = ((bool, "a truth value"), (str, "a text"), (int, "a number"), (float, "a number"), (list, "a list"))


class ShapeError(Exception):
    """Something else than what was expected; the text says where and what, as the rest of a sentence."""


class Part:
    """A JSON value somewhere in an answer. ``raw``: as it came, None for an empty body. ``place``: where it stands, for errors.

    Fields that may be left out may be null as well, which is the same to the API (API facts, 0.6).
    """

    __slots__ = ("place", "raw")

    def __init__(self, raw: Any, place: str = "") -> None:
        self.raw = raw
        self.place = place

    def record(self) -> Part:
        """This value, which must be an object."""
        if not isinstance(self.raw, Mapping):
            raise self._unexpected("an object", self.raw, self.place)
        return self

    def rows(self) -> list[Part]:
        """The elements of this value, which must be a list of objects."""
        if not isinstance(self.raw, list):
            raise self._unexpected("a list", self.raw, self.place)
        return [Part(row, f"{self.place}[{index}]").record() for index, row in enumerate(self.raw)]

    def has(self, name: str) -> bool:
        """Whether there is a field with a value."""
        return self.record().raw.get(name) is not None

    def value(self, name: str) -> Any:
        """A field as it came, whatever it is; None where there is none."""
        return self.record().raw.get(name)

    def text(self, name: str) -> str:
        """A field that must be there. Numbers are taken for their text, since ids are written either way."""
        value = self.optional_text(name)
        if not value:
            raise self._unexpected("a text", self.value(name), self._below(name))
        return value

    def optional_text(self, name: str) -> str | None:
        value = self.value(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return value if value is None else self._typed(value, str, "a text", name)

    def number(self, name: str) -> int | None:
        """An integer; None where there is none."""
        value = self.value(name)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool):
            raise self._unexpected("a whole number", value, self._below(name))
        return value if value is None else self._typed(value, int, "a whole number", name)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.value(name)
        return default if value is None else self._typed(value, bool, "true or false", name)

    def mapping(self, name: str) -> Mapping[str, Any]:
        """An object as it came; empty where there is none."""
        fields: Mapping[str, Any] = self.part(name).raw
        return fields

    def part(self, name: str) -> Part:
        """An object to look into; an empty one where there is none."""
        value = self.value(name)
        return Part({} if value is None else value, self._below(name)).record()

    def parts(self, name: str) -> list[Part]:
        """The objects of a list; none where there is none."""
        value = self.value(name)
        return Part([] if value is None else value, self._below(name)).rows()

    def required_parts(self, name: str) -> list[Part]:
        """The objects of a list that must be there."""
        return Part(self.value(name), self._below(name)).rows()

    def elements(self, name: str) -> list[Any]:
        """Those of a list that must be there, whatever they are."""
        value = self.value(name)
        if not isinstance(value, list):
            raise ShapeError(f"no list {self._below(name)}; it has {', '.join(sorted(self.raw))}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; none where there is none."""
        value = self.value(name)
        listed = self._typed([] if value is None else value, list, "a list", name)
        for index, item in enumerate(listed):
            if not isinstance(item, str):
                raise self._unexpected("a text", item, f"{self._below(name)}[{index}]")
        return tuple(listed)

    def _below(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _typed(self, value: Any, kind: type[Value], described: str, name: str) -> Value:
        if not isinstance(value, kind):
            raise self._unexpected(described, value, self._below(name))
        return value

    @staticmethod
    def _unexpected(described: str, value: Any, place: str) -> ShapeError:
        where = f" at {place}" if place else ""
        return ShapeError(f"{_kind(value)} where {described} was expected{where}")


Reader = Callable[[Part], Value]


def nothing(answer: Part) -> None:
    """The reader of a call for which the API documents an empty answer: whatever came, it is success."""


def whole(answer: Part) -> Any:
    """The reader of a call whose answer is handed on as it is; it must be one."""
    if answer.raw is None:
        raise ShapeError("nothing where a value was expected")
    return answer.raw


def document(answer: Part) -> Mapping[str, Any]:
    """The reader of a call whose answer is an object that is handed on as it is."""
    fields: Mapping[str, Any] = answer.record().raw
    return fields


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if value == "":
        return "an empty text"
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "an object")
