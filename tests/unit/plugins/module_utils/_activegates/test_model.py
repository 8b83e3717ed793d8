# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ActiveGates and jobs as values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import model
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part, ShapeError

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
    return model.Job.from_answer("1", Part({"jobId": "7", "jobState": "PENDING", **fields}))


def gate(**fields: Any) -> model.ActiveGate:
    return model.ActiveGate.from_answer(Part({"id": "1", **fields}))


@pytest.mark.parametrize("missing", ["jobId", "jobState"])
@pytest.mark.parametrize("value", [None, "", {}, True])
def test_a_job_without_id_or_state_is_none(missing: str, value: Any) -> None:
    with pytest.raises(ShapeError, match=f"where a text was expected at {missing}"):
        job(**{missing: value})


@pytest.mark.parametrize(
    "fields",
    [{"targetVersion": []}, {"timestamp": "soon"}, {"cancelable": "yes"}, {"error": {}}, {"updateType": ["X"]}],
    ids=str,
)
def test_oddly_typed_fields_of_a_job(fields: dict[str, Any]) -> None:
    with pytest.raises(ShapeError):
        job(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": None},
        {"hostname": {}},
        {"modules": [None]},
        {"modules": {}},
        {"modules": [{"enabled": True}]},
        {"connectedHosts": 5},
        {"environments": [None]},
        {"autoUpdateSettings": []},
        {"containerized": 1},
    ],
    ids=str,
)
def test_oddly_typed_fields_of_an_activegate(fields: dict[str, Any]) -> None:
    with pytest.raises(ShapeError):
        gate(**fields)


def test_all_that_is_read_of_an_activegate() -> None:
    row = {
        "id": "1",
        "hostname": "ag",
        "version": "1.2.3.4-5",
        "type": "ENVIRONMENT",
        "containerized": True,
        "osType": "LINUX",
        "osArchitecture": "X86",
        "offlineSince": 5,
        "autoUpdateStatus": "OUTDATED",
        "environments": ["abc"],
        "group": "g",
        "networkZone": "z",
        "connectedHosts": {"number": 3},
        "modules": [{"type": "SYNTHETIC", "enabled": True}, {"type": "AWS", "enabled": True}, {"type": "VMWARE"}],
        "autoUpdateSettings": {"effectiveSetting": "ENABLED"},
        "later": 1,
    }
    assert model.ActiveGate.from_answer(Part(row)) == model.ActiveGate(
        id="1",
        hostname="ag",
        version="1.2.3.4-5",
        type="ENVIRONMENT",
        is_containerized=True,
        os_type="LINUX",
        architecture="X86",
        is_online=False,
        update_status="OUTDATED",
        environments=("abc",),
        group="g",
        network_zone="z",
        connected_hosts=3,
        modules=("AWS", "SYNTHETIC"),
        auto_update="ENABLED",
    )
    assert gate(**row).row == row
    assert gate() == model.ActiveGate("1")
    assert gate(**row).system == "LINUX X86"
    assert gate().system == "an unknown system"


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
    found = job(jobId=-3524498778810258605)
    assert found.id == found.shown()["job_id"] == "-3524498778810258605"
    assert gate(id=-7).id == gate(id=-7).row["id"] == "-7"


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
    assert gate().is_online
    assert gate(offlineSince=None).is_online
    assert not gate(offlineSince=1582031917814).is_online
    assert not gate(offlineSince=0).is_online


def test_an_activegate_that_was_not_read_is_shown_with_the_same_keys() -> None:
    nothing = model.shown_activegate("1", None)
    assert list(nothing) == list(model.shown_activegate("1", model.ActiveGate("1")))
    assert {value for name, value in nothing.items() if name != "id"} == {None}


@pytest.mark.parametrize("text", ["1812885988", "-1556499193", "0", "abc", "ag-prod-01"])
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


@pytest.mark.parametrize(
    "text", ["ENVIRONMENT_ACTIVE_GATE-000000005A34B668", "environment_active_gate-5a34b668", "HOST-0123456789ABCDEF"]
)
def test_the_id_of_an_entity_is_refused_without_a_guess(text: str) -> None:
    with pytest.raises(InputError, match="activegate_info") as caught:
        model.checked_id(text)
    assert "1513404008" not in caught.value.msg


@pytest.mark.parametrize("text", ["0x100000000", "0x123456789ab"])
def test_hexadecimal_beyond_32_bits_is_refused_without_a_guess(text: str) -> None:
    with pytest.raises(InputError, match="give the decimal id"):
        model.checked_id(text)


def test_the_highest_of_32_bits_is_the_lowest_negative() -> None:
    with pytest.raises(InputError, match="its decimal id is '-1'"):
        model.checked_id("0xffffffff")
