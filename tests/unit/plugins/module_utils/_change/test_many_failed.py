# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.many import (
    ManyFailedError,
    Outcome,
    raise_failed,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, StateError

REFUSED = ApiError("not today", "POST", "u", 400, "no")
DONE, NOT_REACHED = Outcome(True, "x"), Outcome[str]()
FAILED, OTHER = Outcome[str](error=REFUSED), Outcome[str](error=StateError("busy"))


def test_nothing_failed() -> None:
    raise_failed("objects", {})
    raise_failed("objects", {"a": DONE, "b": NOT_REACHED})


def test_the_first_in_list_order_stands_for_all() -> None:
    with pytest.raises(ManyFailedError) as caught:
        raise_failed("objects", {"a": DONE, "b": FAILED, "c": NOT_REACHED, "d": OTHER, "e": NOT_REACHED})
    assert caught.value.msg == "2 of 5 objects failed: b: not today (and 1 more, see objects); 2 were not reached"
    assert caught.value.error() == REFUSED.error()
    assert REFUSED.msg == "not today"


def test_one_of_them() -> None:
    with pytest.raises(ManyFailedError, match=r"^1 of 1 objects failed: a: busy$"):
        raise_failed("objects", {"a": OTHER})


def test_done_and_failed_afterwards_is_no_less_a_failure() -> None:
    with pytest.raises(ManyFailedError, match=r"1 of 2 objects failed: b: busy$"):
        raise_failed("objects", {"a": DONE, "b": Outcome(True, "x", OTHER.error)})


def test_the_only_one_there_is() -> None:
    with pytest.raises(ApiError) as caught:
        raise_failed("objects", {"": FAILED})
    assert caught.value is REFUSED
