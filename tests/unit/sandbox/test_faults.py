# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: which request they hit, what the client gets, and whether the work was done."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from tests.sandbox.app import SILENCE
from tests.sandbox.errors import ApiError
from tests.sandbox.faults import Fault, Faults
from tests.sandbox.http import Reply
from tests.sandbox.shapes import SHAPES, misshapen
from tests.support.sandbox import TOKEN, RunningSandbox

PATH = "/api/v2/credentials"
BODY = {"name": "Tea", "type": "TOKEN", "token": "x", "scope": "SYNTHETIC"}
ROWS = {"credentials": [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}], "totalCount": 2}


def _ask(sandbox: RunningSandbox, method: str = "POST", path: str = PATH, timeout: float = 10) -> requests.Response:
    headers = {"Authorization": f"Api-Token {TOKEN}"}
    body = BODY if method == "POST" else None
    return requests.request(
        method, sandbox.url + path, headers=headers, json=body, timeout=timeout, allow_redirects=False
    )


def _is_there(sandbox: RunningSandbox) -> bool:
    return any(entry["name"] == "Tea" for entry in sandbox.state.state()["credentials"])


def _hits(faults: Faults, times: int, method: str = "GET", path: str = "/a") -> list[bool]:
    return [faults.take(method, path) is not None for dummy in range(times)]


@pytest.mark.parametrize(
    ("given", "hits"),
    [
        ({}, [True, False, False, False]),
        ({"times": 2}, [True, True, False, False]),
        ({"after": 1}, [False, True, False, False]),
        ({"after": 1, "times": 2}, [False, True, True, False]),
        ({"after": 2, "times": 0}, [False, False, True, True]),
        ({"path": "^/a$"}, [True, False, False, False]),
        ({"path": "/b"}, [False, False, False, False]),
        ({"method": "post"}, [False, False, False, False]),
    ],
)
def test_which_request_it_hits(given: dict[str, Any], hits: list[bool]) -> None:
    faults = Faults()
    faults.add(Fault.parse({"kind": "status", **given}))
    assert _hits(faults, 4) == hits


def test_only_what_fits_is_counted() -> None:
    faults = Faults()
    faults.add(Fault.parse({"kind": "status", "method": "GET", "path": "/a", "after": 1}))
    assert _hits(faults, 3, "POST") + _hits(faults, 3, path="/b") == [False] * 6
    assert _hits(faults, 2) == [False, True]


def test_one_after_the_other() -> None:
    faults = Faults()
    faults.add(Fault.parse({"kind": "html"}))
    faults.add(Fault.parse({"kind": "empty"}))
    assert [getattr(faults.take("GET", "/"), "kind", None) for dummy in range(3)] == ["html", "empty", None]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "an object"),
        ({"kind": "odd"}, "the kind of a fault is one of status"),
        ({"kind": "html", "odd": 1}, "unknown in a fault: odd"),
        ({"kind": "reset_after", "done": True}, "'reset_after' itself says"),
        ({"kind": "shape", "shape": "odd"}, "the shape of an answer is one of object"),
        ({"kind": "status", "path": "("}, "not a regular expression"),
    ],
)
def test_what_is_no_fault(given: Any, said: str) -> None:
    with pytest.raises(ApiError, match=said):
        Fault.parse(given)


@pytest.mark.parametrize("content", [b"[", b"[" * 100_000, b"[1]", b'{"kind": []}'])
def test_what_the_control_cannot_read_is_refused(sandbox: RunningSandbox, content: bytes) -> None:
    for path in ("faults", "variants"):
        assert requests.post(f"{sandbox.url}/_sandbox/{path}", data=content, timeout=10).status_code == 400


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize(
    ("given", "status", "content"),
    [
        ({"kind": "status", "status": 500}, 500, "Sandbox fault"),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "7"}}, 429, "Too many requests."),
        ({"kind": "status", "status": 302, "headers": {"Location": "https://x.example.com/"}}, 302, ""),
        ({"kind": "html", "status": 200}, 200, "<title>HTTP Status 200</title>"),
        ({"kind": "empty", "status": 200}, 200, ""),
        ({"kind": "shape", "shape": "list", "status": 200}, 200, "[]"),
    ],
)
def test_an_answer_in_place_of_the_real_one(
    sandbox: RunningSandbox, given: dict[str, Any], status: int, content: str, done: bool
) -> None:
    sandbox.fault(**given, done=done)
    answer = _ask(sandbox)
    assert answer.status_code == status
    assert content in answer.text if content else not answer.content
    for name, value in given.get("headers", {}).items():
        assert answer.headers[name] == value
    assert _is_there(sandbox) is done
    (entry,) = sandbox.state.requests
    assert (entry["status"], entry["done"]) == (status, done)


def test_the_status_of_the_real_answer(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="empty", done=True)
    sandbox.fault(kind="shape", done=True)
    sandbox.fault(kind="shape")
    assert [_ask(sandbox).status_code for dummy in range(3)] == [201, 201, 200]


