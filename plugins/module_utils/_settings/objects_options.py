# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The options of settings_objects, read once and checked as far as they alone allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._change.given_plans import GivenPlan, given_plans
from .._change.many import Limits
from .._errors import refuse_if
from .._marks import SHARED_OPTIONS
from .objects_items import SettingsEntry
from .objects_plan import Fence
from .problems import Problems
from .walk import non_null
from .wanted import from_options


@dataclass(frozen=True)
class ObjectsOptions:
    """``items``: as they were given, for what is shown of them; ``entries``: what they mean.

    ``expected``: the plan that alone may be carried out, for each environment; empty: any plan.
    ``is_tried_out``: whether the server validates beforehand what it can.
    """

    items: Sequence[Mapping[str, Any]]
    entries: Sequence[SettingsEntry]
    fence: Fence
    keep_order: bool
    limits: Limits
    retries_conflicts: bool
    admin_access: bool
    is_tried_out: bool = False
    expected: Sequence[GivenPlan] = ()


def options_of(params: Mapping[str, Any]) -> ObjectsOptions:
    """Raises InputError for all items that are wrong at once."""
    entries = _entries(params)
    expected = given_plans(params["expect_plan"])
    for name in ("parallel", "batch_size"):
        refuse_if(params[name] < 1, f"{name} must be at least 1")
    return ObjectsOptions(
        items=params["objects"],
        entries=entries,
        fence=_fence(params, entries),
        keep_order=params["keep_order"],
        limits=Limits(params["parallel"], params["batch_size"], params["continue_on_error"], bool(expected)),
        retries_conflicts=params["on_conflict"] == "retry" and not expected,
        admin_access=params["admin_access"],
        expected=expected,
        # Who goes on in any case learns nothing from it.
        is_tried_out=params["validate_first"] and not params["continue_on_error"],
    )


def item_names(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """How messages call the items of files, by key."""
    return {item["key"]: f"{item['file']}: {item['key']}" for item in items if item.get("file")}


def _entries(params: Mapping[str, Any]) -> list[SettingsEntry]:
    """The items with the options of the top filled in."""
    defaults = {name: params[name] for name in SHARED_OPTIONS}
    entries: list[SettingsEntry] = []
    problems = Problems()
    seen: set[str] = set()
    for item in params["objects"]:
        key = item["key"]
        own = {name: value for name, value in item.items() if value not in (None, "")}
        with problems.of(key):
            refuse_if(key in seen, "several items have this key")
            entries.append(SettingsEntry(key, from_options({**defaults, **own})))
        seen.add(key)
    problems.raise_all()
    return entries


def _fence(params: Mapping[str, Any], entries: Sequence[SettingsEntry]) -> Fence:
    given = params["prune"]
    if given is None:
        return Fence()
    refuse_if(
        not all(entry.wanted.is_present for entry in entries) or params["state"] == "absent",
        "prune deletes what is not in the list, so the list must not hold items with state=absent",
    )
    refuse_if(not given["schema_ids"], "prune.schema_ids is empty: name the schemas in which it may delete")
    return Fence(**non_null(given))
