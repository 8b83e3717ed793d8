# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each source file of a module that Ansible runs is compiled once, not once for each task.

Ansible sends a module with its module_utils as a zip of sources, and Python keeps no bytecode of what it imports from a zip:
compiling again took a third of the time of a task. What is imported, and from where, stays as it is. Python runs this file
at its start where ``tests.tools.environment.compiled_once`` put its folder on the path. Nor does such a program look for garbage:
it ends within seconds, and looking takes a tenth of its time.
"""

from __future__ import annotations

import gc
import hashlib
import marshal
import os
import sys
import zipimport
from pathlib import Path
from types import CodeType
from typing import Any


def _remember(folder: Path) -> None:
    """By their content, so nothing is ever out of date. File names in tracebacks are those of the first time."""
    compiling: Any = zipimport._compile_source  # type: ignore[attr-defined]

    def compiled(pathname: str, source: bytes) -> CodeType:
        path = folder / f"{hashlib.sha256(source).hexdigest()}.{sys.implementation.cache_tag}"
        try:
            known: CodeType = marshal.loads(path.read_bytes())
            return known
        except FileNotFoundError:
            code: CodeType = compiling(pathname, source)
            # By way of another file, since processes side by side must not read half of one.
            new = path.with_suffix(f".{os.getpid()}")
            new.write_bytes(marshal.dumps(code))
            new.replace(path)
            return code

    zipimport._compile_source = compiled  # type: ignore[attr-defined]


_folder = os.environ.get("COMPILED_ONCE")
if _folder and hasattr(zipimport, "_compile_source"):
    _remember(Path(_folder))
gc.disable()
