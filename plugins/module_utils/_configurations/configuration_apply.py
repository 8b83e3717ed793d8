# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Carries out what is planned for monitoring configurations: new ones in arrays, the others one by one (FACTS section 2.4).

The API has neither external ids nor unique keys for them, nor a token against changes in between. So whatever is not sure, an answer
that was lost or a rival who was as fast, is looked up before anything is sent again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._configurations import configuration_plan as planning
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.api import (
    VERSION,
    Configurations,
)
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.configuration_plan import (
    Entry,
    Planned,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    InputError,
    LostAnswerError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Stored

# FACTS section 0.5: a body normally has at most 1 MB; what is left is for the brackets and commas.
_BODY_LIMIT = 950_000
# How often one looks whether a rival takes its own configuration back.
_LOOKS = 3


@dataclass(frozen=True)
class Outcome:
    """Of one entry. ``planned`` is what happened, if it is ``done``. ``error`` None and ``done`` False: it was not reached."""

    planned: Planned
    done: bool = False
    configuration_id: str | None = None
    error: CollectionError | None = None


class Run:
    """One run over all entries; every list and schema is read once, but where something has to be looked up again."""

    def __init__(self, client: Client, api: Configurations, entries: Sequence[Entry]) -> None:
        self._client = client
        self._api = api
        self._entries = entries
        self._known: dict[str, Schema | InputError] = {}
        self._active: list[str | None] = []
        self._stored: Sequence[Stored] = ()
        # What the value of each entry is to follow, None where that is not known (yet); and what became of each.
        self.schemas: list[Schema | None] = []
        self.outcomes: list[Outcome] = []

    # plan

    def gather(self) -> None:
        """Reads what is there, and the schemas; what is wrong with an entry comes out when it is planned."""
        self._stored = self._api.listed()
        for entry in self._entries:
            try:
                self.schemas.append(self._looked(entry, self._stored)[0])
            except (InputError, StateError):
                self.schemas.append(None)

    def plan(self) -> None:
        """Raises InputError, which names every entry that cannot be right."""
        problems: dict[str, str] = {}
        for entry in self._entries:
            try:
                planned = self._planned(entry, self._stored)
            except (InputError, StateError) as error:
                if not entry.label:
                    raise
                problems[entry.label] = error.msg
                planned = Planned("none")
            self.outcomes.append(Outcome(planned, planned.action == "none", planned.configuration_id))
        planning.raise_all(problems)
        planning.check_distinct(self._entries, [outcome.planned for outcome in self.outcomes])

    def _planned(self, entry: Entry, stored: Sequence[Stored]) -> Planned:
        schema, version, target = self._looked(entry, stored)
        if not entry.wanted.is_present:
            return planning.absent(schema, target)
        # Configurations are possible from the first activation on (FACTS section 2.4).
        if schema is None or (target is None and self._active_version() is None):
            raise StateError(f"extension {self._api.name} is not active: activate one of its versions first")
        return planning.plan(schema, entry, version, target)

    def _looked(self, entry: Entry, stored: Sequence[Stored]) -> tuple[Schema | None, str, Stored | None]:
        """The schema, its version, and the configuration that is meant; without a schema where none is known."""
        here = planning.candidates(entry, stored)
        is_present = entry.wanted.is_present
        schema = self._any_schema(entry.version if is_present else None, here)
        target = planning.find(schema or Schema({"schemaId": ""}), entry, here)
        if not is_present:
            return schema, "", target
        version = entry.version or (target.value.get(VERSION) if target else self._active_version())
        return (self._schema(str(version)), str(version), target) if version else (None, "", None)

    def _any_schema(self, version: str | None, here: Sequence[Stored]) -> Schema | None:
        """To compare what identifies, and to know what is secret, that of any version does; some may be gone."""
        for one in dict.fromkeys([version, *(stored.value.get(VERSION) for stored in here)] if here else []):
            if one:
                try:
                    return self._schema(str(one))
                except InputError:
                    continue
        return None

    def _schema(self, version: str) -> Schema:
        if version not in self._known:
            try:
                self._known[version] = self._api.schema(version)
            except InputError as error:
                self._known[version] = error
        found = self._known[version]
        if isinstance(found, InputError):
            raise found
        return found

    def _active_version(self) -> str | None:
        if not self._active:
            self._active.append(self._api.active_version())
        return self._active[0]

    # apply

    def carry_out(self) -> None:
        """What goes makes room for what comes. The first failure ends it, but for the other items of its array."""
        by_action: dict[str, list[int]] = {}
        for index, outcome in enumerate(self.outcomes):
            by_action.setdefault(outcome.planned.action, []).append(index)
        for index in [*by_action.get("delete", []), *by_action.get("update", [])]:
            if not self._has_failed:
                self._write(index)
        new = by_action.get("create", [])
        for batch in self._batches(new):
            if not self._has_failed:
                self._create(batch)
        self._make_way([index for index in new if self.outcomes[index].done])

    @property
    def _has_failed(self) -> bool:
        return any(outcome.error for outcome in self.outcomes)

    def _write(self, index: int) -> None:
        """One entry by itself, read again after whatever came in between."""
        entry = self._entries[index]
        looks = [self._stored]
        try:
            planned, written = reconcile(
                self._client,
                lambda: looks.pop() if looks else self._api.listed(),
                lambda stored: self._planned(entry, stored),
                self._apply,
            )
            self._report(index, planned, written or planned.configuration_id)
        except CollectionError as error:
            self._refused(index, error)

    def _apply(self, planned: Planned) -> str | None:
        if planned.action == "create":  # somebody deleted it meanwhile
            rows = self._post([planned])
            refusal = self._api.refusal(rows[0])
            if refusal is not None:
                raise refusal
            return _id_of(rows[0])
        configuration_id = planned.configuration_id or ""
        if planned.action == "update":
            self._api.update(configuration_id, planned.value)
        else:
            self._api.delete(configuration_id)
        return configuration_id

    def _batches(self, indexes: Sequence[int]) -> Iterator[list[int]]:
        batch: list[int] = []
        size = 0
        for index in indexes:
            length = len(json.dumps(_item(self.outcomes[index].planned)).encode())
            if batch and size + length > _BODY_LIMIT:
                yield batch
                batch, size = [], 0
            batch.append(index)
            size += length
        if batch:
            yield batch

    def _create(self, batch: Sequence[int]) -> None:
        """One array. If its answer is lost, what has arrived is looked up, and only the rest is sent again."""
        waiting = list(batch)
        attempt = 0
        while waiting:
            lost = self._send(waiting)
            if lost is None:
                return
            self._client.wait_before_retry(attempt)
            waiting = self._not_arrived(waiting, lost)
            attempt += 1
            if attempt > self._client.retries:
                for index in waiting:
                    self._refused(index, lost)
                return

    def _send(self, indexes: Sequence[int]) -> LostAnswerError | None:
        """Reports what the answer says of each; the error when there was no answer."""
        try:
            rows = self._post([self.outcomes[index].planned for index in indexes])
        except LostAnswerError as error:
            return error
        except CollectionError as error:
            for index in indexes:
                self._refused(index, error)
            return None
        for index, row in zip(indexes, rows):
            refusal = self._api.refusal(row)
            if refusal is not None:
                self._refused(index, refusal)
            else:
                self._report(index, self.outcomes[index].planned, _id_of(row))
        return None

    def _post(self, planned: Sequence[Planned]) -> list[Any]:
        """One row an item."""
        try:
            rows = self._api.create([_item(one) for one in planned])
        except ApiError as error:
            if not isinstance(error.body, list) or len(error.body) != len(planned):
                raise
            return error.body
        return [*rows, *[None] * (len(planned) - len(rows))]

    def _not_arrived(self, indexes: Sequence[int], lost: LostAnswerError) -> list[int]:
        """What of a lost array has to be sent again, by a look at what is there now."""
        again = []
        try:
            stored = self._api.listed()
            for index in indexes:
                planned = self._planned(self._entries[index], stored)
                if planned.action == "create":
                    again.append(index)
                elif planned.action == "none":
                    self._report(index, self.outcomes[index].planned, planned.configuration_id)
                else:  # somebody else's, who was faster
                    self._stored = stored
                    self._write(index)
        except CollectionError as second:
            text = f"{lost.msg}, and a second look failed: {second.msg}"
            for index in indexes:
                if not self.outcomes[index].done:
                    self._refused(index, LostAnswerError(text, lost.method, lost.url))
            return []
        return again

    # rivals

    def _make_way(self, created: Sequence[int]) -> None:
        """Two runs at the same time can both find nothing and both create. Afterwards one of them takes its own back."""
        if not created:
            return
        try:
            stored = self._api.listed()
            for index in created:
                if self._rivals(index, stored):
                    self._give_in(index, stored)
        except CollectionError as error:
            for index in created:
                self._refused(index, error)

    def _rivals(self, index: int, stored: Sequence[Stored]) -> list[Stored]:
        entry, outcome = self._entries[index], self.outcomes[index]
        schema = self.schemas[index]
        if schema is None or outcome.configuration_id is None:
            return []
        found = planning.alike(schema, entry, planning.candidates(entry, stored))
        return [one for one in found if one.object_id != outcome.configuration_id]

    def _give_in(self, index: int, stored: Sequence[Stored]) -> None:
        """The lowest id stays, as far as both look; a rival who looks no more was there first."""
        own = self.outcomes[index].configuration_id or ""
        for attempt in range(_LOOKS):
            rivals = self._rivals(index, stored)
            if not rivals:
                return
            if own > min(one.object_id for one in rivals):
                break
            self._client.wait_before_retry(attempt)
            stored = self._api.listed()
        if self._rivals(index, stored):
            self._withdraw(own)
            self._write(index)

    def _withdraw(self, configuration_id: str) -> None:
        """Deletes what this run has just created."""

        def mine(stored: Sequence[Stored]) -> Planned:
            found = next((one for one in stored if one.object_id == configuration_id), None)
            return planning.absent(None, found)

        reconcile(self._client, self._api.listed, mine, self._apply)
        self._stored = [one for one in self._api.listed() if one.object_id != configuration_id]

    # report

    def _report(self, index: int, planned: Planned, configuration_id: str | None) -> None:
        self.outcomes[index] = Outcome(planned, True, configuration_id)

    def _refused(self, index: int, error: CollectionError) -> None:
        self.outcomes[index] = replace(self.outcomes[index], error=error)


def _item(planned: Planned) -> dict[str, Any]:
    return {"scope": planned.scope, "value": planned.value}


def _id_of(row: Any) -> str | None:
    return row.get("objectId") if isinstance(row, Mapping) else None
