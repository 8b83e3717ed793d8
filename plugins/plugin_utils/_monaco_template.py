# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The part of Go's templates that Monaco's projects need: parameters put in, and texts that only look like templates. Pure.

What is known at deployment alone, the id of another object or a secret, is a mark in the text until it was read as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

# Of Unicode's private use: in no text that people write.
_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f"{_BEGIN}(\\d+){_END}")
_ACTION = re.compile(
    r"""
    (?P<before>\s*)\{\{(?P<left>-(?=\s))?
    (?P<body>(?:/\*.*?\*/|`[^`]*`|"(?:[^"\\\n]|\\.)*"|(?!\}\})[^`"])*?)
    (?P<right>(?<=\s)-)?\}\}(?P<after>\s*)
    """,
    re.DOTALL | re.VERBOSE,
)
_FIELD = re.compile(r"(?:\.\w+)+")
_INDEX = re.compile(r'index\s+\.\s+"([^"\\]+)"')
_COMMENT = re.compile(r"/\*.*\*/", re.DOTALL)
# What Go's JSON escapes beyond what must be. It matters where Monaco escapes twice.
_GO_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class MonacoError(Exception):
    """Why something cannot be carried over."""


def render(text: str, lookup: Callable[[Sequence[str]], str]) -> str:
    """``text`` with what ``lookup`` gives for each path of names. Raises MonacoError for anything else than that."""
    if _BEGIN in text:
        raise MonacoError("the template holds characters of Unicode's private use")
    # Monaco does the same, since its own downloads hold such texts.
    text = text.replace("{{{", '{{"{"}}{{')
    found, position = [], 0
    for action in _ACTION.finditer(text):
        found.append(_literal(text[position : action.start()]))
        found.append("" if action["left"] else action["before"])
        found.append(_evaluated(action["body"].strip(), lookup))
        found.append("" if action["right"] else action["after"])
        position = action.end()
    found.append(_literal(text[position:]))
    return "".join(found)


def escaped(text: str) -> str:
    """As Monaco puts a text into a template: fit to stand between the quotes of JSON."""
    found = json.dumps(text, ensure_ascii=False)[1:-1]
    return "".join(_GO_ESCAPES.get(one, one) for one in found)


def printed(value: Any, name: str) -> str:
    """As Go prints a value whose texts are escaped already. Raises MonacoError for what has no form in JSON then."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value)
    kind = (
        "has no value"
        if value is None
        else "is a list or a map, of which Monaco puts only single values into a template"
    )
    raise MonacoError(f"the parameter {name} {kind}")


def mark(number: int) -> str:
    """Stands for what is known later."""
    return f"{_BEGIN}{number}{_END}"


def loaded(text: str, later: Sequence[Any]) -> Any:
    """The JSON of a rendered template, with ``later`` in the place of the marks. Raises MonacoError, which repeats no value."""
    try:
        value = json.loads(_quoted(text))
    except ValueError as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise MonacoError(f"the template is no JSON once its parameters are put in{where}") from None
    return _replaced(value, later)


def marks(text: str) -> list[int]:
    """The numbers of the marks in ``text``."""
    return [int(number) for number in _MARK.findall(text)]


def _literal(text: str) -> str:
    if "{{" in text:
        raise MonacoError("the template holds {{ without its end")
    return text


def _evaluated(body: str, lookup: Callable[[Sequence[str]], str]) -> str:
    if _FIELD.fullmatch(body):
        return lookup(body[1:].split("."))
    index = _INDEX.fullmatch(body)
    if index:
        return lookup([index[1]])
    if _COMMENT.fullmatch(body):
        return ""
    if re.fullmatch("`[^`]*`", body):
        return body[1:-1]
    if body.startswith('"'):
        try:
            return str(json.loads(body))
        except ValueError:
            pass
    raise MonacoError(f"the template has logic beyond parameters: {{{{ {body} }}}}")


def _quoted(text: str) -> str:
    """Marks that stand outside of a text of the JSON become one."""
    found, is_text, position = [], False, 0
    for part in re.finditer(rf'\\.|"|{_MARK.pattern}', text, re.DOTALL):
        if part[0] == '"':
            is_text = not is_text
        elif part[0][0] == _BEGIN and not is_text:
            found.append(f'{text[position : part.start()]}"{part[0]}"')
            position = part.end()
    return "".join([*found, text[position:]])


def _replaced(value: Any, later: Sequence[Any]) -> Any:
    if isinstance(value, dict):
        for name in value:
            if marks(name):
                raise MonacoError("the name of a property is known only when it is applied")
        return {name: _replaced(item, later) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, later) for item in value]
    numbers = marks(value) if isinstance(value, str) else []
    if not numbers:
        return value
    if not _MARK.fullmatch(value):
        raise MonacoError(f"{later[numbers[0]].name} is part of a longer text, and known only when it is applied")
    return later[numbers[0]].stands_for
