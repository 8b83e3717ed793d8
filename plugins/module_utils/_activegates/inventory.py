# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""ActiveGates as hosts of an inventory: their names and variables (API facts, 1.1). Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from .model import ActiveGate

# What a host may be called; each is unique or gives way to the id.
HOSTNAMES = ["hostname", "id"]
# Nothing in it that Ansible would read as a template, or as a pattern for several hosts.
_NAME = re.compile(r"[^\s{}\[\],]+")


def named(activegates: Sequence[ActiveGate], preference: Sequence[str]) -> dict[str, ActiveGate]:
    """Each ActiveGate under its host name: the first of ``preference`` that it has, else its id.

    All that would share a name get their ids, so that no name depends on the order of the API's answer.
    """
    wanted = [_first(activegate, preference) for activegate in activegates]
    # Each id counts once more, so that nobody is called like another's id.
    count = Counter([*wanted, *(activegate.id for activegate in activegates)])
    return {
        name if count[name] == 1 else activegate.id: activegate  # for those called by their ids it is the same
        for name, activegate in zip(wanted, activegates)
    }


def _first(activegate: ActiveGate, preference: Sequence[str]) -> str:
    names = {"hostname": activegate.hostname or "", "id": activegate.id}
    return next(filter(_NAME.fullmatch, map(names.__getitem__, preference)), activegate.id)


def variables(activegate: ActiveGate) -> dict[str, Any]:
    """The same variables for every ActiveGate, and all that the API said in one more. Fields that the API leaves out are None."""
    return {
        "dynatrace_id": activegate.id,
        "dynatrace_hostname": activegate.hostname,
        "dynatrace_version": activegate.version,
        "dynatrace_type": activegate.type,
        "dynatrace_group": activegate.group,
        "dynatrace_network_zone": activegate.network_zone,
        "dynatrace_os_type": activegate.os_type,
        "dynatrace_os_architecture": activegate.architecture,
        "dynatrace_modules": list(activegate.modules),
        "dynatrace_update_status": activegate.update_status,
        "dynatrace_auto_update": activegate.auto_update,
        "dynatrace_online": activegate.is_online,
        "dynatrace_containerized": activegate.is_containerized,
        "dynatrace_activegate": dict(activegate.row),
    }
