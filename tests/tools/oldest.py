# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.oldest``: the roles on the oldest ansible-core, which ``.venv`` seldom has.

It plays what Molecule plays, in one run of ansible-playbook and without Molecule: starting it for each playbook would take longer than the
playbooks. Before ansible-core 2.19 templates give other types, which no module and no filter notices alone, but a role does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

from . import sanity
from .environment import compiled_once
from .molecule import SCENARIOS, TOKEN, sandbox
from .setup import COLLECTIONS

CORE = "2.16"
# Settings are exported, applied, compared, planned, converted and copied; then an ActiveGate is updated.
_SETTINGS = SCENARIOS / "settings_roles"
PLAYBOOKS = (
    *(_SETTINGS / f"{name}.yml" for name in ("prepare", "converge", "verify")),
    SCENARIOS / "activegate_rollout" / "converge.yml",
)
_SECONDS = 300


def main() -> int:
    programs = sanity.core_venv(CORE) / "bin"
    command = [
        *(str(programs / program) for program in ("python", "ansible-playbook")),
        *("--inventory", "localhost,", "--connection", "local"),
        *("--extra-vars", "ansible_python_interpreter={{ ansible_playbook_python }}"),
        *map(str, PLAYBOOKS),
    ]
    with sandbox() as url, tempfile.TemporaryDirectory() as home:
        variables = {
            **compiled_once(),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_GATHERING": "explicit",
            "ANSIBLE_HOME": home,
            "DYNATRACE_ENV_URL": url,
            "DYNATRACE_API_TOKEN": TOKEN,
            "MOLECULE_EPHEMERAL_DIRECTORY": home,
            "MOLECULE_SCENARIO_DIRECTORY": str(_SETTINGS),
        }
        return subprocess.run(command, env=variables, cwd=_SETTINGS, check=False, timeout=_SECONDS).returncode


if __name__ == "__main__":
    sys.exit(main())
