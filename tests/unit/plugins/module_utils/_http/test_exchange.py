# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes out and comes in as it is: uploads, downloads, packed answers."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Dialect
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part, whole

from tests.support.server import Server, Step, cut_off, reply, reset_after, reset_before, trickle

from .conftest import Connect

CONTENT = bytes(range(256)) * 4000  # a megabyte


class Watched(io.BytesIO):
    """Notes how much is read at once."""

    largest = 0

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        self.largest = max(self.largest, len(content))
        return content


@pytest.mark.parametrize("failures", [[], [reply(503), reply(429)]], ids=["at once", "after two refusals"])
def test_an_upload_is_streamed_and_rewound(connect: Connect, failures: list[Step]) -> None:
    stream = Watched(CONTENT)
    stream.seek(1234)
    with Server(*failures, reply(201, {"name": "custom:x"})) as server:
        answer = connect(server, timeout=5).upload("/v2/extensions", stream, "application/octet-stream", whole)
    assert answer == {"name": "custom:x"}
    assert stream.largest < 100_000
    for one in server.requests:
        assert one.body == CONTENT
        assert one.headers["content-length"] == str(len(CONTENT))
        assert one.headers["content-type"] == "application/octet-stream"
    assert len(server.requests) == len(failures) + 1


@pytest.mark.parametrize("failure", [reset_after(), reply(502), cut_off(200, {"name": "x" * 20})])
def test_an_upload_whose_answer_is_lost(connect: Connect, failure: Step) -> None:
    with Server(failure) as server, pytest.raises(LostAnswerError):
        connect(server, timeout=5).upload("/v2/extensions", io.BytesIO(b"PK"), "application/octet-stream", whole)
    assert len(server.requests) == 1


def test_a_validating_upload_is_a_read(connect: Connect) -> None:
    with Server(reset_after(), reply(200, {})) as server:
        connect(server, timeout=5).upload(
            "/v2/extensions",
            io.BytesIO(b"PK"),
            "application/octet-stream",
            whole,
            {"validateOnly": "true"},
            is_read=True,
        )
    assert [one.body for one in server.requests] == [b"PK", b"PK"]


@pytest.mark.parametrize(
    "failures",
    [[], [cut_off(200, CONTENT, keep=500_000)], [reset_after(), reset_before(), reply(500, "oops")]],
    ids=["at once", "truncated", "others"],
)
def test_a_download_starts_over(connect: Connect, failures: list[Step]) -> None:
    sink = io.BytesIO(b"what was there before, longer than nothing" * 99_000)
    with Server(*failures, reply(200, CONTENT, {"Content-Type": "application/octet-stream"})) as server:
        connect(server, timeout=5).download("/v2/extensions/x/1.0.0", sink)
    assert sink.getvalue() == CONTENT
    assert server.requests[-1].headers["accept"] == "application/octet-stream"


@pytest.mark.parametrize(("status", "body"), [(404, {"error": {"code": 404, "message": "gone"}}), (400, "no")])
def test_a_refusal_is_not_written_into_the_sink(connect: Connect, status: int, body: Any) -> None:
    sink = io.BytesIO()
    with Server(reply(status, body)) as server, pytest.raises(ApiError) as caught:
        connect(server).download("/v2/x", sink)
    assert caught.value.message in ("gone", "no")
    assert sink.getvalue() == b""


def test_a_login_page_is_no_download(connect: Connect) -> None:
    page = reply(200, "<html><title>Sign in</title>", {"Content-Type": "text/html; charset=utf-8"})
    with Server(page) as server, pytest.raises(TransportError, match="login page"):
        connect(server).download("/v2/x", io.BytesIO())
    assert len(server.requests) == 1


def test_a_download_that_trickles(connect: Connect) -> None:
    with Server(trickle(b"x" * 4000, 0.002)) as server, pytest.raises(TransportError, match="in time"):
        connect(server, timeout=0.2, retries=0, retry_max_delay=0.1).download("/v2/x", io.BytesIO())


def test_a_full_disk_is_not_called_a_bad_certificate(connect: Connect) -> None:
    class Full(io.BytesIO):
        def write(self, content: Any) -> int:
            raise OSError(28, "No space left on device")

    answer = reply(200, b"PK", {"Content-Type": "application/octet-stream"})
    with Server(answer) as server, pytest.raises(OSError, match="No space left"):
        connect(server).download("/v2/x", Full())


def test_a_post_without_a_body_has_none(connect: Connect) -> None:
    """Not even null, of which a server would say that it is not an object."""
    with Server(reply(200, {"done": True})) as server:
        assert connect(server).post("/v2/x", None, whole, {"version": "1.0.0"}) == {"done": True}
    (one,) = server.requests
    assert (one.body, one.query, one.headers["content-length"]) == (b"", {"version": ["1.0.0"]}, "0")
    assert "content-type" not in one.headers


def number(row: Part) -> int | None:
    return row.number("n")


def test_a_dialect_has_other_names_for_the_same(connect: Connect) -> None:
    dialect = Dialect(
        lambda path, params: (f"/v2/other{path}", {**(params or {}), "x": "y"}), {"rows": "items"}, ("key",)
    )
    pages = [reply(200, {"items": [{"n": 1}], "nextPageKey": "k"}), reply(200, {"items": [{"n": 2}]})]
    with Server(*pages, reply(200, {"rows": [{"n": 3}]})) as server:
        client = connect(server)
        assert list(client.speaking(dialect).pages("/rows", {"a": 1}, "rows", number)) == [1, 2]
        assert list(client.pages("/v2/rows", {}, "rows", number)) == [3]
    first, second, plain = server.requests
    assert (first.path, first.query) == ("/api/v2/other/rows", {"a": ["1"], "x": ["y"]})
    assert second.query == {"key": ["k"], "x": ["y"]}
    assert plain.path == "/api/v2/rows"
