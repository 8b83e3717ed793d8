# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""ActiveGates as hosts of an inventory: their names and variables (FACTS section 1.1). Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

# What a host may be called; each is unique or gives way to the id.
HOSTNAMES = ["hostname", "id"]
# What Ansible would read as a template, or as a pattern for several hosts.
_NO_NAME = re.compile(r"[\s{}\[\],]")


def named(activegates: Sequence[Mapping[str, Any]], preference: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Each ActiveGate under its host name: the first of ``preference`` that it has, else its id.

    All that would share a name get their ids, so that no name depends on the order of the API's answer.
    """
    wanted = [_first(one, preference) for one in activegates]
    # Each id counts once more, so that nobody is called like another's id.
    count = Counter([*wanted, *(str(one.get("id")) for one in activegates)])
    return {
        name if count[name] == 1 else str(one.get("id")): one  # for those called by their ids it is the same
        for name, one in zip(wanted, activegates)
    }


def _first(activegate: Mapping[str, Any], preference: Sequence[str]) -> str:
    usable = (str(activegate.get(name) or "") for name in preference)
    return next((name for name in usable if name and not _NO_NAME.search(name)), str(activegate.get("id")))


def variables(activegate: Mapping[str, Any]) -> dict[str, Any]:
    """The same variables for every ActiveGate, and all that the API said in one more. Fields that the API leaves out are None."""
    return {
        "dynatrace_id": str(activegate.get("id")),
        "dynatrace_hostname": activegate.get("hostname"),
        "dynatrace_version": activegate.get("version"),
        "dynatrace_type": activegate.get("type"),
        "dynatrace_group": activegate.get("group"),
        "dynatrace_network_zone": activegate.get("networkZone"),
        "dynatrace_os_type": activegate.get("osType"),
        "dynatrace_os_architecture": activegate.get("osArchitecture"),
        "dynatrace_modules": sorted(
            str(one.get("type")) for one in activegate.get("modules") or () if one.get("enabled")
        ),
        "dynatrace_update_status": activegate.get("autoUpdateStatus"),
        "dynatrace_auto_update": (activegate.get("autoUpdateSettings") or {}).get("effectiveSetting"),
        "dynatrace_online": activegate.get("offlineSince") is None,
        "dynatrace_containerized": bool(activegate.get("containerized")),
        "dynatrace_activegate": dict(activegate),
    }
