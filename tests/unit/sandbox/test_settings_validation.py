# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values against schemas: types, constraints, preconditions, uniqueness."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.settings.constraints import check_property, java_pattern
from tests.sandbox.settings.preconditions import holds
from tests.sandbox.settings.values import at_path

from .settings_api import ENVIRONMENT, Api

OBJECTIVES = "builtin:sandbox.objective"
ROUTES = "builtin:sandbox.alert-route"
WINDOWS = "builtin:sandbox.time-window"
QUOTAS = "builtin:sandbox.quota"
NULL = "Must not be null"

OBJECTIVE: dict[str, Any] = {
    "name": "a",
    "metricKey": "a.b",
    "enabled": True,
    "target": 99,
    "warning": 99.5,
    "window": "-1w",
    "burnRate": {"enabled": False},
}
ROUTE: dict[str, Any] = {
    "name": "a",
    "enabled": True,
    "channel": "EMAIL",
    "email": {"recipients": ["a@b"], "subject": "x"},
    "severities": ["ERROR"],
    "conditions": [],
}
WINDOW: dict[str, Any] = {
    "name": "a",
    "enabled": True,
    "timeZone": "Europe/Vienna",
    "daily": {"start": "01:00", "end": "02:00:00.5"},
}


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.mark.parametrize(("schema_id", "value"), [(OBJECTIVES, OBJECTIVE), (ROUTES, ROUTE), (WINDOWS, WINDOW)], ids=str)
def test_right_values(api: Api, schema_id: str, value: Any) -> None:
    assert api.violations(schema_id, value) == {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": 5}, {"name": ["Must be of type text"]}),
        ({"enabled": 1}, {"enabled": ["Must be of type boolean"]}),
        ({"enabled": "true"}, {"enabled": ["Must be of type boolean"]}),
        ({"target": "99"}, {"target": ["Must be of type float"]}),
        ({"target": True}, {"target": ["Must be of type float"]}),
        ({"burnRate": []}, {"burnRate": ["Must be of type object"]}),
        ({"name": None}, {"name": [NULL]}),
        ({"nope": 1}, {"nope": ["Unknown property"]}),
        ({"burnRate": {}}, {"burnRate/enabled": [NULL]}),
        ({"burnRate": {"enabled": True}}, {"burnRate/threshold": [NULL]}),
        ({"burnRate": {"enabled": False, "threshold": 2}}, {"burnRate/threshold": ["Unknown property"]}),
        (
            {"burnRate": {"enabled": True, "threshold": 1}},
            {"burnRate/threshold": ["must be greater than or equal to 1.01"]},
        ),
        ({"name": "  "}, {"name": ["must not be blank", "must not have leading or trailing whitespace"]}),
        ({"metricKey": "a b"}, {"metricKey": ["must not contain whitespace", 'must match "[a-z][a-z0-9_.]*"']}),
        ({"target": 101}, {"target": ["must be less than or equal to 100"]}),
        ({"window": "x"}, {"window": ["'x' violates Size must be between 3 and 60"]}),
        ({"target": 99.5}, {"": ["The warning has to lie above the target"]}),
        (
            {"name": 5, "enabled": 5, "target": 99.9, "nope": 5},
            {
                "name": ["Must be of type text"],
                "enabled": ["Must be of type boolean"],
                "nope": ["Unknown property"],
            },
        ),
    ],
    ids=str,
)
def test_objective(api: Api, change: dict[str, Any], expected: Any) -> None:
    assert api.violations(OBJECTIVES, {**OBJECTIVE, **change}) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"channel": "FAX", "email": None}, "channel"),
        ({"email": {"recipients": ["no address"], "subject": "x"}}, "email/recipients/0"),
        ({"email": {"recipients": [], "subject": "x"}}, "email/recipients"),
        ({"severities": ["ERROR", "NOPE"]}, "severities/1"),
        ({"severities": "ERROR"}, "severities"),
        ({"conditions": [{"key": "k", "operator": "EXISTS", "value": "v"}]}, "conditions/0/value"),
        ({"conditions": [{"key": "k", "operator": "EQUALS"}]}, "conditions/0/value"),
        ({"conditions": [None]}, "conditions/0"),
        ({"conditions": [{"key": "k", "operator": "EXISTS"}] * 6}, "conditions"),
        ({"escalation": "x"}, "escalateAfter"),
        ({"escalateAfter": 5}, "escalateAfter"),
        ({"escalation": "x", "escalateAfter": 1.5}, "escalateAfter"),
        ({"quiet": True}, "quiet"),
        ({"enabled": False}, "quiet"),
        ({"name": "urgent-1"}, "priority"),
        ({"priority": 1}, "priority"),
        ({"channel": "CHAT", "email": None, "chat": {}, "quiet": False}, "chat"),
        ({"channel": "PAGER", "email": None, "chat": {"room": "r", "user": "u"}}, "chat"),
    ],
    ids=str,
)
def test_route_refused(api: Api, change: dict[str, Any], expected: str) -> None:
    assert list(api.violations(ROUTES, {**ROUTE, **change})) == [expected]


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "PAGER", "email": None, "chat": {"user": "u"}},
        {"escalation": "x", "escalateAfter": 5},
        {"enabled": False, "quiet": True},
        {"name": "urgent-1", "priority": 1},
        {"conditions": [{"key": "k", "operator": "EXISTS", "value": None}]},
    ],
    ids=str,
)
def test_route_taken(api: Api, change: dict[str, Any]) -> None:
    assert api.violations(ROUTES, {**ROUTE, **change}) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"timeZone": "+02:00"},
        {"validFrom": "2026-02-28", "validUntil": "2026-02-28"},
        {"once": "2026-01-01T00:00:00"},
        {"reviewedAt": "2026-01-01T00:00:00.123456789Z"},
        {"reviewedAt": "2026-01-01T00:00:00+01:00[Europe/Vienna]"},
    ],
    ids=str,
)
def test_times_taken(api: Api, change: dict[str, Any]) -> None:
    assert api.violations(WINDOWS, {**WINDOW, **change}) == {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"timeZone": "Mars/Olympus Mons"}, {"timeZone": ["Must be of type time_zone"]}),
        ({"validFrom": "2026-02-30"}, {"validFrom": ["Must be of type local_date"]}),
        ({"once": "2026-01-01"}, {"once": ["Must be of type local_date_time"]}),
        ({"reviewedAt": "2026-01-01T00:00:00"}, {"reviewedAt": ["Must be of type zoned_date_time"]}),
        (
            {"daily": {"start": "25:00", "end": "26:00"}},
            {
                "daily/start": ["Must be of type local_time"],
                "daily/end": ["Must be of type local_time"],
            },
        ),
        ({"daily": {"start": "02:00", "end": "02:00"}}, {"daily": ["The window has to end after it starts"]}),
        (
            {"validFrom": "2026-02-02", "validUntil": "2026-02-01"},
            {"": ["'validFrom' must be less than or equal to 'validUntil'"]},
        ),
    ],
    ids=str,
)
def test_times_refused(api: Api, change: dict[str, Any], expected: Any) -> None:
    assert api.violations(WINDOWS, {**WINDOW, **change}) == expected


