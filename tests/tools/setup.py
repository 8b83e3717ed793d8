# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python3 -m tests.tools.setup``: makes ``.venv``, in which ``ansible-playbook`` finds the collection of this checkout.

Runs before anything is installed, so it needs the standard library only. A second call finds the stamp and does nothing.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
# On sys.path by a .pth file: Ansible, Python and mypy all find the checkout as ansible_collections.community.dynatrace.
COLLECTIONS = VENV / "collections"
REQUIREMENTS = ROOT / "tests" / "requirements.txt"
OLDEST = (3, 10)
_DEVEL = "https://github.com/ansible/ansible/archive/devel.tar.gz"


def ensure_venv(folder: Path, install: Sequence[str], wanted: str | None = None) -> bool:
    """A virtual environment with what ``pip install`` is to put there; False when it was there already.

    Without a ``wanted`` interpreter an existing one stays with the Python it was made with.
    """
    stamp = folder / "stamp.json"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        there = _read(stamp)
        python = _real(wanted or there.get("python") or sys.executable) or _real(sys.executable)
        content = {"python": python, "folder": str(folder), "install": _fingerprint(install)}
        if there == content and Path(str(python)).exists():
            return False
        if {**there, "install": ""} != {**content, "install": ""}:
            shutil.rmtree(folder, ignore_errors=True)
            without_pip = [] if folder == VENV else ["--without-pip"]
            subprocess.run([str(python), "-m", "venv", *without_pip, str(folder)], check=True)
        stamp.unlink(missing_ok=True)
        # Others are filled by the pip of .venv: making one for each costs as much as what is installed.
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        if folder == VENV:
            subprocess.run([*pip, "install", "--upgrade", "pip"], check=True)
        own_python = str(folder / "bin" / "python")
        subprocess.run([*pip, "--python", own_python, "install", "--no-compile", *install], check=True)
        # pip would do this on one core. Files that are not modules of this Python are left as they are.
        compileall = ["-W", "ignore", "-m", "compileall", "-qq", "-j", "0", str(folder / "lib")]
        subprocess.run([own_python, *compileall], check=False)
        stamp.write_text(json.dumps(content), encoding="utf-8")
    return True


def link_checkout() -> None:
    """The checkout as a collection, for every program of ``.venv`` and from any folder."""
    link = COLLECTIONS / "ansible_collections" / "community" / "dynatrace"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(Path(*[".."] * (len(link.relative_to(ROOT).parts) - 1)), target_is_directory=True)
    (packages,) = VENV.glob("lib/python3*/site-packages")
    (packages / "community_dynatrace.pth").write_text(f"{COLLECTIONS}\n", encoding="utf-8")


def _real(python: str) -> str | None:
    """The interpreter itself instead of a virtual environment's or a version manager's stand-in; None when unusable."""
    path = shutil.which(str(Path(python).expanduser()))
    code = "import sys; print(getattr(sys, '_base_executable', sys.executable) if sys.version_info >= (3, 10) else '')"
    if path is None:
        return None
    ran = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    return ran.stdout.strip() or None


def _read(stamp: Path) -> dict[str, str]:
    try:
        return dict(json.loads(stamp.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _fingerprint(install: Sequence[str]) -> str:
    files = [Path(file).read_text(encoding="utf-8") for file in install if Path(file).is_file()]
    return sha256("\0".join([*install, *files]).encode()).hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.tools.setup", description=__doc__)
    parser.add_argument("--python", help="interpreter to make .venv with; default: the one it has, else this one")
    parser.add_argument(
        "--core",
        help="version of ansible-core, such as 2.18, or devel; default: the newest that the interpreter allows",
    )
    given = parser.parse_args()
    wanted = given.python or None
    core = [_DEVEL if given.core == "devel" else f"ansible-core=={given.core}.*"] if given.core else []
    if sys.version_info < OLDEST or (wanted and _real(wanted) is None):
        print(f"Python {'.'.join(map(str, OLDEST))} or newer is needed; try: make setup PYTHON=/path/to/python3")
        return 1
    began = time.monotonic()
    if not (VENV / "stamp.json").exists():
        print("setting up .venv, which takes half a minute ...", flush=True)
    if ensure_venv(VENV, ["-r", str(REQUIREMENTS), *core], wanted):
        link_checkout()
        print(f"set up .venv in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
