# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's credential vault over HTTP: what API facts, 4 says of the API, and the variants."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
import requests

from tests.sandbox.app import Options
from tests.support.packages import build_package, keys
from tests.support.sandbox import RunningSandbox, running

CERTIFICATE = base64.b64encode(keys().ca_pem).decode()
BODY = {
    "name": "Team CA",
    "description": "ours",
    "ownerAccessOnly": False,
    "scope": "EXTENSION",
    "type": "PUBLIC_CERTIFICATE",
    "certificate": CERTIFICATE,
    "password": "UGFzc3dvcmROb3RTdXBwb3J0ZWQ=",
    "certificateFormat": "PEM",
}


def _ask(sandbox: RunningSandbox, method: str, path: str = "", token: str = "A.B", **more: Any) -> requests.Response:
    headers = {"Authorization": f"Api-Token dt0c01.{token}"}
    return requests.request(method, f"{sandbox.url}/api/v2/credentials{path}", headers=headers, timeout=10, **more)


def _made(sandbox: RunningSandbox, **more: Any) -> str:
    answer = _ask(sandbox, "POST", json={**BODY, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _names(sandbox: RunningSandbox, **query: Any) -> list[str]:
    answer = _ask(sandbox, "GET", params=query)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["credentials"]]


def test_a_whole_life(sandbox: RunningSandbox) -> None:
    entry_id = _made(sandbox)
    assert re.fullmatch("CREDENTIALS_VAULT-[0-9A-F]{16}", entry_id)
    shown = _ask(sandbox, "GET", f"/{entry_id}").json()
    assert (shown["id"], shown["name"], shown["scope"], shown["scopes"]) == (
        entry_id,
        "Team CA",
        "EXTENSION",
        ["EXTENSION"],
    )
    changed = _ask(sandbox, "PUT", f"/{entry_id}", json={**BODY, "name": "New", "scope": None, "scopes": ["EXTENSION"]})
    assert (changed.status_code, changed.content) == (204, b"")
    assert "New" in _names(sandbox)
    assert _ask(sandbox, "DELETE", f"/{entry_id}").status_code == 204
    assert "New" not in _names(sandbox)


def test_what_is_secret_is_never_given_back(sandbox: RunningSandbox) -> None:
    entry_id = _made(sandbox)
    for path in ("", f"/{entry_id}"):
        text = _ask(sandbox, "GET", path).text
        assert CERTIFICATE[:40] not in text
        assert "assword" not in text.replace("USERNAME_PASSWORD", "")


def test_filters_and_pages(sandbox: RunningSandbox) -> None:
    for name in ("Team CA", "CA of the team", "Other"):
        _made(sandbox, name=name)
    assert _names(sandbox, name="team ca") == ["Team CA", "CA of the team"]
    assert _names(sandbox, name='"team ca"') == ["Team CA"]
    assert _names(sandbox, scope="EXTENSION", name="other") == ["Other"]
    assert _names(sandbox, type="TOKEN") == ["Web shop token"]
    assert _names(sandbox, user="nobody") == []
    assert _ask(sandbox, "GET", params={"type": "PUBLIC_CERTIFICATE"}).status_code == 400
    page = _ask(sandbox, "GET", params={"scope": "EXTENSION", "pageSize": 2}).json()
    assert (len(page["credentials"]), page["totalCount"]) == (2, 3)
    assert len(_ask(sandbox, "GET", params={"nextPageKey": page["nextPageKey"]}).json()["credentials"]) == 1
    assert _ask(sandbox, "GET", params={"nextPageKey": page["nextPageKey"], "pageSize": 2}).status_code == 400
    assert _ask(sandbox, "GET", params={"pageSize": 501}).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"type": "SOMETHING"},
        {"scope": "SOMETHING"},
        {"scope": None},
        {"id": "CREDENTIALS_VAULT-1"},
        {"certificate": None},
        {"certificate": "not base64!"},
        {"certificate": base64.b64encode(b"no certificate").decode()},
        {"certificateFormat": "DER"},
        {"password": None},
        {"password": "PasswordNotSupported!"},
    ],
)
def test_what_is_refused(sandbox: RunningSandbox, wrong: dict[str, Any]) -> None:
    before = _names(sandbox)
    assert _ask(sandbox, "POST", json={**BODY, **wrong}).status_code == 400
    assert _names(sandbox) == before


@pytest.mark.parametrize("status", [404, 400])
def test_an_id_that_is_not_there(sandbox: RunningSandbox, status: int) -> None:
    sandbox.variants(credential_unknown=status)
    for method in ("GET", "PUT", "DELETE"):
        assert _ask(sandbox, method, "/CREDENTIALS_VAULT-1", json=BODY).status_code == status
    sandbox.variants(credential_put_unknown="made")
    made = _ask(sandbox, "PUT", "/CREDENTIALS_VAULT-1", json=BODY)
    assert (made.status_code, made.json()) == (201, {"id": "CREDENTIALS_VAULT-1"})


def test_names(sandbox: RunningSandbox) -> None:
    _made(sandbox)
    _made(sandbox)
    assert _names(sandbox, name="team") == ["Team CA"] * 2
    sandbox.variants(credential_names="unique")
    assert _ask(sandbox, "POST", json=BODY).status_code == 400


def test_how_scopes_are_shown(sandbox: RunningSandbox) -> None:
    entry_id = _made(sandbox)
    for variant, there in (("scope", {"scope"}), ("scopes", {"scopes"}), ("both", {"scope", "scopes"})):
        sandbox.variants(credential_scope_fields=variant)
        assert {"scope", "scopes"} & set(_ask(sandbox, "GET", f"/{entry_id}").json()) == there


def test_a_list_that_lags(sandbox: RunningSandbox) -> None:
    sandbox.variants(credential_list_lag=True)
    _made(sandbox)
    assert _names(sandbox, name="team") == []
    assert _names(sandbox, name="team") == ["Team CA"]


def test_scopes_of_tokens() -> None:
    with running(
        Options(tokens={"dt0c01.R.R": ["credentialVault.read"], "dt0c01.W.W": ["credentialVault.write"]})
    ) as found:
        assert _ask(found, "GET", token="R.R").status_code == 200
        assert _ask(found, "GET", token="W.W").status_code == 403
        refused = _ask(found, "POST", token="R.R", json=BODY)
        assert refused.status_code == 403
        assert "credentialVault.write" in refused.json()["error"]["message"]


def test_the_vault_decides_on_signatures_when_told_to(sandbox: RunningSandbox) -> None:
    def upload() -> int:
        headers = {"Authorization": "Api-Token dt0c01.A.B", "Content-Type": "application/octet-stream"}
        url = f"{sandbox.url}/api/v2/extensions?validateOnly=true"
        return requests.post(url, headers=headers, data=build_package(), timeout=10).status_code

    assert upload() == 200
    sandbox.variants(extension_roots="vault")
    assert upload() == 400
    _made(sandbox, scope="SYNTHETIC")
    assert upload() == 400
    entry_id = _made(sandbox)
    assert upload() == 200
    _ask(sandbox, "DELETE", f"/{entry_id}")
    assert upload() == 400
