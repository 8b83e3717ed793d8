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

_SUCCESS = range(1, 400)


def sent_array(
    send: Callable[[Reader[Any]], Any], url: str, number: int, read: Reader[Value]
) -> Sequence[Value | ApiError]:
    """For each of ``number`` things what ``read`` makes of its entry, or its refusal, in their order.

    ``send`` gets the reader of the whole answer. Raises ApiError for a refusal of the array as a whole.
    """
    try:
        return send(lambda answer: _entries(answer.rows(), url, number, read))  # type: ignore[no-any-return]
    except ApiError as error:
        return _refused(error, number)


def _entries(rows: Sequence[Part], url: str, number: int, read: Reader[Value]) -> list[Value | ApiError]:
    if len(rows) != number:
        raise ShapeError(f"{len(rows)} entries where {number} were expected")
    entries = [_entry(row, url, read) for row in rows]
    known = list(filter(None, entries))
    if len(set(known)) < len(known):
        raise ShapeError("the same for two of the things")
    return entries


def _entry(row: Part, url: str, read: Reader[Value]) -> Value | ApiError:
    status = refused_status(row)
    return read(row) if status is None else from_decoded("POST", url, status, row.raw)


def _refused(error: ApiError, number: int) -> list[ApiError]:
    """If all things are refused, their entries are the body of the error."""
    rows = error.body
    if not isinstance(rows, list) or len(rows) != number:
        raise error
    statuses = [_status_in_refusal(row, error.status) for row in rows]
    if None in statuses:
        raise LostAnswerError(error.msg, error.method, error.url) from error
    return [from_decoded(error.method, error.url, int(status or 0), row) for status, row in zip(statuses, rows)]


def _status_in_refusal(row: Any, status: int) -> int | None:
    """That of one thing, where all together have this ``status``; None: it was created all the same."""
    try:
        return refused_status(Part(row))
    except ShapeError:
        return status


def refused_status(row: Part) -> int | None:
    """The status with which a thing was refused; None: it was created.

    An entry with a failure of the server, with a number that is not a status, or with an error beside a status of success leaves open
    what became of the thing.
    """
    status = row.number("code") or 0
    if row.has("error"):
        if status in _SUCCESS:
            raise ShapeError(f"the status {status} beside an error for {row.place}")
        status = max(status, _status_of_error(row), 400)
    if status >= 500:
        raise ShapeError(f"the status {status} for {row.place}")
    return status if status >= 400 else None


def _status_of_error(row: Part) -> int:
    """0: it has none."""
    if not isinstance(row.value("error"), Mapping):
        return 0
    return row.part("error").number("code") or 0
