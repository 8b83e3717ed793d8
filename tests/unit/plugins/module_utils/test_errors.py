# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    LostAnswerError,
    OvertakenError,
    StateError,
    TransportError,
    Violation,
    refuse_if,
    unless_overtaken,
)

KEYS = ["status", "code", "message", "constraint_violations", "method", "url"]


def test_every_error_has_the_same_keys() -> None:
    errors = [
        InputError("a"),
        TransportError("b", "GET", "u"),
        LostAnswerError("c", "PUT", "u"),
        ApiError("d", "GET", "u", 400, "m"),
    ]
    for error in errors:
        assert list(error.error()) == KEYS


def test_what_an_error_found_locally_says() -> None:
    error = InputError("wrong", {"job": None})
    assert error.error() == {**dict.fromkeys(KEYS), "message": "wrong", "constraint_violations": []}
    assert error.details == {"job": None}
    error.msg += ", and more"
    assert str(error) == "wrong, and more"


def test_what_a_refusal_says() -> None:
    violation = Violation("value/name", "too long", "PAYLOAD_BODY")
    error = ApiError("PUT u failed", "PUT", "u", 400, "no", violations=[violation]).error()
    assert (error["status"], error["code"], error["method"], error["url"]) == (400, 400, "PUT", "u")
    assert error["message"] == "no"
    assert error["constraint_violations"] == [
        {"path": "value/name", "message": "too long", "parameter_location": "PAYLOAD_BODY", "location": None}
    ]
    assert ApiError("x", "GET", "u", 400, "no", code=4711).error()["code"] == 4711


def test_an_environment_that_is_not_there_is_no_absence_of_a_thing() -> None:
    assert ApiError("x", "GET", "u", 404, "no such object").is_absence
    assert not ApiError("x", "GET", "u", 404, "failed to resolve tenant abc").is_absence
    assert not ApiError("x", "GET", "u", 400, "no such object").is_absence


@pytest.mark.parametrize(
    ("status", "was_overtaken", "expected"),
    [(400, True, OvertakenError), (400, False, ApiError), (409, True, ApiError)],
)
def test_a_refusal_that_somebody_faster_explains(status: int, was_overtaken: bool, expected: type[Exception]) -> None:
    def write() -> None:
        raise ApiError("no", "PUT", "u", status, "no")

    with pytest.raises(expected) as caught:
        unless_overtaken(write, (400, 404), lambda: was_overtaken)
    assert type(caught.value) is expected
    assert unless_overtaken(lambda: 5, (400,)) == 5


def test_what_is_wrong_is_refused() -> None:
    refuse_if([], "nothing")
    with pytest.raises(InputError, match="wrong"):
        refuse_if([1], "wrong")
    with pytest.raises(StateError, match="not so"):
        refuse_if(True, "not so", StateError)
