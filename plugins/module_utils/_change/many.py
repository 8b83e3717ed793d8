# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Many things in one run: in steps, several at a time, new ones in arrays; with an outcome for each.

A room says how one thing is written (its Adapter), and what waits for what. What to do about failures is known here.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from .._errors import ApiError, CollectionError, LostAnswerError, RequestError, StateError, StoppedError
from .._lists import grouped
from .journal import DONE, NOT_DONE, Entry, settle
from .reconcile import ALWAYS, LateWrite, Planned, Writing, after_second_look, is_conflict, not_there

# API facts, 0.5: a body normally has at most 1 MB; what is left is for the brackets and commas.
_BODY_LIMIT = 950_000

Thing = TypeVar("Thing")
Value = TypeVar("Value")
Value_co = TypeVar("Value_co", covariant=True)


@dataclass(frozen=True)
class Limits:
    """``parallel``: requests at a time; ``batch_size``: new things in one array; without ``continue_on_error`` the first failure ends it,
    but for what was sent already. ``stops_at_conflicts``: so does the first conflict, even with it.
    """

    parallel: int = 1
    batch_size: int = 100
    continue_on_error: bool = False
    stops_at_conflicts: bool = False

    def ends(self, error: CollectionError) -> bool:
        """Whether nothing more is sent after it."""
        if self.stops_at_conflicts and is_conflict(error):
            return True
        return not self.continue_on_error


@dataclass(frozen=True)
class Outcome(Generic[Value]):
    """Of one thing. ``error`` None and ``is_done`` False: it was not reached."""

    is_done: bool = False
    value: Value | None = None
    error: CollectionError | None = None

    @property
    def was_reached(self) -> bool:
        return self.is_done or self.error is not None


@dataclass(frozen=True)
class Work(Generic[Thing]):
    """One thing of the list. ``needs``: keys of what was written before, and without which it is in vain.

    ``lane``: what has the same is written one after the other, in list order; None: it does not matter. ``array``: new things with
    the same may be created by one request; None: it is written by itself.
    """

    key: str
    thing: Thing
    needs: frozenset[str] = frozenset()
    lane: Hashable = None
    array: Hashable = None


class Adapter(Protocol[Thing, Value_co]):
    """How a room writes its things. No method changes what another one sees, but by what the server then has."""

    def write(self, thing: Thing) -> Value_co:
        """One by itself, by ``reconcile``. Also what turned out not to be new after all."""

    def body(self, thing: Thing) -> Mapping[str, Any]:
        """Its element of the array."""

    def text(self, thing: Thing) -> str:
        """Of its creation, for the journal."""

    def create(self, things: Sequence[Thing]) -> Sequence[Value_co | ApiError]:
        """Sends one array; for each, in their order, its value or its refusal. Raises where the answer is about the array as a whole."""

    def may_be_overtaken(self, thing: Thing, refusal: ApiError) -> bool:
        """Whether a refusal may mean that somebody else has just created the same; never where the API takes the same twice."""
        return False

    def excused(self, thing: Thing, error: CollectionError) -> Value_co | None:
        """The value of a thing whose error is none: in check mode, what an earlier step of the same plan would have prevented."""
        return None

    def explained(self, thing: Thing, error: CollectionError) -> CollectionError:
        """The error in the room's words."""
        return error

    def look(self, things: Sequence[Thing]) -> Any:
        """What is there now."""

    def plan_again(self, thing: Thing, seen: Any) -> Planned:
        """Pure. Action ``create``: it is not there; ``none``: it is, as it should be."""

    def value_of(self, thing: Thing, planned: Planned) -> Value_co:
        """Of a thing that is there as it should be."""

    def replanned(self, thing: Thing, planned: Planned) -> Thing:
        """The thing to ``write`` by ``planned``, which is not a creation."""

    def repeat(self, thing: Thing) -> str:
        """ALWAYS, or UNLESS_LATE for what nothing tells apart. That may be there twice."""

    def after_rivals(self, made: Sequence[tuple[Thing, Any]]) -> Iterable[Value_co]:
        """The values of things that may be there twice, by a look that is later than their creation: two runs at once can both find
        nothing and both create. One of the two takes its own back.
        """
        return [value for _thing, value in made]


