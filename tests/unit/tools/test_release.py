# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make release`` on copies of the tree."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from tests.tools import artifact, release

VERSION = "97.1.0"
FRAGMENT = "bugfixes:\n  - settings_object - something that the test has mended.\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """With one fragment, whatever the checkout has."""
    copy = artifact.copy_tree(tmp_path / "work")
    for one in (copy / "changelogs" / "fragments").glob("*.yml"):
        one.unlink()
    (copy / "changelogs" / "fragments").mkdir(exist_ok=True)
    (copy / "changelogs" / "fragments" / "mended.yml").write_text(FRAGMENT, encoding="utf-8")
    return copy


def contents(tree: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(tree)): one.read_bytes()
        for one in sorted(tree.rglob("*"))
        if one.is_file() and one.name != ".plugin-cache.yaml"  # what antsibull-changelog remembers; git ignores it
    }


@pytest.mark.timeout(240)
def test_a_release_that_is_made_again_changes_nothing(tree: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(tree, checkout)
    release.release(tree, VERSION)
    first = contents(tree)
    changed = release.bring_back(tree, checkout)
    assert "removed: changelogs/fragments/mended.yml" in changed
    assert {f"changed: {name}" for name in ("galaxy.yml", "CHANGELOG.rst", "changelogs/changelog.yaml")} <= set(changed)
    assert contents(checkout) == first
    assert yaml.safe_load(first["galaxy.yml"])["version"] == VERSION
    assert f'VERSION = "{VERSION}"' in first["plugins/module_utils/_version.py"].decode()
    assert f"community.dynatrace:{VERSION}" in first["README.md"].decode()
    assert first["docs/docsite/rst/guide_getting_started.rst"].decode().count(VERSION) == 2
    assert "something that the test has mended" in first["CHANGELOG.rst"].decode()
    known = yaml.safe_load(first["changelogs/changelog.yaml"])["releases"]
    assert known[VERSION]["fragments"] == ["mended.yml"]
    # Every module is in the changelog, of this release or of one before it.
    listed = {one["name"] for made in known.values() for one in made.get("modules", [])}
    assert listed == {one.stem for one in (tree / "plugins" / "modules").glob("[!_]*.py")}

    release.release(tree, VERSION)
    assert contents(tree) == first
    assert release.bring_back(tree, checkout) == []

    # Found just before the tag was set, it still goes into this release.
    (tree / "changelogs" / "fragments" / "late.yml").write_text(FRAGMENT.replace("the test", "a late test"), "utf-8")
    release.release(tree, VERSION)
    text = (tree / "CHANGELOG.rst").read_text(encoding="utf-8")
    assert "a late test has mended" in text
    assert "the test has mended" in text

    built = artifact.build(tmp_path / "dist", tree)
    assert built.name == f"community-dynatrace-{VERSION}.tar.gz"
    unpacked = artifact.unpack(built, tmp_path / "unpacked")
    assert (unpacked / "CHANGELOG.rst").read_text(encoding="utf-8") == text
    # And nothing that only a release makes.
    files = {str(one.relative_to(unpacked)) for one in unpacked.rglob("*") if one.is_file()}
    made = {"CHANGELOG.rst", "FILES.json", "MANIFEST.json"}
    assert files - made <= set(artifact.git(artifact.ROOT, "ls-files").splitlines())


def test_the_first_release_says_what_there_is(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not what was mended in what nobody had."""
    monkeypatch.setattr(artifact, "run", lambda *dummy, **dummies: "")
    fragments = tree / "changelogs" / "fragments"
    (fragments / "first.yml").write_text("release_summary: The first one.\n", encoding="utf-8")
    (tree / "changelogs" / "changelog.yaml").write_text("ancestor: null\nreleases:\n  1.9.0: {}\n", encoding="utf-8")
    release.release(tree, "2.0.0")
    assert len(list(fragments.iterdir())) == 2
    (tree / "changelogs" / "changelog.yaml").write_text("ancestor: null\nreleases: {}\n", encoding="utf-8")
    release.release(tree, "2.0.0")
    assert [one.name for one in fragments.iterdir()] == ["first.yml"]


def test_what_was_never_released_is_new_in_this_version(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        artifact, "run", lambda *dummy, **dummies: ""
    )  # the changelog, which takes long and is tested above
    log = tree / "changelogs" / "changelog.yaml"
    log.write_text("ancestor: null\nreleases:\n  1.9.0: {}\n", encoding="utf-8")
    module = tree / "plugins" / "modules" / "settings_object.py"
    role = tree / "roles" / "settings_apply" / "meta" / "argument_specs.yml"
    module.write_text("version_added: 1.9.0\n    version_added: 1.10.0\nversion_added: 2.0.0\n", encoding="utf-8")
    role.write_text("version_added: 1.10.0\n", encoding="utf-8")
    for _twice in range(2):
        release.release(tree, "2.0.0")
        assert module.read_text(encoding="utf-8") == (
            "version_added: 1.9.0\n    version_added: 2.0.0\nversion_added: 2.0.0\n"
        )
        assert role.read_text(encoding="utf-8") == "version_added: 2.0.0\n"


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "1.0.0-rc1", ""])
def test_what_is_no_version(tree: Path, version: str) -> None:
    before = contents(tree)
    with pytest.raises(release.ReleaseError, match="three numbers"):
        release.release(tree, version)
    assert contents(tree) == before


def test_a_version_that_is_older_than_the_last_one(tree: Path) -> None:
    log = tree / "changelogs" / "changelog.yaml"
    log.write_text("ancestor: null\nreleases:\n  1.9.0: {}\n  1.10.0: {}\n", encoding="utf-8")
    before = contents(tree)
    with pytest.raises(release.ReleaseError, match=r"1\.9\.1 is older than 1\.10\.0"):
        release.release(tree, "1.9.1")
    assert contents(tree) == before


def test_a_release_of_nothing(tree: Path) -> None:
    (tree / "changelogs" / "fragments" / "mended.yml").unlink()
    with pytest.raises(release.ReleaseError, match="describe what changes"):
        release.release(tree, VERSION)


def test_a_checkout_that_is_not_as_it_was_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "git", lambda *dummy: "?? my_playbook.yml\n")
    monkeypatch.setattr("sys.argv", ["release", VERSION])
    with pytest.raises(release.ReleaseError, match=r"commit, ignore or remove.*\n\?\? my_playbook\.yml"):
        release.main()


def test_what_git_does_not_track_is_no_part_of_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "galaxy.yml").write_text("version: 1.0.0\n", encoding="utf-8")
    artifact.git(checkout, "init", "--quiet")
    artifact.git(checkout, "add", "--all")
    (checkout / "secrets.yml").write_text("token: mine\n", encoding="utf-8")
    monkeypatch.setattr(artifact, "ROOT", checkout)
    assert artifact.untracked() == ["secrets.yml"]
    assert [one.name for one in artifact.copy_tree(tmp_path / "work").iterdir()] == ["galaxy.yml"]
