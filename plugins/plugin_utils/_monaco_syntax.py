# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The syntax of Go's text/template, as far as Monaco's projects use it: from a text to tokens, and from tokens to a tree. Pure.

Not read, and so a MonacoError: methods and complex numbers.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    Template,
    Text,
    Variable,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import MonacoError

_DEEPEST = 50
_SPACE = " \t\r\n"
_COMMENT = re.compile(r"/\*.*?\*/(?P<trim>[ \t\r\n]+-)?\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"""
    (?P<end>(?P<trim>[ \t\r\n]+-)?\}\})
    |(?P<space>[ \t\r\n]+)
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<raw>`[^`]*`)
    |(?P<char>'(?:[^'\\\n]|\\.[0-7a-fA-F]*)')
    |(?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
        |(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?)(?!\w))
    |(?P<field>\.[^\W\d]\w*(?=[ \t\r\n.,|:()]|\}\}))
    |(?P<variable>\$\w*(?=[ \t\r\n.,|:()=]|\}\}))
    |(?P<word>[^\W\d]\w*(?=[ \t\r\n.,|:()]|\}\}))
    |(?P<mark>:=|[=|(),]|\.(?![^\W\d]))
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"', "'": "'"}
_BRANCHES = ("if", "with", "range")
_JUMPS = ("break", "continue")
_TEMPLATES = ("define", "template", "block")


@dataclass(frozen=True)
class _Token:
    """``is_apart``: whether a space is before it."""

    kind: str
    text: str
    is_apart: bool = True


@dataclass(frozen=True)
class _Action:
    line: int
    tokens: Sequence[_Token]


@functools.lru_cache(maxsize=100)
def parsed(text: str) -> Template:
    """The same template often serves many configs. Raises MonacoError, with the line."""
    return _Parser(list(_pieces(text))).whole()


def _pieces(text: str) -> Iterator[str | _Action]:
    """Texts and actions in turn, spaces already trimmed where an action says so."""
    position, line, is_trimmed = 0, 1, False
    while True:
        start = text.find("{{", position)
        piece = text[position:] if start < 0 else text[position:start]
        line += piece.count("\n")
        piece = piece.lstrip(_SPACE) if is_trimmed else piece
        if start < 0:
            yield piece
            return
        position = start + 2
        trims_before = text[position : position + 1] == "-" and text[position + 1 : position + 2] in tuple(_SPACE)
        yield piece.rstrip(_SPACE) if trims_before else piece
        position += 2 if trims_before else 0
        comment = _COMMENT.match(text, position)
        if comment:
            end, is_trimmed = comment.end(), comment["trim"] is not None
        else:
            tokens, end, is_trimmed = _tokens(text, position, line)
            yield _Action(line, tokens)
        line += text.count("\n", start, end)
        position = end


def _tokens(text: str, position: int, line: int) -> tuple[list[_Token], int, bool]:
    """Of one action, where it ends, and whether the text after it is trimmed."""
    tokens: list[_Token] = []
    is_apart = True
    while True:
        match = _TOKEN.match(text, position)
        if match is None:
            if "}}" not in text[position:]:
                raise MonacoError(f"line {line}: the template holds {{{{ without its end")
            rest = text[position : position + 20].split("\n")[0]
            raise MonacoError(f"line {line}: it cannot read {rest!r} in an action")
        position = match.end()
        if match["end"] is not None:
            return tokens, position, match["trim"] is not None
        kind = str(match.lastgroup)
        if kind != "space":
            tokens.append(_Token(kind, match[0], is_apart))
        is_apart = kind == "space"


def _is_empty(parts: Sequence[Part]) -> bool:
    return all(isinstance(part, Text) and not part.text.strip() for part in parts)


class _Parser:
    """Of the pieces one after the other. ``_tokens`` are those of the current action, ``_index`` is the next one's place among them."""

    def __init__(self, pieces: Sequence[str | _Action]) -> None:
        self._pieces = iter(pieces)
        self._tokens: Sequence[_Token] = ()
        self._index = 0
        self._line = 0
        self._depth = 0
        self._ranges = 0
        self._variables = [""]
        self._defined: dict[str, Sequence[Part]] = {}

    def whole(self) -> Template:
        parts, keyword = self._parts()
        if keyword:
            raise self._error(f"there is {keyword} outside of if, with and range")
        return Template(parts, self._defined)

    def _parts(self) -> tuple[list[Part], str]:
        """Up to the else or end that closes them, which is returned as well; an empty text at the end of the template."""
        parts: list[Part] = []
        for piece in self._pieces:
            if isinstance(piece, str):
                parts.append(Text(piece))
                continue
            self._tokens, self._index, self._line = piece.tokens, 0, piece.line
            keyword = self._keyword()
            if keyword in ("else", "end"):
                return parts, keyword
            parts.append(self._part(keyword))
            self._finish()
        return parts, ""

    def _part(self, keyword: str) -> Part:
        if keyword in _BRANCHES:
            return self._branch(keyword)
        if keyword in _JUMPS:
            if not self._ranges:
                raise self._error(f"there is {keyword} outside of range")
            return Jump(keyword)
        if keyword in _TEMPLATES:
            return self._template(keyword)
        return Output(self._pipeline())

    def _template(self, keyword: str) -> Part:
        """Of a definition nothing remains where it stands."""
        line, name = self._line, self._template_name(keyword)
        if keyword == "define":
            if self._depth:
                raise self._error("define stands inside of something else")
            self._define(name)
            return Text("")
        pipeline = self._pipeline() if keyword == "block" or self._next() else None
        if keyword == "block":
            self._define(name)
        return Call(line, name, pipeline)

    def _template_name(self, keyword: str) -> str:
        token = self._next()
        if token is None or token.kind not in ("string", "raw"):
            raise self._error(f"{keyword} has no name in quotes")
        self._index += 1
        return self._unquoted(token.text) if token.kind == "string" else token.text[1:-1]

    def _define(self, name: str) -> None:
        """Up to its end. It knows no variables of what is around it. An empty definition never replaces another one."""
        self._finish()
        self._deeper()
        opening, ranges, variables = self._line, self._ranges, self._variables
        self._ranges, self._variables = 0, [""]
        parts, closing = self._parts()
        if closing != "end":
            raise MonacoError(f"line {opening}: the template {name} has no end")
        self._finish()
        self._ranges, self._variables = ranges, variables
        self._depth -= 1
        if _is_empty(self._defined.get(name, ())):
            self._defined[name] = parts
        elif not _is_empty(parts):
            raise MonacoError(f"line {opening}: the template {name} is defined twice")

    def _keyword(self) -> str:
        token = self._next()
        if token and token.kind == "word" and token.text in (*_BRANCHES, *_JUMPS, *_TEMPLATES, "else", "end"):
            self._index += 1
            return token.text
        return ""

    def _branch(self, keyword: str) -> Branch:
        self._deeper()
        known = len(self._variables)
        pipeline = self._pipeline(is_range=keyword == "range")
        self._finish()
        opening = self._line
        self._ranges += keyword == "range"
        body, closing = self._parts()
        self._ranges -= keyword == "range"
        otherwise: Sequence[Part] = ()
        if closing == "else":
            otherwise = self._otherwise(keyword, opening)
        elif closing != "end":
            raise MonacoError(f"line {opening}: {keyword} has no end")
        else:
            self._finish()
        del self._variables[known:]
        self._depth -= 1
        return Branch(keyword, pipeline, body, otherwise)

    def _otherwise(self, keyword: str, opening: int) -> Sequence[Part]:
        """What follows an else, up to the end. An ``else if`` is one within it, which shares its end."""
        following = self._keyword()
        if following and following == keyword and keyword != "range":
            return [self._branch(keyword)]
        if following:
            raise self._error(f"there is else {following} in {keyword}")
        self._finish()
        parts, closing = self._parts()
        if closing != "end":
            raise MonacoError(f"line {opening}: {keyword} has no end")
        self._finish()
        return parts

    def _pipeline(self, is_range: bool = False) -> Pipeline:
        line = self._line
        variables, is_new = self._declared(is_range)
        commands = [self._command()]
        while self._takes("|"):
            commands.append(self._command())
            if not isinstance(commands[-1][0], Function):
                raise self._error("what stands behind | is not a function")
        if is_new:
            self._variables += variables
        return Pipeline(line, commands, variables, is_new)

    def _declared(self, is_range: bool) -> tuple[list[str], bool]:
        """The variables before := or =, none where there is neither."""
        start = self._index
        names = self._listed_variables()
        is_new = self._takes(":=")
        if not names or not (is_new or self._takes("=")):
            self._index = start
            return [], True
        if len(names) > (2 if is_range else 1):
            raise self._error("there are too many variables")
        if not is_new:
            for name in names:
                self._known(name)
        return names, is_new

    def _listed_variables(self) -> list[str]:
        names: list[str] = []
        token = self._next()
        while token is not None and token.kind == "variable":
            names.append(token.text[1:])
            self._index += 1
            if not self._takes(","):
                break
            token = self._next()
        return names

    def _command(self) -> Sequence[Operand]:
        operands: list[Operand] = []
        token = self._next()
        while token is not None and not (token.kind == "mark" and token.text in "|)"):
            if operands and not token.is_apart:
                raise self._error(f"there is no space before {token.text}")
            operands.append(self._operand())
            token = self._next()
        if not operands:
            raise self._error("there is a command without a value")
        if isinstance(operands[0], Nil):
            raise self._error("nil is not a command")
        if len(operands) > 1 and not isinstance(operands[0], Function):
            raise self._error("what is not a function has arguments")
        return operands

    def _operand(self) -> Operand:
        token = self._tokens[self._index]
        self._index += 1
        reader = getattr(self, f"_read_{token.kind}", None)
        if reader is None:
            raise self._error(f"{token.text} does not belong there")
        owner: Operand = reader(token.text)
        names: list[str] = []
        following = self._next()
        while following is not None and following.kind == "field" and not following.is_apart:
            names.append(following.text[1:])
            self._index += 1
            following = self._next()
        if names and isinstance(owner, (Constant, Nil, Dot)):
            raise self._error(f"{token.text} has no fields")
        if names and isinstance(owner, Fields):
            return Fields(owner.owner, [*owner.names, *names])
        return Fields(owner, names) if names else owner

    def _read_field(self, text: str) -> Operand:
        return Fields(Dot(), [text[1:]])

    def _read_variable(self, text: str) -> Operand:
        self._known(text[1:])
        return Variable(text[1:])

    def _read_word(self, text: str) -> Operand:
        constants: dict[str, Operand] = {"true": Constant(True), "false": Constant(False), "nil": Nil()}
        return constants.get(text, Function(text))

    def _read_raw(self, text: str) -> Operand:
        return Constant(text[1:-1].replace("\r", ""))

    def _read_string(self, text: str) -> Operand:
        return Constant(self._unquoted(text))

    def _read_char(self, text: str) -> Operand:
        character = self._unquoted(text)
        if len(character) != 1:
            raise self._error(f"{text} is not a single character")
        return Constant(ord(character))

    def _read_number(self, text: str) -> Operand:
        plain = text.replace("_", "")
        is_decimal = re.fullmatch(r"[+-]?[0-9.eE+-]+", plain)
        try:
            if is_decimal and re.search("[.eE]", plain):
                return Constant(float(plain))
            octal = re.fullmatch(r"([+-]?)0([0-7]+)", plain)
            number = int(octal[1] + octal[2], 8) if octal else int(plain, 0)
        except ValueError:
            raise self._error(f"{text} is not a number") from None
        if not -(2**63) <= number < 2**63:
            raise self._error(f"{text} is too large")
        return Constant(number)

    def _read_mark(self, text: str) -> Operand:
        if text == ".":
            return Dot()
        if text != "(":
            raise self._error(f"{text} does not belong there")
        self._deeper()
        pipeline = self._pipeline()
        if not self._takes(")"):
            raise self._error("there is ( without )")
        self._depth -= 1
        return pipeline

    def _unquoted(self, text: str) -> str:
        def character(escape: re.Match[str]) -> str:
            hexadecimal = escape[1] or escape[2] or escape[3]
            if hexadecimal or escape[4]:
                number = int(hexadecimal, 16) if hexadecimal else int(escape[4], 8)
                return chr(number) if number < 0xD800 or 0xDFFF < number <= 0x10FFFF else "\ufffd"
            if escape[5] not in _ESCAPED:
                raise self._error(f"{text} has an unknown escape")
            return _ESCAPED[escape[5]]

        return _ESCAPE.sub(character, text[1:-1])

    def _known(self, name: str) -> None:
        if name not in self._variables:
            raise self._error(f"there is no variable ${name}")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"it is nested more than {_DEEPEST} levels deep")

    def _next(self) -> _Token | None:
        return self._tokens[self._index] if self._index < len(self._tokens) else None

    def _takes(self, text: str) -> bool:
        """Goes on if that is next."""
        token = self._next()
        if token is None or token.kind != "mark" or token.text != text:
            return False
        self._index += 1
        return True

    def _finish(self) -> None:
        token = self._next()
        if token is not None:
            raise self._error(f"{token.text} does not belong there")

    def _error(self, problem: str) -> MonacoError:
        return MonacoError(f"line {self._line}: {problem}")
