# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds interpreters: real ones, since a version manager's stand-in for a version that is switched off breaks ansible-test."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

_STAND_INS = re.compile(r"/(shims|pyenv-virtualenv)(/|$)")
_NAME = re.compile(r"python3\.(\d+)")


def folders() -> list[Path]:
    """PATH without stand-ins, this program's own interpreter first, pyenv's versions last."""
    listed = [Path(sys.base_prefix) / "bin", *map(Path, os.environ.get("PATH", os.defpath).split(os.pathsep))]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    listed += sorted(pyenv.glob("*/bin"))
    return [folder for folder in dict.fromkeys(listed) if not _STAND_INS.search(folder.as_posix()) and folder.is_dir()]


def interpreters() -> dict[int, Path]:
    """Minor version of Python 3 to the first interpreter that has it."""
    paths: dict[int, Path] = {}
    for folder in folders():
        for file in sorted(folder.glob("python3.*")):
            name = _NAME.fullmatch(file.name)
            if name and os.access(file, os.X_OK):
                paths.setdefault(int(name[1]), file)
    return paths


def path(*first: Path) -> str:
    """A PATH for programs that look for interpreters by name."""
    real = (interpreter.parent for interpreter in interpreters().values())
    return os.pathsep.join(map(str, dict.fromkeys([*first, *folders(), *real])))


def newest(minors: Iterable[int]) -> Path | None:
    """The newest interpreter with one of these minor versions."""
    known = interpreters()
    return next((known[minor] for minor in sorted(minors, reverse=True) if minor in known), None)


def version(venv: Path) -> str:
    """``3.12`` for a virtual environment of Python 3.12."""
    (library,) = venv.glob("lib/python3.*")
    return library.name.removeprefix("python")
