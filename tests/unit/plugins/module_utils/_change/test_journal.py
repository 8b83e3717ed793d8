# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run has written, may have written, and keeps."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.journal import (
    DONE,
    NOT_DONE,
    Journal,
    named,
    settle,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    LostAnswerError,
)


def _fails(error: Exception) -> Any:
    def send() -> None:
        raise error

    return send


def _lost() -> LostAnswerError:
    return LostAnswerError("PUT u failed", "PUT", "u")


def _written(journal: Journal, text: str, error: Exception | None = None) -> None:
    if error is None:
        journal.write(text, lambda: None)
        return
    with pytest.raises(type(error)):
        journal.write(text, _fails(error))


def test_nothing_was_written() -> None:
    journal = Journal()
    assert (journal.has_changed, journal.done, journal.unknown, journal.may_have_written()) == (False, [], [], False)
    assert (journal.explained("no."), journal.details()) == ("no", {"changed": False})


def test_a_write_gives_its_answer() -> None:
    journal = Journal()
    assert journal.write("a was made", lambda: 7) == 7
    assert (journal.has_changed, journal.done, journal.unknown) == (True, ["a was made"], [])


@pytest.mark.parametrize("error", [ApiError("no", "PUT", "u", 400, ""), InputError("no")])
def test_a_refused_write_was_surely_not_done(error: Exception) -> None:
    journal = Journal()
    _written(journal, "a was made", error)
    assert (journal.has_changed, journal.done, journal.unknown, journal.may_have_written()) == (False, [], [], False)


def test_a_lost_write_is_unknown_until_it_is_settled() -> None:
    journal = Journal()
    with pytest.raises(LostAnswerError) as caught:
        journal.write("a was made", _fails(_lost()))
    assert caught.value.msg == "PUT u failed. Whether a was made is unknown"
    assert (journal.has_changed, journal.unknown, journal.may_have_written()) == (False, ["a was made"], True)
    settle(caught.value.entries, DONE)
    assert (journal.done, journal.unknown) == (["a was made"], [])
    settle(caught.value.entries, NOT_DONE)
    assert (journal.done, journal.unknown) == ([], [])


def test_what_is_under_way_is_unknown() -> None:
    """A bug, or a signal that ends the task: there is no answer."""
    journal = Journal()
    _written(journal, "a was made", KeyError("x"))
    assert journal.unknown == ["a was made"]


def test_a_batch() -> None:
    journal = Journal()
    journal.write_batch(["a was made", "b was made"], lambda: [True, False], lambda answer: answer)
    assert (journal.done, journal.unknown) == (["a was made"], [])


def test_what_was_written_since() -> None:
    journal = Journal()
    _written(journal, "a was made")
    since = journal.size()
    assert not journal.may_have_written(since)
    _written(journal, "b was made", _lost())
    assert journal.may_have_written(since)


def test_a_failure_tells_all_of_it() -> None:
    journal = Journal()
    _written(journal, "a was made")
    _written(journal, "b was made", _lost())
    journal.keep("The stored package is in", "/tmp/x.zip", lambda: None)
    assert journal.explained("no.") == (
        "no. Before that, a was made. Whether b was made is unknown. "
        "The stored package is in /tmp/x.zip on the machine where the module runs"
    )
    assert journal.details() == {"changed": True, "kept_package": "/tmp/x.zip"}


def test_what_the_message_says_already_is_not_said_twice() -> None:
    journal = Journal()
    _written(journal, "b was made", _lost())
    msg = "PUT u failed. Whether b was made is unknown"
    assert journal.explained(msg) == msg


def test_a_copy_is_removed_when_it_is_released() -> None:
    journal, removed = Journal(), []
    kept = journal.keep("It is in", "/tmp/x.zip", lambda: removed.append(1))
    journal.release(kept)
    assert (removed, journal.details(), journal.explained("no")) == ([1], {"changed": False}, "no")


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "0"), (10, "; ".join("0123456789")), (12, "; ".join("0123456789") + "; and 2 more")],
)
def test_many_are_not_all_named(count: int, text: str) -> None:
    assert named([str(number) for number in range(count)]) == text
