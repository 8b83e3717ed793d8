# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Whether a value is what its schema demands, where the server has no validation to ask. Pure (FACTS section 3.1).

Only what surely is refused is found. Custom validators, references to other objects and kinds of constraints of a newer time
are the server's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import (
    COLLECTIONS,
    ENUM,
    OBJECT,
    SECRET,
    Property,
    holds,
    lookup,
)

# Java takes these for an intersection or a union of character classes; Python's re takes them for plain characters.
_ONLY_JAVA = re.compile(r"&&|\[[^\]]*\[")
Constraint = Mapping[str, Any]


def problems(prop: Property, value: Any, read: Any = None, path: str = "value") -> Iterator[str]:
    """One sentence for each thing that is wrong with ``value``; none of them repeats a value.

    ``read``: what is stored, whose masked secrets stand for texts that nobody can check.
    """
    if value is None:
        return
    if prop.kind == OBJECT and isinstance(value, Mapping):
        yield from _object(prop, value, read, path)
    elif prop.kind in COLLECTIONS and isinstance(value, list):
        yield from _collection(prop, value, read, path)
    elif prop.kind == ENUM and prop.choices and value not in prop.choices:
        yield f"{path} must be one of {', '.join(map(str, prop.choices))}"
    if prop.kind != SECRET or value != read:
        yield from (f"{path}: {text}" for text in _broken(prop.rules, value))


def _object(prop: Property, value: Mapping[str, Any], read: Any, path: str) -> Iterator[str]:
    stored = read if isinstance(read, Mapping) else {}
    for name, below in prop.properties.items():
        one = value.get(name)
        applies = holds(below.precondition, value)
        if one is not None and not applies:
            yield f"{path}.{name} is not possible beside the other values: its precondition does not hold"
        elif one is None and applies and not below.is_nullable:
            yield f"{path}.{name} is missing, and the schema demands it"
        yield from problems(below, one, stored.get(name), f"{path}.{name}")


def _collection(prop: Property, value: list[Any], read: Any, path: str) -> Iterator[str]:
    if len(value) < prop.min_objects:
        yield f"{path} must have at least {prop.min_objects} elements, not {len(value)}"
    if prop.max_objects is not None and len(value) > prop.max_objects:
        yield f"{path} must have at most {prop.max_objects} elements, not {len(value)}"
    stored = read if isinstance(read, list) and len(read) == len(value) else [None] * len(value)
    for index, (item, before) in enumerate(zip(value, stored)):
        yield from problems(prop.item, item, before, f"{path}[{index}]")


def _broken(rules: Any, value: Any) -> Iterator[str]:
    for one in rules:
        check = _CHECKS.get(str(one.get("type")))
        text = check(one, value) if check else None
        if text:
            yield one.get("customMessage") or text


def _length(one: Constraint, value: Any) -> str | None:
    low, high = one.get("minLength"), one.get("maxLength")
    if not isinstance(value, str):
        return None
    if low is not None and len(value) < low:
        return f"must have at least {low} characters"
    return f"must have at most {high} characters" if high is not None and len(value) > high else None


def _range(one: Constraint, value: Any) -> str | None:
    low, high = one.get("minimum"), one.get("maximum")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if low is not None and value < low:
        return f"must be at least {low}"
    return f"must be at most {high}" if high is not None and value > high else None


def _pattern(one: Constraint, value: Any) -> str | None:
    """The expressions are Java's; what Python's re may read in another way is left to the server."""
    pattern = str(one.get("pattern"))
    if not isinstance(value, str) or _ONLY_JAVA.search(pattern):
        return None
    try:
        matches = re.compile(pattern, re.ASCII).fullmatch(value)
    except (re.error, RecursionError, OverflowError):
        return None
    return None if matches else f"must match {pattern}"


def _not_blank(_one: Constraint, value: Any) -> str | None:
    return "must not be blank" if isinstance(value, str) and not value.strip() else None


def _not_empty(_one: Constraint, value: Any) -> str | None:
    return "must not be empty" if isinstance(value, (str, list)) and not value else None


def _no_whitespace(_one: Constraint, value: Any) -> str | None:
    return "must not contain whitespace" if isinstance(value, str) and re.search(r"\s", value) else None


def _trimmed(_one: Constraint, value: Any) -> str | None:
    found = isinstance(value, str) and value != value.strip()
    return "must not begin or end with whitespace" if found else None


def _unique(one: Constraint, value: Any) -> str | None:
    """Among the elements of one collection."""
    if not isinstance(value, list):
        return None
    names = one.get("uniqueProperties") or []
    keys = [repr([lookup(item, name) for name in names] if names else item) for item in value]
    return (
        f"must not have two elements with the same {', '.join(names) or 'value'}"
        if len(set(keys)) < len(keys)
        else None
    )


_CHECKS: Mapping[str, Callable[[Constraint, Any], str | None]] = {
    "LENGTH": _length,
    "RANGE": _range,
    "PATTERN": _pattern,
    "NOT_BLANK": _not_blank,
    "NOT_EMPTY": _not_empty,
    "NO_WHITESPACE": _no_whitespace,
    "TRIMMED": _trimmed,
    "UNIQUE": _unique,
}
