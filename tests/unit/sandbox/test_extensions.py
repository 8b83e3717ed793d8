# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extensions of the sandbox over HTTP: what API facts, 2 says of the API, under the variants for what it leaves open."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import requests
import uvicorn

from tests.sandbox.app import Application, Options
from tests.support import configurations, packages

SEED = "com.dynatrace.extension.sandbox-seed"
NAME = "custom:demo"
OCTET_STREAM = {"Content-Type": "application/octet-stream"}
BUSY = "Upload not possible yet, please try again in a few seconds."


class Api:
    """The API of one sandbox; ``api("GET", "/info")`` asks under /api/v2/extensions."""

    def __init__(self, application: Application, url: str) -> None:
        self._application = application
        self._url = url
        self._session = requests.Session()
        self._session.headers["Authorization"] = "Api-Token dt0c01.TEST.TEST"

    def __call__(self, method: str, path: str = "", **more: Any) -> requests.Response:
        return self._session.request(method, f"{self._url}/api/v2/extensions{path}", timeout=20, **more)

    def upload(self, package: bytes, **query: Any) -> requests.Response:
        return self("POST", params=query, data=package, headers=OCTET_STREAM)

    def ship(self, name: str = NAME, version: str = "1.0.0", active: bool = False) -> bytes:
        package = packages.build_package(name, version)
        assert self.upload(package).status_code == 201
        if active:
            assert self("POST", f"/{name}/environmentConfiguration", json={"version": version}).status_code == 200
        return package

    def vary(self, **variants: Any) -> None:
        answer = requests.post(f"{self._url}/_sandbox/variants", json=variants, timeout=20)
        assert answer.status_code == 204, answer.text

    def reset(self) -> None:
        requests.post(f"{self._url}/_sandbox/reset", timeout=20)

    def wait(self, seconds: float) -> None:
        self._application.sandbox.clock._started += seconds


