# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""One report of what a role did in several environments, each a host of the play. Pure."""

from __future__ import annotations

import collections
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._error_table import wrapped
from ansible_collections.community.dynatrace.plugins.plugin_utils._junit import FAILURE, SKIPPED, WELL, Case, junit
from ansible_collections.community.dynatrace.plugins.plugin_utils._markdown import plain, shortened
from ansible_collections.community.dynatrace.plugins.plugin_utils._pages import Head, Tile, Verdict, rendered
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count

# The worst first, as the report lists them.
FAILED, NOT_REACHED, CHANGED, UNCHANGED = "failed", "not_reached", "changed", "unchanged"
_CASES = {FAILED: FAILURE, NOT_REACHED: SKIPPED, CHANGED: WELL, UNCHANGED: WELL}
_OUTCOMES = tuple(_CASES)
_SAYS = {outcome: outcome.replace("_", " ") for outcome in _OUTCOMES}
# Of a run in check mode, which has changed nothing.
_PREDICTS = {**_SAYS, CHANGED: "would change"}
_VERSION = 1
_NOBODY_TOLD = "The role has not finished there."
_LONGEST_SENTENCE = 1000


@dataclass(frozen=True)
class EnvironmentRow:
    """``says``: the outcome in words; ``lines``: what was shown of it, for people."""

    name: str
    outcome: str
    says: str
    sentence: str
    lines: Sequence[str]

    @property
    def details(self) -> Sequence[str]:
        """The lines without the sentence, with which most begin."""
        sentence = wrapped(self.sentence)
        if self.lines[: len(sentence)] == sentence:
            return self.lines[len(sentence) :]
        return self.lines


def environments_report(
    told: Mapping[str, Mapping[str, Any] | None], title: str, made: str, prediction: bool = False
) -> dict[str, Any]:
    """``sentence``, ``lines`` for a terminal, ``environments``, and ``files`` with the same as JSON, Markdown, HTML and JUnit.

    ``told``: ``outcome`` and ``sentence`` of each environment, and the ``lines`` that were shown of it, if any; None of one that was not
    reached. ``prediction``: of a run in check mode.
    """
    words = _SAYS
    if prediction:
        words = _PREDICTS
    rows = [_row(name, said, words) for name, said in told.items()]
    rows.sort(key=lambda row: _OUTCOMES.index(row.outcome))
    sentence = _sentence(rows, words)
    environments = [{"name": row.name, "outcome": row.outcome, "sentence": row.sentence} for row in rows]
    document = {
        "version": _VERSION,
        "title": title,
        "made": made,
        "prediction": prediction,
        "sentence": sentence,
        "environments": environments,
    }
    contents = {
        "environments.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        "environments.md": _markdown(title, sentence, rows),
        "environments.html": _page(
            Head(title, [("Made", made)], Verdict(sentence, _worst(rows)), _tiles(rows, words)), rows
        ),
        "environments.xml": junit([(title, [_case(row) for row in rows])]),
    }
    lines = wrapped(sentence)
    for row in rows:
        lines += wrapped(f"{row.says}: {row.name}: {row.sentence}")
    files = [{"name": name, "content": content} for name, content in contents.items()]
    return {"sentence": sentence, "lines": lines, "environments": environments, "files": files}


def _row(name: str, said: Mapping[str, Any] | None, words: Mapping[str, str]) -> EnvironmentRow:
    if not said:
        return EnvironmentRow(name, NOT_REACHED, words[NOT_REACHED], _NOBODY_TOLD, ())
    outcome = said["outcome"]
    if outcome not in _OUTCOMES:
        outcome = FAILED
    return EnvironmentRow(name, outcome, words[outcome], str(said["sentence"]), list(map(str, said.get("lines") or ())))


def _counts(rows: Sequence[EnvironmentRow]) -> Mapping[str, int]:
    return collections.Counter(row.outcome for row in rows)


def _sentence(rows: Sequence[EnvironmentRow], words: Mapping[str, str]) -> str:
    counts = _counts(rows)
    parts = []
    for outcome, says in words.items():
        if counts[outcome]:
            parts.append(f"{counts[outcome]} {says}")
    return f"{count(len(rows), 'environment')}: {', '.join(parts) or 'none'}."


def _markdown(title: str, sentence: str, rows: Sequence[EnvironmentRow]) -> str:
    lines = [f"# {plain(title)}", "", sentence, "", "| environment | outcome | |", "| --- | --- | --- |"]
    for row in rows:
        lines.append(f"| {plain(row.name)} | {row.says} | {plain(shortened(row.sentence, _LONGEST_SENTENCE))} |")
    return "\n".join(lines) + "\n"


def _case(row: EnvironmentRow) -> Case:
    outcome, message = _CASES[row.outcome], row.sentence
    if outcome == WELL:
        message = ""
    return Case(row.name, outcome=outcome, message=message, text="\n".join(row.lines) or row.sentence)


def _tiles(rows: Sequence[EnvironmentRow], words: Mapping[str, str]) -> list[Tile]:
    counts = _counts(rows)
    return [Tile.leading(outcome, counts[outcome], says) for outcome, says in words.items()]


def _worst(rows: Sequence[EnvironmentRow]) -> str:
    if not rows:
        return UNCHANGED
    return rows[0].outcome


def _page(head: Head, rows: Sequence[EnvironmentRow]) -> str:
    return rendered("environments.html.j2", head, environments=rows)
