# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.sanity [--core 2.16]``: ``ansible-test sanity``, with no ignore file, on the unpacked artifact.

One ansible-core asks all tests: the newest that is there, or the one that was chosen with ``make test CORE=2.18``, as the workflow chooses
each. Most tests read files and say the same of them whatever the ansible-core: the oldest one asks those that import the plugins
or compare them with what it knows itself. That of ``.venv`` stands between the two, if it is neither.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from . import artifact, pythons
from .environment import environment
from .setup import CACHE, ROOT, VENV, ensure_venv

OLDEST = 9  # Python 3.9, for modules
# Tests whose answer depends on the ansible-core or its Python, and the plugins that import all others.
_OF_EACH_CORE = ("ansible-doc", "compile", "validate-modules")
_FIRST_IMPORTED = tuple(f"plugins/{kind}/" for kind in ("action", "filter", "inventory", "lookup"))
# Minor versions of Python 3 that run this ansible-core.
CORES = {"2.16": range(10, 13), "2.21": range(12, 15)}
_GET_PIP_URL = re.compile(r"url = '(https://\S+get-pip-%s\.py)'")
_GET_PIP_VERSION = re.compile(r"\bpip='([\d.]+)'")
_PROBE_SECONDS = 5


def core_venv(core: str) -> Path:
    """A virtual environment with the newest patch of that ansible-core, and what modules need beside it."""
    python = pythons.newest(CORES[core])
    if python is None:
        raise SystemExit(f"no interpreter for ansible-core {core}")
    folder = ROOT / ".venvs" / f"core-{core}"
    ensure_venv(folder, [f"ansible-core=={core}.*", "requests"], str(python))
    return folder


def provide_get_pip(venv: Path) -> None:
    """ansible-test downloads get-pip. Only where its address cannot be reached, a stand-in takes the place in its cache."""
    (tests,) = venv.glob("lib/python3*/site-packages/ansible_test")
    address = _GET_PIP_URL.search((tests / "_util/target/setup/requirements.py").read_text(encoding="utf-8"))
    version = _GET_PIP_VERSION.search((tests / "_internal/python_requirements.py").read_text(encoding="utf-8"))
    if not address or not version:
        return
    cached = Path.home() / ".ansible/test/cache" / f"get_pip_{version[1].replace('.', '_')}.py"
    if cached.exists():
        return
    try:
        with urllib.request.urlopen(address[1] % version[1], timeout=_PROBE_SECONDS):
            return
    except OSError as error:
        print(f"get-pip cannot be downloaded ({error}): using the pip that Python brings")
    cached.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("get_pip.py"), cached)


def provide_tree(folder: Path) -> Path:
    """The artifact as it is unpacked elsewhere. ansible-test takes the files from git, or it would look into our repository."""
    tree = artifact.unpack(artifact.build(folder / "dist"), folder / "unpacked")
    artifact.git(tree, "init", "--quiet")
    artifact.git(tree, "add", "--all")
    return tree


def asks_all(core: str | None) -> bool:
    """Whether it is the one that does; None stands for the ansible-core of ``.venv``."""
    newest = list(CORES)[-1]
    is_venv = is_chosen() or is_core_of_venv(newest) or pythons.newest(CORES[newest]) is None
    return core == (None if is_venv else newest)


def is_chosen() -> bool:
    """Whether that of ``.venv`` was: make gives its variables to the programs that it starts."""
    return bool(os.environ.get("CORE"))


def runs(core: str | None, venv: Path) -> list[list[str]]:
    """The arguments of each run of ``ansible-test sanity``."""
    own = ["--python", pythons.version(venv)]
    if not asks_all(core):
        return [[*own, *_tests(_OF_EACH_CORE)], [*own, *_tests(["import"]), *_FIRST_IMPORTED]]
    if is_chosen():
        return [[]]  # on each Python that is there
    oldest = [["--python", f"3.{OLDEST}", *_tests(("compile", "import"))]] if OLDEST in pythons.interpreters() else []
    return [own, *oldest]


def _tests(names: Sequence[str]) -> list[str]:
    return [argument for name in names for argument in ("--test", name)]


def is_core_of_venv(core: str) -> bool:
    return any(VENV.glob(f"lib/python3*/site-packages/ansible_core-{core}.*"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.sanity", description=__doc__)
    parser.add_argument("--core", choices=sorted(CORES), help="ansible-core to test with; default: the one in .venv")
    parser.add_argument("arguments", nargs="*", metavar="ARGUMENT", help="for ansible-test, after --")
    given = parser.parse_args()
    venv = core_venv(given.core) if given.core else VENV
    provide_get_pip(venv)
    tree = provide_tree(CACHE / f"sanity-{given.core or 'default'}")
    if ignored := sorted(tree.glob("tests/sanity/ignore*.txt")):
        print("no ignore files, please:", *(file.name for file in ignored))
        return 1
    # Its own copy of the collection is the only one, and real interpreters are on PATH.
    variables = {**environment(), "PATH": pythons.path(venv / "bin")}
    del variables["ANSIBLE_COLLECTIONS_PATH"]
    # Not by its own first line: core 2.16 writes one that no path with spaces survives.
    program = [str(venv / "bin" / "python"), str(venv / "bin" / "ansible-test"), "sanity", "--color", "no"]
    codes = [
        subprocess.run([*program, *arguments], cwd=tree, env=variables, check=False).returncode
        for arguments in ([given.arguments] if given.arguments else runs(given.core, venv))
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
