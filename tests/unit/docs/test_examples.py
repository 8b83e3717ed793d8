# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The EXAMPLES of every module run on the sandbox as they stand, but for those that need what it does not have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.app import Options
from tests.support import configurations
from tests.support.packages import build_package, keys
from tests.support.sandbox import TOKEN, RunningSandbox, running
from tests.unit.docs.reader import Reader, WrongSnippetError
from tests.unit.docs.snippets import Snippet
from tests.unit.docs.variables import OBJECTS, VARIABLES
from tests.unit.plugins.modules.test_guards import FILES, document

_NO_SUCH_API = "another API than the sandbox's"
_REAL_TIME = "minutes of real time"
_NO_SUCH_JOB = "a job of another environment"
_NO_SUCH_CONFIGURATION = "an object of another environment"
# By the name of the task: what it needs.
LACKS = {
    "Keep a service-level objective": _NO_SUCH_API,
    "Keep a dashboard, and have it validated in check mode": _NO_SUCH_API,
    "Remove a network zone": _NO_SUCH_API,
    "Send an event": _NO_SUCH_API,
    "Ask for data, which changes nothing": _NO_SUCH_API,
    "Read all service-level objectives": _NO_SUCH_API,
    "Show their names": _NO_SUCH_API,
    "Read metric data as CSV": _NO_SUCH_API,
    "Read one job": _NO_SUCH_JOB,
    "Update to exactly this version, within two hours": _REAL_TIME,
    "Update what is below a version, with ten minutes between the waves": _REAL_TIME,
    "Switch one off": _NO_SUCH_CONFIGURATION,
}
_PLATFORM_TOKEN = "dt0s16.SANDBOX.PLATFORMTOKEN"
_NAME = "custom:my.extension"
_CONFIGURATION = {
    "scope": "ag_group-default",
    "value": {
        "description": "stage",
        "enabled": True,
        "activationContext": "REMOTE",
        "pythonRemote": {"endpoints": [{"url": "https://stage.example.com", "password": "a-secret"}]},
    },
}
_JIRA = OBJECTS["guide_settings"][0]
# What the examples change, delete or name by its identity is there already.
_OBJECTS: list[dict[str, Any]] = [
    {
        "key": "production",
        "schema_id": "builtin:alerting.profile",
        "match_on": ["name"],
        "value": {"name": "production"},
    },
    {
        "key": "on-call",
        "schema_id": "builtin:problem.notifications",
        "match_on": ["displayName"],
        "value": {
            "enabled": True,
            "type": "WEBHOOK",
            "displayName": "On call",
            "alertingProfile": {"$ref": "production"},
            "webHookNotification": {
                "url": "https://oncall.example.com",
                "headers": [{"name": "Authorization", "secret": True, "secretValue": "a-secret"}],
            },
        },
    },
    _JIRA,
    {
        **_JIRA,
        "key": "jira of team a",
        "external_id": "jira-team-a",
        "value": {**_JIRA["value"], "name": "jira of team a"},
    },
]


@pytest.fixture(scope="module")
def _started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    hub = tmp_path_factory.mktemp("hub")
    (hub / "snmp.zip").write_bytes(build_package("com.dynatrace.extension.snmp-generic", "2.1.0"))
    with running(Options(speed=1000, hub=(hub,), activegates=11)) as found:
        yield found


@pytest.fixture
def examples_sandbox(_started: RunningSandbox) -> RunningSandbox:
    _started.state.reset()
    return _started


def examples(path: Path) -> list[dict[str, Any]]:
    return [task for task in document(path)[1] if task["name"] not in LACKS]


def test_what_is_left_out_is_there() -> None:
    names = {task["name"] for path in FILES for task in document(path)[1]}
    assert set(LACKS) - names == set()


def _prepared(sandbox: RunningSandbox, folder: Path, uploaded: bool) -> dict[str, Any]:
    """What a reader has already: packages, a certificate, an extension, objects. The variables of the examples."""
    for name in ("dist", "files"):
        (folder / name).mkdir()
    (folder / "files" / "ca.pem").write_bytes(keys().ca_pem)
    for version in ("1.2.0", "1.3.0"):
        package = configurations.package(version, name=_NAME)
        (folder / "dist" / f"custom_my.extension-{version}.zip").write_bytes(package)
    (folder / "settings" / "values").mkdir(parents=True)
    (folder / "settings" / "values" / "production.yml").write_text("stage: production", encoding="utf-8")
    zones = {
        "schema_id": "builtin:management-zones",
        "objects": [{"key": "zone", "value": {"name": "of a file", "rules": []}}],
    }
    (folder / "settings" / "zones.yml").write_text(yaml.safe_dump(zones), encoding="utf-8")
    (folder / "configurations.yml").write_text(yaml.safe_dump([_CONFIGURATION]), encoding="utf-8")
    # The examples of uploads begin without the version that they upload, all others with it.
    for version in ("1.1.0", "1.2.0", "1.3.0") if uploaded else ("1.1.0",):
        package = configurations.package(version, name=_NAME)
        configurations.api(sandbox, "POST", "", data=package, headers={"Content-Type": "application/octet-stream"})
    if uploaded:
        configurations.api(sandbox, "POST", f"/{_NAME}/environmentConfiguration", json={"version": "1.2.0"})
    made = sandbox.run("settings_objects", objects=_OBJECTS)
    assert not made.get("failed"), made
    zone = sandbox.run("settings_object", schema_id="builtin:management-zones", value={"name": "examples"})
    connection = next(one for one in made["objects"] if one["key"] == "jira")
    return {
        **VARIABLES,
        "dynatrace_api_token": TOKEN,
        "other_api_token": TOKEN,
        "dynatrace_platform_token": _PLATFORM_TOKEN,
        "dashboard_id": "unknown",
        "database_team_ca": keys().ca_pem.decode(),
        "zone": {"object": {"object_id": zone["object"]["object_id"]}},
        "connection": {"object": {"object_id": connection["object_id"]}},
        "connection_id": connection["object_id"],
    }


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", [path for path in FILES if examples(path)], ids=lambda path: path.stem)
def test_examples(path: Path, tmp_path: Path, examples_sandbox: RunningSandbox) -> None:
    reader = Reader(tmp_path, examples_sandbox, _prepared(examples_sandbox, tmp_path, path.stem != "extension_upload"))
    text = yaml.safe_dump(examples(path), sort_keys=False)
    for address in ("https://abc12345.apps.dynatrace.com", "https://xyz98765.live.dynatrace.com"):
        text = text.replace(address, examples_sandbox.url)
    try:
        reader.read([Snippet(path.name, 1, "yaml", text)])
    except WrongSnippetError as error:
        pytest.fail(str(error))
