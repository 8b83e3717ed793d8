# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m tests.tools.branches [PATH ...]``: how dense code is, as branches in 100 lines of functions.

A branch is an if, a for, a while, an except, each further operand of ``and`` and ``or``, a conditional expression, and a comprehension's
for and ifs. Functions inside of functions count for the outer one.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_IN_A_HUNDRED_LINES = 30
MOST_IN_A_FUNCTION = 10
_FOLDER = Path("plugins/module_utils")
_ONE_EACH = (ast.If, ast.For, ast.While, ast.ExceptHandler, ast.IfExp)


@dataclass(frozen=True)
class Function:
    """``lines``: without decorators and docstring."""

    place: str
    lines: int
    branches: int


def functions(path: Path) -> Iterator[Function]:
    """The outermost functions and methods of a file."""
    for owner, node in _outermost(ast.parse(path.read_text(encoding="utf-8")), ""):
        described = ast.get_docstring(node, clean=False)
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        lines -= len(described.splitlines()) if described else 0
        yield Function(f"{path}:{node.lineno} {owner}{node.name}", lines, sum(map(_branches, ast.walk(node))))


def density(measured: Sequence[Function]) -> float:
    """Branches in 100 lines."""
    return 100 * sum(function.branches for function in measured) / max(1, sum(function.lines for function in measured))


def _outermost(tree: ast.AST, owner: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield owner, node
        elif isinstance(node, ast.ClassDef):
            yield from _outermost(node, f"{owner}{node.name}.")
        else:
            yield from _outermost(node, owner)


def _branches(node: ast.AST) -> int:
    if isinstance(node, _ONE_EACH):
        return 1
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    return 1 + len(node.ifs) if isinstance(node, ast.comprehension) else 0


def main(arguments: Sequence[str]) -> int:
    paths = [Path(text) for text in arguments] or [_FOLDER]
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*.py")))]
    measured = [function for file in files for function in functions(file)]
    for function in sorted(measured, key=lambda function: function.branches, reverse=True):
        if function.branches > MOST_IN_A_FUNCTION:
            print(f"{function.branches:3} branches in {function.lines:3} lines: {function.place}")
    print(f"{density(measured):.1f} branches in 100 lines of functions (at most {MOST_IN_A_HUNDRED_LINES})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