def test_precondition_false_by_variant(api: Api) -> None:
    api.vary(settings_precondition_false="ignore")
    object_id = api.create(OBJECTIVES, {**OBJECTIVE, "burnRate": {"enabled": False, "threshold": 2}})
    assert api.one(object_id)["value"]["burnRate"] == {"enabled": False}


def test_integers_of_float_properties_come_back_as_floats(api: Api) -> None:
    value = api.one(api.create(OBJECTIVES, OBJECTIVE))["value"]
    assert value == OBJECTIVE
    assert isinstance(value["target"], float)


def test_sets_by_variant(api: Api) -> None:
    def stored(name: str) -> Any:
        value = {"name": name, "enabled": True, "tags": ["b", "a", "c", "a"]}
        return api.one(api.create("builtin:sandbox.tag-rule", value))["value"]["tags"]

    assert stored("sorted") == ["a", "b", "c"]
    api.vary(settings_set_order="kept")
    assert stored("kept") == ["b", "a", "c"]


def test_lists_keep_their_order(api: Api) -> None:
    conditions = [{"key": key, "operator": "EXISTS"} for key in "bca"]
    assert api.one(api.create(ROUTES, {**ROUTE, "conditions": conditions}))["value"]["conditions"] == conditions


def test_references(api: Api) -> None:
    def plan(reference: Any) -> dict[str, list[str]]:
        value = {"updateMode": "WINDOWS", "targetVersion": "latest", "windows": [{"window": reference}]}
        return api.violations("builtin:sandbox.update-plan", value)

    window = api.create(WINDOWS, WINDOW)
    note = api.create("builtin:sandbox.note", {"text": "x"})
    assert plan(window) == {}
    for wrong in ("nope", "", 5, note):
        assert plan(wrong) == {"windows/0/window": ["Must be of type setting"]}
    assert api.delete(window)[0] == 204
    assert list(plan(window)) == ["windows/0/window"]


def test_references_alone_have_their_own_headline(api: Api) -> None:
    value = {"updateMode": "WINDOWS", "targetVersion": "latest", "windows": [{"window": "nope"}]}
    _dummy, body = api.post("builtin:sandbox.update-plan", value)
    assert body[0]["error"]["message"] == "Constraints violated."
    _dummy, body = api.post("builtin:sandbox.update-plan", {**value, "nope": 1})
    assert body[0]["error"]["message"] == "Validation failed for 2 Validators."


