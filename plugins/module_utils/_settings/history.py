# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What settings_history_info does: who changed what, newest first (API facts, 3.7)."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from .. import _clock
from .._errors import ApiError, InputError, refuse_if
from .._lists import filled, not_blank
from .._task import Result, Task
from .api import Settings
from .key_filter import quoted
from .wanted import ENVIRONMENT

_TIME = "modificationInfo.lastModifiedTime"
_BACK = re.compile(r"now(?:-(\d{1,6})([mhdw]))?")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SIDES = {"jsonBefore": "before", "jsonAfter": "after", "jsonPatch": "jsonPatch"}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class HistoryOptions:
    """``filter``: in the language of the API, whole. ``limit``: the most changes that are wanted, None for all."""

    object_id: str | None
    schema_ids: Sequence[str]
    scope: str | None
    filter: str
    sort: str | None
    limit: int | None


def read(task: Task) -> Result:
    """settings_history_info: the changes of an object, or of the objects of schemas, on one scope."""
    options = _options(task.params)
    settings = Settings(task.client, task.params["admin_access"])
    query = {
        "filter": options.filter,
        "schemaId": ",".join(options.schema_ids),
        "sort": options.sort,
        "scope": options.scope or _scope_of(settings, options.object_id),
    }
    rows = settings.changes(filled(query), options.limit)
    try:
        return Result({"changes": [shown(row) for row in itertools.islice(rows, options.limit)]})
    except ApiError as error:
        # Documented for an objectId that the environment never had.
        if options.object_id and error.is_absence:
            return Result({"changes": []})
        raise


def _options(params: Mapping[str, Any]) -> HistoryOptions:
    """Raises InputError for options that exclude each other, and for a wrong limit or time."""
    limit = params["limit"]
    refuse_if(limit is not None and limit < 1, "limit must be at least 1")
    return HistoryOptions(
        object_id=params["object_id"],
        schema_ids=not_blank(params["schema_ids"]),
        scope=params["scope"],
        filter=_filter(params),
        sort=params["sort"],
        limit=limit,
    )


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A change as the API has it, but its values as data instead of JSON in a text; null is not a value."""
    result = dict(row)
    for name, shown_name in _SIDES.items():
        result.pop(name, None)
        result[shown_name] = _decoded(row.get(name))
    return result


def history_filter(object_id: str | None, start: datetime | None, end: datetime | None) -> str:
    """In the language of the API; empty without any of the three."""
    parts = []
    if object_id:
        parts.append(f"objectId = {quoted(object_id)}")
    if start:
        parts.append(f"{_TIME} >= '{iso(start)}'")
    if end:
        parts.append(f"{_TIME} <= '{iso(end)}'")
    return " and ".join(parts)


def moment(text: str | None, option: str, now: datetime) -> datetime | None:
    """Milliseconds since the epoch, a date with or without a time, or a time back from now. Raises InputError."""
    if not text:
        return None
    try:
        return _moment(text, now)
    except (ValueError, OverflowError):
        raise InputError(
            f"{option} is {text}: give a date such as 2026-01-25T05:57:01Z, a time back from now such as now-2d (m, h, d, w), "
            "or milliseconds since the epoch"
        ) from None


def read_time(text: str) -> datetime:
    """A date with or without a time; UTC where it names no zone. Raises ValueError."""
    date = datetime.fromisoformat(_six_digits(re.sub("[zZ]$", "+00:00", text)))
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)


def _moment(text: str, now: datetime) -> datetime:
    if re.fullmatch(r"\d{10,15}", text):
        return _EPOCH + timedelta(milliseconds=int(text))
    back = _BACK.fullmatch(text)
    if back is None:
        return read_time(text)
    amount, unit = back.groups()
    return now - timedelta(**{_UNITS[unit]: int(amount)}) if unit else now


def _filter(params: Mapping[str, Any]) -> str:
    if params["filter"]:
        others = [name for name in ("object_id", "from", "to") if params[name]]
        refuse_if(others, f"filter is the whole filter: leave out {', '.join(others)}, or write it into the filter")
        return str(params["filter"])
    now = datetime.fromtimestamp(_clock.now(), timezone.utc)
    start = moment(params["from"], "from", now)
    end = moment(params["to"], "to", now)
    refuse_if(start and end and start > end, "from is later than to")
    return history_filter(params["object_id"], start, end)


def _scope_of(settings: Settings, object_id: str | None) -> str:
    """The API asks for the scope in any case. Of an object that is gone nothing is known, not even that."""
    stored_object = settings.stored_object(object_id) if object_id else None
    return ENVIRONMENT if stored_object is None else stored_object.scope


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError, RecursionError):
        return value


def _six_digits(text: str) -> str:
    """Before 3.11, Python reads three or six digits of a second only."""
    return re.sub(r"\.(\d+)", lambda digits: f".{digits[1][:6]:0<6}", text)


def iso(at: datetime) -> str:
    """In UTC and to the millisecond, as the API writes times."""
    at = at.astimezone(timezone.utc)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
