# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.api import ConfigurationStatus
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.status import Settled
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Patience

NAMES = {"a": "one", "b": "two"}
Looks = list[dict[str, tuple[str, int]]]


class Api:
    """``looks``: what each look finds, the last one from then on."""

    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.asked: list[list[str]] = []

    def statuses(self, ids: list[str]) -> dict[str, ConfigurationStatus]:
        self.asked.append(list(ids))
        told = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return {key: ConfigurationStatus(*status) for key, status in told.items() if key in ids}


@pytest.fixture(autouse=True)
def _no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(_clock, "monotonic", lambda: now[0])
    monkeypatch.setattr(_clock, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))


def waiting(looks: Looks, before: dict[str, tuple[str, int]] | None = None) -> tuple[Any, Settled]:
    api: Any = Api(looks)
    known = {key: ConfigurationStatus(*status) for key, status in (before or {}).items()}
    return api, Settled(api, NAMES, known, Patience(30))


def test_only_those_that_do_not_work_yet_are_asked_for() -> None:
    api, wait = waiting([{}, {"a": ("OK", 1), "b": ("PENDING", 1)}, {"b": ("WARNING", 2)}])
    wait.until_end()
    assert api.asked == [["a", "b"], ["a", "b"], ["b"]]
    assert wait.seen == {"a": "OK", "b": "WARNING"}
    assert wait.warnings() == ["the status of two is WARNING"]


def test_all_that_are_bad_are_named() -> None:
    _api, wait = waiting([{"a": ("ERROR", 1), "b": ("ERROR", 1)}])
    with pytest.raises(StateError, match="the status of one, two is ERROR"):
        wait.until_end()
    assert wait.seen == {"a": "ERROR", "b": "ERROR"}


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (("PENDING", 1), r"two \(PENDING\)"),
        (("UNKNOWN", 1), r"two \(UNKNOWN: check that something on its scope runs the extension\)"),
        (None, r"two \(no status: check that something"),
    ],
)
def test_too_long(status: tuple[str, int] | None, text: str) -> None:
    told = {"a": ("OK", 1)} if status is None else {"a": ("OK", 1), "b": status}
    _api, wait = waiting([told])
    with pytest.raises(StateError, match=f"{text}.*given up after 30 seconds"):
        wait.until_end()


def test_a_status_of_before_is_not_believed_while_there_is_time() -> None:
    old = {"a": ("OK", 1), "b": ("ERROR", 1)}
    _api, wait = waiting([old, {"a": ("OK", 2), "b": ("OK", 2)}], before=old)
    wait.until_end()
    assert (wait.seen, wait.warnings()) == ({"a": "OK", "b": "OK"}, [])


def test_a_good_status_that_is_never_reported_anew_is_enough() -> None:
    old = {"a": ("OK", 1), "b": ("WARNING", 1)}
    _api, wait = waiting([old], before=old)
    wait.until_end()
    assert wait.warnings() == [
        "the status of two is WARNING",
        "the status of one, two has not been reported since the change; it is still the one from before",
    ]


def test_a_bad_one_is_not() -> None:
    old = {"a": ("OK", 1), "b": ("ERROR", 1)}
    _api, wait = waiting([old], before=old)
    with pytest.raises(StateError, match=r"two \(ERROR, but from before the change\)"):
        wait.until_end()