@dataclass
class Many(Generic[Thing, Value]):
    """One run over a list. Several threads work on it; ``outcomes``, by key, are guarded by a lock.

    ``_replaced``, by key: entries of writes that may still be carried out and were sent again all the same.
    """

    task: Writing
    adapter: Adapter[Thing, Value]
    limits: Limits
    outcomes: dict[str, Outcome[Value]] = field(default_factory=dict)
    _replaced: dict[str, list[Entry]] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    def carry_out(self, works: Sequence[Work[Thing]]) -> None:
        """One step of the run. The errors are in the outcomes; after one that ends the run, further steps do nothing."""
        due = list(itertools.filterfalse(self._waits_in_vain, works))
        with ThreadPoolExecutor(self.limits.parallel) as pool:
            # The list waits for all lanes.
            list(pool.map(self._one_after_the_other, self._lanes(due)))
        if not self._stop.is_set() and not self.task.journal.check_mode:
            for alike in grouped(filter(self._may_be_twice, due), lambda work: work.array).values():
                self._give_way(alike)

    def report(self, key: str, outcome: Outcome[Value]) -> None:
        with self._lock:
            self.outcomes[key] = outcome
        if outcome.is_done:
            settle(self._replaced.pop(key, ()), NOT_DONE)
        if outcome.error is not None and self.limits.ends(outcome.error):
            self._stop.set()

    @property
    def errors(self) -> dict[str, CollectionError]:
        """By key."""
        return errors_of(self.outcomes)

    def outcome(self, key: str) -> Outcome[Value]:
        return self.outcomes.get(key, Outcome())

    # lanes

    def _waits_in_vain(self, work: Work[Thing]) -> bool:
        missing = sorted(key for key in work.needs if not self.outcome(key).is_done)
        if not missing:
            return False
        if self.limits.continue_on_error:
            self.report(work.key, Outcome(error=StateError(f"needs {', '.join(missing)}, which failed")))
        return True

    def _lanes(self, works: Sequence[Work[Thing]]) -> Iterator[list[Callable[[], None]]]:
        """What does not depend on each other; in each list, what comes one after the other."""
        lanes = grouped(works, lambda work: work.lane)
        free = lanes.pop(None, [])
        for lane in lanes.values():
            yield list(self._jobs(lane))
        for job in self._jobs(free):
            yield [job]

    def _jobs(self, works: Sequence[Work[Thing]]) -> Iterator[Callable[[], None]]:
        """What there is already first, then the arrays of new things."""
        arrays = grouped(works, lambda work: work.array)
        for work in arrays.pop(None, []):
            yield functools.partial(self._write, work)
        for new in arrays.values():
            for batch in batches(new, self.limits.batch_size, lambda work: self.adapter.body(work.thing)):
                yield functools.partial(self._create, batch)

    def _one_after_the_other(self, jobs: Iterable[Callable[[], None]]) -> None:
        for job in jobs:
            if not self._stop.is_set():
                job()

    # two runs at once

    def _may_be_twice(self, work: Work[Thing]) -> bool:
        return self.outcome(work.key).is_done and self.adapter.repeat(work.thing) != ALWAYS

    def _give_way(self, works: Iterable[Work[Thing]]) -> None:
        """What was created stays so, whatever the look says or does."""
        left = list(works)
        made = [(work.thing, self.outcome(work.key).value) for work in left]
        try:
            for value in self.adapter.after_rivals(made):
                self.report(left.pop(0).key, Outcome(True, value))
        except CollectionError as error:
            for work in left:
                self.report(work.key, dataclasses.replace(self.outcome(work.key), error=error))

    # one thing, one array

    def _write(self, work: Work[Thing]) -> None:
        try:
            self.report(work.key, Outcome(True, self.adapter.write(work.thing)))
        except CollectionError as error:
            self._failed(work, error)

    def _failed(self, work: Work[Thing], error: CollectionError) -> None:
        value = self.adapter.excused(work.thing, error)
        if value is not None:
            outcome = Outcome(True, value)
        else:
            outcome = Outcome(error=self.adapter.explained(work.thing, error))
        self.report(work.key, outcome)

    def _create(self, batch: Sequence[Work[Thing]]) -> None:
        """One array; what its answer leaves open is looked up before anything of it is sent again."""
        waiting = list(batch)
        attempt = 0
        while waiting and not self._stop.is_set():
            opened = self._send(waiting)
            if not opened:
                return
            try:
                waiting = self._looked_up(opened, attempt)
            except CollectionError as second:
                self._second_look_failed(opened, second)
                return
            attempt += 1

    def _send(self, works: Sequence[Work[Thing]]) -> list[_Open[Thing]]:
        """Sends one array and settles what its answer settles; gives the rest."""
        adapter = self.adapter
        things = [work.thing for work in works]
        try:
            rows = self.task.journal.write_batch(
                list(map(adapter.text, things)),
                lambda: adapter.create(things),
                lambda answer: [not isinstance(row, ApiError) for row in answer],
            )
        except LostAnswerError as error:
            return list(map(_Open, works, apart(error)))
        except CollectionError as error:
            for work in works:
                self._failed(work, error)
            return []
        return self._settled(works, rows)

    def _settled(self, works: Sequence[Work[Thing]], rows: Sequence[Value | ApiError]) -> list[_Open[Thing]]:
        """Reports what an answer says of each thing; gives what it leaves open."""
        opened = []
        for work, row in zip(works, rows):
            if not isinstance(row, ApiError):
                self.report(work.key, Outcome(True, row))
            elif self.adapter.may_be_overtaken(work.thing, row):
                opened.append(_Open(work, row))
            else:
                self._failed(work, row)
        return opened

    def _looked_up(self, opened: Sequence[_Open[Thing]], attempt: int) -> list[Work[Thing]]:
        """What is to be sent again, by looks at what is there now."""
        self.task.client.wait_before_retry(attempt)
        late = LateWrite()
        again: list[Work[Thing]] = []
        waiting = list(opened)
        while waiting:
            seen = self.adapter.look([entry.work.thing for entry in waiting])
            missing = []
            for entry in waiting:
                if self._is_there(entry, seen):
                    continue
                if self._may_come(entry):
                    missing.append(entry)
                elif self._may_repeat(entry, attempt):
                    again.append(entry.work)
            waiting = missing
            if waiting and not self._has_paused(late):
                self._give_up(waiting)
                waiting = []
        return again

    def _may_come(self, opened: _Open[Thing]) -> bool:
        """Whether the server may still create it, so that sending it again could make two."""
        return opened.reason.may_be_late and self.adapter.repeat(opened.work.thing) != ALWAYS

    def _may_repeat(self, opened: _Open[Thing], attempt: int) -> bool:
        """Whether to send again what is not there; else it has failed."""
        reason = opened.reason
        was_last_try = attempt >= self.task.client.retries
        # A conflict that nothing can be seen of may be over by then.
        is_final = isinstance(reason, ApiError) and reason.status != 409
        if was_last_try or is_final:
            self._failed(opened.work, reason)
            return False
        if reason.may_be_late:
            self._replaced.setdefault(opened.work.key, []).extend(reason.entries)
        else:
            settle(reason.entries, NOT_DONE)
        return True

    def _has_paused(self, late: LateWrite) -> bool:
        """Whether it is time for another look; False: there is to be none."""
        return not self._stop.is_set() and late.pause()

    def _give_up(self, waiting: Sequence[_Open[Thing]]) -> None:
        """What did not come in time has failed, and so has what nobody waits for any more."""
        is_stopped = self._stop.is_set()
        for entry in waiting:
            self._failed(entry.work, entry.reason if is_stopped else not_there(entry.reason))

    def _is_there(self, opened: _Open[Thing], seen: Any) -> bool:
        """Whether the thing was created, by us or by somebody else; then it is reported, or brought to what it should be."""
        work = opened.work
        planned = self.adapter.plan_again(work.thing, seen)
        if planned.action == "create":
            return False
        settle(opened.reason.entries, DONE)
        if planned.action == "none":
            self.report(work.key, Outcome(True, self.adapter.value_of(work.thing, planned)))
        else:
            self._write(Work(work.key, self.adapter.replanned(work.thing, planned)))
        return True

    def _second_look_failed(self, opened: Sequence[_Open[Thing]], second: CollectionError) -> None:
        for entry in opened:
            if entry.work.key not in self.outcomes:
                self._failed(entry.work, after_second_look(entry.reason, second))


