# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The functions of Go's text/template, over Monaco's values. Pure.

Where Go would print that an argument is of the wrong kind, it is a MonacoError here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import (
    MonacoError,
    is_integer,
    printed,
    require_known,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count

Values = Sequence[Any]
_VERB = re.compile(r"%(?P<flags>[-+# 0]*)(?P<width>\d{1,3})?(?P<precision>\.\d{0,3})?(?P<verb>.|$)", re.DOTALL)
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ONE_EACH = {bool: "a bool", int: "an integer", float: "a number with a fraction", str: "a text", type(None): "nil"}


def kind(value: Any) -> str:
    """For messages, and to tell apart what Go does not compare."""
    return _ONE_EACH.get(type(value), "a map" if isinstance(value, Mapping) else "a list")


def is_true(value: Any) -> bool:
    """Whether Go takes it for true: what is neither zero nor empty. Raises UnknownError for what is known later."""
    require_known(value)
    return bool(len(value)) if isinstance(value, Mapping) else bool(value)


def called(name: str, values: Values) -> Any:
    """The result of a function, but for ``and`` and ``or``, which do not need all of their arguments. Raises MonacoError."""
    if name not in _FUNCTIONS:
        raise MonacoError(f"the function {name} is not known here")
    function, least, most = _FUNCTIONS[name]
    if not least <= len(values) <= most:
        raise MonacoError(f"the function {name} does not take {count(len(values), 'argument')}")
    return function(values)


def _length(values: Values) -> int:
    (value,) = values
    require_known(value)
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, (list, Mapping)):
        return len(value)
    raise MonacoError(f"{kind(value)} has no length")


def _index(values: Values) -> Any:
    element = values[0]
    for key in values[1:]:
        require_known(key)
        element = _element(element, key)
    return element


