# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._packages import copies
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package, package_file

from tests.support.packages import build_package

NAME = "custom:my ext\u00e4" + "x" * 200


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Package]:
    """Alone in its folder."""
    path = tmp_path / "dist" / "new.zip"
    path.parent.mkdir()
    path.write_bytes(build_package(NAME, "1.2.3"))
    with package_file(str(path)) as found:
        yield found


def test_a_copy_is_a_file_of_the_user_that_tells_what_it_is(package: Package, tmp_path: Path) -> None:
    path = Path(copies.save(package, [str(tmp_path)]))
    assert path.read_bytes() == Path(package.label).read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name.startswith("custom_my_ext_xxx")
    assert ".kept-by-extension_upload-" in path.name
    assert len(path.name) < 255
    second = copies.save(package, [str(tmp_path)])
    assert second != str(path)
    copies.remove(second)
    copies.remove(second)
    assert path.exists()


def test_the_first_folder_that_takes_it(package: Package, tmp_path: Path) -> None:
    path = copies.save(package, [str(tmp_path / "missing"), str(tmp_path)])
    assert Path(path).parent == tmp_path
    with pytest.raises(StateError, match=r"no copy of it could be kept \(.*missing: No such file.*keep_in"):
        copies.save(package, [str(tmp_path / "missing")])


def test_nothing_stays_of_a_copy_that_cannot_be_written(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StateError, match="No space left"):
        copies.save(package, [str(tmp_path)])
    assert [one.name for one in tmp_path.iterdir()] == ["dist"]


def test_where_copies_may_lie(tmp_path: Path) -> None:
    assert copies.folders("/a/b.zip", None) == ("/a", tempfile.gettempdir())
    assert copies.folders("b.zip", None)[0] == os.getcwd()
    assert copies.folders(f"{tempfile.gettempdir()}/b.zip", None) == (tempfile.gettempdir(),)
    assert copies.folders("/a/b.zip", str(tmp_path)) == (str(tmp_path),)
    with pytest.raises(InputError, match="keep_in: /no where is not a folder"):
        copies.folders("/a/b.zip", "/no where")


def test_copies_that_were_left_behind(package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole ones of this version that belong to this user; not the package itself."""
    path = copies.save(package, [str(tmp_path)])
    prefix = path.rsplit("-", 1)[0]
    Path(f"{prefix}-part.zip").write_bytes(Path(path).read_bytes()[:-50])
    Path(f"{prefix}-other.zip").write_bytes(build_package(NAME, "1.2.4"))
    Path(f"{prefix}-link.zip").symlink_to(path)
    os.mkfifo(f"{prefix}-pipe.zip")
    assert copies.left_behind(package, [str(tmp_path), str(tmp_path / "missing")]) == [path]
    with package_file(path) as itself:
        assert copies.left_behind(itself, [str(tmp_path)]) == []
    monkeypatch.setattr(os, "geteuid", lambda: -1)
    assert copies.left_behind(package, [str(tmp_path)]) == []
