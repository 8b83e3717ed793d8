# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.journal import (
    DONE,
    NOT_DONE,
    UNKNOWN,
    Journal,
    named,
    settle,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    LostAnswerError,
    StoppedError,
)


def lost(may_be_late: bool = False) -> LostAnswerError:
    return LostAnswerError("PUT u failed: no answer", "PUT", "u", may_be_late)


def raising(error: BaseException) -> Any:
    def send() -> Any:
        raise error

    return send


def written(journal: Journal, text: str, error: BaseException | None = None) -> None:
    """One write that ends like this."""
    if error is None:
        journal.write(text, lambda: None)
    else:
        with pytest.raises(type(error)):
            journal.write(text, raising(error))


def states(journal: Journal) -> list[str]:
    return [entry.state for entry in journal._entries]


def test_a_write_that_was_answered_is_done() -> None:
    journal = Journal()
    assert journal.write("a was created", lambda: {"id": 1}) == {"id": 1}
    assert (journal.done, journal.unknown) == (["a was created"], [])
    assert journal.has_changed
    assert journal.may_have_written()


def test_a_write_is_entered_before_it_is_sent() -> None:
    """Whoever is killed, or looks, while it is under way finds it."""
    journal = Journal()
    seen: list[Any] = []

    def send() -> None:
        seen.append((journal.unknown, journal.done, journal.has_changed, journal.may_have_written(), journal.size()))

    journal.write("a was created", send)
    assert seen == [(["a was created"], [], False, True, 1)]


@pytest.mark.parametrize(
    "error", [ApiError("no", "PUT", "u", 400, ""), StoppedError("over"), CollectionError("anything of ours")]
)
def test_a_write_that_was_refused_is_not_done(error: CollectionError) -> None:
    journal = Journal()
    written(journal, "a was created", error)
    assert (journal.done, journal.unknown, journal.has_changed) == ([], [], False)
    assert not journal.may_have_written()
    assert journal.size() == 1
    assert journal.explained("it failed") == "it failed"


def test_of_a_write_that_ended_in_a_bug_nobody_knows() -> None:
    journal = Journal()
    written(journal, "a was created", KeyError("a bug"))
    assert (journal.done, journal.unknown, journal.has_changed) == ([], ["a was created"], False)
    assert journal.may_have_written()


def test_a_lost_answer_takes_its_entries_along_and_says_what_is_unknown() -> None:
    journal = Journal()
    error = lost()
    with pytest.raises(LostAnswerError) as caught:
        journal.write("a was updated", raising(error))
    assert caught.value is error
    assert error.msg == "PUT u failed: no answer. Whether a was updated is unknown"
    assert error.reason == "PUT u failed: no answer"
    assert [(entry.text, entry.state) for entry in error.entries] == [("a was updated", UNKNOWN)]
    assert (journal.done, journal.unknown, journal.has_changed) == ([], ["a was updated"], False)
    assert journal.may_have_written()


@pytest.mark.parametrize(
    ("state", "done", "unknown"), [(DONE, ["a was updated"], []), (NOT_DONE, [], []), (UNKNOWN, [], ["a was updated"])]
)
def test_a_look_settles_it_and_a_later_one_once_more(state: str, done: list[str], unknown: list[str]) -> None:
    journal = Journal()
    error = lost()
    written(journal, "a was updated", error)
    for earlier in (DONE, NOT_DONE, UNKNOWN, state):
        settle(error.entries, earlier)
    assert (journal.done, journal.unknown) == (done, unknown)
    assert journal.has_changed is bool(done)
    assert journal.may_have_written() is (state != NOT_DONE)


def test_a_batch_has_an_entry_for_each() -> None:
    journal = Journal()
    texts = ["a was created", "b was created", "c was created"]
    assert journal.write_batch(texts, lambda: [1, 0, 1], lambda answer: [bool(row) for row in answer]) == [1, 0, 1]
    assert states(journal) == [DONE, NOT_DONE, DONE]
    assert journal.done == ["a was created", "c was created"]


def test_what_an_answer_leaves_out_is_unknown() -> None:
    journal = Journal()
    journal.write_batch(["a was created", "b was created"], lambda: [1], lambda answer: [True])
    assert (journal.done, journal.unknown) == (["a was created"], ["b was created"])