@dataclass(frozen=True)
class _Open(Generic[Thing]):
    """What an answer left open, and why: it was lost, or the refusal may mean that somebody else was faster."""

    work: Work[Thing]
    reason: RequestError


def apart(error: LostAnswerError) -> list[LostAnswerError]:
    """An error of its own for each write of an array whose answer was lost."""
    errors = []
    for entry in error.entries:
        lost = LostAnswerError(error.reason, error.method, error.url, error.may_be_late)
        lost.msg += f". Whether {entry.text} is unknown"
        lost.entries = [entry]
        errors.append(lost)
    return errors


class ManyFailedError(CollectionError):
    """Some things of a list failed. ``error`` is that of the first; what became of each is in the result."""

    def __init__(self, msg: str, first: CollectionError) -> None:
        super().__init__(msg, first.details)
        self._first = first

    def error(self) -> dict[str, Any]:
        return self._first.error()


def raise_failed(kind: str, outcomes: Mapping[str, Outcome[Any]]) -> None:
    """The one way to say that things of a list failed. ``outcomes``: in list order, by what messages call each; "": there is only one.

    ``kind``: their plural, which is also the result's key with what became of each. Raises nothing where nothing failed.
    """
    errors = errors_of(outcomes)
    if not errors:
        return
    label, first = next(iter(errors.items()))
    if not label:
        raise first
    text = f"{len(errors)} of {len(outcomes)} {kind} failed: {label}: {first.msg}"
    if len(errors) > 1:
        text += f" (and {len(errors) - 1} more, see {kind})"
    not_reached = list(itertools.filterfalse(attrgetter("was_reached"), outcomes.values()))
    if not_reached:
        text += f"; {len(not_reached)} were not reached"
    raise ManyFailedError(text, first)


