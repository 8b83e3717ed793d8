# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Carries out the plan for a list of objects: new ones in arrays, the others one by one, several at a time.

Objects of one ordered schema and scope are written one after the other, since each place depends on those before it.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    LostAnswerError,
    RequestError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import (
    Settings,
    creation,
    explained,
    may_be_overtaken,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import Change, Found, plan
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_plan import (
    BulkPlan,
    Planned,
    Read,
    settled,
    slot_name,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.order import insertions
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema, split_path
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Stored
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, NONE, SERVER

# FACTS section 0.5: a body normally has at most 1 MB; what is left is for the brackets and commas.
_BODY_LIMIT = 950_000


@dataclass(frozen=True)
class Options:
    parallel: int
    batch_size: int
    continue_on_error: bool
    retry_conflict: bool
    check_mode: bool


@dataclass(frozen=True)
class Outcome:
    """Of one item. ``error`` None and ``done`` False: it was not reached."""

    done: bool = False
    object_id: str | None = None
    validated: str = NONE
    error: CollectionError | None = None


class Run:
    """One run of a plan. Several threads work on it; what they share is guarded by one lock."""

    def __init__(self, settings: Settings, client: Client, read: Read, planned: BulkPlan, options: Options) -> None:
        self._settings = settings
        self._client = client
        self._read = read
        self._plan = planned
        self._options = options
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.outcomes: dict[str, Outcome] = {}
        self.pruned: dict[str, Outcome] = {}
        self._ids = {item.key: item.change.target.object_id for item in planned.items if item.change.target}

    def schema(self, one: Stored) -> Schema:
        """Of an object that is not listed."""
        return next(schema for schema in self._read.schemas.values() if schema.schema_id == one.schema_id)

    def carry_out(self) -> None:
        """All steps, then prune if nothing failed."""
        for item in self._plan.items:
            if item.change.action == "none":
                self._report(item, Outcome(True, self._ids.get(item.key)))
        changing = [item for item in self._plan.items if item.change.action != "none"]
        with ThreadPoolExecutor(self._options.parallel) as pool:
            for step in sorted({item.step for item in changing}):
                jobs = list(self._jobs([item for item in changing if item.step == step]))
                for done in [pool.submit(self._unless_stopped, job) for job in jobs]:
                    done.result()
            if not any(outcome.error for outcome in self.outcomes.values()):
                self._prune()

    def _unless_stopped(self, job: Callable[[], None]) -> None:
        if not self._stop.is_set():
            job()

    def _jobs(self, items: Sequence[Planned]) -> Iterator[Callable[[], None]]:
        """Each writes something that does not depend on the others of the same step."""
        ordered: dict[tuple[str, str], list[Planned]] = {}
        new: dict[str, list[Planned]] = {}
        for item in items:
            if self._waits_in_vain(item):
                continue
            if item.schema.is_ordered:
                ordered.setdefault(item.place, []).append(item)
            elif item.change.action == "create":
                new.setdefault(item.schema.schema_id, []).append(item)
            else:
                yield functools.partial(self._write, item)
        for place, some in ordered.items():
            yield functools.partial(self._in_order, place, some)
        for some in new.values():
            for batch in self._batches(some):
                yield functools.partial(self._create, batch)

    def _waits_in_vain(self, item: Planned) -> bool:
        failed = [key for key in item.needs if not self.outcomes.get(key, Outcome()).done]
        if failed and self._options.continue_on_error:
            names = ", ".join(sorted(failed))
            self._report(item, Outcome(error=StateError(f"needs {names}, which failed")))
        return bool(failed)

    # one ordered schema and scope

    def _in_order(self, place: tuple[str, str], items: Sequence[Planned]) -> None:
        arrangement = self._plan.arrangements.get(place)
        ranks = {name: index for index, name in enumerate(arrangement.target)} if arrangement else {}
        there = [item for item in items if item.change.action != "create"]
        for item in sorted(there, key=lambda one: ranks.get(slot_name(one), -1)):
            if not self._stop.is_set():
                self._write(item)
        new = {slot_name(item): item for item in items if item.change.action == "create"}
        if arrangement is not None:
            names = {slot_name(item): item.key for item in self._plan.items if item.place == place}
            ids = {name: self._ids.get(names[name], name) if name in names else name for name in arrangement.target}
            exists = {name for name in arrangement.target if name not in names or names[name] in self._ids}
            order = insertions([ids[name] for name in arrangement.target], {ids[name] for name in exists}, new)
            placed = [dataclasses.replace(new[name], change=_at(new[name].change, body)) for name, body in order]
        else:
            placed = list(new.values())
        for batch in self._batches(placed):
            if not self._stop.is_set():
                self._create(batch)

    # objects that exist

    def _write(self, item: Planned) -> None:
        """Updates, moves, resets or deletes one object."""
        item = self._with_ids(item)
        target = item.change.existing

        def replan(found: Stored | None) -> Change:
            if found is item.change.target:
                return item.change
            change = plan(item.schema, item.wanted_alone, Found(Index(item.schema, [found] if found else [])))
            return (
                dataclasses.replace(change, action="move") if item.change.place and change.action == "none" else change
            )

        try:
            _change, written = reconcile(
                self._client,
                _then(target, lambda: self._settings.one(target.object_id)),
                lambda found: _at(replan(found), item.change.place),
                self._apply_one(item),
                self._options.retry_conflict,
            )
            object_id, validated = written or (target.object_id, NONE)
            self._report(item, Outcome(True, object_id, validated))
        except CollectionError as error:
            self._refused(item, error)

    def _apply_one(self, item: Planned) -> Callable[[Change], tuple[str | None, str]]:
        """Writes a change of ``item``; gives the object's id and what that rests on in check mode."""

        def apply(change: Change) -> tuple[str | None, str]:
            if change.action == "delete":
                if self._options.check_mode:
                    return change.existing.object_id, LOCAL
                self._settings.delete(change.existing)
            if change.action == "create":  # somebody deleted it meanwhile
                rows = _rows(self._settings.create([creation(item.wanted, change)]), 1)
                if _code(rows[0]) >= 400:
                    raise self._settings.refusal(_code(rows[0]), rows[0])
                return rows[0].get("objectId"), SERVER
            if change.action != "delete":
                self._settings.update(item.wanted, change)
            return change.existing.object_id, SERVER

        return apply

    # new objects

    def _batches(self, items: Sequence[Planned]) -> Iterator[list[Planned]]:
        """At most ``batch_size`` items and 1 MB each."""
        batch: list[Planned] = []
        size = 0
        for item in items:
            length = len(json.dumps(creation(item.wanted, item.change)).encode())
            if batch and (len(batch) >= self._options.batch_size or size + length > _BODY_LIMIT):
                yield batch
                batch, size = [], 0
            batch.append(item)
            size += length
        if batch:
            yield batch

    def _create(self, batch: Sequence[Planned]) -> None:
        """One array; what its answer leaves open is looked up before anything of it is sent again."""
        waiting = [self._with_ids(item) for item in batch]
        for attempt in range(self._client.retries + 1):
            unsettled = self._send(waiting)
            waiting = self._looked_up(waiting, unsettled, attempt < self._client.retries) if unsettled else []
            if not waiting or self._stop.is_set():
                return
            self._client.wait_before_retry(attempt)

    def _send(self, items: Sequence[Planned]) -> dict[str, RequestError]:
        """Sends one array and settles what its answer settles; by key why the others are open."""
        try:
            rows = _rows(self._settings.create([creation(item.wanted, item.change) for item in items]), len(items))
        except LostAnswerError as error:
            return {item.key: error for item in items}
        except ApiError as error:
            if not isinstance(error.body, list) or len(error.body) != len(items):
                for item in items:
                    self._refused(item, error)
                return {}
            rows = error.body
        unsettled: dict[str, RequestError] = {}
        for item, row in zip(items, rows):
            code = _code(row)
            if code < 400:
                object_id = row.get("objectId") if isinstance(row, Mapping) else None
                self._report(item, Outcome(True, object_id, SERVER))
                continue
            refusal = self._settings.refusal(code, row)
            is_conflict = code == 409 and self._options.retry_conflict
            is_open = is_conflict or may_be_overtaken(item.schema, refusal)
            if is_open and not self._is_foretold(item, refusal):
                unsettled[item.key] = refusal
            else:
                self._refused(item, refusal)
        return unsettled

    def _looked_up(self, batch: Sequence[Planned], why: Mapping[str, RequestError], may_retry: bool) -> list[Planned]:
        """What is to be sent again, by a look at what is there now; ``why`` holds what left each of them open."""
        items = [item for item in batch if item.key in why]
        try:
            scopes = sorted({item.wanted.scope or "" for item in items})
            listed = self._settings.listed(items[0].schema.schema_id, scopes)
            again = []
            for item in items:
                index = Index(item.schema, [one for one in listed if one.scope == item.wanted.scope])
                change = plan(item.schema, item.wanted_alone, Found(index, self._read.inherited.get(item.place)))
                refusal = why[item.key]
                if change.target is not None and change.action == "none":
                    self._report(item, Outcome(True, change.target.object_id, SERVER))
                elif change.target is not None:
                    self._write(dataclasses.replace(item, change=change))
                elif may_retry and not (isinstance(refusal, ApiError) and refusal.status == 400):
                    again.append(item)
                else:
                    self._refused(item, refusal)
            return again
        except CollectionError as second:
            for item in items:
                if item.key not in self.outcomes:
                    first = why[item.key]
                    text = f"{first.msg}, and a second look failed: {second.msg}"
                    self._refused(item, LostAnswerError(text, first.method, first.url))
            return []

    # prune

    def _prune(self) -> None:
        for one in self._plan.pruned:
            if self._options.check_mode:
                self.pruned[one.object_id] = Outcome(True, one.object_id, LOCAL)
                continue
            try:
                reconcile(
                    self._client,
                    _then(one, functools.partial(self._settings.one, one.object_id)),
                    lambda found: Change("delete" if found else "none", found),
                    lambda change: self._settings.delete(change.existing),
                    self._options.retry_conflict,
                )
                self.pruned[one.object_id] = Outcome(True, one.object_id)
            except CollectionError as error:
                self.pruned[one.object_id] = Outcome(error=error)
                return

    # report

    def _with_ids(self, item: Planned) -> Planned:
        """With the ids of what was created since."""
        if not item.needs:
            return item
        with self._lock:
            ids = {key: self._ids[key] for key in item.needs if key in self._ids}
        wanted = dataclasses.replace(item.wanted, value=settled(item.wanted.value, ids))
        change = dataclasses.replace(item.change, value=settled(item.change.value, ids))
        return dataclasses.replace(item, wanted=wanted, change=change)

    def _is_foretold(self, item: Planned, error: ApiError) -> bool:
        """Whether check mode meets a refusal that the real run, one step further by then, would not."""
        return self._options.check_mode and _is_expected(item, explained(error, item.wanted))

    def _refused(self, item: Planned, error: CollectionError) -> None:
        if isinstance(error, ApiError):
            if self._is_foretold(item, error):
                self._report(item, Outcome(True, self._ids.get(item.key), LOCAL))
                return
            error = explained(error, item.wanted)
        self._report(item, Outcome(error=error))

    def _report(self, item: Planned, outcome: Outcome) -> None:
        with self._lock:
            self.outcomes[item.key] = outcome
            if outcome.object_id and item.change.action != "delete":
                self._ids[item.key] = outcome.object_id
        if outcome.error is not None and not self._options.continue_on_error:
            self._stop.set()


def _then(known: Stored, read: Callable[[], Stored | None]) -> Callable[[], Stored | None]:
    """Gives what was read already, and reads it anew from the second time on."""
    looks = [known]
    return lambda: looks.pop() if looks else read()


def _at(change: Change, place: Mapping[str, str]) -> Change:
    return dataclasses.replace(change, place=place)


def _rows(answer: Any, count: int) -> list[Any]:
    """One entry an item, whatever came."""
    rows = answer if isinstance(answer, list) else []
    return [*rows, *[{}] * (count - len(rows))]


def _code(row: Any) -> int:
    code = row.get("code", 200) if isinstance(row, Mapping) else 200
    return code if isinstance(code, int) else 200


def _is_expected(item: Planned, error: ApiError) -> bool:
    """Whether the server's validation fails only because an earlier step of the same plan has not happened."""
    if error.status != 400 or not error.violations or not (item.unresolved or item.awaited_keys):
        return False
    expected = {_names(path) for path in item.unresolved}
    keys = {_names(path) for path in item.awaited_keys}
    for violation in error.violations:
        names = _names(violation.path or "")
        if names not in expected and names not in keys and not (keys and not names):
            return False
    return True


def _names(path: str) -> tuple[str, ...]:
    """A path without the places in collections, which the server may count differently."""
    names = split_path(path.replace("[", "/").replace("]", ""))
    return tuple(name for name in names if not name.isdigit() and name != "value")


def errors_of(run: Run, items: Iterable[Planned]) -> dict[str, CollectionError]:
    """By key, in list order; what could not be pruned under its object id."""
    found = {item.key: run.outcomes[item.key].error for item in items if item.key in run.outcomes}
    found.update({object_id: outcome.error for object_id, outcome in run.pruned.items()})
    return {key: error for key, error in found.items() if error is not None}
