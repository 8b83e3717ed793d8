# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""What a run of settings_objects says on a terminal: a sentence with the counts, and a table of what failed. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._error_table import error_table, first_of, wrapped
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan import plan_document
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_rows import (
    NOT_REACHED,
    REFUSED,
    UNCHANGED,
    WRONG,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count, visible

# Of a run that was not in check mode.
RUN = "run"
# What was found before anything was sent begins with the path, and the server's violations have it without "value".
_LOCAL = re.compile(r"value\.(?P<path>[^\s:]+):? (?P<message>.+)", re.DOTALL)
_TITLES = ("FILE", "KEY", "PATH")
_DONE = {
    "create": "created",
    "update": "updated",
    "move": "moved",
    "reset": "reset",
    "delete": "deleted",
    "prune": "pruned",
}


def run_summary(result: Mapping[str, Any], view: str = RUN) -> dict[str, Any]:
    """``sentence``: the counts, or why there are none; ``lines``: it and the table; ``outcome`` and
    ``plan_digest``: as plans have them.

    ``result``: what the task registered, failed or not. ``view``: it was a run, or one in check mode, of which is spoken as a plan or as
    drift. Raises ValueError for any other view.
    """
    if view == RUN:
        (environment,) = plan_document({"": result})["environments"]
        sentence = _sentence(environment)
    else:
        (environment,) = plan_document({"": result}, view)["environments"]
        sentence = environment["sentence"]
    if result.get("other_plan"):
        sentence = "Nothing was written: the plan differs from the expected one. Review a new plan."
    lines = [*wrapped(sentence), *_unknown(result), *error_table(_TITLES, _errors(environment["objects"]))]
    return {
        "sentence": visible(sentence),
        "lines": lines,
        "outcome": environment["outcome"],
        "plan_digest": environment["plan_digest"],
    }


def _sentence(environment: Mapping[str, Any]) -> str:
    summary = environment["summary"]
    if summary[WRONG]:
        verb = "is" if summary[WRONG] == 1 else "are"
        return f"Nothing was written: {count(summary[WRONG], 'object')} {verb} wrong."
    objects = count(sum(summary.values()), "object")
    if summary[REFUSED]:
        return f"{summary[REFUSED]} of {objects} failed; {_counts(summary)}."
    return str(environment["message"]) or f"{objects}: {_counts(summary)}."


def _counts(summary: Mapping[str, int]) -> str:
    parts = []
    for action, done in _DONE.items():
        if summary[action]:
            parts.append(f"{summary[action]} {done}")
    if summary[UNCHANGED] or not parts:
        parts.append(f"{summary[UNCHANGED]} unchanged")
    if summary[NOT_REACHED]:
        parts.append(f"{summary[NOT_REACHED]} not reached")
    return ", ".join(parts)


def _unknown(result: Mapping[str, Any]) -> list[str]:
    """Writes whose answers were lost."""
    error = result.get("error")
    if not isinstance(error, Mapping) or not error.get("unknown"):
        return []
    texts = first_of(list(error["unknown"]))
    return ["It is not known whether these writes were carried out; another run finds out:", *texts]


def _errors(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Each message with file, key and path. Files are named from the folder that they have in common."""
    failed = [row for row in rows if row["error"]]
    files = [row["file"] for row in failed if row["file"]]
    names = dict(zip(files, _from_common_folder(files)))
    for row in failed:
        for path, message in _messages(row["error"]):
            yield message, (names.get(row["file"], ""), str(row["key"]), path)


def _from_common_folder(files: Sequence[str]) -> list[str]:
    if not files:
        return []
    folder = os.path.commonpath([os.path.dirname(os.path.abspath(file)) for file in files])
    return [os.path.relpath(file, folder) for file in files]


def _messages(error: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Path and message of each violation. What the server says above their list says nothing more."""
    rows = [(violation["path"], violation["message"]) for violation in error["violations"] if violation["message"]]
    if rows:
        return rows
    local = _LOCAL.match(error["message"])
    if local:
        return [(local["path"], local["message"])]
    return [("", error["message"])]
