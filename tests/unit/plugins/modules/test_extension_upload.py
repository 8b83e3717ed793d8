# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""extension_upload against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import upload
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import Extensions
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.writes import Writes

from tests.sandbox.app import Options
from tests.support.clients import python_clients
from tests.support.module import run_module
from tests.support.packages import MALFORMED, build_package, keys, make_keys, malformed, manifest
from tests.support.sandbox import TOKEN, RunningSandbox, running
from tests.support.server import Server, reply

pytestmark = pytest.mark.usefixtures("short_pauses")

MODULE = "extension_upload"
# Made by dt-cli 1.6.21 (PyPI) with its commands genca, generate-developer-pem, assemble and sign.
BY_DT_CLI = Path(__file__).parents[1] / "module_utils" / "_packages" / "data" / "dt-cli-1.6.21.zip"
NAME = "custom:demo"
VERSION = f"/v2/extensions/{NAME}/1.0.0"
ENVIRONMENT = f"/v2/extensions/{NAME}/environmentConfiguration"
CONFIGURATIONS = f"/v2/extensions/{NAME}/monitoringConfigurations"
LOOK = [f"GET {VERSION}", f"GET {ENVIRONMENT}"]
UPLOAD, DELETE = "POST /v2/extensions", f"DELETE {VERSION}"
VERSIONS = f"GET /v2/extensions/{NAME}"
VALIDATE = UPLOAD + "?validateOnly"
LATER = (2026, 5, 5, 5, 5, 4)
FILE_HASHES = pytest.mark.parametrize("file_hash", ["bundle", "inner", "other"])


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., str]:
    """Writes a package and gives its path."""

    def written(content: bytes | None = None, **more: Any) -> str:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.zip"
        path.write_bytes(build_package(**more) if content is None else content)
        return str(path)

    return written