@pytest.fixture(scope="module")
def server() -> Iterator[Api]:
    application = Application(Options())
    running = uvicorn.Server(uvicorn.Config(application, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield Api(application, f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}")
    running.should_exit = True
    thread.join()


@pytest.fixture
def api(server: Api) -> Api:
    server.reset()
    return server


def message(answer: requests.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    return answer.status_code, error["message"]


def rows(answer: requests.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 200
    return [(one["extensionName"], one["version"]) for one in answer.json()["extensions"]]


# Upload


def test_upload_stores_and_answers_with_the_package(api: Api) -> None:
    files = {"dashboards/a.json": "{}"}
    more = {"dashboards": [{"path": "dashboards/a.json"}], "vars": [{"id": "ext.tag", "type": "text"}], "sqlServer": []}
    package = packages.build_package(NAME, "1.2.3", author="Me", files=files, more=more)
    answer = api.upload(package)
    assert answer.status_code == 201
    body = answer.json()
    assert body["extensionName"] == NAME
    assert body["version"] == "1.2.3"
    assert body["author"] == {"name": "Me"}
    assert body["dataSources"] == ["python", "sqlServer"]
    assert body["variables"] == ["ext.tag"]
    assert body["featureSets"] == ["basic"]
    assert body["featureSetsDetails"]["basic"]["metrics"][0]["metadata"]["unit"] == "Count"
    assert body["assetsInfo"] == [{"assetType": "DASHBOARD", "count": 1}, {"assetType": "METRIC_METADATA", "count": 1}]
    details = api("GET", f"/{NAME}/1.2.3").json()
    del body["assetsInfo"]
    assert details == body
    assert api("GET", f"/{NAME}/environmentConfiguration").status_code == 404


def test_validation_stores_nothing_and_may_look_at_what_is_stored(api: Api) -> None:
    package = packages.build_package()
    assert api.upload(package, validateOnly="true").status_code == 200
    assert api("GET", f"/{NAME}").status_code == 404
    assert api.upload(package).status_code == 201
    assert api.upload(package, validateOnly="true").status_code == 400
    api.vary(extension_validate_only="content")
    assert api.upload(package, validateOnly="true").status_code == 200


def test_multipart_upload_needs_the_part_file(api: Api) -> None:
    package = packages.build_package()
    assert message(api("POST", files={"zip": ("demo.zip", package)})) == (400, "The part 'file' is missing")
    answer = api("POST", files={"other": ("x", b"x"), "file": ("demo.zip", package, "application/zip")})
    assert answer.status_code == 201
    assert api("GET", f"/{NAME}/1.0.0", headers={"Accept": "application/octet-stream"}).content == package


def test_a_form_labelled_octet_stream_is_taken(api: Api) -> None:
    """What the client dt of PyPI sends, with its capital False."""
    package = packages.build_package()
    answer = api("POST", params={"validateOnly": False}, headers=OCTET_STREAM, files={"file": ("demo.zip", package)})
    assert answer.status_code == 201
    assert api("GET", f"/{NAME}/1.0.0", headers={"Accept": "application/octet-stream"}).content == package


@pytest.mark.parametrize("status", [400, 415])
@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/zip"}])
def test_another_content_type_is_refused(api: Api, status: int, headers: dict[str, str]) -> None:
    api.vary(extension_content_type=status)
    assert api("POST", data=packages.build_package(), headers=headers).status_code == status


@pytest.mark.parametrize(("forms", "raw", "multipart"), [("octet-stream", 200, 415), ("multipart", 415, 200)])
def test_a_server_may_know_one_form_only(api: Api, forms: str, raw: int, multipart: int) -> None:
    api.vary(extension_upload_forms=forms, extension_content_type=415)
    package = packages.build_package()
    assert api.upload(package, validateOnly="true").status_code == raw
    form = api("POST", params={"validateOnly": "true"}, files={"file": ("demo.zip", package)})
    assert form.status_code == multipart


TEXTS = {
    "missing_inner": "extension.zip ZIP entry not found",
    "not_a_zip": "extension.zip ZIP entry not found",
    "signature_not_pem": "Extension signature is not valid",
    "signature_of_other_content": "Extension signature is not valid",
    "signature_self_issued": "Extension signature is not valid",
    "version_of_two_parts": "Version property invalid. Required format is: 1.0.0",
    "version_a_number": "Version property invalid. Required format is: 1.0.0",
}


@pytest.mark.parametrize("kind", sorted(packages.MALFORMED))
@pytest.mark.parametrize("validate", ["true", "false"])
def test_malformed_packages_are_refused(api: Api, kind: str, validate: str) -> None:
    status, text = message(api.upload(packages.malformed(kind), validateOnly=validate))
    assert status == 400
    assert text == TEXTS.get(kind, text)
    assert api("GET", f"/{NAME}").status_code == 404


def test_a_manifest_may_not_name_files_that_are_not_there(api: Api) -> None:
    answer = api.upload(packages.build_package(more={"alerts": [{"path": "alerts/none.json"}]}))
    assert answer.json()["error"]["constraintViolations"][0]["path"] == "alerts/0/path"


def test_the_size_may_be_a_413(api: Api) -> None:
    api.vary(extension_oversize=413)
    assert api.upload(packages.malformed("oversize")).status_code == 413


@pytest.mark.parametrize(
    ("variant", "expected"), [(400, (400, f"Extension {NAME} version 1.0.0 already exists")), (409, (409, BUSY))]
)
def test_a_version_is_not_uploaded_twice(api: Api, variant: object, expected: tuple[int, str]) -> None:
    api.vary(extension_reupload=variant)
    assert message(api.upload(api.ship())) == expected


def test_or_it_is_overwritten(api: Api) -> None:
    api.vary(extension_reupload="overwrite")
    api.ship()
    other = packages.build_package(files={"lib/more": "more"})
    assert api.upload(other).status_code == 201
    assert api("GET", f"/{NAME}/1.0.0", headers={"Accept": "application/octet-stream"}).content == other


def test_ten_versions_at_most(api: Api) -> None:
    for number in range(10):
        api.ship(version=f"1.0.{number}")
    status, text = message(api.upload(packages.build_package(NAME, "1.0.10")))
    assert (status, text.startswith("Extension versions quantity limit")) == (400, True)
    assert api.upload(packages.build_package("custom:other", "1.0.10")).status_code == 201


# Reading


def test_list_shows_one_row_an_extension_and_filters_by_name(api: Api) -> None:
    api.ship(version="1.9.0", active=True)
    api.ship(version="1.10.0")
    assert rows(api("GET")) == [(SEED, "1.1.0"), (NAME, "1.10.0")]
    assert rows(api("GET", params={"name": "tom:de"})) == [(NAME, "1.10.0")]
    assert rows(api("GET", f"/{NAME}")) == [(NAME, "1.9.0"), (NAME, "1.10.0")]
    assert api("GET", "/info", params={"name": NAME}).json()["extensions"][0]["activeVersion"] == "1.9.0"
    api.vary(extension_list_version="active")
    assert rows(api("GET", params={"name": NAME})) == [(NAME, "1.9.0")]
    assert rows(api("GET", params={"name": SEED})) == [(SEED, "1.1.0")]
    api.vary(extension_list_version="each")
    assert rows(api("GET", params={"name": NAME})) == [(NAME, "1.9.0"), (NAME, "1.10.0")]


def test_list_pages(api: Api) -> None:
    for number in range(4):
        api.ship(f"custom:demo{number}")
    first = api("GET", params={"pageSize": 3}).json()
    assert (len(first["extensions"]), first["totalCount"]) == (3, 5)
    second = api("GET", params={"nextPageKey": first["nextPageKey"]}).json()
    assert len(second["extensions"]) == 2
    assert "nextPageKey" not in second
    assert api("GET", params={"pageSize": 101}).status_code == 400


def test_a_version_is_shown_as_details_as_it_was_uploaded_and_as_manifest(api: Api) -> None:
    package = api.ship()
    zipped = api("GET", f"/{NAME}/1.0.0", headers={"Accept": "application/octet-stream"})
    assert (zipped.headers["content-type"], zipped.content) == ("application/octet-stream", package)
    text = api("GET", f"/{NAME}/1.0.0", headers={"Accept": "application/yaml"})
    assert (text.headers["content-type"].split(";")[0], text.text) == (
        "application/yaml",
        packages.manifest(NAME, "1.0.0"),
    )
    assert api("GET", f"/{NAME}/1.0.1").status_code == 404
    assert api("GET", "/custom:unknown/1.0.0").status_code == 404


def test_file_hash_covers_what_the_variant_says(api: Api) -> None:
    package = api.ship()
    with zipfile.ZipFile(BytesIO(package)) as outer:
        inner = outer.read("extension.zip")
    known = {"bundle": hashlib.sha256(package).hexdigest(), "inner": hashlib.sha256(inner).hexdigest()}
    for variant, expected in known.items():
        api.vary(file_hash=variant)
        assert api("GET", f"/{NAME}/1.0.0").json()["fileHash"] == expected
    api.vary(file_hash="other")
    assert api("GET", f"/{NAME}/1.0.0").json()["fileHash"] not in known.values()


def test_schema_and_groups(api: Api) -> None:
    schema = api("GET", f"/{SEED}/1.1.0/schema").json()
    assert (schema["schemaId"], schema["version"]) == (f"ext:{SEED}", "1.1.0")
    assert api("GET", f"/{SEED}/1.1.0/activeGateGroups").json()["activeGateGroups"][0]["groupName"]
    assert api("GET", f"/{SEED}/9.9.9/schema").status_code == 404


# Deletion


def test_delete_answers_with_the_extension(api: Api) -> None:
    api.ship()
    answer = api("DELETE", f"/{NAME}/1.0.0")
    assert (answer.status_code, answer.json()["extensionName"]) == (200, NAME)
    assert api("DELETE", f"/{NAME}/1.0.0").status_code == 404
    api.ship()


def test_the_active_version_is_not_deleted(api: Api) -> None:
    api.ship(active=True)
    assert api("DELETE", f"/{NAME}/1.0.0").status_code == 400
    assert api("GET", f"/{NAME}/1.0.0").status_code == 200


@pytest.mark.parametrize("visible", [False, True])
def test_uploads_wait_for_the_end_of_a_deletion(api: Api, visible: bool) -> None:
    api.vary(extension_busy_seconds=5, extension_deleting_visible=visible)
    package = api.ship()
    api("DELETE", f"/{NAME}/1.0.0")
    assert api("GET", f"/{NAME}/1.0.0").status_code == (200 if visible else 404)
    assert message(api.upload(package)) == (409, BUSY)
    assert message(api.upload(packages.build_package(NAME, "1.0.1"))) == (409, BUSY)
    assert api.upload(packages.build_package("custom:other", "1.0.0")).status_code == 201
    api.wait(5)
    assert api("GET", f"/{NAME}/1.0.0").status_code == 404
    assert api.upload(package).status_code == 201


def test_or_the_deleted_version_counts_until_then(api: Api) -> None:
    api.vary(extension_busy_seconds=5, extension_busy="counts")
    for number in range(10):
        api.ship(version=f"1.0.{number}")
    api("DELETE", f"/{NAME}/1.0.0")
    new = packages.build_package(NAME, "1.0.10")
    assert message(api.upload(new))[0] == 400
    api.wait(5)
    assert api.upload(new).status_code == 201


# Activation


def test_activation_switch_and_deactivation(api: Api) -> None:
    path = f"/{NAME}/environmentConfiguration"
    api.ship(version="1.0.0")
    api.ship(version="1.1.0")
    assert api("PUT", path, json={"version": "1.0.0"}).json() == {"version": "1.0.0"}
    assert api("DELETE", path).json() == {"version": "1.0.0"}
    assert api("POST", path, json={"version": "1.0.0"}).json() == {"version": "1.0.0"}
    assert api("POST", path, json={"version": "1.0.0"}).status_code == 200
    assert api("PUT", path, json={"version": "1.1.0"}).json() == {"version": "1.1.0"}
    assert api("GET", path).json() == {"version": "1.1.0"}
    assert api("PUT", path, json={"version": "9.9.9"}).status_code == 404
    assert api("POST", path, json={}).status_code == 400
    assert api("DELETE", path).json() == {"version": "1.1.0"}
    assert api("DELETE", path).status_code == 404


def test_assets_come_some_time_after_activation(api: Api) -> None:
    api.vary(extension_assets_seconds=30)
    api.ship(active=True)
    path = f"/{NAME}/environmentConfiguration/assets"
    assert api("GET", path).json() == {"version": "1.0.0", "status": "PENDING", "errors": [], "assets": []}
    api.wait(30)
    assert [one["type"] for one in api("GET", path).json()["assets"]] == ["METRIC_METADATA"]


# Monitoring configurations

CONFIGURATIONS = f"/{NAME}/monitoringConfigurations"
GOOD = {"scope": "environment", "value": {"version": "1.0.0", "enabled": True, "description": "one"}}
BAD = {"scope": "environment", "value": {"version": "9.9.9"}}


def test_configurations_from_creation_to_deletion(api: Api) -> None:
    api.ship(active=True)
    [made] = api("POST", CONFIGURATIONS, json=[GOOD]).json()
    assert made["code"] == 200
    path = f"{CONFIGURATIONS}/{made['objectId']}"
    assert api("GET", CONFIGURATIONS).json()["items"] == [{"objectId": made["objectId"], **GOOD}]
    value = {"version": "1.0.0", "enabled": False}
    assert api("PUT", path, json={"value": value}).json() == made
    assert api("GET", path).json()["value"] == value
    assert api("GET", CONFIGURATIONS, params={"active": "true"}).json()["totalCount"] == 0
    assert api("GET", CONFIGURATIONS, params={"version": "1.0.0"}).json()["totalCount"] == 1
    assert api("DELETE", path).status_code == 204
    assert api("GET", path).status_code == 404


@pytest.mark.parametrize(("items", "status"), [([GOOD, GOOD], 200), ([GOOD, BAD], 207), ([BAD, {"scope": "x"}], 400)])
def test_configurations_are_answered_one_by_one(api: Api, items: list[Any], status: int) -> None:
    api.ship(active=True)
    answer = api("POST", CONFIGURATIONS, json=items)
    assert answer.status_code == status
    assert len(answer.json()) == 2
    assert ["error" in one for one in answer.json()] == [item is not GOOD for item in items]


def test_configurations_need_the_schema_that_comes_after_activation(api: Api) -> None:
    api.vary(extension_schema_seconds=10)
    api.ship(active=True)
    answer = api("POST", CONFIGURATIONS, json=[GOOD])
    assert answer.status_code == 404
    assert answer.json()[0]["error"]["message"] == f"No schema with identifier 'ext:{NAME}'"
    api.wait(10)
    assert api("POST", CONFIGURATIONS, json=[GOOD]).status_code == 200


def test_status_is_pending_first(api: Api) -> None:
    api.vary(extension_status_seconds=60, extension_status="ERROR")
    api.ship(active=True)
    [made] = api("POST", CONFIGURATIONS, json=[GOOD]).json()
    assert api("GET", f"{CONFIGURATIONS}/{made['objectId']}/status").json()["status"] == "PENDING"
    api.wait(60)
    [listed] = api("GET", f"{CONFIGURATIONS}/status").json()
    assert (listed["configurationId"], listed["status"]) == (made["objectId"], "ERROR")


def _configurable(api: Api) -> dict[str, Any]:
    """A value for an extension that brings its own schema along."""
    name = configurations.NAME
    assert api.upload(configurations.package()).status_code == 201
    assert api("POST", f"/{name}/environmentConfiguration", json={"version": "1.0.0"}).status_code == 200
    endpoint = {"url": "https://one.example.com", "password": "hush"}
    remote = {"endpoints": [endpoint], "interval": 10, "mode": "fast", "token": "hush"}
    return {"version": "1.0.0", "enabled": True, "description": "one", "pythonRemote": remote}


def _made(api: Api, value: dict[str, Any]) -> str:
    answer = api(
        "POST", f"/{configurations.NAME}/monitoringConfigurations", json=[{"scope": "environment", "value": value}]
    )
    assert answer.status_code == 200, answer.text
    return f"/{configurations.NAME}/monitoringConfigurations/{answer.json()[0]['objectId']}"


def test_the_schema_is_what_the_package_brings_along(api: Api) -> None:
    _configurable(api)
    document = api("GET", f"/{configurations.NAME}/1.0.0/schema").json()
    assert {"enabled", "description", "version", "featureSets", "pythonRemote"} <= set(document["properties"])
    endpoints = document["types"]["pythonRemote"]["properties"]["endpoints"]
    assert (endpoints["minObjects"], endpoints["maxObjects"], endpoints["nullable"]) == (1, 3, False)
    api.vary(extension_schema_names_version=False)
    assert "version" not in api("GET", f"/{configurations.NAME}/1.0.0/schema").json()["properties"]


def test_variables_have_their_types(api: Api) -> None:
    variables = [{"id": "key", "type": "secret"}, {"id": "name", "type": "text"}]
    assert api.upload(packages.build_package(more={"vars": variables})).status_code == 201
    document = api("GET", f"/{NAME}/1.0.0/schema").json()
    kinds = {name: one["type"] for name, one in document["types"]["vars"]["properties"].items()}
    assert kinds == {"key": "secret", "name": "text"}


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"endpoints": []}, "value/pythonRemote/endpoints", "must have between 1 and 3 elements"),
        ({"interval": "soon"}, "value/pythonRemote/interval", "Must be of type integer"),
        ({"interval": 100}, "value/pythonRemote/interval", "must be less than or equal to 60"),
        ({"what": 1}, "value/pythonRemote/what", "Unknown property"),
    ],
)
def test_values_are_checked_by_the_schema(api: Api, change: dict[str, Any], path: str, message: str) -> None:
    value = _configurable(api)
    place = _made(api, value)
    wrong = {**value, "pythonRemote": {**value["pythonRemote"], **change}}
    for answer in (
        api("PUT", place, json={"value": wrong}).json(),
        api("POST", place.rpartition("/")[0], json=[{"scope": "environment", "value": wrong}]).json()[0],
    ):
        (violation,) = answer["error"]["constraintViolations"]
        assert (violation["path"], violation["message"]) == (path, message)


