# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""extension_upload with on_mismatch replace: whatever goes wrong, the package that was stored is not lost."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils import _clock, _module
from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import LATE_WRITE_SECONDS
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import Extensions
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.writes import Writes

from tests.support.clock import Clock
from tests.support.packages import build_package
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.plugins.modules.tampering import KINDS, Faults

pytestmark = pytest.mark.usefixtures("short_pauses")

NAME = "custom:demo"
OLD, NEW, OTHER = (build_package(author=author) for author in ("old", "new", "other"))
MARK = "custom_demo-1.0.0.kept-by-extension_upload-"


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies of other tests would be named too."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    made = Faults()
    made.install(monkeypatch)
    return made


@pytest.fixture
def path(sandbox: RunningSandbox, tmp_path: Path) -> str:
    """Of the new package, alone in its folder; the old one is stored."""
    _send(sandbox, OLD)
    new = tmp_path / "dist" / "new.zip"
    new.parent.mkdir()
    new.write_bytes(NEW)
    return str(new)


def _send(sandbox: RunningSandbox, content: bytes) -> None:
    headers = {"Authorization": f"Api-Token {TOKEN}", "Content-Type": "application/octet-stream"}
    requests.post(f"{sandbox.url}/api/v2/extensions", data=content, headers=headers, timeout=10).raise_for_status()


def _stored(sandbox: RunningSandbox) -> bytes | None:
    store = sandbox.state.extensions.store
    return bytes(store.get(NAME, "1.0.0").bundle) if store.has(NAME, "1.0.0") else None


def _copies(path: str) -> list[Path]:
    return sorted(Path(path).parent.glob(f"{MARK}*"))


def _replace(sandbox: RunningSandbox, path: str, **args: Any) -> dict[str, Any]:
    sandbox.clear()
    given = {"on_mismatch": "replace", "wait_timeout": 1, "retries": 2, **args}
    return sandbox.run("extension_upload", path=path, **given)


REQUESTS = 8  # two looks, download, configurations, validation, deletion, look, upload


def test_what_a_replacement_sends(sandbox: RunningSandbox, path: str, faults: Faults) -> None:
    """So that the next test meets each of them."""
    result = _replace(sandbox, path)
    assert (result.get("msg"), result["action"], _stored(sandbox)) == (None, "update", NEW)
    assert [one.split()[0] for one in faults.seen] == ["GET"] * 4 + ["POST", "DELETE", "GET", "POST"]
    assert len(faults.seen) == REQUESTS
    assert _copies(path) == []


