# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``GET /activeGates``: one ActiveGate as JSON, and the filters (API facts, 1.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import one_of
from ..http import Call
from ..variants import Variants
from .autoupdate import AutoUpdate
from .fleet import MODULES, ActiveGate, Fleet, Sight
from .jobs import Jobs
from .versions import Versions, condition, key

_STATUSES = (
    "INCOMPATIBLE",
    "OUTDATED",
    "SCHEDULED",
    "SUPPRESSED",
    "UNKNOWN",
    "UP2DATE",
    "UPDATE_IN_PROGRESS",
    "UPDATE_PENDING",
    "UPDATE_PROBLEM",
)
_TOKEN_STATES = ("ABSENT", "EXPIRING", "INVALID", "UNKNOWN", "UNSUPPORTED", "VALID")
Test = Callable[[ActiveGate, dict[str, Any]], bool]


class Listing:
    """What a client sees of the fleet."""

    def __init__(
        self, fleet: Fleet, jobs: Jobs, versions: Versions, auto_update: AutoUpdate, variants: Variants
    ) -> None:
        self._fleet = fleet
        self._jobs = jobs
        self._versions = versions
        self._auto_update = auto_update
        self._variants = variants

    def seen(self, now: float) -> list[tuple[ActiveGate, dict[str, Any]]]:
        sights = ((gate, self._fleet.sight(gate, now)) for gate in self._fleet)
        return [(gate, self.view(gate, sight)) for gate, sight in sights if sight is not None]

    def matching(self, call: Call, now: float) -> list[dict[str, Any]]:
        """Those that pass every filter of the query."""
        tests = self._tests(call)
        return [view for gate, view in self.seen(now) if all(test(gate, view) for test in tests)]

    def view(self, gate: ActiveGate, sight: Sight) -> dict[str, Any]:
        if gate.recorded is not None:
            return self._recorded(gate, gate.recorded, sight)
        return {
            "id": gate.id,
            "networkAddresses": gate.addresses,
            "loadBalancerAddresses": list(gate.load_balancers),
            "hostname": gate.hostname,
            "osType": gate.os_type,
            "osArchitecture": gate.architecture,
            "osBitness": "64",
            "type": gate.type,
            "environments": gate.environments,
            "mainEnvironment": gate.environments[0] if gate.type == "ENVIRONMENT_MULTI" else None,
            "version": sight.version,
            "networkZone": gate.zone,
            "group": gate.group,
            "offlineSince": sight.offline_since,
            "connectedHosts": {"number": 0 if sight.offline_since else gate.connected_hosts},
            "containerized": gate.containerized,
            "fipsMode": gate.fips_mode,
            "autoUpdateSettings": self._auto_update.of(gate),
            "autoUpdateStatus": self._status(gate, sight),
            "modules": [
                {"type": name, "enabled": enabled, "misconfigured": False, "version": sight.version, "attributes": {}}
                for name, enabled in gate.modules.items()
            ],
            "activeGateTokens": [
                {
                    # "Only available if more than one environment is supported".
                    **({"environmentId": gate.environments[0]} if gate.type == "ENVIRONMENT_MULTI" else {}),
                    "id": f"dt0g02.SANDBOX{gate.number:017}",
                    "state": gate.token_state,
                }
            ],
        }

    def _recorded(self, gate: ActiveGate, row: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
        """As it was recorded, but for what has changed since."""
        has_changed = sight.version != row["version"] or self._jobs.open(gate.id) is not None
        shown = {**row, "version": sight.version, "offlineSince": sight.offline_since}
        shown["autoUpdateSettings"] = self._settings(gate, row.get("autoUpdateSettings") or {})
        if has_changed:
            shown["autoUpdateStatus"] = self._status(gate, sight)
            shown["modules"] = [{**module, "version": sight.version} for module in row.get("modules") or ()]
        return {name: shown[name] for name in row}

    def _settings(self, gate: ActiveGate, recorded: Mapping[str, Any]) -> Mapping[str, Any]:
        now = self._auto_update.of(gate)
        is_as_before = all(now[name] == recorded.get(name) for name in ("setting", "effectiveSetting"))
        return recorded if is_as_before else {**recorded, **now}

    def _status(self, gate: ActiveGate, sight: Sight) -> str:
        job = self._jobs.open(gate.id)
        if job is not None:
            return "UPDATE_PENDING" if job.started is None else "UPDATE_IN_PROGRESS"
        newest = self._versions.newest(*gate.installer)
        return "UP2DATE" if newest is None or key(sight.version) >= key(newest) else "OUTDATED"

    def _tests(self, call: Call) -> list[Test]:
        return [*self._contains(call), *_equals(call), *_modules(call), *_others(call)]

    def _contains(self, call: Call) -> list[Test]:
        texts: dict[str, Callable[[ActiveGate], list[str]]] = {
            "hostname": lambda gate: [gate.hostname],
            "networkAddress": lambda gate: gate.addresses,
            "loadBalancerAddress": lambda gate: list(gate.load_balancers),
            "networkZone": lambda gate: [gate.zone],
            "group": lambda gate: [gate.group],
        }
        fold = str.lower if self._variants["filter_ignores_case"] else str

        def test(get: Callable[[ActiveGate], list[str]], wanted: str) -> Test:
            return lambda gate, view: any(fold(wanted) in fold(text) for text in get(gate))

        return [test(get, call.query[name]) for name, get in texts.items() if name in call.query]


def _equals(call: Call) -> list[Test]:
    """Enums and booleans that are a field of the answer."""
    wanted = {
        "osType": call.choice("osType", ("LINUX", "WINDOWS")),
        "osArchitecture": call.choice("osArchitecture", ("X86", "S390", "ARM", "PPCLE")),
        "type": call.choice("type", ("ENVIRONMENT", "ENVIRONMENT_MULTI")),
        "autoUpdateStatus": call.choice("updateStatus", _STATUSES),
        "containerized": call.given_flag("containerized"),
        "fipsMode": call.given_flag("fipsMode"),
    }

    def test(name: str, value: str | bool) -> Test:
        return lambda gate, view: bool(view.get(name) == value)

    return [test(name, value) for name, value in wanted.items() if value is not None]


def _modules(call: Call) -> list[Test]:
    def test(kind: str, is_enabled: bool) -> Test:
        return lambda gate, view: gate.modules.get(kind, False) is is_enabled

    wanted = [("enabledModule", kind, True) for kind in call.values("enabledModule")]
    wanted += [("disabledModule", kind, False) for kind in call.values("disabledModule")]
    return [test(one_of(name, kind, MODULES), is_enabled) for name, kind, is_enabled in wanted]


def _others(call: Call) -> list[Test]:
    tests: list[Test] = []
    version = condition(call, "versionCompareType", "version")
    tests.append(lambda gate, view: version(view["version"]))
    auto_update = call.choice("autoUpdate", ("DISABLED", "ENABLED"))
    if auto_update is not None:
        tests.append(lambda gate, view: bool(view.get("autoUpdateSettings", {}).get("effectiveSetting") == auto_update))
    online = call.given_flag("online")
    if online is not None:
        tests.append(lambda gate, view: (view.get("offlineSince") is None) is online)
    state = call.choice("tokenState", _TOKEN_STATES)
    if state is not None:
        tests.append(lambda gate, view: gate.token_state == state)
    expires = call.given_flag("tokenExpirationSet")
    if expires is not None:
        tests.append(lambda gate, view: gate.token_expires is expires)
    return tests
