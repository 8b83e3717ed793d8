# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Waiting until monitoring configurations work (API facts, 2.4): the status comes from the ActiveGates or hosts that run them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._errors import StateError
from .._wait import Looks, Patience
from .api import Configurations, ConfigurationStatus

OK, WARNING, ERROR = "OK", "WARNING", "ERROR"
_PENDING = "PENDING"
_WORKS = (OK, WARNING)


class Settled(Looks):
    """Until configurations work. ``names``: what messages call each, by id. ``before``: the statuses before the change, by id.

    A status with the same time stamp says nothing of what was written; but should the server not renew the stamp of a status that
    stays what it is, there will never be another one. So when the time is over, it counts. A look raises StateError on ERROR.
    """

    def __init__(
        self,
        api: Configurations,
        names: Mapping[str, str],
        before: Mapping[str, ConfigurationStatus],
        patience: Patience,
    ) -> None:
        super().__init__(patience, self.look)
        self._api = api
        self._names = names
        self._before = {key: status.timestamp for key, status in before.items()}
        self._waiting = list(names)
        # The last status of each, by id.
        self.seen: dict[str, str] = {}

    def look(self) -> str | None:
        statuses = self._api.statuses(self._waiting)
        self.seen.update({key: status.word for key, status in statuses.items()})
        new = self._new(statuses)
        self._check([key for key, word in new.items() if word == ERROR])
        self._waiting = [key for key in self._waiting if new.get(key) not in _WORKS]
        if not self._waiting:
            return None
        return f"not all configurations work yet: {', '.join(map(self._shown, self._waiting))}"

    def _new(self, statuses: Mapping[str, ConfigurationStatus]) -> dict[str, str]:
        """The words of those that were reported since the change."""
        words = {}
        for key, status in statuses.items():
            if status.timestamp is None or self._before.get(key) != status.timestamp:
                words[key] = status.word
        return words

    def time_is_up(self) -> None:
        if self._waiting != self._not_renewed():
            super().time_is_up()

    def warnings(self) -> list[str]:
        """What is well enough, and still to be known."""
        texts = []
        warned = [key for key, word in self.seen.items() if word == WARNING]
        if warned:
            texts.append(f"the status of {self._named(warned)} is WARNING")
        if self._waiting:
            names = self._named(self._not_renewed())
            texts.append(
                f"the status of {names} has not been reported since the change; it is still the one from before"
            )
        return texts

    def _not_renewed(self) -> list[str]:
        """Those whose status would do, were it not that of before the change."""
        return [key for key in self._waiting if self.seen.get(key) in _WORKS]

    def _named(self, keys: Iterable[str]) -> str:
        return ", ".join(map(self._names.__getitem__, keys))

    def _check(self, bad: Sequence[str]) -> None:
        if bad:
            raise StateError(
                f"the status of {self._named(bad)} is {ERROR}: the configuration's page in the web interface and the log of "
                "the ActiveGate or host that runs it show the reason"
            )

    def _shown(self, key: str) -> str:
        word = self.seen.get(key, "no status")
        if word in (*_WORKS, ERROR):
            return f"{self._names[key]} ({word}, but from before the change)"
        if word == _PENDING:
            return f"{self._names[key]} ({word})"
        return f"{self._names[key]} ({word}: check that something on its scope runs the extension)"
