# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The plan document: what runs of settings_objects in check mode and with a diff say, of one environment or of several.

Pure. HTML, Markdown and JUnit show this document, and the guide of plans describes it as JSON.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils import _plan_words as words
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_rows import (
    FAILED,
    NOT_REACHED,
    NOTHING_DIFFERS,
    PLAN,
    REFUSED,
    SOMETHING_DIFFERS,
    VIEWS,
    WRONG,
    changes_in,
    counted,
    is_result,
    rows_of,
    total,
)

FORMAT = "community.dynatrace.settings_plan"
VERSION = 1


def plan_document(
    results: Mapping[str, Mapping[str, Any]], view: str = PLAN, source: str = "", made: str = "", base: str = ""
) -> dict[str, Any]:
    """The document, of which every part is plain JSON.

    ``results``: what the task gave, by the name of the environment. ``source``: what the files are called; ``made``: when it was
    planned, for people. ``base``: the folder, with a slash at its end, in which names of files begin. Raises ValueError for a view that
    there is not.
    """
    if view not in VIEWS:
        raise ValueError(f"view is {view} and must be one of {', '.join(VIEWS)}")
    environments = [_environment(name, result, view, base) for name, result in results.items()]
    outcome = _worst(environment["outcome"] for environment in environments)
    summary = total(environment["summary"] for environment in environments)
    return {
        "format": FORMAT,
        "version": VERSION,
        "view": view,
        "source": source,
        "made": made,
        "outcome": outcome,
        "sentence": words.sentence(view, outcome, summary, _first_message(environments)),
        "summary": summary,
        # Of the only environment, so that the whole file says which plan is meant.
        "plan_digest": environments[0]["plan_digest"] if len(environments) == 1 else None,
        "environments": environments,
    }


def _first_message(environments: Sequence[Mapping[str, Any]]) -> str:
    """With the name of its environment, and how many have one."""
    if len(environments) == 1:
        return str(environments[0]["message"])
    failed = [environment for environment in environments if environment["message"]]
    if not failed:
        return ""
    count = f"{len(failed)} of {len(environments)} environments failed"
    return f"{count}: {failed[0]['name']}: {failed[0]['message']}"


def _relative(text: str, base: str) -> str:
    """With the names of files in it from ``base`` on."""
    return re.sub(rf"(?<!\S){re.escape(base)}", "", text)


def _environment(name: str, result: Mapping[str, Any], view: str, base: str) -> dict[str, Any]:
    rows = rows_of(result)
    for row in filter(operator.itemgetter("file"), rows):
        row["file"] = _relative(row["file"], base)
    summary = counted(rows)
    failure = _failure(result)
    is_complete = not (summary[WRONG] or summary[NOT_REACHED])
    # Something that no object tells of.
    if failure and not summary[REFUSED]:
        is_complete = False
    outcome = _outcome(summary, is_complete, view)
    message = words.message_of(summary, _relative(failure, base))
    return {
        "name": name,
        "outcome": outcome,
        "sentence": words.sentence(view, outcome, summary, message),
        "complete": is_complete,
        "message": message,
        "plan_digest": result.get("plan_digest"),
        "summary": summary,
        "objects": rows,
    }


def _failure(result: Mapping[str, Any]) -> str:
    """Why the task failed; empty if it did not."""
    if is_result(result) and result.get("error") is None and not result.get("failed"):
        return ""
    return str(result.get("msg") or words.SAYS_NOTHING)


def _outcome(summary: Mapping[str, int], is_complete: bool, view: str) -> str:
    """What the server refuses differs from the files, but a plan with it cannot be carried out."""
    if not is_complete:
        return FAILED
    if view == PLAN and summary[REFUSED]:
        return FAILED
    return SOMETHING_DIFFERS if changes_in(summary) else NOTHING_DIFFERS


def _worst(outcomes: Iterable[str]) -> str:
    order = (NOTHING_DIFFERS, SOMETHING_DIFFERS, FAILED)
    return max(outcomes, key=order.index, default=FAILED)
