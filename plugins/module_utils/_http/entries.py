# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Answers to an array of new things, which have an entry for each: created, or refused (API facts, 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._errors import ApiError, LostAnswerError
from .answers import from_decoded
from .shape import Part, Reader, ShapeError, Value


def sent_array(
    send: Callable[[Reader[Any]], Any], url: str, number: int, read: Reader[Value]
) -> Sequence[Value | ApiError]:
    """For each of ``number`` things what ``read`` makes of its entry, or its refusal, in their order.

    ``send`` gets the reader of the whole answer. Raises ApiError for a refusal of the array as a whole.
    """
    try:
        return send(lambda answer: _entries(answer, url, number, read))  # type: ignore[no-any-return]
    except ApiError as error:
        # If all of them are refused, their entries are the body of the error.
        if not isinstance(error.body, list) or len(error.body) != number:
            raise
        if any(map(_is_created, error.body)):
            raise LostAnswerError(error.msg, error.method, error.url) from error
        return [from_decoded("POST", url, _code_of(row) or error.status, row) for row in error.body]


def _entries(answer: Part, url: str, number: int, read: Reader[Value]) -> list[Value | ApiError]:
    rows = answer.rows()
    if len(rows) != number:
        raise ShapeError(f"{len(rows)} entries where {number} were expected")
    entries: list[Value | ApiError] = []
    for row in rows:
        status = refused_status(row)
        entry = read(row) if status is None else from_decoded("POST", url, status, row.raw)
        if entry is not None and entry in entries:
            raise ShapeError(f"{entry} for two of the things")
        entries.append(entry)
    return entries


def refused_status(row: Part) -> int | None:
    """The status with which a thing was refused; None: it was created.

    An entry with a failure of the server, with a number that is not a status, or with an error beside a status of success leaves open
    what became of the thing.
    """
    own, error = row.number("code") or 0, row.value("error")
    inner = row.part("error").number("code") or 0 if isinstance(error, Mapping) else 0
    if error is not None and 0 < own < 400:
        raise ShapeError(f"the status {own} beside an error for {row.place}")
    status = own if error is None else max(own, inner, 400)
    if status >= 500:
        raise ShapeError(f"the status {status} for {row.place}")
    return status if status >= 400 else None


def _code_of(row: Any) -> int:
    """The status in an entry; 0 where there is none."""
    code = row.get("code") if isinstance(row, Mapping) else None
    return code if isinstance(code, int) and code >= 400 else 0


def _is_created(row: Any) -> bool:
    """Whether an entry of a refusal says that its thing was created all the same."""
    return isinstance(row, Mapping) and bool(row.get("objectId")) and row.get("error") is None
