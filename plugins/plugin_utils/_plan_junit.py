# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""A plan document as JUnit's XML: a suite for each environment, a case for each object. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils import _plan_words as words
from ansible_collections.community.dynatrace.plugins.plugin_utils._junit import ERROR, FAILURE, SKIPPED, WELL, Case
from ansible_collections.community.dynatrace.plugins.plugin_utils._junit import junit as document_of
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_rows import (
    DRIFT,
    NOT_REACHED,
    REFUSED,
    UNCHANGED,
    WRONG,
)


def junit(document: Mapping[str, Any]) -> str:
    """What differs is a failure to drift; to a plan, what cannot be applied is. What could not be planned is an error."""
    suites = []
    for environment in document["environments"]:
        suites.append((environment["name"] or "settings", _cases(document["view"], environment)))
    return document_of(suites)


def _cases(view: str, environment: Mapping[str, Any]) -> Sequence[Case]:
    cases = [_case(view, row) for row in environment["objects"]]
    if environment["message"]:
        cases.append(Case("all objects", outcome=ERROR, message=environment["message"]))
    return cases


def _case(view: str, row: Mapping[str, Any]) -> Case:
    outcome = _outcome(view, row["status"])
    case = Case(_name(row), row["schema_id"] or "", row["file"] or "", outcome)
    if row["status"] == UNCHANGED:
        return case
    change = words.WORDS[view].statuses[row["status"]]
    if outcome == SKIPPED:
        return replace(case, message=change)
    properties = words.properties_of(row)
    if properties:
        change += f": {', '.join(properties)}"
    if outcome == WELL:
        return replace(case, text=change)
    errors = words.errors_of(row)
    return replace(case, message=[*errors, change][0], text="\n".join(errors), status=row["status"])


def _outcome(view: str, status: str) -> str:
    if status == WRONG:
        return ERROR
    if status == NOT_REACHED:
        return SKIPPED
    if status == REFUSED:
        return FAILURE
    if view == DRIFT and status != UNCHANGED:
        return FAILURE
    return WELL


def _name(row: Mapping[str, Any]) -> str:
    """With the scope, unless that is the environment."""
    name, scope = words.name_of(row), row["scope"]
    if scope in (None, "", "environment"):
        return name
    return f"{name} ({scope})"
