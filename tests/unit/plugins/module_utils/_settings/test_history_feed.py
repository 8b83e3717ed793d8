# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts as new, when a run is due, and what is kept. tests/unit/eda has the event source on the sandbox."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    StateError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.history_feed import (
    FeedOptions,
    HistoryFeed,
    HistoryPosition,
    Revision,
    Runs,
    is_passing,
    read_state,
    written,
)

NOON = datetime(2026, 1, 25, 12, tzinfo=timezone.utc)
PARAMS: dict[str, Any] = {
    "schema_ids": None,
    "scopes": ["environment"],
    "ignore_changes_by": None,
    "ignore_own_changes": True,
    "interval": 10,
    "run_minutes": 0,
    "from": None,
    "api_token": "dt0c01.OWN.HIDDEN",
    "platform_token": None,
    "oauth_client_id": None,
}


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def revision(name: str, seconds: float, **more: Any) -> Revision:
    return Revision.of("environment", row(name, seconds, **more))


def row(name: str, seconds: float, by: str = "me", **more: Any) -> dict[str, Any]:
    info = {"lastModifiedBy": by, "lastModifiedTime": at(seconds).isoformat()}
    return {"revision": name, "type": "UPDATE", "objectId": "o", "schemaId": "s", "modificationInfo": info, **more}


class TestPosition:
    def test_nothing_is_known_of_an_empty_history(self) -> None:
        position = HistoryPosition().after([])
        assert position == HistoryPosition()
        assert not position.has_seen(revision("a", -1e9))

    def test_what_is_seen_is_told_once(self) -> None:
        position = HistoryPosition().after([revision("a", 0), revision("b", 0)])
        assert position.has_seen(revision("a", 0))
        assert not position.has_seen(revision("c", 0))

    def test_what_comes_to_light_late_is_new_for_a_minute(self) -> None:
        position = HistoryPosition().after([revision("new", 100)])
        assert position.start == at(40)
        assert not position.has_seen(revision("late", 40))
        assert position.has_seen(revision("old", 39.999))

    def test_it_never_goes_back_before_its_beginning(self) -> None:
        position = HistoryPosition(at(90)).after([revision("a", 100)])
        assert position.start == at(90)
        assert position.after([revision("b", 200)]) == HistoryPosition(at(140), {"b": at(200)})


class TestRuns:
    def test_at_once_then_rarely_and_none_is_lost(self) -> None:
        def change(name: str) -> dict[str, Any]:
            return {"schema_id": name, "scope": "e", "object_id": "o", "by": "me", "after": "left out"}

        def kept(name: str) -> dict[str, Any]:
            return {"schema_id": name, "scope": "e", "object_id": "o", "by": "me"}

        runs = Runs(60)
        assert runs.due([], 1000) == []
        assert runs.due([change("a")], 1001) == [kept("a")]
        assert runs.due([change("b")], 1060.9) == []
        assert runs.due([change("c")], 1061) == [kept("b"), kept("c")]
        assert runs.due([], 9999) == []

    def test_a_clock_that_was_put_back_holds_nothing_back(self) -> None:
        runs = Runs(60, [{"by": "me"}], last=5000)
        assert runs.due([], 1000) == [{"by": "me"}]


class TestOptions:
    @pytest.mark.parametrize(
        ("given", "ignored"),
        [
            ({}, {"dt0c01.OWN"}),
            ({"ignore_own_changes": False}, set()),
            ({"ignore_changes_by": ["dt0c01.BOT.HIDDEN", "user"]}, {"dt0c01.OWN", "dt0c01.BOT", "user"}),
            ({"api_token": None, "oauth_client_id": "dt0s02.CLIENT"}, {"dt0s02.CLIENT"}),
            ({"api_token": "old-token-without-prefix.x"}, {"old-token-without-prefix.x"}),
        ],
    )
    def test_whose_changes_count_for_nothing(self, given: dict[str, Any], ignored: set[str]) -> None:
        assert FeedOptions.from_params({**PARAMS, **given}, NOON).ignored == ignored

    def test_values(self) -> None:
        given = {"schema_ids": ["b", "a", "b"], "run_minutes": 1.5, "from": "now-1m"}
        options = FeedOptions.from_params({**PARAMS, **given}, NOON)
        assert (options.schema_ids, options.run_seconds, options.start) == (("b", "a"), 90, at(-60))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"revision": None}, "revision"),
        ({"modificationInfo": None}, "lastModifiedTime"),
        ({"modificationInfo": {"lastModifiedTime": "soon"}}, "soon"),
        ({"modificationInfo": []}, "modificationInfo"),
        ({"type": 5.5}, "type"),
    ],
)
def test_an_entry_that_cannot_be_followed(broken: dict[str, Any], said: str) -> None:
    with pytest.raises(StateError, match="the history of scope environment has an entry that cannot be read") as caught:
        revision("a", 0, **broken)
    assert said in caught.value.msg


