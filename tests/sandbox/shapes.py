# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of the wrong shape: each makes something else of an answer that the API would give (the fault ``shape``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from .http import Reply

_DEPTH = 50_000
# Of what was not carried out there is no answer to make something else of. It must not look like one: that would be a lie in good form.
_STAND_IN = {"items": [{"id": "1"}]}


def _swapped(answer: Any) -> Any:
    """A list where an object belongs, and an object where a list does."""
    return {"items": answer} if isinstance(answer, list) else [answer]


def _null_row(answer: Any) -> Any:
    """Each list begins with a row that is null."""
    if isinstance(answer, list):
        return [None, *(_null_row(row) for row in answer[1:])]
    if isinstance(answer, Mapping):
        return {name: _null_row(value) for name, value in answer.items()}
    return answer


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith(("Id", "ID"))


def _no_id(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_no_id(row) for row in answer]
    if isinstance(answer, Mapping):
        return {name: _no_id(value) for name, value in answer.items() if not _is_id(name)}
    return answer


def _odd_id(answer: Any) -> Any:
    """An object where an id belongs."""
    if isinstance(answer, list):
        return [_odd_id(row) for row in answer]
    if isinstance(answer, Mapping):
        return {name: {"value": value} if _is_id(name) else _odd_id(value) for name, value in answer.items()}
    return answer


def _null_fields(answer: Any) -> Any:
    """All fields of the answer, or of its rows, are null."""
    if isinstance(answer, list):
        return [_null_fields(row) for row in answer]
    return dict.fromkeys(answer) if isinstance(answer, Mapping) else None


def _odd_page_key(answer: Any) -> Any:
    return {**answer, "nextPageKey": {"page": 2}} if isinstance(answer, Mapping) else answer


SHAPES: Mapping[str, Callable[[Any], Any]] = {
    "object": lambda answer: {},
    "list": lambda answer: [],
    "null": lambda answer: None,
    "text": lambda answer: "done",
    "number": lambda answer: 1,
    "swapped": _swapped,
    "null_row": _null_row,
    "no_id": _no_id,
    "odd_id": _odd_id,
    "null_fields": _null_fields,
    "odd_page_key": _odd_page_key,
    "deep": lambda answer: b"[" * _DEPTH,
}


def misshapen(shape: str, real: Reply | None) -> bytes:
    """The body. ``real``: what the API would answer; None or without JSON: a stand-in for it."""
    has_json = real is not None and isinstance(real.body, (dict, list))
    made = SHAPES[shape](real.body if real is not None and has_json else _STAND_IN)
    return made if isinstance(made, bytes) else json.dumps(made).encode()