def _element(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        if not isinstance(key, str):
            raise MonacoError(f"{kind(key)} is not a key of a map")
        return value[key] if key in value else None  # noqa: SIM401 (a mapping may refuse what it does not have)
    require_known(value)
    if not isinstance(value, (list, str)):
        raise MonacoError(f"{kind(value)} has no elements")
    if not is_integer(key):
        raise MonacoError(f"{kind(key)} is not an index of a list")
    elements = value.encode() if isinstance(value, str) else value
    if not 0 <= key < len(elements):
        raise MonacoError(f"the index {key} is out of range")
    return elements[key]


def _slice(values: Values) -> Any:
    value, *ends = values
    require_known(value)
    if not isinstance(value, (list, str)):
        raise MonacoError(f"{kind(value)} has no slices")
    elements = value.encode() if isinstance(value, str) else value
    first = ends[0] if ends else 0
    last = ends[1] if len(ends) > 1 else len(elements)
    if not is_integer(first) or not is_integer(last) or not 0 <= first <= last <= len(elements):
        raise MonacoError("the slice is out of range")
    part = elements[first:last]
    try:
        return part.decode() if isinstance(part, bytes) else part
    except UnicodeDecodeError:
        raise MonacoError("the slice cuts a character in two") from None


def _equal(values: Values) -> bool:
    first, *others = values
    return any(_is_equal(first, other) for other in others)


def _is_equal(first: Any, second: Any) -> bool:
    require_known(first, second)
    if first is None or second is None:
        return first is second
    if kind(first) != kind(second) or isinstance(first, (list, Mapping)):
        raise MonacoError(f"{kind(first)} cannot be compared with {kind(second)}")
    return bool(first == second)


def _is_less(first: Any, second: Any) -> bool:
    require_known(first, second)
    if kind(first) != kind(second) or type(first) not in (int, float, str):
        raise MonacoError(f"{kind(first)} cannot be compared with {kind(second)}")
    return bool(first < second)


def _is_at_most(first: Any, second: Any) -> bool:
    return _is_less(first, second) or _is_equal(first, second)


def _print(values: Values) -> str:
    """With a space between two of which none is a text."""
    text = ""
    for position, value in enumerate(values):
        if position and not isinstance(value, str) and not isinstance(values[position - 1], str):
            text += " "
        text += printed(value)
    return text


def _print_line(values: Values) -> str:
    return " ".join(map(printed, values)) + "\n"


def _printed_to_escape(values: Values) -> str:
    if None in values:
        raise MonacoError("what is to be escaped has no value")
    text = _print(values)
    require_known(text)
    return text


def _html(values: Values) -> str:
    text = _printed_to_escape(values)
    return html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;").replace("\0", "\ufffd")


def _url_query(values: Values) -> str:
    return quote_plus(_printed_to_escape(values))


def _script(values: Values) -> str:
    return "".join(map(_script_character, _printed_to_escape(values)))


def _script_character(character: str) -> str:
    if character in "\\'\"":
        return f"\\{character}"
    is_kept = character == "\x7f" or (character.isprintable() and character not in "<>&=")
    return character if is_kept else f"\\u{ord(character):04X}"


def _format(values: Values) -> str:
    form, *arguments = values
    if not isinstance(form, str):
        raise MonacoError(f"printf takes a text first, not {kind(form)}")
    require_known(form)
    verbs = [match for match in _VERB.finditer(form) if match["verb"] != "%"]
    if len(verbs) != len(arguments):
        raise MonacoError(f"printf has {count(len(arguments), 'argument')} for {form!r}, which takes {len(verbs)}")
    waiting = iter(arguments)

    def formatted(match: re.Match[str]) -> str:
        return "%" if match["verb"] == "%" else _formatted(match, next(waiting))

    return _VERB.sub(formatted, form)


def _formatted(match: re.Match[str], value: Any) -> str:
    # What is known later is put in as it is, or not at all.
    if match[0] not in ("%s", "%v"):
        require_known(value)
    formatter, types = _VERBS.get(match["verb"], (_as_value, ()))
    if not _is_one_of(value, types):
        raise MonacoError(f"printf cannot print {kind(value)} as {match[0]}")
    return formatter(match, value)


def _is_one_of(value: Any, types: tuple[type, ...]) -> bool:
    """Whether it is of one of these types, where true is not an integer."""
    if isinstance(value, bool):
        return bool in types
    return isinstance(value, types)


def _as_number(match: re.Match[str], value: Any) -> str:
    if match["verb"] == "b":
        return _padded(match, f"{value:b}")
    return str(match[0] % value)


def _as_float(match: re.Match[str], value: float) -> str:
    is_shortest = match["verb"] == "g" and match["precision"] is None
    return _padded(match, printed(value)) if is_shortest else str(match[0] % value)


def _as_text(match: re.Match[str], value: Any) -> str:
    text = printed(value)
    return _padded(match, text if match["precision"] is None else text[: int(match["precision"][1:] or 0)])


def _as_value(match: re.Match[str], value: Any) -> str:
    # Go lays out each element by itself, and each kind by a precision of its own.
    if len(match[0]) > len("%v") and (isinstance(value, (list, Mapping)) or match["precision"] is not None):
        raise MonacoError(f"printf lays out {kind(value)} in another way than a text: {match[0]}")
    return _padded(match, printed(value))


def _quoted(match: re.Match[str], value: str) -> str:
    text = "".join(_ESCAPED.get(character, character) for character in value)
    if not text.isprintable():
        raise MonacoError("printf cannot quote what is not printable")
    return _padded(match, f'"{text}"')


def _character(match: re.Match[str], value: int) -> str:
    return _padded(match, chr(value) if 0 <= value < 0xD800 or 0xDFFF < value <= 0x10FFFF else "\ufffd")


def _padded(match: re.Match[str], text: str) -> str:
    width = int(match["width"] or 0)
    if "-" in match["flags"]:
        return text.ljust(width)
    return text.rjust(width, "0" if "0" in match["flags"] else " ")


_ANY = (bool, int, float, str, list, Mapping, type(None))
_VERBS: dict[str, tuple[Callable[[re.Match[str], Any], str], tuple[type, ...]]] = {
    "v": (_as_value, _ANY),
    "s": (_as_text, (str,)),
    "q": (_quoted, (str,)),
    "t": (_as_value, (bool,)),
    "c": (_character, (int,)),
    **dict.fromkeys("dxXob", (_as_number, (int,))),
    **dict.fromkeys("feEgG", (_as_float, (float,))),
}
_NO_LIMIT = 10**9
_FUNCTIONS: dict[str, tuple[Callable[[Values], Any], int, int]] = {
    "not": (lambda values: not is_true(values[0]), 1, 1),
    "len": (_length, 1, 1),
    "index": (_index, 1, _NO_LIMIT),
    "slice": (_slice, 1, 3),
    "eq": (_equal, 2, _NO_LIMIT),
    "ne": (lambda values: not _is_equal(*values), 2, 2),
    "lt": (lambda values: _is_less(*values), 2, 2),
    "le": (lambda values: _is_at_most(*values), 2, 2),
    "gt": (lambda values: not _is_at_most(*values), 2, 2),
    "ge": (lambda values: not _is_less(*values), 2, 2),
    "print": (_print, 0, _NO_LIMIT),
    "println": (_print_line, 0, _NO_LIMIT),
    "printf": (_format, 1, _NO_LIMIT),
    "html": (_html, 0, _NO_LIMIT),
    "js": (_script, 0, _NO_LIMIT),
    "urlquery": (_url_query, 0, _NO_LIMIT),
}