@pytest.mark.parametrize("mask", ["################", "***NNN***"])
def test_secrets_are_masked_and_kept(api: Api, mask: str) -> None:
    api.vary(settings_secret_mask=mask)
    place = _made(api, _configurable(api))
    read = api("GET", place).json()
    assert "hush" not in api("GET", place).text + api("GET", place.rpartition("/")[0]).text
    read["value"]["pythonRemote"]["interval"] = 20
    assert api("PUT", place, json={"value": read["value"]}).status_code == 200
    (kept,) = api._application.sandbox.extensions.configurations.of(configurations.NAME)
    assert (kept.value["pythonRemote"]["token"], kept.value["pythonRemote"]["interval"]) == ("hush", 20)
    read["value"]["pythonRemote"]["proxy"] = "https://proxy.example.com"
    assert "entered again" in api("PUT", place, json={"value": read["value"]}).text


def test_audit(api: Api) -> None:
    value = _configurable(api)
    place = _made(api, value)
    api.wait(5)
    api("PUT", place, json={"value": {**value, "enabled": False}})
    assert [one["eventType"] for one in api("GET", f"{place}/audit").json()["auditLogs"]] == ["UPDATE", "CREATE"]
    query = {"from": "now-2w", "to": "now", "sort": "timestamp", "pageSize": "1"}
    page = api("GET", f"{place}/audit", params=query).json()
    assert [one["eventType"] for one in page["auditLogs"]] == ["CREATE"]
    page = api("GET", f"{place}/audit", params={"nextPageKey": page["nextPageKey"]}).json()
    assert [one["eventType"] for one in page["auditLogs"]] == ["UPDATE"]
    assert api("GET", f"{place}/audit", params={"sort": "user"}).status_code == 400
    assert "hush" not in api("GET", f"{place}/audit").text


