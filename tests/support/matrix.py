# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault at every request of a task: either success with exactly the wanted state, or a failure that is true about what it did.

A ``Matrix`` is made for one case. It runs the task without a fault first, which tells the requests and the wanted state, and then once
for each Trial. Clocks are replaced, so that nobody waits.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

import requests
from ansible_collections.community.dynatrace.plugins.module_utils import _clock

from tests.sandbox.app import SILENCE, Options
from tests.support.clock import Clock
from tests.support.faults import ABSENT, ALL, BELIEVES_ALL, EMPTY, KINDS, NOTHING, Kind
from tests.support.sandbox import TOKEN, RunningSandbox, running
from tests.support.snapshot import Snapshot
from tests.support.state import difference, normal
from tests.support.trials import FAILED, SUCCEEDED, WRONG, Spot, Trial, Verdict

# Long enough for everything that is under way to end.
_SETTLE = 3600.0
# Whoever waits for longer would never end; in seconds, and in pauses.
_ENDLESS = 60 * 86_400.0
_PAUSES = 2000
# Seconds between two looks of a task that waits: time costs nothing here, but looks do.
_INTERVAL = 600
_LIMITS = {"retries": 2, "retry_max_delay": 60, "timeout": 10}
OPTIONS = Options(speed=0)


class Case(Protocol):
    """A task that changes something, as tests/unit/plugins/modules/cases.py has them."""

    @property
    def module(self) -> str: ...

    @property
    def action(self) -> str | None: ...

    @property
    def prepare(self) -> Callable[[RunningSandbox], None]: ...

    def arguments(self, package: Path) -> dict[str, Any]: ...


@dataclass
class _Run:
    """One run of the module, and what it has left behind. ``exact``: the sandbox's state; ``normal``: with all ids alike."""

    result: dict[str, Any]
    crash: str
    requests: list[dict[str, Any]]
    sent: list[str]
    exact: Any = None
    normal: str = ""
    files: frozenset[str] = frozenset()

    @property
    def has_failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def has_written(self) -> bool:
        return any(entry["done"] and not entry["read"] for entry in self.requests)


