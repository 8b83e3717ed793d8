# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.artifact [--lint]``: builds the collection into ``dist`` and looks at it as users and Galaxy will.

It is installed elsewhere, the documentation of each module is read there, its sandbox and a playbook run there,
ansible-builder makes an execution environment of it, and galaxy-importer must have nothing to say. ansible-lint looks at it
with ``--lint`` only: the lint step of the gate asks the same program, on all of these files and others.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from .environment import compiled_once, environment
from .setup import ROOT, VENV

NAME = "community.dynatrace"
PLACE = Path("ansible_collections", *NAME.split("."))
# Of these the plugins have 415, the sandbox that users test with 145, the guides 40, which are read where there is no network, the roles
# 35, and the list of all files that Ansible makes 25.
MOST_KIB = 670
_NO_INVENTORY = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
# What galaxy-importer, which ends with 0 all the same, does not like; and what it says of files that meta/ names in vain.
_COMPLAINT = re.compile(r"^(WARNING|ERROR|CRITICAL|Traceback)\b|not present")
# What an image with the collection must bring, whatever else is in it.
_IN_THE_IMAGE = ("requests", "cryptography", "openssl")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def run(folder: Path, program: str, *arguments: str, **variables: str) -> str:
    """What a program of ``.venv`` prints, with no collection in sight but those of the variables."""
    return subprocess.run(
        [str(VENV / "bin" / program), *arguments],
        cwd=folder,
        env={**environment(), **_NO_INVENTORY, "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false", **variables},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def untracked() -> list[str]:
    """Files of the checkout that git neither tracks nor ignores."""
    return _listed("--others", "--exclude-standard")


def _listed(*which: str) -> list[str]:
    return [name for name in git(ROOT, "ls-files", "-z", *which).split("\0") if name]


def copy_tree(parent: Path) -> Path:
    """What git tracks, at a real path ``ansible_collections/NAMESPACE/NAME``; changes that are not committed count."""
    tree = parent / PLACE
    shutil.rmtree(parent, ignore_errors=True)
    for name in _listed("--cached"):
        if (ROOT / name).exists():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name, follow_symlinks=False)
    return tree


