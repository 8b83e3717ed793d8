# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preconditions: when a property is there at all (API facts, 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .constraints import matches
from .values import canonical


def holds(precondition: Mapping[str, Any] | None, siblings: Mapping[str, Any]) -> bool:
    """Whether a property with that precondition belongs to an object with these other properties.

    A kind of precondition of a newer time holds.
    """
    if not precondition:
        return True
    check = _CHECKS.get(precondition["type"])
    return check is None or check(precondition, siblings)


def _equals(precondition: Mapping[str, Any], siblings: Mapping[str, Any]) -> bool:
    return canonical(siblings.get(precondition["property"])) == canonical(precondition.get("expectedValue"))


def _in(precondition: Mapping[str, Any], siblings: Mapping[str, Any]) -> bool:
    return canonical(siblings.get(precondition["property"])) in map(canonical, precondition["expectedValues"])


def _null(precondition: Mapping[str, Any], siblings: Mapping[str, Any]) -> bool:
    return siblings.get(precondition["property"]) is None


def _regex(precondition: Mapping[str, Any], siblings: Mapping[str, Any]) -> bool:
    value = siblings.get(precondition["property"])
    return isinstance(value, str) and matches(precondition.get("pattern") or "", value)


def _not(precondition: Mapping[str, Any], siblings: Mapping[str, Any]) -> bool:
    return not holds(precondition["precondition"], siblings)


def _and(precondition: Mapping[str, Any], siblings: Mapping[str, Any]) -> bool:
    return all(holds(inner, siblings) for inner in precondition["preconditions"])


def _or(precondition: Mapping[str, Any], siblings: Mapping[str, Any]) -> bool:
    return any(holds(inner, siblings) for inner in precondition["preconditions"])


_CHECKS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], bool]] = {
    "EQUALS": _equals,
    "IN": _in,
    "NULL": _null,
    "REGEX_MATCH": _regex,
    "NOT": _not,
    "AND": _and,
    "OR": _or,
}
