# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The auto-update configuration of one ActiveGate and of the environment (API facts, 1.2)."""

from __future__ import annotations

from typing import Any

from .. import auth
from ..errors import ApiError, one_of
from ..http import Call, Endpoint, Reply
from ..variants import Variants
from .fleet import ActiveGate, Fleet
from .versions import CLUSTER

_OPTIONAL = ("targetVersion", "updateWindows")


class AutoUpdate:
    """No job comes from it: the sandbox's ActiveGates never update by themselves."""

    def __init__(self, fleet: Fleet, variants: Variants) -> None:
        self._fleet = fleet
        self._variants = variants
        self._global: dict[str, Any] = {"globalSetting": _inherited(fleet)}

    def of(self, gate: ActiveGate) -> dict[str, Any]:
        """ActiveGateAutoUpdateConfig; effectiveSetting only differs from setting when that is INHERITED."""
        setting = gate.setting["setting"]
        effective = self._global["globalSetting"] if setting == "INHERITED" else setting
        configuration = {"setting": setting, "effectiveSetting": effective}
        if self._variants["configured_target_version"]:
            configuration["targetVersion"] = self._variants["configured_target_version"]
        return {**configuration, **{name: gate.setting[name] for name in _OPTIONAL if name in gate.setting}}

    def of_all(self) -> dict[str, Any]:
        """That of the environment."""
        return dict(self._global)

    def endpoints(self) -> list[Endpoint]:
        read, write = auth.ACTIVEGATES_READ, auth.ACTIVEGATES_WRITE
        whole, single = "/v2/activeGates/autoUpdate", "/v2/activeGates/{agId}/autoUpdate"
        return [
            Endpoint("GET", whole, self._get_global, read),
            Endpoint("PUT", whole, self._put_global, write),
            Endpoint("POST", f"{whole}/validator", self._check_global, write, is_validation=True),
            Endpoint("GET", single, self._get, read),
            Endpoint("PUT", single, self._put, write),
            Endpoint("POST", f"{single}/validator", self._check, write, is_validation=True),
        ]

    def _get(self, call: Call) -> Reply:
        return Reply(200, self.of(self._fleet.get(call.params["agId"])))

    def _put(self, call: Call) -> Reply:
        gate = self._fleet.get(call.params["agId"])
        gate.setting = _taken(call, "setting", ("DISABLED", "ENABLED", "INHERITED"))
        return Reply(204)

    def _check(self, call: Call) -> Reply:
        self._fleet.get(call.params["agId"])
        _taken(call, "setting", ("DISABLED", "ENABLED", "INHERITED"))
        return Reply(204)

    def _get_global(self, call: Call) -> Reply:
        return Reply(200, {**self.of_all(), "metadata": {"configurationVersions": [1], "clusterVersion": CLUSTER}})

    def _put_global(self, call: Call) -> Reply:
        self._global = _taken(call, "globalSetting", ("DISABLED", "ENABLED"))
        return Reply(204)

    def _check_global(self, call: Call) -> Reply:
        _taken(call, "globalSetting", ("DISABLED", "ENABLED"))
        return Reply(204)


def _inherited(fleet: Fleet) -> str:
    """What recorded ActiveGates inherit tells the setting of the environment."""
    for gate in fleet:
        settings = (gate.recorded or {}).get("autoUpdateSettings") or {}
        if settings.get("setting") == "INHERITED":
            return str(settings.get("effectiveSetting") or "DISABLED")
    return "DISABLED"


def _taken(call: Call, name: str, choices: tuple[str, ...]) -> dict[str, Any]:
    """The stored part of a body."""
    body = call.json()
    if not isinstance(body, dict) or body.get(name) is None:
        raise ApiError.in_body(name, "must not be null")
    one_of(name, str(body[name]), choices, "PAYLOAD_BODY")
    return {key: body[key] for key in (name, *_OPTIONAL) if body.get(key) is not None}
