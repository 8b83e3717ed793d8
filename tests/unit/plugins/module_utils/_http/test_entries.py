# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, LostAnswerError
from ansible_collections.community.dynatrace.plugins.module_utils._http.entries import refused_status, sent_array
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part, ShapeError


def _sent(answer: Any, number: int) -> Any:
    return sent_array(lambda read: read(Part(answer)), "u", number, lambda row: row.text("objectId"))


def _refused(body: Any, number: int = 2) -> Any:
    def send(read: Any) -> Any:
        raise ApiError("refused", "POST", "u", 400, "refused", body=body)

    return sent_array(send, "u", number, lambda row: row.text("objectId"))


def test_each_thing_has_its_entry() -> None:
    made, refused = _sent([{"code": 201, "objectId": "a"}, {"code": 404, "error": {"message": "no"}}], 2)
    assert made == "a"
    assert (refused.status, refused.message) == (404, "no")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ([], "0 entries where 2 were expected"),
        ([{"objectId": "a"}] * 3, "3 entries where 2 were expected"),
        ([{"objectId": "a"}] * 2, "the same for two of the things"),
        ([{"objectId": "a"}, None], "an object was expected"),
    ],
)
def test_an_answer_that_does_not_tell_which_thing_is_which(answer: Any, text: str) -> None:
    with pytest.raises(ShapeError, match=text):
        _sent(answer, 2)


def test_if_all_are_refused_their_entries_are_the_error() -> None:
    first, second = _refused([{"code": 409, "error": {"message": "no"}}, None])
    assert (first.status, first.message, second.status) == (409, "no", 400)


def test_a_refusal_that_is_not_about_each() -> None:
    with pytest.raises(ApiError, match="refused"):
        _refused([{"error": {"message": "no"}}])


def test_a_refusal_in_which_something_was_created() -> None:
    with pytest.raises(LostAnswerError):
        _refused([{"code": 201, "objectId": "a"}, {"code": 400, "error": {"message": "no"}}])


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"objectId": "x"}, None),
        ({"code": 201}, None),
        ({"code": 409, "error": {"message": "no"}}, 409),
        ({"error": {"code": 404}}, 404),
        ({"error": {}}, 400),
        ({"error": "no"}, 400),
    ],
)
def test_an_entry_of_several_is_accepted_or_refused(row: Any, status: int | None) -> None:
    assert refused_status(Part(row)) == status


@pytest.mark.parametrize(
    "row",
    [
        {"code": 500},
        {"error": {"code": 503}},
        {"code": 10**30},
        {"code": 400, "error": {"code": 503}},
        {"code": 200, "error": {"code": 404}},
    ],
)
def test_an_entry_that_leaves_open_what_became_of_it(row: Any) -> None:
    with pytest.raises(ShapeError, match=r"the status \d+ .*for \[0\]"):
        refused_status(Part(row, "[0]"))
