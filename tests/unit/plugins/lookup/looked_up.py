# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookups as Ansible's own plugin loader finds them, apart from the tests: the loader changes how Python imports."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

from tests.tools.environment import compiled_once

# Each lookup is done by a process of its own, which has nothing to import.
_PROGRAM = """
import json, os, sys
from ansible.plugins.loader import init_plugin_loader, lookup_loader
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret

def look_up(name, terms, options):
    loader = DataLoader()
    loader.set_vault_secrets([("default", VaultSecret(b"password"))])
    try:
        return {"result": lookup_loader.get(name, loader=loader).run(terms, {}, **options)}
    except AnsibleError as error:
        return {"error": str(error)}

init_plugin_loader()
for line in sys.stdin:
    if os.fork() == 0:
        print(json.dumps(look_up(*json.loads(line))), flush=True)
        os._exit(0)
    os.wait()
    print("END", flush=True)
"""


@cache
def _started() -> subprocess.Popen[str]:
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=compiled_once(),
    )
    atexit.register(program.communicate)
    return program


def looked_up(name: str, terms: Sequence[str], options: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The ``result`` or the ``error``, and all that Ansible printed. The password of the vault is ``password``."""
    program = _started()
    assert program.stdin
    assert program.stdout
    program.stdin.write(json.dumps([f"community.dynatrace.{name}", terms, options]) + "\n")
    program.stdin.flush()
    lines: list[str] = []
    while not lines or lines[-1] != "END\n":
        lines.append(program.stdout.readline())
        assert lines[-1], "".join(lines)
    return json.loads(lines[-2]), "".join(lines[:-1])
