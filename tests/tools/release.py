# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.release VERSION``: version, changelog and artifact of a release, and a look at what came out.

All of it happens in a copy. Only what has passed is brought back into the checkout, so that nothing is half released. The
checkout has to be as it was committed; when what the release wrote is committed and the command is given again, there is
nothing left to change. It commits, tags and publishes nothing.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from . import artifact
from .setup import ROOT

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
# Where the version stands, and what stands around it.
_PLACES = {
    "galaxy.yml": r"^version: (\S+)$",
    "plugins/module_utils/_version.py": r'^VERSION = "([^"]+)"$',
    "README.md": r"community\.dynatrace:(\d\S*)",
    "docs/docsite/rst/guide_getting_started.rst": r"(?:community\.dynatrace:|^ +version: )(\d\S*)",
}
_WRITTEN = (*_PLACES, "CHANGELOG.rst", "changelogs/changelog.yaml")
_ADDED = re.compile(r"(?<=\bversion_added: )\d+\.\d+\.\d+")


class ReleaseError(Exception):
    """Says what is wrong and what to do."""


def release(tree: Path, version: str) -> None:
    """Writes version and changelog of a tree, which must lie at a real path ``ansible_collections/NAMESPACE/NAME``."""
    _refuse(tree, version)
    print(f"writing {version} into a copy ...", flush=True)
    for name, pattern in _PLACES.items():
        file = tree / name
        text, count = re.subn(
            pattern,
            lambda match: match[0].replace(match[1], version),
            file.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
        if not count:
            raise ReleaseError(f"{name} does not say the version where it is looked for: {pattern}")
        file.write_text(text, encoding="utf-8")
    _name_what_is_new(tree, version)
    # Says what plugins there are, found by ansible-doc in the tree itself.
    collections = {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    if not _releases(tree):
        _keep_the_summary(tree)
    if _fragments(tree):
        artifact.run(tree, "antsibull-changelog", "release", "--cummulative-release", **collections)
    artifact.run(tree, "antsibull-changelog", "generate", **collections)
    artifact.run(tree, "antsibull-changelog", "lint", **collections)


def bring_back(tree: Path, checkout: Path) -> list[str]:
    """Copies what ``release`` has written, and removes the fragments that are in the changelog now. A line for each."""
    changed = []
    for name in (*_WRITTEN, *(str(file.relative_to(tree)) for file in _described(tree))):
        new, old = (tree / name).read_bytes(), checkout / name
        if not old.exists() or old.read_bytes() != new:
            old.write_bytes(new)
            changed.append(f"changed: {name}")
    left = {fragment.name for fragment in _fragments(tree)}
    for used in (fragment for fragment in _fragments(checkout) if fragment.name not in left):
        used.unlink()
        changed.append(f"removed: {used.relative_to(checkout)}")
    return changed


def _keep_the_summary(tree: Path) -> None:
    """Nobody had what was changed before the first release, so that one says what there is, where a fragment does."""
    fragments = {fragment: yaml.safe_load(fragment.read_text(encoding="utf-8")) for fragment in _fragments(tree)}
    if any("release_summary" in content for content in fragments.values()):
        for file in (fragment for fragment, content in fragments.items() if "release_summary" not in content):
            file.unlink()


def _name_what_is_new(tree: Path, version: str) -> None:
    """What says that it was added in a version that was never released is new in this one, whatever its author expected."""
    released = {version, *_releases(tree)}
    for file in _described(tree):
        text = file.read_text(encoding="utf-8")
        named = _ADDED.sub(lambda match: match[0] if match[0] in released else version, text)
        if named != text:
            file.write_text(named, encoding="utf-8")


def _described(tree: Path) -> list[Path]:
    """Where plugins and roles say since when they are there."""
    return sorted([*tree.glob("plugins/**/*.py"), *tree.glob("roles/*/meta/argument_specs.yml")])


def _refuse(tree: Path, version: str) -> None:
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"VERSION must be three numbers such as 1.2.0, not {version!r}")
    known = _releases(tree)
    newer = [released for released in known if _numbers(released) > _numbers(version)]
    if newer:
        raise ReleaseError(f"{version} is older than {max(newer, key=_numbers)}, which is in the changelog")
    if version not in known and not _fragments(tree):
        raise ReleaseError("changelogs/fragments is empty: describe what changes for users")


def _releases(tree: Path) -> list[str]:
    return list(yaml.safe_load((tree / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _fragments(tree: Path) -> list[Path]:
    return sorted(tree.glob("changelogs/fragments/*.y*ml"))


def _published(version: str) -> bool:
    return bool(artifact.git(ROOT, "tag", "--list", version, f"v{version}").strip())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.release", description=__doc__)
    parser.add_argument("version")
    version = parser.parse_args().version
    if differences := artifact.git(ROOT, "status", "--porcelain").rstrip():
        raise ReleaseError(
            f"a release is made of what is committed; commit, ignore or remove these first:\n{differences}"
        )
    if _published(version) and _fragments(ROOT):
        raise ReleaseError(f"{version} has a tag: what is new since then belongs to a later version")
    with tempfile.TemporaryDirectory() as folder:
        tree = artifact.copy_tree(Path(folder))
        release(tree, version)
        built = artifact.build(Path(folder) / "dist", tree)
        print(f"looking at {built.name}, which takes some minutes ...", flush=True)
        if wrong := artifact.verify(built, with_lint=True):
            raise ReleaseError("\n".join(["nothing was written, since the artifact is not in order:", *wrong]))
        changed = bring_back(tree, ROOT)
        (ROOT / "dist").mkdir(exist_ok=True)
        shutil.copy(built, ROOT / "dist" / built.name)
    print(f"dist/{built.name} is in order", *(changed or ["changed: nothing"]), sep="\n")
    print(f"Now run make test, commit, tag {version}, and publish: ansible-galaxy collection publish dist/{built.name}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReleaseError as refused:
        sys.exit(str(refused))
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stdout}")
