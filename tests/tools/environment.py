# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What programs of ``.venv`` get to see of the world.

``python -m tests.tools.environment ansible-lint --strict`` runs one that starts Ansible again and again, by ``compiled_once``.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
from functools import cache

from . import pythons
from .setup import COLLECTIONS, ROOT, VENV

_COMPILED = ROOT / "tests" / "support" / "compiled"
_FOREIGN = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PYENV_VERSION", "ANSIBLE_CONFIG")


def environment() -> dict[str, str]:
    """The tools of .venv first on PATH, this checkout before any other copy of the collection, and nobody's Dynatrace."""
    foreign = {name for name in os.environ if name in _FOREIGN or name.startswith(("DYNATRACE_", "DT_"))}
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return {**kept, "PATH": pythons.path(VENV / "bin"), "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "NO_COLOR": "1"}


def compiled_once() -> dict[str, str]:
    """``environment``, in which playbooks and tasks take less time (tests/support/compiled); not for what measures.

    With an empty ``WARM`` in the surroundings, programs of Ansible start as users start them.
    """
    address = os.environ.get("WARM")
    return {**_compiled_once(), "WARM": _warm() if address is None else address}


def _compiled_once() -> dict[str, str]:
    kept = ROOT / ".cache" / "compiled"
    kept.mkdir(parents=True, exist_ok=True)
    own = {"PYTHONPATH": _COMPILED, "ANSIBLE_CONFIG": _COMPILED / "ansible.cfg", "COMPILED_ONCE": kept}
    return {**environment(), **{name: str(path) for name, path in own.items()}}


@cache
def _warm() -> str:
    """Where to ask for a program of Ansible; what gives them there ends with this process."""
    folder = tempfile.TemporaryDirectory()
    address = os.path.join(folder.name, "socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        started = subprocess.Popen(
            [VENV / "bin" / "python", _COMPILED / "warm.py", str(listener.fileno())],
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_compiled_once(),
        )
    atexit.register(folder.cleanup)
    atexit.register(started.communicate)
    return address


if __name__ == "__main__":
    # By the interpreter, since the first line of a program survives no path with a space.
    command = [str(VENV / "bin" / name) for name in ("python", sys.argv[1])]
    sys.exit(subprocess.run([*command, *sys.argv[2:]], env=compiled_once(), check=False).returncode)
