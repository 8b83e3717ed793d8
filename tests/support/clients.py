# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other people's Dynatrace clients, installed when they are first needed, below .cache. What cannot be installed is skipped."""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

CACHE = Path(__file__).resolve().parents[2] / ".cache"
# dt-cli does not work with a newer typer.
_PYTHON = ("dt==1.2.2", "dt-cli==1.6.21", "typer==0.15.*", "click==8.1.*")
_NODE = {
    "private": True,
    "dependencies": {"@dynatrace-sdk/client-classic-environment-v2": "9.0.1"},
    "overrides": {"@dynatrace-sdk/http-client": "1.3.1"},
}
_INSTALL_SECONDS = 100


def python_clients() -> Path:
    """The folder of programs of an environment with the packages dt and dt-cli; its program dt is that of dt-cli."""
    home = CACHE / "witness-venv"
    wanted = "\n".join(_PYTHON)
    with _once(home, wanted) as missing:
        if missing:
            _run([sys.executable, "-m", "venv", "--without-pip", str(home)])
            pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install"]
            _run([*pip, "-q", "--disable-pip-version-check", "--no-compile", "--prefer-binary", *_PYTHON])
    return home / "bin"


def node_sdk() -> tuple[str, Path]:
    """The program node, and the folder with Dynatrace's SDK for it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("needs node and npm")
    home = CACHE / "witness-node"
    with _once(home, json.dumps(_NODE)) as missing:
        if missing:
            (home / "package.json").write_text(json.dumps(_NODE), encoding="utf-8")
            _run([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(home)])
    return node, home / "node_modules"


@contextlib.contextmanager
def _once(home: Path, wanted: str) -> Iterator[bool]:
    """Whether it has to be installed; several test processes wait for the one that does it."""
    home.mkdir(parents=True, exist_ok=True)
    stamp = home / "installed"
    with (CACHE / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted
        yield missing
        stamp.write_text(wanted, encoding="utf-8")


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"cannot install: {error}")
    if done.returncode:
        pytest.skip(f"cannot install: {' '.join(command[-3:])}: {(done.stderr or done.stdout)[-300:]}")
