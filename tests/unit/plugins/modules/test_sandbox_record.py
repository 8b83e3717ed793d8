# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""sandbox_record: what lies in the folder, which requests it takes, and what happens when something goes wrong in between."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.support.sandbox import RunningSandbox

RULES = "builtin:sandbox.tag-rule"
SMALL: dict[str, Any] = {"schema_ids": ["builtin:sandbox.*-rule"]}


def there(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def document(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def record(sandbox: RunningSandbox, folder: Path, **args: Any) -> dict[str, Any]:
    sandbox.clear()
    return sandbox.run("sandbox_record", path=str(folder), **args)


class TestRecorded:
    def test_everything_with_ids_order_and_masks(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        remote = {"name": "one", "url": "https://one.example.com", "token": "hush-SECRET"}
        made = sandbox.run(
            "settings_object", schema_id="builtin:sandbox.remote-connection", external_id="x", value=remote
        )
        folder = tmp_path / "a" / "twin"
        result = record(sandbox, folder)
        assert (result["changed"], result["not_recorded"], sandbox.writes) == (True, [], [])
        (stored,) = document(folder, "objects/builtin_sandbox.remote-connection.json")["objects"]
        assert (stored["objectId"], stored["externalId"]) == (made["object"]["object_id"], "x")
        assert stored["value"]["token"].startswith("***")
        assert "hush-SECRET" not in json.dumps(there(folder))
        assert result["recorded"]["activegates"] == len(document(folder, "activegates.json")["activeGates"]) == 6
        assert "LINUX/X86" in document(folder, "activegates.json")["availableVersions"]
        assert document(folder, "effective.json")["builtin:sandbox.audit"]["value"]
        (extension,) = document(folder, "extensions.json")
        versions = {path.name for path in (folder / "extension_versions").iterdir()}
        assert versions == {f"{extension['extensionName']}-{version}.json" for version in extension["versions"]}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*.json")} == {0o600}

    def test_a_second_run_changes_nothing_and_reads_no_document_again(
        self, sandbox: RunningSandbox, tmp_path: Path
    ) -> None:
        first = record(sandbox, tmp_path)
        needed, files = len(sandbox.sent), there(tmp_path)
        again = record(sandbox, tmp_path)
        assert (again["changed"], again["action"], again["recorded"]) == (False, "none", first["recorded"])
        assert there(tmp_path) == files
        assert not [text for text in sandbox.sent if "/settings/schemas/" in text or text.endswith("/schema")]
        assert len(sandbox.sent) < needed / 2

    def test_check_mode_reads_and_predicts(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        folder = tmp_path / "twin"
        predicted = record(sandbox, folder, check=True, diff=True, **SMALL)
        assert not folder.exists()
        assert predicted.pop("validated") == "local"
        assert predicted == record(sandbox, folder, diff=True, **SMALL)
        assert predicted["summary"]["create"] == len(there(folder))

    def test_few_requests_for_many_schemas(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        record(sandbox, tmp_path, parts=["settings"], parallel=1)
        ordered = sum(schema.get("ordered", False) for schema in sandbox.run("settings_schema_info")["schemas"])
        lists = [text for text in sandbox.sent if text == "GET /v2/settings/objects"]
        assert len(lists) <= ordered + 3
        assert sandbox.sent.count("GET /v2/settings/effectiveValues") == 1

    def test_on_the_platform_it_is_the_same_but_for_what_nobody_may_read_there(
        self, sandbox: RunningSandbox, tmp_path: Path
    ) -> None:
        record(sandbox, tmp_path / "classic", parts=["settings", "extensions"])
        token: dict[str, Any] = {"platform_token": "dt0s16.SANDBOX.SANDBOXTOKEN", "api_token": None}
        result = record(sandbox, tmp_path / "platform", parts=["settings", "extensions"], **token)
        assert not result.get("failed"), result
        assert any("/platform/extensions/v2/extensions" in text for text in sandbox.sent)
        assert there(tmp_path / "platform") == there(tmp_path / "classic")

    def test_managed(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        record(sandbox, tmp_path / "saas", **SMALL)
        record(sandbox, tmp_path / "managed", environment_url=f"{sandbox.url}/e/abc12345", **SMALL)
        assert there(tmp_path / "managed") == there(tmp_path / "saas")


class TestChosen:
    def test_parts_schemas_and_extensions(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        result = record(
            sandbox, tmp_path, parts=["settings"], schema_ids=["builtin:sandbox.*-rule"], exclude=["*header*"]
        )
        assert {path.name for path in (tmp_path / "schemas").iterdir()} == {
            "builtin_sandbox.process-rule.json",
            "builtin_sandbox.tag-rule.json",
        }
        assert (result["recorded"]["activegates"], result["recorded"]["extensions"]) == (0, 0)
        nothing = record(sandbox, tmp_path / "other", parts=["extensions"], extensions=["custom:*"])
        assert nothing["recorded"]["extensions"] == 0
        args = {"path": str(tmp_path / "more"), "parts": ["extensions"]}
        failed = sandbox.run("sandbox_record", **args, extensions=["custom:none"])
        assert failed["msg"] == "this environment has no extension custom:none"

    def test_scopes(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        for scope in ("environment", "HOST-0123456789ABCDEF"):
            args: dict[str, Any] = {
                "schema_id": "builtin:sandbox.host-monitoring",
                "scope": scope,
                "value": {"enabled": False},
            }
            assert not sandbox.run("settings_object", **args).get("failed")
        scope = "HOST-0123456789ABCDEF"
        record(sandbox, tmp_path, parts=["settings"], schema_ids=["builtin:sandbox.host-monitoring"], scopes=[scope])
        rows = document(tmp_path, "objects/builtin_sandbox.host-monitoring.json")["objects"]
        assert [row["scope"] for row in rows] == [scope]

    def test_an_unknown_schema_is_refused_before_anything_is_written(
        self, sandbox: RunningSandbox, tmp_path: Path
    ) -> None:
        result = record(sandbox, tmp_path / "twin", schema_ids=["builtin:nothing"])
        assert "no schema builtin:nothing" in result["msg"]
        assert not (tmp_path / "twin").exists()

    def test_what_is_no_longer_there_goes(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        record(sandbox, tmp_path, **SMALL)
        fresh = record(sandbox, tmp_path / "fresh", schema_ids=[RULES])
        result = record(sandbox, tmp_path, schema_ids=[RULES])
        assert result["summary"]["delete"] == 4
        rest = {name: text for name, text in there(tmp_path).items() if not name.startswith("fresh/")}
        assert rest == there(tmp_path / "fresh")
        assert fresh["recorded"] == result["recorded"]


class TestFolder:
    def test_one_that_holds_something_else_is_refused(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
        result = record(sandbox, tmp_path)
        assert "holds something other" in result["msg"]
        assert there(tmp_path) == {"notes.txt": "mine"}
        assert sandbox.sent == []

    def test_no_folder_at_all(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        assert "not a folder that can be read" in record(sandbox, tmp_path / "file")["msg"]

    @pytest.mark.parametrize("text", ["", "[", "[1]", '{"schemaId": 5}'])
    def test_a_damaged_document_is_read_again(self, sandbox: RunningSandbox, tmp_path: Path, text: str) -> None:
        record(sandbox, tmp_path, **SMALL)
        files = there(tmp_path)
        (tmp_path / "schemas" / "builtin_sandbox.tag-rule.json").write_text(text, encoding="utf-8")
        result = record(sandbox, tmp_path, **SMALL)
        assert result["summary"]["update"] == 1
        assert there(tmp_path) == files


class TestInterrupted:
    def test_the_next_run_goes_on(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        fresh = tmp_path / "fresh"
        record(sandbox, fresh)
        folder = tmp_path / "twin"
        sandbox.fault(kind="status", status=400, method="GET", path="/settings/objects$")
        failed = record(sandbox, folder)
        assert failed["failed"]
        assert failed["changed"]
        assert len(failed["error"]["done"]) > 30
        assert document(folder, "recording.json")["complete"] is False
        for name in (".x.part", "schemas/.y.part"):  # as a run leaves them that is killed
            (folder / name).write_text("{", encoding="utf-8")
        went_on = record(sandbox, folder)
        assert not went_on.get("failed")
        assert not [text for text in sandbox.sent if "/settings/schemas/" in text]
        assert there(folder) == there(fresh)

    def test_a_change_in_between_is_seen(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        record(sandbox, tmp_path, **SMALL)
        sandbox.run("settings_object", schema_id=RULES, value={"name": "new"})
        result = record(sandbox, tmp_path, diff=True, **SMALL)
        (side,) = result["diff"]
        assert side["after_header"].endswith("objects/builtin_sandbox.tag-rule.json")
        assert '"new"' in side["after"]


class TestNotReadable:
    def test_what_the_token_may_not_read_is_listed(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        sandbox.fault(kind="status", status=403, method="GET", path="/activeGates$")
        sandbox.fault(kind="status", status=403, method="GET", path="/monitoringConfigurations$")
        sandbox.fault(kind="status", status=404, method="GET", path="/schemas/builtin:sandbox.tag-rule$")
        result = record(sandbox, tmp_path, **SMALL)
        missing = {row["what"] for row in result["not_recorded"]}
        name = "com.dynatrace.extension.sandbox-seed"
        assert missing == {"activegates", f"monitoring configurations of {name}", f"schema {RULES}"}
        assert {row["what"] for row in document(tmp_path, "recording.json")["notRecorded"]} == missing
        assert "see not_recorded" in str(result["warnings"])
        assert not (tmp_path / "objects" / "builtin_sandbox.tag-rule.json").exists()

    def test_a_token_for_something_else_fails(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        sandbox.fault(kind="status", status=403, method="GET", times=0)
        result = record(sandbox, tmp_path / "twin")
        assert result["error"]["status"] == 403
        assert not (tmp_path / "twin").exists()

    def test_versions_on_offer_have_a_scope_of_their_own(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        sandbox.fault(kind="status", status=403, method="GET", path="/versions/unix", times=0)
        result = record(sandbox, tmp_path, parts=["activegates"])
        assert [row["what"] for row in result["not_recorded"]] == ["ActiveGate versions for LINUX/X86"]
        assert list(document(tmp_path, "activegates.json")["availableVersions"]) == ["WINDOWS/X86"]

    @pytest.mark.parametrize("shape", ["null_row", "no_id", "odd_id", "null_fields", "swapped", "number"])
    def test_odd_answers_are_errors(self, sandbox: RunningSandbox, tmp_path: Path, shape: str) -> None:
        for path in ("/settings/schemas$", "/settings/objects$", "/settings/effectiveValues$", "/activeGates$"):
            sandbox.state.faults.clear()
            sandbox.fault(kind="shape", shape=shape, method="GET", path=path, times=0)
            result = record(sandbox, tmp_path / "twin")
            assert "Traceback" not in json.dumps(result)


class TestPseudonyms:
    def test_no_name_leaves_and_the_key_is_not_shown(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        sandbox.run(
            "settings_object", schema_id=RULES, value={"name": "Kasse Wien", "tags": ["jane.doe@corp.example.org"]}
        )
        result = record(sandbox, tmp_path, pseudonym_key="hush-KEY-hush")
        text = json.dumps({name: text for name, text in there(tmp_path).items() if not name.startswith("schemas/")})
        for name in ("Kasse", "jane.doe", "ag-linux-01", "Databases", "hush-KEY-hush"):
            assert name not in text
        assert "hush-KEY-hush" not in json.dumps(result)
        assert document(tmp_path, "recording.json")["pseudonyms"] is True
        files = there(tmp_path)
        assert record(sandbox, tmp_path, pseudonym_key="hush-KEY-hush")["changed"] is False
        assert record(sandbox, tmp_path, pseudonym_key="another")["changed"] is True
        assert there(tmp_path) != files
