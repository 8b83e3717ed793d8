# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of one module that must end in a certain way: what most tests of modules begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .sandbox import RunningSandbox

Result = dict[str, Any]


@dataclass(frozen=True)
class ModuleUnderTest:
    """``defaults``: arguments of every call; one that a test gives as None is left out. ``compared``: what check mode must predict.

    ``returned``: the key of an info module's list.
    """

    name: str
    defaults: Mapping[str, Any] = field(default_factory=dict)
    compared: Sequence[str] = ("changed", "action", "diff")
    returned: str = ""

    def run(self, sandbox: RunningSandbox, check: bool = False, **args: Any) -> Result:
        """A run that succeeds."""
        result = self._result(sandbox, check, args)
        assert not result.get("failed"), result["msg"]
        return result

    def fail(self, sandbox: RunningSandbox, check: bool = False, **args: Any) -> Result:
        """A run that fails."""
        result = self._result(sandbox, check, args)
        assert result.get("failed"), result
        return result

    def refusal(self, sandbox: RunningSandbox, **args: Any) -> str:
        """The message of a run that fails."""
        return str(self.fail(sandbox, **args)["msg"])

    def rows(self, sandbox: RunningSandbox, **args: Any) -> list[Any]:
        """What an info module returns."""
        result = self.run(sandbox, **args)
        assert result["changed"] is False
        return list(result[self.returned])

    def both(self, sandbox: RunningSandbox, **args: Any) -> tuple[Result, Result]:
        """The prediction of check mode, which sends no write, and the real run, which it must equal."""
        sandbox.clear()
        predicted = self.run(sandbox, check=True, **args)
        assert sandbox.writes == []
        sandbox.clear()
        real = self.run(sandbox, **args)
        for key in self.compared:
            assert predicted.get(key) == real.get(key), key
        assert set(predicted) - {"validated"} == set(real)
        return predicted, real

    def _result(self, sandbox: RunningSandbox, check: bool, args: Mapping[str, Any]) -> Result:
        given = {**self.defaults, **args}
        given = {name: value for name, value in given.items() if value is not None or name not in self.defaults}
        return sandbox.run(self.name, check=check, diff=True, **given)
