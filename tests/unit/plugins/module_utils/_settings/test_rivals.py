# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that create the same at once: which of them gives way."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, LostAnswerError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import Settings
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.rivals import is_second, take_back
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import WantedObject

from .room import Memory, absence, schema, task

NOTES = schema("n")
WANTED = WantedObject("n", "environment", {"name": "x", "text": "mine"}, match_on=("name",))
OWN = "/v2/settings/objects/own"
ROW = {"objectId": "own", "schemaId": "n", "scope": "environment", "value": {}, "updateToken": "t"}


def made(object_id: str, created: int, name: str = "x", text: str = "") -> StoredObject:
    return StoredObject(object_id, "n", "environment", {"name": name, "text": text}, created=created)


def is_second_of(object_id: str, *there: StoredObject) -> bool:
    return is_second(NOTES, WANTED, Index(NOTES, there), object_id)


@pytest.mark.parametrize(
    ("own", "other", "second"),
    [
        (made("a", 2), made("b", 1, text="theirs"), True),
        (made("a", 1), made("b", 2), False),
        # In the same moment, or where nobody says when, the ids tell.
        (made("a", 1), made("b", 1), False),
        (made("b", 1), made("a", 1), True),
        (made("b", 0), made("a", 0), True),
        (made("a", 2), made("b", 1, name="y"), False),
    ],
)
def test_who_is_second(own: StoredObject, other: StoredObject, second: bool) -> None:
    assert is_second_of(own.object_id, own, other) is second
    assert is_second_of(own.object_id, other, own) is second


def test_what_the_list_does_not_show_is_left_alone() -> None:
    """It is not known then which one was first."""
    assert not is_second_of("own", made("a", 1))


def test_nothing_else_is_deleted_where_an_answer_has_mixed_up_ids() -> None:
    assert not is_second_of("own", made("a", 1), made("own", 2, name="y"))


@pytest.mark.parametrize("ids", ["abc", "cba", "bac"])
def test_of_three_one_is_left_whoever_looks_when(ids: str) -> None:
    """Each run creates and then looks; all ways in which that can be interleaved."""
    for steps in set(itertools.permutations([0, 0, 1, 1, 2, 2])):
        there: dict[str, StoredObject] = {}
        seen: set[int] = set()
        for moment, run in enumerate(steps):
            if run not in seen:
                seen.add(run)
                there[ids[run]] = made(ids[run], moment)
            elif is_second_of(ids[run], *there.values()):
                del there[ids[run]]
        assert len(there) == 1


def taken_back(**answers: Any) -> tuple[list[str], list[str]]:
    """The requests, and what the journal says for certain."""
    client = Memory(**answers)
    work, _warnings = task(client, {})
    settings: Any = Settings(client, admin_access=False)  # type: ignore[arg-type]
    take_back(work, settings, "note x", "own")
    return [request for request, _sent in client.requests], work.journal.done


def test_what_was_created_is_taken_back() -> None:
    requests, done = taken_back(**{f"GET {OWN}": ROW, f"DELETE {OWN}": None})
    assert requests == [f"GET {OWN}", f"DELETE {OWN}"]
    assert done == ["note x was taken back, since somebody else created the same first"]


def test_what_is_gone_already() -> None:
    assert taken_back(**{f"GET {OWN}": absence()}) == ([f"GET {OWN}"], [])


def test_what_somebody_has_changed_since_is_not_taken_back() -> None:
    refusal = ApiError("changed", "DELETE", "u", 409, "changed")
    client = Memory(**{f"GET {OWN}": ROW, f"DELETE {OWN}": refusal})
    work, _warnings = task(client, {})
    with pytest.raises(ApiError, match="changed"):
        take_back(work, Settings(client, admin_access=False), "note x", "own")  # type: ignore[arg-type]
    assert [request for request, _sent in client.requests] == [f"GET {OWN}", f"DELETE {OWN}"]


def test_a_lost_answer_is_looked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Any] = {f"GET {OWN}": ROW}
    client = Memory(**answers)

    def lost(path: str, params: Any) -> None:
        client.answers[f"GET {OWN}"] = absence()
        raise LostAnswerError("reset", "DELETE", "u")

    monkeypatch.setattr(client, "delete", lost)
    work, _warnings = task(client, {})
    take_back(work, Settings(client, admin_access=False), "note x", "own")  # type: ignore[arg-type]
    assert work.journal.unknown == []
    assert len(work.journal.done) == 1
