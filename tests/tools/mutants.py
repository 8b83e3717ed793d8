# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m tests.tools.mutants [--files PATTERN ...] [--limit N]``: how many small changes of the code its tests notice.

A change turns a comparison, a condition, a number, a boolean or a returned value into another one. After each change, in a copy of the
checkout, the tests of the changed file run. What the tests do not notice is listed: a test is missing there, or the change
means nothing. The libraries for this want the package where it is imported from; a collection is imported by another path.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .setup import ROOT

_UTILS = Path("plugins/module_utils")
_TESTS = Path("tests/unit/plugins/module_utils")
# Below module_utils; what decides and what protects.
PATTERNS = (
    "*/*_plan.py",
    "_settings/identity.py",
    "_settings/secrets.py",
    "_settings/order.py",
    "_sandbox/pseudonyms.py",
    "_http/client.py",
    "_activegates/rollout.py",
    "_activegates/waves.py",
)
# Subjects of a file that have test files of their own.
_MORE_TESTS = {"_http/client.py": ("retry", "auth", "tokens", "url"), "_settings/objects_plan.py": ("objects_steps",)}
GOAL = 0.9
_SECONDS = 120
_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Their arguments say how a value is shown or compared, not what is done.
_DECLARATIONS = ("field", "dataclass", "TypeVar")


@dataclass(frozen=True)
class Mutant:
    """A file with one change. ``code``: all of it."""

    path: Path
    line: int
    change: str
    code: str


def mutants(path: Path, text: str) -> list[Mutant]:
    """All changes of a file, in the order of its lines."""
    tree = ast.parse(text)
    return sorted(_changed(path, tree), key=lambda mutant: mutant.line)


def _changed(path: Path, tree: ast.Module) -> Iterator[Mutant]:
    for number, node in enumerate(_nodes(tree)):
        for choice in range(_choices(node)):
            mutated = copy.deepcopy(tree)
            target = list(_nodes(mutated))[number]
            before = ast.unparse(target).strip()
            _change(target, choice)
            after = ast.unparse(target).strip()
            yield Mutant(path, getattr(node, "lineno", 0), f"{before}  ->  {after}", ast.unparse(mutated))


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """What may be changed: no declarations, annotations or decorators."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST) and not _is_declaration(node):
                yield node
                yield from _nodes(node)


def _is_declaration(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _DECLARATIONS


def _choices(node: ast.AST) -> int:
    """How many changes there are of a node itself."""
    if isinstance(node, ast.Compare):
        return len(node.ops)
    if isinstance(node, (ast.If, ast.While, ast.IfExp, ast.BoolOp)):
        return 1
    if isinstance(node, ast.comprehension):
        return len(node.ifs)
    if isinstance(node, ast.Constant):
        return int(isinstance(node.value, (bool, int, float)))
    if isinstance(node, ast.Return):
        return int(node.value is not None and not isinstance(node.value, (ast.Constant, ast.Compare, ast.BoolOp)))
    return 0


def _change(node: ast.AST, choice: int) -> None:
    if isinstance(node, ast.Compare):
        node.ops[choice] = _OPPOSITES[type(node.ops[choice])]()
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.comprehension):
        node.ifs[choice] = ast.UnaryOp(ast.Not(), node.ifs[choice])
    elif isinstance(node, ast.Constant):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]
    elif isinstance(node, ast.Return):
        node.value = ast.Constant(None)


def spread(mutants: Sequence[Mutant], limit: int) -> list[Mutant]:
    """At most ``limit`` of them, evenly over the file; 0: all."""
    if not limit or len(mutants) <= limit:
        return list(mutants)
    return [mutants[number * len(mutants) // limit] for number in range(limit)]


def test_files(path: Path) -> list[Path]:
    """Of a file below module_utils: the one of its name, and those of the same subject."""
    below = path.relative_to(_UTILS)
    names = (below.stem.lstrip("_"), *_MORE_TESTS.get(below.as_posix(), ()))
    return [_TESTS / below.parent / f"test_{name}.py" for name in names]


class Copy:
    """A copy of the checkout at a path where a collection is imported from."""

    def __init__(self, folder: Path) -> None:
        self._above = folder
        self.root = folder / "ansible_collections" / "community" / "dynatrace"
        for name in ("plugins", "tests", "pyproject.toml", "meta", "galaxy.yml"):
            source, target = ROOT / name, self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "output"))
            else:
                shutil.copy(source, target)

    def passes(self, tests: Sequence[Path]) -> bool:
        """Whether the tests pass; what hangs does not."""
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"]
        variables = {**os.environ, "PYTHONPATH": str(self._above), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", *options, *map(str, tests)]
        try:
            ran = subprocess.run(
                command, cwd=self.root, env=variables, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        return ran.returncode == 0

    def is_noticed(self, mutant: Mutant) -> bool:
        file = self.root / mutant.path
        original = file.read_text(encoding="utf-8")
        file.write_text(mutant.code, encoding="utf-8")
        try:
            return not self.passes(test_files(mutant.path))
        finally:
            file.write_text(original, encoding="utf-8")


def chosen(patterns: Sequence[str]) -> list[Path]:
    """The files of module_utils that fit a pattern, by their paths from the checkout's root."""
    files = {file.relative_to(ROOT) for pattern in patterns for file in (ROOT / _UTILS).glob(pattern)}
    return sorted(files)


def report(path: Path, limit: int) -> tuple[int, int]:
    """Changes one file; how many changes were noticed, and how many there were. Prints what was not noticed."""
    below = path.relative_to(_UTILS)
    with tempfile.TemporaryDirectory() as folder:
        copied = Copy(Path(folder))
        missing = [name for name in test_files(path) if not (ROOT / name).is_file()]
        if missing:
            print(f"{below}: there is no {missing[0]}", flush=True)
            return 0, 0
        if not copied.passes(test_files(path)):
            print(f"{below}: its tests fail without any change", flush=True)
            return 0, 1
        tried = spread(mutants(path, (ROOT / path).read_text(encoding="utf-8")), limit)
        missed = [mutant for mutant in tried if not copied.is_noticed(mutant)]
    lines = [f"{below}: {len(tried) - len(missed)} of {len(tried)} noticed"]
    lines += [f"  {below}:{mutant.line}: {mutant.change}" for mutant in missed]
    print("\n".join(lines), flush=True)
    return len(tried) - len(missed), len(tried)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.mutants", description=__doc__)
    parser.add_argument("--files", nargs="+", default=PATTERNS, metavar="PATTERN", help="below plugins/module_utils")
    parser.add_argument("--limit", type=int, default=20, help="changes of a file, evenly spread; 0: all (default: 20)")
    parser.add_argument("--jobs", type=int, default=2, help="files at a time (default: 2)")
    given = parser.parse_args(arguments)
    files = chosen(given.files)
    if not files:
        parser.error(f"no file below {_UTILS} fits {', '.join(given.files)}")
    with ThreadPoolExecutor(given.jobs) as pool:
        results = list(pool.map(lambda path: report(path, given.limit), files))
    noticed, tried = sum(result[0] for result in results), sum(result[1] for result in results)
    print(f"{noticed} of {tried} changes were noticed ({noticed / max(1, tried):.0%}; wanted are {GOAL:.0%})")
    return 0 if tried and noticed / tried >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
