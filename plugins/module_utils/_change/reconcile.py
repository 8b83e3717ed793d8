# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The way that every change of one thing takes: gather (read what is there) -> plan (pure) -> apply (write, or let the server validate).

What a lost answer, a conflict and a second look are is known here, and in many.py for lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from .. import _clock
from .._errors import ApiError, CollectionError, LostAnswerError, NotExpectedError, OvertakenError, RequestError
from .._http.client import Client
from .journal import DONE, NOT_DONE, UNKNOWN, Entry, Journal, settle

# What may be sent again after its answer was lost, and a look did not find it: anything that can be there only once, by a unique key or
# an external id; what nothing tells apart, but not while the server may still be at work on it; nothing.
ALWAYS, UNLESS_LATE, NEVER = "always", "unless late", "never"
# How long a write may be carried out after we gave up on it, in seconds. The API's proxies end a request after 60 s at the latest as far
# as is known (API facts, 0.5); twice that leaves room for a queue behind them.
LATE_WRITE_SECONDS = 120.0
_FIRST_LOOK, _GROWTH = 1.0, 2.0


class Planned(Protocol):
    """What a plan function returns, as far as the engine is concerned."""

    @property
    def action(self) -> str:
        """``none``: there is nothing to do."""


class Writing(Protocol):
    """What the engine needs of a task."""

    @property
    def client(self) -> Client:
        """For the pauses and the number of tries."""

    @property
    def journal(self) -> Journal:
        """Of the run."""


State = TypeVar("State")
AnyPlan = TypeVar("AnyPlan", bound=Planned)
Value = TypeVar("Value")


@dataclass(frozen=True)
class Policy:
    """What failures mean for the thing that is written.

    ``repeat``: one of ALWAYS, UNLESS_LATE, NEVER, or a function of the plan that gives one. ``late_methods``: what is not sent again by
    the second while it may be late. A POST could make two things; a DELETE matters where the same thing is made anew after it, since a
    late one would take that away. ``retries_conflicts``: whether to plan again when somebody else was faster: after 409, or 404 for a thing
    that was just read. ``passes``: whether another refusal may be over after a while as well. ``pause``: before the next try after a
    conflict, with the number of conflicts before it; it raises the error when it was tried for long enough. ``is_expected``: whether a plan
    may be carried out at all; another one raises NotExpectedError. ``validates``: whether ``apply`` lets the server validate in check mode;
    else a prediction is the plan.
    """

    repeat: str | Callable[[Any], str] = ALWAYS
    late_methods: Sequence[str] = ("POST",)
    retries_conflicts: bool = True
    passes: Callable[[ApiError], bool] = lambda refusal: False
    pause: Callable[[CollectionError, int], None] | None = None
    is_expected: Callable[[Any], bool] = lambda planned: True
    validates: bool = True

    def repeat_of(self, planned: Planned) -> str:
        return self.repeat if isinstance(self.repeat, str) else self.repeat(planned)


@dataclass(frozen=True)
class Reconciled(Generic[AnyPlan, Value]):
    """``plan``: what happened, the first plan that something was written for. ``value``: what apply returned; None where nothing (more)
    was to be done. ``last``: the last plan, which knows what is there now.
    """

    plan: AnyPlan
    value: Value | None
    last: AnyPlan


def reconcile(
    task: Writing,
    gather: Callable[[], State],
    plan: Callable[[State], AnyPlan],
    apply: Callable[[AnyPlan], Value],
    policy: Policy | None = None,
) -> Reconciled[AnyPlan, Value]:
    """Plans and applies until the wanted state is there.

    ``apply`` sends its writes through the journal. After a lost answer everything is read again. Is the wanted state there, the write had
    arrived; else it is sent again as far as the policy allows, at most as often as the client retries. A conflict is treated likewise;
    while an own write may have arrived, it may be its echo, whatever the policy says. The last look is never left out: it is not a retry.
    Neither is the one that follows an OvertakenError: if it leads to the same plan, nobody was faster, and nothing is sent again. A 404 for
    what was just read is sent once more even then: a part of the server may not know yet what another one shows.
    """
    return _Run(task, gather, plan, apply, policy or Policy()).reconciled()


