# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""The changes of settings as they come, for the event source settings_history of Event-Driven Ansible (API facts, 3.7).

How far it has come is known by the times of the changes, which the server gives, and by the revisions seen at those times. No clock of
this machine takes part in it, so that none can be wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .._errors import ApiError, CollectionError, InputError, StateError, TransportError, refuse_if
from .._http.shape import Part, ShapeError
from .._http.tokens import public_part
from .._lists import filled
from .._masking import MASK
from . import history, secrets
from .api import Settings, in_lists
from .walk import mapping
from .wanted import ENVIRONMENT

# A change may come to light after a newer one: servers of a cluster need not agree to the second.
_LATE = timedelta(seconds=60)
_NO_CHANGE = "NO_CHANGE"
_LEAST_SECONDS = 0.1
_FORMAT = 1
# Beside the options that all modules have. Documented in the event source.
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "schema_ids": {"type": "list", "elements": "str"},
    "scopes": {"type": "list", "elements": "str", "default": [ENVIRONMENT]},
    "ignore_changes_by": {"type": "list", "elements": "str", "no_log": True},
    "ignore_own_changes": {"type": "bool", "default": True},
    "interval": {"type": "float", "default": 10},
    "run_minutes": {"type": "float", "default": 0},
    "from": {"type": "str"},
    "state_file": {"type": "path"},
    "admin_access": {"type": "bool", "default": False},
}
SCOPES = ("settings:objects:read", "settings:schemas:read")


@dataclass(frozen=True)
class FeedOptions:
    """``ignored``: users, and public parts of tokens, whose changes count for nothing. ``run_seconds`` 0: no events for runs.

    ``start``: where a scope begins of which nothing is kept; None: with what comes from now on.
    """

    schema_ids: Sequence[str]
    scopes: Sequence[str]
    ignored: frozenset[str]
    interval: float
    run_seconds: float
    start: datetime | None

    @classmethod
    def from_params(cls, params: Mapping[str, Any], now: datetime) -> FeedOptions:
        """Raises InputError for options that cannot be right."""
        refuse_if(params["interval"] < _LEAST_SECONDS, f"interval must be at least {_LEAST_SECONDS:g} seconds")
        refuse_if(params["run_minutes"] < 0, "run_minutes must not be negative")
        refuse_if(not params["scopes"], "scopes is empty: name the scopes, such as environment")
        return cls(
            schema_ids=tuple(dict.fromkeys(filled(params).get("schema_ids", ()))),
            scopes=tuple(dict.fromkeys(params["scopes"])),
            ignored=_ignored(params),
            interval=params["interval"],
            run_seconds=params["run_minutes"] * 60,
            start=history.moment(params["from"], "from", now),
        )


def _ignored(params: Mapping[str, Any]) -> frozenset[str]:
    authors = list(filled(params).get("ignore_changes_by", ()))
    if params["ignore_own_changes"]:
        authors += [params["api_token"], params["platform_token"], params["oauth_client_id"]]
    return frozenset(map(public_part, filter(None, authors)))


@dataclass(frozen=True)
class HistoryPosition:
    """How far one scope was read. ``start``: nothing older counts; None: all counts. ``seen``: the times of revisions since then."""

    start: datetime | None = None
    seen: Mapping[str, datetime] = field(default_factory=dict)

    def after(self, rows: Iterable[Revision]) -> HistoryPosition:
        """With these revisions seen."""
        seen = dict(self.seen)
        for row in rows:
            seen[row.id] = row.time
        if not seen:
            return self
        start = max(seen.values()) - _LATE
        if self.start is not None:
            start = max(start, self.start)
        return HistoryPosition(start, {revision: time for revision, time in seen.items() if time >= start})

    def has_seen(self, row: Revision) -> bool:
        return row.id in self.seen or (self.start is not None and row.time < self.start)


@dataclass(frozen=True)
class Revision:
    """One row of the history. ``authors``: who made it, as a user and as a token."""

    id: str
    time: datetime
    kind: str
    scope: str
    authors: frozenset[str]
    row: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, scope: str, row: Mapping[str, Any]) -> Revision:
        """Raises StateError for one that cannot be followed."""
        part = Part(row)
        try:
            info = part.part("modificationInfo")
            texts = (info.optional_text("lastModifiedBy"), info.optional_text("lastModifiedToken"))
            time = history.read_time(info.text("lastModifiedTime"))
            kind = part.optional_text("type") or ""
            return cls(part.text("revision"), time, kind, scope, frozenset(filter(None, texts)), row)
        except (ShapeError, ValueError, OverflowError) as error:
            raise StateError(f"the history of scope {scope} has an entry that cannot be read: {error}") from None


@dataclass
class Runs:
    """When a run is due: at once after the first change, and then at most once in so many seconds, for all changes since.

    ``pending``: the changes that no run knows yet. ``last``: when one was due, in seconds since the epoch; 0: never.
    """

    seconds: float
    pending: list[dict[str, Any]] = field(default_factory=list)
    last: float = 0.0

    def due(self, changes: Iterable[Mapping[str, Any]], now: float) -> list[dict[str, Any]]:
        """The changes to run for; none where it is too early, or there are none."""
        for change in changes:
            self.pending.append({name: change[name] for name in ("schema_id", "scope", "object_id", "by")})
        # A clock that was put back would hold a run back for as long.
        is_early = 0 <= now - self.last < self.seconds
        if is_early or not self.pending:
            return []
        self.last = now
        due, self.pending = self.pending, []
        return due


