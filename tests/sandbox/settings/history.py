# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who changed what: the revisions of all objects (API facts, 3.7).

Kept as the two states of the object, which are never changed themselves; texts and patches are made for those who ask. Not known
of the real server, and so a guess [I]: the texts of ``source``, and that a transfer of ownership is a NO_CHANGE. What permissions
somebody has is not part of an object's history.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ..auth import SETTINGS_READ
from ..clock import Clock
from ..errors import ApiError
from ..http import Call, Endpoint, Reply
from ..paging import paged
from ..variants import Variant, Variants
from .access import READ, Access, shown
from .catalog import Catalog, Schema, read_fields
from .filters import tokens
from .ids import make_revision, read_scope
from .masking import Secrets
from .present import shown_value, summary
from .store import Store, Stored

VARIANTS = {
    "settings_history_unknown_object": Variant("answer to a filter by an objectId without history", ("empty", 404)),
    "settings_history_missing_values": Variant("a side of a revision that has no value", ("absent", "null")),
    "settings_history_token": Variant(
        "who made a change by a token: the token alone, or its user with the token beside it", ("alone", "beside")
    ),
    "settings_history_several_schemas": Variant(
        "several schemas in one request, which only the platform takes", ("accept", "refuse")
    ),
}

SYSTEM = "system"
# Of all tokens.
_USER = "2f1d6e0a-5b7c-4d7e-9a55-0d9c3c1b7e42"
_PAGE, _LARGEST_PAGE = 100, 500
_TIME = "modificationInfo.lastModifiedTime"
_DEFAULT_FIELDS = ("revision", "modificationInfo")
_OF_SIDES = ("jsonBefore", "jsonAfter", "jsonPatch")
_OPERATORS: Mapping[str, Callable[[int, int], bool]] = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True)
class Revision:
    """One change; ``before`` None: a new object, ``after`` None: a deleted one."""

    kind: str
    at: int
    author: str
    number: int
    before: Stored | None
    after: Stored | None

    @property
    def stored(self) -> Stored:
        stored = self.after or self.before
        assert stored is not None
        return stored


@dataclass(frozen=True)
class Wanted:
    """A filter, its time frame completed."""

    object_id: str | None
    start: int
    end: int
    tests: tuple[Callable[[int], bool], ...] = ()

    def takes(self, row: Revision) -> bool:
        if self.object_id and row.stored.object_id != self.object_id:
            return False
        return self.start <= row.at <= self.end and all(test(row.at) for test in self.tests)


