# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.artifact``: builds the collection, installs it elsewhere and reads each module's documentation there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .setup import ROOT, VENV

NAME = "community.dynatrace"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        # No configuration and no collection but the one that is installed here.
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(home),
            "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        }

        def run(*command: str) -> str:
            program = [str(VENV / "bin" / command[0]), *command[1:]]
            return subprocess.run(
                program, cwd=home, env=environment, check=True, stdout=subprocess.PIPE, text=True
            ).stdout

        run("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(home / "built"), "--force")
        (built,) = (home / "built").glob("*.tar.gz")
        run("ansible-galaxy", "collection", "install", "--offline", str(built), "--collections-path", str(home))
        modules = sorted(one.stem for one in (ROOT / "plugins" / "modules").glob("[!_]*.py"))
        described = json.loads(run("ansible-doc", "--json", "--type", "module", *(f"{NAME}.{one}" for one in modules)))
        missing = [one for one in modules if not described.get(f"{NAME}.{one}", {}).get("return")]
        (ROOT / "dist").mkdir(exist_ok=True)
        shutil.copy(built, ROOT / "dist" / built.name)
        size = built.stat().st_size // 1024
    print(f"dist/{built.name}, {size} KiB, documents {len(described)} of {len(modules)} modules")
    if missing:
        print("no documentation, or none of what is returned:", *missing)
    return 1 if missing or not modules else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stdout}")
