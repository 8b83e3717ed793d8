# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The snippets of README.md and the guides, in their order.

Their language says what happens to them: ``yaml`` that is a list is played, ``console`` is run, ``text`` is what the command
before it has to print. A comment right above a snippet says what its language cannot:

- ``snippet: file PATH``: the reader saves it under that name, relative to the folder to work in;
- ``snippet: made PATH``: it shows a file that the commands before it have made;
- ``snippet: fails``: the command has to fail;
- ``snippet: checked REASON``: the sandbox has not what it needs, so the options of its modules are compared with their specifications.

In Markdown that is ``<!-- snippet: ... -->``, in reStructuredText ``.. snippet: ...``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs" / "docsite" / "rst").glob("guide_*.rst"))]
_MARK = re.compile(r"^(?:<!--|\.\.) snippet: (?P<kind>file|made|fails|checked)(?: (?P<path>.+?))?(?: -->)?$")
_LIKE_MARK = re.compile(r"^\s*(?:<!--|\.\.)\s*snippet\b")
_DIRECTIVE = re.compile(r"^(?P<indent>\s*)\.\. (?:code-block|code|sourcecode)::\s*(?P<language>\S*)$")
_FENCE = re.compile(r"^(?P<indent>\s*)```(?P<language>\S*)$")


@dataclass(frozen=True)
class Snippet:
    """``kind``: empty, ``file``, ``made``, ``fails`` or ``checked``; ``line``: that of its first line in the document."""

    document: str
    line: int
    language: str
    text: str
    kind: str = ""
    path: str = ""

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def read(path: Path) -> list[Snippet]:
    """All snippets of a document; a ValueError for what only looks like one."""
    return list(_found(path.name, path.read_text(encoding="utf-8").splitlines()))


def _found(document: str, lines: list[str]) -> Iterator[Snippet]:
    kind = path = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        if mark := _MARK.match(line):
            kind, path = mark["kind"], mark["path"] or ""
        elif _LIKE_MARK.match(line) or (
            document.endswith(".rst") and re.search(r"(?<!:)::$", line) and not line.startswith("..")
        ):
            raise ValueError(f"{document}:{at + 1}: not a snippet of a known kind: {line}")
        elif start := (_FENCE if document.endswith(".md") else _DIRECTIVE).match(line):
            body = _fenced(lines, at) if document.endswith(".md") else _indented(lines, at, len(start["indent"]))
            text = dedent("\n".join(body)).strip("\n") + "\n"
            yield Snippet(document, at + 2, start["language"].lower(), text, kind, path)
            kind = path = ""
            at += len(body) + (1 if document.endswith(".md") else 0)
        elif line.strip() and kind:
            raise ValueError(f"{document}:{at + 1}: a snippet has to follow its comment")
        at += 1


def _fenced(lines: list[str], at: int) -> list[str]:
    end = next(index for index in range(at + 1, len(lines)) if lines[index].strip() == "```")
    return lines[at + 1 : end]


def _indented(lines: list[str], at: int, indent: int) -> list[str]:
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    return lines[at + 1 : end]