class History:
    """All revisions, oldest first."""

    def __init__(self, catalog: Catalog, store: Store, access: Access, variants: Variants, clock: Clock) -> None:
        self._catalog = catalog
        self._store = store
        self._access = access
        self._variants = variants
        self._clock = clock
        self._secrets = Secrets(variants)
        self._revisions: list[Revision] = []

    def record(self, before: Stored | None, after: Stored | None, moved: bool = False, author: str = "") -> None:
        """``author`` is only needed for a deletion; the others bear it. A mere trial leaves no trace."""
        if self._store.is_trial:
            return
        if after is None:
            number = before.revision + 1 if before else 0
            self._revisions.append(Revision("DELETE", self._clock.now_ms(), author, number, before, None))
            return
        changed = before is not None and before.value != after.value
        kind = "CREATE" if before is None else "UPDATE" if changed else "REORDER" if moved else "NO_CHANGE"
        self._revisions.append(Revision(kind, after.modified, after.modified_by, after.revision, before, after))

    def listed(self, call: Call) -> Reply:
        fields: list[str] = []
        wanted: list[Wanted] = []

        def select(first: Call) -> Sequence[Revision]:
            fields[:] = read_fields(first, _DEFAULT_FIELDS, tuple(_FIELDS))
            wanted[:] = [read_filter(first.query.get("filter", ""), self._clock.now_ms())]
            return self._selected(first, wanted[0])

        rows, meta = paged(call, _PAGE, _LARGEST_PAGE, select)
        meta.pop("totalCount")
        times = {"startTime": _iso(wanted[0].start), "endTime": _iso(wanted[0].end)}
        return Reply(200, {"items": [self._shown(row, fields) for row in rows], **meta, **times})

    def _selected(self, call: Call, wanted: Wanted) -> list[Revision]:
        scope, schema_ids = _scope(call), self._schema_ids(call)
        if wanted.object_id:
            self._check_known(wanted.object_id)
        rows = [row for row in self._revisions if row.stored.scope == scope and wanted.takes(row)]
        if schema_ids:
            rows = [row for row in rows if row.stored.schema_id in schema_ids]
        rows = [row for row in rows if self._is_readable(call, row.stored)]
        return rows if _is_ascending(call.query.get("sort")) else rows[::-1]

    def _schema_ids(self, call: Call) -> set[str]:
        schema_ids = {text.strip() for text in call.query.get("schemaId", "").split(",")} - {""}
        if len(schema_ids) > 1 and self._variants["settings_history_several_schemas"] == "refuse":
            raise ApiError(400, "Only a single schemaId is supported")
        for schema_id in schema_ids:
            self._catalog.latest(schema_id)
        return schema_ids

    def _check_known(self, object_id: str) -> None:
        is_known = any(row.stored.object_id == object_id for row in self._revisions)
        if not is_known and self._variants["settings_history_unknown_object"] == 404:
            raise ApiError(404, "No object available for the given objectId")

    def _is_readable(self, call: Call, stored: Stored) -> bool:
        return self._access.allows(call, self._catalog.latest(stored.schema_id), stored, READ)

    def _shown(self, row: Revision, fields: Iterable[str]) -> dict[str, Any]:
        sides = {"jsonBefore": self._masked(row.before), "jsonAfter": self._masked(row.after)}
        values = {name: self._value(name, row, sides) for name in fields}
        # What has no value is left out, or shown as null where the revision has one side alone.
        shown_nulls = _OF_SIDES if self._variants["settings_history_missing_values"] == "null" else ()
        return {name: value for name, value in values.items() if value is not None or name in shown_nulls}

    def _value(self, name: str, row: Revision, sides: Mapping[str, Any]) -> Any:
        if name in sides:
            return None if sides[name] is None else json.dumps(sides[name], separators=(",", ":"))
        if name == "modificationInfo":
            return _modification(row, self._variants["settings_history_token"] == "beside")
        if name == "jsonPatch":
            return list(patch(*sides.values())) if row.kind == "UPDATE" else None
        return _FIELDS[name](row, self._catalog.latest(row.stored.schema_id))

    def _masked(self, stored: Stored | None) -> Mapping[str, Any] | None:
        if stored is None:
            return None
        return shown_value(self._catalog.latest(stored.schema_id), stored.value, self._secrets, self._variants)

    def endpoints(self) -> list[Endpoint]:
        return [Endpoint("GET", "/v2/settings/history", self.listed, SETTINGS_READ)]


def read_filter(text: str, now: int) -> Wanted:
    """Comparisons of ``objectId`` and the time of the change, joined by ``and``.

    Without any it is the last two weeks; a time frame that is open on one side goes from a year ago to now.
    """
    parts = tokens(text)
    if not parts:
        return Wanted(None, _before(now, timedelta(weeks=2)), now)
    object_id, start, end, tests = None, None, None, []
    for name, operator, value in _comparisons(parts):
        if name == "objectId" and operator == "=":
            object_id = value
        elif name == _TIME and operator in _OPERATORS:
            at, compare = _moment(value), _OPERATORS[operator]
            tests.append(lambda row_at, at=at, compare=compare: compare(row_at, at))
            start = at if operator in ("=", ">", ">=") else start
            end = at if operator in ("=", "<", "<=") else end
        else:
            raise ApiError.violation("filter", f"'{name} {operator}' is not supported.")
    start = _before(now, timedelta(days=365)) if start is None else start
    return Wanted(object_id, start, now if end is None else end, tuple(tests))


