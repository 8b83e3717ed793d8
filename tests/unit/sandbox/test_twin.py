# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A twin: the sandbox as a recorded environment was, and what becomes of writes to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.__main__ import main
from tests.sandbox.app import Options
from tests.sandbox.twin import TwinError, read_twin
from tests.support.configurations import NAME as CONFIGURED
from tests.support.configurations import package, ship
from tests.support.packages import build_package
from tests.support.sandbox import REAL_SCHEMAS, RunningSandbox, real_schemas, running
from tests.unit.witness.values import CannotMakeError, Maker

HEADER, REMOTE, HOSTS = (f"builtin:sandbox.{name}" for name in ("header-rule", "remote-connection", "host-monitoring"))
TICKETING = "app:sandbox.ticketing:connection"
PLATFORM: dict[str, Any] = {"platform_token": "dt0s16.SANDBOX.SANDBOXTOKEN", "api_token": None}
CONFIGURATION: dict[str, Any] = {
    "extension_name": CONFIGURED,
    "scope": "ag_group-twin",
    "value": {
        "description": "twin",
        "pythonRemote": {"endpoints": [{"url": "https://a.example.com", "password": "geheim-geheim"}]},
    },
}


def there(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def done(sandbox: RunningSandbox, module: str, **args: Any) -> dict[str, Any]:
    result = sandbox.run(module, **args)
    assert not result.get("failed"), (module, result["msg"])
    return result


def exported(sandbox: RunningSandbox) -> Any:
    result = done(sandbox, "settings_export_info", schema_ids=["*"], omit_read_only=False)
    return result["files"], result["secrets"], result["outside"]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A folder, and what an export of the recorded environment says."""
    folder = tmp_path_factory.mktemp("recorded") / "twin"
    with running(Options(speed=1000)) as sandbox:
        for number in range(3):
            done(sandbox, "settings_object", schema_id=HEADER, value={"headerName": f"X-{number}"}, position="first")
        done(
            sandbox,
            "settings_object",
            schema_id=REMOTE,
            external_id="remote",
            value={"name": "one", "url": "https://one.example.com", "token": "geheim-geheim"},
        )
        done(
            sandbox,
            "settings_object",
            schema_id=TICKETING,
            external_id="desk",
            value={"name": "d", "user": "u", "password": "geheim-geheim"},
        )
        done(sandbox, "settings_object", schema_id=HOSTS, scope="HOST-0123456789ABCDEF", value={"enabled": False})
        ship(sandbox, "1.0.0", "1.1.0", active="1.0.0")
        done(sandbox, "extension_monitoring_configuration", **CONFIGURATION)
        done(sandbox, "sandbox_record", path=str(folder))
        return folder, exported(sandbox)


@pytest.fixture(scope="module")
def _twin(recorded: tuple[Path, Any]) -> Iterator[RunningSandbox]:
    with running(Options(speed=1000, recording=recorded[0])) as sandbox:
        yield sandbox


@pytest.fixture
def twin(_twin: RunningSandbox) -> RunningSandbox:
    """As it was recorded."""
    _twin.state.reset()
    return _twin


@pytest.fixture
def changed(recorded: tuple[Path, Any], tmp_path: Path) -> Path:
    """A copy of the folder, to be changed."""
    return Path(shutil.copytree(recorded[0], tmp_path / "changed"))


def rewrite(path: Path, **fields: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **fields}), encoding="utf-8")


class TestTheSame:
    @pytest.mark.parametrize("way", [{}, PLATFORM], ids=["classic", "platform"])
    def test_a_recording_of_the_twin_is_the_same_folder(
        self, twin: RunningSandbox, recorded: tuple[Path, Any], tmp_path: Path, way: dict[str, Any]
    ) -> None:
        result = done(twin, "sandbox_record", path=str(tmp_path), **way)
        assert there(tmp_path) == there(recorded[0])
        assert result["not_recorded"] == []

    def test_on_managed_too(self, twin: RunningSandbox, recorded: tuple[Path, Any], tmp_path: Path) -> None:
        done(twin, "sandbox_record", path=str(tmp_path), environment_url=f"{twin.url}/e/abc12345")
        assert there(tmp_path) == there(recorded[0])

    def test_exports_of_both_are_equal(self, twin: RunningSandbox, recorded: tuple[Path, Any]) -> None:
        assert exported(twin) == recorded[1]
        assert recorded[1][1]

    def test_it_has_the_recorded_schemas_and_no_others(self, tmp_path: Path, sandbox: RunningSandbox) -> None:
        done(sandbox, "sandbox_record", path=str(tmp_path), schema_ids=[HEADER], parts=["settings"])
        with running(Options(recording=tmp_path)) as twin:
            (only,) = done(twin, "settings_schema_info")["schemas"]
            assert only["schemaId"] == HEADER
            assert done(twin, "extension_info")["extensions"] == []
            assert done(twin, "activegate_info")["activegates"] == []

    def test_one_without_settings_can_be_recorded_as_well(self, tmp_path: Path, sandbox: RunningSandbox) -> None:
        done(sandbox, "sandbox_record", path=str(tmp_path / "first"), parts=["extensions", "extensions"])
        with running(Options(recording=tmp_path / "first")) as twin:
            done(twin, "sandbox_record", path=str(tmp_path / "second"))
        assert there(tmp_path / "second") == there(tmp_path / "first")

    def test_a_reset_returns_to_the_recording(self, twin: RunningSandbox, recorded: tuple[Path, Any]) -> None:
        done(twin, "settings_object", schema_id=REMOTE, external_id="remote", state="absent")
        twin.state.reset()
        assert exported(twin) == recorded[1]

    @pytest.mark.skipif(not real_schemas(), reason="needs the schemas of a real environment")
    def test_real_schemas_with_values_of_all_kinds(self, tmp_path: Path) -> None:
        with running(Options(schemas=(REAL_SCHEMAS,))) as origin:
            for document in (json.loads(path.read_text(encoding="utf-8")) for path in real_schemas().values()):
                for number, scope in enumerate(document["allowedScopes"]):
                    self._make(origin, document, number, scope)
            result = done(origin, "sandbox_record", path=str(tmp_path / "first"))
            assert result["recorded"]["objects"] > len(real_schemas())
            before = exported(origin)
        with running(Options(recording=tmp_path / "first")) as twin:
            done(twin, "sandbox_record", path=str(tmp_path / "second"))
            assert there(tmp_path / "second") == there(tmp_path / "first")
            assert exported(twin) == before

    def _make(self, origin: RunningSandbox, document: dict[str, Any], number: int, scope: str) -> None:
        """What cannot be made without other objects is not looked at here."""
        place = scope if scope == "environment" else f"{scope}-0123456789ABCDEF"
        try:
            value = Maker(document).value(number, full=bool(number % 2))
        except CannotMakeError:
            return
        origin.run(
            "settings_object", schema_id=document["schemaId"], scope=place, value=value, external_id=f"x{number}"
        )


@pytest.mark.parametrize(
    ("variant", "choice"),
    [
        ("settings_null_properties", "null"),
        ("settings_secret_mask", "***NNN***"),
        ("settings_secret_mask", "*****"),
        ("settings_default_origin", "environment"),
        ("settings_set_order", "kept"),
        ("settings_unlisted_schemas", ["builtin:sandbox.quota"]),
        ("extension_configuration_id", "settings"),
        ("extension_schema_names_version", False),
        ("file_hash", "other"),
        ("fleet_offline", ["1730152904"]),
        ("configured_target_version", "1.345"),
    ],
)
def test_whatever_the_recorded_server_does_its_twin_shows_it(
    sandbox: RunningSandbox, tmp_path: Path, variant: str, choice: Any
) -> None:
    sandbox.variants(**{variant: choice})
    value = {"name": "one", "url": "https://one.example.com", "token": "geheim-geheim"}
    done(sandbox, "settings_object", schema_id=REMOTE, value=value)
    ship(sandbox, "1.0.0", active="1.0.0")
    done(sandbox, "extension_monitoring_configuration", **CONFIGURATION)
    done(sandbox, "sandbox_record", path=str(tmp_path / "first"))
    with running(Options(recording=tmp_path / "first")) as twin:
        done(twin, "sandbox_record", path=str(tmp_path / "second"))
    assert there(tmp_path / "second") == there(tmp_path / "first")


class TestSecrets:
    @pytest.mark.parametrize("mask", ["***0123456789abcdef***", "***123***", "*****", "################", "<hidden>"])
    def test_a_recorded_mask_of_any_form_is_served_and_stays(self, changed: Path, mask: str) -> None:
        path = changed / "objects" / "builtin_sandbox.remote-connection.json"
        rows = json.loads(path.read_text(encoding="utf-8"))["objects"]
        rows[0]["value"]["token"] = mask
        rewrite(path, objects=rows)
        with running(Options(recording=changed)) as twin:
            assert self.token(twin) == mask
            value = {"name": "another", "token": mask}
            assert done(twin, "settings_object", schema_id=REMOTE, external_id="remote", value=value)["changed"]
            assert self.token(twin) == mask
            value = {"token": "new-secret"}
            done(twin, "settings_object", schema_id=REMOTE, external_id="remote", value=value, update_secrets="always")
            assert self.token(twin) not in (mask, "new-secret")

    def token(self, twin: RunningSandbox) -> str:
        (row,) = done(twin, "settings_object_info", schema_ids=[REMOTE])["objects"]
        return str(row["value"]["token"])

    def test_a_schema_that_wants_the_secret_again_wants_it_here(self, twin: RunningSandbox) -> None:
        (row,) = done(twin, "settings_object_info", schema_ids=[REMOTE])["objects"]
        value = {**row["value"], "url": "https://two.example.com"}
        refused = twin.run(
            "api", method="PUT", path=f"/api/v2/settings/objects/{row['objectId']}", body={"value": value}
        )
        assert "token" in json.dumps(refused["error"]["constraint_violations"])

    def test_secrets_of_configurations_stay(self, twin: RunningSandbox) -> None:
        before = self.password(twin)
        value = {"description": "twin", "pythonRemote": {"interval": 20}}
        args = {**CONFIGURATION, "value": value}
        assert done(twin, "extension_monitoring_configuration", **args)["changed"]
        assert self.password(twin) == before

    def password(self, twin: RunningSandbox) -> str:
        (row,) = done(twin, "extension_monitoring_configuration_info", extension_name=CONFIGURED)["configurations"]
        return str(row["value"]["pythonRemote"]["endpoints"][0]["password"])


class TestSettings:
    def test_what_the_schema_refuses_is_loaded_and_served(self, changed: Path) -> None:
        path = changed / "objects" / "builtin_sandbox.header-rule.json"
        rows = json.loads(path.read_text(encoding="utf-8"))["objects"]
        rows[0]["value"] = {"headerName": ["no", "text"], "unknown": {"deep": [1, None]}, "enabled": "perhaps"}
        rows[1]["value"] = rows[2]["value"]  # which must be unique
        rewrite(path, objects=rows)
        with running(Options(recording=changed)) as twin:
            served = done(twin, "settings_object_info", schema_ids=[HEADER])["objects"]
            assert [row["value"] for row in served] == [row["value"] for row in rows]
            refused = twin.run("settings_object", object_id=rows[0]["objectId"], value={"enabled": True})
            assert refused["failed"]
            done(twin, "settings_object", object_id=rows[1]["objectId"], state="absent")
            done(twin, "settings_object", object_id=rows[1]["objectId"], state="absent")

    def test_new_ids_are_new(self, twin: RunningSandbox) -> None:
        before = {
            row["objectId"]: row["value"] for row in done(twin, "settings_object_info", schema_ids=[HEADER])["objects"]
        }
        for number in range(4):
            done(twin, "settings_object", schema_id=HEADER, value={"headerName": f"X-New-{number}"})
        after = {
            row["objectId"]: row["value"] for row in done(twin, "settings_object_info", schema_ids=[HEADER])["objects"]
        }
        assert len(after) == len(before) + 4
        assert {key: after[key] for key in before} == before

    def test_the_order_is_kept_and_can_be_changed(self, twin: RunningSandbox) -> None:
        names = [
            row["value"]["headerName"] for row in done(twin, "settings_object_info", schema_ids=[HEADER])["objects"]
        ]
        assert names[:3] == ["X-2", "X-1", "X-0"]
        done(twin, "settings_object", schema_id=HEADER, value={"headerName": "X-0"}, position="first")
        rows = done(twin, "settings_object_info", schema_ids=[HEADER])["objects"]
        assert [row["value"]["headerName"] for row in rows][:3] == ["X-0", "X-2", "X-1"]

    def test_external_ids_and_what_is_unique_are_known(self, twin: RunningSandbox) -> None:
        same = {"name": "one", "url": "https://one.example.com"}
        assert done(twin, "settings_object", schema_id=REMOTE, external_id="remote", value=same)["changed"] is False
        items = [{"schemaId": REMOTE, "scope": "environment", "value": {**same, "token": "x", "scope": "INTERNAL"}}]
        refused = twin.run("api", method="POST", path="/api/v2/settings/objects", body=items)
        assert "unique" in json.dumps(refused["error"])

    def test_what_may_not_be_changed_may_not_be_here(self, twin: RunningSandbox) -> None:
        rows = done(twin, "settings_object_info", schema_ids=["builtin:sandbox.process-rule"])["objects"]
        fixed = [row for row in rows if not row["resourceContext"]["modifications"]["movable"]]
        first, last = sorted(fixed, key=lambda row: not row["resourceContext"]["modifications"]["first"])
        for row, place in [(first, {"insert_after": last["objectId"]}), (last, {"insert_before": first["objectId"]})]:
            assert twin.run("settings_object", object_id=row["objectId"], **place)["failed"]

    def test_effective_values_are_those_of_the_environment(self, changed: Path) -> None:
        path = changed / "effective.json"
        value = {**json.loads(path.read_text(encoding="utf-8"))["builtin:sandbox.audit"]["value"], "retentionDays": 77}
        row = {"origin": "special", "schemaVersion": "0.9", "value": value}
        rewrite(path, **{"builtin:sandbox.audit": row})
        args: dict[str, Any] = {"schema_ids": ["builtin:sandbox.audit"], "effective": True}
        with running(Options(recording=changed)) as twin:
            (served,) = done(twin, "settings_object_info", **args)["objects"]
            assert {name: served[name] for name in row} == row
            done(twin, "settings_object", schema_id="builtin:sandbox.audit", value={"enabled": False})
            (served,) = done(twin, "settings_object_info", **args)["objects"]
            assert (served["origin"], served["value"]["retentionDays"]) == ("environment", 77)

    def test_a_host_inherits_and_has_its_own(self, twin: RunningSandbox) -> None:
        for host, enabled in (("0123456789ABCDEF", False), ("FFFFFFFFFFFFFFFF", True)):
            args: dict[str, Any] = {"schema_ids": [HOSTS], "scopes": [f"HOST-{host}"], "effective": True}
            (served,) = done(twin, "settings_object_info", **args)["objects"]
            assert served["value"]["enabled"] is enabled


@pytest.mark.parametrize("way", [{}, PLATFORM], ids=["classic", "platform"])
class TestExtensions:
    def test_versions_are_listed_and_can_be_activated(self, twin: RunningSandbox, way: dict[str, Any]) -> None:
        (before,) = done(twin, "extension_info", name=CONFIGURED, **way)["extensions"]
        assert (before["versions"], before["active_version"]) == (["1.1.0", "1.0.0"], "1.0.0")
        assert done(twin, "extension", name=CONFIGURED, version="1.1.0", **way)["changed"]
        (after,) = done(twin, "extension_info", name=CONFIGURED, **way)["extensions"]
        assert after["active_version"] == "1.1.0"
        assert after["details"]["dataSources"] == before["details"]["dataSources"]

    def test_they_are_configured_by_the_recorded_schema(self, twin: RunningSandbox, way: dict[str, Any]) -> None:
        good = {**CONFIGURATION, "scope": "ag_group-new"}
        assert done(twin, "extension_monitoring_configuration", **good, **way)["changed"]
        bad = {**good, "value": {**good["value"], "pythonRemote": {**good["value"]["pythonRemote"], "interval": 100}}}
        assert "interval" in twin.run("extension_monitoring_configuration", **bad, **way)["msg"]
        found = done(twin, "extension_monitoring_configuration_info", extension_name=CONFIGURED, status=True, **way)
        assert len({row["configuration_id"] for row in found["configurations"]}) == 2

    def test_the_package_was_not_recorded(self, twin: RunningSandbox, way: dict[str, Any], tmp_path: Path) -> None:
        path = tmp_path / "same.zip"
        path.write_bytes(package("1.1.0", {"interval": None}))
        failed = twin.run("extension_upload", path=str(path), **way)
        assert f"The package of {CONFIGURED} 1.1.0 was not recorded" in failed["msg"]

    def test_new_versions_come_and_old_ones_go(self, twin: RunningSandbox, way: dict[str, Any], tmp_path: Path) -> None:
        path = tmp_path / "new.zip"
        path.write_bytes(package("1.2.0"))
        done(twin, "extension_upload", path=str(path), **way)
        done(twin, "extension_upload", name=CONFIGURED, version="1.1.0", state="absent", **way)
        (found,) = done(twin, "extension_info", name=CONFIGURED, **way)["extensions"]
        assert found["versions"] == ["1.2.0", "1.0.0"]
        moved = done(twin, "extension", name=CONFIGURED, version="1.2.0", configurations="move", **way)
        assert moved["changed"]


class TestIncompleteExtensions:
    def test_without_details_and_schema_they_are_there_all_the_same(self, changed: Path, tmp_path: Path) -> None:
        for path in (changed / "extension_versions").glob("*1.0.0.json"):
            path.unlink()
        rewrite(
            next((changed / "extension_versions").glob(f"{CONFIGURED.replace(':', '_')}*")), details=None, schema=None
        )
        with running(Options(recording=changed)) as twin:
            (found,) = done(twin, "extension_info", name=CONFIGURED, monitoring_configurations=True)["extensions"]
            assert found["versions"] == ["1.1.0", "1.0.0"]
            (configuration,) = found["monitoring_configurations"]
            assert configuration["value"]["pythonRemote"]["endpoints"][0]["password"].startswith("***")
            failed = twin.run("extension_monitoring_configuration", **{**CONFIGURATION, "scope": "ag_group-new"})
            assert f"The schema of {CONFIGURED} 1.0.0 was not recorded" in failed["msg"]
            done(twin, "sandbox_record", path=str(tmp_path / "again"))

    def test_a_version_of_another_form(self, changed: Path) -> None:
        rows = json.loads((changed / "extensions.json").read_text(encoding="utf-8"))
        rows[0]["versions"] = ["1.0.0-beta", "2"]
        rows[0]["activeVersion"] = None
        (changed / "extensions.json").write_text(json.dumps(rows), encoding="utf-8")
        with running(Options(recording=changed)) as twin:
            (found,) = done(twin, "extension_info", name=rows[0]["extensionName"])["extensions"]
            assert sorted(found["versions"]) == ["1.0.0-beta", "2"]
            assert found["active_version"] is None

    def test_an_upload_of_another_extension(self, twin: RunningSandbox, tmp_path: Path) -> None:
        path = tmp_path / "other.zip"
        path.write_bytes(build_package("custom:other", "1.0.0"))
        assert done(twin, "extension_upload", path=str(path), activate=True)["changed"]


class TestActiveGates:
    GATE = "1730152904"

    def test_the_fleet_is_the_recorded_one(self, changed: Path) -> None:
        path = changed / "activegates.json"
        rows = json.loads(path.read_text(encoding="utf-8"))["activeGates"][:2]
        rows[0].update(hostname="mine.example.org", somethingNew={"a": 1}, autoUpdateStatus="SUPPRESSED")
        rows[1] = {"id": "-5", "version": "1.1.1", "osType": "AIX"}
        rewrite(path, activeGates=rows, availableVersions={})
        with running(Options(recording=changed, activegates=50)) as twin:
            assert done(twin, "activegate_info")["activegates"] == rows
            assert done(twin, "activegate_info", hostname="mine")["activegates"] == rows[:1]
            for filters in ({"os_type": "LINUX"}, {"online": True}, {"auto_update": "ENABLED"}, {"fips_mode": False}):
                done(twin, "activegate_info", **filters)
            done(twin, "activegate_update_job_info")

    def test_it_can_be_updated_to_a_version_that_was_on_offer(self, twin: RunningSandbox) -> None:
        result = done(
            twin, "activegate_update_job", activegate_id=self.GATE, target_version="latest", wait=True, poll_interval=1
        )
        assert result["changed"]
        (row,) = done(twin, "activegate_info", activegate_id=self.GATE)["activegates"]
        assert row["version"] == "1.346.47.20261104-091530"
        assert {module["version"] for module in row["modules"]} == {row["version"]}
        assert row["autoUpdateStatus"] == "UP2DATE"
        assert done(twin, "activegate_update_job", activegate_id=self.GATE, target_version="latest")["changed"] is False

    def test_what_was_not_on_offer_is_refused(self, changed: Path) -> None:
        rewrite(changed / "activegates.json", availableVersions={"LINUX/X86": ["1.345.31.20261013-101244"]})
        with running(Options(recording=changed)) as twin:
            args: dict[str, Any] = {"activegate_id": self.GATE, "target_version": "1.346"}
            assert "1.346" in twin.run("activegate_update_job", **args)["msg"]
            assert done(twin, "activegate_update_job", activegate_id=self.GATE, target_version="1.345")["changed"]

    def test_one_that_was_offline_stays_so(self, changed: Path) -> None:
        path = changed / "activegates.json"
        rows = json.loads(path.read_text(encoding="utf-8"))["activeGates"]
        rows[0]["offlineSince"] = 1_700_000_000_000
        rewrite(path, activeGates=rows)
        with running(Options(recording=changed)) as twin:
            offline = done(twin, "activegate_info", online=False)["activegates"]
            assert [row["id"] for row in offline] == [self.GATE]


class TestDamaged:
    """What people do to folders is said in one sentence, and nothing starts."""

    def test_no_recording(self, tmp_path: Path) -> None:
        with pytest.raises(TwinError, match=r"is not a recording: it has no recording\.json"):
            read_twin(tmp_path)

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("recording.json", '{"format": 2}', "another version of the collection"),
            ("recording.json", '{"format": 1, "complete": false}', "has not come to its end"),
            ("recording.json", "[]", "recording.json is damaged"),
            ("extensions.json", "{", "extensions.json cannot be read"),
            ("extensions.json", "{}", "a list belongs"),
            ("extensions.json", '[{"extensionName": "x"}]', "entry 0 has no versions"),
            ("effective.json", '{"a": {}}', "effective.json is damaged"),
            ("activegates.json", '{"activeGates": [5]}', "activegates.json is damaged"),
            ("objects/builtin_sandbox.header-rule.json", '{"objects": [{"objectId": "x"}]}', "entry 0 has no scope"),
        ],
    )
    def test_a_file(self, changed: Path, name: str, text: str, said: str) -> None:
        (changed / name).write_text(text, encoding="utf-8")
        with pytest.raises(TwinError, match=said):
            read_twin(changed)

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("schemas/builtin_sandbox.header-rule.json", "{}", "no document of builtin:sandbox.header-rule"),
            ("schemas/x.json", '{"schemaId": "x", "properties": {}}', "not a whole schema document"),
            ("recording.json", "5", "recording.json is damaged"),
            (
                "extensions.json",
                '[{"extensionName": "x", "versions": 5, "configurations": []}]',
                "extension x is damaged",
            ),
            (
                "extensions.json",
                '[{"extensionName": "x", "versions": [], "configurations": [{}]}]',
                "a configuration of x is damaged",
            ),
            (
                "activegates.json",
                '{"activeGates": [{"id": 1, "version": "1", "modules": [5]}], "availableVersions": {}}',
                "ActiveGate 1 is damaged",
            ),
            (
                "activegates.json",
                '{"activeGates": [], "availableVersions": {"LINUX": []}}',
                "availableVersions in activegates.json is damaged",
            ),
            (
                "schemas/x.json",
                '{"schemaId": "x", "version": "1", "properties": {"a": {}}}',
                "not a whole schema document",
            ),
        ],
    )
    def test_the_program_says_it_and_ends(
        self, changed: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str
    ) -> None:
        (changed / name).write_text(text, encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["sandbox", "--from", str(changed), "--port", "0"])
        with pytest.raises(SystemExit, match=said):
            main()

    def test_an_object_with_an_odd_time(self, changed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = changed / "objects" / "builtin_sandbox.header-rule.json"
        rows = json.loads(path.read_text(encoding="utf-8"))["objects"]
        rewrite(path, objects=[{**rows[0], "created": "yesterday"}])
        monkeypatch.setattr("sys.argv", ["sandbox", "--from", str(changed), "--port", "0"])
        with pytest.raises(SystemExit, match=r"of builtin:sandbox\.header-rule is damaged"):
            main()
