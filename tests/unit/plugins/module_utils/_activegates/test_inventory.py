# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and variables of hosts, by values."""

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import inventory
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part


def gate(activegate_id: str, hostname: str | None = None) -> ActiveGate:
    return ActiveGate(activegate_id, hostname)


@pytest.mark.parametrize(
    ("gates", "names"),
    [
        ([gate("1", "a"), gate("2", "b")], ["a", "b"]),
        ([gate("1", "a"), gate("2", "a"), gate("3", "c")], ["1", "2", "c"]),
        ([gate("1"), gate("2", "")], ["1", "2"]),
        ([gate("1", "2"), gate("2", "b")], ["1", "b"]),
        ([gate("1", "a b"), gate("2", "{{x}}"), gate("3", "a[1]"), gate("4", "a,b")], ["1", "2", "3", "4"]),
        ([gate("-7", "a")], ["a"]),
        ([], []),
    ],
    ids=str,
)
def test_what_hosts_are_called(gates: list[ActiveGate], names: list[str]) -> None:
    found = inventory.named(gates, ["hostname"])
    assert list(found) == names
    assert list(found.values()) == gates


def test_what_is_preferred() -> None:
    assert list(inventory.named([gate("1", "a")], ["id", "hostname"])) == ["1"]
    assert list(inventory.named([gate("1")], ["hostname", "id"])) == ["1"]


def test_variables() -> None:
    row = {
        "id": "1",
        "hostname": "ag",
        "version": "1.2.3.4-5",
        "type": "ENVIRONMENT",
        "group": "g",
        "networkZone": "z",
        "osType": "LINUX",
        "osArchitecture": "X86",
        "modules": [{"type": "SYNTHETIC", "enabled": True}, {"type": "AWS", "enabled": True}, {"type": "X"}],
        "autoUpdateStatus": "OUTDATED",
        "autoUpdateSettings": {"effectiveSetting": "ENABLED"},
        "offlineSince": 5,
        "containerized": True,
        "later": {"x": 1},
    }
    assert inventory.variables(ActiveGate.from_answer(Part(row))) == {
        "dynatrace_id": "1",
        "dynatrace_hostname": "ag",
        "dynatrace_version": "1.2.3.4-5",
        "dynatrace_type": "ENVIRONMENT",
        "dynatrace_group": "g",
        "dynatrace_network_zone": "z",
        "dynatrace_os_type": "LINUX",
        "dynatrace_os_architecture": "X86",
        "dynatrace_modules": ["AWS", "SYNTHETIC"],
        "dynatrace_update_status": "OUTDATED",
        "dynatrace_auto_update": "ENABLED",
        "dynatrace_online": False,
        "dynatrace_containerized": True,
        "dynatrace_activegate": row,
    }
