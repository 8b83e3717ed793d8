# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_objects: makes the objects of an environment match a list, in one run.

Each schema is read once and each list once; unchanged objects cost no request of their own.
"""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .._change.many import Outcome, raise_failed
from .._errors import refuse_if
from .._task import LOCAL, NONE, SERVER, Result, Task, sides
from . import secrets
from .api import Settings
from .naming import called
from .object import called_by_people, title
from .object_plan import ObjectChange
from .object_write import WrittenObject
from .objects_gather import ObjectsReader, Schemas, check_scopes, with_scopes
from .objects_items import ObjectsOptions, PlannedObject, ReadObjects, SettingsEntry, item_names, options_of
from .objects_plan import BulkPlan, plan_all
from .objects_run import ObjectsRun, try_out
from .problems import ItemsError, of_each
from .schema import Schema
from .secret_places import SecretPlaces, check_missing, concealed, concealed_sides, places_of, texts_at
from .walk import non_null

# What predictions rest on.
_WEAKEST_FIRST = (LOCAL, SERVER, NONE)


def ensure(task: Task) -> Result:
    """settings_objects: creates, updates, moves and deletes the objects of a list."""
    refuse_if(
        task.params["path"] is not None,
        "path is read on the controller, by the action plugin of this module: run it as a task of Ansible",
    )
    try:
        return _ensured(task)
    except ItemsError as error:
        error.name_items(item_names(task.params["objects"]))
        error.details["error_files"] = error.of_items(
            {item["key"]: item.get("file") for item in task.params["objects"]}
        )
        raise


def _ensured(task: Task) -> Result:
    options = options_of(task.params)
    # A whole result is a long text to repeat.
    task.shown["expect_plan"] = [given.digest for given in options.expected]
    settings = Settings(task.client, options.admin_access, task.check_mode)
    read, planned = settings.again_if_old(lambda: _planned(task, settings, options))
    run = ObjectsRun(task, settings, read, planned, options)
    run.check_expected()
    if options.is_tried_out and not task.check_mode:
        try_out(task, read, planned, options)
    report = _Report(task, options, run)
    task.partial = report.things
    run.carry_out()
    report.raise_errors()
    return report.result()


def _planned(task: Task, settings: Settings, options: ObjectsOptions) -> tuple[ReadObjects, BulkPlan]:
    with ThreadPoolExecutor(options.limits.parallel) as pool:
        reader = ObjectsReader(settings, pool, options.fence)
        entries = reader.located(options.entries)
        schemas = reader.schemas(entries)
        _mask(task, options.items, entries, schemas)
        _check_secrets(options.items, entries, schemas)
        check_scopes(entries, schemas)
        stored = reader.stored(entries)
        entries = with_scopes(entries, schemas, stored)
        read = reader.read(entries, schemas, stored)
    return read, plan_all(entries, read, options.keep_order, options.fence)


def _mask(task: Task, items: Sequence[Mapping[str, Any]], entries: Sequence[SettingsEntry], schemas: Schemas) -> None:
    """From here on it is known what in the list is secret.

    Options that were not given are not repeated for each item, nor is what a file says.
    """
    by_key = {entry.key: schemas[entry.wanted.document] for entry in entries}
    shown = []
    for item in items:
        value, schema = item.get("value"), by_key.get(item["key"])
        places = places_of(item)
        if schema is not None:
            task.secrets.update(secrets.texts(schema, value), texts_at(schema, value, places))
        if item.get("file"):
            shown.append({"key": item["key"], "file": item["file"]})
            continue
        shown.append({**non_null(item), "value": schema and _shown_value(schema, value, places)})
    task.shown["objects"] = shown


def _shown_value(schema: Schema, value: Any, places: SecretPlaces) -> Any:
    return concealed(schema, secrets.masked(schema, value, hide_unknown=True), places)


def _check_secrets(items: Sequence[Mapping[str, Any]], entries: Sequence[SettingsEntry], schemas: Schemas) -> None:
    """Raises ItemsError for secrets that are not given and cannot be left out."""
    places = {item["key"]: places_of(item) for item in items}
    present = [entry for entry in entries if entry.wanted.is_present]
    of_each(present, lambda entry: check_missing(schemas[entry.wanted.document], places[entry.key]))


class _Report:
    """The result of a run, complete or so far."""

    def __init__(self, task: Task, options: ObjectsOptions, run: ObjectsRun) -> None:
        self._task = task
        self._options = options
        self._run = run
        self._files = {item["key"]: item.get("file") for item in options.items}
        self._places = {item["key"]: places_of(item) for item in options.items}

    def result(self) -> Result:
        changed = list(filter(self._is_changed, self._run.items))
        pruned = self._pruned()
        diffs = [*map(self._diff, changed), *map(_pruned_diff, pruned)]
        action = "update" if changed or pruned else "none"
        things = {**self.things(), "plan_digest": self._run.digest()}
        return Result(things, action, validated=self._validated(), diffs=diffs)

    def raise_errors(self) -> None:
        names = item_names(self._options.items)
        outcomes = {names.get(item.key, item.key): self._run.outcome(item.key) for item in self._run.items}
        for key, error in self._run.errors.items():
            outcomes.setdefault(names.get(key, key), Outcome(error=error))
        raise_failed("objects", outcomes)

    def things(self) -> dict[str, Any]:
        """The keys of the result beside action and diff."""
        rows = {item.key: self._row(item) for item in self._run.items}
        objects = [rows.get(item["key"]) or self._empty_row(item["key"]) for item in self._options.items]
        pruned = self._pruned()
        done = filter(self._is_done, self._run.items)
        counts = collections.Counter(self._change(item).action for item in done)
        summary = {**counts, "prune": len(pruned), "error": len(self._run.errors)}
        return {"objects": objects, "pruned": list(map(self._pruned_row, pruned)), "summary": summary}

    def _is_changed(self, item: PlannedObject) -> bool:
        return self._change(item).action != "none" and self._is_done(item)

    def _is_done(self, item: PlannedObject) -> bool:
        return self._run.outcome(item.key).is_done

    def _written(self, item: PlannedObject) -> WrittenObject:
        return self._run.outcome(item.key).value or WrittenObject(item.change, None)

    def _change(self, item: PlannedObject) -> ObjectChange:
        """What became of the planned one: somebody else may have been faster."""
        return self._written(item).change

    def _diff(self, item: PlannedObject) -> dict[str, Any]:
        change, schema = self._change(item), item.schema
        before, after = concealed_sides(schema, change.before, change.after, self._places[item.key])
        return sides(before, after, f"{item.key}: {title(schema, item.wanted, change)}")

    def _pruned(self) -> list[PlannedObject]:
        return list(filter(self._run.is_pruned, self._run.pruned))

    def _row(self, item: PlannedObject) -> dict[str, Any]:
        outcome, written = self._run.outcome(item.key), self._written(item)
        row = self._empty_row(item.key)
        row.update(
            name=called_by_people(item.schema, item.wanted, written.change) or None,
            object_id=written.object_id,
            schema_id=item.schema.schema_id,
            scope=item.wanted.scope,
            external_id=item.change.external_id(item.wanted),
            reached=outcome.was_reached,
        )
        if self._is_changed(item):
            row.update(action=written.change.action, changed=True)
        if outcome.error is not None:
            row["error"] = outcome.error.error()
        if self._task.check_mode:
            row.update(validated=written.validated, unresolved=list(item.unresolved))
        if self._task.with_diff and (row["changed"] or row["error"]):
            row["diff"] = self._diff(item)
        return row

    def _empty_row(self, key: str) -> dict[str, Any]:
        """Of an item that names an object by its id alone, which is not there and shall not be."""
        row: dict[str, Any] = {"key": key, "name": None, "file": self._files[key], "action": "none", "changed": False}
        row.update(dict.fromkeys(("object_id", "schema_id", "scope", "external_id")), reached=True, error=None)
        if self._task.check_mode:
            row.update(validated=NONE, unresolved=[])
        if self._task.with_diff:
            row["diff"] = None
        return row

    def _pruned_row(self, item: PlannedObject) -> dict[str, Any]:
        stored_object = item.change.existing
        row = {
            "name": called(item.schema, stored_object.value) or None,
            "object_id": stored_object.object_id,
            "schema_id": stored_object.schema_id,
            "scope": stored_object.scope,
            "external_id": stored_object.external_id,
        }
        return {**row, "diff": _pruned_diff(item)} if self._task.with_diff else row

    def _validated(self) -> str:
        """The weakest of what the predictions rest on."""
        grounds = [self._written(item).validated for item in self._run.items]
        grounds += [LOCAL for _item in self._pruned()]
        return min(grounds, key=_WEAKEST_FIRST.index, default=NONE)


def _pruned_diff(item: PlannedObject) -> dict[str, Any]:
    stored_object = item.change.existing
    before = {
        "object_id": stored_object.object_id,
        "external_id": stored_object.external_id,
        "value": secrets.masked(item.schema, stored_object.value, hide_unknown=True),
    }
    return sides(before, {}, f"prune: {stored_object.schema_id} on {stored_object.scope}")
