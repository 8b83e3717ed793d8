# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix finds what modules may do wrong: here are some that do."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils import _clock

from tests.support.faults import ALL, EMPTY, KINDS, NOTHING, turn_by_turn
from tests.support.matrix import Matrix, faulty_sandbox
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.support.state import normal
from tests.support.trials import FAILED, SUCCEEDED, WRONG, Verdict

NAME = {"name": "Tea", "type": "TOKEN", "token": "x", "scope": "SYNTHETIC"}
_KINDS = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Case:
    module: str = "fake"
    action: str | None = "create"

    def prepare(self, sandbox: RunningSandbox) -> None:
        pass

    def arguments(self, package: Path) -> dict[str, Any]:
        return {}


class Fake:
    """A module that adds an entry to the vault; ``retries``: how often it sends again without looking."""

    def __init__(self, sandbox: RunningSandbox, retries: int = 0) -> None:
        self.sandbox = sandbox
        self.retries = retries

    def ask(self, method: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Api-Token {TOKEN}"}
        url = f"{self.sandbox.url}/api/v2/credentials"
        answer = requests.request(method, url, headers=headers, json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def is_there(self) -> bool:
        return any(row["name"] == "Tea" for row in self.ask("GET")["credentials"])

    def create(self) -> None:
        for left in range(self.retries, -1, -1):
            try:
                self.ask("POST", NAME)["id"]
            except Exception:
                if not left:
                    raise
            else:
                return

    def run(self, module: str, **args: Any) -> dict[str, Any]:
        try:
            if self.is_there():
                return {"changed": False, "action": "none"}
        except Exception as error:
            return self.failed(error, sent=False)
        try:
            self.create()
        except Exception as error:
            return self.failed(error, sent=True)
        return {"changed": True, "action": "create"}

    def failed(self, error: Exception, sent: bool) -> dict[str, Any]:
        return failure(unknown=["it was added"] if sent else [])


def failure(changed: bool = False, **error: Any) -> dict[str, Any]:
    done = ["it was added"] if changed else []
    return {"failed": True, "msg": "no", "changed": changed, "error": {"done": done, "unknown": [], **error}}


class Crashing(Fake):
    def failed(self, error: Exception, sent: bool) -> dict[str, Any]:
        raise error


class Optimistic(Fake):
    def failed(self, error: Exception, sent: bool) -> dict[str, Any]:
        return {"changed": True, "action": "create"}


class Silent(Fake):
    def failed(self, error: Exception, sent: bool) -> dict[str, Any]:
        return failure()


class Boasting(Fake):
    def failed(self, error: Exception, sent: bool) -> dict[str, Any]:
        return failure(changed=True)


class Talkative(Fake):
    def failed(self, error: Exception, sent: bool) -> dict[str, Any]:
        return {**super().failed(error, sent), "token": TOKEN}


class Untidy(Fake):
    def failed(self, error: Exception, sent: bool) -> dict[str, Any]:
        Path(tempfile.gettempdir(), "copy").touch()
        return super().failed(error, sent)


class Doubling(Fake):
    def __init__(self, sandbox: RunningSandbox) -> None:
        super().__init__(sandbox, retries=1)


class Blind(Fake):
    """Another run does not find what one has added that failed."""

    has_failed = False

    def is_there(self) -> bool:
        return super().is_there() and not self.has_failed

    def failed(self, error: Exception, sent: bool) -> dict[str, Any]:
        self.has_failed = True
        return super().failed(error, sent)


def _verdicts(monkeypatch: pytest.MonkeyPatch, make: Callable[[RunningSandbox], Fake], kind: str) -> list[Verdict]:
    with faulty_sandbox() as (sandbox, clock):
        monkeypatch.setattr(sandbox, "run", make(sandbox).run)
        with Matrix(Case(), sandbox, clock, lambda folder: folder, thorough=True) as matrix:
            assert [str(spot) for spot in matrix.spots] == ["GET /api/v2/credentials #1", "POST /api/v2/credentials #1"]
            assert matrix.distinct_spots == matrix.spots
            return [matrix.tried(trial) for trial in matrix.trials(matrix.spots, lambda number: [_KINDS[kind]])]


@pytest.mark.parametrize("kind", ["500", "reset before", "html", "404", "shape object", "empty", "504, late write"])
def test_a_module_that_is_honest(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    verdicts = _verdicts(monkeypatch, Fake, kind)
    assert verdicts
    assert all("it failed although" in str(verdict) for verdict in verdicts if verdict.outcome == WRONG)


@pytest.mark.parametrize(
    ("make", "kind", "found"),
    [
        (Crashing, "403", "a traceback: requests.exceptions.HTTPError"),
        (Optimistic, "403", "success without the wanted state"),
        (Silent, "500, done", "changed: false, but"),
        (Boasting, "403", "changed: true, but nothing was written"),
        (Talkative, "403", "a secret is shown"),
        (Untidy, "403", "left on disk and not named"),
        (Doubling, "reset after", "success without the wanted state"),
        (Doubling, "late write", "success without the wanted state"),
        (Blind, "html, done", "the same task again does not converge"),
        (Fake, "500", "it failed although it could know better"),
        (Fake, "slow, done", "it failed although it could know better"),
    ],
)
def test_what_it_finds(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[RunningSandbox], Fake], kind: str, found: str
) -> None:
    wrong = [str(one) for one in _verdicts(monkeypatch, make, kind) if one.outcome == WRONG]
    assert any(found in text for text in wrong), wrong


def test_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {one.outcome for one in _verdicts(monkeypatch, Fake, "403")} == {FAILED}
    patient = _verdicts(monkeypatch, lambda sandbox: Fake(sandbox, retries=1), "reset before")
    assert [one.outcome for one in patient if not one.trial.spot.is_read] == [SUCCEEDED, FAILED]


def test_a_second_run_must_change_nothing_without_a_fault_already(monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty_sandbox() as (sandbox, clock):
        fake = Fake(sandbox)
        monkeypatch.setattr(fake, "is_there", lambda: False)
        monkeypatch.setattr(sandbox, "run", fake.run)
        with pytest.raises(AssertionError, match="a second run changes something"):
            Matrix(Case(), sandbox, clock, lambda folder: folder)


def test_states_that_differ_by_ids_and_by_an_order_without_a_meaning() -> None:
    rows = [{"id": "7", "value": {"next": "8"}}, {"id": "8", "value": {"next": None}}]
    others = [{"id": "2", "value": {"next": None}}, {"id": "1", "value": {"next": "2"}}]
    assert normal({"objects": rows}) == normal({"objects": others})
    assert normal({"ordered": True, "objects": rows}) != normal({"ordered": True, "objects": others})
    assert json.loads(normal({"objects": rows[1:]})) == {"objects": [{"id": "an id", "value": {"next": None}}]}


def test_all_shapes_have_their_turn() -> None:
    turns = [{kind.name for kind in turn_by_turn(number)} for number in range(4)]
    assert set.union(*turns) == set(_KINDS)
    assert len({kind for kind in set.intersection(*turns) if kind.startswith("shape")}) == 0
    assert {"429", "late write", "html, done"} <= set.intersection(*turns)


def test_a_lie_in_the_documented_form_cannot_be_tried() -> None:
    empty, text, page = _KINDS["empty"], _KINDS["shape text"], _KINDS["html"]
    assert [empty.fits(False, believes) for believes in (NOTHING, EMPTY, ALL)] == [True, False, False]
    assert [text.fits(False, believes) for believes in (NOTHING, EMPTY, ALL)] == [True, True, False]
    assert [page.fits(False, believes) for believes in (NOTHING, EMPTY, ALL)] == [True, True, True]
    assert empty.fits(is_read=True, believes=ALL)
    assert _KINDS["empty, done"].fits(is_read=False, believes=ALL)


def test_the_sandbox_shares_the_clock() -> None:
    with faulty_sandbox() as (sandbox, dummy):
        then = _clock.monotonic(), _clock.now(), sandbox.state.clock.now()
        _clock.sleep(60)
        now = _clock.monotonic(), _clock.now(), sandbox.state.clock.now()
        assert [round(after - before) for before, after in zip(then, now, strict=True)] == [60, 60, 60]
        with pytest.raises(AssertionError, match="without an end"):
            _clock.sleep(1e9)
