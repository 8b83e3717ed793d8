# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import json
import socket
import time
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    LostAnswerError,
    StoppedError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http import paging
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import PlatformToken
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client, Dialect
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part, document, nothing, whole

from tests.support.clock import Clock
from tests.support.server import Received, Server, Step, reply
from tests.support.server import raw as bytes_of

from .conftest import Connect, call, raw


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (reply(200, {"a": 1}), {"a": 1}),
        (reply(200, [1]), [1]),
        (reply(207, [{"code": 200}]), [{"code": 200}]),
        (reply(201, b""), None),
        (reply(200, b" \n"), None),
        (bytes_of(b"HTTP/1.1 204 No Content\r\n\r\n"), None),
        (reply(200, b"\xef\xbb\xbf{}"), {}),
        (reply(200, '{"name": "…"}'), {"name": "…"}),
        (bytes_of(b'HTTP/1.0 200 OK\r\n\r\n{"until": "the end"}'), {"until": "the end"}),
        (bytes_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), {}),
    ],
)
@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_good_answer(connect: Connect, answer: Step, value: Any, method: str) -> None:
    with Server(answer) as server:
        found = call(connect(server), method, body={})
    assert found == (None if method == "delete" else value)


def test_a_packed_answer(connect: Connect) -> None:
    import gzip

    content = b'{"items": [' + b"1," * 100_000 + b"1]}"
    with Server(reply(200, gzip.compress(content), {"Content-Encoding": "gzip"})) as server:
        assert len(call(connect(server), "get")["items"]) == 100_001
    assert "gzip" in server.requests[0].headers["accept-encoding"]


PAGE = reply(200, "<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"})


def test_a_login_page_is_no_answer(connect: Connect) -> None:
    with Server(PAGE) as server, pytest.raises(TransportError, match=r"something other than JSON.*environment_url"):
        call(connect(server), "get")
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_login_page_says_nothing_of_a_write(connect: Connect, method: str) -> None:
    with Server(PAGE) as server, pytest.raises(LostAnswerError, match=r"something other than JSON") as caught:
        call(connect(server), method, read=nothing)
    assert not caught.value.may_be_late
    assert len(server.requests) == 1


def test_a_login_page_is_nothing_to_hand_on(connect: Connect) -> None:
    """Nor to a module that takes texts as well as JSON."""
    with Server(PAGE, PAGE) as server:
        client = connect(server)
        with pytest.raises(TransportError, match="a page") as caught:
            client.send("GET", "/v2/x", is_read=True)
        assert not isinstance(caught.value, LostAnswerError)
        with pytest.raises(LostAnswerError, match="a page"):
            client.send("PATCH", "/v2/x")
    assert len(server.requests) == 2


@pytest.mark.parametrize(("content", "found"), [("a,b\n1,2", "a,b\n1,2"), ('{"a": 1}', {"a": 1}), (None, None)])
@pytest.mark.parametrize("kind", ["text/csv", "text/html", ""])
def test_what_a_module_takes_as_it_is(connect: Connect, content: Any, found: Any, kind: str) -> None:
    """JSON is not a page, whatever it is called, and neither is nothing."""
    with Server(reply(200, content, {"Content-Type": kind})) as server:
        client = connect(server)
        if kind == "text/html" and isinstance(found, str):
            with pytest.raises(TransportError, match="a page"):
                client.send("GET", "/v2/x", is_read=True)
        else:
            answer = client.send("GET", "/v2/x", is_read=True)
            assert (answer.status, answer.content) == (200, found)


# What no answer may look like, whatever its status: as a body, and what a message says of it where it should be an object.
WRONG: dict[str, tuple[Any, str]] = {
    "nothing": (b"", "nothing where an object"),
    "null": (b"null", "nothing where an object"),
    "white space": (b" \r\n ", "nothing where an object"),
    "a list": ([], "a list where an object"),
    "a number": (b"17", "a number where an object"),
    "true": (b"true", "a truth value where an object"),
    "a text": (b'"OK"', "something other than JSON"),
    "without the field": ({}, "nothing where a text was expected at id"),
    "a null field": ({"id": None}, "nothing where a text was expected at id"),
    "an empty field": ({"id": ""}, "an empty text where a text was expected at id"),
    "another type": ({"id": {"a": 1}}, "an object where a text was expected at id"),
    "a bare text": (b"OK", "something other than JSON"),
    "no UTF-8": (b"\xff\xfe{}", "something other than JSON"),
    "deep": (b"[" * 50_000, "cut off or damaged"),
    "deep objects": (b'{"a":' * 50_000, "cut off or damaged"),
    "deep, complete": (b'{"a":' * 500 + b"1" + b"}" * 500, "cut off or damaged"),
    "a long number": (b'{"id":' + b"9" * 5_000 + b"}", "cut off or damaged"),
    "a huge number": (b'{"id":"a","n":1e999}', "cut off or damaged"),
    "NaN": (b'{"id":"a","n":NaN}', "cut off or damaged"),
    "Infinity": (b'{"id":"a","n":-Infinity}', "cut off or damaged"),
}


