# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.docs``: builds the documentation site in ``build/docs``. A warning is an error."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from . import docs_index
from .environment import compiled_once
from .setup import ROOT, VENV

NAME = "community.dynatrace"
CONFIGURATION = ROOT / "docs"
BUILT = ROOT / "build" / "docs"


def main() -> int:
    shutil.rmtree(BUILT, ignore_errors=True)
    pages = BUILT / "rst"
    pages.mkdir(parents=True)
    pages.chmod(0o755)  # antsibull-docs refuses a folder that others can write to
    variables = compiled_once()

    def run(*command: str | Path) -> int:
        program = [str(VENV / "bin" / command[0]), *map(str, command[1:])]
        return subprocess.run(program, cwd=ROOT, env=variables, check=False).returncode

    collection = ("--use-current", "--squash-hierarchy", "--fail-on-error", "--no-add-antsibull-docs-version")
    print(
        "reading the documentation of all plugins and roles, then making pages of it, which takes a minute ...",
        flush=True,
    )
    strict = ("--fail-on-warning", "--keep-going", "--quiet", "--jobs", "2")
    # References only: what the pages look like is for Sphinx to judge.
    plugins = ("--plugin-docs", "--skip-rstcheck", "--validate-collection-refs", "all")
    lint = ("antsibull-docs", "lint-collection-docs", *plugins, ".")
    code = (
        # Once more, since it complains of its own temporary folder when the random name of that ends in an underscore.
        (run(*lint) and run(*lint))
        or run("antsibull-docs", "collection", *collection, "--dest-dir", pages, NAME)
        or docs_index.write(pages)
        or run("sphinx-build", *strict, "--conf-dir", CONFIGURATION, pages, BUILT / "html")
    )
    if code == 0:
        print(f"open {(BUILT / 'html' / 'index.html').relative_to(ROOT)}")
    return code


if __name__ == "__main__":
    sys.exit(main())
