# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Waiting until monitoring configurations work (FACTS section 2.4): the status comes from the ActiveGates or hosts that run them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.apply import Patience
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.configuration_api import Configurations

OK, WARNING, ERROR = "OK", "WARNING", "ERROR"
_PENDING = "PENDING"


class Wait:
    """``before``: what the statuses were before the change, by id. One with the same time stamp says nothing of what was written."""

    def __init__(self, api: Configurations, before: Mapping[str, Mapping[str, Any]], seconds: float) -> None:
        self._api = api
        self._before = before
        self._seconds = seconds
        self.seen: dict[str, str] = {}

    def until_settled(self, ids: Mapping[str, str]) -> None:
        """``ids``: what messages call each configuration. Raises StateError on ERROR, and when the time is over."""
        patience = Patience(self._seconds)
        waiting = list(ids)
        while waiting:
            found = self._api.statuses(waiting)
            self.seen.update({one: str(found[one].get("status")) for one in waiting if one in found})
            new = {one: status for one, status in found.items() if one in ids and not self._is_old(one, status)}
            bad = [ids[one] for one, status in new.items() if status.get("status") == ERROR]
            if bad:
                raise StateError(
                    f"the status of {', '.join(bad)} is ERROR: what it says is in the configuration's log in the web interface, and on the "
                    "ActiveGate or host that runs it"
                )
            waiting = [one for one in waiting if new.get(one, {}).get("status") not in (OK, WARNING)]
            if waiting:
                named = ", ".join(f"{ids[one]} ({self._shown(one, found)})" for one in waiting)
                patience.wait(StateError(f"not every configuration works yet: {named}"))

    def _is_old(self, one: str, status: Mapping[str, Any]) -> bool:
        stamp = status.get("timestamp")
        return stamp is not None and self._before.get(one, {}).get("timestamp") == stamp

    def _shown(self, one: str, found: Mapping[str, Mapping[str, Any]]) -> str:
        status = found.get(one, {})
        text = str(status.get("status") or "no status")
        if text in (OK, WARNING, ERROR):
            return f"{text}, but from before the change"
        return text if text == _PENDING else f"{text}: does anything on its scope run the extension?"