def identity(answer: Part) -> str:
    return answer.text("id")


@pytest.mark.parametrize(("body", "said"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("status", [200, 202, 299])
def test_a_read_with_a_wrong_answer_is_an_error_that_says_so(
    connect: Connect, status: int, body: Any, said: str
) -> None:
    with Server(otherwise=reply(status, body)) as server, pytest.raises(TransportError) as caught:
        call(connect(server, retries=0), "get", read=identity)
    assert said in caught.value.msg
    assert f"GET {server.url}/api/v2/x" in caught.value.msg
    assert "environment_url" in caught.value.msg or "damaged" in caught.value.msg


@pytest.mark.parametrize(("body", "said"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("method", ["post", "put"])
def test_a_write_with_a_wrong_answer_is_lost(connect: Connect, method: str, body: Any, said: str) -> None:
    with Server(otherwise=reply(201, body)) as server, pytest.raises(LostAnswerError) as caught:
        call(connect(server), method, read=identity)
    assert said in caught.value.msg
    assert not caught.value.may_be_late
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [body for body, dummy_said in WRONG.values()], ids=WRONG)
@pytest.mark.parametrize(("status", "kind"), [(400, ApiError), (302, TransportError)])
@pytest.mark.parametrize("method", ["get", "put"])
def test_a_refusal_is_one_whatever_its_body(
    connect: Connect, method: str, status: int, kind: type[Exception], body: Any
) -> None:
    with Server(otherwise=reply(status, body)) as server, pytest.raises(kind) as caught:
        call(connect(server), method, read=identity)
    assert type(caught.value) is kind
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [reply(200), reply(201), reply(202), bytes_of(b"HTTP/1.1 204 No Content\r\n\r\n")])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_an_empty_answer_is_success_where_it_is_documented(connect: Connect, answer: Step, method: str) -> None:
    with Server(answer) as server:
        assert call(connect(server), method, read=nothing) is None


def test_a_reader_that_must_have_something_says_so(connect: Connect) -> None:
    with Server(reply(200), reply(200)) as server:
        client = connect(server)
        with pytest.raises(TransportError, match="answered with nothing where a value was expected"):
            call(client, "get", read=whole)
        with pytest.raises(TransportError, match="answered with nothing where an object was expected"):
            call(client, "get", read=document)


@pytest.mark.parametrize("body", [b"early", b"{}", b"x" * 100_000])
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_where_none_may_be_is_not_taken_for_the_next_answer(
    connect: Connect, body: bytes, announced: bool
) -> None:
    length = f"Content-Length: {len(body)}\r\n".encode() if announced else b""

    def too_much(connection: socket.socket, request: Received) -> None:
        connection.sendall(b"HTTP/1.1 204 No Content\r\n" + length + b"\r\n")
        time.sleep(0.02)
        connection.sendall(body)

    with Server(too_much, reply(200, {"id": "a"})) as server:
        client = connect(server)
        client.delete("/v2/x")
        if not announced:
            time.sleep(0.1)  # until it has come in
        assert call(client, "put", read=identity) == "a"
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [101, 102, 103])
def test_a_status_before_the_last_is_no_answer(connect: Connect, status: int) -> None:
    """And what comes after it, later, is not taken for the answer to the next request."""

    def early(connection: socket.socket, request: Received) -> None:
        connection.sendall(f"HTTP/1.1 {status} Early\r\n\r\n".encode())
        time.sleep(0.05)
        reply(200, {"id": "first"})(connection, request)

    with Server(early, reply(200, {"id": "second"})) as server:
        client = connect(server)
        with pytest.raises(LostAnswerError, match=str(status)):
            call(client, "put", read=nothing)
        assert call(client, "put", read=identity) == "second"


def test_a_hundred_is_waited_out(connect: Connect) -> None:
    with Server(bytes_of(b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{"id":"a"}')) as server:
        assert call(connect(server), "put", read=identity) == "a"


def test_half_a_surrogate_pair_is_replaced_as_bad_bytes_are(connect: Connect) -> None:
    body = b'{"id": "\\ud800 \\uDFFF \\ud83d\\ude00 \\\\ud800 \xed\xa0\x80 \xff", "\\udc00": "\\ud800\\u0041"}'
    with Server(reply(200, body)) as server:
        found = call(connect(server), "get", read=document)
    assert found["id"].startswith("\ufffd \ufffd \U0001f600 \\ud800 \ufffd")
    assert found["\ufffd"] == "\ufffdA"
    str(found).encode()


@pytest.mark.parametrize(
    "key",
    [True, {"a": 1}, ["a"], 1.5, b"[" * 50_000, b"9" * 5_000],
    ids=["flag", "object", "list", "float", "deep", "long"],
)
def test_a_page_key_that_is_no_text(connect: Connect, key: Any) -> None:
    raw_key = key if isinstance(key, bytes) else json.dumps(key).encode()
    with Server(reply(200, b'{"items":[],"nextPageKey":' + raw_key + b"}")) as server, pytest.raises(TransportError):
        pages(connect(server, retries=0))
    assert len(server.requests) == 1


def test_a_page_key_that_is_a_number_is_taken_for_its_text(connect: Connect) -> None:
    with Server(reply(200, {"items": [], "nextPageKey": 7}), reply(200, {"items": []})) as server:
        assert pages(connect(server)) == []
    assert server.requests[1].query == {"nextPageKey": ["7"]}


@pytest.mark.parametrize("row", [None, 1, "a", [], {"n": "x"}, {"n": 1.5}, {"n": True}])
def test_a_row_that_is_none(connect: Connect, row: Any) -> None:
    with Server(reply(200, {"items": [{"n": 1}, row]})) as server, pytest.raises(TransportError, match=r"items\[1\]"):
        pages(connect(server))


def test_pages_have_an_end(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    steps = [reply(200, {"items": [{"n": number}], "nextPageKey": f"k{number}"}) for number in range(9)]
    with Server(*steps) as server, pytest.raises(TransportError, match="has more than 3 pages") as caught:
        pages(connect(server))
    assert len(server.requests) == 3
    assert caught.value.url == f"{server.url}/api/v2/settings/objects"


def test_as_many_pages_as_may_be(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    assert paging.MOST_PAGES == 10_000
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    steps = [reply(200, {"items": [{"n": 1}], "nextPageKey": key}) for key in ("a", "b", None)]
    with Server(*steps) as server:
        assert pages(connect(server)) == [1, 1, 1]


DEEP: list[Any] = []
for _level in range(9999):
    DEEP = [DEEP]


@pytest.mark.parametrize("body", [{"a": float("nan")}, [float("inf")], DEEP], ids=["NaN", "infinity", "deep"])
@pytest.mark.parametrize("method", ["post", "put"])
def test_a_body_that_is_no_json_is_not_sent(connect: Connect, method: str, body: Any) -> None:
    with Server() as server, pytest.raises(InputError, match="is not JSON"):
        call(connect(server), method, body=body)
    assert server.requests == []


@pytest.mark.parametrize("params", [{"scope": "\ud800"}, {"a": ["\udfff"]}])
def test_half_a_character_is_not_sent(connect: Connect, params: dict[str, Any]) -> None:
    with Server() as server, pytest.raises(InputError, match="half of a surrogate pair") as caught:
        connect(server).get("/v2/x", params, raw)
    caught.value.msg.encode()
    assert server.requests == []


def test_the_wait_of_those_who_reconcile(connect: Connect, clock: Clock) -> None:
    client = connect("http://127.0.0.1:1", retry_max_delay=10)
    for attempt in (0, 1, 9):
        client.wait_before_retry(attempt)
    first, second, late = clock.pauses
    assert 0.5 <= first <= 1 <= second <= 2
    assert 5 <= late <= 10


def test_a_task_that_is_to_stop_sends_nothing_more(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(reply(200, {})) as server:
        client = connect(server)
        monkeypatch.setattr(_clock, "_is_stopped", True)
        with pytest.raises(StoppedError):
            call(client, "delete")
    assert server.requests == []


def test_retries_wait_by_the_one_clock(connect: Connect, clock: Clock) -> None:
    with Server(*[reply(503)] * 3, reply(429, headers={"Retry-After": "30"}), reply(200, {"id": "a"})) as server:
        assert call(connect(server, retries=5, retry_max_delay=60, timeout=60), "put", read=identity) == "a"
    *growing, asked = clock.pauses
    assert asked == pytest.approx(30)
    assert [0.5, 1, 2] <= growing <= [1, 2, 4]
    assert growing == sorted(growing)


def test_no_try_begins_after_the_deadline(connect: Connect, clock: Clock) -> None:
    """(retries + 1) * (timeout + retry_max_delay), whatever a server asks for."""
    with Server(otherwise=reply(429, headers={"Retry-After": "100"})) as server, pytest.raises(ApiError):
        call(connect(server, retries=9, retry_max_delay=100, timeout=1), "get")
    assert clock.pauses == [100] * 9
    assert len(server.requests) == 10


def test_a_pause_that_lasts_until_the_deadline_leaves_no_time_to_send(connect: Connect, clock: Clock) -> None:
    with Server(otherwise=reply(200, {})) as server:
        client = connect(server, retries=0, timeout=1, retry_max_delay=1)
        client._pause.extend(99)
        with pytest.raises(TransportError, match="the time-out was over before it was sent") as caught:
            call(client, "delete")
    assert not isinstance(caught.value, LostAnswerError)
    assert clock.pauses == [2]
    assert server.requests == []


@pytest.mark.parametrize(("status", "is_late"), [(500, False), (408, True), (502, True), (504, True), (524, True)])
def test_what_a_gateway_gave_up_may_still_be_carried_out(connect: Connect, status: int, is_late: bool) -> None:
    """A write that the server itself refused is over; one that its gateway waited for is not."""
    with Server(reply(status)) as server, pytest.raises(LostAnswerError) as caught:
        call(connect(server), "post", body={})
    assert caught.value.may_be_late is is_late
    assert len(server.requests) == 1


def test_a_download_is_a_read(connect: Connect) -> None:
    """It is tried again, into an empty file."""
    sink = io.BytesIO()
    with Server(reply(500, b"half"), reply(200, b"whole", {"Content-Type": "application/octet-stream"})) as server:
        connect(server).download("/v2/x", sink)
    assert sink.getvalue() == b"whole"
    assert server.lines == ["GET /api/v2/x", "GET /api/v2/x"]


def test_the_name_of_a_page_key_that_is_refused_is_left_out(connect: Connect) -> None:
    first = reply(200, {"items": [{"n": 1}], "nextPageKey": "a"})
    with Server(first, reply(400), reply(200, {"items": [{"n": 2}]})) as server:
        client = connect(server).speaking(Dialect(page_keys=("page-key", "nextPageKey")))
        assert pages(client) == [1, 2]
    assert [request.query for request in server.requests[1:]] == [
        {"page-key": ["a"], "nextPageKey": ["a"]},
        {"page-key": ["a"]},
    ]


@pytest.mark.parametrize(("status", "sent"), [(401, 1), (403, 1), (404, 1)])
def test_another_refusal_of_a_page_is_not_asked_again(connect: Connect, status: int, sent: int) -> None:
    first = reply(200, {"items": [{"n": 1}], "nextPageKey": "a"})
    with Server(first, reply(status)) as server:
        client = connect(server).speaking(Dialect(page_keys=("page-key", "nextPageKey")))
        with pytest.raises(ApiError) as caught:
            pages(client)
    assert caught.value.status == status
    assert len(server.requests) == 1 + sent


def test_an_upload_is_a_write_unless_it_is_a_validation(connect: Connect) -> None:
    with Server(reply(500), reply(500), reply(200, {"id": "x"})) as server:
        client = connect(server)
        with pytest.raises(LostAnswerError):
            client.upload("/v2/x", io.BytesIO(b"zip"), "application/zip", raw)
        assert client.upload("/v2/x", io.BytesIO(b"zip"), "application/zip", raw, is_read=True) == {"id": "x"}
    assert [request.body for request in server.requests] == [b"zip"] * 3


def test_the_environment_of_an_address(connect: Connect) -> None:
    for address in ("https://abc12345.live.dynatrace.com", "https://abc12345.apps.dynatrace.com/"):
        assert connect(address).environment_id == "abc12345"


def test_which_services_can_be_reached(connect: Connect) -> None:
    assert connect("http://127.0.0.1:1").is_platform is False
    assert connect("http://127.0.0.1:1", PlatformToken("dt0s16.PUBLIC.SECRET")).is_platform is True


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://sso.example.com/login?goto=HIDDEN#HIDDEN", "https://sso.example.com/login"),
        ("https://me:HIDDEN@sso.example.com/login", "https://sso.example.com/login"),
        ("/ui/login?x=HIDDEN", "/ui/login"),
        ("http://[HIDDEN", "nowhere"),
        (None, "nowhere"),
    ],
)
@pytest.mark.parametrize(
    ("status", "method"), [(300, "post"), (301, "get"), (302, "delete"), (307, "post"), (308, "get"), (304, "get")]
)
def test_a_redirect_is_an_error_that_names_its_target(
    connect: Connect, status: int, method: str, location: str | None, shown: str
) -> None:
    headers = {"Location": location} if location else {}
    with Server(reply(status, b"" if status == 304 else b"see there", headers)) as server:
        with pytest.raises(TransportError) as caught:
            call(connect(server), method, body={})
        assert f"redirected to {shown}, which" in caught.value.msg
        assert "HIDDEN" not in caught.value.msg
    assert server.lines == [f"{method.upper()} /api/v2/x"]


def pages(client: Client) -> list[Any]:
    return list(
        client.pages(
            "/v2/settings/objects", {"schemaIds": "builtin:x", "pageSize": 500}, "items", lambda row: row.number("n")
        )
    )


def test_the_next_page_is_asked_for_by_its_key_alone(connect: Connect) -> None:
    with Server(
        reply(200, {"items": [{"n": 1}, {"n": 2}], "nextPageKey": "a+/="}),
        reply(200, {"items": [], "nextPageKey": "b"}),
        reply(503),
        reply(200, {"items": [{"n": 3}], "nextPageKey": None}),
    ) as server:
        assert pages(connect(server)) == [1, 2, 3]
    assert [one.query for one in server.requests] == [
        {"schemaIds": ["builtin:x"], "pageSize": ["500"]},
        {"nextPageKey": ["a+/="]},
        {"nextPageKey": ["b"]},
        {"nextPageKey": ["b"]},
    ]


@pytest.mark.parametrize("keys", ["aa", "aba"])
def test_a_key_that_repeats_is_an_error(connect: Connect, keys: str) -> None:
    steps = [reply(200, {"items": [{"n": 1}], "nextPageKey": key}) for key in keys]
    with Server(*steps) as server, pytest.raises(TransportError, match="repeats the page key a"):
        pages(connect(server))
    assert len(server.requests) == len(keys)


@pytest.mark.parametrize("body", [{}, {"objects": []}, {"items": None}, {"items": {}}, [], None])
def test_a_page_without_its_list_is_an_error(connect: Connect, body: Any) -> None:
    with (
        Server(reply(200, body)) as server,
        pytest.raises(TransportError, match=r"where (a list|an object) was expected"),
    ):
        pages(connect(server))


def test_a_query_as_the_api_reads_it(connect: Connect) -> None:
    with Server(reply(200, {})) as server:
        connect(server).get(
            "/v2/x", {"adminAccess": True, "all": False, "n": 5, "none": None, "many": ["a", "b c"]}, raw
        )
    assert server.requests[0].query == {"adminAccess": ["true"], "all": ["false"], "n": ["5"], "many": ["a", "b c"]}


def test_what_every_request_carries(connect: Connect) -> None:
    with Server(reply(200, {}), reply(200, {})) as server:
        client = connect(server, user_agent="community.dynatrace/1 ansible/2")
        call(client, "get")
        call(client, "put", body={"ö": [1.5, None]})
    get, put = server.requests
    assert get.headers["accept"] == "application/json; charset=utf-8, application/json"
    assert get.headers["user-agent"] == "community.dynatrace/1 ansible/2"
    assert put.headers["content-type"] == "application/json; charset=utf-8"
    assert put.json == {"ö": [1.5, None]}
    assert server.connections == 1