def test_the_state_as_a_text() -> None:
    positions = {
        "environment": HistoryPosition().after([revision("a", 0), revision("b", 0.123)]),
        "HOST-1": HistoryPosition(),
    }
    text = written("https://e", positions, Runs(60, [{"by": "me"}], 5.0))
    runs = Runs(60)
    assert read_state(text, "https://e", runs) == positions
    assert (runs.last, runs.pending) == (5.0, [{"by": "me"}])
    with pytest.raises(InputError, match="belongs to https://e, and environment_url is https://f"):
        read_state(text, "https://f", runs)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransportError("m", "GET", "u"), True),
        (ApiError("m", "GET", "u", 429, "m"), True),
        (ApiError("m", "GET", "u", 500, "m"), True),
        (ApiError("m", "GET", "u", 400, "m"), False),
        (ApiError("m", "GET", "u", 401, "m"), False),
        (InputError("m"), False),
    ],
)
def test_what_passes(error: Any, expected: bool) -> None:
    assert is_passing(error) is expected


class Api:
    """Stands for Settings. ``pages``: what each look finds; an error is raised."""

    def __init__(self, *pages: Any) -> None:
        self.pages = list(pages)
        self.queries: list[Any] = []

    def changes(self, query: Any, limit: Any) -> Any:
        self.queries.append(query)
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return iter(page)

    def schema(self, schema_id: str, version: str | None) -> Any:
        raise InputError("there is no such schema")


def feed(api: Api, **given: Any) -> HistoryFeed:
    return HistoryFeed(api, FeedOptions.from_params({**PARAMS, **given}, NOON), {})  # type: ignore[arg-type]


def test_the_first_look_tells_nothing_and_the_next_ones_in_order() -> None:
    rows = [row("c", 3), row("b", 2, jsonBefore='{"x": 1, "y": 1}', jsonAfter='{"x": 1, "y": 2}'), row("a", 1)]
    api = Api(rows[2:], rows, rows, [row("d", 4, type="NO_CHANGE"), row("e", 5, by="dt0c01.OWN"), *rows])
    changes = feed(api)
    assert changes.poll() == []
    second, third = changes.poll()
    assert (second["revision"], third["revision"]) == ("b", "c")
    # A value whose schema cannot be read is withheld.
    assert (second["before"], second["after"], second["properties"]) == ("********", "********", ["y"])
    assert (third["before"], third["after"], third["properties"]) == (None, None, [])
    assert changes.poll() == []
    assert changes.poll() == []
    assert set(changes.positions["environment"].seen) == {"a", "b", "c", "d", "e"}
    assert api.queries[0] == {"scope": "environment"}
    assert api.queries[1]["filter"] == "modificationInfo.lastModifiedTime >= '2026-01-25T11:59:01.000Z'"


def test_a_look_that_fails_loses_nothing() -> None:
    first, later, host = [row("a", 1)], [row("b", 2), row("a", 1)], [row("x", 2)]
    changes = feed(
        Api(first, host, later, TransportError("m", "GET", "u"), later, host), scopes=["environment", "HOST-1"]
    )
    changes.poll()
    before = changes.positions
    with pytest.raises(TransportError):
        changes.poll()
    assert changes.positions == before
    assert [change["revision"] for change in changes.poll()] == ["b"]


def test_one_schema_at_a_time_where_several_are_refused() -> None:
    api = Api(ApiError("one only", "GET", "u", 400, "one only"), [], [], [], [])
    changes = feed(api, schema_ids=["a", "b"])
    changes.poll()
    changes.poll()
    assert [query["schemaId"] for query in api.queries] == ["a,b", "a", "b", "a", "b"]
    with pytest.raises(ApiError):
        feed(Api(ApiError("no", "GET", "u", 400, "no")), schema_ids=["a"]).poll()


def test_an_event_is_json() -> None:
    api = Api([], [row("a", 1, jsonBefore="no JSON", jsonAfter=None)])
    changes = feed(api)
    changes.poll()
    (change,) = changes.poll()
    assert json.loads(json.dumps(change)) == change
    assert (change["before"], change["after"]) == ("********", None)