class HistoryFeed:
    """The changes of some scopes, each told once. ``positions``: by scope, how far each was read."""

    def __init__(self, settings: Settings, options: FeedOptions, positions: Mapping[str, HistoryPosition]) -> None:
        self._settings = settings
        self._options = options
        self._lists = in_lists(options.schema_ids)
        self.positions = dict(positions)

    def poll(self) -> list[dict[str, Any]]:
        """The changes since the last time, oldest first, but for those of ignored authors.

        Where nothing was kept of a scope, what is there already counts as told. Raises CollectionError; nothing is lost then.
        """
        positions = dict(self.positions)
        changes: list[Revision] = []
        for scope in self._options.scopes:
            positions[scope], fresh = self._look(scope)
            changes += filter(self._counts, fresh)
        shown = [self._shown(row) for row in sorted(changes, key=lambda row: (row.time, row.id))]
        self.positions = positions
        return shown

    def _look(self, scope: str) -> tuple[HistoryPosition, list[Revision]]:
        """How far the scope is read then, and what is new."""
        position = self.positions.get(scope)
        if position is None and self._options.start is None:
            return HistoryPosition().after(self._rows(scope, None)), []
        position = position or HistoryPosition(self._options.start)
        fresh = [row for row in self._rows(scope, position.start) if not position.has_seen(row)]
        return position.after(fresh), fresh

    def _counts(self, row: Revision) -> bool:
        return row.kind != _NO_CHANGE and row.authors.isdisjoint(self._options.ignored)

    def _rows(self, scope: str, start: datetime | None) -> list[Revision]:
        try:
            return list(self._read(scope, start))
        except ApiError as error:
            # Only environments that are connected to the platform take several schemas in one request.
            if error.status != 400 or len(self._lists[0]) < 2:
                raise
        self._lists = [[schema_id] for schema_id in self._options.schema_ids]
        return list(self._read(scope, start))

    def _read(self, scope: str, start: datetime | None) -> Iterator[Revision]:
        query = {"scope": scope, "filter": history.history_filter(None, start, None)}
        for schema_ids in self._lists:
            for row in self._settings.changes(filled({**query, "schemaId": ",".join(schema_ids)}), None):
                yield Revision.of(scope, row)

    # what is told

    def _shown(self, row: Revision) -> dict[str, Any]:
        change = history.shown(row.row)
        info = Part(row.row).mapping("modificationInfo")
        return {
            "type": row.kind,
            "schema_id": change.get("schemaId"),
            "scope": row.scope,
            "object_id": change.get("objectId"),
            "summary": change.get("summary"),
            "by": info.get("lastModifiedBy"),
            "by_token": info.get("lastModifiedToken"),
            "reason": info.get("lastModifiedReason"),
            "time": info.get("lastModifiedTime"),
            "revision": row.id,
            "properties": _differing(change["before"], change["after"]),
            "before": self._masked(change, change["before"]),
            "after": self._masked(change, change["after"]),
        }

    def _masked(self, change: Mapping[str, Any], value: Any) -> Any:
        """The server masks secrets; what its schema calls one is masked here too, and all of a value whose schema cannot be read."""
        if not isinstance(value, Mapping):
            return None if value is None else MASK
        try:
            schema = self._settings.schema(str(change.get("schemaId")), change.get("schemaVersion"))
            return secrets.masked(schema, value, hide_unknown=True)
        except CollectionError as error:
            if is_passing(error):
                raise
            return MASK


def _differing(before: Any, after: Any) -> list[str]:
    """The properties at the top that differ; of a new or deleted object all of them."""
    old, new = mapping(before), mapping(after)
    return [name for name in {**old, **new} if old.get(name) != new.get(name)]


def is_passing(error: CollectionError) -> bool:
    """Whether it may be over after a while, so that a feed goes on."""
    if isinstance(error, ApiError):
        return error.status == 429 or error.status >= 500
    return isinstance(error, TransportError)


# how far it has come, as a text


def written(address: str, positions: Mapping[str, HistoryPosition], runs: Runs) -> str:
    """As JSON, for ``read_state``. ``address``: of the environment, whose positions are worth nothing in another one."""
    scopes = {
        scope: {
            "from": None if position.start is None else history.iso(position.start),
            "revisions": {revision: history.iso(time) for revision, time in sorted(position.seen.items())},
        }
        for scope, position in positions.items()
    }
    state = {
        "format": _FORMAT,
        "environment": address,
        "scopes": scopes,
        "last_run": runs.last,
        "pending": runs.pending,
    }
    return json.dumps(state, indent=2)


def read_state(text: str, address: str, runs: Runs) -> dict[str, HistoryPosition]:
    """The positions, by scope; fills ``runs``. Raises InputError for a text that is not a state, or that of another environment."""
    try:
        state = Part(json.loads(text)).record()
        if state.number("format") != _FORMAT:
            raise ShapeError("it has another format")
        refuse_if(
            state.text("environment") != address,
            f"it belongs to {state.text('environment')}, and environment_url is {address}: give each environment its own",
        )
        runs.last = float(state.value("last_run") or 0)
        runs.pending = [dict(row.raw) for row in state.parts("pending")]
        return {str(scope): _read_position(state.part("scopes").part(scope)) for scope in state.mapping("scopes")}
    except (ShapeError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InputError(f"it holds no state of this event source: {error}. Delete it to begin anew") from None


def _read_position(part: Part) -> HistoryPosition:
    start = part.optional_text("from")
    revisions = part.part("revisions")
    seen = {str(revision): history.read_time(revisions.text(revision)) for revision in part.mapping("revisions")}
    return HistoryPosition(history.read_time(start) if start else None, seen)