class SharedClock(Clock):
    """That of the sandbox as well: a module that sleeps sees there what has happened meanwhile."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        super().__init__()
        self._sandbox = sandbox
        self.restart()

    def restart(self, seconds: float = 0.0) -> None:
        """With a sandbox that was reset, or is again as it was after so many seconds."""
        self._epoch = self._sandbox.state.clock.now() - seconds
        self.seconds = seconds
        self.pauses.clear()

    def pass_by(self, seconds: float) -> None:
        super().pass_by(seconds)
        self._sandbox.state.clock.jump(seconds)
        self._sandbox.state.real_clock.jump(seconds)
        if self.seconds > _ENDLESS or len(self.pauses) > _PAUSES:
            raise AssertionError("a wait without an end")


@contextlib.contextmanager
def faulty_sandbox() -> Iterator[tuple[RunningSandbox, SharedClock]]:
    """A sandbox and a clock for matrices."""
    with running(OPTIONS) as sandbox:
        sandbox.state.tells_silence = True
        clock = SharedClock(sandbox)
        with contextlib.ExitStack() as stack:
            for name in ("monotonic", "now", "sleep"):
                stack.enter_context(mock.patch.object(_clock, name, getattr(clock, name)))
            stack.enter_context(_impatient(clock))
            yield sandbox, clock


@contextlib.contextmanager
def _impatient(clock: SharedClock) -> Iterator[None]:
    """Of an answer that would come too late, the client gets a time-out, and the time has passed."""
    send = requests.adapters.HTTPAdapter.send

    def sent(adapter: Any, request: Any, **given: Any) -> Any:
        response = send(adapter, request, **given)
        silence = float(response.headers.get(SILENCE, 0))
        clock.pass_by(min(silence, given["timeout"]))
        if silence >= given["timeout"]:
            response.close()
            raise requests.exceptions.ReadTimeout(request=request)
        return response

    with mock.patch.object(requests.adapters.HTTPAdapter, "send", sent):
        yield


class Matrix:
    """``thorough``: each trial is carried out, and the task always run again after it.

    Else it is only run again from states that were not seen before; and what was not repeated when a fault came once is not tried with a
    fault that lasts, which would be the same.
    """

    def __init__(
        self,
        case: Case,
        sandbox: RunningSandbox,
        clock: SharedClock,
        write_package: Callable[[Path], Path],
        secrets: Sequence[str] = (),
        thorough: bool = False,
    ) -> None:
        self.case = case
        self._sandbox = sandbox
        self._clock = clock
        self._folder = Path(tempfile.mkdtemp(prefix="faults-"))
        self._args = {**_LIMITS, **case.arguments(write_package(self._folder))}
        if "poll_interval" in self._args:
            self._args["poll_interval"] = _INTERVAL
        self._secrets = (TOKEN.rsplit(".", 1)[1], *secrets)
        self._own_files = self._left_files()
        self._thorough = thorough
        self._seen: dict[str, list[str]] = {}
        self._not_repeated: dict[tuple[Spot, Kind], Verdict] = {}
        self._is_fresh = False
        self._start: Snapshot | None = None
        self._before: Any = None
        self._then = 0.0
        self._files: frozenset[str] = frozenset()
        self._last = self._reference = self._first_run()

    def __enter__(self) -> Matrix:
        return self

    def __exit__(self, *dummy: object) -> None:
        shutil.rmtree(self._folder)

    def _first_run(self) -> _Run:
        self._make_fresh()
        first = self._run()
        problems = self._problems_of_success(first) if not first.has_failed else [str(first.result)]
        again = self._run()
        if again.result.get("changed") is not False or again.has_written:
            problems.append(f"a second run changes something: {again.result}")
        if first.crash or again.crash or problems:
            raise AssertionError(f"without a fault: {problems} {first.crash} {again.crash}")
        self._is_fresh = False
        return first

    @property
    def spots(self) -> list[Spot]:
        """All requests."""
        state, entries = self._sandbox.state, self._reference.requests
        likes = [state.like(entry["method"], entry["path"]) for entry in entries]
        spots = []
        for index, entry in enumerate(entries):
            fits = [
                place
                for place, other in enumerate(entries)
                if other["method"] == entry["method"] and re.search(likes[index], other["path"])
            ]
            is_last = not any(likes[place] == likes[index] for place in fits if place > index)
            number = fits.index(index)
            answered = entry["read"], entry["empty"], not entry["done"]
            spots.append(Spot(entry["method"], likes[index], number, is_last, *answered))
        return spots

    @property
    def distinct_spots(self) -> list[Spot]:
        """The first and the last of each kind."""
        spots = self.spots
        first: dict[tuple[str, str, bool], Spot] = {}
        for spot in spots:
            first.setdefault((spot.method, spot.path, spot.is_read), spot)
        return [spot for spot in spots if spot.is_last or spot in first.values()]

    def trials(
        self, spots: Sequence[Spot], kinds: Callable[[int], Sequence[Kind]] = lambda number: KINDS
    ) -> list[Trial]:
        """Each kind at each of them, once and from there on. ``kinds``: for the place in ``spots``."""
        return [
            Trial(spot, kind, lasts)
            for number, spot in enumerate(spots)
            for kind in kinds(number)
            if kind.fits(spot.is_read, self._believes(spot))
            for lasts in (False, True)
        ]

    def _believes(self, spot: Spot) -> str:
        """Which calls have documented empty answers, the sandbox knows: it answers them without a body."""
        if self.case.module in BELIEVES_ALL:
            return ALL
        return EMPTY if spot.is_empty else NOTHING

    def tried(self, trial: Trial) -> Verdict:
        same = self._not_repeated.get((trial.spot, trial.kind))
        if trial.lasts and same is not None:
            return replace(same, trial=trial)
        verdict = self._tried(trial)
        if not self._thorough and not trial.lasts and self._count(trial.spot) == trial.spot.number + 1:
            self._not_repeated[trial.spot, trial.kind] = verdict
        return verdict

    def _count(self, spot: Spot) -> int:
        """How often the last run has sent such a request."""
        return sum(
            1 for entry in self._last.requests if entry["method"] == spot.method and re.search(spot.path, entry["path"])
        )

    def _tried(self, trial: Trial) -> Verdict:
        self._make_fresh()
        self._sandbox.fault(**trial.fault)
        ended = self._run()
        self._last = ended
        self._is_fresh = self._is_as_before(ended)
        problems = self._problems(trial, ended)
        if not ended.crash and not problems:
            problems += self._problems_of_another_run(ended)
        outcome = WRONG if problems else FAILED if ended.has_failed else SUCCEEDED
        return Verdict(trial, outcome, problems, ended.result, ended.sent)

    # running

    def _make_fresh(self) -> None:
        if self._is_fresh:
            self._clock.pass_by(self._then - self._clock.seconds)
            return
        for path in self._left_files() - self._own_files:
            Path(path).unlink()
        (self._folder / "tmp").mkdir(exist_ok=True)
        if self._start:
            self._start.restore()
            self._clock.restart(self._then)
            return
        self._sandbox.state.reset()
        self._clock.restart()
        self.case.prepare(self._sandbox)
        self._clock.pass_by(_SETTLE)
        self._before = self._sandbox.state.state()
        self._files = self._left_files()
        self._then = self._clock.seconds
        if self._files == self._own_files:  # else the files would have to come back, too
            self._start = Snapshot(self._sandbox.state)

    def _run(self) -> _Run:
        sandbox = self._sandbox
        sandbox.clear()
        self._clock.pauses.clear()
        result: dict[str, Any] = {}
        crash = ""
        with mock.patch.object(tempfile, "tempdir", str(self._folder / "tmp")):
            try:
                result = sandbox.run(self.case.module, **self._args)
            except Exception:
                crash = traceback.format_exc(limit=-4)
        sandbox.state.faults.clear()
        self._clock.pass_by(_SETTLE)
        exact = sandbox.state.state()
        return _Run(result, crash, list(sandbox.state.requests), sandbox.sent, exact, normal(exact), self._left_files())

    def _left_files(self) -> frozenset[str]:
        return frozenset(str(path) for path in self._folder.rglob("*") if path.is_file())

    def _is_as_before(self, ended: _Run) -> bool:
        return not ended.has_written and ended.exact == self._before and ended.files == self._files

    # judging

    def _problems(self, trial: Trial, ended: _Run) -> list[str]:
        if ended.crash:
            return [f"a traceback: {ended.crash.strip().splitlines()[-1]}", ended.crash]
        if ended.has_failed:
            problems = self._problems_of_failure(ended)
            if trial.must_succeed:
                problems.append("it failed although it could know better")
        elif self._is_absent_by_design(trial, ended):
            problems = []
        else:
            problems = self._problems_of_success(ended)
        text = json.dumps(ended.result)
        problems += [f"a secret is shown: {secret}" for secret in self._secrets if secret in text]
        return problems

    def _is_absent_by_design(self, trial: Trial, ended: _Run) -> bool:
        """Whether the task has found that there is nothing (more) to remove, or has made what was not there."""
        if trial.kind.name != "404" or ended.result.get("changed") is not ended.has_written:
            return False
        spot = trial.spot.shown
        return any(
            (module, action) == (self.case.module, self.case.action) and spot.startswith(method) and spot.endswith(path)
            for module, action, method, path in ABSENT
        )

    def _problems_of_success(self, ended: _Run) -> list[str]:
        problems = []
        reference = getattr(self, "_reference", ended)
        if ended.normal != reference.normal:
            problems.append(f"success without the wanted state: {difference(reference.normal, ended.normal)}")
        if ended.result.get("changed") is not True or ended.result.get("action") != self.case.action:
            said = {key: ended.result.get(key) for key in ("changed", "action")}
            problems.append(f"success says {said}, action should be {self.case.action}")
        if set(ended.result) - {"warnings"} != set(reference.result) - {"warnings"}:
            problems.append(f"the result has other keys: {sorted(set(ended.result) ^ set(reference.result))}")
        if ended.files != self._files:
            problems.append(f"left on disk: {sorted(ended.files ^ self._files)}")
        return problems

    def _problems_of_failure(self, ended: _Run) -> list[str]:
        result = ended.result
        problems = []
        error = result.get("error") or {}
        changed, done, unknown = result.get("changed"), error.get("done"), error.get("unknown")
        if not result.get("msg") or done is None or unknown is None:
            return [f"the failure does not say what it must (msg, error.done, error.unknown): {sorted(error)}"]
        differs = ended.exact != self._before
        if not changed and differs and not unknown:
            problems.append(f"changed: false, but {difference(normal(self._before), ended.normal)}")
        if changed and not ended.has_written:
            problems.append("changed: true, but nothing was written")
        if bool(done) != bool(changed):
            problems.append(f"changed: {changed}, but done: {done}")
        if unknown and not any(not entry["read"] for entry in ended.requests):
            problems.append(f"unknown: {unknown}, but nothing was sent")
        problems += [
            f"left on disk and not named: {path}" for path in ended.files - self._files if path not in str(result)
        ]
        return problems

    def _problems_of_another_run(self, ended: _Run) -> list[str]:
        """The same task without a fault: it succeeds, and a third run changes nothing."""
        if not self._thorough and ended.files == self._files:
            if ended.normal == self._reference.normal or self._is_as_before(ended):
                return []
            if ended.normal not in self._seen:
                self._seen[ended.normal] = self._run_again()
            return self._seen[ended.normal]
        return self._run_again()

    def _run_again(self) -> list[str]:
        self._is_fresh = False
        second = self._run()
        if second.crash or second.has_failed:
            return [f"the same task again fails: {second.crash or second.result.get('msg')}"]
        if second.normal != self._reference.normal:
            return [f"the same task again does not converge: {difference(self._reference.normal, second.normal)}"]
        third = self._run()
        if third.crash or third.result.get("changed") is not False or third.has_written:
            return [f"a third run changes something: {third.crash or third.result}"]
        return []