def errors_of(outcomes: Mapping[str, Outcome[Any]]) -> dict[str, CollectionError]:
    """The errors, by key, in the order of the outcomes."""
    errors = {}
    for key, outcome in outcomes.items():
        if outcome.error is not None:
            errors[key] = outcome.error
    return errors


def batches(things: Iterable[Thing], most: int, body: Callable[[Thing], Mapping[str, Any]]) -> Iterator[list[Thing]]:
    """At most ``most`` things and 1 MB each. ``body``: the element of the array that stands for a thing."""
    batch: list[Thing] = []
    size = 0
    for thing in things:
        length = len(json.dumps(body(thing)).encode())
        is_full = len(batch) >= most or size + length > _BODY_LIMIT
        if batch and is_full:
            yield batch
            batch, size = [], 0
        batch.append(thing)
        size += length
    if batch:
        yield batch


def each(
    things: Sequence[Thing], send: Callable[[Thing], Value], parallel: int
) -> list[Value | CollectionError | None]:
    """What ``send`` gives for each thing, or its error, several at a time.

    An error that concerns them all (no connection, a token that is refused) ends it; None: not reached. For things whose errors the
    caller judges by what it sees later.
    """
    is_over = threading.Event()

    def guarded(thing: Thing) -> Value | CollectionError | None:
        if is_over.is_set():
            return None
        try:
            return send(thing)
        except CollectionError as error:
            if concerns_all(error):
                is_over.set()
            return error

    with ThreadPoolExecutor(parallel) as pool:
        return list(pool.map(guarded, things))


def concerns_all(error: CollectionError) -> bool:
    """Whether the next request would fail alike: the token is refused, or the task is to stop."""
    if isinstance(error, ApiError):
        return error.status in (401, 403)
    return isinstance(error, StoppedError)