def build(folder: Path, tree: Path | None = None) -> Path:
    """The artifact of the tree, by default of a copy of what git tracks in the checkout."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as parent:
        source = tree or copy_tree(Path(parent))
        run(folder, "ansible-galaxy", "collection", "build", str(source), "--output-path", str(folder), "--force")
        version = re.search(r"^version: (\S+)", (source / "galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)
    artifact = folder / f"{NAME.replace('.', '-')}-{version[1] if version else ''}.tar.gz"
    pack_tightly(artifact)
    return artifact


def pack_tightly(artifact: Path) -> None:
    """The same files in fewer bytes: likes stand together, and no fractions of seconds need a header of their own."""
    loose = artifact.with_suffix(".loose")
    artifact.replace(loose)
    with tarfile.open(loose) as packed, tarfile.open(artifact, "w:gz", compresslevel=9) as tight:
        for member in sorted(packed, key=lambda entry: (Path(entry.name).suffix, entry.name)):
            member.mtime = int(member.mtime)
            member.pax_headers = {}
            tight.addfile(member, packed.extractfile(member) if member.isfile() else None)
    loose.unlink()


def unpack(artifact: Path, parent: Path) -> Path:
    """The tree of an artifact, at a real path as in ``copy_tree``."""
    tree = parent / PLACE
    shutil.rmtree(parent, ignore_errors=True)
    tree.mkdir(parents=True)
    # Not by tarfile: its safe way of unpacking is not in every Python 3.10 and 3.11.
    subprocess.run(["tar", "-xzf", str(artifact), "-C", str(tree)], check=True)
    return tree


def undocumented(artifact: Path, home: Path) -> list[str]:
    """Modules that ansible-doc does not describe when the artifact is installed."""
    own = {"ANSIBLE_COLLECTIONS_PATH": str(home)}
    run(home, "ansible-galaxy", "collection", "install", "--offline", str(artifact), "-p", str(home), **own)
    modules = sorted(module.stem for module in (home / PLACE / "plugins" / "modules").glob("[!_]*.py"))
    names = [f"{NAME}.{module}" for module in modules]
    described = json.loads(run(home, "ansible-doc", "--json", "--type", "module", *names, **own))
    return [name for name in names if not described.get(name, {}).get("return")]


def unusable(home: Path) -> list[str]:
    """What does not work where there is only the artifact, installed in ``home``: its sandbox, and a playbook beside it."""
    elsewhere = home / "elsewhere"
    elsewhere.mkdir()
    command = [str(VENV / "bin" / "python"), "-m", "tests.sandbox", "--port", "0"]
    with subprocess.Popen(command, cwd=home / PLACE, env=environment(), stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            said = sandbox.stdout.readline() if sandbox.stdout else ""
            if "http" not in said:
                return ["its sandbox does not start"]
            where = {"DYNATRACE_ENV_URL": said.split()[-1], "DYNATRACE_API_TOKEN": "dt0c01.SANDBOX.SANDBOXTOKEN"}
            options = {"settings_export_path": "settings", "settings_export_schema_ids": ["builtin:sandbox.tag-rule"]}
            playbook = [f"{NAME}.settings_export", "-e", json.dumps(options)]
            run(elsewhere, "ansible-playbook", *playbook, ANSIBLE_COLLECTIONS_PATH=str(home), **where)
        finally:
            sandbox.terminate()
    made = elsewhere / "settings" / "builtin_sandbox.tag-rule.yml"
    return [] if made.is_file() else ["its playbook settings_export leaves no file"]


def missing_in_image(home: Path) -> list[str]:
    """What ansible-builder does not take over from the collections installed in ``home`` into the context of an image."""
    output = run(home, "ansible-builder", "introspect", str(home))
    context = home / "context"
    sample = str(ROOT / "execution-environment.yml")
    create = ["create", "-v3", "--output-filename", "Containerfile", "--file", sample, "--context", str(context)]
    run(home, "ansible-builder", *create)
    made = (context / "Containerfile").read_text(encoding="utf-8")
    wanted = (context / "_build" / "requirements.yml").read_text(encoding="utf-8")
    absent = [package for package in _IN_THE_IMAGE if package not in output]
    return [*absent, *([] if NAME in wanted and "FROM $EE_BASE_IMAGE" in made else [f"{NAME} itself"])]


def lint(artifact: Path, home: Path) -> list[str]:
    """What ansible-lint has against an artifact, with all rules. The importer would leave some out, and stops it after 180 s."""
    said = subprocess.run(
        [str(VENV / "bin" / "python"), "-m", "ansiblelint", "--strict", "--nocolor", "--format", "pep8"],
        cwd=unpack(artifact, home / "linted"),
        env=environment(),
        capture_output=True,  # the errors too: there it warns, at length, of what is not a fault of ours
        text=True,
        check=False,
    )
    lines = [*said.stdout.splitlines(), *said.stderr.splitlines(), f"it ended with {said.returncode}"]
    return lines if said.returncode else []


def complaints(artifact: Path, home: Path) -> list[str]:
    """What galaxy-importer has against an artifact, with the rules of Galaxy and those for certification."""
    rules = {"check_required_tags": True, "check_changelog": True, "run_ansible_doc": True, "run_ansible_lint": False}
    variables = {f"GALAXY_IMPORTER_{name.upper()}": str(value) for name, value in rules.items()}
    variables["GALAXY_IMPORTER_REQUIRE_V1_OR_GREATER"] = str(not artifact.name.split("-")[2].startswith("0."))
    said = subprocess.run(
        [str(VENV / "bin" / "python"), "-m", "galaxy_importer.main", str(artifact)],
        cwd=home,
        env={**compiled_once(), **variables},  # it starts ansible-doc twenty times
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = said.stdout.splitlines()
    complaining = [line for line in lines if _COMPLAINT.search(line)]
    finished = said.returncode == 0 and lines and "completed successfully" in lines[-1]
    return complaining if finished else [*complaining, *lines[-5:], f"galaxy-importer ended with {said.returncode}"]


def verify(artifact: Path, with_lint: bool) -> list[str]:
    """What is wrong with an artifact; nothing, when it may be published."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        wrong = [
            f"no documentation, or none of what is returned: {problem}" for problem in undocumented(artifact, home)
        ]
        wrong += [f"installed alone: {problem}" for problem in unusable(home)]
        wrong += [f"an image would lack {problem}" for problem in missing_in_image(home)]
        wrong += [f"galaxy-importer: {problem}" for problem in complaints(artifact, home)]
        size = artifact.stat().st_size // 1024
        if size >= MOST_KIB:
            wrong.append(f"it has {size} KiB, and should have less than {MOST_KIB}")
        return wrong + [f"ansible-lint: {problem}" for problem in (lint(artifact, home) if with_lint else [])]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.artifact", description=__doc__)
    parser.add_argument("--lint", action="store_true", help="run ansible-lint as well, which takes minutes")
    given = parser.parse_args()
    for name in untracked():
        print(f"left out, since git does not track it: {name}")
    print("building, then looking at it as users and Galaxy will, which takes half a minute ...", flush=True)
    artifact = build(ROOT / "dist")
    wrong = verify(artifact, given.lint)
    print(f"dist/{artifact.name}, {artifact.stat().st_size // 1024} KiB", *wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stdout}")