def _comparisons(parts: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Name, operator and text of each."""
    if len(parts) % 4 != 3 or any(word.lower() != "and" for word in parts[3::4]):
        raise ApiError.violation("filter", "Only comparisons that are joined by 'and' are supported.")
    for index in range(0, len(parts), 4):
        name, operator, literal = parts[index : index + 3]
        yield name, operator, literal[1:-1] if literal[0] in "'\"" else literal


def patch(before: Any, after: Any, path: str = "") -> Iterable[dict[str, Any]]:
    """JSON Patch (RFC 6902) from one value to the other; lists are replaced as a whole."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        if before != after:
            yield {"op": "replace", "path": path, "value": after}
        return
    for name in before:
        if name not in after:
            yield {"op": "remove", "path": f"{path}/{_escaped(name)}"}
    for name, value in after.items():
        if name in before:
            yield from patch(before[name], value, f"{path}/{_escaped(name)}")
        else:
            yield {"op": "add", "path": f"{path}/{_escaped(name)}", "value": value}


def _scope(call: Call) -> str:
    scope = read_scope(call.query.get("scope", ""))
    if scope is None:
        raise ApiError.violation("scope", "Invalid format." if call.query.get("scope") else "must not be null")
    return scope


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _is_ascending(sort: str | None) -> bool:
    if (sort or f"-{_TIME}").lstrip("+-") != _TIME:
        raise ApiError.violation("sort", f"must be any of [{_TIME}, -{_TIME}]")
    return sort is not None and not sort.startswith("-")


def _moment(text: str) -> int:
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
        if at.tzinfo is not None:
            return (at.astimezone(timezone.utc) - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise ApiError.violation("filter", f"'{text}' is not a time in ISO 8601 format") from None
    raise ApiError.violation("filter", f"'{text}' has no time zone")


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _before(now: int, time: timedelta) -> int:
    return now - time // timedelta(milliseconds=1)


def _iso(at: int) -> str:
    return (_EPOCH + timedelta(milliseconds=at)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03}Z"


def _modification(row: Revision, is_beside: bool) -> dict[str, Any]:
    modification = {"lastModifiedBy": row.author, "lastModifiedTime": _iso(row.at)}
    if row.author == SYSTEM:
        return {**modification, "lastModifiedReason": "default settings creation"}
    if is_beside and row.author.startswith("dt0"):
        return {**modification, "lastModifiedBy": _USER, "lastModifiedToken": row.author}
    return modification


def _owner(stored: Stored | None, schema: Schema) -> dict[str, Any] | None:
    return shown(stored.owner) if stored is not None and schema.owned else None


_FIELDS: Mapping[str, Callable[[Revision, Schema], Any]] = {
    "revision": lambda row, schema: str(make_revision(row.at, row.number)),
    "jsonPatch": lambda row, schema: None,
    "jsonBefore": lambda row, schema: None,
    "jsonAfter": lambda row, schema: None,
    "objectId": lambda row, schema: row.stored.object_id,
    "type": lambda row, schema: row.kind,
    "schemaId": lambda row, schema: row.stored.schema_id,
    "schemaVersion": lambda row, schema: row.stored.schema_version,
    "schemaDisplayName": lambda row, schema: schema.document["displayName"],
    "modificationInfo": lambda row, schema: None,
    "summary": lambda row, schema: summary(schema, row.stored.value),
    "source": lambda row, schema: "SYSTEM" if row.author == SYSTEM else "API",
    "appId": lambda row, schema: None,
    "ownerBefore": lambda row, schema: _owner(row.before, schema),
    "ownerAfter": lambda row, schema: _owner(row.after, schema),
}
