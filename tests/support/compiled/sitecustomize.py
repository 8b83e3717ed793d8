# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks and tasks take less time: source files are compiled once, and Ansible is imported once.

Ansible sends a module with its module_utils as a zip of sources, and Python keeps no bytecode of what it imports from a zip:
compiling again took a third of the time of a task. Nor does Ansible keep any of the plugins that it imports from a collection, which
took a fifth of the time of a playbook. What is imported, and from where, stays as it is. Python runs this file
at its start where ``tests.tools.environment.compiled_once`` put its folder on the path. Nor does a program of Ansible look for
garbage then, not even at its end: it ends within seconds, and looking takes a tenth of its time.

A program of Ansible runs in a fork of a process that has imported Ansible (``warm``, beside this file): importing took more than half of
the time of a playbook. The process that Python has started for it passes on signals and ends with its exit code.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

TYPE_CHECKING = False  # as in typing, which takes long to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any, NoReturn

_HERE = os.path.dirname(__file__)
_WARM = ("ansible-config", "ansible-doc", "ansible-inventory", "ansible-playbook")


def _known(folder: str, name: str, compiling: Callable[[], CodeType]) -> CodeType:
    """By their content, so nothing is ever out of date."""
    import marshal

    path = os.path.join(folder, f"{name}.{sys.implementation.cache_tag}")
    try:
        with open(path, "rb") as file:
            known: CodeType = marshal.load(file)
        return known
    except FileNotFoundError:
        code = compiling()
        # By way of another file, since processes side by side must not read half of one.
        new = f"{path}.{os.getpid()}"
        with open(new, "wb") as file:
            marshal.dump(code, file)
        os.replace(new, path)
        return code


def _of_zips(folder: str) -> None:
    """File names in tracebacks are those of the first time."""
    import hashlib
    import zipimport

    original: Any = getattr(zipimport, "_compile_source", None)

    def compiled(pathname: str, source: bytes) -> CodeType:
        return _known(folder, hashlib.sha256(source).hexdigest(), lambda: original(pathname, source))

    if original:
        zipimport._compile_source = compiled  # type: ignore[attr-defined]


def _of_collections(folder: str) -> None:
    """In programs of Ansible, which import this part of it anyway."""
    import hashlib

    from ansible.utils.collection_loader import _collection_finder

    def compiled(source: str | bytes, filename: str, **more: Any) -> CodeType:
        text = source if isinstance(source, bytes) else source.encode()
        name = hashlib.sha256(b"\0".join([filename.encode(), text])).hexdigest()
        return _known(folder, name, lambda: compile(source, filename, **more))

    _collection_finder.compile = compiled  # in place of the builtin function, for that file alone


def _is_of_this_checkout() -> bool:
    """A terminal is for one program alone."""
    prefix = os.path.join(_HERE, "..", "..", "..", ".venv")
    if not os.path.exists(prefix) or not os.path.samefile(prefix, sys.prefix):
        return False
    return os.environ["PYTHONPATH"] == _HERE and not any(os.isatty(number) for number in range(3))


def _run_warm(address: str) -> NoReturn:
    import json
    import signal
    import socket

    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        request = {"argv": sys.orig_argv[1:], "env": dict(os.environ), "folder": os.getcwd()}
        socket.send_fds(connection, [b"\n"], [0, 1, 2])
        connection.sendall(json.dumps(request).encode() + b"\n")
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda given, _frame: connection.sendall(bytes([given])))
        code = int(connection.recv(10) or signal.SIGKILL)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


_programs = [os.path.basename(word) for word in sys.orig_argv[1:3]]
_address = os.environ.get("WARM")
if _address and _programs[:1] and _programs[0] in _WARM and _is_of_this_checkout():
    _run_warm(_address)
_is_of_ansible = any(name == "warm.py" or name.startswith("ansible-") for name in _programs)
_folder = os.environ.get("COMPILED_ONCE")
if _folder:
    _of_zips(_folder)
if _folder and _is_of_ansible:
    _of_collections(_folder)
if _is_of_ansible or any(name.startswith("AnsiballZ_") for name in _programs):
    gc.disable()
    atexit.register(gc.freeze)
