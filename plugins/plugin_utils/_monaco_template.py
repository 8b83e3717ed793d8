# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Templates of Monaco's projects: evaluated as Go's text/template does, and read as the JSON that they then are. Pure.

What is known at deployment alone, the id of another object or a secret, is a mark in the text until it was read as JSON.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._marks import JOIN
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_functions import called, is_true, kind
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_syntax import parsed
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_tree import (
    Branch,
    Call,
    Constant,
    Dot,
    Fields,
    Function,
    Jump,
    Nil,
    Operand,
    Output,
    Part,
    Pipeline,
    Text,
    Variable,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import (
    MARK,
    MonacoError,
    UnknownError,
    has_marks_of_its_own,
    is_integer,
    marks,
    printed,
    require_known,
)

_MOST_ROUNDS = 1_000_000
_SURROGATE = re.compile("[\ud800-\udfff]")
# Beyond this an integer may differ from the number with a fraction that JSON gives.
_LARGEST_EXACT = 2**53


def render(text: str, data: Mapping[str, Any], is_file: bool = True) -> str:
    """``text`` with its actions evaluated over ``data``, which may resolve its values when asked for them.

    ``is_file``: whether it is in a file, where Monaco takes ``{{{`` for a brace and an action. Raises MonacoError, UnknownError where
    the text depends on what a mark stands for.
    """
    if has_marks_of_its_own(text):
        raise MonacoError("the template holds characters of Unicode's private use")
    # Monaco does the same, since its own downloads hold such texts.
    template = parsed(text.replace("{{{", '{{"{"}}{{') if is_file else text)
    return _Evaluation(data, template.defined).text(template.parts)


class _JumpError(Exception):
    """A break or continue on its way to its range."""

    def __init__(self, keyword: str) -> None:
        super().__init__(keyword)
        self.keyword = keyword


class _Evaluation:
    """One run of a template, or of one that it calls. ``_variables`` are those in force, the innermost last."""

    def __init__(self, dot: Any, defined: Mapping[str, Sequence[Part]]) -> None:
        self._variables: list[tuple[str, Any]] = [("", dot)]
        self._dot = dot
        self._defined = defined
        self._pieces: list[str] = []

    def text(self, parts: Sequence[Part]) -> str:
        """Of a whole template."""
        self._print(parts)
        return "".join(self._pieces)

    def _print(self, parts: Sequence[Part]) -> None:
        for part in parts:
            if isinstance(part, Text):
                self._pieces.append(part.text)
            elif isinstance(part, Jump):
                raise _JumpError(part.keyword)
            elif isinstance(part, Branch):
                self._branch(part)
            elif isinstance(part, Call):
                self._pieces.append(self._text_of_call(part))
            else:
                self._pieces.append(self._text_of_output(part))

    def _text_of_call(self, part: Call) -> str:
        if part.name not in self._defined:
            raise MonacoError(f"line {part.line}: there is no template {part.name}")
        dot = None
        if part.pipeline is not None:
            dot = self._value(part.pipeline)
            self._declare(part.pipeline, [dot])
        return _Evaluation(dot, self._defined).text(self._defined[part.name])

    def _text_of_output(self, part: Output) -> str:
        value = self._value(part.pipeline)
        if part.pipeline.variables:
            self._declare(part.pipeline, [value])
            return ""
        if value is None:
            raise MonacoError(f"line {part.pipeline.line}: {_called(part.pipeline)} has no value")
        return printed(value)

    def _branch(self, part: Branch) -> None:
        """What is declared in it, and what ``.`` is there, holds up to its end."""
        known, dot = len(self._variables), self._dot
        try:
            value = self._value(part.pipeline)
            if part.keyword == "range":
                self._range(part, value)
            else:
                self._choose(part, value)
        finally:
            del self._variables[known:]
            self._dot = dot

    def _choose(self, part: Branch, value: Any) -> None:
        self._declare(part.pipeline, [value])
        if not self._located(part.pipeline, is_true, value):
            self._print(part.otherwise)
            return
        if part.keyword == "with":
            self._dot = value
        self._print(part.body)

    def _range(self, part: Branch, value: Any) -> None:
        known = len(self._variables)
        has_pair = len(part.pipeline.variables) > 1
        rounds = self._located(part.pipeline, _elements, value, has_pair)
        if not rounds:
            # The variables of the range are there then as well, and each is the whole.
            self._declare(part.pipeline, [value] * len(part.pipeline.variables))
            self._print(part.otherwise)
        for key, element in rounds:
            self._declare(part.pipeline, [key, element] if has_pair else [element])
            self._dot = element
            try:
                self._print(part.body)
            except _JumpError as jump:
                if jump.keyword == "break":
                    break
            del self._variables[known:]

    def _declare(self, pipeline: Pipeline, values: Sequence[Any]) -> None:
        for name, value in zip(pipeline.variables, values):
            if pipeline.is_new:
                self._variables.append((name, value))
                continue
            self._variables[self._place(name)] = (name, value)

    def _place(self, name: str) -> int:
        """Of the innermost variable of this name. Raises MonacoError: what a branch declares is not there in its else."""
        places = [place for place, (known, _value) in enumerate(self._variables) if known == name]
        if not places:
            raise MonacoError(f"the variable ${name} has no value there")
        return places[-1]

    def _value(self, pipeline: Pipeline) -> Any:
        values: list[Any] = []
        for command in pipeline.commands:
            values = [self._located(pipeline, self._command, command, values)]
        return values[0]

    def _located(self, pipeline: Pipeline, function: Callable[..., Any], *arguments: Any) -> Any:
        """The result of ``function``, whose errors get the line."""
        try:
            return function(*arguments)
        except UnknownError:
            raise
        except MonacoError as error:
            told = str(error)
            raise MonacoError(told if told.startswith("line ") else f"line {pipeline.line}: {told}") from None

    def _command(self, operands: Sequence[Operand], piped: Sequence[Any]) -> Any:
        first = operands[0]
        if not isinstance(first, Function):
            return self._operand(first)
        if first.name in ("and", "or"):
            return self._first_that_decides(first.name == "and", operands[1:], piped)
        return called(first.name, [*map(self._operand, operands[1:]), *piped])

    def _first_that_decides(self, is_and: bool, operands: Sequence[Operand], piped: Sequence[Any]) -> Any:
        if not operands and not piped:
            raise MonacoError("and and or take an argument")
        value = None
        for value in itertools.chain(map(self._operand, operands), piped):
            if is_true(value) is not is_and:
                break
        return value

    def _operand(self, operand: Operand) -> Any:
        if isinstance(operand, Constant):
            return operand.value
        if isinstance(operand, Variable):
            return self._variables[self._place(operand.name)][1]
        if isinstance(operand, Fields):
            return _inside(self._operand(operand.owner), operand.names)
        if isinstance(operand, Pipeline):
            return self._value(operand)
        if isinstance(operand, Function):
            return self._command([operand], [])
        return None if isinstance(operand, Nil) else self._dot


def _called(pipeline: Pipeline) -> str:
    """What a pipeline is, for messages."""
    first = pipeline.commands[0][0]
    if isinstance(first, Fields) and isinstance(first.owner, Dot):
        return f"the parameter {'.'.join(first.names)}"
    return "what is put in"


def _inside(value: Any, names: Sequence[str]) -> Any:
    for position, name in enumerate(names):
        before = ".".join(names[:position]) or "what . stands for"
        if not isinstance(value, Mapping):
            is_what = "has no value" if value is None else f"is {kind(value)}"
            raise MonacoError(f"{before} {is_what}, and so no {name}")
        try:
            value = value[name]
        except KeyError:
            raise MonacoError(f"the parameter {before} has no {name}" if position else f"there is no {name}") from None
    return value


def _elements(value: Any, has_pair: bool) -> list[tuple[Any, Any]]:
    """Keys and values of what range goes over; ``has_pair``: whether both are wanted, which a number does not have."""
    require_known(value)
    if isinstance(value, Mapping):
        return [(name, value[name]) for name in sorted(value)]
    if isinstance(value, list):
        return list(enumerate(value))
    if is_integer(value) and not has_pair and value <= _MOST_ROUNDS:
        return [(number, number) for number in range(value)]
    if value is None:
        return []
    raise MonacoError(f"range does not go over {kind(value)}")


def loaded(text: str, later: Sequence[Any]) -> Any:
    """The JSON of a rendered template, with ``later`` in the place of the marks. Raises MonacoError, which repeats no value."""
    for number in _unquoted_marks(text):
        raise MonacoError(
            f"{later[number].name} has no value, and stands where JSON has no text: {later[number].remedy}"
        )
    try:
        value = json.loads(text, parse_float=_number, parse_int=_integer, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise MonacoError(f"the template is not JSON once its parameters are put in{where}") from None
    return _replaced(value, later)


def _number(text: str) -> Any:
    """As it is once Go has read and written it: without a fraction that is zero."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("it is too large")
    return int(number) if number.is_integer() and abs(number) <= _LARGEST_EXACT else number


def _integer(text: str) -> int:
    if not math.isfinite(float(text)):
        raise ValueError("it is too large")
    return int(text)


def _no_number(text: str) -> Any:
    raise ValueError(f"JSON has no {text}")


def _unquoted_marks(text: str) -> list[int]:
    """Those that stand outside of a text of the JSON."""
    numbers, is_text = [], False
    for part in re.finditer(rf'\\.|"|{MARK.pattern}', text, re.DOTALL):
        if part[0] == '"':
            is_text = not is_text
        elif part[1] and not is_text:
            numbers.append(int(part[1]))
    return numbers


def _replaced(value: Any, later: Sequence[Any]) -> Any:
    if isinstance(value, dict):
        for name in value:
            if marks(name):
                raise MonacoError("the name of a property is known only when it is applied")
        return {_whole(name): _replaced(item, later) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, later) for item in value]
    numbers = marks(value) if isinstance(value, str) else []
    if not numbers:
        return _whole(value) if isinstance(value, str) else value
    if MARK.fullmatch(value):
        return later[numbers[0]].stands_for
    return {JOIN: _parts(value, later)}


def _parts(text: str, later: Sequence[Any]) -> list[Any]:
    """Of a text with secrets in it, which is put together when it is applied."""
    parts: list[Any] = []
    # Each second piece is the number of a mark.
    for index, piece in enumerate(MARK.split(text)):
        if index % 2 == 0:
            parts.append(_whole(piece))
        elif later[int(piece)].target is None:
            parts.append(later[int(piece)].stands_for)
        else:
            raise MonacoError(
                f"{later[int(piece)].name} is part of a longer text, and known only when it is applied: {later[int(piece)].remedy}"
            )
    return [part for part in parts if part]


def _whole(text: str) -> str:
    """Half a character, which JSON can write, is replaced, as Go does."""
    return _SURROGATE.sub("\ufffd", text)
