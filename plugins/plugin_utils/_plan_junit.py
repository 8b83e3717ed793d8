# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""A plan document as JUnit's XML: a suite for each environment, a case for each object. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    name, group = f"{words.name_of(row)}{_scope(row)}", row["schema_id"] or ""
    message, text = _said(view, row, outcome)
    status = row["status"] if outcome in (FAILURE, ERROR) else ""
    return Case(name, group, row["file"] or "", outcome, message, text, status)


def _said(view: str, row: Mapping[str, Any], outcome: str) -> tuple[str, str]:
    """Why it is not well, and all that there is to say of it."""
    says = words.SAYS[view][row["status"]]
    if outcome == SKIPPED:
        return says, ""
    message = ": ".join(filter(None, [says, ", ".join(words.properties_of(row))]))
    if outcome == WELL:
        return "", "" if row["status"] == UNCHANGED else message
    errors = words.errors_of(row)
    return (errors or [message])[0], "\n".join(errors)


def _outcome(view: str, status: str) -> str:
    if status == WRONG:
        return ERROR
    if status == NOT_REACHED:
        return SKIPPED
    is_failure = status == REFUSED or (view == DRIFT and status != UNCHANGED)
    return FAILURE if is_failure else WELL


def _scope(row: Mapping[str, Any]) -> str:
    scope = row["scope"]
    return f" ({scope})" if scope and scope != "environment" else ""