def test_several_unique_constraints(api: Api) -> None:
    api.create(OBJECTIVES, OBJECTIVE)
    assert api.violations(OBJECTIVES, {**OBJECTIVE, "name": "b"}) == {
        "metricKey": ["There is an objective of this metric key already"]
    }
    assert api.violations(OBJECTIVES, OBJECTIVE) == {
        "name": ["There is an objective of this name already"],
        "metricKey": ["There is an objective of this metric key already"],
        "": ["[name, target, warning, window] must be unique"],
    }
    assert api.violations(OBJECTIVES, {**OBJECTIVE, "name": "b", "metricKey": "b"}) == {}


def test_unique_inside_a_list(api: Api) -> None:
    headers = [{"name": "h", "secret": False, "value": text} for text in ("1", "2")]
    value = {"name": "a", "enabled": True, "url": "http://x", "headers": headers}
    assert api.violations("builtin:sandbox.webhook", value) == {"headers": ["Each header only once"]}
    value["headers"] = headers[:1]
    assert api.violations("builtin:sandbox.webhook", value) == {}


def test_unique_over_scopes_and_collections(api: Api) -> None:
    group = "HOST_GROUP-0000000000000001"
    value = {"key": "k", "aliases": ["a", "b"], "limit": 1}
    api.create(QUOTAS, value)
    assert api.violations(QUOTAS, {**value, "key": "K"}) == {"aliases": ["[aliases] must be unique"]}
    assert list(api.violations(QUOTAS, {**value, "key": "K", "aliases": ["b", "c"]})) == ["aliases"]
    assert api.violations(QUOTAS, {**value, "key": "K", "aliases": ["c"]}) == {}
    assert api.violations(QUOTAS, value, group) == {"key": ["Another scope has this key"]}
    assert api.violations(QUOTAS, {**value, "key": "K"}, group) == {}


def test_byte_size_limit(api: Api) -> None:
    def quota(number: int) -> dict[str, Any]:
        return {"key": f"{number}-" + "x" * 1500, "aliases": [], "limit": 1}

    status, body = api.post(QUOTAS, quota(1), quota(2), quota(3))
    assert (status, [item["code"] for item in body]) == (207, [200, 200, 400])
    assert api.delete(body[0]["objectId"])[0] == 204
    assert api.post(QUOTAS, quota(3))[0] == 200
    # An update counts by what it adds or frees.
    assert api.put(body[1]["objectId"], {**quota(2), "aliases": ["y" * 1500]})[0] == 400
    assert api.put(body[1]["objectId"], {"key": "short", "aliases": [], "limit": 1})[0] == 200
    assert api.post(QUOTAS, quota(4))[0] == 200


def test_value_must_be_an_object(api: Api) -> None:
    status, body = api.call("POST", "/objects", [{"schemaId": QUOTAS, "scope": ENVIRONMENT, "value": [1]}])
    assert (status, body[0]["invalidValue"]) == (400, [1])


def test_java_patterns_that_python_does_not_know_pass() -> None:
    assert java_pattern(r"\p{Lu}+") is None
    for pattern in ("[a-z&&[^b]]+", "[a-z[0-9]]", "[[a]b]"):
        assert java_pattern(pattern) is None
        assert check_property({"type": "PATTERN", "pattern": pattern}, "?") is None
        assert check_property({"type": "REGEX"}, pattern) is None
    for pattern in ("[a-z]+[0-9]", r"[^\[\]]+", "a&&b"):
        assert java_pattern(pattern) is not None
    assert check_property({"type": "PATTERN", "pattern": r"\p{Lu}+"}, "x") is None
    assert check_property({"customValidatorId": "anything"}, "x") is None
    assert check_property({"type": "FROM_THE_FUTURE"}, "x") is None


@pytest.mark.timeout(10)
def test_a_pattern_with_too_many_ways_to_match_passes_in_time() -> None:
    pattern = {"pattern": "(a|aa)+$", "property": "text"}
    text = "a" * 100 + "b"
    assert check_property({"type": "PATTERN", **pattern}, text) is None
    assert check_property({"type": "PATTERN", **pattern}, "ab") == 'must match "(a|aa)+$"'
    assert holds({"type": "REGEX_MATCH", **pattern}, {"text": text})
    assert not holds({"type": "REGEX_MATCH", **pattern}, {"text": "ab"})
    assert check_property({"type": "PATTERN", "pattern": "a{99999999999999}"}, text) is None


def test_names_of_properties_may_hold_dots() -> None:
    value = {"app:x.y": 1, "a.b": {"c.d": 2}, "a": {"b": 3}}
    found = [at_path(value, path) for path in ("app:x.y", "a.b/c.d", "a.b.c.d", "a/b", "a.x", "a/b/c", "x.y")]
    assert found == [1, 2, 2, 3, None, None, None]
