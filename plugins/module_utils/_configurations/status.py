# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Waiting until monitoring configurations work (FACTS section 2.4): the status comes from the ActiveGates or hosts that run them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._configurations.api import Configurations
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Looks, Patience

OK, WARNING, ERROR = "OK", "WARNING", "ERROR"
_PENDING = "PENDING"
_WORKS = (OK, WARNING)


class Settled(Looks):
    """Until configurations work. ``ids``: what messages call each. ``before``: what the statuses were before the change, by id.

    A status with the same time stamp says nothing of what was written; but should the server not renew the stamp of a status that
    stays what it is, there will never be another one. So when the time is over, it counts. A look raises StateError on ERROR.
    """

    def __init__(
        self,
        api: Configurations,
        ids: Mapping[str, str],
        before: Mapping[str, Mapping[str, Any]],
        patience: Patience,
    ) -> None:
        super().__init__(patience)
        self._api = api
        # The list of statuses has all configurations of the extension; these go from look to look.
        self._before = {one: before[one] for one in ids if one in before}
        self._waiting = list(ids)
        self.ids = dict(ids)
        # The last status of each, and the ids of those whose status is still that of before the change.
        self.seen: dict[str, str] = {}
        self.not_renewed: list[str] = []

    def look(self) -> str | None:
        found = self._api.statuses(self._waiting)
        self.seen.update({one: _word(found[one]) for one in self._waiting if one in found})
        new = [one for one in self._waiting if one in found and not self._is_old(one, found[one])]
        self._check([self.ids[one] for one in new if _word(found[one]) == ERROR])
        self._waiting = [one for one in self._waiting if one not in new or _word(found[one]) not in _WORKS]
        self.not_renewed = [one for one in self._waiting if one not in new and self.seen.get(one) in _WORKS]
        if not self._waiting:
            return None
        named = ", ".join(f"{self.ids[one]} ({self._shown(one)})" for one in self._waiting)
        return f"not every configuration works yet: {named}"

    def time_is_up(self) -> None:
        if len(self.not_renewed) < len(self._waiting):
            super().time_is_up()

    def state(self) -> dict[str, Any]:
        kept = {"ids": self.ids, "before": self._before, "waiting": self._waiting, "seen": self.seen}
        return {**super().state(), **kept}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self.ids, self._before = dict(state["ids"]), dict(state["before"])
        self._waiting, self.seen = list(state["waiting"]), dict(state["seen"])

    def _check(self, bad: Sequence[str]) -> None:
        if bad:
            raise StateError(
                f"the status of {', '.join(bad)} is {ERROR}: why is told by the configuration's page in the web interface, and by the "
                "log of the ActiveGate or host that runs it"
            )

    def _is_old(self, one: str, status: Mapping[str, Any]) -> bool:
        stamp = status.get("timestamp")
        return stamp is not None and self._before.get(one, {}).get("timestamp") == stamp

    def _shown(self, one: str) -> str:
        status = self.seen.get(one, "no status")
        if status in (*_WORKS, ERROR):
            return f"{status}, but from before the change"
        return status if status == _PENDING else f"{status}: does anything on its scope run the extension?"


def _word(status: Mapping[str, Any]) -> str:
    return str(status.get("status"))