@pytest.mark.parametrize("times", [1, 1000], ids=["once", "from there on"])
@pytest.mark.parametrize("begin", range(4, REQUESTS), ids=["validation", "deletion", "look", "upload"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost(
    sandbox: RunningSandbox, path: str, faults: Faults, clock: Clock, kind: str, begin: int, times: int
) -> None:
    faults.kind, faults.begin, faults.times = kind, begin, times
    result = _replace(sandbox, path)
    stored, copies = _stored(sandbox), _copies(path)
    if not result.get("failed"):
        assert (stored, result["changed"], copies) == (NEW, True, [])
    else:
        assert result["changed"] == bool(result["error"]["done"])
        unknown = result["error"]["unknown"]
        assert all(text in result["msg"] for text in unknown)
        if stored == OLD:
            assert result["changed"] is False or unknown
        else:
            assert result["changed"] or unknown
        if stored is None:
            assert result["kept_package"] in result["msg"]
        assert [str(one) for one in copies] == [one for one in [result.get("kept_package")] if one]
        assert all(one.read_bytes() == OLD for one in copies)
    if times == 1:
        may_be_late = "may still come" in result.get("msg", "")
        assert stored in ((OLD,) if may_be_late else (OLD, NEW))
        assert len(copies) == may_be_late
    faults.times = 0
    again = _replace(sandbox, path)
    assert (again.get("msg"), _stored(sandbox)) == (None, NEW)
    assert _copies(path) == copies
    warned = [text for text in again.get("warnings", ()) if "another run made" in str(text)]
    assert len(warned) == len(copies)


@pytest.mark.parametrize("kind", ["502 before", "time-out before"])
def test_a_deletion_that_may_still_come_is_followed_by_no_write(
    sandbox: RunningSandbox, path: str, faults: Faults, clock: Clock, kind: str
) -> None:
    faults.kind, faults.begin, faults.times = kind, 5, 1
    result = _replace(sandbox, path)
    assert (result["failed"], result["changed"], _stored(sandbox)) == (True, False, OLD)
    assert result["error"]["unknown"] == [f"{NAME} 1.0.0 was deleted"]
    assert "was not sent again, since it may still come" in result["msg"]
    assert Path(result["kept_package"]).read_bytes() == OLD
    assert [one.split()[0] for one in faults.seen if not one.startswith("GET")] == ["POST", "DELETE"]
    assert round(sum(clock.pauses), 6) >= LATE_WRITE_SECONDS


@pytest.mark.parametrize(("author", "is_lost"), [("new", False), ("other", True)])
def test_another_client_fills_the_gap(
    sandbox: RunningSandbox, path: str, monkeypatch: pytest.MonkeyPatch, author: str, is_lost: bool
) -> None:
    """With the same content nothing is sent a second time; another one is left alone, and the old one is kept."""
    send = Extensions.upload

    def sent(extensions: Extensions, package: Any) -> Any:
        if _stored(sandbox) is None:
            _send(sandbox, {"new": NEW, "other": OTHER}[author])
        return send(extensions, package)

    monkeypatch.setattr(Extensions, "upload", sent)
    result = _replace(sandbox, path)
    assert bool(result.get("failed")) == is_lost
    assert result["changed"]
    if is_lost:
        assert "somebody else has uploaded another content meanwhile" in result["msg"]
        assert "another package was stored in its place" in result["msg"]
        assert Path(result["kept_package"]).read_bytes() == OLD
        assert _stored(sandbox) == OTHER
    else:
        assert result["action"] == "update"
        assert _copies(path) == []
    assert len([text for text in sandbox.writes if text.startswith("POST")]) == 2


def test_where_the_copy_lies(
    sandbox: RunningSandbox, path: str, faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the package, in the temporary folder if that cannot be, or where it was asked for; a file of the user alone."""
    asked, temporary = tmp_path / "asked", tmp_path / "temporary"
    asked.mkdir()
    temporary.mkdir()
    faults.kind, faults.begin, faults.times = "403 before", REQUESTS - 2, 1000
    kept = Path(_replace(sandbox, path, keep_in=str(asked))["kept_package"])
    assert (kept.parent, kept.name.startswith(MARK), kept.suffix) == (asked, True, ".zip")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_ISREG(kept.lstat().st_mode)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    make = tempfile.mkstemp

    def made(*args: Any, **more: Any) -> Any:
        if more["dir"] == os.path.dirname(path):
            raise PermissionError(13, "Permission denied")
        return make(*args, **more)

    monkeypatch.setattr(tempfile, "mkstemp", made)
    faults.times = 0
    _replace(sandbox, path)
    Path(path).write_bytes(OLD)
    faults.seen.clear()
    faults.times = 1000
    result = _replace(sandbox, path)
    assert Path(result["kept_package"]).parent == temporary
    assert Path(result["kept_package"]).read_bytes() == NEW


def test_nothing_is_deleted_when_nothing_can_be_kept(
    sandbox: RunningSandbox, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **more: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    result = _replace(sandbox, path)
    assert (result["failed"], result["changed"], sandbox.writes) == (True, False, [])
    assert "No space left on device" in result["msg"]
    assert "keep_in" in result["msg"]


@pytest.mark.parametrize("kind", ["missing", "file", "pipe"])
@pytest.mark.parametrize("check", [True, False])
def test_keep_in_must_be_a_folder(sandbox: RunningSandbox, path: str, tmp_path: Path, kind: str, check: bool) -> None:
    place = tmp_path / kind
    if kind == "file":
        place.touch()
    elif kind == "pipe":
        os.mkfifo(place)
    result = _replace(sandbox, path, keep_in=str(place), check=check)
    assert result["failed"]
    assert "is not a folder that the module can write into" in result["msg"]
    assert sandbox.sent == []


def test_a_task_whose_time_is_over_names_the_copy(
    sandbox: RunningSandbox, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing more is sent then, so that nothing can be put back."""
    wait = Writes.wait_until_gone

    def waited(*args: Any) -> None:
        wait(*args)
        _clock.stop()

    monkeypatch.setattr(Writes, "wait_until_gone", waited)
    try:
        result = _replace(sandbox, path)
    finally:
        _clock.start()
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "delete")
    assert "(timeout) is over" in result["msg"]
    assert Path(result["kept_package"]).read_bytes() == OLD
    assert sandbox.writes == [f"DELETE /v2/extensions/{NAME}/1.0.0"]


@pytest.mark.parametrize("step", ["upload", "activate"])
@pytest.mark.parametrize("check", [True, False])
def test_a_copy_that_a_killed_run_left_is_named_by_the_next(
    sandbox: RunningSandbox, path: str, monkeypatch: pytest.MonkeyPatch, step: str, check: bool
) -> None:
    """Killed as by a signal: before the new content is there, and after it."""

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Extensions, "upload" if step == "upload" else "activate", killed)
        with pytest.raises(KeyboardInterrupt):
            _replace(sandbox, path, activate=True)
    (copy,) = _copies(path)
    (copy.parent / f"{MARK}part.zip").write_bytes(OLD[:100])
    (copy.parent / f"{MARK}link.zip").symlink_to(copy)
    os.mkfifo(copy.parent / f"{MARK}pipe.zip")
    (copy.parent / f"{MARK}of-another.zip").write_bytes(build_package(version="2.0.0"))
    result = _replace(sandbox, path, check=check)
    (warning,) = [str(text) for text in result["warnings"] if MARK in str(text)]
    assert str(copy) in warning
    assert f"a copy of {NAME} 1.0.0" in warning
    if step == "upload":
        assert "does not have this version now; to have it back, upload the copy with path" in warning
        back = _replace(sandbox, str(copy))
        assert back.get("msg") is None
        assert _stored(sandbox) == OLD
        assert not any(MARK in str(text) for text in back.get("warnings", ()))
    else:
        assert "delete it when you no longer need it" in warning
    assert copy.read_bytes() == OLD


def test_a_busy_server_is_waited_for_where_people_see_it(
    sandbox: RunningSandbox, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []

    def tell(progress: Any) -> None:
        lines.append(progress.now)

    monkeypatch.setattr(_module.Road.__init__, "__defaults__", (tell,))
    sandbox.variants(extension_busy_seconds=400, extension_deleting_visible=True)
    assert _replace(sandbox, path, wait_timeout=30).get("msg") is None
    assert f"versions of {NAME} were deleted, but the server still lists 1.0.0" in lines
    sandbox.variants(extension_deleting_visible=False)
    Path(path).write_bytes(OTHER)
    assert _replace(sandbox, path, wait_timeout=30).get("msg") is None
    assert any("try again in a few seconds" in line for line in lines)
