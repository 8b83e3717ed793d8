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
        sights = ((one, self._fleet.sight(one, now)) for one in self._fleet)
        return [(one, self.view(one, sight)) for one, sight in sights if sight is not None]

    def matching(self, call: Call, now: float) -> list[dict[str, Any]]:
        """Those that pass every filter of the query."""
        tests = self._tests(call)
        return [view for one, view in self.seen(now) if all(test(one, view) for test in tests)]

    def view(self, one: ActiveGate, sight: Sight) -> dict[str, Any]:
        if one.recorded is not None:
            return self._recorded(one, one.recorded, sight)
        return {
            "id": one.id,
            "networkAddresses": one.addresses,
            "loadBalancerAddresses": list(one.load_balancers),
            "hostname": one.hostname,
            "osType": one.os_type,
            "osArchitecture": one.architecture,
            "osBitness": "64",
            "type": one.type,
            "environments": one.environments,
            "mainEnvironment": one.environments[0] if one.type == "ENVIRONMENT_MULTI" else None,
            "version": sight.version,
            "networkZone": one.zone,
            "group": one.group,
            "offlineSince": sight.offline_since,
            "connectedHosts": {"number": 0 if sight.offline_since else one.connected_hosts},
            "containerized": one.containerized,
            "fipsMode": one.fips_mode,
            "autoUpdateSettings": self._auto_update.of(one),
            "autoUpdateStatus": self._status(one, sight),
            "modules": [
                {"type": name, "enabled": enabled, "misconfigured": False, "version": sight.version, "attributes": {}}
                for name, enabled in one.modules.items()
            ],
            "activeGateTokens": [
                {
                    # "Only available if more than one environment is supported".
                    **({"environmentId": one.environments[0]} if one.type == "ENVIRONMENT_MULTI" else {}),
                    "id": f"dt0g02.SANDBOX{one.number:017}",
                    "state": one.token_state,
                }
            ],
        }

    def _recorded(self, one: ActiveGate, row: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
        """As it was recorded, but for what has changed since."""
        has_changed = sight.version != row["version"] or self._jobs.open(one.id) is not None
        shown = {**row, "version": sight.version, "offlineSince": sight.offline_since}
        shown["autoUpdateSettings"] = self._settings(one, row.get("autoUpdateSettings") or {})
        if has_changed:
            shown["autoUpdateStatus"] = self._status(one, sight)
            shown["modules"] = [{**module, "version": sight.version} for module in row.get("modules") or ()]
        return {name: shown[name] for name in row}

    def _settings(self, one: ActiveGate, recorded: Mapping[str, Any]) -> Mapping[str, Any]:
        now = self._auto_update.of(one)
        is_as_before = all(now[name] == recorded.get(name) for name in ("setting", "effectiveSetting"))
        return recorded if is_as_before else {**recorded, **now}

    def _status(self, one: ActiveGate, sight: Sight) -> str:
        job = self._jobs.open(one.id)
        if job is not None:
            return "UPDATE_PENDING" if job.started is None else "UPDATE_IN_PROGRESS"
        newest = self._versions.newest(*one.installer)
        return "UP2DATE" if newest is None or key(sight.version) >= key(newest) else "OUTDATED"

    def _tests(self, call: Call) -> list[Test]:
        return [*self._contains(call), *_equals(call), *_modules(call), *_others(call)]

    def _contains(self, call: Call) -> list[Test]:
        texts: dict[str, Callable[[ActiveGate], list[str]]] = {
            "hostname": lambda one: [one.hostname],
            "networkAddress": lambda one: one.addresses,
            "loadBalancerAddress": lambda one: list(one.load_balancers),
            "networkZone": lambda one: [one.zone],
            "group": lambda one: [one.group],
        }
        fold = str.lower if self._variants["filter_ignores_case"] else str

        def test(get: Callable[[ActiveGate], list[str]], wanted: str) -> Test:
            return lambda one, view: any(fold(wanted) in fold(text) for text in get(one))

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
        return lambda one, view: bool(view.get(name) == value)

    return [test(name, value) for name, value in wanted.items() if value is not None]


def _modules(call: Call) -> list[Test]:
    def test(kind: str, is_enabled: bool) -> Test:
        return lambda one, view: one.modules.get(kind, False) is is_enabled

    wanted = [("enabledModule", kind, True) for kind in call.values("enabledModule")]
    wanted += [("disabledModule", kind, False) for kind in call.values("disabledModule")]
    return [test(one_of(name, kind, MODULES), is_enabled) for name, kind, is_enabled in wanted]


def _others(call: Call) -> list[Test]:
    found: list[Test] = []
    version = condition(call, "versionCompareType", "version")
    found.append(lambda one, view: version(view["version"]))
    auto_update = call.choice("autoUpdate", ("DISABLED", "ENABLED"))
    if auto_update is not None:
        found.append(lambda one, view: bool(view.get("autoUpdateSettings", {}).get("effectiveSetting") == auto_update))
    online = call.given_flag("online")
    if online is not None:
        found.append(lambda one, view: (view.get("offlineSince") is None) is online)
    state = call.choice("tokenState", _TOKEN_STATES)
    if state is not None:
        found.append(lambda one, view: one.token_state == state)
    expires = call.given_flag("tokenExpirationSet")
    if expires is not None:
        found.append(lambda one, view: one.token_expires is expires)
    return found
