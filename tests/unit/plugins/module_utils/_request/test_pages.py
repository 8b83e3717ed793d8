# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._http import paging
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Answer
from ansible_collections.community.dynatrace.plugins.module_utils._request.api_plan import FoundContent
from ansible_collections.community.dynatrace.plugins.module_utils._request.endpoint import endpoint
from ansible_collections.community.dynatrace.plugins.module_utils._request.pages import PagedList, current, unpaged

TARGET = endpoint("/api/v2/slo", {"q": "x"}, False)


class Client:
    """Answers with ``contents`` one after the other, the last one from then on."""

    def __init__(self, *contents: Any) -> None:
        self.contents = list(contents)
        self.asked: list[Any] = []

    def send(self, method: str, path: str, params: Any, headers: Any = None, is_read: bool = False) -> Answer:
        assert (method, path, is_read) == ("GET", "/v2/slo", True)
        self.asked.append(params)
        content = self.contents.pop(0) if len(self.contents) > 1 else self.contents[0]
        if isinstance(content, Exception):
            raise content
        return Answer(200, {}, content, "")


def paged(*contents: Any, **given: Any) -> tuple[Client, PagedList]:
    client: Any = Client(*contents)
    return client, PagedList(client, TARGET, **given)


def test_the_key_goes_alone() -> None:
    client, found = paged({"slo": [1], "nextPageKey": "a"}, {"slo": [], "nextPageKey": "b"}, {"slo": [{}, None]})
    assert list(found.all_rows()) == [1, {}, None]
    assert client.asked == [{"q": "x"}, {"nextPageKey": "a"}, {"nextPageKey": "b"}]
    client, found = paged({"slo": [1], "nextPageKey": "a"}, {"slo": []}, parameter="cursor")
    assert (list(found.all_rows()), client.asked[1]) == ([1], {"cursor": "a"})


def test_no_more_is_read_than_is_wanted() -> None:
    client, found = paged({"slo": [1, 2], "nextPageKey": "a"})
    assert next(found.all_rows()) == 1
    assert len(client.asked) == 1


@pytest.mark.parametrize("content", [[1, 2], {"a": [1, 2]}, {"a": [1, 2], "warnings": ["x"], "b": 5}])
def test_lists_of_any_form(content: Any) -> None:
    assert list(paged(content)[1].all_rows()) == [1, 2]


@pytest.mark.parametrize(
    ("content", "items", "text"),
    [
        (None, None, "has no properties"),
        ("text", None, "has no properties"),
        ({}, None, "has no list"),
        ({"a": [], "b": []}, None, "several lists (a, b)"),
        ({"a": []}, "b", "no list b; it has a"),
        ({"a": {}}, "a", "no list a; it has a"),
        ({"a": [], "nextPageKey": True}, "a", "a truth value where a text was expected at nextPageKey"),
        ({"a": [], "nextPageKey": {}}, "a", "an object where a text was expected at nextPageKey"),
        ({"a": [], "nextPageKey": "k"}, "a", "repeats the page key k"),
    ],
)
def test_what_is_no_list(content: Any, items: str | None, text: str) -> None:
    with pytest.raises(StateError) as caught:
        list(paged(content, items=items)[1].all_rows())
    assert text in caught.value.msg


def test_a_page_that_is_none() -> None:
    contents: dict[str, Any] = {
        "nothing where an object": None,
        "a list where an object": [],
        "no list slo; it has other": {"other": []},
        "no list slo; it has slo": {"slo": None},
    }
    for text, content in contents.items():
        with pytest.raises(StateError, match=f"the answer of /api/v2/slo has {text}"):
            list(paged({"slo": [], "nextPageKey": "a"}, content)[1].all_rows())


def test_pages_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    contents = [{"slo": [number], "nextPageKey": str(number)} for number in range(9)]
    client, found = paged(*contents)
    with pytest.raises(StateError, match="has more than 3 pages"):
        list(found.all_rows())
    assert len(client.asked) == 3


def test_as_if_there_were_no_pages() -> None:
    assert unpaged({"slo": [1], "nextPageKey": "a", "totalCount": 2}, "slo", [1, 2]) == {"slo": [1, 2], "totalCount": 2}


def test_what_is_at_an_endpoint() -> None:
    def refused(status: int, message: str = "") -> ApiError:
        return ApiError("no", "GET", "u", status, message)

    def at(content: Any) -> Any:
        client: Any = Client(content)
        return current(client, TARGET)

    assert at({"a": 1}) == FoundContent(True, {"a": 1})
    assert at(None) == FoundContent(True, None)
    assert at(refused(404)) == FoundContent(False)
    with pytest.raises(StateError, match="set compare=none"):
        at(refused(405))
    for error in (refused(404, "failed to resolve tenant x"), refused(403)):
        with pytest.raises(ApiError):
            at(error)
