# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""One report of what a role did in several environments, each a host of the play. Pure."""

from __future__ import annotations

import collections
import json
from collections.abc import Mapping
from typing import Any

# The worst first, as the report lists them.
FAILED, NOT_REACHED, CHANGED, UNCHANGED = "failed", "not_reached", "changed", "unchanged"
_OUTCOMES = (FAILED, NOT_REACHED, CHANGED, UNCHANGED)
_VERSION = 1
_NOBODY_TOLD = "The role did not come so far there."


def environments_report(told: Mapping[str, Mapping[str, Any] | None], title: str, made: str) -> dict[str, Any]:
    """``sentence``, ``lines`` for a terminal, ``environments``, and ``files`` with the same as JSON and as Markdown.

    ``told``: ``outcome`` and ``sentence`` of each environment, None of one that was not reached.
    """
    rows = [_row(name, said) for name, said in told.items()]
    rows.sort(key=lambda row: _OUTCOMES.index(row["outcome"]))
    sentence = _sentence(rows)
    document = {"version": _VERSION, "title": title, "made": made, "sentence": sentence, "environments": rows}
    files = [
        {"name": "environments.json", "content": json.dumps(document, indent=2, ensure_ascii=False) + "\n"},
        {"name": "environments.md", "content": _markdown(document)},
    ]
    lines = [sentence, *(f"{row['outcome'].replace('_', ' ')}: {row['name']}: {row['sentence']}" for row in rows)]
    return {"sentence": sentence, "lines": lines, "environments": rows, "files": files}


def _row(name: str, said: Mapping[str, Any] | None) -> dict[str, str]:
    if not said:
        return {"name": name, "outcome": NOT_REACHED, "sentence": _NOBODY_TOLD}
    outcome = said["outcome"] if said["outcome"] in _OUTCOMES else FAILED
    return {"name": name, "outcome": outcome, "sentence": str(said["sentence"])}


def _sentence(rows: list[dict[str, str]]) -> str:
    counts = collections.Counter(row["outcome"] for row in rows)
    parts = [f"{counts[outcome]} {outcome.replace('_', ' ')}" for outcome in _OUTCOMES if counts[outcome]]
    return f"{len(rows)} environments: {', '.join(parts) or 'none'}."


def _markdown(document: Mapping[str, Any]) -> str:
    lines = [
        f"# {document['title']}",
        "",
        document["sentence"],
        "",
        "| environment | outcome | |",
        "| --- | --- | --- |",
    ]
    for row in document["environments"]:
        cells = [row["name"], row["outcome"].replace("_", " "), row["sentence"]]
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """In one line, with nothing that Markdown or HTML would read."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    for character in "\\`*_[]|":
        plain = plain.replace(character, f"\\{character}")
    return plain
