# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ActiveGates and jobs as values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import model
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

KEYS = [
    "activegate_id",
    "job_id",
    "job_state",
    "update_method",
    "update_type",
    "cancelable",
    "start_version",
    "target_version",
    "timestamp",
    "ag_type",
    "environments",
    "error",
    "duration",
]


def job(**fields: Any) -> model.Job:
    return model.Job.from_api("1", fields)


@pytest.mark.parametrize(
    ("state", "timestamp", "is_running"),
    [
        ("PENDING", None, True),
        ("SCHEDULED", None, True),
        ("IN_PROGRESS", None, True),
        ("IN_PROGRESS", 5, True),
        ("SUCCEED", 5, False),
        ("FAILED", None, False),
        ("ROLLBACK", 5, False),
        ("SKIPPED", 5, False),
        ("A_NEW_ONE", None, True),
        ("A_NEW_ONE", 5, False),
    ],
)
def test_whether_a_job_runs(state: str, timestamp: int | None, is_running: bool) -> None:
    assert job(jobState=state, timestamp=timestamp).is_running is is_running


@pytest.mark.parametrize(
    ("kind", "counts"),
    [(None, True), ("ACTIVE_GATE", True), ("REMOTE_PLUGIN_AGENT", False), ("SYNTHETIC", False), ("Z_REMOTE", False)],
)
def test_which_types_count(kind: str | None, counts: bool) -> None:
    assert job(updateType=kind).updates_activegate is counts


def test_a_job_is_shown_with_the_same_keys_whatever_the_api_leaves_out() -> None:
    assert list(job().shown()) == KEYS
    assert list(model.Job.predicted(model.ActiveGate("1"), "latest").shown()) == KEYS
    assert job(jobId="-5", someNewField=1).shown()["some_new_field"] == 1


def test_a_negative_id_that_came_as_a_number_is_kept_as_text() -> None:
    assert job(jobId=-3524498778810258605).id == "-3524498778810258605"


def test_a_prediction_has_what_a_new_job_has() -> None:
    gate = model.ActiveGate("1", version="1.2.3.4-5", type="ENVIRONMENT", environments=("abc12345",))
    shown = model.Job.predicted(gate, "1.3.0.4-5").shown()
    assert {name: value for name, value in shown.items() if value is not None} == {
        "activegate_id": "1",
        "job_state": "PENDING",
        "cancelable": True,
        "start_version": "1.2.3.4-5",
        "target_version": "1.3.0.4-5",
        "ag_type": "ENVIRONMENT",
        "environments": ["abc12345"],
    }


def test_an_activegate_is_online_unless_it_says_since_when_it_is_not() -> None:
    assert model.ActiveGate.from_api({"id": "1"}).is_online
    assert model.ActiveGate.from_api({"id": "1", "offlineSince": None}).is_online
    assert not model.ActiveGate.from_api({"id": "1", "offlineSince": 1582031917814}).is_online


def test_an_activegate_that_was_not_read_is_shown_with_the_same_keys() -> None:
    nothing = model.shown_activegate("1", None)
    assert list(nothing) == list(model.shown_activegate("1", model.ActiveGate("1")))
    assert {value for name, value in nothing.items() if name != "id"} == {None}


@pytest.mark.parametrize("text", ["1812885988", "-1556499193", "0", "abc"])
def test_ids_are_judged_loosely(text: str) -> None:
    assert model.checked_id(text) == text


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("0x5a34b668", "'1513404008'"),
        ("0X5A34B668", "'1513404008'"),
        (f"{-1556499193 % 2**32:#x}", "'-1556499193'"),
        ("0x80000000", "'-2147483648'"),
    ],
)
def test_hexadecimal_is_refused_with_the_decimal_id(text: str, decimal: str) -> None:
    with pytest.raises(InputError, match="is hexadecimal") as caught:
        model.checked_id(text)
    assert f"its decimal id is {decimal}" in caught.value.msg


def test_hexadecimal_beyond_32_bits_is_refused_without_a_guess() -> None:
    with pytest.raises(InputError, match="give the decimal id"):
        model.checked_id("0x123456789ab")