def test_a_lost_batch_and_a_refused_one() -> None:
    journal = Journal()
    error = lost()
    with pytest.raises(LostAnswerError, match=r"Whether a was created; b was created is unknown"):
        journal.write_batch(["a was created", "b was created"], raising(error), lambda answer: [])
    assert [entry.state for entry in error.entries] == [UNKNOWN, UNKNOWN]
    with pytest.raises(ApiError):
        journal.write_batch(["c was created"], raising(ApiError("no", "POST", "u", 400, "")), lambda answer: [])
    assert states(journal) == [UNKNOWN, UNKNOWN, NOT_DONE]


def test_part_of_a_run() -> None:
    journal = Journal()
    written(journal, "a was created")
    before = journal.size()
    assert before == 1
    assert not journal.may_have_written(before)
    written(journal, "b was created", CollectionError("no"))
    assert not journal.may_have_written(before)
    assert journal.may_have_written()
    written(journal, "c was created", lost())
    assert journal.may_have_written(before)


def test_what_was_sent_twice_is_named_once() -> None:
    journal = Journal()
    for dummy in range(2):
        written(journal, "a was updated", lost())
    written(journal, "b was updated", lost())
    assert journal.unknown == ["a was updated", "b was updated"]


def test_a_failure_is_explained() -> None:
    journal = Journal()
    assert journal.explained("It failed.") == "It failed"
    written(journal, "a was created")
    written(journal, "b was deleted")
    written(journal, "c was updated", lost())
    written(journal, "d was updated", lost())
    journal.keep("The package is in", "/tmp/x.zip", lambda: None)
    assert journal.explained("It failed.") == (
        "It failed. Before that, a was created; b was deleted. Whether c was updated; d was updated is unknown. "
        "The package is in /tmp/x.zip on the machine where the module runs"
    )


def test_what_the_message_says_already_is_not_said_again() -> None:
    journal = Journal()
    error = lost()
    written(journal, "a was updated", error)
    assert journal.explained(error.msg) == "PUT u failed: no answer. Whether a was updated is unknown"


def test_details_of_a_failure() -> None:
    journal = Journal()
    assert journal.details() == {"changed": False}
    written(journal, "a was created", lost())
    assert journal.details() == {"changed": False}
    written(journal, "b was created")
    assert journal.details() == {"changed": True}


def test_what_is_kept_is_named_until_it_is_released() -> None:
    journal = Journal()
    removed: list[str] = []
    first = journal.keep("One is in", "/tmp/1", lambda: removed.append("1"))
    second = journal.keep("Two is in", "/tmp/2", lambda: removed.append("2"))
    assert (first.path, second.path) == ("/tmp/1", "/tmp/2")
    assert journal.details() == {"changed": False, "kept_package": "/tmp/2"}
    assert removed == []
    journal.release(second)
    assert removed == ["2"]
    assert journal.details() == {"changed": False, "kept_package": "/tmp/1"}
    assert journal.explained("No") == "No. One is in /tmp/1 on the machine where the module runs"
    journal.release(first)
    assert removed == ["2", "1"]
    assert journal.details() == {"changed": False}


def test_what_cannot_be_removed_is_not_named_any_more() -> None:
    """The server has what it should have: the failure is about the file alone."""
    journal = Journal()
    kept = journal.keep("One is in", "/tmp/1", raising(OSError("read-only")))
    with pytest.raises(OSError, match="read-only"):
        journal.release(kept)
    assert journal.details() == {"changed": False}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, ""),
        (1, "0"),
        (2, "0; 1"),
        (10, "0; 1; 2; 3; 4; 5; 6; 7; 8; 9"),
        (11, "0; 1; 2; 3; 4; 5; 6; 7; 8; 9; and 1 more"),
        (99, "0; 1; 2; 3; 4; 5; 6; 7; 8; 9; and 89 more"),
    ],
)
def test_many_are_named_by_the_first_of_them(number: int, text: str) -> None:
    assert named([str(index) for index in range(number)]) == text


def test_lists_are_copies() -> None:
    journal = Journal()
    written(journal, "a was created")
    journal.done.append("b")
    assert journal.done == ["a was created"]
