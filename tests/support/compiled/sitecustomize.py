# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each source file of a collection is compiled once, not once for each task and playbook.

Ansible sends a module with its module_utils as a zip of sources, and Python keeps no bytecode of what it imports from a zip:
compiling again took a third of the time of a task. Nor does Ansible keep any of the plugins that it imports from a collection, which
took a fifth of the time of a playbook. What is imported, and from where, stays as it is. Python runs this file
at its start where ``tests.tools.environment.compiled_once`` put its folder on the path. Nor does a program of Ansible look for
garbage then: it ends within seconds, and looking takes a tenth of its time.
"""

from __future__ import annotations

import gc
import hashlib
import marshal
import os
import sys
import zipimport
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any


def _known(folder: Path, name: str, compiling: Callable[[], CodeType]) -> CodeType:
    """By their content, so nothing is ever out of date."""
    path = folder / f"{name}.{sys.implementation.cache_tag}"
    try:
        known: CodeType = marshal.loads(path.read_bytes())
        return known
    except FileNotFoundError:
        code = compiling()
        # By way of another file, since processes side by side must not read half of one.
        new = path.with_suffix(f".{os.getpid()}")
        new.write_bytes(marshal.dumps(code))
        new.replace(path)
        return code


def _of_zips(folder: Path) -> None:
    """File names in tracebacks are those of the first time."""
    original: Any = zipimport._compile_source  # type: ignore[attr-defined]

    def compiled(pathname: str, source: bytes) -> CodeType:
        return _known(folder, hashlib.sha256(source).hexdigest(), lambda: original(pathname, source))

    zipimport._compile_source = compiled  # type: ignore[attr-defined]


def _of_collections(folder: Path) -> None:
    """In programs of Ansible, which import this part of it anyway."""
    from ansible.utils.collection_loader import _collection_finder

    def compiled(source: str | bytes, filename: str, **more: Any) -> CodeType:
        text = source if isinstance(source, bytes) else source.encode()
        name = hashlib.sha256(b"\0".join([filename.encode(), text])).hexdigest()
        return _known(folder, name, lambda: compile(source, filename, **more))

    _collection_finder.compile = compiled  # in place of the builtin function, for that file alone


_folder = os.environ.get("COMPILED_ONCE")
_programs = [Path(word).name for word in sys.orig_argv[1:3]]
if _folder and hasattr(zipimport, "_compile_source"):
    _of_zips(Path(_folder))
if _folder and any(name.startswith("ansible-") for name in _programs):
    _of_collections(Path(_folder))
if any(name.startswith(("ansible-", "AnsiballZ_")) for name in _programs):
    gc.disable()