@pytest.mark.parametrize(
    ("given", "done"),
    [
        ({"kind": "cut"}, False),
        ({"kind": "reset_before"}, False),
        ({"kind": "reset_after"}, True),
        ({"kind": "truncate"}, True),
        ({"kind": "truncate", "done": False}, False),
        ({"kind": "slow", "done": False}, False),
    ],
)
def test_no_answer(sandbox: RunningSandbox, given: dict[str, Any], done: bool) -> None:
    sandbox.fault(**given)
    with pytest.raises(requests.exceptions.RequestException):
        _ask(sandbox)
    assert _is_there(sandbox) is done


def test_a_slow_answer_to_work_that_is_done_at_once(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="slow", seconds=0.3, times=2)
    with pytest.raises(requests.exceptions.ReadTimeout):
        _ask(sandbox, timeout=0.1)
    assert _is_there(sandbox)
    started = time.monotonic()
    assert _ask(sandbox).status_code == 201
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize("status", [None, 504])
def test_a_late_write(sandbox: RunningSandbox, status: int | None) -> None:
    """The sandbox's speed does not matter: the seconds are those of the client."""
    sandbox.fault(kind="late_write", seconds=60, **({"status": status} if status else {}))
    if status is None:
        with pytest.raises(requests.exceptions.ReadTimeout):
            _ask(sandbox, timeout=0.1)
    else:
        assert _ask(sandbox).status_code == status
    assert not _is_there(sandbox)
    assert sandbox.state.requests[0]["done"] is False
    sandbox.state.real_clock.jump(59)
    assert "Tea" not in _ask(sandbox, "GET").text
    sandbox.state.real_clock.jump(2)
    assert "Tea" in _ask(sandbox, "GET").text
    assert sandbox.state.requests[0]["done"] is True
    assert sandbox.state.late == []


def test_a_late_write_ends_with_a_reset(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="late_write", seconds=60, status=504)
    _ask(sandbox)
    sandbox.state.reset()
    sandbox.state.real_clock.jump(100)
    assert not _is_there(sandbox)


def test_a_client_that_waits_for_a_late_write_gets_no_answer(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="late_write", seconds=0.05)
    with pytest.raises(requests.exceptions.ConnectionError):
        _ask(sandbox)
    # The connection ends by itself, and the write is done by another thread.
    until = time.monotonic() + 2
    while not _is_there(sandbox) and time.monotonic() < until:
        time.sleep(0.01)
    assert _is_there(sandbox)


def test_silence_is_told_where_clocks_are_replaced(sandbox: RunningSandbox) -> None:
    sandbox.state.tells_silence = True
    try:
        sandbox.fault(kind="slow", seconds=30)
        sandbox.fault(kind="late_write", seconds=40)
        assert [_ask(sandbox).headers[SILENCE] for dummy in range(2)] == ["30.0", "40.0"]
    finally:
        sandbox.state.tells_silence = False


@pytest.mark.parametrize(
    ("shape", "made"),
    [
        ("object", {}),
        ("list", []),
        ("null", None),
        ("text", "done"),
        ("number", 1),
        ("swapped", [ROWS]),
        ("null_row", {"credentials": [None, {"id": "2", "name": "b"}], "totalCount": 2}),
        ("no_id", {"credentials": [{"name": "a"}, {"name": "b"}], "totalCount": 2}),
        (
            "odd_id",
            {
                "credentials": [{"id": {"value": "1"}, "name": "a"}, {"id": {"value": "2"}, "name": "b"}],
                "totalCount": 2,
            },
        ),
        ("null_fields", {"credentials": None, "totalCount": None}),
        ("odd_page_key", {**ROWS, "nextPageKey": {"page": 2}}),
    ],
)
def test_wrong_shapes(shape: str, made: Any) -> None:
    assert json.loads(misshapen(shape, Reply(200, ROWS))) == made


def test_wrong_shapes_of_lists_and_of_nothing() -> None:
    rows = Reply(200, [{"objectId": "1", "code": 200}])
    assert json.loads(misshapen("swapped", rows)) == {"items": rows.body}
    assert json.loads(misshapen("null_row", rows)) == [None]
    assert json.loads(misshapen("no_id", rows)) == [{"code": 200}]
    assert json.loads(misshapen("null_fields", rows)) == [{"objectId": None, "code": None}]
    assert misshapen("deep", rows) == b"[" * 50_000
    for shape in SHAPES:
        assert misshapen(shape, None) == misshapen(shape, Reply(204))


def test_the_same_asked_of_anything_else(sandbox: RunningSandbox) -> None:
    like = sandbox.state.like
    assert like("PUT", "/api/v2/credentials/A") == like("PUT", "/api/v2/credentials/B")
    assert like("PUT", "/api/v2/credentials/A") != like("PUT", "/e/x/api/v2/credentials/A")
    fault = Fault.parse({"kind": "status", "path": like("GET", "/platform/extensions/v2/extensions/a/1.0.0")})
    assert fault.hits("GET", "/platform/extensions/v2/extensions/b/2.0.0")
    assert not fault.hits("GET", "/platform/extensions/v2/extensions/b")


def test_the_state_tells_every_change(sandbox: RunningSandbox) -> None:
    before = sandbox.state.state()
    assert set(before) == {"settings", "credentials", "extensions", "activegates"}
    assert sandbox.state.state() == before
    entry_id = _ask(sandbox).json()["id"]
    assert sandbox.state.state() != before
    _ask(sandbox, "DELETE", f"{PATH}/{entry_id}")
    assert sandbox.state.state() == before
    json.dumps(before)