def test_status_of_an_update(api: Api) -> None:
    value = _configurable(api)
    place = _made(api, value)
    first = api("GET", f"{place}/status").json()
    api.wait(5)
    api.vary(extension_status_seconds=60, extension_status_of_update="before", extension_status_timestamp="kept")
    api.vary(extension_status_seconds=0)
    api("PUT", place, json={"value": {**value, "enabled": True}})
    assert api("GET", f"{place}/status").json() == first
    api.vary(extension_status="WARNING")
    assert api("GET", f"{place}/status").json()["timestamp"] > first["timestamp"]


def test_ids_and_statuses_as_other_servers_have_them(api: Api) -> None:
    api.vary(extension_configuration_id="uuid", extension_statuses="missing", extension_configuration_filter="ignored")
    place = _made(api, _configurable(api))
    assert uuid.UUID(place.rpartition("/")[2]).version == 4
    assert api("GET", place.rpartition("/")[0] + "/status").status_code == 404
    assert api("GET", place.rpartition("/")[0], params={"version": "9.9.9"}).json()["totalCount"] == 1


def test_a_configured_version_stays(api: Api) -> None:
    api.ship(active=True)
    api("POST", CONFIGURATIONS, json=[GOOD])
    api.vary(extension_deactivate_configured="refused")
    assert api("DELETE", f"/{NAME}/environmentConfiguration").status_code == 400
    api.vary(extension_deactivate_configured="allowed")
    assert api("DELETE", f"/{NAME}/environmentConfiguration").status_code == 200
    assert api("DELETE", f"/{NAME}/1.0.0").status_code == 400
    api.vary(extension_delete_configured="allowed")
    assert api("DELETE", f"/{NAME}/1.0.0").status_code == 200