def _run(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    sandbox.clear()
    result = sandbox.run(MODULE, **{"wait_timeout": 30, **args})
    assert TOKEN not in str(result)
    return result


def _predicted(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """Check mode, then the real run, which must be as predicted; gives the real result, with ``validated`` of the other."""
    check = _run(sandbox, check=True, diff=True, **args)
    assert sandbox.writes == []
    assert not any(one.startswith("DELETE") for one in sandbox.sent)
    real = _run(sandbox, diff=True, **args)
    validated = check.pop("validated", None)
    assert not check.get("failed"), check
    assert set(check) == set(real)
    assert set(check["extension"]) == set(real["extension"])
    for key in ("changed", "action", "diff", "reason"):
        assert check[key] == real[key]
    assert check["extension"]["active"] == real["extension"]["active"]
    return {**real, "validated": validated}


def _refused(sandbox: RunningSandbox, **args: Any) -> str:
    """The message of a failure that is the same in check mode, with nothing written in either."""
    texts = []
    for check in (True, False):
        result = _run(sandbox, check=check, **args)
        assert result["failed"], result
        assert not result["changed"]
        assert sandbox.writes == []
        texts.append(str(result["msg"]))
    assert texts[0] == texts[1]
    return texts[0]


def _api(sandbox: RunningSandbox, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Api-Token {TOKEN}", **more.pop("headers", {})}
    response = requests.request(method, f"{sandbox.url}/api{path}", headers=headers, timeout=10, **more)
    assert response.ok, response.text
    return response


def _stored(sandbox: RunningSandbox, version: str = "1.0.0") -> bytes:
    path = f"/v2/extensions/{NAME}/{version}"
    return bytes(_api(sandbox, "GET", path, headers={"Accept": "application/octet-stream"}).content)


def _send(sandbox: RunningSandbox, content: bytes) -> None:
    """Another pipeline."""
    _api(sandbox, "POST", "/v2/extensions", data=content, headers={"Content-Type": "application/octet-stream"})


def _activate(sandbox: RunningSandbox, version: str) -> None:
    _api(sandbox, "POST", ENVIRONMENT, json={"version": version})


# --- upload, and the same again


@FILE_HASHES
def test_upload_and_the_same_package_again(
    sandbox: RunningSandbox, package: Callable[..., str], file_hash: str
) -> None:
    sandbox.variants(file_hash=file_hash)
    path = package()
    result = _predicted(sandbox, path=path)
    assert (result["changed"], result["action"], result["validated"]) == (True, "create", "server")
    assert sandbox.sent == [*LOOK, UPLOAD]
    assert result["extension"]["active"] is False
    assert len(result["extension"]["file_hash"]) == 64
    assert result["diff"]["before"] == ""
    assert result["diff"]["after"] == {"name": NAME, "version": "1.0.0", "active_version": None}
    again = _predicted(sandbox, path=path)
    assert (again["changed"], again["action"], again["validated"]) == (False, "none", "none")
    assert again["extension"] == result["extension"]
    assert sandbox.sent == [*LOOK, *([f"GET {VERSION}"] if file_hash == "other" else [])]


@FILE_HASHES
def test_the_same_content_built_again_is_unchanged(
    sandbox: RunningSandbox, package: Callable[..., str], file_hash: str
) -> None:
    """Other time stamps, and another signature: neither hash is equal."""
    sandbox.variants(file_hash=file_hash)
    _run(sandbox, path=package())
    result = _predicted(sandbox, path=package(date_time=LATER, signer=make_keys()))
    assert not result["changed"]
    assert sandbox.sent == [*LOOK, f"GET {VERSION}"]


def test_check_mode_lets_the_server_validate_the_very_same_bytes(
    sandbox: RunningSandbox, package: Callable[..., str]
) -> None:
    path = package(malformed("signature_of_other_content"))
    for check in (True, False):
        result = _run(sandbox, path=path, check=check)
        assert result["failed"]
        assert "Extension signature is not valid" in result["msg"]
        assert "credential vault" in result["msg"]
        assert result["error"]["status"] == 400
    _run(sandbox, path=package(), check=True)
    assert sandbox.sent == [*LOOK, VALIDATE]
    assert _run(sandbox, path=package())["changed"]


def test_a_name_without_a_prefix(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    name = "unprefixed"
    assert _predicted(sandbox, path=package(name=name), activate=True)["extension"]["name"] == name
    assert not _run(sandbox, path=package(name=name), activate=True)["changed"]


def test_a_name_of_dynatraces_own_is_the_servers_to_refuse(
    sandbox: RunningSandbox, package: Callable[..., str]
) -> None:
    for check in (True, False):
        result = _run(sandbox, path=package(name="com.dynatrace.extension.x"), activate=True, check=check)
        assert (result["failed"], result["changed"], result["error"]["status"]) == (True, False, 400)
        assert "the prefix com.dynatrace. is reserved" in result["msg"]
        assert result["msg"].count("names that begin with com.dynatrace. are reserved") == 1
    # Whatever the server's words are.
    sandbox.fault(method="POST", kind="status", status=400)
    result = _run(sandbox, path=package(name="com.dynatrace.extension.x"))
    assert "names that begin with com.dynatrace. are reserved for extensions of Dynatrace" in result["msg"]
    assert "com.dynatrace.extension.x" not in sandbox.state.extensions.store.names()


@pytest.mark.parametrize("kind", sorted(set(MALFORMED) - {"signature_of_other_content", "signature_self_issued"}))
def test_malformed_packages_never_reach_the_server(
    sandbox: RunningSandbox, package: Callable[..., str], kind: str
) -> None:
    path = package(malformed(kind))
    text = _refused(sandbox, path=path)
    assert path in text
    assert sandbox.sent == []


# --- another content under the same version


@FILE_HASHES
@pytest.mark.parametrize("active", [False, True])
def test_mismatch_fails(sandbox: RunningSandbox, package: Callable[..., str], file_hash: str, active: bool) -> None:
    sandbox.variants(file_hash=file_hash)
    _run(sandbox, path=package(), activate=active)
    text = _refused(sandbox, path=package(author="somebody else"))
    assert "1.0.0 is stored with other content: 1 changed (extension.yaml)" in text
    assert sandbox.sent == [*LOOK, f"GET {VERSION}"]


def test_mismatch_warns(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _run(sandbox, path=package())
    result = _predicted(sandbox, path=package(files={"lib/new": "x"}), on_mismatch="warn", activate=True)
    assert (result["changed"], result["action"], result["extension"]["active"]) == (False, "none", False)
    assert sandbox.writes == []
    (warning,) = [text for text in result["warnings"] if "other content" in str(text)]
    assert "1 added (lib/new)" in str(warning)


@pytest.mark.parametrize("reupload", [400, 409, "overwrite"])
@pytest.mark.parametrize("validate_only", ["all", "content"])
def test_mismatch_replaces(
    sandbox: RunningSandbox, package: Callable[..., str], reupload: Any, validate_only: str
) -> None:
    sandbox.variants(extension_reupload=reupload, extension_validate_only=validate_only)
    _run(sandbox, path=package(files={"lib/old": "x"}))
    path = package(author="somebody else")
    result = _predicted(sandbox, path=path, on_mismatch="replace")
    assert (result["changed"], result["action"]) == (True, "update")
    is_silent = validate_only == "content" or reupload == "overwrite"
    assert result["validated"] == ("server" if is_silent else "local")
    assert sandbox.sent == [
        *LOOK,
        f"GET {VERSION}",
        f"GET {CONFIGURATIONS}",
        VALIDATE,
        DELETE,
        VERSIONS,
        UPLOAD,
    ]
    assert set(result["diff"]["before"]["files"]) == {"extension.yaml", "lib/old"}
    assert set(result["diff"]["after"]["files"]) == {"extension.yaml"}
    assert _stored(sandbox) == Path(path).read_bytes()
    assert not _run(sandbox, path=path, on_mismatch="replace")["changed"]


@pytest.mark.usefixtures("minutes")
def test_a_deletion_that_takes_its_time_is_waited_for(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _run(sandbox, path=package())
    sandbox.variants(extension_busy_seconds=180, extension_deleting_visible=True)
    assert _run(sandbox, path=package(author="x"), on_mismatch="replace", activate=True)["changed"]
    assert sandbox.writes == [DELETE, UPLOAD, f"POST {ENVIRONMENT}"]
    assert sandbox.sent.count(VERSIONS) == 1 + 3  # to see it deleted, once a minute
    sandbox.variants(extension_deleting_visible=False)
    _activate_other(sandbox)
    assert _run(sandbox, path=package(author="y"), on_mismatch="replace")["changed"]
    assert sandbox.writes == [DELETE] + [UPLOAD] * 4


def _activate_other(sandbox: RunningSandbox) -> None:
    _send(sandbox, build_package(version="2.0.0"))
    _activate(sandbox, "2.0.0")


def test_an_active_version_is_not_replaced(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _run(sandbox, path=package(), activate=True)
    assert "it is the active version" in _refused(sandbox, path=package(author="x"), on_mismatch="replace")


def test_a_configured_version_is_neither_replaced_nor_deleted(
    sandbox: RunningSandbox, package: Callable[..., str]
) -> None:
    _run(sandbox, path=package(), activate=True)
    configuration = [{"scope": "environment", "value": {"version": "1.0.0", "enabled": True, "description": "d"}}]
    object_id = _api(sandbox, "POST", CONFIGURATIONS, json=configuration).json()[0]["objectId"]
    _activate_other(sandbox)
    for args in ({"path": package(author="x"), "on_mismatch": "replace"}, {"path": package(), "state": "absent"}):
        text = _refused(sandbox, **args)
        assert f"monitoring configurations use it: {object_id}" in text


def test_a_package_that_the_server_refuses_replaces_nothing(
    sandbox: RunningSandbox, package: Callable[..., str]
) -> None:
    _run(sandbox, path=package())
    path = package(malformed("signature_of_other_content"))
    assert "signature is not valid" in _refused(sandbox, path=path, on_mismatch="replace")


def test_what_was_there_is_put_back(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    before = package()
    _run(sandbox, path=before)
    sandbox.fault(kind="slow", method="POST", path="/extensions$")  # the validation goes through
    sandbox.fault(kind="status", status=400, method="POST", path="/extensions$")
    result = _run(sandbox, path=package(author="x"), on_mismatch="replace")
    assert result["failed"]
    assert not result["changed"]
    assert "Sandbox fault; the version that was stored before was restored" in result["msg"]
    assert sandbox.writes == [DELETE, UPLOAD, UPLOAD]
    assert _stored(sandbox) == Path(before).read_bytes()


def test_what_cannot_be_put_back_is_kept(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    before = package()
    _run(sandbox, path=before)
    sandbox.fault(kind="slow", method="POST", path="/extensions$")
    sandbox.fault(kind="status", status=400, method="POST", path="/extensions$", times=2)
    result = _run(sandbox, path=package(author="x"), on_mismatch="replace")
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "delete")
    kept = Path(result["kept_package"])
    assert str(kept) in result["msg"]
    assert kept.read_bytes() == Path(before).read_bytes()
    assert kept.stat().st_mode & 0o77 == 0
    kept.unlink()


def test_a_deletion_that_is_refused_leaves_all_as_it_was(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    before = package()
    _run(sandbox, path=before)
    sandbox.fault(kind="status", status=400, method="DELETE")
    result = _run(sandbox, path=package(author="x"), on_mismatch="replace")
    assert (result["failed"], result["changed"]) == (True, False)
    assert "kept_package" not in result
    assert _stored(sandbox) == Path(before).read_bytes()


def test_a_deletion_in_a_replacement_that_does_not_end(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    before = package()
    _run(sandbox, path=before)
    sandbox.variants(extension_busy_seconds=100_000, extension_deleting_visible=True)
    result = _run(sandbox, path=package(author="x"), on_mismatch="replace", wait_timeout=0)
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "delete")
    assert "still lists 1.0.0" in result["msg"]
    kept = Path(result["kept_package"])
    assert kept.read_bytes() == Path(before).read_bytes()
    kept.unlink()


def test_a_version_that_is_gone_when_it_is_to_be_compared(
    sandbox: RunningSandbox, package: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(sandbox, path=package())
    download = Extensions.download

    def downloaded(*args: Any) -> Any:
        _api(sandbox, "DELETE", VERSION)
        return download(*args)

    monkeypatch.setattr(Extensions, "download", downloaded)
    assert _run(sandbox, path=package(author="x"))["action"] == "create"


def test_another_content_in_the_gap_of_a_replacement_is_left_alone(
    sandbox: RunningSandbox, package: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(sandbox, path=package())
    other = build_package(author="another pipeline")
    wait = Writes.wait_until_gone

    def waited(*args: Any) -> None:
        wait(*args)
        _send(sandbox, other)

    monkeypatch.setattr(Writes, "wait_until_gone", waited)
    result = _run(sandbox, path=package(author="x"), on_mismatch="replace")
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "delete")
    assert "somebody else has uploaded another content meanwhile" in result["msg"]
    assert _stored(sandbox) == other
    Path(result["kept_package"]).unlink()


def test_a_page_instead_of_the_stored_package_is_not_guessed_at(
    sandbox: RunningSandbox, package: Callable[..., str]
) -> None:
    _run(sandbox, path=package())
    sandbox.fault(kind="slow", path="1.0.0$")
    sandbox.fault(kind="html", path="1.0.0$", status=200)
    assert _run(sandbox, path=package(author="x"), on_mismatch="replace")["failed"]
    assert sandbox.writes == []


def _serving(*downloads: bytes) -> Server:
    """A server that has the version, not active, with an unknown hash, and gives these bytes as its package."""
    steps = []
    for content in downloads:
        details = {"extensionName": NAME, "version": "1.0.0", "fileHash": "0" * 64}
        steps += [reply(200, details), reply(404), reply(200, content, {"Content-Type": "application/octet-stream"})]
    return Server(*steps, otherwise=reply(200, {"items": []}))


def test_a_stored_package_that_is_none_is_not_guessed_at(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    with _serving(b"rubbish") as server:
        result = _run(sandbox, environment_url=server.url, path=package(author="x"), on_mismatch="replace")
        assert server.left == 0
    assert result["failed"]
    assert (
        "the stored package of custom:demo 1.0.0 is not a zip file; it is text. Upload a higher version"
        in result["msg"]
    )


def test_a_server_that_gives_the_unsigned_content_alone(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    """Enough to compare, not enough to put it back."""
    path = package()
    with zipfile.ZipFile(path) as bundle:
        inner = bundle.read("extension.zip")
    with _serving(inner, inner) as server:
        assert not _run(sandbox, environment_url=server.url, path=path)["changed"]
        result = _run(sandbox, environment_url=server.url, path=package(author="x"), on_mismatch="replace")
        assert [one.method for one in server.requests if one.method != "GET"] == []
    assert result["failed"]
    assert "could not be put back" in result["msg"]


# --- absent


@pytest.mark.parametrize("by", ["path", "name"])
def test_absent(sandbox: RunningSandbox, package: Callable[..., str], by: str) -> None:
    which = {"path": package()} if by == "path" else {"name": NAME, "version": "1.0.0"}
    _run(sandbox, path=package())
    result = _predicted(sandbox, state="absent", **which)
    assert (result["changed"], result["action"], result["validated"]) == (True, "delete", "local")
    assert sandbox.sent == [*LOOK, f"GET {CONFIGURATIONS}", DELETE, VERSIONS]
    assert result["diff"]["after"] == ""
    assert result["extension"] == {"name": NAME, "version": "1.0.0", "active": False} | {
        "file_hash": result["extension"]["file_hash"]
    }
    again = _predicted(sandbox, state="absent", **which)
    assert (again["changed"], again["action"], again["validated"]) == (False, "none", "none")
    assert sandbox.sent == [f"GET {VERSION}"]


def test_an_active_version_is_not_deleted(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    path = package()
    _run(sandbox, path=path, activate=True)
    assert "activate another one or deactivate it first" in _refused(sandbox, path=path, state="absent")
    _activate_other(sandbox)
    result = _predicted(sandbox, path=path, state="absent")
    assert result["diff"]["after"] == {"name": NAME, "version": None, "active_version": "2.0.0"}


@pytest.mark.usefixtures("minutes")
def test_a_deletion_is_waited_for(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    path = package()
    _run(sandbox, path=path)
    sandbox.variants(extension_busy_seconds=180, extension_deleting_visible=True)
    assert _run(sandbox, path=path, state="absent")["changed"]
    assert sandbox.sent.count(VERSIONS) == 1 + 3
    assert not _run(sandbox, path=path, state="absent")["changed"]


def test_a_deletion_that_does_not_end_is_an_error(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    path = package()
    _run(sandbox, path=path)
    sandbox.variants(extension_busy_seconds=100_000, extension_deleting_visible=True)
    result = _run(sandbox, path=path, state="absent", wait_timeout=0)
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "delete")
    assert "still lists 1.0.0 (given up after 0 seconds, see wait_timeout)" in result["msg"]


# --- activate


def test_activate_after_the_upload_and_again(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    path = package()
    result = _predicted(sandbox, path=path, activate=True)
    assert (result["action"], result["extension"]["active"]) == ("create", True)
    assert sandbox.writes == [UPLOAD, f"POST {ENVIRONMENT}"]
    again = _predicted(sandbox, path=path, activate=True)
    assert (again["action"], again["extension"]["active"]) == ("none", True)
    assert sandbox.sent == LOOK
    assert _run(sandbox, path=path)["extension"]["active"] is True


def test_activate_what_is_there(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    path = package()
    _run(sandbox, path=path)
    result = _predicted(sandbox, path=path, activate=True)
    assert (result["action"], result["validated"]) == ("update", "local")
    assert sandbox.writes == [f"POST {ENVIRONMENT}"]
    assert result["diff"]["before"]["active_version"] is None
    assert result["diff"]["after"]["active_version"] == "1.0.0"


def test_activate_switches(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _activate_other(sandbox)
    result = _predicted(sandbox, path=package(), activate=True)
    assert sandbox.writes == [UPLOAD, f"PUT {ENVIRONMENT}"]
    assert result["diff"]["before"] == {"name": NAME, "version": None, "active_version": "2.0.0"}
    assert result["diff"]["after"] == {"name": NAME, "version": "1.0.0", "active_version": "1.0.0"}


def test_an_activation_that_fails_says_what_was_done_before(
    sandbox: RunningSandbox, package: Callable[..., str]
) -> None:
    path = package()
    sandbox.fault(kind="status", status=400, method="POST", path="environmentConfiguration", times=2)
    result = _run(sandbox, path=path, activate=True)
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "create")
    assert result["extension"]["active"] is False
    assert "Before that, custom:demo 1.0.0 was uploaded" in result["msg"]
    assert result["error"]["status"] == 400
    sandbox.fault(kind="status", status=400, method="POST", path="environmentConfiguration", times=2)
    result = _run(sandbox, path=path, activate=True)
    assert (result["failed"], result["changed"]) == (True, False)


# --- the network, and other pipelines


def test_409_is_tried_again(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    for check in (True, False):
        sandbox.fault(kind="status", status=409, method="POST", path="/extensions$", times=2)
        assert _run(sandbox, path=package(), check=check)["changed"]
        assert sandbox.sent.count(VALIDATE if check else UPLOAD) == 3


@pytest.mark.usefixtures("minutes")
def test_an_upload_while_a_deletion_runs(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _run(sandbox, path=package())
    sandbox.variants(extension_busy_seconds=180)
    _run(sandbox, path=package(), state="absent")
    assert _run(sandbox, path=package())["action"] == "create"
    assert sandbox.writes == [UPLOAD] * 4


def test_409_for_too_long_is_an_error(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    for check in (True, False):
        sandbox.state.faults.clear()
        sandbox.fault(kind="status", status=409, method="POST", path="/extensions$", times=99)
        result = _run(sandbox, path=package(), wait_timeout=0, check=check)
        assert result["failed"]
        assert result["error"]["status"] == 409
        assert "given up after 0 seconds, see wait_timeout" in result["msg"]


@pytest.fixture
def rival(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Another pipeline that uploads just after the module has looked for the first time."""

    def prepared(content: bytes) -> None:
        gather = upload._Upload._gather
        waiting = [content]

        def gathered(*args: Any) -> Any:
            found = gather(*args)
            if waiting:
                _send(sandbox, waiting.pop())
            return found

        monkeypatch.setattr(upload._Upload, "_gather", gathered)

    return prepared


@FILE_HASHES
@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("code", [400, 409])
def test_another_pipeline_was_first_with_the_same(
    sandbox: RunningSandbox, package: Callable[..., str], rival: Any, code: int, check: bool, file_hash: str
) -> None:
    sandbox.variants(extension_reupload=code, file_hash=file_hash)
    rival(build_package(date_time=LATER))
    result = _run(sandbox, path=package(), check=check)
    assert (result["changed"], result["action"]) == (False, "none")
    assert not any(one["status"] == 201 for one in sandbox.state.requests[-3:])


@pytest.mark.parametrize("check", [True, False])
def test_another_pipeline_was_first_and_has_not_activated(
    sandbox: RunningSandbox, package: Callable[..., str], rival: Any, check: bool
) -> None:
    rival(build_package(date_time=LATER))
    result = _run(sandbox, path=package(), check=check, activate=True)
    assert (result["changed"], result["action"]) == (True, "update")
    assert sandbox.writes.count(f"POST {ENVIRONMENT}") == (0 if check else 1)


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("code", [400, 409])
def test_another_pipeline_was_first_with_something_else(
    sandbox: RunningSandbox, package: Callable[..., str], rival: Any, code: int, check: bool
) -> None:
    sandbox.variants(extension_reupload=code)
    other = build_package(author="another pipeline")
    rival(other)
    result = _run(sandbox, path=package(), check=check)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "is stored with other content" in result["msg"]
    assert _stored(sandbox) == other


@pytest.mark.parametrize(
    ("fault", "uploads"),
    [
        ({"kind": "reset_after"}, 1),
        ({"kind": "truncate"}, 1),
        ({"kind": "reset_before"}, 2),
        ({"kind": "status", "status": 500}, 2),
        ({"kind": "status", "status": 503}, 2),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "0"}}, 2),
        ({"kind": "html", "status": 502}, 2),
    ],
    ids=lambda value: str(value.get("status", value["kind"])) if isinstance(value, dict) else "",
)
@FILE_HASHES
def test_a_lost_answer_to_an_upload(
    sandbox: RunningSandbox, package: Callable[..., str], fault: dict[str, Any], uploads: int, file_hash: str
) -> None:
    sandbox.variants(file_hash=file_hash)
    sandbox.fault(method="POST", path="/extensions$", **fault)
    result = _run(sandbox, path=package(), activate=True)
    assert (result["changed"], result["action"], result["extension"]["active"]) == (True, "create", True)
    assert sandbox.writes == [UPLOAD] * uploads + [f"POST {ENVIRONMENT}"]


def test_a_lost_answer_to_an_activation(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    sandbox.fault(method="POST", path="environmentConfiguration", kind="reset_after")
    result = _run(sandbox, path=package(), activate=True)
    assert (result["action"], result["extension"]["active"]) == ("create", True)
    assert sandbox.writes == [UPLOAD, f"POST {ENVIRONMENT}"]


@pytest.mark.parametrize(
    ("fault", "deletions"),
    [({"kind": "reset_after"}, 1), ({"kind": "reset_before"}, 2), ({"kind": "status", "status": 409}, 2)],
)
def test_a_lost_answer_to_a_deletion(
    sandbox: RunningSandbox, package: Callable[..., str], fault: dict[str, Any], deletions: int
) -> None:
    _run(sandbox, path=package())
    sandbox.fault(method="DELETE", **fault)
    result = _run(sandbox, path=package(), state="absent")
    assert (result["changed"], result["action"]) == (True, "delete")
    assert sandbox.writes == [DELETE] * deletions


def test_a_version_that_somebody_else_deletes_first(
    sandbox: RunningSandbox, package: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(sandbox, path=package())
    look = Extensions.configurations

    def looked(*args: Any) -> Any:
        _api(sandbox, "DELETE", VERSION)
        return look(*args)

    monkeypatch.setattr(Extensions, "configurations", looked)
    result = _run(sandbox, path=package(), state="absent")
    assert (result["changed"], result["action"]) == (False, "none")


def test_a_download_that_is_cut_off_is_repeated(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    sandbox.variants(file_hash="other")
    _run(sandbox, path=package(files={"noise": "x" * 5000}))
    sandbox.fault(kind="slow", path="1.0.0$")
    sandbox.fault(kind="truncate", path="1.0.0$", times=2)
    assert not _run(sandbox, path=package(files={"noise": "x" * 5000}))["changed"]


def test_two_pipelines_at_once(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    """Processes of their own. Both end well; the version is stored once, and at least one of them says so."""
    sandbox.state.options = Options(speed=1000, latency=0.05)
    args = {"environment_url": sandbox.url, "api_token": TOKEN, "activate": True}
    paths = [package(), package(date_time=LATER)]
    try:
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda path: run_module(MODULE, {**args, "path": path}), paths))
    finally:
        sandbox.state.options = Options(speed=1000)
    assert [one.get("msg") for one in results if one.get("failed")] == []
    assert any(one["action"] == "create" for one in results)
    created = [one for one in sandbox.state.requests if one["method"] == "POST" and one["status"] == 201]
    assert len(created) == 1
    assert all(one["extension"]["active"] for one in results)


def test_two_pipelines_that_replace_at_once(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    """Whoever deletes what, in the end the new content is there and neither has failed."""
    _send(sandbox, build_package())
    sandbox.state.options = Options(speed=1000, latency=0.05)
    args = {"environment_url": sandbox.url, "api_token": TOKEN, "on_mismatch": "replace"}
    paths = [package(author="x"), package(author="x", date_time=LATER)]
    try:
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda path: run_module(MODULE, {**args, "path": path}), paths))
    finally:
        sandbox.state.options = Options(speed=1000)
    assert [one.get("msg") for one in results if one.get("failed")] == []
    assert _stored(sandbox) in [Path(path).read_bytes() for path in paths]


# --- what differs between servers


@pytest.mark.parametrize("code", [400, 415])
@pytest.mark.parametrize("forms", ["both", "octet-stream", "multipart"])
def test_the_form_that_the_server_takes(
    sandbox: RunningSandbox, package: Callable[..., str], forms: str, code: int
) -> None:
    sandbox.variants(extension_upload_forms=forms, extension_content_type=code)
    path = package()
    assert _predicted(sandbox, path=path)["validated"] == "server"
    assert sandbox.writes == [UPLOAD] * (2 if forms == "multipart" else 1)
    assert _stored(sandbox) == Path(path).read_bytes()


def test_the_form_is_remembered_while_the_server_is_busy(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _run(sandbox, path=package())
    _run(sandbox, path=package(), state="absent")
    sandbox.variants(extension_upload_forms="multipart")
    sandbox.fault(kind="slow", method="POST")  # refused for its form
    sandbox.fault(kind="status", status=409, method="POST", times=2)
    assert _run(sandbox, path=package())["changed"]
    assert sandbox.writes == [UPLOAD] * 4


@pytest.mark.parametrize("busy", ["conflict", "counts"])
def test_too_many_versions(sandbox: RunningSandbox, package: Callable[..., str], busy: str) -> None:
    sandbox.variants(extension_busy=busy)
    for number in range(10):
        _send(sandbox, build_package(version=f"1.{number}.0"))
    for check in (True, False):
        result = _run(sandbox, path=package(version="2.0.0"), check=check)
        assert result["failed"]
        assert "quantity limit" in result["msg"]
        assert "at most 10 versions: delete one" in result["msg"]


def test_a_scope_that_is_missing_is_named(package: Callable[..., str]) -> None:
    with running(Options(tokens={TOKEN: ["extensions.read"]})) as found:
        result = found.run(MODULE, path=package())
    assert result["failed"]
    assert "extensions.write" in result["msg"]


@pytest.mark.parametrize("way", ["platform token", "oauth"])
def test_the_platform_with_the_scopes_that_are_asked_for_by_default(
    sandbox: RunningSandbox, package: Callable[..., str], way: str
) -> None:
    given = {"platform_token": "dt0s16.SANDBOX.SANDBOXTOKEN"}
    if way == "oauth":
        client = {"oauth_client_id": "dt0s02.SANDBOX", "oauth_client_secret": "dt0s02.SANDBOX.SECRET"}
        given = {**client, "oauth_token_url": f"{sandbox.url}/sso/oauth2/token"}
    args: dict[str, Any] = {**given, "api_token": ""}
    assert _predicted(sandbox, path=package(), **args)["action"] == "create"
    assert sandbox.state.requests[-1]["path"] == "/platform/extensions/v2/extensions"
    assert _predicted(sandbox, path=package(author="x"), on_mismatch="replace", **args)["action"] == "update"
    assert _predicted(sandbox, state="absent", path=package(), **args)["action"] == "delete"
    assert _predicted(sandbox, path=package(), activate=True, **args)["action"] == "create"
    shown = sandbox.run("extension_info", name=NAME, monitoring_configurations=True, **args)
    assert shown["extensions"][0]["active_version"] == "1.0.0"


# --- packages of other tools


def test_a_package_made_by_dt_cli(sandbox: RunningSandbox) -> None:
    result = _predicted(sandbox, path=str(BY_DT_CLI), activate=True)
    assert result["action"] == "create"
    assert (result["extension"]["name"], result["extension"]["version"]) == ("custom:made.by.dt-cli", "1.2.3")
    assert not _predicted(sandbox, path=str(BY_DT_CLI), activate=True)["changed"]


@pytest.mark.timeout(180)
def test_a_package_that_dt_cli_makes_now(sandbox: RunningSandbox, tmp_path: Path) -> None:
    program = str(python_clients() / "dt")
    source = tmp_path / "extension"
    source.mkdir()
    (source / "extension.yaml").write_text(manifest("custom:made.now", "0.0.1"))
    for command in (
        "genca --no-ca-passphrase --ca-cert ca.pem --ca-key ca.key --ca-subject /CN=tests",
        "generate-developer-pem -o dev.pem --ca-crt ca.pem --ca-key ca.key --name me --company us",
        "assemble --source extension -o extension.zip --force",
        "sign --src extension.zip --key dev.pem -o bundle.zip --force",
    ):
        subprocess.run([program, "ext", *command.split()], cwd=tmp_path, check=True, capture_output=True, timeout=50)
    path, root = str(tmp_path / "bundle.zip"), str(tmp_path / "ca.pem")
    sandbox.variants(extension_roots="vault")
    assert sandbox.run("extension_certificate", path=root)["changed"]
    assert _predicted(sandbox, path=path, verify_signature=[root])["action"] == "create"
    assert not _run(sandbox, path=path, verify_signature=[root])["changed"]
    assert "is signed by" in _refused(sandbox, path=path, verify_signature=[keys().ca_pem.decode()])
    assert "holds a private key" in sandbox.run("extension_certificate", path=str(tmp_path / "ca.key"))["msg"]


# --- options


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({}, "path is missing"),
        ({"state": "absent", "name": NAME}, "path is missing"),
        ({"state": "absent", "name": NAME, "version": "1.1"}, "YAML reads 1.10 as 1.1"),
        ({"state": "absent", "name": "..", "version": "1.0.0"}, "cannot be an extension's"),
        ({"state": "absent", "name": "\ud800", "version": "1.0.0"}, "cannot be an extension's"),
        ({"path": "/a\0b.zip"}, "path is not a path: it holds a character that is not allowed in paths"),
        ({"path": "/\ud800.zip"}, "path is not a path: it holds a character"),
        ({"path": "/dev/zero"}, "it is not a regular file"),
        ({"path": "/nowhere/x.zip"}, "cannot read the package /nowhere/x.zip: No such file"),
        ({"path": "/nowhere/x.zip", "wait_timeout": -1}, "wait_timeout must not be negative"),
    ],
)
def test_options_that_cannot_be_right(sandbox: RunningSandbox, args: dict[str, Any], text: str) -> None:
    result = _run(sandbox, **args)
    assert result["failed"]
    assert text in result["msg"]
    assert sandbox.sent == []


def test_a_name_beside_the_package_must_be_its_name(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    assert "has the name custom:demo, not custom:x" in _refused(sandbox, path=package(), name="custom:x")
    assert "has the version 1.0.0, not 1.0.1" in _refused(sandbox, path=package(), version="1.0.1", state="absent")
    assert _run(sandbox, path=package(), name=NAME, version="1.0.0")["changed"]


def test_the_package_that_was_checked_is_the_one_that_is_sent(
    sandbox: RunningSandbox, package: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that moves a new file into place meanwhile changes nothing of this run."""
    path, new = package(), package(author="new build")
    expected = Path(path).read_bytes()
    gather = upload._Upload._gather

    def gathered(*args: Any) -> Any:
        shutil.move(new, path)
        return gather(*args)

    monkeypatch.setattr(upload._Upload, "_gather", gathered)
    _run(sandbox, path=path)
    assert _stored(sandbox) == expected


# --- keep_versions


def _fill(sandbox: RunningSandbox, *versions: str) -> None:
    for version in versions:
        _send(sandbox, build_package(version=version))


def _configure(sandbox: RunningSandbox, version: str) -> None:
    value = {"version": version, "enabled": True, "description": "d"}
    _api(sandbox, "POST", CONFIGURATIONS, json=[{"scope": "environment", "value": value}])


def _kept(sandbox: RunningSandbox) -> list[str]:
    return [one.version for one in sandbox.state.extensions.store.versions(NAME)]


TEN = [f"0.{number}.0" for number in range(10)]


def test_nothing_is_ever_deleted_unless_asked_for(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _fill(sandbox, *TEN)
    text = _refused_by_the_server(sandbox, path=package())
    assert "at most 10 versions: delete one that is no longer needed, or set keep_versions" in text
    assert _kept(sandbox) == TEN


def _refused_by_the_server(sandbox: RunningSandbox, **args: Any) -> str:
    """Check mode asks it to validate, the real run to store, and both fail with the same hint."""
    texts = [str(_run(sandbox, check=check, **args)["msg"]) for check in (True, False)]
    assert texts[0] == texts[1]
    return texts[0]


def test_old_versions_go_after_the_upload(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _fill(sandbox, "0.1.0", "0.10.0", "0.2.0", "0.9.0")
    path = package()
    result = _predicted(sandbox, path=path, keep_versions=3, activate=True)
    assert (result["action"], result["validated"], result["pruned_versions"]) == (
        "create",
        "server",
        ["0.1.0", "0.2.0"],
    )
    assert _kept(sandbox) == ["0.9.0", "0.10.0", "1.0.0"]
    deletions = [f"DELETE /v2/extensions/{NAME}/{version}" for version in ("0.1.0", "0.2.0")]
    assert sandbox.writes == [UPLOAD, f"POST {ENVIRONMENT}", *deletions]
    assert result["diff"]["before"]["versions"] == ["0.10.0", "0.9.0", "0.2.0", "0.1.0"]
    assert result["diff"]["after"]["versions"] == ["1.0.0", "0.10.0", "0.9.0"]
    again = _predicted(sandbox, path=path, keep_versions=3, activate=True)
    assert (again["changed"], again["pruned_versions"], again["validated"]) == (False, [], "none")
    assert sandbox.sent == [*LOOK, VERSIONS]
    fewer = _predicted(sandbox, path=path, keep_versions=1, activate=True)
    assert (fewer["action"], fewer["validated"], fewer["pruned_versions"]) == ("update", "local", ["0.9.0", "0.10.0"])


@pytest.mark.parametrize("validate_only", ["all", "content"])
@pytest.mark.parametrize("keep", [3, 10])
def test_before_the_upload_only_what_the_limit_needs(
    sandbox: RunningSandbox, package: Callable[..., str], keep: int, validate_only: str
) -> None:
    sandbox.variants(extension_validate_only=validate_only)
    _fill(sandbox, *TEN)
    _activate(sandbox, "0.0.0")
    result = _predicted(sandbox, path=package(), keep_versions=keep, activate=True)
    assert result["validated"] == ("server" if validate_only == "content" else "local")
    before = sandbox.writes[: sandbox.writes.index(UPLOAD)]
    assert before == [f"DELETE /v2/extensions/{NAME}/0.1.0"]  # the active one is the oldest, and cannot go before
    kept = ["0.8.0", "0.9.0"] if keep == 3 else ["0.0.0", *TEN[2:]]
    assert _kept(sandbox) == [*kept, "1.0.0"]
    assert not _run(sandbox, path=package(), keep_versions=keep, activate=True)["changed"]


def test_active_and_configured_versions_stay(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _fill(sandbox, *TEN)
    _activate(sandbox, "0.2.0")
    _configure(sandbox, "0.1.0")
    path = package()
    result = _predicted(sandbox, path=path, keep_versions=1)
    assert _kept(sandbox) == ["0.1.0", "0.2.0", "1.0.0"]
    assert result["pruned_versions"] == ["0.0.0", *TEN[3:]]
    assert not _predicted(sandbox, path=path, keep_versions=1)["changed"]


def test_an_old_version_that_is_uploaded_stays(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _fill(sandbox, "2.0.0", "3.0.0")
    _predicted(sandbox, path=package(), keep_versions=2)
    assert _kept(sandbox) == ["1.0.0", "3.0.0"]


def test_no_room_because_all_are_in_use(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _fill(sandbox, *TEN)
    _activate(sandbox, "0.0.0")
    for version in TEN[1:]:
        _configure(sandbox, version)
    text = _refused(sandbox, path=package(), keep_versions=1)
    assert "there are 10 versions, at most 10 are allowed, and each of them is active or used" in text


@pytest.mark.parametrize("keep", [0, 11, -1])
def test_a_number_of_versions_that_cannot_be(sandbox: RunningSandbox, package: Callable[..., str], keep: int) -> None:
    assert "keep_versions must be from 1 to 10" in _refused(sandbox, path=package(), keep_versions=keep)
    assert sandbox.sent == []


@pytest.mark.usefixtures("minutes")
@pytest.mark.parametrize("busy", ["conflict", "counts"])
@pytest.mark.parametrize("visible", [True, False])
def test_room_that_comes_late_is_waited_for(
    sandbox: RunningSandbox, package: Callable[..., str], busy: str, visible: bool
) -> None:
    _fill(sandbox, *TEN)
    sandbox.variants(extension_busy_seconds=180, extension_busy=busy, extension_deleting_visible=visible)
    result = _run(sandbox, path=package(), keep_versions=9, wait_timeout=3000)
    assert (result.get("msg"), result["pruned_versions"]) == (None, ["0.0.0", "0.1.0"])
    assert _kept(sandbox) == [*TEN[2:], "1.0.0"]


def test_room_that_never_comes(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _fill(sandbox, *TEN)
    sandbox.variants(extension_busy_seconds=10_000_000, extension_busy="counts")
    result = _run(sandbox, path=package(), keep_versions=10, wait_timeout=0)
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "delete")
    assert "quantity limit" in result["msg"]
    assert "Before that, custom:demo 0.0.0 was deleted" in result["msg"]
    assert result["pruned_versions"] == ["0.0.0"]


def test_a_package_that_the_server_refuses_costs_no_version(
    sandbox: RunningSandbox, package: Callable[..., str]
) -> None:
    _fill(sandbox, *TEN)
    path = package(malformed("signature_of_other_content"))
    assert "signature is not valid" in _refused(sandbox, path=path, keep_versions=1)
    assert _kept(sandbox) == TEN


def test_a_failed_activation_deletes_nothing_more(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _fill(sandbox, *TEN)
    sandbox.fault(kind="status", status=400, method="POST", path="environmentConfiguration", times=2)
    result = _run(sandbox, path=package(), keep_versions=1, activate=True)
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "create")
    assert _kept(sandbox) == [*TEN[1:], "1.0.0"]
    assert result["pruned_versions"] == ["0.0.0"]


def test_a_deletion_that_fails_after_all_is_shipped(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _fill(sandbox, "0.1.0", "0.2.0")
    sandbox.fault(kind="status", status=403, method="DELETE", path="0.2.0$")
    result = _run(sandbox, path=package(), keep_versions=1, activate=True)
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "create")
    assert (result["extension"]["active"], result["pruned_versions"]) == (True, ["0.1.0"])
    assert (
        "Before that, custom:demo 1.0.0 was uploaded; custom:demo 1.0.0 was activated; custom:demo 0.1.0 was deleted"
        in result["msg"]
    )
    assert _run(sandbox, path=package(), keep_versions=1, activate=True)["pruned_versions"] == ["0.2.0"]


def test_what_is_configured_during_the_upload_stays(
    sandbox: RunningSandbox, package: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.variants(extension_delete_configured="allowed")
    _fill(sandbox, "0.1.0", "0.2.0")
    _activate(sandbox, "0.2.0")
    send = Extensions.upload

    def sent(*args: Any) -> Any:
        _configure(sandbox, "0.1.0")
        return send(*args)

    monkeypatch.setattr(Extensions, "upload", sent)
    assert _run(sandbox, path=package(), keep_versions=1)["pruned_versions"] == []
    assert _kept(sandbox) == ["0.1.0", "0.2.0", "1.0.0"]


def test_on_mismatch_warn_prunes_nothing(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    _fill(sandbox, "0.1.0")
    _run(sandbox, path=package())
    result = _predicted(sandbox, path=package(author="x"), on_mismatch="warn", keep_versions=1)
    assert (result["changed"], result["pruned_versions"]) == (False, [])


@pytest.mark.parametrize(
    "fault",
    [{"kind": "reset_after"}, {"kind": "reset_before"}, {"kind": "status", "status": 409}, {"kind": "html"}],
    ids=str,
)
@pytest.mark.parametrize("place", ["0.0.0$", "0.1.0$", "/extensions$"], ids=["room", "rest", "upload"])
def test_a_lost_answer_with_keep_versions(
    sandbox: RunningSandbox, package: Callable[..., str], fault: dict[str, Any], place: str
) -> None:
    sandbox.variants(extension_validate_only="content")
    _fill(sandbox, *TEN)
    if place == "/extensions$":
        sandbox.fault(kind="slow", method="POST", path=place)  # the validation goes through
    sandbox.fault(method="POST" if place == "/extensions$" else "DELETE", path=place, **fault)
    result = _run(sandbox, path=package(), keep_versions=9)
    assert (result.get("msg"), result["action"], result["pruned_versions"]) == (None, "create", ["0.0.0", "0.1.0"])
    assert _kept(sandbox) == [*TEN[2:], "1.0.0"]


@pytest.mark.parametrize("deletions", [0, 1, 2])
def test_a_run_that_was_killed_is_finished_by_the_next(
    sandbox: RunningSandbox, package: Callable[..., str], monkeypatch: pytest.MonkeyPatch, deletions: int
) -> None:
    """Before the first deletion, between it and the upload, and in the middle of the rest."""
    _fill(sandbox, *TEN)
    send = Extensions.delete
    left = [deletions]

    def sent(*args: Any) -> Any:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return send(*args)

    monkeypatch.setattr(Extensions, "delete", sent)
    with pytest.raises(KeyboardInterrupt):
        _run(sandbox, path=package(), keep_versions=5)
    monkeypatch.undo()
    path = package()
    assert _run(sandbox, path=path, keep_versions=5)["changed"]
    assert _kept(sandbox) == [*TEN[6:], "1.0.0"]
    assert not _run(sandbox, path=path, keep_versions=5)["changed"]


def test_a_huge_package_that_is_cut_off_in_the_middle(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    """Nothing of it is stored, it is sent again from its beginning, and one old version is deleted once."""
    noise = random.Random(1).randbytes(20 * 1024 * 1024)
    content = build_package(files={"lib/noise": noise})
    _fill(sandbox, *TEN)
    sandbox.fault(kind="slow", method="POST", path="/extensions$")
    sandbox.fault(kind="cut", method="POST", path="/extensions$", times=2)
    result = _run(sandbox, path=package(content), keep_versions=10)
    assert (result.get("msg"), result["pruned_versions"]) == (None, ["0.0.0"])
    assert [text for text in sandbox.sent if text == UPLOAD] == [UPLOAD] * 3
    assert _stored(sandbox) == content


def test_two_pipelines_with_keep_versions_at_once(sandbox: RunningSandbox, package: Callable[..., str]) -> None:
    """Two versions at the limit, by processes of their own: both are there, and no more has gone than has to."""
    _fill(sandbox, *TEN)
    sandbox.variants(extension_busy_seconds=400)
    sandbox.state.options = Options(speed=1000, latency=0.05)
    args = {"environment_url": sandbox.url, "api_token": TOKEN, "keep_versions": 10}
    paths = [package(), package(version="2.0.0")]
    try:
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda path: run_module(MODULE, {**args, "path": path}), paths))
    finally:
        sandbox.state.options = Options(speed=1000)
    assert [one.get("msg") for one in results if one.get("failed")] == []
    time.sleep(0.5)  # until the last deletion is done in the sandbox
    assert _kept(sandbox) == [*TEN[2:], "1.0.0", "2.0.0"]
    assert sorted(version for one in results for version in one["pruned_versions"]) == ["0.0.0", "0.1.0"]


# --- the platform's API, with a platform token or OAuth


PLATFORM = "/platform/extensions/v2/extensions"
SECRET = "dt0s16.SANDBOX.PLATFORMSECRET"


@pytest.fixture
def bearer() -> dict[str, Any]:
    return {"api_token": None, "platform_token": SECRET}


def test_the_whole_life_of_a_version_at_the_platform(
    sandbox: RunningSandbox, package: Callable[..., str], bearer: dict[str, Any]
) -> None:
    version, environment = f"{PLATFORM}/{NAME}/1.0.0", f"{PLATFORM}/{NAME}/environment-configuration"
    path = package()
    result = _predicted(sandbox, path=path, activate=True, **bearer)
    assert (result["action"], result["validated"], len(result["extension"]["file_hash"])) == ("create", "server", 64)
    look = [f"GET {version}", f"GET {environment}"]
    assert sandbox.sent == [*look, f"POST {PLATFORM}", f"POST {environment}"]
    assert not _predicted(sandbox, path=path, activate=True, **bearer)["changed"]
    assert sandbox.sent == look
    _run(sandbox, path=path, check=True, on_mismatch="warn", **bearer)
    newer = package(version="2.0.0")
    assert _predicted(sandbox, path=newer, activate=True, **bearer)["changed"]
    assert sandbox.writes == [f"POST {PLATFORM}", f"PUT {environment}"]
    gone = _predicted(sandbox, path=path, state="absent", **bearer)
    assert sandbox.writes == [f"DELETE {version}"]
    assert f"GET {PLATFORM}/{NAME}/monitoring-configurations" in sandbox.sent
    assert gone["action"] == "delete"
    assert SECRET not in str(gone)


def test_the_validation_at_the_platform(
    sandbox: RunningSandbox, package: Callable[..., str], bearer: dict[str, Any]
) -> None:
    assert _run(sandbox, path=package(), check=True, **bearer)["validated"] == "server"
    assert sandbox.sent[-1] == f"POST {PLATFORM}:validate"
    path = package(malformed("signature_of_other_content"))
    assert "Extension signature is not valid" in _run(sandbox, path=path, check=True, **bearer)["msg"]


@FILE_HASHES
def test_content_is_compared_at_the_platform_too(
    sandbox: RunningSandbox, package: Callable[..., str], bearer: dict[str, Any], file_hash: str
) -> None:
    sandbox.variants(file_hash=file_hash)
    _run(sandbox, path=package(), **bearer)
    assert not _run(sandbox, path=package(date_time=LATER), **bearer)["changed"]
    assert "is stored with other content" in _refused(sandbox, path=package(author="x"), **bearer)
    path = package(author="x")
    result = _predicted(sandbox, path=path, on_mismatch="replace", **bearer)
    assert (result["action"], result["validated"]) == ("update", "local")  # 409: the version is there
    assert _stored(sandbox) == Path(path).read_bytes()


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("author", ["sandbox", "another pipeline"])
def test_409_at_the_platform_means_that_the_version_is_there(
    sandbox: RunningSandbox, package: Callable[..., str], rival: Any, bearer: dict[str, Any], author: str, check: bool
) -> None:
    rival(build_package(date_time=LATER, author=author))
    started = time.monotonic()
    result = _run(sandbox, path=package(), check=check, **bearer)
    assert bool(result.get("failed")) == (author != "sandbox")
    assert not result["changed"]
    assert sandbox.sent.count(f"POST {PLATFORM}" + (":validate" if check else "")) == 1
    assert time.monotonic() - started < 20  # looked at once, and not tried until wait_timeout


@pytest.mark.usefixtures("minutes")
def test_keep_versions_at_the_platform(
    sandbox: RunningSandbox, package: Callable[..., str], bearer: dict[str, Any]
) -> None:
    """Deletions are accepted with 202 and take their time."""
    sandbox.variants(extension_busy_seconds=180, extension_deleting_visible=True)
    _fill(sandbox, *TEN)
    _activate(sandbox, "0.5.0")
    _configure(sandbox, "0.4.0")
    result = _run(sandbox, path=package(), keep_versions=4, wait_timeout=3000, **bearer)
    assert (result.get("msg"), result["pruned_versions"]) == (None, [*TEN[:4], *TEN[6:9]])
    assert _kept(sandbox) == ["0.4.0", "0.5.0", "0.9.0", "1.0.0"]
    assert f"GET {PLATFORM}/{NAME}" in sandbox.sent


@pytest.mark.parametrize("page_key", ["page-key", "next-page-key"])
def test_one_page_of_configurations_is_all_there_can_be(
    sandbox: RunningSandbox, package: Callable[..., str], bearer: dict[str, Any], page_key: str
) -> None:
    """So that it does not matter what the parameter for the next page is called."""
    sandbox.variants(platform_page_key=page_key)
    _fill(sandbox, "0.1.0", "0.2.0")
    _activate(sandbox, "0.2.0")
    for _dummy in range(99):
        _configure(sandbox, "0.2.0")
    _configure(sandbox, "0.1.0")
    assert _run(sandbox, path=package(), keep_versions=1, **bearer)["pruned_versions"] == []


def test_another_version_that_is_activated_just_now_is_switched_from(
    sandbox: RunningSandbox, package: Callable[..., str], bearer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """POST to environment-configuration does not switch; so it is looked at again, and PUT."""
    _fill(sandbox, "2.0.0")
    send = Extensions.activate

    def sent(*args: Any) -> None:
        if "PUT" not in args:
            _activate(sandbox, "2.0.0")
        send(*args)

    monkeypatch.setattr(Extensions, "activate", sent)
    result = _run(sandbox, path=package(), activate=True, **bearer)
    assert (result.get("msg"), sandbox.state.extensions.store.active(NAME)) == (None, "1.0.0")


def test_the_scopes_at_the_platform(package: Callable[..., str]) -> None:
    """What the module asks an OAuth client for by default is enough for all of it, and no classic scope is needed."""
    client = {
        "api_token": None,
        "oauth_client_id": "dt0s02.SANDBOX",
        "oauth_client_secret": "dt0s02.SANDBOX.OAUTHSECRET",
    }
    with running(Options(speed=1000)) as sandbox:
        client["oauth_token_url"] = f"{sandbox.url}/sso/oauth2/token"
        for version in ("1.0.0", "2.0.0"):
            result = _run(sandbox, path=package(version=version), activate=True, keep_versions=1, **client)
            assert result.get("msg") is None
        assert result["pruned_versions"] == ["1.0.0"]
        result = _run(sandbox, path=package(), **{**client, "oauth_scopes": ["environment-api:extensions:read"]})
        assert "extensions:definitions:read" in result["msg"]


@pytest.mark.parametrize("fault", [{"kind": "reset_after"}, {"kind": "cut"}, {"kind": "html"}], ids=str)
def test_a_lost_answer_at_the_platform(
    sandbox: RunningSandbox, package: Callable[..., str], bearer: dict[str, Any], fault: dict[str, Any]
) -> None:
    sandbox.fault(method="POST", path="/extensions$", **fault)
    result = _run(sandbox, path=package(), **bearer)
    assert (result.get("msg"), result["changed"], result["action"]) == (None, True, "create")
