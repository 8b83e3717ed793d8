# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's filters, as far as extensions have them: conditions joined by and/or, without not and parentheses (API facts, 2.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..errors import ApiError

_CONDITION = re.compile(
    r"\s*(?P<field>[A-Za-z]+)\s*(?P<operator>!=|==?|contains|starts-with|ends-with)\s*"
    r"(?:'(?P<text>(?:[^'\\]|\\.)*)'|(?P<word>true|false))\s*"
)
_JOINT = re.compile(r"(and|or)\b", re.IGNORECASE)
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "!=": lambda value, wanted: value != wanted,
    "contains": lambda value, wanted: str(wanted) in str(value),
    "starts-with": lambda value, wanted: str(value).startswith(str(wanted)),
    "ends-with": lambda value, wanted: str(value).endswith(str(wanted)),
}


def matcher(text: str, fields: Collection[str]) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a row passes; an empty filter lets all pass. 400 for what is not a filter, or for another field."""
    # "or" binds weaker: a row passes if all conditions of any of these lists hold.
    choices: list[list[Callable[[Mapping[str, Any]], bool]]] = [[]]
    place = 0
    while place < len(text):
        found = _CONDITION.match(text, place)
        if found is None or found["field"] not in fields:
            raise ApiError.violation("filter", f"cannot be read at '{text[place:]}'")
        choices[-1].append(_condition(found))
        joint = _JOINT.match(text, found.end())
        if joint is None and found.end() < len(text):
            raise ApiError.violation("filter", f"cannot be read at '{text[found.end() :]}'")
        if joint is not None and joint[1].lower() == "or":
            choices.append([])
        place = found.end() if joint is None else joint.end()
    return lambda row: any(all(condition(row) for condition in conditions) for conditions in choices)


def _condition(found: re.Match[str]) -> Callable[[Mapping[str, Any]], bool]:
    field, operator = found["field"], _OPERATORS[found["operator"].replace("==", "=")]
    wanted: Any = found["word"] == "true"
    if found["word"] is None:
        wanted = re.sub(r"\\(.)", r"\1", found["text"])
    return lambda row: operator(row.get(field), wanted)