class LateWrite:
    """The looks after a write that may still be carried out: at growing intervals, for LATE_WRITE_SECONDS in all."""

    def __init__(self) -> None:
        self._end = _clock.monotonic() + LATE_WRITE_SECONDS
        self._pause = _FIRST_LOOK

    def pause(self) -> bool:
        """Waits until the next look; False: it did not come in time."""
        left = self._end - _clock.monotonic()
        if left <= 0:
            return False
        _clock.sleep(min(self._pause, left))
        self._pause *= _GROWTH
        return True


def not_there(lost: RequestError) -> RequestError:
    """What to say of a write that was looked for in vain and must not be sent again."""
    when = f"{LATE_WRITE_SECONDS:g} seconds later" if lost.may_be_late else "afterwards"
    lost.msg += f". It was not there {when} and was not sent again, since it may still come: run the task again to see"
    return lost


def is_conflict(error: CollectionError) -> bool:
    """Whether somebody else has changed the thing since it was read."""
    if isinstance(error, ApiError):
        return error.status == 409 or _is_gone(error)
    return isinstance(error, NotExpectedError)


def _is_gone(error: ApiError) -> bool:
    """Whether what was to be written is not there any more."""
    return error.status == 404 and error.method in ("PUT", "DELETE")


def after_second_look(first: RequestError, second: CollectionError) -> RequestError:
    """Whatever the second look says: that something may have been changed must not get lost as well."""
    first.msg += f", and a second look failed: {second.msg}"
    return first


