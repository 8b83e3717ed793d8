# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_objects: brings an environment to a whole list of objects in one run.

Each schema is read once and each list once; unchanged objects cost no request of their own.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._settings import secrets
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import Settings
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.naming import called
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object import located, title
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import check_scope
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_apply import (
    Options,
    Outcome,
    Run,
    errors_of,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_plan import (
    BulkPlan,
    Entry,
    Fence,
    Planned,
    Read,
    plan_all,
    raise_problems,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import (
    ENVIRONMENT,
    Stored,
    from_options,
)
from ansible_collections.community.dynatrace.plugins.module_utils._task import (
    LOCAL,
    NONE,
    SERVER,
    Result,
    Task,
    sides,
)

# Options that may stand once at the top and hold for all items that do not say otherwise.
_DEFAULTS = (
    "schema_id",
    "scope",
    "match_on",
    "adopt",
    "value_mode",
    "schema_version",
    "update_secrets",
    "state",
)
# More scopes than this are not named in a query, whose length is limited; the whole schema is listed then.
_MOST_SCOPES = 20


def ensure_all(task: Task) -> Result:
    """The work of settings_objects."""
    entries = _entries(task.params)
    fence = _fence(task.params, entries)
    settings = Settings(task.client, task.params["admin_access"], task.check_mode)
    with ThreadPoolExecutor(task.params["parallel"]) as pool:
        entries = _located(settings, pool, entries)
        schemas = _schemas(settings, pool, entries, fence)
        _mask(task, entries, schemas)
        _check_scopes(entries, schemas)
        entries, read = _read(settings, pool, entries, schemas, fence)
    planned = plan_all(entries, read, task.params["keep_order"], fence)
    run = Run(settings, task.client, read, planned, _options(task))
    run.carry_out()
    return _result(task, planned, run)


def _options(task: Task) -> Options:
    return Options(
        parallel=task.params["parallel"],
        batch_size=task.params["batch_size"],
        continue_on_error=task.params["continue_on_error"],
        retry_conflict=task.params["on_conflict"] == "retry",
        check_mode=task.check_mode,
    )


def _entries(params: Mapping[str, Any]) -> list[Entry]:
    """The items with the options of the top filled in. Raises InputError for all that are wrong at once."""
    defaults = {name: params[name] for name in _DEFAULTS}
    found: list[Entry] = []
    problems: dict[str, str] = {}
    seen: set[str] = set()
    for item in params["objects"]:
        key = item["key"]
        own = {name: value for name, value in item.items() if value not in (None, "")}
        try:
            if key in seen:
                raise InputError("several items have this key")
            found.append(Entry(key, from_options({**defaults, **own})))
        except InputError as error:
            problems[key] = error.msg
        seen.add(key)
    raise_problems(problems)
    for name, least in (("parallel", 1), ("batch_size", 1)):
        if params[name] < least:
            raise InputError(f"{name} must be at least {least}")
    return found


def _fence(params: Mapping[str, Any], entries: Sequence[Entry]) -> Fence | None:
    given = params["prune"]
    if given is None:
        return None
    if params["state"] == "absent" or any(not entry.wanted.is_present for entry in entries):
        raise InputError("prune deletes what is not in the list, so the list cannot say what shall be absent")
    if not given["schema_ids"]:
        raise InputError("prune.schema_ids is empty: name the schemas in which it may delete")
    return Fence(
        tuple(given["schema_ids"]),
        tuple(given["scopes"] or ()),
        given["external_id_prefix"],
        given["limit"],
        given["allow_empty"],
    )


def _located(settings: Settings, pool: ThreadPoolExecutor, entries: Sequence[Entry]) -> list[Entry]:
    """With schema and scope of items that say no more than an object id; without those that are gone as they shall be."""
    unknown = [entry for entry in entries if entry.wanted.schema_id is None]
    stored = pool.map(settings.one, [entry.wanted.object_id or "" for entry in unknown])
    there = dict(zip((entry.key for entry in unknown), stored))
    found = []
    for entry in entries:
        one = there.get(entry.key)
        if one is not None:
            found.append(Entry(entry.key, located(entry.wanted, one)))
        elif entry.key not in there:
            found.append(entry)
        elif entry.wanted.is_present:
            raise StateError(
                f"{entry.key}: there is no object {entry.wanted.object_id}, and no schema_id to look or create with"
            )
    return found


def _schemas(
    settings: Settings, pool: ThreadPoolExecutor, entries: Sequence[Entry], fence: Fence | None
) -> dict[tuple[str, str | None], Schema]:
    wanted = {(entry.wanted.schema_id or "", entry.wanted.schema_version) for entry in entries}
    known = {schema_id for schema_id, _version in wanted}
    wanted.update((schema_id, None) for schema_id in (fence.schema_ids if fence else ()) if schema_id not in known)
    ordered = sorted(wanted, key=str)
    found = dict(zip(ordered, pool.map(lambda one: settings.schema(*one), ordered)))
    single = [schema_id for (schema_id, _version), schema in found.items() if schema.is_single]
    for schema_id in fence.schema_ids if fence else ():
        if schema_id in single:
            raise InputError(
                f"prune.schema_ids names {schema_id}, a single-object schema: nothing is ever pruned there"
            )
    return found


def _mask(task: Task, entries: Sequence[Entry], schemas: Mapping[tuple[str, str | None], Schema]) -> None:
    """From here on it is known what in the list is secret. Options that were not given are not repeated for each item."""
    by_key = {entry.key: schemas[(entry.wanted.schema_id or "", entry.wanted.schema_version)] for entry in entries}
    shown = []
    for item in task.params["objects"]:
        schema = by_key.get(item["key"])
        value = item.get("value") if schema is not None else None
        given = {name: one for name, one in item.items() if one is not None}
        shown.append(
            {**given, "value": secrets.masked(schema, value, hide_unknown=True) if schema is not None else None}
        )
        task.secrets.update(secrets.to_hide(schema, value) if schema is not None else ())
    task.shown["objects"] = shown


def _check_scopes(entries: Sequence[Entry], schemas: Mapping[tuple[str, str | None], Schema]) -> None:
    problems = {}
    for entry in entries:
        try:
            if entry.wanted.scope:
                check_scope(schemas[(entry.wanted.schema_id or "", entry.wanted.schema_version)], entry.wanted.scope)
        except InputError as error:
            problems[entry.key] = error.msg
    raise_problems(problems)


def _read(
    settings: Settings,
    pool: ThreadPoolExecutor,
    entries: Sequence[Entry],
    schemas: Mapping[tuple[str, str | None], Schema],
    fence: Fence | None,
) -> tuple[list[Entry], Read]:
    """Each schema's objects by one list, and what is inherited where a single-object schema has none.

    Where an object lies that only its id names turns out with the list.
    """
    places = _places(entries, fence)
    newest = {schema_id: schema for (schema_id, _version), schema in schemas.items()}
    stored: dict[tuple[str, str], list[Stored]] = {}
    for one in itertools.chain.from_iterable(pool.map(lambda place: settings.listed(*place), places)):
        stored.setdefault((one.schema_id, one.scope), []).append(one)
    scopes = {one.object_id: one.scope for some in stored.values() for one in some}
    entries = [
        entry
        if entry.wanted.scope
        else Entry(
            entry.key,
            dataclasses.replace(entry.wanted, scope=scopes.get(entry.wanted.object_id or "", ENVIRONMENT)),
        )
        for entry in entries
    ]
    empty = sorted(
        {
            (entry.wanted.schema_id or "", entry.wanted.scope or "")
            for entry in entries
            if entry.wanted.is_present and not entry.wanted.replace and newest[entry.wanted.schema_id or ""].is_single
        }
        - set(stored)
    )
    values = zip(empty, pool.map(lambda place: settings.inherited(*place), empty))
    inherited = {place: value for place, value in values if value is not None}
    return entries, Read(schemas, {place: Index(newest[place[0]], some) for place, some in stored.items()}, inherited)


def _places(entries: Sequence[Entry], fence: Fence | None) -> list[tuple[str, Sequence[str]]]:
    """Which scopes of which schemas to list; none means all of them."""
    scopes: dict[str, set[str]] = {}
    everywhere = {entry.wanted.schema_id or "" for entry in entries if entry.wanted.scope is None}
    for entry in entries:
        scopes.setdefault(entry.wanted.schema_id or "", set()).add(entry.wanted.scope or ENVIRONMENT)
    if fence is not None:
        for schema_id in fence.schema_ids:
            scopes.setdefault(schema_id, set()).update(fence.scopes)
        everywhere.update(() if fence.scopes else fence.schema_ids)
    return [
        (schema_id, () if schema_id in everywhere or len(names) > _MOST_SCOPES else sorted(names))
        for schema_id, names in sorted(scopes.items())
    ]


def _result(task: Task, planned: BulkPlan, run: Run) -> Result:
    """Raises StateError, which reports all that was done, if anything failed."""
    errors = errors_of(run, planned.items)
    by_key = {item.key: _shown(task, item, run.outcomes.get(item.key, Outcome())) for item in planned.items}
    objects = [by_key.get(item["key"]) or _gone(task, item) for item in task.params["objects"]]
    gone = [
        _shown_pruned(task, one, run.schema(one))
        for one in planned.pruned
        if run.pruned.get(one.object_id, Outcome()).done
    ]
    done = [item for item in planned.items if run.outcomes.get(item.key, Outcome()).done]
    counts = collections.Counter(item.change.action for item in done)
    changed = bool(gone) or any(action != "none" for action in counts)
    things = {"objects": objects, "pruned": gone, "summary": {**counts, "prune": len(gone), "error": len(errors)}}
    if errors:
        raise _failure(planned, errors, {**things, "changed": changed and not task.check_mode})
    diffs = [_diff(item) for item in done if item.change.action != "none"] + [
        _pruned_diff(one, run.schema(one)) for one in planned.pruned if run.pruned.get(one.object_id, Outcome()).done
    ]
    action = "update" if changed else "none"
    return Result(things, action, validated=_validated(run.outcomes.values(), gone), diffs=diffs)


def _shown(task: Task, item: Planned, outcome: Outcome) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "key": item.key,
        "action": item.change.action if outcome.done else "none",
        "changed": outcome.done and item.change.action != "none",
        "object_id": outcome.object_id,
        "schema_id": item.schema.schema_id,
        "scope": item.wanted.scope,
        "external_id": item.change.target.external_id if item.change.target else item.wanted.external_id,
        "reached": outcome.done or outcome.error is not None,
        "error": None if outcome.error is None else outcome.error.error(),
    }
    if task.check_mode:
        shown["validated"] = outcome.validated
        shown["unresolved"] = list(item.unresolved)
    if task.with_diff:
        shown["diff"] = _diff(item) if shown["changed"] else None
    return shown


def _gone(task: Task, item: Mapping[str, Any]) -> dict[str, Any]:
    """An item that names an object by its id alone, which is not there and shall not be."""
    shown: dict[str, Any] = {
        "key": item["key"],
        "action": "none",
        "changed": False,
        "object_id": None,
        "schema_id": None,
        "scope": None,
        "external_id": None,
        "reached": True,
        "error": None,
    }
    if task.check_mode:
        shown.update(validated=NONE, unresolved=[])
    if task.with_diff:
        shown["diff"] = None
    return shown


def _diff(item: Planned) -> dict[str, Any]:
    return sides(item.change.before, item.change.after, f"{item.key}: {title(item.schema, item.wanted, item.change)}")


def _shown_pruned(task: Task, one: Stored, schema: Schema) -> dict[str, Any]:
    shown = {
        "name": called(schema, one.value) or None,
        "object_id": one.object_id,
        "schema_id": one.schema_id,
        "scope": one.scope,
        "external_id": one.external_id,
    }
    return {**shown, "diff": _pruned_diff(one, schema)} if task.with_diff else shown


def _pruned_diff(one: Stored, schema: Schema) -> dict[str, Any]:
    before = {
        "object_id": one.object_id,
        "external_id": one.external_id,
        "value": secrets.masked(schema, one.value, hide_unknown=True),
    }
    return sides(before, {}, f"prune: {one.schema_id} on {one.scope}")


def _validated(outcomes: Iterable[Outcome], gone: Sequence[Any]) -> str:
    """The weakest of what the predictions rest on."""
    found = {outcome.validated for outcome in outcomes} | ({LOCAL} if gone else set())
    return LOCAL if LOCAL in found else SERVER if SERVER in found else NONE


def _failure(planned: BulkPlan, errors: Mapping[str, CollectionError], details: Mapping[str, Any]) -> CollectionError:
    first_key, first = next(iter(errors.items()))
    more = f" (and {len(errors) - 1} more, see objects)" if len(errors) > 1 else ""
    not_reached = sum(1 for one in details["objects"] if not one["reached"])
    rest = f"; {not_reached} were not reached" if not_reached else ""
    text = f"{len(errors)} of {len(planned.items)} objects failed: {first_key}: {first.msg}{more}{rest}"
    return BulkError(text, first, details)


class BulkError(CollectionError):
    """Some objects failed. ``error`` is that of the first; the details report all that was done."""

    def __init__(self, msg: str, first: CollectionError, details: Mapping[str, Any]) -> None:
        super().__init__(msg, details)
        self._first = first

    def error(self) -> dict[str, Any]:
        return self._first.error()