@dataclass
class _Run(Generic[State, AnyPlan, Value]):
    """``_begun``: the first plan that something was written for, or may have been. ``_lost``: the last lost answer, with the plan that it
    was for (``_unsure``), the looks for it (``_late``) and its entries (``_open``); ``_earlier``: entries of lost answers before it.
    ``_doubted``: a refusal that is final only if another look leads to the same plan, and that plan.
    ``_refused``: the plan of the last refusal.
    """

    _task: Writing
    _gather: Callable[[], State]
    _plan: Callable[[State], AnyPlan]
    _apply: Callable[[AnyPlan], Value]
    _policy: Policy
    _begun: AnyPlan | None = None
    _lost: LostAnswerError | None = None
    _unsure: AnyPlan | None = None
    _late: LateWrite = field(default_factory=LateWrite)
    _open: Sequence[Entry] = ()
    _earlier: list[Entry] = field(default_factory=list)
    _doubted: tuple[OvertakenError, AnyPlan] | None = None
    _refused: AnyPlan | None = None
    _failures: list[RequestError] = field(default_factory=list)
    _conflicts: int = 0

    def reconciled(self) -> Reconciled[AnyPlan, Value]:
        while True:
            planned = self._look()
            if planned.action == "none" or self._is_prediction:
                self._settle(DONE)
                return Reconciled(self._begun or planned, None, planned)
            self._believe(planned)
            self._check_expected(planned)
            if self._must_wait_for(planned):
                continue
            if len(self._failures) > self._task.client.retries:
                raise self._failures[-1]
            value = self._try(planned)
            if value is not None:
                # The same again has taken the place of what was lost; anything else followed on it.
                if self._is_repetition(planned):
                    self._settle(NOT_DONE)
                else:
                    self._settle(DONE)
                return Reconciled(self._begun or planned, value[0], planned)

    @property
    def _is_prediction(self) -> bool:
        return self._task.journal.check_mode and not self._policy.validates

    def _look(self) -> AnyPlan:
        try:
            return self._plan(self._gather())
        except CollectionError as error:
            if self._lost is None:
                raise
            raise self._unclear(self._lost, error) from error

    def _unclear(self, lost: LostAnswerError, error: CollectionError) -> RequestError:
        """What the look for a lost answer ends with that does not tell what became of it."""
        settle(lost.entries, UNKNOWN)
        return after_second_look(lost, error)

    def _believe(self, planned: AnyPlan) -> None:
        """Raises the last refusal if nobody was faster."""
        doubted, self._doubted = self._doubted, None
        if doubted is not None and doubted[1] == planned:
            raise doubted[0].refusal from doubted[0]

    def _check_expected(self, planned: AnyPlan) -> None:
        if self._policy.is_expected(planned):
            return
        changed = NotExpectedError("somebody else has changed it since it was planned")
        if self._lost is None:
            raise changed
        raise self._unclear(self._lost, changed)

    def _must_wait_for(self, planned: AnyPlan) -> bool:
        """Whether to look again for a write whose answer was lost, instead of sending it again."""
        lost = self._lost
        if lost is None or not self._is_repetition(planned):
            return False
        if not self._could_be_second(planned, lost):
            return False
        if not lost.may_be_late or not self._late.pause():
            raise not_there(lost)
        return True

    def _could_be_second(self, planned: AnyPlan, lost: LostAnswerError) -> bool:
        """Whether the server could then carry it out twice, and the second time do harm."""
        repeat = self._policy.repeat_of(planned)
        if repeat == UNLESS_LATE:
            return lost.method in self._policy.late_methods and lost.may_be_late
        return repeat == NEVER

    def _is_repetition(self, planned: AnyPlan) -> bool:
        """Whether it would do once more what may have been done already."""
        return self._unsure is not None and planned.action == self._unsure.action

    def _try(self, planned: AnyPlan) -> tuple[Value] | None:
        """What apply returned, as a tuple; None: look again."""
        before = self._task.journal.size()
        self._give_up(planned)
        try:
            return (self._apply(planned),)
        except LostAnswerError as error:
            self._lose(error, planned)
        except OvertakenError as error:
            self._overtaken(error, planned)
        except ApiError as error:
            self._refuse(error, planned)
        finally:
            self._remember(planned, before)
        return None

    def _remember(self, planned: AnyPlan, before: int) -> None:
        """``before``: how many writes there were before this plan was applied."""
        if self._begun is None and self._task.journal.may_have_written(before):
            self._begun = planned

    def _give_up(self, planned: AnyPlan) -> None:
        """What a reset cut off and a look did not find was not carried out."""
        if self._lost is None or self._lost.may_be_late:
            return
        if planned == self._unsure:
            settle(self._open, NOT_DONE)

    def _lose(self, error: LostAnswerError, planned: AnyPlan) -> None:
        self._earlier += self._open
        self._open = error.entries
        self._lost, self._unsure, self._late = error, planned, LateWrite()
        self._pause_after(error)

    def _overtaken(self, error: OvertakenError, planned: AnyPlan) -> None:
        self._conflicts += 1
        if self._conflicts > self._task.client.retries + 1:
            raise error.refusal from error
        self._doubted = error, planned

    def _refuse(self, error: ApiError, planned: AnyPlan) -> None:
        """A conflict leads to another look; any other refusal is final."""
        if not self._policy.retries_conflicts and self._lost is None:
            raise error
        if not self._is_conflict(error, planned):
            raise error
        self._refused = planned
        if self._policy.pause is None:
            self._pause_after(error)
        else:
            self._policy.pause(error, self._conflicts)
        self._conflicts += 1

    def _is_conflict(self, error: ApiError, planned: AnyPlan) -> bool:
        if _is_gone(error):
            return planned != self._refused
        return is_conflict(error) or self._policy.passes(error)

    def _pause_after(self, error: RequestError) -> None:
        self._task.client.wait_before_retry(len(self._failures))
        self._failures.append(error)

    def _settle(self, state: str) -> None:
        """The writes whose answer was lost. Of several the last one may have been carried out; one of them was enough."""
        settle(self._earlier, NOT_DONE)
        for entry in self._open:
            # A room may have confirmed a write meanwhile, by what it saw.
            if entry.state != DONE:
                entry.state = state
